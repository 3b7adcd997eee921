"""Expressions on the page: ``∂L/∂F[u,v] = Σ_{i,j} X[i+u, j+v] G[i,j]``. The index language reads it too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from types import MappingProxyType

from derive.calculus.affine import Affine
from derive.calculus.atoms import Apply, Bound, Reduce
from derive.calculus.expr import Expr, Factor, expr
from derive.calculus.substitute import atoms
from derive.calculus.trace import Relation
from derive.notation.index_names import Page, Shape, inferred, page
from derive.notation.index_reader import KNOWN
from derive.notation.index_syntax import GREEK, SUBSCRIPTS, SUPERSCRIPTS, plain_name
from derive.notation.index_text import ATOM, POWER, PRODUCT, SUM, Printer, Text

_BELOW = str.maketrans({digit: sub for sub, digit in SUBSCRIPTS.items()})
_ABOVE = str.maketrans({digit: sup for sup, digit in SUPERSCRIPTS.items()})
_WORD = re.compile(r"[\w′']+$")
_MARKS = {"sum": "Σ", "integral": "∫", "expectation": "𝔼"}
SECOND = re.compile(r"d(\w+)_bar/d(\w+)")
_FUNCTIONS = {"sigmoid": "σ", "normal_cdf": "Φ", "normal_pdf": "φ"}


def to_unicode(
    value: Expr,
    names: Mapping[str, str] | None = None,
    *,
    shapes: Mapping[str, Shape] | None = None,
    loss: str = "L",
) -> str:
    """The expression as a page shows it, counting from 0.

    Args:
        value: what is printed.
        names: array name → how it is shown.
        shapes: array name → dimensions; sums over them are written without ranges.
        loss: ``w_bar`` is shown as ``∂L/∂w``.

    >>> from derive.notation.index_language import expression, shapes_of
    >>> shapes = {"G": "m n", "X": "H W"}
    >>> conv = expression("sum(X[i+u,j+v]*G[i,j], i, j)*sigmoid'(z1)", shapes=shapes)
    >>> to_unicode(conv, shapes=shapes_of(shapes))
    'σ′(z₁) Σ_{i,j} X[i+u, j+v] G[i,j]'
    """
    return PagePrinter(loss, (value,)).expr(value, page((value,), names or {}, shapes or {}))


def relation_unicode(
    relation: Relation,
    names: Mapping[str, str] | None = None,
    *,
    shapes: Mapping[str, Shape] | None = None,
    loss: str = "L",
) -> str:
    """The relation as a page shows it."""
    cells = [e for s in relation.sides for e in ([s] if isinstance(s, Expr) else [c for r in s.entries for c in r])]
    return PagePrinter(loss, cells).relation(relation, names or {}, shapes or {})


class PagePrinter(Printer):
    """Prints with Σ, σ′, subscripts and superscripts."""

    signs = MappingProxyType({"<=": "≤", ">=": "≥", "!=": "≠", "and": "∧", "or": "∨", "not": "¬"})

    caret = "^"

    def __init__(self, loss: str, values: Iterable[Expr]) -> None:
        self.loss = loss
        self.calls = KNOWN | {a.function for v in values for a in atoms(v) if isinstance(a, Apply)}

    def product(self, size: Fraction, factors: Sequence[Factor], where: Page, last: Text | None = None) -> Text:
        """Products of products stand last, where their sign reaches no further than it should."""
        return super().product(size, sorted(factors, key=lambda f: isinstance(f[0], Reduce)), where, last)

    def summed(
        self, size: Fraction, outer: Sequence[Factor], inner: Sequence[Factor], bounds: Sequence[Bound], where: Page
    ) -> Text:
        """``front Σ_{i,j} inner``; a Σ reaches to the next sign outside it."""
        insides, marks, scope = [expr(a) for a, _ in inner], [], where
        for kind, run in groupby(bounds, key=lambda b: b.kind):
            shown = []
            for b in run:
                shown.append(self.bound(b, insides, scope))
                scope = scope.bind(b.letter)
            marks.append(_MARKS[kind] + "_" + _braced(shown))
        body, level = self.product(Fraction(1), inner, scope)
        text = " ".join([*marks, body if level > SUM else f"({body})"])
        if not outer and size == 1:
            return text, PRODUCT
        front = self.product(size, outer, where, last=("", SUM))
        return f"{front[0]} {text}", PRODUCT

    def closed(self, body: Expr) -> bool:
        """``Σ`` reaches as far as it can: never."""
        return False

    def bound(self, bound: Bound, body: Sequence[Expr], where: Page) -> str:
        """``i``, or ``0≤i<n`` where a reader could not know."""
        name = self.letter_name(where.bind(bound.letter).letter(bound.letter))
        if inferred(bound, body, where.shapes):
            return name
        sign, high = ("≤", bound.high - 1) if _after_one(bound.high) else ("<", bound.high)
        return f"{self.affine(bound.low, where)}≤{name}{sign}{self.affine(high, where)}"

    def fraction(self, above: Sequence[Text], below: Sequence[Text]) -> Text:
        """Factors above and below a slash; an open product sign may only stand at the very end."""
        follows = above and above[-1] == ("", SUM)
        items = list(above[:-1]) if follows else list(above)
        items = items or [("1", ATOM)]
        if follows or below or len(items) > 1:
            open_ = None if follows or below else len(items) - 1
            items = [t if _stands(t, last=k == open_) else (f"({t[0]})", ATOM) for k, t in enumerate(items)]
        if not below:
            return (self.joined(items), PRODUCT) if len(items) > 1 else items[0]
        under = [t if t[1] > PRODUCT else (f"({t[0]})", ATOM) for t in below]
        shown = self.joined(under) if len(under) == 1 else f"({self.joined(under)})"
        return f"{self.joined(items)} / {shown}", PRODUCT

    def joined(self, factors: Sequence[Text]) -> str:
        """Factors side by side; a dot where a parenthesis would look like an argument or a slot."""
        out = factors[0][0]
        for (text, _), (before, _) in zip(factors[1:], factors, strict=False):
            out += (" · " if self._would_call(before, text[0]) else " ") + text
        return out

    def _would_call(self, before: str, mark: str) -> bool:
        """Whether a bracket after a name would be read as its slots or its arguments."""
        word = _WORD.search(before)
        if word is None or word.group().isdigit():
            return False
        return mark == "[" or (mark == "(" and plain_name(word.group()) in self.calls)

    def raised(self, base: str, e: Fraction) -> Text:
        """``x²``."""
        return (base + str(e).translate(_ABOVE) if e.denominator == 1 else f"{base}^({e})"), POWER

    def root(self, inside: str) -> Text:
        """``√(x)``."""
        return f"√({inside})", POWER

    def name(self, name: str, where: Page) -> str:
        """An array's name; an adjoint is a derivative of the loss."""
        if name.endswith("_bar") and name not in where.names:
            return f"∂{pretty(self.loss)}/∂{pretty(name[:-4])}"
        if (second := SECOND.fullmatch(name)) and name not in where.names:
            return f"∂²{pretty(self.loss)}/∂{pretty(second[1])}∂{pretty(second[2])}"
        return super().name(name, where)

    def array_name(self, name: str) -> str:
        """Greek letters and subscripts."""
        return pretty(name)

    def letter_name(self, name: str) -> str:
        """Greek letters and subscripts."""
        return pretty(name)

    def slots(self, at: Sequence[Affine], where: Page) -> str:
        """Letters close together, sums apart."""
        plain = all(a.letter or a.constant is not None for a in at)
        return ("," if plain else ", ").join(self.affine(a, where) for a in at)

    def constant(self, name: str) -> str:
        """π and e."""
        return {"pi": "π"}.get(name, name)

    def function(self, name: str, order: int) -> str:
        """The name of a function or of its derivative."""
        return _FUNCTIONS.get(name, name) + "′" * order

    def reduction(self, atom: Reduce, where: Page) -> Text:
        """``Π_{0≤j<n} body``."""
        if atom.op != "prod":
            letter = self.bound_text(atom, where)
            body = self.expr(atom.body, where.bind(atom.bound.letter))
            return f"a{atom.op}({body}, {letter})", ATOM
        body = self.expr(atom.body, where.bind(atom.bound.letter), PRODUCT)
        return f"Π_{_braced([self.bound(atom.bound, (atom.body,), where)])} {body}", PRODUCT

    def bound_text(self, atom: Reduce, where: Page) -> str:
        """A letter with its range as a call writes it."""
        return Printer.bound(self, atom.bound, (atom.body,), where)

    def times(self, parts: Sequence[str]) -> str:
        """A product inside an index: ``2i``, ``s·i``."""
        number = parts[0] if parts[0].isdigit() else ""
        return number + "·".join(parts[1:] if number else parts)


def pretty(name: str) -> str:
    """A name with its Greek letter and its number below the line.

    >>> pretty("delta1"), pretty("W2"), pretty("loss")
    ('δ₁', 'W₂', 'loss')
    """
    stem = name.rstrip("0123456789'")
    rest = name[len(stem) :]
    return GREEK.get(stem, stem) + rest.translate(_BELOW).replace("'", "′")


def _stands(factor: Text, *, last: bool) -> bool:
    """Whether a factor needs no parentheses: an open product sign needs none at the end."""
    return factor[1] > PRODUCT or (last and factor[1] == PRODUCT)


def _after_one(value: Affine) -> bool:
    """Whether a number is added at the end: ``i < n+1`` is better written ``i ≤ n``."""
    return any(not m and c > 0 for m, c in value.terms) and value.constant is None


def _braced(letters: Sequence[str]) -> str:
    shown = ",".join(letters) if all("≤" not in x for x in letters) else ", ".join(letters)
    return shown if len(letters) == 1 and "≤" not in shown and len(shown) == 1 else "{" + shown + "}"
