"""A closed form of a recurrence: right at the start, and right one step later wherever it is right."""

from __future__ import annotations

from collections.abc import Sequence

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, Entry
from derive.calculus.expr import Expr, entry
from derive.calculus.program import Definition
from derive.calculus.substitute import atoms, names, replace_entries, subs
from derive.grading.decide import decide
from derive.grading.steps_defined import defined
from derive.grading.steps_equal import Lined
from derive.grading.steps_judged import Judged, judged
from derive.grading.steps_names import Target, with_letters, working
from derive.grading.steps_reading import whole_range
from derive.grading.steps_scene import Scene, Undecidable, placed
from derive.grading.steps_times import at_any_time
from derive.grading.steps_trees import free_names
from derive.notation import tree
from derive.notation.affine_reader import affine_of, axis_affine
from derive.notation.arrays import Clash
from derive.notation.declare import Axis
from derive.notation.errors import Refused, Unreadable


def by_induction(scene: Scene, a: tree.Node, b: tree.Node) -> Judged | None:
    """The verdict on ``w_t = …`` where w is a recurrence and the right side speaks of its start only; else None."""
    a, b = _alone(scene, a, b)
    if not isinstance(a, tree.Index) or not isinstance(a.base, tree.Name) or a.base.name not in scene.recurrent():
        return None
    name = a.base.name
    try:
        form = _closed(scene, a, b)
    except (Clash, Unreadable, Undecidable):
        return None
    if form is None:
        return None
    scene, closed, start = form
    base = _same(scene, placed(closed, closed.body, _first(closed)), start, closed, 0)
    if base.verdict != "follows":
        return base
    meaning = scene.meanings[name]
    body = replace_entries(meaning.body, lambda x: placed(closed, closed.body, x.at) if x.name == name else None)
    step = _same(scene, closed.body, subs(body, _aligned(meaning, closed)), closed, 1)
    return Judged("follows", {"kind": "proved", "by": "induction"}) if step.verdict == "follows" else step


def steps_on(scene: Scene, left: tree.Node, said: Sequence[tree.Node]) -> bool:
    """Whether an equation about ``e_t`` holds from the second time of e on: ``1 ≤ t ≤ T`` says no more than that."""
    match left:
        case tree.Index(tree.Name(name), (slot, *_)) if name in scene.declared.symbols:
            shape = scene.declared.symbols[name].shape or ()
            return bool(shape) and all(_reaches(scene, slot, shape[0], c) for c in said)
    return False


def _reaches(scene: Scene, slot: tree.Node, axis: Axis, condition: tree.Node) -> bool:
    match condition:
        case tree.Relation((tree.Number() as low, tree.Name(name), _), ("<=", "<=" | "<")):
            if name not in {n.name for n in free_names(slot)}:
                return whole_range(condition, scene)
            try:
                shift = affine_of(slot, lambda n: Affine.of(Letter(n.name))) - Letter(name)
            except Unreadable:
                return False
            first = axis.lower or str(scene.declared.index_base)
            return shift.constant is not None and first.isdigit() and low.value + shift.constant <= int(first) + 1
    return False


def by_recursion(scene: Scene, line: tuple[tree.Node, tree.Node], a: tree.Node, b: tree.Node) -> Judged | None:
    """The verdict on ``e_t = …`` by induction, where an earlier line says how e steps on, whatever else it means; else None.

    It refutes only what speaks of nothing but that line's names: what others mean may make a closed form true.
    """
    try:
        local = stepping(scene, line)
        found = by_induction(local, *at_any_time(local, a, b)) if local is not None else None
    except (Clash, Unreadable, Refused, Undecidable):
        return None
    own = {n.name for n in free_names(b)} <= {n.name for n in free_names(line[1])} and not scene.starts
    return found if found is not None and (found.verdict == "follows" or own) else None


def stepping(scene: Scene, line: tuple[tree.Node, tree.Node]) -> Scene | None:
    """The scene in which ``e_t = …`` is all that is known of e; None where the right side does not speak of e before.

    Raises:
        Undecidable: the right side has no meaning (and ``Clash``, ``Unreadable``, ``Refused``).
    """
    left, right = line
    if not isinstance(left, tree.Index) or not isinstance(left.base, tree.Name):
        return None
    name = left.base.name
    if name not in {n.name for n in free_names(right)}:
        return None
    local = with_letters(scene.without(name), left, right)
    work = working(local)
    value = work.lower(right)
    found = None if work.unknown else defined(local, Target(name, left.base.latex, left.slots), value, right)
    return found if found is not None and name in found.recurrent() else None


def _alone(scene: Scene, a: tree.Node, b: tree.Node) -> tuple[tree.Node, tree.Node]:
    """``w_t - c = …`` as ``w_t = … + c``."""
    match a:
        case tree.Add((tree.Index(tree.Name(name)) as first, *rest)) if name in scene.recurrent():
            moved = (t.arg if isinstance(t, tree.Neg) else tree.Neg(t) for t in rest)
            return first, tree.Add((b, *moved))
    return a, b


def _closed(scene: Scene, a: tree.Index, b: tree.Node) -> tuple[Scene, Definition, Expr] | None:
    """The closed form as a definition, with the start as a name of its own."""
    assert isinstance(a.base, tree.Name)
    name = a.base.name
    local = with_letters(scene, a, b)
    work = working(local)
    value = work.lower(b)
    free = local.without(name)
    new = None if work.unknown else defined(free, Target(name, a.base.latex, a.slots), value, b)
    closed = new.meanings.get(name) if new is not None else None
    if closed is None or not closed.letters:
        return None
    if any(x.at[0].constant != 0 for x in atoms(closed.body) if isinstance(x, Entry) and x.name == name):
        return None
    first = f"{name}₀"
    dims = [axis_affine(s) for s in scene.declared.symbols[name].shape or ()][1:]
    named = replace_entries(closed.body, lambda x: entry(first, *x.at[1:]) if x.name == name else None)
    if name in names(scene.unfolded(named)) or a.slots == ():
        return None
    own = tuple(Affine.of(b.letter) for b in closed.letters[1:])
    begun = scene.starts.get(name)
    start = entry(first, *own) if begun is None else placed(begun, begun.body, own)
    return scene.with_symbol(first, first, dims), Definition(name, closed.letters, named), start


def _first(closed: Definition) -> tuple[Affine, ...]:
    return (Affine.of(0), *(Affine.of(b.letter) for b in closed.letters[1:]))


def _aligned(meaning: Definition, closed: Definition) -> dict[Letter, Affine]:
    return {m.letter: Affine.of(c.letter) for m, c in zip(meaning.letters, closed.letters, strict=True)}


def _same(scene: Scene, left: Expr, right: Expr, closed: Definition, later: int) -> Judged:
    """Both sides at every place, one step later than the first or at the start."""
    time, *others = closed.letters
    bounds = [*((Bound(time.letter, Affine.of(0), time.high - 1),) if later else ()), *others]
    put = {time.letter: Affine.of(time.letter) + later} if later else {}
    shape = tuple(b.high - b.low for b in bounds)
    sides = [Lined(shape, tuple(bounds), subs(scene.unfolded(e), put)) for e in (left, right)]
    return judged(decide(sides[0], sides[1], scene.space))
