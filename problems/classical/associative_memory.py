"""Hebb's rule and Willshaw's memory: what is recalled from a damaged pattern, and how full a memory gets."""

from derive import Answer, Integers, Mistake, Number, Part, Problem, Values
from derive.derivations import associative, hebb

problem = Problem(
    title="Recall from a damaged pattern",
    topics=("associative memory", "Hebb's rule"),
    difficulty=2,
    params={"N": Integers(9, 30), "n": Integers(6, 12), "r": Integers(2, 4), "s": Integers(2, 3)},
    statement=r"""
One pattern $x$ with $N$ entries $x_i \in \{-1, 1\}$ is stored by Hebb's rule: $w_{i,j} = x_i x_j$ for $i \ne j$, and $w_{i,i} = 0$. The state $\hat x$ is the pattern with $k$
of its entries turned to the opposite sign. Each unit hears $h_i = \sum_{j=1}^{N} w_{i,j}\, \hat x_j$.
""",
    working=(hebb.hebb_recall, associative.load),
    parts={
        "a": Part(
            ask=r"Give $h_i$ in terms of $x_i$, $\hat x_i$, $N$ and $k$.",
            answer=Answer(hebb.hebb_recall),
            marks=2,
            mistakes=(
                Mistake(r"x_i (N - 2k)", "No unit hears itself.", keeps=1, id="diagonal-only"),
                Mistake(
                    r"x_i (N - k) - \hat{x}_i",
                    "A turned entry not only fails to help: it counts against.",
                    keeps=1,
                    id="lost-two",
                ),
                Mistake(
                    r"\hat{x}_i (N - 2k) - x_i",
                    "Which of the two patterns stands in the weights?",
                    id="own-patterns-swapped",
                ),
            ),
            hints=(
                r"$h_i = x_i \sum_j x_j \hat x_j$, less the term with $j = i$.",
                r"$x_j \hat x_j$ is 1 where the entry is kept and $-1$ where it is turned.",
                r"$x_i x_i \hat x_i = \hat x_i$.",
            ),
        ),
        "b": Part(
            ask=r"For $N = << N >>$: what is the largest number $k$ of turned entries from which every unit's $h_i$ still has the sign of $x_i$ (and is not 0)?",
            answer=lambda p: Values("k := ceil((N - 1)/2) - 1", {"N": p["N"]}, "k", comes=hebb.hebb_recall),
            marks=2,
            mistakes=(
                Mistake(
                    "<< N//2 + 1 >>",
                    "Then more than about half of the pattern is wrong: look at the sign of $N - 2k$.",
                    id="wrong-bound",
                ),
                Mistake(
                    "<< N//2 >>",
                    "Then some $h_i$ is 0 or has the wrong sign: look at an entry that was not turned.",
                    keeps=1,
                    id="strict-for-weak",
                ),
            ),
            hints=(r"The worst case is $\hat x_i = x_i$: it takes one off.", "So $N - 2k - 1 > 0$ is needed."),
        ),
        "c": Part(
            ask=r"Willshaw's memory has connections that are 0 or 1. Storing a pair of patterns makes the connection between every 1 of one and every 1 of the other; each pattern has $r$ "
            r"ones at random places among $n$, independently. How probable is it that one given connection is still 0 after $s$ pairs? Give $u_s$ in terms of $r$, $n$ and $s$.",
            answer=Answer(associative.load),
            marks=2,
            mistakes=(
                Mistake(
                    r"1 - \left(1 - \frac{r^2}{n^2}\right)^s",
                    "That is the probability that it has been made.",
                    keeps=1,
                    id="complement",
                ),
                Mistake(
                    r"\left(1 - \frac{r}{n}\right)^s",
                    "Both ends must have a 1 for the connection to be made.",
                    keeps=1,
                    id="missing-power",
                ),
                Mistake(
                    r"1 - s \frac{r^2}{n^2}",
                    "Pairs may make the same connection: multiply the chances of escaping.",
                    keeps=1,
                    id="own-power-as-product",
                ),
            ),
            hints=(
                r"One pair makes it with the probability $\frac{r}{n} \cdot \frac{r}{n}$.",
                "It must escape every pair, and the pairs are independent.",
            ),
        ),
        "d": Part(
            ask="How probable is that for $n = << n >>$, $r = << r >>$ and $s = << s >>$? Give a fraction.",
            answer=lambda p: Number.from_derivation(associative.load, n=p["n"], r=p["r"], S=p["s"]),
            mistakes=(
                Mistake(
                    "1 - (1 - << r*r >>/<< n*n >>)^<< s >>",
                    "That is the probability that it has been made.",
                    id="complement",
                ),
                Mistake("(1 - << r >>/<< n >>)^<< s >>", "Both ends must have a 1.", id="missing-power"),
            ),
            hints=("Put the numbers into (c).",),
        ),
    },
)
