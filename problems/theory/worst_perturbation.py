"""The worst small perturbation in different norms, and the pair of exponents behind it."""

from derive import Choice, Integers, Mistake, Part, Problem, Values
from derive.derivations import clipping, robustness

WORST = "r[i] := eps*sign(g[i]); D := sum(g[i]*r[i], i)"
EUCLID = "q := sum(g[i]**2, i); N := sqrt(q); D := eps*N"


def gradient(p):
    return {"g": [p["a"], p["b"], p["c"]], "eps": p["e"] / 10}


problem = Problem(
    title="The worst small perturbation",
    topics=("robustness", "adversarial examples", "norms"),
    difficulty=2,
    params={"a": Integers(1, 5), "b": Integers(-5, -1), "c": Integers(2, 6), "e": Integers(1, 9)},
    where=lambda p: p["a"] + p["b"] + p["c"] != 0 and p["a"] + p["b"] != 0,
    statement=r"""
To first order a perturbation $r$ of the input with $n$ entries changes the loss by $\Delta = \sum_{i=1}^{n} g_i\, r_i$, where $g$ is the loss's gradient in the input. The perturbation may not be longer than
$\epsilon$ in the $p$-norm, $\left(\sum_i |r_i|^p\right)^{1/p} \le \epsilon$; for $p = \infty$ this means $|r_i| \le \epsilon$ for every $i$.
""",
    working=(robustness.holder, clipping.sign_gain),
    parts={
        "a": Part(
            ask=r"For $p = \infty$, $g = (<< a >>, << b >>, << c >>)$ and $\epsilon = << e/10 >>$: which $r$ raises the loss most? Give its three entries exactly.",
            answer=lambda p: Values(WORST, gradient(p), "r", latex={"eps": r"\epsilon"}),
            mistakes=(
                Mistake(
                    "(<< a*e/10 >>, << b*e/10 >>, << c*e/10 >>)",
                    "Each entry has its own bound, whatever the size of its slope.",
                    id="own-gradient-step",
                ),
                Mistake("(<< -e/10 >>, << e/10 >>, << -e/10 >>)", "That lowers the loss most.", id="sign"),
                Mistake("(<< e/10 >>, << e/10 >>, << e/10 >>)", "One of the slopes is negative.", id="norm-forgotten"),
            ),
            hints=(
                "Every entry can be chosen by itself.",
                "Which end of its interval is best for a positive slope, which for a negative one?",
            ),
        ),
        "b": Part(
            ask=r"By how much does the $r$ of (a) raise the loss, to first order? Exactly.",
            answer=lambda p: Values(
                WORST,
                gradient(p),
                "D",
                latex={"eps": r"\epsilon", "D": r"\Delta"},
                shown=("r", "D"),
                comes=clipping.sign_gain,
            ),
            mistakes=(
                Mistake("<< (a + b + c)*e/10 >>", "Each term of the sum is positive now.", id="sign"),
                Mistake("<< c*e/10 >>", "All entries may be changed at once.", id="missing-sum"),
                Mistake("<< a - b + c >>", r"The perturbation has the size $\epsilon$.", id="rate-forgotten"),
            ),
            hints=("Put your $r$ into the sum.",),
        ),
        "c": Part(
            ask=r"For $p = 2$ and the same $g$ and $\epsilon$: what is the greatest $\Delta$? Give four decimals.",
            answer=lambda p: Values(
                EUCLID,
                gradient(p),
                "D",
                digits=4,
                latex={"eps": r"\epsilon", "D": r"\Delta", "N": r"\|g\|"},
                shown=("N", "D"),
            ),
            marks=2,
            mistakes=(
                Mistake(
                    "<< (a*a + b*b + c*c)*e/10 >>",
                    "The best $r$ has the direction of $g$, but the length $\\epsilon$.",
                    keeps=1,
                    id="missing-root",
                ),
                Mistake(
                    "<< (a - b + c)*e/10 >>",
                    "That needs every entry to be as large as $\\epsilon$, which is too long in this norm.",
                    id="own-wrong-norm",
                ),
            ),
            hints=(
                "Cauchy and Schwarz: a product of two vectors is greatest where they have the same direction.",
                r"Then $\Delta$ is the product of the two lengths; $r$ may be as long as $\epsilon$.",
            ),
        ),
        "d": Part(
            ask=r"For any $p > 1$ the greatest $\Delta$ is $\epsilon \left(\sum_i |g_i|^q\right)^{1/q}$. Which $q$ belongs to $p = 3$?",
            answer=Choice("3/2", "3", "2/3", "1/3", why="The two belong together by $1/p + 1/q = 1$: $1 - 1/3 = 2/3$."),
            mistakes=(
                Mistake("3", "Only 2 belongs to itself: the reciprocals of both add up to 1.", id="own-same-exponent"),
                Mistake("2/3", "That is $1/q$.", id="reciprocal"),
                Mistake("1/3", "That is $1/p$.", id="reciprocal"),
            ),
            hints=(
                r"Hölder: $\frac1p + \frac1q = 1$.",
                r"So $\frac1q$ is what $\frac1p$ lacks to 1; turn it upside down.",
            ),
        ),
    },
)
