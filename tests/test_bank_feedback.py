"""What a student hears follows the attempt, and never holds the right answer while attempts remain; staff see everything."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from derive import Mistake, Part, Problem, Values
from derive.bank.banks import bank
from derive.bank.feedback import Policy
from derive.bank.grade import grade
from derive.bank.leaks import leaks
from derive.bank.names import declared
from derive.cli import app
from derive.derivations.catalogue import catalogue
from derive.render.mistakes import numbers_that_show
from derive.render.solution import derivation_page

BANK = bank()

WRONG = r"2(\hat y - y) \sum_{i=1}^{n} \sum_{k=1}^{o} v_k V_{k,i} h_k (1 - z_i^2) x_{i,j}"
NAME = "networks/shared_filter"


def told(attempt: int | None, policy: Policy | None = None, audience: str = "staff", text: str = WRONG) -> dict:
    counted = {} if attempt is None else {"attempt": attempt}
    submission = {"id": 1, "problem": NAME, "seed": 0, "answers": {"a": text}, **counted}
    return grade(submission, BANK, policy or Policy(), audience)


def test_each_attempt_says_more() -> None:
    first, second, third, last = (told(n)["parts"]["a"] for n in (1, 2, 3, 4))
    assert first["feedback"] == "Not right yet."
    assert first["reading"]
    assert "of your answer is not what the definition gives" in second["feedback"]
    assert "a slope" in third["feedback"] or "slope is wanted" in third["feedback"]
    assert len(third["hints"]) == 1
    assert "solution" not in third
    assert last["solution"] == BANK[NAME].variant(0).parts["a"].answer.show()
    assert last["hints"] == list(BANK[NAME].variant(0).parts["a"].hints)
    assert {p["misconception"] for p in (first, second, third, last)} == {"value-for-slope"}
    assert told(4)["fresh_seed"] == 1
    assert "fresh_seed" not in told(3)


def test_the_course_says_when() -> None:
    assert told(1, Policy(place=1))["parts"]["a"]["feedback"] == told(2)["parts"]["a"]["feedback"]
    assert "solution" in told(1, Policy(attempts=1))["parts"]["a"]
    assert "solution" not in told(99, Policy(attempts=None))["parts"]["a"]


def test_where_nobody_counts_all_but_the_solution_is_said() -> None:
    assert told(None)["parts"]["a"]["feedback"] == told(3)["parts"]["a"]["feedback"]
    assert "solution" not in told(None)["parts"]["a"]
    assert told("three")["parts"]["a"]["feedback"] == told(None)["parts"]["a"]["feedback"]


def test_a_right_answer_is_told_at_once() -> None:
    right = BANK[NAME].variant(0).parts["a"].answer.typed()
    assert told(1, text=right)["parts"]["a"]["feedback"] == "Right."
    assert "solution" not in told(4, text=right)["parts"]["a"]


def test_students_see_no_evidence() -> None:
    assert told(3)["parts"]["a"]["evidence"]["slip"]["line"] == 12
    for attempt in (1, 2, 3):
        part = told(attempt, audience="student")["parts"]["a"]
        assert "evidence" not in part
        assert ("misconception" in part) == (attempt == 3)


@pytest.mark.parametrize("field", ["problem", "answers"])
def test_a_missing_field_is_named_and_nothing_is_counted_as_blank(field: str) -> None:
    submission = {"id": 1, "problem": "conv/gradients", "seed": 7, "answers": {"a": "1"}}
    found = grade({k: v for k, v in submission.items() if k != field}, bank())
    assert (found["marks"], found["message"]) == (None, f"The required field {field!r} is missing.")


def test_the_command(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["grade", NAME, "--answer", f"a={WRONG}", "--attempt", "2", "--attempts", "2"])
    assert run.exit_code == 1
    assert "solution: 2" in run.output
    assert "another variant: --seed 1" in run.output
    file = tmp_path / "s.jsonl"
    file.write_text(json.dumps({"id": 1, "problem": NAME, "answers": {"a": WRONG}, "attempt": 1}), "utf-8")
    run = CliRunner().invoke(app, ["grade", str(file), "--audience", "student"])
    assert "evidence" not in json.loads(run.stdout)["parts"]["a"]
    assert CliRunner().invoke(app, ["grade", str(file), "--audience", "dean"]).exit_code == 2


@pytest.mark.parametrize("name", BANK)
def test_no_student_text_of_the_bank_holds_the_answer(name: str) -> None:
    variant = BANK[name].variant(0)
    assert [leak for part in variant.parts.values() for leak in leaks(variant, part)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", BANK)
def test_no_feedback_holds_the_answer(name: str) -> None:
    """Every foreseen mistake at every attempt but the last, as a student sees it."""
    variant = BANK[name].variant(0)
    for part in variant.parts.values():
        right = re.sub(r"\s", "", part.answer.show())
        for mistake in part.mistakes[:1]:
            submission = {"id": 1, "problem": name, "seed": 0, "answers": {part.name: mistake.answer}}
            for attempt in (2, 3):
                seen = grade({**submission, "attempt": attempt}, {name: BANK[name]}, audience="student")
                told = {k: v for k, v in seen["parts"][part.name].items() if k != "reading"}  # their own words
                text = json.dumps(told, ensure_ascii=False)
                assert len(right) < 6 or right not in re.sub(r"\s", "", text).replace("\\\\", "\\")


def test_a_hint_that_holds_the_answer_is_a_leak() -> None:
    part = Part("?", BANK[NAME].variant(0).parts["a"].answer)
    right = part.answer.show()
    posed = Problem("t", "s", {"a": replace(part, hints=("Think.", f"It is ${right}$."))}).named("n").variant(0)
    assert [leak.split(":")[0] for leak in leaks(posed, posed.parts["a"])] == ["a hint holds the answer"]
    number = Values("r := sqrt(x)", {"x": 2}, "r", digits=4)
    said = (Mistake("2", "No: it is 1.4142."), Mistake("1", "No."))
    posed = Problem("t", "s", {"a": Part("?", number, mistakes=said)}).named("n").variant(0)
    assert len(list(leaks(posed, posed.parts["a"]))) == 1


def heard(name: str, part: str, text: str) -> dict:
    return grade({"id": 1, "problem": name, "seed": 0, "answers": {part: text}}, BANK)["parts"][part]


@pytest.mark.parametrize(
    ("name", "part", "text", "point"),
    [
        ("generative/gan_game", "e", "(D - 1)^2", r"D = 0*1/\d+"),
        ("networks/activation_slopes", "a", "1 - h_i", r"h = \[\d+/\d+, \d+/\d+\]"),
    ],
)
def test_a_probability_is_tried_where_it_can_be(name: str, part: str, text: str, point: str) -> None:
    assert re.search(point, heard(name, part, text)["feedback"].replace("$", ""))


def test_what_a_softmax_gives_adds_up_to_one() -> None:
    domains = {n: d["domain"] for n, d in declared(catalogue()["softmax-jacobian"]).items()}
    assert (domains["z"], domains["p"]) == ("real", "prob")


def test_a_key_with_decimals_is_shown_with_as_many() -> None:
    kind = Values("H := log(3)/log(2)", {}, "H", digits=4)
    assert numbers_that_show(kind, "log(3)") == "It gives $1.0986$, where $1.5850$ is right."


def test_a_function_on_a_continuum_has_no_number_of_entries() -> None:
    page = derivation_page(catalogue()["optimal-discriminator"])
    assert "D : X → R: the discriminator" in page
    assert "R^R" not in page


@pytest.mark.parametrize("text", ["-1.12", "-1.1"])
def test_too_few_digits_are_told_from_a_wrong_value(text: str) -> None:
    found = heard("generative/gan_game", "c", text)
    assert found["misconception"] == "rounding"
    assert found["feedback"].startswith("Right as far as its digits go")
    assert "1.1213" not in found["feedback"]
    assert heard("generative/gan_game", "c", "-1.14")["misconception"] != "rounding"


def test_a_slip_names_a_rule_only_where_the_page_does() -> None:
    def slipped(program: str, name: str, statement: str) -> str:
        answer = Values(program, {"a": 5, "b": 2}, name)
        asked = Part(ask="What is it?", answer=answer, marks=1, hints=("Think.",))
        problem = Problem(title="T", topics=("t",), difficulty=1, statement=statement, parts={"a": asked})
        problem = replace(problem, name="t/t")
        return grade({"id": 1, "problem": "t/t", "seed": 0, "answers": {"a": "7"}}, {"t/t": problem})["parts"]["a"][
            "feedback"
        ]

    assert slipped("n := a - b", "n", "Let $n = a - b$.").endswith("The place to look: the rule for $n$.")
    assert slipped("n := a - b", "n", "Take $b$ from $a$.") == "Check your signs: does the quantity grow or shrink?"
