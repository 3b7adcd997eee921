"""Calls of something that belongs to a function: ``norm.cdf(x)``, ``np.add.reduce(x)``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from derive.notation.tree import Add, Builtin, Call, Constant, Keyword, Neg, Node, Number, Product

if TYPE_CHECKING:
    from derive.notation.python_nodes import Reader

_REDUCED = {"add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min", "logaddexp": "logsumexp"}
_FAMILY = ("cdf", "pdf", "sf", "logpdf", "logcdf")


def family(r: Reader, node: ast.Call, function: ast.Attribute) -> Node | None:
    """The tree of such a call; None where it is another method."""
    owner = function.value
    name = owner.attr if isinstance(owner, ast.Attribute) and r.is_module(owner.value) else ""
    if isinstance(owner, ast.Name) and not (owner.id in r.bound or r.declared.is_known(owner.id)):
        name = owner.id
    if name == "norm" and function.attr in _FAMILY:
        return _normal(r, node, function.attr)
    if name in _REDUCED and function.attr == "reduce" and isinstance(owner, ast.Attribute):
        return _reduced(r, node, _REDUCED[name])
    return None


def _reduced(r: Reader, node: ast.Call, name: str) -> Node:
    """NumPy's reduction, along the first axis unless another is named."""
    args = r.several(node.args)
    named = tuple(Keyword(k.arg or "", r.expression(k.value)) for k in node.keywords)
    first = () if len(args) > 1 or any(k.name == "axis" for k in named) else (Keyword("axis", Number("0")),)
    return Call(Builtin(name), args, (*named, *first), span=r.span(node))


def _normal(r: Reader, node: ast.Call, which: str) -> Node:
    """SciPy's normal distribution, with its mean ``loc`` and deviation ``scale``."""
    said = dict(zip(("x", "loc", "scale"), r.several(node.args), strict=False))
    said |= {k.arg or "": r.expression(k.value) for k in node.keywords}
    if "x" not in said or len(node.args) > 3 or not said.keys() <= {"x", "loc", "scale"}:
        raise r.no(node, "The normal distribution is read with a value, loc and scale.")
    x, span = said["x"], r.span(node)
    x = Add((x, Neg(said["loc"])), span=span) if "loc" in said else x
    scale = said.get("scale")
    z = x if scale is None else Product((x, scale), ("/",), span=span)
    if which == "sf":
        z = Neg(z, span=span)
    value: Node = Call(Builtin("normal_pdf" if "pdf" in which else "normal_cdf"), (z,), span=span)
    if scale is not None and "pdf" in which:
        value = Product((value, scale), ("/",), span=span)
    return Call(Builtin("log"), (value,), span=span) if which.startswith("log") else value


def is_torch(function: ast.expr) -> bool:
    """Whether PyTorch's function of this name is meant."""
    return isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "torch"


def corrected(keywords: tuple[Keyword, ...]) -> tuple[Keyword, ...]:
    """PyTorch's variance divides by one less than the count, unless it is told otherwise."""
    if any(k.name in ("correction", "ddof") for k in keywords):
        return keywords
    said = next((k.value for k in keywords if k.name == "unbiased"), Constant("true"))
    kept = tuple(k for k in keywords if k.name != "unbiased")
    return (*kept, Keyword("correction", Number("0" if said == Constant("false") else "1")))
