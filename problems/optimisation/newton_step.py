"""Newton's step in letters and on a quadratic of two variables."""

from derive import Answer, Integers, Mistake, Part, Problem, Values
from derive.derivations.steps import model_gradient, one_step

MODEL = "g[i] := sum(H[i,j]*x[j], j) - b[i]; D := a*d - c*c; s[i] := -sum(A[i,j]*g[j], j)/D; y[i] := x[i] + s[i]"
PAGE = {"s": r"\Delta", "y": "x'", "D": r"\det H"}


def given(p):
    a, c, d = p["a"], p["c"], p["d"]
    start = {"x": [p["x"], 1], "b": [p["b"], 0]}
    return start | {"H": [[a, c], [c, d]], "A": [[d, -c], [-c, a]], "a": a, "c": c, "d": d}


def wrong(p, rule):
    return Values(f"{MODEL}; {rule}", given(p), "q").typed()


problem = Problem(
    title="One step of Newton's method",
    topics=("optimisation", "Newton's method", "Hessian"),
    difficulty=2,
    params={"a": Integers(2, 5), "d": Integers(2, 5), "c": Integers(1, 1), "x": Integers(1, 4), "b": Integers(-3, 3)},
    where=lambda p: p["a"] * p["x"] + 1 != p["b"] and p["a"] != p["d"] and p["x"] + p["d"] != 0,
    statement=r"""
Near a point a function is replaced by the model $q(\Delta) = f + \sum_{i=1}^{n} g_i \Delta_i + \frac12 \sum_{i=1}^{n} \sum_{j=1}^{n} \Delta_i H_{i,j} \Delta_j$ of the step
$\Delta \in \mathbb{R}^n$, with the value $f$, the gradient $g$ and the symmetric, positive definite Hessian $H$ at the point. Newton's step leads to the minimum of the model.
""",
    working=(model_gradient, one_step),
    parts={
        "a": Part(
            ask=r"Give $\partial q/\partial \Delta_i$.",
            answer=Answer(model_gradient),
            marks=2,
            mistakes=(
                Mistake(
                    r"g_i + \frac{1}{2} \sum_{j=1}^{n} H_{i,j} \Delta_j",
                    "A step stands twice in the last term.",
                    1,
                    "lost-two",
                ),
                Mistake(r"\sum_{j=1}^{n} H_{i,j} \Delta_j", "The linear term has a slope too.", 1, "dropped-path"),
                Mistake(
                    r"g_i + H_{i,i} \Delta_i", "Steps in other directions change this slope too.", 1, "diagonal-only"
                ),
            ),
            hints=(
                r"The linear term gives $g_i$.",
                r"The double sum holds $\Delta_i$ in row $i$ and in column $i$, and $H$ is symmetric.",
            ),
        ),
        "b": Part(
            ask=r"Let $F(x) = \frac12 x^\top H x - b^\top x$ with $H = \begin{bmatrix} << a >> & << c >> \\ << c >> & << d >> \end{bmatrix}$ and $b = (<< b >>, 0)$. Give Newton's step $\Delta$ from $x = (<< x >>, 1)$, exactly.",
            answer=lambda p: Values(MODEL, given(p), "s", latex=PAGE, shown=("g", "D", "s")),
            marks=3,
            mistakes=lambda p: (
                Mistake(wrong(p, "q[i] := -s[i]"), "A step goes down.", 2, "sign"),
                Mistake(wrong(p, "q[i] := -g[i]"), "That is a step of gradient descent.", 0, "inverse-forgotten"),
                Mistake(
                    wrong(p, "q[i] := -sum(H[i,j]*g[j], j)"),
                    "Solve with $H$; do not multiply by it.",
                    0,
                    "inverse-for-matrix",
                ),
            ),
            hints=(
                r"The gradient is $Hx - b$.",
                r"Solve $H \Delta = -(Hx - b)$.",
                r"The inverse of a $2 \times 2$ matrix: exchange the diagonal, change the sign of the rest, divide by the determinant.",
            ),
        ),
        "c": Part(
            ask="Give the point that this step leads to, $x + \\Delta$, exactly.",
            answer=lambda p: Values(MODEL, given(p), "y", latex=PAGE, shown=("s", "y"), comes=one_step),
            mistakes=lambda p: (
                Mistake(wrong(p, "q[i] := x[i] - s[i]"), "The step is added.", 0, "sign"),
                Mistake(
                    "(0, << b + 7 >>)",
                    "On a quadratic the step leads to the minimum: is the gradient 0 there?",
                    0,
                    "own-not-the-minimum",
                ),
            ),
            hints=("Add $x$ and $\\Delta$; or solve $Hx = b$, for this is the minimum.",),
        ),
    },
)
