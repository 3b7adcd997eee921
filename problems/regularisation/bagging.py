"""How much of the data a bootstrap sample holds."""

from derive import Answer, Integers, Mistake, Number, Part, Problem
from derive.derivations import ensembles

problem = Problem(
    title="A bootstrap sample",
    topics=("regularisation", "bagging", "probability"),
    difficulty=1,
    params={"n": Integers(3, 9)},
    statement=r"""
Bagging trains each model on a bootstrap sample: $n$ examples drawn from the $n$ examples of the data set with replacement, each draw independent
of the others and every example equally likely in each draw.
""",
    working=(ensembles.bagging_share, ensembles.bagging_limit),
    parts={
        "a": Part(
            ask="How probable is it that one given example is in the sample at least once? Give it in terms of $n$.",
            answer=Answer(ensembles.bagging_share),
            marks=2,
            mistakes=(
                Mistake(
                    r"\left(1 - \frac{1}{n}\right)^n",
                    "That is the probability that it is never drawn.",
                    keeps=1,
                    id="complement",
                ),
                Mistake(
                    r"1 - \frac{1}{n}",
                    "That is about one draw; there are as many draws as examples.",
                    id="missing-power",
                ),
                Mistake(
                    "1",
                    "The expected number of times is $n$ times $1/n$; but some examples come twice, and others never.",
                    id="own-expected-count",
                ),
            ),
            hints=(
                "It is easier to say when an example is *not* in the sample.",
                r"One draw misses it with the probability $1 - 1/n$, and the draws are independent.",
            ),
        ),
        "b": Part(
            ask=r"What does the probability of (a) tend to as $n \to \infty$?",
            answer=Answer(ensembles.bagging_limit),
            mistakes=(
                Mistake("1/e", "That is the share that is left out.", id="complement"),
                Mistake(
                    "1",
                    "The chance of a miss in one draw tends to 1, but it is raised to a power that grows as well.",
                    id="own-limit-inside",
                ),
                Mistake("1/2", "It is not one half. Which limit defines the number e?", id="own-guess"),
            ),
            hints=(
                r"$(1 + z/n)^n \to e^z$.",
                "Here $z = -1$, for the part that is left out.",
            ),
        ),
        "c": Part(
            ask="How probable is (a) for $n = << n >>$? Give four decimals.",
            answer=lambda p: Number.from_derivation(ensembles.bagging_share, digits=4, n=p["n"]),
            mistakes=(
                Mistake("(1 - 1/<< n >>)**<< n >>", "That is the probability that it is never drawn.", id="complement"),
                Mistake(
                    "1 - (1/<< n >>)**<< n >>",
                    "That leaves out only the case that every draw gives this example.",
                    id="complement",
                ),
                Mistake(
                    "1 - exp(-1)",
                    "That is the limit for many examples; here there are $<< n >>$.",
                    id="own-limit-for-value",
                ),
            ),
            hints=("Put the number into (a).",),
        ),
    },
)
