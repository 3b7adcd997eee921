"""How many examples a test set needs: Hoeffding's bound, and what Chebyshev asks for."""

from derive import Choice, Integers, Mistake, OneOf, Part, Problem, Values
from derive.derivations import tails

HOEFFDING = "n := ceil(log(1/delta)/(2*t**2))"
CHEBYSHEV = "n := ceil(1/(4*delta*t**2))"


def demand(p):
    return {"t": p["t"] / 100, "delta": p["delta"] / 1000}


def wrong(p, rule):
    return Values(f"{HOEFFDING}; m := ceil({rule}) + 0*n", demand(p), "m").typed()


problem = Problem(
    title="How many examples a test needs",
    topics=("concentration", "Hoeffding", "generalisation"),
    difficulty=2,
    params={"t": Integers(2, 9), "delta": OneOf((1, 5, 10, 20))},
    statement=r"""
A classifier errs on $n$ independent test examples with an average of $\bar x = \frac1n \sum_{i=1}^{n} x_i$, where $x_i$ is 1 for an error and else 0; its true rate of errors is $\mu$. Hoeffding's
inequality says for $t > 0$ that

$$P(\bar x \ge \mu + t) \le e^{-2 n t^2},$$

and the same for $P(\bar x \le \mu - t)$. Logarithms are natural.
""",
    working=(tails.hoeffding, tails.bounded_variance),
    parts={
        "a": Part(
            ask=r"How many examples make the bound for $P(\bar x \le \mu - t)$ at most $\delta = << delta/1000 >>$ for $t = << t/100 >>$? Give the smallest whole number.",
            answer=lambda p: Values(HOEFFDING, demand(p), "n", latex={"delta": r"\delta"}, comes=tails.hoeffding),
            marks=2,
            mistakes=lambda p: (
                Mistake(wrong(p, "log(1/delta)/t**2"), "There is a 2 in the exponent.", keeps=1, id="lost-two"),
                Mistake(wrong(p, "log(1/delta)/(2*t)"), "The distance is squared in the exponent.", id="missing-power"),
                Mistake(
                    wrong(p, "log(1/delta)/log(10)/(2*t**2)"),
                    "The logarithm is natural.",
                    keeps=1,
                    id="own-mixed-bases",
                ),
            ),
            hints=(r"Solve $e^{-2nt^2} \le \delta$ for $n$.", "Take the logarithm of both sides, then round up."),
        ),
        "b": Part(
            ask=r"How many examples give $|\bar x - \mu| < t$ with a probability of at least $1 - \delta$, where the bounds for both sides are added? Give the smallest whole number.",
            answer=lambda p: Values(
                "n := ceil(log(2/delta)/(2*t**2))",
                demand(p),
                "n",
                latex={"delta": r"\delta"},
            ),
            mistakes=lambda p: (
                Mistake(Values(HOEFFDING, demand(p), "n").typed(), "Now both sides can go wrong.", id="own-one-side"),
                Mistake(
                    wrong(p, "log(1/delta)/t**2"),
                    "The probability is doubled, not the number of examples.",
                    id="lost-two",
                ),
            ),
            hints=(
                r"The sum of both bounds, $2 e^{-2nt^2}$, shall be at most $\delta$.",
                "Divide by 2, take logarithms, solve for $n$ and round up.",
            ),
        ),
        "c": Part(
            ask=r"Chebyshev's inequality, $P(|\bar x - \mu| \ge t) \le \frac{1}{t^2} \operatorname{Var}[\bar x]$, with the largest variance that one example can have: how many examples does it ask for in (b)? Give the smallest whole number.",
            answer=lambda p: Values(
                CHEBYSHEV, demand(p), "n", latex={"delta": r"\delta"}, comes=tails.bounded_variance
            ),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "1/(delta*t**2)"),
                    "How large can the variance of a value between 0 and 1 be?",
                    keeps=1,
                    id="constant-dropped",
                ),
                Mistake(
                    wrong(p, "1/(2*delta*t**2)"),
                    "A fair coin has the largest variance: its square is what you need, not its root.",
                    keeps=1,
                    id="variance-for-deviation",
                ),
            ),
            hints=(
                r"$\operatorname{Var}[x_i] = \mu(1 - \mu)$: where is it largest?",
                r"$\operatorname{Var}[\bar x] = \operatorname{Var}[x_i]/n$.",
            ),
        ),
        "d": Part(
            ask=r"The probability of failure shall become ten times as small. By which factor does Chebyshev's $n$ grow?",
            answer=Choice(
                "10",
                "100",
                "the logarithm of 10",
                "the root of 10",
                why=r"Chebyshev's $n$ is in proportion to $1/\delta$.",
            ),
            mistakes=(
                Mistake("100", "It is the distance that comes in as a square.", id="wrong-exponent"),
                Mistake(
                    "the logarithm of 10", "That is what Hoeffding's number grows like, as a sum.", id="own-hoeffding"
                ),
            ),
            hints=(
                "How does your $n$ of (c) depend on $\\delta$?",
                r"Solve $\operatorname{Var}[x_i]/(n t^2) \le \delta$ for $n$: with which power does $\delta$ come in?",
            ),
        ),
    },
)
