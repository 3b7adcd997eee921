"""Judging somebody's formula for a gradient: is it the one that the program has?

The formula may be index text, Python or LaTeX, entry by entry or in matrix form, and may use any name of the program or
write it out. Names that rest on no recurrence are written out on both sides and compared exactly; with recurrences both
sides are evaluated along the program's own values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, Entry
from derive.calculus.chain import adjoint
from derive.calculus.collapse import collapse
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import ONE, Expr, Term, group
from derive.calculus.folding import hypothesis
from derive.calculus.gradient import Gradients
from derive.calculus.program import Definition, Program
from derive.calculus.substitute import letters, names, renew, replace_entries, subs
from derive.calculus.trace import Relation
from derive.calculus.values import values
from derive.grading.decide import decide
from derive.grading.domains import Symbol
from derive.grading.space import Space
from derive.grading.verdict import Verdict, different, message, sampled, shape_clash
from derive.notation.claim_reader import Claim

TOLERANCE = 1e-9
LONG = 4000  # written out, a formula of more characters is rather evaluated


@dataclass(frozen=True)
class _Side:
    shape: tuple[Affine, ...]
    frame: tuple[Bound, ...]
    body: Expr


def judge(program: Program, right: Relation, claim: Claim, given: Sequence[Relation] = ()) -> Verdict:
    """Whether a formula is a derivative that was derived.

    Args:
        program: the forward definitions and those of the derivatives that the formulas may use.
        right: the derivative's relation.
        claim: the formula, read.
        given: hypotheses, which both sides may use.
    """
    reference = _Side(tuple(b.high for b in right.frame), right.frame, right.result)
    shape = (Affine.of(1), *claim.shape) if claim.row and len(claim.shape) == 1 else claim.shape
    if len(shape) != len(reference.shape):
        return shape_clash(reference.shape, shape)
    open_ = _circular(program)
    known = {d.name: d for d in program.definitions if d.name not in open_}
    sides = [_written_out(s, known, given) for s in (reference, _Side(claim.shape, claim.frame, claim.body))]
    unknown = names(sides[1].body) - set(program.shapes)
    if unknown:
        return message("unreadable", f"{', '.join(sorted(unknown))}: the program has no such name.")
    if any(names(s.body) & open_ for s in sides):
        if given:
            return message("undecided", "A recurrence under a hypothesis is not decided; a person should look.")
        return _along(program, sides[0], sides[1])
    rows = {n for n in map(_summing_to_one, given) if n is not None}
    symbols = {n: Symbol(n, shape, "prob" if n in rows else "real") for n, shape in program.shapes.items()}
    verdict = decide(sides[0], sides[1], Space(symbols, strict=False, index_base=claim.base, seed=claim.text))
    if verdict.verdict == "different" and len(rows) < len(given):
        return message("undecided", "They differ in general; no values were drawn for which the hypotheses hold.")
    return verdict


def _summing_to_one(given: Relation) -> str | None:
    """The array of which a hypothesis says that it sums to 1 along its last axis."""
    match given.left.terms:
        case (Term(c, ((Entry(name, at), e),), (bound,)),) if c == e == 1 and at and given.result == ONE:
            return name if at[-1].letter == bound.letter else None
    return None


def with_adjoints(found: Gradients) -> Program:
    """The forward definitions and every adjoint."""
    adjoints = [Definition(adjoint(n), r.frame, r.result) for n, r in found.adjoints.items()]
    shapes = {**found.source.shapes, **{adjoint(n): found.source.shapes[n] for n in found.adjoints}}
    if found.cotangent:
        shapes[found.cotangent] = found.source.shapes[found.source.definitions[-1].name]
    return Program((*found.source.definitions, *adjoints), shapes, found.source.functions)


def _circular(program: Program) -> set[str]:
    """The arrays that rest on themselves: those that run through time."""
    reads = {d.name: names(d.body) for d in program.definitions}
    found = set()
    for start in reads:
        seen, todo = set[str](), [*reads[start]]
        while todo:
            name = todo.pop()
            if name in reads and name not in seen:
                seen.add(name)
                todo += reads[name]
        if start in seen:
            found.add(start)
    return found


def _written_out(side: _Side, known: Mapping[str, Definition], given: Sequence[Relation]) -> _Side:
    """A side with every known name replaced by what it stands for."""
    body = side.body
    for _ in count():
        if not names(body) & set(known):
            break
        body = replace_entries(body, lambda e: _meaning(known, e.name, e.at))
    relation = Relation((body, body), frame=side.frame)
    for rule in map(hypothesis, given):
        relation = rule.apply(relation)
    return _Side(side.shape, side.frame, collapse(relation.result, side.frame))


def _meaning(known: Mapping[str, Definition], name: str, at: Iterable[Affine]) -> Expr | None:
    d = known.get(name)
    if d is None:
        return None
    return group(subs(renew(d.body), {b.letter: a for b, a in zip(d.letters, at, strict=True)}))


def _along(program: Program, reference: _Side, claim: _Side) -> Verdict:
    """Both sides evaluated along the program's own values, at three settings."""
    used = []
    for k, sizes in enumerate(settings(program, reference.body, claim.body)):
        rng = np.random.default_rng(k)
        numbers = {Letter(n): v for n, v in sizes.items()}
        inputs = {n: rng.normal(size=[a.at(numbers) for a in program.shapes[n]]) for n in program.inputs}
        arrays = values(program, inputs, numbers)
        first, second = (_table(s, arrays, numbers) for s in (reference, claim))
        if first.shape != second.shape:
            return shape_clash(first.shape, second.shape)
        gap = np.abs(first - second) / np.maximum(1.0, np.abs(first))
        if not (gap <= TOLERANCE).all():
            place = np.unravel_index(int(np.argmax(np.nan_to_num(gap, nan=np.inf))), gap.shape)
            shown = {n: v.tolist() for n, v in inputs.items()}
            return different(
                sizes=sizes,
                values=shown,
                entry=[int(x) for x in place],
                reference_value=repr(float(first[place])),
                answer_value=repr(float(second[place])),
            )
        used.append(sizes)
    return sampled(used, len(used), 9)


def _table(side: _Side, arrays: Mapping[str, Any], numbers: Mapping[Letter, int]) -> Any:
    frame = [(b.letter, (b.high - b.low).at(numbers)) for b in side.frame]
    return tabulate(side.body, frame, arrays, numbers)


def settings(program: Program, *others: Expr) -> list[dict[str, int]]:
    """Three sizes of everything: every dimension at least 2, different letters differ, every axis has an entry."""
    sizes = {x for shape in program.shapes.values() for a in shape for x in a.letters}
    bound = {b.letter for d in program.definitions for b in d.letters}
    bodies = [*(d.body for d in program.definitions), *others]
    loose = {x for body in bodies for x in letters(body) if not x.uid} - sizes - bound
    loose -= {x for x in loose if x.name.startswith("axis")}
    order = sorted(sizes, key=lambda x: (sum(x in a.letters for s in program.shapes.values() for a in s), x))
    found = []
    for k in range(3):
        for spread in (1, 3, 7, 20):
            numbers = {x: 2 + k + spread * p for p, x in enumerate(order)} | dict.fromkeys(loose, 1 + k)
            if all(a.at(numbers) >= 1 for s in program.shapes.values() for a in s):
                found.append({x.name: v for x, v in numbers.items()})
                break
    return found
