"""A GRU in letters and in numbers."""

from math import exp

from derive import Answer, Integers, Mistake, Part, Problem, Values
from derive.derivations.sequences_gru import gru_candidate_weights, gru_update_weights

CELL = "z := sigmoid(a); r := sigmoid(b); n := tanh(x + r*s); L := (1 - z)*n + z*s"


def given(p):
    return {"a": p["a"] / 2, "b": p["b"] / 2, "x": p["x"] / 4, "s": p["s"] / 4}


def wrong(p, rule):
    return Values(f"{CELL}; {rule}", given(p), "q", digits=4).typed()


problem = Problem(
    title="The gates of a GRU",
    topics=("recurrent networks", "GRU", "backpropagation through time"),
    difficulty=3,
    params={"a": Integers(-3, 3), "b": Integers(-3, 3), "x": Integers(1, 4), "s": Integers(-4, -1)},
    where=lambda p: p["a"] != 0 and p["b"] != 0 and abs(p["x"] + p["s"] / (1 + exp(-p["b"] / 2))) > 0.8,
    statement=r"""
A GRU with $m$ units has at step $t = 1, \dots, T$ an update gate $z_t$, a reset gate $r_t$ and a candidate $n_t$, all in $\mathbb{R}^m$; a *large* update gate keeps the old state:

$$h_{t,j} = (1 - z_{t,j})\, n_{t,j} + z_{t,j}\, h_{t-1,j}, \qquad z_{t,j} = \sigma\Bigl(\sum_k W^z_{j,k} h_{t-1,k} + \dots\Bigr), \qquad
n_{t,j} = \tanh\Bigl(r_{t,j} \bigl(\sum_k W^n_{j,k} h_{t-1,k} + \dots\bigr) + \dots\Bigr).$$

The dots hold inputs and biases, and $\sigma(u) = 1/(1 + e^{-u})$. $\bar h_{t,j}$ is the slope of the loss in $h_{t,j}$, all later steps included.
""",
    working=(gru_update_weights, gru_candidate_weights),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial W^z_{j,k}$ in terms of $\bar h$, $h$, $n$ and $z$.",
            answer=Answer(gru_update_weights),
            marks=3,
            mistakes=(
                Mistake(
                    r"\sum_{t=1}^{T} \bar{h}_{t,j} z_{t,j} (1 - z_{t,j}) h_{t-1,j} h_{t-1,k}",
                    "The gate also takes the candidate away.",
                    1,
                    "dropped-path",
                ),
                Mistake(
                    r"\sum_{t=1}^{T} \bar{h}_{t,j} z_{t,j} (1 - z_{t,j}) (n_{t,j} - h_{t-1,j}) h_{t-1,k}",
                    "Does a larger gate bring in more of the candidate here, or less?",
                    2,
                    "sign",
                ),
                Mistake(
                    r"\sum_{t=1}^{T} \bar{h}_{t,j} (h_{t-1,j} - n_{t,j}) h_{t-1,k}",
                    r"Through $\sigma$: its slope is missing.",
                    1,
                    "missing-chain-factor",
                ),
                Mistake(
                    r"\bar{h}_{T,j} z_{T,j} (1 - z_{T,j}) (h_{T-1,j} - n_{T,j}) h_{T-1,k}",
                    "The same weight is used at every step.",
                    1,
                    "missing-sum",
                ),
            ),
            hints=(
                r"At one step: $\partial h_{t,j}/\partial z_{t,j} = h_{t-1,j} - n_{t,j}$.",
                r"Through $\sigma$: times $z_{t,j} (1 - z_{t,j})$.",
                r"Then times $h_{t-1,k}$, and add over the steps.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial L/\partial W^n_{j,k}$ in terms of $\bar h$, $h$, $n$, $r$ and $z$.",
            answer=Answer(gru_candidate_weights),
            marks=3,
            mistakes=(
                Mistake(
                    r"\sum_{t=1}^{T} \bar{h}_{t,j} (1 - z_{t,j}) (1 - n_{t,j}^2) h_{t-1,k}",
                    "The reset gate weighs what these weights bring in.",
                    2,
                    "gate-confused",
                ),
                Mistake(
                    r"\sum_{t=1}^{T} \bar{h}_{t,j} z_{t,j} (1 - n_{t,j}^2) r_{t,j} h_{t-1,k}",
                    "With which factor does the candidate enter the state?",
                    2,
                    "complement",
                ),
                Mistake(
                    r"\sum_{t=1}^{T} \bar{h}_{t,j} (1 - z_{t,j}) r_{t,j} h_{t-1,k}",
                    r"The slope of $\tanh$ is missing.",
                    1,
                    "missing-chain-factor",
                ),
            ),
            hints=(
                r"$\partial h_{t,j}/\partial n_{t,j} = 1 - z_{t,j}$.",
                r"Through $\tanh$: times $1 - n_{t,j}^2$.",
                r"Inside, $W^n_{j,k}$ meets $r_{t,j} h_{t-1,k}$; add over the steps.",
            ),
        ),
        "c": Part(
            ask=r"One unit: $z = \sigma(<< a/2 >>)$, $r = \sigma(<< b/2 >>)$, $n = \tanh(<< x/4 >> + r h_0)$ with $h_0 = << s/4 >>$, and $h_1 = (1 - z)\, n + z h_0$. The gates do not move with $h_0$. Give $\mathrm{d}h_1/\mathrm{d}h_0$ to four decimals.",
            answer=lambda p: Values(
                CELL, given(p), "s_bar", digits=4, latex={"s": "h_0", "L": "h_1"}, shown=("z", "r", "n", "s_bar")
            ),
            marks=2,
            mistakes=lambda p: (
                Mistake(wrong(p, "q := z"), "The candidate moves with the old state too.", 1, "dropped-path"),
                Mistake(
                    wrong(p, "q := z + (1 - z)*(1 - n**2)"),
                    "The reset gate weighs the old state in the candidate.",
                    1,
                    "gate-confused",
                ),
                Mistake(
                    wrong(p, "q := (1 - z)*(1 - n**2)*r"), "The old state is also kept directly.", 1, "direct-path-only"
                ),
                Mistake(wrong(p, "q := z + (1 - z)*r"), r"The slope of $\tanh$ is missing.", 1, "missing-chain-factor"),
            ),
            hints=("Two ways: kept by $z$, and through the candidate.", r"The second one is $(1 - z)(1 - n^2)\, r$."),
        ),
    },
)
