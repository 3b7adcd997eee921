"""Rules about sums: bring together terms that share factors, so that ``Σ A_ij x_j + Σ x_j A_ji`` is one sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import permutations

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Atom, Bound, Group, Power, Reduce
from derive.calculus.expr import Expr, Factor, Term, add, apply, expr, total
from derive.calculus.rules import DoesNotApply
from derive.calculus.substitute import replace_atoms, subs
from derive.calculus.trace import Relation, Rule


def gather(sentence: str = "Take out what the terms share.", title: str = "gather") -> Rule:
    """Write terms that share factors, sums over the same range included, as one product with a parenthesis.

    Raises:
        DoesNotApply: no two terms share a factor.
    """

    def change(relation: Relation) -> Relation:
        new = relation.map(gathered, left=False)
        if new == relation:
            raise DoesNotApply("no two terms share a factor")
        return new

    return Rule(title, sentence, change, statement=r"\sum_j a_j c_j + \sum_j b_j c_j = \sum_j (a_j + b_j)\, c_j")


def join_logarithms(sentence: str = "", condition: str = "Both arguments are positive.") -> Rule:
    """Write ``c·log a − c·log b`` as ``c·log(a/b)``.

    Raises:
        DoesNotApply: no two terms are so.
    """

    def change(relation: Relation) -> Relation:
        new = relation.map(_logarithms_joined, left=False)
        if new == relation:
            raise DoesNotApply("there is no difference of logarithms")
        return new

    said = sentence or "A difference of logarithms is the logarithm of the quotient."
    return Rule("logarithm of a quotient", said, change, condition, statement=r"\log a - \log b = \log\frac{a}{b}")


def _logarithms_joined(value: Expr) -> Expr:
    for a, b in permutations(value.terms, 2):
        first, second = _logarithm(a), _logarithm(b)
        if first is None or second is None or a.coefficient < 0:
            continue
        if replace(first[1], coefficient=-first[1].coefficient) == second[1]:
            joined = Expr((first[1],)) * apply("log", first[0] / second[0])
            return _logarithms_joined(add((*(Expr((t,)) for t in value.terms if t not in (a, b)), joined)))
    return value


def _logarithm(term: Term) -> tuple[Expr, Term] | None:
    """The argument of a term's logarithm, and the term without it."""
    for k, (atom, e) in enumerate(term.factors):
        if isinstance(atom, Apply) and atom.function == "log" and not atom.order and e == 1:
            return atom.args[0], replace(term, factors=term.factors[:k] + term.factors[k + 1 :])
    return None


def split_logarithms(sentence: str, condition: str = "Every factor is positive.") -> Rule:
    """Write the logarithm of a product as a sum of logarithms, exponents in front: ``log Π_s aᵇ`` is ``Σ_s b log a``.

    >>> from derive.calculus.canonical import same
    >>> from derive.calculus.expr import entry
    >>> x, y = entry("x"), entry("y")
    >>> rule = split_logarithms("")
    >>> after = rule.apply(Relation((entry("L"), apply("log", x**2 / y)))).result
    >>> same(after, 2 * apply("log", x) - apply("log", y))
    True
    """

    def leaf(atom: Atom) -> Expr | None:
        return _split(atom.args[0]) if isinstance(atom, Apply) and atom.function == "log" and not atom.order else None

    def change(relation: Relation) -> Relation:
        return relation.map(lambda side: replace_atoms(side, leaf), left=False)

    return Rule("logarithm of a product", sentence, change, condition, statement=r"\log ab = \log a + \log b")


def _split(value: Expr) -> Expr | None:
    """The logarithm of a product, factor by factor; None where there is nothing to split."""
    match value.terms:
        case (Term(1, ((Reduce("prod", bound, body), e),), ()),):
            return e * total(_log(body), bound)
        case (Term(1, ((Apply("exp", (inside,), 0), e),), ()),):
            return e * inside
        case (Term(1, ((Power(base, exponent), e),), ()),):
            return e * exponent * _log(base)
        case (Term(1, ((Group(body), e),), ()),):
            return e * _log(body)
        case (Term(c, factors, ()),) if c > 0 and (len(factors) > 1 or c != 1 or (factors and factors[0][1] != 1)):
            parts = [e * _log(Expr((Term(Fraction(1), ((atom, Fraction(1)),)),))) for atom, e in factors]
            return add(parts if c == 1 else [apply("log", expr(c)), *parts])
    return None


def _log(value: Expr) -> Expr:
    found = _split(value)
    return apply("log", value) if found is None else found


def gathered(value: Expr) -> Expr:
    """The terms, those that share factors joined, first come first served.

    >>> from derive.calculus.expr import entry
    >>> x, y, z = entry("x"), entry("y"), entry("z")
    >>> gathered(x * y - x * z + y) == x * (y - z) + y
    True
    """
    done: list[Term] = []
    for term in value.terms:
        for k, old in enumerate(done):
            if (joined := _joined(old, term)) is not None:
                done[k] = joined
                break
        else:
            done.append(term)
    return Expr(tuple(done))


def _joined(a: Term, b: Term) -> Term | None:
    """The two as one term, with as many common factors as any naming of their bound letters gives."""
    best = max(((_common(a.factors, c.factors), c) for c in _renamed(b, a.bounds)), key=_shared, default=None)
    if best is None or not best[0]:
        return None
    common, c = best
    sign = -1 if a.coefficient < 0 and c.coefficient < 0 else 1
    unit = sign * (abs(a.coefficient) if abs(a.coefficient) == abs(c.coefficient) else Fraction(1))
    rest = (*_rest(a, common, unit), *_rest(c, common, unit))
    inner = Expr(tuple(sorted(rest, key=lambda t: t.coefficient < 0)))
    shared = {atom for atom, _ in common}
    place = next((k for k, (atom, _) in enumerate(a.factors) if atom not in shared), len(common))
    return Term(unit, (*common[:place], (Group(inner), Fraction(1)), *common[place:]), a.bounds)


def _shared(pair: tuple[tuple[Factor, ...], Term]) -> int:
    return len(pair[0])


def _renamed(term: Term, bounds: Sequence[Bound]) -> Iterator[Term]:
    """The term with its bound letters called as the given ones, in every way that keeps the ranges."""
    if len(term.bounds) != len(bounds):
        return
    for order in permutations(term.bounds):
        names = {b.letter: Affine.of(c.letter) for b, c in zip(order, bounds, strict=True)}
        if all(_range(b, names) == (c.low, c.high, c.kind) for b, c in zip(order, bounds, strict=True)):
            (renamed,) = subs(Expr((replace(term, bounds=()),)), names).terms
            yield renamed


def _range(b: Bound, names: dict[Letter, Affine]) -> tuple[Affine, Affine, str]:
    return b.low.subs(names), b.high.subs(names), b.kind


def _common(a: Sequence[Factor], b: Sequence[Factor]) -> tuple[Factor, ...]:
    """The factors that both have, to the power that both have."""
    left = dict(b)
    found = []
    for atom, e in a:
        f = left.pop(atom, Fraction(0))
        if isinstance(atom, Group) or e * f <= 0:
            continue
        if e == f or e.denominator == f.denominator == 1:
            found.append((atom, min(e, f, key=abs)))
    return tuple(found)


def _rest(term: Term, common: Sequence[Factor], unit: Fraction) -> tuple[Term, ...]:
    """What is left of a term beside the common factors, as terms: a parenthesis alone is opened."""
    taken = dict(common)
    factors = [(atom, e - taken.get(atom, Fraction(0))) for atom, e in term.factors if e != taken.get(atom)]
    c = term.coefficient / unit
    match factors:
        case [(Group(body), e)] if e == 1:
            return tuple(replace(t, coefficient=t.coefficient * c) for t in body.terms)
    return (Term(c, tuple(factors)),)
