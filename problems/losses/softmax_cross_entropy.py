"""Softmax and cross-entropy: the Jacobian, and why the pair is simple."""

from derive import Answer, Integers, Lines, Mistake, Part, Problem, Values
from derive.derivations.classification import cross_entropy, softmax_jacobian

LOSS = "p[i] := exp(z[i])/sum(exp(z[k]), k); L := -sum(y[i]*log(p[i]), i)"


def given(p):
    return {"z": [p["a"] / 2, p["b"] / 2, 0], "y": [0, 1, 0]}


def wrong(p, rule):
    return Values(f"{LOSS}; {rule}", given(p), "q", digits=4).typed()


problem = Problem(
    title="Softmax with cross-entropy",
    topics=("softmax", "cross-entropy", "Jacobian"),
    difficulty=2,
    params={"a": Integers(-3, 3), "b": Integers(-3, 3)},
    where=lambda p: p["a"] != p["b"] and p["a"] != 0,
    statement=r"""
Logits $z \in \mathbb{R}^C$ become probabilities $p_i = e^{z_i}/\sum_{k=1}^{C} e^{z_k}$. The target $y$ is a distribution over the $C$ classes ($y_i \ge 0$ and
$\sum_i y_i = 1$; one-hot where the class is known), and the loss is $L = -\sum_{i=1}^{C} y_i \log p_i$ with the natural logarithm.
Write `[i = j]` for 1 where $i = j$ and 0 elsewhere.
""",
    working=(softmax_jacobian, cross_entropy),
    parts={
        "a": Part(
            ask=r"Give $\partial p_i/\partial z_j$ for all $i$ and $j$, in terms of $p$.",
            answer=Answer(softmax_jacobian),
            marks=3,
            mistakes=(
                Mistake(
                    r"p_i (1 - p_i) [i = j]",
                    "Every logit moves every probability: they add up to 1.",
                    1,
                    "diagonal-only",
                ),
                Mistake(r"p_i (1 - p_j)", "That is right on the diagonal only.", 1, "own-not-diagonal"),
                Mistake(r"p_i (p_j - [i = j])", "Does $p_i$ grow or fall with its own logit?", 2, "sign"),
            ),
            hints=(
                r"Differentiate the quotient; the denominator holds every logit.",
                r"The numerator holds $z_j$ only where $i = j$: this gives $p_i [i = j]$.",
                r"The denominator gives $-\dfrac{e^{z_i}}{(\sum_k e^{z_k})^2}\, e^{z_j}$.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial L/\partial z_i$ in terms of $p$ and $y$.",
            answer=Answer(cross_entropy),
            marks=2,
            mistakes=(
                Mistake(r"y_i - p_i", "Which way does $L$ go where a wrong class gets a larger logit?", 1, "sign"),
                Mistake(r"-\frac{y_i}{p_i}", "That is the slope in $p_i$: go on to the logits.", 0, "layer-early"),
                Mistake(
                    r"-y_i (1 - p_i)",
                    "A logit moves the probabilities of the other classes as well.",
                    1,
                    "diagonal-only",
                ),
            ),
            hints=(
                r"$\partial L/\partial z_i = \sum_k \partial L/\partial p_k \cdot \partial p_k/\partial z_i$.",
                r"This is $-\sum_k \frac{y_k}{p_k} \, p_k ([i = k] - p_i)$.",
                r"The targets add up to 1.",
            ),
        ),
        "c": Part(
            ask=r"Three classes, $z = (<< a/2 >>, << b/2 >>, 0)$, and the second class is right. Give $\partial L/\partial z$ to four decimals, three numbers.",
            answer=lambda p: Values(LOSS, given(p), "z_bar", digits=4, shown=("p", "z_bar")),
            marks=2,
            mistakes=lambda p: (
                Mistake(wrong(p, "q[i] := p[i]"), "The target is missing.", 1, "dropped-path"),
                Mistake(wrong(p, "q[i] := y[i] - p[i]"), "The sign.", 1, "sign"),
                Mistake(wrong(p, "q[i] := (p[i] - y[i])/3"), "Nothing is averaged over classes.", 1, "mean-for-sum"),
            ),
            hints=(
                "Work out the three probabilities first.",
                "They must add up to 1; so what does the gradient add up to?",
            ),
        ),
        "d": Part(
            ask="Derive (b) line by line, from the slopes of $L$ in the probabilities and of these in the logits.",
            answer=Lines(cross_entropy),
            marks=3,
            hints=(
                r"Two slopes are on the way: of $L$ in $p_k$, and of $p_k$ in $z_i$; put them together with the chain rule.",
                "At the end the targets add up to 1.",
            ),
        ),
    },
)
