"""The numbers beside a classic mistake speak the page's language, and no point contradicts the page."""

import re

import pytest

from derive import Answer, Symbol, stated
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
    [("sequences/gru_pieces", "a", 0), ("generative/kl_directions", "b", 0)],
)
def test_a_name_that_the_page_computes_is_not_given_beside_what_it_comes_from(
    problem: str, part: str, which: int
) -> None:
    assert said(problem, part, which) == ""


def test_names_that_the_page_computes_are_computed_at_the_point() -> None:
    text = said("losses/squared_error", "b")
    point = re.fullmatch(
        r"At \$\\theta = (?P<theta>\(.*?\))\$, \$x = (?P<x>\(.*?\))\$, \$y = (?P<y>\d+)\$, \$i = (?P<i>\d)\$ "
        r"it gives \$(?P<wrong>-?\d+)\$, where \$(?P<right>-?\d+)\$ is right\.",
        text,
    )
    assert point, text
    theta, x = ([int(k) for k in point[n].strip("()").split(",")] for n in ("theta", "x"))
    error = int(point["y"]) - sum(a * b for a, b in zip(theta, x, strict=True))
    at = x[int(point["i"]) - 1]
    assert (int(point["wrong"]), int(point["right"])) == (-at * error, -2 * at * error)


def test_numbers_that_look_alike_say_nothing() -> None:
    assert said("modern/gated_units", "b", 0) == ""
    assert "it gives $0$, where" in said("modern/rms_norm", "b", 3)


def test_letters_beside_each_other_are_names_of_their_own() -> None:
    assert not re.search(
        r"\$[ru] = ", said("losses/ridge", "a")
    )  # the residual is X w − y, and w stands behind X_{s,j}


def test_a_slope_may_be_given_beside_the_place() -> None:
    assert "$g = " in said("optimisation/decay", "a")


def test_no_index_of_a_mistake_stands_beyond_what_it_counts() -> None:
    row_sum = stated(
        "row-sum-here",
        "s[c] := sum(g[c, p]*x[c, p], p)",
        symbols={
            "C": Symbol(domain="dimension"),
            "n": Symbol(domain="dimension"),
            "g": Symbol(("C", "n")),
            "x": Symbol(("C", "n")),
            "s": Symbol(("C",), "derived"),
        },
        truth=lambda torch, g, x: torch.einsum("cp,cp->c", g, x),
        settings=({"C": 2, "n": 3}, {"C": 3, "n": 2}, {"C": 4, "n": 5}),
    )
    assert "it gives" in numbers_that_show(Answer(row_sum), r"\sum_{p=1}^n g_{c,p}")
    assert numbers_that_show(Answer(row_sum), "g_{c,p} x_{c,p}") == ""
    assert "$i = 2$, $m = 4$" in said("modern/low_rank_adapter", "c", 0)
