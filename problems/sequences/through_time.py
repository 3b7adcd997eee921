"""Backpropagation through time, piece by piece."""

from derive import Answer, Mistake, Part, Problem
from derive.derivations.sequences import rnn_biases, rnn_errors, rnn_input_weights, rnn_states

problem = Problem(
    title="Backpropagation through time, piece by piece",
    topics=("recurrent networks", "backpropagation through time"),
    difficulty=2,
    statement=r"""
A recurrent network with $m$ units reads $x_{t} \in \mathbb{R}^n$ at the steps $t = 1, \dots, T$, from a given state $h_0 \in \mathbb{R}^m$ on:

$$z_{t,i} = \sum_{j=1}^{m} W_{i,j} h_{t-1,j} + \sum_{k=1}^{n} U_{i,k} x_{t,k} + b_i, \qquad h_{t,i} = f(z_{t,i}),$$

with a smooth activation $f$. The loss sees the state of every step; $G_{t,i}$ is its slope in $h_{t,i}$ *directly*, with all later states held fixed. The slope through
everything that comes later is $\bar h_{t,i}$, and $\delta_{t,i}$ is that in $z_{t,i}$.
""",
    working=(rnn_errors, rnn_states, rnn_input_weights, rnn_biases),
    parts={
        "a": Part(
            ask=r"Give $\delta_{t,i}$ in terms of $\bar h$, $z$ and $f'$.",
            answer=Answer(rnn_errors),
            mistakes=(
                Mistake(r"\bar{h}_{t,i} f(z_{t,i})", "You multiplied by the activation's value.", 0, "value-for-slope"),
                Mistake(r"\bar{h}_{t,i} f'(z_{t-1,i})", "Which step's activation made $h_t$?", 0, "index-shift"),
            ),
            hints=(r"$h_{t,i} = f(z_{t,i})$.", r"Chain rule over one unit: nothing is added up."),
        ),
        "b": Part(
            ask=r"Give $\bar h_{t-1,i}$ in terms of $\bar h_t$, $z_t$, $W$ and $G$, for $t = 2, \dots, T$.",
            answer=Answer(rnn_states),
            accepts=(r"\sum_{j=1}^{m} \delta_{t,j} W_{j,i} + G_{t-1,i}",),
            marks=3,
            mistakes=(
                Mistake(
                    r"\sum_{j=1}^{m} \bar{h}_{t,j} f'(z_{t,j}) W_{j,i}",
                    "The loss sees this state itself, too.",
                    2,
                    "dropped-path",
                ),
                Mistake(r"G_{t-1,i}", "Later states depend on this one.", 1, "direct-path-only"),
                Mistake(
                    r"\sum_{j=1}^{m} \bar{h}_{t,j} f'(z_{t,j}) W_{i,j} + G_{t-1,i}",
                    "Which unit reads, and which one is read?",
                    1,
                    "missing-transpose",
                ),
                Mistake(
                    r"\sum_{j=1}^{m} \bar{h}_{t,j} W_{j,i} + G_{t-1,i}",
                    "Between the two states lies an activation.",
                    1,
                    "missing-chain-factor",
                ),
            ),
            hints=(
                r"$h_{t-1,i}$ goes two ways: to the loss directly, and into every $z_{t,j}$.",
                r"The second way is $\sum_j \delta_{t,j} W_{j,i}$.",
                r"Put (a) in for $\delta_{t,j}$ and add the first way.",
            ),
        ),
        "c": Part(
            ask=r"Give $\partial L/\partial U_{i,k}$ in terms of $\delta$ and $x$.",
            answer=Answer(rnn_input_weights),
            mistakes=(
                Mistake(r"\delta_{T,i} x_{T,k}", "The same weight is used at every step.", 0, "missing-sum"),
                Mistake(r"\sum_{t=2}^{T} \delta_{t,i} x_{t-1,k}", "Which input does step $t$ read?", 0, "index-shift"),
                Mistake(
                    r"\frac{1}{T} \sum_{t=1}^{T} \delta_{t,i} x_{t,k}",
                    "Nothing takes a mean over steps here.",
                    0,
                    "mean-for-sum",
                ),
            ),
            hints=(r"At step $t$, $U_{i,k}$ moves $z_{t,i}$ by $x_{t,k}$.", "Add over the steps."),
        ),
        "d": Part(
            ask=r"Give $\partial L/\partial b_i$ in terms of $\delta$.",
            answer=Answer(rnn_biases),
            mistakes=(
                Mistake(r"\delta_{T,i}", "The same bias is used at every step.", 0, "missing-sum"),
                Mistake(r"\sum_{t=1}^{T-1} \delta_{t,i}", "Count the steps.", 0, "fencepost-T"),
            ),
            hints=("It enters every step, one for one.",),
        ),
    },
)
