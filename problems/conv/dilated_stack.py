"""The receptive field of a stack: ordinary, strided, dilated."""

from derive import Answer, Integers, Mistake, Number, Part, Problem, Values
from derive.derivations.receptive import receptive_field
from derive.derivations.receptive_back import receptive_field_downwards

DILATED = "r := 1 + sum((K - 1)*d[m], m)"

problem = Problem(
    title="How far does a stack of convolutions see?",
    topics=("convolution", "receptive field", "dilation", "stride"),
    difficulty=2,
    params={"k": Integers(1, 3), "a": Integers(2, 3), "b": Integers(2, 3), "n": Integers(3, 5)},
    where=lambda p: p["a"] != p["b"] and 2 ** p["n"] != 2 * p["k"] + 2,
    statement=r"""
The receptive field of a unit is the span of inputs, in samples from the first to the last one, that can change it. The layers of a stack are counted from the input on: layer $m$ is a
one-dimensional convolution with $k_m$ taps and the stride $s_m$.
""",
    working=(receptive_field, receptive_field_downwards),
    parts={
        "a": Part(
            ask="Give the receptive field of a unit of layer $n$, for all $k_1, \\dots, k_n$ and $s_1, \\dots, s_n$, without dilation.",
            answer=Answer(receptive_field),
            marks=3,
            mistakes=(
                Mistake(
                    r"1 + \sum_{m=1}^{n} (k_m - 1) \prod_{j=1}^{m} s_j",
                    "Does a layer's own stride change how far its units see?",
                    2,
                    "off-by-one",
                ),
                Mistake(
                    r"1 + \sum_{m=1}^{n} (k_m - 1)",
                    "Behind a stride, neighbouring units look further apart.",
                    1,
                    "missing-stride",
                ),
                Mistake(
                    r"\sum_{m=1}^{n} k_m \prod_{j=1}^{m-1} s_j",
                    "Windows of neighbouring taps overlap.",
                    1,
                    "off-by-one",
                ),
            ),
            hints=(
                r"Go up layer by layer: a unit of layer $m$ sees $k_m$ neighbouring units of layer $m - 1$.",
                r"These lie $(k_m - 1)$ jumps apart, so $r_m = r_{m-1} + (k_m - 1) J_{m-1}$.",
                r"The jump multiplies: $J_m = s_m J_{m-1}$ with $J_0 = 1$.",
            ),
        ),
        "b": Part(
            ask="Three layers have << 2*k + 1 >> taps each and the strides << a >>, << b >>, 1. Give the receptive field.",
            answer=lambda p: Number.from_derivation(
                receptive_field, n=3, k=[2 * p["k"] + 1] * 3, s=[p["a"], p["b"], 1]
            ),
            mistakes=(
                Mistake(
                    "<< 1 + 2*k*(a + a*b + a*b) >>",
                    "Does a layer's own stride change how far its units see?",
                    0,
                    "off-by-one",
                ),
                Mistake(
                    "<< 1 + 6*k >>", "Behind a stride, neighbouring units look further apart.", 0, "missing-stride"
                ),
                Mistake("<< 1 + 2*k*(1 + 1 + b) >>", "The strides are listed from the input on.", 0, "reversed-time"),
            ),
            hints=(
                "The jumps before the three layers are 1, << >> and so on: multiply strides from the input on.".replace(
                    "<< >>", "$s_1$"
                ),
            ),
        ),
        "c": Part(
            ask="Now << n >> layers have stride 1 and << 2*k + 1 >> taps, and the dilations $1, 2, 4, \\dots, << 2**(n-1) >>$: neighbouring taps look that many samples apart. Give the receptive field.",
            answer=lambda p: Values(DILATED, {"K": 2 * p["k"] + 1, "d": [2**i for i in range(p["n"])]}, "r"),
            marks=2,
            mistakes=(
                Mistake("<< 1 + 2*k*n >>", "That is for layers without dilation.", 1, "stride-for-dilation"),
                Mistake("<< (2*k + 1)*(2**n - 1) >>", "Between $K$ taps there are $K - 1$ gaps.", 1, "off-by-one"),
                Mistake("<< 1 + 2*k*2**n >>", "Add up the dilations: $1 + 2 + 4 + \\dots$", 1, "off-by-one"),
            ),
            hints=("Each layer adds $K - 1$ times its dilation.", "The dilations add up to $2^n - 1$."),
        ),
    },
)
