"""What forward and reverse mode cost."""

from derive import Answer, Choice, Integers, Mistake, Number, Part, Problem
from derive.derivations.modes import cost_difference, forward_cost, reverse_cost

problem = Problem(
    title="Forward mode or reverse mode?",
    topics=("automatic differentiation", "counting"),
    difficulty=2,
    params={"N": Integers(20, 90), "M": Integers(1, 3), "w": Integers(4, 9), "D": Integers(2, 5)},
    statement=r"""
A network has $N$ inputs, $D \ge 1$ hidden layers of $w$ units each, and $M$ outputs. The Jacobian of the outputs in the inputs is the product of the
layers' Jacobians: one of shape $w \times N$, then $D - 1$ of shape $w \times w$, then one of shape $M \times w$. Forward mode multiplies them from the input on,
reverse mode from the output back. A product of an $a \times b$ and a $b \times c$ matrix takes $abc$ multiplications; nothing else is counted.
""",
    working=(forward_cost, reverse_cost, cost_difference),
    parts={
        "a": Part(
            ask="Give the number of multiplications of forward mode, as a formula in $N$, $M$, $w$ and $D$.",
            answer=Answer(forward_cost),
            marks=2,
            mistakes=(
                Mistake(
                    "N w (M + D w)",
                    "Count the products of hidden layers: how many Jacobians of $w \\times w$ are there?",
                    1,
                    "off-by-one",
                ),
                Mistake("M w (N + (D - 1) w)", "That is the other order.", 1, "order-of-steps"),
            ),
            hints=(
                "What is carried on from layer to layer has $N$ columns.",
                "Each of the $D - 1$ products with a $w \\times w$ matrix takes $w \\cdot w \\cdot N$ multiplications.",
            ),
        ),
        "b": Part(
            ask="How many multiplications does reverse mode take for $N = << N >>$, $M = << M >>$, $w = << w >>$ and $D = << D >>$?",
            answer=lambda p: Number.from_derivation(reverse_cost, **p),
            mistakes=(
                Mistake("<< N*w*(M + (D-1)*w) >>", "That is forward mode.", 0, "order-of-steps"),
                Mistake("<< M*w*(N + D*w) >>", "There is one Jacobian of $w \\times w$ less.", 0, "off-by-one"),
            ),
            hints=(
                "What is carried back has $M$ rows.",
                "The last product, with the $w \\times N$ matrix, takes $M w N$.",
            ),
        ),
        "c": Part(
            ask="Give the multiplications of reverse mode less those of forward mode, simplified: a formula in $N$, $M$, $w$ and $D$.",
            answer=Answer(cost_difference),
            marks=2,
            mistakes=(
                Mistake("w^2 (D - 1) (N - M)", "Which one is subtracted from which?", 1, "sign"),
                Mistake("w^2 D (M - N)", "Count the Jacobians between hidden layers again.", 1, "off-by-one"),
            ),
            hints=("Both take $MwN$ for one of the products.", "What is left has $w^2 (D - 1)$ in both."),
        ),
        "d": Part(
            ask="A network is trained on a loss, one number, that has a million weights as inputs. Which mode is cheaper?",
            answer=Choice(
                "reverse mode",
                "forward mode",
                "both cost the same",
                why="Here $M = 1$ and $N$ is a million: the difference in (c), $(M - N) w^2 (D - 1)$, is far below 0.",
            ),
            mistakes=(
                Mistake("forward mode", "Put $M = 1$ and a large $N$ into (c).", 0, "opposite"),
                Mistake("both cost the same", "For which $M$ and $N$ is (c) zero?", 0, "own-not-equal"),
            ),
            hints=(
                "Look at the sign of (c).",
                "Here $M = 1$ and $N$ is a million: is the difference above 0 or below?",
            ),
        ),
    },
)
