"""Slopes of common activations."""

from derive import Answer, Choice, Form, Mistake, Part, Problem
from derive.derivations.activations import leaky_slope, sigmoid_slope, softplus_slope, tanh_slope

problem = Problem(
    title="Slopes of activations",
    topics=("activations", "Jacobian"),
    difficulty=1,
    statement=r"""
A layer of $n$ units applies one function to each of its pre-activations $z_1, \dots, z_n$; its Jacobian has the entries $\partial h_i/\partial z_j$ for
$i, j = 1, \dots, n$. Write `[i = j]` (or $\delta_{i,j}$) for 1 where $i = j$ and 0 elsewhere. The logistic function is $\sigma(z) = 1/(1 + e^{-z})$; logarithms are natural.
""",
    working=(sigmoid_slope, tanh_slope, softplus_slope, leaky_slope),
    parts={
        "a": Part(
            ask=r"$h_i = \sigma(z_i)$. Give $\partial h_i/\partial z_j$ in terms of $h$.",
            answer=Answer(sigmoid_slope),
            form=Form(forbidden=("derivative",)),
            mistakes=(
                Mistake(r"h_i [i = j]", "That is the value of the function.", 0, "value-for-slope"),
                Mistake(r"h_i (1 - h_i)", "Does $h_1$ move with $z_2$?", 0, "own-not-diagonal"),
                Mistake(r"h_i (1 - h_j)", "A unit does not see another unit's pre-activation.", 0, "own-not-diagonal"),
            ),
            hints=(
                r"Unit $i$ reads $z_i$ alone.",
                r"$\sigma'(z) = e^{-z}/(1 + e^{-z})^2$: split this into two factors.",
                r"One factor is $\sigma(z)$ itself; the other is what it lacks to 1.",
            ),
        ),
        "b": Part(
            ask=r"$h_i = \tanh(z_i)$. Give $\partial h_i/\partial z_j$ in terms of $h$.",
            answer=Answer(tanh_slope),
            form=Form(forbidden=("derivative",)),
            mistakes=(
                Mistake(r"(1 - h_i)^2 [i = j]", "Square first, then subtract.", 0, "order-of-steps"),
                Mistake(
                    r"h_i (1 - h_i) [i = j]", "That is the slope of the logistic function.", 0, "own-other-activation"
                ),
            ),
            hints=(
                r"$\tanh = \sinh/\cosh$, and the derivative of a quotient.",
                r"$\cosh^2 - \sinh^2$ is divided by $\cosh^2$.",
            ),
        ),
        "c": Part(
            ask=r"Softplus is $h_i = \log(1 + e^{z_i})$. Give $\partial h_i/\partial z_j$ in terms of $z$.",
            answer=Answer(softplus_slope),
            mistakes=(
                Mistake(
                    r"\frac{1}{1 + e^{z_i}} [i = j]", "The inner derivative is missing.", 0, "missing-chain-factor"
                ),
                Mistake(
                    r"\sigma(z_i) (1 - \sigma(z_i)) [i = j]",
                    "That is one derivative too many.",
                    0,
                    "own-one-derivative-too-many",
                ),
            ),
            hints=(r"The derivative of $\log u$ is $u'/u$.", r"Here $u = 1 + e^{z_i}$, and $u' = e^{z_i}$."),
        ),
        "d": Part(
            ask=r"A leaky unit has $h_i = z_i$ for $z_i \ge 0$ and $h_i = \epsilon z_i$ for $z_i < 0$, with $0 < \epsilon < 1$. Give $\partial h_i/\partial z_j$ for $z_i \ne 0$.",
            answer=Answer(leaky_slope),
            mistakes=(
                Mistake(
                    r"\begin{cases} \epsilon [i = j] & z_i \ge 0 \\ [i = j] & z_i < 0 \end{cases}",
                    "Try it at $z_i = 2$.",
                    0,
                    "wrong-branch",
                ),
                Mistake(
                    r"\mathbb{1}[z_i \ge 0] [i = j]",
                    "An inactive leaky unit still lets something through.",
                    0,
                    "dropped-path",
                ),
                Mistake(
                    r"\begin{cases} [i = j] & z_i \ge 0 \\ \epsilon z_i [i = j] & z_i < 0 \end{cases}",
                    "One branch is still the value.",
                    0,
                    "value-for-slope",
                ),
            ),
            hints=(
                r"Treat the two sides of 0 by themselves.",
                r"On each side the unit is linear: its slope is a number.",
            ),
        ),
        "e": Part(
            ask=r"Which of the four has the smallest slope at $z = 10$?",
            answer=Choice(
                "tanh",
                "the logistic function",
                "softplus",
                "the leaky unit",
                why=r"At 10 the slope of $\tanh$ is about $4 e^{-20}$ and that of the logistic function about $e^{-10}$; the other two have a slope of about 1.",
            ),
            mistakes=(
                Mistake(
                    "the logistic function",
                    "It saturates, but another one does so twice as fast.",
                    0,
                    "own-not-the-fastest",
                ),
                Mistake("softplus", "For large $z$ softplus is close to $z$.", 0, "own-not-the-fastest"),
            ),
            hints=(
                r"$\tanh(z) = 2\sigma(2z) - 1$.",
                r"The logistic function has the slope $e^{-10}$ there, nearly; what has $\sigma(2z)$? The other two do not flatten out at all.",
            ),
        ),
    },
)
