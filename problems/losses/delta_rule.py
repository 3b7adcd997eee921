"""What one step of the delta rule leaves of the error."""

from derive import Answer, Integers, Mistake, Part, Problem, Symbol, Values
from derive.derivations.perceptron_rules import delta_rule

NAMES = {"r": Symbol(latex="r"), "q": Symbol(latex="q")}
FACTOR = "q := sum(x[i]**2, i); f := 1 - k*q"
PERFECT = "q := sum(x[i]**2, i); k := 1/q"

problem = Problem(
    title="One step of the delta rule",
    topics=("linear models", "delta rule", "learning rate"),
    difficulty=2,
    params={"a": Integers(1, 4), "b": Integers(1, 4), "k": Integers(2, 9)},
    statement=r"""
A linear unit with weights $\theta \in \mathbb{R}^n$ sees one example $x \in \mathbb{R}^n$ with the target $y \in \mathbb{R}$. Its error is $r = y - \sum_i x_i \theta_i$. The
delta rule (Widrow and Hoff) with the learning rate $\eta > 0$ makes the step $\theta_i' = \theta_i + \eta\, r\, x_i$. Write $q = \sum_i x_i^2$.
""",
    working=(delta_rule,),
    parts={
        "a": Part(
            ask=r"Give the error after the step on the same example, $r' = y - \sum_i x_i \theta_i'$, in terms of $r$, $\eta$ and $q$.",
            answer=Answer(delta_rule, symbols=NAMES, means={"q": r"x^\top x"}),
            marks=2,
            mistakes=(
                Mistake(r"r (1 + \eta q)", "Does the step make the output larger or smaller where $r > 0$?", 1, "sign"),
                Mistake(
                    r"r (1 - \eta)",
                    "Each weight moves by $\\eta r x_i$, and is then multiplied by $x_i$ again.",
                    1,
                    "norm-forgotten",
                ),
                Mistake(r"r (1 - 2 \eta q)", "The rule as it stands here has no 2.", 1, "lost-half"),
                Mistake(r"r - \eta q", "The step is in proportion to the error.", 0, "missing-chain-factor"),
            ),
            hints=(
                r"Put $\theta_i'$ into $r'$ and split the sum.",
                r"$r' = y - \sum_i x_i \theta_i - \eta r \sum_i x_i^2$.",
            ),
        ),
        "b": Part(
            ask=r"For $x = (<< a >>, << b >>)$ and $\eta = << k/100 >>$: by which factor does the step multiply the error? Exactly.",
            answer=lambda p: Values(
                FACTOR, {"x": [p["a"], p["b"]], "k": p["k"] / 100}, "f", latex={"k": r"\eta"}, shown=("q", "f")
            ),
            mistakes=(
                Mistake("<< 1 - k/100 >>", "The length of the example matters.", 0, "norm-forgotten"),
                Mistake("<< 1 + k/100*(a*a + b*b) >>", "The sign.", 0, "sign"),
                Mistake("<< k/100*(a*a + b*b) >>", "That is the share of the error that is removed.", 0, "complement"),
            ),
            hints=(
                "Use (a): the factor is $r'/r$.",
                r"Work out $q$, the sum of the two squares, and take $\eta q$ off 1.",
            ),
        ),
        "c": Part(
            ask=r"Which learning rate removes the error on this $x$ in one step? Exactly.",
            answer=lambda p: Values(PERFECT, {"x": [p["a"], p["b"]]}, "k", latex={"k": r"\eta"}, shown=("q", "k")),
            mistakes=(
                Mistake("2/<< a*a + b*b >>", "There the error changes its sign and keeps its size.", 0, "lost-half"),
                Mistake("<< a*a + b*b >>", "A longer example needs a smaller rate.", 0, "reciprocal"),
            ),
            hints=("Set the factor of (b) to zero.", r"Solve it for $\eta$: what must $\eta q$ be?"),
        ),
    },
)
