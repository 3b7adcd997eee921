"""How many labellings of points a hyperplane gives, and what that says of the dimension of Vapnik and Chervonenkis."""

from derive import Answer, Choice, Form, Integers, Mistake, Number, Part, Problem
from derive.derivations import shattering

problem = Problem(
    title="What hyperplanes can tell apart",
    topics=("VC dimension", "counting", "perceptron"),
    difficulty=2,
    params={"n": Integers(3, 8)},
    statement=r"""
Points in $n$ dimensions are labelled $+$ or $-$ by a hyperplane through 0: $+$ on one side, $-$ on the other. Let $C_{s,n}$ be the number of labellings that $s$
points in general position can get in this way. (General position: no $n$ of them lie in a subspace of $n - 1$ dimensions.) Cover's count is
$C_{s,n} = 2 \sum_{i=0}^{n-1} \binom{s-1}{i}$, where $\binom{k}{i} = 0$ for $i > k$.
""",
    working=(shattering.shattered, shattering.not_shattered),
    parts={
        "a": Part(
            ask="Give $C_{n,n}$ in closed form.",
            answer=Answer(shattering.shattered),
            form=Form(closed=True),
            mistakes=(
                Mistake(
                    "2^{n-1}", "That is the row of Pascal's triangle; the count has a factor in front.", id="lost-two"
                ),
                Mistake(
                    "2 n", "That is for two dimensions only: add up the binomial coefficients.", id="own-two-dimensions"
                ),
                Mistake("2^{n+1}", "The row that is added up belongs to $n - 1$.", id="off-by-one"),
            ),
            hints=("The sum runs over a whole row of Pascal's triangle.", r"$\sum_{i=0}^{k} \binom{k}{i} = 2^k$."),
        ),
        "b": Part(
            ask="Give $C_{n+1,n}$ in closed form.",
            answer=Answer(shattering.not_shattered),
            marks=2,
            form=Form(closed=True),
            mistakes=(
                Mistake("2^{n+1}", "The sum stops one short of the end of the row.", keeps=1, id="fencepost-T"),
                Mistake(
                    "2^{n+1} - 1", "What is missing at the end of the row is doubled as well.", keeps=1, id="lost-two"
                ),
                Mistake("2^n", "That is the count for one point less.", id="off-by-one"),
            ),
            hints=("Now the row of Pascal's triangle has $n + 1$ numbers, and $n$ of them are added up.",),
        ),
        "c": Part(
            ask="How large is the VC dimension of these classifiers in $n$ dimensions: the largest number of points that can get all their labellings?",
            answer=Choice(
                "n",
                "n + 1",
                "n - 1",
                "2n",
                why="All $2^s$ labellings of $s$ points are possible for $s = n$, and for $s = n + 1$ two are missing: Cover's sum then lacks its last term.",
            ),
            mistakes=(
                Mistake(
                    "n + 1",
                    "That is with a bias. Here hyperplanes go through 0: compare (b) with all labellings.",
                    id="bias-added",
                ),
                Mistake(
                    "2n", "With twice as many points half of all labellings are possible, not all.", id="own-capacity"
                ),
            ),
            hints=(
                "$s$ points have $2^s$ labellings: compare with (a) and (b).",
                "For which number of points is the count all $2^s$, and for which does it fall short for the first time?",
            ),
        ),
        "d": Part(
            ask="A unit *with* a bias reads $<< n - 1 >>$ inputs; it is a hyperplane through 0 in $<< n >>$ dimensions (one input is always 1). How many labellings can it give "
            "$<< n + 1 >>$ points in general position?",
            answer=lambda p: Number.from_derivation(shattering.not_shattered, n=p["n"]),
            mistakes=(
                Mistake(
                    "<< 2**(n + 1) >>",
                    "All labellings are too many: the bias adds one dimension, and these are two points more than inputs.",
                    id="off-by-one",
                ),
                Mistake(
                    "<< 2**n - 2 >>",
                    "Count again in how many dimensions the hyperplane through 0 lies.",
                    id="missing-bias",
                ),
            ),
            hints=("Use (b) with the dimension that has the constant input.",),
        ),
    },
)
