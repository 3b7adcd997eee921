"""Slopes written through values that have a name: ``tanh′(W h + b)`` is ``1 − h²`` where ``h`` is ``tanh(W h + b)``.

A recurrence's definition has starts in it, ``h[t−1] + [t = 0] h₀``; an argument from which the starts are gone is the
definition's at a later time, and one at a fixed time the definition's there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from derive.calculus.affine import Affine, Letter, fresh
from derive.calculus.atoms import Apply, Bound, Bracket, Compare, Entry, Indicator
from derive.calculus.chain import zeros_outside
from derive.calculus.collapse import collapse
from derive.calculus.expr import ONE, ZERO, Expr, entry, expr
from derive.calculus.match import Rewriting
from derive.calculus.program import Definition, Program
from derive.calculus.substitute import atoms, subs
from derive.calculus.trace import Relation, Rule

Slope = Callable[[Expr, Expr], tuple[Expr, Expr]]


def _slope(function: str, written: Callable[[Expr], Expr]) -> Slope:
    return lambda z, value: (expr(Apply(function, (z,), 1)), written(value))


def _positive(z: Expr, value: Expr) -> tuple[Expr, Expr]:
    """``relu(z)`` is positive exactly where z is."""
    return tuple(expr(Indicator(Compare(">", x, ZERO))) for x in (z, value))  # type: ignore[return-value]


SLOPES: Mapping[str, Slope] = {
    "tanh": _slope("tanh", lambda value: ONE - value * value),
    "sigmoid": _slope("sigmoid", lambda value: value * (ONE - value)),
    "relu": _positive,
}


@dataclass(frozen=True, slots=True)
class _Known:
    """An identity: the slope, what it is through the value, and the letters that must not be negative."""

    left: Expr
    right: Expr
    later: tuple[Letter, ...] = ()


def value_slopes(program: Program) -> Rule:
    """Write the slope at what has no name through the value, which has: ``tanh′(Wx)`` as ``1 − h²``.

    >>> from derive.calculus.expr import apply
    >>> x, i = entry("x", "i"), Bound(Letter("i"), Affine.of(0), Affine.of("n"))
    >>> h = Definition("h", (i,), apply("tanh", 1 + x))
    >>> p = Program((h,), {"h": (i.high,), "x": (i.high,)})
    >>> before = Relation((entry("d"), entry("g") * apply("tanh", 1 + entry("x", 3), order=1)))
    >>> h3 = entry("h", 3)
    >>> value_slopes(p).apply(before).result == entry("g") * (1 - h3 * h3)
    True
    """
    outside = zeros_outside(program)
    known = [
        Rewriting.by(k.left, k.right, partial(_later, letters=k.later))
        for d in program.definitions
        for k in _known(_renamed(d), outside)
    ]

    def side(value: Expr) -> Expr:
        for identity in known:
            value = identity.expr(value)
        return value

    return Rule(
        "slope through the value",
        "Write the function's slope through its value.",
        lambda r: r.map(side, left=False),
    )


def _later(found: Mapping[Letter, Affine], letters: Sequence[Letter]) -> bool:
    """Whether the letters stand for values that no index makes negative; ranges start at 0 or later."""
    return all(c >= 0 for x in letters for _, c in found.get(x, Affine.of(-1)).terms)


def _renamed(d: Definition) -> Definition:
    """The definition with letters of its own, which stand for any index."""
    put = {b.letter: fresh(b.letter) for b in d.letters}
    at = {k: Affine.of(v) for k, v in put.items()}
    letters = tuple(replace(b, letter=put[b.letter], low=b.low.subs(at), high=b.high.subs(at)) for b in d.letters)
    return Definition(d.name, letters, subs(d.body, at))


def _known(d: Definition, outside: Rule) -> Iterator[_Known]:
    match d.body.terms:
        case (term,) if term.coefficient == 1 and not term.bounds and len(term.factors) == 1:
            (atom, e), *_ = term.factors
            if e != 1 or not isinstance(atom, Apply) or atom.order or atom.function not in SLOPES:
                return
            (z,) = atom.args
            plain = len(z.terms) == 1 and len(z.terms[0].factors) == 1 and isinstance(z.terms[0].factors[0][0], Entry)
            if not plain or z.terms[0].bounds:
                for here, at, later in _times(z, d, outside):
                    left, right = SLOPES[atom.function](here, entry(d.name, *at))
                    yield _Known(left, right, later)


def _times(z: Expr, d: Definition, outside: Rule) -> Iterator[tuple[Expr, list[Affine], tuple[Letter, ...]]]:
    """The argument as the definition has it, at each time at which something starts, and later than all of these."""
    own = [Affine.of(b.letter) for b in d.letters]
    for form in dict.fromkeys((z, collapse(z, d.letters))):
        yield _marks_last(form), own, ()
    starts = {b.letter: _starts(z, b.letter) for b in d.letters}
    for letter, places in starts.items():
        if not places:
            continue
        for place in range(max(places) + 1):
            here = {letter: Affine.of(place)}
            yield _moved(z, d, here, outside), [a.subs(here) for a in own], ()
        later = fresh(letter)
        put = {letter: Affine.of(later) + max(places) + 1}
        yield _moved(z, d, put, outside, later), [a.subs(put) for a in own], (later,)


def _marks_last(z: Expr) -> Expr:
    """With brackets behind what says which letters they are about: a pattern is compared in order."""
    terms = [replace(t, factors=tuple(sorted(t.factors, key=lambda f: isinstance(f[0], Bracket)))) for t in z.terms]
    return Expr(tuple(sorted(terms, key=lambda t: any(isinstance(a, Bracket) for a, _ in t.factors))))


def _starts(z: Expr, letter: Letter) -> list[int]:
    """The fixed values at which a bracket asks for the letter."""
    gaps = (a.zero for a in atoms(z) if isinstance(a, Bracket))
    parts = (gap.split(letter) for gap in gaps if gap.letters == {letter})
    found = [-(p[1].constant or 0) * (p[0].constant or 0) for p in parts if p and abs(p[0].constant or 0) == 1]
    return [x for x in found if x >= 0]


def _moved(z: Expr, d: Definition, put: Mapping[Letter, Affine], outside: Rule, later: Letter | None = None) -> Expr:
    """The argument elsewhere, with its brackets decided and nothing read outside its array."""
    frame = [b for b in d.letters if b.letter not in put]
    if later is not None:
        frame.append(Bound(later, Affine.of(0), next(b.high for b in d.letters if b.letter in put)))
    inside = Relation((entry(d.name), collapse(subs(z, put), frame)), frame=tuple(frame))
    return outside.apply(inside).result
