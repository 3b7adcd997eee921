"""Geometric sums: closed form, value, and the limit for ever."""

from derive import Answer, Form, Integers, Mistake, Number, Part, Problem, Values
from derive.derivations import moments

problem = Problem(
    title="A discounted sum",
    topics=("analysis", "geometric sum"),
    difficulty=1,
    params={"a": Integers(2, 9), "q": Integers(3, 5), "n": Integers(2, 4)},
    statement=r"""
Rewards shrink by the factor $r$ from step to step, $-1 < r < 1$: the first is $a$, then $a r$, then $a r^2$, and so on up to $a r^n$. Their sum is $s = \sum_{k=0}^{n} a r^k$.
""",
    working=(moments.geometric,),
    parts={
        "a": Part(
            ask="Give $s$ in closed form.",
            answer=Answer(moments.geometric),
            marks=2,
            form=Form(closed=True),
            mistakes=(
                Mistake(r"\frac{a (1 - r^n)}{1 - r}", "There are $n + 1$ terms.", keeps=1, id="fencepost-T"),
                Mistake(r"\frac{a}{1 - r}", "That is the sum for ever.", keeps=1, id="own-limit-for-value"),
                Mistake(r"\frac{1 - r^{n+1}}{1 - r}", "The first reward is $a$.", keeps=1, id="constant-dropped"),
            ),
            hints=("Multiply the sum by $r$ and compare term by term.", "In $s - r s$ all but two terms cancel."),
        ),
        "b": Part(
            ask="What is $s$ for $a = << a >>$, $r = 1/<< q >>$ and $n = << n >>$? Give a fraction.",
            answer=lambda p: Number.from_derivation(moments.geometric, a=p["a"], r=1 / p["q"], n=p["n"]),
            mistakes=(
                Mistake("<< a*q >>/<< q - 1 >>", "That is the sum for ever.", id="own-limit-for-value"),
                Mistake(
                    "<< a >>*(1 - (1/<< q >>)^<< n >>)/(1 - 1/<< q >>)", "The last term is missing.", id="fencepost-T"
                ),
            ),
            hints=("Add up the terms, or use (a).",),
        ),
        "c": Part(
            ask="What is the sum if the rewards go on for ever, with the same $a$ and $r$ as in (b)? Give a fraction.",
            answer=lambda p: Values("s := a/(1 - 1/q)", {"a": p["a"], "q": p["q"]}, "s"),
            mistakes=(
                Mistake("<< a >>/(1 + 1/<< q >>)", "The sign in the denominator.", id="sign"),
                Mistake("<< a*q >>", "Divide by $1 - r$, not by $r$.", id="wrong-normaliser"),
            ),
            hints=("What does $r^{n+1}$ tend to?", "It tends to 0: leave this power out of the result of (a)."),
        ),
    },
)
