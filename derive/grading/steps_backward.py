"""Backpropagation in lines of working: what arrives at a name is what its users pass down, one definition at a time.

A computation may go on in time: every name is then held fixed but for the one definition that a derivative is taken of,
as in the chain rule over all that a name is used in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from derive.calculus.affine import Affine, Letter, fresh
from derive.calculus.atoms import Bound, Entry
from derive.calculus.collapse import collapse
from derive.calculus.differentiate import NoRule, derivative
from derive.calculus.expr import ONE, ZERO, Expr, add, entry, multiply, total
from derive.calculus.substitute import atoms, names
from derive.grading.steps_judged import Judged
from derive.grading.steps_known import FAULTS, Putting, agree, definitions, putting, rules_of
from derive.grading.steps_link import Pair, moving
from derive.grading.steps_names import with_letters
from derive.grading.steps_scene import Scene, Undecidable, placed
from derive.grading.steps_trees import is_differential, rebuilt
from derive.notation import tree
from derive.notation.walk import children, walk

MOST = 24


def by_adjoints(scene: Scene, a: tree.Node, b: tree.Node, lines: Sequence[Pair] = ()) -> Judged | None:
    """What says that an equation is the chain rule over the definitions, some of them or earlier lines put in; else None.

    Both sides are compared with all names free, so what is found holds for any values; nothing is ever refuted here.
    """
    differentials = any(is_differential(n) for side in (a, b) for n in walk(side))
    for scalar in _scalars(scene, a, b) if not differentials else ():
        backward = Backward(scene, scalar)
        try:
            first, second = (backward.read(n) for n in (a, b))
            if not backward.passes_down(second):
                continue
            free, work = moving(with_letters(backward.scene, first, second), first, second)
            left, work.layout = work.lower(first), "step"
            right = work.lower(second)
            free = replace(free.without(*scene.meanings), slopes={})
            said = [(backward.read(x), backward.read(y)) for x, y in lines]
            rules = [
                *(r for pair in said for r in rules_of(with_letters(free, *pair), pair)),
                *backward.rules(),
                *definitions(scene),
            ]
            if not work.unknown and agree(free, left, right, rules, MOST):
                return Judged("follows", {"kind": "proved", "by": "the chain rule"})
        except (*FAULTS, NoRule):
            continue
    return None


def _scalars(scene: Scene, *nodes: tree.Node) -> Iterator[str]:
    """What is differentiated here, or is so by what names of cotangents mean."""
    parts = [n for node in nodes for n in walk(node)]
    of = {n.of.name for n in parts if isinstance(n, tree.Derivative) and isinstance(n.of, tree.Name)}
    said = {n.name for n in parts if isinstance(n, tree.Name)}
    for scalar in (*scene.slopes, *(n for n in scene.meanings if not scene.declared.rank(n) and n in of)):
        arrives = {n for d in scene.slopes.get(scalar, {}).values() for n in names(d.body)}
        if scalar in of or arrives & said:
            yield scalar


class Backward:
    """The derivatives of one scalar by every name, as names of their own."""

    def __init__(self, scene: Scene, scalar: str) -> None:
        self.plain, self.scalar = scene, scalar
        self.known = dict(self._called())
        self.known |= {v: n for v, d in scene.slopes.get(scalar, {}).items() if (n := _alone(d.body)) is not None}

    def _called(self) -> Iterator[tuple[str, str]]:
        """What was said to be the derivative by a name: ``H = ∂L/∂u``."""
        for name, source in self.plain.sources.items():
            match source:
                case tree.Derivative(of=tree.Name(of), wrt=(tree.Name(variable),), order=1) if of == self.scalar:
                    yield variable, name

    def bar(self, name: str) -> str:
        """What the derivative by a name is called."""
        return self.known.get(name, f"∂{self.scalar}/∂{name}")

    @cached_property
    def scene(self) -> Scene:
        """The scene in which every derivative of the scalar is an array."""
        symbols = dict(self.plain.symbols)
        for name, symbol in self.plain.symbols.items():
            if symbol.get("shape") != "function" and name != self.scalar:
                new = {"shape": symbol.get("shape", []), "domain": "real", "latex": self.bar(name)}
                symbols.setdefault(self.bar(name), new)
        return replace(self.plain, symbols=symbols)

    def read(self, node: tree.Node) -> tree.Node:
        """The tree in which the scalar's derivatives are entries of those arrays."""

        def change(n: tree.Node) -> tree.Node | None:
            match n:
                case tree.Derivative(of=tree.Name(name), wrt=(variable,), order=1) if name == self.scalar:
                    return self._entry(variable)
            return None

        return rebuilt(node, change)

    def passes_down(self, node: tree.Node) -> bool:
        """Whether every derivative that is left is a factor beside what arrives from above."""
        if isinstance(node, tree.Derivative):
            return False
        parts = list(children(node))
        if isinstance(node, tree.Product) and any(self._arrives(p) for p in parts):
            parts = [p for p in parts if not isinstance(p, tree.Derivative)]
        return all(map(self.passes_down, parts))

    def _arrives(self, node: tree.Node) -> bool:
        head = node.base if isinstance(node, tree.Index) else node
        return isinstance(head, tree.Name) and head.name in {self.bar(n) for n in self.plain.symbols}

    def _entry(self, variable: tree.Node) -> tree.Node | None:
        match variable:
            case tree.Index(tree.Name(name)):
                return replace(variable, base=tree.Name(self.bar(name)))
            case tree.Name(name):
                return tree.Name(self.bar(name), span=variable.span)
        return None

    def rules(self) -> Iterator[Putting]:
        """What arrives at each name, as rewritings."""
        roots = self._roots()
        for name, symbol in self.plain.symbols.items():
            if symbol.get("shape") == "function" or name == self.scalar or (name in roots and name in self.known):
                continue
            letters = [Letter(f"at{k}") for k in range(len(symbol.get("shape") or ()))]
            try:
                body = self._arriving(name, tuple(Affine.of(x) for x in letters))
            except (NoRule, Undecidable):
                continue
            if body.terms:
                yield putting(entry(self.bar(name), *letters), body)

    def _roots(self) -> set[str]:
        """Where the scalar's derivative is given: at what nothing that has one is made of."""
        given = set(self.plain.slopes.get(self.scalar, {}))
        return {n for n in given if not any(n in self.plain.reach().get(m, ()) for m in given - {n})}

    def _arriving(self, name: str, at: tuple[Affine, ...]) -> Expr:
        """The sum over all that a name is used in, each by its own definition."""
        parts = []
        for other, meaning in self.plain.meanings.items():
            bounds = [Bound(fresh(b.letter), b.low, b.high) for b in meaning.letters]
            here = tuple(Affine.of(b.letter) for b in bounds)
            body = self._begun(other, placed(meaning, meaning.body, here), here)
            if name in names(body):
                arrives = ONE if other == self.scalar else entry(self.bar(other), *here)
                parts.append(total(multiply((arrives, derivative(body, name, at))), *bounds))
        return collapse(add(parts)) if parts else ZERO

    def _begun(self, name: str, body: Expr, here: tuple[Affine, ...]) -> Expr:
        """A definition with its start, where it goes on in time from one."""
        if name in self.plain.starts:
            raise Undecidable(f"'{name}' begins apart")
        return body


def _alone(body: Expr) -> str | None:
    found = [a.name for a in atoms(body) if isinstance(a, Entry)]
    return found[0] if len(found) == 1 and len(body.terms) == 1 and body.terms[0].coefficient == 1 else None
