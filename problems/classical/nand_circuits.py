"""NAND is enough: what circuits of it compute, and XOR by a network with two hidden units."""

from derive import Boolean, Choice, Mistake, Network, OneOf, Part, Problem
from derive.derivations import connectionism

CIRCUITS = (
    (r"\neg (\neg A \wedge \neg B)", "each input goes with itself into a NAND, and both results into a third"),
    (r"\neg (\neg (A \wedge B))", "$A$ and $B$ go into a NAND, and its result, twice, into another"),
    (r"\neg (\neg A \wedge B)", "$A$ goes with itself into a NAND, and the result with $B$ into another"),
    (r"\neg (A \wedge \neg (A \wedge B))", "$A$ and $B$ go into a NAND, and the result with $A$ into another"),
)

problem = Problem(
    title="NAND is enough",
    topics=("boolean functions", "threshold units", "networks by hand"),
    difficulty=2,
    params={"circuit": OneOf(CIRCUITS)},
    statement=r"""
A NAND unit reads two inputs that are 0 or 1 (which may be the same) and gives 0 where both are 1, and else 1. A step unit gives 1 where its sum (weights times
inputs plus bias) is above 0, and else 0.
""",
    working=(connectionism.nand_or, connectionism.nand_xor),
    parts={
        "a": Part(
            ask=r"In a circuit << circuit[1] >>. Which function of $A$ and $B$ is that? Give a boolean expression, as short as you can, such as $\bar{A} \wedge B$.",
            answer=lambda p: Boolean(("A", "B"), p["circuit"][0]),
            mistakes=lambda p: (
                Mistake(
                    rf"\neg ({p['circuit'][0]})",
                    "That is its opposite: the last NAND has a NOT as well.",
                    id="complement",
                ),
                Mistake(
                    r"A \oplus B", "It takes more units than these to make an exclusive or.", id="own-xor-too-early"
                ),
            ),
            hints=(
                "A NAND of a value with itself is a NOT.",
                r"De Morgan: $\overline{P \wedge Q} = \bar{P} \vee \bar{Q}$.",
            ),
        ),
        "b": Part(
            ask="How many NAND units does the usual circuit for the exclusive or of two inputs need, in which results are used more than once?",
            answer=Choice(
                "4",
                "2",
                "3",
                "6",
                why="With $c$ the NAND of $a$ and $b$, it is the NAND of (a NAND c) and (c NAND b): four units, and both inner ones use $c$.",
            ),
            mistakes=(
                Mistake(
                    "3",
                    "With one for the OR, one for the NAND and one to join them the NOTs are missing.",
                    id="off-by-one",
                ),
                Mistake("6", "Let the result of the first NAND be used twice.", id="own-no-sharing"),
            ),
            hints=(
                "The first unit gives the NAND of both inputs.",
                "Each input then meets this result in a NAND of its own.",
            ),
        ),
        "c": Part(
            ask="Give a network of step units with one hidden layer that computes the exclusive or of $(A, B)$: `W1 = [[1, 0], [0, 1]]; b1 = [0, 0]; W2 = [[1, 1]]; b2 = [0]`.",
            answer=Network(
                ("A", "B"),
                {"Y": r"A \oplus B"},
                (([[1, 1], [-1, -1]], [-0.5, 1.5]), ([[1, 1]], [-1.5])),
                hidden=1,
                why="The hidden units are OR and NAND; the output is their AND.",
                comes=connectionism.nand_xor,
            ),
            marks=3,
            mistakes=(
                Mistake(
                    "W1 = [[1, 1], [-1, -1]]; b1 = [-0.5, 1.5]; W2 = [[1, 1]]; b2 = [-0.5]",
                    "Your hidden units are OR and NAND, but the output fires for one of them already.",
                    keeps=1,
                    id="wrong-bound",
                ),
                Mistake(
                    "W1 = [[1, 1], [1, 1]]; b1 = [-0.5, -1.5]; W2 = [[1, 1]]; b2 = [-0.5]",
                    "Your hidden units are OR and AND: what must the AND do to the output?",
                    keeps=1,
                    id="sign",
                ),
                Mistake(
                    "W1 = [[1, 1], [-1, -1]]; b1 = [-0.5, 1.5]; W2 = [[-1, -1]]; b2 = [1.5]",
                    "Your output is turned round: 1 where both inputs agree.",
                    keeps=2,
                    id="complement",
                ),
            ),
            hints=("At least one, but not both.", "One hidden unit for each half of that sentence, and an AND."),
        ),
    },
)
