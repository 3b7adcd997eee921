"""Problem Set 03, problem 5: backpropagation through a convolution, in one and two dimensions."""

from derive import Answer, Choice, Integers, Lines, Mistake, Number, Part, Problem
from derive.derivations import conv, layers

FLIP = "You flipped the filter. In this layer tap $u$ meets $x_{i+u-1}$: nothing is turned round on the way forward."
SHARED = "A filter weight is shared by every output: add its effect over all of them."

problem = Problem(
    title="Backpropagation through a convolution",
    topics=("convolution", "backpropagation"),
    source="003_a2d52afd229cfba6.txt §5",
    difficulty=3,
    params={"N": Integers(8, 14), "K": Integers(2, 4)},
    statement=r"""
A layer computes $y_i = \sum_{u=1}^{K} w_u\, x_{i+u-1}$ at every place where the filter fits: a *valid cross-correlation*, which
deep-learning libraries call convolution. The signal has $N = << N >>$ samples, the filter $K = << K >>$ taps.
Backpropagation has already delivered $g_i = \partial L/\partial y_i$ for every output. Outside its range $g$ counts as zero.

In two dimensions, $O_{i,j} = \sum_{u=1}^{K}\sum_{v=1}^{M} F_{u,v}\, X_{i+u-1,\,j+v-1}$ with an input $X$ of size $H \times W$, a filter
$F$ of size $K \times M$, and $G_{i,j} = \partial L/\partial O_{i,j}$, which counts as zero outside its range as well. Give these answers in
letters.
""",
    working=(
        layers.output_length,
        conv.filter_gradient_1d,
        conv.input_gradient_1d,
        conv.filter_gradient_2d,
        conv.input_gradient_2d,
    ),
    parts={
        "a": Part(
            ask="How many outputs does the one-dimensional layer have?",
            answer=lambda p: Number.from_derivation(layers.output_length, N=p["N"], K=p["K"]),
            mistakes=(
                Mistake(
                    "N - K",
                    "Place 1 counts too: count from the first to the last place where the filter fits.",
                    id="off-by-one",
                ),
                Mistake("N", "That needs padding; here the filter must fit inside the signal.", id="missing-padding"),
            ),
            hints=("Where does the filter start first, and where last?", "Its last place starts at $N - K + 1$."),
        ),
        "b": Part(
            ask=r"Give $\partial L/\partial w_u$.",
            answer=lambda p: Answer(conv.filter_gradient_1d, {"N": p["N"], "K": p["K"]}),
            marks=3,
            mistakes=(
                Mistake(
                    r"\sum_{i=1}^{N-K+1} g_i x_i",
                    "The index of the signal must move with the tap $u$.",
                    keeps=1,
                    id="index-shift",
                ),
                Mistake(r"g_u x_u", SHARED, keeps=1, id="missing-sum"),
            ),
            hints=("Which outputs use $w_u$?", "Every output uses it, with the sample $x_{i+u-1}$."),
        ),
        "c": Part(
            ask=r"Give $\partial L/\partial x_n$.",
            answer=lambda p: Answer(conv.input_gradient_1d, {"N": p["N"], "K": p["K"]}),
            marks=3,
            mistakes=(
                Mistake(
                    r"\sum_{u=1}^{K} w_u g_n",
                    "Each tap carries $x_n$ to another output: shift $g$ with $u$.",
                    keeps=1,
                    id="index-shift",
                ),
                Mistake(r"\sum_{u=1}^{K} w_{K-u+1} g_{n-u+1}", FLIP, keeps=2, id="flipped-kernel"),
            ),
            hints=("Output $y_i$ uses $x_n$ through the tap $u$ with $i + u - 1 = n$.",),
        ),
        "d": Part(
            ask=r"Give $\partial L/\partial F_{u,v}$.",
            answer=Answer(conv.filter_gradient_2d),
            marks=3,
            mistakes=(
                Mistake(
                    r"\sum_{i=1}^{H-K+1}\sum_{j=1}^{W-M+1} G_{i,j} X_{i,j}",
                    "The input's indices must move with $u$ and $v$.",
                    keeps=1,
                    id="index-shift",
                ),
                Mistake(r"G_{u,v} X_{u,v}", SHARED, keeps=1, id="missing-sum"),
            ),
            hints=(
                "Which outputs does $F_{u,v}$ reach, and what does each of them multiply it with?",
                "Every $O_{i,j}$ reads it once: add up over both indices.",
            ),
        ),
        "e": Part(
            ask=r"Give $\partial L/\partial X_{a,b}$.",
            answer=Answer(conv.input_gradient_2d),
            marks=3,
            mistakes=(
                Mistake(
                    r"\sum_{u=1}^{K}\sum_{v=1}^{M} F_{K-u+1,M-v+1} G_{a-u+1,b-v+1}",
                    "The filter is turned round twice here: $F_{u,v}$ meets $G_{a-u+1,b-v+1}$.",
                    keeps=2,
                    id="flipped-kernel",
                ),
                Mistake(
                    r"\sum_{u=1}^{K}\sum_{v=1}^{M} F_{u,v} G_{a,b}",
                    "Each weight carries $X_{a,b}$ to another output: shift $G$ with $u$ and $v$.",
                    keeps=1,
                    id="index-shift",
                ),
            ),
            hints=(
                "Which outputs read $X_{a,b}$, and through which tap?",
                "Output $(i, j)$ reads it through the tap with $i + u - 1 = a$ and $j + v - 1 = b$.",
            ),
        ),
        "f": Part(
            ask=r"Which operation on $X$ and $G$ is $\partial L/\partial F$?",
            answer=Choice(
                "cross-correlation",
                "convolution with a flipped filter",
                "elementwise product",
                why="A tap of $F$ meets in each output the input that lies as far from the output's own place as the tap does: the sum of $G$ times the shifted $X$, with nothing flipped.",
            ),
            mistakes=(
                Mistake(
                    "convolution with a flipped filter",
                    "Nothing is flipped: both indices of $X$ grow with those of $G$.",
                    id="flipped-kernel",
                ),
                Mistake(
                    "elementwise product",
                    "The result has the filter's size, and sums over all places.",
                    id="own-elementwise",
                ),
            ),
            hints=(
                "Compare your answer to (d) with the formula of the layer itself: what plays the part of the filter?",
                "In (d) the indices of $X$ grow together with those of $G$, and all places are added up.",
            ),
        ),
        "g": Part(
            ask=r"Derive (b) line by line, in letters: the chain rule over all outputs, what one output does with $w_u$, the result.",
            answer=Lines(conv.filter_gradient_1d),
            marks=3,
            hints=(
                r"Begin with the sum over all outputs of $g_i$ times the slope of $y_i$ in $w_u$.",
                r"Of the sum in $y_i$ only the summand with the tap $u$ depends on $w_u$.",
            ),
        ),
        "h": Part(
            ask=r"Derive (c) line by line, in letters: the chain rule over all outputs, the slope of one output in $x_n$, the result.",
            answer=Lines(conv.input_gradient_1d),
            marks=3,
            hints=(
                r"Begin with the sum over all outputs of $g_i$ times the slope of $y_i$ in $x_n$.",
                r"That slope is a sum over the taps $u$ with a bracket $[i + u - 1 = n]$: one of the two sums collapses.",
            ),
        ),
    },
)
