"""An affine layer for a batch: where sums over examples arise."""

from derive import Answer, Choice, Mistake, Part, Problem
from derive.derivations.linear import batch_bias, batch_inputs, batch_weights

problem = Problem(
    title="An affine layer and a batch",
    topics=("backpropagation", "affine layer", "batches"),
    difficulty=1,
    statement=r"""
A batch has $N$ examples, one a row of $X \in \mathbb{R}^{N \times n}$. A layer with $m$ units computes
$Z_{s,i} = \sum_{j=1}^{n} W_{i,j} X_{s,j} + b_i$, that is $Z = X W^\top + \mathbf{1} b^\top$ with $W \in \mathbb{R}^{m \times n}$. The loss $L$ of the whole
batch is a function of $Z$, and $\Delta_{s,i} = \partial L/\partial Z_{s,i}$ is known: example $s$, unit $i$.
""",
    working=(batch_weights, batch_bias, batch_inputs),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial W_{i,j}$.",
            answer=Answer(batch_weights),
            marks=2,
            mistakes=(
                Mistake(
                    r"\frac{1}{N} \sum_{s=1}^{N} \Delta_{s,i} X_{s,j}",
                    r"Any mean is in $L$, and so in $\Delta$, already.",
                    1,
                    "mean-for-sum",
                ),
                Mistake(
                    r"\Delta_{i,i} X_{i,j}",
                    "Every example uses the same weight: go through all of them.",
                    0,
                    "missing-sum",
                ),
                Mistake(
                    r"\sum_{s=1}^{N} \Delta_{s,j} X_{s,i}",
                    "Row $i$ of $W$ makes unit $i$; column $j$ meets input $j$.",
                    1,
                    "index-swapped",
                ),
            ),
            hints=(
                r"$W_{i,j}$ is used in $Z_{s,i}$ for every example $s$.",
                r"Add the ways: $\sum_s \Delta_{s,i} \, \partial Z_{s,i}/\partial W_{i,j}$.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial L/\partial b_i$.",
            answer=Answer(batch_bias),
            mistakes=(
                Mistake(
                    r"\frac{1}{N} \sum_{s=1}^{N} \Delta_{s,i}",
                    r"Any mean is in $L$, and so in $\Delta$, already.",
                    0,
                    "mean-for-sum",
                ),
                Mistake(r"\sum_{s=1}^{N} \sum_{k=1}^{m} \Delta_{s,k}", "A bias moves one unit only.", 0, "extra-sum"),
            ),
            hints=(r"$b_i$ is added in every row.", r"Each row moves one for one with it."),
        ),
        "c": Part(
            ask=r"Give $\partial L/\partial X_{s,j}$.",
            answer=Answer(batch_inputs),
            marks=2,
            mistakes=(
                Mistake(
                    r"\sum_{i=1}^{m} \sum_{t=1}^{N} \Delta_{t,i} W_{i,j}",
                    "Another example's units do not read $X_{s,j}$.",
                    0,
                    "extra-sum",
                ),
                Mistake(
                    r"\sum_{i=1}^{m} W_{i,j}", "Weigh each unit by what the loss says of it.", 0, "missing-chain-factor"
                ),
            ),
            hints=(
                r"Row $s$ of $X$ goes into row $s$ of $Z$ alone.",
                r"All $m$ units of that row read $X_{s,j}$, each with its own weight.",
            ),
        ),
        "d": Part(
            ask=r"Which product of matrices is the whole of (a), $\partial L/\partial W$?",
            answer=Choice(
                "Delta transposed times X",
                "X times Delta transposed",
                "X transposed times Delta",
                "Delta times X",
                why=r"An entry sums over the examples, which are the rows of $\Delta$ and of $X$: the first factor has to lie down.",
            ),
            mistakes=(
                Mistake("X transposed times Delta", "Look at its shape: it is $n \\times m$.", 0, "missing-transpose"),
                Mistake(
                    "X times Delta transposed",
                    "Look at its shape, and at which index is added over.",
                    0,
                    "product-order",
                ),
            ),
            hints=(
                "The sum runs over examples: they must be the inner index.",
                r"The result has the shape $m \times n$; $\Delta$ has $N \times m$ and $X$ has $N \times n$.",
            ),
        ),
    },
)
