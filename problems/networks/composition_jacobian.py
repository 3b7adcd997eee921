"""Problem Set 03, problem 3: the Jacobian of a composition at a point."""

from derive import Integers, Matrix, Mistake, Part, Problem
from derive.derivations.composition import inner_jacobian, waves_and_squares


def chain(p):
    return waves_and_squares(p["x1"], p["x2"], p["a"], p["b"])


def entries(p):
    """Both Jacobians at the point, as the foreseen mistakes need them."""
    x1, x2, a, b = p["x1"], p["x2"], p["a"], p["b"]
    y = (0, x2**2, a * x1 * x2)
    inner = ((0, 1 if x2 % 2 == 0 else -1), (x2**2, 2 * x2), (a * x2, a * x1))
    return inner, ((1, 1, 1), (2 * y[0], 2 * y[1], 2 * b * y[2]))


def typed(rows):
    return r"\begin{bmatrix} " + r" \\ ".join(" & ".join(map(str, row)) for row in rows) + r" \end{bmatrix}"


def product(left, right):
    return [[sum(x * r[j] for x, r in zip(row, right, strict=True)) for j in range(len(right[0]))] for row in left]


def undoubled(p):
    inner, outer = entries(p)
    return typed(product((outer[0], [x // 2 for x in outer[1]]), inner))


def transposed(p):
    inner, outer = entries(p)
    return typed(zip(*product(outer, inner), strict=True))


def inner_mistakes(p):
    inner, _ = entries(p)
    return (
        Mistake(
            typed([(0, inner[0][1]), (inner[1][0], p["x2"]), inner[2]]),
            "The derivative of $x_2^2$ is $2x_2$.",
            keeps=1,
            id="lost-two",
        ),
        Mistake(
            typed([(1, inner[0][1]), *inner[1:]]),
            "The first component does not hold $x_1$ at all.",
            keeps=1,
            id="own-not-there",
        ),
    )


problem = Problem(
    title="The Jacobian of a composition at a point",
    topics=("chain rule", "Jacobian"),
    source="003_a2d52afd229cfba6.txt §3",
    difficulty=1,
    params={"x1": Integers(1, 5), "x2": Integers(1, 5), "a": Integers(1, 4), "b": Integers(1, 4)},
    fixed={303: {"x1": 1, "x2": 2, "a": 1, "b": 1}},
    statement=r"""
Two functions are given:

$$f_1(x) = \begin{bmatrix} \frac{1}{\pi}\sin(\pi x_2) \\ e^{x_1 - << x1 >>}\, x_2^2 \\ << a if a > 1 >> x_1 x_2 \end{bmatrix},
\qquad f_2(y) = \begin{bmatrix} y_1 + y_2 + y_3 \\ y_1^2 + y_2^2 + << b if b > 1 >> y_3^2 \end{bmatrix}.$$

Let $f = f_2 \circ f_1$, so that $f(x) = f_2(f_1(x))$. All derivatives are taken at the point $x = (<< x1 >>, << x2 >>)$.
""",
    working=lambda p: (chain(p),),
    parts={
        "a": Part(
            ask=r"Give the Jacobian of $f_1$ at the point: rows are components of $f_1$, columns are $x_1$ and $x_2$.",
            answer=lambda p: Matrix(inner_jacobian(p["x1"], p["x2"], p["a"])),
            marks=2,
            mistakes=inner_mistakes,
            hints=(
                "Differentiate each component in $x_1$, then in $x_2$.",
                "Put the point in last; a component without $x_1$ has the slope 0 in it.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial f/\partial x$ at the point.",
            answer=lambda p: Matrix(chain(p)),
            marks=3,
            mistakes=lambda p: (
                Mistake(
                    undoubled(p),
                    "The second row lost the 2 of the squares: $\\partial y_k^2/\\partial y_k = 2y_k$.",
                    keeps=1,
                    id="lost-two",
                ),
                Mistake(
                    transposed(p),
                    "This is the transpose: rows are components of $f$, columns are variables.",
                    keeps=2,
                    id="missing-transpose",
                ),
            ),
            hints=(
                "The chain rule for vectors multiplies Jacobians.",
                "The outer Jacobian is taken at the value of the inner function.",
            ),
        ),
    },
)
