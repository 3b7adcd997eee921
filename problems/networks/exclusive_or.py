"""Problem Set 03, problem 2: an exclusive or of two clauses as a sum of products and as a network with one hidden layer."""

from derive import Boolean, Mistake, Network, OneOf, Part, Problem

NAMES = ("A", "B", "C", "D")
SCALE = 20  # makes a logistic unit all but a step


def literal(name, negated):
    return rf"\bar{{{name}}}" if negated else name


def clauses(p):
    """The literals of both clauses, and their opposites."""
    return [literal(n, p[n]) for n in NAMES], [literal(n, not p[n]) for n in NAMES]


def products(p):
    (a, b, c, d), (na, nb, nc, nd) = clauses(p)
    return rf"{a} {nc} {nd} \vee {b} {nc} {nd} \vee {na} {nb} {c} \vee {na} {nb} {d}"


def whole(p):
    (a, b, c, d), _ = clauses(p)
    return rf"({a} \vee {b}) \oplus ({c} \vee {d})"


def unnegated_inside(p):
    (a, b, c, d), (na, nb, nc, nd) = clauses(p)
    return rf"(({a} \vee {b}) ({nc} \vee {nd})) \vee (({na} \vee {nb}) ({c} \vee {d}))"


def disjunction(p):
    return r" \vee ".join(clauses(p)[0])


def units(p, lift=0.0):
    """A step unit for each product: 1 for a literal, −1 for a negated one, and a bias that only the whole product lifts."""
    use = ((0, 2, 3), (1, 2, 3), (0, 1, 2), (0, 1, 3))
    turned = ((2, 3), (2, 3), (0, 1), (0, 1))
    signs = [[-1 if p[n] else 1 for n in NAMES]] * 4
    rows = [
        [0 if k not in kept else -s if k in back else s for k, s in enumerate(row)]
        for row, kept, back in zip(signs, use, turned, strict=True)
    ]
    return rows, [0.5 - sum(w > 0 for w in row) + lift for row in rows]


def scaled(layer, factor):
    return [[factor * w for w in row] for row in layer[0]], [factor * b for b in layer[1]]


def network(p, kind="step"):
    factor = SCALE if kind == "logistic" else 1
    return Network(
        NAMES,
        {"T": whole(p)},
        (scaled(units(p), factor), scaled(([[1, 1, 1, 1]], [-0.5]), factor)),
        units=kind,
        hidden=1,
        why=(
            "One hidden unit for each product of (a): a weight of 1 for an input, $-1$ for a negated one, 0 for one that is not there, and a "
            "bias of $\\frac12$ less than the number of inputs that are not negated, so that only the whole product is above 0. "
            "The output is an OR: weights 1, bias $-\\frac12$."
            + (f" All of it is multiplied by {SCALE}: a steep logistic unit is close to a step." if factor > 1 else "")
        ),
    )


def typed(p, lift=0.0, output=((1, 1, 1, 1), -0.5), factor=1):
    (w1, b1), (w2, b2) = scaled(units(p, lift), factor), scaled(([output[0]], [output[1]]), factor)
    return f"W1 = {w1}; b1 = {b1}; W2 = {w2}; b2 = {b2}"


def network_mistakes(p, factor=1):
    return (
        Mistake(
            typed(p, lift=1, factor=factor),
            "Your hidden units fire too early, where one of the inputs of their product is still wrong: lower their biases.",
            1,
            id="wrong-bound",
        ),
        Mistake(
            typed(p, output=((-1, -1, -1, -1), 0.5), factor=factor),
            "Your output is turned round: 1 where both clauses have the same value.",
            2,
            id="complement",
        ),
    )


problem = Problem(
    title="An exclusive or of two clauses",
    topics=("boolean functions", "threshold units", "networks by hand"),
    source="003_a2d52afd229cfba6.txt §2",
    difficulty=2,
    params={n: OneOf((False, True)) for n in NAMES},
    fixed={302: {"A": False, "B": True, "C": True, "D": True}},
    statement=r"""
A function of four bits is 1 where exactly one of two clauses holds:

$$T = \left(<% if A %>\bar{A}<% else %>A<% endif %> \vee <% if B %>\bar{B}<% else %>B<% endif %>\right) \oplus
\left(<% if C %>\bar{C}<% else %>C<% endif %> \vee <% if D %>\bar{D}<% else %>D<% endif %>\right).$$

A bar is a NOT, $\vee$ an OR and $\oplus$ an exclusive or.
""",
    parts={
        "a": Part(
            ask="Give $T$ as an OR of at most four products of inputs and negated inputs, such as $A \\bar{B} C \\vee B D$.",
            answer=lambda p: Boolean(NAMES, products(p), products=4, posed=whole(p)),
            marks=3,
            mistakes=lambda p: (
                Mistake(
                    unnegated_inside(p),
                    "De Morgan: the opposite of an OR is the AND of the opposites.",
                    1,
                    id="de-morgan",
                ),
                Mistake(disjunction(p), "An exclusive or is 0 where both clauses hold.", 1, id="or-for-xor"),
            ),
            hints=(
                r"$P \oplus Q = P \bar{Q} \vee \bar{P} Q$.",
                "De Morgan turns the opposite of a clause into one product of two.",
            ),
        ),
        "b": Part(
            ask="Give a network of step units with one hidden layer that computes $T$ from $(A, B, C, D)$. A unit gives 1 where its sum (weights "
            "times inputs plus bias) is above 0, and else 0. Give a row of weights for each unit: "
            "`W1 = [[1, 0, 0, -1], ...]; b1 = [0.5, ...]; W2 = [[1, ...]]; b2 = [0]`.",
            answer=network,
            marks=4,
            mistakes=network_mistakes,
            hints=(
                "One hidden unit for each product of (a).",
                "A unit that is an AND of three inputs has the weights 1 and a bias between $-3$ and $-2$.",
            ),
        ),
        "c": Part(
            ask="Give such a network whose units are logistic, $\\sigma(z) = 1/(1 + e^{-z})$, hidden units and output alike. Its output counts as 1 above "
            "½ and as 0 below.",
            answer=lambda p: network(p, "logistic"),
            marks=3,
            mistakes=lambda p: network_mistakes(p, SCALE),
            hints=(
                r"What does $\sigma(cz)$ look like for a large $c$?",
                "It comes close to a step: multiply the weights and biases of a network of step units by a large number.",
            ),
        ),
    },
)
