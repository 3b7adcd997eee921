"""Every problem, of the shipped bank or of ``--derive-bank``, renders and is graded as it promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def test_a_problem_keeps_its_promises(any_problem: tuple[str, Path], derive_seeds: int) -> None:
    """Its first variant renders and its model answers earn full marks; or with seeds, all that `problem_failures` holds."""
    from derive.bank.banks import load
    from derive.testing.problems import problem_failures, quick_problem_failures

    name, path = any_problem
    problem = load(path, name)
    broken = problem_failures(problem, range(derive_seeds)) if derive_seeds else quick_problem_failures(problem)
    assert broken == []
