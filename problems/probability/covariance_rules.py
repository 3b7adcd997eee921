"""Variances and covariances of sums, in letters and in numbers."""

from derive import Answer, Integers, Mistake, Part, Problem, Values
from derive.derivations import moments

LINEAR = "V := a**2*s + b**2*t + 2*a*b*c"


def given(p):
    return {"a": p["a"], "b": p["b"], "s": p["s"], "t": p["t"], "c": p["c"]}


problem = Problem(
    title="Variances of sums",
    topics=("probability", "variance", "covariance"),
    difficulty=1,
    params={"a": Integers(2, 4), "b": Integers(-4, -2), "s": Integers(4, 9), "t": Integers(4, 9), "c": Integers(1, 3)},
    statement=r"""
There are $n$ equally likely outcomes; a random variable gives each outcome a value, $x_1, \dots, x_n$ or $y_1, \dots, y_n$. Its mean is
$\bar x = \frac1n \sum_{i=1}^{n} x_i$, and $\operatorname{Cov}(x, y) = \frac1n \sum_{i=1}^{n} (x_i - \bar x)(y_i - \bar y)$; the variance is $\operatorname{Var}[x] = \operatorname{Cov}(x, x)$.
""",
    working=(moments.covariance, moments.bilinear),
    parts={
        "a": Part(
            ask=r"Write $\operatorname{Cov}(x, y)$ with the products $x_i y_i$ and the means $\bar x$ and $\bar y$ (in Python `a` and `b`).",
            answer=Answer(
                moments.covariance,
                means={"a": r"\frac{1}{n} \sum_{i=1}^{n} x_i", "b": r"\frac{1}{n} \sum_{i=1}^{n} y_i"},
            ),
            marks=2,
            mistakes=(
                Mistake(
                    r"\frac{1}{n} \sum_{i=1}^{n} x_i y_i",
                    "The product of the means must be taken off.",
                    keeps=1,
                    id="constant-dropped",
                ),
                Mistake(
                    r"\frac{1}{n} \sum_{i=1}^{n} x_i y_i + \bar{x} \bar{y}",
                    "Three of the four terms hold the product of the means: count their signs.",
                    keeps=1,
                    id="sign",
                ),
                Mistake(
                    r"\sum_{i=1}^{n} x_i y_i - \bar{x} \bar{y}",
                    "The covariance is a mean over the outcomes.",
                    keeps=1,
                    id="sum-for-mean",
                ),
            ),
            hints=("Multiply out the two deviations.", r"$\frac1n \sum_i x_i \bar y = \bar x \bar y$."),
        ),
        "b": Part(
            ask=r"For $\operatorname{Var}[x] = << s >>$, $\operatorname{Var}[y] = << t >>$ and $\operatorname{Cov}(x, y) = << c >>$: what is the variance of $<< a >> x - << -b >> y + 5$?",
            answer=lambda p: Values(
                LINEAR,
                given(p),
                "V",
                latex={
                    "s": r"\operatorname{Var}[x]",
                    "t": r"\operatorname{Var}[y]",
                    "c": r"\operatorname{Cov}(x,y)",
                    "V": r"\operatorname{Var}",
                },
                comes=moments.bilinear,
            ),
            marks=2,
            mistakes=(
                Mistake(
                    "<< a*a*s + b*b*t >>",
                    "They are correlated: the mixed term counts, twice.",
                    keeps=1,
                    id="dropped-path",
                ),
                Mistake(
                    "<< a*a*s + b*b*t - 2*a*b*c >>",
                    "The mixed term has the sign of the product of both factors.",
                    keeps=1,
                    id="sign",
                ),
                Mistake(
                    "<< a*a*s + b*b*t + a*b*c >>",
                    r"There are two mixed terms, $\operatorname{Cov}(x, y)$ and $\operatorname{Cov}(y, x)$.",
                    keeps=1,
                    id="lost-two",
                ),
                Mistake("<< a*a*s + b*b*t + 2*a*b*c + 5 >>", "A constant does not vary.", id="bias-added"),
            ),
            hints=(
                "A covariance is linear in each of its two arguments.",
                "A factor in front of a variable comes out squared from its variance.",
            ),
        ),
    },
)
