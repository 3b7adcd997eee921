"""What a request says beside its texts: the domain that its declarations make, and its tolerance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from derive.grading.domains import Symbol
from derive.grading.relations import relation
from derive.grading.space import Space
from derive.notation.affine_reader import axis_affine
from derive.notation.declare import Declarations
from derive.notation.errors import Unreadable


def space_of(declarations: Declarations, seed: object, tolerance: tuple[Fraction, Fraction] | None) -> Space:
    """The declared domain as the grader draws it.

    Raises:
        RelationError: a constraint that cannot be read.
    """
    symbols = {
        name: Symbol(name, tuple(axis_affine(a) for a in s.shape or ()), _domain(s.domain), s.shape is None)
        for name, s in declarations.symbols.items()
    }
    return Space(
        symbols,
        tuple(relation(text) for text in declarations.where),
        {name: int(n) for name, n in declarations.sizes.items()},
        declarations.out_of_range != "zero",
        declarations.index_base,
        tolerance,
        json.dumps(seed, sort_keys=True, default=str),
    )


def _domain(declared: str) -> str:
    return "real" if declared == "derived" else declared


def tolerance_of(value: Mapping[str, Any] | None) -> tuple[Fraction, Fraction] | None:
    """``(relative, absolute)`` as exact numbers."""
    if value is None:
        return None
    return _exact(value.get("rel", 0)), _exact(value.get("abs", 0))


def _exact(value: object) -> Fraction:
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError) as error:
        raise Unreadable(f"The tolerance {value!r} is not a number.") from error
