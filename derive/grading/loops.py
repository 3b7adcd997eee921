"""Compiling what runs over letters: sums, products, maxima, and functions of whole matrices."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, MatrixFunction
from derive.calculus.expr import Expr, expr
from derive.calculus.substitute import free_letters
from derive.grading import balls, matrices
from derive.grading.balls import ONE, ZERO, Undefined, shortened
from derive.grading.patterns import pattern
from derive.grading.run import Run, Unsupported
from derive.grading.scalars import TABLE

Value = Callable[[Run], balls.Number]
Whole = Callable[[Run], int]
MAX_SHAPES = 2_000


class Loops:
    """The part of the compiler that runs over bound letters and remembers results."""

    shapes: dict[Hashable, int]

    if TYPE_CHECKING:

        def affine(self, value: Affine) -> Whole: ...  # noqa: D102
        def expr(self, value: Expr) -> Value: ...  # noqa: D102
        def slot(self, letter: Letter) -> int: ...  # noqa: D102

    def remember(self, key: Expr, body: Callable[[Run], Any]) -> Any:
        """The same function, computed once for each value of the free letters, whatever they are called."""
        if len(self.shapes) > MAX_SHAPES:
            return body
        shape, found = pattern(key)
        free = free_letters(key)
        slots = [self.slot(x) for x in found if x in free]
        node = self.shapes.setdefault(shape, len(self.shapes))

        def recalled(run: Run) -> Any:
            at = (node, *[run.env[s] for s in slots])
            if at in run.memo:
                return run.memo[at]
            result = run.memo[at] = body(run)
            return result

        return recalled

    def sum(self, bound: Bound, body: Value) -> Value:
        """``body`` summed over a bound letter."""
        if bound.kind != "sum":
            raise Unsupported("integrals are not evaluated")
        low, high, slot = self.affine(bound.low), self.affine(bound.high), self.slot(bound.letter)

        def total(run: Run) -> balls.Number:
            first, last = low(run), high(run)
            run.spend(max(last - first, 0))
            before = run.env[slot]
            result: balls.Number = ZERO
            for k in range(first, last):
                run.env[slot] = k
                result = shortened(result + body(run))
            run.env[slot] = before
            return result

        return total

    def reduce(self, op: str, bound: Bound, body: Value) -> Value:
        """A product, maximum or minimum over a bound letter."""
        low, high, slot = self.affine(bound.low), self.affine(bound.high), self.slot(bound.letter)

        def result(run: Run) -> balls.Number:
            first, last = low(run), high(run)
            run.spend(max(last - first, 0))
            before, values = run.env[slot], []
            for k in range(first, last):
                run.env[slot] = k
                values.append(body(run))
            run.env[slot] = before
            return _reduced(run, op, values)

        return result

    def matrix(self, atom: MatrixFunction) -> Value:
        """An entry of a function of a matrix, the whole computed once."""
        size, body = self.affine(atom.size), self.expr(atom.body)
        row, column = self.slot(atom.row), self.slot(atom.column)
        extra = self.expr(atom.extra) if atom.extra is not None else None
        op = atom.op

        def whole(run: Run) -> Any:
            n = size(run)
            run.spend(n * n * n)
            before = run.env[row], run.env[column]
            rows = []
            for run.env[row] in range(n):
                rows.append(_row(run, column, n, body))
            run.env[row], run.env[column] = before
            return matrices.apply(run, op, rows, extra(run) if extra else None)

        outer = MatrixFunction(op, atom.row, atom.column, atom.size, atom.body, (), atom.extra)
        all_: Callable[[Run], Any] = self.remember(expr(outer), whole)
        at = [self.affine(a) for a in atom.at]
        if not at:
            return all_
        return lambda run: _entry(all_(run), *(a(run) for a in at))


def _row(run: Run, column: int, n: int, body: Value) -> list[balls.Number]:
    values = []
    for k in range(n):
        run.env[column] = k
        values.append(body(run))
    return values


def _reduced(run: Run, op: str, values: list[balls.Number]) -> balls.Number:
    if op == "prod":
        total: balls.Number = ONE
        for v in values:
            total = shortened(total * v)
        return total
    if not values:
        raise Undefined(f"the {op} of nothing")
    return TABLE[op](run, *values)


def _entry(rows: Sequence[Sequence[balls.Number]], row: int, column: int) -> balls.Number:
    """One entry of a matrix that was computed as a whole; outside of it there is none."""
    if not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
        raise Undefined
    return rows[row][column]
