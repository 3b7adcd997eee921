"""Wasserstein's distance on a line: moving piles of sand, and a critic that proves that it cannot be done for less."""

from derive import Example, Integers, Mistake, Part, Problem, Values
from derive.derivations import line_transport

PILES = "dims k = 2; h[k] := sum(p[i] - q[i], i = 0..k); W := sum(abs(h[k])*g[k], k)"


def piles(p):
    return {
        "g": [p["x"], p["y"] - p["x"]],
        "p": [p["a"] / 10, p["b"] / 10, (10 - p["a"] - p["b"]) / 10],
        "q": [0.1, 0.1, 0.8],
    }


def distinct(p):
    """Whether the cost and its foreseen wrong values all differ, in tenths."""
    first, second, gap = p["a"] - 1, p["b"] - 1, p["y"] - p["x"]
    both = first + second
    return len({first * p["x"] + both * gap, first + both, both, first * p["x"] + second * gap}) == 4


def wrong(p, rule):
    return Values(f"{PILES}; {rule}", piles(p), "m").typed()


def critic(p):
    values = piles(p)
    return Example(
        {"f": (3,)},
        (
            (
                "the critic rises by more than the distance between the first two places",
                lambda f: p["x"] + 1e-5 - abs(f[1] - f[0]),
            ),
            (
                "the critic rises by more than the distance between the last two places",
                lambda f: p["y"] - p["x"] + 1e-5 - abs(f[2] - f[1]),
            ),
            (
                "the value is not as great as it can be",
                lambda f: (
                    sum(s * (a - b) for s, a, b in zip(f, values["p"], values["q"], strict=True))
                    + 1e-4
                    - float(Values(PILES, values, "W").every["W"])
                ),
            ),
        ),
        {"f": [0, -p["x"], -p["y"]]},
        why="All sand goes to the right, so the critic falls with slope 1 everywhere: what it is worth is then the distance.",
        comes=line_transport.critic,
    )


problem = Problem(
    title="Moving sand along a line",
    topics=("Wasserstein distance", "optimal transport", "generative adversarial networks"),
    difficulty=2,
    params={"x": Integers(1, 3), "y": Integers(4, 8), "a": Integers(4, 6), "b": Integers(2, 3)},
    where=distinct,
    statement=r"""
Sand lies at three places of a line, $x_1 = 0$, $x_2 = << x >>$ and $x_3 = << y >>$: the shares are $p = (<< a/10 >>, << b/10 >>, << (10 - a - b)/10 >>)$. It
shall lie there with the shares $q = (0.1, 0.1, 0.8)$. Moving a share over a distance costs share times distance; $W$ is the least cost.
""",
    working=(line_transport.on_a_line,),
    parts={
        "a": Part(
            ask="What is $W$? Give a fraction or a decimal, exactly.",
            answer=lambda p: Values(PILES, piles(p), "W", shown=("h", "W"), comes=line_transport.on_a_line),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m := abs(h[0]) + abs(h[1]) + 0*W"),
                    "The gaps between the places are not of length 1.",
                    keeps=1,
                    id="own-distance-forgotten",
                ),
                Mistake(
                    wrong(p, "m := sum(abs(p[i] - q[i]), i)/2 + 0*W"),
                    "That is the share that must be moved at all, wherever it goes.",
                    id="own-distance-forgotten",
                ),
                Mistake(
                    wrong(p, "m := abs(h[0])*g[0] + abs(p[1] - q[1])*g[1] + 0*W"),
                    "What has come from the first place must cross the second gap, too.",
                    keeps=1,
                    id="missing-sum",
                ),
            ),
            hints=(
                "How much must cross the gap between the first two places?",
                "Of each gap: what lies to its left now, less what shall lie there.",
                "Add up shares times lengths.",
            ),
        ),
        "b": Part(
            ask="A critic gives each place a height $f_i$, and neighbouring heights differ by at most the distance of the places. It is worth $\\sum_i f_i (p_i - q_i)$, which is never more than $W$. "
            "Give a critic that is worth $W$, as three numbers `f = [f_1, f_2, f_3]`.",
            answer=critic,
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    f"f = [0, {p['x']}, {p['y']}]",
                    "Its slopes are as steep as allowed. Which way does the sand go?",
                    keeps=1,
                    id="sign",
                ),
                Mistake(
                    f"f = [0, {-2 * p['x']}, {-2 * p['y']}]",
                    "Its value is large only because it is too steep.",
                    keeps=1,
                    id="wrong-bound",
                ),
            ),
            hints=(
                "Where there is sand to be taken away the critic should be high.",
                "Make it fall as steeply as it may.",
            ),
        ),
    },
)
