"""A Pratt parser for the index language; it knows nothing of shapes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derive.notation.index_syntax import BIG, MAX_DIGITS, Node, ProgramError, Token, tokens

MAX_DEPTH = 100
RELATIONS = ("=", "!=", "<", "<=", ">", ">=")
_SUM, _PRODUCT, _POWER = 10, 20, 40
_BINARY = {
    "or": 2,
    "and": 3,
    **dict.fromkeys(RELATIONS, 5),
    "..": 7,
    "+": _SUM,
    "-": _SUM,
    "*": _PRODUCT,
    "/": _PRODUCT,
}
_BINARY |= {"**": _POWER, "super": _POWER}
_OPERANDS = frozenset({"number", "name", "(", "[", "big", "√"})


class Parser:
    """One text; ``functions`` are the names that a parenthesis after a space still belongs to."""

    def __init__(self, text: str, functions: frozenset[str] = frozenset(), loss: str = "L") -> None:
        self.text, self.tokens, self.place, self.depth = text, tokens(text, loss), 0, 0
        self.functions = set(functions)

    @property
    def next(self) -> Token:
        """The token ahead."""
        return self.tokens[self.place]

    def fail(self, message: str, at: int | None = None) -> ProgramError:
        """An error at a place, by default where we stand."""
        return ProgramError(message, self.text, self.next.at if at is None else at)

    def take(self, kind: str = "") -> Token:
        """The token ahead, which must be of a kind if one is given."""
        token = self.next
        if kind and token.kind != kind:
            raise self.fail(f"expected {kind!r}" + (f", found {token.text!r}" if token.text.strip() else ""))
        self.place += 1
        return token

    def accept(self, kind: str) -> bool:
        """Step over a token of this kind, if it is ahead."""
        if self.next.kind == kind:
            self.place += 1
            return True
        return False

    def whole(self) -> Node:
        """The whole text as one expression."""
        node = self.expression()
        while self.accept("newline"):
            pass
        if self.next.kind != "end":
            raise self.fail(f"unexpected {self.next.text!r}")
        return node

    def expression(self, least: int = 0) -> Node:
        """An expression whose operators bind at least so tightly."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail("nested too deeply")
        left = self.prefix()
        while (strength := self._strength()) >= max(least, 1):
            left = self._joined(left, strength)
        self.depth -= 1
        return left

    def _strength(self) -> int:
        """How tightly the operator ahead binds; two operands side by side are a product."""
        kind = self.next.kind
        return _PRODUCT if kind in _OPERANDS else _BINARY.get(kind, 0)

    def _joined(self, left: Node, strength: int) -> Node:
        if strength == _SUM:
            return self._chain(left, "sum", "+", strength)
        if strength == _PRODUCT:
            return self._chain(left, "product", "*", strength)
        op = self.take()
        if op.kind == "super":
            return Node("**", op.at, parts=(left, self._integer(op.text, op.at)))
        right = self.expression(strength if op.kind == "**" else strength + 1)
        if op.kind in ("and", "or") and left.kind == op.kind:
            return Node(op.kind, left.at, parts=(*left.parts, right))
        return Node(op.kind, op.at, parts=(left, right))

    def _chain(self, first: Node, kind: str, sign: str, strength: int) -> Node:
        """A sum or product of any length as one node."""
        parts, signs, at = [first], [sign], self.next.at
        while self._strength() == strength:
            signs.append(sign if self.next.kind in _OPERANDS else self.take().kind)
            parts.append(self.expression(strength + 1))
        return Node(kind, at, "".join(signs), tuple(parts))

    def _integer(self, text: str, at: int) -> Node:
        number = Node("number", at, number=Fraction(int(text.lstrip("-"))))
        return Node("neg", at, parts=(number,)) if text.startswith("-") else number

    def prefix(self) -> Node:
        """A number, a name with what follows it, a parenthesis, a bracket, a sign or a big operator."""
        while self.accept("newline"):
            pass
        token = self.take()
        match token.kind:
            case "number":
                return self._number(token)
            case "-" | "+":
                body = self.expression(30)
                return Node("neg", token.at, parts=(body,)) if token.kind == "-" else body
            case "not":
                return Node("not", token.at, parts=(self.expression(4),))
            case "√":
                return Node("call", token.at, "sqrt", (self.expression(_POWER),))
            case "(":
                return self._closed(")")
            case "[":
                return Node("bracket", token.at, parts=(self._closed("]"),))
            case "name":
                return self.named(token)
            case "big":
                return self._big(token)
        raise self.fail(
            f"expected an expression, found {token.text!r}" if token.text.strip() else "it stops short", token.at
        )

    def _number(self, token: Token) -> Node:
        if len(token.text) > MAX_DIGITS:
            raise self.fail("this number has too many digits", token.at)
        return Node("number", token.at, number=Fraction(token.text))

    def _closed(self, close: str) -> Node:
        body = self.expression()
        self.take(close)
        return body

    def named(self, token: Token) -> Node:
        """A name alone, an entry ``X[…]`` or a call ``f(…)``; after a space, a bracket may be a factor of its own."""
        kind, close = self.next.kind, self.next.close
        if kind == "[" and (close or not self._relation_ahead()):
            self.take()
            return Node("entry", token.at, token.text, self.several("]"))
        if kind == "(" and (close or token.text.rstrip("'") in self.functions):
            self.take()
            call = Node("call", token.at, token.text, self.several(")"))
            if self.next.kind == "[" and self.next.close:
                self.take()
                return Node("pick", token.at, token.text, (call, *self.several("]")))
            return call
        return Node("name", token.at, token.text)

    def _relation_ahead(self) -> bool:
        """Whether the bracket ahead holds a relation, at its own level."""
        depth = 0
        for token in self.tokens[self.place :]:
            depth += (token.kind in ("(", "[")) - (token.kind in (")", "]"))
            if depth == 0 or token.kind == "end":
                return False
            if depth == 1 and (token.kind in RELATIONS or token.kind == "not"):
                return True
        return False

    def several(self, close: str) -> tuple[Node, ...]:
        """Expressions with commas between, up to the closing mark."""
        found: list[Node] = []
        while not self.accept(close):
            if found:
                self.take(",")
            found.append(self.expression())
        return tuple(found)

    def _big(self, token: Token) -> Node:
        """``Σ_{i, 0≤j<n} body``: the body is a product."""
        if not token.text.endswith("_"):
            raise self.fail(f"write {token.text}_{{i}}, with the letter that it runs over", token.at)
        if self.accept("{"):
            letters = tuple(_range(p) for p in self.several("}"))
        else:
            letter = self.take("name")
            letters = (Node("name", letter.at, letter.text),)
        return Node("call", token.at, BIG[token.text[0]], (self.expression(_PRODUCT), *letters))

    def statements(self, one: Callable[[], None]) -> None:
        """Call ``one`` for each statement; semicolons and line ends stand between."""
        while self.next.kind != "end":
            if not (self.accept(";") or self.accept("newline")):
                one()
                if self.next.kind not in (";", "newline", "end"):
                    raise self.fail(f"unexpected {self.next.text!r}")


def _range(node: Node) -> Node:
    """``a ≤ i < b`` and ``i < b`` as ``i = a..b-1``; anything else as it is."""
    if node.kind not in ("<", "<="):
        return node
    left, high = node.parts
    low: Node = Node("number", node.at)
    if left.kind in ("<", "<="):
        low = left.parts[0] if left.kind == "<=" else _plus(left.parts[0], "+")
        left = left.parts[1]
    last = _plus(high, "-") if node.kind == "<" else high
    return Node("=", node.at, parts=(left, Node("..", node.at, parts=(low, last))))


def _plus(node: Node, sign: str) -> Node:
    """``node ± 1``."""
    return Node("sum", node.at, "+" + sign, (node, Node("number", node.at, number=Fraction(1))))


def chained(node: Node) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """The sides and signs of ``a <= b < c``; a single side for what is no relation."""
    parts: list[Node] = []
    ops: list[str] = []
    while node.kind in RELATIONS:
        ops.insert(0, node.kind)
        parts.insert(0, node.parts[1])
        node = node.parts[0]
    return (node, *parts), tuple(ops)
