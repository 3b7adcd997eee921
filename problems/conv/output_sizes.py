"""How large the output of a convolution is: stride, padding, dilation."""

from derive import Integers, Mistake, Number, Part, Problem, Values
from derive.derivations.conv_sizes import full_padding, same_padding, strided_size


def side(p, span, dilation=1):
    """Places of a kernel that spans so many pixels, with stride."""
    return (p["I"] + 2 * p["P"] - dilation * span) // p["S"] + 1


def different(p):
    """Whether the answers of (a) and (b) and their foreseen mistakes are all different."""
    taps = 2 * p["k"] + 1
    sizes = (side(p, taps), side(p, p["r"] * (taps - 1) + 1), side(p, p["r"] * taps), side(p, taps) - 1)
    return len(set(sizes)) == len(sizes) and p["P"] != p["k"]


problem = Problem(
    title="How large is the output?",
    topics=("convolution", "sizes", "stride", "padding", "dilation"),
    difficulty=1,
    params={"I": Integers(24, 60), "k": Integers(1, 3), "P": Integers(1, 3), "S": Integers(2, 4), "r": Integers(2, 3)},
    where=different,
    statement=r"""
A convolution reads a square input of side $I = << I >>$ with a square kernel of side $K = << 2*k + 1 >>$. With the padding $P$, that many zeros are added on *each* side. With
the stride $S$ the kernel is placed every $S$ pixels as long as it fits; with the dilation $r$ neighbouring taps look at pixels $r$ apart ($r = 1$: side by side).
""",
    working=(strided_size, same_padding, full_padding),
    parts={
        "a": Part(
            ask="Give the side of the output for $P = << P >>$, $S = << S >>$ and $r = 1$.",
            answer=lambda p: Number.from_derivation(strided_size, I=p["I"], K=2 * p["k"] + 1, P=p["P"], S=p["S"], r=1),
            mistakes=(
                Mistake("<< (I + 2*P - 2*k - 1)//S >>", "The first place counts as well.", 0, "off-by-one"),
                Mistake("<< I + 2*P - 2*k >>", "The kernel does not go everywhere.", 0, "missing-stride"),
                Mistake("<< (I - 2*k - 1)//S - 1 >>", "Zeros are added, not taken off.", 0, "missing-padding"),
            ),
            hints=(
                "Padded, the input has the side $I + 2P$.",
                "The last place is the largest multiple of $S$ that is at most $I + 2P - K$; count from place 0 on.",
            ),
        ),
        "b": Part(
            ask="Give the side of the output for $P = << P >>$, $S = << S >>$ and $r = << r >>$.",
            answer=lambda p: Number.from_derivation(
                strided_size, I=p["I"], K=2 * p["k"] + 1, P=p["P"], S=p["S"], r=p["r"]
            ),
            mistakes=(
                Mistake(
                    "<< (I + 2*P - r*(2*k + 1))//S + 1 >>",
                    "Between $K$ taps there are $K - 1$ gaps: how many pixels do they span?",
                    0,
                    "off-by-one",
                ),
                Mistake(
                    "<< (I + 2*P - 2*k - 1)//S + 1 >>", "The taps are not side by side here.", 0, "stride-for-dilation"
                ),
            ),
            hints=("A dilated kernel spans $r (K - 1) + 1$ pixels.", "Use this span in place of $K$."),
        ),
        "c": Part(
            ask="Stride and dilation are 1. Which padding gives an output as large as the input?",
            answer=lambda p: Values("P := (K - 1)/2", {"K": 2 * p["k"] + 1}, "P", comes=same_padding),
            mistakes=(
                Mistake("<< 2*k >>", "The padding is added on both sides.", 0, "lost-half"),
                Mistake("<< 2*k + 1 >>", "The kernel's middle may lie on the edge.", 0, "own-whole-kernel"),
            ),
            hints=("Solve $I + 2P - K + 1 = I$.",),
        ),
        "d": Part(
            ask="Stride and dilation are 1. What is the largest output for which the kernel still meets the input at every place?",
            answer=lambda p: Number.from_derivation(full_padding, I=p["I"], K=2 * p["k"] + 1),
            mistakes=(
                Mistake("<< I - 2*k >>", "That is the output without padding, the smallest one.", 0, "missing-padding"),
                Mistake("<< I + 4*k >>", "That counts places where the kernel sees zeros alone.", 0, "off-by-one"),
            ),
            hints=("The kernel may hang over by all of its taps but one.", "So $P = K - 1$."),
        ),
    },
)
