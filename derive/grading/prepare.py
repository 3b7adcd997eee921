"""What declarations say, put into an expression: identity matrices, ones, Kronecker deltas, functions."""

from __future__ import annotations

from itertools import pairwise

from derive.calculus.atoms import Apply, Atom, Entry
from derive.calculus.expr import ONE, Expr, expr, multiply
from derive.calculus.functions import DEFINITIONS, functions, unfolded
from derive.calculus.substitute import bracket, names, replace_atoms
from derive.grading.space import Space

NAMED = {"logistic": "sigmoid", "normal_cdf": "normal_cdf", "normal_pdf": "normal_pdf"}


def prepared(body: Expr, space: Space) -> Expr:
    """The expression with declared constants written out."""

    def new(atom: Atom) -> Expr | None:
        if isinstance(atom, Entry):
            return _constant(atom, space)
        if isinstance(atom, Apply) and (function := _named(atom.function, space)):
            args = tuple(prepared(a, space) for a in atom.args)
            return expr(Apply(function, args, atom.order))
        return None

    return replace_atoms(body, new) if _concerned(body, space) else body


def written_out(function: str, order: int, z: Expr) -> Expr:
    """A function, or its derivative, in simpler ones."""
    return unfolded(function, order, z) if order else DEFINITIONS[function](z)


def _concerned(body: Expr, space: Space) -> bool:
    """Whether a declared constant or function occurs at all."""
    declared = {n for n, s in space.symbols.items() if s.domain in ("identity", "ones", "kronecker", *NAMED)}
    return bool(declared) and not declared.isdisjoint(names(body) | functions(body))


def _named(function: str, space: Space) -> str | None:
    symbol = space.symbols.get(function)
    return NAMED.get(symbol.domain) if symbol is not None and symbol.function else None


def _constant(atom: Entry, space: Space) -> Expr | None:
    symbol = space.symbols.get(atom.name)
    if symbol is None or len(atom.at) != len(symbol.shape):
        return None
    if symbol.domain == "ones":
        return ONE
    if symbol.domain in ("identity", "kronecker") and len(atom.at) >= 2:
        return multiply(bracket(a - b) for a, b in pairwise(atom.at))
    return None
