"""Reverse mode on a program: the adjoint of an array is the sum, over its uses, of adjoint times local derivative.

From this one rule come affine layers, convolutions and recurrences. Each quantity's adjoint takes four lines:
the chain rule over every use, the local derivatives, the collapse of their brackets, and nothing else.
An array named ``v_bar`` is the adjoint ``∂L/∂v``; ``dy/dx`` is the Jacobian, indexed by y's letters and then x's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.calculus.affine import Affine, Letter, fresh
from derive.calculus.atoms import Bound, Entry, Guard
from derive.calculus.collapse import collapse
from derive.calculus.differentiate import derivative
from derive.calculus.expr import ONE, Expr, Term, add, entry, multiply, total
from derive.calculus.program import Definition, Program
from derive.calculus.ranges import implied
from derive.calculus.substitute import names, renew, replace_entries, subs
from derive.calculus.trace import Line, Relation, Rule


def adjoint(name: str) -> str:
    """The name of ``∂L/∂name``."""
    return f"{name}_bar"


def jacobian(of: str, wrt: str) -> str:
    """The name of ``∂of/∂wrt``."""
    return f"d{of}/d{wrt}"


def gradient(program: Program, wrt: str, letters: Sequence[str] = (), facts: Sequence[Affine] = ()) -> tuple[Line, ...]:
    """The lines of reverse mode from the last definition back to ``wrt``.

    Args:
        program: definitions in order; a last definition with letters gets its adjoint from above, as an input.
        wrt: the array whose adjoint is asked.
        letters: index letters for ``wrt``'s entries; its definition's, or the first use's, by default.
        facts: affine values known not to be negative, such as ``N - K``.

    Raises:
        KeyError: ``wrt`` is no array of the program, or the last definition does not depend on it.
    """
    path = _path(program, wrt)
    lines = [_definition(program, d) for d in program.definitions if d.name in path]
    for name in reversed(path[:-1] if program.definition(path[-1]) else path):
        frame = _frame(program, name, letters if name == wrt else ())
        lines += _adjoint_lines(program, name, frame, path, facts)
    return tuple(lines)


def _path(program: Program, wrt: str) -> list[str]:
    """``wrt`` and every definition between it and the last one, in order."""
    if wrt not in program.shapes:
        raise KeyError(f"{wrt} is no array of this program")
    above = {wrt}
    for d in program.definitions:
        if not above.isdisjoint(names(d.body)):
            above.add(d.name)
    last = program.definitions[-1].name
    if last not in above or last == wrt:
        raise KeyError(f"{last} does not depend on {wrt}")
    below = {last}
    for d in reversed(program.definitions):
        if d.name in below:
            below |= names(d.body)
    order = [wrt, *(d.name for d in program.definitions if d.name != wrt)]
    return [n for n in order if n in above & below]


def _definition(program: Program, d: Definition) -> Line:
    relation = Relation((entry(d.name, *(b.letter for b in d.letters)), d.body), frame=d.letters)
    return Line(DEFINITION, relation, mode="definition")


def _frame(program: Program, name: str, letters: Sequence[str]) -> tuple[Bound, ...]:
    """One letter for each axis of an array: given, the definition's, or those of the first use."""
    shape = program.shapes[name]
    found = program.definition(name)
    chosen = list(letters) or ([b.letter.name for b in found.letters] if found else _used(program, name, len(shape)))
    if len(chosen) != len(shape):
        raise ValueError(f"{name} has {len(shape)} axes, not {len(chosen)}")
    return tuple(Bound(Letter(x), Affine.of(0), size) for x, size in zip(chosen, shape, strict=True))


def _used(program: Program, name: str, rank: int) -> list[str]:
    """The letters of the first use where each stands alone; else p, q, r and so on."""
    from derive.calculus.substitute import atoms

    for d in program.definitions:
        for atom in atoms(d.body):
            if isinstance(atom, Entry) and atom.name == name and all(a.letter for a in atom.at):
                return [a.letter.name for a in atom.at if a.letter]
    return list("pqrstuv"[:rank])


def _adjoint_lines(
    program: Program, name: str, frame: tuple[Bound, ...], path: Sequence[str], facts: Sequence[Affine]
) -> Iterator[Line]:
    uses = [d for d in program.definitions if d.name in path and name in names(d.body)]
    at = tuple(Affine.of(b.letter) for b in frame)
    chained = Relation((entry(adjoint(name), *at), add(_through(program, d, name, at) for d in uses)), frame=frame)
    direct = all(d is program.definitions[-1] and not d.letters for d in uses)
    if not direct:
        yield Line(CHAIN, chained)
    for rule in (_local(uses, name), _collapsing(facts), zeros_outside(program)):
        before = chained
        chained = rule.apply(before)
        if chained != before:
            yield Line(rule, chained, None if direct else before)
            direct = False


def _through(program: Program, d: Definition, name: str, at: tuple[Affine, ...]) -> Expr:
    """One use's share: the user's adjoint times its derivative, summed over the user's letters."""
    over = tuple(Bound(fresh(b.letter), b.low, b.high) for b in d.letters)
    put = {old.letter: Affine.of(new.letter) for old, new in zip(d.letters, over, strict=True)}
    here = [Affine.of(b.letter) for b in over]
    above = ONE if d is program.definitions[-1] and not d.letters else entry(adjoint(d.name), *here)
    ranges = tuple(Bound(b.letter, b.low.subs(put), b.high.subs(put)) for b in over)
    return total(multiply((above, entry(jacobian(d.name, name), *here, *at))), *ranges)


def _local(uses: Sequence[Definition], name: str) -> Rule:
    def apply(relation: Relation) -> Relation:
        return relation.map(lambda side: replace_entries(side, lambda e: _local_derivative(e, uses, name)), left=False)

    return Rule(
        "local derivatives",
        "Differentiate each definition: a sum term by term, a product factor by factor, and one entry by another of the "
        "same array gives 1 if they are the same entry and 0 if not.",
        apply,
        statement=r"\frac{\partial v_a}{\partial v_b} = [a = b]",
    )


def _local_derivative(e: Entry, uses: Sequence[Definition], name: str) -> Expr | None:
    for d in uses:
        if e.name == jacobian(d.name, name):
            rank = len(d.letters)
            put = {b.letter: a for b, a in zip(d.letters, e.at[:rank], strict=True)}
            return derivative(subs(renew(d.body), put), name, e.at[rank:])
    return None


def _collapsing(facts: Sequence[Affine]) -> Rule:
    return Rule(
        "collapse the brackets",
        "A bracket [i = e] under a sum over i keeps only the term with i = e.",
        lambda r: r.map(lambda side: collapse(side, r.frame, facts), left=False),
        condition="The index put in must lie in the range of the sum; where that is not certain a condition stays.",
        statement=r"\sum_i [i = e]\, f(i) = f(e)",
    )


def zeros_outside(program: Program) -> Rule:
    """Drop the guards that only say that an array is read inside its shape: outside, it reads as zero."""
    shapes = {**program.shapes, **{adjoint(n): shape for n, shape in program.shapes.items()}}
    dims = frozenset[Letter]().union(*(a.letters for shape in program.shapes.values() for a in shape))

    def term(t: Term) -> Term:
        inside = [g for a, _ in t.factors if isinstance(a, Entry) for g in _inside(a, shapes.get(a.name, ()))]
        kept = tuple((a, e) for a, e in t.factors if not (isinstance(a, Guard) and implied(a.nonneg, {}, inside, dims)))
        return replace(t, factors=kept)

    return Rule(
        "zero outside",
        "An array that is read outside its range counts as zero, so the condition need not be written.",
        lambda r: r.map(lambda side: Expr(tuple(term(t) for t in side.terms)), left=False),
        condition="Entries outside an array are zero by convention.",
    )


def _inside(e: Entry, shape: tuple[Affine, ...]) -> Iterator[Affine]:
    for at, size in zip(e.at, shape, strict=False):
        yield at
        yield size - 1 - at


DEFINITION = Rule("definition", "The quantity is defined so.", lambda r: r)
CHAIN = Rule(
    "chain rule",
    "The loss feels this entry through every place where it is used: add, over all of them, how the loss changes with "
    "the user times how the user changes with this entry.",
    lambda r: r,
    statement=r"\frac{\partial L}{\partial v_q} = \sum_{w}\sum_a \frac{\partial L}{\partial w_a}\,"
    r"\frac{\partial w_a}{\partial v_q}",
)
