"""The order in which a product over several summed letters is evaluated: one letter at a time, innermost the cheapest.

``Σ_jkl A_ij B_jk C_kl`` costs n⁴ as a nest of loops for all i, l; summing one letter at a time, and remembering each
partial sum, costs n³.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derive.calculus.affine import Letter
from derive.calculus.atoms import Atom, Bound, Bracket, Cases, Group, Guard, Indicator
from derive.calculus.expr import Expr, Term, expr
from derive.calculus.substitute import free_letters

FEW = 2
Factor = tuple[Atom, Fraction]


def contracted(term: Term) -> Term:
    """The same sum with partial sums as factors, where three or more letters are summed over a plain product.

    >>> from derive.calculus.affine import Affine
    >>> from derive.calculus.expr import entry, total
    >>> j, k, l = (Bound(Letter(x), Affine.of(0), Affine.of(Letter("n"))) for x in "jkl")
    >>> body = entry("A", "i", "j") * entry("B", "j", "k") * entry("C", "k", "l") * entry("D", "l", "m")
    >>> (term,) = total(body, j, k, l).terms
    >>> len(contracted(term).bounds), len(contracted(term).factors)
    (1, 2)
    """
    conditions = any(isinstance(a, Bracket | Guard | Indicator | Cases) for a, _ in term.factors)
    if len(term.bounds) <= FEW or conditions or any(b.kind != "sum" for b in term.bounds):
        return term
    bounds, factors = list(term.bounds), [(f, free_letters(expr(f[0]))) for f in term.factors]
    while len(bounds) > 1:
        found = _cheapest(bounds, factors)
        if found is None:
            break
        bounds.remove(found)
        inside = [f for f, letters in factors if found.letter in letters]
        partial = Group(Expr((Term(Fraction(1), tuple(inside), (found,)),)))
        factors = [(f, letters) for f, letters in factors if found.letter not in letters]
        factors.append(((partial, Fraction(1)), free_letters(expr(partial))))
    return Term(term.coefficient, tuple(f for f, _ in factors), tuple(bounds))


def _cheapest(
    bounds: Sequence[Bound], factors: Sequence[tuple[Factor, frozenset[Letter] | set[Letter]]]
) -> Bound | None:
    """The letter whose partial sum depends on the fewest letters; none whose value another bound needs."""
    costs: list[tuple[int, int]] = []
    for k, b in enumerate(bounds):
        needed = any(b.letter in (*o.low.letters, *o.high.letters) for o in bounds if o is not b)
        touched = [letters for _, letters in factors if b.letter in letters]
        if touched and len(touched) < len(factors) and not needed:
            costs.append((len(set().union(*touched)), k))
    return bounds[min(costs)[1]] if costs else None
