"""Whether all that an answer says has a value: ``x + 0/0`` and ``x + log(-1) - log(-1)`` are no ways to write x."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import partial

from derive.calculus.affine import Affine, Letter, fresh
from derive.calculus.atoms import Apply, Atom, Bound, Group, MatrixFunction, Power
from derive.calculus.expr import Expr, expr, total
from derive.calculus.substitute import atoms, free_letters
from derive.grading.alike import alike
from derive.grading.balls import Unclear, Undefined, precision
from derive.grading.compiled import Side, compile_side, places
from derive.grading.drawn import sampler_of
from derive.grading.prepare import prepared
from derive.grading.run import OverBudget, Place, Point, Run, Unsupported
from derive.grading.space import Plan, Space
from derive.notation.arrays import Value

EVERYWHERE = frozenset(
    {"exp", "sin", "cos", "arctan", "sinh", "cosh", "tanh", "sigmoid", "softplus", "relu", "abs", "sign", "interval"}
)
SETTINGS, POINTS, FUEL, BITS = 2, 2, 20_000, 64


def undefined_part(
    parts: Iterable[Value],
    bodies: Iterable[Expr],
    space: Space,
    axes: tuple[Sequence[Bound], Sequence[Affine]] = ((), ()),
    meant: Callable[[Expr], Expr] = lambda part: part,
) -> Expr | None:
    """A reciprocal, power or call in an answer that has a value nowhere and of which nothing is left; else None.

    What is left in a body is compared there. By custom ``0 log 0`` is 0: the logarithm of 0 does not count.

    Args:
        parts: what may have no value, in the order in which it was met.
        bodies: what all comes to.
        space: the declared domain.
        axes: the letters of the answer's entries, and its shape.
        meant: puts in what names mean.
    """
    return nowhere(map(meant, lost_parts(parts, bodies)), space, axes)


def nowhere(parts: Iterable[Expr], space: Space, axes: tuple[Sequence[Bound], Sequence[Affine]]) -> Expr | None:
    """The first part that has a value nowhere."""
    return next(
        (p for p in parts if space.once(("nowhere", alike(p), *axes), partial(_nowhere, p, *axes, space))), None
    )


def lost_parts(parts: Iterable[Value], bodies: Iterable[Expr]) -> Iterator[Expr]:
    """What may have no value and of which nothing is left."""
    risky = [(part, [*_partial(part)]) for part in map(_whole, parts)]
    left = {a for body in bodies for a in atoms(body)} if any(factors for _, factors in risky) else set()
    yield from (part for part, factors in risky if any(not _is_left(a, left) for a in factors))


def _is_left(atom: Atom, left: Set[Atom]) -> bool:
    """Whether an atom stands in what is left, perhaps with other bound letters."""
    return atom in left or any(alike(expr(a)) == alike(expr(atom)) for a in left if type(a) is type(atom))


def _whole(part: Value) -> Expr:
    """An array as the sum of its entries."""
    bounds = [Bound(fresh(Letter("k")), Affine.of(0), d) for d in part.dims]
    return total(part.at(*(Affine.of(b.letter) for b in bounds)), *bounds)


def _partial(part: Expr) -> Iterator[Atom]:
    """The factors that may have no value."""
    for a, e in (f for term in part.terms for f in term.factors):
        match a:
            case Group():
                whole = e > 0 and e.denominator == 1
            case Apply(function, args):
                whole = function in EVERYWHERE or not args or (function == "log" and not args[0].terms)
            case Power() | MatrixFunction():
                whole = False
            case _:
                whole = e.denominator == 1
        if not whole:
            yield a


def _nowhere(part: Expr, frame: Sequence[Bound], shape: Sequence[Affine], space: Space) -> bool:
    """Whether it has no value at any of a few points; of what speaks of bound letters only a plain zero below is seen."""
    if any(isinstance(a, Group) and not a.body.terms for a in _partial(part)):
        return True
    if any(x.uid for x in free_letters(part)):
        return False
    ready = prepared(part, space)
    sampler = sampler_of(ready, ready, (tuple(shape),), frame, space)
    drawn = (sampler.point(s, Plan(), k) for s in sampler.settings()[:SETTINGS] for k in range(POINTS))
    points = [p for p in drawn if p is not None]
    side = compile_side(ready, frame, shape)
    with precision(BITS):
        return bool(points) and all(_is_blank(side, p) for p in points)


def _is_blank(side: Side, point: Point) -> bool:
    """Whether no entry has a value at a point."""
    try:
        run = side.run(point, FUEL)
        return all(_has_none(side, run, place) for place in places(side.sizes(point), FUEL))
    except (OverBudget, Unsupported, Unclear):  # nobody knows
        return False


def _has_none(side: Side, run: Run, place: Place) -> bool:
    try:
        side.entry(run, place)
    except Undefined:
        return True
    return False
