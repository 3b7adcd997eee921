"""Definitions and loops as statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from derive.calculus.affine import Affine
from derive.calculus.atoms import Bracket, Guard
from derive.calculus.expr import Factor, Term
from derive.calculus.program import Definition
from derive.notation.code_expr import added, summed, term
from derive.notation.code_product import joined
from derive.notation.code_schedule import Loop
from derive.notation.code_scope import Scope, Writer
from derive.notation.code_values import ATOM, NotExportable, Value, broken, ordered

Scopes = Mapping[str, Scope]


def write(step: Definition | Loop, writer: Writer) -> None:
    """The statements that compute a definition, or the definitions of a loop.

    Raises:
        NotExportable: an array does not start at 0.
    """
    if isinstance(step, Definition):
        _assign(step, writer)
        return
    for d in step.definitions:
        _from_zero(d)
        shape = writer.shape([b.high for b in d.letters], Scope())
        writer.line(f"{writer.array(d.name)} = {writer.target.zeros.format(shape)}")
    _loop(step, {d.name: Scope() for d in step.definitions}, writer)


def _from_zero(d: Definition) -> None:
    for b in d.letters:
        if b.low.terms:
            raise NotExportable(f"{d.name} does not start at 0 along {b.letter.name}")


def _assign(d: Definition, writer: Writer) -> None:
    _from_zero(d)
    scope = Scope()
    for b in d.letters:
        scope = scope.bind(b)
    value = writer.spread(summed(d.body, writer, scope), scope.axes, scope)
    text = writer.target.copy.format(value.text) if value.text.isidentifier() else value.text
    writer.line(f"{writer.array(d.name)} = {broken(text, writer.indent)}")
    writer.known.setdefault(value.text, writer.array(d.name))


def _loop(loop: Loop, scopes: Scopes, writer: Writer) -> None:
    definitions = list(loop.definitions)
    first = definitions[0].letters[loop.axes[definitions[0].name]]
    name = writer.names.of(("loop", len(writer.indent)), first.letter.name)
    highs = list(dict.fromkeys(d.letters[loop.axes[d.name]].high for d in definitions))
    limits = [writer.index(h, Scope(), ()).text for h in highs]
    count = limits[0] if len(limits) == 1 else f"max({', '.join(limits)})"
    inner = {d.name: scopes[d.name].loop(d.letters[loop.axes[d.name]], name) for d in definitions}
    writer.line(f"for {name} in {'reversed(range(' + count + '))' if loop.backwards else 'range(' + count + ')'}:")
    with writer.indented():
        for step in loop.steps:
            if isinstance(step, Loop):
                _loop(step, inner, writer)
            else:
                high = step.letters[loop.axes[step.name]].high
                _slice(step, inner[step.name], None if len(highs) == 1 else f"{name} < {_shown(high, writer)}", writer)


def _shown(value: Affine, writer: Writer) -> str:
    return writer.index(value, Scope(), ()).text


def _slice(d: Definition, scope: Scope, only: str | None, writer: Writer) -> None:
    """One definition at one step of the loops round it."""
    if only is not None:
        writer.line(f"if {only}:")
    with writer.indented(only is not None):
        for b in d.letters:
            if b.letter not in scope.python:
                scope = scope.bind(b)
        slots = [scope.python.get(b.letter, ":") for b in d.letters]
        while slots[-1:] == [":"]:
            slots.pop()
        value = writer.lay(_conditional(d, scope, writer), scope.axes)
        writer.line(f"{writer.array(d.name)}[{', '.join(slots)}] = {broken(value.text, writer.indent)}")


def _conditional(d: Definition, scope: Scope, writer: Writer) -> Value:
    """The body; a term that counts only at some steps is not computed at the others."""
    pieces: list[tuple[bool, Value, Value | None]] = []
    for t in d.body.terms:
        marks = [f for f in t.factors if _is_step_mark(f, scope)]
        rest = Term(t.coefficient, tuple(f for f in t.factors if f not in marks), t.bounds)
        relations = [
            writer.relation(
                a.zero if isinstance(a, Bracket) else a.nonneg, "==" if isinstance(a, Bracket) else ">=", scope
            )
            for a, _ in marks
            if isinstance(a, Bracket | Guard)
        ]
        mask = joined(relations, scope.axes, writer) if relations else None
        pieces.append((t.coefficient < 0, writer.tensor(term(rest, writer, scope)), mask))
    over = ordered(scope.axes, [v for _, v, _ in pieces])
    laid = [(negative, _if(writer.lay(v, over), mask)) for negative, v, mask in pieces]
    return added(laid, writer, replace(scope, axes=over)) if laid else Value("0", kind="number")


def _if(value: Value, mask: Value | None) -> Value:
    if mask is None:
        return value
    return Value(f"({value.text} if {mask.text} else 0)", (), ATOM, finite=value.finite)


def _is_step_mark(factor: Factor, scope: Scope) -> bool:
    match factor[0]:
        case Bracket(value) | Guard(value):
            return value.letters.isdisjoint(scope.axes)
    return False
