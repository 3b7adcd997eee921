"""The triplet loss: its gradients, and when it sleeps."""

from derive import Answer, Choice, Derivation, Integers, Mistake, Part, Problem, Symbol, Values
from derive.notation.index_language import program

LOSS = "L := softplus(sum((a[i] - p[i])**2, i) - sum((a[i] - q[i])**2, i))"
SYMBOLS = {
    "d": Symbol(domain="dimension", meaning="the length of an embedding"),
    "a": Symbol(("d",), meaning="the anchor"),
    "p": Symbol(("d",), meaning="the positive example"),
    "q": Symbol(("d",), latex="q", meaning="the negative example"),
    "L": Symbol((), "derived", "L", "the loss"),
}


def truth(torch, a, p, q):
    return torch.nn.functional.softplus(torch.dist(a, p) ** 2 - torch.dist(a, q) ** 2)


def about(name, title, wrt):
    return Derivation(
        name,
        title,
        of=program(LOSS, shapes={"a": "d", "p": "d", "q": "d"}),
        wrt=wrt,
        letters=("k",),
        symbols=SYMBOLS,
        truth=truth,
        settings=({"d": 2}, {"d": 3}, {"d": 5}),
    )


anchor = about("triplet-anchor", "The gradient of the triplet loss in the anchor", "a")
negative = about("triplet-negative", "The gradient of the triplet loss in the negative example", "q")


HARD = "u := sum((a[i] - p[i])**2, i) - sum((a[i] - q[i])**2, i) + m; L := relu(u)"


def numbers(p):
    return {"a": [1, 2], "p": [p["p1"], p["p2"]], "q": [p["q1"], p["q2"]], "m": p["m"]}


def wrong(p, rule):
    return Values(f"{HARD}; {rule}", numbers(p), "m1").typed()


problem = Problem(
    title="Triplets",
    topics=("embeddings", "losses"),
    difficulty=2,
    params={
        "p1": Integers(-2, 4),
        "p2": Integers(-1, 4),
        "q1": Integers(-1, 3),
        "q2": Integers(0, 4),
        "m": Integers(1, 5),
    },
    where=lambda p: (
        (p["p1"] - 1) ** 2 + (p["p2"] - 2) ** 2 - (p["q1"] - 1) ** 2 - (p["q2"] - 2) ** 2 > 0
        and p["q1"] != p["p1"]
        and p["q2"] != 2
        and p["p1"] != 1
        and p["q1"] != 1
    ),
    statement=r"""
An anchor $a$, a positive example $p$ and a negative example $q$ are embedded in $\mathbb{R}^d$. The soft loss of the triplet is
$L = \log(1 + e^{u})$ with $u = \sum_{i=1}^d (a_i - p_i)^2 - \sum_{i=1}^d (a_i - q_i)^2$; the hard loss is $H = \max(0, u + m)$ with a margin $m > 0$.
The logistic function is $\sigma(t) = 1/(1 + e^{-t})$.
""",
    working=(anchor, negative),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial a_k$. Write $u$ out.",
            answer=Answer(anchor),
            marks=3,
            mistakes=(
                Mistake(r"2 (q_k - p_k)", "The outer function has a slope, too.", keeps=1, id="missing-chain-factor"),
                Mistake(
                    r"2 (a_k - p_k) \sigma(\sum_i (a_i - p_i)^2 - \sum_i (a_i - q_i)^2)",
                    "The anchor stands in both distances.",
                    keeps=1,
                    id="dropped-path",
                ),
                Mistake(
                    r"2 (p_k - q_k) \sigma(\sum_i (a_i - p_i)^2 - \sum_i (a_i - q_i)^2)",
                    "Check the sign: which way does the loss grow?",
                    keeps=2,
                    id="sign",
                ),
                Mistake(
                    r"2 (q_k - p_k) \log(1 + e^{\sum_i (a_i - p_i)^2 - \sum_i (a_i - q_i)^2})",
                    "The outer function stands where its slope belongs.",
                    keeps=1,
                    id="value-for-slope",
                ),
            ),
            hints=(
                r"The slope of $\log(1 + e^u)$ is $\sigma(u)$.",
                "$a_k$ drops out of the difference of the two inner slopes.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial L/\partial q_k$.",
            answer=Answer(negative),
            marks=2,
            mistakes=(
                Mistake(
                    r"2 (q_k - a_k) \sigma(\sum_i (a_i - p_i)^2 - \sum_i (a_i - q_i)^2)",
                    "The distance to $q$ comes with a minus.",
                    keeps=1,
                    id="sign",
                ),
                Mistake(r"2 (a_k - q_k)", "The outer function has a slope, too.", keeps=1, id="missing-chain-factor"),
            ),
            hints=(
                "Only one of the distances holds $q$.",
                "Mind the two minus signs: the distance's own, and that of $-q_k$.",
            ),
        ),
        "c": Part(
            ask=r"Take $a = (1, 2)$, $p = (<< p1 >>, << p2 >>)$, $q = (<< q1 >>, << q2 >>)$ and $m = << m >>$. Give the hard loss $H$.",
            answer=lambda p: Values(HARD, numbers(p), "L"),
            mistakes=lambda p: (
                Mistake(wrong(p, "m1 := L - m"), "The margin is lost.", id="missing-term"),
                Mistake(wrong(p, "m1 := L - 2*m"), "The margin makes the loss larger.", id="sign"),
            ),
            hints=("Two squared distances and the margin.", "The distance to $q$ counts with a minus."),
        ),
        "d": Part(
            ask="The same numbers: give the gradient of $H$ in $a$ as a column.",
            answer=lambda p: Values(HARD, numbers(p), "a_bar"),
            mistakes=lambda p: (
                Mistake(wrong(p, "m1[k] := -a_bar[k]"), "Check the sign.", id="sign"),
                Mistake(wrong(p, "m1[k] := a_bar[k]/2"), "A square has the slope 2.", id="lost-two"),
            ),
            hints=("The loss is positive here, so the maximum has the slope 1.", "Twice a difference of $q$ and $p$."),
        ),
        "e": Part(
            ask="The hard loss is 0. What does a step of gradient descent do to the three embeddings?",
            answer=Choice("nothing", "it pulls a and p together", "it pushes a and q apart"),
            mistakes=(
                Mistake("it pulls a and p together", "What is the slope of the maximum there?"),
                Mistake("it pushes a and q apart", "What is the slope of the maximum there?"),
            ),
        ),
    },
)
