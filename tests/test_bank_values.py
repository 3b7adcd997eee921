"""Numbers that programs give, against torch; and examples of which any right one is right."""

import re

import numpy as np
import pytest

from derive.bank.banks import bank
from derive.bank.checked import Example
from derive.bank.grade import grade
from derive.bank.problem import BadProblem, Part, Problem
from derive.bank.tables import table_of
from derive.bank.values import Values
from derive.notation.errors import Unreadable
from derive.render.plain import plain

torch = pytest.importorskip("torch")

SQUARE = Values("L := sum((a[i] - b[i])**2, i)/3", {"a": [1, 2, 4], "b": [0, 5, 1]}, "a_bar")
ROOT = Values("r := sqrt(x)", {"x": 2}, "r", digits=4)


@pytest.mark.parametrize(
    "text",
    [
        r"\begin{bmatrix} \frac23 \\ -2 \\ 2 \end{bmatrix}",
        r"\frac{2}{3} \begin{bmatrix} 1 \\ -3 \\ 3 \end{bmatrix}",
        "[2/3, -2, 2]",
        "2/3*[1, -3, 3]",
        "(2/3, -2, 2)",
        "[1/3 + 1/3, -6/3, 2.0]",
        "[2/3 -2 2]",
        "[2/3; -2; 2]",
        "[2/3\n -2\n 2.]",
    ],
)
def test_equal_tables_are_right_in_every_syntax(text: str) -> None:
    assert SQUARE.judge(text).verdict == "equal"


@pytest.mark.parametrize("text", ["[1/0, 2]", "[sqrt(-2), 2]", "[log(0), 2]", "[0/0, 2]", "2 + 1/0 - 1/0"])
def test_what_has_no_value_is_no_table_of_numbers(text: str) -> None:
    with pytest.raises(Unreadable, match="has no value"):
        table_of(text, "text")


def test_a_wrong_table_hears_its_wrong_entries() -> None:
    verdict = SQUARE.judge("[2/3, 2, -2]")
    assert (verdict.verdict, verdict.evidence["wrong"]) == ("different", [[2], [3]])
    assert SQUARE.judge("[0.6667, -2, 2]").evidence["wrong"] == [[1]]
    assert SQUARE.judge("[2/3, -2]").verdict == "different"
    assert SQUARE.judge("[x, -2, 2]").verdict in ("different", "unreadable")


@pytest.mark.parametrize("text", ["1.4142", r"\sqrt{2}", "2**0.5", "1.4143", "1.41421356"])
def test_decimals_may_be_off_by_one_in_the_last(text: str) -> None:
    assert ROOT.judge(text).verdict == "equal"


@pytest.mark.parametrize("text", ["1.4144", "1.41", "-1.4142", "[1.4142]"])
def test_and_by_no_more(text: str) -> None:
    assert ROOT.judge(text).verdict == "different"


@pytest.mark.parametrize("text", [r"\frac{1", "(" * 10_000, "9**9**9", "__import__('os')", "[1, [2]"])
def test_what_cannot_be_read_waits(text: str) -> None:
    assert SQUARE.judge(text).verdict in ("unreadable", "refused")
    assert ROOT.judge(text).verdict in ("unreadable", "refused")


def test_an_authors_mistake_names_file_and_part() -> None:
    wrong = {
        "alpha, which the program does not read": lambda p: Values("L := a**2", {"a": 1, "alpha": 2}, "L"),
        "no simple fraction": lambda p: Values("L := exp(a)", {"a": 1}, "L"),
        "write dims": lambda p: Values("y[i] := 1; L := a", {"a": 1}, "y"),
    }
    for said, answer in wrong.items():
        problem = Problem("t", "s", {"a": Part("?", answer)}).named("folder/name")
        with pytest.raises(BadProblem, match=rf"folder/name, part a: .*({said}|nothing says how far)"):
            assert problem.variant(0).parts


def test_the_two_layer_network_is_torchs() -> None:
    at = bank()["networks/two_layer_step"].variant(304).parts["e"].answer.at
    w, b, v, c = (torch.tensor(at[n], dtype=torch.float64, requires_grad=True) for n in ("W", "b", "v", "c"))
    x, y = torch.tensor(at["x"], dtype=torch.float64), torch.tensor(float(at["y"]), dtype=torch.float64)
    hidden = torch.sigmoid(torch.nn.functional.linear(x, w, b))
    out = torch.sigmoid(torch.dot(v, hidden) + c)
    (torch.nn.functional.mse_loss(out, y) / 2).backward()
    torch.optim.SGD([w, b, v, c], lr=at["alpha"]).step()
    parts = bank()["networks/two_layer_step"].variant(304).parts
    for part, right in {"a": hidden, "b": out, "e": w, "f": b, "g": v, "h": c}.items():
        kind = parts[part].answer
        np.testing.assert_allclose(kind.every[kind.name], right.detach().numpy(), atol=1e-12)
        assert kind.judge(str(np.round(right.detach().numpy(), 4).tolist())).verdict == "equal"


def test_the_convolutional_example_is_torchs() -> None:
    parts = bank()["conv/worked_example"].variant(306).parts
    at = parts["a"].answer.at
    image, kernel = (torch.tensor(at[n], dtype=torch.float64, requires_grad=True) for n in "XF")
    maps = torch.nn.functional.conv2d(image[None, None], kernel[None, None])[0, 0]
    pooled = torch.nn.functional.max_pool2d(maps[None, None], 2, 1)[0, 0]
    loss = torch.nn.functional.mse_loss(pooled, torch.eye(3, dtype=torch.float64))
    for t in (maps, pooled):
        t.retain_grad()
    loss.backward()
    right = {"a": maps, "b": pooled, "c": loss, "d": pooled.grad, "e": maps.grad, "f": kernel.grad, "g": image.grad}
    right["h"] = kernel - 0.0005 * kernel.grad
    for part, value in right.items():
        kind = parts[part].answer
        np.testing.assert_allclose(kind.every[kind.name], value.detach().numpy(), atol=1e-9)


def test_the_printed_updated_filter_is_right_to_two_decimals_only() -> None:
    printed = "[[0.58, 0.08, -0.76], [1.52, 0.13, -1.63], [0.46, 0.16, -0.44]]"
    submission = {"id": 1, "problem": "conv/worked_example", "seed": 306, "answers": {"h": printed}}
    found = grade(submission, bank())["parts"]["h"]
    assert (found["verdict"], found["marks"]) == ("different", 0)


CIRCLE = Example(
    {"x": (), "y_1": (2,)}, (("x lies outside", lambda x, y1: 1 - x**2 - y1 @ y1),), {"x": 0, "y_1": [0.5, 0]}
)
COLUMN = r"x = \frac12, \quad y_1 = \begin{bmatrix} 0 \\ 0 \end{bmatrix}"


@pytest.mark.parametrize("text", ["x = 0.1; y_1 = [0, 0]", "y1 = (0.5, 0.5), x = 1/3", COLUMN])
def test_any_example_that_does_it_is_right(text: str) -> None:
    assert CIRCLE.judge(text).verdict == "equal"


@pytest.mark.parametrize(
    "text", [CIRCLE.show(), f"${CIRCLE.show()}$", plain(CIRCLE.show()), "x = 0; y_1 = [1, 0] (one of many)"]
)
def test_a_keys_own_words_may_be_copied_with_it(text: str) -> None:
    assert "one of many" in text
    assert CIRCLE.judge(text).verdict == ("undecided" if "[1, 0]" in text else "equal")


def test_an_example_that_does_not_hears_what_fails() -> None:
    verdict = CIRCLE.judge("x = 2; y1 = [0, 0]")
    assert (verdict.verdict, verdict.evidence["message"]) == ("different", "Not yet: x lies outside.")
    assert CIRCLE.judge("x = 1; y1 = [0, 0]").verdict == "undecided"
    assert CIRCLE.judge("x = 1e308; y1 = [0, 0]").verdict == "undecided", "and NumPy has nothing to say"


@pytest.mark.parametrize("text", ["x = 1", "1; 2", "x = ; y1 = [0, 0]", "x = 1; y1 = [0, 0, 0]", "x = a; y1 = [0, 0]"])
def test_an_example_that_cannot_be_read_waits(text: str) -> None:
    assert CIRCLE.judge(text).verdict == "unreadable"


def test_a_model_example_that_fails_is_the_authors_to_hear() -> None:
    with pytest.raises(ValueError, match="the model example is different"):
        Example({"x": ()}, (("x is negative", lambda x: x),), {"x": -1})


@pytest.mark.parametrize(
    ("text", "verdict"), [("2a", "equal"), ("2*a", "equal"), ("1.4", "equal"), ("a", "different"), ("3.2", "different")]
)
def test_an_answer_may_name_the_numbers_that_are_given(text: str, verdict: str) -> None:
    assert Values("r := 2*a", {"a": 0.7}, "r").judge(text).verdict == verdict


def test_a_letter_without_a_value_is_said() -> None:
    found = Values("r := 2*a", {"a": 0.7}, "r").judge("2k")
    assert (found.verdict, found.evidence["message"]) == (
        "different",
        "The answer is to be in numbers, and nothing here says what k is.",
    )


@pytest.mark.parametrize("x", [2, 3, 200_000_001, 7_000_000_003])
def test_an_irrational_number_is_no_fraction(x: int) -> None:
    with pytest.raises(ValueError, match="ask for decimals"):
        Values("r := sqrt(x)", {"x": x}, "r")


def test_a_large_fraction_is_one() -> None:
    assert Values("r := 1000*x/7", {"x": 12345}, "r").typed() == r"\frac{12345000}{7}"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("a_12 = 2/3, a_32 = 2, a_22 = -2", "equal"),
        ("a_12 = 2/3, a_22 = 2, a_32 = -2", "different"),
        ("a_{1,2} = 2/3, a_{2,2} = -2, a_{3,2} = 2", "equal"),
        ("p = 2/3, q = -2, r = 2", "unreadable"),
        ("a_1 = 2/3, a_2 = -2", "unreadable"),
    ],
)
def test_several_named_values_are_put_in_order_or_not_read(text: str, verdict: str) -> None:
    assert SQUARE.judge(text).verdict == verdict


def test_a_worked_value_puts_its_numbers_into_the_rule():
    text = "L := a * (b - 2) ** 2 + exp(-a)"
    assert Values(text, {"a": -0.5, "b": 3}, "L", digits=3).worked == (
        r"$$L = a \left(b - 2\right)^{2} + e^{-a} = -0.5 \cdot \left(3 - 2\right)^{2} + e^{-\left(-0.5\right)} = 1.149$$"
    )
    long = Values("z := a * b - b * c + a * c - a", {"a": 0.25, "b": -1.5, "c": 2}, "z").worked.splitlines()
    assert [x.count(" = ") for x in long] == [1, 2]
    assert Values("u := a * b; v := u", {"a": 2, "b": -3}, "v", shown=("u", "v")).worked == (
        "$$u = a b = 2 \\cdot \\left(-3\\right) = -6$$\n$$v = u = -6$$"
    )


def test_numbers_that_do_not_give_what_is_printed_are_left_out():
    rounded = Values("u := exp(a); v := 1000 * u", {"a": 0.7}, "v", digits=1)
    assert rounded.worked == r"$$v = 1000 u = 2013.8$$"
    assert Values("q := x[0] * x[1]", {"x": [2, 3]}, "q").worked == "$$q = x_{1} x_{2} = 6$$"


def _has_numbers(line: str) -> bool:
    return line.count(" = ") > 2 and not re.search(r"\\qquad|\\sum|\\prod|_\{|\[", line)


def test_every_line_of_numbers_of_the_bank_gives_its_value():
    lines = 0
    for problem in bank().values():
        for part in problem.variant(1).parts.values():
            worked = part.answer.worked.splitlines() if isinstance(part.answer, Values) else []
            for *_, put, value in (x.strip("$").split(" = ") for x in worked if _has_numbers(x)):
                lines += 1
                room = 1e-9 if part.answer.digits is None else 1.01 * 10.0**-part.answer.digits
                assert abs(table_of(put, "latex") - table_of(value, "latex")) <= room, (problem.name, put)
    assert lines > 40
