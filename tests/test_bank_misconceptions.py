"""Misconceptions have stable ids: authors' mistakes name them, and results carry them."""

import pytest

from derive import Choice, Mistake, Part, Problem
from derive.bank.banks import bank
from derive.bank.grade import grade
from derive.bank.misconceptions import MISCONCEPTIONS, TABLE
from derive.bank.problem import BadProblem


def posed(identity: str) -> Problem:
    mistakes = (Mistake("both", "Not both.", id=identity),)
    return Problem("t", "s", {"a": Part("?", Choice("left", "right", "both"), mistakes=mistakes)}).named("folder/name")


def test_the_table() -> None:
    assert len(MISCONCEPTIONS) == len(TABLE) >= 40
    assert all(m.id == m.id.strip().replace(" ", "-") and m.name and m.say.endswith((".", "?")) for m in TABLE)


@pytest.mark.parametrize("identity", ["sings", "own-", "Sign", "own"])
def test_an_unknown_id_is_the_authors_to_hear(identity: str) -> None:
    with pytest.raises(BadProblem, match="folder/name, part a: there is no misconception"):
        _ = posed(identity).variant(0).parts


@pytest.mark.parametrize(("identity", "told"), [("sign", "sign"), ("own-both", "own-both"), ("", "own-a1")])
def test_the_id_is_in_the_result(identity: str, told: str) -> None:
    submission = {"id": 1, "problem": "folder/name", "answers": {"a": "both"}}
    assert grade(submission, {"folder/name": posed(identity)})["parts"]["a"]["misconception"] == told


@pytest.mark.parametrize("name", bank())
def test_every_mistake_of_the_bank_has_an_id(name: str) -> None:
    for part in bank()[name].variant(0).parts.values():
        assert all(m.id for m in part.mistakes)
