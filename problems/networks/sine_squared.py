"""The chain rule on one number."""

from derive import Answer, Form, Integers, Mistake, Part, Problem, Values
from derive.derivations.sensitivities import chain_rule_example

CHAIN = "u := w**2 + c; v := exp(-u); L := v**2"


def wrong(p, rule):
    return Values(f"{CHAIN}; {rule}", given(p), "q", digits=4).typed()


def given(p):
    return {"w": p["w"] / 10, "c": p["c"] / 10}


problem = Problem(
    title="The chain rule, one factor at a time",
    topics=("chain rule",),
    difficulty=1,
    params={"w": Integers(3, 8), "c": Integers(-6, -1)},
    where=lambda p: p["w"] != 5,
    statement=r"""
Let $f(w) = \bigl(\sin(w^2 + 1)\bigr)^2$ for a real number $w$: with $u = w^2 + 1$ and $v = \sin u$, this is $f = v^2$.
""",
    working=(chain_rule_example,),
    parts={
        "a": Part(
            ask=r"Give $f'(w)$ in terms of $w$ alone.",
            answer=Answer(chain_rule_example),
            marks=2,
            form=Form(
                forbidden=("u", "v"),
                keeps=1,
                say="Right in value, but put $u$ and $v$ back in: only $w$ may stand in it.",
            ),
            mistakes=(
                Mistake(
                    r"2 \sin(w^2 + 1) \cos(w^2 + 1)", "One link of the chain is missing.", 1, "missing-chain-factor"
                ),
                Mistake(r"4 w \sin(w^2 + 1)", "One link of the chain is missing.", 1, "missing-chain-factor"),
                Mistake(r"2 w \sin(w^2 + 1) \cos(w^2 + 1)", "What is the derivative of a square?", 1, "lost-two"),
                Mistake(
                    r"4 w \cos^2(w^2 + 1)",
                    "The outer derivative is taken at the sine, not at its derivative.",
                    0,
                    "own-slope-elsewhere",
                ),
            ),
            hints=(
                r"$f = v^2$, $v = \sin u$, $u = w^2 + 1$: three functions, three factors.",
                r"The factors are $2v$, $\cos u$ and $2w$.",
                "Multiply them, and put $v$ and $u$ back in.",
            ),
        ),
        "b": Part(
            ask=r"Now $g(w) = \bigl(e^{-(w^2 << c/10 >>)}\bigr)^2$. Give $g'(<< w/10 >>)$ to four decimals.",
            answer=lambda p: Values(
                CHAIN, given(p), "w_bar", digits=4, latex={"L": "g"}, shown=("u", "v", "v_bar", "u_bar", "w_bar")
            ),
            marks=2,
            mistakes=lambda p: (
                Mistake(wrong(p, "q := -w_bar"), "Does $g$ grow or fall with $w > 0$?", 1, "sign"),
                Mistake(wrong(p, "q := w_bar/2"), "Look for a 2 that got lost.", 1, "lost-two"),
                Mistake(wrong(p, "q := -2*v*v"), "The innermost derivative is missing.", 1, "missing-chain-factor"),
            ),
            hints=(
                r"Name the steps: $u = w^2 << c/10 >>$ is the innermost.".replace("<< c/10 >>", r"+ \text{a number}"),
                r"The factors are $2v$, $-e^{-u}$ and $2w$.",
            ),
        ),
    },
)
