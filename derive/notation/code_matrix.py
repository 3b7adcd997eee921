"""Inverses, determinants and powers of matrices, for a stack of matrices where other letters occur."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, MatrixFunction
from derive.calculus.expr import Expr
from derive.calculus.substitute import free_letters
from derive.notation.code_entry import read
from derive.notation.code_scope import Scope, Writer
from derive.notation.code_values import NotExportable, Value, in_scope

Summed = Callable[[Expr, Writer, Scope], Value]


def matrix(atom: MatrixFunction, writer: Writer, scope: Scope, summed: Summed) -> Value:
    """An entry of a function of a matrix, or a determinant; ``summed`` makes the code of the matrix's entries."""
    inner = scope
    for letter in (atom.row, atom.column):
        inner = inner.bind(Bound(letter, Affine.of(0), atom.size))
    body = writer.tensor(summed(atom.body, writer, inner))
    batch = in_scope(scope.axes, (body,))
    stack = writer.hoist(writer.spread(body, (*batch, atom.row, atom.column), inner))
    linalg = f"{writer.target.name}.linalg"
    if atom.op == "det":
        return Value(f"{linalg}.det({stack.text})", batch)
    if atom.op == "inv":
        whole = Value(f"{linalg}.inv({stack.text})", batch, finite=False)
    elif atom.op == "power" and atom.extra is not None:
        whole = _power(f"{linalg}.matrix_power", stack, atom.extra, batch, writer, scope, summed)
    else:
        raise NotExportable(f"{atom.op} of a matrix has no code")
    at = [*(Affine.of(x) - scope.boxes[x][0] for x in whole.axes), *atom.at]
    shape = [*(scope.boxes[x][1] - scope.boxes[x][0] for x in whole.axes), atom.size, atom.size]
    return read(writer.hoist(whole), at, shape, writer, scope)


def _power(
    function: str, stack: Value, exponent: Expr, batch: tuple[Letter, ...], writer: Writer, scope: Scope, summed: Summed
) -> Value:
    """Powers of the stack; where the exponent depends on an axis, one for each of its places, stacked in front."""
    found = summed(exponent, writer, scope)
    if not found.axes:
        return Value(f"{function}({stack.text}, int({found.text}))", batch, finite=False)
    steps = sorted(free_letters(exponent) & set(scope.axes))
    if len(steps) != 1 or steps[0] in batch:
        raise NotExportable("a matrix power whose exponent is no function of one index has no code")
    name = writer.names.new(steps[0].name)
    low, high = scope.boxes[steps[0]]
    loop = replace(scope, axes=tuple(x for x in scope.axes if x != steps[0]), python={**scope.python, steps[0]: name})
    power = summed(exponent, writer, loop).text
    limits = ", ".join(writer.index(a, scope, ()).text for a in ((low, high) if low.terms else (high,)))
    each = f"{function}({stack.text}, int({power})) for {name} in range({limits})"
    return Value(f"{writer.target.name}.stack([{each}])", (steps[0], *batch), finite=False)
