"""The focal loss: its gradient in the logit, and how much it damps an easy example."""

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Values
from derive.derivations import preferences

problem = Problem(
    title="The focal loss",
    topics=("classification", "loss functions", "sigmoid"),
    difficulty=2,
    params={"p": Integers(11, 19)},
    statement=r"""
A classifier gives the right class the logit $z$ and the probability $p = \sigma(z) = 1/(1 + e^{-z})$. With $\gamma > 0$ the focal loss is

$$L = -(1 - p)^\gamma \log p,$$

with the natural logarithm; $\gamma = 0$ would be the cross-entropy.
""",
    working=(preferences.focal,),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial z$ in terms of $p$ and $\gamma$.",
            answer=Answer(preferences.focal, means={"p": r"\sigma(z)"}),
            marks=4,
            mistakes=(
                Mistake(
                    r"-(1 - p)^{\gamma + 1}", "$p$ stands in the factor in front as well.", keeps=1, id="dropped-path"
                ),
                Mistake(
                    r"\gamma (1 - p)^{\gamma - 1} \log p - \frac{(1 - p)^\gamma}{p}",
                    "That is the derivative in $p$: the sigmoid's slope is missing.",
                    keeps=2,
                    id="slope-of-wrong-variable",
                ),
                Mistake(
                    r"(1 - p)^\gamma (1 - p - \gamma p \log p)",
                    "Check the sign: a larger logit lowers the loss.",
                    keeps=2,
                    id="sign",
                ),
                Mistake(
                    r"-(1 - p)^\gamma (\gamma p \log p + 1 - p)",
                    "The inner derivative of $1 - p$ is $-1$: check the sign of one term.",
                    keeps=2,
                    id="sign",
                ),
            ),
            hints=(
                "The product rule gives two terms.",
                r"$\partial p/\partial z = p (1 - p)$.",
                r"Both terms hold $(1 - p)^\gamma$.",
            ),
        ),
        "b": Part(
            ask=r"For $\gamma = 2$ and $p = << p/20 >>$: which share of the cross-entropy is the focal loss? Give an exact number.",
            answer=lambda p: Values("r := (1 - p)**2", {"p": p["p"] / 20}, "r"),
            mistakes=(
                Mistake("<< p/20 >>^2", "An easy example, with a high probability, is damped.", id="complement"),
                Mistake("1 - << p/20 >>^2", "Subtract first, then square.", id="order-of-steps"),
                Mistake("<< 1 - p/20 >>", r"The exponent is $\gamma$.", id="missing-power"),
            ),
            hints=("Divide the two losses.", "The logarithm cancels; what is left is a power of $1 - p$."),
        ),
        "c": Part(
            ask="Compared with the cross-entropy, which examples does the focal loss give more weight relative to others?",
            answer=Choice(
                "hard ones",
                "easy ones",
                "all the same",
                why="The factor is small where the probability of the right class is close to 1: easy examples lose most of their weight.",
            ),
            mistakes=(
                Mistake("easy ones", "Look at the factor of (b) for a $p$ close to 1.", id="opposite"),
                Mistake("all the same", "Then the factor of (b) would not depend on $p$.", id="own-uniform"),
            ),
            hints=(
                "For which $p$ is the factor of (b) close to 1?",
                "The factor falls from 1 to 0 while $p$ goes from 0 to 1: which examples have a small $p$?",
            ),
        ),
    },
)
