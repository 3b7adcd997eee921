"""Tokens and the syntax tree of the index language: ``y[i] := sum(w[u]*x[i+u], u)``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

TOKEN = re.compile(
    r"(?P<space>[ \t]+|\#[^\n]*)|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-zα-ωΑ-Ω_∂][\w∂]*'*)"
    r"|(?P<op>:=|\.\.|\*\*|<=|>=|!=|[-+*/()\[\],;=<>\n])"
)
MAX_DEPTH = 200


class ProgramError(ValueError):
    """A text that is no program; the message names line and column."""

    def __init__(self, message: str, text: str = "", at: int = 0) -> None:
        line, column = text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1
        super().__init__(f"line {line}, column {column}: {message}" if text else message)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text with its kind and place."""

    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Node:
    """A syntax node: ``kind`` is number, name, entry, call, bracket, neg or an operator."""

    kind: str
    at: int
    value: str = ""
    parts: tuple[Node, ...] = ()
    number: Fraction = Fraction(0)


def tokens(text: str) -> list[Token]:
    """The tokens, closed by one of kind ``end``; ProgramError at a character that is none."""
    found, at = [], 0
    while at < len(text):
        m = TOKEN.match(text, at)
        if m is None:
            raise ProgramError(f"the character {text[at]!r} has no meaning here", text, at)
        if m.lastgroup != "space":
            kind = m.group() if m.lastgroup == "op" else m.lastgroup or ""
            found.append(Token("newline" if kind == "\n" else kind, m.group(), at))
        at = m.end()
    return [*found, Token("end", "", len(text))]


BINARY = {
    "=": 5,
    "!=": 5,
    "<": 5,
    "<=": 5,
    ">": 5,
    ">=": 5,
    "..": 7,
    "+": 10,
    "-": 10,
    "*": 20,
    "/": 20,
    "**": 40,
}


class Parser:
    """A Pratt parser over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.place, self.depth = text, tokens(text), 0, 0

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
            raise self.fail(f"expected {kind!r}, found {token.text!r}" if token.text else f"expected {kind!r}")
        self.place += 1
        return token

    def accept(self, kind: str) -> bool:
        """Step over a token of this kind, if it is ahead."""
        if self.next.kind == kind:
            self.place += 1
            return True
        return False

    def expression(self, least: int = 0) -> Node:
        """An expression whose operators bind at least so tightly."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail("nested too deeply")
        left = self.prefix()
        while BINARY.get(self.next.kind, -1) >= least:
            op = self.take()
            strength = BINARY[op.kind]
            right = self.expression(strength if op.kind == "**" else strength + 1)
            left = Node(op.kind, op.at, parts=(left, right))
        self.depth -= 1
        return left

    def prefix(self) -> Node:
        """A number, a name with what follows it, a parenthesis, a bracket or a sign."""
        token = self.take()
        match token.kind:
            case "number":
                return Node("number", token.at, number=Fraction(token.text))
            case "-" | "+":
                body = self.expression(30)
                return Node("neg", token.at, parts=(body,)) if token.kind == "-" else body
            case "(":
                body = self.expression()
                self.take(")")
                return body
            case "[":
                body = self.expression()
                self.take("]")
                return Node("bracket", token.at, parts=(body,))
            case "name":
                return self.named(token)
        raise self.fail(
            f"expected an expression, found {token.text!r}" if token.text.strip() else "it stops short",
            token.at,
        )

    def named(self, token: Token) -> Node:
        """A name alone, an entry ``X[…]`` or a call ``f(…)``."""
        if self.accept("["):
            return Node("entry", token.at, token.text, self.several("]"))
        if self.accept("("):
            return Node("call", token.at, token.text, self.several(")"))
        return Node("name", token.at, token.text)

    def several(self, close: str) -> tuple[Node, ...]:
        """Expressions with commas between, up to the closing mark."""
        found: list[Node] = []
        while not self.accept(close):
            if found:
                self.take(",")
            found.append(self.expression())
        return tuple(found)

    def statements(self, one: Callable[[], None]) -> None:
        """Call ``one`` for each statement; semicolons and line ends stand between."""
        while self.next.kind != "end":
            if not (self.accept(";") or self.accept("newline")):
                one()
                if self.next.kind not in (";", "newline", "end"):
                    raise self.fail(f"unexpected {self.next.text!r}")
