"""Plain text to the parser's tokens: Greek and functions by name, a whole operand behind ``^`` and ``_``."""

from __future__ import annotations

import re

from derive.notation import functions as f
from derive.notation.arrange import Arranger, arranged
from derive.notation.characters import GREEK, complaint, in_latex, run_in_latex
from derive.notation.declare import Declarations
from derive.notation.errors import MAX_NESTING, Unreadable, too_deep
from derive.notation.lexer import Token, checked_number, scan
from derive.notation.prose import refuse_words

_WORD = re.compile(
    r"(?P<space>\s+)|(?P<num>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+(?![0-9.]))?)|(?P<word>log(?:2|10)(?=\s*\()|[A-Za-z]+)"
    r"|(?P<dots>\.{2,3})|(?P<op>\*\*|<=|>=|!=|==|->|=>|:=|&&|\|\||[-+*/^_=<>!,;:.%@'|()\[\]{}])"
)
_HEAD = re.compile(r"[A-Za-z]+_$")
_WORDS = {
    "oo": ("cmd", "infty"), "inf": ("cmd", "infty"), "infinity": ("cmd", "infty"), "sum": ("cmd", "sum"),
    "prod": ("cmd", "prod"),
    "nabla": ("cmd", "nabla"), "grad": ("cmd", "nabla"), "partial": ("cmd", "partial"), "in": ("op", "in"),
    "and": ("op", "and"),
    "or": ("op", "or"), "not": ("op", "not"), "odot": ("op", "odot"), "dot": ("op", "cdot"), "cdot": ("op",
    "cdot"), "mod": ("op", "%"),
    "times": ("op", "times"), "circ": ("op", "circ"), "otimes": ("op", "otimes"), "if": ("word", "if"),
}  # fmt: skip
_BRACKETS = {"(": "open", "[": "open", "{": "open", ")": "close", "]": "close", "}": "close"}
_CURLY = {"{": r"\{", "}": r"\}"}
_SIGNS = {"==": "=", "&&": "and", "->": "to", "=>": "implies", "**": "^"}
_LONGEST = 40
_GREEK = frozenset(GREEK)
_KNOWN_WORDS = frozenset({*f.FUNCTIONS, *f.UNREAD, "otherwise", "else", "true", "false", "if"})


def plain_tokens(text: str, declared: Declarations, flags: frozenset[str], met: set[str]) -> list[Token]:
    """The parser's tokens; ``met`` learns what can be read in two ways: an exponent, a number in brackets.

    >>> [t.text for t in plain_tokens("2^10", Declarations(), frozenset(), set())]
    ['2', '^', '{', '10', '}', '']

    Raises:
        Unreadable: where a character belongs to no notation.
    """
    if "\\" in text or "$" in text:
        return arranged(text, declared.macros)
    flat = _words(text, declared)
    refuse_words(flat, _KNOWN_WORDS)
    return [*_Scripts(flat, declared, flags, met).all(), Token("eof", "", len(text), len(text))]


def _words(text: str, declared: Declarations) -> list[Token]:
    out: list[Token] = []
    at = 0
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None or (not text.isascii() and run_in_latex(text, at)):
            at = _foreign(out, text, at)
            continue
        kind, found = match.lastgroup, match.group()
        if kind == "num":
            out.append(Token("num", _number(found, at), at, match.end()))
        elif kind == "word":
            out.extend(
                [Token("word", found, at, match.end())]
                if _is_below(text, match, declared)
                else _word(found, at, declared)
            )
        elif kind == "dots":
            out.append(Token("cmd", "dots", at, match.end()))
        elif found == "||":
            out.extend(Token("bar", "|", at + i, at + i + 1) for i in range(2))
        elif kind == "op":
            out.append(_sign(found, at))
        at = match.end()
    return out


def _is_below(text: str, match: re.Match[str], declared: Declarations) -> bool:
    """Whether a word is what stands below in a declared name, ``in`` in ``C_in``."""
    head = _HEAD.search(text[: match.start()])
    return head is not None and declared.named(typed := head[0] + match.group()) != typed


def _number(found: str, at: int) -> str:
    plain = checked_number(found, at)
    return f"{plain}0" if plain.endswith(".") else plain


def _foreign(out: list[Token], text: str, at: int) -> int:
    """A pasted character, through the LaTeX that it stands for."""
    latex, end = run_in_latex(text, at) or (in_latex(text[at]), at + 1)
    if latex is None:
        raise Unreadable(complaint(text[at]), at)
    tokens = Arranger(scan(latex if latex != r"\sqrt" else r"\operatorname{sqrt}"), len(latex)).all()[:-1]
    for token in tokens:
        token.start, token.end = at, end
    out.extend(tokens)
    return end


def _sign(found: str, at: int) -> Token:
    end = at + len(found)
    if found in _BRACKETS:
        return Token(_BRACKETS[found], _CURLY.get(found, found), at, end)
    if found in ("^", "_", "**"):
        return Token("_" if found == "_" else "^", found, at, end)
    if found == "|":
        return Token("bar", "|", at, end)
    return Token("prime", "1", at, end) if found == "'" else Token("op", _SIGNS.get(found, found), at, end)


def _word(word: str, at: int, declared: Declarations) -> list[Token]:
    """A run of letters: a name, a sign, a function, Greek; else cut into names from the left."""
    end = at + len(word)
    letters = [Token("id", c, at + i, at + i + 1) for i, c in enumerate(word)]
    found = declared.spellings.match([*letters, Token("eof", "", end, end)], 0)
    if found is not None and found[1] == len(word):
        return letters
    if len(word) == 1:
        return letters
    if len(word) > _LONGEST:
        raise Unreadable(f"We read formulas, not sentences: '{word[:40]}'.", at)
    if word in _GREEK:
        return [Token("id", f"\\{word}", at, end)]
    if word in _WORDS:
        return [Token(*_WORDS[word], at, end)]
    if word in _KNOWN_WORDS:
        return [Token("word", word, at, end)]
    return _cut(word, letters, at, declared)


def _cut(word: str, letters: list[Token], at: int, declared: Declarations) -> list[Token]:
    """Names, Greek and functions inside a run of letters; a run that holds none stays a word."""
    if all(declared.spellings.match([t, Token("eof", "", t.end, t.end)], 0) for t in letters):
        return letters
    for size in range(len(word) - 1, 1, -1):
        head = word[:size]
        if head in _GREEK or head in f.BARE:
            return [*_word(head, at, declared), *_word(word[size:], at + size, declared)]
    for start in range(1, len(word) - 1):
        if word[start:] in _GREEK or word[start:] in f.BARE:
            return [*_word(word[:start], at, declared), *_word(word[start:], at + start, declared)]
    return letters if len(word) < 4 else [Token("word", word, at, at + len(word))]


def _parts(token: Token | None) -> bool:
    """Whether slots are parted here."""
    return token is None or token.text == ","


class _Scripts:
    """Braces around what stands behind ``^`` and ``_``: a bracket, or a sign and one name or number."""

    def __init__(self, flat: list[Token], declared: Declarations, flags: frozenset[str], met: set[str]) -> None:
        self.flat, self.declared, self.met = flat, declared, met
        self.deep_power, self.zero_based = "deep_power" in flags, "zero_based" in flags
        self.at = self.depth = 0
        self.out: list[Token] = []

    def all(self) -> list[Token]:
        while self.at < len(self.flat):
            self.one()
        return self.out

    def one(self) -> None:
        if self.is_entry():
            self.entry()
            return
        token = self.flat[self.at]
        self.at += 1
        if self.is_call(token):
            self.out.append(Token("open", "(", token.start, token.start))
            self.out.append(token)
            self.bracket()
            self.out.append(Token("close", ")", self.out[-1].end, self.out[-1].end))
            return
        self.out.append(token)
        if token.kind in ("^", "_"):
            self.depth += 1
            if self.depth > MAX_NESTING:
                raise too_deep()
            self.braced(token)
            self.depth -= 1

    def peek(self) -> Token | None:
        return self.flat[self.at] if self.at < len(self.flat) else None

    def braced(self, mark: Token) -> None:
        """The operand of a script, in braces; a power tower groups to the right."""
        if (token := self.peek()) is None:
            raise Unreadable(f"Something is missing after '{mark.text}'.", mark.start)
        if token.kind == "{":
            return None
        self.out.append(Token("{", "{", token.start, token.start))
        base_is_e = len(self.out) > 2 and self.out[-3].text == "e"
        signed = token.kind == "op" and token.text in ("-", "+")
        if signed:
            self.one_plain()
        self.operand(mark)
        if mark.kind == "^" and (signed or base_is_e) and self.goes_on():
            self.met.add("deep_power")
            while self.deep_power and self.goes_on():
                self.one()
        while mark.kind == "^" and (token := self.peek()) is not None and token.kind == "^":
            self.one()
        self.out.append(Token("}", "}", self.out[-1].end, self.out[-1].end))
        return None

    def one_plain(self) -> None:
        self.out.append(self.flat[self.at])
        self.at += 1

    def operand(self, mark: Token) -> None:
        """A bracket with its content, or one token; the outer bracket of a script is no part of it."""
        token = self.peek()
        if token is None:
            raise Unreadable(f"Something is missing after '{mark.text}'.", mark.start)
        if token.kind != "open":
            for _ in range(self.spelled()):
                self.one_plain()
            following = self.peek()
            if token.kind == "word" and following is not None and following.kind == "open":
                self.bracket()
            elif mark.kind == "_":
                self.letters(token)
            elif following is not None and following.kind == "_":
                self.one()
            return
        first = len(self.out)
        self.bracket()
        inner = self.out[first + 1 : -1]
        if (mark.kind == "_" and token.text in ("(", r"\{")) or token.text == r"\{":
            self.out[first:] = inner

    def is_call(self, token: Token) -> bool:
        """Whether ``sum(x)`` says with its bracket what it sums, so that ``sum(x)^2`` is a square."""
        following = self.peek()
        return token.kind == "cmd" and token.text in ("sum", "prod") and following is not None and following.text == "("

    def is_entry(self) -> bool:
        """Whether a declared array's name with a bracket that touches it follows: ``W[i,j]``."""
        found = self.declared.spellings.match(self.flat, self.at)
        if found is None or not self.declared.rank(found[0]) or found[1] >= len(self.flat):
            return False
        bracket = self.flat[found[1]]
        return bracket.text == "[" and bracket.start == self.flat[found[1] - 1].end

    def entry(self) -> None:
        """``W[i,j]`` as W with a subscript, which counts as the problem does."""
        while self.flat[self.at].text != "[":
            self.one_plain()
        opening, first = self.flat[self.at], len(self.out)
        self.bracket()
        closing, slots = self.out.pop(), self.slots(self.out[first + 1 :])
        opened = [Token("_", "_", opening.start, opening.start), Token("{", "{", opening.start, opening.end)]
        self.out[first:] = [*opened, *slots, Token("}", "}", closing.start, closing.end)]

    def slots(self, inner: list[Token]) -> list[Token]:
        """The slots of an entry; a number alone may count from 0, as code does."""
        ends = [None, *inner, None]
        alone = [t.kind == "num" and _parts(ends[k]) and _parts(ends[k + 2]) for k, t in enumerate(inner)]
        if not any(alone) or not self.declared.index_base:
            return inner
        self.met.add("zero_based")
        base = [Token("op", "+", 0, 0), Token("num", str(self.declared.index_base), 0, 0)]
        shift = [base if self.zero_based and one else [] for one in alone]
        return [t for token, more in zip(inner, shift, strict=True) for t in (token, *more)]

    def spelled(self) -> int:
        """How many tokens the next operand is: those of a declared name's letters, else one."""
        found = self.declared.spellings.match(self.flat, self.at)
        return max(found[1] - self.at, 1) if found is not None else 1

    def letters(self, before: Token) -> None:
        """``x_ij`` and ``w_12``: letters that touch belong to one subscript."""
        while (token := self.peek()) is not None and token.kind in ("id", "num") and token.start == before.end:
            self.one_plain()
            before = token

    def bracket(self) -> None:
        level, opening = 0, self.flat[self.at]
        while self.at < len(self.flat):
            token = self.flat[self.at]
            level += (token.kind == "open") - (token.kind == "close")
            self.one()
            if level == 0:
                return
        raise Unreadable("The bracket opened here is never closed.", opening.start)

    def goes_on(self) -> bool:
        """Whether a number in an exponent is followed by what may belong to it: ``e^-2x``."""
        token, last = self.peek(), self.out[-1]
        return (
            token is not None and last.kind in ("num", "id") and token.start == last.end and token.kind in ("id", "num")
        )
