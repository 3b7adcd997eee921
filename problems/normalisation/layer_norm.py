"""Layer normalisation in numbers, and what it is blind to."""

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Symbol, Values
from derive.derivations.normalisation import layer_norm_input, layer_norm_scale

NAMES = {"y_bar": Symbol(("N", "C"), latex=r"\delta")}
INPUT = {"u_bar": Symbol(("N", "C"), latex="g")}
NORM = "m := sum(x[c], c)/3; s := sqrt(sum((x[c] - m)**2, c)/3); u[c] := (x[c] - m)/s; L := sum(k[c]*u[c], c)"
PAGE = {"m": r"\mu", "s": r"\sigma", "u": r"\hat x", "k": "g"}


def given(p):
    return {"x": [p["a"], p["a"] + p["b"], p["a"] + 3 * p["b"]], "k": [1, 0, -p["c"]]}


def wrong(p, rule):
    return Values(f"{NORM}; {rule}", given(p), "q", digits=4).typed()


problem = Problem(
    title="Layer normalisation",
    topics=("layer normalisation", "backpropagation"),
    difficulty=3,
    params={"a": Integers(-3, 3), "b": Integers(1, 4), "c": Integers(3, 6)},
    statement=r"""
Layer normalisation computes for every example $n = 1, \dots, N$, over its $C$ features,

$$\mu_n = \frac1C \sum_{c=1}^{C} x_{n,c}, \quad \sigma_n = \sqrt{\frac1C \sum_{c=1}^{C} (x_{n,c} - \mu_n)^2 + \epsilon}, \quad
\hat x_{n,c} = \frac{x_{n,c} - \mu_n}{\sigma_n}, \quad y_{n,c} = \gamma_c \hat x_{n,c} + \beta_c,$$

with $\epsilon > 0$ under the root. Write $\delta_{n,c} = \partial L/\partial y_{n,c}$ and $g_{n,c} = \partial L/\partial \hat x_{n,c}$; the loss $L$ is that of the whole batch.
""",
    working=(layer_norm_scale, layer_norm_input),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial \gamma_c$ in terms of $\delta$ and $\hat x$.",
            answer=Answer(layer_norm_scale, symbols=NAMES),
            mistakes=(
                Mistake(
                    r"\sum_{n=1}^{N} \sum_{c=1}^{C} \delta_{n,c} \hat{x}_{n,c}",
                    "Each feature has a scale of its own.",
                    0,
                    "extra-sum",
                ),
                Mistake(r"\sum_{n=1}^{N} \delta_{n,c} x_{n,c}", r"What does $\gamma_c$ multiply?", 0, "unnormalised"),
                Mistake(
                    r"\sum_{n=1}^{N} \delta_{n,c}", "That is the slope in the shift.", 0, "slope-of-wrong-variable"
                ),
            ),
            hints=(
                "The means run over features, but this parameter is shared by all examples.",
                r"$\partial y_{n,c}/\partial \gamma_c = \hat x_{n,c}$.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial L/\partial x_{n,c}$ in terms of $g$, $\hat x$ and $\sigma$.",
            answer=Answer(layer_norm_input, symbols=INPUT),
            marks=3,
            mistakes=(
                Mistake(
                    r"\frac{g_{n,c}}{\sigma_n}", r"$\mu$ and $\sigma$ move with $x$ as well.", 1, "direct-path-only"
                ),
                Mistake(
                    r"\frac{1}{\sigma_n} \left(g_{n,c} - \frac{1}{C} \sum_{j=1}^{C} g_{n,j}\right)",
                    r"$\sigma$ moves with $x$ as well.",
                    1,
                    "dropped-path",
                ),
                Mistake(
                    r"\frac{1}{\sigma_n} \left(g_{n,c} - \frac{1}{N} \sum_{j=1}^{N} g_{j,c} - \frac{\hat{x}_{n,c}}{N} \sum_{j=1}^{N} g_{j,c} \hat{x}_{j,c}\right)",
                    "That is batch normalisation: over which index are the means taken here?",
                    2,
                    "batch-forgotten",
                ),
            ),
            hints=(
                r"Three ways: directly, through $\mu_n$ and through $\sigma_n$; both are read by all features of the example.",
                r"$\partial \mu_n/\partial x_{n,c} = \frac1C$ and $\partial \sigma_n/\partial x_{n,c} = \frac1C \hat x_{n,c}$.",
                r"$\partial \hat x_{n,j}/\partial \mu_n = -1/\sigma_n$ and $\partial \hat x_{n,j}/\partial \sigma_n = -\hat x_{n,j}/\sigma_n$.",
            ),
        ),
        "c": Part(
            ask=r"One example with $x = (<< a >>, << a + b >>, << a + 3*b >>)$, $\epsilon = 0$ and $g = (1, 0, << -c >>)$. Give $\partial L/\partial x$ to four decimals, three numbers.",
            answer=lambda p: Values(NORM, given(p), "x_bar", digits=4, latex=PAGE, shown=("m", "s", "u")),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "q[c] := k[c]/s"), r"$\mu$ and $\sigma$ move with $x$ as well.", 0, "direct-path-only"
                ),
                Mistake(
                    wrong(p, "q[c] := (k[c] - sum(k[d], d)/3)/s"),
                    r"$\sigma$ moves with $x$ as well.",
                    1,
                    "dropped-path",
                ),
                Mistake(wrong(p, "q[c] := -x_bar[c]"), "The sign.", 1, "sign"),
            ),
            hints=(
                r"Work out $\mu$, $\sigma$ and $\hat x$ first.",
                "Put them into (b). The three numbers must add up to 0.",
            ),
        ),
        "d": Part(
            ask=r"All inputs of an example are multiplied by 10, and $\epsilon = 0$. What happens to $\partial L/\partial x$?",
            answer=Choice(
                "it becomes a tenth",
                "it becomes ten times as large",
                "nothing",
                why=r"$\hat x$ stays as it is and $\sigma$ becomes ten times as large; the gradient has the factor $1/\sigma$.",
            ),
            mistakes=(
                Mistake("nothing", r"The outputs stay the same; but what is $\sigma$ now?", 0, "own-output-for-slope"),
                Mistake("it becomes ten times as large", r"Where does $\sigma$ stand in (b)?", 0, "reciprocal"),
            ),
            hints=(
                r"$\hat x$ stays, and so does $g$; look at (b).",
                r"$\sigma$ becomes ten times as large: does it stand above or below the fraction bar?",
            ),
        ),
    },
)
