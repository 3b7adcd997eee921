"""One-edit mutants of a result: a check that lets one live proves little."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from derive.calculus.affine import Affine
from derive.calculus.atoms import Bracket, Entry, Guard, Indicator
from derive.calculus.canonical import same
from derive.calculus.expr import Expr, Factor, Term
from derive.calculus.facts import Facts
from derive.calculus.trace import Relation, Table
from derive.derivations.base import Derivation

if TYPE_CHECKING:
    from derive.verify.check import World


def mutants(relation: Relation) -> Iterator[tuple[str, Relation]]:
    """The result with one edit each: a sign, a factor, a coefficient, an index, an exponent; each says what it broke."""
    if isinstance(relation.right, Table) or set(relation.ops) != {"="}:
        return
    for number, term in enumerate(relation.right.terms, 1):
        for what, changed in _edits(term):
            terms = (*relation.right.terms[: number - 1], changed, *relation.right.terms[number:])
            yield f"{what} in term {number}", replace(relation, sides=(*relation.sides[:-1], Expr(terms)))


def _edits(term: Term) -> Iterator[tuple[str, Term]]:
    yield "sign", replace(term, coefficient=-term.coefficient)
    yield "coefficient", replace(term, coefficient=term.coefficient * Fraction(2))
    for k, (atom, e) in enumerate(term.factors):
        if isinstance(atom, Bracket | Guard | Indicator):
            continue
        rest = term.factors[:k] + term.factors[k + 1 :]
        yield "dropped factor", replace(term, factors=rest)
        yield "exponent", replace(term, factors=(*rest, (atom, e + 1)))
        if isinstance(atom, Entry) and atom.at:
            yield from _moved(term, rest, atom, e)


def _moved(term: Term, rest: tuple[Factor, ...], atom: Entry, e: Fraction) -> Iterator[tuple[str, Term]]:
    shifted = Entry(atom.name, (atom.at[0] + Affine.of(1), *atom.at[1:]))
    yield "shifted index", replace(term, factors=(*rest, (shifted, e)))
    if len(atom.at) > 1:
        swapped = Entry(atom.name, tuple(reversed(atom.at)))
        yield "transposed", replace(term, factors=(*rest, (swapped, e)))


@dataclass(frozen=True, slots=True)
class Toll:
    """How the mutants of a result fared; an equivalent one has the canonical form of the result itself."""

    mutants: int
    equivalent: int
    alive: tuple[str, ...]

    @property
    def killed(self) -> int:
        """The mutants that some check found out."""
        return self.mutants - self.equivalent - len(self.alive)


def toll(derivation: Derivation, worlds: Sequence[World]) -> Toll:
    """Try every mutant of the result against every world."""
    from derive.verify.check import TOLERANCE, line_error

    if derivation.mode == "iff":
        return Toll(0, 0, ())
    found = list(mutants(derivation.result))
    alive = [(w, m) for w, m in found if all(line_error(m, world) <= TOLERANCE for world in worlds)]
    facts = Facts.of({n: s.domain for n, s in derivation.symbols.items()}, frame=derivation.result.frame)
    result = derivation.result.right
    equal = [w for w, m in alive if isinstance(result, Expr) and same(result, m.result, facts=facts)]
    return Toll(len(found), len(equal), tuple(w for w, _ in alive if w not in equal))
