"""Changes of a formula at one place that a slip of the pen calls for: an index too far, a slope of another function, ε."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations, count

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Atom, Bound, Entry, Group, MatrixFunction
from derive.calculus.expr import Expr, Term, add, apply, entry, expr, multiply, power
from derive.calculus.substitute import Rebuild, atoms, free_letters, renew, replace_atoms, replace_entries, subs
from derive.calculus.substitute import names as names_of
from derive.notation.index_text import to_text
from derive.testing.repairs import Names, Trial

HALF = Fraction(1, 2)
MOST_PLACES = 12


def nudged(trial: Trial) -> Iterator[str]:
    """One index, end of a sum, or number in an argument that should be another."""
    tried = chain(
        _moved(trial.body),
        _stretched(trial.body),
        _exchanged(trial.body),
        _replaced(trial),
        _halved(trial.body),
        _twins(trial.body),
    )
    for said, body in tried:
        if body != trial.body and trial.mends(body):
            yield f"It matches with {said}{trial.becomes(body)}"
            return


def _moved(body: Expr) -> Iterator[tuple[str, Expr]]:
    """Each index of each entry, one less; or with another number before one of its letters."""
    places = [a for a in atoms(body) if isinstance(a, Entry)][:MOST_PLACES]
    for k, atom in enumerate(places):
        for axis, place in enumerate(atom.at):
            yield f"an index of {atom.name} moved by one", replace_entries(body, _at_place(k, axis, place - 1))
            for x in sorted(place.letters) if len(place.letters) > 1 else ():
                for other in (place + x, place - x):
                    said = f"another number before {x.name} in an index of {atom.name}"
                    yield said, replace_entries(body, _at_place(k, axis, other))


def _at_place(k: int, axis: int, place: Affine) -> Callable[[Entry], Expr | None]:
    """Another index at the ``k``-th entry that is met."""
    met = count()
    return lambda a: entry(a.name, *a.at[:axis], place, *a.at[axis + 1 :]) if next(met) == k else None


def _of(name: str, new: Callable[[Entry], Expr]) -> Callable[[Entry], Expr | None]:
    """What becomes of the entries of one name."""
    return lambda a: new(a) if a.name == name else None


def _turned(x: Letter, y: Letter) -> Callable[[Entry], Expr]:
    """An entry that has both letters with these exchanged."""
    other = {x: Affine.of(y), y: Affine.of(x)}
    return lambda a: entry(a.name, *(p.subs(other) for p in a.at)) if _letters(a) >= {x, y} else expr(a)


def _transposed(atom: Entry) -> Expr:
    return entry(atom.name, *reversed(atom.at))


def _exchanged(body: Expr) -> Iterator[tuple[str, Expr]]:
    """Two letters of a name's indices in place of one another."""
    pairs = {
        (a.name, pair) for a in atoms(body) if isinstance(a, Entry) for pair in combinations(sorted(_letters(a)), 2)
    }
    for name, (x, y) in sorted(pairs):
        said = f"{x.name} and {y.name} exchanged in the indices of {name}"
        yield said, replace_entries(body, _of(name, _turned(x, y)))


def _letters(atom: Entry) -> set[Letter]:
    return {x for place in atom.at for x in place.letters}


def _replaced(trial: Trial) -> Iterator[tuple[str, Expr]]:
    """A letter of a sum in brackets that should be another one."""
    for term in trial.body.terms:
        letters = {b.letter for b in (*trial.formula.frame, *term.bounds)}
        for sum_ in (atom for atom, _ in term.factors if isinstance(atom, Group)):
            for x in sorted(free_letters(expr(sum_)) & letters):
                for y in sorted(letters - {x}):
                    new = replace_atoms(trial.body, _put(sum_, subs(expr(sum_), {x: Affine.of(y)})))
                    yield f"the index {y.name} in place of {x.name} in {to_text(sum_.body)}", new


def _halved(body: Expr) -> Iterator[tuple[str, Expr]]:
    """Half of what a function is applied to."""
    for atom in dict.fromkeys(a for a in atoms(body) if isinstance(a, Apply) and len(a.args) == 1):
        half = apply(atom.function, atom.args[0] * HALF, order=atom.order)
        yield f"half of {to_text(atom.args[0])} in {atom.function}", replace_atoms(body, _put(atom, half))


def _twins(body: Expr) -> Iterator[tuple[str, Expr]]:
    """A term twice, the second time with a matrix transposed."""
    for term in body.terms:
        one = Expr((term,))
        for name in sorted(names_of(one)):
            twin = replace_entries(one, _of(name, _transposed))
            if twin != one:
                yield (
                    f"the same term with {name} transposed added, as {name} is not symmetric",
                    add([body, renew(twin)]),
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


def complemented(trial: Trial) -> Iterator[str]:
    """A name, a gate or a mask, that should be 1 less it."""
    for name in sorted(names_of(trial.body)):
        if trial.mends(replace_entries(trial.body, _of(name, lambda a: 1 - expr(a)))):
            yield f"It matches with 1 - {name} in place of {name}."
            return


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
