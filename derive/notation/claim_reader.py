"""Reading somebody's formula for a gradient: index text, Python, the plain box or LaTeX; with or without a left side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, Entry
from derive.calculus.chain import adjoint
from derive.calculus.expr import Expr
from derive.calculus.program import Program
from derive.notation import tree
from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable
from derive.notation.index_language import expression, relation
from derive.notation.index_syntax import ProgramError
from derive.notation.latex import read_latex
from derive.notation.latex_names import latex_name
from derive.notation.meaning import Lowered, lowered
from derive.notation.python import read_python
from derive.notation.walk import mapped, walk


@dataclass(frozen=True)
class Claim:
    """A formula entry by entry; ``base`` is the first index as it was typed."""

    text: str
    shape: tuple[Affine, ...]
    frame: tuple[Bound, ...]
    body: Expr
    base: int


class UnreadableClaim(ValueError):
    """No notation reads the text; the message is the nearest notation's."""


def read_claim(text: str, program: Program, name: str, frame: Sequence[Bound], loss: str = "L") -> Claim:
    """Read a formula for the adjoint of ``name``.

    Args:
        text: ``W_bar[i,j] = …``, ``∂L/∂W[i,j] = …``, a Python expression, or LaTeX; the left side may be missing.
        program: its shapes, and those of the adjoints, are what the formula may use.
        name: whose gradient the formula claims to be.
        frame: the letters that an entry has where the formula names none on the left.
        loss: what is differentiated.

    Raises:
        UnreadableClaim: with a sentence.
        Clash: shapes inside the formula do not go together.
    """
    shapes = {**program.shapes, **{adjoint(n): s for n, s in program.shapes.items()}}
    if "\\" in text or re.search(r"\^|_\{", text):
        return _latex(text, shapes, name, frame, loss)
    try:
        return _index_text(text, program, shapes, name, frame, loss)
    except ProgramError as error:
        try:
            return _python(text, shapes, frame)
        except (Unreadable, Refused):
            raise UnreadableClaim(str(error)) from error


def _index_text(
    text: str, program: Program, shapes: Mapping[str, tuple[Affine, ...]], name: str, frame: Sequence[Bound], loss: str
) -> Claim:
    numbers = sorted({x.name for s in program.shapes.values() for a in s for x in a.letters})
    plain = {n: list(s) for n, s in shapes.items()}
    options = {"shapes": plain, "functions": program.functions, "loss": loss}
    text = text.replace(":=", "=")
    letters = _left_letters(text, frame)
    bounds = [Bound(Letter(x), b.low, b.high) for x, b in zip(letters, frame, strict=True)]
    if re.search(r"(?<![<>=!])=(?!=)", re.sub(r"\[[^\]]*\]", "", text)):
        read = relation(text, frame=bounds, letters=numbers, **options)  # type: ignore[arg-type]
        left = read.left.terms[0].factors[0][0] if read.left.terms and read.left.terms[0].factors else None
        if not isinstance(left, Entry) or left.name != adjoint(name):
            raise UnreadableClaim(f"the left side is not {adjoint(name)}")
        body = read.result
    else:
        body = expression(text, frame=bounds, letters=numbers, **options)  # type: ignore[arg-type]
    return Claim(text, tuple(b.high for b in bounds), tuple(bounds), body, 0)


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
    """The letters with which a left side names an entry."""
    for node in walk(left):
        if isinstance(node, tree.Index) and isinstance(node.base, tree.Name) and node.base.name == name:
            return [s.name for s in node.slots if isinstance(s, tree.Name)]
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
    right = text.rpartition("=")[2] if re.match(r"\s*[\w.]+\s*=(?!=)", text) else text
    return _claim(text, lowered(read_python(right, declared), declared, base=0, numpy="@" in text or "np." in text), 0)


def _claim(text: str, found: Lowered, base: int) -> Claim:
    if found.unknown:
        raise UnreadableClaim(f"{', '.join(sorted(found.unknown))}: the program has no such name")
    return Claim(text, found.dims, found.frame, found.body, base)
