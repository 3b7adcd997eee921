"""Looking declared names up by how they are written: the longest spelling wins."""

from __future__ import annotations

from collections.abc import Sequence

from derive.notation.characters import VARIANTS
from derive.notation.lexer import Token

_END = "\0"
_STARS = frozenset({"*", "star", "ast", "⋆", "∗"})  # of c^*
_PLAIN_FONTS = frozenset({"", "rm", "it", "sf"})
Trie = dict[str, "Trie | str"]


def keys(token: Token, loose: bool) -> tuple[str, ...]:
    """What a token is called in a spelling; loosely, fonts and variant letters do not count."""
    text = token.text
    if token.kind == "id":
        if loose:
            text = f"\\{VARIANTS[text[1:]]}" if text[1:] in VARIANTS else text
            return (text if token.font != "bb" else f"bb:{text}",)
        return (text if token.font in _PLAIN_FONTS else f"{token.font}:{text}",)
    if token.kind == "num":
        return (f"{token.font}:{text}" if token.font in ("b", "bb", "vec") else text,)
    if token.kind == "word":
        return tuple(text)
    if token.kind == "prime":
        return ("'",) * int(token.text)
    return ("star",) if text in _STARS else (f"{token.kind}:{text}",)


def _insert(trie: Trie, spelling: Sequence[str], name: str, overwrite: bool) -> None:
    node = trie
    for key in spelling:
        following = node.setdefault(key, {})
        assert isinstance(following, dict)
        node = following
    if overwrite or _END not in node:
        node[_END] = name


class Spellings:
    """Declared spellings as two tries: exact, and with fonts removed."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.exact: Trie = {}
        self.loose: Trie = {}

    def add(self, tokens: Sequence[Token], name: str, overwrite: bool = True) -> None:
        """Learn that ``tokens`` (without their end) spell ``name``."""
        if not tokens:
            return
        _insert(self.exact, [k for t in tokens for k in keys(t, False)], name, overwrite)
        if not all(t.kind in ("num", "{", "}") for t in tokens):
            _insert(self.loose, [k for t in tokens for k in keys(t, True)], name, False)

    def match(self, tokens: list[Token], at: int) -> tuple[str, int] | None:
        """The name with the longest spelling at ``at``, and where it ends; exact fonts win a tie.

        A declared ``x_1^*`` is also found in ``x^*_1``: the scripts are then put in the declared order.
        """
        best = self._longest(tokens, at)
        scripts = scripts_swapped(tokens, at)
        if scripts is not None:
            swapped = self._longest(scripts, 0)
            if swapped is not None and (best is None or at + swapped[1] > best[1]):
                tokens[at : at + len(scripts)] = scripts
                return swapped[0], at + swapped[1]
        return best

    def _longest(self, tokens: Sequence[Token], at: int) -> tuple[str, int] | None:
        exact = _walk(self.exact, tokens, at, False)
        loose = _walk(self.loose, tokens, at, True)
        if exact is not None and (loose is None or exact[1] >= loose[1]):
            return exact
        return loose


def _walk(trie: Trie, tokens: Sequence[Token], at: int, loose: bool) -> tuple[str, int] | None:
    node, found, previous = trie, None, None
    while at < len(tokens):
        token = tokens[at]
        if previous is not None and not _continues(previous, token):
            break
        for key in keys(token, loose):
            following = node.get(key)
            if not isinstance(following, dict):
                return found
            node = following
        at, previous = at + 1, token
        name = node.get(_END)
        if isinstance(name, str):
            found = (name, at)
    return found


def _continues(previous: Token, token: Token) -> bool:
    """Two plain letters spell one name only where they touch."""
    both = previous.kind == "id" == token.kind and previous.text.isalpha() and token.text.isalpha()
    return not both or previous.end == token.start


def _group_end(tokens: Sequence[Token], at: int) -> int:
    """Where the braced script that starts at ``at`` ends, or ``at`` where none does."""
    if at >= len(tokens) or tokens[at].kind not in ("^", "_"):
        return at
    level = 0
    for i in range(at + 1, len(tokens)):
        level += (tokens[i].kind == "{") - (tokens[i].kind == "}")
        if level == 0:
            return i + 1
    return at


def scripts_swapped(tokens: Sequence[Token], at: int) -> list[Token] | None:
    """The letter at ``at`` with its two scripts the other way round, or None where it has not two."""
    first = at + 1
    if first >= len(tokens) or tokens[first].kind not in ("^", "_"):
        return None
    middle = _group_end(tokens, first)
    end = _group_end(tokens, middle)
    if end == middle or tokens[middle].kind == tokens[first].kind:
        return None
    return [*tokens[at:first], *tokens[middle:end], *tokens[first:middle]]


def _letter_end(tokens: Sequence[Token], at: int) -> int:
    r"""Where a letter ends, with the accent that it may have: ``\hat{c}`` or ``\hat c``."""
    if tokens[at].kind != "accent" or at + 1 >= len(tokens):
        return at + 1
    at += 1
    braced = tokens[at].kind == "{"
    while braced and at < len(tokens) and tokens[at].kind != "}":
        at += 1
    return at + 1


def scripts_apart(tokens: Sequence[Token], at: int) -> tuple[list[Token], int, int, set[int]] | None:
    """``h_{a,b,c}`` or ``h_{abc}`` as ``h_{a}_{b,c}``, how long it was, how long ``h_{a}`` is, and how many indices follow.

    ``W_{2,ki}`` has one index after the comma, or two letters that touch. None where the script is one index: ``h_{a+1}``.
    """
    low = _letter_end(tokens, at)
    end = _group_end(tokens, low)
    if end <= low or tokens[low].kind != "_":
        return None
    commas = _commas(tokens, low, end)
    letters = end - low - 3
    if not commas and (letters < 2 or not all(_is_letter(t) for t in tokens[low + 2 : end - 1])):
        return None
    lower, opening, closing = tokens[low], tokens[low + 1], tokens[end - 1]
    cut, behind = (commas[0], commas[0] + 1) if commas else (low + 3, low + 3)
    first, rest = [*tokens[at:cut], closing], tokens[behind:end]
    slots = {len(commas)} if commas else set()
    touching = {len(rest) - 1} if all(t.kind == "id" for t in rest[:-1]) else set()
    return [*first, lower, opening, *rest], end - at, len(first), slots | touching


def _commas(tokens: Sequence[Token], low: int, end: int) -> list[int]:
    """Where the commas of a braced script stand that are in no further brackets."""
    level, found = 0, []
    for k in range(low + 1, end):
        level += (tokens[k].kind in ("{", "open")) - (tokens[k].kind in ("}", "close"))
        if level == 1 and tokens[k].text == ",":
            found.append(k)
    return found


def _is_letter(token: Token) -> bool:
    return token.kind == "id" and (token.text.startswith("\\") or (len(token.text) == 1 and token.text.isalpha()))
