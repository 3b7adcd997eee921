"""Dimension letters read off the shapes of inputs; what no shape says is an integer among the inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Entry
from derive.calculus.program import Program
from derive.calculus.substitute import atoms, free_letters

Shapes = Mapping[str, tuple[Affine, ...]]


@dataclass(frozen=True)
class Solved:
    """``letter`` from one axis of one input: ``slope*letter + rest`` is its size."""

    letter: Letter
    array: str
    axis: int
    slope: Affine
    rest: Affine


def global_letters(program: Program) -> dict[Letter, None]:
    """The letters that no definition binds: dimensions and integer parameters, in order of appearance."""
    found: dict[Letter, None] = {}
    for shape in program.shapes.values():
        found.update((x, None) for a in shape for x in sorted(a.letters))
    for d in program.definitions:
        own = {b.letter for b in d.letters}
        edges = {x for b in d.letters for a in (b.low, b.high) for x in a.letters}
        found.update((x, None) for x in sorted((free_letters(d.body) | edges) - own))
    return found


def parameters(program: Program, inputs: Sequence[str]) -> list[Letter]:
    """The letters that stand in slots and are not the size of an axis of an input."""
    sizes = {a.letter for name in inputs for a in program.shapes[name]}
    slots: set[Letter] = set()
    for d in program.definitions:
        slots.update(x for a in atoms(d.body) if isinstance(a, Entry) for s in a.at for x in s.letters)
    return [x for x in global_letters(program) if x in slots and x not in sizes]


def solved(shapes: Shapes, known: Sequence[Letter]) -> Iterator[Solved]:
    """Where each dimension letter is read off, plain axes first.

    >>> N, K = Affine.of("N"), Affine.of("K")
    >>> [s.letter for s in solved({"y": (N - K + 1,), "w": (K,)}, ())]
    [K, N]
    """
    have = set(known)
    slots = [(name, k, a) for name, shape in shapes.items() for k, a in enumerate(shape)]
    slots.sort(key=lambda slot: slot[2].letter is None)
    while True:
        for name, axis, size in slots:
            missing = size.letters - have
            parts = size.split(next(iter(missing))) if len(missing) == 1 else None
            if parts is not None and parts[0].terms:
                (letter,) = missing
                have.add(letter)
                yield Solved(letter, name, axis, *parts)
                break
        else:
            return
