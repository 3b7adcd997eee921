"""Single threshold units: what one computes, weights for NAND, and what no unit can do."""

from derive import Boolean, Choice, Integers, Mistake, Network, OneOf, Part, Problem
from derive.bank.logic import inputs, normal_form
from derive.derivations import connectionism

NAMES = ("A", "B", "C")


def fires(p, lift=0.0):
    """Where the unit of (a) gives 1, on every input."""
    return tuple(p["w"] * a + b + c > p["t"] + lift for a, b, c in inputs(3))


def written(table):
    return normal_form(table, NAMES)


problem = Problem(
    title="A single threshold unit",
    topics=("threshold units", "boolean functions"),
    difficulty=1,
    params={"w": Integers(2, 3), "t": OneOf((0.5, 1.5, 2.5))},
    statement=r"""
A threshold unit (McCulloch and Pitts) reads inputs that are 0 or 1. It gives 1 where the sum of weights times inputs plus a bias is above 0, and else 0.
""",
    working=(connectionism.nand_or,),
    parts={
        "a": Part(
            ask="A unit has the inputs $A$, $B$, $C$ with the weights $<< w >>$, 1, 1 and the bias $-<< t >>$. Give what it computes as a boolean expression, such as "
            r"$A \bar{B} \vee C$.",
            answer=lambda p: Boolean(NAMES, written(fires(p))),
            marks=2,
            mistakes=lambda p: (
                Mistake(rf"\neg ({written(fires(p))})", "You have written down where it is 0.", id="complement"),
                Mistake(
                    written(fires(p, lift=1)),
                    "It fires more easily than that: with a smaller sum already.",
                    keeps=1,
                    id="wrong-bound",
                ),
            ),
            hints=(
                "Work out the sum for each of the eight inputs.",
                "Does $A$ alone suffice? Do $B$ and $C$ together, or one of them?",
            ),
        ),
        "b": Part(
            ask="Give the weights and the bias of one unit that computes NAND: 0 where both inputs $A$ and $B$ are 1, and else 1. Type `W1 = [[1, 1]]; b1 = [0.5]`.",
            answer=Network(
                ("A", "B"),
                {"Y": r"\neg (A \wedge B)"},
                (([[-1, -1]], [1.5]),),
                hidden=0,
                why="Each 1 takes away one, and only two of them bring the bias of 1.5 below 0.",
                comes=connectionism.nand_or,
            ),
            marks=2,
            mistakes=(
                Mistake(
                    "W1 = [[1, 1]]; b1 = [-1.5]",
                    "That is AND. What does the unit give where both inputs are 0?",
                    keeps=1,
                    id="complement",
                ),
                Mistake(
                    "W1 = [[-1, -1]]; b1 = [0.5]",
                    "That is NOR: with a single 1 the sum is already below 0.",
                    keeps=1,
                    id="wrong-bound",
                ),
                Mistake(
                    "W1 = [[-1, -1]]; b1 = [2.5]",
                    "That is 1 for every input: two ones must bring the sum to 0 or below.",
                    id="wrong-bound",
                ),
            ),
            hints=(
                "The sum must be above 0 for no 1 and for one 1, but not for two.",
                "Negative weights, and a bias between the two cases.",
            ),
        ),
        "c": Part(
            ask="Can one such unit, with any weights and bias, compute the exclusive or of two inputs?",
            answer=Choice(
                "no, with no weights",
                "yes",
                "only with negative weights",
                why="A weighted sum would have to be above the threshold for $(0, 1)$ and $(1, 0)$, and not for $(0, 0)$ and $(1, 1)$; but both pairs have the same total.",
            ),
            mistakes=(
                Mistake(
                    "yes",
                    "Add up what the unit must do at (0, 1) and (1, 0), and compare it with (0, 0) and (1, 1).",
                    id="own-linear-xor",
                ),
                Mistake(
                    "only with negative weights",
                    "Try the four inequalities whatever the signs are.",
                    id="own-linear-xor",
                ),
            ),
            hints=(
                "Write the four inequalities for $w_1$, $w_2$ and $b$.",
                "Add the two for which the output is 1, and the two for which it is 0.",
            ),
        ),
    },
)
