"""Proofs by rewriting to one basis: exponentials, logarithms and roots of independent kernels.

``σ``, ``tanh``, ``cosh`` become exponentials, sines ``e^{iu}``; ``|u|`` and ``max`` are split by signs.
What is not known is a kernel of its own, equal only to itself. The zero test is then exact: equal is a
proof. A restriction of the answer's domain (a logarithm of something not known to be positive) must occur in
the reference too.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from math import lcm

from flint import fmpq_mpoly

from derive.calculus.expr import Expr
from derive.calculus.facts import NOTHING, Facts
from derive.grading.basis import Basis
from derive.grading.elementary import FUNCTIONS
from derive.grading.exponents import Roots
from derive.grading.feasible import contradictory
from derive.grading.rational import GiveUp
from derive.grading.signs import Split

MAX_SPLITS = 5
MAX_ROOTS = 6


def rewritten_equal(left: Expr, right: Expr, domains: Mapping[str, str], facts: Facts = NOTHING) -> str | None:
    """What rewriting to one basis proves about two expressions; None says nothing.

    >>> from derive.calculus.expr import apply, entry
    >>> z = entry("z")
    >>> s, e = apply("sigmoid", z), apply("exp", -z)
    >>> rewritten_equal(s * (1 - s), e / (1 + e) ** 2, {})
    'rewriting'
    """
    proof = _Proof(left, right, domains, facts)
    try:
        equal = proof.holds()
    except (GiveUp, OverflowError, RecursionError):
        return None
    return ", ".join(("rewriting", *sorted(proof.jumps))) if equal else None


class _Proof:
    """One proof, with the signs that are told apart and the roots that exponentials are needed to."""

    def __init__(self, left: Expr, right: Expr, domains: Mapping[str, str], facts: Facts) -> None:
        self.left, self.right, self.domains, self.facts = left, right, domains, facts
        self.roots: dict[Hashable, int] = {}
        self.jumps: set[str] = set()

    def holds(self) -> bool:
        """Whether both are equal; all signs are told apart anew when a root gives a kernel another meaning."""
        for _ in range(MAX_ROOTS):
            try:
                return self._under({}, ())
            except Roots as needed:
                self.roots[needed.key] = lcm(self.roots.get(needed.key, 1), needed.denominator)
        raise GiveUp

    def _under(self, signs: dict[str, int], above: tuple[fmpq_mpoly, ...]) -> bool:
        """Whether both are equal under signs; ``above`` are the polynomials that these make positive."""
        basis = Basis(FUNCTIONS, self.domains, signs, self.roots, jumps=self.jumps, facts=self.facts)
        try:
            return basis.equal(self.left, self.right)
        except Split as needed:
            if len(signs) >= MAX_SPLITS:
                raise GiveUp from None
            return all(
                self._under({**signs, needed.key: s}, known)
                for s in (1, -1)
                if not _impossible(known := _and(above, needed.value, s), needed)
            )


def _impossible(above: tuple[fmpq_mpoly, ...], needed: Split) -> bool:
    return contradictory((*above, *needed.known), needed.positive)


def _and(above: tuple[fmpq_mpoly, ...], value: fmpq_mpoly | None, sign: int) -> tuple[fmpq_mpoly, ...]:
    return above if value is None else (*above, value * sign)
