"""From syntax to expressions, once every letter has its range."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from derive.calculus.affine import ZERO, Affine, Letter
from derive.calculus.atoms import Apply, Bound, Cases, Compare, Condition, Indicator, Logic, MatrixFunction
from derive.calculus.collapse import index_relation
from derive.calculus.expr import Expr, add, apply, entry, expr, multiply, power, total
from derive.calculus.functions import CONSTANTS, DEFINITIONS, TABLE
from derive.calculus.substitute import reduction
from derive.notation.index_parser import chained
from derive.notation.index_scope import BINDERS, MATRICES, Env, Scopes, letter_node
from derive.notation.index_syntax import Node

GREEK_CALLS = {"sigma": "sigmoid", "Phi": "normal_cdf", "phi": "normal_pdf"}
_LINEAR = ("sum", "integral", "expectation")
KNOWN = frozenset({*TABLE, *DEFINITIONS, *BINDERS, *MATRICES, *GREEK_CALLS, "cases", "where"})


@dataclass(frozen=True)
class Reader:
    """Builds expressions in solved scopes.

    ``numbers`` are the names that stand for dimensions and integers; those of ``letters`` do so beside an array ``n[]``.
    """

    scopes: Scopes
    functions: frozenset[str]
    numbers: frozenset[str]
    letters: frozenset[str] = frozenset()

    def value(self, node: Node, env: Env) -> Expr:
        """The expression that a node stands for."""
        match node.kind:
            case "number":
                return expr(node.number)
            case "neg":
                return -self.value(node.parts[0], env)
            case "sum":
                parts = [self.value(p, env) for p in node.parts]
                return add(p if s == "+" else -p for s, p in zip(node.value, parts, strict=True))
            case "product":
                return self._product(node, env)
            case "**":
                return self._power(node, env)
            case "name":
                return self._name(node, env)
            case "entry":
                return entry(node.value, *(self.scopes.affine(p, env) for p in node.parts))
            case "call":
                return self._call(node, env)
            case "pick":
                return self._matrix(node.parts[0], env, node.parts[1:])
            case "bracket":
                return self._bracket(node.parts[0], env)
        raise self.scopes.fail(
            f"{node.kind!r} belongs in brackets: [a {node.kind} b] is 1 where it holds, else 0", node
        )

    def _product(self, node: Node, env: Env) -> Expr:
        parts = (self.value(p, env) for p in node.parts)
        factors = []
        for part, sign, at in zip(parts, node.value, node.parts, strict=True):
            if sign == "/" and not part.terms:
                raise self.scopes.fail("this divides by zero", at)
            factors.append(part if sign == "*" else power(part, -1))
        return multiply(factors)

    def _power(self, node: Node, env: Env) -> Expr:
        base, exponent = (self.value(p, env) for p in node.parts)
        fixed = exponent.constant
        if not base.terms and fixed is not None and fixed < 0:
            raise self.scopes.fail("this divides by zero", node)
        try:
            return power(base, exponent if fixed is None else fixed)
        except OverflowError as error:
            raise self.scopes.fail("this number is too large", node) from error

    def _name(self, node: Node, env: Env) -> Expr:
        if node.value in env:
            return expr(env[node.value])
        if node.value in self.letters:
            return expr(Letter(node.value))
        if node.value in self.scopes.ranks or node.value in self.scopes.defined:
            return entry(node.value)
        return apply(node.value) if node.value in CONSTANTS else expr(Letter(node.value))

    def _call(self, node: Node, env: Env) -> Expr:
        special: dict[str, Callable[[Node, Env], Expr]] = {"cases": self._cases, "where": self._cases}
        special |= dict.fromkeys(BINDERS, self._binder)
        special |= {name: lambda n, e: self._matrix(n, e, ()) for name in MATRICES}
        if node.value in special and node.value not in self.functions:
            return special[node.value](node, env)
        return self._function(node, env)

    def _function(self, node: Node, env: Env) -> Expr:
        name = node.value.rstrip("'")
        order = len(node.value) - len(name)
        if name not in self.functions:
            name = GREEK_CALLS.get(name, name)
            self._check(name, node)
        args = tuple(self.value(p, env) for p in node.parts)
        if name == "sqrt" and not order:
            return power(args[0], Fraction(1, 2))
        if name in ("max", "min") and name not in self.functions:
            return reduce(lambda a, b: apply(name, a, b), args)
        return expr(Apply(name, args, order))

    def _check(self, name: str, node: Node) -> None:
        if name not in TABLE and name not in DEFINITIONS:
            hint = f"declare it (function {name}), or write {name}[…] for an array or {name}*(…) for a product"
            raise self.scopes.fail(f"{name} is no function I know; {hint}", node)
        wanted = len(TABLE[name].partials) if name in TABLE else 1
        if not (len(node.parts) == wanted or (name in ("max", "min") and len(node.parts) > 2)):
            raise self.scopes.fail(f"{name} takes {wanted} arguments, not {len(node.parts)}", node)

    def _binder(self, node: Node, env: Env) -> Expr:
        """``sum(e, i, j = a..b)`` and its relatives."""
        op = BINDERS[node.value]
        bounds: list[Bound] = []
        inner = dict(env)
        for part in node.parts[1:]:
            name = letter_node(part, self.scopes)
            letter = self.scopes.bound[id(name)]
            bounds.append(Bound(letter, *self.scopes.ranges[letter], op if op in _LINEAR else "sum"))
            inner[name.value] = letter
        body = self.value(node.parts[0], inner)
        if op in _LINEAR:
            return total(body, *bounds)
        return reduce(lambda e, b: reduction(op, e, b), reversed(bounds), body)

    def _matrix(self, node: Node, env: Env, slots: Sequence[Node]) -> Expr:
        names = [letter_node(p, self.scopes) for p in node.parts[1:3]]
        row, column = (self.scopes.bound[id(n)] for n in names)
        body = self.value(node.parts[0], {**env, names[0].value: row, names[1].value: column})
        at = tuple(self.scopes.affine(s, env) for s in slots)
        if node.value == "det":
            size = self.scopes.ranges[row][1]
            return expr(MatrixFunction("det", row, column, size, body, at))
        if len(at) != 2:
            raise self.scopes.fail(f"{node.value}(…)[a, b] is an entry: two indices stand behind it", node)
        extra = self.value(node.parts[3], env) if len(node.parts) > 3 else None
        op = "power" if extra is not None else "inv"
        return expr(MatrixFunction(op, row, column, self.scopes.ranges[row][1], body, at, extra))

    def _cases(self, node: Node, env: Env) -> Expr:
        """``cases(condition, value, …, otherwise)``; without an ``otherwise`` it is undefined there."""
        parts = node.parts
        pairs = tuple(
            (self.condition(c, env), self.value(v, env)) for c, v in zip(parts[:-1:2], parts[1::2], strict=False)
        )
        if not pairs:
            raise self.scopes.fail("write cases(condition, value, otherwise)", node)
        return expr(Cases(pairs, self.value(parts[-1], env) if len(parts) % 2 else None))

    # --- conditions ---

    def _bracket(self, node: Node, env: Env) -> Expr:
        """``[i = j]`` and ``[0 <= j <= i]`` of indices, or a condition on values."""
        parts = node.parts if node.kind == "and" else (node,)
        found = [self._indices(p, env) for p in parts]
        if all(f is not None for f in found):
            return multiply(f for f in found if f is not None)
        return expr(Indicator(self.condition(node, env)))

    def _indices(self, node: Node, env: Env) -> Expr | None:
        """The brackets and guards of a chain of relations between indices; None for anything else."""
        sides, ops = chained(node)
        if not ops or not all(self._is_index(s, env) for s in sides):
            return None
        values = [self._affine(s, env) for s in sides]
        return multiply(index_relation(a, op, b) for a, op, b in zip(values, ops, values[1:], strict=False))

    def _is_index(self, node: Node, env: Env) -> bool:
        if node.kind == "name":
            return node.value in env or node.value in self.numbers - (self.scopes.ranks.keys() - self.letters)
        if node.kind == "number":
            return node.number.denominator == 1
        whole = node.kind in ("neg", "sum") or (node.kind == "product" and "/" not in node.value)
        return whole and all(self._is_index(p, env) for p in node.parts)

    def _affine(self, node: Node, env: Env) -> Affine:
        return self.scopes.affine(node, env) + ZERO

    def condition(self, node: Node, env: Env) -> Condition:
        """The condition that a node states."""
        if node.kind == "bracket":
            return self.condition(node.parts[0], env)
        if node.kind in ("and", "or", "not"):
            return Logic(node.kind, tuple(self.condition(p, env) for p in node.parts))
        sides, ops = chained(node)
        if not ops:
            raise self.scopes.fail("a bracket holds a relation, such as [i = j] or [z > 0]", node)
        values = [self.value(s, env) for s in sides]
        parts = tuple(Compare(op, a, b) for a, op, b in zip(values, ops, values[1:], strict=False))
        return parts[0] if len(parts) == 1 else Logic("and", parts)
