"""Answers that may be meant in two ways, of which one is right; numbers in every frame; texts that keep readers busy."""

import time

import pytest

from derive import Answer, Part, Problem, Symbol, stated
from derive.bank.grade import grade_part
from derive.bank.kind import Kind
from derive.bank.listed import whole_numbers
from derive.bank.problem import AskedPart
from derive.bank.typed import bracketed, text_of
from derive.bank.values import Values
from derive.grading.lines_text import statements

NAMES = {"c": Symbol(), "s": Symbol(latex="c^*"), "x": Symbol(), "y": Symbol((), "derived")}


def asked(kind: Kind, page: str = "A page.") -> AskedPart:
    return Problem("P", page, {"a": Part("?", kind)}).named("own").variant(0).parts["a"]


def vector(*values: float, digits: int | None = None) -> AskedPart:
    return asked(Values("h[i] := x[i]", {"x": list(values)}, "h", digits=digits))


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("c^* x", "equal"),
        ("x c*", "equal"),
        ("(c*) x", "equal"),
        ("c* x", "unreadable"),
        ("c*(x)", "unreadable"),
        ("c*x", "different"),
        ("c x", "different"),
    ],
)
def test_a_star_before_a_factor_is_doubted_where_the_letter_is_a_name_too(text: str, verdict: str) -> None:
    part = asked(Answer(stated("s", "y := s*x", symbols=NAMES, truth=lambda torch, s, x: torch.mul(s, x))))
    assert grade_part(part, text)["verdict"] == verdict


@pytest.mark.parametrize(
    ("page", "verdict"),
    [
        ("A page.", "equal"),
        ("Let $H$ be the unit step.", "equal"),
        (r"The entropy is $H(x) = -x \log x$.", "different"),
        ("The entropy of $x$ is $H$.", "different"),
    ],
)
def test_h_is_no_step_where_the_page_has_its_own(page: str, verdict: str) -> None:
    step = stated(
        "h",
        "y := where(x > 0, 1, 0)",
        symbols={"x": Symbol(), "y": Symbol((), "derived")},
        truth=lambda torch, x: (x > 0) * 1.0,
    )
    assert grade_part(asked(Answer(step), page), "H(x)")["verdict"] == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("(1½, 3)", "equal"),
        ("[1 1/2, 3]", "equal"),
        (r"h_1 = 1\frac12, h_2 = 3", "equal"),
        ("(1.5, 3)", "equal"),
        ("(1/2, 3)", "different"),
        ("(2 1/2, 3)", "different"),
    ],
)
def test_mixed_numbers_in_a_list(text: str, verdict: str) -> None:
    assert grade_part(vector(1.5, 3), text)["verdict"] == verdict


def test_a_product_in_a_list_is_asked_about() -> None:
    assert grade_part(vector(0.5, 3), "(1 1/2, 3)")["verdict"] == "unreadable"
    assert "comma parts thousands" not in grade_part(vector(1, 3), "(1½, 3)")["feedback"]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("[1 -2]", "equal"),
        ("[ 1. -2.]", "equal"),
        ("[1 - 2]", "different"),
        ("[-1 2]", "different"),
        ("[1-2]", "different"),
    ],
)
def test_a_row_with_signs_as_numpy_prints_it(text: str, verdict: str) -> None:
    assert grade_part(vector(1, -2), text)["verdict"] == verdict


@pytest.mark.parametrize(
    ("right", "text", "verdict"),
    [
        ((1200, 3), "(1,200, 3)", "unreadable"),
        ((1200, 3), "1,300, 3", "different"),
        ((1200, 3), "[1'200, 3]", "equal"),
        ((1, 200), "(1,200)", "equal"),
        ((1, 200, 3), "(1,200, 3)", "equal"),
    ],
)
def test_thousands_in_a_list_are_asked_about(right: tuple[int, ...], text: str, verdict: str) -> None:
    assert grade_part(vector(*right), text)["verdict"] == verdict


@pytest.mark.parametrize(
    "text",
    [
        "[0.99, 0.5]",
        "h = [0.99, 0.5]",
        "{0.99, 0.5}",
        r"\begin{bmatrix} 0.99 \\ 0.5 \end{bmatrix}",
        "h_1 = 0.99, h_2 = 0.5",
    ],
)
def test_too_few_digits_are_too_few_in_every_frame(text: str) -> None:
    part = vector(0.99015, 0.5, digits=4)
    short = grade_part(part, text)
    assert (short["verdict"], short["feedback"][:13]) == ("different", "Right as far ")
    assert grade_part(part, text.replace("0.99", "0.9902"))["verdict"] == "equal"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (r"7 \le K \le 8, K \in \mathbb{Z}_{>0}", {7, 8}),
        (r"7 \le K \le 8, K \in \mathbb{N}_0", {7, 8}),
        (r"7 \le K \le 8, K \in \mathbb{Z}_{>7}", None),
        ("{K in Z : 7 <= K <= 8}", {7, 8}),
        ("−7, 8", {-7, 8}),
        ("1,000", None),
        ("{1,000, 2}", None),
        ("1, 0", {0, 1}),
    ],
)
def test_sets_of_whole_numbers(text: str, numbers: set[int] | None) -> None:
    assert whole_numbers(text) == numbers


HOSTILE = (
    "{" + " " * 19_000 + "1",
    "K = 1" + " " * 19_000 + "1",
    "{" + "," * 19_000,
    "≈" * 9_000 + "," * 9_000,
    "x = y, where x is the " + "ab-" * 6_000 + "1",
    "x = y " + "by the " * 2_000 + "1",
    "x = y, where x is the " + "input of the " * 1_000 + "1",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_keeps_readers_busy(text: str) -> None:
    began = time.process_time()
    for read in (text_of, bracketed, whole_numbers, statements):
        read(text)
    assert time.process_time() - began < 5
