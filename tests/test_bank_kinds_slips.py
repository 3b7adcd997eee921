"""What wrong answers show where the kind itself knows: choices, sets, conditions, boolean functions, networks, examples."""

import numpy as np
import pytest

from derive import Boolean, Choice, Condition, Example, IntegerSet, Network
from derive.bank.suspects import explained
from derive.derivations import layers, quadratic

SIZES = IntegerSet(layers.kernel_range, {"I": 205, "P": 0, "S": 3, "O": 66}, "K")
CONVERGES = Condition(quadratic.gd_converges, over=("rho", "eta"))
MONOTONE = Condition(quadratic.gd_monotone, over=("rho", "eta"))
CLAUSES = Boolean("ABCD", r"A C D \vee \bar{B} C D \vee \bar{A} B \bar{C} \vee \bar{A} B \bar{D}",
                  posed=r"(A \vee \bar{B}) \oplus (\bar{C} \vee \bar{D})")  # fmt: skip
PARITY = Boolean("ABC", r"A \oplus B \oplus C")
AND = Network("AB", {"T": r"A \wedge B"}, (([[1, 1]], [-1.5]),))
SOFT = Network("AB", {"T": r"A \oplus B"}, (([[20, 20], [20, 20]], [-10, -30]), ([[20, -20]], [-10])), units="logistic")
GROWS = Example({"v": (2, 2), "x": (2,)}, (("v x has no first entry above 1", lambda v, x: (v @ x)[0] - 1),),
                {"v": [[1, 2], [0, 0]], "x": [0, 1]})  # fmt: skip

SHOWN = (
    (Choice("n - 1", "n + 1", "1"), "1", None),
    (Choice("-log 4", "log 4", "0"), "log 4", "sign"),
    (Choice("4", "3", "8"), "3", "off-by-one"),
    (Choice("4", "3", "8"), "8", None),
    (Choice("the root of n", "n", "the logarithm of n"), "the logarithm of n", None),
    (Choice("the root of n", "n", "the logarithm of n"), "n", "missing-root"),
    (Choice("small eigenvalues", "large eigenvalues", "all"), "large eigenvalues", "opposite"),
    (Choice("KL(y ‖ p)", "KL(p ‖ y)"), "KL(p || y)", "kl-reversed"),
    (Choice("X times Delta transposed", "X times Delta"), "X times Delta", "missing-transpose"),
    (SIZES, "{7, 8, 9, 10}", "strict-for-weak"),
    (SIZES, "{9, 10, 11}", "off-by-one"),
    (SIZES, "10", "one-of-several"),
    (SIZES, "5, 6, 7", None),
    (CONVERGES, r"0 < \rho\eta \le 2", "strict-for-weak"),
    (CONVERGES, r"\rho\eta \ge 2", "complement"),
    (CONVERGES, r"\rho\eta < 1", "lost-half"),
    (CONVERGES, r"0 < \rho\eta < 3", None),
    (MONOTONE, r"0 < \rho\eta < 1", "strict-for-weak"),
    (MONOTONE, r"\rho\eta = 1", "strict-for-weak"),
    (PARITY, "not (A xor B xor C)", "parity"),
    (PARITY, "A or B or C", "or-for-xor"),
    (PARITY, r"A \oplus B", None),
    (CLAUSES, r"(A \vee \bar{B}) \vee (\bar{C} \vee \bar{D})", "or-for-xor"),
    (CLAUSES, r"(A \vee \bar B)(C \vee D) \vee (\bar{A} \vee B)(\bar{C} \vee \bar{D})", "de-morgan"),
    (CLAUSES, r"A C D \vee \bar{B} C D \vee \bar{A} B \bar{C}", "missing-term"),
    (CLAUSES, r"A C D \vee B C D \vee \bar{A} B \bar{C} \vee \bar{A} B \bar{D}", "missing-not"),
    (AND, "W1 = [1, 1]; b1 = 1.5", "sign"),
    (AND, "W1 = [1, 1]; b1 = -2", "strict-for-weak"),
    (AND, "W1 = [-1, -1]; b1 = 1.5", "complement"),
    (AND, "W1 = [1, 1]; b1 = -0.5", "and-for-or"),
    (SOFT, "W1 = [[1, 1], [1, 1]]; b1 = [-0.5, -1.5]; W2 = [1, -1]; b2 = -0.5", "step-for-logistic"),
    (SOFT, "W1 = [[20, 20], [20, 20]]; b1 = [-10, -30]; W2 = [20, 20]; b2 = -10", "or-for-xor"),
    (GROWS, "v = [[1, 0], [2, 0]]; x = [0, 1]", "missing-transpose"),
    (GROWS, "v = [[1, 2], [0, 0]]; x = [0, -1]", "sign"),
    (GROWS, "v = [[0, 0], [0, 0]]; x = [0, 1]", None),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "identity"), SHOWN)
def test_what_a_wrong_answer_shows(kind, text, identity):
    assert kind.judge(text).verdict == "different"
    found = explained(kind, text)
    assert (found and found.id) == identity


@pytest.mark.parametrize("kind", {id(k): k for k, _, _ in SHOWN}.values(), ids=lambda k: type(k).__name__)
def test_the_right_answer_shows_nothing_wrong(kind):
    assert kind.judge(kind.typed()).verdict == "equal"


@pytest.mark.parametrize(
    "text",
    [
        "KL(y || p)",
        r"D_{KL}(y \| p)".replace("D_{KL}", "KL"),
        "kl(y‖p)",
        "The divergence KL(y ‖ p).",
        "$KL(y \\parallel p)$",
    ],
)
def test_a_choice_with_symbols_can_be_typed(text):
    assert (
        Choice("the divergence KL(y ‖ p)", "the divergence KL(p ‖ y)", "the entropy of p").judge(text).verdict
        == "equal"
    )


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("−log 4", "equal"),
        (r"-\log 4", "equal"),
        (r"$-\ln(4)$", "unreadable"),
        ("log 4", "different"),
        ("log", "unreadable"),
    ],
)
def test_signs_of_a_choice_count(text, verdict):
    assert Choice("-log 4", "0", "-log 2", "log 4").judge(text).verdict == verdict


def test_a_part_of_two_choices_is_none():
    kind = Choice("the distance grows", "the distance falls", "not the distance")
    assert kind.judge("distance").verdict == "unreadable"
    assert kind.judge("falls").verdict == "different"


def test_a_network_is_put_right_by_its_transposed_weights():
    kind = Network("AB", {"S": "A", "T": r"A \wedge B"}, (([[1, 0], [1, 1]], [-0.5, -1.5]),))
    text = f"W1 = {np.array([[1, 0], [1, 1]]).T.tolist()}; b1 = [-0.5, -1.5]"
    assert explained(kind, text).id == "transposed-weights"


PRODUCTS = Boolean("SAB", r"\bar{S} A \vee S B", products=2)
ONE_UNIT = Network("AB", {"y": "A & B"}, (([[1, 1]], [-1.5]),), hidden=0)
TWO_UNITS = Network("AB", {"y": "A ^ B"}, (([[1, 1], [1, 1]], [-0.5, -1.5]), ([[1, -1]], [-0.5])), hidden=1, at_most=2)


@pytest.mark.parametrize(
    ("kind", "text", "verdict"),
    [
        (PRODUCTS, "(NOT S AND A) OR (S AND B)", "equal"),
        (PRODUCTS, "S\u0304 A ∨ S B", "equal"),
        (PRODUCTS, "((~S&A)|(S&B))", "equal"),
        (PRODUCTS, "A ^ (S & (A ^ B))", "different"),
        (PRODUCTS, "~(~(~S&A) & ~(S&B))", "different"),
        (PRODUCTS, "~S&A | S&B | A&B", "different"),
        (PRODUCTS, "A (~S | B) | S B", "different"),
        (ONE_UNIT, "W1 = [[1, 1]]; b1 = [-1.5]", "equal"),
        (ONE_UNIT, "W1 = [[1, 1]]; b1 = [-1.5]; W2 = [[1]]; b2 = [-0.5]", "different"),
        (ONE_UNIT, "W1 = [[0, 0]]; b1 = [0]; W1 = [[1, 1]]; b1 = [-1.5]", "unreadable"),
        (ONE_UNIT, "W1 = [[1, 1]]; b1 = [-sqrt(-1) - 1.5]", "unreadable"),
        (ONE_UNIT, "W1 = [[1e308, 1e308]]; b1 = [-1.5]", "unreadable"),
        (TWO_UNITS, "W1 = [[1,1],[1,1]]; b1 = [-0.5,-1.5]; W2 = [[1,-1]]; b2 = [-0.5]", "equal"),
        (TWO_UNITS, "W1 = [[1,1],[1,1],[1,1]]; b1 = [-0.5,-1.5,-5]; W2 = [[1,-1,0]]; b2 = [-0.5]", "different"),
        (GROWS, "v = [[1, 2], [0, 0]]; x = [0, 1]; x = [0, 2]", "unreadable"),
        (GROWS, "v = [[1, 2 + sqrt(-1)], [0, 0]]; x = [0, 1]", "unreadable"),
    ],
)
def test_what_is_asked_for_is_all_that_is_right(kind, text: str, verdict: str) -> None:
    assert kind.judge(text).verdict == verdict
