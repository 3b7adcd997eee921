"""The names of a derivation as a student types them, and as a comparison declares them."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from typing import Any

from derive.derivations.base import Derivation, Symbol


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
        domain = "real" if s.domain == "derived" else s.domain
        if s.domain == "function":
            latex, shape, domain = s.latex or name, "function", "elementwise"
        found[name if short in found else short] = {"latex": latex, "shape": shape, "domain": domain}
    return found | dict(_given_adjoints(derivation))


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
