"""How far sums reach: conditions that only narrow a range, letters that stand nowhere, zeros outside arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain, groupby, islice, permutations, product

from derive.calculus.affine import ZERO, Affine, Letter
from derive.calculus.atoms import Atom, Bound, Bracket, Entry, Guard
from derive.calculus.expr import Expr, Factor, Term, expr, multiply
from derive.calculus.facts import Facts
from derive.calculus.order import MASK, Keys, letters_of, mix, word
from derive.calculus.ranges import Ranges, implied, ranges_of
from derive.calculus.substitute import guard as fence
from derive.calculus.substitute import subs

ORDERS = 24


def few_valued(term: Term, facts: Facts) -> Term:
    """The term with powers of labels gone: ``y²`` is ``y`` where y is 0 or 1, and 1 where it is 1 or −1."""
    found = []
    for atom, e in term.factors:
        if isinstance(atom, Entry) and e.denominator == 1 and e > 0 and atom.name in facts.binary | facts.onehot:
            e = Fraction(1)
        if isinstance(atom, Entry) and e.denominator == 1 and atom.name in facts.pm1:
            e = Fraction(e.numerator % 2)
        if e:
            found.append((atom, e))
    return replace(term, factors=tuple(found))


def without_masses(term: Term, facts: Facts) -> Term:
    """The term without sums of probabilities over their whole last axis, which are 1."""
    for k, (atom, e) in enumerate(term.factors):
        if (
            isinstance(atom, Entry)
            and e == 1
            and atom.name in facts.unit_sum
            and (b := _mass(atom, k, term, facts)) is not None
        ):
            rest = term.factors[:k] + term.factors[k + 1 :]
            bounds = tuple(other for other in term.bounds if other is not b)
            return without_masses(replace(term, factors=rest, bounds=bounds), facts)
    return term


def _mass(entry: Entry, k: int, term: Term, facts: Facts) -> Bound | None:
    """The bound over the whole last axis of an entry, where nothing else in the term speaks of its letter."""
    known, shape = _known(term, facts), facts.shape.get(entry.name, ())
    if len(shape) != len(entry.at) or any(x.letter is None for x in entry.at):
        return None
    letters = [x.letter for x in entry.at if x.letter is not None]
    if any(known.get(x) != (ZERO, size) for x, size in zip(letters, shape, strict=True)):
        return None
    last = letters[-1]
    others = {*letters[:-1], *(x for j, (a, _) in enumerate(term.factors) if j != k for x in letters_of(a))}
    others |= {x for b in term.bounds for a in (b.low, b.high) for x in a.letters}
    return next((b for b in term.bounds if b.letter == last and b.kind == "sum" and last not in others), None)


def settled(term: Term, facts: Facts) -> Term:
    """A sum whose range takes its conditions in, over letters that stand in a factor: ``Σ_i 1`` is its range's size."""
    narrowed = _narrowed(term, facts)
    while narrowed is not None:
        term = narrowed
        narrowed = _narrowed(term, facts)
    return _counted(_equated(_ended(term, facts), facts), facts)


def _equated(term: Term, facts: Facts) -> Term:
    """The term with one letter for two free ones that a bracket makes equal: ``[p = q] x[q]`` is ``[p = q] x[p]``."""
    free = {b.letter for b in facts.frame if b.low != Affine.of(b.letter)}
    for k in range(len(term.factors)):
        atom = term.factors[k][0]
        among = sorted(free & atom.zero.letters, reverse=True) if isinstance(atom, Bracket) else []
        letter = next((x for x in among if _unit(atom.zero, x)), None)  # type: ignore[union-attr]
        if letter is None:
            continue
        assert isinstance(atom, Bracket)
        slope, rest = atom.zero.split(letter) or (atom.zero, atom.zero)
        others = replace(term, factors=term.factors[:k] + term.factors[k + 1 :])
        found = subs(Expr((others,)), {letter: rest * -(slope.constant or 1)}).terms
        if not found:
            return Term(Fraction(0))
        (new,) = found
        factors = tuple(f for f in new.factors if f[0] != atom)
        if len(factors) == len(term.factors) - 1:
            term = replace(new, factors=(*factors[:k], term.factors[k], *factors[k:]))
    return term


def _known(term: Term, facts: Facts) -> dict[Letter, tuple[Affine, Affine]]:
    return {**ranges_of(facts.frame), **ranges_of(term.bounds)}


def _never_negative(value: Affine, ranges: Ranges, facts: Facts) -> bool:
    return implied(value, ranges, facts.nonneg, frozenset[Letter]().union(*(f.letters for f in facts.nonneg)))


def _narrowed(term: Term, facts: Facts) -> Term | None:
    """The term with one condition on a single bound letter in that letter's range, None where there is none to take in."""
    own = {b.letter: b for b in term.bounds}
    known = _known(term, facts)
    for k, guard in _by_structure(term, facts):
        among = [x for x in guard.letters if x in own]
        if len(among) != 1 or own[among[0]].kind != "sum":
            continue
        bound = own[among[0]]
        new = _with_condition(bound, guard)
        if new is None:
            continue
        if _never_negative(new.low - bound.low, known, facts) and _never_negative(bound.high - new.high, known, facts):
            factors = term.factors[:k] + term.factors[k + 1 :]
            return replace(term, factors=factors, bounds=tuple(new if b is bound else b for b in term.bounds))
    return None


def _ended(term: Term, facts: Facts) -> Term:
    """The term with the range's end, of all that conditions give as well, that comes first by its structure."""
    own = {b.letter: b for b in term.bounds if b.kind == "sum"}
    keys = _names_apart(term, facts)
    for k, guard in _by_structure(term, facts):
        among = [x for x in guard.letters if x in own]
        new = _with_condition(own[among[0]], guard) if len(among) == 1 else None
        if new is None or new.high == (bound := own[among[0]]).high or not own.keys().isdisjoint(bound.high.letters):
            continue
        if keys.affine(new.high) < keys.affine(bound.high):
            (past,) = fence(bound.high - 1 - bound.letter).terms
            factors = (*term.factors[:k], *past.factors, *term.factors[k + 1 :])
            bounds = tuple(new if b is bound else b for b in term.bounds)
            return _ended(replace(term, factors=factors, bounds=bounds), facts)
    return term


def _names_apart(term: Term, facts: Facts) -> Keys:
    """Keys in which letters bound here have one colour, and those bound further out, whose ranges say nothing, another."""
    outer = {b.letter: 4 for b in facts.frame if b.low == Affine.of(b.letter)}
    return Keys({**outer, **{b.letter: 3 for b in term.bounds}}, frozenset())


def _by_structure(term: Term, facts: Facts) -> list[tuple[int, Affine]]:
    """The conditions with their places, in an order that no bound letter's name decides."""
    keys = _names_apart(term, facts)
    found = [(k, a.nonneg) for k, (a, _) in enumerate(term.factors) if isinstance(a, Guard)]
    return sorted(found, key=lambda pair: keys.affine(pair[1]))


def _with_condition(bound: Bound, nonneg: Affine) -> Bound | None:
    """The range in which the condition holds too, where its letter has the slope 1 or −1."""
    parts = nonneg.split(bound.letter)
    if parts is None or parts[0].constant not in (1, -1):
        return None
    return replace(bound, low=-parts[1]) if parts[0].constant == 1 else replace(bound, high=parts[1] + 1)


def _counted(term: Term, facts: Facts) -> Term:
    used = {x for a, _ in term.factors for x in letters_of(a)}
    used |= {x for b in term.bounds for x in b.low.letters | b.high.letters}
    known = _known(term, facts)
    for bound in term.bounds:
        size = bound.high - bound.low
        if bound.letter not in used and bound.kind == "sum" and _never_negative(size, known, facts):
            kept = tuple(b for b in term.bounds if b is not bound)
            (new,) = multiply((Expr((replace(term, bounds=()),)), expr(size))).terms or (Term(Fraction(0)),)
            return _counted(replace(new, bounds=kept), facts)
    return term


def reached(term: Term, facts: Facts) -> Term:
    """The term in which sums that arrays cut off anyway run over the axes of those arrays.

    An entry outside its array is zero: ``Σ_u g[a - u] w[u]`` and ``Σ_i g[i] w[a - i]`` are one sum over all integers.
    """
    if not facts.shape:
        return term
    inside = [g for e in _entries(term.factors, facts) for g in _inside(e, facts)]
    kept = tuple((a, e) for a, e in term.factors if not (isinstance(a, Guard) and _cut(a.nonneg, inside, facts)))
    term = replace(term, factors=kept)
    hanging = {x for b in term.bounds for x in b.low.letters | b.high.letters}
    free = {
        b.letter
        for b in term.bounds
        if b.kind == "sum" and b.letter not in hanging
        if _cut(b.letter - b.low, inside, facts) and _cut(b.high - 1 - b.letter, inside, facts)
    }
    return _along_arrays(term, free, facts) if free else term


def _cut(nonneg: Affine, inside: Sequence[Affine], facts: Facts) -> bool:
    """Whether reading inside every array implies the condition: it exceeds one of those that reading needs."""
    dims = frozenset[Letter]().union(*(n.letters for sizes in facts.shape.values() for n in sizes))
    known = ranges_of(facts.frame)
    given = (*inside, *facts.nonneg)
    return implied(nonneg, known, given, dims) or any(implied(nonneg - g, known, facts.nonneg, dims) for g in inside)


def _entries(factors: Sequence[Factor], facts: Facts) -> Iterator[Entry]:
    for atom, e in factors:
        if isinstance(atom, Entry) and e > 0 and len(facts.shape.get(atom.name, ())) == len(atom.at) > 0:
            yield atom


def _inside(entry: Entry, facts: Facts) -> Iterator[Affine]:
    for at, size in zip(entry.at, facts.shape[entry.name], strict=True):
        yield at
        yield size - 1 - at


def _along_arrays(term: Term, free: set[Letter], facts: Facts) -> Term:
    """New letters for the free ones: the slots of the arrays, of all their orders the one whose term comes first."""
    keys = _names_apart(term, facts)
    entries = list(_entries(term.factors, facts))
    often = {e.name: sum(o.name == e.name for o in entries) for e in entries}
    ordered = sorted(entries, key=lambda e: (often[e.name], mix(word(e.name))))
    runs = [list(run) for _, run in groupby(ordered, key=lambda e: e.name)]
    few = (islice(permutations(run), ORDERS) for run in runs)  # a product holds all that it is given
    orders = (chain.from_iterable(order) for order in islice(product(*few), ORDERS))
    found = [_in_slots(term, free, list(o), facts) for o in orders]
    if len(found) == 1:
        return found[0]
    still = keys.product([f for f in term.factors if free.isdisjoint(letters_of(f[0]))])

    def place(candidate: Term) -> int:
        moving = [f for f in candidate.factors if not free.isdisjoint(letters_of(f[0]))]
        return (keys.product(moving) + still) & MASK

    return min(found, key=place)


def _in_slots(term: Term, free: set[Letter], order: Sequence[Entry], facts: Facts) -> Term:
    """The term with a letter of its own for each slot, in this order of the entries, as far as they decide."""
    moved: dict[Letter, Affine] = {}
    ranges: dict[Letter, Bound] = {}
    for before, size in ((at, n) for e in order for at, n in zip(e.at, facts.shape[e.name], strict=True)):
        at = before.subs(moved)
        if (alone := at.letter) is not None and alone in free and alone not in ranges:
            moved[alone], ranges[alone] = at, Bound(alone, ZERO, size)
            continue
        letter = next((x for x in sorted(free - set(ranges)) if _unit(at, x)), None)
        if letter is None:
            continue
        slope, rest = at.split(letter) or (at, at)
        put = {letter: (Affine.of(letter) - rest) * (slope.constant or 1)}
        moved = {x: value.subs(put) for x, value in moved.items()} | put
        ranges[letter] = Bound(letter, ZERO, size)
    bounds = tuple(ranges.get(b.letter, b) for b in term.bounds)
    factors = _moved(term.factors, moved)
    if factors is not None:
        return Term(term.coefficient, factors, bounds)
    (new,) = subs(Expr((replace(term, bounds=()),)), moved).terms
    return replace(new, bounds=bounds)


def _moved(factors: Sequence[Factor], moved: Mapping[Letter, Affine]) -> tuple[Factor, ...] | None:
    """The factors with letters replaced, as `subs` gives them; None where other than whole powers of entries hold one."""
    found: dict[tuple[Atom, int], Fraction] = {}
    for k, (atom, e) in enumerate(factors):
        if moved.keys().isdisjoint(letters_of(atom)):
            found[atom, k] = e
        elif isinstance(atom, Entry) and e.denominator == 1:
            new = Entry(atom.name, tuple([a.subs(moved) for a in atom.at])), -1
            found[new] = found[new] + e if new in found else e
        else:
            return None
    return tuple([(a, e) for (a, _), e in found.items() if e])


def _unit(at: Affine, letter: Letter) -> bool:
    parts = at.split(letter)
    return parts is not None and parts[0].constant in (1, -1)
