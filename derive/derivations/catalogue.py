"""Finding derivations: every module-level `Derivation` of this package, and of folders that users name."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import ModuleType

import derive.derivations as package
from derive.derivations.base import Derivation


@cache
def catalogue() -> dict[str, Derivation]:
    """Name → derivation, by subject and then by place in the file; two with one name are an error.

    >>> "conv1d-filter-gradient" in catalogue()
    True
    """
    listed = sorted(pkgutil.iter_modules(package.__path__), key=lambda i: i.name)
    return _of(importlib.import_module(f"{package.__name__}.{info.name}") for info in listed)


def derivations_of(path: Path) -> dict[str, Derivation]:
    """Name → derivation, of a file of somebody's own or of all files below a folder.

    Raises:
        FileNotFoundError: there is none.
        ValueError: two have one name.
    """
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return _of(_loaded(file, n) for n, file in enumerate(files) if not file.name.startswith(("_", ".", "test_")))


def _loaded(file: Path, number: int) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"derive_derivations_{number}_{file.stem}", file)
    if spec is None or spec.loader is None or not file.is_file():
        raise FileNotFoundError(f"{file} is no file of Python")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _of(modules: Iterable[ModuleType]) -> dict[str, Derivation]:
    found: dict[str, Derivation] = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Derivation) and value is not found.setdefault(value.name, value):
                raise ValueError(f"two derivations are called {value.name}")
    return found
