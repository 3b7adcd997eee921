"""Softmax regression, and the least cross-entropy with soft targets."""

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Values
from derive.derivations.classification import softmax_regression
from derive.derivations.losses import soft_targets

ENTROPY = "H := -sum(y[i]*log(y[i]), i)"


def targets(p):
    return {"y": [p["a"] / 10, p["b"] / 10, (10 - p["a"] - p["b"]) / 10]}


def wrong(p, rule):
    return Values(f"{ENTROPY}; {rule}", targets(p), "q", digits=4).typed()


problem = Problem(
    title="Softmax regression with soft targets",
    topics=("softmax", "cross-entropy", "entropy"),
    difficulty=2,
    params={"a": Integers(5, 7), "b": Integers(1, 2)},
    statement=r"""
An example $x \in \mathbb{R}^d$ gets the logits $z = Wx$ with $W \in \mathbb{R}^{C \times d}$ and the probabilities $p = \mathrm{softmax}(z)$. Its target $y$ is a
distribution over the $C$ classes, and the loss is the cross-entropy $L = -\sum_{i=1}^{C} y_i \log p_i$. Logarithms are natural.
""",
    working=(softmax_regression, soft_targets),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial W_{i,j}$ in terms of $p$, $y$ and $x$.",
            answer=Answer(softmax_regression),
            marks=2,
            mistakes=(
                Mistake(r"x_j (y_i - p_i)", "Which way does $L$ go where $p_i$ is too large?", 1, "sign"),
                Mistake(r"x_i (p_j - y_j)", "Row $i$ of $W$ makes the logit of class $i$.", 1, "index-swapped"),
                Mistake(r"p_i - y_i", "That is the slope in the logit: one step is left.", 1, "layer-early"),
                Mistake(r"-x_j y_i (1 - p_i)", "The logit of class $i$ moves all probabilities.", 0, "diagonal-only"),
            ),
            hints=(
                r"First the slope in the logits: $\partial L/\partial z_i = p_i - y_i$.",
                r"$W_{i,j}$ moves $z_i$ alone, by $x_j$.",
            ),
        ),
        "b": Part(
            ask=r"The target is $y = (<< a/10 >>, << b/10 >>, << (10 - a - b)/10 >>)$. What is the least value that $L$ can have, over all distributions $p$? Give four decimals.",
            answer=lambda p: Values(ENTROPY, targets(p), "H", digits=4),
            marks=2,
            mistakes=lambda p: (
                Mistake("0", "That would be so for a one-hot target.", 0, "own-one-hot-only"),
                Mistake(wrong(p, "q := H/log(2)"), "Logarithms are natural here.", 1, "base-2-for-natural"),
                Mistake(
                    wrong(p, "q := log(3)"),
                    "That is the value for the uniform prediction of uniform targets.",
                    0,
                    "own-uniform",
                ),
                Mistake(wrong(p, "q := -log(y[0])"), "The other two classes have a share too.", 0, "missing-sum"),
            ),
            hints=("Where is the gradient in the logits zero?", "Put $p = y$ into $L$."),
        ),
        "c": Part(
            ask=r"What is the difference between $L$ and that least value called?",
            answer=Choice(
                "the divergence KL(y ‖ p)",
                "the divergence KL(p ‖ y)",
                "the entropy of p",
                "the variance of y",
                why=r"The cross-entropy is the entropy of $y$ plus $\mathrm{KL}(y \| p)$, and the entropy is the least value.",
            ),
            mistakes=(
                Mistake("the divergence KL(p ‖ y)", "Which of the two weighs the logarithms?", 0, "kl-reversed"),
                Mistake("the entropy of p", r"The difference is $\sum_i y_i \log(y_i/p_i)$.", 0, "own-other-quantity"),
            ),
            hints=(
                r"It is $\sum_i y_i \log (y_i/p_i)$.",
                "A divergence names first the distribution that weighs the logarithms and stands above in the fraction.",
            ),
        ),
    },
)
