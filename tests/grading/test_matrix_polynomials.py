"""Polynomials in matrices and vectors: numbers commute, ones are counted, roots are kept apart."""

from fractions import Fraction

import pytest

from derive import compare
from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.expr import Expr, entry, expr, power, total
from derive.calculus.facts import Facts
from derive.grading.polynomials import same_polynomials

N = Affine.of("n")
SHAPES = {"A": [N, N], "S": [N, N], "Q": [N, Affine.of("d")], "u": [N], "v": [N], "w": [N], "x": [N]}
DOMAINS = {"S": "symmetric", "Q": "orthcols", "w": "unitvector", "n": "dimension", "d": "dimension"}
FIRST, SECOND, THIRD = (Bound(Letter(x), Affine.of(0), N) for x in "ijk")


def proved(left: Expr, right: Expr, *frame: Bound) -> bool:
    return same_polynomials(left, right, frame, DOMAINS, Facts.of(DOMAINS, SHAPES)) is not None


def test_numbers_are_read_in_either_direction() -> None:
    forth = total(entry("u", "i") * entry("A", "i", "j") * entry("v", "j"), FIRST, SECOND)
    back = total(entry("v", "j") * entry("A", "i", "j") * entry("u", "i"), SECOND, FIRST)
    other = total(entry("u", "i") * entry("A", "j", "i") * entry("v", "j"), FIRST, SECOND)
    assert proved(forth, back)
    assert not proved(forth, other)
    assert proved(*(total(entry("u", "i") * entry("S", *at) * entry("v", "j"), FIRST, SECOND) for at in ("ij", "ji")))


def test_a_sum_over_a_letter_that_stands_nowhere_counts() -> None:
    squares = total(entry("v", "i") ** 2, FIRST)
    assert proved(total(squares, SECOND), N_TIMES * squares)
    assert not proved(total(squares, SECOND), squares)
    assert proved(total(entry("v", "i") - entry("u", "j"), FIRST, SECOND), N_TIMES * (sum_of("v") - sum_of("u")))


N_TIMES = expr(N)


def sum_of(name: str) -> Expr:
    return total(entry(name, "i"), FIRST)


def test_entry_by_entry_is_no_product() -> None:
    assert not proved(entry("u", "i") * entry("v", "i"), entry("u", "i") * entry("v", "i") + 0 * entry("u", "i"), FIRST)
    assert not proved(total(entry("A", "i", "i"), FIRST), total(entry("A", "i", "j"), FIRST, SECOND))
    assert not proved(entry("v", "i"), entry("v", "j"), FIRST, SECOND)
    assert proved(entry("v", "i") + entry("u", "j"), entry("u", "j") + entry("v", "i"), FIRST, SECOND)
    assert not proved(entry("v", "i") + entry("u", "j"), entry("u", "i") + entry("v", "j"), FIRST, SECOND)


def test_a_range_must_be_the_whole_axis() -> None:
    short = Bound(Letter("i"), Affine.of(1), N)
    shifted = Bound(Letter("i"), Affine.of(1), N + 1)
    assert not proved(total(entry("v", "i"), short), sum_of("v"))
    assert proved(total(entry("v", Affine.of("i") - 1), shifted), sum_of("v"))
    assert not proved(
        total(entry("v", Affine.of("i") - 1) * entry("u", "i"), shifted),
        total(entry("v", "i") * entry("u", "i"), FIRST),
    )


def test_orthonormal_columns_are_no_rows() -> None:
    columns = Bound(Letter("c"), Affine.of(0), Affine.of("d"))
    inner = total(entry("Q", "i", "c") * entry("Q", "i", "c"), FIRST, columns)
    projection = total(entry("Q", "i", "c") * entry("Q", "j", "c"), columns)
    assert not proved(projection, expr(1), FIRST, SECOND)
    again = total(entry("Q", "i", "c") * entry("Q", "k", "c"), columns) * total(
        entry("Q", "k", "c") * entry("Q", "j", "c"), columns
    )
    assert proved(total(again, THIRD), projection, FIRST, SECOND)
    assert not proved(inner, N_TIMES)


def test_roots_stay_where_their_sign_is_known() -> None:
    squares, plain = total(entry("v", "i") ** 2, FIRST), sum_of("v")
    half = Fraction(1, 2)
    assert proved(power(power(squares, half), 2), squares)
    assert not proved(power(power(plain, half), 2), plain)
    assert proved(power(squares, -half) * squares, power(squares, half))


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        (r"\|X-XVV^\top\|_F^2", r"\operatorname{tr}(X^\top X)-\operatorname{tr}(V^\top X^\top XV)", "equal"),
        (r"\frac{a^\top a}{a^\top Da}", r"\left(\frac{a^\top Da}{\|a\|^2}\right)^{-1}", "equal"),
        (r"\frac{a^\top a}{a^\top Da}", r"\left(\frac{a^\top D^\top a}{\|a\|}\right)^{-1}", "different"),
        (r"\sum_i(a_i-\frac1n\sum_ja_j)^2", r"a^\top a-\frac1n(\mathbf 1^\top a)^2", "equal"),
        (r"\sum_i(a_i-\frac1n\sum_ja_j)^2", r"a^\top a-\frac1{n^2}(\mathbf 1^\top a)^2", "different"),
    ],
)
def test_answers_get_proofs_or_witnesses(reference: str, answer: str, verdict: str) -> None:
    symbols = {
        "X": {"shape": ["m", "d"]}, "V": {"shape": ["d", "k"], "domain": "orthcols"},
        "a": {"shape": ["n"]}, "D": {"shape": ["n", "n"]},
    }  # fmt: skip
    found = compare(reference, answer, symbols=symbols)
    assert found.verdict in verdict
    if found.verdict == "equal":
        assert found.evidence["kind"] == "proved"
