"""Indices, slots and brackets as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from derive.calculus.affine import Affine, Letter
from derive.notation.index_names import Page


class IndexPrinter:
    """Prints affine values; ``signs`` are the relation signs that a form writes otherwise."""

    signs: Mapping[str, str] = MappingProxyType({})

    def letter_name(self, name: str) -> str:
        """How the language writes a letter."""
        return name

    def slots(self, at: Sequence[Affine], where: Page) -> str:
        """The slots of an entry."""
        return ",".join(self.affine(a, where) for a in at)

    def affine(self, value: Affine, where: Page) -> str:
        """``2*i+u-1``: what is added, what is subtracted, the number last."""
        shown = sorted(value.terms, key=lambda t: (not t[0], t[1] < 0))
        text = "".join(self._monomial(m, c, where) for m, c in shown)
        return text.removeprefix("+") or "0"

    def _monomial(self, monomial: Sequence[Letter], c: int, where: Page) -> str:
        names = [self.letter_name(where.letter(x)) for x in monomial]
        size = [str(abs(c))] if abs(c) != 1 or not names else []
        return ("-" if c < 0 else "+") + self.times([*size, *names])

    def times(self, parts: Sequence[str]) -> str:
        """A product inside an index."""
        return "*".join(parts)

    def compared(self, value: Affine, op: str, where: Page) -> str:
        """``value op 0`` with what is subtracted on the other side, and ``<`` where that saves a one."""
        right = Affine(tuple((m, -c) for m, c in value.terms if c < 0))
        left = value + right
        if op == "=":
            return f"{self.affine(left, where)} {self.signs.get(op, op)} {self.affine(right, where)}"
        strict = (right - 1) if any(not m for m, _ in right.terms) else None
        sign, low = ("<=", right) if strict is None else ("<", strict)
        return f"{self.affine(low, where)} {self.signs.get(sign, sign)} {self.affine(left, where)}"
