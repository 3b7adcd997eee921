"""Padding a dilated convolution so that the length stays: a formula, a set of filters, a number."""

from derive import Answer, Choice, Integers, IntegerSet, Mistake, Number, OneOf, Part, Problem, Symbol, stated
from derive.derivations.catalogue import catalogue

known = catalogue()


def padding(torch, K, D):
    x = torch.zeros(1, 1, 40, dtype=torch.float64)
    w = torch.zeros(1, 1, K, dtype=torch.float64)
    y = torch.nn.functional.conv1d(x, w, dilation=D)
    return torch.tensor(float(x.shape[-1] - y.shape[-1]), dtype=torch.float64)


total = stated(
    "dilated-total-padding",
    "P := D*(K - 1)",
    symbols={
        "K": Symbol(domain="dimension", meaning="the taps of the filter"),
        "D": Symbol(domain="dimension", meaning="the dilation"),
        "P": Symbol((), "derived", meaning="the zeros to add, both sides together"),
    },
    truth=padding,
    settings=({"K": 3, "D": 2}, {"K": 5, "D": 4}, {"K": 4, "D": 3}),
)

problem = Problem(
    title="Padding a dilated convolution",
    topics=("convolution",),
    difficulty=2,
    params={
        "K": OneOf((3, 5, 7)),
        "D": OneOf((2, 4, 8)),
        "I": Integers(20, 30),
        "O": Integers(4, 6),
        "S": Integers(3, 4),
    },
    where=lambda p: p["D"] != 2 and p["I"] - p["O"] * p["S"] >= 2,
    statement=r"""
A filter of $K$ taps with the dilation $D$ reads inputs that are $D$ apart. The convolution has the stride 1 unless a part says otherwise.
""",
    parts={
        "a": Part(
            ask="How many zeros, both sides together, must be added so that there are as many outputs as inputs?",
            answer=Answer(total),
            accepts=(r"D K - D",),
            mistakes=(
                Mistake("K - 1", "How many inputs does the filter span?", id="own-no-dilation"),
                Mistake("D K - 1", "Count the gaps between the taps.", id="fencepost-T"),
                Mistake("D K", "Count the gaps between the taps.", id="off-by-one"),
                Mistake(r"\frac{D (K - 1)}{2}", "Both sides together.", id="lost-two"),
            ),
            hints=(
                "How many inputs does the filter span, from its first to its last tap?",
                "Add up the gaps between the taps.",
            ),
        ),
        "b": Part(
            ask="How many zeros are these for $K = << K >>$ and $D = << D >>$?",
            answer=lambda p: Number.from_derivation(total, K=p["K"], D=p["D"]),
            mistakes=lambda p: (
                Mistake(f"{p['D'] * p['K']}", "Count the gaps between the taps.", id="off-by-one"),
                Mistake(f"{p['D'] * (p['K'] - 1) // 2}", "Both sides together.", id="lost-two"),
                Mistake(f"{p['K'] - 1}", "How many inputs does the filter span?", id="own-no-dilation"),
            ),
            hints=("Put the numbers in.", "One gap less than there are taps."),
        ),
        "c": Part(
            ask=r"Now without dilation and padding, with the stride << S >>: which filter sizes make << O >> outputs of << I >> inputs?",
            answer=lambda p: IntegerSet(known["kernel-range"], {"I": p["I"], "P": 0, "S": p["S"], "O": p["O"]}, "K"),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    "{" + f"{p['I'] - p['S'] * (p['O'] - 1)}" + "}",
                    "There are more of them.",
                    keeps=1,
                    id="own-one-only",
                ),
                Mistake("{" + f"{p['I'] - p['S'] * p['O']}" + "}", "Then one more output fits.", id="off-by-one"),
            ),
            hints=("The last filter may leave some inputs over.", "As many sizes as the stride."),
        ),
        "d": Part(
            ask="$K$ is even and $D$ odd. Can the zeros of (a) be split evenly on both sides?",
            answer=Choice("no", "yes"),
            mistakes=(Mistake("yes", "Is the number of zeros even?"),),
        ),
    },
)
