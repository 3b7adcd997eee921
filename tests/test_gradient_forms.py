"""Textbook forms of typed networks, exact text: ``data/gradient_forms.txt`` holds them as a person has read them."""

from pathlib import Path

import pytest
from typed_networks import NETWORKS

_TEXT = (Path(__file__).parent / "data" / "gradient_forms.txt").read_text(encoding="utf-8")
FORMS = {name: lines for name, *lines in (block.strip().splitlines() for block in _TEXT.split("== ")[1:])}
SLOW = {"LSTM", "weight norm", "distillation"}  # more than a second each


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in FORMS])
def test_the_textbook_form(name: str) -> None:
    found = [line.split("  #")[0].rstrip() for line in NETWORKS[name].answer.text.splitlines()]
    assert [line for line in FORMS[name] if line not in found] == []


def test_there_are_forty_forms() -> None:
    assert sum(map(len, FORMS.values())) >= 40
