"""What a student typed, without what is no part of the answer: “Answer:”, a question mark, the delimiters of a formula."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LEAD = re.compile(
    r"\s*(?:(?:my|the)?\s*(?:final\s+)?(?:answer|ans|result|solution)\s*(?:is\b\s*:?|:|=|\.)|=(?!=)"
    r"|(?:[A-Za-z][\w{}^' ]{0,9}|\\[A-Za-z]+)?\s*(?:≈|~(?=\s*[-+]?[\d.])|\\approx(?![a-zA-Z])))\s*",
    re.I,
)
BRACED = re.compile(r"([^{}\\]*=\s*)?((?:\\?\{\s*)+[^{}\\,]*,(?:[^{}\\^_]|\\?[{}])*\\?\}\s*)")
ABOUT = r"≈|\\approx(?![a-zA-Z])"
LISTED = tuple(map(re.compile, (ABOUT, "[,;]", f"=|{ABOUT}")))  # x ≈ 1, y ≈ 2
WIDE = re.compile(r"\s{100,}")
DOUBT = re.compile(r"[\s?]*\?\s*$")
GROUPS = re.compile(r"(?<![\w.,])[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?(?![\w,])")
APOSTROPHE = re.compile(r"(?<=\d)['’](?=\d{3}(?!\d))")
ROW = re.compile(r"((?:[^=\[]*=)?\s*\[)\s*([-+]?\d[\d.]*(?:\s+[-+]?\d[\d.]*)+)\s*(\]\s*)")
COUNTED = re.compile(r"((?:[A-Za-z]\s*=)?[^A-Za-z]*\d[)}\]$]*)\s*([A-Za-z]{3,}(?:\s+[A-Za-z]{2,})*)\s*\.?\s*")
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
CHANGING = (
    "or of by to not nor and les more fewer half percent per hundred thousand million billion dozen minu plu over power"
)
VULGAR = {"½": ("1", "2"), "⅓": ("1", "3"), "¼": ("1", "4"), "¾": ("3", "4"), "⅔": ("2", "3")}
MIXED = re.compile(
    r"(?<![\w.)}^_/])(?<![\w.)}^_/] )(?P<whole>\d+)\s*(?:\\[dt]?frac\s*(?:\{\s*(?P<a>\d+)\s*\}\s*\{\s*(?P<b>\d+)\s*\}"
    r"|(?P<c>\d)(?P<d>\d))|(?<=\s)(?P<e>\d+)/(?P<f>\d+)|(?P<vulgar>[½⅓¼¾⅔]))"
    r"(?!\s*(?:[\w^(!{/*·]|\.\d|\\(?!approx|simeq|q?quad|[,;: ])))"
)
SPACED = re.compile(r"\s*[+-]?[1-9]\d{0,2}(?:(?:\\[,;: ]|\{,\}|~|['’ \u2009\u202f\u00a0])\d{3})+(?:\.\d+)?\s*")
LONG = 20_000
Typed = Mapping[str, Any] | str
DELIMITED = re.compile(r"\s*(?:\\\((.*)\\\)|\\\[(.*)\\\]|\$\$(.*)\$\$|\$([^$]*)\$)\s*", re.DOTALL)


def text_of(answer: Typed) -> tuple[str, str]:
    r"""The text and the syntax of an answer, whichever way it was given, without “Answer:” or “=” before it and “?” behind.

    >>> text_of({"matrix": [[1, 2], [3, 4]]}), text_of("The answer is 2x ??")
    (('[[1, 2], [3, 4]]', 'python'), ('2x', 'auto'))
    >>> text_of(r"\( A \vee B \)")[0], text_of("$x$ or $y$")[0]
    ('A \\vee B', '$x$ or $y$')
    """
    text, syntax = _text_of(answer)
    if len(text) > LONG:
        return text, syntax
    text = WIDE.sub(lambda m: "\n" if "\n" in m[0] else " ", text)
    lead = None if _is_listed(text) else LEAD.match(text)
    bare = DOUBT.sub("", text[lead.end() :] if lead else text)
    return _undelimited(bare) or text, syntax


def _is_listed(text: str) -> bool:
    """Whether a rounded value, a comma and another value follow one another."""
    at = 0
    for sign in LISTED:
        found = sign.search(text, at)
        if found is None:
            return False
        at = found.end()
    return True


def without_units(text: str, page: str) -> str:
    """A number without the words behind it, where the page uses them: what it counts, or measures in.

    >>> without_units("1.5 metres", "They stand one metre apart."), without_units("6 outputs.", "How many outputs?")
    ('1.5', '6')
    >>> without_units("6 or 7", "How many, 6 or 7?"), without_units("16 percent", "What percent?"), without_units("six", "six")
    ('6 or 7', '16 percent', 'six')
    """
    m = COUNTED.fullmatch(text)
    said = {w.lower().rstrip("s") for w in re.findall("[A-Za-z]{2,}", FORMULA.sub(" ", page))}
    words = [w.lower().rstrip("s") for w in m[2].split()] if m else []
    return m[1].strip() if m and words and set(words) <= said - set(CHANGING.split()) else text


def _undelimited(text: str) -> str:
    r"""A formula without the delimiters around it."""
    m = DELIMITED.fullmatch(text)
    inside = next((g for g in m.groups() if g is not None), "") if m else ""
    return text if not inside.strip() or re.search(r"\\\(|\\\[|\$", inside) else inside.strip()


def numeral(text: str) -> str:
    r"""A number, or equations of one, without commas or narrow spaces between thousands; ``5 1/3`` as the sum that it is.

    >>> numeral("96,096"), numeral("1,5"), numeral(r"32\,940"), numeral("32 940"), numeral("32 94"), numeral("32'940")
    ('96096', '1,5', '32940', '32940', '32 94', '32940')
    >>> numeral("2,169/9"), numeral("max(2,169)"), numeral("1,200, 3"), numeral("0,576")
    ('2169/9', 'max(2,169)', '1,200, 3', '0,576')
    >>> numeral("m = 5*2,469 = 12,345"), numeral(r"-5 \frac13")
    ('m = 5*2469 = 12345', '-(5+1/3)')
    """
    if SPACED.fullmatch(text):
        return re.sub(r"[^\d.+-]", "", text)
    return mixed(ungrouped(text))


def mixed(text: str) -> str:
    """A text with its mixed numbers as sums."""
    return MIXED.sub(_summed, text)


def ungrouped(text: str) -> str:
    """A text without the commas between thousands, outside brackets."""
    return GROUPS.sub(_joined, text)


def _joined(m: re.Match[str]) -> str:
    """The digits of thousands; what stands in brackets may be several numbers."""
    before = m.string[: m.start()]
    inside = any(before.count(a) > before.count(b) for a, b in ("()", "[]", "{}"))
    return m[0] if inside else m[0].replace(",", "")


def _summed(m: re.Match[str]) -> str:
    """A whole number and a proper fraction behind it as their sum."""
    found = VULGAR.get(m["vulgar"]) or next((m[x], m[y]) for x, y in ("ab", "cd", "ef") if m[x])
    return f"({m['whole']}+{found[0]}/{found[1]})" if int(found[0]) < int(found[1]) else m[0]


def product_of(text: str) -> str:
    """A text whose mixed numbers are products; empty where it has none."""
    found = MIXED.sub(lambda m: re.sub(r"(?<=\d)(?=\s*\\|\s+\d|[½⅓¼¾⅔])", "*", m[0]), text)
    return found if MIXED.search(text) else ""


def bracketed(text: str) -> str:
    r"""A list in braces, as Mathematica writes one and students a vector, in brackets; a row of numbers with its commas.

    Between commas ``1 1/2`` is a mixed number; any other text stays as it is.

    >>> bracketed("h = {1, 2}"), bracketed(r"\{\{0, 1\}, \{2, 3\}\}"), bracketed(r"\frac{1}{2}"), bracketed("{x}^{2}")
    ('h = [1, 2]', '[[0, 1], [2, 3]]', '\\frac{1}{2}', '{x}^{2}')
    >>> bracketed("[1 -2. 3]"), bracketed("[1 - 2]"), bracketed("(1 1/2, 1'200)"), bracketed("[1 1/2]")
    ('[1, -2., 3]', '[1 - 2]', '((1+1/2), 1200)', '[1 1/2]')
    """
    text = APOSTROPHE.sub("", text)
    if row := ROW.fullmatch(text):
        return f"{row[1]}{', '.join(row[2].split())}{row[3]}"
    text = mixed(text) if "," in text else text
    m = BRACED.fullmatch(text)
    return text if m is None else f"{m[1] or ''}{m[2]}".replace("\\", "").replace("{", "[").replace("}", "]")


def _text_of(answer: Typed) -> tuple[str, str]:
    if isinstance(answer, str):
        return answer, "auto"
    if isinstance(answer, Mapping) and "matrix" in answer:
        return re.sub(r"['\"]", "", str(answer["matrix"])), "python"
    if isinstance(answer, Mapping) and isinstance(answer.get("lines"), list):
        return next((str(line) for line in reversed(answer["lines"]) if str(line).strip()), ""), "auto"
    if isinstance(answer, Mapping):
        found = answer.get("text", answer.get("choice", ""))
        return str(found), str(answer.get("syntax", "auto"))
    return str(answer), "auto"
