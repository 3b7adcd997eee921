"""One recurrent unit over many steps."""

from derive import Answer, Integers, Mistake, Part, Problem, Values
from derive.derivations.sequences_jacobian import rnn_unit_product

STEPS = "L := (w*s)**T"
HALF = "n := log(2)/log(1/(w*s))"


def given(p):
    return {"w": p["w"] / 10, "s": p["s"] / 10}


problem = Problem(
    title="One recurrent unit over many steps",
    topics=("recurrent networks", "vanishing gradients"),
    difficulty=1,
    params={"w": Integers(6, 11), "s": Integers(5, 9), "T": Integers(3, 5)},
    where=lambda p: p["w"] * p["s"] != 50,
    statement=r"""
One recurrent unit has the states $h_t = f(z_t)$ with $z_t = w\, h_{t-1} + \sum_{k=1}^{n} u_k x_{t,k} + b$ for $t = 1, \dots, T$. The activation $f$ is smooth; the
inputs $x_t \in \mathbb{R}^n$ do not depend on the state.
""",
    working=(rnn_unit_product,),
    parts={
        "a": Part(
            ask=r"Give $\partial h_T/\partial h_0$ in terms of $w$, $z$ and $f'$.",
            answer=Answer(rnn_unit_product),
            marks=2,
            mistakes=(
                Mistake(r"w \prod_{t=1}^{T} f'(z_t)", "Each step has both factors.", 1, "missing-power"),
                Mistake(
                    r"\sum_{t=1}^{T} w f'(z_t)",
                    "Slopes of functions one inside the other multiply.",
                    0,
                    "own-sum-for-product",
                ),
                Mistake(r"\prod_{t=1}^{T-1} w f'(z_t)", "Count the steps from $h_0$ to $h_T$.", 1, "fencepost-T"),
                Mistake(r"w^T", "What about the activation?", 1, "missing-chain-factor"),
            ),
            hints=(
                r"One step: $\partial h_t/\partial h_{t-1} = f'(z_t)\, w$.",
                r"The chain rule multiplies the steps, from $t = 1$ to $t = T$.",
            ),
        ),
        "b": Part(
            ask=r"Let $w = << w/10 >>$ and $f'(z_t) = << s/10 >>$ at every step. Give this slope over $T = << T >>$ steps, to five decimals.",
            answer=lambda p: Values(
                STEPS.replace("T", str(p["T"])),
                given(p),
                "L",
                digits=5,
                latex={"s": "f'", "L": r"\frac{\partial h_T}{\partial h_0}"},
            ),
            mistakes=(
                Mistake("<< '%.5f' % ((w*s/100)**(T-1)) >>", "Count the steps.", 0, "fencepost-T"),
                Mistake("<< '%.5f' % (T*w*s/100) >>", "Slopes multiply.", 0, "own-sum-for-product"),
                Mistake("<< '%.5f' % ((w/10)**T) >>", "The activation has a slope too.", 0, "missing-chain-factor"),
            ),
            hints=("All factors are equal.", "Each is $w f'$: take its power $T$."),
        ),
        "c": Part(
            ask="With these numbers, after how many steps is the slope a half? Give the number, which need not be whole, to two decimals.",
            answer=lambda p: Values(HALF, given(p), "n", digits=2, latex={"s": "f'"}),
            mistakes=(
                Mistake("<< '%.2f' % (1/(2*w*s/100)) >>", "Solve $(w f')^n = \\frac12$.", 0, "own-sum-for-product"),
                Mistake("<< '%.2f' % (-50/(w*s)) >>", "Solve $(w f')^n = \\frac12$ with logarithms.", 0, "sign"),
            ),
            hints=(
                r"Take the logarithm of $(w f')^n = \frac12$.",
                r"$n$ is the logarithm of $\frac12$, divided by that of $w f'$.",
            ),
        ),
    },
)
