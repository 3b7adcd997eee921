"""Parameters of ordinary, pointwise and depthwise convolutions."""

from derive import Answer, Integers, Mistake, Number, Part, Problem, Values
from derive.derivations.layers import multiplication_count, parameter_count

RATIO = "s := M*C*K**2; d := C*K**2 + M*C; r := d/s"

problem = Problem(
    title="Counting the parameters of convolutions",
    topics=("convolution", "counting", "depthwise separable convolution"),
    difficulty=1,
    params={"C": Integers(8, 32), "M": Integers(8, 48), "k": Integers(1, 2), "O": Integers(10, 30)},
    where=lambda p: p["M"] not in (p["C"], (2 * p["k"] + 1) ** 2),
    statement=r"""
A convolutional layer turns $C = << C >>$ channels into $M = << M >>$ channels with square kernels of side $K = << 2*k + 1 >>$ and one bias for each output channel. Every output
channel reads all input channels, unless it is said otherwise.
""",
    working=(parameter_count, multiplication_count),
    parts={
        "a": Part(
            ask="Give the number of weights and biases as a formula in $C$, $M$ and $K$.",
            answer=Answer(parameter_count),
            mistakes=(
                Mistake("M C K^2", "There are biases as well.", 0, "missing-bias"),
                Mistake("M (K^2 + 1)", "A filter has weights for every input channel.", 0, "channels-forgotten"),
                Mistake(
                    "M C (K^2 + 1)",
                    "There is one bias for an output channel, not for each pair of channels.",
                    0,
                    "bias-added",
                ),
            ),
            hints=(
                "One filter has a weight for every tap and every input channel.",
                "There are $M$ filters, each with one bias.",
            ),
        ),
        "b": Part(
            ask="How many weights and biases has this layer if its kernels are $1 \\times 1$?",
            answer=lambda p: Number.from_derivation(parameter_count, C=p["C"], M=p["M"], K=1),
            mistakes=(
                Mistake("<< M*C >>", "There are biases as well.", 0, "missing-bias"),
                Mistake("<< 2*M >>", "A $1 \\times 1$ filter still mixes all input channels.", 0, "channels-forgotten"),
            ),
            hints=("Put $K = 1$ into (a).",),
        ),
        "c": Part(
            ask="A *depthwise* layer has one kernel of side << 2*k + 1 >> for each of its << C >> channels, which reads that channel alone, and a bias for each. How many weights and biases has it?",
            answer=lambda p: Number.from_derivation(parameter_count, C=1, M=p["C"], K=2 * p["k"] + 1),
            mistakes=(
                Mistake("<< C*(C*(2*k+1)**2 + 1) >>", "Each kernel reads one channel only.", 0, "channels-forgotten"),
                Mistake("<< C*(2*k+1)**2 >>", "There are biases as well.", 0, "missing-bias"),
            ),
            hints=("It is like a layer with one input channel, once for each channel.",),
        ),
        "d": Part(
            ask="A depthwise layer with these kernels, then a $1 \\times 1$ layer from << C >> to << M >> channels, replaces the layer of (a). Leave biases out everywhere. Which share of the weights of (a) do the two have together? Give an exact fraction.",
            answer=lambda p: Values(RATIO, {"C": p["C"], "M": p["M"], "K": 2 * p["k"] + 1}, "r", shown=("s", "d", "r")),
            marks=2,
            mistakes=(
                Mistake("1/<< M >>", "The $1 \\times 1$ layer has weights too.", 1, "dropped-path"),
                Mistake("1/<< (2*k+1)**2 >>", "The depthwise layer has weights too.", 1, "dropped-path"),
                Mistake(
                    "<< M*(2*k+1)**2 >>/<< M + (2*k+1)**2 >>",
                    "That is how many times fewer; a share is below 1.",
                    1,
                    "reciprocal",
                ),
            ),
            hints=("Depthwise: $C K^2$ weights; $1 \\times 1$: $MC$.", "Divide the sum by $M C K^2$: the $C$ cancels."),
        ),
        "e": Part(
            ask="The output has << O >> × << O >> places. How many multiplications does the layer of (a) take?",
            answer=lambda p: Number.from_derivation(
                multiplication_count, C=p["C"], M=p["M"], K=2 * p["k"] + 1, O=p["O"]
            ),
            mistakes=(
                Mistake("<< O*O*C*(2*k+1)**2 >>", "There are << M >> output channels.", 0, "channels-forgotten"),
                Mistake("<< O*M*C*(2*k+1)**2 >>", "The output has two sides.", 0, "missing-power"),
            ),
            hints=("Each output number takes $C K^2$ multiplications.",),
        ),
    },
)
