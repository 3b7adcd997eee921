"""Practising at a terminal: what is heard grows with the attempts, and the solution waits for the last one."""

import pytest
from typer.testing import CliRunner

from derive.bank.banks import bank
from derive.cli import app
from derive.render.practise import Leaving, Session

NAME = "conv/receptive_field"
WRONG = r"1 + \sum_{i=1}^{n} (k_i - 1)"
RIGHT = r"1 + \sum_{m=1}^{n} (k_m - 1) \prod_{j=1}^{m-1} s_j"


def practised(*lines: str, name: str = NAME, options: tuple[str, ...] = ()) -> str:
    found = CliRunner().invoke(app, ["practise", name, *options], input="".join(f"{x}\n" for x in lines))
    assert found.exit_code == 0, found.output
    return found.stdout


def test_all_right_at_once() -> None:
    variant = bank()[NAME].variant(0)
    said = practised(*(part.answer.typed() for part in variant.parts.values()))
    assert said.count("Right.") == len(variant.parts)
    assert f"You have {variant.problem.marks} of {variant.problem.marks} marks." in said
    assert "derive solve" not in said


def test_what_is_heard_grows_and_the_solution_comes_last() -> None:
    said = practised(WRONG, WRONG, WRONG, WRONG)
    one, two, three, four = (said.split(f"attempt {n} of 4> ")[1].split("attempt")[0] for n in (1, 2, 3, 4))
    part = bank()[NAME].variant(0).parts["a"]
    mistake = next(m for m in part.mistakes if m.answer == WRONG)
    assert "Not right yet" in one
    assert "your answer gives" in two
    assert "stride" in three.lower() or mistake.say[:20] in three
    assert "The answer: 1 + Σ_{m=1}^n" in four
    for before in (one, two, three):
        assert "The answer" not in before
        assert "Π_{j=1}^{m-1} s_j" not in before


def test_what_cannot_be_read_costs_no_attempt() -> None:
    said = practised(r"\frac{1", "", RIGHT)
    assert said.count("(a) attempt 1 of 4") == 3  # the empty line is no answer
    assert "costs no attempt" in said
    assert "A person will look" not in said


def test_plain_text_with_a_bare_sum_is_read_as_one() -> None:
    assert "Right." in practised("1 + sum_(m=1)^n (k_m - 1) prod_(j=1)^(m-1) s_j")
    assert "Right." in practised("1 + sum_{m=1}^n (k_m - 1) prod_{j=1}^{m-1} s_j")


def test_skipping_leaving_and_the_end_of_input() -> None:
    assert "attempt 1 of 4> :skip" in practised(":skip", ":quit")
    assert "You have 0 of" in practised()
    assert practised(":page").count("variant 0") == 2


def test_a_fresh_variant_of_what_was_missed() -> None:
    said = practised(RIGHT, "1", "1", "y", options=("--attempts", "2"))
    assert "A fresh variant of (b)?" in said
    assert "variant 1;" in said
    assert said.count("Give") >= 1
    assert said.split("variant 1;")[1].count("(a)") == 0


def test_a_choice_is_answered_by_its_number() -> None:
    name = "conv/gradients"
    options = sorted(
        (bank()[name].variant(0).parts["f"].answer.right, *bank()[name].variant(0).parts["f"].answer.others)
    )
    number = options.index("cross-correlation") + 1
    assert "Right." in practised(*[":skip"] * 5, str(number), name=name)


def test_the_interrupt_key_leaves_cleanly(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: Session, seed: int) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(Session, "run", interrupted)
    assert "You have 0 of" in practised()


def test_a_sentence_is_compared_with_the_points() -> None:
    variant = bank()["conv/toeplitz"].variant(0)
    heard: list[str] = []
    lines = iter([*[":skip"] * 4, "Because the input has a fixed size."])
    session = Session(variant.problem, lambda prompt: next(lines, None), heard.append)
    with pytest.raises(Leaving):  # the fresh variant is asked for, and nothing is typed
        session.run(0)
    assert any("A person reads such answers" in text for text in heard)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(bank())[::3])
def test_no_solution_is_shown_before_the_last_attempt(name: str) -> None:
    said = practised(*["17.125"] * 3, name=name)
    assert "The answer:" not in said
