"""The size of a transposed convolution's output."""

from derive import Answer, Integers, Mistake, Number, Part, Problem
from derive.derivations.conv_sizes import transposed_size

problem = Problem(
    title="Upsampling by a transposed convolution",
    topics=("transposed convolution", "sizes"),
    difficulty=2,
    params={"I": Integers(4, 20), "K": Integers(3, 5), "S": Integers(2, 3), "P": Integers(1, 2)},
    where=lambda p: p["K"] > p["S"] != 2 * p["P"],
    statement=r"""
A transposed convolution goes the way of a convolution backwards: from an input of side $I$ it makes the *smallest* output of side $O$ from which a convolution with
the kernel side $K$, the stride $S$ and the padding $P$ on each side (no dilation) has exactly $I$ places. All of these are whole numbers.
""",
    working=(transposed_size,),
    parts={
        "a": Part(
            ask="Give $O$ in terms of $I$, $K$, $S$ and $P$.",
            answer=Answer(transposed_size),
            marks=2,
            mistakes=(
                Mistake(
                    r"S I + K - 2 P", "How many strides lie between the first and the last place?", 1, "off-by-one"
                ),
                Mistake(r"S (I - 1) + K + 2 P", "The padding is taken off again here.", 1, "sign"),
                Mistake(r"S (I - 1) + K - P", "There is padding on both sides.", 1, "lost-two"),
                Mistake(
                    r"\frac{I + 2 P - K}{S} + 1", "That is the way down; which size is given?", 0, "inverse-for-matrix"
                ),
            ),
            hints=(
                r"The convolution has $I = \lfloor (O + 2P - K)/S \rfloor + 1$ places.",
                r"The smallest $O$ leaves nothing over: $O + 2P - K = S (I - 1)$.",
            ),
        ),
        "b": Part(
            ask="What is $O$ for $I = << I >>$, $K = << K >>$, $S = << S >>$ and $P = << P >>$?",
            answer=lambda p: Number.from_derivation(transposed_size, **p),
            mistakes=(
                Mistake("<< S*I + K - 2*P >>", "Between $I$ places there are $I - 1$ strides.", 0, "off-by-one"),
                Mistake("<< S*(I - 1) + K >>", "The padding is taken off on both sides.", 0, "missing-padding"),
                Mistake("<< I + K - 1 - 2*P >>", "The stride spreads the input out.", 0, "missing-stride"),
            ),
            hints=("Put the numbers into (a).",),
        ),
    },
)
