"""Proofs of equality that hold on the whole declared domain and for all sizes.

They are asked for only where both sides agree, and are both defined, at a few points: canonical forms and rewriting
prove equality wherever both sides have a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from derive.calculus.atoms import Bound
from derive.calculus.canonical import same
from derive.calculus.expr import Expr
from derive.calculus.facts import Facts
from derive.grading.entries import same_entries
from derive.grading.opened import opened
from derive.grading.rewrite import rewritten_equal
from derive.grading.space import Space


def proof(reference: Expr, answer: Expr, frame: Sequence[Bound], space: Space, sizes: Iterable[str]) -> str | None:
    """What proves that two expressions are equal, or None.

    >>> from derive.calculus.expr import entry
    >>> proof(entry("x") * 2, entry("x") + entry("x"), (), Space(), ())
    'rewriting'
    """
    domains = {**{n: s.domain for n, s in space.symbols.items()}, **dict.fromkeys(sizes, "dimension")}
    facts = facts_of(space, frame)
    reference, answer = opened(reference, domains), opened(answer, domains)
    by = None if frame else rewritten_equal(reference, answer, domains, facts)
    if by is not None:
        return by
    if frame and same_entries(reference, answer, frame):
        return "canonical form"
    if same(reference, answer, facts=facts):
        return "canonical form"
    return rewritten_equal(reference, answer, domains, facts) if frame else None


def facts_of(space: Space, frame: Sequence[Bound]) -> Facts:
    """What the declarations allow a proof to assume."""
    arrays = [s for s in space.symbols.values() if not s.function]
    domains = {s.name: s.domain for s in arrays}
    return Facts.of(domains, shapes={s.name: s.shape for s in arrays}, frame=tuple(frame))
