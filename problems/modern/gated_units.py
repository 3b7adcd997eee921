"""SwiGLU and GELU: the gradients in a gated layer, and the slope of a smooth gate."""

from dataclasses import replace

from derive import Answer, Integers, Mistake, Part, Problem, Symbol, Values
from derive.derivations import modern_layers

DELIVERED = {"y_bar": Symbol(("m",), latex="G", meaning="the gradient of the loss in the output")}
value = replace(modern_layers.swiglu_value, symbols={**modern_layers.swiglu_value.symbols, **DELIVERED})
gate = replace(modern_layers.swiglu_gate, symbols={**modern_layers.swiglu_gate.symbols, **DELIVERED})
SMOOTH = "c := normal_cdf(z); f := exp(-z**2/2)/sqrt(2*pi); s := c + z*f"

problem = Problem(
    title="Gated units",
    topics=("transformers", "activation functions", "backpropagation"),
    difficulty=2,
    params={"z": Integers(-15, 15)},
    where=lambda p: abs(p["z"]) > 2 and p["z"] != 10,
    statement=r"""
A SwiGLU layer with $n$ inputs $x_j$ and $m$ outputs $y_h$ has two $m \times n$ matrices $W$ and $V$. With $\sigma(a) = 1/(1 + e^{-a})$,

$$a_h = \sum_{j=1}^{n} W_{h,j}\, x_j, \qquad s_h = \sigma(a_h), \qquad b_h = \sum_{j=1}^{n} V_{h,j}\, x_j, \qquad y_h = a_h\, s_h\, b_h.$$

Backpropagation has delivered $G_h = \partial L/\partial y_h$.
""",
    working=(value, gate, modern_layers.gelu),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial V_{h,j}$ in terms of $G$, $a$, $s$ and $x$.",
            answer=Answer(value, means={"s": r"\sigma(a)"}),
            mistakes=(
                Mistake("G_h s_h x_j", "The gate is $a\\,\\sigma(a)$, not the sigmoid alone.", id="gate-confused"),
                Mistake(
                    "G_h a_h s_h b_h x_j",
                    "Differentiate $b_h$: it goes, and its own slope comes.",
                    id="value-for-slope",
                ),
                Mistake(
                    "G_j a_h s_h x_h", "Which index belongs to the output, which to the input?", id="index-swapped"
                ),
            ),
            hints=("$V_{h,j}$ is only in $b_h$.", "How does $y_h$ change with $b_h$, and $b_h$ with $V_{h,j}$?"),
        ),
        "b": Part(
            ask=r"Give $\partial L/\partial W_{h,j}$ in terms of $G$, $a$, $s$, $b$ and $x$.",
            answer=Answer(gate, means={"s": r"\sigma(a)"}),
            marks=3,
            mistakes=(
                Mistake(
                    "G_h b_h s_h x_j",
                    "$a_h$ stands in the product twice: by itself and in the sigmoid.",
                    keeps=1,
                    id="dropped-path",
                ),
                Mistake(
                    "G_h b_h a_h s_h (1 - s_h) x_j",
                    "$a_h$ stands in the product twice: in the sigmoid and by itself.",
                    keeps=1,
                    id="dropped-path",
                ),
                Mistake(
                    "G_h b_h x_j (s_h + a_h s_h)",
                    "That takes the sigmoid's value for its slope.",
                    keeps=1,
                    id="value-for-slope",
                ),
            ),
            hints=(
                r"The product rule for $a\,\sigma(a)$ gives two terms.",
                r"$\sigma' = \sigma(1 - \sigma)$, and $\sigma(a_h) = s_h$.",
            ),
        ),
        "c": Part(
            ask=r"GELU is $y = z\, \Phi(z)$, where $\Phi(z) = \int_{-\infty}^{z} e^{-u^2/2}\, \mathrm{d}u/\sqrt{2\pi}$ is the standard normal distribution function. What is its slope at $z = << z/10 >>$? Give four decimals.",
            answer=lambda p: Values(
                SMOOTH,
                {"z": p["z"] / 10},
                "s",
                digits=4,
                latex={"f": r"\varphi(z)", "s": r"\frac{dy}{dz}"},
                shown=("c", "f", "s"),
                comes=modern_layers.gelu,
            ),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    Values(f"{SMOOTH}; m := c + 0*s", {"z": p["z"] / 10}, "m", digits=4).typed(),
                    "$\\Phi$ changes with $z$ as well.",
                    keeps=1,
                    id="dropped-path",
                ),
                Mistake(
                    Values(f"{SMOOTH}; m := z*c + 0*s", {"z": p["z"] / 10}, "m", digits=4).typed(),
                    "That is the value, and not the slope.",
                    id="value-for-slope",
                ),
                Mistake(
                    Values(f"{SMOOTH}; m := c + f + 0*s", {"z": p["z"] / 10}, "m", digits=4).typed(),
                    "In the product rule the other factor stays.",
                    keeps=1,
                    id="missing-chain-factor",
                ),
            ),
            hints=("The product rule gives two terms.", r"$\Phi' = \varphi$, the density $e^{-z^2/2}/\sqrt{2\pi}$."),
        ),
    },
)
