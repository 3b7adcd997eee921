"""Swish with a slope of its own: its derivatives in the input and in the slope."""

from derive import Answer, Choice, Derivation, Form, Integers, Mistake, Part, Problem, Symbol, Values
from derive.notation.index_language import program

F = "f := z/(1 + exp(-b*z))"
SYMBOLS = {
    "z": Symbol(meaning="the pre-activation"),
    "b": Symbol(latex=r"\beta", meaning="how steep the gate is"),
    "f": Symbol((), "derived", meaning="the activation"),
}


def truth(torch, z, b):
    return z * torch.sigmoid(b * z)


def about(name, title, wrt):
    return Derivation(
        name, title, of=program(F), wrt=wrt, letters=(), symbols=SYMBOLS, truth=truth, settings=({}, {}, {})
    )


inside = about("swish-slope", "The slope of swish", "z")
steep = about("swish-steepness", "How swish changes with its steepness", "b")

problem = Problem(
    title="Swish",
    topics=("activations",),
    difficulty=1,
    params={"z": Integers(1, 5), "b": Integers(1, 3)},
    where=lambda p: p["z"] != 1 and p["b"] * p["z"] < 7,
    statement=r"""
The activation swish is $f(z) = z\,\sigma(\beta z)$ with the logistic function $\sigma(t) = 1/(1 + e^{-t})$ and a number $\beta$ that is learnt.
""",
    working=(inside, steep),
    parts={
        "a": Part(
            ask=r"Give $\partial f/\partial z$ without $\sigma'$.",
            answer=Answer(inside),
            form=Form(forbidden=("derivative",), keeps=1),
            marks=2,
            mistakes=(
                Mistake(r"\sigma(\beta z)", "It is a product.", keeps=1, id="direct-path-only"),
                Mistake(
                    r"\sigma(\beta z) + z \sigma(\beta z) (1 - \sigma(\beta z))",
                    "Where has the inner slope gone?",
                    keeps=1,
                    id="missing-chain-factor",
                ),
                Mistake(
                    r"\beta \sigma(\beta z) (1 - \sigma(\beta z))",
                    "It is a product of two functions of $z$.",
                    id="missing-term",
                ),
            ),
            hints=("Use the product rule.", r"$\sigma' = \sigma (1 - \sigma)$, and the inner slope is $\beta$."),
        ),
        "b": Part(
            ask=r"Give $\partial f/\partial \beta$.",
            answer=Answer(steep),
            mistakes=(
                Mistake(
                    r"z \sigma(\beta z) (1 - \sigma(\beta z))",
                    "Where has the inner slope gone?",
                    id="missing-chain-factor",
                ),
                Mistake(
                    r"\beta z \sigma(\beta z) (1 - \sigma(\beta z))",
                    r"The inner slope is that in $\beta$.",
                    id="slope-of-wrong-variable",
                ),
            ),
            hints=(r"Only the gate holds $\beta$.", "The inner slope is $z$."),
        ),
        "c": Part(
            ask=r"Give $\partial f/\partial z$ at $z = << z >>$ and $\beta = << b >>$, rounded to four decimals.",
            answer=lambda p: Values(f"{F}; L := f", {"z": p["z"], "b": p["b"]}, "z_bar", digits=4, comes=inside),
            mistakes=lambda p: (
                Mistake(
                    Values(f"{F}; m := sigmoid(b*z)", {"z": p["z"], "b": p["b"]}, "m", digits=4).typed(),
                    "It is a product.",
                    id="direct-path-only",
                ),
                Mistake(
                    Values(f"{F}; m := f", {"z": p["z"], "b": p["b"]}, "m", digits=4).typed(),
                    "That is the value.",
                    id="value-for-slope",
                ),
            ),
            hints=("Work out the gate first.", "Put it into (a)."),
        ),
        "d": Part(
            ask=r"What does $f$ tend to when $\beta$ grows without bound?",
            answer=Choice("max(0, z)", "z", "z/2", "0"),
            mistakes=(
                Mistake("z", "Look at negative inputs."),
                Mistake("z/2", r"That is so for $\beta = 0$."),
                Mistake("0", "Look at positive inputs."),
            ),
        ),
    },
)
