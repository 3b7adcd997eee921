"""Expressions as SymPy's: ``Sum`` over ``Indexed``; brackets are ``KroneckerDelta``, guards ``Heaviside(…, 1)``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sympy
from sympy.matrices.expressions.matexpr import MatrixElement

from derive.calculus.affine import ZERO, Affine, Letter
from derive.calculus.atoms import (
    Apply,
    Atom,
    Bound,
    Bracket,
    Cases,
    Compare,
    Condition,
    Entry,
    Group,
    Guard,
    Indicator,
    MatrixFunction,
    Number,
    Power,
    Reduce,
)
from derive.calculus.averages import average
from derive.calculus.expr import Expr, Term
from derive.calculus.functions import DEFINITIONS, TABLE, unfolded
from derive.calculus.program import Definition, Program
from derive.calculus.ranges import implied
from derive.calculus.substitute import atoms, children, free_letters
from derive.calculus.trace import Relation, Table
from derive.notation.code_values import NotExportable
from derive.notation.index_names import Shape, shape_of
from derive.notation.sympy_functions import FUNCTIONS, LOGIC, RELATIONS

SymbolNames = Mapping[str | tuple[str, str], str]


def to_sympy(
    value: Expr,
    *,
    shapes: Mapping[str, Shape] | None = None,
    frame: Sequence[Bound] = (),
    names: SymbolNames | None = None,
) -> Any:
    """The SymPy expression of an expression.

    Args:
        value: what is exported; letters become integer symbols, scalars real symbols, arrays ``IndexedBase``.
        shapes: array name → dimensions; an entry that may lie outside its array is then zero there by a ``Heaviside``.
        frame: free letters with their ranges.
        names: array or function → its name in SymPy; ``("letter", i)`` → the name of the symbol for the letter i.

    Raises:
        NotExportable: SymPy has no word for something; the message says for what.

    >>> from derive.notation.index_language import expression
    >>> to_sympy(expression("sum(W[i,j]*x[j], j)**2/2", shapes={"W": "m n", "x": "n"}))
    Sum(W[i, j]*x[j], (j, 0, n - 1))**2/2
    """
    return _exporter(shapes, names, value).start(value, frame)


def relation_sympy(relation: Relation, *, shapes: Mapping[str, Shape] | None = None) -> Any:
    """The relation, or the conjunction of a chain's relations; NotExportable beside what `to_sympy` refuses: a table."""
    if any(isinstance(s, Table) for s in relation.sides):
        raise NotExportable("a table of entries is no single SymPy expression")
    sides = [to_sympy(s, shapes=shapes, frame=relation.frame) for s in relation.sides if isinstance(s, Expr)]
    links = zip(sides, relation.ops, sides[1:], strict=False)
    return sympy.And(*(RELATIONS[op](a, b, evaluate=False) for a, op, b in links))


def definition_sympy(d: Definition, shapes: Mapping[str, Shape] | None = None, names: SymbolNames | None = None) -> Any:
    """``Eq(name[letters], body)``."""
    exporter = _exporter(shapes, names, d.body)
    left = exporter.base(d.name, [exporter.symbol(b.letter.name) for b in d.letters])
    return sympy.Eq(left, exporter.start(d.body, d.letters), evaluate=False)


def program_sympy(program: Program) -> dict[str, Any]:
    """Array → its definition as an ``Eq``, in order.

    >>> from derive.notation.index_language import program
    >>> program_sympy(program("y[i] := x[i]**2; L := sum(y[k], k)"))
    {'y': Eq(y[i], x[i]**2), 'L': Eq(L, Sum(y[k], (k, 0, I - 1)))}
    """
    return {d.name: definition_sympy(d, program.shapes) for d in program.definitions}


def _exporter(shapes: Mapping[str, Shape] | None, names: SymbolNames | None, value: Expr) -> _Exporter:
    sizes = {x for shape in (shapes or {}).values() for a in shape for x in a.letters}
    return _Exporter(shapes or {}, {} if names is None else names, frozenset(sizes or set(_limits(value))))


def _limits(value: Expr) -> Iterator[Letter]:
    """The letters of limits that stand in no slot: taken for dimensions where no shape says which are."""
    slots = {x for a in atoms(value) if isinstance(a, Entry) for s in a.at for x in s.letters}
    for term in value.terms:
        yield from (x for b in term.bounds for a in (b.low, b.high) for x in a.letters - slots)
        for atom, _ in term.factors:
            if isinstance(atom, Reduce):
                yield from (x for a in (atom.bound.low, atom.bound.high) for x in a.letters - slots)
            yield from (x for child in children(atom) for x in _limits(child))


@dataclass(frozen=True)
class _Scope:
    """Letter → symbol, the ranges of letters, and whether this is inside a sum or a condition."""

    symbols: Mapping[Letter, Any] = field(default_factory=dict)
    ranges: Mapping[Letter, tuple[Affine, Affine]] = field(default_factory=dict)
    inner: bool = False

    def bind(self, letter: Letter, symbol: Any, low: Affine, high: Affine, inner: bool = True) -> _Scope:
        return _Scope({**self.symbols, letter: symbol}, {**self.ranges, letter: (low, high)}, inner)


@dataclass(frozen=True)
class _Exporter:
    shapes: Mapping[str, Shape]
    names: SymbolNames
    dims: frozenset[Letter]

    def symbol(self, name: str) -> Any:
        return sympy.Symbol(self.names.get(("letter", name), name), integer=True)

    def base(self, name: str, at: Sequence[Any]) -> Any:
        shown = self.names.get(name, name)
        return sympy.IndexedBase(shown, real=True)[tuple(at)] if at else sympy.Symbol(shown, real=True)

    def start(self, value: Expr, frame: Sequence[Bound]) -> Any:
        scope = _Scope({x: self.symbol(x.name) for x in sorted(free_letters(value))})
        for b in frame:
            scope = scope.bind(b.letter, self.symbol(b.letter.name), b.low, b.high, inner=False)
        return self.expr(value, scope)

    def bind(self, letter: Letter, low: Affine, high: Affine, scope: _Scope) -> tuple[Any, _Scope]:
        """A symbol for a bound letter that no letter in scope has, and the scope with it."""
        taken = {s.name for s in scope.symbols.values()} | {x.name for x in self.dims} | set(self.shapes)
        name, k = letter.name, 1
        while self.names.get(("letter", name), name) in taken:
            k, name = k + 1, f"{letter.name}{k}"
        symbol = self.symbol(name)
        return symbol, scope.bind(letter, symbol, low, high)

    def sure(self, nonneg: Affine, scope: _Scope) -> bool:
        return implied(nonneg, scope.ranges, (), self.dims)

    def affine(self, value: Affine, scope: _Scope) -> Any:
        products = ((c, [scope.symbols.get(x) or self.symbol(x.name) for x in m]) for m, c in value.terms)
        return sympy.Add(*(sympy.Mul(c, *factors) for c, factors in products))

    def expr(self, value: Expr, scope: _Scope) -> Any:
        return sympy.Add(*(self.term(t, scope) for t in value.terms))

    def term(self, t: Term, scope: _Scope) -> Any:
        limits, t = [], average(t)
        for b in t.bounds:
            if b.kind != "sum":
                raise NotExportable(f"an {b.kind} over {b.letter.name}: only sums over integers are exported")
            limit, scope = self.limits(b.letter, b.low, b.high, scope)
            limits.append(limit)
        value = sympy.Mul(*(self.atom(a, scope) ** sympy.Rational(e.numerator, e.denominator) for a, e in t.factors))
        for limit in reversed(limits):
            value = sympy.Sum(value, limit)
        return sympy.Rational(t.coefficient.numerator, t.coefficient.denominator) * value

    def limits(self, letter: Letter, low: Affine, high: Affine, scope: _Scope) -> tuple[Any, _Scope]:
        """SymPy's limits, and the inner scope; a range may be empty, but for SymPy not shorter than that."""
        symbol, inner = self.bind(letter, low, high, scope)
        first, last = self.affine(low, scope), self.affine(high - 1, scope)
        return (symbol, first, last if self.sure(high - low, scope) else sympy.Max(last, first - 1)), inner

    def atom(self, atom: Atom, scope: _Scope) -> Any:
        match atom:
            case Entry():
                return self.entry(atom, scope)
            case Number(value):
                return self.affine(value, scope)
            case Bracket(zero):
                left = Affine.collect((m, c) for m, c in zero.terms if c > 0)
                return sympy.KroneckerDelta(self.affine(left, scope), self.affine(left - zero, scope))
            case Guard(nonneg):
                return sympy.Heaviside(self.affine(nonneg, scope), 1)
            case Group(body):
                return self.expr(body, scope)
            case Apply():
                return self.call(atom, scope)
            case Power(base, exponent):
                return self.expr(base, scope) ** self.expr(exponent, scope)
            case Indicator(condition):
                if scope.inner:
                    return self.mark(condition, scope)
                return sympy.Piecewise((1, self.condition(condition, scope)), (0, True), evaluate=False)
            case Cases(branches, otherwise):
                return self.cases(branches, otherwise, scope)
            case Reduce():
                return self.reduced(atom, scope)
            case MatrixFunction():
                return self.matrix(atom, scope)

    def entry(self, atom: Entry, scope: _Scope) -> Any:
        found = self.base(atom.name, [self.affine(a, scope) for a in atom.at])
        shape = shape_of(atom.name, self.shapes) or ()
        edges = [e for a, size in zip(atom.at, shape, strict=False) for e in (a, size - 1 - a)]
        inside = [sympy.Heaviside(self.affine(e, scope), 1) for e in edges if not self.sure(e, scope)]
        return sympy.Mul(found, *inside)

    def call(self, atom: Apply, scope: _Scope) -> Any:
        known = atom.function in TABLE or atom.function in DEFINITIONS
        if known and (atom.order or atom.function not in FUNCTIONS):
            return self.expr(unfolded(atom.function, atom.order, atom.args[0]), scope)
        args = [self.expr(a, scope) for a in atom.args]
        if atom.function in FUNCTIONS:
            return FUNCTIONS[atom.function](*args)
        function = sympy.Function(self.names.get(atom.function, atom.function))
        if not atom.order:
            return function(*args)
        variable = sympy.Symbol("xi", real=True)
        return sympy.Subs(sympy.Derivative(function(variable), (variable, atom.order)), variable, args[0])

    def cases(self, branches: Sequence[tuple[Condition, Expr]], otherwise: Expr | None, scope: _Scope) -> Any:
        last = sympy.nan if otherwise is None else self.expr(otherwise, scope)
        if not scope.inner:
            rows = [(self.expr(v, scope), self.condition(c, scope)) for c, v in branches]
            return sympy.Piecewise(*rows, (last, True), evaluate=False)
        if otherwise is None:
            raise NotExportable("cases without an otherwise, under a sum or in a condition")
        for c, value in reversed(branches):
            here = self.mark(c, scope)
            last = here * self.expr(value, scope) + (1 - here) * last
        return last

    def condition(self, c: Condition, scope: _Scope) -> Any:
        if isinstance(c, Compare):
            inside = replace(scope, inner=True)
            return RELATIONS[c.op](self.expr(c.left, inside), self.expr(c.right, inside))
        return LOGIC[c.op](*(self.condition(p, scope) for p in c.parts))

    def mark(self, c: Condition, scope: _Scope) -> Any:
        """1 where a condition holds, else 0, in arithmetic.

        SymPy takes a ``Piecewise`` out of the sums round it, even where its condition hangs on their indices.
        """
        if isinstance(c, Compare):
            a, b = self.expr(c.left, scope), self.expr(c.right, scope)
            if c.op in ("=", "!="):
                same = sympy.KroneckerDelta(a, b)
                return same if c.op == "=" else 1 - same
            return sympy.Heaviside(a - b if ">" in c.op else b - a, 1 if "=" in c.op else 0)
        parts = [self.mark(p, scope) for p in c.parts]
        if c.op == "and":
            return sympy.Mul(*parts)
        rest = sympy.Mul(*(1 - p for p in parts))
        return rest if c.op == "not" else 1 - rest

    def reduced(self, atom: Reduce, scope: _Scope) -> Any:
        """A ``Product``; SymPy has no maximum over an index, so it is ``amax(Lambda(i, value), first, last)``."""
        bound = atom.bound
        if atom.op == "prod":
            limit, inner = self.limits(bound.letter, bound.low, bound.high, scope)
            return sympy.Product(self.expr(atom.body, inner), limit)
        symbol, inner = self.bind(bound.letter, bound.low, bound.high, scope)
        over = sympy.Lambda(symbol, self.expr(atom.body, inner))
        extremum = sympy.Function(f"a{atom.op}", real=True)
        return extremum(over, self.affine(bound.low, scope), self.affine(bound.high - 1, scope))

    def matrix(self, atom: MatrixFunction, scope: _Scope) -> Any:
        size = self.affine(atom.size, scope)
        row, inner = self.bind(atom.row, ZERO, atom.size, scope)
        column, inner = self.bind(atom.column, ZERO, atom.size, inner)
        whole = sympy.FunctionMatrix(size, size, sympy.Lambda((row, column), self.expr(atom.body, inner)))
        if atom.op == "det":
            return sympy.Determinant(whole)
        exponent = -1 if atom.op == "inv" or atom.extra is None else self.expr(atom.extra, scope)
        return MatrixElement(sympy.MatPow(whole, exponent), *(self.affine(a, scope) for a in atom.at))
