"""Changes of the formula itself that would make it what torch computes: a factor at a term, an edit, an index reversed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Bound, Compare, Entry, Group, Indicator
from derive.calculus.expr import ZERO, Expr, apply, entry, expr, multiply, power
from derive.calculus.fields import Array
from derive.calculus.substitute import atoms, children, free_letters, replace_entries, subs
from derive.calculus.substitute import names as names_of
from derive.notation.index_text import to_text
from derive.testing.differences import World, agreement, also, quantities, ratios, same
from derive.testing.factors import factor
from derive.testing.formula import Formula, values_of
from derive.verify.edits import edits

MOST_EDITS, MOST_TURNED = 400, 3
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


def scaled_terms(formula: Formula, ours: Sequence[Array], worlds: Sequence[World]) -> Iterator[str]:
    """A factor at one term of a sum, also of a sum in brackets."""
    known = quantities(worlds)
    for text, rest in without_a_term(formula.body or Expr(())):
        left = [values_of(rest, formula.frame)(w.arrays, w.sizes) for w in worlds]
        part, right = ([a - b for a, b in zip(of, left, strict=True)] for of in (ours, [w.torch for w in worlds]))
        found = ratios(part, right)
        said = factor(found, known) if found else None
        if said:
            yield f"It matches after {said.partition(':')[0]} at the term {text}."
            return


def without_a_term(value: Expr) -> Iterator[tuple[str, Expr]]:
    """Each term of a sum, and the whole without it; sums in brackets that are a plain factor included."""
    for k, term in enumerate(value.terms):
        before, after = value.terms[:k], value.terms[k + 1 :]
        if len(value.terms) > 1:
            yield to_text(Expr((term,))), Expr((*before, *after))
        for at, (atom, e) in enumerate(term.factors):
            if isinstance(atom, Group) and e == 1:
                for text, rest in without_a_term(atom.body):
                    factors = (*term.factors[:at], (Group(rest), e), *term.factors[at + 1 :])
                    yield text, Expr((*before, replace(term, factors=factors), *after))


def inserted(formula: Formula, worlds: Sequence[World], names: Mapping[str, tuple[Affine, ...]]) -> Iterator[str]:
    """A factor inside a sum: made of a name, or the slope of a function that the formula applies."""
    body = formula.body or Expr(())
    ranges = {b.letter: b for b in (*formula.frame, *_bounds(body))}
    for k, term in enumerate(body.terms):
        scope = (*formula.frame, *term.bounds)
        for more_of in (*_slopes_of_names(scope, names), *_slopes_applied(body, scope, ranges)):
            values = values_of(_with_factor(body, k, more_of), formula.frame)
            tried = [values(w.arrays, w.sizes) for w in worlds]
            if (more := agreement(tried, worlds)) is not None:
                yield f"It matches after the missing factor {to_text(more_of)}{also(more)}."
                return


def _slopes_of_names(scope: Sequence[Bound], names: Mapping[str, tuple[Affine, ...]]) -> Iterator[Expr]:
    """Factors at letters that run as far as the axes of the names do."""
    for name, axes in names.items():
        for at in product(*([b.letter - b.low for b in scope if b.high - b.low == a] for a in axes)) if axes else ():
            value = entry(name, *at)
            yield from (value, 1 - value, value * (1 - value), 1 - value * value, power(value, Fraction(-1)))
            yield from (expr(Indicator(Compare(sign, value, ZERO))) for sign in (">", "<"))


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


def turned(formula: Formula, worlds: Sequence[World]) -> Iterator[str]:
    """An index of one name that runs the other way round, wherever the name stands."""
    body = formula.body or Expr(())
    for name in sorted(names_of(body)):
        beside = sorted({x for a in atoms(body) if isinstance(a, Entry) and a.name == name for x in _beside(a)})
        for chosen in (c for k in range(1, MOST_TURNED + 1) for c in combinations(beside, k)):
            values = values_of(_with_turned(body, name, chosen), formula.frame)
            if all(same(values(w.arrays, w.sizes), w.torch) for w in worlds):
                yield f"It matches with the other sign before {' and '.join(map(str, chosen))} in the indices of {name}."


def _with_turned(body: Expr, name: str, letters: Sequence[Letter]) -> Expr:
    return replace_entries(body, lambda a: _reflected(a, letters) if a.name == name else None)


def _beside(atom: Entry) -> Iterator[Letter]:
    """The letters that share an index with another one."""
    return (x for place in atom.at if len(place.letters) > 1 for x in place.letters)


def _reflected(atom: Entry, letters: Sequence[Letter]) -> Expr:
    other = {x: -Affine.of(x) for x in letters}
    at = (p.subs(other) if len(p.letters) > 1 else p for p in atom.at)
    return entry(atom.name, *at)


def edited(formula: Formula, worlds: Sequence[World]) -> Iterator[str]:
    """One edit of the formula itself."""
    if formula.body is None:
        return
    for k, edit in enumerate(edits(formula.body, formula.frame)):
        if k >= MOST_EDITS:
            return
        values = values_of(edit.value, formula.frame)
        found = [values(w.arrays, w.sizes) for w in worlds]
        if edit.kind == "transposed" and _halfway(found, formula, worlds):
            yield f"It matches with half of it and half of the same with the indices of {edit.place} swapped: not symmetric."
        if all(same(a, w.torch) for a, w in zip(found, worlds, strict=True)):
            yield f"It matches {EDITS.get(edit.kind, edit.kind + ' at {0}').format(edit.place)}."
            return


def _halfway(swapped: Sequence[Array], formula: Formula, worlds: Sequence[World]) -> bool:
    """Whether torch's arrays are the means of the formula's and others."""
    ours = [formula.values(w.arrays, w.sizes) for w in worlds]
    return all(o.shape == s.shape and same((o + s) / 2, w.torch) for o, s, w in zip(ours, swapped, worlds, strict=True))
