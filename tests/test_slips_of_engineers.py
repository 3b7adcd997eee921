"""`derive.testing`: slips that formulas in tests have are found, and right formulas pass, however they are written."""

import pytest

from derive.testing import check_gradient
from derive.testing.given import BadTest

torch = pytest.importorskip("torch")
F = torch.nn.functional

SQUARES = {"X": ("n", "d"), "w": ("d",), "y": ("n",)}
STEP = {"m": (), "v": "positive", "lr": 0.01, "eps": 1e-8, "b": 0.9, "t": 3}


def squares(X, w, y):  # noqa: N803
    return ((X @ w - y) ** 2).sum() / 2


def step(m, v, lr, eps, b, t):
    return -lr * (m / (1 - b**t)) / (v.sqrt() + eps)


def told(formula, of, wrt, given, **how):
    report = check_gradient(formula, of=of, wrt=wrt, given=given, device="cpu", **how)
    assert not report.ok
    return " ".join(report.explanations)


@pytest.mark.parametrize(
    ("formula", "right"),
    [
        (r"(X w - y)^\top X", False),
        (r"\nabla_w L = (X w - y)^\top X", False),
        (r"\frac{\partial L}{\partial w^\top} = (X w - y)^\top X", True),
        (r"\frac{\partial L}{\partial w^\top} = X^\top (X w - y)", False),
        (r"\frac{\partial L}{\partial w} = X^\top (X w - y)", True),
        ("(X @ w - y).T @ X", True),  # NumPy's arrays of one axis neither stand nor lie
        ("w_bar[j] = sum((sum(X[i,k]*w[k], k) - y[i])*X[i,j], i)", True),
    ],
)
def test_a_row_is_no_column(formula, right):
    report = check_gradient(formula, of=squares, wrt="w", given=SQUARES, device="cpu")
    assert report.ok is right
    told = "the left side asks for a row" if r"w^\top} = X" in formula else "row where a column is due"
    assert right or told in report.explanations[0]


def test_a_wrong_row_hears_both():
    said = told(r"2 (X w - y)^\top X", squares, "w", SQUARES)
    assert "transpose it" in said
    assert "after a factor 1/2" in said


def test_a_letter_that_is_declared_is_no_constant():
    given = {"r": ("n",), "e": 0.2}
    grown = lambda r, e: ((1 + e) * r**2).sum() / 2  # noqa: E731
    assert check_gradient("r_bar[i] = (1 + e)*r[i]", of=grown, wrt="r", given=given, device="cpu").ok
    euler = lambda r: (torch.e * r**2).sum() / 2  # noqa: E731
    assert check_gradient("r_bar[i] = e*r[i]", of=euler, wrt="r", given={"r": ("n",)}, device="cpu").ok


@pytest.mark.parametrize("formula", ["x_bar[i] = q*x[i]", "q x", lambda x, q: q * x, "q*x"])
def test_a_name_that_nothing_declares_is_named(formula):
    with pytest.raises(BadTest, match=r"\bq\b.* given does not declare"):
        check_gradient(formula, of=lambda x: (x * x).sum(), wrt="x", given={"x": ("n",)}, device="cpu")


def test_definitions_come_in_any_order_and_notation():
    given = {
        "h": "h[i] = (x[i] - m)/s",
        "T": {"shape": ("n",), "definition": lambda h: 2 * h},
        "s": r"s = \sqrt{\frac1n \sum_{i=1}^n (x_i - m)^2}",
        "m": r"m = \frac1n \sum_{i=1}^n x_i",
        "x": ("n",),
    }
    loss = lambda x: F.layer_norm(x, x.shape, eps=0.0).pow(2).sum() + (x * x).sum()  # noqa: E731
    assert check_gradient("s T + 2 m", of=loss, wrt="x", given=given, where=["n >= 2"], device="cpu").ok


def test_a_tiny_number_is_tried_as_a_larger_one():
    wrong, given = "-lr/((1 - b**t)*sqrt(v + eps))", {**STEP, "eps": 1e-14}
    report = check_gradient(wrong, of=step, wrt="m", given=given, device="cpu")
    assert not report.ok
    assert "eps = 0.0625 in place of the given number" in str(report)
    assert "with eps outside the root" in str(report)
    assert check_gradient("-lr/((1 - b**t)*(sqrt(v) + eps))", of=step, wrt="m", given=STEP, device="cpu").ok


def test_code_that_keeps_its_own_epsilon_is_held_to_the_given_one():
    assert check_gradient(
        "m/eps", of=lambda m: (m * m).sum() * 5e3, wrt="m", given={"m": (), "eps": 1e-4}, device="cpu"
    ).ok


def test_integers_stay_integers_in_functions_and_explanations():
    given = {"E": (5, "d"), "at": torch.tensor([1, 3, 1, 0]), "G": (4, "d")}
    looked = lambda E, at, G: (F.embedding(at, E) * G).sum()  # noqa: E731, N803
    right = lambda at, G: torch.zeros(5, G.shape[1]).double().index_add(0, at, G)  # noqa: E731, N803
    assert check_gradient(right, of=looked, wrt="E", given=given, device="cpu").ok
    assert not check_gradient("E_bar[v,c] = sum(G[t,c], t)", of=looked, wrt="E", given=given, device="cpu").ok


def test_what_rounding_leaves_of_a_derivative_that_vanishes_is_no_difference():
    given = {"x": ("n",), "g": ("n",), "G": ("n",), "m": r"\frac1n \sum_{i=1}^n x_i", "h": "(x - m)/s"}
    given |= {"s": r"\sqrt{\frac1n \sum_{i=1}^n (x_i - m)^2 + 0.00001}"}
    normed = lambda x, g: F.layer_norm(x, x.shape, g, eps=1e-5)  # noqa: E731
    how = {"of": normed, "wrt": "x", "given": given, "cotangent": "G", "device": "cpu"}
    for seed in range(4):
        assert check_gradient("(G*g - (G*g).mean() - h*(G*g*h).mean())/s", seed=seed, **how).ok
        assert not check_gradient("(G*g - (G*g).mean() - h*(G*g*h).mean()/1.000001)/s", seed=seed, **how).ok


def test_what_mends_an_inverse_stays_inside_of_it():
    given = {"A": "spd(n, n)"}
    volume = lambda A: torch.logdet(A)  # noqa: E731, N803
    assert not check_gradient("A^{-1} A^{-1}", of=volume, wrt="A", given=given, device="cpu").ok


def test_an_identity_alone_is_as_large_as_the_derivative():
    doubled = {"of": lambda x: 2 * x, "wrt": "x", "given": {"x": ("n",)}, "asks": "jacobian", "device": "cpu"}
    assert check_gradient("2 I", **doubled).ok
    assert not check_gradient("3 I", **doubled).ok


def test_a_range_tells_index_text():
    given = {"w": (), "x": ("n",)}
    power = lambda w, x: sum(w**k * x[k] for k in range(len(x)))  # noqa: E731
    for formula in ("w_bar = sum(k*w**(k-1)*x[k], k = 1..n-1)", "sum(k*w**(k-1)*x[k], k = 1..n-1)"):
        assert check_gradient(formula, of=power, wrt="w", given=given, where=["n >= 2"], device="cpu").ok


class Net(torch.nn.Module):
    """Two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = torch.nn.Linear(3, 4), torch.nn.Linear(4, 2)

    def forward(self, x):
        return self.fc2(torch.tanh(self.fc1(x)))


def test_the_shapes_of_parameters_need_not_be_said():
    given = {"x": ("n", 3), "G": ("n", 2)}
    how = {"of": Net(), "given": given, "cotangent": "G", "device": "cpu"}
    hidden = "np.tanh(x @ fc1_weight.T + fc1_bias)"
    assert check_gradient(f"G.T @ {hidden}", wrt="fc2.weight", **how).ok
    assert check_gradient(f"((G @ fc2_weight) * (1 - {hidden}**2)).sum(axis=0)", wrt="fc1.bias", **how).ok
    named = {"V": "fc2.weight", "W": "fc1.weight", "b": "fc1.bias"}
    assert check_gradient("G.T @ np.tanh(x @ W.T + b)", wrt="V", parameters=named, **how).ok
    with pytest.raises(BadTest, match=r"not fc3_weight; its parameters are fc1.weight, fc1.bias, fc2.weight"):
        check_gradient("G.T @ x", wrt="fc3.weight", **how)


@pytest.mark.parametrize(
    ("formula", "wrt", "said"),
    [
        (r"X^\top (X W - Y", "W", "never closed"),
        (r"Z^\top (X W - Y)", "W", "speaks of Z"),
        (r"X (X W - Y)", "W", r"would fit as X\^\\top"),
        (r"X^\top (X W - Y)", "V", "takes W, X, Y, not V"),
        ("W_bar[i,j] = X[a,i]*W[i,j]", "W", "its left side has i, j alone"),
        ("W_bar[i,j] = sum(X[a,i]*W[i,j], a, k)", "W", "nothing says how far k runs: write it, as in sum"),
    ],
)
def test_what_cannot_be_read_is_told_though_a_shape_is_open(formula, wrt, said):
    given = {"X": ("n", "d"), "Y": ("n", "k")}
    given |= {"W": ("d", "k")} if "bar" in formula else {}
    loss = lambda X, W, Y: ((X @ W - Y) ** 2).sum() / 2  # noqa: E731, N803
    with pytest.raises(BadTest, match=said):
        check_gradient(formula, of=loss, wrt=wrt, given=given, device="cpu")


@pytest.mark.parametrize("left", [r"\partial (W_1)_{ij}", r"\partial [W_1]_{ij}", r"\partial W1_{ij}"])
def test_an_entry_of_a_name_in_brackets_is_a_left_side(left):
    how = {"of": lambda W1: (W1**2).sum(), "wrt": "W1", "given": {"W1": ("n", "m")}, "device": "cpu"}  # noqa: N803
    assert check_gradient(rf"\frac{{\partial L}}{{{left}}} = 2 (W_1)_{{ij}}", **how).ok
    assert not check_gradient(rf"\frac{{\partial L}}{{{left}}} = 2 (W_1)_{{ji}}", **how).ok
