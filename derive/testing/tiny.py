"""Numbers as small as 1e-12 that stand in the code and in the formula, not in a name: they are made one.

Beside 1e-12 no tolerance tells whether it stands inside of a root or outside. Where a formula and the operations of the
code hold one such number, and the same, both get a larger one in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from derive.calculus.atoms import Entry
from derive.calculus.expr import Expr, Term
from derive.calculus.substitute import Rebuild, children
from derive.testing.formula import Formula, values_of
from derive.testing.given import Given

SMALL = 1e-6
UNSEEN = 1e-9


@dataclass(frozen=True)
class Literal:
    """A number of a formula and of code, and the name that it gets."""

    number: Fraction
    name: str


def literal_of(formula: Formula, held: Callable[[], set[float]]) -> Literal | None:
    """The one tiny number that a formula and the code hold; None where there is none, or another one beside it.

    Args:
        formula: what is compared.
        held: the tiny numbers that the operations of the code get, asked for where the formula has one.
    """
    mine = set(_tiny(formula.body)) if formula.body is not None else set()
    if len(mine) != 1 or held() != {float(n) for n in mine}:
        return None
    (number,) = mine
    return Literal(number, f"{float(number):g}")


def literal_named(names: Mapping[str, Given], held: Callable[[], set[float]]) -> Literal | None:
    """The same where the formula's one tiny number has a name of which the code knows nothing but the number.

    Args:
        names: those that the code does not take.
        held: the tiny numbers that the operations of the code get.
    """
    values = {n: abs(float(g.value)) for n, g in names.items() if g.value is not None and not g.value.ndim}
    tiny = [n for n, v in values.items() if 0 < v <= SMALL]
    if len(tiny) != 1 or held() != {values[tiny[0]]}:
        return None
    return Literal(Fraction(str(values[tiny[0]])), tiny[0])


def unseen(formula: Formula) -> str:
    """A sentence on numbers of a formula that are beyond the tolerance; nothing where there are none."""
    mine = sorted(n for n in _tiny(formula.body) if n < UNSEEN) if formula.body is not None else []
    if not mine:
        return ""
    shown = ", ".join(f"{float(n):g}" for n in dict.fromkeys(mine))
    return f"too small to be seen: {shown}; make it a name of code and formula, and give it a value"


def named(formula: Formula, literal: Literal) -> Formula:
    """The formula with the name in place of the number; a function stays as it is."""
    if formula.body is None:
        return formula
    body = _Name(literal).expr(formula.body)
    return replace(formula, body=body, values=values_of(body, formula.frame))


class _Name(Rebuild):
    def __init__(self, literal: Literal) -> None:
        self.literal = literal

    def term(self, term: Term) -> Expr:
        if abs(term.coefficient) == self.literal.number:
            sign = Fraction(1 if term.coefficient > 0 else -1)
            term = replace(term, coefficient=sign, factors=(*term.factors, (Entry(self.literal.name), Fraction(1))))
        return super().term(term)


def _tiny(body: Expr) -> Iterator[Fraction]:
    """The tiny coefficients anywhere inside."""
    for term in body.terms:
        if 0 < abs(term.coefficient) <= SMALL:
            yield abs(term.coefficient)
    for child in (c for t in body.terms for a, _ in t.factors for c in children(a)):
        yield from _tiny(child)


def exchange(larger: Mapping[float, float]) -> Callable[[float], float]:
    """What gives a larger number for each tiny one, with its sign."""
    return lambda v: (1 if v > 0 else -1) * larger[abs(v)] if abs(v) in larger else v


def exchanged(buffer: Any, see: Callable[[float], float]) -> Any:
    """A module's buffer of one number, as it was typed, seen and perhaps exchanged; others stay."""
    typed = float(str(buffer.cpu().numpy().reshape(-1)[0])) if buffer.numel() == 1 else 0.0
    if not 0 < abs(typed) <= SMALL or (other := see(typed)) == typed:
        return buffer
    return buffer.new_full(buffer.shape, other)


def watched(torch: Any, see: Callable[[float], float]) -> Any:
    """A mode in which every tiny float that an operation gets is first seen, and may be exchanged."""

    def seen(value: Any) -> Any:
        if type(value) is float:
            return see(value) if 0 < abs(value) <= SMALL else value
        return type(value)(seen(v) for v in value) if type(value) in (tuple, list) else value

    class Watch(torch.overrides.TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(
            self, function: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
        ) -> Any:
            more = {name: seen(value) for name, value in (kwargs or {}).items()}
            return function(*(seen(a) for a in args), **more)

    return Watch()
