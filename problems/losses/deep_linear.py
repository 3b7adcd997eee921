"""A deep linear network: gradients, and a factorisation that reaches the target."""

import numpy as np

from derive import Answer, Example, Mistake, Part, Problem
from derive.derivations.deep_linear import first_weights, second_weights

TARGET = np.array([[2.0, 4.0], [1.0, 2.0]])


def near(**v):
    return 1e-4 - np.abs(v["D"] @ v["C"] - TARGET).max()


def apart(**v):
    return abs(np.linalg.norm(v["D"]) - np.linalg.norm(v["C"])) - 0.1


problem = Problem(
    title="A deep linear network",
    topics=("deep linear networks", "backpropagation", "factorisation"),
    difficulty=3,
    statement=r"""
Two linear layers turn an input $x \in \mathbb{R}^n$ into $y = DCx$, one linear map, with $C \in \mathbb{R}^{m \times n}$ and $D \in \mathbb{R}^{p \times m}$. On whitened data the loss is

$$L = \tfrac12 \sum_{i=1}^{p} \sum_{j=1}^{n} E_{i,j}^2, \qquad E = DC - \Gamma,$$

with a fixed target $\Gamma \in \mathbb{R}^{p \times n}$.
""",
    working=(first_weights, second_weights),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial C_{k,j}$ for $k = 1, \dots, m$ and $j = 1, \dots, n$, in terms of $D$ and $E$.",
            answer=Answer(first_weights),
            marks=2,
            mistakes=(
                Mistake(r"\sum_{i=1}^{p} D_{i,k}", "Weigh each entry by its error.", 0, "missing-chain-factor"),
                Mistake(r"-\sum_{i=1}^{p} D_{i,k} E_{i,j}", "The error here is product less target.", 1, "sign"),
                Mistake(r"2 \sum_{i=1}^{p} D_{i,k} E_{i,j}", "Look at the factor in front of the sum.", 1, "lost-half"),
                Mistake(
                    r"\sum_{i=1}^{p} D_{k,i} E_{i,j}",
                    "This product does not fit: look at the shape of $D$.",
                    1,
                    "missing-transpose",
                ),
            ),
            hints=(
                r"Which entries of $E$ hold $C_{k,j}$?",
                r"$\partial E_{i,j}/\partial C_{k,j} = D_{i,k}$ for every $i$; other columns do not move.",
                r"Add $E_{i,j}$ times that over $i$.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial L/\partial D_{i,k}$ for $i = 1, \dots, p$ and $k = 1, \dots, m$, in terms of $C$ and $E$.",
            answer=Answer(second_weights),
            marks=2,
            mistakes=(
                Mistake(r"\sum_{j=1}^{n} C_{k,j}", "Weigh each entry by its error.", 0, "missing-chain-factor"),
                Mistake(
                    r"\sum_{j=1}^{n} E_{i,j} C_{j,k}",
                    "This product does not fit: look at the shape of $C$.",
                    1,
                    "missing-transpose",
                ),
                Mistake(r"-\sum_{j=1}^{n} E_{i,j} C_{k,j}", "The error here is product less target.", 1, "sign"),
            ),
            hints=(r"Row $i$ of $E$ holds $D_{i,k}$.", r"$\partial E_{i,j}/\partial D_{i,k} = C_{k,j}$ for every $j$."),
        ),
        "c": Part(
            ask=r"Let $m = 1$ and $\Gamma = \begin{bmatrix} 2 & 4 \\ 1 & 2 \end{bmatrix}$. “Where $L = 0$, both layers have the same Frobenius norm.” Show that this is "
            r"wrong: give $D$ and $C$ with $DC = \Gamma$ whose norms differ by more than 0.1, as `D = [[1], [1]]; C = [[1, 1]]`.",
            answer=Example(
                {"D": (2, 1), "C": (1, 2)},
                (("the product is not the target", near), ("the two norms are the same, or nearly so", apart)),
                {"D": [[4], [2]], "C": [[0.5, 1]]},
                why=r"$\Gamma$ has rank one: it is $(2, 1)^\top (1, 2)$. Any factor can go from one layer to the other, $D \to sD$ and $C \to C/s$.",
            ),
            marks=2,
            mistakes=(
                Mistake(
                    "D = [[2], [1]]; C = [[1, 2]]",
                    "The product is right. Which freedom is left in the two factors?",
                    1,
                    "own-balanced",
                ),
                Mistake(
                    "D = [[2], [2]]; C = [[1, 2]]", "Look at the second row of the product.", 0, "own-wrong-product"
                ),
            ),
            hints=(
                "The rows of the target are multiples of one another.",
                "If $DC$ is right, so is $(sD)(C/s)$ for any $s \\ne 0$.",
            ),
        ),
    },
)
