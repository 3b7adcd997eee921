"""Telling sentences from formulas: unknown words are not products of letters."""

from __future__ import annotations

from itertools import pairwise

from derive.notation.declare import Declarations
from derive.notation.errors import Unreadable
from derive.notation.functions import BARE, FUNCTIONS
from derive.notation.lexer import Token

_LONG = 5
_SENTENCE = frozenset({"and", "the", "bits", "nats", "bytes", "units", "steps"})
_JOINING = frozenset({"or", "and", "xor"})
_MANY = 6
_SAID = "We read formulas, not sentences, and '{}' is no name that we know here."


def refuse_prose(tokens: list[Token], declared: Declarations) -> None:
    """Refuse a text with words in it; what stands before ``=`` may be a word.

    Raises:
        Unreadable: at the first word.
    """
    _refuse_joined(tokens, declared)
    words = [w for w in _runs(tokens) if _is_word(w, declared)]
    unknown = [w for w in words if _of_sentences(w, declared) or _letters(w, declared) >= _LONG]
    if unknown or (len(words) > 1 and sum(map(len, words)) >= _MANY):
        first = (unknown or words)[0]
        text = "".join(t.text for t in first)[:40]
        raise Unreadable(_SAID.format(text), first[0].start)


def _refuse_joined(tokens: list[Token], declared: Declarations) -> None:
    """Refuse ``x = 2 or x = 3``: a word between spaces that joins, also before an equals sign."""
    for size in (2, 3):
        for k in range(1, len(tokens) - size):
            run, before, after = tokens[k : k + size], tokens[k - 1], tokens[k + size]
            text = "".join(t.text for t in run)
            apart = before.end < run[0].start and run[-1].end < after.start and run[-1].end - run[0].start == size
            if text in _JOINING and apart and not all(_known(t, declared) for t in run):
                raise Unreadable(_SAID.format(text), run[0].start)


def refuse_words(tokens: list[Token], known: frozenset[str]) -> None:
    """Refuse plain text with two words side by side that no notation knows.

    Raises:
        Unreadable: at the first of them.
    """
    for first, second in pairwise(tokens):
        if all(t.kind == "word" and t.text.isalpha() and t.text not in known for t in (first, second)):
            raise Unreadable(f"We read formulas, not sentences: '{first.text} {second.text}'.", first.start)


def _runs(tokens: list[Token]) -> list[list[Token]]:
    """Letters that touch, outside of subscripts and after the last equals sign."""
    runs: list[list[Token]] = [[]]
    depth = 0
    for i, token in enumerate(tokens):
        if depth or token.kind == "_":
            depth += (token.kind in ("_", "{")) - (token.kind == "}")
        elif token.kind == "op" and token.text == "=":
            runs = [[]]
        elif token.kind == "id" and token.text.isascii() and token.text.isalpha():
            if not runs[-1] or runs[-1][-1].end != token.start or tokens[i - 1] is not runs[-1][-1]:
                runs.append([])
            runs[-1].append(token)
    return [run for run in runs if len(run) > 2]


def _is_word(run: list[Token], declared: Declarations) -> bool:
    text = "".join(t.text for t in run)
    if text in FUNCTIONS or any(text.startswith(b) or text.endswith(b) for b in BARE if len(b) > 2):
        return False
    if declared.spellings.match([*run, Token("eof", "", 0, 0)], 0) not in (None, _none(run, declared)):
        return False
    return sum(not _known(t, declared) for t in run) > 1


def _letters(run: list[Token], declared: Declarations) -> int:
    """How many different letters of a word nothing declares."""
    return len({t.text for t in run if not _known(t, declared)})


def _of_sentences(run: list[Token], declared: Declarations) -> bool:
    """Whether it is a word that stands beside formulas, or a unit, and no letter of it is declared."""
    return "".join(t.text for t in run) in _SENTENCE and not any(_known(t, declared) for t in run)


def _none(run: list[Token], declared: Declarations) -> tuple[str, int] | None:
    """What the first letter alone spells."""
    return declared.spellings.match([run[0], Token("eof", "", 0, 0)], 0)


def _known(token: Token, declared: Declarations) -> bool:
    return declared.spellings.match([token, Token("eof", "", 0, 0)], 0) is not None
