"""Lines that rest on a wrong line, lines that put one right, and remarks that claim nothing."""

import pytest

from derive.grading.steps import steps

SYMBOLS = {name: {"shape": []} for name in "wbxy"}
SLOPE = r"\frac{dL}{dw}"


def judged(*lines: str) -> list[tuple[str, int]]:
    """The verdict on each line, and the number of the wrong line that it follows from."""
    found = steps({"symbols": SYMBOLS, "given": [r"L = \frac12(wx+b-y)^2"], "lines": list(lines)})
    return [(line["verdict"], line["evidence"].get("from_line", 0)) for line in found["lines"]]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["{} = 2(wx+b-y)x", "= 2wx^2+2bx-2yx"], [("wrong", 0), ("follows", 1)]),
        (["{} = 2(wx+b-y)x", "{} = 2wx^2+2bx-2yx"], [("wrong", 0), ("follows", 1)]),
        (["{} = 2(wx+b-y)x", "{} = (wx+b-y)x"], [("wrong", 0), ("follows", 0)]),
        (["{} = 2(wx+b-y)x", "{} = (wx+b-y)x", "= wx^2+bx-yx"], [("wrong", 0), ("follows", 0), ("follows", 0)]),
        (["{} = 2(wx+b-y)x", "= (wx+b-y)x"], [("wrong", 0), ("wrong", 0)]),
        (["{} = 2(wx+b-y)x", "{} = 3(wx+b-y)x"], [("wrong", 0), ("wrong", 0)]),
        (
            ["{} = 2(wx+b-y)x", "{} = 2wx^2+2bx-2yx", "= 2x(wx+b-y)", "{} = wx^2+bx-2yx"],
            [("wrong", 0), ("follows", 1), ("follows", 1), ("wrong", 0)],
        ),
        (
            [r"{} = 2(wx+b-y)x", r"\frac{{d^2L}}{{dw^2}} = 2x^2", r"\frac{{dL}}{{db}} = wx+b-y"],
            [("wrong", 0), ("follows", 1), ("follows", 0)],
        ),
        (
            ["{} = (wx+b-y)x", "= wx^2+bx+yx", "= x(wx+b+y)", "{} = x(wx+b-y)"],
            [("follows", 0), ("wrong", 0), ("follows", 2), ("follows", 0)],
        ),
    ],
)
def test_what_follows_from_a_wrong_line_says_from_which(lines: list[str], wanted: list[tuple[str, int]]) -> None:
    assert judged(*(line.format(SLOPE) for line in lines)) == wanted


def test_what_puts_an_error_right_does_not_follow_from_it() -> None:
    lines = [f"{SLOPE} = 2(wx+b-y)x", f"{SLOPE} = (wx+b-y)x"]
    found = steps({"symbols": SYMBOLS, "given": [r"L = \frac12(wx+b-y)^2"], "lines": lines})
    assert (found["lines"][1]["evidence"]["corrected"], found["consistent_after"], found["credit"]) == (
        True,
        False,
        0.5,
    )


def test_what_follows_from_an_error_proves_nothing_more() -> None:
    """A line that restates the error is doubtful as well: the next one still says where it comes from."""
    lines = [f"{SLOPE} = 2(wx+b-y)x", f"{SLOPE} = 2wx^2+2bx-2yx", r"\frac{d^2L}{dw^2} = 2x^2"]
    assert judged(*lines) == [("wrong", 0), ("follows", 1), ("follows", 1)]


@pytest.mark.parametrize(
    "remark",
    [
        "where x is the input",
        ", where x is the input and y the target.",
        "(chain rule)",
        "by the chain rule",
        "  # chain rule",
        "[by the product rule]",
        ", where $x$ is the input",
    ],
)
def test_a_remark_behind_a_formula_claims_nothing(remark: str) -> None:
    assert judged(f"{SLOPE} = (wx+b-y)x {remark}", f"{SLOPE} = 2(wx+b-y)x {remark}") == [("follows", 0), ("wrong", 0)]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (f"{SLOPE} = zx (where z = wx+b-y)", "follows"),
        (f"{SLOPE} = zx (where z = wx-y)", "wrong"),
        (f"{SLOPE} = ex where e is the error", "unreadable"),  # and no 2.718…
        ("|x| = x (with x > 0)", "undecided"),
        ("|x| = x (since x > 0)", "undecided"),
        (r"\sigma(x) = 1 (as x \to \infty)", "unreadable"),
        ("z = wx+b (using (2))", "unreadable"),
        (f"{SLOPE} = 0 where x is the zero vector", "unreadable"),
        ("e x where e is the derivative", "unreadable"),
    ],
)
def test_what_claims_something_stays(line: str, verdict: str) -> None:
    assert judged(line)[0][0] == verdict
