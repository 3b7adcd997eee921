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


def in_scope(axes: Sequence[Letter], parts: Sequence[Value]) -> tuple[Letter, ...]:
    """The letters that occur in any of the parts, in the order of ``axes``."""
    found = {x for p in parts for x in p.axes}
    return tuple(x for x in axes if x in found)


def ordered(axes: Sequence[Letter], parts: Sequence[Value]) -> tuple[Letter, ...]:
    """The letters that occur in any of the parts, as the widest part has them if it has all, else as ``axes``."""
    widest = max((p.axes for p in parts), key=len, default=())
    return widest if {x for p in parts for x in p.axes} <= set(widest) else in_scope(axes, parts)


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
    """A long sum, or a call with many arguments, on several lines."""
    if len(indent) + len(text) <= width:
        return text
    inner = indent + "    "
    pieces = _split(text, (" + ", " - "), 1)
    if len(pieces) > 1:
        return "(" + "".join(f"\n{inner}{broken(p, inner)}" for p in pieces) + f"\n{indent})"
    opening = _last_opening(text)
    if opening < 0:
        return text
    closing = text[-1]
    if text[-2:] == "})" and text[opening + 1] == "{":
        opening, closing = opening + 1, "})"
    arguments = _split(text[opening + 1 : -len(closing)], (", ",), 2)
    lines = "".join(f"\n{inner}{broken(a, inner)}," for a in arguments)
    return f"{text[: opening + 1]}{lines}\n{indent}{closing}" if len(arguments) > 1 else text


def _split(text: str, marks: tuple[str, ...], keep: int) -> list[str]:
    """The text cut at marks outside all brackets and quotes; ``keep`` characters of a mark stay in front."""
    pieces, depth, start, quoted = [], 0, 0, False
    for k, c in enumerate(text):
        quoted ^= c == '"'
        depth += (c in "([{") - (c in ")]}")
        if not depth and not quoted and k > start and text.startswith(marks, k):
            pieces.append(text[start:k])
            start = k + keep
    return [*pieces, text[start:]]


def _last_opening(text: str) -> int:
    """Where the bracket opens that the text's last character closes; -1 where it closes none."""
    depth = 0
    for k in range(len(text) - 1, -1, -1):
        depth += (text[k] in ")]}") - (text[k] in "([{")
        if depth == 0:
            return k if text[-1] in ")}" else -1
    return -1
