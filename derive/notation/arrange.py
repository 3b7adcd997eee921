r"""Raw tokens to the parser's tokens: arguments braced, fonts and spaces removed, macros expanded.

After this pass ``2^10``, ``\\frac12``, ``\\sqrt2``, ``\\mathbf x`` and ``f''`` look the same
however they were typed: a script and an argument are always in braces, and a letter knows its font.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from derive.notation.doubled import once_bracketed
from derive.notation.errors import MAX_NESTING, Refused, Unreadable, too_deep
from derive.notation.lexer import MAX_TOKENS, Token, checked_number, scan
from derive.notation.macros import expanded

_ASCII = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "=": "=", "==": "=", "!=": "!=", ":=": ":=",
    "->": "to", "=>": "implies",
          "&&": "and", "||": "||", "**": "**"}  # fmt: skip
INFIX = {"choose": "binom", "over": "frac"}
SPLITTING = frozenset(f"\\{name}" for name in INFIX)
_BRACKETS = {"(": "open", "[": "open", ")": "close", "]": "close"}
_SIGN_ADVICE = "Please put braces around this exponent, as in e^{-2x}; without them it can be read in two ways."
_BRACES_ADVICE = "In LaTeX only the bracket goes into the script here; please write braces in place of it: x{}{{…}}."


class Arranger:
    """One pass over the raw tokens, an argument being a nested pass."""

    def __init__(self, raw: list[Token], size: int) -> None:
        """Start at the first of ``raw``, the tokens of a text of ``size`` characters."""
        self.raw, self.at, self.size = raw, 0, size
        self.out: list[Token] = []
        self.splits = any(t.text in SPLITTING for t in raw)
        self.font = ""
        self.depth = 0

    def all(self) -> list[Token]:
        """Every token arranged, and the end of input."""
        while self.at < len(self.raw):
            if self.raw[self.at].kind == "op" and self.raw[self.at].text == "}":
                raise Unreadable("This closing brace has no opening brace.", self.raw[self.at].start)
            self.one()
        self.split(0)
        self.emit("eof", "", self.size, self.size)
        return self.out

    def emit(self, kind: str, text: str, start: int, end: int, side: str = "") -> None:
        """Append a token in the current font."""
        self.out.append(Token(kind, text, start, end, self.font, side))

    def peek(self) -> Token | None:
        """Go to the next token that is not a space."""
        raw, at = self.raw, self.at
        while at < len(raw) and raw[at].kind == "space":
            at += 1
        self.at = at
        return raw[at] if at < len(raw) else None

    def need(self, after: Token) -> Token:
        """The next token, which ``after`` must have."""
        token = self.peek()
        if token is None:
            raise Unreadable(f"Something is missing after '{after.text}'.", after.start)
        return token

    def pointed(self, number: Token) -> Token:
        r"""In ``\\left.2.5x\\right|`` the first point is the bracket and no part of the number."""
        if number.kind != "num" or not number.text.startswith("."):
            return number
        beside = self.raw[min(self.at + 1, len(self.raw) - 1)]
        rest = [t for t in (number, beside) if t is number or (t.kind == "num" and t.start == number.end)]
        point = Token("op", ".", number.start, number.start + 1)
        text = "".join(t.text for t in rest)[1:]
        self.raw[self.at : self.at + len(rest)] = [point, Token("num", text, point.end, rest[-1].end)]
        return point

    def one(self) -> None:
        """Arrange the next token with its arguments."""
        token = self.raw[self.at]
        if token.kind == "space":
            self.at += 1
        elif token.kind == "cmd":
            self.at += 1
            self.command(token, token.text[1:])
        elif token.kind == "num":
            self.at += 1
            self.emit("num", checked_number(token.text, token.start), token.start, token.end)
        elif token.kind == "id":
            self.at += 1
            self.emit("id", token.text, token.start, token.end)
        else:
            self.sign(token)

    def sign(self, token: Token) -> None:
        """A character that is neither letter nor digit."""
        text = token.text
        if text == "{":
            return self.braced(token)
        self.at += 1
        if text in "^_" or text == "**":
            self.script("_" if text == "_" else "^", token)
        elif text == "'":
            self.emit("prime", "1", token.start, token.end)
        elif text in _BRACKETS:
            self.emit(_BRACKETS[text], text, token.start, token.end)
        elif text in ("|", "||"):
            for offset in range(len(text)):
                self.emit("bar", "|", token.start + offset, token.start + offset + 1)
        elif text == "&":
            self.emit("amp", text, token.start, token.end)
        elif text == '"':
            self.quoted(token)
        elif text in "#?":
            raise Unreadable(f"The sign '{text}' is not part of a formula.", token.start)
        elif text != "$":
            self.emit("op", _ASCII.get(text, text), token.start, token.end)

    def quoted(self, start: Token) -> None:
        """Words between quotation marks, as MathLive writes text."""
        letters = []
        while self.at < len(self.raw) and self.raw[self.at].text != '"':
            letters.append(self.raw[self.at].text)
            self.at += 1
        if self.at == len(self.raw):
            raise Unreadable("The quotation mark opened here is never closed.", start.start)
        self.at += 1
        text = "".join(letters).strip()
        kind = "word" if text.replace(" ", "").isalpha() else "quote"
        self.emit(kind, text, start.start, self.raw[self.at - 1].end)

    def braced(self, token: Token) -> None:
        """A group in braces, kept as a group."""
        self.at += 1
        self.emit("{", "{", token.start, token.end)
        first = len(self.out)
        end = self.content(token)
        self.split(first)
        self.emit("}", "}", end.start, end.end)

    def split(self, first: int) -> None:
        r"""``{n \choose k}`` and ``{a \over b}``: the group from ``first`` on in the order of today's commands."""
        if not self.splits:
            return
        level = 0
        for k in range(first, len(self.out)):
            token = self.out[k]
            level += (token.kind in ("{", "open")) - (token.kind in ("}", "close"))
            if level == 0 and token.kind == "cmd" and token.text in INFIX:
                left, right = self.out[first:k], self.out[k + 1 :]
                opening, closing = replace(token, kind="{", text="{"), replace(token, kind="}", text="}")
                command = replace(token, text=INFIX[token.text])
                self.out[first:] = [command, opening, *left, closing, opening, *right, closing]
                return

    def content(self, opening: Token) -> Token:
        """What stands before the brace that closes ``opening``; returns that brace."""
        font, self.depth = self.font, self.depth + 1
        if self.depth > MAX_NESTING:
            raise too_deep()
        while (token := self.peek()) is not None and not (token.kind == "op" and token.text == "}"):
            self.one()
        if token is None:
            raise Unreadable("The brace opened here is never closed.", opening.start)
        self.at += 1
        self.font, self.depth = font, self.depth - 1
        return token

    def script(self, kind: str, token: Token) -> None:
        """A sub- or superscript with its argument; primes written as superscripts become primes."""
        self.emit(kind, kind, token.start, token.end)
        first = len(self.out)
        self.argument(token, kind == "^")
        inner = self.out[first + 1 : -1]
        if kind == "^" and inner and all(t.kind == "prime" for t in inner):
            count = sum(int(t.text) for t in inner)
            self.out[first - 1 :] = [Token("prime", str(count), token.start, inner[-1].end)]

    def argument(self, after: Token, signed: bool = False) -> None:
        """One TeX argument, emitted between braces: a group, or a single character or command."""
        token = self.need(after)
        if token.kind == "op" and token.text == "{":
            return self.braced(token)
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise too_deep()
        self.emit("{", "{", token.start, token.start)
        if signed and token.kind == "op" and token.text in ("-", "+"):
            self.signed(token)
        else:
            self.single(token, after)
        self.emit("}", "}", self.out[-1].end, self.out[-1].end)
        self.depth -= 1

    def signed(self, token: Token) -> None:
        """An exponent such as ``x^-1`` without braces: TeX raises only the sign, but one thing is meant."""
        self.at += 1
        following = self.peek()
        if following is None or following.text in (")", "]", ",", "}", "=", "+", "-", "$", "_"):
            return self.emit("op", token.text, token.start, token.end)  # the positive part, as in x^+
        self.emit("op", token.text, token.start, token.end)
        number = following.kind == "num"
        self.one()
        after = self.raw[self.at] if self.at < len(self.raw) else None
        if number and after is not None and (after.kind in ("id", "num") or after.text in ("(", "{")):
            raise Unreadable(_SIGN_ADVICE, token.start)

    def single(self, token: Token, after: Token) -> None:
        """An argument of one character: of ``12`` only the 1."""
        if token.kind == "num" and len(token.text) > 1 and token.text[0] != ".":
            rest = Token("num", token.text[1:], token.start + 1, token.end)
            self.raw[self.at] = rest if rest.text[0].isdigit() or len(rest.text) > 1 else replace(rest, kind="op")
            return self.emit("num", token.text[0], token.start, token.start + 1)
        if token.kind == "op" and token.text not in "+-*'|.(<>=!,":
            raise Unreadable(f"Something is missing after '{after.text}'.", after.start)
        if token.text == "(" and after.text in ("_", "^"):
            raise Unreadable(_BRACES_ADVICE.format(after.text), token.start)
        self.one()

    def command(self, token: Token, name: str) -> None:
        """A command and what belongs to it."""
        from derive.notation.latex_commands import arrange_command

        arrange_command(self, token, name)


def arranged(text: str, macros: Mapping[str, str] | None = None) -> list[Token]:
    r"""The parser's tokens of LaTeX text.

    >>> " ".join(t.text for t in arranged(r"2^10\mathbf{x}"))
    '2 ^ { 1 } 0 x '

    Raises:
        Unreadable: where braces or commands do not fit.
        Refused: over the budget.
    """
    raw = expanded(scan(text), macros or {})
    tokens = once_bracketed(Arranger(raw, len(text)).all())
    if len(tokens) > MAX_TOKENS:
        raise Refused("This formula has too many signs to be an answer.")
    return tokens
