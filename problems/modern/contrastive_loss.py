"""InfoNCE: its gradient in an embedding, and what the loss is at the start."""

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Symbol, Values
from derive.derivations import preferences

problem = Problem(
    title="A contrastive loss",
    topics=("contrastive learning", "softmax", "cross-entropy"),
    difficulty=3,
    params={"N": Integers(4, 64)},
    statement=r"""
A batch has $N$ pairs of embeddings, $u_n$ and $v_n$ with $D$ entries each ($u_{n,d}$ is entry $d$ of $u_n$). With a temperature $\tau > 0$,

$$s_{n,m} = \frac1\tau \sum_{d=1}^{D} u_{n,d}\, v_{m,d}, \qquad p_{n,m} = \frac{e^{s_{n,m}}}{\sum_{k=1}^{N} e^{s_{n,k}}}, \qquad L = -\frac1N \sum_{n=1}^{N} \log p_{n,n}.$$

Logarithms are natural.
""",
    working=(preferences.info_nce,),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial u_{n,d}$ in terms of $p$, $v$, $\tau$ and $N$.",
            answer=Answer(preferences.info_nce, symbols={"delta": Symbol(("N", "N"), "kronecker", r"\delta")}),
            marks=4,
            mistakes=(
                Mistake(
                    r"-\frac{1}{\tau N} v_{n,d}", "The normaliser holds $u_n$ as well.", keeps=1, id="dropped-path"
                ),
                Mistake(
                    r"\frac{1}{\tau} \left(\sum_{m=1}^{N} p_{n,m} v_{m,d} - v_{n,d}\right)",
                    "The loss is a mean over the batch.",
                    keeps=3,
                    id="sum-for-mean",
                ),
                Mistake(
                    r"\frac{1}{N} \left(\sum_{m=1}^{N} p_{n,m} v_{m,d} - v_{n,d}\right)",
                    "The similarities are divided by the temperature.",
                    keeps=3,
                    id="missing-chain-factor",
                ),
                Mistake(
                    r"\frac{1}{\tau N} \left(v_{n,d} - \sum_{m=1}^{N} p_{n,m} v_{m,d}\right)",
                    "The sign: a step *against* the gradient must bring the partners together.",
                    keeps=3,
                    id="sign",
                ),
                Mistake(
                    r"\frac{1}{\tau N} \left(\sum_{m=1}^{N} p_{m,n} v_{m,d} - v_{n,d}\right)",
                    "The softmax runs over the partners of $u_n$: look at the order of the indices.",
                    keeps=2,
                    id="index-swapped",
                ),
            ),
            hints=(
                r"$-\log p_{n,n} = -s_{n,n} + \log \sum_k e^{s_{n,k}}$.",
                r"$\partial L/\partial s_{n,m} = \frac1N (p_{n,m} - [n = m])$.",
                r"$\partial s_{n,m}/\partial u_{n,d} = v_{m,d}/\tau$: add over all $m$.",
            ),
        ),
        "b": Part(
            ask="At the start all similarities are equal. What is $L$ for $N = << N >>$? Give four decimals.",
            answer=lambda p: Values("L := log(N)", {"N": p["N"]}, "L", digits=4),
            mistakes=(
                Mistake("log(<< N >>)/log(2)", "Logarithms are natural here.", id="base-2-for-natural"),
                Mistake(
                    "log(<< N >>)/<< N >>",
                    "Every pair contributes the same: the mean of equal numbers is that number.",
                    id="mean-for-sum",
                ),
                Mistake(
                    "-log(<< N >>)", "A loss that is minus the logarithm of a probability is not negative.", id="sign"
                ),
            ),
            hints=(
                "Then every partner has the same probability.",
                "Each of the $N$ partners has a share of one; $L$ is minus the logarithm of that share.",
            ),
        ),
        "c": Part(
            ask=r"For which partners $v_m$ with $m \ne n$ is the push on $u_n$ strongest?",
            answer=Choice(
                "those that are similar to u_n",
                "those that are unlike u_n",
                "all the same",
                why="The push is proportional to the softmax of the similarities, which is largest where the similarity is.",
            ),
            mistakes=(
                Mistake(
                    "those that are unlike u_n",
                    "Their probability is small: look at the weights in (a).",
                    id="opposite",
                ),
                Mistake("all the same", "Look at the weights of the sum in (a).", id="own-uniform"),
            ),
            hints=(
                "Which weights do the $v_m$ have in (a)?",
                "$p_{n,m}$ grows with $s_{n,m}$: what does a large $s_{n,m}$ say of the pair?",
            ),
        ),
    },
)
