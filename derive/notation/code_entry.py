"""Reading entries: an array itself, slices of it, or a gather with zero outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.calculus.affine import Affine, Letter
from derive.notation.code_scope import Scope, Writer
from derive.notation.code_values import ATOM, Value


@dataclass(frozen=True)
class _Slot:
    """One slot: its letters that are axes, and the subscript that reads it, None where it must be gathered."""

    at: Affine
    letters: tuple[Letter, ...]
    subscript: str | None


def read(array: Value, at: Sequence[Affine], shape: Sequence[Affine], writer: Writer, scope: Scope) -> Value:
    """``array[at]`` for every value of the letters that are axes; zero outside the array's shape."""
    slots = [_slot(a, size, writer, scope) for a, size in zip(at, shape, strict=True)]
    letters = [x for s in slots for x in s.letters]
    if len(set(letters)) < len(letters):
        return _joint(array, slots, shape, writer, scope)
    subscripts = [s.subscript or ":" for s in slots]
    while subscripts[-1:] == [":"]:
        subscripts.pop()
    text = f"{array.tight(ATOM)}[{', '.join(subscripts)}]" if subscripts else array.text
    kept = [s for s in slots if s.letters or s.subscript is None]
    for axis in reversed(range(len(kept))):
        if kept[axis].subscript is None:
            helper = writer.helper("take" if kept[axis].letters else "at")
            places = writer.index(kept[axis].at, scope, kept[axis].letters)
            text = f"{helper}({text}, {places.text}, {axis})"
    return Value(text, tuple(letters), ATOM if "[" in text or "(" in text else array.level)


def _slot(at: Affine, size: Affine, writer: Writer, scope: Scope) -> _Slot:
    letters = tuple(x for x in scope.axes if x in at.letters)
    inside = writer.certain(at, scope) and writer.certain(size - 1 - at, scope)
    if not letters:
        return _Slot(at, (), writer.index(at, scope, ()).text if inside else None)
    subscript = None
    step = at - letters[0]
    if len(letters) == 1 and letters[0] not in step.letters:
        low, high = (edge + step for edge in scope.boxes[letters[0]])
        if not low.terms and high == size:
            subscript = ":"
        elif inside:
            limits = ("" if not low.terms else writer.index(low, scope, ()).text, writer.index(high, scope, ()).text)
            subscript = f"{limits[0]}:{'' if high == size else limits[1]}"
    return _Slot(at, letters, subscript)


def _joint(array: Value, slots: Sequence[_Slot], shape: Sequence[Affine], writer: Writer, scope: Scope) -> Value:
    """Slots that share a letter: all of them are read at once."""
    axes = tuple(x for x in scope.axes if any(x in s.letters for s in slots))
    if all(s.subscript == ":" for s in slots):
        names = {x: chr(ord("a") + k) for k, x in enumerate(axes)}
        equation = "".join(names[x] for s in slots for x in s.letters) + "->" + "".join(names[x] for x in axes)
        return Value(writer.target.einsum.format(equation, array.text), axes)
    places = ", ".join(writer.index(s.at, scope, axes).text for s in slots)
    return Value(f"{writer.helper('read')}({array.text}, {places})", axes)
