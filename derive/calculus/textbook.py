"""The textbook form of gradients: which names to put in, what to multiply out, what to recognise.

For every adjoint a few short sequences of the rules of `folding` are tried, and the one after which the whole reads
shortest is kept, with its lines. Deciding by length is taste; each line is a rule's, and true whatever is chosen.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace

from derive.calculus.affine import Affine
from derive.calculus.atoms import Apply, Atom, Bracket, Entry, Group, Guard, Number
from derive.calculus.chain import adjoint, collapsing, dimensions, zeros_outside
from derive.calculus.expr import Expr, Term
from derive.calculus.folding import Vocabulary, applied, collect, hypothesis, multiply_out, put_in, write_slopes
from derive.calculus.gradient import Gradients
from derive.calculus.program import Definition
from derive.calculus.ranges import Given
from derive.calculus.slopes import value_slopes
from derive.calculus.substitute import atoms, children, names
from derive.calculus.tidying import alias, counted, spliced, unsigned, whole_sums
from derive.calculus.trace import Line, Relation, Rule

LONG = 12.5  # no form becomes longer than this
SHORT = 7.0  # what is longer keeps its name in the gradient of an input
ROUNDS = 4


def textbook(found: Gradients, given: Sequence[Relation] = (), facts: Sequence[Affine] = ()) -> Gradients:
    """The same gradients with each adjoint in the shortest form that the rules reach, lines included.

    Args:
        found: what reverse mode gave.
        given: hypotheses such as ``sum(y[k], k) = 1``; their letters match any index.
        facts: affine values known not to be negative.
    """
    work = _Search(found, given, facts)
    for name in found.adjoints:
        work.improve(name)
    return replace(found, lines=tuple(work.lines()), read=frozenset(work.needed()))


@dataclass
class _Kept:
    relation: Relation
    lines: list[Line]


class _Search:
    def __init__(self, found: Gradients, given: Sequence[Relation], facts: Sequence[Affine]) -> None:
        self.found, self.wrt = found, {adjoint(n) for n in found.wrt}
        least = [Affine.of(x) - 1 for x in sorted(dimensions(found.source))]
        self.facts = Given((*facts, *least))
        ones = whole_sums(found.source.definitions, given)
        tidy = (collapsing(self.facts), zeros_outside(found.source), counted(), spliced(), unsigned(), collect())
        self.tidy = (*map(hypothesis, (*given, *ones)), *tidy)
        self.slopes = value_slopes(found.source)
        self.words = Vocabulary(found.source.definitions)
        self.applying = _applying(found.source.definitions)
        self.kept = {adjoint(n): _Kept(r, []) for n, r in found.adjoints.items()}
        self.order = {n: k for k, n in enumerate(self.kept)}
        self.readers: dict[str, set[str]] = {n: set() for n in self.kept}
        for n, k in self.kept.items():
            for u in self.adjoints(k.relation):
                self.readers[u].add(n)

    def adjoints(self, relation: Relation) -> set[str]:
        """The adjoints that a form reads."""
        return {n for n in names(relation.result) if n in self.kept}

    def improve(self, name: str) -> None:
        """The shortest form of one adjoint."""
        me = adjoint(name)
        self.settle(me)
        for _ in range(ROUNDS):
            old = self.kept[me].relation
            tried = [(self.gain(me, old, lines[-1].relation), lines) for lines in self.candidates(me, old) if lines]
            best = max(tried, key=lambda t: t[0], default=(0.0, []))
            if best[0] <= 0:
                return
            self.accept(me, best[1])

    def settle(self, me: str) -> None:
        """What needs no choice: slopes through values, and names that are other names."""
        old = self.kept[me].relation
        aliases = [u for u in self.adjoints(old) if u != me and alias(self.kept[u].relation.result)]
        lines = _applied(old, (self.slopes, *self.put(tuple(sorted(aliases)))))
        if lines:
            self.accept(me, lines)

    def accept(self, me: str, lines: list[Line]) -> None:
        """Keep a form."""
        for u in self.adjoints(self.kept[me].relation):
            self.readers[u].discard(me)
        self.kept[me] = _Kept(lines[-1].relation, [*self.kept[me].lines, *lines])
        for u in self.adjoints(lines[-1].relation):
            self.readers[u].add(me)

    def gain(self, me: str, old: Relation, new: Relation) -> float:
        """How much shorter everything gets: this form, and the names that nobody else reads any more."""
        if cost(new.result) > max(LONG, cost(old.result)):
            return -1.0
        gone = self.adjoints(old) - self.adjoints(new)
        alone = [u for u in gone if self.readers[u] == {me} and u not in self.wrt]
        if len(alone) < len(gone) and cost(new.result) >= cost(old.result):
            return -1.0
        return cost(old.result) + sum(cost(self.kept[u].relation.result) for u in alone) - cost(new.result)

    def candidates(self, me: str, old: Relation) -> Iterator[list[Line]]:
        """The sequences of rules that are tried."""
        above = sorted((u for u in self.adjoints(old) if u != me and self.fits(me, u)), key=self.order.__getitem__)
        choices: list[tuple[str, ...]] = [(), *((u,) for u in above), *([tuple(above)] if len(above) > 1 else [])]
        for chosen in choices:
            begun = _applied(old, self.put(chosen))
            here = begun[-1].relation if begun else old
            for after in self.endings(me, here):
                yield [*begun, *_applied(here, after)]

    def fits(self, me: str, upper: str) -> bool:
        """Into the gradient of an input only what is short and without functions goes: ``δ`` keeps its name."""
        body = self.kept[upper].relation.result
        plain = cost(body) <= SHORT and not any(isinstance(a, Apply) for a in atoms(body))
        return plain or self.found.source.definition(me.removesuffix("_bar")) is not None

    def put(self, chosen: tuple[str, ...]) -> tuple[Rule, ...]:
        """The rule that puts the chosen adjoints in."""
        if not chosen:
            return ()
        bodies = {u: Definition(u, r.frame, r.result) for u in chosen for r in [self.kept[u].relation]}
        return (put_in(bodies, self.facts),)

    def endings(self, me: str, old: Relation) -> Iterator[tuple[Rule, ...]]:
        """What may follow: nothing but tidying; or everything multiplied out, recognised and collected."""
        name = me.removesuffix("_bar")
        recognised = self.words.recognise(but=name)
        yield (recognised, *self.tidy)
        if _divides(old.result):
            values = [d for ds in self.applying.values() for d in ds[:2] if d.name != name]
            yield (recognised, multiply_out(), recognised, *self.tidy)
            if _sloped(old.result, self.applying.keys()):
                yield (write_slopes(values), recognised, multiply_out(), recognised, *self.tidy)

    def needed(self) -> set[str]:
        """The arrays whose adjoints the asked ones still read."""
        seen: set[str] = set()
        todo = list(self.wrt)
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += self.adjoints(self.kept[name].relation)
        return {n.removesuffix("_bar") for n in seen}

    def lines(self) -> Iterator[Line]:
        """The lines of reverse mode with those of the shorter forms after each adjoint's."""
        last = {r.left: n for n, r in self.found.adjoints.items()}
        final = {id(r): n for n, r in self.found.adjoints.items()}
        for line in self.found.lines:
            yield line
            name = final.get(id(line.relation))
            if name is not None and line.relation.left in last:
                yield from self.kept[adjoint(name)].lines


def _applying(definitions: Sequence[Definition]) -> dict[str, list[Definition]]:
    """Function → the definitions that give its value."""
    found: dict[str, list[Definition]] = {}
    for d in definitions:
        for f in applied(d):
            found.setdefault(f, []).append(d)
    return found


def _sloped(value: Expr, functions: Container[str]) -> bool:
    """Whether the slope of one of the functions stands somewhere."""
    return any(isinstance(a, Apply) and a.order and a.function in functions for a in atoms(value))


def _divides(value: Expr) -> bool:
    """Whether something stands in a denominator, so that multiplying out may cancel it."""
    inner = (x for t in value.terms for a, _ in t.factors for x in children(a))
    return any(e < 0 for t in value.terms for _, e in t.factors) or any(map(_divides, inner))


def _applied(start: Relation, rules: Sequence[Rule]) -> list[Line]:
    lines, before = [], start
    for rule in rules:
        after = rule.apply(before)
        if after != before:
            lines.append(Line(rule, after, before))
            before = after
    return lines


def cost(value: Expr) -> float:
    """How long a form reads.

    >>> from derive.calculus.expr import entry
    >>> cost(entry("p") - entry("y")) < cost(entry("p") * entry("q") - entry("y") * entry("q"))
    True
    """
    return sum(_term_cost(t) for t in value.terms)


def _term_cost(term: Term) -> float:
    size = 0.0 if abs(term.coefficient) == 1 else 0.25
    return 1.0 + size + 0.5 * len(term.bounds) + sum(_atom_cost(a) + (0.0 if e == 1 else 0.5) for a, e in term.factors)


def _atom_cost(atom: Atom) -> float:
    match atom:
        case Entry() | Bracket() | Guard():
            return 1.0
        case Number():
            return 0.5
        case Apply(order=order):
            return 1.0 + 0.5 * order + sum(map(cost, children(atom)))
        case Group(body):
            return cost(body) - 0.25
    return 2.0 + sum(map(cost, children(atom)))
