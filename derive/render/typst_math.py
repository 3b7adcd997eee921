r"""Formulas for Typst: our LaTeX through tylax, and the proof that no symbol was lost on the way.

tylax drops what it does not know without a word, so both sides are read back into their symbols, in order, and compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from derive.render.changes import CLASS

MARK = rf"\htmlClass{{{CLASS}}}"
# What LaTeX and Typst call differently; every other command has the same name on both sides.
_NAMES = {
    "epsilon": "epsilon.alt", "phi": "phi.alt", "varphi": "phi", "varepsilon": "epsilon", "le": "<=", "ge": ">=", "ne": "!=",
    "leq": "<=", "geq": ">=", "neq": "!=", "ll": "lt.double", "gg": "gt.double", "to": "->", "infty": "infinity",
    "int": "integral", "prod": "product", "cdot": "dot", "cdots": "dots.h.c", "dots": "...", "ldots": "...", "odot": "dot.o",
    "circ": "circle.small", "oplus": "plus.o", "otimes": "times.o", "vee": "or", "wedge": "and", "neg": "not",
    "lfloor": "floor.l", "rfloor": "floor.r", "lceil": "ceil.l", "rceil": "ceil.r", "|": "bar.v.double", "sim": "tilde.op",
    "lVert": "bar.v.double", "rVert": "bar.v.double", "star": "star.op", "pm": "plus.minus", "iff": "<==>", "Rightarrow": "=>",
    "lvert": "|", "rvert": "|", "mid": "|",
}  # fmt: skip
_SAME = re.compile(
    "alpha|beta|gamma|delta|eta|theta|lambda|mu|nu|pi|rho|sigma|tau|psi|omega|xi|kappa|zeta|chi|ell|Gamma|Delta|Theta|Lambda|"
    "Xi|Pi|Sigma|Phi|Psi|Omega|sum|partial|nabla|approx|in|times|top|lim|max|min|sup|inf|log|ln|exp|sin|cos|tan|sinh|cosh|tanh|"
    "det|arg|dim|ast|propto|parallel|gcd|Pr|subset|equiv|forall|exists|[{}#%&_$]"
)
_STRUCTURE = re.compile(
    r"frac|tfrac|dfrac|left|right|boldsymbol|mathbf|mathbb|mathcal|q?quad|displaystyle|limits|[bB]ig[lr]|[,;!\\]"
)
_WORDS = frozenset({"text", "operatorname", "mathrm"})
_OPENING = {"bmatrix": "[", "pmatrix": "(", "vmatrix": "|", "cases": "{", "aligned": "", "matrix": ""}
_CLOSING = {"[": "]", "(": ")", "|": "|"}
_CALLS = "inline|display|frac|sqrt|root|mat|cases|lr|op|upright|bold|bb|cal|hat|tilde|macron|overline|dot|binom|norm|abs|italic"
_CALLS += "|fresh"
_LATEX = re.compile(r"\\\\\[[0-9.]+em\]|\\([A-Za-z]+|.)|(\S)|\s")
_TYPST = re.compile(
    rf'"((?:[^"\\]|\\.)*)"|((?:{_CALLS})\((?:delim: "."(?:, )?)?)|([_^]\()|([A-Za-z]+(?:\.[a-z]+)+|[A-Za-z]{{2,}})'
    r"|(<==>|==>|<=|>=|!=|->|=>|\.\.\.)|\\(.)|(\S)|\s"
)
_BARS = re.compile(r"(\\(?:left|right)\s*(?:\\[{}|]|[()\[\]|.])|\\\\|\\[{}|]|[{}()\[\]|&])")
_BAR = (r"\|", "|")
_OPENS = frozenset(["{", "(", "[", r"\{", r"\left(", r"\left[", r"\left\{", r"\left|", r"\left\|", r"\left."])
_CLOSES = frozenset(["}", ")", "]", r"\}", r"\right)", r"\right]", r"\right\}", r"\right|", r"\right\|", r"\right."])
_ENDS = frozenset(["&", r"\\"])
_INNER = re.compile(r"(?<!\\)\{[^{}]*(?<!\\)\}|\([^()]*\)")
_SPLITS = re.compile(r"[,;]|\\[{}]")  # Typst would take these for signs between arguments
_SHOWN = {"hat": "hat", "tilde": "tilde", "overline": "bar", "dot": "dot", "binom": "binom", "cases": "{"}
_SHOWN |= {"sqrt": "sqrt", "root": "sqrt"}
_BLACKBOARD = {"RR": "R", "EE": "E", "NN": "N", "ZZ": "Z", "PP": "P"}
_SIGNS = {"bar.v": "|", "slash": "/", "tilde": "tilde.op", "dif": "d"}
Closer = tuple[str, bool]  # what a bracket's end shows, and whether commas inside are symbols
_SPACES = frozenset({"thin", "quad", "wide", "med", "thick", "space"})


class Untypeset(ValueError):
    """A formula whose symbols do not all arrive in Typst, or that uses a command that nobody has vouched for."""


@cache
def typst_math(latex: str) -> str:
    r"""A formula as Typst writes it, without its dollar signs.

    Raises:
        Untypeset: a symbol is missing, or there is a new one; the message shows both sequences from there.
        ImportError: tylax is not installed.

    >>> typst_math(r"\frac{\partial L}{\partial w_{u}} = \sigma'\left(z\right)")
    "frac(partial L, partial w_(u)) = sigma'(z)"
    """
    from tylax import L2TOptions, latex_to_typst

    words: list[str] = []
    options = L2TOptions(frac_to_slash=False, infty_to_oo=False)
    found = _mended(latex_to_typst(_prepared(latex, words), options=options), words)
    before, after = list(latex_symbols(latex)), list(typst_symbols(found))
    if before != after:
        both = zip(before, after, strict=False)
        at = next((k for k, (a, b) in enumerate(both) if a != b), min(len(before), len(after)))
        raise Untypeset(f"{latex}: {before[at : at + 6]} became {after[at : at + 6]} in {found}")
    return found


def _prepared(latex: str, words: list[str]) -> str:
    """What tylax loses or garbles, written another way: sized brackets, spaces; words as names that come back later."""

    def kept(m: re.Match[str]) -> str:
        words.append(f'upright("{_escaped(m[1])}")' if m[1] else f'"{_escaped(m[2])}"')
        return rf"\operatorname{{word{chr(97 + len(words))}}}"

    latex = fenced(latex.replace(MARK, r"\underbrace"))
    latex = re.sub(r"\\mathrm\{([A-Za-z0-9]{2,})\}|\\text\{((?:[^{}\\]|\\.)*)\}", kept, latex)
    latex = re.sub(r"\\(?:big|Big|bigg|Bigg)(l|r)(?![A-Za-z])", lambda m: r"\left" if m[1] == "l" else r"\right", latex)
    latex = re.sub(r"(\\\\)\[[0-9.]+em\]", r"\1", latex)
    return re.sub(r"\\(?:!|displaystyle(?![A-Za-z])|limits(?![A-Za-z]))", "", latex)


def fenced(latex: str) -> str:
    r"""Bars that stand round something as delimiters: set alone, they are relations, with a relation's space on both sides.

    >>> print(fenced(r"r \|g\| p(x|y) = |z|^{2}"))
    r \left\|g\right\| p(x|y) = \left|z\right|^{2}
    """
    latex = re.sub(r"(?:\\left\s*)?\\l([vV])ert|(?:\\right\s*)?\\r([vV])ert", _upright_bar, latex)
    tokens = _BARS.split(latex)
    opened: list[dict[str, int]] = [{}]  # in each bracket that is open, the bars that wait for their partners
    for k, token in enumerate(tokens):
        if token in _BAR:
            first = opened[-1].pop(token, None)
            if first is not None and not _SPLITS.search(_INNER.sub("", "".join(tokens[first:k]))):
                tokens[first], tokens[k] = rf"\left{token}", rf"\right{token}"
            elif first is None and not tokens[k + 1][:1].isspace():
                opened[-1][token] = k
        elif token in _OPENS:
            opened.append({})
        elif token in _CLOSES and len(opened) > 1:
            opened.pop()
        elif token in _ENDS:
            opened[-1] = {}
    return "".join(tokens)


def _upright_bar(m: re.Match[str]) -> str:
    bar = "|" if "v" in m.groups() else r"\|"
    return rf"\left{bar}" if m[1] else rf"\right{bar}"


def _mended(text: str, words: list[str]) -> str:
    """Typst as we want it: the words back in their places, primes at their letter."""
    for k, word in enumerate(words):
        text = text.replace(f'op("word{chr(98 + k)}")', word)
    text = text.replace("underbrace(", "fresh(")
    text = text.replace("abs({", "abs(").replace("})", ")") if "abs({" in text else text
    return re.sub(r" +(?='+)", "", text)


def _escaped(text: str) -> str:
    text = re.sub(r"\\(.)", r"\1", text)
    return text.replace("\\", "\\\\").replace('"', '\\"')


def latex_symbols(latex: str) -> Iterator[str]:
    r"""What a reader sees of LaTeX, symbol by symbol, in Typst's names.

    Raises:
        Untypeset: a command that the page does not use anywhere yet.

    >>> list(latex_symbols(r"\sum_{i} \hat{x}_i \le \text{no}"))
    ['sum', 'i', 'hat', 'x', 'i', '<=', 'n', 'o']
    """
    at = 0
    latex = latex.replace(MARK, "")
    while found := _LATEX.match(latex, at):
        at = found.end()
        command, character = found.groups()
        if command in _WORDS or command in ("begin", "end"):
            inside = re.compile(r"\s*\{((?:[^{}\\]|\\.)*)\}").match(latex, at)
            if inside is None:
                raise Untypeset(rf"\{command} without braces in {latex}")
            at = inside.end()
            yield from _word(command, inside[1])
        elif command is not None:
            yield from _command(command, latex)
        elif character and character not in "{}_^&":
            yield from _ordinary(character)
        if command in ("left", "right") and latex[at : at + 1] == ".":
            at += 1


def _word(command: str, text: str) -> Iterator[str]:
    if command == "begin" and text not in _OPENING:
        raise Untypeset(rf"\begin{{{text}}}: matrices, cases and aligned lines are known")
    if command == "begin":
        yield from _OPENING[text]
    elif command == "end":
        yield from _CLOSING.get(_OPENING[text], "")
    else:
        yield from re.sub(r"\\(.)|\s", r"\1", text)


def _command(name: str, latex: str) -> Iterator[str]:
    if name in ("bar", "hat", "tilde", "overline", "sqrt", "dot", "binom"):
        yield "bar" if name == "overline" else name
    elif name in _NAMES or _SAME.fullmatch(name):
        yield _NAMES.get(name, name)
    elif not _STRUCTURE.fullmatch(name):
        raise Untypeset(rf"\{name} in {latex}")


def _ordinary(character: str) -> Iterator[str]:
    yield {"‖": "bar.v.double", "−": "-", "~": ""}.get(character, character)


def typst_symbols(text: str) -> Iterator[str]:
    """What a reader sees of a formula in Typst, symbol by symbol.

    >>> list(typst_symbols('frac(a, b_(i,j)) <= op("no") (x)'))
    ['a', 'b', 'i', ',', 'j', '<=', 'n', 'o', '(', 'x', ')']
    """
    closers: list[Closer] = []
    at = 0
    while at < len(text):
        m = _TYPST.match(text, at)
        if m is None:
            raise Untypeset(f"no Typst: {text[at:]}")
        at = m.end()
        string, call, script, name, sign, escaped, character = m.groups()
        if string is not None:
            yield from (c for c in re.sub(r"\\(.)", r"\1", string) if not c.isspace())
        elif call:
            yield from _opened(call, closers)
        elif script:
            closers.append(("", True))
        elif name:
            yield from _named(name)
        elif sign or (escaped or "").strip():
            yield sign or escaped
        elif character:
            yield from _piece(character, closers)


def _opened(call: str, closers: list[Closer]) -> Iterator[str]:
    """What a call shows before its arguments; its end will show what ``closers`` remembers."""
    name, _, rest = call.partition("(")
    delimiter = re.search(r'"(.)"', rest)
    closing = "bar.v.double" if name == "norm" else "|" if name == "abs" else ""
    if name == "mat":
        yield delimiter[1] if delimiter else "("
        closing = _CLOSING[delimiter[1] if delimiter else "("]
    elif closing:
        yield closing
    elif name in _SHOWN:
        yield _SHOWN[name]
    closers.append((closing, name == "fresh"))  # what is marked may hold commas of its own


def _named(name: str) -> Iterator[str]:
    if name in _BLACKBOARD or name in _SIGNS:
        yield _BLACKBOARD.get(name) or _SIGNS[name]
    elif name not in _SPACES:
        yield name


def _piece(character: str, closers: list[Closer]) -> Iterator[str]:
    """A single character: brackets and commas of Typst's own are no symbols."""
    if character == "(":
        closers.append((")", True))
        yield "("
    elif character == ")":
        yield from filter(None, [closers.pop()[0] if closers else ")"])
    elif character not in ",;&\\" or (character in ",;" and (not closers or closers[-1][1])):
        yield "bar.v.double" if character == "‖" else character
