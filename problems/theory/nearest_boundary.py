"""The shortest step onto a linear decision boundary, and the smallest perturbation that crosses it."""

from derive import Answer, Example, Integers, Mistake, Part, Problem, Values
from derive.derivations import deepfool

STEP = "q := sum(w[j]**2, j); r[i] := -f*w[i]/q"


def boundary(p):
    return {"w": [p["u"], p["v"]], "f": p["f"]}


def crossing(p):
    """A step across the boundary, a tenth longer than the shortest at most."""
    u, v, f = p["u"], p["v"], p["f"]
    q = u * u + v * v
    return Example(
        {"r": (2,)},
        (
            ("the output does not change its sign", lambda r: -(f + u * r[0] + v * r[1])),
            ("the step is too long", lambda r: 1.1 * f / q**0.5 - (r[0] ** 2 + r[1] ** 2) ** 0.5),
        ),
        {"r": [-1.05 * f * u / q, -1.05 * f * v / q]},
        why="The shortest way to the boundary goes against the gradient; a little more, and it is crossed.",
        comes=deepfool.step,
    )


problem = Problem(
    title="The shortest step to the boundary",
    topics=("robustness", "adversarial examples", "Lagrange multipliers"),
    difficulty=2,
    params={"u": Integers(2, 5), "v": Integers(-5, -1), "f": Integers(3, 9)},
    where=lambda p: p["u"] + p["v"] != 0,
    statement=r"""
A classifier gives the sign of $f(x)$. Near the input $x$ it is linear: $f(x + r) = f(x) + \sum_{i=1}^{n} w_i\, r_i$ with $w = \nabla f(x) \ne 0$ and $f(x) \ne 0$. DeepFool
takes the step $r$ with the least $\frac12 \sum_i r_i^2$ for which $f(x + r) = 0$.
""",
    working=(deepfool.step,),
    parts={
        "a": Part(
            ask=r"The Lagrangian is $\mathcal{L} = \frac12 \sum_i r_i^2 + \lambda \left(f(x) + \sum_i w_i r_i\right)$. Give $\partial \mathcal{L}/\partial r_i$ (in Python `lam` for $\lambda$).",
            answer=Answer(deepfool.lagrangian_gradient),
            mistakes=(
                Mistake(r"r_i + \lambda", "The condition's slope in $r_i$ is not 1.", id="missing-chain-factor"),
                Mistake(r"2 r_i + \lambda w_i", r"The $\frac12$ in front meets the 2 of the square.", id="lost-half"),
                Mistake(r"\sum_{i=1}^{n} r_i + \lambda w_i", "Only one entry of the step moves.", id="extra-sum"),
            ),
            hints=("Differentiate the square and the condition, each in the one entry.",),
        ),
        "b": Part(
            ask="Give the step $r_i$ in terms of $f(x)$ and $w$.",
            answer=Answer(deepfool.step),
            marks=3,
            mistakes=(
                Mistake(
                    r"-\frac{f(x) w_i}{\sqrt{\sum_{j=1}^{n} w_j^2}}",
                    "Put it into $f(x + r) = 0$: the gradient comes in twice.",
                    keeps=1,
                    id="missing-power",
                ),
                Mistake(r"\frac{f(x) w_i}{\sum_{j=1}^{n} w_j^2}", "That step makes $f$ larger.", keeps=2, id="sign"),
                Mistake(
                    r"-\frac{f(x)}{w_i}",
                    "That crosses along one axis alone: there is a shorter way.",
                    id="own-one-axis",
                ),
            ),
            hints=(
                r"Where the gradient of (a) is zero, $r$ is a multiple of $w$.",
                r"Put $r_i = -\lambda w_i$ into the condition and solve for $\lambda$.",
            ),
        ),
        "c": Part(
            ask="What is $r$ for $n = 2$, $w = (<< u >>, << v >>)$ and $f(x) = << f >>$? Give fractions.",
            answer=lambda p: Values(STEP, boundary(p), "r", latex={"f": "f(x)"}, shown=("q", "r"), comes=deepfool.step),
            mistakes=(
                Mistake(
                    "(<< -f*u >>, << -f*v >>)", "Divide by the square of the gradient's length.", id="wrong-normaliser"
                ),
                Mistake(
                    "(<< f*u >>/<< u*u + v*v >>, << f*v >>/<< u*u + v*v >>)", "That step makes $f$ larger.", id="sign"
                ),
            ),
            hints=("Put the numbers into (b).",),
        ),
        "d": Part(
            ask="Give any step, at most a tenth longer than the shortest, that *changes the sign* of $f$ here: `r = [1, 2]`.",
            answer=crossing,
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    f"r = [{-p['f'] / p['u']}, {p['f'] / p['v'] / 2}]",
                    "It crosses, but there is a shorter way: which direction is the best?",
                    keeps=1,
                    id="own-too-long",
                ),
                Mistake(
                    f"r = [{-0.5 * p['f'] * p['u'] / (p['u'] ** 2 + p['v'] ** 2)}, {-0.5 * p['f'] * p['v'] / (p['u'] ** 2 + p['v'] ** 2)}]",
                    "The direction is good, but it does not get there.",
                    keeps=1,
                    id="own-too-short",
                ),
            ),
            hints=("Your step of (c) only reaches the boundary.", "Make it a little longer."),
        ),
    },
)
