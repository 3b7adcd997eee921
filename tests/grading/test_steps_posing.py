"""Lines that set something to zero, choose a value or put numbers in, and what the lines after them make of it."""

import pytest

from derive.grading.steps import steps

SCALAR = {"shape": []}
POSITIVE = {"shape": [], "domain": "positive"}
UNIT = {"shape": [], "domain": "unit"}


def judged(symbols, given, lines, **fields):
    return steps({"symbols": symbols, "given": given, "lines": list(lines), **fields})["lines"]


def verdicts(symbols, given, *lines, **fields):
    return [line["verdict"] for line in judged(symbols, given, lines, **fields)]


GAME = {"p": POSITIVE, "q": POSITIVE, "D": UNIT}
GAIN = [r"V(D) = p\log D+q\log(1-D)"]
SLOPE = r"V'(D) = \frac{p}{D}-\frac{q}{1-D}"


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\text{Setting this to zero gives } \frac{p}{D}=\frac{q}{1-D}", "follows"),
        (r"\text{Setting this to zero gives } \frac{p}{D}=-\frac{q}{1-D}", "wrong"),
        (r"V'(D) = 0 \iff D = \frac{p}{p+q}", "follows"),
        (r"V'(D) = 0 \iff D = \frac{q}{p+q}", "wrong"),
        (r"\text{At the optimum, } p(1-D) = qD", "follows"),
        (r"\text{At the optimum, } pD = q(1-D)", "wrong"),
    ],
)
def test_a_slope_with_a_prime_is_set_to_zero_as_one_with_a_fraction_is(line, verdict):
    assert verdicts(GAME, GAIN, SLOPE, line) == ["follows", verdict]


def test_what_is_derived_from_a_slope_set_to_zero_is_not_posed_anew():
    symbols, given = {"m": SCALAR, "x": {"shape": ["n"]}}, [r"J = \frac12\sum_{i=1}^n(x_i-m)^2"]
    slope = [r"\frac{dJ}{dm} = -\sum_i(x_i-m)", r"\stackrel{!}{=} 0"]
    right = [r"\implies \sum_ix_i-nm = 0", r"\implies m = \frac1n\sum_ix_i"]
    assert verdicts(symbols, given, *slope, *right) == ["follows"] * 4
    wrong = [r"\implies \sum_ix_i-m = 0", r"\implies m = \sum_ix_i"]
    found = judged(symbols, given, [*slope, *wrong])
    assert [line["verdict"] for line in found] == ["follows", "follows", "wrong", "follows"]
    assert found[3]["evidence"]["from_line"] == 3


@pytest.mark.parametrize("star", [r"m^*", r"\hat m", r"m_{\text{ML}}", r"m_{\mathrm{MLE}}", r"m^\star", r"\widehat{m}"])
def test_the_best_value_has_a_name_and_is_judged(star):
    symbols, given = {"m": SCALAR, "x": {"shape": ["n"]}}, [r"J = \frac12\sum_{i=1}^n(x_i-m)^2"]
    slope = [r"\frac{dJ}{dm} = nm-\sum_ix_i", r"\frac{dJ}{dm} = 0 \iff nm = \sum_ix_i"]
    assert verdicts(symbols, given, *slope, rf"\text{{hence }} {star} = \frac1n\sum_ix_i") == ["follows"] * 3
    assert verdicts(symbols, given, *slope, rf"\text{{hence }} {star} = \frac{{1}}{{n-1}}\sum_ix_i")[-1] == "wrong"
    assert verdicts(symbols, given, *slope, rf"\text{{Let }} {star} = \frac{{1}}{{n-1}}\sum_ix_i")[-1] == "follows"


def test_a_hat_on_what_is_not_solved_for_is_a_new_name():
    symbols = {"w": SCALAR, "x": SCALAR, "y": SCALAR}
    lines = [r"\frac{dJ}{dw} = (wx-y)x", r"\text{Setting it to zero, } wx^2 = xy", r"\text{so } \hat y = wx"]
    assert verdicts(symbols, [r"J = \frac12(wx-y)^2"], *lines) == ["follows"] * 3


def test_the_best_vector_of_a_gradient_without_a_subscript():
    symbols = {"X": {"shape": ["n", "d"]}, "y": {"shape": ["n"]}, "w": {"shape": ["d"]}, "a": POSITIVE}
    lines = [
        r"\nabla J(w) = 2X^\top(Xw-y)+2aw",
        r"\text{Setting the gradient to zero yields } (X^\top X+aI)w = X^\top y",
        r"\text{Since } X^\top X+aI \text{ is positive definite, it is invertible and } w^* = (X^\top X+aI)^{-1}X^\top y",
    ]
    given = [r"J(w) = \|Xw-y\|^2+a\|w\|^2"]
    assert verdicts(symbols, given, *lines) == ["follows"] * 3
    assert verdicts(symbols, given, *lines[:2], lines[2].replace("+aI)^", "+2aI)^"))[-1] == "wrong"


def test_a_wrong_equation_without_a_root_is_carried_on_by_algebra():
    own = SLOPE.replace("-", "+", 1)
    lines = [own, r"\text{Setting this to zero: } \frac{p}{D} = -\frac{q}{1-D}", r"\Rightarrow p(1-D) = -qD"]
    assert verdicts(GAME, GAIN, *lines) == ["wrong", "follows", "follows"]
    assert verdicts(GAME, GAIN, *lines[:2], r"\Rightarrow p(1-D) = -2qD")[-1] == "wrong"


def test_what_rests_on_right_lines_is_right_behind_a_wrong_equation():
    symbols = {"m": SCALAR, "v": POSITIVE, "x": {"shape": ["n"]}}
    given = [r"\ell = -\frac n2\log v-\frac{1}{2v}\sum_{i=1}^n(x_i-m)^2"]
    lines = [
        r"\frac{\partial\ell}{\partial m} = \frac1v\sum_i(x_i-m)",
        r"\text{Setting this to zero, } m = \sum_ix_i",
        r"\frac{\partial\ell}{\partial v} = -\frac{n}{2v}+\frac{1}{2v^2}\sum_i(x_i-m)^2",
        r"\frac{\partial\ell}{\partial v} = 0 \iff nv = \sum_i(x_i-m)^2",
    ]
    assert verdicts(symbols, given, *lines) == ["follows", "wrong", "follows", "follows"]
    assert verdicts(symbols, given, *lines[:3], lines[3].replace("nv", "2nv"))[-1] == "wrong"


MARGIN = [r"J = \frac12\|w\|^2-\sum_{i=1}^n\alpha_i(y_i(w^\top x_i+b)-1)"]
DUAL = {
    **{"w": {"shape": ["d"]}, "x": {"shape": ["n", "d"]}, "y": {"shape": ["n"], "domain": "pm1"}, "b": SCALAR},
    "al": {"shape": ["n"], "domain": "positive", "latex": r"\alpha"},
}


def test_a_second_slope_is_zero_where_the_first_was_set_to_zero():
    lines = [
        r"\nabla_wJ = w-\sum_i\alpha_iy_ix_i",
        r"\text{Setting to zero: } w = \sum_i\alpha_iy_ix_i",
        r"\frac{\partial J}{\partial b} = -\sum_i\alpha_iy_i = 0",
        r"J = \frac12w^\top w-w^\top\sum_i\alpha_iy_ix_i-b\sum_i\alpha_iy_i+\sum_i\alpha_i",
        r"= \frac12w^\top w-w^\top w+\sum_i\alpha_i",
    ]
    assert verdicts(DUAL, MARGIN, *lines) == ["follows"] * 5
    assert verdicts(DUAL, MARGIN, *lines[:4], r"= \frac12w^\top w+w^\top w+\sum_i\alpha_i")[-1] == "wrong"
    assert verdicts(DUAL, MARGIN, lines[0], lines[2])[-1] == "undecided"


def test_a_constraint_may_be_used_and_a_wrong_sum_is_no_constraint():
    symbols = {"p": {"shape": ["K"], "domain": "positive"}, "m": {"shape": [], "latex": r"\lambda"}}
    given = [r"J = -\sum_kp_k\log p_k+\lambda\left(\sum_kp_k-1\right)"]
    lines = [r"\frac{\partial J}{\partial p_k} = -\log p_k-1+\lambda", r"\text{Set this to zero: } p_k = e^{\lambda-1}"]
    assert (
        verdicts(symbols, given, *lines, r"\text{From the constraint, } \sum_kp_k = Ke^{\lambda-1} = 1")
        == ["follows"] * 3
    )
    assert (
        verdicts(symbols, given, *lines, r"\text{From the constraint, } \sum_kp_k = e^{\lambda-1} = 1")[-1] == "wrong"
    )
    symbols, given = {"S": {"shape": ["d", "d"], "domain": "symmetric"}, "u": {"shape": ["d"]}}, []
    symbols["m"], given = {"shape": [], "latex": r"\lambda"}, [r"J = u^\top Su-\lambda(u^\top u-1)"]
    lines = [r"\nabla_uJ = 2Su-2\lambda u", r"\nabla_uJ = 0 \implies Su = \lambda u"]
    assert verdicts(symbols, given, *lines, r"\text{With } u^\top u = 1: u^\top Su = \lambda")[-1] == "follows"
    assert verdicts(symbols, given, *lines, r"\text{With } u^\top u = 2: u^\top Su = \lambda")[-1] != "follows"


def test_a_free_quantity_may_be_chosen_and_data_may_not():
    symbols = {"x": {"shape": ["n"]}, "y": {"shape": ["n"], "domain": "nonzero"}, "t": SCALAR}
    lines = [r"0 \le \|x-ty\|^2", r"= \|x\|^2-2t\,x^\top y+t^2\|y\|^2", r"\text{Choose } t = \frac{x^\top y}{\|y\|^2}"]
    assert verdicts(symbols, [], *lines) == ["follows"] * 3
    taken = [r"J = \|x\|^2-2t\,x^\top y+t^2\|y\|^2", r"\text{Choose } x = ty"]
    assert verdicts(symbols, [r"J = \|x-ty\|^2"], *taken) == ["follows", "wrong"]


STEP = {"a": POSITIVE, "b": POSITIVE, "w": SCALAR}


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ([r"\text{With } a = 0.5,\ b = 2: u = 0"], ["follows"]),
        ([r"\text{With } a = 0.5,\ b = 2: u = w"], ["wrong"]),
        ([r"\text{With } a=0.5, b=1, w=3: u = 1.5", r"\text{with } a=1, b=1, w=3: u = 0"], ["follows", "follows"]),
        ([r"\text{With } a=0.5, b=1, w=3: u = 1.5", r"\frac{du}{dw} = 0.5", "u^2 = 2.25"], ["follows"] * 3),
        ([r"\text{With } a=0.5, b=1, w=3: u = 1.5", r"\frac{du}{dw} = 0.8"], ["follows", "wrong"]),
        ([r"\text{With } a=0.5, b=1: u = 0.5w", "u = 0.5w"], ["follows", "wrong"]),
    ],
)
def test_numbers_that_are_put_in_count_for_their_line_and_for_numbers_after_it(lines, wanted):
    assert verdicts(STEP, [r"u = (1-ab)w"], r"u = w-abw", *lines) == ["follows", *wanted]


def test_a_number_may_be_put_in_for_where_a_sum_ends():
    symbols, given = {"a": POSITIVE}, [r"f = \sum_{k=1}^T a^k"]
    assert (
        verdicts(symbols, given, r"\text{for } T = 3: f = a+a^2+a^3", r"\text{with } T = 2: f = a+a^2")
        == ["follows"] * 2
    )
    found = judged(symbols, given, [r"\text{for } T = 3: f = a+a^2", r"\text{for } T = 2: f = a+a^2"])
    assert [line["verdict"] for line in found] == ["wrong", "follows"]
    assert "carried" not in found[1]["evidence"]


def test_a_recurrence_begins_with_what_is_declared():
    symbols = {"w0": {"shape": [], "latex": "w_0"}, "a": UNIT}
    assert verdicts(symbols, [r"w_{t+1} = (1-a)w_t"], r"\Rightarrow w_t = (1-a)^tw_0") == ["follows"]
    assert verdicts(symbols, [r"w_{t+1} = (1-a)w_t"], r"\Rightarrow w_t = (1-a)^{t-1}w_0") == ["wrong"]


def test_a_reason_that_nothing_says_leaves_the_line_open():
    found = judged({"x": SCALAR}, [], [r"\sqrt{x^2} = x \text{ since } x > 0"])[0]
    assert found["verdict"] == "undecided"
    assert found["evidence"]["message"] == "This holds where $x > 0$, and nothing that is given says that it does."
    assert verdicts({"x": POSITIVE}, [], r"\sqrt{x^2} = x \text{ since } x > 0") == ["follows"]
    assert verdicts({"x": SCALAR}, [], r"\sqrt{x^2} = -x \text{ since } x > 0") == ["wrong"]
    assert verdicts({"x": SCALAR}, [], r"\sqrt{x^2} = x \text{ for } x > 0") == ["follows"]


def test_what_an_arrow_makes_of_a_line_that_could_not_be_read_is_open():
    symbols = {"n": POSITIVE, "v": POSITIVE, "q": SCALAR}
    lines = [
        r"\text{We want } q_{l+1} = nvq_l",
        r"\Rightarrow nv = 1",
        r"\Rightarrow v = \frac1n",
        r"\Rightarrow v = \frac2n",
    ]
    found = judged(symbols, [], lines)
    assert [line["verdict"] for line in found] == ["unreadable", "undecided", "follows", "undecided"]
    assert "carried" not in found[2]["evidence"]


def test_words_about_an_index_or_about_a_formula_claim_nothing():
    symbols = {"g": {"shape": ["m"]}, "w": {"shape": ["k"]}, "x": {"shape": ["n"]}}
    given = [r"y_i = \sum_{u=1}^kw_ux_{i+u-1}", r"g_i = \frac{\partial L}{\partial y_i}"]
    fields = {"free_indices": {"j": "n", "u": "k"}, "where": ["n == m + k - 1"], "out_of_range": "zero"}
    line = r"\frac{\partial L}{\partial x_j} = \sum_{i=1}^mg_iw_{j-i+1}"
    words = r"\text{only } u = j-i+1 \text{ is left, hence}"
    assert verdicts(symbols, given, words, line, **fields) == ["follows"] * 2
    assert verdicts(symbols, given, words, line.replace("j-i", "i-j"), **fields)[-1] == "wrong"


def test_an_identity_matrix_has_the_size_that_fits_beside_each_of_its_neighbours():
    symbols = {"X": {"shape": ["n", "d"]}, "a": POSITIVE}
    line = r"(X^\top X+aI)^{-1}X^\top = X^\top(XX^\top+aI)^{-1}"
    assert verdicts(symbols, [], line) == ["follows"]
    assert verdicts(symbols, [], line.replace("aI", "2aI", 1)) == ["wrong"]
    assert verdicts(symbols, [], line.replace(r"X^\top X", r"XX^\top")) == ["wrong"]


def test_a_row_that_is_transposed_is_a_column():
    symbols = {"X": {"shape": ["n", "d"]}, "r": {"shape": ["n"]}, "w": {"shape": ["d"]}}
    lines = [r"\nabla_w J = \sum_ir_iX_{i,:}^\top", r"= X^\top r"]
    assert verdicts(symbols, [r"J = r^\top Xw"], *lines) == ["follows"] * 2
    assert verdicts(symbols, [r"J = r^\top Xw"], lines[0], r"= -X^\top r")[-1] == "wrong"
    assert (
        verdicts(symbols, [r"J = r^\top Xw"], r"J = \sum_ir_iX_{i,:}w", r"= \sum_ir_iX_{i,:}^\top w") == ["follows"] * 2
    )


def test_a_logarithm_of_a_density_may_be_given():
    symbols, given = {"x": SCALAR, "s": POSITIVE}, [r"\log p(x) = -\frac{x^2}{2s}-\frac12\log s"]
    lines = [r"\frac{d}{dx}\log p(x) = -\frac xs", r"\text{With } x = sz \text{ this becomes } -z"]
    assert verdicts({**symbols, "z": SCALAR}, given, *lines) == ["follows"] * 2
    assert verdicts({**symbols, "z": SCALAR}, given, lines[0], lines[1].replace("-z", "-2z"))[-1] == "wrong"
    assert verdicts(symbols, given, r"\frac{d}{dx}\log p(x) = -\frac{x}{2s}") == ["wrong"]


def test_a_function_of_several_arguments_is_differentiated_by_its_name():
    symbols, given = (
        {"v": {"shape": ["n"]}, "h": {"shape": ["m"]}, "W": {"shape": ["m", "n"]}},
        [r"E(v,h) = -h^\top Wv"],
    )
    assert verdicts(symbols, given, r"\frac{\partial E}{\partial W} = -hv^\top") == ["follows"]
    assert verdicts(symbols, given, r"\frac{\partial E}{\partial W} = hv^\top") == ["wrong"]


def test_the_gradient_of_an_own_expression_is_carried_without_a_subscript_too():
    symbols = {"X": {"shape": ["n", "d"]}, "y": {"shape": ["n"]}, "w": {"shape": ["d"]}}
    lines = [r"J(w) = w^\top X^\top Xw-y^\top Xw+y^\top y", r"\nabla J(w) = 2X^\top Xw-X^\top y"]
    found = judged(symbols, [r"J(w) = \|Xw-y\|^2"], lines)
    assert [line["verdict"] for line in found] == ["wrong", "follows"]
    assert found[1]["evidence"]["from_line"] == 1
    assert verdicts(symbols, [r"J(w) = \|Xw-y\|^2"], lines[0], lines[1].replace("2X", "3X"))[-1] == "wrong"


def test_what_a_right_slope_says_puts_an_own_wrong_one_right():
    symbols = {"p": {"domain": "positive"}, "q": {"domain": "positive"}, "D": {"domain": "unit"}}
    lines = [
        r"\frac{\partial V}{\partial D} = \frac pD+\frac{q}{1-D}",
        r"\text{setting it to zero: } \frac pD = \frac{q}{1-D}",
    ]
    asked = {"id": "s", "symbols": symbols, "given": [r"V = p\log D+q\log(1-D)"]}
    found = steps({**asked, "lines": lines})["lines"]
    assert [line["verdict"] for line in found] == ["wrong", "follows"]
    assert found[1]["evidence"]["corrected"]
    turned = [lines[0], lines[1].replace(r"\frac{q}{1-D}", r"\frac{2q}{1-D}")]
    assert steps({**asked, "lines": turned})["lines"][1]["verdict"] != "follows"
