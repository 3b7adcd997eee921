"""Boolean expressions and networks as answers: judged on every input, whatever the notation."""

import numpy as np
import pytest

from derive.bank.banks import bank
from derive.bank.boolean import Boolean
from derive.bank.grade import grade
from derive.bank.logic import normal_form, truth_table
from derive.bank.network import Network

XOR = Boolean("AB", r"A \oplus B")
NAND = ((np.array([[-1.0, -1.0]]), [1.5]),)


@pytest.mark.parametrize(
    "text",
    [
        r"A \oplus B",
        "A ^ B",
        "A != B",
        "(A and not B) or (B and not A)",
        r"A\bar{B} \vee \bar{A}B",
        "AB' + A'B",
        "(A | B) & ~(A & B)",
        "A ∧ ¬B ∨ ¬A ∧ B",
        r"\left(A \lor B\right) \land \lnot (A \land B)",
        r"\overline{A B \vee \overline{A}\,\overline{B}}",
    ],
)
def test_every_notation_of_the_exclusive_or_is_right(text: str) -> None:
    assert XOR.judge(text).verdict == "equal"


@pytest.mark.parametrize("text", ["A | B", "A & B", "A == 0"[:1], "~(A ^ B)", "1", "A & ~B"])
def test_other_functions_are_wrong_where_they_differ(text: str) -> None:
    verdict = XOR.judge(text)
    right, theirs = truth_table(XOR.right, "AB"), truth_table(text, "AB")
    assert verdict.verdict == "different"
    assert len(verdict.evidence["wrong"]) == sum(a != b for a, b in zip(right, theirs, strict=True)) > 0


@pytest.mark.parametrize("text", ["A ^", "(A", "A B)", "C", "A ^ B | A", "", "~" * 300 + "A", "A" * 30_000, "A 12"])
def test_what_cannot_be_read_waits_for_a_person(text: str) -> None:
    assert XOR.judge(text).verdict == "unreadable"


def test_too_many_products_are_right_in_the_wrong_form() -> None:
    short = Boolean("AB", "A", products=1)
    assert short.judge("A").verdict == "equal"
    verdict = short.judge("AB + AB'")
    assert (verdict.verdict, verdict.evidence["kind"]) == ("different", "form")


def test_the_normal_form_is_the_function_itself() -> None:
    for code in range(256):
        table = tuple(bool(code >> k & 1) for k in range(8))
        assert truth_table(normal_form(table, "ABC"), "ABC") == table


@pytest.mark.parametrize(
    "text",
    [
        "W1 = [[1, 1], [1, 1]]; b1 = [-1/2, -3/2]; W2 = [[1, -1]]; b2 = [-0.5]",
        "W1 = [[1, -1], [-1, 1]]; b1 = [-0.5, -0.5]\nW2 = [1, 1]\nb2 = -0.5",
        r"W_1 = \begin{bmatrix} 1 & 1 \\ 1 & 1 \end{bmatrix}, \quad b_1 = \begin{bmatrix} -\frac12 \\ -1.5 \end{bmatrix}, "
        r"\quad W_2 = \begin{bmatrix} 1 & -1 \end{bmatrix}, \quad b_2 = \begin{bmatrix} -0.5 \end{bmatrix}",
    ],
)
def test_any_right_network_is_right(text: str) -> None:
    model = (([[1, 1], [-1, -1]], [-0.5, 1.5]), ([[1, 1]], [-1.5]))
    assert Network("AB", {"T": "A ^ B"}, model).judge(text).verdict == "equal"


def test_a_layer_may_be_one_unit_wide() -> None:
    model = (([[-1, -1]], [1.5]),)
    answer = "W1 = [[1, 1]]; b1 = [-1.5]; W2 = [[-1], [1]]; b2 = [0.5, -0.5]; W3 = [[1, -1]]; b3 = [0]"
    assert Network("AB", {"T": "~(A & B)"}, model).judge(answer).verdict == "equal"


def test_the_weights_may_be_an_object() -> None:
    model = (([[-1, -1]], [1.5]),)
    answer = {"network": {"W1": [[-2, -2]], "b1": [3]}}
    assert Network("AB", {"T": "~(A & B)"}, model).judge(answer).verdict == "equal"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("W1 = [[1, 1]]; b1 = [-1.5]", "inputs"),
        ("W1 = [[-1, -1, 0]]; b1 = [1.5]", "shape"),
        ("W1 = [[-1, -1], [0, 0]]; b1 = [1.5, 0]", "shape"),
        ("W1 = [[1, 0], [0, 1]]; b1 = [0, 0]; W2 = [[-1, -1]]; b2 = [1.5]", "shape"),
    ],
)
def test_a_wrong_network_hears_where(text: str, kind: str) -> None:
    verdict = Network("AB", {"T": "~(A & B)"}, NAND, hidden=0).judge(text)
    assert (verdict.verdict, verdict.evidence["kind"]) == ("different", kind)


def test_numbers_beyond_all_bounds_are_said_to_be_none() -> None:
    """And NumPy has nothing to say about them; warnings are errors here."""
    found = Network("AB", {"T": "~(A & B)"}, NAND).judge("W1 = [[1e308, 1e308]]; b1 = [1e308]")
    assert (found.verdict, found.evidence["message"]) == (
        "unreadable",
        "The sums of this network are no finite numbers.",
    )


@pytest.mark.parametrize(
    "text", ["W1 = [[1, 1]]", "W1 = [[x, 1]]; b1 = [0]", "[[1, 1]]", "W1 = ; b1 = [1]", "W2 = [[1]]; b2 = [1]"]
)
def test_what_is_no_network_waits_for_a_person(text: str) -> None:
    assert Network("AB", {"T": "~(A & B)"}, NAND).judge(text).verdict in ("unreadable", "refused")


def test_a_logistic_output_at_a_half_is_neither() -> None:
    model = (([[-20, -20]], [30]),)
    kind = Network("AB", {"T": "~(A & B)"}, model, units="logistic")
    assert kind.judge("W1 = [[-1, -1]]; b1 = [2]").verdict == "unreadable"
    assert kind.judge("W1 = [[-1, -1]]; b1 = [1.5]").verdict == "equal"


def test_a_model_that_is_wrong_is_the_authors_to_hear() -> None:
    with pytest.raises(ValueError, match="the model network is different"):
        Network("AB", {"T": "A ^ B"}, NAND)
    with pytest.raises(ValueError, match="units are"):
        Network("AB", {"T": "~(A & B)"}, NAND, units="relu")


def test_random_networks_agree_with_a_loop_over_inputs() -> None:
    random = np.random.default_rng(3)
    for _ in range(30):
        (w1, b1), (w2, b2) = (
            (random.integers(-3, 4, s).tolist(), random.integers(-3, 4, s[0]).tolist()) for s in ((3, 2), (1, 3))
        )
        table = []
        for a in (0, 1):
            for b in (0, 1):
                hidden = [float(w[0] * a + w[1] * b + c > 0) for w, c in zip(w1, b1, strict=True)]
                table.append(sum(w * h for w, h in zip(w2[0], hidden, strict=True)) + b2[0] > 0)
        Network("AB", {"T": normal_form(tuple(table), "AB")}, ((w1, b1), (w2, b2)))


def test_the_printed_hamming_weights_are_wrong_and_hear_where() -> None:
    printed = [[1, -1, 0, -1], [-1, 1, 0, -1], [-1, -1, 0, 1], [1, 1, 0, 1]]
    answer = f"W1 = {printed}; b1 = {[-0.5] * 4}; W2 = {[[1] * 4] * 3}; b2 = {[-0.5] * 3}"
    submission = {"id": 1, "problem": "networks/hamming_parity", "seed": 301, "answers": {"b": answer}}
    found = grade(submission, bank())["parts"]["b"]
    assert found["verdict"] == "different"
    assert found["marks"] == 0
    assert "P_1 is wrong on 6 of 16 inputs" in found["feedback"], found["feedback"]
