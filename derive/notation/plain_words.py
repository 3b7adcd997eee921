"""Plain text cut into words, signs and numbers; a run of letters into names, functions and Greek."""

from __future__ import annotations

import re

from derive.notation import functions as f
from derive.notation.arrange import Arranger
from derive.notation.characters import GREEK, complaint, in_latex, run_in_latex
from derive.notation.declare import Declarations
from derive.notation.errors import Unreadable
from derive.notation.lexer import Token, checked_number, scan

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
    "or": ("op", "or"), "xor": ("op", "xor"),
    "not": ("op", "not"), "odot": ("op", "odot"), "dot": ("op", "cdot"), "cdot": ("op",
    "cdot"), "mod": ("op", "%"),
    "times": ("op", "times"), "circ": ("op", "circ"), "otimes": ("op", "otimes"), "if": ("word", "if"),
}  # fmt: skip
_BRACKETS = {"(": "open", "[": "open", "{": "open", ")": "close", "]": "close", "}": "close"}
_CURLY = {"{": r"\{", "}": r"\}"}
_SIGNS = {"==": "=", "&&": "and", "->": "to", "=>": "implies", "**": "^"}
_LONGEST = 40
_GREEK = frozenset(GREEK)
KNOWN_WORDS = frozenset({*f.FUNCTIONS, *f.UNREAD, "otherwise", "else", "true", "false", "if"})


def plain_words(text: str, declared: Declarations) -> list[Token]:
    """The tokens of plain text, scripts as they were typed.

    Raises:
        Unreadable: where a character belongs to no notation.
    """
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
            between = found == "." and text[at - 1 : at].isspace() and text[at + 1 : at + 2].isspace()
            out.append(Token("op", "cdot", at, at + 1) if between else _sign(found, at))
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
        same = word in _GREEK and declared.latex(found[0]) == f"\\{word}"
        return [Token("id", f"\\{word}", at, end)] if same else letters
    if len(word) == 1:
        return letters
    if len(word) > _LONGEST:
        raise Unreadable(f"We read formulas, not sentences: '{word[:40]}'.", at)
    if word in _GREEK:
        return [Token("id", f"\\{word}", at, end)]
    if (name := declared.named(word)) != word and "_" not in word:
        return [Token("id", declared.latex(name), at, end)]
    if word in _WORDS:
        return [Token(*_WORDS[word], at, end)]
    if word in KNOWN_WORDS:
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
