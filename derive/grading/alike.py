"""One key for formulas that differ only in the names of their bound letters."""

from __future__ import annotations

from collections.abc import Hashable
from fractions import Fraction

from derive.calculus.affine import Letter
from derive.calculus.expr import Expr
from derive.calculus.substitute import letters

_PLAIN = (str, int, Fraction, type(None))


def alike(value: Expr) -> Hashable:
    """The formula itself where it binds nothing, else its parts with bound letters numbered as they come.

    >>> from derive.calculus.affine import Affine
    >>> from derive.calculus.atoms import Bound
    >>> from derive.calculus.expr import entry, total
    >>> i, j, other = (Bound(Letter(x), Affine.of(0), Affine.of(n)) for x, n in (("i", "n"), ("j", "n"), ("j", "m")))
    >>> first, second, third = (alike(total(entry("x", b.letter), b)) for b in (i, j, other))
    >>> first == second, second == third
    (True, False)
    """
    if not any(x.uid for x in letters(value)):
        return value
    return _parts(value, {})


def _parts(value: object, seen: dict[int, int]) -> Hashable:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Letter):
        return seen.setdefault(value.uid, len(seen)) if value.uid else value.name
    if isinstance(value, tuple):
        return tuple([_parts(v, seen) for v in value])
    kind = type(value)
    return (kind, *[_parts(getattr(value, f), seen) for f in kind.__match_args__])  # type: ignore[attr-defined]
