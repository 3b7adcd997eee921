"""Rotary positions: what comes back through the rotation, and what two rotated vectors see of each other."""

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Values
from derive.derivations import modern_blocks

SCORE = "s := q*(k*cos(t*(m - n)) + l*sin(t*(m - n))) + r*(l*cos(t*(m - n)) - k*sin(t*(m - n)))"


def numbers(p, name):
    at = {"q": p["q"], "r": p["r"], "k": p["k"], "l": p["l"], "t": 0.1, "m": p["m"], "n": p["n"]}
    return Values(f"{SCORE}; {name}", at, "w", digits=4).typed()


problem = Problem(
    title="Rotary positions",
    topics=("attention", "positional encoding", "backpropagation"),
    difficulty=2,
    params={
        "q": Integers(1, 4),
        "r": Integers(-4, -1),
        "k": Integers(1, 4),
        "l": Integers(2, 5),
        "m": Integers(6, 9),
        "n": Integers(1, 4),
    },
    statement=r"""
At place $m$ each of $d$ pairs $(q_j, r_j)$ of a query is turned by the angle $m\theta_j$, with a frequency $\theta_j > 0$ for each pair:

$$y_j = q_j \cos(m\theta_j) - r_j \sin(m\theta_j), \qquad z_j = q_j \sin(m\theta_j) + r_j \cos(m\theta_j), \qquad j = 1, \dots, d.$$

Backpropagation has delivered $G_j = \partial L/\partial y_j$ and $H_j = \partial L/\partial z_j$.
""",
    working=(modern_blocks.rotary_first,),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial q_j$ in terms of $G$, $H$, $m$ and $\theta$.",
            answer=Answer(modern_blocks.rotary_first),
            marks=2,
            mistakes=(
                Mistake(r"G_j \cos(m\theta_j)", "$q_j$ goes into two outputs.", keeps=1, id="dropped-path"),
                Mistake(
                    r"G_j \cos(m\theta_j) - H_j \sin(m\theta_j)",
                    "That turns the gradient the same way again. Look at the factor of $q_j$ in $z_j$.",
                    keeps=1,
                    id="missing-transpose",
                ),
                Mistake(
                    r"q_j \cos(m\theta_j) + r_j \sin(m\theta_j)",
                    "That turns the query back; what is asked for is a gradient.",
                    id="restated",
                ),
            ),
            hints=(
                "$q_j$ is used in $y_j$ and in $z_j$: add both ways.",
                "The gradient goes back through the transposed rotation, which turns the other way.",
            ),
        ),
        "b": Part(
            ask=r"A query's only pair is $(<< q >>, << r >>)$ at place $<< m >>$, a key's only pair is $(<< k >>, << l >>)$ at place $<< n >>$, and $\theta = 1/10$. Both are "
            "turned by their own place. Give the dot product of the two turned pairs, to four decimals.",
            answer=lambda p: Values(
                "a := m*t; b := n*t; y := q*cos(a) - r*sin(a); z := q*sin(a) + r*cos(a); u := k*cos(b) - l*sin(b); v := k*sin(b) + l*cos(b); s := y*u + z*v",
                {"q": p["q"], "r": p["r"], "k": p["k"], "l": p["l"], "t": 0.1, "m": p["m"], "n": p["n"]},
                "s",
                digits=4,
                latex={"t": r"\theta", "a": r"\alpha", "b": r"\beta", "l": r"\ell"},
                shown=("a", "b", "y", "z", "u", "v", "s"),
            ),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    "<< q*k + r*l >>", "That is the dot product before anything is turned.", id="own-rotation-forgotten"
                ),
                Mistake(
                    numbers(p, "w := q*(k*cos(t*m) + l*sin(t*m)) + r*(l*cos(t*m) - k*sin(t*m))"),
                    "The key is turned as well, by its own place.",
                    keeps=1,
                    id="own-key-not-turned",
                ),
                Mistake(
                    numbers(
                        p, "w := q*(k*cos(t*(m - n)) - l*sin(t*(m - n))) + r*(l*cos(t*(m - n)) + k*sin(t*(m - n)))"
                    ),
                    "The angle between the two has the other sign: turn the query on, not back.",
                    keeps=1,
                    id="sign",
                ),
            ),
            hints=(
                "Turn each pair by itself and take the dot product.",
                "It is quicker to turn only one of the two, by the difference of the angles.",
            ),
        ),
        "c": Part(
            ask="Both vectors of (b) are moved on by five places. What happens to the dot product?",
            answer=Choice(
                "it stays the same",
                "it is multiplied by cos(0.5)",
                "it grows",
                "it changes its sign",
                why="Both are turned by the same further angle, so that the angle between them stays.",
            ),
            mistakes=(
                Mistake(
                    "it is multiplied by cos(0.5)",
                    "Both are turned by the same further angle.",
                    id="own-absolute-place",
                ),
                Mistake(
                    "it grows",
                    "Turning both by the same angle changes neither lengths nor the angle between them.",
                    id="own-absolute-place",
                ),
            ),
            hints=(
                "What does a common rotation do to the angle between two vectors?",
                "A dot product is made of two lengths and the angle between them: which of the three does a common rotation change?",
            ),
        ),
    },
)
