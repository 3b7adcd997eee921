"""Reading somebody's formula for a gradient: index text, Python, the plain box or LaTeX; with or without a left side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, Entry
from derive.calculus.chain import adjoint
from derive.calculus.expr import Expr
from derive.calculus.program import Program
from derive.notation import tree
from derive.notation.asked import Asked, UnfitSide
from derive.notation.declare import Declarations
from derive.notation.derivative_sides import equations
from derive.notation.errors import Refused, Unreadable
from derive.notation.index_language import expression, relation
from derive.notation.index_syntax import ProgramError
from derive.notation.latex import read_latex
from derive.notation.latex_names import latex_name
from derive.notation.meaning import Lowered, lowered
from derive.notation.python import is_numpy, read_python
from derive.notation.sides import sides_of
from derive.notation.walk import mapped, walk


@dataclass(frozen=True)
class Claim:
    """A formula entry by entry; ``base`` is the first index as it was typed, ``row`` whether it lies as a row."""

    text: str
    shape: tuple[Affine, ...]
    frame: tuple[Bound, ...]
    body: Expr
    base: int
    row: bool = False


class UnreadableClaim(ValueError):
    """No notation reads the text; the message is the nearest notation's."""


def read_claims(
    text: str, program: Program, name: str, frame: Sequence[Bound], loss: str = "L", asks: str = "gradient"
) -> list[Claim]:
    """Read what a text claims to be a derivative: one formula, or every side of a chain of equations.

    Args:
        text: ``W_bar[i,j] = …``, ``∂L/∂W[i,j] = …``, a Python expression, or LaTeX; the left side may be missing.
        program: its shapes, and those of the adjoints, are what the formula may use.
        name: the array in which is differentiated.
        frame: the letters that an entry has where the formula names none on the left.
        loss: what is differentiated.
        asks: ``gradient``, ``jacobian`` or ``hessian``.

    Raises:
        UnreadableClaim: no notation reads it, or its left side is another derivative; with a sentence.
        Clash: shapes inside the formula do not go together.
    """
    shapes = {**program.shapes, **{adjoint(n): s for n, s in program.shapes.items()}}
    plain = {n: s for n, s in program.shapes.items() if "/" not in n and not n.endswith("_bar")}
    inputs = {n for n in program.inputs if n != loss}
    asked = Asked(name, asks, {n: _Array(n, s) for n, s in plain.items()}, inputs, adjoints=True)
    if "\\" in text or re.search(r"\^|_\{", text):
        return [_latex(side, shapes, name, frame, loss) for side in _sides(text, asked)]
    try:
        return [_index_text(text, program, shapes, name, frame, loss, asks)]
    except ProgramError as error:
        return _otherwise(text, shapes, frame, asked, loss, error)


def _otherwise(
    text: str,
    shapes: Mapping[str, tuple[Affine, ...]],
    frame: Sequence[Bound],
    asked: Asked,
    loss: str,
    error: ProgramError,
) -> list[Claim]:
    """What is no index text, as Python or as what is typed into a plain box."""
    sides = _sides(text, asked)
    try:
        return [_python(side, shapes, frame) for side in sides]
    except (Unreadable, Refused):
        if "[" in text:
            raise UnreadableClaim(str(error)) from error
    return [_latex(side, shapes, asked.wrt, frame, loss) for side in sides]


def _sides(text: str, asked: Asked) -> list[str]:
    try:
        return equations(text, asked)
    except UnfitSide as error:
        raise UnreadableClaim(str(error)) from None


@dataclass(frozen=True)
class _Array:
    """An array of the program, as a left side may name it."""

    name: str
    axes: tuple[Affine, ...]

    @property
    def latex(self) -> str:
        return _latex_of(self.name)

    @property
    def shape(self) -> tuple[str, ...]:
        return tuple(map(str, self.axes))

    @property
    def declared(self) -> dict[str, Any]:
        return {"shape": list(self.shape), "latex": self.latex}


def _index_text(
    text: str,
    program: Program,
    shapes: Mapping[str, tuple[Affine, ...]],
    name: str,
    frame: Sequence[Bound],
    loss: str,
    asks: str,
) -> Claim:
    numbers = sorted({x.name for s in program.shapes.values() for a in s for x in a.letters})
    plain = {n: list(s) for n, s in shapes.items()}
    options = {"shapes": plain, "functions": program.functions, "loss": loss}
    text = text.replace(":=", "=")
    letters = _left_letters(text, frame)
    bounds = [Bound(Letter(x), b.low, b.high) for x, b in zip(letters, frame, strict=True)]
    if re.search(r"(?<![<>=!])=(?!=)", re.sub(r"\[[^\]]*\]", "", text)):
        if asks != "gradient":
            right = _entry_of_all(text, adjoint(name) if asks == "hessian" else loss, name)
            return _index_text(right, program, shapes, name, bounds, loss, asks)
        read = relation(text, frame=bounds, letters=numbers, **options)  # type: ignore[arg-type]
        left = read.left.terms[0].factors[0][0] if read.left.terms and read.left.terms[0].factors else None
        if not isinstance(left, Entry) or left.name != adjoint(name):
            raise UnreadableClaim(f"the left side is not {adjoint(name)}")
        body = read.result
    else:
        body = expression(text, frame=bounds, letters=numbers, **options)  # type: ignore[arg-type]
    return Claim(text, tuple(b.high for b in bounds), tuple(bounds), body, 0)


def _entry_of_all(text: str, of: str, name: str) -> str:
    """The right side of a Jacobian's or Hessian's entry, as it is printed."""
    left, _, right = text.partition("=")
    if left.partition("[")[0].strip() != f"∂{of}/∂{name}":
        raise UnreadableClaim(f"the left side is not ∂{of}/∂{name}")
    return right


def _left_letters(text: str, frame: Sequence[Bound]) -> list[str]:
    """The letters in the left side's brackets; the frame's where there are none."""
    found = re.match(r"[^=\[]*\[([^\]]*)\]\s*=", text)
    named = [x.strip() for x in found[1].split(",")] if found else []
    right = len(named) == len(frame) == len(set(named)) and all(x.isidentifier() for x in named)
    return named if right else [b.letter.name for b in frame]


def _declared(shapes: Mapping[str, tuple[Affine, ...]], free: Mapping[str, str]) -> Declarations:
    symbols = {n: {"shape": [str(a) for a in s], "latex": _latex_of(n)} for n, s in shapes.items() if "/" not in n}
    return Declarations.of(symbols, free_indices=dict(free), out_of_range="zero")


def _latex_of(name: str) -> str:
    if name.endswith("_bar"):
        return rf"\bar{{{latex_name(name.removesuffix('_bar'))}}}"
    return latex_name(name)


def _latex(text: str, shapes: Mapping[str, tuple[Affine, ...]], name: str, frame: Sequence[Bound], loss: str) -> Claim:
    free = {b.letter.name: str(b.high) for b in frame}
    try:
        node = read_latex(text, _declared(shapes, free))
        if isinstance(node, tree.Relation):
            letters = _indexed(node.operands[0], name)
            if len(letters) == len(frame):
                free = {x: str(b.high) for x, b in zip(letters, frame, strict=True)}
                node = read_latex(text, _declared(shapes, free))
                assert isinstance(node, tree.Relation)
            node = node.operands[-1]
        node = mapped(node, lambda part: _adjoint(part, loss, shapes))
        return _claim(text, lowered(node, _declared(shapes, free)), 1)
    except (Unreadable, Refused) as error:
        raise UnreadableClaim(str(error)) from error


def _indexed(left: tree.Node, name: str) -> list[str]:
    """The letters with which a left side names an entry: those of what is differentiated, then of the names below."""
    own = (name, adjoint(name))
    for node in walk(left):
        places = (node.of, *node.wrt) if isinstance(node, tree.Derivative) else (node,)
        named = [x for x in places if isinstance(x, tree.Index)]
        if isinstance(node, tree.Derivative) or any(
            isinstance(x.base, tree.Name) and x.base.name in own for x in named
        ):
            return [s.name for x in named for s in x.slots if isinstance(s, tree.Name)]
    return []


def _adjoint(node: tree.Node, loss: str, shapes: Mapping[str, tuple[Affine, ...]]) -> tree.Node | None:
    """The adjoint that a derivative of the loss is."""
    match node:
        case tree.Derivative("partial" | "d", tree.Name(of), (wrt,)) if of == loss:
            base = wrt.base if isinstance(wrt, tree.Index) else wrt
            if isinstance(base, tree.Name) and adjoint(base.name) in shapes:
                name = replace(base, name=adjoint(base.name))
                return replace(wrt, base=name) if isinstance(wrt, tree.Index) else name
    return None


def _python(text: str, shapes: Mapping[str, tuple[Affine, ...]], frame: Sequence[Bound]) -> Claim:
    declared = _declared(shapes, {b.letter.name: str(b.high) for b in frame})
    node = read_python(sides_of(text)[-1].strip(), declared)
    return _claim(text, lowered(node, declared, base=0, numpy=is_numpy(text, node)), 0)


def _claim(text: str, found: Lowered, base: int) -> Claim:
    if found.unknown:
        raise UnreadableClaim(f"{', '.join(sorted(found.unknown))}: the program has no such name")
    return Claim(text, found.dims, found.frame, found.body, base, found.row and base == 1)
