"""Whether the worked solutions that are kept are those that are rendered now."""

from __future__ import annotations

from pathlib import Path

from derive.bank.banks import content
from derive.bank.problem import Problem
from derive.testing.derivations import told

GOLDEN_SEED = 0


def solution_failures(problem: Problem, folder: Path | None = None) -> list[str]:
    """What is wrong with the worked solution stored in a folder (the shipped one): missing, or not what is rendered now."""
    from derive.render.solution import solution

    path = (content("solutions") if folder is None else folder) / f"{problem.name}.md"
    if not path.is_file():
        return [f"{problem.name}: there is no {path}"]
    try:
        now = str(solution(problem.variant(GOLDEN_SEED), "md"))
    except Exception as error:  # a problem's own functions may raise anything
        return [f"{problem.name}: the solution does not render: {told(error)}"]
    before = path.read_text(encoding="utf-8")
    if before.strip() == now.strip():
        return []
    return [f"{problem.name}: {path} is stale{_first_change(before, now)}"]


def _first_change(before: str, now: str) -> str:
    old, new = before.strip().splitlines(), now.strip().splitlines()
    for number, (a, b) in enumerate(zip(old, new, strict=False), 1):
        if a != b:
            return f" from line {number} on: {a[:80]!r} is now {b[:80]!r}"
    return f": it has {len(old)} lines and should have {len(new)}"
