r"""Formulas typeset as HTML and MathML by KaTeX, which runs in QuickJS here and nowhere else: pages hold no script for it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

from markupsafe import Markup, escape

from derive.bank.banks import content
from derive.render.changes import CLASS
from derive.render.mathml import mended
from derive.render.pieces import is_sign, pieces
from derive.render.plain import plain
from derive.render.spans import Spans

NOTICE = "/*! KaTeX 0.19.1, MIT licence, (c) 2013-2020 Khan Academy and other contributors */"
SCROLLS = 30  # a piece that shows more characters is wider than a telephone
_SETTINGS = (
    "displayMode: shown, output: 'htmlAndMathml', throwOnError: true, strict: 'ignore', maxSize: 40, maxExpand: 1000, "
    f"trust: c => c.command === '\\\\htmlClass' && c.class === '{CLASS}'"
)
_FONTS = {
    "mathnormal": "Math-Italic", "mathit": "Main-Italic", "textit": "Main-Italic", "mathbf": "Main-Bold", "textbf": "Main-Bold",
    "boldsymbol": "Math-BoldItalic", "amsrm": "AMS-Regular", "mathbb": "AMS-Regular", "textbb": "AMS-Regular",
    "mathcal": "Caligraphic-Regular", "mathfrak": "Fraktur-Regular", "mathscr": "Script-Regular",
    "mathtt": "Typewriter-Regular",
    "texttt": "Typewriter-Regular", "mathsf": "SansSerif-Regular", "textsf": "SansSerif-Regular", "size1": "Size1-Regular",
    "size2": "Size2-Regular", "size3": "Size3-Regular", "size4": "Size4-Regular", "small-op": "Size1-Regular",
    "large-op": "Size2-Regular", "delim-size1": "Size1-Regular", "delim-size4": "Size4-Regular",
}  # fmt: skip


_WORDS = re.compile(r"\\text\{([^{}\\$]*)\}")  # an answer in words is no formula: it wraps
_SHOWN = '<span class="katex-html" aria-hidden="true">'


class NotTypeset(ValueError):
    """A formula that is no LaTeX, or uses what the typesetter does not know."""


def inline(latex: str) -> Markup:
    """A formula in a line of text.

    Raises:
        NotTypeset: it is no formula.
    """
    if words := _WORDS.fullmatch(latex):
        return escape(words[1])
    return Markup(_typeset(latex, False, ""))  # the typesetter escapes what it is given


def display(latex: str, clean: str = "") -> Markup:
    r"""A formula of its own, which breaks at its signs where the page is narrow, and scrolls where it cannot.

    Args:
        latex: the formula, with what changed marked.
        clean: the formula without marks, which is what a reader copies.

    Raises:
        NotTypeset: it is no formula.
    """
    if words := _WORDS.fullmatch(latex):
        return Markup('<p class="words">%s</p>') % words[1]
    shown = clean or latex
    scrolls = any(len(plain(p)) > SCROLLS for p in _unbroken(shown))
    focus = Markup(' tabindex="0" role="group" aria-label="wide formula"') if scrolls else Markup("")
    typeset = [_typeset(latex, True, clean)] if clean else [_typeset(p, True, "") for p in _beside(latex)]
    apart = Markup(" apart") if len(typeset) > 1 else Markup("")
    return Markup('<div class="display%s"%s>%s</div>') % (apart, focus, Markup(" ".join(typeset)))


def _beside(latex: str) -> list[str]:
    r"""The formulas that stand side by side with a ``\quad`` or more between them; they may wrap apart."""
    runs = [""]
    for piece in pieces(latex):
        apart = piece.strip() in (r"\quad", r"\qquad")
        runs += [""] if apart else []
        runs[-1] += "" if apart else piece
    return [r for r in runs if r.strip()]


def _unbroken(latex: str) -> list[str]:
    runs = [""]
    for piece in pieces(latex):
        runs[-1] += piece
        runs += [""] if is_sign(piece) else []
    return runs


@lru_cache(maxsize=50_000)
def _typeset(latex: str, shown: bool, clean: str) -> str:
    try:
        html = _engine()(_prepared(latex), shown)
    except _errors() as error:
        said = str(error).split("\n")[0].removeprefix("ParseError: KaTeX parse error: ")
        raise NotTypeset(f"{latex[:80]!r}: {said}") from error
    spoken, shows, seen = mended(html).partition(_SHOWN)
    end = "</span>" * (3 if shown else 2)
    html = f"{spoken}{shows}{_spans().shortened(seen.removesuffix(end))}{end}"
    written = escape(clean or latex)
    return re.sub(r"(<annotation[^>]*>).*?(</annotation>)", lambda m: f"{m[1]}{written}{m[2]}", html, flags=re.DOTALL)


def _prepared(latex: str) -> str:
    """No gap between a function and its bracket; a bold 1 where the fonts have no other; room between rows of fractions."""
    text = re.sub(r"\\left(?![A-Za-z])", r"\\mathopen{}\\left", latex).replace(r"\mathbb{1}", r"\mathbf{1}")
    return re.sub(r"\\\\(?=\s)", r"\\\\[0.4em]", text) if "matrix}" in text and "frac" in text else text


def _errors() -> type[Exception]:
    from quickjs import JSException

    found: type[Exception] = JSException
    return found


@cache
def _engine() -> Callable[[str, bool], str]:
    """KaTeX in an interpreter of its own; ``slice`` makes the string that it builds piece by piece one."""
    from quickjs import Context

    context = Context()
    context.eval("var console = {warn() {}, error() {}, log() {}};")
    context.eval((folder() / "katex.min.js").read_text(encoding="utf-8"))
    found: Callable[[str, bool], str] = context.eval(
        f"((latex, shown) => katex.renderToString(latex, {{{_SETTINGS}}}).slice(0))"
    )
    return found


def folder() -> Path:
    """Where KaTeX lies."""
    return content("templates") / "katex"


def fonts(html: str) -> list[str]:
    """The font files that a page uses, in order of their names; none where it shows no formula."""
    if 'class="katex"' not in html:
        return []
    classes = {c for found in re.findall(r'class="?([^">]*)', html) for c in found.split()}
    letters = {"Math-Italic"} if re.search("<i[ >]", html) else set()
    named = {font for name, font in _FONTS.items() if _spans().names.get(name, name) in classes}
    return sorted({"Main-Regular"} | letters | named)


def rules() -> str:
    """KaTeX's rules without its fonts, for the markup as it is written here."""
    return f"{NOTICE}\n{_spans().rules()}"


@cache
def _spans() -> Spans:
    text = (folder() / "katex.min.css").read_text(encoding="utf-8")
    return Spans(re.sub(r"@font-face{[^}]*}", "", text).strip())


def faces(names: list[str], place: str = "") -> str:
    """The font rules: files in a folder, or, where none is named, the fonts themselves."""
    return "\n".join(_face(name, f"{place}KaTeX_{name}.woff2" if place else _embedded(name)) for name in names)


def _face(name: str, source: str) -> str:
    family, _, shape = name.partition("-")
    weight, style = ("700" if "Bold" in shape else "400"), ("italic" if "Italic" in shape else "normal")
    return (
        f"@font-face{{font-family:KaTeX_{family};font-weight:{weight};font-style:{style};font-display:block;"
        f'src:url({source}) format("woff2")}}'
    )


@cache
def _embedded(name: str) -> str:
    data = (folder() / "fonts" / f"KaTeX_{name}.woff2").read_bytes()
    return f"data:font/woff2;base64,{base64.b64encode(data).decode('ascii')}"


def every_font() -> list[str]:
    """The names of all fonts."""
    return sorted(p.stem.removeprefix("KaTeX_") for p in (folder() / "fonts").glob("*.woff2"))
