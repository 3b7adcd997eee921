"""Reading the index language into programs and expressions; everything counts from 0.

    y[i] := sum(w[u]*x[i+u], u)

Definitions stand on lines of their own or between semicolons. A letter's range is the dimension of a slot that it
indexes alone; a letter alone in no slot ranges over the places where all its reads fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Bound, Compare, Indicator
from derive.calculus.expr import Expr, apply, entry, expr, power, total
from derive.calculus.functions import CONSTANTS, DEFINITIONS, TABLE
from derive.calculus.program import Definition, Program
from derive.calculus.ranges import implied
from derive.calculus.substitute import index_relation, reduction
from derive.calculus.trace import Relation
from derive.notation.index_syntax import Node, Parser, ProgramError

Shapes = Mapping[str, str | Sequence[str]]
BINDERS = {"sum": "sum", "integral": "integral", "prod": "prod", "amax": "max", "amin": "min"}
RELATIONS = ("=", "!=", "<", "<=", ">", ">=")


def affine_text(text: str) -> Affine:
    """An affine value from text such as ``N-K+1``.

    >>> affine_text("N - K + 1")
    N - K + 1
    """
    parser = Parser(text)
    value = _Reader(text, {}).affine(parser.expression())
    parser.take("end")
    return value


def shapes_of(shapes: Shapes) -> dict[str, tuple[Affine, ...]]:
    """Array name → dimensions, from strings such as ``"H W"`` or sequences of dimensions."""
    found = {}
    for name, shape in shapes.items():
        parts = shape.replace(",", " ").split() if isinstance(shape, str) else [str(s) for s in shape]
        found[name] = tuple(affine_text(p) for p in parts)
    return found


def program(text: str, *, shapes: Shapes | None = None, functions: Sequence[str] = ()) -> Program:
    """A program from its text.

    Args:
        text: definitions ``name[letters] := expression``.
        shapes: the dimensions of inputs, such as ``{"X": "H W"}``; arrays without one get dimensions named after letters.
        functions: unknown smooth scalar functions.

    Raises:
        ProgramError: naming line and column.

    >>> layer = program("y[i] := sum(w[u]*x[i+u], u)", shapes={"x": "N", "w": "K"})
    >>> layer.definitions[0].letters[0].high
    N - K + 1
    """
    known = shapes_of(shapes or {})
    definitions: list[Definition] = []
    parser = Parser(text)

    def one() -> None:
        head = parser.prefix()
        if head.kind not in ("name", "entry"):
            raise parser.fail("a definition starts with a name", head.at)
        parser.take(":=")
        body = parser.expression()
        reader = _Reader(text, known, frozenset(functions))
        definition = reader.definition(head, body)
        known[definition.name] = tuple(b.high for b in definition.letters)
        definitions.append(definition)

    parser.statements(one)
    if not definitions:
        raise ProgramError("there is no definition", text)
    return Program(tuple(definitions), known, tuple(functions))


def expression(text: str, *, shapes: Shapes | None = None, frame: Sequence[Bound] = ()) -> Expr:
    """One right-hand side; letters of the frame and names without a shape are free.

    >>> expression("2*x[i]") == 2 * entry("x", "i")
    True
    """
    parser = Parser(text)
    node = parser.expression()
    parser.take("end")
    reader = _Reader(text, shapes_of(shapes or {}))
    reader.ranges |= {b.letter.name: (b.low, b.high) for b in frame}
    reader.infer(node)
    return reader.value(node)


def relation(text: str, *, shapes: Shapes | None = None, frame: Sequence[Bound] = ()) -> Relation:
    """``a = b``, or a chain ``a <= b < c``, between expressions.

    >>> relation("0 < r[i] <= 1").ops
    ('<', '<=')
    """
    parser = Parser(text)
    node = parser.expression()
    parser.take("end")
    parts: list[Node] = []
    ops: list[str] = []
    while node.kind in RELATIONS:
        ops.insert(0, node.kind)
        parts.insert(0, node.parts[1])
        node = node.parts[0]
    reader = _Reader(text, shapes_of(shapes or {}))
    reader.ranges |= {b.letter.name: (b.low, b.high) for b in frame}
    for part in (node, *parts):
        reader.infer(part)
    return Relation(tuple(reader.value(p) for p in (node, *parts)), tuple(ops), tuple(frame))


class _Reader:
    """Turns syntax into expressions, with the ranges of the letters in one definition."""

    def __init__(
        self, text: str, shapes: dict[str, tuple[Affine, ...]], functions: frozenset[str] = frozenset()
    ) -> None:
        self.text, self.shapes, self.functions = text, shapes, functions
        self.ranges: dict[str, tuple[Affine, Affine]] = {}

    def fail(self, message: str, node: Node) -> ProgramError:
        return ProgramError(message, self.text, node.at)

    def definition(self, head: Node, body: Node) -> Definition:
        """One definition: letters on the left, ranges from the body."""
        letters = [self.letter(p) for p in head.parts]
        self.infer(body, tuple(letters))
        bounds = tuple(Bound(Letter(x), *self.range(x, head)) for x in letters)
        return Definition(head.value, bounds, self.value(body))

    def letter(self, node: Node) -> str:
        if node.kind != "name":
            raise self.fail("an index on the left is a letter", node)
        return node.value

    def range(self, letter: str, node: Node) -> tuple[Affine, Affine]:
        if letter not in self.ranges:
            raise self.fail(f"nothing says how far {letter} runs", node)
        return self.ranges[letter]

    def infer(self, body: Node, free: tuple[str, ...] = ()) -> None:
        """Ranges from slots: alone first, then shifted."""
        slots = list(_slots(body))
        for array, k, slot, node in slots:
            if slot.kind == "name" and slot.value not in self.ranges and self._is_letter(slot.value, body, free):
                self.ranges[slot.value] = (Affine.of(0), self.size(array, k, slot.value, node))
        for array, k, slot, _ in slots:
            if slot.kind != "name" and array in self.shapes:
                self._fit(self.affine(slot), self.shapes[array][k], free)

    def _is_letter(self, name: str, body: Node, free: tuple[str, ...]) -> bool:
        return name in free or name in set(_bound_names(body))

    def size(self, array: str, k: int, letter: str, node: Node) -> Affine:
        """The dimension of a slot; an array without a shape gets one named after its letters."""
        if array not in self.shapes:
            names = [p.value if p.kind == "name" else f"d{q}" for q, p in enumerate(node.parts)]
            self.shapes[array] = tuple(self.ranges.get(x, (0, Affine.of(x.upper())))[1] for x in names)
        if k >= len(self.shapes[array]):
            raise self.fail(f"{array} has {len(self.shapes[array])} indices, not {len(node.parts)}", node)
        return self.shapes[array][k]

    def _fit(self, slot: Affine, size: Affine, free: tuple[str, ...]) -> None:
        """The range of a free letter that stands alone in no slot: where this read fits."""
        for name in free:
            parts = slot.split(Letter(name))
            if name in self.ranges or parts is None or parts[0].constant != 1:
                continue
            rest = parts[1]
            most = rest
            for letter in rest.letters:
                if letter.name in self.ranges:
                    most = most.subs({letter: self.ranges[letter.name][1] - 1})
            if implied(most, {}, dims=most.letters):
                self.ranges[name] = (Affine.of(0), size - most)

    def affine(self, node: Node) -> Affine:
        match node.kind:
            case "number" if node.number.denominator == 1:
                return Affine.of(int(node.number))
            case "name":
                return Affine.of(node.value)
            case "neg":
                return -self.affine(node.parts[0])
            case "+":
                return self.affine(node.parts[0]) + self.affine(node.parts[1])
            case "-":
                return self.affine(node.parts[0]) - self.affine(node.parts[1])
            case "*":
                return self.affine(node.parts[0]) * self.affine(node.parts[1])
        raise self.fail("an index is a sum of letters and integers", node)

    def value(self, node: Node) -> Expr:
        """The expression that a node stands for."""
        match node.kind:
            case "number":
                return expr(node.number)
            case "neg":
                return -self.value(node.parts[0])
            case "name":
                return self.name(node)
            case "entry":
                return entry(node.value, *(self.affine(p) for p in node.parts))
            case "call":
                return self.call(node)
            case "bracket":
                return self.iverson(node.parts[0])
            case "**":
                return power(self.value(node.parts[0]), self.exponent(node.parts[1]))
        left, right = (self.value(p) for p in node.parts)
        if node.kind in ("+", "-"):
            return left + right if node.kind == "+" else left - right
        if node.kind in ("*", "/"):
            return left * right if node.kind == "*" else left / right
        raise self.fail(f"a relation ({node.kind}) stands in brackets here", node)

    def exponent(self, node: Node) -> Expr | Fraction:
        value = self.value(node)
        fixed = value.constant
        return value if fixed is None else fixed

    def name(self, node: Node) -> Expr:
        if node.value in CONSTANTS and node.value not in self.shapes:
            return apply(node.value)
        dims = {x.name for shape in self.shapes.values() for a in shape for x in a.letters}
        if node.value in self.ranges or (node.value in dims and node.value not in self.shapes):
            return expr(Letter(node.value))
        return entry(node.value)

    def call(self, node: Node) -> Expr:
        if node.value in BINDERS:
            return self.binder(node)
        name = node.value.rstrip("'")
        if name not in (*TABLE, *DEFINITIONS, *self.functions):
            raise self.fail(f"{name} is no function I know; declare it, or write {name}[…] for an array", node)
        args = tuple(self.value(p) for p in node.parts)
        if name == "sqrt":
            return power(args[0], Fraction(1, 2))
        return expr(Apply(name, args, len(node.value) - len(name)))

    def binder(self, node: Node) -> Expr:
        """``sum(e, i, j = a..b)`` and its relatives."""
        if len(node.parts) < 2:
            raise self.fail(f"{node.value} needs an expression and at least one letter", node)
        bounds = [self.bound(p, BINDERS[node.value]) for p in node.parts[1:]]
        body = self.value(node.parts[0])
        if BINDERS[node.value] in ("sum", "integral"):
            return total(body, *bounds)
        for b in reversed(bounds):
            body = reduction(BINDERS[node.value], body, b)
        return body

    def bound(self, node: Node, kind: str) -> Bound:
        kind = kind if kind == "integral" else "sum"
        if node.kind == "=" and node.parts[1].kind == "..":
            low, high = (self.affine(p) for p in node.parts[1].parts)
            self.ranges[node.parts[0].value] = (low, high + 1)
            return Bound(Letter(self.letter(node.parts[0])), low, high + 1, kind)
        name = self.letter(node)
        return Bound(Letter(name), *self.range(name, node), kind)

    def iverson(self, node: Node) -> Expr:
        """``[i = j]`` and ``[j <= i]`` of indices, or a condition on values."""
        if node.kind not in RELATIONS:
            raise self.fail("a bracket holds a relation", node)
        try:
            left, right = (self.affine(p) for p in node.parts)
        except ProgramError:
            return expr(Indicator(Compare(node.kind, self.value(node.parts[0]), self.value(node.parts[1]))))
        return index_relation(left, node.kind, right)


def _slots(node: Node) -> Iterator[tuple[str, int, Node, Node]]:
    if node.kind == "entry":
        for k, p in enumerate(node.parts):
            yield node.value, k, p, node
    for p in node.parts:
        yield from _slots(p)


def _bound_names(node: Node) -> Iterator[str]:
    if node.kind == "call" and node.value in BINDERS:
        for p in node.parts[1:]:
            yield p.parts[0].value if p.kind == "=" else p.value
    for p in node.parts:
        yield from _bound_names(p)

