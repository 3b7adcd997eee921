"""The variance of a sum, of independent variables and of any; the square of a sum."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import use
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

_SOURCE = "000_46eee05028ac51b3.txt 'Background'"
_SHAPES = {"d": "n m", "C": "m m", "v": "m", "a": "n"}


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _text(formula: str, *letters: str) -> Any:
    return expression(formula, shapes=_SHAPES, letters=("n", "m", *letters))


def _deviations(torch: Any, x: Any) -> dict[str, Any]:
    """Torch's own covariances, and the variance of the sum of the columns."""
    total = torch.var(x.sum(dim=1), correction=0)
    return {"d": x - x.mean(dim=0), "C": torch.cov(x.T, correction=0), "V": total}


_SIZES = ({"n": 4, "m": 2}, {"n": 3, "m": 4}, {"n": 6, "m": 5})
_OUTCOMES = Symbol(domain="dimension", latex="n", meaning="the number of equally likely outcomes")
_VARIABLES = Symbol(domain="dimension", latex="m", meaning="the number of variables")
_SUM = Symbol((), "derived", r"\operatorname{Var}", "the variance of the sum")
sum_variance = Derivation(
    "variance-of-sum",
    "The variance of a sum",
    subject="probability",
    statement="The variance of a sum is the sum of the variances, and twice the covariance of every pair.",
    start=relation("V = sum(sum(d[k, i], i)**2, k)/n", shapes=_SHAPES, letters=("n",)),
    opening=_by("variance", "The mean square of the deviation; a sum's deviation is the sum of the deviations."),
    then=(
        multiply_out("Multiply the square out: every variable with every other one."),
        use(
            _text("sum(d[k, i]*d[k, j], k)", "i", "j"),
            _text("n*C[i, j]", "i", "j"),
            "covariance",
            "The mean product of two deviations is a covariance.",
        ),
        use(
            _text("sum(C[i, j], i, j)"),
            _text("sum(C[i, i], i) + 2*sum(C[i, j], j = 0..m-1, i = 0..j-1)"),
            "pairs",
            "On the diagonal stand the variances; each pair of different variables comes twice.",
        ),
    ),
    symbols={
        "n": _OUTCOMES,
        "m": _VARIABLES,
        "x": Symbol(("n", "m"), "real"),
        "d": Symbol(("n", "m"), "derived", "d", "each variable's deviation from its mean"),
        "C": Symbol(("m", "m"), "symmetric", "C", "the covariances"),
        "V": _SUM,
    },
    truth=_deviations,
    settings=_SIZES,
    form="Var = Σ_{i=1}^m C_{i,i} + 2 Σ_{j=1}^m Σ_{i=1}^{j-1} C_{i,j}",
    source=_SOURCE,
)


def _independent(torch: Any, x: Any, m: int) -> dict[str, Any]:
    """All combinations of the values of m independent variables, each equally likely."""
    rows = torch.cartesian_prod(*x.T).reshape(-1, m)
    return {
        "C": torch.cov(rows.T, correction=0),
        "v": x.var(dim=0, correction=0),
        "V": rows.sum(dim=1).var(correction=0),
    }


independent = Derivation(
    "variance-of-independent-sum",
    "The variance of a sum of independent variables",
    subject="probability",
    statement="Where no two variables covary the variances add up.",
    start=relation("V = sum(C[i, j], i, j)", shapes=_SHAPES),
    opening=_by("variance of a sum", "The covariances of every variable with every other one (derived above)."),
    then=(
        use(
            _text("C[i, j]", "i", "j"),
            _text("v[i]*[i = j]", "i", "j"),
            "independence",
            "Different variables do not covary; a variable's covariance with itself is its variance.",
            "The variables are independent.",
        ),
        multiply_out("The bracket keeps the diagonal."),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of equally likely values of each variable"),
        "m": _VARIABLES,
        "x": Symbol(("n", "m"), "real"),
        "C": Symbol(("m", "m"), "derived", "C", "the covariances"),
        "v": Symbol(("m",), "derived", "v", "the variances"),
        "V": _SUM,
    },
    truth=_independent,
    settings=({"n": 3, "m": 2}, {"n": 2, "m": 4}, {"n": 4, "m": 3}),
    form="Var = Σ_{j=1}^m v_j",
    source=_SOURCE,
    lemmas=(sum_variance,),
)
square = Derivation(
    "square-of-sum",
    "The square of a sum",
    subject="analysis",
    statement="The square of a sum is the sum of the squares, and twice the product of every pair.",
    start=relation("S = sum(a[i], i)**2", shapes=_SHAPES),
    opening=_by("square", "The sum times itself."),
    then=(
        multiply_out("Every term meets every term."),
        use(
            _text("sum(a[i]*a[j], i, j)"),
            _text("sum(a[i]**2, i) + 2*sum(a[i]*a[j], j = 0..n-1, i = 0..j-1)"),
            "pairs",
            "A term meets itself once; a pair of different terms meets twice, either one first.",
        ),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of terms"),
        "a": Symbol(("n",), latex="a", meaning="the terms"),
        "S": Symbol((), "derived", "S", "the square of their sum"),
    },
    truth=lambda torch, a: {"S": torch.kron(a, a).sum()},
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
    form="S = Σ_{i=1}^n a_i² + 2 Σ_{j=1}^n Σ_{i=1}^{j-1} a_i a_j",
    source=_SOURCE,
)
