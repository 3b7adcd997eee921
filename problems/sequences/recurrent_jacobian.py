"""Problem Set 03, problem 14: the Jacobian of an RNN's step, backpropagation through time, and what eigenvalues do not tell."""

import numpy as np

from derive import Answer, Example, Integers, Mistake, Part, Problem, Values
from derive.derivations.cells import rnn_tanh_step
from derive.derivations.sequences import rnn_tanh_weights

TWO_STEPS = "p := tanh(w*s + a); q := tanh(w*p + b); L := (q - y)**2/2"
PAGE = {"p": "h_1", "q": "h_2", "s": "h_0", "a": "x_1", "b": "x_2"}


def given(p):
    return {"w": p["w"] / 10, "s": p["s"] / 10, "a": p["a"] / 10, "b": p["b"] / 10, "y": p["y"]}


def asked(name, *shown):
    return lambda p: Values(TWO_STEPS, given(p), name, digits=4, latex=PAGE, shown=shown)


def wrong(p, rule):
    return Values(f"{TWO_STEPS}; {rule}", given(p), "m", digits=4).typed()


def step(weights, state):
    """The Jacobian of one step, diag(1 − h²) W."""
    return (1 - state**2)[:, None] * weights


def radius(matrix):
    return max(abs(np.linalg.eigvals(matrix)))


CHECKS = (
    ("the entries of the states must lie between −1 and 1", lambda h1, h2, **_: 1 - max(abs(np.append(h1, h2)))),
    ("the first step has an eigenvalue of size 1 or more", lambda h1, **v: 1 - radius(step(v["W"], h1))),
    ("the second step has an eigenvalue of size 1 or more", lambda h2, **v: 1 - radius(step(v["W"], h2))),
    ("the product over the cycle does not grow", lambda h1, h2, **v: radius(step(v["W"], h2) @ step(v["W"], h1)) - 1),
)

problem = Problem(
    title="The Jacobian of a recurrent step",
    topics=("recurrent networks", "backpropagation through time", "stability"),
    source="003_a2d52afd229cfba6.txt §14",
    difficulty=3,
    params={
        "w": Integers(5, 15),
        "s": Integers(2, 9),
        "a": Integers(-5, 5),
        "b": Integers(-5, 5),
        "y": Integers(-1, 1),
    },
    statement=r"""
A recurrent network has $m$ units with the states

$$h_{t,i} = \tanh(z_{t,i}), \qquad z_{t,i} = \sum_{j=1}^{m} W_{i,j}\, h_{t-1,j} + \sum_{k=1}^{n} U_{i,k}\, x_{t,k} + b_i, \qquad t = 1, \dots, T.$$
""",
    working=(rnn_tanh_step, rnn_tanh_weights),
    parts={
        "a": Part(
            ask=r"Give the entry $\partial h_{t,i}/\partial h_{t-1,j}$ of the step's Jacobian, in terms of $W$ and $h_t$ (in Python `h_t[i]`).",
            answer=Answer(rnn_tanh_step),
            marks=2,
            mistakes=(
                Mistake(r"W_{i,j}", "The slope of tanh is missing.", keeps=1, id="missing-chain-factor"),
                Mistake(
                    r"W_{j,i} (1 - h_{t,i}^2)",
                    "Rows are units after the step, columns units before it: this is $W_{j,i}$.",
                    1,
                    id="missing-transpose",
                ),
                Mistake(
                    r"W_{i,j} (1 - h_{t,i})^2",
                    r"The slope of tanh is $1 - \tanh^2$: square first, then subtract.",
                    1,
                    id="wrong-exponent",
                ),
            ),
            hints=(
                r"The state $h_{t-1,j}$ goes into $z_{t,i}$ with the weight $W_{i,j}$.",
                r"The slope of $\tanh$ at $z_{t,i}$ can be written with the value $h_{t,i}$.",
            ),
        ),
        "b": Part(
            ask=r"Backpropagation has delivered $\bar h_{t,i}$, the gradient of the loss in $h_{t,i}$ through all that comes after it. "
            r"Give $\partial L/\partial W_{i,j}$ in terms of $\bar h$ and $h$, where $h_0$ is the state before the first step.",
            answer=Answer(rnn_tanh_weights),
            marks=3,
            mistakes=(
                Mistake(
                    r"\bar{h}_{T,i} (1 - h_{T,i}^2) h_{T-1,j}",
                    "The same weight is used at every step: add over all of them.",
                    keeps=1,
                    id="missing-sum",
                ),
                Mistake(
                    r"\sum_{t=1}^{T} \bar{h}_{t,i} h_{t-1,j}",
                    "The slope of tanh is missing.",
                    keeps=1,
                    id="missing-chain-factor",
                ),
                Mistake(
                    r"\sum_{t=1}^{T} \bar{h}_{t,i} (1 - h_{t,i}^2) h_{t,j}",
                    "The weight multiplies the state before the step, $h_{t-1}$.",
                    keeps=1,
                    id="new-value-for-old",
                ),
            ),
            hints=(
                r"$\partial L/\partial z_{t,i}$ is $\bar h_{t,i}$ times the slope of $\tanh$.",
                "Every step uses $W_{i,j}$, each with its own state before it.",
            ),
        ),
        "c": Part(
            ask=r"One unit without biases runs two steps, $h_1 = \tanh(w h_0 + x_1)$ and $h_2 = \tanh(w h_1 + x_2)$, with $w = << w/10 >>$, "
            r"$h_0 = << s/10 >>$, $x_1 = << a/10 >>$, $x_2 = << b/10 >>$; the loss is $L = \frac12 (h_2 - y)^2$ with $y = << y >>$. "
            r"Give $\partial L/\partial w$ to four decimals.",
            answer=asked("w_bar", "p", "q", "q_bar", "p_bar", "w_bar"),
            marks=3,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m := q_bar*(1 - q**2)*p"),
                    "That is the second step alone: $w$ also moves $h_1$.",
                    keeps=1,
                    id="direct-path-only",
                ),
                Mistake(
                    wrong(p, "m := q_bar*p + p_bar*s"),
                    "The slopes of tanh are missing where $w$ comes in.",
                    keeps=1,
                    id="missing-chain-factor",
                ),
                Mistake(wrong(p, "m := -w_bar"), "The sign: the loss grows with $h_2 - y$.", keeps=2, id="sign"),
            ),
            hints=(
                r"$w$ is used twice: add $\partial L/\partial z_2 \cdot h_1$ and $\partial L/\partial z_1 \cdot h_0$.",
                r"$\partial L/\partial z_1 = \partial L/\partial z_2 \cdot w \cdot (1 - h_1^2)$.",
            ),
        ),
        "d": Part(
            ask=r"“If all eigenvalues of every step's Jacobian are less than 1 in size, perturbations decay.” Show that this is wrong, with two units "
            r"whose inputs drive them round a cycle of two states $h_1, h_2$ for ever (with $U = I$ any two states strictly between $-1$ and 1 will do). "
            r"Give weights $W$ and the two states such that both Jacobians $\mathrm{diag}(1 - h_t^2)\, W$ have eigenvalues less than 1 in size only, "
            r"and their product over the cycle has a larger one: `W = [[1, 0], [0, 1]]; h1 = [0, 0.5]; h2 = [0.5, 0]`.",
            answer=Example(
                {"W": (2, 2), "h_1": (2,), "h_2": (2,)},
                CHECKS,
                {"W": [[0.5, 2], [2, 0.5]], "h_1": [0, 0.98], "h_2": [0.98, 0]},
                why=(
                    "A saturated unit has the slope $1 - 0.98^2 \\approx 0.04$: the first step keeps the first row of $W$ and all but loses the "
                    "second, the next step the other way round. Each Jacobian alone is close to a matrix with the eigenvalues $W_{11}$ and 0, "
                    "or $W_{22}$ and 0. Taken by turns they carry the first unit to the second and back, which multiplies by about "
                    "$W_{21} W_{12} = 4$ in every round. Only a *norm* below 1 at every step makes perturbations decay."
                ),
            ),
            marks=4,
            mistakes=(
                Mistake(
                    "W = [[2, 0], [0, 2]]; h1 = [0, 0]; h2 = [0, 0]",
                    "It grows, but already each step has an eigenvalue of size 1 or more.",
                    keeps=1,
                    id="own-steps-grow",
                ),
                Mistake(
                    "W = [[0.5, 0], [0, 0.5]]; h1 = [0, 0]; h2 = [0.5, 0]",
                    "The eigenvalues of both steps are below 1, but the product does not grow. Let different units be saturated at the two steps.",
                    keeps=1,
                    id="own-product-decays",
                ),
            ),
            hints=(
                "Eigenvalues of a product are not products of eigenvalues, unless the matrices share eigenvectors.",
                "A unit near $\\pm 1$ has a slope near 0, which switches its row of $W$ off. Switch off another row at each step.",
            ),
        ),
    },
)
