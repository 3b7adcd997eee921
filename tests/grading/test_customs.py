"""Customs of writing that a verdict hangs on: long decimals, the plain box, equations where a value is asked."""

import pytest

from derive import compare

X = {"x": {"shape": []}}


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        (r"\pi", "3.14159265358979", "equal"),
        (r"\pi", "3.14159265358978", "different"),
        (r"\pi", "3.1415926535898", "different"),
        (r"\frac{x}{3}", "0.333333333333333 x", "equal"),
        (r"\frac{x}{3}", "0.33333 x", "different"),
    ],
)
def test_a_long_decimal_stands_for_its_last_place(reference, answer, verdict):
    assert compare(reference, answer, symbols=X).verdict == verdict


def test_where_customary_readings_disagree_nobody_is_wrong():
    verdict = compare(r"\frac{x}{2}", "1/2x", syntax="text", symbols=X)
    assert verdict.verdict == "undecided"
    assert len(verdict.readings) == 2
    assert compare("1024", "2^10", syntax="text").verdict == "equal"


@pytest.mark.parametrize("answer", ["1+1=2", "x=x", "3 < 4"])
def test_an_equation_is_no_value(answer):
    verdict = compare("2", answer, symbols=X)
    assert verdict.verdict == "unreadable"
    assert "equation" in verdict.evidence["message"]


def test_a_square_of_a_root_is_the_number_only_where_there_is_a_root():
    assert compare("x", r"\left(\sqrt{x}\right)^2", symbols=X).verdict == "different"
    assert compare("x", r"\sqrt{x}\sqrt{x}", symbols=X).verdict == "different"
    positive = {"x": {"shape": [], "domain": "positive"}}
    assert compare("x", r"\left(\sqrt{x}\right)^2", symbols=positive).verdict == "equal"


DATA = {
    "n": {"shape": [], "domain": "dimension"},
    "m": {"shape": [], "domain": "dimension"},
    "u": {"shape": ["n"]},
    "v": {"shape": ["n"]},
    "P": {"shape": ["n", "m"]},
    "t": {"shape": []},
    "T": {"shape": [], "domain": "positive"},
}


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        (r"\sum_{i=1}^n u_i v_i", r"\sum u_i v_i", "equal"),
        (r"\sum_{i=1}^n u_i v_i", "sum(u_i v_i, i)", "equal"),
        (r"\sum_{i=1}^n u_i v_i", "sum(u_i v_i, t)", "different"),
        (r"\sum_{i=1}^n u_i v_i", r"\sum u_i v_j", "unreadable"),
        (r"\cos(\pi t)", r"\cos\pi t", "equal"),
        (r"\sin(2 \pi t T)", r"\sin 2 \pi t T", "equal"),
        (r"\cos(\pi t/T)", r"\cos\pi t/T", "unreadable"),
        ("t", r"t + \operatorname{sigmoid}(-1000)", "different"),
        (r"\frac1T", r"\frac1T + e^{-1000/T}", "different"),
    ],
)
def test_how_students_write_sums_and_arguments(reference, answer, verdict):
    assert compare(reference, answer, symbols=DATA).verdict == verdict


@pytest.mark.parametrize(
    "answer",
    [
        "P*(P - sum(P*P, 1, keepdims=True))",
        "P*(P - (P*P).sum(-1, keepdim=True))",
        "P*(P - np.sum(P*P, axis=1, keepdims=True))",
        "P*(P - sum(P*P, 1)[:, None])",
    ],
)
def test_arrays_broadcast_where_an_axis_is_named(answer):
    right = "P*(P - np.einsum('ij,ij->i', P, P)[:, None])"
    assert compare(right, answer, reference_syntax="python", symbols=DATA).verdict == "equal"


@pytest.mark.parametrize("answer", ["t with t = 7", "5 if q = 7", "(1, 2) or x = 7", "7 q = 7", "-q = 7"])
def test_only_a_name_falls_away_before_an_equals_sign(answer):
    assert compare("7", answer, symbols=DATA).verdict in ("unreadable", "different")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("(2,5; -2; 1,25)", "unreadable"),
        ("2,5; -2,0; 1,25", "unreadable"),
        ("(2.5; -2; 1.25)", "equal"),
        ("(2.5; -2; 1.5)", "different"),
        ("(2, 5; 2, 0; 1, 2)", "different"),
    ],
)
def test_a_list_with_decimal_commas_is_asked_about(answer, verdict):
    """Read as rows it has another shape; `(1,2; 3,4)` is a matrix where one is asked for."""
    found = compare(r"\begin{pmatrix}5/2\\-2\\5/4\end{pmatrix}", answer, symbols={})
    assert found.verdict == verdict
    assert ("decimal comma" in str(found.evidence)) == (verdict == "unreadable")
    assert compare(r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "(1,2; 3,4)", symbols={}).verdict == "equal"


PAIR = {"y": {"shape": ["K"]}, "delta": {"shape": ["K"], "latex": r"\delta"}, "N": {"shape": [], "domain": "dimension"}}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (r"y_i (\delta_{ik} - y_k)", "equal"),
        (r"y_i (\delta_{i,k} - y_k)", "equal"),
        ("y_i (delta_ik - y_k)", "equal"),
        (r"y_i (1 - y_k) \delta_{ik}", "different"),
        (r"y_i (\delta_i - y_k)", "different"),
        (r"y_i (y_{ik} - y_k)", "unreadable"),
    ],
)
def test_two_letters_below_a_vector_are_kronecker_s_delta_or_too_many(answer, verdict):
    found = compare("y_i ([i = k] - y_k)", answer, symbols=PAIR, free_indices={"i": "K", "k": "K"})
    assert found.verdict == verdict


def test_a_density_is_no_product_of_a_size_and_a_list():
    found = compare("N y_i", r"\mathcal{N}(y_i; 0, 1)", symbols=PAIR, free_indices={"i": "K"})
    assert found.verdict == "unreadable"
    assert "density" in found.evidence["message"]
    assert compare("N y_i", r"\mathcal{N} y_i", symbols=PAIR, free_indices={"i": "K"}).verdict == "equal"


SOLVED = {
    "K": {"shape": ["n", "n"], "domain": "spd"},
    "y": {"shape": ["n"]},
    "v": {"shape": [], "latex": r"\lambda", "domain": "positive"},
}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("(K + lambda I)^(-1) y", "equal"),
        ("(K + lambda*I)^(-1) * y", "equal"),
        ("(K - lambda I)^(-1) y", "different"),
        ("(K + lambda J)^(-1) y", "unreadable"),
    ],
)
def test_the_identity_needs_no_declaration_in_plain_text(answer, verdict):
    assert compare(r"(K + \lambda I)^{-1} y", answer, symbols=SOLVED).verdict == verdict


@pytest.mark.parametrize("mistake", ["e^(-2/9)", "exp(-2/9)", r"e^{-2/9}", "math.exp(-2/9)"])
def test_what_answers_are_compared_with_may_be_typed_as_students_type(mistake):
    assert compare(mistake, "0.80073740291", tolerance={"abs": "1e-6"}).verdict == "equal"
    assert compare(mistake, "0.7", tolerance={"abs": "1e-6"}).verdict == "different"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (r"u + N^\top a", "equal"),
        (r"(u^\top + a^\top N)^\top", "equal"),
        ("u + a.T @ N", "equal"),  # arrays with one axis neither stand nor lie
        (r"u + a^\top N", "different"),
        (r"a^\top N + u", "different"),
        (r"u^\top + N^\top a", "different"),
        (r"u \odot u^\top + N^\top a", "different"),
    ],
)
def test_a_column_and_a_row_have_no_sum_in_either_order(answer, verdict):
    symbols = {"u": {"shape": ["d"]}, "N": {"shape": ["K", "d"]}, "a": {"shape": ["K"]}}
    assert compare(r"u + N^\top a", answer, symbols=symbols).verdict == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (r"\sum_{e=1}^D W_{ce} x_e", "equal"),
        (r"\sum_{e=1}^D W_{c,e} x_e e^{0}", "unreadable"),
        (r"\sum_{e=1}^D e W_{ce} x_e", "unreadable"),
        (r"\sum_{e=1}^D W_{ec} x_e", "different"),
        (r"e^{0} \sum_{j=1}^D W_{cj} x_j", "equal"),
        (r"e \sum_{j=1}^D W_{cj} x_j", "different"),
    ],
)
def test_a_sum_over_e_has_e_in_indices_alone(answer, verdict):
    symbols = {"W": {"shape": ["C", "D"]}, "x": {"shape": ["D"]}}
    found = compare(r"\sum_{j=1}^D W_{c,j} x_j", answer, symbols=symbols, free_indices={"c": "C"})
    assert found.verdict == verdict
