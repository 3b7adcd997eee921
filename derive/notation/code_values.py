"""Pieces of generated code: a text, the letters of its axes, and how tightly its outermost operator binds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from derive.calculus.affine import Letter

COMPARE, SUM, MATMUL, PRODUCT, UNARY, POWER, ATOM = range(7)


class NotExportable(ValueError):
    """An expression that has no code in the target; the message says what and why."""


@dataclass(frozen=True, slots=True)
class Value:
    """A piece of code.

    Attributes:
        text: the code.
        axes: the letters of the array's axes, in order.
        level: how tightly the outermost operator binds.
        kind: ``array`` of floats, ``number`` (Python's), ``mask`` (array of booleans) or ``truth`` (Python's).
        finite: whether every entry is a finite number when the inputs are, so that zero times it is zero.
    """

    text: str
    axes: tuple[Letter, ...] = ()
    level: int = ATOM
    kind: str = "array"
    finite: bool = True

    def tight(self, level: int) -> str:
        """The text, in parentheses where it binds less tightly than asked."""
        return self.text if self.level >= level else f"({self.text})"

    @property
    def is_python(self) -> bool:
        """Whether this is a number or truth value of Python's own."""
        return self.kind in ("number", "truth")


def ordered(axes: Sequence[Letter], parts: Sequence[Value]) -> tuple[Letter, ...]:
    """The letters that occur in any of the parts, in the order of ``axes``."""
    found = {x for p in parts for x in p.axes}
    return tuple(x for x in axes if x in found)


def permuted(value: Value, axes: Sequence[Letter], transpose: str) -> Value:
    """The value with its axes in another order; ``transpose`` is the name of the method that does it."""
    if value.axes == tuple(axes):
        return value
    if len(axes) == 2:
        return replace(value, text=f"{value.tight(ATOM)}.T", axes=tuple(axes), level=ATOM)
    places = ", ".join(str(value.axes.index(x)) for x in axes)
    return replace(value, text=f"{value.tight(ATOM)}.{transpose}({places})", axes=tuple(axes), level=ATOM)


def aligned(value: Value, axes: Sequence[Letter], transpose: str) -> Value:
    """The value laid out so that it broadcasts against an array with these axes."""
    if not value.axes:
        return value
    value = permuted(value, tuple(x for x in axes if x in value.axes), transpose)
    first = axes.index(value.axes[0])
    slots = [":" if x in value.axes else "None" for x in axes[first:]]
    while slots[-1:] == [":"]:
        slots.pop()
    return replace(value, text=f"{value.tight(ATOM)}[{', '.join(slots)}]", level=ATOM) if slots else value


def broken(text: str, indent: str, width: int = 110) -> str:
    """A long sum on several lines, in parentheses."""
    if len(indent) + len(text) <= width:
        return text
    pieces, depth, start = [], 0, 0
    for k, c in enumerate(text):
        depth += (c in "([{") - (c in ")]}")
        if not depth and text[k : k + 3] in (" + ", " - "):
            pieces.append(text[start:k])
            start = k + 1
    pieces.append(text[start:])
    if len(pieces) == 1:
        return text
    inner = "".join(f"\n{indent}    {p}" for p in pieces)
    return f"({inner}\n{indent})"
