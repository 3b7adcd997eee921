"""What a request declares, in typed values: symbols, dimensions, free indices, counting base, macros."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from derive.notation.arrange import arranged
from derive.notation.characters import GREEK
from derive.notation.errors import Unreadable
from derive.notation.lexer import Token
from derive.notation.spellings import Spellings
from derive.notation.words import words

DOMAINS = frozenset(
    words(
        "real nonzero positive nonnegative unit unit_sym int posint binary pm1 prob onehot symmetric spd"
        " invertible posdet orthogonal"
        " orthcols unitvector identity ones kronecker dimension derived elementwise logistic normal_cdf"
        " normal_pdf"
    )
)
CONSTANTS = {"e": "e", "\\pi": "pi"}
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_BELOW = re.compile(r"\\?(?P<stem>[A-Za-z]+)_\{*(?:\\[A-Za-z]+\{?)?(?P<word>[A-Za-z]{2,})\}*")
_NAME = re.compile(r"(?P<stem>[A-Za-z]+?)_?(?P<index>[0-9]+|(?<=_)[A-Za-z0-9]+)?")


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a shape, in Python text: its size, or the inclusive range of its index (``"0..T"``)."""

    size: str
    lower: str | None = None
    upper: str | None = None


@dataclass(frozen=True, slots=True)
class Symbol:
    """A declared name. ``shape`` is None for a function of a scalar.

    ``letters`` are the indices that an array's definition speaks of, in the order of its axes, or a function's argument.
    """

    name: str
    latex: str
    shape: tuple[Axis, ...] | None
    domain: str = "real"
    definition: str | None = None
    letters: tuple[str, ...] = ()

    @property
    def is_function(self) -> bool:
        """Whether it is applied to an argument."""
        return self.shape is None

    @property
    def rank(self) -> int:
        """How many index slots it has."""
        return len(self.shape or ())


_SHORT = {"lam": "lambda", "lamda": "lambda", "lambd": "lambda", "lambda_": "lambda", "eps": "epsilon"}
_STARRED = re.compile(r"(.+)\^\{?(?:\*|\\star|\\ast)\}?")
_NUMBERED = re.compile(r"(?P<stem>\\?[A-Za-z]+)_\{?(?P<number>[0-9]+)\}?")


@dataclass(frozen=True, slots=True)
class Declarations:
    r"""Every name that a text may use.

    >>> d = Declarations.of({"b1": {"latex": r"\beta_1", "domain": "unit"}, "W": {"shape": ["m", "n"]}})
    >>> d.symbols["W"].rank, sorted(d.dimensions)
    (2, ['m', 'n'])
    """

    symbols: Mapping[str, Symbol] = field(default_factory=dict)
    free_indices: Mapping[str, str] = field(default_factory=dict)
    index_base: int = 1
    out_of_range: str = "error"
    where: tuple[str, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    macros: Mapping[str, str] = field(default_factory=dict)
    dimensions: frozenset[str] = frozenset()
    spellings: Spellings = field(default_factory=Spellings, compare=False, repr=False)

    @classmethod
    def of(cls, symbols: Mapping[str, Any], **others: Any) -> Declarations:
        """From the `symbols` object of PROTOCOLS and, by name, the other declaration fields of a request.

        Raises:
            Unreadable: when a declaration itself does not read.
        """
        typed = {name: _symbol(name, declared) for name, declared in symbols.items()}
        free = dict(others.get("free_indices") or {})
        where, sizes = tuple(others.get("where") or ()), dict(others.get("sizes") or {})
        axes = [
            t for s in typed.values() for axis in s.shape or () for t in (axis.size, axis.lower or "", axis.upper or "")
        ]
        letters = {m for text in [*axes, *map(str, free.values())] for m in _IDENTIFIER.findall(text)} | set(sizes)
        macros = dict(others.get("macros") or {})
        return cls(
            typed, free, int(others.get("index_base", 1)), str(others.get("out_of_range", "error")), where,
            sizes, macros,
            frozenset(letters), _spellings(typed, letters | set(free), macros),
        )  # fmt: skip

    @classmethod
    def of_request(cls, request: Mapping[str, Any]) -> Declarations:
        """From a whole request of PROTOCOLS sections 1 and 2."""
        wanted = ("free_indices", "index_base", "out_of_range", "where", "sizes", "macros")
        return cls.of(request.get("symbols") or {}, **{k: request[k] for k in wanted if request.get(k) is not None})

    def is_known(self, name: str) -> bool:
        """Whether a name is declared, a dimension letter or a free index."""
        return name in self.symbols or name in self.dimensions or name in self.free_indices

    def named(self, typed: str) -> str:
        r"""The declared name typed as ``C_in`` or ``eps``, written ``C_{\text{in}}`` or ``\epsilon``; or what was typed.

        >>> [Declarations.of({"r": {"latex": t}}).named("eps") for t in ("r", r"\epsilon")]
        ['eps', 'r']
        """
        letter = _SHORT.get(typed, typed if typed in GREEK and typed not in CONSTANTS.values() else "")
        if self.is_known(typed) or not (letter or "_" in typed):
            return typed
        written = {f"\\{letter}", f"\\var{letter}"} if letter else set()
        found = [s.name for s in self.symbols.values() if s.latex in written or plainly(s.latex) == typed]
        return found[0] if len(found) == 1 else typed

    def is_truth(self, name: str) -> bool:
        """Whether a name is declared as a number that is 0 or 1."""
        symbol = self.symbols.get(name)
        return symbol is not None and symbol.domain == "binary" and symbol.shape == ()

    def is_function(self, name: str) -> bool:
        """Whether a name is declared as a function."""
        symbol = self.symbols.get(name)
        return symbol is not None and symbol.is_function

    @property
    def writes_d(self) -> bool:
        r"""Whether a symbol is written as the letter of differentials; ``d`` for ``\delta`` is a name for programs only."""
        return "d" in self.symbols and self.symbols["d"].latex.strip(" {}") == "d"

    def rank(self, name: str) -> int | None:
        """The number of slots of a declared array, 0 for a scalar or a letter, None for what is not known."""
        symbol = self.symbols.get(name)
        if symbol is not None:
            return None if symbol.is_function else symbol.rank
        return 0 if self.is_known(name) else None

    def latex(self, name: str) -> str:
        """How a name is written in LaTeX."""
        symbol = self.symbols.get(name)
        return symbol.latex if symbol is not None else latex_of_name(name)


def _symbol(name: str, declared: Mapping[str, Any]) -> Symbol:
    shape = declared.get("shape", [])
    axes = None if shape == "function" else tuple(axis_of(a) for a in shape)
    domain = str(declared.get("domain", "real"))
    if domain not in DOMAINS:
        raise Unreadable(f"The domain '{domain}' of '{name}' is not one of the domains that can be declared.")
    latex, letters = str(declared.get("latex") or latex_of_name(name)), tuple(map(str, declared.get("letters") or ()))
    return Symbol(name, latex, axes, domain, declared.get("definition"), letters)


def plainly(latex: str) -> str:
    r"""How a name with a word below it is typed where there is no LaTeX.

    >>> plainly(r"C_{\text{in}}"), plainly(r"\theta_\mathrm{old}"), plainly("x^2")
    ('C_in', 'theta_old', '')
    """
    match = _BELOW.fullmatch(latex.replace(" ", ""))
    return f"{match['stem']}_{match['word']}" if match else ""


def axis_of(axis: str | int) -> Axis:
    """An axis as a shape or a free index declares it: a size, or the inclusive range of its index."""
    lower, dots, upper = str(axis).partition("..")
    return Axis(f"({upper}) - ({lower}) + 1", lower, upper) if dots else Axis(lower)


def latex_of_name(name: str) -> str:
    r"""How a name that says nothing about LaTeX is written.

    >>> latex_of_name("beta1"), latex_of_name("x"), latex_of_name("loss"), latex_of_name("W_out")
    ('\\beta_{1}', 'x', '\\mathrm{loss}', 'W_{\\mathrm{out}}')
    """
    if not name.isidentifier() or not name.isascii():
        return name
    match = _NAME.fullmatch(name)
    stem, index = (match["stem"], match["index"]) if match else (name, None)
    head = f"\\{stem}" if stem in GREEK else stem if len(stem) == 1 else f"\\mathrm{{{stem}}}".replace("_", r"\_")
    if index is None:
        return head
    return f"{head}_{{{index if len(index) == 1 or index.isdigit() else f'{chr(92)}mathrm{{{index}}}'}}}"


def _spelled(text: str, name: str, macros: Mapping[str, str]) -> Sequence[Token]:
    try:
        return arranged(text, macros)[:-1]
    except Unreadable as error:
        raise Unreadable(f"The LaTeX spelling of '{name}' does not read: {error.message}") from error


def _spellings(symbols: Mapping[str, Symbol], letters: set[str], macros: Mapping[str, str]) -> Spellings:
    """Every declared spelling; then, where they are free, the names as Python has them, and ``z1`` for ``z_1``."""
    table = Spellings()
    for name, symbol in symbols.items():
        table.add(_spelled(symbol.latex, name, macros), name)
    for name in (*symbols, *sorted(letters)):
        for text in (latex_of_name(name), name.replace("_", r"\_")):
            if name in symbols and text in CONSTANTS:
                continue  # a name that is written otherwise leaves e and π alone
            table.add(_spelled(text, name, macros), name, overwrite=False)
    for name, symbol in symbols.items():
        for written in (name, symbol.latex):
            if m := _NUMBERED.fullmatch(written):
                table.add(_spelled(f"{m['stem']}{m['number']}", name, macros), name, overwrite=False)
        if m := _STARRED.fullmatch(symbol.latex):
            table.add(_spelled(f"{m[1]}_*", name, macros), name, overwrite=False)
    return table
