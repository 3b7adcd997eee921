r"""Indices and entries in LaTeX: ``X_{i+1,j}``, ``\frac{\partial L}{\partial W_{i,j}}``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from derive.calculus.affine import Affine, Letter
from derive.notation.style import Names


def affine_latex(value: Affine, names: Names) -> str:
    """An affine value: letters, then the number; what is subtracted after something to subtract it from."""
    shown = sorted(value.terms, key=lambda t: place(t[1] < 0, not t[0], any(c > 0 for m, c in value.terms if m)))
    return "".join(_signed(c, " ".join(letter_latex(x, names) for x in m)) for m, c in shown).removeprefix("+") or "0"


def place(negative: bool, number: bool, lead: bool) -> int:
    """Positive terms, negative terms, then the number; the number leads where nothing else is positive."""
    if number:
        return 2 if lead or negative else 0
    return 1 if negative else 0


def _signed(c: int, body: str) -> str:
    size = "" if abs(c) == 1 and body else str(abs(c))
    return ("-" if c < 0 else "+") + size + body


def letter_latex(letter: Letter, names: Names) -> str:
    """A letter as the page writes it."""
    return names.style.names.get(letter.name, letter.name)


def name_latex(name: str, at: Sequence[Affine], names: Names) -> str:
    """An entry: its name with subscripts, an adjoint as ∂L/∂v, a Jacobian as ∂y/∂x."""
    style = names.style
    if name in style.coordinates and at:
        return affine_latex(names.shown(at[0]), names)
    if name in style.names:
        return _indexed(style.names[name], name, at, names)
    if name.endswith("_bar"):
        return rf"\frac{{\partial {style.names.get(style.loss, style.loss)}}}{{\partial {name_latex(name[:-4], at, names)}}}"
    if name.startswith("d") and "/d" in name:
        of, wrt = name[1:].split("/d", 1)
        rank = style.ranks.get(of, style.ranks.get(of.removesuffix("_bar"), 0)) if at else 0
        if of.endswith("_bar"):
            below = rf"{name_latex(of[:-4], at[:rank], names)} \, \partial {name_latex(wrt, at[rank:], names)}"
            return rf"\frac{{\partial^{{2}} {style.names.get(style.loss, style.loss)}}}{{\partial {below}}}"
        return rf"\frac{{\partial {name_latex(of, at[:rank], names)}}}{{\partial {name_latex(wrt, at[rank:], names)}}}"
    plain = name if len(name) == 1 else rf"\mathrm{{{name}}}".replace("_", r"\_")
    return _indexed(plain, name, at, names)


def _indexed(shown: str, name: str, at: Sequence[Affine], names: Names) -> str:
    if not at:
        return shown
    if name in names.style.continuous:
        return f"{shown}({', '.join(affine_latex(names.shown(a), names) for a in at)})"
    starts = names.style.starts.get(name, (None,) * len(at))
    base = names.style.index_base
    away = names.style.hidden.get(name, frozenset())
    seen = [(a, s) for k, (a, s) in enumerate(zip(at, starts, strict=False)) if k not in away]
    slots = [affine_latex(names.shown(a, base if s is None else s), names) for a, s in seen]
    if not seen:
        return shown
    head, star = (shown[:-2], "^*") if shown.endswith("^*") else (shown, "")
    if own := re.fullmatch(r"(.*[^\\])_(?:(\w)|\{((?:[^{}]|\{[^{}]*\})*)\})", head):
        head, slots = own[1], [own[2] or own[3], *slots]
    return f"{head}_{{{','.join(slots)}}}{star}"
