"""Every problem of the shipped bank keeps the promises of `derive.testing`, at several seeds."""

import pytest

from derive.bank.banks import bank
from derive.testing import problem_failures, solution_failures

pytest.importorskip("torch")
BANK = bank()

FEW = 3  # seeds, and those of published numbers; one test for all, so that what they share is judged once
MANY = 50


@pytest.mark.parametrize("name", BANK)
def test_a_problem_keeps_its_promises(name: str) -> None:
    problem = BANK[name]
    assert problem_failures(problem, [*range(FEW), *problem.fixed]) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, problem in BANK.items() if problem.params])
def test_a_problem_keeps_its_promises_at_many_seeds(name: str) -> None:
    """The other seeds of the fifty; without parameters all variants are the first."""
    assert problem_failures(BANK[name], range(FEW, MANY)) == []


@pytest.mark.parametrize("name", BANK)
def test_the_stored_solution_is_current(name: str) -> None:
    assert solution_failures(BANK[name]) == []
