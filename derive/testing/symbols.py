"""The names on a problem's page, and whether anything declares them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from derive.bank.kinds import Answer
from derive.bank.problem import AskedPart, Variant
from derive.calculus.expr import Expr
from derive.calculus.substitute import names
from derive.derivations.base import Derivation
from derive.notation.functions import GREEK_FUNCTIONS

MATH = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
WORDS = re.compile(r"\\(?:text|mathrm|operatorname|textbf|mathit|begin|end)\*?\s*\{[^{}]*\}|`[^`]*`")
ACCENT = re.compile(
    r"\\(?:hat|bar|tilde|vec|dot|overline|mathbf|boldsymbol|mathcal|mathbb|widehat)\s*\{?\s*(\\?[A-Za-z]+)\s*\}?"
)
NAME = re.compile(r"\\[A-Za-z]+|[A-Za-z]")
GREEK = re.compile(
    r"\\(?:var)?(?:alpha|beta|gamma|delta|epsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|rho|sigma|tau|phi|chi|psi|omega|ell"
    r"|Gamma|Delta|Theta|Lambda|Xi|Sigma|Phi|Psi|Omega)(?![A-Za-z])"
)
IDENTIFIER = re.compile(r"[A-Za-z]+")
CUSTOMARY = frozenset("deLijknmtfpTEPRNI")  # indices, sizes, a loss, a function, an expectation, sets


def undeclared(variant: Variant) -> list[str]:
    """Letters in the page's formulas that no derivation, program, parameter or answer kind of the problem knows.

    A letter that the page defines itself is known: one that stands left of an equals sign, or below a sum.
    """
    page = " ".join([variant.statement, *(part.ask for part in variant.parts.values())])
    known = set(_declared(variant)) | set(_defined(page)) | CUSTOMARY | set(_functions(page))
    return sorted({n for n in _names(_formulas(page)) if n not in known})


def unsaid(variant: Variant, part: AskedPart) -> list[str]:
    """What a part's right answer speaks of and neither the page nor ``means=`` says, as it is written."""
    kind = part.answer
    right = kind.of.result.right if isinstance(kind, Answer) else None
    if not isinstance(kind, Answer) or not isinstance(right, Expr):
        return []
    page = " ".join([variant.statement, *(p.ask for p in variant.parts.values())])
    said = {*_names(_formulas(page)), *_functions(page), *map(_spelled, variant.problem.defines)}
    symbols = {**kind.of.symbols, **kind.symbols}
    needed = {n: symbols[n].latex or n for n in names(right) if n in symbols and n not in kind.means}
    plain = {_plain(name) for name in said}
    return sorted(x for x in needed.values() if x not in page and plain.isdisjoint(map(_plain, _names(x))))


def _plain(name: str) -> str:
    r"""A Greek letter without its variant: ``\varepsilon`` is ε, too."""
    return name.replace(r"\var", "\\")


def _formulas(page: str) -> str:
    return " ; ".join(a or b for a, b in MATH.findall(page))


def _names(text: str) -> Iterator[str]:
    plain = ACCENT.sub(r" \1 ", WORDS.sub(" ", text))
    for m in NAME.finditer(plain):
        if len(m.group()) == 1 or GREEK.fullmatch(m.group()):
            yield m.group()


def _defined(page: str) -> Iterator[str]:
    """What stands left of a sign, what a sum runs over, and arguments of functions that are defined."""
    text = _formulas(page)
    for m in re.finditer(r"([^=<>;,]*?)(?:=|\\in|\\sim|\\le|\\ge|<|>|\\dots)", text):
        yield from _names(m.group(1))
    yield from _names(" ".join(re.findall(r"\\(?:sum|prod|max|min|int)_\{?([^{}]*)", text)))


def _functions(page: str) -> Iterator[str]:
    """Greek letters that everybody reads as a function, where the page uses them so."""
    yield from (g for g in GREEK_FUNCTIONS if re.search(rf"{re.escape(g)}'*\s*(?:\\left)?\(", page))
    if re.search(r"\b(?:logistic|sigmoid)\b", page):
        yield r"\sigma"


def _spelled(word: str) -> str:
    """How a page writes an identifier, without its scripts: ``alpha`` is a Greek letter, ``W_new`` and ``W1`` are W."""
    return f"\\{word}" if GREEK.fullmatch(f"\\{word}") else word[0]


def _declared(variant: Variant) -> Iterator[str]:
    derivations = [*variant.working, *(d for p in variant.parts.values() if (d := p.answer.derivation) is not None)]
    for d in derivations:
        yield from _of_derivation(d)
    yield from _texts(variant.values)
    for part in variant.parts.values():
        yield from _texts({k: v for k, v in vars(part.answer).items() if not isinstance(v, Derivation)})
        if isinstance(part.answer, Answer):
            yield from _texts(part.answer.request())


def _of_derivation(d: Derivation) -> Iterator[str]:
    for name, s in d.symbols.items():
        yield from _texts([name, *map(str, s.shape)])
        yield from _names(s.latex)
    yield from _texts([b.letter.name for line in d.lines for b in line.relation.frame])


def _texts(value: Any) -> Iterator[str]:
    """The names in whatever texts an answer kind holds: programs, inputs, how the page writes them."""
    if isinstance(value, str):
        yield from _names(value) if "\\" in value else map(_spelled, IDENTIFIER.findall(value))
    elif isinstance(value, Mapping):
        for k, v in value.items():
            yield from _texts(str(k))
            yield from _texts(v)
    elif isinstance(value, tuple | list):
        for v in value[:200]:
            yield from _texts(v)
