"""A piecewise linear function as a sum of rectified linear units."""

from derive import Integers, Mistake, Part, Problem, Values
from derive.derivations.piecewise import relu_sum_slope

JUMPS = "c[i] := s[i] - l[i]"
HEIGHT = "g := b + s0*x + c1*relu(x - k1) + c2*relu(x - k2)"


def slopes(p):
    return {"s": [p["s1"], p["s2"]], "l": [p["s0"], p["s1"]]}


def at(p):
    c1, c2 = p["s1"] - p["s0"], p["s2"] - p["s1"]
    return {"b": p["b"], "s0": p["s0"], "x": p["k"] + 5, "c1": c1, "c2": c2, "k1": p["k"], "k2": p["k"] + 3}


problem = Problem(
    title="A piecewise linear function from rectified linear units",
    topics=("activations", "ReLU", "representation"),
    difficulty=2,
    params={
        "s0": Integers(-3, 3),
        "s1": Integers(-3, 3),
        "s2": Integers(-3, 3),
        "k": Integers(1, 4),
        "b": Integers(-4, 4),
    },
    where=lambda p: (
        p["s1"] not in (p["s0"], 0, 2 * p["s0"]) and p["s2"] not in (p["s1"], 0, p["s1"] - p["s0"]) and p["s0"] != 0
    ),
    statement=r"""
A continuous function $g$ of one variable has the value $g(0) = << b >>$ and three straight pieces: its slope is $<< s0 >>$ for $x < << k >>$,
$<< s1 >>$ for $<< k >> < x < << k + 3 >>$, and $<< s2 >>$ for $x > << k + 3 >>$. It is to be written as

$$g(x) = b + a x + c_1\, \mathrm{relu}(x - << k >>) + c_2\, \mathrm{relu}(x - << k + 3 >>), \qquad \mathrm{relu}(u) = \max(u, 0).$$
""",
    working=(relu_sum_slope,),
    parts={
        "a": Part(
            ask="Give the weights of the two units as a pair $(c_1, c_2)$.",
            answer=lambda p: Values(JUMPS, slopes(p), "c", latex={"s": r"\text{right}", "l": r"\text{left}"}),
            marks=2,
            mistakes=(
                Mistake(
                    "(<< s1 >>, << s2 >>)",
                    "Those are slopes of pieces. The units to the left are still active there.",
                    1,
                    "own-slope-for-jump",
                ),
                Mistake(
                    "(<< s0 - s1 >>, << s1 - s2 >>)", "Which slope comes after the kink, and which before?", 1, "sign"
                ),
                Mistake(
                    "(<< s1 - s0 >>, << s2 - s0 >>)",
                    "At the second kink the first unit is active already.",
                    1,
                    "dropped-path",
                ),
            ),
            hints=(
                "A unit is 0 to the left of its kink and has the slope 1 to the right of it.",
                "At each kink the slope of $g$ jumps by that unit's weight.",
                "So a weight is the slope to the right of the kink less the slope to the left of it.",
            ),
        ),
        "b": Part(
            ask="Give $g(<< k + 5 >>)$.",
            answer=lambda p: Values(
                HEIGHT, at(p), "g", latex={"s0": "a", "c1": "c_1", "c2": "c_2", "k1": "x_1", "k2": "x_2"}
            ),
            mistakes=(
                Mistake("<< b + s2*(k+5) >>", "The last slope does not hold from 0 on.", 0, "own-one-piece-only"),
                Mistake("<< b + s0*(k+5) + (s1-s0)*5 >>", "Both units are active there.", 0, "dropped-path"),
            ),
            hints=(
                "Both units are active: put $x$ into the formula.",
                "Or walk along the pieces: each adds its slope times its length.",
            ),
        ),
    },
)
