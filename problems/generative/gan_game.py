"""Problem Set 03, problem 15: the game of a GAN in numbers, its generator's slopes, and a Wasserstein distance."""

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Rubric, Values
from derive.derivations.generative import non_saturating, saturating
from derive.derivations.wasserstein import critic

GAME = "V := sum(p[i]*log(D[i]) + q[i]*log(1 - D[i]), i)"
BEST = "B[i] := p[i]/(p[i] + q[i]); U := sum(p[i]*log(B[i]) + q[i]*log(1 - B[i]), i)"
MOVE = "dims i = 3; F[i] := sum(p[j] - q[j], j = 0..i); W := sum(abs(F[i]), i)"
PAGE = {"B": "B", "U": "V(B)"}


def game(p):
    return {
        "p": [p["p"] / 10, (10 - p["p"]) / 10],
        "q": [p["q"] / 10, (10 - p["q"]) / 10],
        "D": [p["d1"] / 10, p["d2"] / 10],
    }


def densities(p):
    return {k: v for k, v in game(p).items() if k != "D"}


def piles(p):
    return {"p": [p["m"] / 10, (10 - p["m"]) / 10, 0, 0], "q": [0, 0, p["n"] / 10, (10 - p["n"]) / 10]}


def wrong(text, values, rule, digits=None):
    return Values(f"{text}; {rule}", values, "m", digits=digits).typed()


problem = Problem(
    title="A GAN as a game",
    topics=("generative adversarial networks", "Wasserstein distance"),
    source="003_a2d52afd229cfba6.txt §15",
    difficulty=2,
    params={
        "p": Integers(2, 8),
        "q": Integers(2, 8),
        "d1": Integers(3, 8),
        "d2": Integers(2, 7),
        "m": Integers(2, 8),
        "n": Integers(2, 8),
    },
    where=lambda v: (
        v["p"] != v["q"]
        and v["d1"] * (v["p"] + v["q"]) != 10 * v["p"]
        and v["p"] + v["q"] != 10
        and v["m"] ** 2 + (10 - v["n"]) ** 2 != 100
        and v["m"] != v["n"]
        and v["d1"] != v["d2"]
    ),
    statement=r"""
In a GAN the discriminator $D$ wants to make

$$V(D, G) = \mathbb{E}_{x \sim p_{\text{data}}}[\log D(x)] + \mathbb{E}_{x \sim p_G}[\log(1 - D(x))]$$

as large as it can, and the generator wants to make it as small as it can. Logarithms are natural. There are only two kinds of $x$:

| | first | second |
|---|---|---|
| share of the data, $p_{\text{data}}$ | << p/10 >> | << (10 - p)/10 >> |
| share of the generator's samples, $p_G$ | << q/10 >> | << (10 - q)/10 >> |
| probability $D$ of being real | << d1/10 >> | << d2/10 >> |
""",
    working=(saturating, non_saturating, critic),
    parts={
        "a": Part(
            ask="What is $V$ worth, the payoff of the discriminator? Give four decimals.",
            answer=lambda p: Values(GAME, game(p), "V", digits=4),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(GAME, game(p), "m := V/log(2)", 4),
                    "You took logarithms to the base 2; here they are natural.",
                    1,
                    id="base-2-for-natural",
                ),
                Mistake(
                    wrong(GAME, game(p), "m := sum(log(D[i]) + log(1 - D[i]), i)", 4),
                    "An expectation weights each kind of $x$ by its share.",
                    id="own-unweighted",
                ),
                Mistake(wrong(GAME, game(p), "m := -V", 4), "Logarithms of probabilities are negative.", 1, id="sign"),
            ),
            hints=(
                "Each expectation is a sum of two terms.",
                r"The first one weighs $\log D$ by the data's shares, the second one $\log(1 - D)$ by the generator's.",
            ),
        ),
        "b": Part(
            ask="The generator stays as it is. Give the discriminator's best answers $B_1$ and $B_2$ to the two kinds, as fractions $(B_1, B_2)$.",
            answer=lambda p: Values(BEST, densities(p), "B", latex=PAGE),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(BEST, densities(p), "m[i] := 1 - B[i]"), "That is the generator's share.", 1, id="complement"
                ),
                Mistake(
                    wrong(BEST, densities(p), "m[i] := p[i]"),
                    "Those are the data's shares: divide by the sum of both.",
                    1,
                    id="unnormalised",
                ),
            ),
            hints=(
                "Each kind can be treated by itself: maximise $p \\log D + q \\log(1 - D)$.",
                "Where is $p/D = q/(1 - D)$?",
            ),
        ),
        "c": Part(
            ask="What is $V$ worth for this best discriminator? Give four decimals.",
            answer=lambda p: Values(BEST, densities(p), "U", digits=4, latex=PAGE),
            mistakes=lambda p: (
                Mistake(
                    wrong(BEST, densities(p), "m := U/2", 4),
                    "The expectations are added up, not averaged.",
                    id="mean-for-sum",
                ),
                Mistake(
                    wrong(BEST, densities(p), "m := U/log(2)", 4),
                    "You took logarithms to the base 2; here they are natural.",
                    id="base-2-for-natural",
                ),
            ),
            hints=(
                "Put your answer to (b) into $V$.",
                "Each kind contributes its share of the data times one logarithm and its share of the samples times the other.",
            ),
        ),
        "d": Part(
            ask=r"The discriminator computes $D = \sigma(a)$ for a generated sample, with the logistic function $\sigma(a) = 1/(1 + e^{-a})$. The generator of the game minimises $L = \log(1 - D)$. Give "
            r"$\partial L/\partial a$ in terms of $D$.",
            answer=Answer(saturating),
            marks=2,
            mistakes=(
                Mistake(
                    r"-\frac{1}{1 - D}",
                    "That is the slope in $D$: the slope of $\\sigma$ is still to come.",
                    keeps=1,
                    id="missing-chain-factor",
                ),
                Mistake("D", "The sign: a larger $D$ makes $\\log(1 - D)$ smaller.", keeps=1, id="sign"),
                Mistake("D - 1", "That is the slope of the other loss, $-\\log D$.", keeps=0, id="own-other-loss"),
            ),
            hints=(r"$\sigma'(a) = D (1 - D)$.",),
        ),
        "e": Part(
            ask=r"Most generators minimise $L = -\log D$ instead. Give $\partial L/\partial a$ in terms of $D$.",
            answer=Answer(non_saturating),
            marks=2,
            mistakes=(
                Mistake(
                    r"-\frac{1}{D}",
                    "That is the slope in $D$: the slope of $\\sigma$ is still to come.",
                    keeps=1,
                    id="missing-chain-factor",
                ),
                Mistake("1 - D", "The sign: a larger $D$ makes $-\\log D$ smaller.", keeps=1, id="sign"),
                Mistake("-D", "That is the slope of $\\log(1 - D)$.", keeps=0, id="own-other-loss"),
            ),
            hints=(r"$\sigma'(a) = D (1 - D)$.",),
        ),
        "f": Part(
            ask="Early in training the discriminator is sure of generated samples: $D$ is close to 0. Which loss gives the generator a slope that does not vanish?",
            answer=Choice(
                "the loss -log D",
                "the loss log(1 - D)",
                "both",
                why=r"At $D = 0$ the slope in the logit is $-1$ for $-\log D$ and 0 for $\log(1 - D)$: see (d) and (e).",
            ),
            mistakes=(
                Mistake("the loss log(1 - D)", "Put $D = 0$ into the slopes of (d) and (e).", id="own-slope-at-0"),
                Mistake("both", "Put $D = 0$ into the slopes of (d) and (e).", id="own-slope-at-0"),
            ),
            hints=(
                "Put $D = 0$ into your slopes of (d) and (e).",
                "One of the two slopes is 0 there, the other one is not.",
            ),
        ),
        "g": Part(
            ask="Four places stand in a row, one metre apart. The data's mass is << m/10 >> at the first and << (10 - m)/10 >> at the second, the "
            "generator's << n/10 >> at the third and << (10 - n)/10 >> at the fourth. Give the Wasserstein distance: the least mass times metres that turns "
            "one into the other, exactly.",
            answer=lambda p: Values(MOVE, piles(p), "W", shown=("F", "W")),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    "1",
                    "That is the total variation, which does not see how far the mass is carried.",
                    id="own-total-variation",
                ),
                Mistake(
                    wrong(MOVE, piles(p), "m := sum(F[i]**2, i)"),
                    "The masses that cross the gaps are added up, not their squares.",
                    id="squared-for-plain",
                ),
                Mistake(
                    "2",
                    "That is right only where each pile moves two places: count what crosses each gap.",
                    id="own-one-distance",
                ),
            ),
            hints=(
                "All mass of the data is to the left: carry it to the right.",
                "Add up, gap by gap, how much mass must cross it.",
            ),
        ),
        "h": Part(
            ask="Both distributions of (g) move apart by another metre. What do the Wasserstein distance and the Jensen-Shannon divergence do?",
            answer=Choice(
                "the distance grows by 1 and the divergence stays log 2",
                "both grow",
                "the distance grows by 1 and the divergence falls",
                why=r"All mass has another metre to travel; but the two do not overlap before or after, and then the divergence is $\log 2$ at any distance.",
            ),
            mistakes=(
                Mistake(
                    "both grow",
                    "The divergence only compares shares place by place: where none is shared it is log 2.",
                    id="own-divergence-far",
                ),
                Mistake(
                    "the distance grows by 1 and the divergence falls",
                    "It stays: the two share no place before or after.",
                    id="own-no-overlap",
                ),
            ),
            hints=(
                "All mass has one metre further to go: what does that add to the cost?",
                "The divergence compares shares place by place. Is there a place that both have, before or after?",
            ),
        ),
        "i": Part(
            ask="What is mode collapse, why does the first term of $V$ not hinder it, and how does the Wasserstein distance help? A few sentences.",
            answer=Rubric(
                (
                    "the generator covers a part of the data only, and gives much the same sample for different inputs",
                    "the first term does not hold the generator's samples: its slope in the generator's parameters is 0",
                    "the Wasserstein distance counts mass that is missing elsewhere by how far it must be carried, and has a slope where "
                    "the distributions do not overlap",
                )
            ),
            marks=2,
        ),
    },
)
