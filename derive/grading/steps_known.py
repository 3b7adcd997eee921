"""Proofs from equations that hold and define nothing: one side of one put in for the other, wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace
from itertools import islice

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Entry
from derive.calculus.expr import Expr, Term, entry
from derive.calculus.match import Rewriting
from derive.calculus.rules import distribute
from derive.calculus.substitute import atoms, free_letters, names, replace_entries
from derive.calculus.unify import Binding
from derive.grading.alike import alike
from derive.grading.steps_equal import equal
from derive.grading.steps_judged import Judged
from derive.grading.steps_link import Pair
from derive.grading.steps_names import with_letters, working, worlds
from derive.grading.steps_scene import Scene, Undecidable
from derive.grading.steps_trees import is_differential
from derive.notation import tree
from derive.notation.arrays import Clash, Value, mapped
from derive.notation.errors import Refused, Unreadable
from derive.notation.walk import walk

Change = Callable[[Expr], Expr]
MOST = 12
FEW = 6
DEEPEST = 3
OLD = "′"
FAULTS = (Clash, Undecidable, Unreadable, Refused)


class Once:
    """A rewriting whose new side speaks of the old one too, done once."""

    def __init__(self, rule: Rewriting, own: frozenset[str]) -> None:
        self.rule, self.own = rule, own

    def expr(self, value: Expr) -> Expr:
        """The value with the old side put in."""
        old = {f"{name}{OLD}": name for name in self.own}
        return replace_entries(self.rule.expr(value), lambda a: entry(old[a.name], *a.at) if a.name in old else None)


Putting = Rewriting | Once


def by_equations(scene: Scene, starts: Sequence[tree.Node], b: tree.Node, system: Sequence[Pair]) -> Judged | None:
    """What says that an expression is one of several equal ones, once the equations of ``system`` are put in; else None.

    An equation holds wherever its letters run, so a side of it stands for the other one inside any expression: what is
    equal then is equal where they hold. Nothing is ever refuted here.
    """
    for a in starts:
        nodes = [n for pair in (*system, (a, b)) for n in pair]
        world = next(worlds(with_letters(scene, a, b, *nodes), *nodes), scene)
        try:
            left, right = (lowered(world, n) for n in (a, b))
            rules = [*recurrences(world), *(r for pair in system for r in rules_of(world, pair))]
            if agree(world, left, right, rules):
                return Judged("follows", {"kind": "proved", "by": "the equations that are given"})
        except FAULTS:  # an entry is only differentiated when it is looked at
            continue
    return None


def by_line(scene: Scene, line: Pair, a: tree.Node, b: tree.Node, system: Sequence[Pair]) -> Judged | None:
    """What says that an equation is an earlier one with others put in on both sides, terms moved, or turned round."""
    nodes = [n for pair in (line, (a, b), *system) for n in pair]
    world = next(worlds(with_letters(scene, a, b, *nodes), *nodes), scene)
    try:
        known, new = (_gap(*(lowered(world, n) for n in pair)) for pair in (line, (a, b)))
        rules = [*recurrences(world), *(r for pair in system for r in rules_of(world, pair))]
        if any(agree(world, known, n, rules, FEW) for n in (new, mapped(new, lambda e: -e))):
            return Judged("follows", {"kind": "proved", "by": "the line before and what is given"})
    except FAULTS:
        return None
    return None


def _gap(left: Value, right: Value) -> Value:
    if left.dims != right.dims:
        raise Undecidable("the sides have different shapes")
    return Value(left.dims, lambda *at: left.at(*at) - right.at(*at))


def recurrences(scene: Scene) -> Iterator[Putting]:
    """What is defined in terms of itself, through other names perhaps: each put in once."""
    return definitions(replace(scene, meanings={n: scene.meanings[n] for n in sorted(scene.recurrent())}))


def definitions(scene: Scene) -> Iterator[Putting]:
    """What names mean, as rewritings."""
    for name, meaning in scene.meanings.items():
        own = [b.letter for b in meaning.letters]
        yield putting(entry(name, *own), meaning.body)


def lowered(scene: Scene, node: tree.Node) -> Value:
    """The array that a node means.

    Raises:
        Undecidable: a name in it has no meaning, or differentials stand in it (and all of ``FAULTS``).
    """
    if any(is_differential(n) for n in walk(node)):
        raise Undecidable("differentials are compared as such")
    work = working(scene)
    value = work.lower(node)
    if work.unknown:
        raise Undecidable("a name without a meaning")
    return value


def agree(scene: Scene, left: Value, right: Value, rules: Sequence[Putting], most: int = MOST) -> bool:
    """Whether some way of putting equations in, on one side or the other, makes both the same."""
    if left.dims != right.dims:
        return False
    at_once = equal(left, right, scene).verdict
    for first, second in ((left, right), (right, left)) if at_once not in ("equal", "refused") else ():
        for form in islice(reached(scene, first, rules), most):
            if (found := equal(form, second, scene).verdict) in ("equal", "refused"):
                return found == "equal"
    return at_once == "equal"


def reached(scene: Scene, value: Value, rules: Sequence[Putting]) -> Iterator[Value]:
    """What a value is with equations put in, the fewest first."""
    changes: list[Change] = [r.expr for r in rules]
    seen = {alike(_entries(value))}
    level = [value, *(mapped(value, c) for c in (distribute, scene.unfolded, lambda e: distribute(scene.unfolded(e))))]
    for _ in range(DEEPEST):
        after = []
        for form in level:
            for change in changes:
                new = mapped(form, change)
                if (body := alike(_entries(new))) not in seen:
                    seen.add(body)
                    after.append(new)
                    yield new
        level = after


def _entries(value: Value) -> Expr:
    return value.at(*(Affine.of(Letter(f"axis{k}")) for k in range(value.rank)))


def rules_of(scene: Scene, pair: Pair) -> Iterator[Putting]:
    """An equation as rewritings of one term: either side that is one, or the first term of the left side by the rest."""
    try:
        left, right = (lowered(scene, n) for n in pair)
        sides = _entries(left), _entries(right)
    except FAULTS:
        return
    if left.dims != right.dims:
        return
    for a, b in (sides, sides[::-1]):
        if _is_pattern(a, b):
            yield putting(a, b, _sizes(scene, a))
    if len(sides[0].terms) > 1:
        gap = sides[0] - sides[1]
        for term in gap.terms:
            own = Expr((Term(abs(term.coefficient), term.factors, term.bounds),))
            rest = gap - Expr((term,))
            if _is_pattern(own, rest) and names(own) - names(rest):
                yield putting(own, -rest if term.coefficient > 0 else rest, _sizes(scene, own))


def _is_pattern(left: Expr, right: Expr) -> bool:
    """Whether a side can be looked for: one term that names something, with every letter that the other side has."""
    one = len(left.terms) == 1 and bool(names(left))
    return one and {x for x in free_letters(right) if x.uid} <= free_letters(left)


def putting(left: Expr, right: Expr, fixed: Set[Letter] = frozenset()) -> Putting:
    """The rewriting in which letters of entries stand for any index, and those that are fixed for themselves.

    A recurrence is not put in where it would go back behind its start.
    """
    own = names(left) & names(right)
    before = {x for a in atoms(right) if isinstance(a, Entry) and a.name in own for x in a.at}

    def sizes_stay(found: Binding) -> bool:
        begun = all((k := x.subs(found).constant) is None or k >= 0 for x in before)
        return begun and all(found.get(x, Affine.of(x)) == Affine.of(x) for x in fixed)

    right = replace_entries(right, lambda a: entry(f"{a.name}{OLD}", *a.at) if a.name in own else None)
    rule = Rewriting.by(left, right, sizes_stay)
    return Once(rule, frozenset(own)) if own else rule


def _sizes(scene: Scene, left: Expr) -> Set[Letter]:
    return free_letters(left) - {Letter(n) for n in scene.declared.free_indices} - _axes(left)


def _axes(value: Expr) -> set[Letter]:
    return {x for x in free_letters(value) if re.fullmatch(r"axis\d+", x.name)}
