"""Maximum likelihood for an exponential and a Poisson distribution."""

from derive import Answer, Integers, Mistake, Number, Part, Problem, Symbol
from derive.derivations import likelihoods

MEAN = {"symbols": {"m": Symbol((), "derived", r"\bar{x}")}, "means": {"m": r"\frac{1}{n} \sum_{i=1}^{n} x_i"}}

problem = Problem(
    title="Waiting times and counts",
    topics=("maximum likelihood", "probability"),
    difficulty=1,
    params={"a": Integers(1, 9), "b": Integers(1, 9), "c": Integers(2, 9)},
    where=lambda p: p["a"] + p["b"] + p["c"] != 3 and p["a"] * p["b"] != 1 and (p["a"] + p["b"] + p["c"]) ** 2 != 9,
    statement=r"""
Independent examples $x_1, \dots, x_n$ are given, not all of them 0. The log-likelihood is $L = \sum_{i=1}^{n} \log p(x_i)$ with the natural logarithm. An exponential distribution has
the density $p(x) = \lambda e^{-\lambda x}$ for $x > 0$; a Poisson distribution has the probabilities $p(x) = \lambda^x e^{-\lambda}/x!$ for $x = 0, 1, 2, \dots$; in both $\lambda > 0$. The mean of the examples is $\bar x$.
""",
    working=(likelihoods.exponential_best, likelihoods.poisson_best),
    parts={
        "a": Part(
            ask=r"Exponential: give $\partial L/\partial \lambda$ (sum over the examples).",
            answer=Answer(likelihoods.exponential_score, **MEAN),
            mistakes=(
                Mistake(
                    r"\frac{1}{\lambda} - \sum_{i=1}^{n} x_i",
                    r"Every example brings a $\log \lambda$.",
                    id="batch-forgotten",
                ),
                Mistake(
                    r"\frac{n}{\lambda} - \lambda \sum_{i=1}^{n} x_i",
                    r"The derivative of $-\lambda x$ in $\lambda$ has no $\lambda$ left.",
                    id="value-for-slope",
                ),
                Mistake(r"\frac{n}{\lambda} + \sum_{i=1}^{n} x_i", "The exponent is negative.", id="sign"),
            ),
            hints=(r"$\log p(x) = \log \lambda - \lambda x$.", "Differentiate one term and add over the examples."),
        ),
        "b": Part(
            ask=r"Exponential: which $\lambda$ has the greatest likelihood?",
            answer=Answer(likelihoods.exponential_best, **MEAN),
            marks=2,
            mistakes=(
                Mistake(
                    r"\frac{1}{n} \sum_{i=1}^{n} x_i", "Long waiting times mean a small rate.", keeps=1, id="reciprocal"
                ),
                Mistake(
                    r"\frac{1}{\sum_{i=1}^{n} x_i}",
                    "More examples of the same mean should not change it.",
                    keeps=1,
                    id="mean-for-sum",
                ),
            ),
            hints=("Set (a) to zero.", r"$\sum_i \frac1\lambda = \frac n\lambda$."),
        ),
        "c": Part(
            ask=r"Poisson: which $\lambda$ has the greatest likelihood?",
            answer=Answer(likelihoods.poisson_best, **MEAN),
            marks=2,
            mistakes=(
                Mistake(r"\frac{n}{\sum_{i=1}^{n} x_i}", "Large counts mean a large mean.", keeps=1, id="reciprocal"),
                Mistake(
                    r"\sum_{i=1}^{n} x_i",
                    "More examples of the same mean should not change it.",
                    keeps=1,
                    id="sum-for-mean",
                ),
            ),
            hints=(r"$\log p(x) = x \log \lambda - \lambda - \log x!$.", r"$\sum_i (x_i/\lambda - 1) = 0$."),
        ),
        "d": Part(
            ask="Three waiting times were $<< a >>, << b >>, << c >>$. Which rate fits best? Give a fraction.",
            answer=lambda p: Number.from_derivation(likelihoods.exponential_best, n=3, x=[p["a"], p["b"], p["c"]]),
            mistakes=(
                Mistake("<< a + b + c >>/3", "That is the mean waiting time.", id="reciprocal"),
                Mistake("1/<< a + b + c >>", "There are three of them.", id="mean-for-sum"),
            ),
            hints=("Put the numbers into (b).",),
        ),
    },
)
