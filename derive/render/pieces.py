r"""LaTeX cut into the pieces that stand side by side on a line: names with their scripts, fractions, parentheses, signs."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_&\[\]()]|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
_ARGUMENTS = {
    **dict.fromkeys(("frac", "tfrac", "dfrac", "binom", "textcolor"), 2),
    **dict.fromkeys(("sqrt", "mathbb", "mathrm", "mathcal", "mathbf", "boldsymbol", "operatorname", "text"), 1),
    **dict.fromkeys(("hat", "bar", "tilde", "dot", "underline", "overline", "boxed", "mathbin", "mathrel"), 1),
}  # fmt: skip
_CLOSING = {"(": ")", "[": "]", "{": "}"}
RELATIONS = (
    "=",
    "<",
    ">",
    r"\le",
    r"\ge",
    r"\ne",
    r"\approx",
    r"\iff",
    r"\Rightarrow",
    r"\to",
    r"\in",
    r"\sim",
    r"\ll",
    r"\gg",
)
OPERATORS = ("+", "-", r"\cdot", r"\times", r"\odot", r"\circ", r"\wedge", r"\vee", r"\pm", r"\oplus")


def pieces(latex: str) -> list[str]:
    r"""What stands side by side, each piece whole in itself; spaces hang on the piece before them.

    >>> pieces(r"\frac{a}{b} x_{i} = \left(p + q\right)^{2}")
    ['\\frac{a}{b} ', 'x_{i} ', '= ', '\\left(p + q\\right)^{2}']
    """
    return _Pieces(latex).read()


def is_sign(piece: str) -> bool:
    """Whether a piece is a relation or an operator between two others, a comma or a space."""
    return piece.strip() in (*RELATIONS, *OPERATORS, ",", r"\qquad", r"\quad", "&", r"\\", r"\,", "", ".", ";", r"\;")


class _Pieces:
    def __init__(self, latex: str) -> None:
        self.items: list[str] = _TOKEN.findall(latex)
        self.place = 0

    def read(self) -> list[str]:
        found: list[str] = []
        while self.place < len(self.items):
            piece = self.atom()
            while self.next_is("^", "_", "'") or (self.next_is(" ") and self.after_space() in ("^", "_", "'")):
                piece += self.take() + (self.spaces() + self.atom() if self.items[self.place - 1] in "^_" else "")
            piece += self.spaces()
            if piece.isspace() and found:
                found[-1] += piece
            elif piece:
                found.append(piece)
        return found

    def next_is(self, *tokens: str) -> bool:
        return self.place < len(self.items) and (
            self.items[self.place] in tokens or (" " in tokens and self.items[self.place].isspace())
        )

    def after_space(self) -> str:
        return self.items[self.place + 1] if self.place + 1 < len(self.items) else ""

    def take(self) -> str:
        self.place += 1
        return self.items[self.place - 1]

    def spaces(self) -> str:
        return self.take() if self.place < len(self.items) and self.items[self.place].isspace() else ""

    def atom(self) -> str:
        """One token with everything that belongs to it."""
        if self.place >= len(self.items):
            return ""
        token = self.take()
        if token == "\\left":
            return token + self.until_right()
        if token == "\\begin":
            return token + self.until_end()
        if token in _CLOSING:
            return token + self.until_closed(token)
        if token == "|":
            return token + self.until_bar()
        text = token
        for _ in range(_ARGUMENTS.get(token[1:], 0) if token.startswith("\\") else 0):
            text += self.spaces() + self.atom()
        return text

    def until_right(self) -> str:
        """Up to the delimiter that closes this one."""
        text, depth = self.take(), 1
        while depth and self.place < len(self.items):
            token = self.take()
            depth += (token == "\\left") - (token == "\\right")
            text += token
        return text + (self.take() if self.place < len(self.items) else "")

    def until_end(self) -> str:
        text, depth = self.atom(), 1
        while depth and self.place < len(self.items):
            token = self.take()
            depth += (token == "\\begin") - (token == "\\end")
            text += token
        return text + self.atom()

    def until_bar(self) -> str:
        """Up to the bar that closes a magnitude; one between two things stands alone."""
        bars = [k for k in range(self.place, len(self.items)) if self.items[k] == "|"]
        if not bars or self.items[self.place].isspace():
            return ""
        start, self.place = self.place, bars[0] + 1
        return "".join(self.items[start : self.place])

    def until_closed(self, opening: str) -> str:
        """Up to the closing bracket; one that is never closed stands alone."""
        start, depth = self.place, 1
        for k in range(start, len(self.items)):
            token = self.items[k]
            depth += (token == opening) - (token == _CLOSING[opening])
            if not depth:
                self.place = k + 1
                return "".join(self.items[start : k + 1])
        return ""
