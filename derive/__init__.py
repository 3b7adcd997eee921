"""Derive, check and grade the mathematics of deep learning.

The public names load when they are used, so that ``import derive`` stays light.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Answer": "derive.bank.kinds",
    "Boolean": "derive.bank.boolean",
    "Choice": "derive.bank.choice",
    "Condition": "derive.bank.condition",
    "Derivation": "derive.derivations.base",
    "IntegerSet": "derive.bank.integers",
    "Example": "derive.bank.checked",
    "Form": "derive.bank.form",
    "Integers": "derive.bank.params",
    "Lines": "derive.bank.lines",
    "Matrix": "derive.bank.numbers",
    "Mistake": "derive.bank.problem",
    "Network": "derive.bank.network",
    "Number": "derive.bank.numbers",
    "OneOf": "derive.bank.params",
    "Policy": "derive.bank.feedback",
    "Part": "derive.bank.problem",
    "Problem": "derive.bank.problem",
    "Rubric": "derive.bank.choice",
    "Symbol": "derive.derivations.base",
    "Values": "derive.bank.values",
    "compare": "derive.grading.compare",
    "stated": "derive.bank.stated",
    "gradient": "derive.render.gradient",
}
__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    """A public name, from the module that defines it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'derive' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
