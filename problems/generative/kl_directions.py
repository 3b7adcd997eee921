"""The two directions of the Kullback-Leibler divergence: their slopes, and the Gaussians that they fit."""

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Values
from derive.derivations import gaussian_projections, generative

FIT = "P[k,l] := inv(S[i,j], i, j)[k,l]; v[k] := 1/P[k,k]"


def covariance(p):
    return {"S": [[p["a"], p["c"]], [p["c"], p["b"]]]}


problem = Problem(
    title="The two directions of the divergence",
    topics=("Kullback-Leibler divergence", "softmax", "variational inference"),
    difficulty=3,
    params={"a": Integers(3, 9), "b": Integers(3, 9), "c": Integers(1, 2)},
    where=lambda p: p["a"] != p["b"],
    statement=r"""
A model $q$ over $n$ outcomes has the logits $z_1, \dots, z_n$, that is $q_i = e^{z_i}/\sum_{k=1}^{n} e^{z_k}$; the data's probabilities
$p_i > 0$ are fixed and add up to 1. With natural logarithms,

$$\mathrm{KL}(p \,\|\, q) = \sum_{i=1}^{n} p_i \log\frac{p_i}{q_i} \quad \text{(forward)}, \qquad
K = \mathrm{KL}(q \,\|\, p) = \sum_{i=1}^{n} q_i \log\frac{q_i}{p_i} \quad \text{(reverse)}.$$
""",
    working=(
        generative.forward_divergence,
        generative.reverse_divergence,
        gaussian_projections.reverse_slope,
    ),
    parts={
        "a": Part(
            ask=r"Give the derivative of the forward divergence in $z_j$, in terms of $p$ and $q$.",
            answer=Answer(generative.forward_divergence, means={"q": r"\operatorname{softmax}(z)"}),
            marks=2,
            mistakes=(
                Mistake(
                    "p_j - q_j",
                    "The sign: where the model gives too much, raising the logit must raise the divergence.",
                    keeps=1,
                    id="sign",
                ),
                Mistake(
                    r"-\frac{p_j}{q_j}",
                    "That is the slope in $q_j$; the model's knobs are its logits.",
                    id="slope-of-wrong-variable",
                ),
                Mistake(
                    r"q_j (1 - q_j) (q_j - p_j)",
                    "Here the slope of the softmax has been put in twice.",
                    id="own-slope-twice",
                ),
            ),
            hints=(r"Only $-\sum_i p_i \log q_i$ depends on $z$.", r"$\log q_i = z_i - \log\sum_k e^{z_k}$."),
        ),
        "b": Part(
            ask=r"Give the derivative of the reverse divergence in $z_j$, in terms of $p$, $q$ and $K$.",
            answer=Answer(generative.reverse_divergence),
            marks=3,
            mistakes=(
                Mistake(
                    r"q_j \log\frac{q_j}{p_j}",
                    "Raising one logit takes probability away from all others.",
                    keeps=1,
                    id="direct-path-only",
                ),
                Mistake("q_j - p_j", "That is the derivative of the other direction.", id="kl-reversed"),
                Mistake(
                    r"\log\frac{q_j}{p_j} + 1",
                    "That is the slope in $q_j$ as if it could move by itself; the $q_i$ move together.",
                    keeps=1,
                    id="slope-of-wrong-variable",
                ),
            ),
            hints=(
                r"$\partial K/\partial q_i = \log\frac{q_i}{p_i} + 1$.",
                r"$\partial q_i/\partial z_j = q_i ([i = j] - q_j)$: add over all $i$.",
                "One of the sums is $K$ itself.",
            ),
        ),
        "c": Part(
            ask=r"Now $p$ is a Gaussian in two dimensions with mean 0 and the covariance $\Sigma = \begin{bmatrix} << a >> & << c >> \\ << c >> & << b >> \end{bmatrix}$, and $q$ "
            r"a Gaussian with mean 0 and the covariance $\mathrm{diag}(v_1, v_2)$. Which $(v_1, v_2)$ makes the reverse divergence least? Give fractions.",
            answer=lambda p: Values(
                FIT,
                covariance(p),
                "v",
                latex={"S": r"\Sigma"},
                shown=("P", "v"),
                comes=gaussian_projections.reverse_slope,
            ),
            marks=3,
            mistakes=(
                Mistake(
                    "(<< a >>, << b >>)",
                    "Those are the marginal variances, which the forward direction gives.",
                    keeps=1,
                    id="kl-reversed",
                ),
                Mistake(
                    "(<< b >>/<< a*b - c*c >>, << a >>/<< a*b - c*c >>)",
                    r"Those are the entries of $\Sigma^{-1}$, which are precisions.",
                    keeps=2,
                    id="reciprocal",
                ),
            ),
            hints=(
                r"Up to a constant the reverse divergence is $\frac12 \sum_i \left((\Sigma^{-1})_{i,i} v_i - \log v_i\right)$.",
                "Set its derivative in $v_i$ to zero.",
                r"Invert $\Sigma$ and look at its diagonal.",
            ),
        ),
        "d": Part(
            ask="Which direction gives the broader of the two fits where $p$ is correlated?",
            answer=Choice(
                "forward",
                "reverse",
                "both the same",
                why="The forward divergence makes the variances of $q$ those of $p$ itself; the reverse one makes them those of each entry given the other, and these are smaller where $p$ is correlated.",
            ),
            mistakes=(
                Mistake("reverse", "Compare your answer to (c) with the marginal variances.", id="kl-reversed"),
                Mistake(
                    "both the same",
                    "That would be so only if the two entries were not correlated.",
                    id="own-no-correlation",
                ),
            ),
            hints=(
                "The forward direction must put probability wherever the data is.",
                r"Compare your $(v_1, v_2)$ of (c) with the diagonal of $\Sigma$, which the other direction gives.",
            ),
        ),
    },
)
