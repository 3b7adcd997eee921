"""Wrong results of a right derivation: a slip of the pen in one line, carried to the end by the rules of the lines below.

`derive.verify.edits` makes the slips that a test wants; here are those that students make besides (a sum left out, a kernel
turned round, a mean), and the misconception that each of them shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from derive.bank.misconceptions import MISCONCEPTIONS
from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Bound, Entry, Number
from derive.calculus.expr import Expr, Term, add, apply, entry, expr, multiply, power
from derive.calculus.substitute import atoms, bracket, replace_entries, subs
from derive.notation.index_text import to_text
from derive.verify.edits import edits

SHOWS = {
    "sign": "sign",
    "coefficient": "lost-half",
    "halved": "lost-two",
    "exponent": "wrong-exponent",
    "dropped term": "missing-term",
    "dropped factor": "missing-factor",
    "dropped slope": "missing-chain-factor",
    "dropped guard": "wrong-condition",
    "condition": "wrong-condition",
    "shifted index": "index-shift",
    "another index": "index-swapped",
    "stuck index": "index-shift",
    "transposed": "missing-transpose",
    "slope": "value-for-slope",
    "range": "wrong-bound",
    "reduction": "wrong-branch",
    "not summed": "missing-sum",
    "averaged": "mean-for-sum",
    "not averaged": "sum-for-mean",
    "turned round": "flipped-kernel",
    "turned back": "unflipped-kernel",
    "diagonal": "diagonal-only",
    "reciprocal": "reciprocal",
    "complement": "complement",
    "base 2": "base-2-for-natural",
    "stopped early": "layer-early",
    "strict": "strict-for-weak",
}
RANK = (
    "dropped slope", "stopped early", "dropped term", "dropped guard", "sign", "transposed", "slope", "complement",
    "base 2", "not summed", "dropped factor", "averaged", "not averaged", "reciprocal", "turned round", "turned back", "halved",
    "coefficient", "range", "stuck index", "another index", "shifted index",
)  # fmt: skip
TELLING = frozenset({*RANK[: RANK.index("base 2")], "averaged"})
WORDS = {
    "coefficient": "is taken twice",
    "halved": "has lost a factor 2",
    "sign": "has the wrong sign",
    "shifted index": "has an index that is one off",
    "another index": "has a letter in place of another",
    "transposed": "has its indices swapped",
    "stuck index": "has an index that does not move as it should",
    "exponent": "has an exponent that is one off",
    "condition": "has a condition that is one off",
    "slope": "is taken for its slope, or the slope for it",
    "range": "is a sum that ends one place early",
    "averaged": "is averaged where it is to be summed",
    "not averaged": "is summed where it is to be averaged",
    "not summed": "is one term where it is to be summed",
    "turned round": "has its kernel turned round",
    "turned back": "has its kernel not turned round",
    "diagonal": "is kept on the diagonal only",
    "reciprocal": "is upside down",
    "complement": "is taken from 1",
    "stopped early": "is given in place of what was asked for",
}
INDICES = ("shifted index", "another index", "transposed")
CHAIN = (
    "chain rule",
    "chain rule, forward",
    "local derivatives",
    "put in",
    "collapse the brackets",
    "slope through the value",
)


@dataclass(frozen=True, slots=True)
class Slip:
    """What went wrong in a derivation.

    Attributes:
        kind: the kind of edit, a key of `SHOWS`.
        rule: the rule of the line that it breaks.
        line: the line's number, from 1.
        place: the part that was edited, as text; for staff.
        heading: what a page calls the line, where it has a name.
    """

    kind: str
    rule: str
    line: int
    place: str
    heading: str = ""

    @property
    def id(self) -> str:
        """The misconception that it shows."""
        found = SHOWS.get(self.kind, "numeric-slip")
        if found == "wrong-bound" and self.letter == "t":
            return "fencepost-T"
        if found in ("flipped-kernel", "unflipped-kernel") and self.letter == "t":
            return "reversed-time"
        return (
            "missing-chain-factor"
            if found == "missing-factor" and (self.rule in CHAIN or self.rule.endswith("_bar"))
            else found
        )

    @property
    def rank(self) -> tuple[int, int]:
        """How likely it is among slips that give the same number: smallest first."""
        return (RANK.index(self.kind) if self.kind in RANK else len(RANK), self.line)

    @property
    def letter(self) -> str:
        """The letter whose range or direction was changed."""
        return self.place.partition(" of ")[0] if " of " in self.place else ""

    @property
    def staff(self) -> str:
        """What happened, with the part that was edited.

        >>> Slip("dropped slope", "chain rule", 3, "tanh'(z)").staff
        "the factor tanh'(z) of line 3 (chain rule) is missing"
        """
        thing = self.kind.removeprefix("dropped ") if self.kind.startswith("dropped") else ""
        where = self.heading or f"line {self.line} ({self.rule})"
        if thing:
            return f"the {'factor' if thing == 'slope' else thing} {self.place} of {where} is missing"
        return f"{self.place} of {where} {WORDS.get(self.kind, f'is changed: {self.kind}')}"

    def say(self, named: bool) -> str:
        """What a student hears: never the part itself, and the rule only where the page has ``named`` it.

        >>> slip = Slip("sign", "B", 1, "q", heading="the rule for $B_i$")
        >>> slip.say(True)
        'Check your signs: does the quantity grow or shrink? The place to look: the rule for $B_i$.'
        >>> slip.say(False)
        'Check your signs: does the quantity grow or shrink?'
        """
        place = f" The place to look: {self.heading}." if named and self.heading else ""
        return f"{MISCONCEPTIONS[self.id].say}{place}"

    @property
    def told(self) -> dict[str, object]:
        """What staff see."""
        return {"rule": self.rule, "line": self.line, "edit": self.kind, "place": self.place, "words": self.staff}


Slipped = Iterator[tuple[str, str, Expr]]


def slips(value: Expr, frame: Sequence[Bound]) -> Slipped:
    """Kind, place and value of every wrong version of an expression that is one slip away.

    >>> from derive.calculus.expr import entry, total
    >>> from derive.calculus.affine import Letter
    >>> t = Bound(Letter("t"), Affine.of(0), Affine.of("T"))
    >>> sorted({kind for kind, _, _ in slips(total(entry("x", "t"), t), ())} & {"not summed", "averaged", "halved"})
    ['averaged', 'halved', 'not summed']
    """
    yield from _of_means(value)
    for e in edits(value, frame):
        if not (e.kind in INDICES and "∂" in e.place):  # a local derivative has no indices that a student writes
            yield e.kind, e.place, e.value
    for k, term in enumerate(value.terms):
        for kind, place, changed in _of_term(term, frame):
            yield kind, place, add([Expr(value.terms[:k]), changed, Expr(value.terms[k + 1 :])])


def wrong_wholes(value: Expr, frame: Sequence[Bound]) -> Slipped:
    """The same for a result as a whole: upside down, what is left of 1, the diagonal alone."""
    yield "reciprocal", "the result", power(value, -1)
    yield "complement", "the result", expr(1) - value
    yield "halved", "the result", value * Fraction(1, 2)
    if len(value.terms) > 1:
        yield "coefficient", "the result", value * 2
        yield "sign", "the result", -value
    if any(isinstance(a, Apply) and a.function == "log" for a in atoms(value)):
        yield "base 2", "the result", value * power(apply("log", expr(2)), -1)
    for i, one in enumerate(frame):
        for other in frame[i + 1 :]:
            if one.high - one.low == other.high - other.low:
                swapped = {one.letter: Affine.of(other.letter), other.letter: Affine.of(one.letter)}
                yield "transposed", "the result", subs(value, swapped)
                yield "diagonal", "the result", value * bracket(Affine.of(one.letter) - Affine.of(other.letter))


def _of_term(term: Term, frame: Sequence[Bound]) -> Slipped:
    if abs(term.coefficient) != 1 or term.factors:
        yield "halved", _text(term), Expr((replace(term, coefficient=term.coefficient / 2),))
    for kind, changed in _stuck(term, frame):
        yield kind, _text(term), changed
    if len(term.bounds) == len(frame) > 1:
        letters, others = ([b.letter for b in bounds] for bounds in (term.bounds, frame))
        yield "not summed", _text(term), _met(Expr((replace(term, bounds=()),)), letters, others)
    for bound in term.bounds:
        if bound.kind == "sum":
            place = f"{bound.letter.name} of {_text(term)}"
            yield from ((kind, place, changed) for kind, changed in _of_sum(term, bound, frame))


def _of_means(value: Expr) -> Slipped:
    """Every 1/n left out."""
    for k, term in enumerate(value.terms):
        for f in term.factors:
            if isinstance(f[0], Number) and f[1] == -1:
                less = Expr((replace(term, factors=tuple(g for g in term.factors if g is not f)),))
                yield "not averaged", _text(term), add([Expr(value.terms[:k]), less, Expr(value.terms[k + 1 :])])


def _stuck(term: Term, frame: Sequence[Bound]) -> Iterator[tuple[str, Expr]]:
    """An array whose indices forget to move with some letters, or run the other way."""
    inside = Expr((replace(term, bounds=()),))
    outer, sums = ([b.letter for b in bounds] for bounds in (frame, term.bounds))
    arrays = sorted({a.name for a in atoms(inside) if isinstance(a, Entry) and any(len(x.letters) > 1 for x in a.at)})
    for name in arrays:
        for letters in (outer, sums, *([x] for x in outer if len(outer) > 1)):
            for factor in (0, -1) if letters else ():
                yield "stuck index", _indexed(term, name, partial(_scaled, letters=letters, factor=factor))


def _scaled(index: Affine, letters: Sequence[Letter], factor: int) -> Affine:
    """An index with these letters taken so many times; none that would be left without a letter."""
    if not factor and not index.letters - set(letters):
        return index
    return index.subs({x: Affine.of(x) * factor for x in letters if x in index.letters})


def _indexed(term: Term, name: str, new: Callable[[Affine], Affine]) -> Expr:
    """The term with each index of an array changed."""

    def leaf(a: Entry) -> Expr | None:
        return entry(a.name, *map(new, a.at)) if a.name == name else None

    changed = replace_entries(Expr((replace(term, bounds=()),)), leaf)
    return Expr(tuple(replace(t, bounds=(*term.bounds, *t.bounds)) for t in changed.terms))


def _text(term: Term) -> str:
    return to_text(Expr((term,)))


def _of_sum(term: Term, bound: Bound, frame: Sequence[Bound]) -> Iterator[tuple[str, Expr]]:
    rest = tuple(b for b in term.bounds if b is not bound)
    if not any(bound.letter in (b.low.letters | b.high.letters) for b in rest):
        inside = Expr((replace(term, bounds=rest),))
        places = [bound.high - 1, bound.low, *(Affine.of(b.letter) for b in frame)]
        yield from (("not summed", subs(inside, {bound.letter: p})) for p in places)
        yield from (("not summed", _met(inside, [bound.letter], [b.letter])) for b in frame)
        yield "averaged", multiply([Expr((term,)), power(expr(bound.high - bound.low), -1)])
    yield from _turned(term, bound)


def _met(value: Expr, letters: Sequence[Letter], others: Sequence[Letter]) -> Expr:
    """Every index that holds a letter made another letter alone: ``g[u] x[u]`` for a sum of ``g[i] x[i+u]``."""
    put = dict(zip(letters, others, strict=True))

    def new(index: Affine) -> Affine:
        return next((Affine.of(put[x]) for x in letters if x in index.letters), index)

    return replace_entries(value, lambda a: entry(a.name, *map(new, a.at)))


def _turned(term: Term, bound: Bound) -> Iterator[tuple[str, Expr]]:
    """One array's index that runs with a sum's letter made to run the other way; then with all letters of its sums."""
    inside = Expr((replace(term, bounds=()),))
    read = [a for a in atoms(inside) if isinstance(a, Entry) and any(bound.letter in x.letters for x in a.at)]
    back = any(_runs_back(x, bound) for a in read for x in a.at)
    for bounds in ((bound,), term.bounds) if bound is term.bounds[0] and len(term.bounds) > 1 else ((bound,),):
        other = {b.letter: b.low + b.high - 1 - Affine.of(b.letter) for b in bounds}
        for name in sorted({a.name for a in read}):
            yield "turned back" if back else "turned round", _indexed(term, name, partial(Affine.subs, values=other))


def _runs_back(index: Affine, bound: Bound) -> bool:
    found = index.split(bound.letter)
    return found is not None and (found[0].constant or 0) < 0
