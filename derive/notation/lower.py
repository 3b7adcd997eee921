"""From the syntax tree to the calculus: what an answer means, entry by entry.

Shapes decide what products and powers are; ranges of bound letters come from the slots they stand in; LaTeX counts from
the index base and Python from 0. Nothing is evaluated here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.expr import ONE, Expr, apply, entry, expr
from derive.notation import arrays, tree
from derive.notation.affine_reader import axis_affine, size_affine
from derive.notation.arrays import Value, scalar, transpose, zipped
from derive.notation.conditions import indicator
from derive.notation.declare import Declarations, Symbol, axis_of
from derive.notation.errors import Refused, Unreadable, limited
from derive.notation.literals import all_equal, last_place, listed, pick
from derive.notation.lower_cases import lower_cases
from derive.notation.lower_defined import derived
from derive.notation.lower_products import cross, entry_by_entry, is_cross, kron
from derive.notation.lower_scripts import lower_derivative, lower_power, lower_transpose
from derive.notation.lower_sized import FILLED, filled, fitted, summed, undeclared
from derive.notation.scalar_functions import joined_numbers

MAX_FACTORS, MAX_ITEMS = 64, 2_000
LONG_DECIMAL = 15  # from here on a decimal stands for an interval of one unit in its last place


@dataclass
class Lowering:
    """The lowering of one text under its declarations.

    Attributes:
        declarations: names and counting.
        base: the first index of an axis that has no range of its own: the index base, or 0 in Python.
        numpy: whether ``*`` goes entry by entry.
        rows: whether a row of a matrix lies down, so that ``X_i w`` is a product.
        halves: the quotients that stand as bounds and are taken to be whole.
        partial: reciprocals, powers and calls on the way, which may be undefined though nothing of them is left.
        values: what the arguments of a declared function are, while its definition is read.
    """

    declarations: Declarations
    base: int = 1
    numpy: bool = False
    letters: dict[str, Affine] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    depth: int = 0
    shapes: dict[int, tuple[Affine, ...]] = field(default_factory=dict)
    around: tuple[Affine, ...] = ()
    rows: bool = False
    halves: set[tuple[Affine, Affine]] = field(default_factory=set)
    partial: list[Value] = field(default_factory=list)
    values: Mapping[str, Value] = field(default_factory=dict)

    def lower(self, node: tree.Node) -> Value:
        """The array that a node means.

        Raises:
            Unreadable: it means nothing we know, with a sentence and a position.
            Clash: shapes do not go together.
        """
        method = _METHODS.get(type(node))
        if method is None:
            raise Unreadable("This is not an expression.", node.span[0])
        try:
            value = method(self, node)
            self.shapes[id(node)] = value.dims
            if isinstance(node, tree.Power | tree.Call):
                self.partial.append(value)
            return value
        except OverflowError as error:
            raise Refused("A number here is too large to work with.") from error

    def number(self, node: tree.Node) -> Expr:
        """The scalar that a node means."""
        value = self.lower(node)
        if value.rank:
            raise Unreadable(f"A number belongs here, and this is {value.describe()}.", node.span[0])
        return value.at()

    def _number(self, node: tree.Number) -> Value:
        if node.is_decimal and node.significant >= LONG_DECIMAL:
            return scalar(apply("interval", expr(node.value), expr(last_place(node.text))))
        return scalar(expr(node.value))

    def _constant(self, node: tree.Constant) -> Value:
        match node.name:
            case "e":
                return scalar(apply("exp", 1))
            case "pi":
                return scalar(apply("pi"))
            case "true" | "false":
                return scalar(expr(int(node.name == "true")))
        declared = [s for s in self.declarations.symbols.values() if s.domain == node.name]
        if node.name in self.declarations.symbols or len(declared) == 1:
            return self._name(tree.Name(declared[0].name if declared else node.name, span=node.span))
        if node.name in FILLED:
            return filled(self, node)
        raise Unreadable(f"I cannot work with '{node.name}' here.", node.span[0])

    def _name(self, node: tree.Name) -> Value:
        name = node.name
        if name in self.values:
            return self.values[name]
        if name in self.letters:
            return scalar(expr(self.letters[name]))
        symbol = self.declarations.symbols.get(name)
        if symbol is not None:
            return self.symbol(symbol, node)
        if name in self.declarations.free_indices:
            return scalar(expr(self._free(name)))
        if name in self.declarations.dimensions:
            return scalar(expr(Letter(name)))
        return undeclared(self, node)

    def is_unknown(self, name: str) -> bool:
        """Whether nothing says what a name is."""
        return name not in self.letters and not self.declarations.is_known(name)

    def is_size(self, name: str) -> bool:
        """Whether a name is a dimension and no index."""
        free = self.declarations.free_indices
        return name in self.declarations.dimensions and name not in self.letters and name not in free

    def symbol(self, symbol: Symbol, node: tree.Node) -> Value:
        """A declared name: special domains have their meaning put in."""
        if symbol.shape is None:
            raise Unreadable(f"'{symbol.latex}' is a function: say of what.", node.span[0])
        if symbol.domain == "derived" and symbol.definition:
            return derived(self, symbol, node)
        if symbol.domain == "dimension":
            return scalar(expr(Letter(symbol.name)))
        dims = tuple(axis_affine(a) for a in symbol.shape)
        if symbol.domain in ("ones", "identity", "kronecker"):
            return Value(dims, lambda *i: ONE if symbol.domain == "ones" else all_equal(i))
        return Value(dims, lambda *i: entry(symbol.name, *i))

    def _add(self, node: tree.Add) -> Value:
        return arrays.plus(summed(self, node.terms), numpy=self.numpy)

    def _neg(self, node: tree.Neg) -> Value:
        return arrays.mapped(self.lower(node.arg), lambda e: -e)

    def _product(self, node: tree.Product) -> Value:
        values = fitted(self, node)
        below = (v for op, v in zip(node.ops, values[1:], strict=True) if op in ("/", "oslash", "//", "%"))
        self.partial += (arrays.mapped(v, lambda e: 1 / e) for v in below)
        if not any(v.dims for v in values):
            return scalar(joined_numbers([v.at() for v in values], node.ops))
        limited(sum(v.rank > 0 for v in values), MAX_FACTORS, "factors", node.span)
        try:
            return self._chain(values, node.ops)
        except arrays.Clash as clash:
            if (turned := self._from_the_right(values, node.ops)) is not None:
                return turned
            raise entry_by_entry(clash, node, values) from None

    def _chain(self, values: Sequence[Value], ops: Sequence[str]) -> Value:
        result = values[0]
        for op, value in zip(ops, values[1:], strict=True):
            result = self.join(op, result, value)
        return result

    def _from_the_right(self, values: Sequence[Value], ops: Sequence[str]) -> Value | None:
        if {"/", "oslash", "//", "%"} & set(ops):
            return None
        result = values[-1]
        try:
            for op, value in zip(reversed(ops), reversed(values[:-1]), strict=True):
                result = self.join(op, value, result)
        except arrays.Clash:
            return None
        return result

    def join(self, op: str, a: Value, b: Value) -> Value:
        """Two factors with the sign between them."""
        match op:
            case "/" | "oslash":
                return zipped(a, b, lambda x, y: x / y, "over", numpy=self.numpy)
            case "odot" | "circ":
                return zipped(a, b, lambda x, y: x * y, "⊙", numpy=self.numpy)
            case "//":
                return zipped(a, b, lambda x, y: apply("floor", x / y), "//", numpy=self.numpy)
            case "%":
                return zipped(a, b, lambda x, y: x - y * apply("floor", x / y), "%", numpy=self.numpy)
            case "@":
                return arrays.times(a, b, numpy=True)
            case "cdot" if a.rank == b.rank == 1 and a.row == b.row:
                return arrays.dot(a, b)
            case "otimes":
                return arrays.outer(a, b) if a.rank == b.rank == 1 else kron(a, b)
            case "times" if is_cross(a, b):
                return cross(a, b)
            case "*":
                return self._star(a, b)
        return arrays.times(a, b)

    def _star(self, a: Value, b: Value) -> Value:
        """Python's ``*``: entry by entry for NumPy; otherwise a matrix product where the shapes fit."""
        if self.numpy:
            return zipped(a, b, lambda x, y: x * y, "*", numpy=True)
        try:
            return arrays.times(a, b)
        except arrays.Clash:
            return zipped(a, b, lambda x, y: x * y, "*")

    def _index(self, node: tree.Index) -> Value:
        from derive.notation.lower_index import lower_index

        return lower_index(self, node)

    def _free(self, name: str) -> Affine:
        """A free index in page counting, from the start of its own range if it has one."""
        lower = axis_of(self.declarations.free_indices[name]).lower
        return Affine.of(Letter(name)) + (self.base if lower is None else size_affine(lower))

    def letters_known(self, node: tree.Name) -> Affine:
        """The affine value of a letter in an index, in page counting."""
        if node.name in self.letters:
            return self.letters[node.name]
        symbol = self.declarations.symbols.get(node.name)
        if symbol is None and node.name in self.declarations.free_indices:
            return self._free(node.name)
        if symbol is not None and symbol.domain != "dimension" and symbol.rank:
            raise Unreadable("An index is a number or a letter.", node.span[0])
        return Affine.of(Letter(node.name))

    def _call(self, node: tree.Call) -> Value:
        from derive.notation.lower_functions import lower_call

        return lower_call(self, node)

    def _indicator(self, node: tree.Indicator) -> Value:
        return indicator(self, node.condition)

    def _matrix(self, node: tree.Matrix) -> Value:
        limited(sum(len(row.cells) for row in node.rows), MAX_ITEMS, "entries", node.span)
        rows = [[self.number(c) for c in row.cells] for row in node.rows]
        if len({len(r) for r in rows}) != 1:
            raise Unreadable("The rows of this matrix have different lengths.", node.span[0])
        if len(rows[0]) == 1:
            return listed([r[0] for r in rows])
        if len(rows) == 1 and len(rows[0]) > 1 and not self.numpy:
            return transpose(listed(rows[0]))
        return Value(
            (Affine.of(len(rows)), Affine.of(len(rows[0]))), lambda i, j: pick([pick(row, j) for row in rows], i)
        )

    def _sequence(self, node: tree.Sequence) -> Value:
        if node.items and all(isinstance(i, tree.Sequence) for i in node.items):
            rows = tuple(tree.Row(i.items, span=i.span) for i in node.items if isinstance(i, tree.Sequence))
            return self._matrix(tree.Matrix(rows, span=node.span))
        limited(len(node.items), MAX_ITEMS, "entries", node.span)
        return listed([self.number(i) for i in node.items])

    def _big(self, node: tree.Big) -> Value:
        from derive.notation.lower_sums import lower_big

        return lower_big(self, node)

    def scope(self, letters: Mapping[str, Affine]) -> Lowering:
        """The same lowering with more letters; what is unknown is still collected here."""
        return replace(self, letters={**self.letters, **letters}, unknown=self.unknown)


_METHODS: dict[type[tree.Node], Callable[[Lowering, Any], Value]] = {
    tree.Number: Lowering._number,
    tree.Constant: Lowering._constant,
    tree.Name: Lowering._name,
    tree.Add: Lowering._add,
    tree.Neg: Lowering._neg,
    tree.Product: Lowering._product,
    tree.Power: lower_power,
    tree.Transpose: lower_transpose,
    tree.Index: Lowering._index,
    tree.Call: Lowering._call,
    tree.Big: Lowering._big,
    tree.Indicator: Lowering._indicator,
    tree.Relation: indicator,
    tree.Logic: indicator,
    tree.Cases: lower_cases,
    tree.Matrix: Lowering._matrix,
    tree.Sequence: Lowering._sequence,
    tree.Derivative: lower_derivative,
    tree.At: lower_derivative,
}
