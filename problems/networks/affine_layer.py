"""What an affine layer sends back: weights, biases, input."""

from derive import Answer, Mistake, Part, Problem
from derive.derivations.linear import affine_bias, affine_input, affine_weights

problem = Problem(
    title="Backpropagation through an affine layer",
    topics=("backpropagation", "affine layer", "chain rule"),
    difficulty=1,
    statement=r"""
A layer with $n$ inputs and $m$ units computes $z = Wx + b$ for one example: $x \in \mathbb{R}^n$, $W \in \mathbb{R}^{m \times n}$ and
$b, z \in \mathbb{R}^m$. A loss $L$ depends on $W$, $b$ and $x$ through $z$ alone, and backpropagation has delivered
$\delta_i = \partial L/\partial z_i$ for $i = 1, \dots, m$.
""",
    working=(affine_weights, affine_bias, affine_input),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial W_{i,j}$ for $i = 1, \dots, m$ and $j = 1, \dots, n$.",
            answer=Answer(affine_weights),
            marks=2,
            mistakes=(
                Mistake(
                    r"\delta_j x_i", "Row $i$ of $W$ makes unit $i$: which index belongs to a unit?", 1, "index-swapped"
                ),
                Mistake(
                    r"\delta_i",
                    "That is how the loss moves with $z_i$; how does $z_i$ move with $W_{i,j}$?",
                    0,
                    "missing-chain-factor",
                ),
                Mistake(
                    r"\delta_i W_{i,j}",
                    "The slope of $W_{i,j} x_j$ in $W_{i,j}$ does not hold $W$.",
                    0,
                    "slope-of-wrong-variable",
                ),
            ),
            hints=(
                r"Write the layer in entries: $z_i = \sum_j W_{i,j} x_j + b_i$. Which units does $W_{i,j}$ move?",
                r"Only unit $i$: $\partial L/\partial W_{i,j} = \delta_i \, \partial z_i/\partial W_{i,j}$.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial L/\partial b_i$.",
            answer=Answer(affine_bias),
            mistakes=(
                Mistake(r"\delta_i b_i", r"What is the slope of $z_i$ in $b_i$?", 0, "slope-of-wrong-variable"),
                Mistake(
                    r"\sum_{i=1}^{m} \delta_i",
                    "Each unit has a bias of its own; there is one example only.",
                    0,
                    "extra-sum",
                ),
            ),
            hints=(r"$b_i$ moves $z_i$ alone.", r"It moves it one for one."),
        ),
        "c": Part(
            ask=r"Give $\partial L/\partial x_j$.",
            answer=Answer(affine_input),
            marks=2,
            mistakes=(
                Mistake(
                    r"\sum_{i=1}^{n} W_{j,i} \delta_i",
                    "The index of the sum must be the one that units count with.",
                    1,
                    "missing-transpose",
                ),
                Mistake(r"\delta_j W_{j,j}", "Every unit reads $x_j$, not only one.", 0, "missing-sum"),
                Mistake(
                    r"\sum_{i=1}^{m} W_{i,j}",
                    "That is how the sum of all $z_i$ moves: weigh each unit by what the loss says of it.",
                    0,
                    "missing-chain-factor",
                ),
            ),
            hints=(
                r"Which units read $x_j$?",
                r"All of them do: add $\delta_i \, \partial z_i/\partial x_j$ over $i$.",
            ),
        ),
    },
)
