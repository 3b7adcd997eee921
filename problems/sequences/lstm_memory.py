"""Problem Set 03, problem 13: how an LSTM's memory carries a change on."""

from derive import Answer, Integers, Mistake, Part, Problem, Rubric, Values
from derive.derivations.cells import lstm_memory_step

PRODUCT = "P := prod(f[t], t)"


def gates(p):
    return {"f": [p["f1"] / 10, p["f2"] / 10, p["f3"] / 10]}


problem = Problem(
    title="What an LSTM remembers",
    topics=("recurrent networks", "LSTM", "vanishing gradients"),
    source="003_a2d52afd229cfba6.txt §13",
    difficulty=2,
    params={"f1": Integers(5, 9), "f2": Integers(5, 9), "f3": Integers(5, 9), "T": Integers(20, 99)},
    statement=r"""
The memory of an LSTM with $m$ units changes in step $t$ by

$$c_{t,j} = f_{t,j}\, c_{t-1,j} + i_{t,j}\, g_{t,j}, \qquad j = 1, \dots, m,$$

with a forget gate $f_t$, an input gate $i_t$ and a candidate $g_t$, all of which are computed from the input $x_t$ and the state $h_{t-1}$. We look
at the direct way from memory to memory: $x_t$ and $h_{t-1}$ are held fixed, and with them the gates and the candidate.
""",
    working=(lstm_memory_step,),
    parts={
        "a": Part(
            ask=r"Give the entry $\partial c_{t,j}/\partial c_{t-1,k}$ of the Jacobian for all $j$ and $k$; `[j = k]` is 1 where $j = k$ and else 0. In Python the gate is `f_t[j]`.",
            answer=Answer(lstm_memory_step),
            marks=2,
            mistakes=(
                Mistake(
                    r"f_{t,j}",
                    "That is right for $j = k$ only: memory $j$ does not move with another one's past.",
                    keeps=1,
                    id="own-no-delta",
                ),
                Mistake(
                    r"i_{t,j} [j = k]", "The old memory is multiplied by the forget gate.", keeps=0, id="gate-confused"
                ),
                Mistake(
                    r"f_{t,j} [j = k] + i_{t,j}",
                    "The second term does not hold the old memory at all.",
                    keeps=1,
                    id="own-extra-path",
                ),
            ),
            hints=(r"Each memory is multiplied by its own gate: the Jacobian is diagonal.",),
        ),
        "b": Part(
            ask=r"A unit has the forget gates $<< f1/10 >>, << f2/10 >>, << f3/10 >>$ in three steps. Give $\partial c_3/\partial c_0$ along this way, "
            "exactly.",
            answer=lambda p: Values(PRODUCT, gates(p), "P", latex={"P": r"\frac{\partial c_3}{\partial c_0}"}),
            mistakes=(
                Mistake(
                    "<< (f1 + f2 + f3)/10 >>", "Slopes of steps one after the other multiply.", id="own-sum-for-product"
                ),
                Mistake("<< f3/10 >>", "That is the last step alone.", id="missing-chain-factor"),
            ),
            hints=(
                "The chain rule multiplies the slopes of the three steps.",
                "The slope of a step is its forget gate.",
            ),
        ),
        "c": Part(
            ask=r"With gates that are all equal to $\varphi$ the slope over $<< T >>$ steps is $\varphi^{<< T >>}$. How large must $\varphi$ be for "
            "this slope to be ½? Give four decimals.",
            answer=lambda p: Values("g := exp(-log(2)/T)", {"T": p["T"]}, "g", digits=4, latex={"g": r"\varphi"}),
            mistakes=(
                Mistake(
                    "<< '%.4f' % (0.5/T) >>",
                    "Slopes multiply: solve $\\varphi^T = \\frac12$, not $T\\varphi = \\frac12$.",
                    id="own-sum-for-product",
                ),
                Mistake(
                    "<< '%.4f' % (1 - 1/T) >>",
                    "Then $\\varphi^T$ is about $1/e$, and not ½.",
                    id="own-decay-to-1-over-e",
                ),
            ),
            hints=(
                r"Take the logarithm of $\varphi^T = \frac12$.",
                r"$\log\varphi$ is $-\log 2$, divided by the number of steps.",
            ),
        ),
        "d": Part(
            ask="An LSTM is said to remember over long times “because the slope is the forget gate”. When is that so, and what else must be "
            "looked at? A few sentences.",
            answer=Rubric(
                (
                    "the slope over T steps is a product of gates and vanishes too, unless the gates stay close to 1",
                    "the network can learn to keep a gate close to 1, for example by its bias; a plain RNN has no such factor",
                    "there are other ways through h and the gates, along which the gradient may vanish or explode",
                )
            ),
            marks=2,
        ),
    },
)
