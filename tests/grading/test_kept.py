"""What is kept between answers to one question changes nothing; matrices are proved entry by entry."""

import json

import pytest

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.expr import Expr, apply, entry, total
from derive.calculus.substitute import bracket
from derive.grading import compare as grading
from derive.grading.entries import same_entries, written_out

ROWS, COLUMNS = (Bound(Letter(x), Affine.of(0), Affine.of(2)) for x in ("r", "c"))
X, Y = entry("x"), entry("y")


def at(*place: int) -> Expr:
    first, second = (bracket(Affine.of(b.letter) - k) for b, k in zip((ROWS, COLUMNS), place, strict=True))
    return first * second


def test_entries_are_told_apart_by_their_places() -> None:
    frame = (ROWS, COLUMNS)
    left = at(0, 0) * (X + Y) ** 2 + at(1, 1) * (X / Y)
    assert same_entries(left, at(1, 1) * (X * X) / (X * Y) + at(0, 0) * (X * X + 2 * X * Y + Y * Y), frame)
    assert not same_entries(left, at(0, 0) * (X + Y) ** 2 + at(1, 0) * (X / Y), frame)
    assert not same_entries(left, at(0, 0) * (X + Y) ** 2, frame)
    assert not same_entries(left, left + at(0, 1), frame)
    assert set(written_out(left, [b.letter for b in frame]) or {}) == {(0, 0), (1, 1)}


def test_what_stands_before_a_matrix_is_a_factor_of_every_entry() -> None:
    frame = (ROWS, COLUMNS)
    left, before = at(0, 0) * X + at(1, 1) * (X + Y) ** 2, (X + 1) ** 2 / Y
    assert same_entries(before * left, at(1, 1) * (X + Y) ** 2 * before + at(0, 0) * (X**3 + 2 * X * X + X) / Y, frame)
    assert not same_entries(before * left, left, frame)
    assert not same_entries(
        before * left, at(1, 1) * (X + Y) ** 2 * before + at(0, 0) * (X**3 + 2 * X * X + Y) / Y, frame
    )
    assert not same_entries(entry("a", ROWS.letter) * left, left, frame)


def test_what_hangs_on_an_index_otherwise_is_not_written_out() -> None:
    axes = [ROWS.letter, COLUMNS.letter]
    r, c = (Affine.of(x) for x in axes)
    assert written_out(bracket(r - c) * X, axes) is None
    assert written_out(at(0, 0) * entry("a", r), axes) is None
    assert written_out(total(at(0, 0) * entry("a", "k"), Bound(Letter("k"), Affine.of(0), Affine.of("n"))), axes)
    assert not same_entries(at(0, 0) * apply("exp", X + X), at(0, 0) * apply("exp", X) ** 2, (ROWS, COLUMNS))


REQUESTS = [
    {"reference": r"\begin{pmatrix}(a+1)^2&b\\0&1\end{pmatrix}", "symbols": {"a": {}, "b": {}}},
    {"reference": r"\begin{pmatrix}(a+1)^2&b\\0&1\end{pmatrix}", "symbols": {"a": {"domain": "positive"}, "b": {}}},
    {"reference": "x^2", "symbols": {"x": {}}, "tolerance": {"rel": 1e-3}},
    {"reference": "x^2", "symbols": {"x": {"shape": ["n"]}}},
    {"reference": "4", "symbols": {}, "tolerance": {"rel": 1e-3}},
    {"reference": "4", "symbols": {}},
    {"reference": r"\sum_i x_i", "symbols": {"x": {"shape": ["n"]}}, "where": ["n > 3"]},
]
ANSWERS = [
    r"\begin{pmatrix}a^2+2a+1&b\\0&1\end{pmatrix}", r"\begin{pmatrix}a^2&b\\0&1\end{pmatrix}",
    "x x", "x^3", "4.001", "4", r"x^\top\mathbf{1}_n", "q + x",
]  # fmt: skip


def judged(request: dict, answer: str) -> str:
    verdict = grading.answer_request({**request, "answer": answer, "syntax": "latex"})
    return json.dumps({k: v for k, v in verdict.items() if k != "ms"}, sort_keys=True)


@pytest.mark.parametrize("request_", REQUESTS, ids=range(len(REQUESTS)))
def test_a_verdict_is_the_same_whatever_was_asked_before(request_: dict) -> None:
    alone = []
    for answer in ANSWERS:
        grading._recent.cache_clear()
        alone.append(judged(request_, answer))
    together = [[judged(r, a) for a in ANSWERS] for r in REQUESTS]
    assert together[REQUESTS.index(request_)] == alone
    assert [judged(request_, a) for a in reversed(ANSWERS)] == alone[::-1]
    assert grading._recent.cache_info().hits > 0


def test_a_python_call_may_hold_what_json_cannot() -> None:
    from fractions import Fraction

    found = grading.compare("4", "4.01", tolerance={"rel": Fraction(1, 100)})
    assert found.verdict == "equal"
