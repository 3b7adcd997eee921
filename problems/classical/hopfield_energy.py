"""A small Hopfield network: its energy, an update, and how the energy changes."""

from derive import Answer, Choice, Integers, Mistake, OneOf, Part, Problem, Values
from derive.derivations import hopfield

ENERGY = "h[i] := sum(W[i,j]*x[j], j) + b[i]; E := -sum(sum(W[i,j]*x[i]*x[j], j), i)/2 - sum(b[i]*x[i], i)"
UPDATE = "h[i] := sum(W[i,j]*x[j], j) + b[i]; n[i] := x[i] + [i = 1]*(sign(h[i]) - x[i])"
SIGNS = (-1, 1)


def state(p):
    u, v, w = p["u"], p["v"], p["w"]
    return {"W": [[0, u, v], [u, 0, w], [v, w, 0]], "b": [p["b"], 0, 0], "x": [p["x"], p["y"], p["z"]]}


def distinct(p):
    """Whether the energy and its foreseen wrong values all differ."""
    pairs, bias = p["u"] * p["x"] * p["y"] + p["v"] * p["x"] * p["z"] + p["w"] * p["y"] * p["z"], p["b"] * p["x"]
    return len({-pairs - bias, -2 * pairs - bias, pairs + bias, -pairs}) == 4


def wrong(p, rule):
    return Values(f"{ENERGY}; {rule}", state(p), "m").typed()


problem = Problem(
    title="The energy of a Hopfield network",
    topics=("Hopfield networks", "associative memory"),
    difficulty=2,
    params={
        "u": Integers(1, 3),
        "v": Integers(-3, -1),
        "w": Integers(4, 6),
        "b": Integers(1, 2),
        "x": OneOf(SIGNS),
        "y": OneOf(SIGNS),
        "z": OneOf(SIGNS),
    },
    where=lambda p: p["y"] != p["z"] and distinct(p),
    statement=r"""
A Hopfield network has $N$ units with the values $x_i \in \{-1, 1\}$, symmetric weights $w_{i,j} = w_{j,i}$ with $w_{i,i} = 0$, and biases $b_i$. Its energy is

$$E = -\tfrac12 \sum_{i=1}^{N} \sum_{j=1}^{N} w_{i,j}\, x_i\, x_j - \sum_{i=1}^{N} b_i\, x_i.$$
""",
    working=(hopfield.energy_change, hopfield.energy_falls),
    parts={
        "a": Part(
            ask=r"Unit $k$ alone changes from $x_k$ to $x'_k$. By how much does the energy change? Give $\Delta E_k$ in terms of $x$, $x'$, $w$ and $b$ (in Python `s[k]` is the new value).",
            answer=Answer(hopfield.energy_change),
            accepts=(r"-(x'_k - x_k) \left(\sum_{j \ne k} w_{k,j} x_j + b_k\right)",),
            marks=3,
            mistakes=(
                Mistake(
                    r"-\frac{1}{2} (x'_k - x_k) \sum_{i=1}^{N} w_{k,i} x_i - b_k (x'_k - x_k)",
                    "Unit $k$ stands in the double sum twice, as $i$ and as $j$.",
                    keeps=1,
                    id="lost-two",
                ),
                Mistake(
                    r"(x'_k - x_k) \left(\sum_{i=1}^{N} w_{k,i} x_i + b_k\right)",
                    "The energy has minus signs in front.",
                    keeps=2,
                    id="sign",
                ),
                Mistake(
                    r"-x'_k \left(\sum_{i=1}^{N} w_{k,i} x_i + b_k\right)",
                    "That is what the unit's new value contributes; take the old contribution off.",
                    keeps=1,
                    id="new-value-for-old",
                ),
                Mistake(
                    r"-(x'_k - x_k) \sum_{i=1}^{N} w_{k,i} x_i",
                    "The bias changes the energy, too.",
                    keeps=1,
                    id="missing-bias",
                ),
            ),
            hints=(
                "Only terms that hold $x_k$ change.",
                r"They are $-x_k \left(\sum_i w_{k,i} x_i + b_k\right)$: by symmetry the half and the two places cancel.",
            ),
        ),
        "b": Part(
            ask=r"Take $N = 3$, $w = \begin{bmatrix} 0 & << u >> & << v >> \\ << u >> & 0 & << w >> \\ << v >> & << w >> & 0 \end{bmatrix}$, $b = (<< b >>, 0, 0)$ and "
            "$x = (<< x >>, << y >>, << z >>)$. What is $E$?",
            answer=lambda p: Values(ENERGY, state(p), "E", latex={"W": "w"}),
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m := 2*E + sum(b[i]*x[i], i)"),
                    "Each pair of units stands in the double sum twice: that is what the half is for.",
                    id="lost-half",
                ),
                Mistake(wrong(p, "m := -E"), "The signs in front.", id="sign"),
                Mistake(wrong(p, "m := E + sum(b[i]*x[i], i)"), "The bias belongs to the energy.", id="missing-bias"),
            ),
            hints=(
                "There are three pairs of units, and one bias.",
                "Each pair stands twice in the double sum, so the half cancels: take off $w_{i,j} x_i x_j$ once for each pair, and $b_1 x_1$.",
            ),
        ),
        "c": Part(
            ask="Unit 2 is updated: it takes the sign of $h_2 = \\sum_j w_{2,j} x_j + b_2$. Give the new state $(x_1, x_2, x_3)$.",
            answer=lambda p: Values(UPDATE, state(p), "n", latex={"W": "w", "n": "x'"}, shown=("h", "n")),
            mistakes=(
                Mistake(
                    "(<< x >>, << -z >>, << z >>)",
                    "Work out the sign of the sum once more: the largest weight decides.",
                    id="sign",
                ),
                Mistake("(<< -x >>, << z >>, << z >>)", "Only unit 2 is updated.", id="own-all-updated"),
            ),
            hints=(
                "Units are counted from 1: take the second row of $w$.",
                "Add up $w_{2,1} x_1 + w_{2,3} x_3 + b_2$ and take its sign; the other two units keep theirs.",
            ),
        ),
        "d": Part(
            ask="Can an update of one unit to the sign of what it hears raise the energy?",
            answer=Choice(
                "never",
                "only if the unit changes",
                "only with negative weights",
                why=r"The weights are symmetric and no unit weighs itself, so a change of $x_i$ changes the energy by $-(x_i^{\mathrm{new}} - x_i)$ times what unit $i$ hears, and the new sign is that of what it hears.",
            ),
            mistakes=(
                Mistake(
                    "only if the unit changes",
                    "Then the new value has the sign of what it hears: look at the product in (a).",
                    id="sign",
                ),
                Mistake(
                    "only with negative weights",
                    "In (a) the weights come in through what the unit hears alone.",
                    id="own-negative-weights",
                ),
            ),
            hints=(
                "Put $x'_k = \\operatorname{sign}(h_k)$ into (a).",
                "Where the unit changes, $x_k' - x_k$ has the same sign as $h_k$: which sign has their product, and what stands in front of it?",
            ),
        ),
    },
)
