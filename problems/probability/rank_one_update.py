"""Determinant and inverse of a matrix of rank one beside the identity."""

from derive import Answer, Example, Form, Integers, Mistake, Part, Problem, Values
from derive.derivations import determinant

UPDATE = "q := sum(u[i]*w[i], i); D := 1 + t*q; V[i,j] := [i = j] - t*u[i]*w[j]/D"


def update(p):
    return {"u": [p["a"], p["b"]], "w": [p["c"], p["d"]], "t": p["t"]}


problem = Problem(
    title="One step away from the identity",
    topics=("matrices", "determinants", "rank one"),
    difficulty=2,
    params={"a": Integers(1, 3), "b": Integers(-3, -1), "c": Integers(1, 4), "d": Integers(1, 4), "t": Integers(2, 3)},
    where=lambda p: 1 + p["t"] * (p["a"] * p["c"] + p["b"] * p["d"]) not in (-1, 0, 1),
    statement=r"""
Let $u$ and $w$ be vectors with $n$ real entries and $t$ a real number. $I$ is the $n \times n$ identity, and $u w^\top$ is the matrix with the entries $u_i w_j$.
""",
    working=(determinant.lemma,),
    parts={
        "a": Part(
            ask=r"Give $\det(I + t\, u w^\top)$.",
            answer=Answer(determinant.lemma),
            form=Form(forbidden=("det",), say="That is the question again: work the determinant out."),
            marks=2,
            mistakes=(
                Mistake(
                    r"t^n \sum_{j=1}^{n} u_j w_j",
                    "At $t = 0$ it is the determinant of the identity.",
                    id="constant-dropped",
                ),
                Mistake(
                    r"1 + \sum_{j=1}^{n} u_j w_j",
                    "The matrix of rank one is multiplied by something.",
                    keeps=1,
                    id="missing-chain-factor",
                ),
                Mistake(
                    r"\prod_{j=1}^{n} (1 + t u_j w_j)",
                    "That is the product of the diagonal; the matrix is not triangular.",
                    id="diagonal-only",
                ),
            ),
            hints=("Find $n - 1$ eigenvectors with the eigenvalue 1.", "What does the matrix do to $u$?"),
        ),
        "b": Part(
            ask=r"For $n = 2$, $u = (<< a >>, << b >>)$, $w = (<< c >>, << d >>)$ and $t = << t >>$: give the inverse of $I + t\, u w^\top$, with fractions.",
            answer=lambda p: Values(
                UPDATE,
                update(p),
                "V",
                latex={"V": r"\left(I + t\, u w^\top\right)^{-1}"},
                shown=("q", "D", "V"),
                comes=determinant.lemma,
            ),
            marks=2,
            mistakes=(
                Mistake(
                    "[[<< 1 - t*a*c >>, << -t*a*d >>], [<< -t*b*c >>, << 1 - t*b*d >>]]",
                    "The correction must be divided by the determinant. Multiply it with the matrix to check.",
                    keeps=1,
                    id="wrong-normaliser",
                ),
                Mistake(
                    "[[<< 1 + t*a*c >>, << t*a*d >>], [<< t*b*c >>, << 1 + t*b*d >>]]",
                    "That is the matrix itself.",
                    id="inverse-forgotten",
                ),
            ),
            hints=(
                r"Try $I - c\, u w^\top$ with a number $c$ and multiply.",
                r"$u w^\top u w^\top = (w^\top u)\, u w^\top$.",
            ),
        ),
        "c": Part(
            ask=r"For $t = 1$ and $n = 2$: give $u$ and $w$, all entries between $-2$ and 2, for which $I + u w^\top$ is *not* invertible (its determinant is within a thousandth of 0): `u = [1, 0]; w = [0, 1]`.",
            answer=Example(
                {"u": (2,), "w": (2,)},
                (
                    ("the determinant is not 0", lambda u, w: 1e-3 - abs(1 + u[0] * w[0] + u[1] * w[1])),
                    ("an entry is too large", lambda u, w: 2.001 - max(abs(x) for x in (*u, *w))),
                ),
                {"u": [1, 0], "w": [-1, 0]},
                why="Then $w^\\top u = -1$, and the matrix sends $u$ to 0.",
                comes=determinant.lemma,
            ),
            mistakes=(
                Mistake("u = [1, 0]; w = [0, 1]", "Here the determinant is 1: use (a).", id="constant-dropped"),
                Mistake(
                    "u = [4, 0]; w = [-0.25, 0]",
                    "The determinant is right, but an entry is too large.",
                    id="wrong-bound",
                ),
            ),
            hints=("Where is your result of (a) zero?",),
        ),
    },
)
