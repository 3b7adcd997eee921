"""A planar flow: its Jacobian, its determinant, and the slope of its logarithm."""

from derive import Answer, Form, Integers, Mistake, Part, Problem, Symbol, Values
from derive.derivations import determinant, flows

DETERMINANT = "D := det([i = j] + u[i]*w[j], i, j)"


def vectors(p):
    return {"u": [p["u1"], p["u2"]], "w": [p["w1"], p["w2"]]}


problem = Problem(
    title="A planar flow",
    topics=("normalising flows", "determinants", "Jacobian"),
    difficulty=3,
    params={"u1": Integers(1, 4), "u2": Integers(-3, 3), "w1": Integers(1, 4), "w2": Integers(1, 4)},
    where=lambda p: p["u2"] != 0 and p["u1"] * p["w1"] + p["u2"] * p["w2"] > 0,
    statement=r"""
A planar flow maps $z$ to $y$, both with $d$ entries, by

$$y_i = z_i + u_i\, f(a), \qquad a = \sum_{j=1}^{d} w_j\, z_j + b,$$

with vectors $u$ and $w$ of $d$ real entries, a real number $b$ and a smooth function $f$. `[i = j]` is 1 where $i = j$ and else 0; you may write $\delta_{i,j}$ for it.
""",
    working=(flows.planar_jacobian, determinant.lemma, flows.planar_move),
    parts={
        "a": Part(
            ask=r"Give the entry $\partial y_i/\partial z_j$ of the Jacobian, in terms of $u$, $w$ and $f'(a)$.",
            answer=Answer(flows.planar_jacobian, symbols={"delta": Symbol(("d", "d"), "kronecker", r"\delta")}),
            marks=2,
            mistakes=(
                Mistake("u_i f'(a) w_j", "The input is also passed on as it is.", keeps=1, id="dropped-path"),
                Mistake(
                    "[i = j] + u_j f'(a) w_i",
                    "Rows are outputs, columns are inputs: which index belongs to $u$?",
                    keeps=1,
                    id="missing-transpose",
                ),
                Mistake(
                    "[i = j] (1 + u_i f'(a) w_i)",
                    "Every output depends on every input, through $a$.",
                    keeps=1,
                    id="diagonal-only",
                ),
            ),
            hints=("Two terms of $y_i$ hold $z_j$.", r"$\partial a/\partial z_j = w_j$; the chain rule does the rest."),
        ),
        "b": Part(
            ask=r"Let $u$ and $w$ be any vectors with $d = n$ entries and $t$ a real number. Give $\det(I + t\, u w^\top)$, where $I$ is the $n \times n$ identity.",
            answer=Answer(determinant.lemma),
            form=Form(forbidden=("det",), say="That is the question again: work the determinant out."),
            marks=2,
            mistakes=(
                Mistake(
                    r"1 + t^n \sum_{j=1}^{n} u_j w_j",
                    "Each row is $t$ times something, plus a row of the identity. Try $n = 2$: what happens to $t^2$?",
                    keeps=1,
                    id="wrong-exponent",
                ),
                Mistake(
                    r"t \sum_{j=1}^{n} u_j w_j",
                    "At $t = 0$ it is the determinant of the identity.",
                    keeps=1,
                    id="constant-dropped",
                ),
                Mistake(
                    r"\prod_{j=1}^{n} (1 + t u_j w_j)",
                    "That is the product of the diagonal; the matrix is not triangular.",
                    id="diagonal-only",
                ),
            ),
            hints=(
                "Any vector orthogonal to $w$ is an eigenvector with the eigenvalue 1.",
                "The vector $u$ is an eigenvector, too. With which eigenvalue?",
            ),
        ),
        "c": Part(
            ask=r"Let $\psi_i = f'(a)\, w_i$. Give the derivative of $l = \log\left(1 + \sum_{i=1}^{d} u_i \psi_i\right)$ in $u_j$, at fixed $z$, in terms of $u$ and $\psi$.",
            answer=Answer(flows.planar_move),
            marks=2,
            mistakes=(
                Mistake(
                    r"\frac{1}{1 + \sum_{i=1}^{d} u_i \psi_i}",
                    "The inner derivative is missing.",
                    keeps=1,
                    id="missing-chain-factor",
                ),
                Mistake(
                    r"\frac{u_j}{1 + \sum_{i=1}^{d} u_i \psi_i}",
                    "That is the derivative in the other vector.",
                    keeps=1,
                    id="slope-of-wrong-variable",
                ),
                Mistake(
                    r"\frac{\psi_j}{1 + u_j \psi_j}",
                    "The sum stays whole in the denominator.",
                    keeps=1,
                    id="missing-sum",
                ),
            ),
            hints=("The derivative of a logarithm is one over its argument, times the argument's derivative.",),
        ),
        "d": Part(
            ask=r"What is the determinant of the Jacobian for $d = 2$, $u = (<< u1 >>, << u2 >>)$, $w = (<< w1 >>, << w2 >>)$, where $f'(a) = 1$?",
            answer=lambda p: Values(DETERMINANT, vectors(p), "D", comes=determinant.lemma),
            mistakes=(
                Mistake("<< u1*w1 + u2*w2 >>", "The identity is missing.", id="constant-dropped"),
                Mistake(
                    "<< (1 + u1*w1)*(1 + u2*w2) >>",
                    "That is the product of the diagonal; the rest of the matrix is not zero.",
                    id="diagonal-only",
                ),
            ),
            hints=("Use (b) with $t = 1$.",),
        ),
    },
)
