"""The index letters that a formula's left side names, and how far they run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from derive.notation.sides import INDEX, LAST_INDEX, left_side
from derive.testing.given import BadTest, Given


def declared_letters(text: str, names: Mapping[str, Given], wrt: str = "") -> dict[str, str]:
    """The letters that the left side gives to declared names, with their sizes, in order.

    Args:
        text: the formula.
        names: what is declared.
        wrt: the name that may have fewer indices than axes: ``Q_i`` is a row of it, or a column where i runs over these.

    Raises:
        BadTest: another name has more or fewer indices than axes.
    """
    free: dict[str, str] = {}
    for letters, given, _ in sorted(_indexed(left_side(text), names), key=lambda found: found[2]):
        axes = given.shape or ()
        if letters and len(letters) != len(axes) and not (given.name == wrt and len(letters) < len(axes)):
            count = f"{len(letters)} {'index' if len(letters) == 1 else 'indices'}"
            raise BadTest(
                f"the left side gives {given.name} {count}, and its shape has {len(axes)}: write one letter for each axis"
            )
        free |= _lined(letters, axes, text, names)
    return free


def _lined(letters: list[str], axes: Sequence[str], text: str, names: Mapping[str, Given]) -> dict[str, str]:
    """The letters with the axes over which they run; one for a matrix counts rows, unless the right side says columns."""
    if len(letters) == 1 and len(axes) == 2 and used(text[len(left_side(text)) :], names).get(letters[0]) == axes[1]:
        return {letters[0]: axes[1]}
    return dict(zip(letters, axes, strict=False))


def own_letters(text: str, names: Mapping[str, Given], own: Given | None) -> dict[str, str]:
    """The same of a left side that speaks of no declared name, ``dX_{ij} =`` or the ``p_i =`` of a definition.

    Args:
        text: the formula.
        names: what is declared.
        own: what the left side stands for; where its shape is not known, the right side says how far the letters run.

    Raises:
        BadTest: nothing says how far a letter runs.
    """
    left = left_side(text)
    last = LAST_INDEX.search(left)
    letters = _letters(last) if last else []
    if not letters:
        return {}
    if own is not None and own.shape is not None:
        return _lined(letters, own.shape, text, names) if len(letters) <= len(own.shape) else {}
    axes = used(text[len(left) :], names)
    missing = ", ".join(x for x in letters if x not in axes)
    if missing:
        raise BadTest(f"nothing says how far {missing} runs; say the shape too: {{'shape': (…), 'definition': …}}")
    return {x: axes[x] for x in letters}


def used(text: str, names: Mapping[str, Given]) -> dict[str, str]:
    """Letter → the axis of the first declared name that it indexes alone."""
    found: dict[str, str] = {}
    for letters, given, _ in _indexed(text, names):
        if len(letters) == len(given.shape or ()):
            found = dict(zip(letters, given.shape or (), strict=True)) | found
    return found


def at_odds(text: str, names: Mapping[str, Given], wrt: str) -> bool:
    """Whether a letter of the left side runs over one axis there and over another on the right."""
    axes = used(text[len(left_side(text)) :], names)
    return any(axes.get(x, axis) != axis for x, axis in declared_letters(text, names, wrt).items())


def _indexed(text: str, names: Mapping[str, Given]) -> Iterator[tuple[list[str], Given, int]]:
    """The letters of each index of a declared name, the name, and where it stands."""
    for given in names.values():
        name = re.escape(given.latex or given.name)
        found = re.finditer(rf"(?<![A-Za-z\\]){name}{INDEX}", text) if given.name else ()
        yield from ((_letters(at), given, at.start()) for at in found)


def _letters(at: re.Match[str]) -> list[str]:
    inside = next((g for g in at.groups() if g), "")
    return re.findall(r"[A-Za-z]", inside)
