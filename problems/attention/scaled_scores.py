"""Why attention divides by a square root: the variance of a dot product."""

from derive import Answer, Choice, Integers, Mistake, Number, Part, Problem
from derive.derivations import attention_facts

problem = Problem(
    title="Why attention divides by a square root",
    topics=("attention", "variance"),
    difficulty=1,
    params={"a": Integers(2, 4), "b": Integers(1, 3), "n": Integers(5, 12)},
    where=lambda p: p["a"] != p["b"] and p["n"] != p["a"] * p["b"],
    statement=r"""
A query $\xi$ and a key $x$ have $n$ entries each. All $2n$ entries are independent random numbers with mean 0; those of the query have the variance
$\sigma_q^2$, those of the key $\sigma_k^2$. Their dot product is $\xi \cdot x = \sum_{i=1}^{n} \xi_i\, x_i$.
""",
    working=(attention_facts.scaled_variance,),
    parts={
        "a": Part(
            ask=r"Give the variance of $\xi \cdot x$ in terms of $n$, $\sigma_q$ and $\sigma_k$.",
            answer=Answer(attention_facts.dot_product_variance),
            marks=2,
            mistakes=(
                Mistake(
                    r"\sigma_q^2 \sigma_k^2",
                    "That is one product; the dot product adds several that are independent.",
                    keeps=1,
                    id="missing-sum",
                ),
                Mistake(
                    r"n^2 \sigma_q^2 \sigma_k^2",
                    "Variances of independent terms add up; it is for equal terms that the square comes.",
                    keeps=1,
                    id="own-equal-terms",
                ),
                Mistake(
                    r"n (\sigma_q^2 + \sigma_k^2)", "The entries are multiplied, not added.", id="own-sum-for-product"
                ),
                Mistake(
                    r"\sqrt{n} \sigma_q \sigma_k",
                    "That is the standard deviation.",
                    keeps=1,
                    id="variance-for-deviation",
                ),
            ),
            hints=(
                r"One product has the mean 0 and the mean square $\mathbb{E}[\xi_i^2]\, \mathbb{E}[x_i^2]$.",
                "Different products are independent: their variances add up.",
            ),
        ),
        "b": Part(
            ask=r"What is the variance of $\xi \cdot x$ for $n = << n >>$, $\sigma_q = << a >>$ and $\sigma_k = << b >>$?",
            answer=lambda p: Number.from_derivation(attention_facts.dot_product_variance, n=p["n"], a=p["a"], b=p["b"]),
            mistakes=(
                Mistake("<< n*a*b >>", "Both $\\sigma$ are standard deviations.", id="variance-for-deviation"),
                Mistake(
                    "<< a*a*b*b >>",
                    "That is the variance of one product.",
                    id="missing-sum",
                ),
            ),
            hints=("Put the numbers into (a).",),
        ),
        "c": Part(
            ask="By what must the dot product be divided for its variance not to depend on $n$?",
            answer=Choice(
                "the root of n",
                "n",
                "the square of n",
                "the logarithm of n",
                why="The variance of (a) has one factor $n$, and dividing by $c$ divides it by $c^2$: so $c^2 = n$.",
            ),
            mistakes=(
                Mistake("n", "Dividing by a number divides the variance by its square.", id="missing-root"),
                Mistake("the square of n", "Dividing by a number divides the variance by its square.", id="own-square"),
            ),
            hints=(
                r"$\operatorname{Var}[a X] = a^2 \operatorname{Var}[X]$.",
                "The variance of (a) has one factor $n$: for which $a$ is $a^2 n$ free of $n$?",
            ),
        ),
    },
)
