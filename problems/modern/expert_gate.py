"""A mixture of experts: the gradient in its gate, in letters and in numbers."""

from dataclasses import replace

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Symbol, Values
from derive.derivations import modern_mixing

DELIVERED = {"y_bar": Symbol(("n",), latex="G", meaning="the gradient of the loss in the output")}
gate = replace(modern_mixing.mixture_gate, symbols={**modern_mixing.mixture_gate.symbols, **DELIVERED})
MIX = "p[r] := w[r]/sum(w[k], k); y[c] := sum(p[r]*E[r,c], r); d[r] := p[r]*sum(G[c]*(E[r,c] - y[c]), c)"


def mixture(p):
    return {"w": [1, p["w"]], "E": [[p["a"], p["b"]], [p["c"], p["d"]]], "G": [p["g"], 1]}


def wrong(p, rule):
    return Values(f"{MIX}; {rule}", mixture(p), "m").typed()


problem = Problem(
    title="The gate of a mixture of experts",
    topics=("mixture of experts", "softmax", "backpropagation"),
    difficulty=2,
    params={
        "w": Integers(2, 4),
        "a": Integers(1, 3),
        "b": Integers(-3, -1),
        "c": Integers(4, 6),
        "d": Integers(1, 4),
        "g": Integers(2, 4),
    },
    statement=r"""
$K$ experts give vectors with $n$ entries: $E_{r,c}$ is entry $c$ of expert $r$. A gate with the logits $g_1, \dots, g_K$ mixes them:

$$p_r = \frac{e^{g_r}}{\sum_{k=1}^{K} e^{g_k}}, \qquad y_c = \sum_{r=1}^{K} p_r\, E_{r,c}.$$

Backpropagation has delivered $G_c = \partial L/\partial y_c$.
""",
    working=(gate,),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial g_r$ in terms of $p$, $G$, $E$ and $y$.",
            answer=Answer(gate, means={"y": r"E^\top p"}),
            marks=3,
            mistakes=(
                Mistake(
                    r"p_r \sum_{c=1}^{n} G_c E_{r,c}",
                    "More weight for one expert means less for all others.",
                    keeps=1,
                    id="direct-path-only",
                ),
                Mistake(
                    r"p_r (1 - p_r) \sum_{c=1}^{n} G_c E_{r,c}",
                    "That is the way through the expert's own weight; the other weights move, too.",
                    keeps=1,
                    id="diagonal-only",
                ),
                Mistake(
                    r"\sum_{c=1}^{n} G_c (E_{r,c} - y_c)",
                    "An expert that the gate hardly uses hardly matters.",
                    keeps=2,
                    id="missing-chain-factor",
                ),
                Mistake(r"p_r G_r (E_{r,r} - y_r)", "Add over the entries of the output.", keeps=1, id="missing-sum"),
            ),
            hints=(
                r"$\partial L/\partial p_k = \sum_c G_c E_{k,c}$.",
                r"$\partial p_k/\partial g_r = p_k ([k = r] - p_r)$: add over all $k$.",
                "One of the sums is the output $y$.",
            ),
        ),
        "b": Part(
            ask=r"For $K = n = 2$, $g = (0, \log << w >>)$ (natural logarithm), the experts $(<< a >>, << b >>)$ and $(<< c >>, << d >>)$ and $G = (<< g >>, 1)$: give the gradient in both logits, exactly.",
            answer=lambda p: Values(
                MIX,
                mixture(p),
                "d",
                latex={"w": "e^g", "d": r"\frac{\partial L}{\partial g}"},
                shown=("p", "y", "d"),
                comes=modern_mixing.mixture_gate,
            ),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m[r] := p[r]*sum(G[c]*E[r,c], c) + 0*d[r]"),
                    "Take the output off: the weights add up to 1.",
                    keeps=1,
                    id="direct-path-only",
                ),
                Mistake(
                    wrong(p, "m[r] := -d[r]"),
                    "The sign: an expert that would raise the loss gets a positive gradient.",
                    keeps=1,
                    id="sign",
                ),
            ),
            hints=("First the two weights, then the output.",),
        ),
        "c": Part(
            ask="What do the gradients in all logits of the gate add up to?",
            answer=Choice(
                "0",
                "1",
                "the loss",
                why="The same number added to all logits does not change the softmax, so the loss has no slope in that direction.",
            ),
            mistakes=(
                Mistake(
                    "1",
                    "The weights add up to 1, and this sum does not change when all logits are moved alike.",
                    id="own-weights",
                ),
                Mistake("the loss", "Move all logits by the same amount: does anything change?", id="own-weights"),
            ),
            hints=(
                "Add up your two numbers of (b).",
                "If all logits grow by the same number, the softmax stays as it is: what is the slope of $L$ along this move?",
            ),
        ),
    },
)
