"""A low-rank adapter: what it saves, and its gradients."""

from dataclasses import replace

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Symbol, Values
from derive.derivations import modern_mixing

DELIVERED = {"z_bar": Symbol(("m",), latex="G", meaning="the gradient of the loss in the output")}
first = replace(modern_mixing.lora_first, symbols={**modern_mixing.lora_first.symbols, **DELIVERED})
second = replace(modern_mixing.lora_second, symbols={**modern_mixing.lora_second.symbols, **DELIVERED})

problem = Problem(
    title="A low-rank adapter",
    topics=("fine-tuning", "low rank", "backpropagation"),
    difficulty=2,
    params={"m": Integers(20, 90), "n": Integers(20, 90), "k": Integers(2, 8)},
    where=lambda p: p["m"] != p["n"],
    statement=r"""
LoRA keeps a trained $m \times n$ matrix $W$ fixed and learns two small ones beside it, $A$ ($k \times n$) and $B$ ($m \times k$). With a fixed $\alpha > 0$ a layer computes

$$h_r = \sum_{j=1}^{n} A_{r,j}\, x_j, \qquad z_i = \sum_{j=1}^{n} W_{i,j}\, x_j + \alpha \sum_{r=1}^{k} B_{i,r}\, h_r.$$

Backpropagation has delivered $G_i = \partial L/\partial z_i$.
""",
    working=(first, second),
    parts={
        "a": Part(
            ask="How many numbers are learnt for $m = << m >>$, $n = << n >>$ and $k = << k >>$?",
            answer=lambda p: Values("c := k*(m + n)", dict(p), "c", latex={"c": r"\#"}),
            mistakes=(
                Mistake("<< m*n >>", "That many has $W$, which stays fixed.", id="own-full-matrix"),
                Mistake(
                    "<< k*m*n >>",
                    "The two matrices are multiplied, but each has only its own entries.",
                    id="own-product-for-sum",
                ),
                Mistake("<< m*n + k*(m + n) >>", "$W$ stays fixed.", id="own-full-matrix"),
            ),
            hints=(
                "Count the entries of $A$ and those of $B$.",
                "$A$ has $k n$ entries and $B$ has $m k$; $W$ is not learnt.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial L/\partial B_{i,r}$ in terms of $G$, $\alpha$ and $h$.",
            answer=Answer(second, means={"h": "A x"}),
            mistakes=(
                Mistake("G_i h_r", "The adapter is scaled.", id="constant-dropped"),
                Mistake(r"\alpha G_i x_r", "$B$ does not see the input itself.", id="slope-of-wrong-variable"),
                Mistake(r"\alpha G_r h_i", "Which index belongs to the output?", id="index-swapped"),
            ),
            hints=("Only $z_i$ holds $B_{i,r}$.",),
        ),
        "c": Part(
            ask=r"Give $\partial L/\partial A_{r,j}$ in terms of $G$, $\alpha$, $B$ and $x$.",
            answer=Answer(first),
            marks=3,
            mistakes=(
                Mistake(
                    r"\alpha x_j B_{i,r} G_i", "$h_r$ goes into every output: add over them.", keeps=1, id="missing-sum"
                ),
                Mistake(
                    r"\alpha x_j \sum_{i=1}^{m} G_i",
                    "On its way back the gradient goes through $B$.",
                    keeps=1,
                    id="missing-chain-factor",
                ),
                Mistake(r"x_j \sum_{i=1}^{m} B_{i,r} G_i", "The adapter is scaled.", keeps=2, id="constant-dropped"),
            ),
            hints=(
                "$A_{r,j}$ is in $h_r$ alone, with the factor $x_j$.",
                r"$\partial L/\partial h_r$ adds over all outputs that hold $h_r$.",
            ),
        ),
        "d": Part(
            ask="Training starts with $B = 0$ and a random $A$. Which of the two has a gradient of zero at the very first step?",
            answer=Choice(
                "A",
                "B",
                "both",
                "neither",
                why="The gradient in $A$ has the factor $B$, which is 0; that in $B$ has the factor $A x$, which is not.",
            ),
            mistakes=(
                Mistake("B", "Look at (b): is $B$ itself in it?", id="own-other-matrix"),
                Mistake("both", "Then training would never start.", id="own-both-zero"),
                Mistake("neither", "Put $B = 0$ into (b) and (c).", id="own-both-zero"),
            ),
            hints=(
                "Which of your two results holds $B$?",
                "A gradient that has $B$ as a factor is zero where $B$ is zero.",
            ),
        ),
    },
)
