"""The numbers beside a classic mistake speak the page's language, and no point contradicts the page."""

import re

import pytest

from derive.bank.banks import files, load
from derive.render.mistakes import numbers_that_show


def said(problem: str, part: str, which: int = 0) -> str:
    found = load(files()[problem], problem).variant(0).parts[part]
    return numbers_that_show(found.answer, found.mistakes[which].answer)


@pytest.mark.parametrize(
    ("problem", "part", "holds", "lacks"),
    [
        ("normalisation/batch_norm", "a", r"$\hat{x} = ", "u ="),
        ("generative/evidence_bound", "a", "$p(x) = ", "P ="),
        ("optimisation/heavy_ball", "a", r"$(e_{0}, \dots, e_{2}) = (", "d ="),
        ("optimisation/heavy_ball", "a", "$t = 1$ it gives", "entry"),
        ("optimisation/heavy_ball", "c", "this holds, and the right condition does not hold", "it gives"),
    ],
)
def test_names_and_places_are_the_pages(problem: str, part: str, holds: str, lacks: str) -> None:
    text = said(problem, part)
    assert holds in text
    assert not re.search(rf"(?<![a-z]){re.escape(lacks)}", text)


@pytest.mark.parametrize(
    ("problem", "part", "which"),
    [("normalisation/batch_norm", "a", 1), ("generative/kl_directions", "b", 0)],
)
def test_a_name_that_the_page_computes_is_not_given_beside_what_it_comes_from(
    problem: str, part: str, which: int
) -> None:
    assert said(problem, part, which) == ""
