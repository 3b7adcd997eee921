"""The Pratt parser that LaTeX and plain text share: binding strengths, signs, products."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.notation.declare import Declarations
from derive.notation.errors import MAX_NESTING, Unreadable, too_deep
from derive.notation.lexer import Token
from derive.notation.tree import (
    Add,
    Call,
    Constant,
    Indicator,
    Logic,
    Neg,
    Node,
    Product,
    Relation,
    SetOf,
    Span,
)
from derive.notation.words import words

ARROW, OR, AND, NOT, RELATION, UNION, SUM, LOOSE, TIGHT, FACTOR = 5, 10, 15, 20, 30, 35, 40, 50, 60, 70

RELATIONS = {
    op: op for op in ("=", "!=", "<", "<=", ">", ">=", "in", "notin", "subset", "approx", "propto", "sim", "to")
}
RELATIONS |= {"==": "=", ":=": "defines"}
LEVELS = dict.fromkeys(RELATIONS, RELATION) | {
    "implies": ARROW, "iff": ARROW, "or": OR, "||": OR, "xor": OR, "and": AND, "cup": UNION, "cap": UNION,
    "setminus": UNION,
    "+": SUM, "-": SUM, "cdot": LOOSE, "times": LOOSE, "odot": LOOSE, "circ": LOOSE, "otimes": LOOSE, "oslash": LOOSE,
    "*": LOOSE, "@": LOOSE,
    "%": LOOSE, "/": TIGHT, "pm": SUM,
}  # fmt: skip
WORD_SIGNS = {
    "and": "and",
    "or": "or",
    "mod": "%",
    "iff": "iff",
    "implies": "implies",
    "xor": "xor",
    "if and only if": "iff",
}
_STARTS = frozenset({"num", "id", "word", "{", "open", "begin", "accent", "quote"})
_FACTOR_COMMANDS = frozenset(
    words(
        "frac binom sqrt sum prod nabla partial infty emptyset varnothing dots ldots cdots int iint oint lim"
        " differentialD exponentialE"
    )
)


@dataclass(slots=True)
class Options:
    """Customary readings of plain text that differ; ``met`` collects this text's; with ``sides`` left sides fall away.

    Where only ``one`` reading is tried, a text that can be meant in two ways is asked about.
    """

    deep_slash: bool = False
    deep_function: bool = False
    met: set[str] = field(default_factory=set)
    sides: bool = False
    one: bool = False


class Parser:
    """A cursor over arranged tokens; what single factors are is told in `derive.notation.factors`."""

    def __init__(self, tokens: list[Token], declared: Declarations, options: Options | None = None) -> None:
        """Start at the first token."""
        self.tokens, self.at = tokens, 0
        self.declared = declared
        self.options = options or Options()
        self.bound: list[str] = []
        self.bars = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.at]

    def following(self, offset: int = 1) -> Token:
        """The token ``offset`` beyond the next one, or the end."""
        return self.tokens[min(self.at + offset, len(self.tokens) - 1)]

    def take(self) -> Token:
        """Pass the next token."""
        token = self.tokens[self.at]
        self.at += token.kind != "eof"
        return token

    def accept(self, kind: str, text: str | None = None) -> Token | None:
        """Pass the next token if it is of this kind and text."""
        token = self.tokens[self.at]
        return self.take() if token.kind == kind and text in (None, token.text) else None

    def expect(self, kind: str, opening: Token, what: str = "bracket") -> Token:
        """Pass the token that closes ``opening``."""
        if self.token.kind == kind:
            return self.take()
        if self.token.kind == "eof":
            raise Unreadable(f"The {what} opened here is never closed.", opening.start)
        raise self.unexpected()

    def span_from(self, start: int) -> Span:
        """From ``start`` to the end of the token just passed."""
        return (start, max(start, self.tokens[self.at - 1].end if self.at else start))

    def unexpected(self) -> Unreadable:
        """What to say about a next token that does not fit."""
        token = self.token
        if token.kind == "eof":
            return Unreadable("Something is missing at the end.", token.start)
        if token.kind in ("close", "}"):
            return Unreadable(
                f"There is something missing before, or no opening bracket for, '{_shown(token)}'.",
                token.start,
            )
        if token.kind == "cmd" and token.text not in _FACTOR_COMMANDS:
            return Unreadable(f"The command \\{token.text} is not one we know.", token.start)
        if token.text == "pm":
            return Unreadable("The sign ± stands for two values; please give one answer.", token.start)
        return Unreadable(f"Something is missing before '{_shown(token)}', or it does not belong here.", token.start)

    def level(self) -> tuple[int, str]:
        """How strongly the next token binds as an infix sign (0: it is none), and the sign's name."""
        token = self.token
        if token.kind == "op":
            return LEVELS.get(token.text, 0), token.text
        if token.kind == "word" and token.text in WORD_SIGNS:
            return LEVELS[WORD_SIGNS[token.text]], WORD_SIGNS[token.text]
        return (TIGHT, "") if self.starts_factor() else (0, "")

    def starts_factor(self) -> bool:
        """Whether a factor can start here, so that juxtaposition multiplies."""
        token = self.token
        if token.kind in _STARTS:
            return not (token.kind == "open" and token.text == "." and token.side == "right")
        if token.kind == "bar":
            return token.side == "left" or (not token.side and not self.bars and self.following().kind != "_")
        return token.kind == "cmd" and token.text in _FACTOR_COMMANDS

    def expression(self, least: int = 0) -> Node:
        """Everything that binds at least as strongly as ``least``."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise too_deep()
        left = self.prefix(least)
        while True:
            level, _ = self.level()
            if level < least or level == 0:
                break
            left = self.chain(left, level)
        self.depth -= 1
        return left

    def prefix(self, least: int) -> Node:
        """An operand, after its signs."""
        token = self.token
        if token.kind == "op" and token.text in ("-", "+"):
            return self.signed(max(LOOSE, least))
        if (token.kind == "op" and token.text in ("not", "!")) or (token.kind == "word" and token.text == "not"):
            self.take()
            operand = self.expression(NOT)
            return Logic("not", (operand,), span=self.span_from(token.start))
        if least <= RELATION and self.at == 0 and 0 < self.level()[0] <= RELATION:
            return Constant("above", span=(token.start, token.start))
        from derive.notation.factors import factor

        return factor(self)

    def signed(self, least: int) -> Node:
        """A run of signs and what they stand before, without recursion."""
        starts = []
        while self.token.kind == "op" and self.token.text in ("-", "+"):
            token = self.take()
            if token.text == "-":
                starts.append(token.start)
        if len(starts) > MAX_NESTING:
            raise too_deep()
        node = self.expression(least)
        for start in reversed(starts):
            node = Neg(plain(node), span=self.span_from(start))
        return node

    def chain(self, left: Node, level: int) -> Node:
        """``left`` and every operand that signs of this level join to it."""
        operands, ops = [left], []
        while True:
            found, op = self.level()
            if found != level:
                break
            if op == "pm":
                raise self.unexpected()
            if op:
                self.take()
            elif _is_number(operands[-1]) and self.token.kind == "num" and not self.token.font:
                raise Unreadable(
                    "Two numbers stand side by side here; a sign is missing between them.", self.token.start
                )
            ops.append(op)
            operands.append(self.operand(op, level))
        return _joined(level, operands, ops, (left.span[0], self.span_from(left.span[0])[1]))

    def operand(self, op: str, level: int) -> Node:
        """What stands after the sign ``op``; in plain text the whole product may stand under a slash."""
        if op == "/" and self.options.deep_slash:
            return self.expression(TIGHT)
        node = self.expression(level + 1)
        if op == "/" and self.level() == (TIGHT, "") and self.token.start == self.tokens[self.at - 1].end:
            self.options.met.add("deep_slash")
        return node


def plain(node: Node) -> Node:
    r"""The node as an operand: a condition counts 1 or 0, and ``\{x\}`` was only a bracket."""
    if isinstance(node, Relation | Logic):
        return Indicator(node, span=node.span)
    if isinstance(node, SetOf) and len(node.items) == 1:
        return node.items[0]
    return node


def _is_number(node: Node) -> bool:
    from derive.notation.tree import Number

    return isinstance(node, Number)


def _joined(level: int, operands: list[Node], ops: list[str], span: Span) -> Node:
    if level == RELATION:
        return Relation(tuple(operands), tuple(RELATIONS[op] for op in ops), span=span)
    if level in (ARROW, OR, AND):
        return _logic(operands, ops, span)
    if level == UNION:
        return _sets(operands, ops, span)
    operands = [plain(node) for node in operands]
    if level == SUM:
        return _sum(operands, ops, span)
    return Product(tuple(operands), tuple(ops), span=span)


def _logic(operands: list[Node], ops: list[str], span: Span) -> Node:
    """One node for a run of equal signs, nested to the left where signs differ."""
    names = ["or" if op == "||" else op for op in ops]
    start, node = 0, operands[0]
    while start < len(names):
        end = start
        while end < len(names) and names[end] == names[start]:
            end += 1
        node = Logic(names[start], (node, *operands[start + 1 : end + 1]), span=(span[0], operands[end].span[1]))
        start = end
    return node


def _sets(operands: list[Node], ops: list[str], span: Span) -> Node:
    from derive.notation.tree import Builtin

    names = {"cup": "union", "cap": "intersection", "setminus": "difference"}
    node = operands[0]
    for op, operand in zip(ops, operands[1:], strict=True):
        node = Call(Builtin(names[op]), (node, operand), span=(span[0], operand.span[1]))
    return node


def _sum(operands: list[Node], ops: list[str], span: Span) -> Node:
    terms = [operands[0]]
    for op, operand in zip(ops, operands[1:], strict=True):
        terms.append(Neg(operand, span=operand.span) if op == "-" else operand)
    return Add(tuple(terms), span=span)


def _shown(token: Token) -> str:
    """A token as the student knows it."""
    words = {
        "cdot": "·",
        "times": "×",
        "odot": "⊙",
        "circ": "∘",
        "otimes": "⊗",
        "oslash": "⊘",
        "<=": "≤",
        ">=": "≥",
        "!=": "≠",
        "in": "∈",
        "row": "\\\\",
    }
    return words.get(token.text, token.text.lstrip("\\") or token.text)
