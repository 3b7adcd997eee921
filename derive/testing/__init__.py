"""What every derivation and every problem promises, and anybody's formulas against anybody's code.

``derive check`` prints which promises are broken and the tests assert that none is: both hold the same promises. An
author's mistake becomes a sentence, never an exception.

>>> from derive.testing import assert_gradient
>>> def loss(X, W, y):
...     return ((X @ W - y) ** 2).sum() / 2
>>> assert_gradient("X^T (X W - y)", of=loss, wrt="W", given={"X": ("n", "d"), "W": ("d",), "y": ("n",)}).ok
True

Nothing is imported before it is used: naming this package costs no torch, SymPy or NumPy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derive.testing.derivations import derivation_failures, printed_lines
    from derive.testing.gradients import assert_gradient, check_gradient
    from derive.testing.problems import problem_failures
    from derive.testing.report import GradientReport
    from derive.testing.solutions import solution_failures
    from derive.testing.strategies import arrays

_HOME = {
    **dict.fromkeys(("assert_gradient", "check_gradient"), "gradients"),
    **dict.fromkeys(("derivation_failures", "printed_lines"), "derivations"),
    "problem_failures": "problems",
    "GradientReport": "report",
    "solution_failures": "solutions",
    "arrays": "strategies",
}

__all__ = [
    "GradientReport",
    "arrays",
    "assert_gradient",
    "check_gradient",
    "derivation_failures",
    "printed_lines",
    "problem_failures",
    "solution_failures",
]


def __getattr__(name: str) -> Any:
    """A public name, imported when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
