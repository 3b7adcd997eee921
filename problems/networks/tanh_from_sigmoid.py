"""tanh as a rescaled logistic function."""

import numpy as np

from derive import Answer, Example, Form, Mistake, Part, Problem
from derive.derivations.activation_identities import sigmoid_reflection, tanh_sigmoid

POINTS = np.array([-2.0, -0.7, -0.1, 0.4, 1.3, 3.0])


def closeness(a, b, c):
    """Above 0 where a σ(bx) + c is tanh x at a few points."""
    return 1e-4 - np.abs(a / (1 + np.exp(-np.clip(b * POINTS, -500, 500))) + c - np.tanh(POINTS)).max()


problem = Problem(
    title="From the logistic function to tanh",
    topics=("activations", "identities"),
    difficulty=1,
    statement=r"""
The logistic function is $\sigma(x) = 1/(1 + e^{-x})$, and $\tanh x = \dfrac{e^x - e^{-x}}{e^x + e^{-x}}$, for real $x$.
""",
    working=(tanh_sigmoid, sigmoid_reflection),
    parts={
        "a": Part(
            ask=r"Give numbers $a$, $b$ and $c$ such that $\tanh x = a\,\sigma(bx) + c$ for all $x$. Type them as `a = 1; b = 1; c = 0`.",
            answer=Example(
                {"a": (), "b": (), "c": ()},
                (
                    ("at large $x$ the two differ", lambda a, b, c: 1e-4 - abs(a * (b > 0) + c - 1)),
                    ("at 0 the two differ", lambda a, b, c: 1e-4 - abs(a / 2 + c)),
                    ("the two functions differ somewhere", closeness),
                ),
                {"a": 2, "b": 2, "c": -1},
                why=r"Multiply the fraction of $\tanh$ by $e^{-x}$ above and below: $\frac{1 - e^{-2x}}{1 + e^{-2x}} = \frac{2}{1 + e^{-2x}} - 1$.",
                comes=tanh_sigmoid,
            ),
            marks=2,
            mistakes=(
                Mistake(
                    "a = 2; b = 1; c = -1",
                    "Right at both ends and at 0, but not between: compare the slopes at 0.",
                    1,
                    "constant-dropped",
                ),
                Mistake(
                    "a = 1; b = 2; c = 0",
                    "The logistic function lies between 0 and 1. Where does tanh lie?",
                    0,
                    "own-range",
                ),
                Mistake("a = 2; b = 2; c = 0", "What are both worth at 0?", 1, "bias-added"),
            ),
            hints=(
                "Stretch the range (0, 1) to (−1, 1) first.",
                r"Then compare the slopes at 0: that of $\sigma$ is $\frac14$, that of $\tanh$ is 1.",
            ),
        ),
        "b": Part(
            ask=r"Give $\sigma(-x)$ in terms of $\sigma(x)$ alone.",
            answer=Answer(sigmoid_reflection),
            form=Form(forbidden=("e", "exp")),
            mistakes=(
                Mistake(r"-\sigma(x)", r"That would hold for an odd function. Is $\sigma(0) = 0$?", 0, "sign"),
                Mistake(r"\frac{1}{\sigma(x)}", r"Values of $\sigma$ lie between 0 and 1.", 0, "reciprocal"),
            ),
            hints=(
                r"Write $\sigma(-x)$ out and multiply above and below by $e^{-x}$.",
                r"What do $\sigma(x)$ and $\sigma(-x)$ add up to?",
            ),
        ),
    },
)
