"""Powers, transposes, and derivatives that nobody carried out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derive.calculus.expr import apply
from derive.notation import arrays, tree
from derive.notation.arrays import Value
from derive.notation.declare import Declarations
from derive.notation.errors import Unreadable
from derive.notation.scalar_functions import PAIRS

if TYPE_CHECKING:
    from derive.notation.lower import Lowering


def lower_power(lowering: Lowering, node: tree.Power) -> Value:
    """A power; ``e`` to an array goes entry by entry, like ``exp``."""
    if isinstance(node.exponent, tree.Constant) and node.exponent.name == "infinity":
        raise Unreadable("An infinite power is a limit; please give its value.", node.exponent.span[0])
    if _is_euler(lowering, node.base):
        return arrays.mapped(lowering.lower(node.exponent), lambda z: apply("exp", z))
    base = lowering.lower(node.base)
    if lowering.numpy and (exponent := lowering.lower(node.exponent)).rank:
        return arrays.zipped(base, exponent, PAIRS["hadamard_power"], "to the power", numpy=True)
    return arrays.raised(base, lowering.number(node.exponent), numpy=lowering.numpy)


def _is_euler(lowering: Lowering, base: tree.Node) -> bool:
    """Whether a base is Euler's number; a letter of shapes or an index called e, that nobody declares, is no base."""
    if isinstance(base, tree.Constant):
        return base.name == "e"
    undeclared = isinstance(base, tree.Name) and base.name == "e" and "e" not in lowering.letters
    known = lowering.declarations
    return undeclared and "e" in {*known.dimensions, *known.free_indices} and "e" not in known.symbols


def lower_transpose(lowering: Lowering, node: tree.Transpose) -> Value:
    """A transpose; of numbers in brackets it says that they stand in a column."""
    value = lowering.lower(node.arg)
    if not value.rank and node.mark == "T" and lowering.declarations.is_known("T"):
        return arrays.raised(value, lowering.number(tree.Name("T", span=node.span)))
    if isinstance(node.arg, tree.Sequence) and value.rank == 1:
        return value
    return arrays.transpose(value, numpy=lowering.numpy)


def lower_derivative(lowering: Lowering, node: tree.Derivative | tree.At) -> Value:
    """A derivative that is declared as a name.

    Raises:
        Unreadable: any other derivative; an answer carries it out.
    """
    if isinstance(node, tree.Derivative) and (declared := _declared(lowering, node)) is not None:
        return lowering.lower(declared)
    raise Unreadable("A derivative is not an answer here; please carry it out.", node.span[0])


def _declared(lowering: Lowering, node: tree.Derivative) -> tree.Node | None:
    r"""The declared name that a derivative spells; ``∂L/∂z_i`` is entry i of a declared ``∂L/∂z``."""
    (*_, last) = node.wrt or (None,)
    whole = replace(node, wrt=(last.base,)) if isinstance(last, tree.Index) and len(node.wrt) == 1 else node
    for symbol in lowering.declarations.symbols.values():
        if _same_derivative(symbol.latex, whole):
            name = tree.Name(symbol.name, symbol.latex, span=node.span)
            return name if whole is node else replace(last, base=name)  # type: ignore[type-var]
    return None


def _same_derivative(latex: str, node: tree.Derivative) -> bool:
    if not any(sign in latex for sign in ("partial", "nabla", "frac{d")):
        return False
    from derive.notation.latex import read_latex

    spelled = read_latex(latex, Declarations.of({}))
    return isinstance(spelled, tree.Derivative) and _bare(spelled) == _bare(node)


def _bare(node: tree.Derivative) -> tuple[object, ...]:
    """What a derivative is of and in, by the names as they are written."""
    parts = [node.of, *node.wrt]
    return (node.order, *(p.latex if isinstance(p, tree.Name) else p for p in parts))
