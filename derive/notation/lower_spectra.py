"""Sums and products over eigenvalues or a Cholesky factor's diagonal, by what they are: traces and determinants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.notation.errors import Unreadable
from derive.notation.tree import Builtin, Call, Name, Neg, Node, Number, Power, Product

if TYPE_CHECKING:
    from derive.notation.arrays import Value
    from derive.notation.lower import Lowering

SYMMETRIC = ("symmetric", "spd", "identity")
HALF = Product((Number("1"), Number("2")), ("/",))


def spectral(lowering: Lowering, op: str, node: Call) -> Value | None:
    """A sum or product over eigenvalues or a Cholesky diagonal; None where this is none."""
    only = node.args[0]
    found = _named(op, only) if len(node.args) == 1 and not node.keywords else None
    if found is None:
        return None
    matrix, symmetric, result = found
    symbol = lowering.declarations.symbols.get(matrix.name) if isinstance(matrix, Name) else None
    if symmetric and (symbol is None or symbol.domain not in SYMMETRIC):
        raise Unreadable("This is read of a matrix that is declared symmetric.", node.span[0])
    return lowering.lower(result)


def _named(op: str, node: Node) -> tuple[Node, bool, Node] | None:
    """The matrix, whether it must be symmetric, and what the whole is."""
    match op, node:
        case "sum", Call(Builtin("log"), (inner,)) if part := _part(inner):
            logdet = Call(Builtin("logdet"), (part[0],))
            return part[0], part[1], logdet if part[2] else Product((HALF, logdet), ("*",))
        case "prod", inner if part := _part(inner):
            det = Call(Builtin("det"), (part[0],))
            return part[0], part[1], det if part[2] else Call(Builtin("sqrt"), (det,))
        case "sum", inner if (part := _part(inner)) and part[2]:
            return part[0], part[1], Call(Builtin("tr"), (part[0],))
        case "sum", Power(inner, (Number() | Neg(Number("1"))) as k) if (part := _part(inner)) and part[2]:
            return part[0], part[1], Call(Builtin("tr"), (Call(Builtin("matrix_power"), (part[0], k)),))
        case "sum", Product((Number("1"), inner), ("/",)) if (part := _part(inner)) and part[2]:
            return part[0], part[1], Call(Builtin("tr"), (Call(Builtin("inverse"), (part[0],)),))
    return None


def _part(node: Node) -> tuple[Node, bool, bool] | None:
    """A matrix whose eigenvalues, or whose Cholesky factor's diagonal, a node is; which of them."""
    match node:
        case Call(Builtin("eigenvalues"), (a,)):
            return a, False, True
        case Call(Builtin("symmetric_eigenvalues"), (a,)):
            return a, True, True
        case Call(Builtin("diag"), (Call(Builtin("cholesky"), (a,)),)):
            return a, True, False
    return None
