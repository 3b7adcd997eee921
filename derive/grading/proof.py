"""Proofs of equality that hold on the whole declared domain and for all sizes.

They are asked for only where both sides agree, and are both defined, at a few points: canonical forms and rewriting
prove equality wherever both sides have a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from derive.calculus.atoms import Apply, Bound, MatrixFunction, Power
from derive.calculus.canonical import FUEL, TooLarge, canonical, same
from derive.calculus.expr import Expr, Term
from derive.calculus.facts import Facts
from derive.calculus.substitute import atoms, children
from derive.grading.chains import same_matrices
from derive.grading.deltas import as_letters
from derive.grading.entries import same_entries
from derive.grading.geometric import closed
from derive.grading.inverses import evened
from derive.grading.marks import marked
from derive.grading.norms import normed
from derive.grading.opened import opened
from derive.grading.polynomials import same_polynomials
from derive.grading.rewrite import rewritten_equal
from derive.grading.space import Space
from derive.grading.unordered import unordered

LESS_FUEL = 150  # for a second attempt


def proof(reference: Expr, answer: Expr, frame: Sequence[Bound], space: Space, sizes: Iterable[str]) -> str | None:
    """What proves that two expressions are equal, or None.

    >>> from derive.calculus.expr import entry
    >>> proof(entry("x") * 2, entry("x") + entry("x"), (), Space(), ())
    'rewriting'
    """
    domains = {**{n: s.domain for n, s in space.symbols.items()}, **dict.fromkeys(sizes, "dimension")}
    facts = facts_of(space, frame)
    reference, answer = (opened(marked(v), domains) for v in as_letters((reference, answer), frame, space))
    both = reference, answer
    for prove in (same_polynomials, same_matrices, _same):
        if (by := prove(*both, frame, domains, facts)) is not None:
            return by
    left, right = (_solved(unordered(v, facts), domains, facts) for v in both)
    if left is reference and right is answer:
        return None
    return _same(left, right, frame, domains, facts, LESS_FUEL) or _same_roots(left, right, domains, facts)


def _same_roots(left: Expr, right: Expr, domains: Mapping[str, str], facts: Facts) -> str | None:
    """Equal when everything is multiplied out before the roots are put together."""
    if not any(isinstance(a, Apply) and a.function == "root" for v in (left, right) for a in atoms(v)):
        return None
    try:
        forms = [normed(canonical(v, facts=facts, fuel=LESS_FUEL), domains, facts) for v in (left, right)]
    except (TooLarge, OverflowError):
        return None
    return "canonical form" if same(*forms, facts=facts, fuel=LESS_FUEL) else None


def _same(
    reference: Expr, answer: Expr, frame: Sequence[Bound], domains: Mapping[str, str], facts: Facts, fuel: int = FUEL
) -> str | None:
    by = None if frame else rewritten_equal(reference, answer, domains, facts)
    if by is not None:
        return by
    if frame and same_entries(reference, answer, frame):
        return "canonical form"
    if same(reference, answer, facts=facts, fuel=fuel):
        return "canonical form"
    return rewritten_equal(reference, answer, domains, facts) if frame else None


def _solved(value: Expr, domains: Mapping[str, str], facts: Facts) -> Expr:
    """Inverses, sums and roots in one of the forms that they have."""
    found = list(atoms(value))
    if any(isinstance(a, MatrixFunction) for a in found):
        value = opened(evened(value, facts), domains)
    if any(isinstance(a, Power) for a in found):
        value = closed(value, domains, facts)
    if any(e.denominator > 1 for t in _inside(value) for _, e in t.factors):
        value = normed(value, domains, facts)
    return value


def _inside(value: Expr) -> Iterable[Term]:
    """Every term, inside atoms too."""
    for term in value.terms:
        yield term
        for atom, _ in term.factors:
            for child in children(atom):
                yield from _inside(child)


def facts_of(space: Space, frame: Sequence[Bound]) -> Facts:
    """What the declarations allow a proof to assume."""
    arrays = [s for s in space.symbols.values() if not s.function]
    domains = {s.name: s.domain for s in arrays}
    return Facts.of(domains, shapes={s.name: s.shape for s in arrays}, frame=tuple(frame))
