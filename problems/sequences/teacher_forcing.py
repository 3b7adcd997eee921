"""Outputs that are fed back, with and without a teacher."""

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Values
from derive.derivations.sequences_variants import fed_back, teacher_forced

FREE = "o1 := v*h; o2 := v*(r*o1); L := (o1 - a)**2/2 + (o2 - b)**2/2"
PAGE = {"o1": "o_1", "o2": "o_2"}


def given(p):
    return {"v": p["v"], "h": p["h"], "r": p["r"], "a": p["a"], "b": p["b"]}


problem = Problem(
    title="Feeding outputs back",
    topics=("recurrent networks", "teacher forcing", "backpropagation through time"),
    difficulty=2,
    params={"v": Integers(1, 3), "h": Integers(1, 3), "r": Integers(1, 3), "a": Integers(-3, -1), "b": Integers(-4, 4)},
    where=lambda p: p["v"] ** 2 * p["r"] * p["h"] != p["b"] and p["v"] * p["r"] * p["a"] != p["b"],
    statement=r"""
A recurrent network with $m$ units and $m$ outputs predicts $o_{t,i} = \sum_{j=1}^{m} V_{i,j} h_{t,j}$ and reads its own last output at the next step:

$$z_{t,i} = \sum_{j=1}^{m} W_{i,j} h_{t-1,j} + \sum_{k=1}^{n} U_{i,k} x_{t,k} + b_i + \sum_{j=1}^{m} R_{i,j} o_{t-1,j}, \qquad h_{t,i} = f(z_{t,i}), \qquad t = 1, \dots, T.$$

$G_{t,i}$ is the slope of the loss in $o_{t,i}$ with all later steps held fixed; $\bar o_{t,i}$ is that through everything; $\delta_{t,i} = \partial L/\partial z_{t,i}$.
""",
    working=(fed_back, teacher_forced),
    parts={
        "a": Part(
            ask=r"Give $\bar o_{t,i}$ for $t < T$ in terms of $\delta$, $R$ and $G$.",
            answer=Answer(fed_back),
            marks=2,
            mistakes=(
                Mistake(r"G_{t,i}", "The next step reads this output.", 0, "direct-path-only"),
                Mistake(
                    r"\sum_{j=1}^{m} \delta_{t+1,j} R_{j,i}",
                    "The loss sees this output itself, too.",
                    1,
                    "dropped-path",
                ),
                Mistake(
                    r"\sum_{j=1}^{m} \delta_{t+1,j} R_{i,j} + G_{t,i}",
                    "Which unit reads, and which output is read?",
                    1,
                    "missing-transpose",
                ),
                Mistake(r"\sum_{j=1}^{m} \delta_{t,j} R_{j,i} + G_{t,i}", "Which step reads $o_t$?", 1, "index-shift"),
            ),
            hints=(
                r"$o_{t,i}$ goes two ways: to the loss, and into the next step.",
                r"It goes into every $z_{t+1,j}$, with the weight $R_{j,i}$.",
            ),
        ),
        "b": Part(
            ask=r"With *teacher forcing* the right outputs $\tau_{t-1}$ stand in for $o_{t-1}$ in $z_t$. Give $\bar o_{t,i}$.",
            answer=Answer(teacher_forced),
            mistakes=(
                Mistake(
                    r"\sum_{j=1}^{m} \delta_{t+1,j} R_{j,i} + G_{t,i}",
                    "Which output does the next step read now?",
                    0,
                    "own-path-that-is-cut",
                ),
                Mistake(
                    r"\sum_{j=1}^{m} \delta_{t+1,j} R_{j,i}",
                    "Which way is cut, and which one is left?",
                    0,
                    "own-path-that-is-cut",
                ),
            ),
            hints=("The next step does not read $o_t$ any more.",),
        ),
        "c": Part(
            ask="Numbers: $o_1 = v h_1$ and, since the second state is linear here, $o_2 = v\\, r\\, o_1$, with $v = << v >>$, $h_1 = << h >>$, $r = << r >>$; the right outputs are "
            "$\\tau_1 = << a >>$ and $\\tau_2 = << b >>$, and $L = \\frac12 (o_1 - \\tau_1)^2 + \\frac12 (o_2 - \\tau_2)^2$. Give $\\partial L/\\partial o_1$ *without* teacher forcing.",
            answer=lambda p: Values(FREE, given(p), "o1_bar", latex=PAGE, shown=("o1", "o2", "o2_bar", "o1_bar")),
            mistakes=(
                Mistake("<< v*h - a >>", "That is the slope with teacher forcing.", 0, "direct-path-only"),
                Mistake("<< (v*v*r*h - b)*v*r >>", "The loss sees $o_1$ itself, too.", 0, "dropped-path"),
            ),
            hints=(
                "Work out both outputs, then use (a).",
                r"$o_1$ counts twice: in its own error, $o_1 - \tau_1$, and through $o_2$ in $o_2 - \tau_2$, with the slope $v\,r$.",
            ),
        ),
        "d": Part(
            ask="A network was trained with teacher forcing alone. What may go wrong when it runs freely?",
            answer=Choice(
                "its own errors lead it to inputs that it never saw",
                "its gradient explodes",
                "it cannot run without a teacher at all",
                why="In training it only ever saw the right last outputs; running freely, it reads its own, with their errors.",
            ),
            mistakes=(
                Mistake("its gradient explodes", "Nothing is trained when it runs.", 0, "own-training-for-running"),
                Mistake(
                    "it cannot run without a teacher at all",
                    "It has an output to feed back; only a worse one.",
                    0,
                    "own-too-strong",
                ),
            ),
            hints=(
                "Compare what it reads in training and later.",
                "A small mistake is read back at the next step: did it meet such inputs in training?",
            ),
        ),
    },
)
