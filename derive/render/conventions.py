"""What a page must say of its notation, because a formula on it is true only so."""

from __future__ import annotations

from collections.abc import Iterator

from derive.calculus.atoms import Bracket, Guard
from derive.calculus.expr import Expr
from derive.calculus.substitute import atoms
from derive.derivations.base import Derivation

ZERO = "An entry outside its array counts as zero."
BRACKET = "A bracket such as [i = j] is 1 where it holds, and 0 elsewhere."


def conventions(d: Derivation) -> Iterator[str]:
    """The notes that the result or a definition needs and that no assumption makes."""
    said = " ".join(d.assumptions).lower()
    if any(x.rule.name == "zero outside" for x in d.lines) and "zero" not in said:
        yield ZERO
    if any(isinstance(a, Bracket | Guard) for e in _seen(d) for a in atoms(e)) and "bracket" not in said:
        yield BRACKET


def _seen(d: Derivation) -> Iterator[Expr]:
    """What stands on the page without being unfolded: definitions and the result."""
    yield from (x.body for x in (d.program.definitions if d.program is not None else ()))
    yield from (s for s in d.result.sides if isinstance(s, Expr))
