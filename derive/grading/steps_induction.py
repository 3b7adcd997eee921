"""A closed form of a recurrence: right at the start, and right one step later wherever it is right."""

from __future__ import annotations

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
from derive.grading.steps_scene import Scene, Undecidable, placed
from derive.notation import tree
from derive.notation.affine_reader import axis_affine
from derive.notation.arrays import Clash
from derive.notation.errors import Unreadable


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
