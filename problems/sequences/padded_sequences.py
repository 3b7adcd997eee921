"""Sequences of different lengths in one batch: masks."""

from derive import Answer, Integers, Mistake, Part, Problem, Values
from derive.derivations.sequences_variants import masked_errors, masked_weights

MEAN = "L := sum(m[s,t]*l[s,t], s, t)/sum(m[s,t], s, t)"


def given(p):
    lengths = (p["a"], p["b"])
    losses = ((4, 1, 2, 9), (2, 4, 9, 9))
    return {"m": [[1 if t < n else 0 for t in range(4)] for n in lengths], "l": [list(row) for row in losses]}


def wrong(p, rule):
    return Values(f"{MEAN}; {rule}", given(p), "q").typed()


problem = Problem(
    title="Padded sequences",
    topics=("recurrent networks", "masks", "backpropagation through time"),
    difficulty=2,
    params={"a": Integers(3, 4), "b": Integers(1, 2)},
    statement=r"""
A recurrent network with $m$ units runs $T$ steps, but this sequence has only $r \le T$ of them; the rest is padding. For $t \le r$ its state is $h_{t,i} = \tanh(z_{t,i})$ with
$z_{t,i} = \sum_{j=1}^{m} W_{i,j} h_{t-1,j} + \sum_{k=1}^{n} U_{i,k} x_{t,k} + b_i$; for $t > r$ the state is carried on, $h_t = h_{t-1}$. The loss sees the last state $h_T$ alone.
$\bar h_{t,i}$ is the slope of the loss in $h_{t,i}$, all later steps included. Write $[t \le r]$ for 1 where the condition holds and 0 elsewhere.
""",
    working=(masked_errors, masked_weights),
    parts={
        "a": Part(
            ask=r"Give $\delta_{t,i} = \partial L/\partial z_{t,i}$ for $t = 1, \dots, T$ in terms of $\bar h$, $z$ and the slope $\tanh'$ (or $h$).",
            answer=Answer(masked_errors),
            accepts=(r"\bar{h}_{t,i} (1 - h_{t,i}^2) [t \le r]",),
            marks=2,
            mistakes=(
                Mistake(r"\bar{h}_{t,i} \tanh'(z_{t,i})", "What does $z_t$ do at a padded step?", 1, "mask-forgotten"),
                Mistake(
                    r"\bar{h}_{t,i} [t \le r]", "Between $z_t$ and $h_t$ lies an activation.", 1, "missing-chain-factor"
                ),
                Mistake(r"\bar{h}_{t,i} \tanh'(z_{t,i}) [t < r]", "Is step $r$ padding?", 1, "strict-for-weak"),
                Mistake(r"\bar{h}_{t,i} \tanh'(z_{t,i}) [t > r]", "Which steps are padding?", 0, "complement"),
            ),
            hints=(
                r"At a real step, $h_{t,i} = \tanh(z_{t,i})$.",
                r"At a padded step nothing reads $z_t$.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial L/\partial W_{i,j}$ in terms of $\bar h$, $h$, $z$ and $\tanh'$.",
            answer=Answer(masked_weights),
            accepts=(
                r"\sum_{t=1}^{r} \bar{h}_{t,i} (1 - h_{t,i}^2) h_{t-1,j}",
                r"\sum_{t=1}^{T} \delta_{t,i} h_{t-1,j}",
            ),
            marks=2,
            mistakes=(
                Mistake(
                    r"\sum_{t=1}^{T} \bar{h}_{t,i} \tanh'(z_{t,i}) h_{t-1,j}",
                    "Padded steps do not use the weights.",
                    1,
                    "mask-forgotten",
                ),
                Mistake(
                    r"\sum_{t=1}^{r} \bar{h}_{t,i} h_{t-1,j}",
                    "Between $z_t$ and $h_t$ lies an activation.",
                    1,
                    "missing-chain-factor",
                ),
                Mistake(
                    r"\sum_{t=1}^{r-1} \bar{h}_{t,i} \tanh'(z_{t,i}) h_{t-1,j}",
                    "Count the real steps.",
                    1,
                    "fencepost-T",
                ),
                Mistake(
                    r"\bar{h}_{r,i} \tanh'(z_{r,i}) h_{r-1,j}",
                    "The same weight is used at every real step.",
                    0,
                    "missing-sum",
                ),
            ),
            hints=(r"Step $t$ adds $\delta_{t,i} h_{t-1,j}$.", "Add over all steps; (a) is 0 at padded ones."),
        ),
        "c": Part(
            ask="A batch holds two sequences, of << a >> and << b >> steps, padded to four. The losses of their steps, padding included, are (4, 1, 2, 9) and (2, 4, 9, 9). Give the mean loss of a real step, exactly.",
            answer=lambda p: Values(MEAN, given(p), "L"),
            mistakes=lambda p: (
                Mistake(wrong(p, "q := sum(l[s,t], s, t)/8"), "Padding must not count.", 0, "mask-forgotten"),
                Mistake(
                    wrong(p, "q := sum(m[s,t]*l[s,t], s, t)/8"),
                    "By how many real steps do you divide?",
                    0,
                    "wrong-normaliser",
                ),
                Mistake(
                    wrong(p, "q := sum(sum(m[s,t]*l[s,t], t)/sum(m[s,t], t), s)/2"),
                    "That is the mean of the two sequences' means: a step of the short one would count more.",
                    0,
                    "own-mean-of-means",
                ),
            ),
            hints=(
                "Add the losses of the real steps, and count them.",
                "The first sequence counts with its first << a >> losses, the second one with << b >>: divide their sum by their number.",
            ),
        ),
    },
)
