"""Causal attention in a window: how many scores there are."""

from derive import Answer, Choice, Form, Mistake, Number, OneOf, Part, Problem, Symbol, stated


def scores(torch, n, w):
    mask = torch.ones(n, n, dtype=torch.float64).tril().triu(1 - w)
    return mask.sum()


count = stated(
    "window-scores",
    "s := n*w - w*(w - 1)/2",
    symbols={
        "n": Symbol(domain="dimension", meaning="the length of the sequence"),
        "w": Symbol(domain="dimension", meaning="the width of the window"),
        "s": Symbol((), "derived", meaning="the scores"),
    },
    truth=scores,
    where=("w <= n",),
    settings=({"n": 5, "w": 2}, {"n": 7, "w": 3}, {"n": 9, "w": 4}),
)

problem = Problem(
    title="Attention in a window",
    topics=("attention", "counting"),
    difficulty=2,
    params={"n": OneOf((64, 100, 128, 200)), "w": OneOf((8, 10, 16))},
    statement=r"""
In causal attention with a window of width $w \le n$, each of $n$ places looks at itself and at up to $w - 1$ places before it, as far as there are any.
""",
    parts={
        "a": Part(
            ask="How many scores are computed, no more than are needed?",
            answer=Answer(count),
            form=Form(closed=True, keeps=1),
            marks=2,
            mistakes=(
                Mistake("n w", "The first places have fewer before them.", keeps=1, id="wrong-bound"),
                Mistake(r"\frac{n (n + 1)}{2}", "That is without a window.", id="own-no-window"),
                Mistake(
                    r"n w - \frac{w (w + 1)}{2}", "How many scores lacks the first place?", keeps=1, id="off-by-one"
                ),
            ),
            hints=(
                "Start from $n w$ and take off what lies before the sequence.",
                r"The first place lacks $w - 1$ scores, the next one $w - 2$.",
            ),
        ),
        "b": Part(
            ask="How many are these for $n = << n >>$ and $w = << w >>$?",
            answer=lambda p: Number.from_derivation(count, n=p["n"], w=p["w"]),
            mistakes=lambda p: (
                Mistake(f"{p['n'] * p['w']}", "The first places have fewer before them.", id="wrong-bound"),
                Mistake(
                    f"{p['n'] * p['w'] - p['w'] * (p['w'] + 1) // 2}",
                    "How many scores lacks the first place?",
                    id="off-by-one",
                ),
            ),
            hints=("Put the numbers into (a).", "Mind the half."),
        ),
        "c": Part(
            ask=r"The window stays as it is, and $n$ doubles. What becomes of the number of scores for large $n$?",
            answer=Choice("it doubles", "it grows fourfold", "it stays"),
            mistakes=(
                Mistake("it grows fourfold", "That is so without a window."),
                Mistake("it stays", "New places need scores."),
            ),
        ),
    },
)
