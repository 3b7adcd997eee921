"""The decision on hand-built expressions: what peers get wrong, and what must stay equal."""

from fractions import Fraction

import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, Cases, Compare, MatrixFunction
from derive.calculus.expr import ONE, ZERO, Expr, apply, entry, expr, power, total
from derive.calculus.substitute import bracket, renew
from derive.grading.balls import State, integer_power
from derive.grading.decide import decide
from tests.grading.helpers import (
    Formula,
    array,
    indicator,
    maximum,
    number,
    over,
    scalars,
    space,
    symbol,
    x,
    z,
)

PI = apply("pi")
ARCTAN_INVERSE = apply("arctan", power(x, -1))

DIFFERENT = {
    "a bump of width 0.002": (x, x + maximum(0, 1 - 1000 * apply("abs", x - number(3, 10))), "nonzero"),
    "a smooth narrow bump": (x, x + maximum(0, 1 - 10**6 * power(x - number(3, 10), 2)), "nonzero"),
    "a Gaussian spike": (x, x + apply("exp", -(10**6) * power(x - number(3, 10), 2)), "real"),
    "a coefficient of 1e-12": (x, x + number(1, 10**12) * x * x, "real"),
    "positive only": (x, power(x * x, Fraction(1, 2)), "real"),
    "one branch only": (x, apply("arctan", apply("tan", x)), "real"),
    "zero on a fine grid": (x, x + apply("sin", 10**6 * PI * x), "real"),
    "zero at integers": (x, x + apply("sin", PI * x), "real"),
    "a pole beside a zero": (x, x * (x - 3) / (x - number(30000001, 10**7)), "nonzero"),
    "the angle's branch": (PI / 2 - apply("arctan", x), ARCTAN_INVERSE, "nonzero"),
    "sharp softplus": (maximum(0, x), number(1, 1000) * apply("log", 1 + apply("exp", 1000 * x)), "real"),
    "smoothed root": (maximum(0, x), (x + power(x * x + number(1, 10**12), Fraction(1, 2))) / 2, "real"),
    "max against x": (maximum(0, x), x, "real"),
    "max against |x|": (maximum(0, x), apply("abs", x), "real"),
    "steep tanh": (apply("sign", x), apply("tanh", 10**6 * x), "nonzero"),
    "hidden 1e-7": (x * x, power(x + 10**10, 2) - 10**20 - 2 * 10**10 * x + number(1, 10**7), "real"),
    "swapped power": (x * x, power(number(2), x), "real"),
    "exponent nearly two": (x * x, power(x, Fraction(20001, 10000)), "real"),
    "1 + e^{-20x}": (1 + apply("exp", -20 * x), ONE, "real"),
    "Adam's epsilon": (x / apply("abs", z), x / (apply("abs", z) + number(1, 10**8)), "real"),
    "log of a negative": (apply("log", x * x), 2 * apply("log", x), "real"),
    "a function is not its derivative": (apply("f", x), apply("f", x, order=1), "real"),
}  # fmt: skip

EQUAL = {
    "removable": (x, x * (x - 3) * power(x - 3, -1), "real"),
    "log of exp": (x, apply("log", apply("exp", x)), "real"),
    "tan of arctan": (x, apply("tan", apply("arctan", x)), "real"),
    "Pythagoras": (x, x * (power(apply("sin", x), 2) + power(apply("cos", x), 2)), "real"),
    "modulus": (maximum(0, x), (x + apply("abs", x)) / 2, "real"),
    "kink": (indicator(">", x, 0), indicator(">=", x, 0), "real"),
    "sign as quotient": (apply("sign", x), x / apply("abs", x), "real"),
    "huge cancellation": (x * x, power(x + 10**10, 2) - 10**20 - 2 * 10**10 * x, "real"),
    "stable cross-entropy": (
        apply("log", 1 + apply("exp", z)) - x * z,
        maximum(z, 0) - z * x + apply("log", 1 + apply("exp", -apply("abs", z))),
        "unit",
    ),
    "branch repaired": (
        PI / 2 - apply("arctan", x),
        expr(Cases(((Compare(">", x, ZERO), ARCTAN_INVERSE), (Compare("<", x, ZERO), PI + ARCTAN_INVERSE)), None)),
        "nonzero",
    ),
    "sigmoid's slope": (
        apply("sigmoid", x, order=1),
        apply("exp", -x) / power(1 + apply("exp", -x), 2),
        "real",
    ),
    "roots of two": (power(number(2), Fraction(1, 2)), 2 / power(number(2), Fraction(1, 2)), "real"),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_peers_mistakes_are_different(name: str) -> None:
    reference, answer, domain = DIFFERENT[name]
    verdict = scalars(reference, answer, domain)
    assert verdict.verdict == "different", verdict
    assert verdict.evidence["reference_value"] != verdict.evidence["answer_value"]


@pytest.mark.parametrize("name", EQUAL)
def test_the_same_in_other_words_is_equal(name: str) -> None:
    reference, answer, domain = EQUAL[name]
    assert scalars(reference, answer, domain).verdict == "equal"


def test_a_difference_only_at_a_kink_is_said() -> None:
    verdict = scalars(indicator(">", x, 0), indicator(">=", x, 0))
    assert "kinks" in str(verdict.evidence)


HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        (apply("floor", x), apply("ceil", x) - 1, "different"),
        (apply("floor", x), -apply("ceil", -x), "equal"),
        (apply("floor", x * x), apply("ceil", x * x - 1), "different"),
        (x, x + apply("floor", 1 / (1 + x * x)), "different"),
        (apply("floor", x + HALF), apply("ceil", x - HALF), "equal"),
        (apply("floor", x + HALF), apply("floor", x), "different"),
    ],
)
def test_floors_are_exact_where_they_jump_and_ties_of_the_nearest_whole_number_are_a_custom(
    reference: Expr, answer: Expr, verdict: str
) -> None:
    assert scalars(reference, answer).verdict == verdict


def test_a_tie_of_discrete_values_is_exact() -> None:
    declared = space(symbol("x", domain="int"))
    verdict = decide(Formula(indicator(">", x, 0)), Formula(indicator(">=", x, 0)), declared)
    assert verdict.verdict == "different"


def v(name: str, *at: str) -> Expr:
    return entry(name, *at)


SQUARE = Formula(power(total(v("x", "i"), over("i", "n")), 2))
DOUBLE = Formula(total(v("x", "i") * v("x", "j"), over("i", "n"), over("j", "n")))
PAIRS = total(v("x", "i") * v("x", "j"), over("i", "n"), over("j", "i"))
SQUARES = total(v("x", "i") * v("x", "i"), over("i", "n"))


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (DOUBLE, "equal"),
        (Formula(SQUARES + 2 * PAIRS), "equal"),
        (Formula(SQUARES + PAIRS), "different"),
        (Formula(SQUARES), "different"),
    ],
)
def test_sums(answer: Formula, verdict: str) -> None:
    assert decide(SQUARE, answer, space(symbol("x", "n"))).verdict == verdict


def inverse(row: str, column: str) -> Expr:
    body = entry("M", "a", "b")
    at = (Affine.of(row), Affine.of(column))
    return renew(expr(MatrixFunction("inv", Letter("a"), Letter("b"), Affine.of("n"), body, at)))


DELTA = bracket(Affine.of("i") - Affine.of("k"))
FRAME = (over("i", "n"), over("k", "n"))


@pytest.mark.parametrize(
    ("body", "domain", "verdict"),
    [
        (total(inverse("i", "q") * v("M", "q", "k"), over("q", "n")), "invertible", "equal"),
        (total(inverse("i", "q") * v("M", "k", "q"), over("q", "n")), "invertible", "different"),
        (total(inverse("i", "q") * v("M", "k", "q"), over("q", "n")), "spd", "equal"),
        (total(v("M", "i", "q") * v("M", "k", "q"), over("q", "n")), "orthogonal", "equal"),
        (total(v("M", "i", "q") * v("M", "k", "q"), over("q", "n")), "symmetric", "different"),
    ],
)
def test_matrix_domains(body: Expr, domain: str, verdict: str) -> None:
    assert (
        decide(array(body, *FRAME), array(DELTA, *FRAME), space(symbol("M", "n", "n", domain=domain))).verdict
        == verdict
    )


def test_orthonormal_columns_get_tall_matrices() -> None:
    columns = array(total(v("M", "q", "i") * v("M", "q", "k"), over("q", "n")), over("i", "m"), over("k", "m"))
    rows = array(total(v("M", "i", "q") * v("M", "k", "q"), over("q", "m")), *FRAME)
    declared = space(symbol("M", "n", "m", domain="orthcols"))
    assert decide(columns, array(DELTA, over("i", "m"), over("k", "m")), declared).verdict == "equal"
    assert decide(rows, array(DELTA, *FRAME), declared).verdict == "different"


def test_shapes_that_agree_only_when_square_clash() -> None:
    first = array(v("W", "i", "i"), over("i", "n"))
    second = array(v("W", "i", "i"), over("i", "m"))
    assert decide(first, second, space(symbol("W", "n", "m"))).evidence["kind"] == "shape"


def shifted(by: int) -> Formula:
    at = Affine.of("t") + Affine.of("u") + by
    return array(total(v("g", "t") * entry("x", at), over("t", "T")), over("u", "k"))


def test_reading_outside_names_the_entry() -> None:
    declared = space(symbol("x", "n"), symbol("g", "T"), where=("n == k + T - 1",))
    late = array(
        total(v("g", "t") * v("x", "u") + 0 * ONE, over("t", "T")) + entry("x", Affine.of("n")),
        over("u", "k"),
    )
    plain = array(total(v("g", "t") * v("x", "u"), over("t", "T")), over("u", "k"))
    verdict = decide(plain, late, declared)
    assert verdict.verdict == "different"
    assert verdict.evidence["outside"].startswith("x[")
    assert decide(shifted(0), shifted(0), declared).verdict == "equal"
    assert decide(shifted(0), shifted(1), declared).verdict == "different"


def test_outside_entries_that_a_zero_factor_hides_do_not_count() -> None:
    i = Affine.of("i")
    guarded = array((1 - bracket(i)) * entry("x", i - 1), over("i", "n"))
    declared = space(symbol("x", "n"))
    low = Bound(Letter("j"), Affine.of(1), i + 1)
    same = array(total(bracket(Affine.of("j") - i) * entry("x", Affine.of("j") - 1), low), over("i", "n"))
    assert decide(same, guarded, declared).verdict == "equal"


def test_binomial_sums_over_letters() -> None:
    top, k = expr(Letter("N")) - 1, expr(Letter("k"))
    low = Formula(2 * total(apply("binomial", top, k), over("k", "d")))
    upper = total(apply("binomial", top, k), Bound(Letter("k"), Affine.of("d"), Affine.of("N")))
    declared = space(symbol("N", domain="posint"), symbol("d", domain="posint"), where=("N > d", "d >= 2"))
    assert decide(low, Formula(power(expr(2), expr(Letter("N"))) - 2 * upper), declared).verdict == "equal"
    assert decide(low, Formula(power(expr(2), expr(Letter("N")))), declared).verdict == "different"


def test_truth_tables_are_proofs() -> None:
    a, b = entry("a"), entry("b")
    declared = space(symbol("a", domain="binary"), symbol("b", domain="binary"))
    exclusive = Formula(indicator("=", a + b, 1))
    assert decide(exclusive, Formula(a + b - 2 * a * b), declared).evidence["by"] == "every case"
    assert decide(exclusive, Formula(indicator(">=", a + b, 1)), declared).verdict == "different"


def test_constraints_between_scalars_that_move() -> None:
    mu, big = entry("mu"), entry("L")
    declared = space(symbol("mu"), symbol("L"), where=("0 < mu < L",))
    assert decide(Formula(apply("abs", mu - big)), Formula(big - mu), declared).verdict == "equal"
    unit = space(symbol("p", domain="unit"), symbol("q", domain="unit"), where=("p + q == 1",))
    assert decide(Formula(1 - entry("p")), Formula(entry("q")), unit).verdict == "equal"


def test_an_interval_literal_is_equal_to_few_digits() -> None:
    third = apply("interval", number(333333333333333333, 10**18), number(1, 10**18))
    verdict = decide(Formula(number(1, 3) * x), Formula(third * x), space(symbol("x")), interval=True)
    assert verdict.verdict == "equal"
    assert verdict.evidence["digits"] < 50


POLYNOMIALS = st.recursive(
    st.sampled_from([x, z, number(2), number(-1, 3)]),
    lambda inner: st.tuples(st.sampled_from("+-*"), inner, inner).map(
        lambda t: t[1] + t[2] if t[0] == "+" else t[1] - t[2] if t[0] == "-" else t[1] * t[2]
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(POLYNOMIALS, st.integers(-9, 9).filter(bool), st.integers(0, 12))
def test_adding_a_term_that_is_not_zero_is_wrong(body: Expr, numerator: int, digits: int) -> None:
    wrong = body + number(numerator, 10**digits) * x
    assert scalars(body, wrong).verdict == "different"


@settings(max_examples=40, deadline=None)
@given(POLYNOMIALS, POLYNOMIALS)
def test_expanding_a_square_is_equal(a: Expr, b: Expr) -> None:
    assert scalars(power(a + b, 2), a * a + 2 * (a * b) + b * b).verdict == "equal"


def test_long_fractions_are_balls_and_long_whole_numbers_stay_exact() -> None:
    state = State()
    powers = [integer_power(state, base, 900) for base in (fmpq(3, 7), fmpq(3))]
    assert [type(p) for p in powers] == [arb, fmpq]
