"""Problem Set 03, problem 15.1.3: the optimal discriminator by calculus of variations."""

from derive import Answer, Integers, Mistake, Number, Part, Problem, Symbol
from derive.derivations import discriminator

BARE = {
    "p": Symbol((), "positive", r"p_{\text{data}}"),
    "q": Symbol((), "positive", "p_G"),
    "D": Symbol((), "unit", "D"),
}

problem = Problem(
    title="The optimal discriminator",
    topics=("generative adversarial networks", "calculus of variations"),
    source="003_a2d52afd229cfba6.txt §15.1.3",
    difficulty=2,
    params={"p": Integers(1, 9), "q": Integers(1, 9)},
    where=lambda v: v["p"] != v["q"],
    statement=r"""
A discriminator $D$ gives each $x$ a probability $D(x)$ of being real. Against a fixed generator its value is

$$V(D) = \int \left( p_{\text{data}}(x) \log D(x) + p_G(x) \log (1 - D(x)) \right) \mathrm{d}x,$$

where $p_{\text{data}}$ and $p_G$ are the densities of the data and of the generator's samples, both positive. $D$ may be any function with values
between 0 and 1.
""",
    working=(discriminator.optimal_discriminator,),
    parts={
        "a": Part(
            ask=r"Give the functional derivative $\delta V/\delta D$ at $x$.",
            answer=Answer(discriminator.value_derivative, also=(BARE,)),
            marks=2,
            mistakes=(
                Mistake(
                    r"\frac{p_{\text{data}}(x)}{D(x)} + \frac{p_G(x)}{1 - D(x)}",
                    "The inner derivative of $1 - D$ is −1: the second term has a minus sign.",
                    keeps=1,
                    id="sign",
                ),
                Mistake(
                    r"\frac{1}{D(x)} - \frac{1}{1 - D(x)}",
                    "The expectations weight each $x$ by its density.",
                    id="own-unweighted",
                ),
            ),
            hints=(
                "Only the integrand at $x$ depends on $D(x)$: differentiate it in $D$.",
                "Both logarithms have an inner function; look at the inner slope of the second.",
            ),
        ),
        "b": Part(
            ask="Give the discriminator $D^*(x)$ that maximises $V$.",
            answer=Answer(discriminator.optimal_discriminator, also=(BARE,)),
            marks=3,
            mistakes=(
                Mistake(
                    r"\frac{p_G(x)}{p_{\text{data}}(x) + p_G(x)}",
                    "That is the probability of being a sample of the generator.",
                    keeps=1,
                    id="complement",
                ),
                Mistake(
                    r"\frac{p_{\text{data}}(x)}{p_G(x)}",
                    "That is the ratio of the densities, which is $D/(1-D)$: solve for $D$.",
                    keeps=1,
                    id="layer-early",
                ),
            ),
            hints=(
                "Set the derivative to zero at each $x$.",
                "Multiply by $D(1-D)$: the equation is linear in $D$.",
            ),
        ),
        "c": Part(
            ask=r"Where $p_{\text{data}}(x) = << p >>\,c$ and $p_G(x) = << q >>\,c$ for some $c > 0$, what is $D^*(x)$? Give a fraction.",
            answer=lambda v: Number.from_derivation(discriminator.optimal_discriminator, p=[v["p"]], q=[v["q"]], x=0),
            mistakes=(
                Mistake("<< q >>/<< p + q >>", "That is the generator's share.", id="complement"),
                Mistake(
                    "<< p >>/<< q >>",
                    "That is the ratio of the densities; divide by their sum instead.",
                    id="wrong-normaliser",
                ),
            ),
            hints=("Put both densities into (b).", "The factor $c$ stands above and below the fraction bar."),
        ),
    },
)
