"""Entropy in bits, its maximum, and Jensen's inequality the right way round."""

import math

from derive import Example, Integers, Mistake, Part, Problem, Values
from derive.derivations import entropies

ENTROPY = "H := -sum(p[i]*log(p[i]), i)/log(2)"


def shares(p):
    return {"p": [p["a"] / 20, p["b"] / 20, (20 - p["a"] - p["b"]) / 20]}


problem = Problem(
    title="Entropy and Jensen's inequality",
    topics=("entropy", "Jensen's inequality", "probability"),
    difficulty=2,
    params={"a": Integers(1, 5), "b": Integers(6, 8), "x": Integers(1, 4), "y": Integers(6, 9)},
    statement=r"""
The entropy of $n$ outcomes with the probabilities $p_1, \dots, p_n > 0$ is, in bits, $H = -\sum_{i=1}^{n} p_i \log_2 p_i$. Jensen's inequality says for a convex function $f$ that
$f(\mathbb{E}[x]) \le \mathbb{E}[f(x)]$.
""",
    working=(entropies.entropy, entropies.jensen),
    parts={
        "a": Part(
            ask="What is $H$ for $p = (<< a/20 >>, << b/20 >>, << (20 - a - b)/20 >>)$? Give four decimals.",
            answer=lambda p: Values(ENTROPY, shares(p), "H", digits=4),
            mistakes=lambda p: (
                Mistake(
                    Values(f"{ENTROPY}; m := H*log(2)", shares(p), "m", digits=4).typed(),
                    "That is in natural units; bits have the logarithm to the base 2.",
                    id="natural-for-base-2",
                ),
                Mistake(
                    Values(f"{ENTROPY}; m := -H", shares(p), "m", digits=4).typed(),
                    "Logarithms of probabilities are negative: mind the sign in front.",
                    id="sign",
                ),
                Mistake(
                    Values(f"{ENTROPY}; m := -sum(log(p[i]), i)/log(2)/3 + 0*H", shares(p), "m", digits=4).typed(),
                    "The mean is weighted by the probabilities.",
                    id="mean-for-sum",
                ),
            ),
            hints=(r"$\log_2 x = \log x/\log 2$.", r"Add up $-p_i \log_2 p_i$: three terms, none of them negative."),
        ),
        "b": Part(
            ask="What is the greatest entropy, in bits, that three outcomes can have? Give four decimals.",
            answer=Values("H := log(3)/log(2)", {}, "H", digits=4, comes=entropies.entropy),
            mistakes=(
                Mistake("log(3)", "That is in natural units.", id="natural-for-base-2"),
                Mistake("1", "That is for two outcomes.", id="off-by-one"),
                Mistake("3", "That would be eight equally likely outcomes.", id="own-logarithm-forgotten"),
            ),
            hints=("Which probabilities are hardest to guess?", r"Equal ones: three terms $-\frac13 \log_2 \frac13$."),
        ),
        "c": Part(
            ask=r"The logarithm is concave. A variable is $<< x >>$ or $<< y >>$, with the probability ½ each. What is $\log \mathbb{E}[x] - \mathbb{E}[\log x]$, with natural logarithms? Give four decimals.",
            answer=lambda p: Values(
                "g := log((x + y)/2) - (log(x) + log(y))/2",
                {"x": p["x"], "y": p["y"]},
                "g",
                digits=4,
                comes=entropies.jensen,
            ),
            mistakes=(
                Mistake(
                    "(log(<< x >>) + log(<< y >>))/2 - log(<< (x + y)/2 >>)",
                    "For a concave function Jensen's inequality turns round: this must not be negative.",
                    id="sign",
                ),
                Mistake("0", "The logarithm of a mean is not the mean of the logarithms.", id="own-linear-logarithm"),
            ),
            hints=(
                "Work out the mean, and the mean of the two logarithms.",
                r"The mean of the logarithms is half the sum of the two; take it off the logarithm of the mean.",
            ),
        ),
        "d": Part(
            ask="Give two probabilities $p_1, p_2 > 0$, `p = [0.5, 0.5]`, with the sum 1 and an entropy below half a bit.",
            answer=Example(
                {"p": (2,)},
                (
                    ("the probabilities do not add up to 1", lambda p: 1e-5 - abs(p[0] + p[1] - 1)),
                    ("a probability is not above 0", lambda p: min(p) - 1e-5),
                    ("the entropy is half a bit or more", lambda p: 0.5 + sum(x * math.log2(max(x, 1e-9)) for x in p)),
                ),
                {"p": [0.95, 0.05]},
                why="One of the two is nearly certain: there is little left to learn from the outcome.",
                comes=entropies.entropy,
            ),
            mistakes=(
                Mistake(
                    "p = [0.5, 0.5]",
                    "That is a whole bit: a fair coin is as hard to guess as can be.",
                    id="own-fair-coin",
                ),
                Mistake("p = [0.05, 0.05]", "The probabilities must add up to 1.", id="unnormalised"),
            ),
            hints=(
                "Make one of the outcomes nearly certain.",
                "Evenly shared it is one bit. Move probability from one outcome to the other, and work out the entropy each time.",
            ),
        ),
    },
)
