"""Finding problems: the shipped bank, folders that a user names, and installed packages."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points
from pathlib import Path

from derive.bank.problem import BadProblem, Problem

CONTENT = Path(__file__).parent.parent / "content"
CHECKOUT = Path(__file__).parent.parent.parent


def content(kind: str) -> Path:
    """The shipped ``problems``, ``templates`` or ``solutions``: package data, or the folder beside a checkout."""
    packaged = CONTENT / kind
    return packaged if packaged.is_dir() else CHECKOUT / kind


class EmptyBank(ValueError):
    """A bank without a problem."""


def bank(folders: Sequence[Path] = ()) -> dict[str, Problem]:
    """Name → problem, from the folders named, else from the shipped bank, ``DERIVE_BANKS`` and installed packages.

    Raises:
        EmptyBank: there is no problem in it.
        BadProblem: a file is wrong, with its name.
    """
    return {name: load(path, name) for name, path in files(folders).items()}


def files(folders: Sequence[Path] = ()) -> dict[str, Path]:
    """Name → the problem's file, not loaded yet, from the same places as `bank`.

    Raises:
        EmptyBank: there is no problem in it.
    """
    found: dict[str, Path] = {}
    for folder in folders or _default_folders():
        if not folder.is_dir():
            raise EmptyBank(f"there is no folder {folder}")
        for path in sorted(folder.rglob("*.py")):
            if not path.name.startswith(("_", ".")):
                found.setdefault(path.relative_to(folder).with_suffix("").as_posix(), path)
    if not found:
        raise EmptyBank(f"no problem in {', '.join(map(str, folders or _default_folders()))}")
    return found


def _default_folders() -> list[Path]:
    named = [Path(p) for p in os.environ.get("DERIVE_BANKS", "").split(os.pathsep) if p]
    return [content("problems"), *named, *_installed()]


def _installed() -> Iterator[Path]:
    for point in sorted(entry_points(group="derive.banks"), key=lambda p: p.name):
        spec = importlib.util.find_spec(point.value)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            yield Path(place)


def load(path: Path, name: str) -> Problem:
    """The problem that a file declares.

    Raises:
        BadProblem: the file does not run, or declares no ``problem``.
    """
    spec = importlib.util.spec_from_file_location("derive_problem_" + name.replace("/", "_"), path)
    if spec is None or spec.loader is None:
        raise BadProblem(name, f"{path} cannot be read")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # whatever an author's file raises is the author's
        raise BadProblem(name, f"{path}: {type(error).__name__}: {error}") from error
    problem = getattr(module, "problem", None)
    if not isinstance(problem, Problem):
        raise BadProblem(name, f"{path} declares no problem = Problem(...)")
    return problem.named(name)
