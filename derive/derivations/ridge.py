"""Ridge regression: the weights that the ridge objective asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.chain import adjoint
from derive.calculus.rules import both_sides, project, put, stationary, use
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol, axes
from derive.derivations.linear import ridge_gradient
from derive.notation.index_language import expression

_SHAPES = {"X": "N d", "w": "d", "y": "N", "r": "N", "K": "d d", "H": "d d", adjoint("w"): "d"}
_ENTRY = Bound(Letter("j"), Affine.of(0), Affine.of("d"))


def _text(formula: str, *letters: str) -> Any:
    return expression(formula, shapes=_SHAPES, frame=(_ENTRY,), letters=letters)


def _solved(torch: Any, X: Any, y: Any, mu: Any) -> dict[str, Any]:  # noqa: N803
    """Torch's own least squares on the data with the penalty as further examples."""
    d = X.shape[1]
    more = torch.cat((X, mu.sqrt() * torch.eye(d, dtype=X.dtype)))
    w = torch.linalg.lstsq(more, torch.cat((y, torch.zeros(d, dtype=X.dtype)))[:, None]).solution[:, 0]
    h = more.mT @ more
    return {"w": w, "r": X @ w - y, "H": h, "K": torch.linalg.inv(h), adjoint("w"): torch.zeros_like(w)}


_TURNED = Rule("turn round", "Read the equation from the right.", lambda r: replace(r, sides=r.sides[::-1]))
solution = Derivation(
    "ridge-solution",
    "The weights of ridge regression",
    subject="objectives",
    statement="The minimum of the ridge objective: w = (XᵀX + μI)⁻¹ Xᵀy, for any number of examples.",
    start=lambda: ridge_gradient.result,
    opening=Rule("gradient", "The gradient of the ridge objective (derived above).", lambda r: r),
    then=(
        stationary(_text(f"{adjoint('w')}[j]"), "At the minimum it is zero.", "The objective is strictly convex."),
        _TURNED,
        put("r", ("s",), _text("sum(X[s, i]*w[i], i) - y[s]", "s"), "residuals", "Put the residuals in."),
        multiply_out("Multiply out."),
        use(
            _text("sum(X[s, j]*X[s, i], s)", "i"),
            _text("H[j, i] - mu*[i = j]", "i"),
            "normal matrix",
            "Give XᵀX + μI the name H.",
        ),
        multiply_out("The bracket keeps one term: the penalty cancels."),
        both_sides("add", _text("sum(X[s, j]*y[s], s)"), "Take what the targets give to the right."),
        project(_text("K[k, j]", "k"), _ENTRY, "Multiply by the inverse of H.", axes(k="d")),
        multiply_out("Multiply out."),
        use(
            _text("sum(K[k, j]*H[j, i], j)", "i", "k"),
            _text("[k = i]", "i", "k"),
            "inverse",
            "The inverse times H is the identity; H is positive definite.",
        ),
        multiply_out("The bracket keeps one term."),
        _TURNED,
    ),
    symbols={n: s for n, s in ridge_gradient.symbols.items() if n != "J"}
    | {
        "w": Symbol(("d",), "derived", "w", "the weights at the minimum"),
        "H": Symbol(("d", "d"), "symmetric", "H", "XᵀX + μI"),
        "K": Symbol(("d", "d"), "symmetric", r"H^{-1}", "its inverse"),
    },
    truth=_solved,
    settings=ridge_gradient.settings,
    form="w_k = Σ_{j=1}^d Σ_{s=1}^N H⁻¹_{k,j} X_{s,j} y_s",
    source=ridge_gradient.source,
    lemmas=(ridge_gradient,),
)
