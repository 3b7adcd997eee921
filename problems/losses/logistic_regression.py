"""Gradient and Hessian of logistic regression with labels 0 and 1."""

from derive import Answer, Choice, Mistake, Part, Problem
from derive.derivations.classification import logistic_gradient, logistic_hessian

problem = Problem(
    title="Logistic regression: gradient and Hessian",
    topics=("logistic regression", "cross-entropy", "Hessian", "convexity"),
    difficulty=2,
    statement=r"""
$N$ examples with $d$ features are the rows of $X \in \mathbb{R}^{N \times d}$; their labels are $y_s \in \{0, 1\}$. With weights $w \in \mathbb{R}^d$, $z = Xw$ and
$p_s = \sigma(z_s) = 1/(1 + e^{-z_s})$ the loss is the *sum*

$$L = -\sum_{s=1}^{N} \bigl(y_s \log p_s + (1 - y_s) \log(1 - p_s)\bigr)$$

with natural logarithms.
""",
    working=(logistic_gradient, logistic_hessian),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial w_j$ in terms of $X$, $y$ and $p$.",
            answer=Answer(logistic_gradient),
            marks=3,
            mistakes=(
                Mistake(
                    r"\sum_{s=1}^{N} X_{s,j} (y_s - p_s)", "Which way does $L$ go where $p_s$ is too large?", 2, "sign"
                ),
                Mistake(
                    r"\frac{1}{N} \sum_{s=1}^{N} X_{s,j} (p_s - y_s)",
                    "This loss is a sum, not a mean.",
                    2,
                    "mean-for-sum",
                ),
                Mistake(
                    r"\sum_{s=1}^{N} X_{s,j} (p_s - y_s) p_s (1 - p_s)",
                    r"The slope of $\sigma$ cancels: carry the derivative of the logarithms out.",
                    1,
                    "own-slope-twice",
                ),
                Mistake(
                    r"\sum_{s=1}^{N} (p_s - y_s)",
                    r"That is the slope in a bias: how does $z_s$ move with $w_j$?",
                    1,
                    "missing-chain-factor",
                ),
            ),
            hints=(
                r"One example: $\partial L/\partial p = -\frac{y}{p} + \frac{1 - y}{1 - p}$.",
                r"Times $\sigma'(z) = p (1 - p)$: the fractions cancel.",
                r"What is left is $p_s - y_s$ for each example; then $\partial z_s/\partial w_j = X_{s,j}$.",
            ),
        ),
        "b": Part(
            ask=r"Give the entry $H_{j,k} = \partial^2 L/\partial w_j \partial w_k$ of the Hessian in terms of $X$ and $p$.",
            answer=Answer(logistic_hessian),
            marks=2,
            mistakes=(
                Mistake(
                    r"\sum_{s=1}^{N} X_{s,j} X_{s,k}",
                    "That is the Hessian of least squares: weigh the examples.",
                    1,
                    "missing-chain-factor",
                ),
                Mistake(
                    r"\sum_{s=1}^{N} X_{s,j} X_{s,k} p_s", r"You used $\sigma$ and not its slope.", 1, "value-for-slope"
                ),
                Mistake(
                    r"[j = k] \sum_{s=1}^{N} X_{s,j}^2 p_s (1 - p_s)",
                    "Weights that meet in one example have mixed derivatives too.",
                    1,
                    "diagonal-only",
                ),
            ),
            hints=(
                r"Differentiate (a) by $w_k$: only $p_s$ moves.",
                r"$\partial p_s/\partial w_k = p_s (1 - p_s) X_{s,k}$.",
            ),
        ),
        "c": Part(
            ask="What does (b) say about $L$, whatever the data?",
            answer=Choice(
                "it is convex",
                "it is concave",
                "it has local minima that are not global",
                "it has no minimum",
                why="The Hessian is a sum of outer products of the inputs with weights that are not negative, so it has no negative eigenvalue.",
            ),
            mistakes=(
                Mistake("it is concave", "What sign has $u^\\top H u$?", 0, "opposite"),
                Mistake(
                    "it has local minima that are not global", "What sign has $u^\\top H u$?", 0, "own-convexity-missed"
                ),
            ),
            hints=(
                r"$u^\top H u = \sum_s p_s (1 - p_s) (X u)_s^2$.",
                "No term of this sum is negative: how does $L$ bend along any direction $u$?",
            ),
        ),
    },
)
