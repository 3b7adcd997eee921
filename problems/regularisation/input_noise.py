"""Noise on the inputs of a linear model is weight decay."""

from derive import Answer, Choice, Integers, Mistake, Number, Part, Problem
from derive.derivations import ensembles

problem = Problem(
    title="Noise on the inputs",
    topics=("regularisation", "noise", "weight decay"),
    difficulty=2,
    params={"w1": Integers(1, 5), "w2": Integers(-5, -1), "r": Integers(2, 6), "s": Integers(2, 4)},
    where=lambda p: p["w1"] + p["w2"] != 0,
    statement=r"""
A linear model predicts $\hat y = \sum_{i=1}^{n} w_i\, x_i$ for an input $x$ with $n$ entries; let $r = \sum_{i=1}^{n} w_i\, x_i - y$ be its error on one
example. In training, independent noise $\epsilon_i$ with the mean 0 and the variance $\sigma^2$ is added to each entry of the input, and the mean
squared error over the noise is

$$L = \mathbb{E}_{\epsilon}\left[\left(\sum_{i=1}^{n} w_i\, (x_i + \epsilon_i) - y\right)^2\right].$$
""",
    working=(ensembles.input_noise,),
    parts={
        "a": Part(
            ask=r"Give $L$ in terms of $r$, $\sigma$ and $w$.",
            answer=Answer(ensembles.input_noise),
            marks=3,
            mistakes=(
                Mistake(
                    r"r^2 + n \sigma^2",
                    "The noise of an entry goes through its weight.",
                    keeps=1,
                    id="own-weights-forgotten",
                ),
                Mistake(
                    r"r^2 + \sigma^2 \sum_{i=1}^{n} w_i",
                    "A fixed factor leaves a variance as its square.",
                    keeps=1,
                    id="missing-power",
                ),
                Mistake(
                    r"r^2 + \sigma^2 \left(\sum_{i=1}^{n} w_i\right)^2",
                    "That would be right for one noise shared by all entries; here they are independent.",
                    keeps=1,
                    id="own-shared-noise",
                ),
                Mistake(
                    r"r^2",
                    "Noise of mean 0 leaves the mean of the prediction alone, but not that of its square.",
                    id="constant-dropped",
                ),
            ),
            hints=(
                r"The error with noise is $r + \sum_i w_i \epsilon_i$. Square it.",
                r"$\mathbb{E}[\epsilon_i] = 0$ removes the mixed term.",
                r"$\mathbb{E}[\epsilon_i \epsilon_j]$ is $\sigma^2$ for $i = j$ and else 0.",
            ),
        ),
        "b": Part(
            ask=r"What is $L$ for $n = 2$, $w = (<< w1 >>, << w2 >>)$, $r = << r >>$ and $\sigma = << s >>$?",
            answer=lambda p: Number.from_derivation(
                ensembles.input_noise, n=2, w=[p["w1"], p["w2"]], r=p["r"], sigma=p["s"]
            ),
            mistakes=(
                Mistake(
                    "<< r*r + s*(w1*w1 + w2*w2) >>",
                    r"$\sigma$ is the standard deviation; the variance is its square.",
                    id="variance-for-deviation",
                ),
                Mistake(
                    "<< r*r + s*s*(w1 + w2)*(w1 + w2) >>",
                    "The noises are independent: square first, then add.",
                    id="order-of-steps",
                ),
            ),
            hints=("Put the numbers into (a).",),
        ),
        "c": Part(
            ask="Which penalty on the weights is this?",
            answer=Choice(
                "an L2 penalty",
                "an L1 penalty",
                "early stopping",
                "no penalty",
                why=r"The noise adds $\sigma^2 \sum_i w_i^2$ to the squared error: a multiple of the sum of squared weights.",
            ),
            mistakes=(
                Mistake("an L1 penalty", "An L1 penalty adds absolute values.", id="wrong-exponent"),
                Mistake("no penalty", "The noise adds a term that depends on the weights alone.", id="own-no-penalty"),
            ),
            hints=(
                "Which function of the weights does the noise add to the squared error?",
                "Do the weights stand in it with their sizes, with their squares, or not at all?",
            ),
        ),
    },
)
