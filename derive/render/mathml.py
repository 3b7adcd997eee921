"""KaTeX's MathML as readers say it: words are words, and letters of another face are characters of their own."""

from __future__ import annotations

import re
from unicodedata import lookup, name

_FACES = {
    "double-struck": ("MATHEMATICAL DOUBLE-STRUCK", "DOUBLE-STRUCK"),
    "bold": ("MATHEMATICAL BOLD",),
    "bold-italic": ("MATHEMATICAL BOLD ITALIC",),
    "script": ("MATHEMATICAL SCRIPT", "SCRIPT"),
    "fraktur": ("MATHEMATICAL FRAKTUR", "BLACK-LETTER"),
    "sans-serif": ("MATHEMATICAL SANS-SERIF",),
    "monospace": ("MATHEMATICAL MONOSPACE",),
}
# Nobody sees this MathML, so what only says how it looks goes.
_LOOKS = re.compile(
    r'</?mstyle[^>]*>| (?:stretchy|fence|separator|[lr]space|minsize|maxsize|(?:row|column)\w+)="[^"<>]*"'
)
_WORD = re.compile(r'<mrow>((?:<mi mathvariant="normal">[A-Za-z]</mi>){2,})</mrow>')
_FACED = re.compile(r'<(m[in]) mathvariant="([a-z-]+)">([^<&]+)</\1>')


def mended(html: str) -> str:
    """Markup with MathML that browsers and readers take as it is meant.

    Browsers know no ``mathvariant`` any more, and a word that stands letter by letter is spelled.

    >>> mended('<mrow><mi mathvariant="normal">K</mi><mi mathvariant="normal">L</mi></mrow>')
    '<mi>KL</mi>'
    >>> mended('<mi mathvariant="double-struck">R</mi>')
    '<mi>ℝ</mi>'
    """
    text = html.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")  # which HTML needs none of
    text = _LOOKS.sub("", text.replace('<mo lspace="0em" rspace="0em"></mo>', ""))
    text = _WORD.sub(lambda m: f"<mi>{re.sub('<[^>]*>', '', m[1])}</mi>", text)
    return _FACED.sub(lambda m: _faced(*m.groups()), text)


def _faced(tag: str, face: str, text: str) -> str:
    if face not in _FACES:
        return f"<{tag}>{text}</{tag}>" if len(text) > 1 else f'<{tag} mathvariant="{face}">{text}</{tag}>'
    return f"<{tag}>{''.join(_character(c, _FACES[face]) for c in text)}</{tag}>"


def _character(plain: str, faces: tuple[str, ...]) -> str:
    """A character in a face; itself where Unicode has none."""
    called = re.sub(r"^(LATIN|GREEK) | LETTER", "", name(plain, ""))
    for face in faces:
        try:
            return lookup(f"{face} {called}")
        except KeyError:
            continue
    return plain
