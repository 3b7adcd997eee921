r"""LaTeX as a terminal can show it: ``\frac{a+b}{c}`` becomes ``(a+b)/c``, ``\sum_{i=1}^{n}`` becomes ``Σ_{i=1}^n``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import normalize

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_&]|\s+|[^\\{}^_&\s]+")
_WORDS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η", "theta": "θ", "lambda": "λ", "mu": "μ",
    "nu": "ν", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "psi": "ψ", "omega": "ω",
    "Delta": "Δ", "Sigma": "Σ", "Phi": "Φ", "Omega": "Ω", "sum": "Σ", "prod": "Π", "int": "∫", "partial": "∂", "nabla": "∇",
    "le": "≤", "ge": "≥", "ne": "≠", "ll": "≪", "gg": "≫", "approx": "≈", "in": "∈", "to": "→", "infty": "∞", "cdot": "·",
    "times": "×", "circ": "∘", "odot": "⊙", "top": "ᵀ", "cdots": "⋯", "dots": "…", "ldots": "…", "neg": "¬", "wedge": "∧",
    "vee": "∨", "iff": "⇔", "Rightarrow": "⇒", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "log": "log",
    "sin": "sin", "cos": "cos", "tanh": "tanh", "exp": "exp", "max": "max", "min": "min", "quad": "  ", "qquad": "    ",
    "oplus": "⊕", "sim": "∼", "Gamma": "Γ", "Theta": "Θ", "Lambda": "Λ", "Psi": "Ψ", "ell": "ℓ", "xi": "ξ", "kappa": "κ",
    "pm": "±", "lVert": "‖", "rVert": "‖", "parallel": "‖", "ast": "∗", "mid": "|",
}  # fmt: skip
_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
_MARKS = "".join(_ACCENTS.values())
_DROPPED = {
    "left",
    "right",
    "mathrm",
    "operatorname",
    "text",
    "mathbb",
    "mathcal",
    "displaystyle",
    "boxed",
    "limits",
}
_SUPERSCRIPTS = {
    "^{2}": "²",
    "^2": "²",
    "^{3}": "³",
    "^{*}": "*",
    "^*": "*",
    "^{ᵀ}": "ᵀ",
    "^ᵀ": "ᵀ",
    "^{-1}": "⁻¹",
    "^{-ᵀ}": "⁻ᵀ",
}


def plain(latex: str) -> str:
    r"""LaTeX as one line of text; matrices stand in brackets with semicolons between rows.

    >>> plain(r"\frac{\partial L}{\partial w_{u}} = \sum_{i=1}^{n} g_{i} x_{i+u-1}")
    '∂L/∂w_u = Σ_{i=1}^n g_i x_{i+u-1}'
    """
    text = "".join(_read(_Tokens(latex)))
    for written, shown in _SUPERSCRIPTS.items():
        text = text.replace(written, shown)
    text = re.sub(r"_\{(.)\}", r"_\1", text)
    text = re.sub(r"\^\{(\w)\}", r"^\1", text)
    text = re.sub(r"([∂∇]) ", r"\1", text)
    text = re.sub(r"\( +", "(", re.sub(r" +\)", ")", text))
    return re.sub(r" {2,}(?! )", " ", text).strip()


class _Tokens:
    def __init__(self, latex: str) -> None:
        self.items, self.place = _TOKEN.findall(latex), 0

    def next(self) -> str | None:
        self.place += 1
        return self.items[self.place - 1] if self.place <= len(self.items) else None

    def peek(self) -> str | None:
        return self.items[self.place] if self.place < len(self.items) else None

    def argument(self) -> str:
        """The next group or token, as text."""
        while (token := self.next()) is not None and token.isspace():
            continue
        if token is not None and token != "{" and not token.startswith("\\") and len(token) > 1:
            self.place -= 1
            self.items[self.place] = token[1:]
            return token[0]
        if token != "{":
            return "" if token is None else "".join(_one(token, self))
        return "".join(_read(self, "}"))

    def word(self) -> str:
        """The raw text of the next group."""
        found = ""
        if self.peek() == "{":
            self.next()
            while (token := self.next()) not in (None, "}"):
                found += str(token)
        return found


def _read(tokens: _Tokens, until: str | None = None) -> Iterator[str]:
    while (token := tokens.next()) is not None and token != until:
        yield from _one(token, tokens)


def _one(token: str, tokens: _Tokens) -> Iterator[str]:
    if token == "{":
        yield from _read(tokens, "}")
    elif token in ("^", "_"):
        inner = tokens.argument()
        yield f"{token}{{{inner}}}"
    elif token == "&":
        yield ", "
    elif token.startswith("\\"):
        yield _command(token[1:], tokens)
    else:
        yield " " if token.isspace() else token


def _command(name: str, tokens: _Tokens) -> str:
    match name:
        case "frac" | "tfrac" | "dfrac":
            top, bottom = tokens.argument(), tokens.argument()
            return f"{_held(top)}/{_held(bottom)} "
        case "sqrt":
            return f"√{_held(tokens.argument())}"
        case "hat" | "bar" | "tilde":
            return normalize("NFC", tokens.argument() + _ACCENTS[name])
        case "begin":
            return "[" if "matrix" in tokens.word() else "{ "
        case "end":
            return "]" if "matrix" in tokens.word() else " }"
        case "mathbf" | "boldsymbol":
            text = tokens.argument()
            return "𝟏" if text == "1" else text
        case "\\":
            return "; "
        case "," | ";" | ":" | " ":
            return " "
        case "!":
            return ""
        case "{" | "}" | "#" | "%" | "$" | "_" | "&":
            return name
        case "|":
            return "‖"
    if name in _DROPPED:
        return ""
    return _WORDS.get(name, name)


def _held(text: str) -> str:
    """Parentheses round what would fall apart beside a stroke.

    >>> _held("a+b"), _held("x_{i}"), _held("∂‖x‖"), _held("∂ W^{(1)}_{i,j}")
    ('(a+b)', 'x_{i}', '∂‖x‖', '∂ W^{(1)}_{i,j}')
    """
    text = text.strip()
    body = text.lstrip("-−")
    name = rf"([\w∂∇²³{_MARKS}]+ ?[\w∂{_MARKS}]*|∂? ?‖\w+‖)"
    whole = re.fullmatch(name + r"(\^\{?(\w|\(\w+\))\}?)?(_\{?[^{} ]*\}?)?(\([^()]*\))?", body)
    return text if whole and " " not in re.sub(r"^∂ ", "∂", body).strip() else f"({text})" if len(text) > 1 else text


def plain_text(markdown: str) -> str:
    """A text with formulas between dollars, for a terminal."""
    text = re.sub(r"\$\$(.+?)\$\$", lambda m: "\n    " + plain(m.group(1)) + "\n", markdown, flags=re.DOTALL)
    text = re.sub(r"\$(.+?)\$", lambda m: plain(m.group(1)), text, flags=re.DOTALL)
    return re.sub(r"\*\*?(.+?)\*\*?", r"\1", text)
