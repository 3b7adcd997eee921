r"""Mathematics inside sentences: what authors type as ``x_t``, ``σ(a)`` or ``∂L/∂w`` becomes a formula between dollars."""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import normalize

from derive.notation.characters import in_latex, run_in_latex
from derive.notation.words import words

_RAISED, _LOWERED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀᵃᵇᶜᵈᵉᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ᵢⱼₖₗₘₙₜₚₛₓₐₑᵤᵥᵣₒₕ"
_ACCENTS = "\u0302\u0303\u0304\u0307"
_FUNCTIONS = ("log", "ln", "exp", "sin", "cos", "tanh", "max", "min", "det")
_SPACED = ("log", "ln", "exp", "sin", "cos", "tanh", "artanh", "det", "diag", "vec")
_GREEK = "\u0370-\u03ff"
_SIGNS = "=≠≤≥<>≪≫≈∼∈+−±·×⊙⊕∘∨∧/→⇒⇔⋯∝∗"
_PREFIXES = "−±¬∂∇"
_CLOSING = {"(": ")", "[": "]", "{": "}", "⌊": "⌋", "⌈": "⌉"}
_ENGLISH = frozenset({*words("am an as at be by do go he if in is it"), *words("me my no of on or so to up us we")})
_NO_NOUN = frozenset(words("is are was and or of in to at for by as has with from on that which than itself does"))
_KEPT = re.compile(r"(\$\$.+?\$\$|\$[^$]+?\$|`[^`]+`)", re.DOTALL)
_TOKEN = re.compile(
    rf"(?P<script>[′″]+|[{_RAISED}]+|[{_LOWERED}]+|[_^](?:\{{[^{{}}]*\}}|\([^()]*\)|[A-Za-z{_GREEK}]+|-?[0-9]+)"
    rf"|(?:(?<=[{_GREEK}])|(?<=[^A-Za-z*][A-Za-z])|(?<=^[A-Za-z]))[*'](?![A-Za-z*]))"
    rf"|(?P<tail>(?<=[A-Za-z0-9{_GREEK}])['’-][A-Za-z]+)"
    r"|(?P<number>\d+(?:\.\d+)?)"
    rf"|(?P<letter>[{_GREEK}ℓ∞½][{_ACCENTS}]*|(?<![A-Za-z])[A-Za-z](?:[{_ACCENTS}]+|(?![A-Za-z0-9{_ACCENTS}])))"
    r"|(?P<word>[A-Za-z\u00c0-\u00d6\u00d8-\u017f]+(?:['’-][A-Za-z]+|\d+)*)"
    r"|(?P<bar>[|‖])|(?P<open>[(\[{⌊⌈])|(?P<close>[)\]}⌋⌉])|(?P<root>√)"
    rf"|(?P<sign>[{re.escape(_SIGNS + _PREFIXES)}])|(?P<space>[ \n]+)|(?P<other>.)",
    re.DOTALL,
)


def worded(text: str) -> str:
    r"""A sentence with its mathematics between dollars; what is between dollars or backquotes already stays.

    >>> print(worded("The slope of log(1 − D) in the logit a is −D, a number; x_{t−1} and Wᵀx are not."))
    The slope of $\log(1 - D)$ in the logit $a$ is $-D$, a number; $x_{t-1}$ and $W^{\top}x$ are not.
    >>> print(worded("It is (D̃C̃ − Σ)C̃ᵀ."))
    It is $(\tilde{D}\tilde{C} - \Sigma)\tilde{C}^{\top}$.
    """
    return "".join(p if k % 2 else _typeset(p) for k, p in enumerate(_KEPT.split(text)))


def _typeset(text: str) -> str:
    text = "".join(n if len(n := normalize("NFD", c)) == 2 and n[1] in _ACCENTS else c for c in text)
    tokens = [(m.lastgroup or "", m.group()) for m in _TOKEN.finditer(text)]
    reader, out, at = _Reader(tokens), "", 0
    while at < len(tokens):
        found = reader.expression(at)
        if found is not None and found.formula:
            out, at = f"{out}${found.latex.strip()}$", found.end
        else:
            out, at = out + tokens[at][1], at + 1
            while at < len(tokens) and tokens[at - 1][0] in ("word", "tail") and tokens[at][0] == "script":
                out, at = out + tokens[at][1], at + 1
    return out


@dataclass(frozen=True, slots=True)
class _Found:
    """LaTeX for the tokens up to ``end``; ``formula`` where it can be nothing but mathematics."""

    latex: str
    end: int
    formula: bool


class _Reader:
    """Formulas as authors type them: atoms with scripts, side by side or with signs between them."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens

    def kind(self, at: int) -> str:
        return self.tokens[at][0] if 0 <= at < len(self.tokens) else ""

    def text(self, at: int) -> str:
        return self.tokens[at][1] if 0 <= at < len(self.tokens) else ""

    def expression(self, at: int, inside: bool = False) -> _Found | None:
        """The longest formula that begins here; inside brackets a bar between spaces is a sign."""
        found = self.atom(at)
        while found is not None:
            after = self.longer(at, found, inside)
            if after is None:
                return found
            found = after
        return None

    def longer(self, start: int, found: _Found, inside: bool) -> _Found | None:
        spaced = self.kind(found.end) == "space"
        at = found.end + spaced
        bar = inside and self.kind(at) == "bar" and (self.kind(at + 1) == "space") == spaced and self.atom(at) is None
        if (self.kind(at) == "sign" and self.text(at) in _SIGNS) or bar:
            second = self.atom(at + 1 + (self.kind(at + 1) == "space"))
            sign = (r" \parallel " if self.text(at) == "‖" else r" \mid ") if bar else _sign(self.text(at), spaced)
            return second and _Found(f"{found.latex.rstrip()}{sign}{second.latex}", second.end, True)
        if spaced and (self.alone(at, inside) or self.two(start, found.end - 1, at)):
            return None
        second = self.atom(at)
        if second is None:
            return None
        first = found.latex.rstrip()
        command = re.search(r"\\[A-Za-z]+$", first) and second.latex[0].isalnum()
        space = " " if spaced or command else ""
        return _Found(f"{first}{space}{second.latex}", second.end, found.formula or second.formula)

    def alone(self, at: int, inside: bool) -> bool:
        """Whether what stands after a space begins something new: a number, an article, a word, a bracket of the sentence."""
        kind = self.kind(at)
        word = kind == "word" and not self.called(at) and not re.fullmatch("[A-Z]{2}", self.text(at))
        summed = self.text(at - 2) in ("Σ", "Π")
        return (kind in ("number", "open") and not inside and not summed) or self.article(at) or word

    def two(self, start: int, first: int, second: int) -> bool:
        """Whether two lone letters are two names, no product: no sign stands before or after them."""
        after = second + 1 + (self.kind(second + 1) == "space")
        signs = any(self.kind(k) == "sign" for k in (*range(start, first), after))
        return not signs and self.bare(first) and self.bare(second)

    def bare(self, at: int) -> bool:
        """Whether a letter stands between spaces or stops."""
        around = (self.kind(at - 1), self.kind(at + 1))
        return (
            self.kind(at) == "letter"
            and self.text(at) not in "ΣΠ½"
            and all(k in ("", "space", "other") for k in around)
        )

    def article(self, at: int) -> bool:
        """Whether a lone letter is a word of the sentence."""
        letter, before = self.text(at), self.kind(at - 2)
        attached = at > 0 and self.kind(at - 1) not in ("space", "other")
        noun = self.kind(at + 1) == "space" and self.kind(at + 2) != "sign" and self.text(at + 2) not in _NO_NOUN
        if letter not in ("a", "A", "I") or attached or not noun:
            return False
        return letter == "a" or before != "word"

    def called(self, at: int) -> bool:
        """Whether a word is a function here: what it is applied to follows."""
        word = self.text(at)
        return self.kind(at) == "word" and (
            self.text(at + 1) in ("(", "[") or (word in _SPACED and self.kind(at + 1) in ("space", "script", "bar"))
        )

    def atom(self, at: int) -> _Found | None:
        """Signs before it, the thing itself, scripts after it."""
        kind, text = self.tokens[at] if at < len(self.tokens) else ("", "")
        if kind == "sign" and text in _PREFIXES:
            sign = self.scripted(_Found(_sign(text, False), at + 1, False))
            inner = self.atom(sign.end)
            return inner and _Found(sign.latex + inner.latex, inner.end, sign.formula or inner.formula)
        if kind == "root":
            inner = self.atom(at + 1)
            bare = inner and re.sub(r"^\((.*)\)$", r"\1", inner.latex.strip())
            return inner and _Found(rf"\sqrt{{{bare}}}", inner.end, True)
        found = self.core(at, kind, text)
        return found and self.scripted(found)

    def core(self, at: int, kind: str, text: str) -> _Found | None:
        if kind == "number":
            return _Found(text, at + 1, False)
        if kind == "letter" and not self.article(at):
            space = at + 1 + (self.text(at + 1)[:1] == "_")
            summed = text in "ΣΠ" and self.kind(space) == "space" and self.atom(space + 1)
            latex = {"Σ": r"\sum", "Π": r"\prod"}[text] if summed else _letter(text)
            return _Found(r"\mathbb{E}" if text == "E" and self.text(at + 1) == "[" else latex, at + 1, True)
        if kind == "open":
            return self.group(at)
        if kind == "bar" and self.kind(at + 1) not in ("space", ""):
            inner = self.expression(at + 1)
            if inner is None or self.text(inner.end) != text:
                return None
            left, right = (r"\lVert ", r"\rVert ") if text == "‖" else ("|", "|")
            return _Found(f"{left}{inner.latex.strip()}{right}", inner.end + 1, True)
        return self.word(at, text) if kind == "word" else None

    def group(self, at: int) -> _Found | None:
        """Brackets round formulas with commas or semicolons between them."""
        inside, place = "", at + 1
        while (found := self.expression(place, inside=True)) is not None:
            inside, place = inside + found.latex.strip(), found.end
            if self.text(place) == _CLOSING[self.text(at)]:
                opening, closing = _bracket(self.text(at)), _bracket(self.text(place))
                return _Found(f"{opening}{inside}{closing}", place + 1, found.formula or "," in inside)
            if self.text(place) not in (",", ";"):
                return None
            inside, place = f"{inside}{self.text(place)} ", place + 1 + (self.kind(place + 1) == "space")
        return None

    def word(self, at: int, text: str) -> _Found | None:
        """A function with what it is applied to, or a product of two letters."""
        if self.called(at):
            name = rf"\{text}" if text in _FUNCTIONS else rf"\mathrm{{{text}}}"
            head = self.scripted(_Found(name, at + 1, False))
            spaced = self.kind(head.end) == "space"
            inner = self.atom(head.end + spaced)
            if inner is None:
                return head if head.formula else None
            return _Found(f"{head.latex}{' ' * spaced}{inner.latex}", inner.end, inner.formula or name[1:] == text)
        product = (len(text) == 2 and text.lower() not in _ENGLISH) or (len(text) == 3 and text[:2].isupper())
        if not product or not text.isalpha() or not text.isascii():
            return None
        return _Found(text, at + 1, len(text) == 2 and text[0].isupper() and text[1].islower())

    def scripted(self, found: _Found) -> _Found:
        up = down = prime = ""
        at, formula = found.end, found.formula
        while self.kind(at) == "script":
            mark, latex = _script(self.text(at))
            up, down, prime = up + latex * (mark == "^"), down + latex * (mark == "_"), prime + latex * (mark == "'")
            at, formula = at + 1, True
        latex = found.latex.rstrip() if up or down or prime else found.latex
        scripts = (f"_{{{down}}}" if down else "") + prime + (f"^{{{up}}}" if up else "")
        return _Found(latex + scripts, at, formula)


def _letter(text: str) -> str:
    run = run_in_latex(text, 0) if len(text) > 1 else None
    if run is not None:
        return run[0].replace(" }", "}")
    return r"\tfrac{1}{2}" if text == "½" else in_latex(text) or text


def _sign(text: str, spaced: bool) -> str:
    latex = r"\ast" if text == "∗" else (in_latex(text) or text).strip()
    return f" {latex} " if spaced else f"{latex} " if latex[-1:].isalpha() else latex


def _bracket(text: str) -> str:
    return rf"\{text}" if text in "{}" else in_latex(text) or text


def _script(text: str) -> tuple[str, str]:
    """Where a script stands, and its LaTeX."""
    if text[0] in "′″":
        return "'", "'" * sum(1 + (c == "″") for c in text)
    if text in "*'":
        return ("^", r"\ast") if text == "*" else ("'", "'")
    if text[0] in "_^":
        inner = re.sub(r"^[({](.*)[})]$", r"\1", text[1:])
        return text[0], "".join(c if c.isascii() else in_latex(c) or c for c in inner).strip()
    mark = "^" if text[0] in _RAISED else "_"
    plain = "".join(normalize("NFKC", c) for c in text).replace("−", "-")
    return mark, plain.replace("T", r"\top ").strip()
