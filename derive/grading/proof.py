"""Proofs of equality that hold on the whole declared domain and for all sizes."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from derive.calculus.atoms import Bound
from derive.calculus.expr import Expr
from derive.grading.space import Space


def proof(reference: Expr, answer: Expr, frame: Sequence[Bound], space: Space) -> str | None:
    """What proves that two expressions are equal, or None."""
    if reference == answer:
        return "the same formula"
    if find_spec("derive.calculus.canonical") is None:
        return None
    from derive.calculus.canonical import same

    return "canonical form" if same(reference, answer) else None
