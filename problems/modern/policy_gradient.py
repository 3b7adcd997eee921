"""A policy gradient in closed form, the baseline, and the bonus for entropy."""

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Values
from derive.derivations import objectives_more, preferences

GAME = "p[i] := c[i]/sum(c[k], k); J := sum(p[i]*r[i], i); g[i] := p[i]*(r[i] - J)"


def bandit(p):
    return {"c": [1, p["u"], p["v"]], "r": [p["a"], p["b"], p["c"]]}


def wrong(p, rule):
    return Values(f"{GAME}; {rule}", bandit(p), "m").typed()


problem = Problem(
    title="The gradient of a policy",
    topics=("reinforcement learning", "softmax", "entropy"),
    difficulty=2,
    params={"u": Integers(2, 3), "v": Integers(4, 6), "a": Integers(1, 3), "b": Integers(-3, -1), "c": Integers(4, 9)},
    where=lambda p: (
        3 * (p["a"] + p["u"] * p["b"] + p["v"] * p["c"]) != (p["a"] + p["b"] + p["c"]) * (1 + p["u"] + p["v"])
    ),
    statement=r"""
An agent chooses one of $A$ actions, action $i$ with the probability $\pi_i = e^{z_i}/\sum_{k=1}^{A} e^{z_k}$, where $z$ are the policy's logits. Action $i$ earns the reward $r_i$, so that the expected
reward is $J = \sum_{i=1}^{A} \pi_i\, r_i$. The entropy of the policy is $H = -\sum_{i=1}^{A} \pi_i \log \pi_i$, with the natural logarithm.
""",
    working=(preferences.policy_gradient, preferences.baseline, objectives_more.entropy_bonus),
    parts={
        "a": Part(
            ask=r"Give $\partial J/\partial z_j$ in terms of $\pi$, $r$ and $J$.",
            answer=Answer(preferences.policy_gradient, means={"J": r"\pi^\top r"}),
            marks=3,
            mistakes=(
                Mistake(
                    r"\pi_j r_j",
                    "A more probable action makes all others less probable.",
                    keeps=1,
                    id="direct-path-only",
                ),
                Mistake(
                    r"\pi_j (1 - \pi_j) r_j",
                    "That is the way through the action's own probability; the others change as well.",
                    keeps=1,
                    id="diagonal-only",
                ),
                Mistake(
                    r"\pi_j (J - r_j)",
                    "An action better than the average should become more probable.",
                    keeps=2,
                    id="sign",
                ),
                Mistake(
                    "r_j - J",
                    "The softmax's slope has the probability as a factor.",
                    keeps=1,
                    id="missing-chain-factor",
                ),
            ),
            hints=(
                r"$\partial \pi_i/\partial z_j = \pi_i ([i = j] - \pi_j)$.",
                "Add over all $i$: one of the sums is $J$.",
            ),
        ),
        "b": Part(
            ask=r"There are three actions with $z = (0, \log << u >>, \log << v >>)$ and $r = (<< a >>, << b >>, << c >>)$. Give the gradient, exactly.",
            answer=lambda p: Values(
                GAME,
                bandit(p),
                "g",
                latex={"c": "e^z", "p": r"\pi", "g": r"\nabla J"},
                shown=("p", "J", "g"),
                comes=preferences.policy_gradient,
            ),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m[i] := p[i]*r[i] + 0*g[i]"),
                    "Subtract the expected reward.",
                    keeps=1,
                    id="direct-path-only",
                ),
                Mistake(
                    wrong(p, "m[i] := p[i]*(r[i] - sum(r[k], k)/3) + 0*g[i]"),
                    "The average reward is weighted by the policy.",
                    keeps=1,
                    id="mean-for-sum",
                ),
            ),
            hints=("First the three probabilities, then the expected reward.",),
        ),
        "c": Part(
            ask="The same number $b$ is subtracted from all rewards. What happens to the gradient?",
            answer=Choice(
                "nothing",
                "it is less by b",
                "it is less by b times the probability",
                why="$r$ enters as its difference from its mean $J$, and both become less by $b$.",
            ),
            mistakes=(
                Mistake("it is less by b", "$J$ changes as well.", id="own-baseline"),
                Mistake(
                    "it is less by b times the probability",
                    "That forgets that $J$ is less by $b$, too.",
                    id="own-baseline",
                ),
            ),
            hints=(
                "Put $r_i - b$ for $r_i$ into (a), also in $J$.",
                r"$\sum_i \pi_i (r_i - b) = J - b$, as the probabilities add up to 1: now take one off the other.",
            ),
        ),
        "d": Part(
            ask=r"Give $\partial H/\partial z_j$ in terms of $\pi$ and $H$.",
            answer=Answer(objectives_more.entropy_bonus, means={"H": r"-\pi^\top \log(\pi)"}),
            marks=3,
            mistakes=(
                Mistake(
                    r"-\log \pi_j - 1",
                    "That is the slope in $\\pi_j$ as if it could move by itself.",
                    keeps=1,
                    id="slope-of-wrong-variable",
                ),
                Mistake(
                    r"-\pi_j \log \pi_j", "The other probabilities change as well.", keeps=1, id="direct-path-only"
                ),
                Mistake(
                    r"\pi_j (\log \pi_j + H)",
                    "The sign: making a rare action less rare raises the entropy.",
                    keeps=2,
                    id="sign",
                ),
            ),
            hints=(
                r"$\partial H/\partial \pi_i = -\log \pi_i - 1$.",
                "It is (a) with these in place of the rewards.",
                "The constant drops out, as a baseline does.",
            ),
        ),
    },
)
