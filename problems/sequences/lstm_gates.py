"""The gradients of an LSTM's memory and forget gate."""

from derive import Answer, Choice, Mistake, Part, Problem
from derive.derivations.cells import lstm_state_memory
from derive.derivations.sequences_lstm import lstm_forget_weights, lstm_memory_back

problem = Problem(
    title="Back through the memory of an LSTM",
    topics=("recurrent networks", "LSTM", "backpropagation through time"),
    difficulty=3,
    statement=r"""
An LSTM with $m$ units has at step $t$ a forget gate $f_t$, an input gate $i_t$, an output gate $o_t$ and a candidate $g_t$, all in $\mathbb{R}^m$ and computed from $x_t$ and $h_{t-1}$;
its memory and state are

$$c_{t,j} = f_{t,j}\, c_{t-1,j} + i_{t,j}\, g_{t,j}, \qquad \hat c_{t,j} = \tanh(c_{t,j}), \qquad h_{t,j} = o_{t,j}\, \hat c_{t,j}.$$

The forget gate is $f_{t,j} = \sigma(a^f_{t,j})$ with $\sigma(u) = 1/(1 + e^{-u})$ and $a^f_{t,j} = \sum_k W^f_{j,k} h_{t-1,k} + \dots$. The slopes of the loss in $c_{t,j}$ and $h_{t,j}$, through all that comes later,
are $\bar c_{t,j}$ and $\bar h_{t,j}$; the loss sees the states only.
""",
    working=(lstm_state_memory, lstm_memory_back, lstm_forget_weights),
    parts={
        "a": Part(
            ask=r"Hold $x_t$ and $h_{t-1}$ fixed. Give $\partial h_{t,j}/\partial c_{t-1,k}$ for all $j$ and $k$; `[j = k]` is 1 where $j = k$ and 0 elsewhere. (In Python the gates are `f_t[j]`, `o_t[j]`.)",
            answer=Answer(lstm_state_memory),
            marks=2,
            mistakes=(
                Mistake(
                    r"o_{t,j} f_{t,j} [j = k]", r"Between memory and state lies a $\tanh$.", 1, "missing-chain-factor"
                ),
                Mistake(
                    r"f_{t,j} (1 - \hat{c}_{t,j}^2) [j = k]",
                    "The output gate weighs the state.",
                    1,
                    "missing-chain-factor",
                ),
                Mistake(
                    r"o_{t,j} i_{t,j} (1 - \hat{c}_{t,j}^2) [j = k]",
                    "Which gate does the old memory pass?",
                    1,
                    "gate-confused",
                ),
            ),
            hints=(
                r"Three links: $c_{t-1} \to c_t \to \hat c_t \to h_t$.",
                r"Their slopes are $f_{t,j}$, $1 - \hat c_{t,j}^2$ and $o_{t,j}$; units do not mix.",
            ),
        ),
        "b": Part(
            ask=r"Give $\bar c_{t-1,j}$ in terms of $\bar c$, $\bar h$, the gates and $\hat c$, for $t = 2, \dots, T$.",
            answer=Answer(lstm_memory_back),
            marks=3,
            mistakes=(
                Mistake(
                    r"\bar{c}_{t,j} f_{t,j}",
                    "The memory of step $t - 1$ also made the state of its own step.",
                    1,
                    "dropped-path",
                ),
                Mistake(
                    r"\bar{c}_{t,j} f_{t,j} + \bar{h}_{t-1,j} o_{t-1,j}",
                    r"Between memory and state lies a $\tanh$.",
                    2,
                    "missing-chain-factor",
                ),
                Mistake(
                    r"\bar{c}_{t,j} f_{t,j} + \bar{h}_{t,j} o_{t,j} (1 - \hat{c}_{t,j}^2)",
                    "Which state does $c_{t-1}$ make directly?",
                    1,
                    "index-shift",
                ),
                Mistake(
                    r"\bar{c}_{t,j} i_{t,j} + \bar{h}_{t-1,j} o_{t-1,j} (1 - \hat{c}_{t-1,j}^2)",
                    "Which gate does the old memory pass?",
                    1,
                    "gate-confused",
                ),
            ),
            hints=(
                r"$c_{t-1,j}$ goes two ways: into $c_{t,j}$ and into $h_{t-1,j}$.",
                r"The first way gives $\bar c_{t,j} f_{t,j}$.",
                r"The second one gives $\bar h_{t-1,j}$ times the slope of $o \tanh(c)$.",
            ),
        ),
        "c": Part(
            ask=r"Give $\partial L/\partial W^f_{j,k}$ in terms of $\bar c$, $c$, $f$ and $h$.",
            answer=Answer(lstm_forget_weights),
            marks=3,
            mistakes=(
                Mistake(
                    r"\sum_{t=1}^{T} \bar{c}_{t,j} c_{t-1,j} f_{t,j} h_{t-1,k}",
                    r"You used the value of $\sigma$ and not its slope.",
                    2,
                    "value-for-slope",
                ),
                Mistake(
                    r"\sum_{t=1}^{T} \bar{c}_{t,j} f_{t,j} (1 - f_{t,j}) h_{t-1,k}",
                    "What is the gate multiplied with?",
                    1,
                    "missing-chain-factor",
                ),
                Mistake(
                    r"\sum_{t=1}^{T} \bar{c}_{t,j} c_{t,j} f_{t,j} (1 - f_{t,j}) h_{t-1,k}",
                    "The gate weighs the *old* memory.",
                    2,
                    "new-value-for-old",
                ),
                Mistake(
                    r"\bar{c}_{T,j} c_{T-1,j} f_{T,j} (1 - f_{T,j}) h_{T-1,k}",
                    "The same weight is used at every step.",
                    1,
                    "missing-sum",
                ),
            ),
            hints=(
                r"At one step: $\partial L/\partial f_{t,j} = \bar c_{t,j}\, c_{t-1,j}$.",
                r"Through $\sigma$: times $f_{t,j} (1 - f_{t,j})$.",
                r"Then $\partial a^f_{t,j}/\partial W^f_{j,k} = h_{t-1,k}$; add over the steps.",
            ),
        ),
        "d": Part(
            ask="Which start keeps gradients alive along the memory?",
            answer=Choice(
                "a large positive bias of the forget gate",
                "a large negative bias of the forget gate",
                "a large positive bias of the input gate",
                why="It opens the forget gate: its value, which is the factor along the memory at each step, is then close to 1.",
            ),
            mistakes=(
                Mistake("a large negative bias of the forget gate", "Put $f = 0$ into (b).", 0, "opposite"),
                Mistake("a large positive bias of the input gate", "Is the input gate in (b)?", 0, "gate-confused"),
            ),
            hints=(
                "For which $f$ does (b) carry $\\bar c$ on unchanged?",
                "A sigmoid is close to this value where the sum in it is large and positive. Which sum can a bias move there?",
            ),
        ),
    },
)
