"""Rules that bring a derivative into the form a textbook prints: known names, hypotheses, common factors.

Each is a rule from what it needs, told no result; `textbook` decides where they pay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd

from derive.calculus.affine import Affine
from derive.calculus.atoms import Apply, Atom, Entry, Group, MatrixFunction
from derive.calculus.canonical import canonical
from derive.calculus.collapse import collapse
from derive.calculus.expr import Expr, Factor, Term, add, entry, expr, group, multiply, power
from derive.calculus.functions import DEFINITIONS, TABLE, unfolded
from derive.calculus.match import Rewriting, rewrite
from derive.calculus.program import Definition
from derive.calculus.ranges import Given
from derive.calculus.substitute import atoms, names, replace_atoms, replace_entries, subs
from derive.calculus.trace import Relation, Rule

EXPANDED = 24  # more terms than this are no form to read


def put_in(definitions: Mapping[str, Definition], facts: Sequence[Affine] | Given = ()) -> Rule:
    """Put what names stand for in their place."""

    def leaf(e: Entry) -> Expr | None:
        d = definitions.get(e.name)
        if d is None:
            return None
        return group(subs(d.body, {b.letter: a for b, a in zip(d.letters, e.at, strict=True)}))

    def apply(r: Relation) -> Relation:
        return r.map(lambda side: collapse(replace_entries(side, leaf), r.frame, facts), left=False)

    shown = ", ".join(f"the gradient in {n.removesuffix('_bar')}" if n.endswith("_bar") else n for n in definitions)
    return Rule("put in", f"Put in what was found for {shown}." if shown else "", apply)


def recognise(definitions: Sequence[Definition]) -> Rule:
    """Write what a definition computes by the name that it has: ``exp(z[k])/s`` is ``p[k]``.

    >>> from derive.calculus.atoms import Bound
    >>> from derive.calculus.affine import Letter
    >>> k = Bound(Letter("k"), Affine.of(0), Affine.of("K"))
    >>> p = Definition("p", (k,), entry("e", "k") / entry("s"))
    >>> before = Relation((entry("d"), entry("e", 3) / entry("s") ** 2))
    >>> recognise([p]).apply(before).result == entry("s") ** -1 * entry("p", 3)
    True
    """
    return Vocabulary(definitions).recognise()


class Vocabulary:
    """Definitions whose bodies are recognised, ready for many values: found by what they read."""

    def __init__(self, definitions: Sequence[Definition]) -> None:
        self.words = [_Word.of(d) for d in definitions if _telling(d)]
        self.readers: dict[str, list[int]] = {}
        for k, word in enumerate(self.words):
            self.readers.setdefault(min(word.reads, default=""), []).append(k)

    def recognise(self, but: str = "") -> Rule:
        """The rule that writes bodies by their names, that of ``but`` left out; see `recognise`."""
        return Rule(
            "recognise a name",
            "Write what a definition computes by its name.",
            lambda r: r.map(lambda value: _settled(lambda side: self._named(side, but), value), left=False),
        )

    def _named(self, value: Expr, but: str) -> Expr:
        """Each word once, in order; what one brings in, a later one may read."""
        at = -1
        while (at := self._next(value, at)) < len(self.words):
            if self.words[at].name != but:
                value = self.words[at].put(value)
        return value

    def _next(self, value: Expr, at: int) -> int:
        """The first word after one that a value may hold."""
        inside = names(value)
        found = (k for n in ("", *inside) for k in self.readers.get(n, ()) if k > at and self.words[k].reads <= inside)
        return min(found, default=len(self.words))


@dataclass(frozen=True)
class _Word:
    """A name, the arrays that its body reads, and the body in its readings: with parentheses, and a sum without."""

    name: str
    reads: frozenset[str]
    bodies: tuple[Rewriting, ...]

    @staticmethod
    def of(d: Definition) -> _Word:
        name = entry(d.name, *(b.letter for b in d.letters))
        summed = d.body.terms[0].bounds
        bodies = [
            expr(Group(d.body)) if summed else group(d.body),
            *([d.body] if summed and len(d.body.terms) == 1 else []),
        ]
        return _Word(d.name, names(d.body), tuple(Rewriting.by(body, name) for body in bodies))

    def put(self, value: Expr) -> Expr:
        for body in self.bodies:
            value = body.expr(value)
        return value


def _telling(d: Definition) -> bool:
    """Whether a body is more than another name or a number, and names every letter of its left side."""
    seen = {x for a in atoms(d.body) if isinstance(a, Entry | MatrixFunction) for slot in a.at for x in slot.letters}
    first = d.body.terms[0] if len(d.body.terms) == 1 else None
    if not d.body.terms or (first and first.coefficient != 1) or (first and not first.factors):
        return False
    plain = first and len(first.factors) == 1 and isinstance(first.factors[0][0], Entry) and not first.bounds
    return not plain and {b.letter for b in d.letters} <= seen


def _settled(change: Callable[[Expr], Expr], value: Expr) -> Expr:
    for _ in range(8):
        new = change(value)
        if new == value:
            break
        value = new
    return value


def write_slopes(definitions: Sequence[Definition]) -> Rule:
    """Write ``σ′(z)`` through the value ``a = σ(z)`` that the program has: ``a(1 − a)``."""
    values = {f for d in definitions for f in applied(d)}

    def leaf(atom: Atom) -> Expr | None:
        if not isinstance(atom, Apply) or not atom.order or atom.function not in values & {*TABLE, *DEFINITIONS}:
            return None
        return group(unfolded(atom.function, atom.order, atom.args[0]))

    return Rule(
        "slope through the value",
        "Write the function's slope through its value.",
        lambda r: r.map(lambda side: replace_atoms(side, leaf), left=False),
    )


def applied(d: Definition) -> set[str]:
    """The functions that stand in a body's terms themselves."""
    return {a.function for t in d.body.terms for a, _ in t.factors if isinstance(a, Apply) and not a.order}


def multiply_out() -> Rule:
    """Multiply products out, those with denominators first, so that what cancels does."""
    return Rule(
        "multiply out",
        "Multiply out, and cancel.",
        lambda r: r.map(lambda side: merged(add(_out(side))), left=False),
    )


def merged(value: Expr) -> Expr:
    """Terms that differ in the names of their bound letters and the order of their factors only, added up."""
    alike = Counter(names(Expr((t,))) for t in value.terms)
    kept: dict[Expr, Term] = {}
    for term in value.terms:
        key = Expr((replace(term, coefficient=Fraction(1)),))
        if alike[names(key)] > 1:
            key = canonical(key)
        old = kept.get(key)
        kept[key] = term if old is None else replace(old, coefficient=old.coefficient + term.coefficient)
    return Expr(tuple(t for t in kept.values() if t.coefficient))


def _out(value: Expr) -> Iterator[Expr]:
    todo, made = [*value.terms], 0
    while todo and made < EXPANDED:
        term = todo.pop(0)
        k = _next_group(term)
        if k is None:
            made += 1
            yield Expr((term,))
            continue
        atom = term.factors[k][0]
        assert isinstance(atom, Group)
        rest = Expr((Term(term.coefficient, term.factors[:k] + term.factors[k + 1 :]),))
        products = [multiply((Expr((part,)), rest)).terms for part in atom.body.terms]
        todo[:0] = [Term(t.coefficient, t.factors, (*term.bounds, *t.bounds)) for ts in products for t in ts]
    yield Expr(tuple(todo))


def _next_group(term: Term) -> int | None:
    """The group to multiply out next: one with a denominator in it where there is one."""
    groups = [k for k, (a, e) in enumerate(term.factors) if isinstance(a, Group) and e == 1]
    divided = (k for k in groups if _divides(term.factors[k][0]))
    return next(divided, groups[0] if groups else None)


def _divides(atom: Atom) -> bool:
    return isinstance(atom, Group) and any(e < 0 for t in atom.body.terms for _, e in t.factors)


def hypothesis(given: Relation) -> Rule:
    """Use what is given: wherever the left side stands, its letters matching any index, the right side may."""
    return Rule(
        "use what is given",
        "Use what is given.",
        lambda r: r.map(lambda side: rewrite(side, given.left, given.result), left=False),
    )


def collect() -> Rule:
    """Write what all terms share once, before a bracket."""
    return Rule(
        "collect",
        "Write the common factor once.",
        lambda r: r.map(collected, left=False),
    )


def collected(value: Expr) -> Expr:
    """The value with the factors that all terms share in front.

    >>> p, q, y = entry("p"), entry("q"), entry("y")
    >>> collected(2 * p * q - 2 * p * y) == 2 * p * (q - y)
    True
    """
    if len(value.terms) < 2:
        return value
    common = [f for f in value.terms[0].factors if all(f in t.factors and _outside(f, t) for t in value.terms)]
    size = _common_size([t.coefficient for t in value.terms])
    if not common and size == 1:
        return value
    rest = Expr(tuple(_without(t, common, size) for t in value.terms))
    return multiply((expr(size), *(power(expr(a), e) for a, e in common), rest))


def _outside(factor: Factor, term: Term) -> bool:
    from derive.calculus.substitute import letters

    return {b.letter for b in term.bounds}.isdisjoint(letters(expr(factor[0])))


def _common_size(coefficients: Sequence[Fraction]) -> Fraction:
    """The largest number that divides all coefficients; negative where all are."""
    top = gcd(*(c.numerator for c in coefficients))
    bottom = coefficients[0].denominator
    if any(c.denominator != bottom for c in coefficients):
        return Fraction(1)
    return Fraction(-top if all(c < 0 for c in coefficients) else top, bottom)


def _without(term: Term, common: Sequence[Factor], size: Fraction) -> Term:
    return replace(term, coefficient=term.coefficient / size, factors=tuple(f for f in term.factors if f not in common))
