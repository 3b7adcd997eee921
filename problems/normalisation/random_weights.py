"""How large random weights should be."""

from derive import Answer, Integers, Mistake, Part, Problem, Values
from derive.derivations.initialisation import he, xavier, xavier_forward

DEEP = "V := (n*v)**D"

problem = Problem(
    title="How large should random weights be?",
    topics=("initialisation", "variance"),
    difficulty=2,
    params={"n": Integers(2, 9), "k": Integers(2, 8), "D": Integers(2, 4), "m": Integers(40, 90)},
    where=lambda p: p["n"] != p["k"],
    statement=r"""
A unit computes $z = \sum_{j=1}^{n} w_j x_j$ without a bias. Its weights are random with mean 0 and variance $\sigma_w^2$; weights and inputs are all independent, and the inputs have the
same mean square $\mathbb{E}[x^2]$. The layer has $n$ inputs and $m$ units.
""",
    working=(xavier_forward, xavier, he),
    parts={
        "a": Part(
            ask=r"Which variance $\sigma_w^2$ makes $\mathrm{Var}[z] = \mathbb{E}[x^2]$? Give it in terms of $n$.",
            answer=Answer(xavier_forward),
            mistakes=(
                Mistake(
                    r"\frac{1}{\sqrt{n}}",
                    "That is the standard deviation: which one is asked for?",
                    0,
                    "variance-for-deviation",
                ),
                Mistake(r"n", "More inputs need smaller weights.", 0, "reciprocal"),
                Mistake(r"\frac{2}{n}", "There is no relu before this unit.", 0, "lost-two"),
            ),
            hints=(
                r"Variances of independent terms with mean 0 add up.",
                r"Each term $w_j x_j$ has the variance $\sigma_w^2\, \mathbb{E}[x^2]$, and there are $n$ of them.",
            ),
        ),
        "b": Part(
            ask=r"The inputs are now $x_j = \max(y_j, 0)$, where the $y_j$ are pre-activations with a distribution symmetric about 0. Which $\sigma_w^2$ makes $\mathrm{Var}[z] = \mathrm{Var}[y]$? Give it in terms of $n$.",
            answer=Answer(he),
            marks=2,
            mistakes=(
                Mistake(r"\frac{1}{n}", "What does the relu do to the mean square?", 1, "lost-two"),
                Mistake(r"\frac{1}{2 n}", "The relu takes away; the weights must make up for it.", 1, "reciprocal"),
                Mistake(r"\sqrt{\frac{2}{n}}", "That is the standard deviation.", 1, "variance-for-deviation"),
            ),
            hints=(
                r"$\mathrm{Var}[z] = n \sigma_w^2\, \mathbb{E}[x^2]$.",
                r"By symmetry the relu keeps half of the mean square: $\mathbb{E}[x^2] = \frac12 \mathbb{E}[y^2]$.",
            ),
        ),
        "c": Part(
            ask=r"On the way back the variance of derivatives is multiplied by $m \sigma_w^2$, on the way forward by $n \sigma_w^2$. Xavier's compromise makes the mean of these two factors 1. Give $\sigma_w^2$.",
            answer=Answer(xavier),
            mistakes=(
                Mistake(r"\frac{1}{n + m}", "The mean of two numbers has a ½.", 0, "lost-two"),
                Mistake(
                    r"\frac{1}{2} \left(\frac{1}{n} + \frac{1}{m}\right)",
                    "The mean of the two *factors* is to be 1.",
                    0,
                    "own-mean-of-solutions",
                ),
                Mistake(r"\frac{1}{\sqrt{n m}}", "That makes their product 1.", 0, "own-product"),
            ),
            hints=(r"Solve $\frac12 (n \sigma_w^2 + m \sigma_w^2) = 1$.",),
        ),
        "d": Part(
            ask=r"Someone takes $\sigma_w^2 = \frac{<< k >>}{<< m >>}$ for $<< D >>$ linear layers with $n = << 10*n >>$ inputs each. By which factor does the variance grow or shrink over all of them? Give four decimals.",
            answer=lambda p: Values(
                DEEP.replace("D", str(p["D"])),
                {"n": 10 * p["n"], "v": p["k"] / p["m"]},
                "V",
                digits=4,
                latex={"v": r"\sigma_w^2"},
            ),
            mistakes=(
                Mistake("<< '%.4f' % (10*n*k/m) >>", "There are << D >> layers.", 0, "missing-power"),
                Mistake("<< '%.4f' % (D*10*n*k/m) >>", "The factors of layers multiply.", 0, "own-sum-for-product"),
            ),
            hints=(
                r"One layer multiplies the variance by $n \sigma_w^2$.",
                "All layers together multiply by a power of it, with the number of layers as the exponent.",
            ),
        ),
    },
)
