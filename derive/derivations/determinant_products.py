"""The determinant of a product and of a transposed matrix, by how their logarithms change."""

from __future__ import annotations

from typing import Any

from derive.calculus.program import Program
from derive.calculus.rules import use
from derive.calculus.rules_names import known_as
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.derivations.flows import LOG_SIZE
from derive.notation.index_language import expression, program, relation

_SOURCE = "000_46eee05028ac51b3.txt 'Background'"
_SHAPES = {"A": "n n", "B": "n n", "P": "n n", "T": "n n", "P_bar": "n n", "A_bar": "n n"}
_SIZES = ({"n": 2}, {"n": 3}, {"n": 5})
_A = "inv(A[p, q], p, q)"


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _text(formula: str, *letters: str) -> Any:
    return expression(formula, shapes=_SHAPES, letters=("n", *letters))


_SYMBOLS = {
    "n": Symbol(domain="dimension", latex="n", meaning="the size of the matrices"),
    "A": Symbol(("n", "n"), latex="A", meaning="an invertible matrix"),
    "B": Symbol(("n", "n"), latex="B", meaning="another"),
}
_PRODUCT = program("P[i, j] := sum(A[i, k]*B[k, j], k); t := det(P[i, j], i, j); L := log(abs(t))", shapes=_SHAPES)
_TRANSPOSED = program("T[i, j] := A[j, i]; t := det(T[i, j], i, j); L := log(abs(t))", shapes=_SHAPES)


def _through(of: Program, name: str) -> dict[str, Any]:
    """The gradient in the matrix whose determinant is taken: t over t is 1."""
    known = known_as(of.definitions[1], "The determinant is t; t over t is 1.")
    return {"t_bar": (LOG_SIZE,), f"{name}_bar": ("t_bar", known), "A_bar": (f"{name}_bar",)}


_SLOPE: dict[str, Any] = {
    "subject": "matrices",
    "wrt": "A",
    "letters": ("i", "k"),
    "settings": _SIZES,
    "source": _SOURCE,
}
product_slope = Derivation(
    "determinant-product-slope",
    "How the determinant of a product changes with its first factor",
    statement="The gradient of log|det AB| in A is A⁻ᵀ, that of log|det A|: B does not matter.",
    of=_PRODUCT,
    ideas=_through(_PRODUCT, "P"),
    then=(
        use(
            _text("sum(B[k, j]*inv(P[p, q], p, q)[j, i], j)", "i", "k"),
            _text(f"{_A}[k, i]", "i", "k"),
            "inverse of the product",
            "B (AB)⁻¹ is A⁻¹.",
            "A and B are invertible.",
        ),
    ),
    symbols=_SYMBOLS
    | {
        "P": Symbol(("n", "n"), "derived", "P", "the product AB"),
        "t": Symbol((), "derived", "t", "its determinant"),
        "L": Symbol((), "derived", "L", "the logarithm of its size"),
    },
    truth={
        "P": lambda torch, A, B: torch.mm(A, B),  # noqa: N803
        "t": lambda torch, P: torch.linalg.det(P),  # noqa: N803
        "L": lambda torch, t: torch.log(torch.abs(t)),
    },
    form="∂L/∂A_{i,k} = [A⁻¹]_{k,i}",
    whole=lambda torch, A, B: torch.linalg.slogdet(A @ B).logabsdet,  # noqa: N803
    **_SLOPE,
)


def _determinants(torch: Any, A: Any, B: Any) -> dict[str, Any]:  # noqa: N803
    """Torch's own determinants of the factors and of the product."""
    product = torch.linalg.det(A @ B)
    return {"D": product, "q": product / torch.linalg.det(A)}


product = Derivation(
    "determinant-product",
    "The determinant of a product",
    subject="matrices",
    statement="The determinant of a product is the product of the determinants.",
    start=relation("D = q*det(A[i, j], i, j)", shapes=_SHAPES),
    opening=_by("ratio", "Call q what the determinant of AB is over that of A."),
    then=(
        use(
            _text("q"),
            _text("det(B[i, j], i, j)"),
            "the ratio at A = I",
            "Both change alike with A (derived above), so q is the same for every A that a path joins to I without leaving "
            "the invertible ones, and there it is det B. The equation is one of polynomials: what holds there holds always.",
        ),
    ),
    symbols=_SYMBOLS
    | {
        "D": Symbol((), "derived", r"\det(A B)", "the determinant of the product"),
        "q": Symbol((), "derived", "q", "that over the determinant of A"),
    },
    truth=_determinants,
    settings=_SIZES,
    form="det(A B) = (det A) det B",
    source=_SOURCE,
    lemmas=(product_slope,),
)
transposed_slope = Derivation(
    "determinant-transpose-slope",
    "How the determinant of a transposed matrix changes",
    statement="The gradient of log|det Aᵀ| in A is A⁻ᵀ, that of log|det A|.",
    of=_TRANSPOSED,
    ideas=_through(_TRANSPOSED, "T"),
    then=(
        use(
            _text("inv(T[p, q], p, q)[i, k]", "i", "k"),
            _text(f"{_A}[k, i]", "i", "k"),
            "inverse of the transposed",
            "The inverse of the transposed matrix is the transposed inverse.",
            "A is invertible.",
        ),
    ),
    symbols={n: s for n, s in _SYMBOLS.items() if n != "B"}
    | {
        "T": Symbol(("n", "n"), "derived", r"A^\top", "the transposed matrix"),
        "t": Symbol((), "derived", "t", "its determinant"),
        "L": Symbol((), "derived", "L", "the logarithm of its size"),
    },
    truth={
        "T": lambda torch, A: torch.transpose(A, 0, 1),  # noqa: N803
        "t": lambda torch, T: torch.linalg.det(T),  # noqa: N803
        "L": lambda torch, t: torch.log(torch.abs(t)),
    },
    form="∂L/∂A_{i,k} = [A⁻¹]_{k,i}",
    whole=lambda torch, A: torch.linalg.slogdet(A.mT).logabsdet,  # noqa: N803
    **_SLOPE,
)
transposed = Derivation(
    "determinant-transpose",
    "The determinant of a transposed matrix",
    subject="matrices",
    statement="A matrix and its transposed one have the same determinant.",
    start=relation("D = q*det(A[i, j], i, j)", shapes=_SHAPES),
    opening=_by("ratio", "Call q what the determinant of Aᵀ is over that of A."),
    then=(
        use(
            _text("q"),
            _text("1"),
            "the ratio at A = I",
            "Both change alike with A (derived above), and the identity is its own transposed matrix. The equation is one of "
            "polynomials: what holds near I holds always.",
        ),
    ),
    symbols={n: s for n, s in _SYMBOLS.items() if n != "B"}
    | {
        "D": Symbol((), "derived", r"\det(A^\top)", "the determinant of the transposed matrix"),
        "q": Symbol((), "derived", "q", "that over the determinant of A"),
    },
    truth=lambda torch, A: {"D": torch.linalg.det(A.mT), "q": torch.linalg.det(A.mT) / torch.linalg.det(A)},  # noqa: N803
    settings=_SIZES,
    form="det(Aᵀ) = det A",
    source=_SOURCE,
    lemmas=(transposed_slope,),
)
