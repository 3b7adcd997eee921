r"""The published answers to Problem Set 03, graded: right where the print is right, and wrong where a witness shows it.

`data/printed_answers.jsonl` holds the answers as they are printed, LaTeX and all. Lines whose id ends in `renamed` have the
problem's letters in place of the source's; `carried-out` is the printed derivative with the differentiation done; `5-operators`
puts the printed "convolving" as the word "convolution". What each line must earn is stated here, and not in the data.
`docs/errata.md` explains the verdicts.
"""

import json
from collections.abc import Callable
from functools import cache
from math import exp, log, prod
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from derive.bank.banks import bank
from derive.bank.grade import grade

LINES = [
    json.loads(line) for line in (Path(__file__).parent / "data/printed_answers.jsonl").read_text("utf-8").splitlines()
]
SHIFTED = "of your answer is not what the definition gives"


class Expected(NamedTuple):
    """What one printed answer must hear: verdict, marks (None while it waits for a person), and words of the feedback."""

    verdict: str
    marks: int | None
    says: tuple[str, ...] = ()


RIGHT_2, RIGHT_3, RIGHT_4 = (Expected("equal", m, ("Right.",)) for m in (2, 3, 4))
RIGHT_1 = Expected("equal", 1, ("Right.",))
WAITS = Expected("unreadable", None, ("A person will look at it",))
OPERATION = Expected("undecided", None, ("may be meant as a convolution", "A person will look at it"))
FROM_0 = Expected("different", 0, (SHIFTED,))
OPEN = Expected("different", 0, ("open: use the question's letters",))
TWO_ENTRIES = Expected("different", 0, ("row 1 column 1, row 2 column 1",))

EXPECTED = {
    "print-3": {"a": RIGHT_2, "b": TWO_ENTRIES},
    "print-3-left-side": {"b": TWO_ENTRIES},
    "print-3-chain": {"b": TWO_ENTRIES},
    "print-3-product-only": {"b": RIGHT_3},
    "print-5": {"d": FROM_0, "e": FROM_0},
    "print-5-right-sides": {"d": OPEN, "e": OPEN},
    "print-5-operators": {"d": OPERATION, "e": OPERATION, "f": WAITS},
    "print-5-renamed": {"d": FROM_0, "e": FROM_0},
    "print-9": {"a": Expected("partly", 1, ("One of the sizes, but not all",)), "b": RIGHT_1, "c": RIGHT_1},
    "print-9-sentence": {"a": WAITS},
    "print-9-working": {"b": RIGHT_1, "c": RIGHT_1},
    "print-10": {"a": RIGHT_4},
    "print-10-right-side": {"a": RIGHT_4},
    "print-12": {"a": WAITS, "b": WAITS},
    "print-12-renamed": {
        "a": RIGHT_4,
        "b": RIGHT_2,
        "c": Expected("partly", 1, ("beyond 1 each step passes the goal",)),
    },
    "print-15.1.3": {"b": RIGHT_3},
    "print-15.1.3-carried-out": {"a": Expected("different", 0, ("weight each $x$ by its density",)), "b": RIGHT_3},
}
CASES = [(line["id"], part) for line in LINES for part in line["answers"] if part in EXPECTED.get(line["id"], {})]


@cache
def results() -> dict[str, dict[str, Any]]:
    problems = bank()
    return {line["id"]: grade(line, problems) for line in LINES}


def marked(problem: str, seed: int, part: str, answer: object) -> dict[str, Any]:
    """The result of one answer that is not in the file."""
    return grade({"problem": problem, "seed": seed, "answers": {part: answer}}, bank())["parts"][part]


def test_every_line_has_its_expectation() -> None:
    assert [line["id"] for line in LINES] == list(EXPECTED)


@pytest.mark.parametrize(("line", "part"), CASES)
def test_a_printed_answer_gets_the_truth(line: str, part: str) -> None:
    result, expected = results()[line]["parts"][part], EXPECTED[line][part]
    assert (result["verdict"], result["marks"]) == expected[:2]
    for words in expected.says:
        assert words in result["feedback"]


def test_an_equation_with_unknown_letters_is_not_credited() -> None:
    # Printed: the derivative of log D(x) + log(1 - D(G(z))) is 0. It is not the functional derivative of V.
    result = results()["print-15.1.3"]["parts"]["a"]
    assert result["verdict"] in ("unreadable", "undecided", "different")
    assert not result["marks"]


@pytest.mark.parametrize("line", EXPECTED)
def test_totals_follow_from_the_parts(line: str) -> None:
    result = results()[line]
    earned = [p["marks"] for p in result["parts"].values()]
    waiting = [name for name, p in result["parts"].items() if p["marks"] is None]
    assert result["marks_so_far"] == sum(m or 0 for m in earned)
    assert result["marks"] == (None if waiting else sum(earned))
    assert result["pending"] == waiting
    assert result["status"] == ("needs a person" if waiting else "graded")
    assert result["student"] == "published solution"


def test_the_wrong_matrix_is_explained_without_the_right_one() -> None:
    part = results()["print-3"]["parts"]["b"]
    assert part["evidence"]["wrong"] == [[1, 1], [2, 1]]
    assert "40" not in part["feedback"]
    assert "6" not in part["feedback"]


# The witnesses, by arithmetic that shares nothing with the suite.

OUTER, INNER = np.array([[1, 1, 1], [0, 8, 4]]), np.array([[0, 1], [4, 4], [2, 1]])
PRINTED_3 = np.array([[4, 6], [32, 36]])


def composed(x1: float, x2: float) -> np.ndarray:
    y = np.array([np.sin(np.pi * x2) / np.pi, np.exp(x1 - 1) * x2**2, x1 * x2])
    return np.array([y.sum(), (y**2).sum()])


def test_the_printed_jacobians_have_another_product() -> None:
    true = OUTER @ INNER
    assert true.tolist() == [[6, 6], [40, 36]]
    assert (np.argwhere(true != PRINTED_3) + 1).tolist() == [[1, 1], [2, 1]]


def test_difference_quotients_side_with_the_product() -> None:
    h = 1e-6
    columns = (composed(1 + h, 2) - composed(1 - h, 2), composed(1, 2 + h) - composed(1, 2 - h))
    np.testing.assert_allclose(np.stack(columns, axis=1) / (2 * h), OUTER @ INNER, atol=1e-6)


def test_the_true_product_earns_full_marks() -> None:
    answer = {"matrix": (OUTER @ INNER).tolist()}
    assert marked("networks/composition_jacobian", 303, "b", answer)["marks"] == 3


X = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 10]])
F, G = np.array([[1, 2], [3, 5]]), np.array([[1, 2], [3, 4]])


def loss(x: np.ndarray, f: np.ndarray) -> int:
    """The sum of G O, where O is the valid cross-correlation: linear in x and in f."""
    return sum(int(G[i, j]) * int((x[i : i + 2, j : j + 2] * f).sum()) for i in range(2) for j in range(2))


def slope(of: Callable[[np.ndarray], int], shape: tuple[int, int]) -> np.ndarray:
    """The exact gradient of a linear function: its values at the unit arrays."""
    found = np.zeros(shape, dtype=int)
    for place in np.ndindex(shape):
        unit = np.zeros(shape, dtype=int)
        unit[place] = 1
        found[place] = of(unit)
    return found


def read(array: np.ndarray, base: int, i: int, j: int) -> int:
    """An entry, with indices that count from ``base``; zero outside."""
    i, j = i - base, j - base
    inside = 0 <= i < array.shape[0] and 0 <= j < array.shape[1]
    return int(array[i, j]) if inside else 0


def printed_filter_gradient(base: int) -> np.ndarray:
    """Σ_i Σ_j G_{i,j} X_{i+m,j+n}, as printed, with every index counted from ``base``."""
    two = range(base, base + 2)
    return np.array(
        [[sum(read(G, base, i, j) * read(X, base, i + m, j + n) for i in two for j in two) for n in two] for m in two]
    )


def printed_input_gradient(base: int) -> np.ndarray:
    """Σ_m Σ_n G_{m,n} F_{i-m,j-n}, as printed, with every index counted from ``base``."""
    two, three = range(base, base + 2), range(base, base + 3)
    return np.array(
        [
            [sum(read(G, base, m, n) * read(F, base, i - m, j - n) for m in two for n in two) for j in three]
            for i in three
        ]
    )


def test_the_printed_convolution_sums_hold_when_counted_from_0() -> None:
    assert printed_filter_gradient(0).tolist() == slope(lambda f: loss(X, f), (2, 2)).tolist() == [[37, 47], [67, 81]]
    true = slope(lambda x: loss(x, F), (3, 3)).tolist()
    assert printed_input_gradient(0).tolist() == true == [[1, 4, 4], [6, 21, 18], [9, 27, 20]]


def test_the_printed_convolution_sums_fail_when_counted_from_1() -> None:
    assert printed_filter_gradient(1).tolist() == [[81, 36], [28, 10]]
    assert printed_input_gradient(1).tolist() == [[0, 0, 0], [0, 1, 4], [0, 6, 21]]


def test_the_full_convolution_turns_the_filter_round() -> None:
    padded = np.pad(G, 1)

    def slid(f: np.ndarray) -> list[list[int]]:
        return [[int((padded[i : i + 2, j : j + 2] * f).sum()) for j in range(3)] for i in range(3)]

    true = slope(lambda x: loss(x, F), (3, 3)).tolist()
    assert slid(F[::-1, ::-1]) == true
    assert slid(F) != true
    assert slid(F)[0][0] == 5


@pytest.mark.parametrize(
    ("part", "answer"),
    [
        ("d", r"\sum_i \sum_j G_{i,j} X_{i+u-1,j+v-1}"),
        ("d", r"\sum_i \sum_j \frac{\partial L}{\partial O_{i,j}} X_{i+u-1,j+v-1}"),
        (
            "d",
            r"\frac{\partial L}{\partial F_{m,n}} = \sum_i \sum_j \frac{\partial L}{\partial O_{i,j}} X_{i+m-1,j+n-1}",
        ),
        ("e", r"\sum_m \sum_n G_{m,n} F_{a-m+1,b-n+1}"),
        (
            "e",
            r"\frac{\partial L}{\partial X_{i,j}} = \sum_m \sum_n \frac{\partial L}{\partial O_{m,n}} F_{i-m+1,j-n+1}",
        ),
    ],
)
def test_the_printed_sums_with_indices_for_counting_from_1_earn_full_marks(part: str, answer: str) -> None:
    assert marked("conv/gradients", 0, part, answer)["marks"] == 3


def test_three_kernel_sizes_give_the_printed_shapes() -> None:
    assert [k for k in range(1, 206) if (205 - k) // 3 + 1 == 66] == [8, 9, 10]
    assert marked("conv/kernel_size", 309, "a", "{8, 9, 10}")["marks"] == 2


@pytest.mark.parametrize(
    ("side", "parameters", "multiplications"),
    [(8, 61_536, 267_632_640), (9, 77_856, 338_722_560), (10, 96_096, 418_176_000)],
)
def test_the_printed_counts_belong_to_a_kernel_of_10(side: int, parameters: int, multiplications: int) -> None:
    assert ((side**2 * 10 + 1) * 96, 66**2 * side**2 * 10 * 96) == (parameters, multiplications)


def test_the_printed_receptive_field_counts_the_inputs() -> None:
    kernels, strides = [3, 2, 4, 3], [2, 3, 1, 2]
    first, last = 0, 0
    for k, s in zip(reversed(kernels), reversed(strides), strict=True):
        first, last = first * s, last * s + k - 1
    printed = kernels[0] + sum((kernels[i] - 1) * prod(strides[:i]) for i in range(1, 4))
    assert last - first + 1 == printed == 35


def left(rate: float, steps: int) -> float:
    """What is left of a unit error after some steps of gradient descent, where rate times curvature is ``rate``."""
    error = 1.0
    for _ in range(steps):
        error -= rate * error
    return error


def test_convergence_alone_does_not_give_the_first_finite_limit() -> None:
    rate = 1.99
    assert abs(1 - rate) < 1
    assert rate * 101 > 200  # η is over 200 times (ρτ)⁻¹
    assert 1 - left(rate, 100) == pytest.approx(0.634, abs=5e-4)
    assert 1 - left(rate, 101) == pytest.approx(1.362, abs=5e-4)


@pytest.mark.parametrize("rate", [0.001, 0.05, 0.3, 0.999, 1.0])
@pytest.mark.parametrize("steps", [1, 2, 7, 40])
def test_both_finite_limits_hold_without_overshooting(rate: float, steps: int) -> None:
    assert 0 <= left(rate, steps) <= exp(-rate * steps)
    assert 1 - left(rate, steps) <= rate * steps + 1e-12


def test_the_printed_unweighted_derivative_gives_another_discriminator() -> None:
    p, q = 3, 1

    def value(d: float) -> float:
        return p * log(d) + q * log(1 - d)

    grid = [k / 1000 for k in range(1, 1000)]
    assert max(grid, key=value) == p / (p + q) == 0.75
    assert max(grid, key=lambda d: log(d) + log(1 - d)) == 0.5
    assert value(0.75) == pytest.approx(-2.249, abs=5e-4)
    assert value(0.5) == pytest.approx(-2.773, abs=5e-4)
