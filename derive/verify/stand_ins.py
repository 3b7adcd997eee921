"""Stand-ins for unknown smooth functions: a statement about any f is checked with a different f at each setting.

A function and its first two derivatives for our evaluator, and torch's own function for the oracle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from derive.derivations.base import Derivation

Floats = Callable[[Any], Any]


def _logistic(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


STAND_INS: Mapping[str, tuple[Floats, Floats, Floats]] = {
    "sin": (np.sin, np.cos, lambda z: -np.sin(z)),
    "softplus": (lambda z: np.logaddexp(z, 0), _logistic, lambda z: _logistic(z) * _logistic(-z)),
    "tanh": (np.tanh, lambda z: np.cosh(z) ** -2.0, lambda z: -2 * np.tanh(z) * np.cosh(z) ** -2.0),
}


def stand_ins(derivation: Derivation, setting: int) -> dict[str, str]:
    """Unknown function → the known one that stands for it at a setting; two unknowns never share one."""
    unknown = [name for name, s in derivation.symbols.items() if s.domain == "function"]
    choices = list(STAND_INS)
    return {name: choices[(setting + k) % len(choices)] for k, name in enumerate(unknown)}


def evaluators(chosen: Mapping[str, str]) -> dict[str, Sequence[Floats]]:
    """Unknown function → the function and its derivatives, for `derive.calculus.evaluate`."""
    return {name: STAND_INS[f] for name, f in chosen.items()}


def operators(chosen: Mapping[str, str], torch: Any) -> dict[str, Any]:
    """Unknown function → torch's own operator."""
    return {name: getattr(torch, f, None) or getattr(torch.nn.functional, f) for name, f in chosen.items()}
