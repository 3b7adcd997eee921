"""CTC: how many alignments there are, and how short a clip may be."""

from derive import Answer, Integers, Mistake, Number, Part, Problem, Symbol, stated


def paths(torch, T, U):
    # the forward recursion over blanks and U labels that differ from their neighbours
    S = 2 * U + 1
    a = torch.zeros(S, dtype=torch.float64)
    a[0] = a[1] = 1
    for _ in range(T - 1):
        b = a.clone()
        b[1:] += a[:-1]
        b[3::2] += a[1:-2:2]
        a = b
    return a[-1] + a[-2]


count = stated(
    "ctc-paths",
    "c := prod((T - U + i)*(T + i)/(i*(U + i)), i = 1..U)",
    symbols={
        "T": Symbol(domain="dimension", meaning="the frames"),
        "U": Symbol(domain="dimension", meaning="the labels"),
        "c": Symbol((), "derived", meaning="the alignments"),
    },
    truth=paths,
    where=("T >= U",),
    settings=({"T": 3, "U": 2}, {"T": 5, "U": 3}, {"T": 7, "U": 4}),
)

problem = Problem(
    title="Alignments of a label sequence",
    topics=("sequences", "counting"),
    difficulty=3,
    params={"T": Integers(4, 8), "U": Integers(2, 3), "r": Integers(1, 2), "M": Integers(5, 9)},
    statement=r"""
CTC aligns $U$ labels, of which no two neighbours are equal, to $T \ge U$ frames: each frame gets a label or a blank; repeated labels are merged, then blanks are dropped. The number of
alignments is $\binom{T + U}{2U}$.
""",
    parts={
        "a": Part(
            ask=r"Write this number as a product over $i = 1, \dots, 2U$, without factorials.",
            answer=Answer(count),
            marks=2,
            mistakes=(
                Mistake(
                    r"\prod_{i=1}^{2U} (T - U + i)",
                    r"What is below the line of a binomial coefficient?",
                    keeps=1,
                    id="wrong-normaliser",
                ),
                Mistake(
                    r"\prod_{i=1}^{2U} \frac{T + U + i}{i}",
                    r"Where does the product of $(T+U)!/(T-U)!$ begin?",
                    keeps=1,
                    id="wrong-bound",
                ),
            ),
            hints=(
                r"$\binom{a}{b} = \frac{a (a-1) \cdots (a-b+1)}{b!}$.",
                r"The factors above run from $T - U + 1$ to $T + U$.",
            ),
        ),
        "b": Part(
            ask="How many alignments are there for $U = << U >>$ labels and $T = << T >>$ frames?",
            answer=lambda p: Number.from_derivation(count, T=p["T"], U=p["U"]),
            mistakes=lambda p: (
                Mistake(f"{(p['U'] + 1) ** p['T']}", "Do all of these give the labels in their order?", id="own-all"),
                Mistake(f"{p['T'] * p['U']}", "An alignment is a path.", id="own-product"),
            ),
            hints=("Put the numbers into the binomial coefficient.", "A product of $2U$ factors above, and one below."),
        ),
        "c": Part(
            ask="A sequence of << M >> labels has << r >> pairs of equal neighbours. How many frames are the least?",
            answer=lambda p: Number.from_derivation(least, M=p["M"], r=p["r"]),
            mistakes=lambda p: (
                Mistake(f"{p['M']}", "Equal neighbours would be merged.", id="hidden-constraint"),
                Mistake(f"{2 * p['M'] + 1}", "Blanks are not needed everywhere.", id="own-blanks-everywhere"),
                Mistake(f"{p['M'] - p['r']}", "Nothing is saved.", id="sign"),
            ),
            hints=("What must stand between two equal labels?", "One blank for every such pair."),
        ),
    },
)
least = stated(
    "ctc-least-frames",
    "t := M + r",
    symbols={"M": Symbol(domain="dimension"), "r": Symbol(domain="dimension"), "t": Symbol((), "derived")},
    truth=lambda torch, M, r: torch.tensor(float(M + r), dtype=torch.float64),
    settings=({"M": 5, "r": 2}, {"M": 4, "r": 3}, {"M": 6, "r": 2}),
)
