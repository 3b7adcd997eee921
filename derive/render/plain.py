r"""LaTeX as a terminal can show it: ``\frac{a+b}{c}`` becomes ``(a+b)/c``, ``\sum_{i=1}^{n}`` becomes ``Σ_{i=1}^n``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
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
    "pm": "±", "lVert": "‖", "rVert": "‖", "parallel": "‖", "ast": "∗", "mid": "|", "star": "⋆", "mp": "∓",
    "gets": "←", "leftarrow": "←", "rightarrow": "→", "longrightarrow": "→", "mapsto": "↦", "leftrightarrow": "↔",
    "implies": "⇒", "Longrightarrow": "⇒", "Leftrightarrow": "⇔", "Longleftrightarrow": "⇔", "therefore": "∴",
    "leq": "≤", "leqslant": "≤", "geq": "≥", "geqslant": "≥", "neq": "≠", "lt": "<", "gt": ">", "equiv": "≡", "cong": "≅",
    "simeq": "≃", "asymp": "≍", "propto": "∝", "coloneqq": ":=", "notin": "∉", "subset": "⊂", "subseteq": "⊆", "cup": "∪",
    "cap": "∩", "setminus": "∖", "emptyset": "∅", "varnothing": "∅", "forall": "∀", "exists": "∃", "land": "∧", "lor": "∨",
    "lnot": "¬", "otimes": "⊗", "bullet": "·", "cdotp": "·", "div": "÷", "vdots": "⋮", "ddots": "⋱", "prime": "′", "Pi": "Π",
    "Xi": "Ξ", "zeta": "ζ", "iota": "ι", "chi": "χ", "upsilon": "υ", "varepsilon": "ε", "vartheta": "ϑ", "langle": "⟨",
    "rangle": "⟩", "lvert": "|", "rvert": "|", "vert": "|", "Vert": "‖", "colon": ":",
}  # fmt: skip
_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
_EMPHASIS = re.compile(r"\*\*?(.+?)\*\*?")
_TABLE = re.compile(r"(^\|.*\|[ ]*\n\|[ :|-]+\|[ ]*\n(?:\|.*\|[ ]*(?:\n|\Z))*)", re.MULTILINE)
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
    *(f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")),
}
_SUPERSCRIPTS = {"2": "²", "3": "³", "*": "*", "ᵀ": "ᵀ", "-1": "⁻¹", "-ᵀ": "⁻ᵀ"}
# With the sum or product that it belongs to: there it is a limit and no power.
_SCRIPT = re.compile(r"([ΣΠ∫](?:_\{(?:[^{}]|\{[^{}]*\})*\})?)?\^(?:\{([^{}]*)\}|([2*ᵀ]))")

_ALIGNED = re.compile(r"\\begin\{aligned\} (.*?) \\end\{aligned\}", re.DOTALL)


def plain(latex: str) -> str:
    r"""LaTeX as one line of text; matrices stand in brackets with semicolons between rows.

    >>> plain(r"\frac{\partial L}{\partial w_{u}} = \sum_{i=1}^{n} g_{i} x_{i+u-1}")
    '∂L/∂w_u = Σ_{i=1}^n g_i x_{i+u-1}'
    >>> plain(r"\begin{aligned} & a = b \\ & c = d \end{aligned}")
    'a = b; c = d'
    >>> plain(r"\sum_{i=1}^{2} (c_{i}^{*})^{2} \leftarrow c")
    'Σ_{i=1}^2 (c_i*)² ← c'
    """
    text = "".join(_read(_Tokens(_ALIGNED.sub(_rows, latex))))
    text = _SCRIPT.sub(_raised, text)
    text = re.sub(r"_\{(.)\}", r"_\1", text)
    text = re.sub(r"\^\{(\w)\}", r"^\1", text)
    text = re.sub(r"([∂∇]) ", r"\1", text)
    text = re.sub(r"\( +", "(", re.sub(r" +\)", ")", text))
    return re.sub(r" {2,}(?! )", " ", text).strip()


def _rows(m: re.Match[str]) -> str:
    """Lines that stand one below the other, without what aligns them."""
    return m[1].removeprefix("& ").replace(r" \\ & ", r"\\")


def _raised(m: re.Match[str]) -> str:
    """A power with the sign that there is for it; a limit stays what it is."""
    limit, inner = m[1], m[2] or m[3]
    return m[0] if limit or inner not in _SUPERSCRIPTS else _SUPERSCRIPTS[inner]


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
        case "log" | "ln" | "exp" | "sin" | "cos" | "tanh" if tokens.peek() == r"\frac":
            return f"{name}({''.join(_one(str(tokens.next()), tokens)).strip()})"
        case "sqrt":
            return f"√{_held(tokens.argument())}"
        case "binom":
            return f"({tokens.argument()} choose {tokens.argument()})"
        case "textcolor":
            tokens.word()
            return tokens.argument()
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
    if name in _DROPPED or re.fullmatch("[bB]igg?[lmr]?", name):
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
    r"""A text with formulas between dollars, for a terminal; stars mark nothing up inside of a formula, tables have columns.

    >>> plain_text("the *minimum* $w^{*}$ of **$w$** and $c^*$")
    'the minimum w* of w and c*'
    >>> print(plain_text("| | one |\n|---|---|\n| player $A$ | $-1$ |"))
                one
      player A  -1
    """
    return "".join(_columns(p) if k % 2 else _inline(p) for k, p in enumerate(_TABLE.split(markdown)))


def _inline(markdown: str) -> str:
    formulas = [plain(m[1] or m[2]) for m in _FORMULA.finditer(markdown)]
    text = _EMPHASIS.sub(r"\1", _FORMULA.sub(lambda m: "\n    \0\n" if m[1] else "\0", markdown.replace("\0", "")))
    return "".join(a + b for a, b in zip(text.split("\0"), [*formulas, ""], strict=True))


def _columns(table: str) -> str:
    """A Markdown table with each column as wide as its widest cell, without the row of dashes."""
    head, _, *body = table.splitlines()
    rows = [[_inline(cell.strip()) for cell in row.strip()[1:-1].split("|")] for row in (head, *body)]
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    lines = ("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=False)).rstrip() for row in rows)
    return "\n".join(f"  {line}" for line in lines) + ("\n" if table.endswith("\n") else "")
