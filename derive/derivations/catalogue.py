"""Finding derivations: every module-level `Derivation` of this package, and of folders that users name."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import derive.derivations as package
from derive.derivations.base import Derivation


@cache
def catalogue() -> dict[str, Derivation]:
    """Name → derivation, by subject and then by place in the file; two with one name are an error.

    >>> "conv1d-filter-gradient" in catalogue()
    True
    """
    found: dict[str, Derivation] = {}
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda i: i.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for value in vars(module).values():
            if isinstance(value, Derivation) and value is not found.setdefault(value.name, value):
                raise ValueError(f"two derivations are called {value.name}")
    return found
