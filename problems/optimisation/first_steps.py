"""Problem Set 03, problem 11: momentum, Nesterov, AdaGrad, Newton and Adam, each for its first steps on a parabola."""

from derive import Answer, Form, Integers, Mistake, Part, Problem, Rubric, Values
from derive.derivations.adaptive import adagrad
from derive.derivations.averages import weight_total

MOMENTUM = "g1 := k*w; v1 := (1-B)*g1; w1 := w - a*v1; g2 := k*w1; v2 := B*v1 + (1-B)*g2; w2 := w1 - a*v2"
NESTEROV = "g1 := k*w; v1 := (1-B)*g1; w1 := w - a*v1; g2 := k*(w1 - a*v1); v2 := B*v1 + (1-B)*g2; w2 := w1 - a*v2"
ADAM = "g1 := k*w; m1 := (1-B)*g1; c1 := m1/(1-B); s1 := (1-C)*g1**2; d1 := s1/(1-C); w1 := w - a*c1/sqrt(d1)"
NEWTON = "g := 4*w**3; h := 12*w**2; n := w - g/h"
PAGE = {f"{x}{t}": f"{x}_{t}" for x in "gvm" for t in (1, 2)} | {f"w{t}": rf"\theta_{t}" for t in (1, 2)}
PAGE |= {
    "w": r"\theta_0",
    "a": r"\alpha",
    "B": r"\beta",
    "n": r"\theta_1",
    "c1": r"\hat m_1",
    "d1": r"\hat v_1",
    "s1": "v_1",
    "C": r"\beta_2",
}


def given(p, *names):
    every = {"k": p["k"], "w": p["w"], "a": p["a"] / 10, "B": p["B"] / 10, "C": 0.9}
    return {n: every[n] for n in names}


def asked(text, name, names, *shown):
    return lambda p: Values(text, given(p, *names), name, latex=PAGE, shown=shown)


def wrong(p, text, rule, names):
    return Values(f"{text}; {rule}", given(p, *names), "q").typed()


problem = Problem(
    title="The first steps of five optimisers",
    topics=("optimisation", "momentum", "Nesterov", "AdaGrad", "Newton", "Adam"),
    source="003_a2d52afd229cfba6.txt §11",
    difficulty=2,
    params={"k": Integers(2, 4), "w": Integers(1, 6), "a": Integers(1, 2), "B": Integers(5, 9)},
    where=lambda p: p["k"] * p["w"] * (10 - p["B"]) != 10,  # two of the foreseen mistakes would be one
    statement=r"""
A parabola $f(\theta) = \frac{k}{2}\theta^2$ with $k = << k >>$ is minimised from $\theta_0 = << w >>$ on; $g$ is the gradient $f'$. The learning
rate is $\alpha = << a/10 >>$. Momentum starts with $v_0 = 0$ and makes the steps

$$v_{t+1} = \beta v_t + (1 - \beta)\, g(\theta_t), \qquad \theta_{t+1} = \theta_t - \alpha v_{t+1}, \qquad \beta = << B/10 >>.$$

Nesterov's method differs in one place: its gradient is taken at $\theta_t - \alpha v_t$, where the velocity would lead. All answers are exact numbers
or formulas.
""",
    working=(adagrad, weight_total),
    parts={
        "a": Part(
            ask=r"Give $\theta_2$, after two steps of momentum.",
            answer=asked(MOMENTUM, "w2", "kwaB", "g1", "v1", "w1", "g2", "v2", "w2"),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, MOMENTUM, "q := w1 - a*g2", "kwaB"),
                    "That is a step of plain gradient descent: the velocity is missing.",
                    1,
                    id="momentum-forgotten",
                ),
                Mistake(
                    wrong(p, MOMENTUM, "q := w1 - a*(B*v1 + g2)", "kwaB"),
                    "In these conventions the new gradient counts with $1 - \\beta$.",
                    1,
                    id="constant-dropped",
                ),
            ),
            hints=(
                "The first velocity is $(1 - \\beta)\\, g(\\theta_0)$.",
                "The second one mixes it with the gradient at $\\theta_1$.",
            ),
        ),
        "b": Part(
            ask=r"Give $\theta_2$, after two steps of Nesterov's method.",
            answer=asked(NESTEROV, "w2", "kwaB", "g1", "v1", "w1", "g2", "v2", "w2"),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, MOMENTUM, "q := w2", "kwaB"),
                    "That is momentum: the second gradient is taken at the wrong point.",
                    1,
                    id="old-value-for-new",
                ),
                Mistake(
                    wrong(p, NESTEROV, "q := w1 - a*(B*v1 + (1-B)*k*(w1 + a*v1))", "kwaB"),
                    "Look ahead to where the velocity leads, $\\theta - \\alpha v$; you looked back.",
                    1,
                    id="sign",
                ),
            ),
            hints=(r"The first steps agree, since $v_0 = 0$.", r"The second gradient is $k(\theta_1 - \alpha v_1)$."),
        ),
        "c": Part(
            ask=r"How does Nesterov's look ahead change the way to the minimum, and why do (a) and (b) show it?",
            answer=Rubric(
                (
                    "the gradient is taken where the velocity leads, so an overshoot is felt before it happens",
                    "here the gradient ahead is smaller: Nesterov's velocity is smaller than that of momentum, which brakes on the way to the minimum",
                )
            ),
            marks=2,
        ),
        "d": Part(
            ask=r"AdaGrad has the learning rate $\eta$ and adds $\epsilon$ beside the root. Give $w_T$ after $T$ steps in terms of $w_{T-1}$ and the gradients "
            "$g_1, \\dots, g_T$ of one weight.",
            answer=Answer(adagrad),
            marks=3,
            mistakes=(
                Mistake(
                    r"w_{T-1} - \frac{\eta g_T}{\sqrt{\sum_{t=1}^{T} g_t^2 + \epsilon}}",
                    r"Here $\epsilon$ stands beside the root and not under it.",
                    keeps=2,
                    id="epsilon-inside-root",
                ),
                Mistake(
                    r"w_{T-1} - \frac{\eta g_T}{\sum_{t=1}^{T} g_t^2 + \epsilon}",
                    "The root is missing.",
                    keeps=1,
                    id="missing-root",
                ),
                Mistake(
                    r"w_{T-1} - \frac{\eta g_T}{\sqrt{\sum_{t=1}^{T-1} g_t^2} + \epsilon}",
                    "The sum holds the newest gradient as well.",
                    keeps=2,
                    id="wrong-bound",
                ),
            ),
            hints=("Divide by the root of the sum of all squared gradients so far.",),
        ),
        "e": Part(
            ask=r"Newton's method with $\alpha = 1$ divides the gradient by the second derivative. Give $\theta_1$ for the function $\theta^4$ (instead of "
            r"the parabola), from $\theta_0 = << w >>$ on.",
            answer=asked(NEWTON, "n", "w", "g", "h", "n"),
            mistakes=lambda p: (
                Mistake(
                    wrong(p, NEWTON, "q := w - g", "w"),
                    "That is gradient descent with $\\alpha = 1$: divide by the second derivative.",
                    id="inverse-forgotten",
                ),
                Mistake(wrong(p, NEWTON, "q := w + g/h", "w"), "A step goes against the gradient.", id="sign"),
                Mistake(
                    wrong(p, NEWTON, "q := w - w", "w"),
                    "Newton's method reaches the minimum in one step on a parabola only.",
                    id="own-one-step",
                ),
            ),
            hints=(
                r"The derivatives are $4\theta^3$ and $12\theta^2$.",
                r"Put $\theta_0$ into both, and take their quotient off $\theta_0$.",
            ),
        ),
        "f": Part(
            ask=r"An average $m_t = \beta m_{t-1} + (1 - \beta) g_t$ starts with $m_0 = 0$. What are the weights of $g_1, \dots, g_T$ in $m_T$ together, that "
            r"is, what is $m_T$ if all gradients are 1? Give it without a sum sign. (Adam divides by this.)",
            answer=Answer(weight_total),
            marks=2,
            form=Form(closed=True),
            mistakes=(
                Mistake(r"1 - \beta", "That is the weight of the newest gradient alone.", keeps=0, id="missing-sum"),
                Mistake(
                    r"\beta^T",
                    "That is what is missing to 1: the weight that the start $m_0 = 0$ still has.",
                    keeps=1,
                    id="complement",
                ),
                Mistake(
                    r"1 - \beta^{T-1}", "Count the steps: after one step it is $1 - \\beta$.", keeps=1, id="off-by-one"
                ),
            ),
            hints=(
                r"The newest gradient has the weight $1 - \beta$, the one before $\beta(1 - \beta)$, and so on: a geometric sum.",
            ),
        ),
        "g": Part(
            ask=r"Adam makes its first step with $\epsilon = 0$, $\beta_1 = << B/10 >>$ and $\beta_2 = 0.9$, with both averages corrected. Give $\theta_1$.",
            answer=asked(ADAM, "w1", "kwaBC", "g1", "m1", "c1", "s1", "d1", "w1"),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, ADAM, "q := w - a*m1/sqrt(d1)", "kwaBC"),
                    "The first average is not corrected.",
                    1,
                    id="missing-bias-correction",
                ),
                Mistake(
                    wrong(p, ADAM, "q := w - a*c1/d1", "kwaBC"),
                    "The root of the second average is missing.",
                    1,
                    id="missing-root",
                ),
            ),
            hints=(
                "After the correction both averages are those of one gradient alone.",
                "What is $g/\\sqrt{g^2}$ for $g > 0$?",
            ),
        ),
    },
)
