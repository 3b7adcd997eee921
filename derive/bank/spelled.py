"""How students spell what a question writes in LaTeX: Greek and program names, “… if …, else …”; words that are no formula."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from derive.bank.names import typed_name
from derive.derivations.base import Derivation, Symbol
from derive.notation.characters import GREEK, VARIANTS, greek_letter
from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable
from derive.notation.python import read_python
from derive.notation.reader import unknown_names

SHORT = {"lambda": ("lam", "lamda", "lambd"), "epsilon": ("eps",), "varepsilon": ("eps",)}
ACCENTED = re.compile(r"\\(hat|bar|tilde)\s*\{?\s*([A-Za-z])\s*\}?")
STARRED = re.compile(r"([A-Za-z])\^(?:\*|\{\*\})")
COUNTED = re.compile(r"\\?([A-Za-z]+)_\{?(\d)\}?")
COMMAND = re.compile(r"\\([A-Za-z]+)")
IF = r"(?P<a>.+?)\s*,?\s+(?:if|for|when|where)\s+"
ELSE = r"\s*[,;]?\s+(?:else|otherwise)\b[:,]?\s+"
CASES = (
    re.compile(rf"{IF}(?P<c>.+?){ELSE}(?P<b>.+)", re.DOTALL),
    re.compile(rf"{IF}(?P<c>.+?)\s*[,;]\s*(?:and\s+)?(?P<b>.+?)\s+(?:else|otherwise)", re.DOTALL),
    re.compile(rf"if\s+(?P<c>.+?)\s*,?\s*(?:\bthen\b|:|,)\s*(?P<a>.+?){ELSE}(?P<b>.+)", re.DOTALL),
)  # fmt: skip
WORDS = re.compile(r"(?:(?<![A-Za-z\\{_])|(?<=[A-Za-z])(_))([A-Za-z]{2,})(?![A-Za-z_\[{])")
OF = r"(?:sin|cos|tan|sinh|cosh|tanh|exp|ln|log)(?![A-Za-z])"
BETWEEN = rf"(?:{OF}|cdot|times|odot|left|right|[dt]?frac|sum|prod|sqrt|in|le|ge|l?dots|q?quad|text)"
BARE = re.compile(
    rf"(\\{OF}(?:\^\{{?\d\}}?)?)\s*((?:(?:\\(?!{BETWEEN}(?![A-Za-z]))[A-Za-z]+|[A-Za-z]|\d+)"
    r"(?:_(?:[A-Za-z0-9]|\{[^{}]*\}))?\s*){2,})(?![\^'(]|\\left)"
)
PRIMED = re.compile(r"(?<![A-Za-z_])([A-Za-z]\w*)'\(")
SPACES = r"(?:\\[,;: ]|\\q?quad|\s)*"
CASE_WORD = re.compile(
    SPACES + r"\\(?:text|textrm|mbox|mathrm)\s*\{\s*,?\s*(if|for|when|where|else|otherwise)\s*[:,]?\s*\}" + SPACES
)
STEP_NAME = re.compile(r"(?<![A-Za-z\\])(?:H|\\Theta|Θ)(?![A-Za-z])")
STEP_SAID = re.compile(r"\bheaviside|\b(?:unit|step) (?:step|function)", re.I)
STEP = re.compile(r"(?<![A-Za-z\\_.])(?:H|\\Theta|Θ)(?=\s*(?:\\left\s*)?\()")
NUMPY = re.compile(r"\b(?:np|numpy|torch|math)\.")
INDEXED = re.compile(r"(?<![A-Za-z\\])([A-Za-z_]\w*)\s*\[")


def spelled(text: str, d: Derivation, symbols: Mapping[str, Symbol], known: Mapping[str, Any]) -> str:
    r"""A text without LaTeX in the names that a comparison declares, its cases on one line.

    >>> from derive import Symbol
    >>> from derive.derivations.catalogue import catalogue
    >>> d, names = catalogue()["ridge-gradient"], {"c": Symbol(latex=r"\lambda"), "u": Symbol(latex=r"\hat{x}")}
    >>> spelled("lam*w[k] + x_hat", d, names, {"c": {}, "u": {}})
    'c*w[k] + u'
    >>> spelled("x if |x| <= 1, else 0", d, {}, {})
    '{ x , |x| <= 1 ; 0 , otherwise }'
    """
    if "\\" in text:
        return _deeper(_latex_cases(text))
    text = PRIMED.sub(r"\1_prime(", text) if INDEXED.search(text) else text
    for word, name in sorted(_words(d, symbols, known), key=lambda pair: -len(pair[0])):
        # f_{t,j} is f_t at j already, and c** a power
        end = "[A-Za-z0-9_]" if name.startswith(f"{word}_") else "[A-Za-z0-9*]" if word[-1] == "*" else "[A-Za-z0-9]"
        text = re.sub(rf"(?<![A-Za-z0-9_\\.]){re.escape(word)}(?!{end})", name, text)
    for name, fields in known.items():
        if str(fields.get("latex", "")).endswith("(x)"):
            text = re.sub(rf"(?<!\w){re.escape(name)}\s*\(\s*x\s*\)", name, text)
        text = _indexed(text, name, len(fields.get("shape", ())) if fields.get("shape") != "function" else 0)
    return _in_cases(text)


def starred(text: str, known: Mapping[str, Any]) -> str:
    r"""The first ``c*`` that may be a product's beginning as well as the name ``c^*``: the letter alone is such a name, too.

    >>> known = {"c": {}, "s": {"latex": "c^*"}, "x": {}}
    >>> starred("2 c*(x)", known), starred("c* + x", known), starred("c* x", {"s": {"latex": "c^*"}, "x": {}})
    ('c*', '', '')
    """
    shapes = {str(f.get("latex", n)): f.get("shape") or [] for n, f in known.items()}
    letters = {m[1] for w in shapes if (m := STARRED.fullmatch(w)) and shapes.get(m[1]) == shapes[w]}
    found = (re.search(rf"(?<![A-Za-z0-9_\\.]){x}\*(?:\s*[\w(\\]|[-+])", text) for x in sorted(letters))
    return next((m[0][:2] for m in found if m), "")


def stepped(text: str, known: Mapping[str, Any], page: str = "") -> str:
    r"""A text with the unit step called by its name, where H or Θ is no name of the question, or the page says it is the step.

    >>> stepped("z H(x)", {"x": {}, "z": {}}), stepped(r"\Theta(x)", {"x": {}}), stepped("H(x)", {"H": {}})
    ('z heaviside(x)', '\\operatorname{heaviside}(x)', 'H(x)')
    >>> stepped("H(x)", {"x": {}}, "The entropy $H$ of $x$."), stepped("H(x)", {"x": {}}, "The unit step $H$.")
    ('H(x)', 'heaviside(x)')
    """
    if STEP_NAME.search(page) and not STEP_SAID.search(page):
        return text
    if {"H", "Theta", r"\Theta"} & {str(w) for n, f in known.items() for w in (n, f.get("latex", n))}:
        return text
    return STEP.sub(r"\\operatorname{heaviside}" if "\\" in text else "heaviside", text)


def _deeper(text: str) -> str:
    r"""The other reading of ``\cos m\theta``: the function is of the whole product behind it."""
    return BARE.sub(lambda m: rf"{m[1]}\left({m[2].strip()}\right)" + " " * (len(m[2]) - len(m[2].rstrip())), text)


def _indexed(text: str, name: str, axes: int) -> str:
    """``h_ti`` with its indices in braces, for the array ``h_t`` that is one array at each time."""
    base, _, time = name.partition("_")
    if len(time) != 1 or not axes:
        return text
    found = re.compile(rf"(?<![A-Za-z0-9_\\]){base}_({time}[a-z]{{{axes}}})(?![A-Za-z0-9_])")
    return found.sub(lambda m: f"{base}_{{{','.join(m[1])}}}", text)


def greek(text: str, known: Collection[str]) -> str:
    r"""A text without LaTeX whose Greek words are commands: for symbols such as ``\sigma^2``, which no one word names.

    >>> greek("1/2 (sigma_i^2 - 1)", ())
    '1/2 (\\sigma_i^2 - 1)'
    """
    if "\\" in text or "[" in text:
        return text
    return re.sub(
        r"(?<![A-Za-z0-9_\\.])([A-Za-z]+)(?![A-Za-z0-9])",
        lambda m: f"\\{m[1]}" if m[1] in GREEK and m[1] not in known else m[1],
        text,
    )


def _words(d: Derivation, symbols: Mapping[str, Symbol], known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a student may type, and the name that it is declared by."""
    letters = {b.letter.name for b in d.result.frame}
    taken = {*known, *d.symbols, *letters}
    for name, s in {**d.symbols, **symbols}.items():
        key = typed_name(name, s)
        key = key if key in known else name
        if key in known:
            yield from ((word, key) for word in _spellings(s.latex) if word not in taken - {name})
            if name not in known and name not in letters:
                yield name, key


def _spellings(latex: str) -> Iterator[str]:
    if m := ACCENTED.fullmatch(latex):
        yield from (f"{m[2]}_{m[1]}", f"{m[2]}{m[1]}")
    elif m := STARRED.fullmatch(latex):
        yield f"{m[1]}*"
    elif m := COUNTED.fullmatch(latex):
        yield f"{m[1]}{m[2]}"
    elif (m := COMMAND.fullmatch(latex)) is not None:
        yield from (m[1], f"{m[1]}_", *SHORT.get(m[1], ()))
        letter = VARIANTS.get(m[1], m[1])
        if letter in GREEK:
            yield greek_letter(letter)


def _in_cases(text: str) -> str:
    """“a if c, else b” as cases on one line, in whatever order it is said."""
    found = (case.fullmatch(text.strip()) for case in CASES)
    m = next((m for m in found if m is not None and all(map(_is_closed, m.groups()))), None)
    if m is None or re.search(r"\bfor\b.*\bin\b", text):
        return text
    other = m["b"].strip()
    rest = _in_cases(other)
    rest = f"{other} , otherwise" if rest == other else rest[2:-2]
    return f"{{ {m['a'].strip()} , {m['c'].strip()} ; {rest} }}"


def _latex_cases(text: str) -> str:
    r"""The same in LaTeX: ``a \text{ if } c \text{ else } b``."""
    plain = CASE_WORD.sub(r" \1 ", text)
    found = _in_cases(plain) if plain != text else plain
    if found == plain:
        return text
    rows = (" & ".join(row.strip().rsplit(" , ", 1)) for row in found[2:-2].split(" ; "))
    body = r" \\ ".join(rows).replace("& otherwise", r"& \text{otherwise}")
    return rf"\begin{{cases}} {body} \end{{cases}}"


def _is_closed(text: str) -> bool:
    """Whether every bracket that opens is closed again: an “if” in brackets is about what stands there."""
    return all(text.count(a) == text.count(b) for a, b in ("()", "[]", "{}"))


def strange(text: str, reading: str | None, declared: Declarations) -> str:
    """A word or a name that a text holds and that nobody declared, if it was taken for a product of its letters.

    >>> d = Declarations.of({"n": {}, "w": {"shape": ["n"]}})
    >>> strange("none", "n o n e", d), strange("lam*w[k]", "l a m * w k", d), strange("nnn", "n n n", d)
    ('none', 'lam', '')
    """
    found = next(_strange(text, reading or "", declared), "")
    python = NUMPY.search(text) or any(declared.is_known(m[1]) for m in INDEXED.finditer(text))
    return _of_python(text, declared) if python and not found else found


def _strange(text: str, reading: str, declared: Declarations) -> Iterator[str]:
    return (w for w in apart(text, reading) if not (declared.is_known(w) or all(map(declared.is_known, w))))


def apart(text: str, reading: str, fewest: int = 3) -> Iterator[str]:
    r"""The words of at least so many letters that a reading takes for a product of their letters.

    >>> list(apart("at least 2174", r"a t l e a s t \left(2174\right)", 2)), list(apart("2 xy", "2 x y"))
    (['at', 'least'], [])
    """
    bare = re.sub(r"\s+", " ", reading)
    for m in WORDS.finditer(text):
        first, rest = m[2][0], " ".join(m[2][1:])
        if len(m[2]) >= fewest and (f"_{{{first}}} {rest}" if m[1] else f"{first} {rest}") in bare:
            yield m[2]


def _of_python(text: str, declared: Declarations) -> str:
    """The first unknown name of a text that is Python but for it; what is indexed as in Python was meant so."""
    try:
        node = read_python(text, declared)
    except (Unreadable, Refused):
        return ""
    return next(iter(unknown_names(node, declared)), "")
