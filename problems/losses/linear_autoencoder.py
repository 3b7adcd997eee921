"""The gradients of a linear autoencoder."""

from derive import Answer, Choice, Mistake, Part, Problem
from derive.derivations.backprop import decoder_gradient, encoder_gradient

problem = Problem(
    title="A linear autoencoder",
    topics=("autoencoders", "backpropagation", "linear models"),
    difficulty=2,
    statement=r"""
An input $x \in \mathbb{R}^n$ is encoded as $z = Cx$ with $C \in \mathbb{R}^{m \times n}$, $m < n$, and decoded as $y = Dz$ with $D \in \mathbb{R}^{n \times m}$. The loss on this one example is
$L = \frac12 \sum_{i=1}^{n} (y_i - x_i)^2$. The input is data: it is not differentiated.
""",
    working=(decoder_gradient, encoder_gradient),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial D_{i,a}$ for $i = 1, \dots, n$ and $a = 1, \dots, m$, in terms of $x$, $y$ and $z$.",
            answer=Answer(decoder_gradient),
            marks=2,
            mistakes=(
                Mistake(r"z_a (x_i - y_i)", "Which way does $L$ go where $y_i$ is too large?", 1, "sign"),
                Mistake(r"x_a (y_i - x_i)", "What does the decoder read?", 1, "own-layer-mixed-up"),
                Mistake(r"2 z_a (y_i - x_i)", "Look at the factor in front of the sum.", 1, "lost-half"),
            ),
            hints=(
                r"$D_{i,a}$ moves $y_i$ alone.",
                r"$\partial L/\partial y_i = y_i - x_i$, and $\partial y_i/\partial D_{i,a} = z_a$.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial L/\partial C_{a,j}$ for $a = 1, \dots, m$ and $j = 1, \dots, n$, in terms of $x$, $y$ and $D$.",
            answer=Answer(encoder_gradient),
            marks=3,
            mistakes=(
                Mistake(r"x_j (y_j - x_j)", "Every output reads the code, through the decoder.", 1, "dropped-path"),
                Mistake(
                    r"x_j \sum_{i=1}^{n} (y_i - x_i)",
                    "Weigh each output by how much it reads of $z_a$.",
                    1,
                    "missing-chain-factor",
                ),
                Mistake(
                    r"\sum_{i=1}^{n} D_{i,a} (y_i - x_i)",
                    r"That is $\partial L/\partial z_a$: one step is left.",
                    2,
                    "layer-early",
                ),
                Mistake(r"x_j \sum_{i=1}^{n} D_{i,a} (x_i - y_i)", "The sign.", 2, "sign"),
            ),
            hints=(
                r"$C_{a,j}$ moves $z_a$ alone, by $x_j$.",
                r"Every output reads $z_a$: $\partial L/\partial z_a = \sum_i \partial L/\partial y_i \cdot D_{i,a}$.",
                r"Put $\partial L/\partial y_i = y_i - x_i$ in.",
            ),
        ),
        "c": Part(
            ask="Both gradients are zero for all data if $C = 0$ and $D = 0$. What kind of point is this, if some data are not zero?",
            answer=Choice(
                "a saddle",
                "a minimum",
                "a maximum",
                why=r"With $D = s C^\top$ and $C$ small the reconstruction goes a little towards $x$, or away from it where $s$ is negative: the loss falls one way and rises the other.",
            ),
            mistakes=(
                Mistake(
                    "a minimum",
                    "Can a small step to $D = s C^\\top$ make the loss smaller?",
                    0,
                    "own-stationary-is-minimum",
                ),
                Mistake("a maximum", "Can a small step make the loss larger as well?", 0, "own-stationary-is-maximum"),
            ),
            hints=(
                "Move $C$ and $D$ together: to second order $L$ changes by $-x^\\top D C x$.",
                r"Take $D = s\, C^\top$ with a small number $s$: what does this term do for $s > 0$, and what for $s < 0$?",
            ),
        ),
    },
)
