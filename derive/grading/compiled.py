"""Expressions compiled to closures: every entry is computed by itself, lazily, with sums as plain loops.

A factor that is a bracket, a guard or an indicator is looked at first; where it is 0 nothing else of its term
is evaluated. What depends on fewer letters than the loops round it is computed once (`Run.memo`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product as places_of

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import (
    Apply,
    Atom,
    Bound,
    Cases,
    Entry,
    Group,
    MatrixFunction,
    Number,
    Power,
    Reduce,
)
from derive.calculus.expr import MARKS, Expr, Term, expr
from derive.calculus.functions import DEFINITIONS
from derive.calculus.functions import TABLE as DERIVATIVES
from derive.calculus.substitute import binders, names
from derive.grading import balls
from derive.grading.balls import ONE, ZERO, Undefined, number
from derive.grading.conditions import Conditions, fixed
from derive.grading.contract import contracted
from derive.grading.loops import Loops, Value, Whole
from derive.grading.nearest import is_nearest, with_ties
from derive.grading.prepare import written_out
from derive.grading.run import OverBudget, Place, Point, Run, Unsupported
from derive.grading.scalars import TABLE


class Compiler(Conditions, Loops):
    """Compiles expressions that share one set of letters."""

    def __init__(self) -> None:
        self.slots: dict[Letter, int] = {}
        self.known: dict[Expr, Value] = {}
        self.shapes = {}

    def slot(self, letter: Letter) -> int:
        """Where a letter's value is kept."""
        return self.slots.setdefault(letter, len(self.slots))

    def affine(self, value: Affine) -> Whole:
        """An index or a bound."""
        if (fixed := value.constant) is not None:
            return lambda _: fixed
        terms = [([self.slot(x) for x in monomial], c) for monomial, c in value.terms]
        if value.letter is not None:
            slot = self.slot(value.letter)
            return lambda run: run.env[slot]

        def total(run: Run) -> int:
            result = 0
            for slots, c in terms:
                for s in slots:
                    c *= run.env[s]
                result += c
            return result

        return total

    def expr(self, value: Expr) -> Value:
        """An expression."""
        if value not in self.known:
            self.known[value] = self._expr(value)
        return self.known[value]

    def _expr(self, value: Expr) -> Value:
        terms = [self.term(t) for t in value.terms]
        if len(terms) == 1:
            return terms[0]
        if len(terms) == 2:
            first, second = terms
            return lambda run: first(run) + second(run)

        def total(run: Run) -> balls.Number:
            result: balls.Number = ZERO
            for t in terms:
                result = result + t(run)
            return result

        return total

    def term(self, term: Term) -> Value:
        """A term: its sums round its product."""
        term = contracted(term)
        body = self.product(term.coefficient, term.factors)
        for bound in reversed(term.bounds):
            body = self.sum(bound, body)
        return self.remember(Expr((term,)), body) if term.bounds else body

    def product(self, coefficient: Fraction, factors: Sequence[tuple[Atom, Fraction]]) -> Value:
        """A product; conditions come first."""
        tests = [self.test(a) for a, _ in factors if isinstance(a, MARKS)]
        gates = [self.atom(a) for a, e in factors if isinstance(a, Group) and e > 0 and _gate(a)]
        rest = [self.factor(a, e) for a, e in factors if not isinstance(a, MARKS)]
        scale = number(coefficient)
        plain = self._plain(scale, rest)
        if not tests and not gates:
            return plain
        return lambda run: plain(run) if all(t(run) for t in tests) and all(g(run) != 0 for g in gates) else ZERO

    def _plain(self, scale: balls.Number, rest: Sequence[Value]) -> Value:
        if not rest:
            return lambda _: scale
        if len(rest) == 1:
            (only,) = rest
            return only if scale == ONE else lambda run: scale * only(run)

        cost = max(1, len(rest) - 3)

        def result(run: Run) -> balls.Number:
            run.spend(cost)
            before, total = len(run.outside), scale
            for f in rest:
                total = total * f(run)
            if len(run.outside) > before:
                _forgive(run, rest, before)
            return total

        return result

    def factor(self, atom: Atom, exponent: Fraction) -> Value:
        """An atom to a rational power."""
        base = self.atom(atom)
        if exponent == 1:
            return base
        if exponent.denominator == 1:
            n = int(exponent)
            return lambda run: balls.integer_power(run, base(run), n)
        rooted: Value = lambda run: balls.rational_power(run, base(run), exponent)  # noqa: E731
        return self.remember(Expr((Term(Fraction(1), ((atom, exponent),)),)), rooted)  # type: ignore[no-any-return]

    def atom(self, atom: Atom) -> Value:
        """An atom."""
        match atom:
            case Entry(name, at):
                return self.entry(name, [self.affine(a) for a in at])
            case Number(value):
                whole = self.affine(value)
                return lambda run: number(whole(run))
            case Group(body):
                return self.expr(body)
            case Apply():
                return self.apply(atom)
            case Power(base, exponent):
                below, above = self.expr(base), self.expr(exponent)
                return lambda run: balls.power(run, below(run), above(run))
            case Reduce(op, bound, body):
                return self.remember(expr(atom), self.reduce(op, bound, self.expr(body)))  # type: ignore[no-any-return]
            case Cases(branches, otherwise):
                return self.cases([(self.condition(c), self.expr(e)) for c, e in branches], otherwise)
            case MatrixFunction():
                return self.matrix(atom)
        raise Unsupported(f"no value for {type(atom).__name__}")

    def entry(self, name: str, at: Sequence[Whole]) -> Value:
        """An entry of an array; outside it reads as zero, and the run says so."""

        def read(run: Run) -> balls.Number:
            table = run.arrays[name]
            place = tuple([a(run) for a in at])
            value = table.values.get(place)
            if value is None:
                if len(place) != len(table.shape):
                    raise Unsupported(f"{name} has {len(table.shape)} indices, not {len(place)}")
                run.outside.append((name, place))
                return ZERO
            return value

        return read

    def apply(self, atom: Apply) -> Value:
        """A function of its arguments; the derivative of a known function is written out first."""
        name, order = atom.function, atom.order
        known = name in DERIVATIVES or name in DEFINITIONS
        if known and (order or name not in TABLE):
            return self.expr(written_out(name, order, atom.args[0]))
        args = [self.expr(a) for a in atom.args]
        if name in TABLE and not order:
            return self._call(atom, name, args)
        return lambda run: run.functions[name](run, order, tuple(a(run) for a in args))

    def _call(self, atom: Apply, name: str, args: Sequence[Value]) -> Value:
        function = with_ties(TABLE[name]) if is_nearest(atom) else TABLE[name]
        if len(args) == 1:
            (only,) = args
            call: Value = lambda run: function(run, only(run))  # noqa: E731
            call = call if names(atom.args[0]) else fixed(call)
            return self.remember(expr(atom), call) if binders(atom.args[0]) else call
        return lambda run: function(run, *[a(run) for a in args])

    def cases(self, branches: Sequence[tuple[Callable[[Run], bool], Value]], otherwise: Expr | None) -> Value:
        """The first branch whose condition holds."""
        last = self.expr(otherwise) if otherwise is not None else _missing

        def choose(run: Run) -> balls.Number:
            for holds, value in branches:
                if holds(run):
                    return value(run)
            return last(run)

        return choose


def _gate(atom: Atom) -> bool:
    """Whether a factor is made of conditions alone, such as ``1 - [i=j]``."""
    if not isinstance(atom, Group):
        return isinstance(atom, MARKS)
    return not any(t.bounds for t in atom.body.terms) and all(_gate(a) for t in atom.body.terms for a, _ in t.factors)


def _forgive(run: Run, factors: Sequence[Value], before: int) -> None:
    """Forget what was read outside in a product that another factor makes zero anyway."""
    for f in factors:
        mark = len(run.outside)
        value = f(run)
        if len(run.outside) == mark and value == 0:
            del run.outside[before:]
            return


def _missing(_: Run) -> balls.Number:
    raise Undefined("no case holds")


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a comparison, ready to be evaluated: one function for all entries."""

    value: Value
    shape: tuple[Whole, ...]
    frame: tuple[int, ...]
    slots: dict[Letter, int]

    def run(self, point: Point, fuel: int, last: bool = False) -> Run:
        """A fresh run at a point."""
        run = Run(point, len(self.slots), fuel, last)
        for letter, k in self.slots.items():
            if not letter.uid and letter.name in point.letters:
                run.env[k] = point.letters[letter.name]
        return run

    def sizes(self, point: Point) -> tuple[int, ...]:
        """The shape at a point's sizes."""
        if not self.shape:
            return ()
        run = self.run(point, 0)
        return tuple(s(run) for s in self.shape)

    def entry(self, run: Run, place: Place) -> balls.Number:
        """The entry at a place, counted from 0."""
        for slot, k in zip(self.frame, place, strict=True):
            run.env[slot] = k
        return self.value(run)


def compile_side(body: Expr, frame: Sequence[Bound] = (), shape: Sequence[Affine] | None = None) -> Side:
    """Compile an expression with its free letters.

    >>> from derive.calculus.expr import apply, entry
    >>> from derive.grading.run import Table
    >>> x = Point({"x": Table((), {(): number(0)})}, {})
    >>> side = compile_side(apply("exp", entry("x")) + entry("x"))
    >>> side.entry(side.run(x, 100), ())
    1
    """
    compiler = Compiler()
    frame_slots = tuple(compiler.slot(b.letter) for b in frame)
    sizes = shape if shape is not None else [b.high - b.low for b in frame]
    wholes = tuple(compiler.affine(s) for s in sizes)
    return Side(compiler.expr(body), wholes, frame_slots, compiler.slots)


def places(shape: Sequence[int], fuel: int) -> list[Place]:
    """Every place of an array, in order."""
    cells = 1
    for n in shape:
        cells *= max(n, 0)
    if cells > fuel:
        raise OverBudget("an array with too many entries")
    return list(places_of(*(range(n) for n in shape)))
