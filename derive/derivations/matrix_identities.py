"""Identities of matrices: push-through and Woodbury; the square of a sum; Cauchy and Schwarz by Lagrange's identity."""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import ends
from derive.calculus.rules import put, use
from derive.calculus.rules_terms import estimate, multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol, axes
from derive.notation.index_language import expression, relation

_NOTES = "000_46eee05028ac51b3.txt"
_SHAPES = {
    "A": "n n",
    "P": "n n",
    "U": "n m",
    "V": "m n",
    "G": "n n",
    "H": "m m",
    "K": "m m",
    "b": "n",
    "x": "n",
    "y": "m",
    "z": "m",
    "L": "n m",
    "E": "n m",
}
_SIZES = ({"n": 3, "m": 2}, {"n": 2, "m": 3}, {"n": 5, "m": 2})


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _text(formula: str, *letters: str) -> Any:
    return expression(formula, shapes=_SHAPES, letters=letters)


def _solved(torch: Any, S: Any, B: Any, U: Any, V: Any, b: Any) -> dict[str, Any]:  # noqa: N803
    """Torch's own solution of (A + UV) x = b, and its own inverses."""
    A = S + B - B.T  # noqa: N806
    inverse = torch.linalg.inv(A)
    x = torch.linalg.solve(A + U @ V, b)
    small = torch.eye(len(V), dtype=A.dtype) + torch.linalg.multi_dot([V, inverse, U])
    return {
        "x": x,
        "y": V @ x,
        "z": torch.linalg.multi_dot([V, inverse, b]),
        "P": inverse,
        "K": torch.linalg.inv(small),
    }


_BIG = {
    "n": Symbol(domain="dimension", latex="n", meaning="the size of the large matrix"),
    "m": Symbol(domain="dimension", latex="m", meaning="the rank of the change"),
    "U": Symbol(("n", "m"), latex="U", meaning="a matrix"),
    "V": Symbol(("m", "n"), latex="V", meaning="another"),
}
woodbury = Derivation(
    "woodbury-identity",
    "Woodbury's identity",
    subject="matrices",
    statement="The inverse of A + UV takes A⁻¹ and the inverse of a small matrix: A⁻¹ − A⁻¹U(I + VA⁻¹U)⁻¹VA⁻¹, times any b.",
    start=relation("x[i] = sum(P[i, j]*(b[j] - sum(U[j, k]*y[k], k)), j)", shapes=_SHAPES, frame=axes(i="n")),
    opening=_by("solve for A", "(A + UV) x = b says A x = b − U y with y = V x; A⁻¹ is known."),
    then=(
        put(
            "y",
            ("k",),
            _text("sum(K[k, l]*z[l], l)", "k"),
            "small system",
            "V times that line is y = V A⁻¹ b − V A⁻¹ U y: a system for y with the small matrix I + V A⁻¹ U.",
        ),
        put("z", ("l",), _text("sum(V[l, p]*P[p, q]*b[q], p, q)", "l"), "right side", "Its right side is V A⁻¹ b."),
        multiply_out("Multiply out."),
    ),
    symbols=_BIG
    | {
        "S": Symbol(("n", "n"), "spd"),
        "B": Symbol(("n", "n")),
        "b": Symbol(("n",), latex="b", meaning="any right side"),
        "P": Symbol(("n", "n"), "derived", "P", "the inverse of A"),
        "K": Symbol(("m", "m"), "derived", "K", "the inverse of the small matrix I + VA⁻¹U"),
        "x": Symbol(("n",), "derived", "x", "the solution of (A + UV) x = b"),
        "y": Symbol(("m",), "derived", "y", "V times the solution"),
        "z": Symbol(("m",), "derived", "z", "V times A⁻¹b"),
    },
    truth=_solved,
    settings=_SIZES,
    form="x_i = Σ_{j=1}^n P_{i,j} b_j - "
    "Σ_{j=1}^n Σ_{k=1}^m Σ_{l=1}^m Σ_{p=1}^n Σ_{q=1}^n P_{i,j} U_{j,k} K_{k,l} V_{l,p} P_{p,q} b_q",
    source=f"{_NOTES} 'Background'; Woodbury (1950)",
    assumptions=("A and A + UV are invertible.",),
)


def _pushed(torch: Any, U: Any, V: Any) -> dict[str, Any]:  # noqa: N803
    """Torch's own inverses of the large and the small matrix."""
    large = torch.eye(len(U), dtype=U.dtype) + U @ V
    small = torch.eye(len(V), dtype=U.dtype) + V @ U
    return {
        "A": large,
        "G": torch.linalg.inv(large),
        "L": torch.linalg.solve(large, U),
        "H": torch.linalg.inv(small),
        "E": U @ small,
    }


push_through = Derivation(
    "push-through-identity",
    "The push-through identity",
    subject="matrices",
    statement="(I + UV)⁻¹U = U(I + VU)⁻¹: invert the smaller of the two.",
    start=relation("L[i, l] = sum(G[i, j]*E[j, k]*H[k, l], j, k)", shapes=_SHAPES, frame=axes(i="n", l="m")),
    opening=_by("one", "(I + UV)⁻¹U, and behind it I + VU times its inverse: in the middle stands E = U(I + VU)."),
    then=(
        put(
            "E",
            ("j", "k"),
            _text("sum(A[j, q]*U[q, k], q)", "j", "k"),
            "push through",
            "U(I + VU) is U + UVU, and so is (I + UV)U.",
        ),
        use(
            _text("sum(G[i, j]*A[j, q], j)", "i", "q"),
            _text("[i = q]", "i", "q"),
            "inverse",
            "The inverse of I + UV times I + UV is the identity.",
        ),
        multiply_out("The bracket keeps one term."),
    ),
    symbols=_BIG
    | {
        "A": Symbol(("n", "n"), "derived", "A", "I + UV"),
        "G": Symbol(("n", "n"), "derived", "G", "the inverse of I + UV"),
        "E": Symbol(("n", "m"), "derived", "E", "U (I + VU)"),
        "H": Symbol(("m", "m"), "derived", "H", "the inverse of I + VU"),
        "L": Symbol(("n", "m"), "derived", "L", "(I + UV)⁻¹ U"),
    },
    truth=_pushed,
    settings=_SIZES,
    form="L_{i,l} = Σ_{k=1}^m U_{i,k} H_{k,l}",
    source=f"{_NOTES} 'Linear Factor Analysis'",
    assumptions=("I + UV is invertible; then I + VU is, for both have the same determinant.",),
)

_PAIR = {"u": "n", "v": "n"}
_CROSS = "sum((u[i]*v[j] - u[j]*v[i])**2, i, j)/2"


def _lengths(torch: Any, u: Any, v: Any) -> dict[str, Any]:
    """Squared lengths, the inner product, and the squares of all minors."""
    minors = torch.outer(u, v) - torch.outer(v, u)
    square = torch.linalg.vector_norm(u) ** 2, torch.linalg.vector_norm(v) ** 2
    return {"a": square[0], "b": square[1], "c": torch.dot(u, v), "M": torch.linalg.matrix_norm(minors) ** 2 / 2}


def _parallel(torch: Any, u: Any, r: Any) -> dict[str, Any]:
    return {"v": r * u, **_lengths(torch, u, r * u)}


_VECTORS = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of entries"),
    "u": Symbol(("n",), latex="u", meaning="a vector"),
    "v": Symbol(("n",), latex="v", meaning="another"),
    "r": Symbol((), "nonzero"),
    "a": Symbol((), "derived", r"\|u\|^2", "the square of the length of u"),
    "b": Symbol((), "derived", r"\|v\|^2", "the square of the length of v"),
    "c": Symbol((), "derived", "c", "the inner product of u and v"),
    "M": Symbol((), "derived", "M", "the squares of all minors u_i v_j − u_j v_i, each pair once"),
}
_VECTOR: dict[str, Any] = {
    "subject": "matrices",
    "symbols": _VECTORS,
    "truth": _lengths,
    "settings": ({"n": 2}, {"n": 3}, {"n": 5}),
    "source": f"{_NOTES} 'Cauchy-Schwarz inequality'",
}
lagrange = Derivation(
    "lagrange-identity",
    "Lagrange's identity",
    statement="The squared area between two vectors: the product of the squared lengths less the square of the inner product.",
    start=relation(f"M = {_CROSS}", shapes=_PAIR),
    opening=_by("minors", "Half the sum of the squares over all i and j."),
    then=(
        multiply_out("Multiply the squares out."),
        use(
            expression("sum(u[i]**2*v[j]**2, i, j)", shapes=_PAIR),
            expression("a*b"),
            "lengths",
            "A double sum of products is the product of the sums.",
        ),
        use(
            expression("sum(u[i]*v[j]*u[j]*v[i], i, j)", shapes=_PAIR),
            expression("c**2"),
            "inner product",
            "So is the other: both factors are the inner product.",
        ),
    ),
    form="M = ‖u‖² ‖v‖² - c²",
    **_VECTOR,
)
cauchy_schwarz = Derivation(
    "cauchy-schwarz-inequality",
    "Cauchy and Schwarz's inequality",
    statement="The inner product of two vectors is at most the product of their lengths; parallel ones attain it.",
    start=relation(f"c**2 = a*b - {_CROSS}", shapes=_PAIR),
    opening=_by(
        "Lagrange's identity", "The product of the squared lengths less the squares of the minors (derived above)."
    ),
    then=(
        estimate(expression(f"-{_CROSS}", shapes=_PAIR), expression("0"), "squares", "Squares are never negative."),
        ends("Keep the two ends."),
    ),
    equality=_parallel,
    kind="claim",
    lemmas=(lagrange,),
    form="c² ≤ ‖u‖² ‖v‖²",
    **_VECTOR,
)
