"""The names of a derivation as a student types them, and as a comparison declares them."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from derive.calculus.affine import Affine
from derive.calculus.atoms import Apply, Atom, Group
from derive.calculus.expr import Expr, Term, expr
from derive.calculus.program import Definition
from derive.calculus.substitute import subs
from derive.derivations.base import Derivation, Symbol

RANGES = {"sigmoid": "unit", "tanh": "unit_sym"}


def declared(derivation: Derivation, over: Mapping[str, Symbol] | None = None) -> dict[str, dict[str, Any]]:
    """A derivation's names as a comparison declares them; an array over a continuum is one number at its point."""
    vast = {n for n, s in derivation.symbols.items() if s.domain == "continuum"}
    chance = {n for n, s in derivation.symbols.items() if s.domain == "outcomes"}
    found: dict[str, dict[str, Any]] = {}
    for name, s in {**derivation.symbols, **(over or {})}.items():
        if name in vast | chance or s.domain == "coordinate":  # no number: an answer about it declares its own
            continue
        short = typed_name(name, s)
        field_of = vast & set(map(str, s.shape))
        latex = f"{s.latex or name}(x)" if field_of else s.latex or name
        shape: Any = [] if field_of else [str(a) for a in s.shape if a not in chance]
        domain = _range(derivation, name) if s.domain == "derived" else s.domain
        if s.domain == "function":
            latex, shape, domain = s.latex or name, "function", "elementwise"
        found[name if short in found else short] = {"latex": latex, "shape": shape, "domain": domain}
    return found | dict(_given_adjoints(derivation))


def _range(derivation: Derivation, name: str) -> str:
    """The domain of a name that a program defines: where the values of its function lie, so that no point is impossible."""
    rules = derivation.program.definitions if derivation.program else ()
    rule = next((d for d in rules if d.name == name), None)
    match rule and rule.body.terms:
        case (Term(coefficient=1, factors=((Apply(function=f, order=0), 1),), bounds=()),):
            return RANGES.get(f, "real")
        case (Term(coefficient=1, factors=((share, 1), (whole, -1)), bounds=()),) if rule:
            return "prob" if _shares(share, whole, rule) else "real"
    return "real"


def _shares(share: Atom, whole: Atom, rule: Definition) -> bool:
    """Whether exponentials are divided by their sum over the last axis."""
    found = whole.body.terms if isinstance(whole, Group) else ()
    if len(found) != 1 or len(found[0].bounds) != 1 or not (isinstance(share, Apply) and share.function == "exp"):
        return False
    (bound,), inside = found[0].bounds, replace(found[0], bounds=())
    last = rule.letters[-1]
    return bound.high == last.high and subs(Expr((inside,)), {bound.letter: Affine.of(last.letter)}) == expr(share)


def _given_adjoints(derivation: Derivation) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is called G and given may be typed as the derivative that it is, too."""
    known, loss = derivation.symbols, derivation.page.loss
    for name, s in known.items():
        of = name.removesuffix("_bar")
        if of != name and of in known and s.latex and s.domain not in ("derived", "function"):
            latex = rf"\frac{{\partial {loss}}}{{\partial {known[of].latex or of}}}"
            shape = [str(a) for a in s.shape]
            yield f"d{loss}_d{of}", {"latex": latex, "shape": shape, "domain": "derived", "definition": s.latex}


def typed_name(name: str, symbol: Symbol) -> str:
    r"""The name that a student types in Python: the page's letter where it is one; sizes keep the name that shapes speak of.

    >>> typed_name("q", Symbol(latex=r"\sigma_1")), typed_name("v", Symbol(latex=r"\sigma^2"))
    ('sigma_1', 'v')
    >>> typed_name("z_bar", Symbol(latex=r"\delta")), typed_name("u", Symbol(latex=r"\hat{x}"))
    ('delta', 'u')
    """
    plain = re.sub(r"\\(?:mathrm|text)(?=\{)|[\\{}]", "", symbol.latex)
    fits = plain.isidentifier() and plain.isascii() and not keyword.iskeyword(plain) and symbol.domain != "dimension"
    return plain if fits and not re.search(r"\\(?:bar|hat|tilde)", symbol.latex) else name


def kronecker(frame: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    r"""Kronecker's δ, for an entry with two indices of the same range; a symbol called δ goes before."""
    sizes = [size for size in frame.values() if list(frame.values()).count(size) > 1]
    return {"delta": {"latex": r"\delta", "shape": sizes[:1] * 2, "domain": "kronecker"}} if sizes else {}


def without_kronecker(asking: Mapping[str, Any], said: Collection[tuple[str, str]]) -> dict[str, Any]:
    """The same comparison, where an equation says what δ is."""
    names = asking["symbols"]
    if names.get("delta", {}).get("domain") != "kronecker" or not any(
        re.match(r"\\delta(?![a-z])", a) for a, _ in said
    ):
        return dict(asking)
    return {**asking, "symbols": {n: s for n, s in names.items() if n != "delta"}}
