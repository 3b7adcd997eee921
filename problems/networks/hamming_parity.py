"""Problem Set 03, problem 1: the parity bits of the Hamming code as boolean expressions and as a network."""

from derive import Boolean, Mistake, Network, OneOf, Part, Problem
from derive.bank.logic import normal_form, truth_table
from derive.derivations import connectionism

BITS = ("D_1", "D_2", "D_3", "D_4")
COVERS = (
    ((1, 2, 4), (1, 3, 4), (2, 3, 4)),
    ((1, 2, 3), (1, 2, 4), (1, 3, 4)),
    ((2, 3, 4), (1, 2, 3), (1, 2, 4)),
    ((1, 3, 4), (2, 3, 4), (1, 2, 3)),
)


def covered(p, check):
    return [BITS[k - 1] for k in p["checks"][check]]


def parity(names):
    return r" \oplus ".join(names)


def products(names):
    return normal_form(truth_table(parity(names), names), names)


def units(p):
    """Three threshold units for each check, which fire from one, two and three ones on."""
    rows = [[1 if k in check else 0 for k in range(1, 5)] for check in p["checks"] for _ in range(3)]
    return rows, [-0.5, -1.5, -2.5] * 3


def outputs(signs, bias):
    return [[0] * 3 * c + list(signs) + [0] * 3 * (2 - c) for c in range(3)], [bias] * 3


def network(p):
    return Network(
        BITS,
        {f"P_{c + 1}": parity(covered(p, c)) for c in range(3)},
        (units(p), outputs((1, -1, 1), -0.5)),
        why=(
            "Each check has three hidden units, which fire where at least one, two or three of its bits are 1: the weights are 1 and "
            "the biases $-\\frac12$, $-\\frac32$, $-\\frac52$. The output adds the first, takes off the second and adds the third: "
            "0, 1, 0, 1 for no, one, two, three ones. A unit for each of the four products of (a) does as well."
        ),
        comes=connectionism.parity,
    )


def typed(p, signs, bias):
    (w1, b1), (w2, b2) = units(p), outputs(signs, bias)
    return f"W1 = {w1}; b1 = {b1}; W2 = {w2}; b2 = {b2}"


problem = Problem(
    title="A network for the parity bits of the Hamming code",
    topics=("boolean functions", "threshold units", "networks by hand"),
    source="003_a2d52afd229cfba6.txt §1",
    difficulty=2,
    params={"checks": OneOf(COVERS)},
    fixed={301: {"checks": COVERS[0]}},
    statement=r"""
The Hamming code adds three parity bits to four data bits $D_1, D_2, D_3, D_4$. A parity bit is 1 where an odd number of the bits that it
covers are 1: $P_1$ covers $D_{<< checks[0][0] >>}, D_{<< checks[0][1] >>}, D_{<< checks[0][2] >>}$; $P_2$ covers
$D_{<< checks[1][0] >>}, D_{<< checks[1][1] >>}, D_{<< checks[1][2] >>}$; $P_3$ covers
$D_{<< checks[2][0] >>}, D_{<< checks[2][1] >>}, D_{<< checks[2][2] >>}$.
""",
    working=(connectionism.parity,),
    parts={
        "a": Part(
            ask="Draw the Karnaugh map of $P_1$ and read a boolean expression for $P_1$ from it, such as $D_1 \\bar{D_2} \\vee D_3$.",
            answer=lambda p: Boolean(BITS, products(covered(p, 0)), posed=parity(covered(p, 0))),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    rf"\neg ({parity(covered(p, 0))})",
                    "That is 1 where an even number of the bits are 1.",
                    1,
                    id="parity",
                ),
                Mistake(
                    r" \vee ".join(covered(p, 0)),
                    "An OR is 1 for two ones too; the parity of two ones is 0.",
                    id="or-for-xor",
                ),
            ),
            hints=(
                "The map has a 1 wherever one or three of the bits are 1.",
                "No two of the ones are neighbours: each is a product of its own.",
            ),
        ),
        "b": Part(
            ask="Give a network of step units that has the four bits as inputs and $P_1, P_2, P_3$ as outputs. A unit gives 1 where its sum "
            "(weights times inputs plus bias) is above 0, and else 0; you choose how many hidden layers and units there are. Give the weights "
            "and biases of every layer, a row for each unit: `W1 = [[1, 0, 0, -1], ...]; b1 = [0.5, ...]; W2 = ...; b2 = ...`.",
            answer=network,
            marks=5,
            mistakes=lambda p: (
                Mistake(
                    typed(p, (1, 1, 1), -0.5),
                    "Your outputs are ORs of their three bits. A unit that shall fire for three ones only needs a bias below $-2$; "
                    "and what fires for two ones must be taken off again.",
                    1,
                    id="or-for-xor",
                ),
                Mistake(
                    typed(p, (-1, 1, -1), 0.5),
                    "Your outputs are 1 where an even number of the bits are 1: the wrong way round.",
                    3,
                    id="parity",
                ),
            ),
            hints=(
                "No single unit computes a parity: there must be a hidden layer.",
                "Either a hidden unit for each product of (a), or one for each count of ones that fires from this count on.",
            ),
        ),
    },
)
