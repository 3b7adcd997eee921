"""Proofs by rewriting to one basis: exponentials, logarithms and roots of independent kernels.

``σ``, ``tanh``, ``cosh`` become exponentials, sines ``e^{iu}``; ``|u|`` and ``max`` are split by signs.
What is not known is a kernel of its own, equal only to itself. The zero test is then exact: equal is a
proof. A restriction of the answer's domain (a logarithm of something not known to be positive) must occur in
the reference too.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from math import lcm

from derive.calculus.expr import Expr
from derive.calculus.facts import NOTHING, Facts
from derive.grading.basis import Basis
from derive.grading.elementary import FUNCTIONS
from derive.grading.exponents import Roots, Split
from derive.grading.rational import GiveUp

MAX_SPLITS = 3


def rewritten_equal(left: Expr, right: Expr, domains: Mapping[str, str], facts: Facts = NOTHING) -> str | None:
    """What rewriting to one basis proves about two expressions; None says nothing.

    >>> from derive.calculus.expr import apply, entry
    >>> z = entry("z")
    >>> s, e = apply("sigmoid", z), apply("exp", -z)
    >>> rewritten_equal(s * (1 - s), e / (1 + e) ** 2, {})
    'rewriting'
    """
    jumps: set[str] = set()
    try:
        equal = _equal(left, right, domains, {}, {}, jumps, facts)
    except (GiveUp, OverflowError, RecursionError):
        return None
    return ", ".join(("rewriting", *sorted(jumps))) if equal else None


def _equal(
    left: Expr,
    right: Expr,
    domains: Mapping[str, str],
    signs: dict[str, int],
    roots: dict[Hashable, int],
    jumps: set[str],
    facts: Facts,
) -> bool:
    for _ in range(6):
        basis = Basis(FUNCTIONS, domains, signs, roots, jumps=jumps, facts=facts)
        try:
            return basis.equal(left, right)
        except Roots as needed:
            roots[needed.key] = lcm(roots.get(needed.key, 1), needed.denominator)
        except Split as needed:
            if len(signs) >= MAX_SPLITS:
                raise GiveUp from None
            return all(
                _equal(left, right, domains, {**signs, needed.key: s}, dict(roots), jumps, facts) for s in (1, -1)
            )
    raise GiveUp
