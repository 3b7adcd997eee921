"""What a GAN's generator minimises against the best discriminator."""

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Values
from derive.derivations import jensen_shannon

GAME = "m[i] := (p[i] + q[i])/2; J := sum(p[i]*log(p[i]/m[i]), i)/2 + sum(q[i]*log(q[i]/m[i]), i)/2"


def shares(p):
    return {"p": [p["p"] / 10, (10 - p["p"]) / 10], "q": [p["q"] / 10, (10 - p["q"]) / 10]}


def wrong(p, rule):
    return Values(f"{GAME}; {rule}", shares(p), "w", digits=4).typed()


problem = Problem(
    title="What the generator minimises",
    topics=("generative adversarial networks", "Jensen-Shannon divergence"),
    difficulty=2,
    params={"p": Integers(1, 9), "q": Integers(1, 9)},
    where=lambda v: abs(v["p"] - v["q"]) > 2 and v["p"] + v["q"] != 10,
    statement=r"""
Against a generator with the density $p_G$ the best discriminator is $D^*(x) = p_{\text{data}}(x)/(p_{\text{data}}(x) + p_G(x))$. Put it into

$$V = \int \left(p_{\text{data}}(x) \log D(x) + p_G(x) \log(1 - D(x))\right) \mathrm{d}x.$$

With $m = (p_{\text{data}} + p_G)/2$ the Jensen-Shannon divergence is $\mathrm{JSD} = \frac12 \mathrm{KL}(p_{\text{data}} \,\|\, m) + \frac12 \mathrm{KL}(p_G \,\|\, m)$. Logarithms are natural.
""",
    working=(jensen_shannon.least_value,),
    parts={
        "a": Part(
            ask=r"Write $V$ at the best discriminator in terms of $\mathrm{JSD}$ (in Python `JSD`).",
            answer=Answer(jensen_shannon.value_at_best),
            marks=3,
            mistakes=(
                Mistake(
                    r"2 \mathrm{JSD}",
                    r"The mixture $m$ is half of the sum that stands in $D^*$.",
                    keeps=2,
                    id="constant-dropped",
                ),
                Mistake(
                    r"\mathrm{JSD} - \log 4",
                    r"The definition of the Jensen-Shannon divergence has two halves.",
                    keeps=2,
                    id="lost-two",
                ),
                Mistake(
                    r"2 \mathrm{JSD} + \log 4",
                    "The best discriminator's probabilities are below 1: $V$ is negative.",
                    keeps=2,
                    id="sign",
                ),
                Mistake(r"2 \mathrm{JSD} - \log 2", "Both integrals have such a constant.", keeps=2, id="lost-two"),
            ),
            hints=(
                r"$D^* = p_{\text{data}}/(2m)$.",
                r"$\log\frac{p}{2m} = \log\frac{p}{m} - \log 2$.",
                "Each density integrates to 1.",
            ),
        ),
        "b": Part(
            ask="What is the least value that $V$ can have, over all generators?",
            answer=Choice(
                "-log 4",
                "0",
                "-log 2",
                "log 4",
                why=r"In (a) only the divergence depends on the generator. It is never negative, and 0 where $p_G = p_{\text{data}}$; what is left is $-\log 4$.",
            ),
            mistakes=(
                Mistake("0", "Then the discriminator would be right with certainty.", id="constant-dropped"),
                Mistake("-log 2", "The value adds the expectations over real and generated samples.", id="lost-two"),
            ),
            hints=("A divergence is never negative.", "Where is it zero?"),
        ),
        "c": Part(
            ask=r"There are only two kinds of $x$, with the shares $p_{\text{data}} = (<< p/10 >>, << (10 - p)/10 >>)$ and $p_G = (<< q/10 >>, << (10 - q)/10 >>)$. "
            r"What is $\mathrm{JSD}$? Give four decimals.",
            answer=lambda p: Values(
                GAME,
                shares(p),
                "J",
                digits=4,
                latex={"J": r"\mathrm{JSD}", "p": r"p_{\text{data}}", "q": "p_G"},
                shown=("m", "J"),
            ),
            mistakes=lambda p: (
                Mistake(wrong(p, "w := 2*J"), "The definition has a half in front of each divergence.", id="lost-half"),
                Mistake(
                    wrong(p, "w := sum(p[i]*log(p[i]/q[i]), i) + 0*J"),
                    "That is the divergence from the generator and not from the mixture.",
                    id="own-mixture-forgotten",
                ),
                Mistake(wrong(p, "w := J/log(2)"), "Logarithms are natural here.", id="base-2-for-natural"),
            ),
            hints=("Work out the mixture $m$ first.", "Two divergences of two terms each."),
        ),
    },
)
