"""The parameters and multiplications of multi-head attention, and of a transformer's block."""

from derive import Choice, Integers, Mistake, Number, Part, Problem
from derive.derivations import attention_facts, transformer_counts

problem = Problem(
    title="Counting in multi-head attention",
    topics=("attention", "transformers", "counting"),
    difficulty=1,
    params={"H": Integers(2, 8), "d": Integers(3, 9), "n": Integers(10, 30), "r": Integers(2, 4)},
    where=lambda p: p["H"] != p["d"],
    statement=r"""
Multi-head attention has $H = << H >>$ heads. The input is a sequence of $n = << n >>$ vectors with $E = H d$ entries each, where $d = << d >>$. Each head
maps every input to a query, a key and a value with $d$ entries, by a matrix each. The heads' outputs, side by side, go through one more
$E \times E$ matrix. No biases are used.
""",
    working=(
        attention_facts.head_parameters,
        attention_facts.head_multiplications,
        transformer_counts.feed_forward_parameters,
    ),
    parts={
        "a": Part(
            ask="How many parameters do all these matrices have together?",
            answer=lambda p: Number.from_derivation(
                attention_facts.head_parameters, E=p["H"] * p["d"], H=p["H"], d=p["d"]
            ),
            mistakes=(
                Mistake("<< 3*(H*d)**2 >>", "One more matrix joins the heads.", id="constant-dropped"),
                Mistake(
                    "<< 3*H*d*d + (H*d)**2 >>",
                    "Each head reads whole input vectors, of all $E$ entries.",
                    id="channels-forgotten",
                ),
                Mistake(
                    "<< 4*H*(H*d)**2 >>",
                    "A head's query, key and value are shorter than the input.",
                    id="own-head-size",
                ),
            ),
            hints=(
                "One head's query matrix has $d$ rows and $E$ columns.",
                "All heads' query matrices under each other form an $E \\times E$ matrix.",
            ),
        ),
        "b": Part(
            ask="How many multiplications does one pass take: for queries, keys and values, all scores (query times key), all weighted sums of values, and the last "
            "matrix? The softmax and its scaling do not count.",
            answer=lambda p: Number.from_derivation(
                attention_facts.head_multiplications, n=p["n"], E=p["H"] * p["d"], H=p["H"], d=p["d"]
            ),
            marks=2,
            mistakes=(
                Mistake(
                    "<< 4*n*(H*d)**2 >>",
                    "Scores and weighted sums are multiplications as well.",
                    keeps=1,
                    id="missing-sum",
                ),
                Mistake(
                    "<< 4*n*(H*d)**2 + n*n*H*d >>",
                    "Scores and weighted sums take $n^2 d$ in each head, each of the two.",
                    keeps=1,
                    id="lost-two",
                ),
                Mistake(
                    "<< 4*(H*d)**2 + 2*n*n*H*d >>",
                    "The matrices are applied to every vector of the sequence.",
                    keeps=1,
                    id="batch-forgotten",
                ),
            ),
            hints=(
                "The four matrices take $E^2$ multiplications each, for every vector.",
                "In one head each of the $n^2$ scores takes $d$ multiplications.",
                "The weighted sums take as many as the scores.",
            ),
        ),
        "c": Part(
            ask="The same $E$ is now split among twice as many heads of half the size. What happens to the number of parameters?",
            answer=Choice(
                "it stays the same",
                "it doubles",
                "it halves",
                "it grows fourfold",
                why="A head's matrices are $E$ by half as much as before, and there are twice as many: together they are as large as before.",
            ),
            mistakes=(
                Mistake(
                    "it doubles", "There are twice as many heads, but look at the size of each.", id="own-head-size"
                ),
                Mistake("it halves", "Each head is half the size, but there are more of them.", id="own-head-size"),
            ),
            hints=(
                "Write the number of parameters with $E$ alone.",
                "The four matrices of (a) have $E^2$ entries each, however many heads share them.",
            ),
        ),
        "d": Part(
            ask="After attention comes a feed-forward block that works on each vector by itself: a layer from $E$ to $rE$ units with $r = << r >>$, and one back to $E$, "
            "both with biases. How many parameters has it?",
            answer=lambda p: Number.from_derivation(
                transformer_counts.feed_forward_parameters, E=p["H"] * p["d"], r=p["r"], H=1
            ),
            mistakes=(
                Mistake("<< 2*r*(H*d)**2 >>", "The biases are missing.", id="missing-bias"),
                Mistake(
                    "<< 2*r*(H*d)**2 + 2*H*d >>",
                    "A layer has one bias for each of its outputs; the two layers differ.",
                    id="missing-bias",
                ),
                Mistake(
                    "<< n*(2*r*(H*d)**2 + r*H*d + H*d) >>",
                    "The same weights serve every vector of the sequence.",
                    id="extra-sum",
                ),
            ),
            hints=("The first layer has $rE \\cdot E$ weights.", "It has $rE$ biases; the second layer has fewer."),
        ),
    },
)
