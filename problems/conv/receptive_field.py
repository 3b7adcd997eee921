"""Problem Set 03, problem 10: the receptive field in closed form."""

from derive import Answer, Integers, Mistake, Number, Part, Problem
from derive.derivations import receptive


def network(p):
    return {"k": [p["k1"], p["k2"], p["k3"]], "s": [p["s1"], p["s2"], p["s3"]], "n": 3}


problem = Problem(
    title="The receptive field of a deep unit",
    topics=("convolution", "receptive field"),
    source="003_a2d52afd229cfba6.txt §10",
    difficulty=2,
    params={
        "k1": Integers(3, 7),
        "k2": Integers(2, 5),
        "k3": Integers(2, 5),
        "s1": Integers(2, 3),
        "s2": Integers(2, 3),
        "s3": Integers(1, 3),
    },
    where=lambda p: p["s1"] != p["s2"],
    statement=r"""
A network is a stack of $n$ convolutional layers. Layer $i$ has kernel size $k_i$ and stride $s_i$, counted from the input. The receptive
field $r_n$ of a unit in layer $n$ is the span, from the first to the last, of the inputs that can change it (along one axis).
""",
    working=(receptive.receptive_field,),
    parts={
        "a": Part(
            ask="Give $r_n$ in closed form, for general $k_i$ and $s_i$.",
            answer=Answer(receptive.receptive_field),
            marks=4,
            mistakes=(
                Mistake(
                    r"1 + \sum_{i=1}^{n} (k_i - 1) \prod_{j=1}^{i} s_j",
                    "A layer's own stride spaces the units above it, not the inputs it reads: stop the product at $i - 1$.",
                    keeps=2,
                    id="wrong-bound",
                ),
                Mistake(
                    r"1 + \sum_{i=1}^{n} (k_i - 1)",
                    "That is right for strides of 1 only: a step of one unit higher up is a jump of several inputs.",
                    keeps=1,
                    id="missing-stride",
                ),
                Mistake(
                    r"1 + \sum_{i=1}^{n} k_i \prod_{j=1}^{i-1} s_j",
                    "Of a kernel's $k$ places the first adds nothing new: $k - 1$ steps make $k$ places.",
                    keeps=2,
                    id="off-by-one",
                ),
            ),
            hints=(
                "How much does layer $n$ add to what a unit of layer $n - 1$ sees?",
                "Neighbouring units of layer $n - 1$ are $s_1 s_2 \\cdots s_{n-1}$ inputs apart.",
            ),
        ),
        "b": Part(
            ask="What is $r_3$ for kernels $<< k1 >>, << k2 >>, << k3 >>$ and strides $<< s1 >>, << s2 >>, << s3 >>$?",
            answer=lambda p: Number.from_derivation(receptive.receptive_field, **network(p)),
            mistakes=(
                Mistake("<< k1 + k2 + k3 - 2 >>", "The strides are missing.", id="missing-stride"),
                Mistake(
                    "<< 1 + (k1-1)*s1 + (k2-1)*s1*s2 + (k3-1)*s1*s2*s3 >>",
                    "A layer's own stride does not widen what it reads.",
                    id="wrong-bound",
                ),
            ),
            hints=(
                "Go layer by layer from the input: by how many inputs does each one widen the field?",
                "A layer with kernel $k$ adds $k - 1$ steps; a step is as long as the product of the strides before it.",
            ),
        ),
    },
)
