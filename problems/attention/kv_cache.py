"""A key-value cache: how large it is, and what it saves."""

from derive import Answer, Integers, Mistake, Number, Part, Problem
from derive.derivations import transformer_counts as counts

problem = Problem(
    title="A cache for keys and values",
    topics=("attention", "transformers", "counting"),
    difficulty=2,
    params={"D": Integers(4, 12), "T": Integers(20, 90), "H": Integers(3, 8), "d": Integers(4, 9), "N": Integers(3, 6)},
    where=lambda p: p["H"] != p["N"],
    statement=r"""
A transformer writes a text token by token. One attention layer has $E \times E$ matrices for queries, keys, values and the output, with
$E = H d$ for $H$ heads of the size $d$. Keys and values of all earlier tokens can be kept (a cache). Multiplications are those of matrices with
vectors and of the two dot products (scores, weighted values); the softmax does not count.
""",
    working=(counts.cache_entries, counts.uncached),
    parts={
        "a": Part(
            ask="The model has $<< D >>$ such layers, $H = << H >>$ and $d = << d >>$. How many numbers does the cache hold after $<< T >>$ tokens of each of "
            "$<< N >>$ texts?",
            answer=lambda p: Number.from_derivation(
                counts.cache_entries, N=p["N"], D=p["D"], T=p["T"], H=p["H"], d=p["d"], E=p["H"] * p["d"]
            ),
            mistakes=(
                Mistake("<< N*D*T*H*d >>", "Keys *and* values are kept.", id="lost-two"),
                Mistake("<< 2*N*D*T*d >>", "Each head has keys and values of its own.", id="channels-forgotten"),
                Mistake("<< 2*D*T*H*d >>", "That is one text; each has a cache of its own.", id="batch-forgotten"),
                Mistake(
                    "<< 2*N*D*T*T*H*d >>",
                    "Scores are not kept: one key and one value for each token.",
                    id="wrong-exponent",
                ),
            ),
            hints=(
                "How many numbers are one token's key and value in one layer, over all heads?",
                "Multiply by layers, tokens and texts.",
            ),
        ),
        "b": Part(
            ask="With a cache, how many multiplications does one layer need for the newest of $T$ tokens? It looks at all $T$ tokens, itself included. "
            "Give it in terms of $E$ and $T$.",
            answer=Answer(counts.cached),
            marks=2,
            mistakes=(
                Mistake(
                    "4 T E^2 + 2 T^2 E",
                    "That works everything out again; with a cache only the newest token goes through the matrices.",
                    keeps=1,
                    id="own-no-cache",
                ),
                Mistake(
                    "4 E^2 + T E",
                    "Scores and weighted values both take $T$ dot products' worth.",
                    keeps=1,
                    id="lost-two",
                ),
                Mistake("3 E^2 + 2 T E", "The output has a matrix as well.", keeps=1, id="constant-dropped"),
            ),
            hints=(
                "The newest token goes through four matrices.",
                "Its query meets $T$ keys, and $T$ values are weighted.",
            ),
        ),
        "c": Part(
            ask=r"Without a cache the layer is run on all $T$ tokens again, and every token looks at all $T$ (masked or not). Let $M$ be your answer of (b). How many "
            "multiplications $N$ is that, in terms of $M$ and $T$?",
            answer=Answer(counts.uncached),
            mistakes=(
                Mistake("T^2 M", "Each of the $T$ tokens costs as much as the newest one.", id="wrong-exponent"),
                Mistake(
                    "M + T", "Each token costs as much as the newest one: that is a factor.", id="own-sum-for-product"
                ),
            ),
            hints=("What does each token cost when it is run?",),
        ),
    },
)
