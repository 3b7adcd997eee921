"""Attention as a gate: how similarities, values and keys move what it gives."""

from derive import Answer, Mistake, Part, Problem, Symbol
from derive.derivations import attention_memory

problem = Problem(
    title="What moves an attention head's output",
    topics=("attention", "softmax", "Jacobian"),
    difficulty=3,
    statement=r"""
A query $\xi$ with $n$ entries meets $s$ keys $x_1, \dots, x_s$ (with $n$ entries each: $x_{t,k}$ is entry $k$ of key $t$) and $s$ values
$z_1, \dots, z_s$ (with $m$ entries each):

$$S_t = \frac{1}{\sqrt n} \sum_{k=1}^{n} \xi_k\, x_{t,k}, \qquad P_t = \frac{e^{S_t}}{\sum_{r=1}^{s} e^{S_r}}, \qquad F_c = \sum_{t=1}^{s} P_t\, z_{t,c}.$$

`[a = b]` is 1 where $a = b$ and else 0; you may write $\delta_{a,b}$ for it.
""",
    working=(attention_memory.gating_softmax, attention_memory.gating_values, attention_memory.gating_keys),
    parts={
        "a": Part(
            ask=r"Give $\partial P_t/\partial S_r$ in terms of $P$, for all $t$ and $r$.",
            answer=Answer(
                attention_memory.gating_softmax, symbols={"delta": Symbol(("T", "T"), "kronecker", r"\delta")}
            ),
            marks=2,
            mistakes=(
                Mistake(
                    "P_t (1 - P_t)",
                    "That is the diagonal; raising one similarity also lowers all other weights.",
                    keeps=1,
                    id="diagonal-only",
                ),
                Mistake(
                    "P_t (1 - P_r)",
                    "For $r \\ne t$ the weight must go down when another similarity goes up.",
                    keeps=1,
                    id="diagonal-only",
                ),
                Mistake(
                    "-P_t P_r",
                    "That is right off the diagonal. What is there more for $r = t$?",
                    keeps=1,
                    id="direct-path-only",
                ),
                Mistake(
                    "P_r (P_t - [r = t])",
                    "The sign: a higher similarity gives its own key more weight.",
                    keeps=1,
                    id="sign",
                ),
            ),
            hints=(
                "Numerator and denominator both depend on $S_r$: use the quotient rule.",
                "The numerator only moves for $r = t$, the denominator always.",
                "Write both terms with $P_t$ in front.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial F_c/\partial z_{r,e}$ for all $c$, $r$ and $e$.",
            answer=Answer(
                attention_memory.gating_values, symbols={"delta": Symbol(("m", "m"), "kronecker", r"\delta")}
            ),
            mistakes=(
                Mistake(
                    "P_r", "Entry $e$ of a value only goes into one entry of the output.", id="own-bracket-forgotten"
                ),
                Mistake("P_c [c = e]", "The weight belongs to the key $r$, not to an entry.", id="index-swapped"),
                Mistake("[c = e]", "Each value is weighted before it is added.", id="missing-chain-factor"),
            ),
            hints=(
                "$F_c$ is linear in the values, and the weights do not depend on them.",
                "Which terms of $\\sum_t P_t z_{t,c}$ hold $z_{r,e}$?",
            ),
        ),
        "c": Part(
            ask=r"Give $\partial F_c/\partial x_{r,k}$ for all $c$, $r$ and $k$, in terms of $\xi$, $P$, $z$, $F$ and $n$.",
            answer=Answer(attention_memory.gating_keys, means={"F": r"z^\top P"}),
            marks=4,
            mistakes=(
                Mistake(
                    r"\frac{1}{\sqrt n} \xi_k P_r z_{r,c}",
                    "Moving one key also takes weight away from all other keys.",
                    keeps=2,
                    id="direct-path-only",
                ),
                Mistake(
                    r"\xi_k P_r (z_{r,c} - F_c)", "The similarities are scaled.", keeps=3, id="missing-chain-factor"
                ),
                Mistake(
                    r"\frac{1}{\sqrt n} \xi_k P_r (1 - P_r) z_{r,c}",
                    "That is the way through the key's own weight alone; the other weights move as well.",
                    keeps=2,
                    id="diagonal-only",
                ),
                Mistake(
                    r"\frac{1}{n} \xi_k P_r (z_{r,c} - F_c)",
                    "Look at the scale of the similarities again.",
                    keeps=3,
                    id="missing-root",
                ),
            ),
            hints=(
                "The key only moves its own similarity $S_r$: how fast?",
                r"Add over all $t$: $\partial F_c/\partial S_r = \sum_t z_{t,c}\, \partial P_t/\partial S_r$, with (a).",
                "One of the two sums collapses, the other is an output that has a name.",
            ),
        ),
    },
)
