"""The textbook form of gradients: which names to put in, what to multiply out, what to recognise.

For every adjoint a few short sequences of the rules of `folding` are tried, and the one after which the whole reads
shortest is kept, with its lines. Deciding by length is taste; each line is a rule's, and true whatever is chosen.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from derive.calculus.affine import Affine
from derive.calculus.atoms import Apply, Atom, Bracket, Entry, Group, Guard, Number
from derive.calculus.chain import adjoint, collapsing, dimensions, zeros_outside
from derive.calculus.expr import Expr, Term
from derive.calculus.folding import Vocabulary, applied, collect, hypothesis, multiply_out, put_in, write_slopes
from derive.calculus.forward import Forward, derived, followed
from derive.calculus.gradient import Gradients
from derive.calculus.program import Definition, Program
from derive.calculus.ranges import Given
from derive.calculus.rules_sums import gathered
from derive.calculus.slopes import value_slopes
from derive.calculus.substitute import atoms, children, names
from derive.calculus.tidying import alias, counted, spliced, under_brackets, unsigned, whole_sums
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
    relations = {adjoint(n): r for n, r in found.adjoints.items()}
    work = _Search(found.source, relations, frozenset(map(adjoint, found.wrt)), given, facts)
    work.improve_all()
    read = frozenset(n.removesuffix("_bar") for n in work.needed())
    return replace(found, lines=tuple(work.lines(found.lines)), read=read)


def textbook_forward(found: Forward, given: Sequence[Relation] = (), facts: Sequence[Affine] = ()) -> Forward:
    """The same Jacobian (or change) with each derivative on the way in the shortest form that the rules reach.

    Args:
        found: what forward mode gave.
        given: hypotheses; their letters match any index.
        facts: affine values known not to be negative.
    """
    pushed_here = (line.relation for line in found.lines if line.mode != "definition")
    relations = {derived(r): r for r in pushed_here if found.source.definition(derived(r)) is None}
    work = _Search(found.source, relations, frozenset({found.result}), given, facts)
    work.improve_all()
    read = work.needed()
    pushed = [Definition(n, k.relation.frame, k.relation.result) for n, k in work.kept.items() if n in read]
    return replace(found, program=followed(found.source, pushed), lines=tuple(work.lines(found.lines)))


@dataclass
class _Kept:
    relation: Relation
    lines: list[Line]


class _Search:
    def __init__(
        self,
        source: Program,
        relations: Mapping[str, Relation],
        wrt: frozenset[str],
        given: Sequence[Relation],
        facts: Sequence[Affine],
    ) -> None:
        self.source, self.relations, self.wrt = source, relations, wrt
        least = [Affine.of(x) - 1 for x in sorted(dimensions(source))]
        self.facts = Given((*facts, *least))
        ones = whole_sums(source.definitions, given)
        self.inside = zeros_outside(source)
        tidy = (collapsing(self.facts), self.inside, counted(), spliced(), unsigned(), under_brackets(), collect())
        self.tidy = (*map(hypothesis, (*given, *ones)), *tidy)
        self.slopes = value_slopes(source)
        self.words = Vocabulary(source.definitions)
        self.applying = _applying(source.definitions)
        self.kept = {n: _Kept(r, []) for n, r in relations.items()}
        self.order = {n: k for k, n in enumerate(self.kept)}
        self.readers: dict[str, set[str]] = {n: set() for n in self.kept}
        for n, k in self.kept.items():
            for u in self.adjoints(k.relation):
                self.readers[u].add(n)

    def improve_all(self) -> None:
        """The shortest form of each, in order."""
        for name in self.relations:
            self.improve(name)

    def adjoints(self, relation: Relation) -> set[str]:
        """The derivatives that a form reads."""
        return {n for n in names(relation.result) if n in self.kept}

    def improve(self, me: str) -> None:
        """The shortest form of one derivative."""
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
        if cost(new.result) >= cost(old.result) and not all(self.fits(me, u) for u in gone):
            return -1.0
        alone = [u for u in gone if self.readers[u] == {me} and u not in self.wrt]
        if len(alone) < len(gone) and cost(new.result) >= cost(old.result):
            return -1.0
        return cost(old.result) + sum(cost(self.kept[u].relation.result) for u in alone) - cost(new.result)

    def candidates(self, me: str, old: Relation) -> Iterator[list[Line]]:
        """The sequences of rules that are tried."""
        above = sorted((u for u in self.adjoints(old) if u != me and self.tries(me, u)), key=self.order.__getitem__)
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
        return plain or not me.endswith("_bar") or self.source.definition(me.removesuffix("_bar")) is not None

    def tries(self, me: str, upper: str) -> bool:
        """What fits, and what divides: something may cancel."""
        return self.fits(me, upper) or _divides(self.kept[upper].relation.result)

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
        yield (self.inside, recognised, *self.tidy)
        if _divides(old.result):
            values = [d for ds in self.applying.values() for d in ds[:2] if d.name != name]
            yield (self.inside, recognised, multiply_out(), recognised, *self.tidy)
            yield (self.inside, recognised, multiply_out(), recognised, *self.tidy, JOINED)
            if _sloped(old.result, self.applying.keys()):
                yield (write_slopes(values), recognised, multiply_out(), recognised, *self.tidy)

    def needed(self) -> set[str]:
        """The derivatives that the asked ones still read."""
        seen: set[str] = set()
        todo = list(self.wrt)
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += self.adjoints(self.kept[name].relation)
        return seen

    def lines(self, before: Iterable[Line]) -> Iterator[Line]:
        """The lines as they were, with those of the shorter forms after each derivative's."""
        final = {id(r): n for n, r in self.relations.items()}
        for line in before:
            yield line
            if name := final.get(id(line.relation)):
                yield from self.kept[name].lines


def _joined(value: Expr) -> Expr:
    sums = Expr(tuple(t for t in value.terms if t.bounds))
    return gathered(sums) + Expr(tuple(t for t in value.terms if not t.bounds)) if len(sums.terms) > 1 else value


JOINED = Rule("one sum", "Sums over the same letter are one sum.", lambda r: r.map(_joined, left=False))


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
