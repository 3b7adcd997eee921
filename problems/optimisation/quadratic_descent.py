"""Problem Set 03, problem 12: gradient descent on a quadratic, along the eigenvectors."""

from derive import Answer, Condition, Integers, Mistake, Number, Part, Problem
from derive.derivations import quadratic

problem = Problem(
    title="Gradient descent on a quadratic",
    topics=("optimisation", "eigenvectors", "early stopping"),
    source="003_a2d52afd229cfba6.txt §12",
    difficulty=3,
    params={"q": Integers(2, 5), "t": Integers(2, 4), "c": Integers(1, 6)},
    statement=r"""
An error has the form $E = E_0 + \frac12 (w - w^*)^\top H (w - w^*)$ with a symmetric, positive definite Hessian $H$. Gradient descent with
learning rate $\rho$ starts at $w = 0$. Let $u$ be an eigenvector of $H$ of length 1 with eigenvalue $\eta$; write $c_\tau = u^\top w$ for the
component of the weights along $u$ after $\tau$ steps, and $c^*$ for that of the minimum $w^*$.
""",
    working=(
        quadratic.gd_eigen_component,
        quadratic.gd_converges,
        quadratic.gd_monotone,
        quadratic.gd_first_limit,
        quadratic.gd_second_limit,
    ),
    parts={
        "a": Part(
            ask=r"Give $c_\tau$ in terms of $c^*$, $\rho$, $\eta$ and $\tau$.",
            answer=Answer(quadratic.gd_eigen_component),
            accepts=(r"u^\top w^* (1-(1-\rho\eta)^\tau)",),
            marks=4,
            mistakes=(
                Mistake(
                    r"(1-\rho\eta)^\tau c^*",
                    "That is the error that is left. The component is the goal less that error.",
                    keeps=2,
                    id="complement",
                ),
                Mistake(
                    r"\left(1-(1+\rho\eta)^\tau\right) c^*",
                    "Check the sign: a step goes against the gradient, so the error shrinks by $1 - \\rho\\eta$.",
                    keeps=2,
                    id="sign",
                ),
            ),
            hints=("Measure from the minimum: how does $c_\\tau - c^*$ change in one step?",),
        ),
        "b": Part(
            ask=r"For which values of $\rho\eta$ does $c_\tau$ tend to $c^*$ as $\tau \to \infty$ (with $c^* \ne 0$)?",
            answer=Condition(quadratic.gd_converges, over=("rho", "eta")),
            marks=2,
            mistakes=(
                Mistake(
                    r"\rho\eta < 1",
                    "Up to 1 it does; but a factor between −1 and 0 shrinks the error too.",
                    keeps=1,
                    id="wrong-bound",
                ),
                Mistake(
                    r"0 < \rho\eta \le 2",
                    "At 2 the error only changes its sign for ever.",
                    keeps=1,
                    id="strict-for-weak",
                ),
            ),
            hints=(
                "What does each step do to the error $c_\\tau - c^*$?",
                "A power $q^\\tau$ tends to zero exactly where the size of $q$ is below 1.",
            ),
        ),
        "c": Part(
            ask=r"The two limits “$c_\tau \approx c^*$ where $\eta \gg 1/(\rho\tau)$” and “$|c_\tau| \ll |c^*|$ where $\eta \ll 1/(\rho\tau)$” "
            r"follow from $(1-\rho\eta)^\tau \le e^{-\rho\eta\tau}$ and Bernoulli's inequality if no step overshoots the goal. "
            r"For which values of $\rho\eta$ is that so, with the error tending to zero?",
            answer=Condition(quadratic.gd_monotone, over=("rho", "eta")),
            marks=2,
            mistakes=(
                Mistake(
                    r"0 < \rho\eta < 2",
                    "Then the error tends to zero, but beyond 1 each step passes the goal.",
                    keeps=1,
                    id="wrong-bound",
                ),
                Mistake(
                    r"\rho\eta > 1", "It is the other way round: beyond 1 each step passes the goal.", id="complement"
                ),
            ),
            hints=(
                "A step overshoots where the error changes its sign.",
                "So the factor of each step must not be negative, and its size must be below 1.",
            ),
        ),
        "d": Part(
            ask=r"With $\rho\eta = 1/<< q >>$ and $c^* = << c * q**t >>$, what is $c_{<< t >>}$?",
            answer=lambda p: Number.from_derivation(
                quadratic.gd_eigen_component, rho=1 / p["q"], eta=1, T=p["t"], a=p["c"] * p["q"] ** p["t"]
            ),
            mistakes=(
                Mistake(
                    "<< c * (q-1)**t >>", "That is what is still missing, not what has been reached.", id="complement"
                ),
                Mistake(
                    "<< c * q**t >>", "That is the goal; after << t >> steps it has not been reached.", id="own-goal"
                ),
            ),
            hints=(
                "Put the numbers into (a).",
                "What is left after each step is the same fraction of what was left before.",
            ),
        ),
    },
)
