"""Two sides of a line: lined up axis by axis, meanings put in, and decided as answers are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Atom, Bound, Entry
from derive.calculus.averages import averages
from derive.calculus.expr import Expr
from derive.calculus.substitute import atoms, free_letters, names, replace_entries, subs
from derive.grading.decide import decide
from derive.grading.proof import proof
from derive.grading.steps_scene import Scene, placed
from derive.grading.verdict import Verdict, message, proved, shape_clash
from derive.notation.arrays import Value, mapped

LONGEST = 1000  # atoms


@dataclass(frozen=True)
class Lined:
    """A side entry by entry over a frame, as `decide` wants it."""

    shape: tuple[Affine, ...]
    frame: tuple[Bound, ...]
    body: Expr


def equal(left: Value, right: Value, scene: Scene, fixed: frozenset[str] = frozenset()) -> Verdict:
    """Whether two arrays are the same under the scene's meanings; the names in ``fixed`` are held as variables.

    Names are first left as they are: equal for all their values is equal for the ones they have. A difference counts
    only where it does not come from holding them fixed: then their meanings are put in too.
    """
    if scene.meanings and (named := _at_once(left, right, scene)).verdict == "equal":
        return named
    part = _levelled(left, right, scene)
    if part is not None and (named := _at_once(*part, scene)).verdict == "equal":
        return named
    held = _decided(left, right, scene, fixed)
    if held.verdict != "different" or held.evidence.get("kind") == "shape" or fixed.isdisjoint(scene.meanings):
        return held
    full = mapped(left, scene.unfolded)
    if not _entries(full).terms:
        return held
    return _decided(left, right, scene, frozenset())


def _levelled(left: Value, right: Value, scene: Scene) -> tuple[Value, Value] | None:
    """Both sides in the same names, as few put in as that takes, the last defined first; None where none has to be."""
    reach, opened = scene.reach(), False
    sides = [left, right]
    while True:
        seen = [names(_entries(side)) & reach.keys() - scene.recurrent() for side in sides]
        apart = sorted(seen[0] ^ seen[1], key=lambda n: (len(reach[n]), n))
        if not apart:
            return (sides[0], sides[1]) if opened else None
        stop, opened = frozenset(reach) - {apart[-1]}, True
        sides = [mapped(side, partial(scene.unfolded, stop=stop)) for side in sides]


def _entries(value: Value) -> Expr:
    return value.at(*(Affine.of(Letter(f"axis{k}")) for k in range(value.rank)))


def _decided(left: Value, right: Value, scene: Scene, fixed: frozenset[str]) -> Verdict:
    a = mapped(left, lambda e: scene.unfolded(e, fixed))
    b = mapped(right, lambda e: scene.unfolded(e, fixed))
    verdict = _at_once(a, b, scene)
    if verdict.verdict != "different" or verdict.evidence.get("kind") == "shape":
        return verdict
    loops: set[str] = set()
    while pending := _recurrent(a, b, scene, fixed) - loops:
        name = min(pending)
        loops.add(name)
        stepped = _stepped(a, b, name, scene)
        if stepped is None:
            return message("undecided", f"this goes through the recurrence of '{name}'")
        a, b = (mapped(v, lambda e: scene.unfolded(e, fixed)) for v in stepped)
    if not loops:
        return verdict
    stepped_verdict = _at_once(a, b, scene)
    mixed = next((n for n in sorted(loops) if len({t.constant is None for t in _times(a, b, n)}) > 1), None)
    if stepped_verdict.verdict == "different" and mixed is not None:
        return message("undecided", f"this goes through the recurrence of '{mixed}'")
    return stepped_verdict


def _recurrent(a: Value, b: Value, scene: Scene, fixed: frozenset[str]) -> set[str]:
    """The recurrences that stand in two sides; stepping one may bring another with it."""
    return set(scene.recurrent(fixed) & (names(_entries(a)) | names(_entries(b))))


def _times(a: Value, b: Value, name: str) -> set[Affine]:
    """When a recurrence is spoken of."""
    found = [x for v in (a, b) for x in atoms(_entries(v)) if isinstance(x, Entry)]
    return {x.at[0] for x in found if x.name == name and x.at}


def _stepped(a: Value, b: Value, name: str, scene: Scene) -> tuple[Value, Value] | None:
    """Both sides with the recurrence put in at its latest time, once; None where no time is the latest.

    A numbered time has been stepped back to the start already, where there is nothing before it.
    """
    every = _times(a, b, name)
    found = {t for t in every if t.constant is None}
    if not found:
        return (a, b) if every else None
    first = next(iter(found))
    gaps = {t: (t - first).constant for t in found}
    if any(g is None for g in gaps.values()):
        return None
    latest = max(found, key=lambda t: gaps[t] or 0)
    meaning = scene.meanings[name]

    def step(e: Expr) -> Expr:
        return replace_entries(
            e, lambda x: placed(meaning, meaning.body, x.at) if x.name == name and x.at[0] == latest else None
        )

    return mapped(a, step), mapped(b, step)


def _at_once(left: Value, right: Value, scene: Scene) -> Verdict:
    """The decision, once both sides have the same axes and free letters."""
    letters = _letters((left, right), scene)
    lined = _lined_up(left, right, letters)
    if lined is None:
        return shape_clash(_shape(left), _shape(right))
    a, b = lined
    try:
        found = decide(a, b, scene.space, interval=any(_interval(x) for s in (a, b) for x in atoms(s.body)))
        by = _proved(a, b, scene) if found.verdict == "refused" and a.shape == b.shape and is_short(a, b) else None
        return found if by is None else proved(by)
    except (KeyError, ValueError, ZeroDivisionError) as error:
        return message("undecided", f"this could not be compared: {error}")


def is_short(*sides: Lined) -> bool:
    """Whether a proof has a chance: what unrolled recurrences make of a line takes it minutes, and nothing comes of it."""
    return sum(1 for _ in islice(chain.from_iterable(atoms(s.body) for s in sides), LONGEST)) < LONGEST


def _proved(a: Lined, b: Lined, scene: Scene) -> str | None:
    """What proves two sides equal for which points are too much work."""
    other = subs(b.body, {y.letter: Affine.of(x.letter) for x, y in zip(a.frame, b.frame, strict=True)})
    return proof(a.body, other, a.frame, scene.space, scene.declared.dimensions)


def difference(left: Value, right: Value, scene: Scene) -> Lined | None:
    """What must be zero where two arrays are the same, meanings put in; None where they never are."""
    lined = _lined_up(mapped(left, scene.unfolded), mapped(right, scene.unfolded), _letters((left, right), scene))
    if lined is None or lined[0].shape != lined[1].shape:
        return None
    return Lined(lined[0].shape, lined[0].frame, lined[0].body - lined[1].body)


def _shape(value: Value) -> tuple[object, ...]:
    return (1, *value.dims) if value.row else value.dims


def _interval(atom: Atom) -> bool:
    return isinstance(atom, Apply) and atom.function == "interval"


def _letters(sides: Sequence[Value], scene: Scene) -> dict[Letter, tuple[Affine, Affine]]:
    """The free indices that occur, each with the range in which every entry it stands in exists."""
    found: dict[Letter, tuple[Affine, Affine]] = {}
    bodies = [_entries(v) for v in sides]
    free = {x for e in bodies for x in free_letters(e)}
    for name, size in scene.declared.free_indices.items():
        letter = Letter(name)
        if letter in free:
            found[letter] = Affine.of(0), _narrowed(letter, str(size), bodies, scene)
    return found


def _narrowed(letter: Letter, size: str, bodies: Sequence[Expr], scene: Scene) -> Affine:
    from derive.notation.affine_reader import size_affine

    return size_affine(size)


def _lined_up(left: Value, right: Value, letters: Mapping[Letter, tuple[Affine, Affine]]) -> tuple[Lined, Lined] | None:
    """Both sides over the same frame: axes of arrays, then free letters."""
    left, right = _as_entries(left, right, letters), _as_entries(right, left, letters)
    if _is_zero(left) and right.rank:
        nothing = left.at()
        left = Value(right.dims, lambda *_: nothing, right.row)
    elif _is_zero(right) and left.rank:
        nothing = right.at()
        right = Value(left.dims, lambda *_: nothing, left.row)
    if left.rank != right.rank or (left.rank == 1 and left.row != right.row):
        return None
    axes = [Letter(f"axis{k}") for k in range(left.rank)]
    sides = []
    for value in (left, right):
        bounds = [Bound(x, Affine.of(0), d) for x, d in zip(axes, value.dims, strict=True)]
        bounds += [Bound(x, Affine.of(0), high - low) for x, (low, high) in letters.items()]
        body = value.at(*(Affine.of(x) for x in axes))
        body = averages(subs(body, {x: Affine.of(x) + low for x, (low, _) in letters.items() if low.terms}))
        sides.append(Lined(tuple(b.high for b in bounds), tuple(bounds), body))
    return sides[0], sides[1]


def _is_zero(value: Value) -> bool:
    return not value.rank and not value.at().terms


def _as_entries(value: Value, other: Value, letters: Mapping[Letter, tuple[Affine, Affine]]) -> Value:
    """A whole array where the other side gives its entries by free letters: the same entries."""
    if not value.rank or other.rank or _is_zero(other):
        return value
    own = free_letters(_entries(value))
    used = [x for x in letters if x in free_letters(other.at()) and x not in own]
    if len(used) != value.rank or any(letters[x][1] != d for x, d in zip(used, value.dims, strict=True)):
        return value
    at = [Affine.of(x) for x in used]
    return Value((), lambda: value.at(*at))
