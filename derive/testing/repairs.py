"""Changes of the formula itself that would make it what torch computes: a factor at a term, an edit, another name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, count, product

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Bound, Compare, Entry, Group, Indicator
from derive.calculus.expr import ONE, ZERO, Expr, Term, apply, entry, expr, multiply, power
from derive.calculus.fields import Array
from derive.calculus.substitute import atoms, children, free_letters, replace_atoms, replace_entries, subs
from derive.calculus.substitute import names as names_of
from derive.testing.differences import World, agreement, also, ratios, real_factor, same
from derive.testing.factors import Quantities
from derive.testing.formula import Formula, values_of
from derive.verify.edits import edits

MOST_EDITS, MOST_TURNED, MOST_PLACES, LONGEST = 400, 3, 4, 160
EDITS = {
    "sign": "with the other sign at {0}",
    "coefficient": "with another number before {0}",
    "exponent": "with another exponent at {0}",
    "dropped term": "without the term {0}",
    "dropped factor": "without the factor {0}",
    "dropped slope": "without the factor {0}",
    "dropped guard": "without the condition {0}",
    "shifted index": "with an index of {0} moved by one",
    "another index": "with another index at {0}",
    "transposed": "with the indices of {0} swapped",
    "slope": "with the function at {0} and its derivative exchanged",
    "range": "with one term less in the sum over {0}",
    "reduction": "with max for min, or min for max, at {0}",
    "condition": "with another condition at {0}",
}
Names = Mapping[str, tuple[Affine, ...]]


@dataclass(frozen=True)
class Trial:
    """A formula that fails, the worlds that it is tried at, what a missing factor may be made of, and where an edit holds."""

    formula: Formula
    worlds: Sequence[World]
    known: Quantities
    others: Sequence[World] = ()

    @property
    def body(self) -> Expr:
        """The formula's entry; a sum of nothing for a function."""
        return self.formula.body or Expr(())

    def arrays(self, body: Expr) -> Iterator[Array]:
        """What another entry is worth at each world."""
        values = values_of(body, self.formula.frame)
        return (values(w.arrays, w.sizes) for w in self.worlds)

    def mends(self, body: Expr) -> bool:
        """Whether another entry is torch's at every world."""
        return all(w.agrees(a) for w, a in zip(self.worlds, self.arrays(body), strict=True)) and self._holds(body)

    def _holds(self, body: Expr) -> bool:
        values = values_of(body, self.formula.frame)
        return all(w.agrees(values(w.arrays, w.sizes)) for w in self.others)

    def lacks(self, body: Expr) -> str | None:
        """Nothing where another entry is torch's, the factor that is missing where it is a multiple; else None."""
        arrays = []
        for world, found in zip(self.worlds, self.arrays(body), strict=True):
            if found.shape != world.torch.shape or not (world.agrees(found) or ratios([found], [world.torch])):
                return None  # no multiple here: the other worlds need not be computed
            arrays.append(found)
        more = agreement(arrays, self.worlds, self.known)
        return more if more or (more is not None and self._holds(body)) else None

    def becomes(self, body: Expr) -> str:
        """The mended formula, after a colon, if it is short."""
        text = self.formula.show(body)
        return f": {text}" if len(text) <= LONGEST else "."


def scaled_terms(trial: Trial, ours: Sequence[Array]) -> Iterator[str]:
    """A factor at one term of a sum, also of a sum in brackets; or at all the others."""
    terms = [(t, scope, part, [a - b for a, b in zip(ours, part, strict=True)]) for t, scope, part in _parts(trial)]
    others = [(t, scope, rest, part) for t, scope, part, rest in terms if len(terms) > 2]
    for where, tried in (("the term", terms), ("every term but", others)):
        for term, scope, of, rest in tried:
            found = ratios(of, [w.torch - a for w, a in zip(trial.worlds, rest, strict=True)])
            said = real_factor(found, trial.known) if found else None
            if said:
                yield f"It matches after {said.partition(':')[0]} at {where} {trial.formula.show(term, scope)}."
                return


def _parts(trial: Trial) -> Iterator[tuple[Expr, Sequence[Bound], list[Array]]]:
    """Each term, the sums that it stands under, and what it adds to the formula at every world."""
    for term, scope, rest in _without_a_term(trial.body):
        yield term, scope, [w - r for w, r in zip(trial.arrays(trial.body), trial.arrays(rest), strict=True)]


def _without_a_term(value: Expr, scope: Sequence[Bound] = ()) -> Iterator[tuple[Expr, Sequence[Bound], Expr]]:
    """Each term of a sum, its scope, and the whole without it; sums in brackets that are a plain factor included."""
    for k, term in enumerate(value.terms):
        before, after = value.terms[:k], value.terms[k + 1 :]
        if len(value.terms) > 1:
            yield Expr((term,)), scope, Expr((*before, *after))
        for at, (atom, e) in enumerate(term.factors):
            if isinstance(atom, Group) and e == 1:
                for inner, under, rest in _without_a_term(atom.body, (*scope, *term.bounds)):
                    factors = (*term.factors[:at], (Group(rest), e), *term.factors[at + 1 :])
                    yield inner, under, Expr((*before, replace(term, factors=factors), *after))


def inserted(trial: Trial, names: Names) -> Iterator[str]:
    """A factor inside a sum: made of a name, or the slope of a function that the formula applies."""
    body, frame = trial.body, trial.formula.frame
    ranges = {b.letter: b for b in (*frame, *_bounds(body))}
    for k, term in enumerate(body.terms):
        needless = trial.mends(Expr((*body.terms[:k], *body.terms[k + 1 :])))
        scope = (*frame, *term.bounds)
        conditions = () if needless else _conditions(scope, names)
        for more_of in (*_slopes_of_names(scope, names), *_slopes_applied(body, scope, ranges), *conditions):
            mended = _with_factor(body, k, more_of)
            if (more := trial.lacks(mended)) is not None:
                place = f" at the term {trial.formula.show(Expr((term,)))}" if len(body.terms) > 1 else ""
                yield f"It matches with the missing factor {trial.formula.show(more_of, term.bounds)}{place}{also(more)}."
                return


def _slopes_of_names(scope: Sequence[Bound], names: Names) -> Iterator[Expr]:
    """Factors at letters that run as far as the axes of the names do."""
    for value in _entries(scope, names):
        yield from (value, 1 - value, value * (1 - value), 1 - value * value, power(value, Fraction(-1)))


def _conditions(scope: Sequence[Bound], names: Names) -> Iterator[Expr]:
    for value in _entries(scope, names):
        yield from (expr(Indicator(Compare(sign, value, ZERO))) for sign in (">", "<"))


def _entries(scope: Sequence[Bound], names: Names) -> Iterator[Expr]:
    for name, axes in names.items():
        for at in product(*([b.letter - b.low for b in scope if b.high - b.low == a] for a in axes)) if axes else ():
            yield entry(name, *at)


def _slopes_applied(body: Expr, scope: Sequence[Bound], ranges: Mapping[Letter, Bound]) -> Iterator[Expr]:
    """Each function that a formula applies, and its derivative, at letters of the scope."""
    for atom in dict.fromkeys(a for a in atoms(body) if isinstance(a, Apply) and len(a.args) == 1):
        value, slope = (apply(atom.function, *atom.args, order=atom.order + k) for k in (0, 1))
        free = sorted(x for x in free_letters(slope) if x in ranges)
        for at in product(*([b for b in scope if b.high - b.low == ranges[x].high - ranges[x].low] for x in free)):
            here = {x: b.letter - b.low + ranges[x].low for x, b in zip(free, at, strict=True)}
            yield from (subs(slope, here), subs(value, here))


def _bounds(body: Expr) -> Iterator[Bound]:
    for term in body.terms:
        yield from term.bounds
        yield from (b for atom, _ in term.factors for child in children(atom) for b in _bounds(child))


def _with_factor(body: Expr, k: int, factor: Expr) -> Expr:
    """The expression with a factor inside its ``k``-th term's sum."""
    term = body.terms[k]
    inside = multiply([Expr((replace(term, bounds=()),)), factor])
    under = tuple(replace(t, bounds=(*term.bounds, *t.bounds)) for t in inside.terms)
    return Expr((*body.terms[:k], *under, *body.terms[k + 1 :]))


def without_two(trial: Trial) -> Iterator[str]:
    """Two factors of a term too many, such as a slope p(1 - p) of a loss that has none, or that stands there twice."""
    for k, term in enumerate(trial.body.terms):
        for pair in combinations(range(len(term.factors)), 2):
            kept = tuple(f for at, f in enumerate(term.factors) if at not in pair)
            once = tuple((atom, e - 1) for atom, e in (term.factors[at] for at in pair) if e > 1)
            terms = (*trial.body.terms[:k], replace(term, factors=(*kept, *once)), *trial.body.terms[k + 1 :])
            if trial.mends(Expr(terms)):
                gone = (
                    trial.formula.show(Expr((Term(Fraction(1), ((term.factors[at][0], Fraction(1)),)),))) for at in pair
                )
                yield f"It matches without the factors {' and '.join(gone)}{trial.becomes(Expr(terms))}"
                return


def renamed(trial: Trial, names: Names) -> Iterator[str]:
    """One name that should be another of the same shape, everywhere or at one place."""
    body = trial.body
    for old in sorted(names_of(body) & names.keys()):
        places = sum(isinstance(a, Entry) and a.name == old for a in atoms(body))
        for new in (n for n, axes in names.items() if n != old and axes == names[old]):
            for only in (None, *(range(min(places, MOST_PLACES)) if places > 1 else ())):
                mended = replace_entries(body, _other_name(old, new, only))
                if (more := trial.lacks(mended)) is not None:
                    yield f"It matches with {new} in place of {old}{also(more)}{trial.becomes(mended)}"
                    return


def _other_name(old: str, new: str, only: int | None) -> Callable[[Entry], Expr | None]:
    """A name for another, where it is met for the ``only``-th time or always."""
    met = count()
    return lambda a: entry(new, *a.at) if a.name == old and (next(met) == only or only is None) else None


def turned(trial: Trial) -> Iterator[str]:
    """An index of one name that runs the other way round, wherever the name stands."""
    body = trial.body
    for name in sorted(names_of(body)):
        beside = sorted({x for a in atoms(body) if isinstance(a, Entry) and a.name == name for x in _beside(a)})
        for chosen in (c for k in range(1, MOST_TURNED + 1) for c in combinations(beside, k)):
            if trial.mends(_with_turned(body, name, chosen)):
                yield f"It matches with the other sign before {' and '.join(x.name for x in chosen)} in the indices of {name}."


def _with_turned(body: Expr, name: str, letters: Sequence[Letter]) -> Expr:
    return replace_entries(body, lambda a: _reflected(a, letters) if a.name == name else None)


def _beside(atom: Entry) -> Iterator[Letter]:
    """The letters that share an index with another one."""
    return (x for place in atom.at if len(place.letters) > 1 for x in place.letters)


def _reflected(atom: Entry, letters: Sequence[Letter]) -> Expr:
    other = {x: -Affine.of(x) for x in letters}
    at = (p.subs(other) if len(p.letters) > 1 else p for p in atom.at)
    return entry(atom.name, *at)


def edited(trial: Trial, ours: Sequence[Array]) -> Iterator[str]:
    """One edit of the formula itself; none inside a condition, which a number fits too easily."""
    if trial.formula.body is None:
        return
    blind = _blind(trial.body)
    for k, edit in enumerate(edits(trial.body, trial.formula.frame)):
        if k >= MOST_EDITS:
            return
        if edit.kind == "transposed" and _halfway(trial, ours, edit.value):
            yield f"It matches with half of it and half of the same with the indices of {edit.place} swapped: not symmetric."
        if (edit.kind == "condition" or _blind(edit.value) != blind) and trial.mends(edit.value):
            said = EDITS.get(edit.kind, edit.kind + " at {0}").format(edit.place)
            yield f"It matches {said}{trial.becomes(edit.value)}"
            return


def _blind(body: Expr) -> Expr:
    """The expression without its conditions."""
    return replace_atoms(body, lambda a: ONE if isinstance(a, Indicator) else None)


def _halfway(trial: Trial, ours: Sequence[Array], swapped: Expr) -> bool:
    """Whether torch's arrays are the means of the formula's and others."""
    found = zip(ours, trial.arrays(swapped), trial.worlds, strict=True)
    return all(o.shape == s.shape and same((o + s) / 2, w.torch) for o, s, w in found)
