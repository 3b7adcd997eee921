"""The problems that a run needs, loaded when they are first asked for, and what their marks depend on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import derive.bank
from derive.bank.banks import files, load
from derive.bank.problem import Problem

PACKAGE = Path(derive.bank.__file__).parents[1]


class Shelf(Mapping[str, Problem]):
    """Name → problem; a file is loaded when its problem is first asked for.

    Args:
        folders: as `derive.bank.banks.bank` takes them.

    Raises:
        EmptyBank: there is no problem in them.
        BadProblem: on asking, where the problem's file is faulty.
    """

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self.folders = tuple(folders)
        self.paths = files(folders)
        self._loaded: dict[str, Problem] = {}
        self._digests: dict[str, str] = {}

    def __getitem__(self, name: str) -> Problem:
        if name not in self._loaded:
            self._loaded[name] = load(self.paths[name], name)
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    def __contains__(self, name: object) -> bool:
        return name in self.paths

    def digest(self, name: str) -> str:
        """A digest of the problem's file: another one when its key, its marks or its mistakes change."""
        if name not in self._digests:
            self._digests[name] = hashlib.sha256(self.paths[name].read_bytes()).hexdigest()[:16]
        return self._digests[name]

    def key(self, name: str, seed: int, part: str, answers: Mapping[str, Any], level: int, hints: int) -> str:
        """What the result of a part depends on, as a digest.

        That is: this suite, the problem's file and version, the seed, the answer, the earlier answers that it follows, and how
        much is said.
        """
        problem = self[name]
        earlier = {other: answers.get(other) for other in problem.parts[part].follows}
        content = [
            suite(), name, self.digest(name), problem.version, seed, part, answers.get(part), earlier, level, hints,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


@cache
def suite() -> str:
    """A digest of the suite's own source."""
    found = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        if "content" not in path.relative_to(PACKAGE).parts:
            found.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]
