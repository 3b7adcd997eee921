"""A layer that reads the input and the layer below."""

from derive import Answer, Integers, Mistake, Part, Problem, Values
from derive.derivations.dense import dense_connection_jacobian

TWO_PATHS = "z := u*x; h := tanh(z); p := a*x + v*h; L := tanh(p)"


def wrong(p, rule):
    return Values(f"{TWO_PATHS}; {rule}", given(p), "q", digits=4).typed()


def given(p):
    return {"x": p["x"] / 10, "u": p["u"] / 10, "a": p["a"] / 10, "v": p["v"] / 10}


problem = Problem(
    title="A densely connected layer",
    topics=("skip connections", "Jacobian", "chain rule"),
    difficulty=2,
    params={"x": Integers(2, 9), "u": Integers(4, 12), "a": Integers(3, 8), "v": Integers(4, 9)},
    statement=r"""
A second layer reads the input as well as the first layer:

$$z = Ux + b, \quad h = f(z), \qquad p = Ax + Vh + c, \quad y = f(p),$$

with $x \in \mathbb{R}^n$, $U \in \mathbb{R}^{m \times n}$, $A \in \mathbb{R}^{o \times n}$, $V \in \mathbb{R}^{o \times m}$, biases $b \in \mathbb{R}^m$ and
$c \in \mathbb{R}^o$, and a smooth activation $f$ that is applied entry by entry.
""",
    working=(dense_connection_jacobian,),
    parts={
        "a": Part(
            ask=r"Give $\partial y_k/\partial x_j$ for $k = 1, \dots, o$ and $j = 1, \dots, n$, in terms of $f'$, $z$, $p$ and the weights.",
            answer=Answer(dense_connection_jacobian),
            marks=3,
            mistakes=(
                Mistake(
                    r"f'(p_k) \sum_{i=1}^{m} V_{k,i} f'(z_i) U_{i,j}",
                    "The second layer also reads $x$ itself.",
                    1,
                    "dropped-path",
                ),
                Mistake(
                    r"f'(p_k) A_{k,j}", "The second layer also reads $h$, which moves with $x$.", 1, "direct-path-only"
                ),
                Mistake(
                    r"f'(p_k) (A_{k,j} + \sum_{i=1}^{m} V_{k,i} U_{i,j})",
                    "The way through $h$ passes an activation of its own.",
                    1,
                    "missing-chain-factor",
                ),
            ),
            hints=(
                r"First $\partial y_k/\partial p_k = f'(p_k)$: both ways meet there.",
                r"$p_k$ moves with $x_j$ directly, by $A_{k,j}$, and through every $h_i$.",
                r"The way through $h_i$ gives $V_{k,i}$ times $\partial h_i/\partial x_j$.",
            ),
        ),
        "b": Part(
            ask=r"Take one number for everything: $x = << x/10 >>$, $U = << u/10 >>$, $A = << a/10 >>$, $V = << v/10 >>$, no biases and $f = \tanh$. Give $\mathrm{d}y/\mathrm{d}x$ to four decimals.",
            answer=lambda p: Values(
                TWO_PATHS,
                given(p),
                "x_bar",
                digits=4,
                latex={"L": "y"},
                shown=("z", "h", "p", "p_bar", "z_bar", "x_bar"),
            ),
            marks=2,
            mistakes=lambda p: (
                Mistake(wrong(p, "q := (1 - L**2)*a"), "That is the direct way alone.", 1, "direct-path-only"),
                Mistake(
                    wrong(p, "q := (1 - L**2)*(a + v*u)"),
                    "The slope of the first activation is missing.",
                    1,
                    "missing-chain-factor",
                ),
                Mistake(
                    wrong(p, "q := L*(a + v*h*u)"), "You multiplied by values of the activation.", 0, "value-for-slope"
                ),
            ),
            hints=(
                r"The slope of $\tanh$ is $1 - \tanh^2$.",
                r"Work out $z$, $h$, $p$ and $y$ first; then put them into (a).",
            ),
        ),
    },
)
