"""Slopes written through values that have a name: ``tanh′(W h + b)`` is ``1 − h²`` where ``h`` is ``tanh(W h + b)``.

A recurrence's definition has starts in it, ``h[t−1] + [t = 0] h₀``; an argument from which the starts are gone is the
definition's at a later time, and one at a fixed time the definition's there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from derive.calculus.affine import Affine, Letter, fresh
from derive.calculus.atoms import Apply, Bound, Bracket, Compare, Entry, Indicator
from derive.calculus.collapse import collapse
from derive.calculus.expr import ONE, ZERO, Expr, entry, expr
from derive.calculus.match import rewrite
from derive.calculus.program import Definition
from derive.calculus.substitute import atoms, names, subs
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

    reads: frozenset[str]
    left: Expr
    right: Expr
    later: tuple[Letter, ...] = ()


def value_slopes(definitions: Sequence[Definition]) -> Rule:
    """Write the slope at what has no name through the value, which has: ``tanh′(Wx)`` as ``1 − h²``.

    >>> from derive.calculus.expr import apply
    >>> x, i = entry("x", "i"), Bound(Letter("i"), Affine.of(0), Affine.of("n"))
    >>> h = Definition("h", (i,), apply("tanh", 1 + x))
    >>> before = Relation((entry("d"), entry("g") * apply("tanh", 1 + entry("x", 3), order=1)))
    >>> h3 = entry("h", 3)
    >>> value_slopes([h]).apply(before).result == entry("g") * (1 - h3 * h3)
    True
    """
    known = [k for d in definitions for k in _known(d)]

    def side(value: Expr, frame: Sequence[Bound]) -> Expr:
        for k in known:
            if k.reads <= names(value):
                value = rewrite(value, k.left, k.right, lambda found, k=k: _later(found, k.later))  # type: ignore[misc]
        return value

    return Rule(
        "slope through the value",
        "Write the function's slope through its value.",
        lambda r: r.map(lambda value: side(value, r.frame), left=False),
    )


def _later(found: Mapping[Letter, Affine], letters: Sequence[Letter]) -> bool:
    """Whether the letters stand for values that no index makes negative; ranges start at 0 or later."""
    return all(c >= 0 for x in letters for _, c in found.get(x, Affine.of(-1)).terms)


def _known(d: Definition) -> Iterator[_Known]:
    match d.body.terms:
        case (term,) if term.coefficient == 1 and not term.bounds and len(term.factors) == 1:
            (atom, e), *_ = term.factors
            if e != 1 or not isinstance(atom, Apply) or atom.order or atom.function not in SLOPES:
                return
            (z,) = atom.args
            plain = len(z.terms) == 1 and len(z.terms[0].factors) == 1 and isinstance(z.terms[0].factors[0][0], Entry)
            if not plain or z.terms[0].bounds:
                for here, at, later in _times(z, d):
                    left, right = SLOPES[atom.function](here, entry(d.name, *at))
                    yield _Known(names(here), left, right, later)


def _times(z: Expr, d: Definition) -> Iterator[tuple[Expr, list[Affine], tuple[Letter, ...]]]:
    """The argument as the definition has it, at each time at which something starts, and later than all of these."""
    own = [Affine.of(b.letter) for b in d.letters]
    yield z, own, ()
    starts = {b.letter: _starts(z, b.letter) for b in d.letters}
    for letter, places in starts.items():
        if not places:
            continue
        for place in range(max(places) + 1):
            yield _moved(z, d, {letter: Affine.of(place)}), [a.subs({letter: Affine.of(place)}) for a in own], ()
        later = fresh(letter)
        put = {letter: Affine.of(later) + max(places) + 1}
        yield _moved(z, d, put, later), [a.subs(put) for a in own], (later,)


def _starts(z: Expr, letter: Letter) -> list[int]:
    """The fixed values at which a bracket asks for the letter."""
    gaps = (a.zero for a in atoms(z) if isinstance(a, Bracket))
    parts = (gap.split(letter) for gap in gaps if gap.letters == {letter})
    found = [-(p[1].constant or 0) * (p[0].constant or 0) for p in parts if p and abs(p[0].constant or 0) == 1]
    return [x for x in found if x >= 0]


def _moved(z: Expr, d: Definition, put: Mapping[Letter, Affine], later: Letter | None = None) -> Expr:
    """The argument elsewhere, with its brackets decided; terms that name the new letter alone stand first."""
    frame = [b for b in d.letters if b.letter not in put]
    if later is not None:
        (old,) = put
        size = next(b.high for b in d.letters if b.letter == old)
        frame.append(Bound(later, Affine.of(0), size))
    found = collapse(subs(z, put), frame)
    return replace(found, terms=tuple(sorted(found.terms, key=lambda t: not _names_alone(Expr((t,)), later))))


def _names_alone(value: Expr, letter: Letter | None) -> bool:
    return any(isinstance(a, Entry) and letter in {x.letter for x in a.at} for a in atoms(value))
