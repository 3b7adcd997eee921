"""Small rules that tidy a form: sums over nothing, needless parentheses, names that are other names, sums that are 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from derive.calculus.affine import ZERO, Affine, Letter
from derive.calculus.atoms import Apply, Bound, Bracket, Entry, Group, Number
from derive.calculus.canonical import TooLarge, canonical
from derive.calculus.collapse import collapse
from derive.calculus.expr import ONE, Expr, Term, add, entry, expr, multiply, power, total
from derive.calculus.folding import hypothesis, merged, multiply_out
from derive.calculus.program import Definition
from derive.calculus.ranges import implied
from derive.calculus.substitute import letters, names, replace_entries, subs
from derive.calculus.trace import Relation, Rule


def counted() -> Rule:
    """A sum of what does not depend on its letter: as many times the summand as there are values.

    >>> from derive.calculus.affine import Affine
    >>> i = Bound(Affine.of("i").letter, Affine.of(0), Affine.of("N"))
    >>> before = Relation((entry("d"), total(entry("x"), i)))
    >>> counted().apply(before).result == expr(Affine.of("N")) * entry("x")
    True
    """
    return Rule(
        "count",
        "A sum of equal terms is the term, as often as it is added.",
        lambda r: r.map(lambda value: add(map(_counted, value.terms)), left=False),
        idea=False,
    )


def _counted(term: Term) -> Expr:
    inside = letters(Expr((replace(term, bounds=()),)))
    ends = {x for b in term.bounds for a in (b.low, b.high) for x in a.letters}
    free = [b for b in term.bounds if b.kind == "sum" and b.letter not in inside | ends and _counts(b)]
    if not free:
        return Expr((term,))
    kept = tuple(b for b in term.bounds if b not in free)
    times = [expr(Number(b.high - b.low)) if (b.high - b.low).letters else expr(b.high - b.low) for b in free]
    found = multiply((*times, Expr((replace(term, bounds=()),))))
    return Expr(tuple(replace(t, bounds=(*kept, *t.bounds)) for t in found.terms))


def _counts(b: Bound) -> bool:
    """Whether there is never a negative number of values."""
    size = b.high - b.low
    return implied(size, {}, dims=size.letters)


def spliced() -> Rule:
    """Terms that are a sum in parentheses and nothing else, without the parentheses."""
    return Rule(
        "open parentheses",
        "Open the parentheses.",
        lambda r: r.map(_spliced, left=False),
        idea=False,
    )


def _spliced(value: Expr) -> Expr:
    if len(value.terms) < 2 or not any(map(_wrapped, value.terms)):
        return value
    return merged(add(Expr(_opened(t)) if _wrapped(t) else Expr((t,)) for t in value.terms))


def _wrapped(term: Term) -> bool:
    alone = len(term.factors) == 1 and not term.bounds and abs(term.coefficient) == 1
    return alone and term.factors[0][1] == 1 and isinstance(term.factors[0][0], Group)


def _opened(term: Term) -> tuple[Term, ...]:
    group = term.factors[0][0]
    assert isinstance(group, Group)
    return tuple(replace(t, coefficient=t.coefficient * term.coefficient) for t in group.body.terms)


def unsigned() -> Rule:
    """``sign(u)/|u|`` is ``1/u``, as in the derivative of log |det W|.

    >>> from derive.calculus.expr import apply
    >>> u = entry("u", "i")
    >>> unsigned().apply(Relation((entry("d"), apply("sign", u) / apply("abs", u)))).result == 1 / u
    True
    """
    return Rule(
        "sign over size",
        "A number's sign over its size is one over the number.",
        lambda r: r.map(lambda value: add(map(_unsigned, value.terms)), left=False),
    )


def _unsigned(term: Term) -> Expr:
    signs = [f for f in term.factors if f[1] == 1 and isinstance(f[0], Apply) and f[0].function == "sign"]
    sizes = [f for f in term.factors if f[1] == -1 and isinstance(f[0], Apply) and f[0].function == "abs"]
    for sign, size in product(signs, sizes):
        (u,), (v,) = sign[0].args, size[0].args  # type: ignore[union-attr]
        if _alike(u, v):
            rest = [f for f in term.factors if f not in (sign, size)]
            same = next((f for f in rest if f[1] == 1 and _alike(expr(f[0]), u)), None)
            rest = [f for f in rest if f is not same]
            found = multiply((Expr((Term(term.coefficient, tuple(rest)),)), ONE if same else power(u, -1)))
            return Expr(tuple(replace(t, bounds=(*term.bounds, *t.bounds)) for t in found.terms))
    return Expr((term,))


def under_brackets() -> Rule:
    """Cancel under a bracket what its equation makes the same: ``[a = b] p[b]/p[a]`` is ``[a = b]``.

    >>> from derive.calculus.substitute import bracket
    >>> a, b = Affine.of("a"), Affine.of("b")
    >>> before = bracket(a - b) * entry("p", b) / entry("p", a)
    >>> under_brackets().apply(Relation((entry("d"), before))).result == bracket(a - b)
    True
    """
    return Rule(
        "cancel under the bracket",
        "Where the bracket is not zero its two letters are equal, and so are the entries: they cancel.",
        lambda r: r.map(lambda value: Expr(tuple(map(_cancelled, value.terms))), left=False),
    )


def _cancelled(term: Term) -> Term:
    equal = {x: rest for atom, _ in term.factors if isinstance(atom, Bracket) for x, rest in _equations(atom.zero)}
    if not equal:
        return term
    bottom = [f for f in term.factors if f[1] == -1 and not isinstance(f[0], Bracket)]
    for low in bottom:
        alike = subs(expr(low[0]), equal)
        top = next((f for f in term.factors if f[1] == 1 and subs(expr(f[0]), equal) == alike), None)
        if top is not None:
            return _cancelled(replace(term, factors=tuple(f for f in term.factors if f not in (top, low))))
    return term


def _equations(zero: Affine) -> Iterator[tuple[Letter, Affine]]:
    """What one letter is where an affine value is 0."""
    for x in sorted(zero.letters):
        slope, rest = zero.split(x) or (ZERO, ZERO)
        if slope.constant in (1, -1):
            yield x, rest * -int(slope.constant)
            return


def _alike(a: Expr, b: Expr) -> bool:
    """Whether two values are proved equal."""
    if names(a) != names(b):
        return False
    try:
        return a == b or canonical(a) == canonical(b)
    except TooLarge:
        return False


def alias(body: Expr) -> bool:
    """Whether a body is just another name."""
    match body.terms:
        case (Term(c, ((Entry(), e),), ()),):
            return c == 1 and e == 1
    return False


def whole_sums(definitions: Sequence[Definition], given: Sequence[Relation]) -> Iterator[Relation]:
    """``Σ_k p[k] = 1`` for definitions that divide by their own sum, or mix what is given to sum to 1."""
    known = {d.name: d for d in definitions}
    ones = list(given)
    for d in definitions:
        for b in d.letters:
            if _is_one(d, b, known) or _mixes(d, b, ones):
                found = Relation((total(entry(d.name, *(x.letter for x in d.letters)), b), ONE))
                ones.append(found)
                yield found


def _is_one(d: Definition, b: Bound, known: Mapping[str, Definition]) -> bool:
    """Whether a definition is something over its own sum over a letter."""
    if len(d.body.terms) != 1 or d.body.terms[0].bounds or d.body.terms[0].coefficient != 1:
        return False
    above = [f for f in d.body.terms[0].factors if b.letter in letters(expr(f[0]))]
    below = [f for f in d.body.terms[0].factors if f not in above]
    if len(below) != 1 or below[0][1] != -1 or not above:
        return False
    bottom = _written(expr(below[0][0]), known)
    top = _written(total(multiply(power(expr(a), e) for a, e in above), b), known)
    return _alike(top, bottom)


def _written(value: Expr, known: Mapping[str, Definition]) -> Expr:
    """A name that is a sum, written out."""

    def leaf(e: Entry) -> Expr | None:
        d = known.get(e.name)
        if d is None or not any(t.bounds for t in d.body.terms):
            return None
        return subs(d.body, {b.letter: a for b, a in zip(d.letters, e.at, strict=True)})

    return replace_entries(value, leaf)


def _mixes(d: Definition, b: Bound, ones: Sequence[Relation]) -> bool:
    """Whether a definition sums to 1 because what it mixes does."""
    if not ones or len(d.body.terms) < 2 or any(t.bounds for t in d.body.terms):
        return False
    frame = tuple(x for x in d.letters if x is not b)
    value = Relation((entry(d.name), collapse(total(d.body, b), frame)), frame=frame)
    for rule in (multiply_out(), *map(hypothesis, ones), counted()):
        value = rule.apply(value)
    return _alike(value.result, ONE)
