"""Changes of a formula at one place that a slip of the pen calls for: an index too far, a slope of another function, ε."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import count

from derive.calculus.atoms import Apply, Atom, Bound, Entry, Group, MatrixFunction
from derive.calculus.expr import Expr, Term, add, entry, expr, multiply, power
from derive.calculus.substitute import Rebuild, atoms, free_letters, replace_atoms, replace_entries
from derive.calculus.substitute import names as names_of
from derive.testing.repairs import Names, Trial

HALF = Fraction(1, 2)
MOST_PLACES = 12


def nudged(trial: Trial) -> Iterator[str]:
    """An index, or an end of a sum, that is one too far."""
    for said, body in (*_moved_back(trial.body), *_stretched(trial.body)):
        if body != trial.body and trial.mends(body):
            yield f"It matches with {said}{trial.becomes(body)}"
            return


def _moved_back(body: Expr) -> Iterator[tuple[str, Expr]]:
    """Each index of each entry, one less."""
    places = [a for a in atoms(body) if isinstance(a, Entry)][:MOST_PLACES]
    for k, atom in enumerate(places):
        for axis in range(len(atom.at)):
            yield f"an index of {atom.name} moved by one", replace_entries(body, _back(k, axis))


def _back(k: int, axis: int) -> Callable[[Entry], Expr | None]:
    met = count()
    return lambda a: (
        entry(a.name, *a.at[:axis], a.at[axis] - 1, *a.at[axis + 1 :]) if next(met) == k and axis < len(a.at) else None
    )


class _Ranges(Rebuild):
    """Moves the ends of the ``k``-th range that it meets."""

    def __init__(self, k: int, low: int, high: int) -> None:
        self.k, self.low, self.high, self.met = k, low, high, count()

    def bound(self, bound: Bound) -> Bound:
        here = next(self.met) == self.k
        return replace(bound, low=bound.low + self.low, high=bound.high + self.high) if here else bound


class _Met(Rebuild):
    def __init__(self) -> None:
        self.ranges: list[Bound] = []

    def bound(self, bound: Bound) -> Bound:
        self.ranges.append(bound)
        return bound


def _stretched(body: Expr) -> Iterator[tuple[str, Expr]]:
    """Each sum with its first or last term more or less."""
    if any(isinstance(a, MatrixFunction) for a in atoms(body)):
        return  # an inverse has no entries outside of itself
    met = _Met()
    met.expr(body)
    for k, bound in enumerate(met.ranges[:MOST_PLACES]):
        for low, high, said in ((0, 1, "one term more at the end"), (-1, 0, "one term more at the start"),
                                (1, 0, "one term less at the start"), (0, -1, "one term less at the end")):  # fmt: skip
            yield f"{said} of the sum over {bound.letter.name}", _Ranges(k, low, high).expr(body)


def slopes_exchanged(trial: Trial) -> Iterator[str]:
    """The slope of tanh, 1 - h², where that of σ, h(1 - h), is due; or the other way round."""
    for value in dict.fromkeys(a for a in atoms(trial.body) if isinstance(a, Entry | Apply)):
        h = expr(value)
        logistic, hyperbolic = multiply([h, 1 - h]), 1 - h * h
        changed = replace_atoms(trial.body, _put(Group(hyperbolic), logistic))
        if changed != trial.body and trial.mends(changed):
            yield f"It matches with the slope of σ, h(1 - h), in place of that of tanh, 1 - h²{trial.becomes(changed)}"
            return
        changed = Expr(tuple(_hyperbolic(t, value, hyperbolic) for t in trial.body.terms))
        if changed != trial.body and trial.mends(changed):
            yield f"It matches with the slope of tanh, 1 - h², in place of that of σ, h(1 - h){trial.becomes(changed)}"
            return


def _put(old: Atom, new: Expr) -> Callable[[Atom], Expr | None]:
    return lambda a: new if a == old else None


def _hyperbolic(term: Term, value: Atom, slope: Expr) -> Term:
    """A term with h(1 - h) replaced."""
    pair = {(value, Fraction(1)), (Group(1 - expr(value)), Fraction(1))}
    if not pair <= set(term.factors):
        return term
    return replace(term, factors=(*(f for f in term.factors if f not in pair), (Group(slope), Fraction(1))))


def epsilon(trial: Trial) -> Iterator[str]:
    """A small number inside of a root that belongs outside, or outside that belongs inside."""
    for k, term in enumerate(trial.body.terms):
        for at, (atom, e) in enumerate(term.factors):
            for said, new in _moved_small(atom, e) if isinstance(atom, Group) else ():
                inside = multiply(
                    [Expr((replace(term, factors=(*term.factors[:at], *term.factors[at + 1 :]), bounds=()),)), new]
                )
                under = tuple(replace(t, bounds=(*term.bounds, *t.bounds)) for t in inside.terms)
                body = Expr((*trial.body.terms[:k], *under, *trial.body.terms[k + 1 :]))
                if trial.mends(body):
                    yield f"It matches with {said}{trial.becomes(body)}"
                    return


def _moved_small(sum_: Group, e: Fraction) -> Iterator[tuple[str, Expr]]:
    for k, one in enumerate(sum_.body.terms):
        rest = Expr((*sum_.body.terms[:k], *sum_.body.terms[k + 1 :]))
        small = Expr((one,))
        if not rest.terms or free_letters(small) or one.bounds:
            continue
        if e.denominator == 2:
            yield f"{trial_text(small)} outside the root", power(add([power(rest, HALF), small]), e * 2)
        else:
            yield f"{trial_text(small)} inside the root", power(add([power(rest, 2), small]), e / 2)


def trial_text(value: Expr) -> str:
    """A small number as a message names it."""
    return ", ".join(sorted(names_of(value))) or "the number"


def offset(trial: Trial, names: Names) -> Iterator[str]:
    """A name from which, or to which, another of the same shape is missing: p where p - y is due."""
    for old in sorted(names_of(trial.body) & names.keys()):
        for new in (n for n, axes in names.items() if n != old and axes == names[old]):
            for sign, mark in ((-1, "-"), (1, "+")):
                body = replace_entries(trial.body, _beside(old, new, sign))
                if (more := trial.lacks(body)) is not None:
                    also = f", and {more}" if more else ""
                    yield f"It matches with {old} {mark} {new} in place of {old}{also}."
                    return


def _beside(old: str, new: str, sign: int) -> Callable[[Entry], Expr | None]:
    return lambda a: entry(old, *a.at) + sign * entry(new, *a.at) if a.name == old else None
