"""The left side of a formula that a test gives: it is the derivative asked for, or counts, or is refused."""

import pytest

from derive.testing import check_gradient
from derive.testing.given import BadTest

torch = pytest.importorskip("torch")

GIVEN = {"X": ("n", "d"), "w": ("d",), "y": ("n",)}
RIGHT, TURNED = r"X^\top(Xw-y)", r"X^\top(y-Xw)"


def squares(X, w, y):  # noqa: N803
    return ((X @ w - y) ** 2).sum() / 2


def checked(formula, **how):
    asked = {"of": squares, "wrt": "w", "given": GIVEN, "device": "cpu", "sizes": {"n": 2, "d": 3}, "draws": 1} | how
    return check_gradient(formula, **asked).ok


@pytest.mark.parametrize(
    "formula",
    [
        rf"\nabla_{{w}} \mathcal{{L}}(w) = {RIGHT}",
        rf"\frac{{dL}}{{dw}} = {RIGHT}",
        rf"\frac{{\partial L}}{{\partial \mathbf{{w}}}} := {RIGHT}",
        rf"\bar{{w}} = {RIGHT}",
        r"(\nabla_w L)_i = \sum_{a=1}^{n} X_{ai} (\sum_{k=1}^{d} X_{ak} w_k - y_a)",
        rf"-\nabla_w L = {TURNED}",
        rf"-\frac{{2}}{{n}} \frac{{\partial L}}{{\partial w}} = \frac{{2}}{{n}} {TURNED}",
        rf"\frac{{\nabla_w L}}{{n}} = \frac{{1}}{{n}} {RIGHT}",
        r"(\nabla_w L)^\top = (Xw-y)^\top X",
        rf"{RIGHT} = \nabla_w L",
        rf"dw = \nabla_w L = {RIGHT} = X^\top X w - X^\top y",
        rf"\[ \nabla_w L = {RIGHT} \]",
        "w_bar = X.T @ (X @ w - y)",
        "-dw = X.T @ (y - X @ w)",
        "-w_bar[j] = sum(X[a,j]*(y[a] - sum(X[a,k]*w[k], k)), a)",
    ],
)
def test_a_multiple_on_the_left_side_is_taken_over(formula):
    assert checked(formula)


@pytest.mark.parametrize(
    "formula",
    [
        rf"-\frac{{\partial L}}{{\partial w}} = {RIGHT}",
        rf"2 \nabla_w L = {RIGHT}",
        rf"\frac{{1}}{{n}} \nabla_w L = {RIGHT}",
        rf"\nabla_w L = X^\top(Xw+y) = {RIGHT}",
        rf"\nabla_w L = {RIGHT} = X^\top(Xw+y)",
        rf"X^\top(Xw+y) = {RIGHT}",
        "X.T @ (X @ w + y) == X.T @ (X @ w - y)",
        "-w_bar[j] = sum(X[a,j]*(sum(X[a,k]*w[k], k) - y[a]), a)",
    ],
)
def test_every_side_is_compared(formula):
    assert not checked(formula)


@pytest.mark.parametrize(
    "left",
    [
        r"\nabla_y L",
        r"\frac{\partial L}{\partial X}",
        r"\frac{\partial L}{\partial v}",
        r"\frac{\partial w}{\partial L}",
        r"\frac{\partial y}{\partial w}",
        r"\frac{\partial^2 L}{\partial w^2}",
        r"\nabla_w^2 L",
        r"\frac{\partial L}{\partial w_1}",
        r"\frac{\partial L}{\partial w}\Big|_{w=0}",
        r"\frac{\partial L}{\partial w}(0)",
        r"X \nabla_w L",
        r"2 \cdot (3 \nabla_w L)",
        r"2 \cdot (-\nabla_w L)",
        r"0 \nabla_w L",
        r"\bar{y}",
        r"\bar{w}_{i+1}",
        r"\Delta w",
        "w",
        "y",
        "L",
        "dX",
        r"\nabla_w L = \frac{\partial L}{\partial r} \frac{\partial r}{\partial w}",
    ],
)
def test_another_left_side_is_refused(left):
    with pytest.raises(BadTest, match=r"the left side|Delta"):
        checked(rf"{left} = {RIGHT}")


@pytest.mark.parametrize("left", ["y_bar", "dX", "y", "L", "2*w_bar", "y_bar[j]"])
def test_another_name_in_code_is_refused(left):
    right = "sum(X[a,j]*(sum(X[a,k]*w[k], k) - y[a]), a)" if "[" in left else "X.T @ (X @ w - y)"
    with pytest.raises(BadTest):
        checked(f"{left} = {right}")


CHAINS = [
    r"\begin{{aligned}} {0} &= {1} \\ &= {2} \end{{aligned}}",
    r"\begin{{align*}} {0} =& {1} \\[2pt] =& {2}. \end{{align*}}",
    r"\begin{{equation}} \begin{{split}} {0} &= {2} \\ &\quad + {1} - ({2}) \end{{split}} \end{{equation}}",
    r"{0} = {1} \\ = {2}",
    r"\[ \begin{{aligned}} {0} = {2} \end{{aligned}} \]",
]


@pytest.mark.parametrize("chain", CHAINS)
def test_a_chain_over_several_lines_is_one(chain):
    other = r"X^\top X w - X^\top y"
    assert checked(chain.format(r"\nabla_w L", RIGHT, other))
    assert checked(chain.format(r"-\nabla_w L", TURNED, r"X^\top y - X^\top X w"))
    assert not checked(chain.format(r"-\nabla_w L", RIGHT, other))
    if "split" not in chain:  # there the last side stands twice, and its two signs cancel
        assert not checked(chain.format(r"\nabla_w L", RIGHT, r"X^\top X w + X^\top y"))


@pytest.mark.parametrize("second", [r"\nabla_y L &= y - Xw", r"r &= Xw - y"])
def test_two_equations_in_an_environment_are_refused(second):
    with pytest.raises(BadTest, match="more than one equation"):
        checked(rf"\begin{{aligned}} \nabla_w L &= {RIGHT} \\ {second} \end{{aligned}}")


def test_a_nabla_without_a_name_is_the_gradient_asked_for():
    assert checked(rf"\nabla L = {RIGHT}")
    assert not checked(rf"\nabla L = {TURNED}")


def test_the_left_side_of_a_hessian_is_one():
    assert checked(r"\nabla_w^2 L = X^\top X", asks="hessian")
    with pytest.raises(BadTest, match=r"is not the hessian in w: write \\nabla_w\^2 L"):
        checked(r"\nabla_w L = X^\top X", asks="hessian")


def test_a_letter_that_nothing_binds_is_told():
    with pytest.raises(BadTest, match="the formula has the free index j"):
        checked("w_bar[a] = sum(X[a,j]*(sum(X[a,k]*w[k], k) - y[a]), a)")


@pytest.mark.parametrize(
    ("left", "right"),
    [(r"W_{1,ij}", "W_{2,ki}"), (r"W_{1,i,j}", "W_{2,k,i}"), (r"(W_1)_{ij}", "(W_2)_{ki}")],
)
def test_the_entry_of_a_layers_matrix(left, right):
    """The layer's number and the letters of an entry share a subscript, with a comma between or not."""
    given = {"x": ("n", "d"), "W_1": ("p", "d"), "W_2": ("o", "p"), "E": ("n", "o")}
    code = lambda x, W_1, W_2, E: (E * (x @ W_1.T @ W_2.T)).sum()  # noqa: E731, N803
    for term, ok in ((right, True), (right.replace("ki", "ik").replace("k,i", "i,k"), False)):
        sums = rf"\sum_{{a=1}}^n \sum_{{k=1}}^{{o}} E_{{ak}} {term} x_{{aj}}"
        formula = rf"\frac{{\partial L}}{{\partial {left}}} = {sums}"
        assert check_gradient(formula, of=code, wrt="W_1", given=given, device="cpu").ok is ok


CONTRAST = {"Q": ("n", "d"), "K": ("n", "d"), "P": "softmax(Q @ K.T)", "q": "Q", "k": "K"}
CLASSES = {"X": ("n", "d"), "W": ("d", "c"), "Y": "onehot(n, c)", "P": "softmax(X @ W)", "w": "W", "x": "X"}
SHARED = {"Q": ("n", "d"), "v": ("d",), "u": ("n",)}


def contrast(Q, K):  # noqa: N803
    return torch.nn.functional.cross_entropy(Q @ K.T, torch.arange(len(Q)), reduction="sum")


def classes(X, W, Y):  # noqa: N803
    return torch.nn.functional.cross_entropy(X @ W, Y, reduction="sum")


@pytest.mark.parametrize(
    ("formula", "of", "wrt", "given", "right"),
    [
        (r"\nabla_{Q_i} L = \sum_{j} P_{ij} K_j - K_i", contrast, "Q", CONTRAST, True),
        (r"\nabla_{Q_i} L = \sum_{j} P_{ji} K_j - K_i", contrast, "Q", CONTRAST, False),
        (r"-\frac{\partial L}{\partial \mathbf{q}_i} = k_i - \sum_{j} P_{ij} k_j", contrast, "Q", CONTRAST, True),
        (r"\bar{q}_i = \sum_{j} (P_{ij} - \mathbb{1}[i = j]) k_j", contrast, "Q", CONTRAST, True),
        (r"\bar{q}_i = \sum_{j} (P_{ij} + \mathbb{1}[i = j]) k_j", contrast, "Q", CONTRAST, False),
        (r"\nabla_{w_j} L = \sum_{i=1}^n (P_{ij} - Y_{ij}) x_i", classes, "W", CLASSES, True),
        (r"\nabla_{w_j} L = \sum_{i=1}^n (P_{ij} - Y_{ij}) P_i", classes, "W", CLASSES, False),
        (r"\nabla_{Q_i} L = v", lambda Q, v: (Q @ v).sum(), "Q", SHARED, True),  # noqa: N803
        (r"\nabla_{Q_i} L = u", lambda Q, u: (u @ Q).sum(), "Q", SHARED, True),  # noqa: N803
        (r"\nabla_{Q_i} L = v", lambda Q, v: (Q @ v).mean(), "Q", SHARED, False),  # noqa: N803
        (r"\nabla_{Q_i} L = v", lambda Q, v: (v @ Q).sum(), "Q", {"Q": ("d", "d"), "v": ("d",)}, False),  # noqa: N803
    ],
)
def test_the_gradient_in_a_row_or_a_column_is_that_of_every_one(formula, of, wrt, given, right):
    assert check_gradient(formula, of=of, wrt=wrt, given=given, device="cpu").ok is right


def test_another_name_of_what_is_differentiated_in_is_one_and_of_another_name_is_none():
    assert check_gradient(r"\nabla_q L = (P - I) K", of=contrast, wrt="Q", given=CONTRAST, device="cpu").ok
    with pytest.raises(BadTest, match="is not the gradient in Q"):
        check_gradient(r"\nabla_k L = (P - I) K", of=contrast, wrt="Q", given=CONTRAST, device="cpu")


def test_a_number_for_every_row_is_no_gradient_in_a_row():
    with pytest.raises(BadTest, match="gives Q 1 index, and its shape has 2: write one letter for each axis"):
        check_gradient(r"\nabla_{Q_i} L = u_i", of=lambda Q, u: (u @ Q).sum(), wrt="Q", given=SHARED, device="cpu")  # noqa: N803


def test_a_row_by_a_small_letter_is_told_how_to_be_declared():
    with pytest.raises(BadTest, match=r"where x_\{i\} is a row of X, write given=\{'x': 'X', …\}"):
        checked(r"\nabla_w L = \sum_{i=1}^n (w^\top x_i - y_i) x_i")


@pytest.mark.parametrize(
    "left",
    [
        r"\frac{\partial}{\partial w} \frac{1}{2} \|Xw - y\|^2",
        r"\nabla_w \left[\tfrac12 \|Xw - y\|^2\right]",
        r"\frac{\partial \log p_\theta(y \mid X)}{\partial w}",
        r"\nabla_{\mathbf{w}} D_{\mathrm{KL}}(q(z | x)\,\|\,p(z))",
        r"\frac{\partial \mathcal{L}_{\text{MSE}}(w; X)}{\partial w}",
        r"\frac{\partial}{\partial w} \mathbb{E}_{q}[\log p(y | w)]",
        r"\frac{\partial \cos(u, v)}{\partial w}",
    ],
)
def test_what_is_differentiated_is_the_codes_value_or_a_name_for_it(left):
    assert checked(rf"{left} = {RIGHT}")
    assert not checked(rf"{left} = {TURNED}")


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (r"\frac{\partial \|Xw - y\|^2}{\partial w}", "is not the value of the code: it is 0"),
        (r"\frac{\partial}{\partial w} \frac12 \|Xw + y\|^2", "is not the value of the code"),
        (r"\frac{\partial Xw}{\partial w}", r"an array of shape \(2,\)"),
        (r"\frac{\partial (-\log p)}{\partial w}", "cannot be read: write one letter"),
        (r"\frac{\partial 2 \log p(y | X)}{\partial w}", "cannot be read: write one letter"),
        (r"\frac{\partial (p(y) + q(y))}{\partial w}", "cannot be read: write one letter"),
        (r"\nabla_w \log p(y) + \log q(y)", "is not the gradient in w"),
        (r"\nabla_X \log p(y | X)", "is not the gradient in w"),
    ],
)
def test_another_value_that_is_differentiated_is_told(left, said):
    with pytest.raises(BadTest, match=said):
        checked(rf"{left} = {RIGHT}")
