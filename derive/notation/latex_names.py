r"""How typed names look in LaTeX: ``W1`` is ``W^{(1)}``, ``delta2`` is ``\delta^{(2)}``, ``lam`` is ``\lambda``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from derive.notation.index_syntax import GREEK

_SHORT = {"lam": r"\lambda", "eps": r"\varepsilon", "lr": r"\eta"}
_MARKED = {"_hat": "hat", "_tilde": "tilde", "_dot": "dot", "_star": "star"}


def latex_name(name: str) -> str:
    r"""A name as a textbook writes it.

    >>> latex_name("W1"), latex_name("sigma"), latex_name("h_all"), latex_name("x_hat"), latex_name("loss")
    ('W^{(1)}', '\\sigma', 'h_{\\mathrm{all}}', '\\hat{x}', '\\mathrm{loss}')
    """
    for ending, mark in _MARKED.items():
        if name.endswith(ending) and name != ending:
            inner = latex_name(name.removesuffix(ending))
            return rf"{inner}^{{*}}" if mark == "star" else rf"\{mark}{{{inner}}}"
    found = re.fullmatch(r"([A-Za-z]+?)(\d+)('*)", name)
    if found:
        return f"{latex_name(found[1])}^{{({found[2]})}}{found[3]}"
    stem, underscore, index = name.partition("_")
    if underscore and stem and index:
        below = index if len(index) == 1 else rf"\mathrm{{{index}}}".replace("_", r"\_")
        return f"{latex_name(stem)}_{{{below}}}"
    if len(name) == 1:
        return name
    return _SHORT.get(name) or (rf"\{name}" if name in GREEK else rf"\mathrm{{{name}}}".replace("_", r"\_"))


def latex_names(names: Iterable[str]) -> dict[str, str]:
    """Name → LaTeX for all that do not look like themselves; two names never look alike."""
    shown: dict[str, str] = {}
    for name in names:
        latex = latex_name(name)
        shown[name] = latex if latex not in shown.values() else rf"\mathrm{{{name}}}".replace("_", r"\_")
    return {n: x for n, x in shown.items() if n != x}
