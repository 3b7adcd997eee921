"""Problem Set 03, problem 9: kernel size from shapes, parameters, multiplications."""

from derive import Integers, IntegerSet, Mistake, Number, Part, Problem
from derive.derivations import layers

problem = Problem(
    title="A layer from its shapes",
    topics=("convolution", "counting"),
    source="003_a2d52afd229cfba6.txt §9",
    difficulty=1,
    params={
        "O": Integers(20, 70),
        "S": Integers(2, 4),
        "k": Integers(5, 11),
        "C": Integers(3, 16),
        "M": Integers(16, 96),
    },
    where=lambda p: p["k"] > p["S"],
    fixed={309: {"O": 66, "S": 3, "k": 10, "C": 10, "M": 96}},
    statement=r"""
A convolutional layer without padding turns an input of size $<< S*(O-1) + k >> \times << S*(O-1) + k >> \times << C >>$ into an
output of size $<< O >> \times << O >> \times << M >>$. Its stride is $S = << S >>$ and its kernel is a square of side $K$. The kernel is
placed every $S$ pixels as long as it fits, so the output's side is $\lfloor (I - K)/S \rfloor + 1$ for an input of side $I$.
""",
    working=(layers.kernel_range, layers.parameter_count, layers.multiplication_count),
    parts={
        "a": Part(
            ask="Which kernel sizes $K$ are possible? List all of them.",
            answer=lambda p: IntegerSet(
                layers.kernel_range,
                {"I": p["S"] * (p["O"] - 1) + p["k"], "P": 0, "S": p["S"], "O": p["O"]},
                "K",
            ),
            marks=2,
            mistakes=(
                Mistake(
                    "{<< k >>}",
                    "One of the sizes, but not all: the floor forgets what is left over, so smaller kernels give the same output.",
                    keeps=1,
                    id="one-of-several",
                ),
                Mistake("{<< k + 1 >>}", "With that kernel the last place no longer fits.", id="off-by-one"),
            ),
            hints=("Undo the floor: $m = \\lfloor q \\rfloor$ means $m \\le q < m + 1$.",),
        ),
        "b": Part(
            ask="How many trainable parameters does the layer have with $K = << k >>$ and one bias for each output channel?",
            answer=lambda p: Number.from_derivation(layers.parameter_count, K=p["k"], C=p["C"], M=p["M"]),
            mistakes=(
                Mistake("M C K^2", "The biases are missing: one for each output channel.", id="missing-bias"),
                Mistake(
                    "C K^2 + 1", "That is one filter; there is one for each output channel.", id="channels-forgotten"
                ),
            ),
            hints=(
                "How many weights does one filter have?",
                "One filter spans all input channels, and each output channel has a filter and a bias of its own.",
            ),
        ),
        "c": Part(
            ask="How many multiplications does one pass take with $K = << k >>$?",
            answer=lambda p: Number.from_derivation(
                layers.multiplication_count, K=p["k"], C=p["C"], M=p["M"], O=p["O"]
            ),
            mistakes=(
                Mistake("O^2 C K^2", "That is one output channel; there are << M >>.", id="channels-forgotten"),
                Mistake(
                    "M C K^2", "That is one place of the output; there are $<< O >> \\times << O >>$.", id="missing-sum"
                ),
            ),
            hints=(
                "How many multiplications does one output value take?",
                "Each value takes as many as a filter has weights; then count the values, over places and channels.",
            ),
        ),
    },
)
