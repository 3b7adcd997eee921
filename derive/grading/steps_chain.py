"""Differentiating what is given: the chain rule over every name on the way, with the index calculus."""

from __future__ import annotations

from derive.calculus.affine import Affine, fresh
from derive.calculus.atoms import Bound, Entry
from derive.calculus.collapse import collapse
from derive.calculus.differentiate import NoRule, derivative
from derive.calculus.expr import ZERO, Expr, Term, add, entry, expr, multiply, total
from derive.calculus.match import rewrite
from derive.calculus.program import Definition
from derive.calculus.substitute import atoms, names, replace_entries, subs
from derive.grading.steps_scene import Scene, Undecidable, placed


def slope_of(scene: Scene, body: Expr, name: str, at: tuple[Affine, ...]) -> Expr:
    """The chain rule over every name that depends on the variable; names stay names."""
    stop = frozenset({name})
    scene, body = _begun(scene, _advanced(scene, body, name, at), stop)
    _not_through_time(scene, body, name, at)
    found = _Chain(scene, stop, name, at).slope(body)
    if not found.terms and name in scene.meanings and name not in names(body):
        inner = scene.unfolded(body, stop)
        if name not in names(inner):
            return _local(_in_terms_of(scene, inner, name), name, at)
    return found


def _begun(scene: Scene, body: Expr, stop: frozenset[str]) -> tuple[Scene, Expr]:
    """A recurrence at numbered times is put in down to its beginning, which is a variable where nothing is given."""
    loops = scene.recurrent(stop) - stop
    if loops.isdisjoint(names(body)):
        return scene, body
    inner = scene.unfolded(body, stop)
    left = [a for a in atoms(inner) if isinstance(a, Entry) and a.name in loops]
    if any(a.at[:1] != (Affine.of(0),) for a in left):
        return scene, body
    return scene.without(*(a.name for a in left)), inner


def _advanced(scene: Scene, body: Expr, name: str, at: tuple[Affine, ...]) -> Expr:
    """A recurrence is put in once where it stands at another time than the variable: ``∂h_t/∂h_{t-1}``."""
    if name not in scene.recurrent():
        return body
    meaning = scene.meanings[name]
    return replace_entries(
        body, lambda a: placed(meaning, meaning.body, a.at) if a.name == name and a.at[:1] != at[:1] else None
    )


def _not_through_time(scene: Scene, inner: Expr, name: str, at: tuple[Affine, ...]) -> None:
    stop = frozenset({name})
    inner = scene.unfolded(inner, stop)
    loops = scene.recurrent(stop)
    if any(_from_above_through_time(scene, s, name) for s in names(inner) & scene.slopes.keys()):
        raise Undecidable(f"the derivative by '{name}' goes through time here")
    if any(name in scene.reach(stop)[n] for n in names(inner) & loops):
        raise Undecidable(f"the derivative by '{name}' goes through time here")
    if name in scene.recurrent():
        found = [a for a in atoms(inner) if isinstance(a, Entry) and a.name == name]
        if any(a.at[:1] != at[:1] for a in found):
            raise Undecidable(f"the derivative by '{name}' goes through time here")


def _from_above_through_time(scene: Scene, scalar: str, name: str) -> bool:
    """Whether a cotangent that is given arrives at a recurrence which leads to the name."""
    arrives, reach, loops = scene.slopes[scalar], scene.reach(), scene.recurrent()
    if name in arrives:
        return False
    seen = set(arrives).union(*(reach.get(a, frozenset()) for a in arrives))
    return name in loops & seen or any(name in reach[n] for n in loops & seen)


def _in_terms_of(scene: Scene, body: Expr, name: str) -> Expr:
    """A body that speaks of what ``name`` is made of, in terms of it: read as the name, or an added input solved for."""
    meaning = scene.meanings[name]
    own, body = scene.unfolded(meaning.body), scene.unfolded(body)
    if names(own).isdisjoint(names(body)):
        return body
    read = rewrite(body, own, entry(name, *(b.letter for b in meaning.letters)))
    if name in names(read) and not names(own) <= names(read):
        return read
    for term in own.terms:
        added = _added(term, meaning)
        rest = own - Expr((term,))
        if added is not None and added not in names(rest):
            sign, solved = expr(term.coefficient), Definition(name, meaning.letters, rest)
            return _solved_for(body, added, sign, solved)
    raise Undecidable(f"what is given does not say this in terms of '{name}'")


def _added(term: Term, meaning: Definition) -> str | None:
    """The array of which a term is an entry at the definition's own place, with the factor 1 or -1."""
    if term.bounds or abs(term.coefficient) != 1 or len(term.factors) != 1:
        return None
    atom, exponent = term.factors[0]
    own = tuple(Affine.of(b.letter) for b in meaning.letters)
    return atom.name if isinstance(atom, Entry) and exponent == 1 and atom.at == own else None


def _solved_for(body: Expr, added: str, sign: Expr, rest: Definition) -> Expr:
    """The body with an added input written as what it is added to, less the rest."""

    def put(a: Entry) -> Expr | None:
        return sign * (entry(rest.name, *a.at) - placed(rest, rest.body, a.at)) if a.name == added else None

    return replace_entries(body, put)


class _Chain:
    """The chain rule from one expression down to one entry ``name[at]``; names in ``stop`` are held fixed."""

    def __init__(self, scene: Scene, stop: frozenset[str], name: str, at: tuple[Affine, ...]) -> None:
        self.scene, self.stop, self.name, self.at = scene, stop, name, at
        reach = scene.reach(stop)
        self.above = frozenset(n for n, seen in reach.items() if name in seen or seen & scene.slopes.keys())
        self.known: dict[str, Definition] = {}
        self.begun: set[str] = set()

    def slope(self, body: Expr) -> Expr:
        """The derivative of an expression."""
        parts = [_local(body, self.name, self.at)]
        for other in sorted(names(body) - {self.name}):
            if other in self.scene.slopes:
                parts.append(multiply((_local(body, other, ()), self.from_above(other))))
            elif other in self.above:
                parts.append(self.through(body, other))
        return collapse(add(parts))

    def through(self, body: Expr, other: str) -> Expr:
        """What comes through one name: the local derivative times the name's own."""
        meaning = self.of(other)
        if not meaning.body.terms:
            return ZERO
        bounds = [Bound(fresh(b.letter), b.low, b.high) for b in meaning.letters]
        here = tuple(Affine.of(b.letter) for b in bounds)
        local = _local(body, other, here)
        return collapse(total(multiply((local, placed(meaning, meaning.body, here))), *bounds))

    def of(self, other: str) -> Definition:
        """The derivative of a name's entries."""
        if other not in self.known and (claimed := self.claimed(other)) is not None:
            self.known[other] = claimed
        if other not in self.known:
            if other in self.begun:
                raise Undecidable(f"the derivative by '{self.name}' goes through time here")
            self.begun.add(other)
            meaning = self.scene.meanings[other]
            own = tuple(Bound(fresh(b.letter), b.low, b.high) for b in meaning.letters)
            body = placed(meaning, meaning.body, tuple(Affine.of(b.letter) for b in own))
            self.known[other] = Definition(other, own, self.slope(body))
        return self.known[other]

    def claimed(self, other: str) -> Definition | None:
        """The derivative of a name as the student has it, at once or through what it is made of."""
        claimed = self.scene.jacobians.get((other, self.name))
        if claimed is None:
            return self.claimed_through(other)
        rank = len(claimed.letters) - len(self.at)
        put = {b.letter: a for b, a in zip(claimed.letters[rank:], self.at, strict=True)}
        return Definition(other, claimed.letters[:rank], subs(claimed.body, put))

    def claimed_through(self, other: str) -> Definition | None:
        """``dh = D dz`` of the student's, and then down from z; None where h is made of more than that."""
        meaning = self.scene.meanings.get(other)
        parts = {m: d for (o, m), d in self.scene.jacobians.items() if o == other and m in self.above}
        if not parts or meaning is None or not names(meaning.body) & (self.above | {self.name}) <= set(parts):
            return None
        own = tuple(Bound(fresh(b.letter), b.low, b.high) for b in meaning.letters)
        terms = []
        for middle, claim in parts.items():
            bounds = [Bound(fresh(b.letter), b.low, b.high) for b in claim.letters[len(own) :]]
            here = [Affine.of(b.letter) for b in (*own, *bounds)]
            below = _entry_of(self.of(middle), tuple(here[len(own) :]))
            terms.append(total(multiply((_entry_of(claim, tuple(here)), below)), *bounds))
        return Definition(other, own, collapse(add(terms)))

    def from_above(self, unknown: str) -> Expr:
        """The derivative of an unknown scalar: what arrives from above times the local derivatives."""
        slopes = self.scene.slopes[unknown]
        if self.name in slopes:
            return _entry_of(slopes[self.name], self.at)
        inner = _Chain(self.scene, self.stop | frozenset(slopes), self.name, self.at)
        parts = [inner.arriving(slope) for array, slope in slopes.items() if array in self.scene.meanings]
        parts += [multiply((slope.body, inner.from_above(a))) for a, slope in slopes.items() if a in self.scene.slopes]
        if not any(p.terms for p in parts):
            raise Undecidable(f"nothing says how '{unknown}' depends on '{self.name}'")
        return add(parts)

    def arriving(self, slope: Definition) -> Expr:
        """One cotangent's share; what it arrives at is differentiated although it is held fixed in the others."""
        meaning = self.scene.meanings[slope.name]
        bounds = [Bound(fresh(b.letter), b.low, b.high) for b in meaning.letters]
        here = tuple(Affine.of(b.letter) for b in bounds)
        claimed = self.claimed(slope.name)
        local = self.slope(placed(meaning, meaning.body, here)) if claimed is None else _entry_of(claimed, here)
        return collapse(total(multiply((_entry_of(slope, here), local)), *bounds)) if local.terms else ZERO


def _local(body: Expr, name: str, at: tuple[Affine, ...]) -> Expr:
    try:
        return collapse(derivative(body, name, at))
    except NoRule as error:
        raise Undecidable(str(error)) from error


def _entry_of(meaning: Definition, at: tuple[Affine, ...]) -> Expr:
    return subs(meaning.body, {b.letter: a for b, a in zip(meaning.letters, at, strict=True)})
