"""Hints made of derivations: they come after the author's, and no line and no sentence gives an answer away."""

import re

import pytest

from derive.bank.banks import bank
from derive.bank.hints import MOST, hints_of, safe
from derive.bank.kinds import Answer
from derive.derivations.catalogue import catalogue
from derive.testing.parts import uncovered

FORMULA = re.compile(r"\$(.+?)\$")


def made(problem, part):
    asked = bank()[problem].variant(0).parts[part]
    assert asked.hints[: len(asked.own)] == asked.own
    return asked.hints[len(asked.own) :]


def test_ideas_follow_the_authors_hints():
    first, second = made("generative/gan_game", "d")
    assert first.startswith("Local derivatives: ")
    assert first.endswith(r"$\frac{\partial L}{\partial D} = -\frac{1}{1 - D}$")
    assert second.startswith("Chain rule: ")
    assert "$" not in second, "its line is about what is asked"


def test_a_name_that_the_page_does_not_hold_is_not_shown():
    kind = Answer(catalogue()["gan-generator-saturates"])
    assert any("$" in hint for hint in hints_of(kind, "$D$ and $L$"))
    assert not any("$" in hint for hint in hints_of(kind, "$L$"))
    assert not any("$" in hint for hint in hints_of(kind, "Do we say D and L?"))


def test_the_answer_of_another_part_is_not_shown():
    parts = bank()["probability/maximum_likelihood"].variant(0).parts
    slope, best = parts["a"].answer, parts["b"].answer
    page = r"$\lambda$, $x_i$, $n$"
    alone = "".join(hint for hint in hints_of(best, page))
    beside = "".join(hint for hint in hints_of(best, page, [slope]))
    assert "$0 = " in alone
    assert "$" not in beside


def test_words_that_spell_an_answer_are_left_out():
    kind = bank()["regularisation/early_stopping"].variant(0).parts["b"].answer
    (told,) = [hint for hint in hints_of(kind, "") if "1/(ρα) steps" in hint]
    assert not safe(told, [kind], "")
    assert not any("1/(ρα)" in hint for hint in made("regularisation/early_stopping", "b"))


@pytest.mark.slow
def test_every_part_of_the_bank_has_two_hints_and_none_is_an_answer():
    for name, problem in bank().items():
        parts = problem.variant(0).parts
        formulas = {kind.of.name: kind for p in parts.values() if isinstance(kind := p.answer, Answer)}
        for part in parts.values():
            if uncovered(part) != "sentences":
                assert 2 <= len(part.hints) <= max(MOST, len(part.own)), (name, part.name)
            for hint in part.hints[len(part.own) :]:
                for side in (s for f in FORMULA.findall(hint) for s in f.split(" = ")):
                    told = [n for n, kind in formulas.items() if kind.judge(side).verdict == "equal"]
                    assert not told, (name, part.name, hint, told)
