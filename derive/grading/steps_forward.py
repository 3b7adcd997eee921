"""Derivatives of a recurrence by what it begins with: arrays of their own, which go on in time as the recurrence does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from derive.calculus.affine import Affine, Letter, fresh
from derive.calculus.atoms import Bound
from derive.calculus.collapse import collapse
from derive.calculus.differentiate import NoRule, derivative
from derive.calculus.expr import Expr, add, entry, multiply, total
from derive.calculus.program import Definition
from derive.calculus.substitute import names, subs
from derive.grading.steps_judged import Judged
from derive.grading.steps_known import FAULTS, Putting, agree, lowered, putting
from derive.grading.steps_names import with_letters
from derive.grading.steps_scene import Scene, placed
from derive.grading.steps_trees import rebuilt
from derive.notation import tree
from derive.notation.affine_reader import axis_affine
from derive.notation.walk import split_slots, walk

MOST = 16
Compare = Callable[[Scene, tree.Node, tree.Node], Judged]


def by_tangents(scene: Scene, a: tree.Node, b: tree.Node, compare: Compare) -> Judged | None:
    """What says that an equation about derivatives by one input is the chain rule forward in time; else None.

    First all names are free, and definitions put in once; then the derivatives are recurrences with or without their
    start, so that a closed form is proved by induction. Nothing is ever refuted here.
    """
    by = {n.name for n in _variables(scene, a, b)}
    if len(by) != 1 or scene.recurrent().isdisjoint(n for n, seen in scene.reach().items() if by & seen):
        return None
    forward = Forward(scene, by.pop())
    first, second = (forward.read(n) for n in (a, b))
    if any(isinstance(n, tree.Derivative) for side in (first, second) for n in walk(side)):
        return None
    try:
        free = with_letters(forward.scene.without(*scene.meanings), first, second)
        if agree(free, lowered(free, first), lowered(free, second), list(forward.rules()), MOST):
            return Judged("follows", {"kind": "proved", "by": "the chain rule"})
        for going in (forward.going(begun=False), forward.going(begun=True)):
            found = compare(going, first, second)
            if found.verdict == "follows":
                return found
    except (*FAULTS, NoRule):
        return None
    return None


def _variables(scene: Scene, *nodes: tree.Node) -> Iterator[tree.Name]:
    """By what is differentiated: names of inputs."""
    for part in (n for node in nodes for n in walk(node)):
        if isinstance(part, tree.Derivative) and len(part.wrt) == 1:
            head = part.wrt[0].base if isinstance(part.wrt[0], tree.Index) else part.wrt[0]
            if isinstance(head, tree.Name) and head.name in scene.symbols and head.name not in scene.meanings:
                yield head


class Forward:
    """The derivatives of every name by one input, as names of their own."""

    def __init__(self, scene: Scene, by: str) -> None:
        self.plain, self.by = scene, by
        self.above = sorted(n for n, seen in scene.reach().items() if by in seen and self._is_array(n))
        self.last = [Letter(f"by{k}") for k in range(len(self._shape(by)))]

    def _is_array(self, name: str) -> bool:
        return self.plain.symbols.get(name, {}).get("shape") != "function" and name in self.plain.symbols

    def _shape(self, name: str) -> list[str]:
        return [str(a) for a in self.plain.symbols[name].get("shape") or ()]

    def dot(self, name: str) -> str:
        """What the derivative of a name is called."""
        return f"∂{name}/∂{self.by}"

    @property
    def scene(self) -> Scene:
        """The scene in which every derivative by the input is an array."""
        new = {
            self.dot(n): {"shape": self._shape(n) + self._shape(self.by), "domain": "real", "latex": self.dot(n)}
            for n in self.above
        }
        return replace(self.plain, symbols={**self.plain.symbols, **new})

    def read(self, node: tree.Node) -> tree.Node:
        """The tree in which these derivatives are entries of those arrays."""

        def change(n: tree.Node) -> tree.Node | None:
            if not isinstance(n, tree.Derivative) or n.order != 1 or len(n.wrt) != 1 or n.of is None:
                return None
            above, below = self._slots(n.of), self._slots(n.wrt[0])
            if above is None or below is None or above[0] not in self.above or below[0] != self.by:
                return None
            slots = (*above[1], *below[1])
            name = tree.Name(self.dot(above[0]), self.dot(above[0]), span=n.span)
            return tree.Index(name, slots, span=n.span) if slots else name

        return rebuilt(node, change)

    def _slots(self, node: tree.Node) -> tuple[str, tuple[tree.Node, ...]] | None:
        """A name with as many indices as it has axes."""
        match node:
            case tree.Index(tree.Name(name), slots) if name in self.plain.symbols:
                found = tuple(split_slots(slots, len(self._shape(name))))
                return (name, found) if len(found) == len(self._shape(name)) else None
            case tree.Name(name) if name in self.plain.symbols and not self._shape(name):
                return name, ()
        return None

    def rules(self) -> Iterator[Putting]:
        """The chain rule for every name, as rewritings."""
        for name in self.above:
            meaning = self._moving(name, self.plain.meanings[name].body)
            yield putting(entry(meaning.name, *(b.letter for b in meaning.letters)), meaning.body)

    def going(self, *, begun: bool) -> Scene:
        """The scene in which these derivatives mean what they are, each recurrence by itself."""
        scene = self.scene
        moving = [self._moving(n, self.plain.meanings[n].body) for n in self.above]
        alone = replace(scene, meanings={m.name: m for m in moving}, starts={})
        for one in moving:
            body = alone.unfolded(one.body, frozenset({one.name}))
            meaning = replace(one, body=collapse(body, one.letters))
            scene = scene.with_meaning(meaning)
            start = self._start(meaning) if begun and meaning.name in names(meaning.body) else None
            scene = scene if start is None else replace(scene, starts={**scene.starts, meaning.name: start})
        return scene

    def _start(self, meaning: Definition) -> Definition | None:
        """The derivative at time 0, where that speaks of no time before."""
        time, *others = meaning.letters
        body = collapse(subs(meaning.body, {time.letter: Affine.of(0)}))
        return None if meaning.name in names(body) else Definition(meaning.name, tuple(others), body)

    def _moving(self, name: str, body: Expr) -> Definition:
        """The derivative of one name's definition: what stands in it at once, and through every name in it."""
        meaning = self.plain.meanings[name]
        own = [Bound(Letter(f"own{k}"), b.low, b.high) for k, b in enumerate(meaning.letters)]
        at = tuple(Affine.of(x) for x in self.last)
        here = placed(meaning, body, tuple(Affine.of(b.letter) for b in own))
        parts = [derivative(here, self.by, at)]
        for other in sorted(names(here) & set(self.above)):
            shape = [axis_affine(a) for a in self.plain.declared.symbols[other].shape or ()]
            bounds = [Bound(fresh(Letter("k")), Affine.of(0), d) for d in shape]
            there = tuple(Affine.of(b.letter) for b in bounds)
            through = multiply((derivative(here, other, there), entry(self.dot(other), *there, *at)))
            parts.append(total(through, *bounds))
        ends = [axis_affine(a) for a in self.plain.declared.symbols[self.by].shape or ()]
        last = [Bound(x, Affine.of(0), d) for x, d in zip(self.last, ends, strict=True)]
        return Definition(self.dot(name), (*own, *last), collapse(add(parts), (*own, *last)))
