"""Rules about whole sums: a common factor in front, sums of what does not change, like sums that cancel."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from derive.calculus.atoms import Atom
from derive.calculus.expr import Expr, Term, add, expr, multiply, power
from derive.calculus.folding import merged
from derive.calculus.rules import DoesNotApply
from derive.calculus.substitute import letters
from derive.calculus.trace import Rule


def take_out(sentence: str, condition: str = "") -> Rule:
    """Write the right side as what all of its terms have in common, times the rest.

    Raises:
        DoesNotApply: there is one term only, or nothing common.
    """
    return Rule("take out", sentence, lambda r: r.map(common_factor_first, left=False), condition)


def common_factor_first(value: Expr) -> Expr:
    """``p*a − p*Σ_k b[k]`` as ``p*(a − Σ_k b[k])``.

    >>> from derive.calculus.expr import entry
    >>> p, a, b = entry("p", "j"), entry("a"), entry("b")
    >>> common_factor_first(p * a - p * b) == p * (a - b)
    True
    """
    shared = _common([_free_powers(t) for t in value.terms])
    if len(value.terms) < 2 or not shared:
        raise DoesNotApply("the terms have no common factor")
    outside = multiply(power(expr(a), e) for a, e in shared.items())
    return multiply((outside, Expr(tuple(_without(t, shared) for t in value.terms))))


def constant_sums(sentence: str) -> Rule:
    """A sum of what does not hang on its letter is the number of its terms times it: ``Σ_n μ = N μ``.

    Raises:
        DoesNotApply: every sum's letter occurs in it.
    """
    return Rule(
        "sum of equal terms",
        sentence,
        lambda r: r.map(counted, left=False),
        statement=r"\sum_{n=1}^{N} a = N a",
    )


def counted(value: Expr) -> Expr:
    """Every sum over a letter that its body does not hold, as a factor.

    >>> from derive.calculus.affine import Affine, Letter
    >>> from derive.calculus.atoms import Bound
    >>> from derive.calculus.expr import entry, total
    >>> n = Bound(Letter("n"), Affine.of(0), Affine.of("N"))
    >>> counted(total(entry("x"), n)) == expr(Affine.of("N")) * entry("x")
    True
    """
    new = add(_counted(t) for t in value.terms)
    if new == value:
        raise DoesNotApply("every sum holds its letter")
    return new


def _counted(term: Term) -> Expr:
    held = letters(Expr((Term(Fraction(1), term.factors),)))
    held = held.union(*(b.low.letters | b.high.letters for b in term.bounds))
    free = [b for b in term.bounds if b.letter not in held and b.kind == "sum"]
    kept = tuple(b for b in term.bounds if b not in free)
    body = multiply((*(expr(b.high - b.low) for b in free), Expr((Term(term.coefficient, term.factors),))))
    return Expr(tuple(replace(t, bounds=kept) for t in body.terms))


def merge_like(sentence: str) -> Rule:
    """Add up terms that differ in the names of their bound letters and the order of their factors only."""
    return Rule("like terms", sentence, lambda r: r.map(merged, left=False))


def on_the_right(rule: Rule) -> Rule:
    """The rule applied to every side but the first, which stays what the derivation is about."""
    return replace(rule, apply=lambda r: replace(rule.apply(r), sides=(r.sides[0], *rule.apply(r).sides[1:])))


def _free_powers(term: Term) -> dict[Atom, Fraction]:
    """The factors that do not hang on the term's own sums, with their whole exponents."""
    own = {b.letter for b in term.bounds}
    return {a: e for a, e in term.factors if own.isdisjoint(letters(expr(a)))}


def _common(factors: list[dict[Atom, Fraction]]) -> dict[Atom, Fraction]:
    """Atoms in all of them, each to the power that is nearest to 0; a root only where all have the same one."""
    first, *others = factors
    found = {}
    for atom, e in first.items():
        powers = [e, *(f.get(atom, Fraction(0)) for f in others)]
        same_sign = all(p > 0 for p in powers) or all(p < 0 for p in powers)
        if len(set(powers)) == 1 or (same_sign and all(p.denominator == 1 for p in powers)):
            found[atom] = min(powers, key=abs)
    return found


def _without(term: Term, shared: dict[Atom, Fraction]) -> Term:
    left = ((a, e - shared.get(a, Fraction(0))) for a, e in term.factors)
    return Term(term.coefficient, tuple((a, e) for a, e in left if e), term.bounds)
