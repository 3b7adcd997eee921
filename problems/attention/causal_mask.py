"""Causal attention: the masked weights in numbers, how many scores are used, and the gradient in them."""

from dataclasses import replace

from derive import Answer, Integers, Mistake, Part, Problem, Symbol, Values
from derive.derivations import attention

NAMED = {"P_bar": Symbol(("T", "T"), "derived", r"\bar{P}", "the gradient of the loss in the weights")}
scores_gradient = replace(attention.causal_scores, symbols={**attention.causal_scores.symbols, **NAMED})
MASKED = "P[i,j] := [j <= i]*c[i,j]/sum([k <= i]*c[i,k], k)"


def scores(p):
    return {"c": [[p["a"], p["b"], p["c"]], [p["b"], p["d"], p["a"]], [p["c"], p["a"], p["d"]]]}


def wrong(p, rule):
    return Values(f"{MASKED}; {rule}", scores(p), "m").typed()


problem = Problem(
    title="Attention that may not look ahead",
    topics=("attention", "causal mask", "softmax"),
    difficulty=2,
    params={"a": Integers(1, 5), "b": Integers(1, 5), "c": Integers(1, 5), "d": Integers(1, 5), "T": Integers(6, 40)},
    where=lambda p: len({p["a"], p["b"], p["c"], p["d"]}) == 4,
    statement=r"""
Causal attention over a sequence of $T$ places lets place $i$ look at the places $j \le i$ only. With real scores $S_{i,j}$,

$$P_{i,j} = \frac{e^{S_{i,j}}}{\sum_{k=1}^{i} e^{S_{i,k}}} \quad \text{for } j \le i, \qquad P_{i,j} = 0 \quad \text{for } j > i.$$
""",
    working=(scores_gradient,),
    parts={
        "a": Part(
            ask=r"For $T = 3$ the scores are the natural logarithms $S_{i,j} = \log c_{i,j}$ of the numbers in $c = \begin{bmatrix} << a >> & << b >> & << c >> \\ << b >> & << d >> & << a >> \\ "
            r"<< c >> & << a >> & << d >> \end{bmatrix}$. Give the matrix $P$, exactly.",
            answer=lambda p: Values(MASKED, scores(p), "P"),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m[i,j] := c[i,j]/sum(c[i,k], k)"),
                    "No place may look ahead: what is above the diagonal?",
                    id="mask-forgotten",
                ),
                Mistake(
                    wrong(p, "m[i,j] := [j <= i]*c[i,j]/sum(c[i,k], k)"),
                    "Mask first, then take the softmax: each row must add up to 1.",
                    keeps=1,
                    id="order-of-steps",
                ),
                Mistake(
                    wrong(p, "m[i,j] := [j <= i]*c[i,j]/sum([j <= k]*c[k,j], k)"),
                    "The softmax runs over the keys, along a row.",
                    keeps=1,
                    id="wrong-normaliser",
                ),
            ),
            hints=("Set what is above the diagonal to zero.", "Then divide each row by its sum."),
        ),
        "b": Part(
            ask="How many of the $T^2$ weights may be above 0 for $T = << T >>$?",
            answer=lambda p: Values(
                "dims i = T, j = T; n := sum(sum([j <= i], j), i)".replace("T", str(p["T"])), {}, "n"
            ),
            mistakes=(
                Mistake("<< T*(T-1)//2 >>", "A place may look at itself, too.", id="strict-for-weak"),
                Mistake("<< T*T >>", "That is without the mask.", id="mask-forgotten"),
                Mistake("<< T*T//2 >>", "Half of the square cuts the diagonal in two.", id="fencepost-T"),
            ),
            hints=(
                "Row $i$ has $i$ of them.",
                r"Add up $1 + 2 + \dots + T$, the mean of the first and the last number times how many there are.",
            ),
        ),
        "c": Part(
            ask=r"With values $V_{j,c}$ the output is $O_{i,c} = \sum_{j=1}^{T} P_{i,j} V_{j,c}$, and backpropagation has delivered $\bar{P}_{i,j} = \partial L/\partial P_{i,j}$. Give "
            r"$\partial L/\partial S_{i,j}$ in terms of $P$ and $\bar{P}$ (in Python `P_bar`), for all $i$ and $j$.",
            answer=Answer(scores_gradient),
            marks=3,
            mistakes=(
                Mistake(
                    r"P_{i,j} (1 - P_{i,j}) \bar{P}_{i,j}",
                    "A score also moves the other weights of its row.",
                    keeps=1,
                    id="diagonal-only",
                ),
                Mistake(
                    r"P_{i,j} \bar{P}_{i,j}",
                    "The weights of a row add up to 1: the normaliser moves, too.",
                    keeps=1,
                    id="direct-path-only",
                ),
                Mistake(
                    r"P_{i,j} \left(\bar{P}_{i,j} - \sum_{k=1}^{T} \bar{P}_{k,j} P_{k,j}\right)",
                    "The softmax runs along a row: the sum is over the keys of the same query.",
                    keeps=1,
                    id="index-swapped",
                ),
            ),
            hints=(
                r"$\partial P_{i,k}/\partial S_{i,j} = P_{i,k} ([j = k] - P_{i,j})$ where both are unmasked.",
                "Add over all $k$ how the loss changes with $P_{i,k}$ times that.",
                "Masked places take care of themselves: their $P$ is 0.",
            ),
        ),
    },
)
