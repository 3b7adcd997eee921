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
        (r"\sum_e W_{ce} x_e", "equal"),
        (r"\sum_{1 \le e \le D} W_{ce} x_e", "equal"),
        (r"\sum_e W_{ce} x_e e^{0}", "unreadable"),
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


DISCOUNT = {"gamma": {"shape": [], "domain": "unit", "latex": r"\gamma"}, "r": X["x"], "b": X["x"]}


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (r"\frac{1}{1-\gamma}\text{ steps}", "steps"),
        ("It is 1/(1-gamma)", "It"),
        ("1 over (1 - gamma)", "over"),
        ("1/(1-Gamma)", "Gamma"),
        (r"\operatorname{lb}\frac{1}{1-\gamma}", "lb"),
        ("1/(1-gamma) bytes", "bytes"),
        (r"\gamma H_n", "H_n"),
        (r"\frac{1}{1-\gamma_{\text{old}}}", r"\gamma_{\text{old}}"),
        (r"\hat r^\top\hat b", r"\hat r"),
        (r"\hat{\gamma}", r"\hat{\gamma}"),
    ],
)
def test_a_word_that_nobody_declares_is_no_factor(answer, word):
    verdict = compare(r"\frac{1}{1-\gamma}", answer, symbols=DISCOUNT)
    assert verdict.verdict == "unreadable"
    assert verdict.evidence["message"] == f"'{word}' is no name that we know here."
    assert answer[verdict.evidence["position"] :].lstrip("{ ").startswith(word)


@pytest.mark.parametrize("answer", [r"\frac{1}{1-\lambda}", "1/(1-g)", r"\frac1{1-gr}"])
def test_a_letter_that_nobody_declares_is_another_value(answer):
    assert compare(r"\frac{1}{1-\gamma}", answer, symbols=DISCOUNT).verdict == "different"


def test_a_word_of_the_right_answer_may_stand_in_an_answer():
    assert compare(r"2\,\mathrm{fanin}", r"\mathrm{fanin}").verdict == "different"


VECTORS = {"a": {"shape": ["d"]}, "p": {"shape": ["d"]}, "x": {"shape": [], "domain": "positive"}}


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        (r"\frac73", r"2\frac13", "unreadable"),
        (r"\frac73", "2⅓", "unreadable"),
        (r"\frac73", r"2\frac23", "different"),
        (r"\frac23", r"2\frac13", "equal"),
        (r"-\frac73 x", r"-2\,\tfrac{1}{3}x", "unreadable"),
        (r"\|a-p\|^2", "|a-p|^2", "unreadable"),
        (r"\|a-p\|^2", "|a-p|", "different"),
        (r"\|a-p\|^2", "abs(a-p)**2", "different"),
        (r"\frac{a}{\|a\|}", r"\frac{a}{|a|}", "unreadable"),
        (r"\frac{a^\top p}{\|a\|\|p\|}", r"\frac{a\cdot p}{|a||p|}", "unreadable"),
        (r"\frac{a^\top p}{\|a\|\|p\|}", r"\frac{a\cdot p}{|a|^2|p|^2}", "different"),
        (r"\operatorname{sign}(a)", r"\frac{a}{|a|}", "equal"),
        (r"\log_2 x", r"\log2\left(x\right)", "unreadable"),
        (r"\log_2 x", r"\log 2x", "different"),
        (r"\log_2 x", r"\log10(x)", "different"),
        (r"\log(2x)", r"\log2(x)", "equal"),
        (r"\log_2 x", "1 log2(x)", "equal"),
        (r"\log_2 x", "1 log10(x)", "different"),
    ],
)
def test_where_only_a_second_reading_is_right_it_is_asked_about(reference, answer, verdict):
    assert compare(reference, answer, symbols=VECTORS).verdict == verdict


@pytest.mark.parametrize("answer", ["= 7/3", "≈ 7/3", r"\Rightarrow \frac73", "→ 7/3", "= x = 7/3", r"2.\overline{3}"])
def test_a_sign_may_lead_up_to_an_answer(answer):
    assert compare(r"\frac73", answer).verdict == "equal"
    assert compare(r"-\frac73", answer).verdict == "different"


@pytest.mark.parametrize("answer", ["< 7/3", "= = 7/3", "2. \\hat{x}"])
def test_a_relation_without_a_left_side_is_no_value(answer):
    assert compare(r"\frac73", answer).verdict == "unreadable"


RIDGE = {
    "X": {"shape": ["n", "d"]},
    "y": {"shape": ["n"]},
    "I": {"shape": ["d", "d"], "domain": "identity"},
    "c": {"shape": [], "domain": "positive"},
}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (r"X^\top(XX^\top + c I_n)^{-1} y", "equal"),
        (r"(X^\top X + c I_d)^{-1} X^\top y", "equal"),
        (r"(X^\top X + c I_{d\times d})^{-1} X^\top y", "equal"),
        (r"(X^\top X + c I_n)^{-1} X^\top y", "different"),
        (r"X^\top(XX^\top - c I_n)^{-1} y", "different"),
    ],
)
def test_a_declared_identity_with_a_size_below_is_an_identity_of_that_size(answer, verdict):
    assert compare(r"(X^\top X + c I)^{-1} X^\top y", answer, symbols=RIDGE).verdict == verdict


def test_an_entry_of_a_declared_identity_stays_an_entry():
    free = {"i": "d", "j": "d"}
    assert compare(r"I_{ij}", "I_{ji}", symbols=RIDGE, free_indices=free).verdict == "equal"
    assert compare(r"I_{ij}", "I_{id}", symbols=RIDGE, free_indices=free).verdict == "different"


@pytest.mark.parametrize(
    ("reference", "answer", "says"),
    [
        (r"\{2, 3, 5\}", "2, 3 and 5", "parted by commas"),
        (r"C \bmod G = 0", "G|C", "b \\bmod a = 0"),
        (r"C \bmod G = 0", r"G \mid C", "b \\bmod a = 0"),
    ],
)
def test_numbers_are_no_conditions(reference, answer, says):
    count = {"shape": [], "domain": "posint"}
    kind = "set" if "{" in reference else None
    verdict = compare(reference, answer, symbols={"C": count, "G": count}, answer_type=kind)
    assert verdict.verdict == "unreadable"
    assert says in verdict.evidence["message"]


@pytest.mark.parametrize(
    ("answer", "verdict", "says"),
    [
        ("W.T@x", "different", "does not fit"),
        ("np.linalg.solve(W, x)", "different", "not square"),
        ("np.foo(W)", "unreadable", "'foo'"),
        ("W.sum(axis=3)", "unreadable", "2 axes"),
        ("W @ x @", "unreadable", "not a Python expression"),
        ("np.dot(W, rate*x)", "unreadable", "'rate'"),
        ("[W[i] @ x for i in range(m)]", "unreadable", "A list like this"),
        ("W x for all n", "unreadable", "for"),
    ],
)
def test_of_code_python_says_what_is_wrong(answer, verdict, says):
    found = compare("Wx", answer, symbols={"W": {"shape": ["m", "n"]}, "x": {"shape": ["n"]}})
    assert found.verdict == verdict
    assert says in found.evidence["message"]


COUNT = {"shape": [], "domain": "posint"}
SIZES = {"n": COUNT, "d": COUNT, "X": {"shape": ["m", "k"]}, "e": {"shape": [], "domain": "positive"}}


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        ("O(n^2 d)", r"\mathcal{O}(d n^2)", "equal"),
        ("O(n^2 d)", "O(5 n^2 d + nd)", "equal"),
        ("O(n^2 d)", "O(n^2 d / 2 - n)", "equal"),
        ("O(n^2 d)", "O(n^2 + d)", "different"),
        ("O(n^2 d)", "O(n d^2)", "different"),
        ("O(n^2 d)", r"O(n^2 d \log n)", "different"),
        ("O(n^2 d)", r"\Omega(n^2 d)", "different"),
        ("O(n^2 d)", "5 n^2 d", "different"),
        (r"O(n \log n)", r"O(n \log_2 n + n)", "equal"),
        (r"O(n \log n)", "O(n^2)", "different"),
        ("O(n^2 + nd)", "O(n(n + 2d))", "equal"),
        ("O(n^2 + nd)", "O(n^2)", "different"),
        ("O(m k^2)", "O(2 m k^2 + m)", "equal"),
        ("O(m k^2)", "O(m^2 k)", "different"),
        ("O(1)", "O(7)", "equal"),
        ("O(n)", "O(n - n^2)", "different"),
        ("O(2^n)", "O(3^n)", "different"),
        ("O(e n)", "O(n)", "different"),
    ],
)
def test_an_order_of_growth_is_that_of_its_fastest_terms(reference, answer, verdict):
    assert compare(reference, answer, symbols=SIZES).verdict == verdict


def test_an_o_that_is_declared_is_a_factor():
    declared = {**SIZES, "O": COUNT}
    assert compare("O(n^2)", "O(2n^2)", symbols=declared).verdict == "different"


POSITIVE = {"shape": [], "domain": "positive"}
WRITTEN = {"v": POSITIVE, "r": {**POSITIVE, "latex": r"\epsilon"}, "s": {**POSITIVE, "latex": r"\lambda"}}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("lam/(np.sqrt(v)+eps)", "equal"),
        ("lam/(sqrt(v) + epsilon)", "equal"),
        ("λ/(√v + eps)", "equal"),
        ("lam/(v + eps)", "different"),
        ("eps/(sqrt(v) + lam)", "different"),
    ],
)
def test_short_names_of_greek_letters_are_those_that_are_written_so(answer, verdict):
    assert compare(r"\frac{\lambda}{\sqrt v+\epsilon}", answer, symbols=WRITTEN).verdict == verdict


def test_what_an_equation_in_a_list_gives_a_value_to_is_no_unknown_name():
    assert compare("6", "c_1 = 6, c_2 = 10").verdict == "different"


@pytest.mark.parametrize("base", [0, 1])
@pytest.mark.parametrize(
    ("under", "begins", "verdict"),
    [
        (r"k\in[E]", None, "equal"),
        (r"j, k\in[E]", None, "equal"),
        (r"e\in[E]", None, "equal"),
        (r"k\in\{1,\dots,E\}", 1, "equal"),
        (r"k\in\{1,2,\dots,E\}", 1, "equal"),
        (r"k\in\{0,\dots,E-1\}", 0, "equal"),
        (r"k\in[E-1]", None, "different"),
        (r"k\in[C]", None, "different"),
        (r"k\in\{1\}", None, "different"),
        (r"k\in\{1,\dots,E-1\}", None, "different"),
        (r"k\in\{1,3,\dots,E\}", None, "unreadable"),
    ],
)
def test_a_sum_over_a_set_of_indices(under, begins, verdict, base):
    letter, delta = under[0], r"\delta_{jk}" if "," in under.split(r"\in")[0] else ""
    symbols = {"W": {"shape": ["E", "C"]}, "x": {"shape": ["E"]}}
    text = rf"\sum_{{{under}}} {delta} W_{{{letter},c}} x_{{{'k' if delta else letter}}}"
    found = compare(r"\sum_k W_{k,c} x_k", text, symbols=symbols, free_indices={"c": "C"}, index_base=base)
    assert found.verdict == (verdict if begins in (None, base) else "different")


@pytest.mark.parametrize("base", [0, 1])
@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (r"\sum_j \sum_{i\in[d]\setminus\{j\}} A_{ij}", "equal"),
        (r"\sum_{i,j} A_{ij} \mathbb 1[i\in[d]\setminus\{j\}]", "equal"),
        (r"\sum_{i,j} A_{ij} \mathbb 1[i\in[d]] - \operatorname{tr} A", "equal"),
        (r"\sum_{i,j} A_{ij} \llbracket i\ne j\rrbracket", "equal"),
        (r"\sum_{i,j} A_{ij} \mathbb 1[i\notin[d]] - \operatorname{tr} A", "different"),
        (r"\sum_{i,j} A_{ij} \mathbb 1[i\in[d-1]] - \operatorname{tr} A", "different"),
        (r"\sum_j \sum_{i\in[d]\setminus\{1\}} A_{ij}", "different"),
        (r"\sum_{i,j} A_{ij} \mathbb 1[i\in S] - \operatorname{tr} A", "unreadable"),
    ],
)
def test_an_index_among_all_up_to_a_size(answer, verdict, base):
    symbols = {"d": {"domain": "dimension"}, "A": {"shape": ["d", "d"]}}
    reference = r"\sum_{i,j} A_{ij} - \sum_i A_{ii}"
    assert compare(reference, answer, symbols=symbols, index_base=base).verdict == verdict
