"""Functions of square matrices over balls: exact where every entry is rational."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb_mat, fmpq, fmpq_mat

from derive.grading.balls import ONE, ZERO, Number, State, Unclear, Undefined, ball
from derive.grading.run import Unsupported

Rows = Sequence[Sequence[Number]]
MAX_POWER = 64


def apply(state: State, op: str, rows: Rows, extra: Number | None) -> list[list[Number]] | Number:
    """``inv``, ``det`` or ``power`` of a square matrix given row by row.

    >>> apply(State(), "det", [[fmpq(1), fmpq(2)], [fmpq(3), fmpq(4)]], None)
    -2
    """
    if op == "det":
        return determinant(rows)
    if op == "inv":
        return inverse(state, rows)
    if op == "power":
        return power(state, rows, extra)
    raise Unsupported(f"no value for the matrix function {op}")


def _exact(rows: Rows) -> fmpq_mat | None:
    exact = [[x for x in row if isinstance(x, fmpq)] for row in rows]
    return fmpq_mat(exact) if all(len(e) == len(row) for e, row in zip(exact, rows, strict=True)) else None


def _balls(rows: Rows) -> arb_mat:
    return arb_mat([[ball(x) for x in row] for row in rows])


def determinant(rows: Rows) -> Number:
    """The determinant."""
    if not rows:
        return ONE
    exact = _exact(rows)
    return exact.det() if exact is not None else _balls(rows).det()


def inverse(state: State, rows: Rows) -> list[list[Number]]:
    """The inverse; `Undefined` for a singular matrix."""
    if not rows:
        return []
    exact = _exact(rows)
    try:
        return [list(row) for row in (exact if exact is not None else _balls(rows)).inv().tolist()]
    except ZeroDivisionError as error:
        if state.last or exact is not None:
            raise Undefined("the inverse of a singular matrix") from error
        raise Unclear from error


def power(state: State, rows: Rows, extra: Number | None) -> list[list[Number]]:
    """A whole power of the matrix."""
    if not isinstance(extra, fmpq) or extra.q != 1:
        raise Unsupported("a matrix power that is not whole")
    n = int(extra.p)
    if abs(n) > MAX_POWER:
        raise Unclear  # too many digits to be told; lower powers tell
    base = [list(row) for row in rows] if n >= 0 else inverse(state, rows)
    result: list[list[Number]] = [[ONE if i == j else ZERO for j in range(len(base))] for i in range(len(base))]
    for _ in range(abs(n)):
        result = _times(result, base)
    return result


def _times(a: Rows, b: Rows) -> list[list[Number]]:
    columns = list(zip(*b, strict=True))
    return [[sum((x * y for x, y in zip(row, c, strict=True)), ZERO) for c in columns] for row in a]
