"""How each kind of LaTeX command is arranged into the parser's tokens."""

from __future__ import annotations

from collections.abc import Callable

from derive.notation import commands as c
from derive.notation.arrange import Arranger
from derive.notation.errors import Unreadable
from derive.notation.lexer import Token

_NOT_FORMULA = "The command {} is not part of a formula; please give the formula itself."


def arrange_command(a: Arranger, token: Token, name: str) -> None:
    """Arrange the command ``name``, whose token has just been passed."""
    arrange = _KINDS.get(name)
    if arrange is not None:
        arrange(a, token, name)
    elif name in c.FORBIDDEN:
        raise Unreadable(_NOT_FORMULA.format(token.text), token.start)
    else:
        a.emit("cmd", name, token.start, token.end)


def _skip(a: Arranger, token: Token, name: str) -> None:
    """Spaces and styles say nothing."""


def _letter(a: Arranger, token: Token, name: str) -> None:
    a.emit("id", token.text, token.start, token.end)


def _sign(a: Arranger, token: Token, name: str) -> None:
    a.emit("op", c.SIGNS[name], token.start, token.end)


def _ordinary(a: Arranger, token: Token, name: str) -> None:
    a.emit("cmd", name, token.start, token.end)


def _named(a: Arranger, token: Token, name: str) -> None:
    a.emit("word", name, token.start, token.end)


def _prime(a: Arranger, token: Token, name: str) -> None:
    a.emit("prime", str(c.PRIMES[name]), token.start, token.end)


def _open(a: Arranger, token: Token, name: str) -> None:
    text = c.OPEN[name]
    a.emit("bar" if text[0] == "|" else "open", text, token.start, token.end, "left")


def _close(a: Arranger, token: Token, name: str) -> None:
    text = c.CLOSE[name]
    a.emit("bar" if text[0] == "|" else "close", text, token.start, token.end, "right")


def _bar(a: Arranger, token: Token, name: str) -> None:
    a.emit("bar", c.BARS[name], token.start, token.end)


def _sized(a: Arranger, token: Token, name: str) -> None:
    r"""``\\left`` and its kin: the bracket itself is what counts, and for bars which side it is."""
    side = {"left": "left", "right": "right"}.get(name) or {"l": "left", "r": "right"}.get(name[-1], "")
    following = a.pointed(a.need(token))
    if following.text == "." and name in ("left", "right"):
        a.at += 1
        return a.emit("open" if side == "left" else "close", ".", token.start, following.end, side)
    first = len(a.out)
    a.one()
    if len(a.out) > first and a.out[first].kind in ("bar", "open", "close"):
        a.out[first].side = side
        _turn(a.out[first], side)
    elif name in ("left", "right"):
        raise Unreadable(f"After '{token.text}' there must be a bracket.", token.start)


def _turn(token: Token, side: str) -> None:
    r"""``\\left]`` opens and ``\\right[`` closes."""
    if token.kind in ("open", "close") and side:
        token.kind = "open" if side == "left" else "close"


def _font(a: Arranger, token: Token, name: str) -> None:
    font = c.FONTS[name]
    if name in c.DECLARATIVE:
        a.font = font
        return None
    below = [t.kind for t in a.out[-2:]] == ["_", "{"]
    word = _plain_word(a) if font in ("rm", "sf", "tt") or (font == "it" and below) else None
    if word is not None and len(word.text) > 1:
        return a.out.append(word)
    before, a.font = a.font, font
    first = len(a.out)
    a.argument(token)
    a.font = before
    if len(a.out) == first + 3:  # a font around one letter is no group
        a.out[first:] = [a.out[first + 1]]
    return None


def _plain_word(a: Arranger) -> Token | None:
    """A braced run of plain letters (``softmax``, ``ReLU``), passed and returned as one word."""
    opening = a.peek()
    if opening is None or opening.text != "{":
        return None
    at = a.at + 1
    while at < len(a.raw) and (
        a.raw[at].kind in ("id", "num", "space") or a.raw[at].text in ("-", "_", ",", ".", r"\_")
    ):
        at += 1
    if at == len(a.raw) or a.raw[at].text != "}":
        return None
    text = "".join(" " if t.kind == "space" else t.text for t in a.raw[a.at + 1 : at]).replace(r"\_", "_").strip()
    if len(text) < 2 or not text[0].isalpha() or not text.replace(" ", "").replace("_", "").replace("-", "").isalnum():
        return None
    a.at = at + 1
    return Token("word", text, opening.start, a.raw[at].end)


def _word(a: Arranger, token: Token, name: str) -> None:
    """Text: words, letters, or a formula between dollar signs."""
    word = _plain_word(a)
    if word is not None:
        a.out.append(word)
        return
    first = len(a.out)
    before, a.font = a.font, "rm"
    a.argument(token)
    a.font = before
    inner = [t for t in a.out[first + 1 : -1] if not (t.kind == "op" and t.text in ",.")]
    if name.startswith("text") or name == "mbox":
        inner = _words_of(inner)
    a.out[first:] = inner


def _words_of(tokens: list[Token]) -> list[Token]:
    """Letters that stand together in running text become words."""
    out: list[Token] = []
    for token in tokens:
        joins = out and out[-1].end == token.start and out[-1].kind in ("id", "word")
        if joins and token.kind == "id" and token.text.isalpha():
            out[-1] = Token("word", out[-1].text + token.text, out[-1].start, token.end)
        else:
            out.append(token)
    return out


def _wrapper(a: Arranger, token: Token, name: str) -> None:
    a.argument(token)


def _substack(a: Arranger, token: Token, name: str) -> None:
    first = len(a.out)
    a.argument(token)
    a.out[first:] = a.out[first + 1 : -1]


def _dropped(a: Arranger, token: Token, name: str) -> None:
    first = len(a.out)
    for _ in range(c.DROPPED[name]):
        a.argument(token)
    del a.out[first:]


def _annotated_after(a: Arranger, token: Token, name: str) -> None:
    a.argument(token)
    following = a.peek()
    if following is not None and following.text in ("_", "^"):
        first = len(a.out)
        a.one()
        del a.out[first:]


def _annotated_before(a: Arranger, token: Token, name: str) -> None:
    first = len(a.out)
    a.argument(token)
    del a.out[first:]
    a.argument(token)
    if len(a.out) == first + 3 and a.out[first + 1].kind == "op":
        a.out[first:] = [a.out[first + 1]]


def _fraction(a: Arranger, token: Token, name: str) -> None:
    a.emit("cmd", c.FRACTIONS[name], token.start, token.end)
    a.argument(token)
    a.argument(token)


def _accent(a: Arranger, token: Token, name: str) -> None:
    a.emit("accent", c.ACCENTS[name], token.start, token.end)
    a.argument(token)


def _root(a: Arranger, token: Token, name: str) -> None:
    a.emit("cmd", "sqrt", token.start, token.end)
    following = a.need(token)
    if following.text == "[":
        a.at += 1
        a.emit("open", "[", following.start, following.end)
        while (inner := a.need(following)).text != "]":
            a.one()
        a.at += 1
        a.emit("close", "]", inner.start, inner.end)
    a.argument(token)


def _environment(a: Arranger, token: Token, name: str) -> None:
    r"""``\\begin{cases}`` and the like; what an array says about its columns is dropped."""
    word = _plain_word(a) if (opening := a.peek()) is not None and opening.text == "{" else None
    if word is None:
        word = _starred(a, token)
    known = c.MATRICES | c.LISTS
    if word.text not in known:
        raise Unreadable(f"The environment '{word.text}' is not one we read.", token.start)
    if name == "begin" and word.text in ("array", "alignat", "alignedat"):
        first = len(a.out)
        a.argument(token)
        del a.out[first:]
    a.emit(name, word.text, token.start, word.end)


def _starred(a: Arranger, token: Token) -> Token:
    first = len(a.out)
    a.argument(token)
    inner = a.out[first + 1 : -1]
    del a.out[first:]
    return Token("word", "".join(t.text for t in inner), token.start, a.raw[a.at - 1].end)


def _row(a: Arranger, token: Token, name: str) -> None:
    a.emit("row", "row", token.start, token.end)
    following = a.raw[a.at] if a.at < len(a.raw) else None
    if following is not None and following.text == "[":  # \\[0.6em]
        end = next((i for i in range(a.at, min(a.at + 8, len(a.raw))) if a.raw[i].text == "]"), None)
        if end is not None and a.raw[end - 1].text in ("m", "t", "x") and a.raw[a.at + 1].kind == "num":
            a.at = end + 1


def _empty_box(a: Arranger, token: Token, name: str) -> None:
    raise Unreadable("There is an empty box here; please fill it in.", token.start)


def _pmod(a: Arranger, token: Token, name: str) -> None:
    raise Unreadable("Congruences are not read; please write a remainder as a \\bmod b.", token.start)


def _not(a: Arranger, token: Token, name: str) -> None:
    a.need(token)
    first = len(a.out)
    a.one()
    opposite = {"=": "!=", "in": "notin", "<": ">=", ">": "<=", "<=": ">", ">=": "<"}.get(a.out[-1].text)
    if len(a.out) != first + 1 or opposite is None:
        raise Unreadable("After '\\not' we read only a relation such as = or \\in.", token.start)
    a.out[-1].text = opposite


_KINDS: dict[str, Callable[[Arranger, Token, str], None]] = {
    **dict.fromkeys(c.ORDINARY, _ordinary),
    **dict.fromkeys(c.NAMED, _named),
    **dict.fromkeys(c.SIGNS, _sign),
    **dict.fromkeys(c.LETTERS, _letter),
    **dict.fromkeys(c.SKIPPED, _skip),
    **dict.fromkeys(c.SIZES, _sized),
    **dict.fromkeys(c.FONTS, _font),
    **dict.fromkeys(c.WORDS, _word),
    **dict.fromkeys(c.WRAPPERS, _wrapper),
    **dict.fromkeys(c.DROPPED, _dropped),
    **dict.fromkeys(c.ANNOTATED_AFTER, _annotated_after),
    **dict.fromkeys(c.ANNOTATED_BEFORE, _annotated_before),
    **dict.fromkeys(c.FRACTIONS, _fraction),
    **dict.fromkeys(c.ACCENTS, _accent),
    **dict.fromkeys(c.PRIMES, _prime),
    **dict.fromkeys(c.OPEN, _open),
    **dict.fromkeys(c.CLOSE, _close),
    **dict.fromkeys(c.BARS, _bar),
    "sqrt": _root,
    "begin": _environment,
    "end": _environment,
    "\\": _row,
    "cr": _row,
    "newline": _row,
    "not": _not,
    "substack": _substack,
    "placeholder": _empty_box,
    "pmod": _pmod,
    "$": _skip,
}
