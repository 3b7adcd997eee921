"""Unicode as people paste it, written in LaTeX; characters that only look like letters are refused."""

from __future__ import annotations

import re
import unicodedata

from derive.notation.words import words

GREEK = words(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi"
    " chi psi omega"
    " Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
VARIANTS = {"varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "varrho": "rho",
    "varkappa": "kappa",
            "varsigma": "sigma", "varpi": "pi"}  # fmt: skip

_SIGNS = {
    "−": "-", "–": "-", "·": r"\cdot ", "⋅": r"\cdot ", "∙": r"\cdot ", "•": r"\cdot ", "×": r"\times ",
    "÷": "/", "∕": "/", "⁄": "/", "⊙": r"\odot ", "∘": r"\circ ", "⊗": r"\otimes ", "∗": "*", "≤": r"\le ",
    "⩽": r"\le ", "≥": r"\ge ",
    "⩾": r"\ge ", "≠": r"\ne ", "≈": r"\approx ", "∝": r"\propto ", "∼": r"\sim ", "≡": r"\equiv ",
    "∈": r"\in ", "∉": r"\notin ",
    "→": r"\to ", "⇒": r"\Rightarrow ", "⇔": r"\Leftrightarrow ", "∧": r"\wedge ", "∨": r"\vee ",
    "¬": r"\neg ",
    "∑": r"\sum ", "∏": r"\prod ", "√": r"\sqrt", "∂": r"\partial ", "∇": r"\nabla ", "∞": r"\infty ",
    "‖": r"\|", "∥": r"\|", "∣": "|",
    "⌊": r"\lfloor ", "⌋": r"\rfloor ", "⌈": r"\lceil ", "⌉": r"\rceil ", "⟨": r"\langle ", "⟩": r"\rangle ",
    "⟦": r"\llbracket ", "⟧": r"\rrbracket ",
    "′": "'", "’": "'", "″": "''", "⊤": r"\top ", "⊺": r"\intercal ", "𝟙": r"\mathbb{1}",
    "𝟏": r"\mathbf{1}", "ℝ": r"\mathbb{R}",
    "ℤ": r"\mathbb{Z}", "ℕ": r"\mathbb{N}", "𝔼": r"\mathbb{E}", "𝕀": r"\mathbb{I}", "ℓ": r"\ell ",
    "ℒ": r"\mathcal{L}", "∪": r"\cup ",
    "∩": r"\cap ", "∅": r"\emptyset ", "⊂": r"\subset ", "⊆": r"\subseteq ", "±": r"\pm ", "∫": r"\int ",
    "…": r"\dots ", "⋯": r"\cdots ",
    "½": r"\frac{1}{2}", "¼": r"\frac{1}{4}", "¾": r"\frac{3}{4}", "⅓": r"\frac{1}{3}", "ϕ": r"\phi ",
    "ϵ": r"\epsilon ",
    "ϑ": r"\theta ", "ϱ": r"\rho ", "µ": r"\mu ", "∆": r"\Delta ", "Σ": r"\Sigma ", "ς": r"\sigma ",
    "\u00a0": " ", "\u2009": " ", "\u200a": " ", "\u202f": " ", "\u2003": " ", "\u2002": " ", "\u2005": " ",
    "\u3000": " ",
    "\u2061": " ", "\u2062": " ", "†": r"\dagger ", "⋆": r"\star ", "，": ",", "（": "(", "）": ")", "“": '"',
    "”": '"',
    "≔": r"\coloneqq ", "⊕": r"\oplus ",
    "＋": "+", "－": "-", "＊": "*", "／": "/", "＝": "=", "＜": "<", "＞": ">", "＾": "^", "｜": "|",
    "；": ";", "：": ":", "［": "[", "］": "]",
}  # fmt: skip
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀᵗᵏˡᵐʲ", "0123456789+-=()niTtklmj", strict=True))
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ᵢⱼₖₗₘₙₜₚₛₓₐₑᵤᵥᵣₒₕᵦ", "0123456789+-=()ijklmntpsxaeuvrohβ", strict=True))
_ACCENTS = {
    "\u0302": r"\hat",
    "\u0303": r"\tilde",
    "\u0304": r"\bar",
    "\u0305": r"\bar",
    "\u0307": r"\dot",
    "\u20d7": r"\vec",
}
_FOREIGN = {"CYRILLIC": "Cyrillic", "ARMENIAN": "Armenian", "CHEROKEE": "Cherokee", "FULLWIDTH": "full-width"}

_RUNS = re.compile(
    f"(?P<sup>[{''.join(_SUPERSCRIPTS)}]+)|(?P<sub>[{''.join(_SUBSCRIPTS)}]+)|(?P<acc>.[{''.join(_ACCENTS)}])"
)


def greek_letter(name: str) -> str:
    """The character that a word of ``GREEK`` names.

    >>> greek_letter("lambda"), greek_letter("Sigma")
    ('λ', 'Σ')
    """
    case = "CAPITAL" if name[0].isupper() else "SMALL"
    return unicodedata.lookup(f"GREEK {case} LETTER {'LAMDA' if name.lower() == 'lambda' else name.upper()}")


_SIGNS |= {greek_letter(name): f"\\{name} " for name in GREEK}


def run_in_latex(text: str, start: int) -> tuple[str, int] | None:
    """The LaTeX for the characters at ``start`` that only mean something together, and where they end.

    >>> run_in_latex("x⁻¹", 1)
    ('^{-1}', 3)
    """
    match = _RUNS.match(text, start)
    if match is None:
        return None
    found = match.group()
    if match.lastgroup == "acc":
        inner = found[0] if found[0].isascii() else in_latex(found[0]) or ""
        return (f"{_ACCENTS[found[1]]}{{{inner}}}", match.end()) if inner.strip(" \\").isalpha() else None
    table, mark = (_SUPERSCRIPTS, "^") if match.lastgroup == "sup" else (_SUBSCRIPTS, "_")
    return f"{mark}{{{''.join(table[c] for c in found)}}}".replace("β", r"\beta "), match.end()


def in_latex(character: str) -> str | None:
    r"""The LaTeX for one character beyond ASCII, or None where there is none.

    >>> in_latex("σ"), in_latex("𝐱"), in_latex("ŷ"), in_latex("а")  # the last is Cyrillic
    ('\\sigma ', 'x', '\\hat{y}', None)
    """
    if character in _SIGNS:
        return _SIGNS[character]
    apart = unicodedata.normalize("NFD", character)
    if len(apart) == 2 and apart[1] in _ACCENTS and apart[0].isascii():
        return f"{_ACCENTS[apart[1]]}{{{apart[0]}}}"
    if not "\U0001d400" <= character <= "\U0001d7ff":
        return None
    plain = unicodedata.normalize("NFKC", character)
    return plain if plain.isascii() else _SIGNS.get(plain)


def complaint(character: str) -> str:
    """A sentence about a character that no formula holds."""
    if "\ud800" <= character <= "\udfff" or not character.isprintable():
        return f"There is an invisible character here (U+{ord(character):04X}); please type it again."
    script = _FOREIGN.get(unicodedata.name(character, "").partition(" ")[0])
    if script:
        return f"The character '{character}' here is a {script} letter; please type it again."
    return f"The character '{character}' is not part of any notation we know."
