"""What two formulas are compared as: arrays given entry by entry."""

from __future__ import annotations

from typing import Protocol

from derive.calculus.affine import Affine
from derive.calculus.atoms import Bound
from derive.calculus.expr import Expr
from derive.calculus.substitute import subs


class Formula(Protocol):
    """What lowering makes of an answer: an array given entry by entry."""

    @property
    def shape(self) -> tuple[Affine, ...]: ...  # noqa: D102
    @property
    def frame(self) -> tuple[Bound, ...]: ...  # noqa: D102
    @property
    def body(self) -> Expr: ...  # noqa: D102


def aligned(answer: Formula, reference: Formula) -> Expr:
    """The body of an answer in the letters of the reference's axes."""
    pairs = zip(answer.frame, reference.frame, strict=True)
    return subs(answer.body, {a.letter: Affine.of(r.letter) for a, r in pairs if a.letter != r.letter})
