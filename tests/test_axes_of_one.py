"""Axes of length 1 in a formula and in torch's derivative: they are part of the shape, as NumPy and torch have it."""

import pytest

from derive.testing import check_gradient

torch = pytest.importorskip("torch")

FLAT = {"X": ("n", "d"), "w": ("d",), "y": ("n",)}
COLUMNS = {"X": ("n", "d"), "w": ("d", 1), "y": ("n", 1)}
LYING = {"X": ("n", "d"), "b": (1, "d"), "G": ("n", "d")}


def squares(X, w, y):  # noqa: N803
    return ((X @ w - y) ** 2).sum() / 2


def biased(X, b, G):  # noqa: N803
    return ((X + b) * G).sum()


@pytest.mark.parametrize(
    ("formula", "given", "said"),
    [
        ("X.T @ (X @ w - y)", FLAT, ""),
        ("X.T @ (X @ w - y)", COLUMNS, ""),
        (r"X^\top (X w - y)", FLAT, ""),
        (r"X^\top (X w - y)", COLUMNS, ""),
        (r"X^\top r", COLUMNS | {"r": "r = X w - y"}, ""),
        ("X.T @ r", COLUMNS | {"r": "X @ w - y"}, ""),
        ("(X.T @ (X @ w - y))[:, None]", FLAT, "It matches without its axis of length 1."),
        ("(X.T @ (X @ w - y)).reshape(1, -1)", FLAT, "It matches without its axis of length 1."),
        ("(X.T @ (X @ w - y)).ravel()", COLUMNS, "It matches with one axis of length 1 more"),
        (r"(X w - y)^\top X", FLAT, "a row where a column is due"),
        (r"(X w - y)^\top X", COLUMNS, "It matches after a transpose"),
        (r"2 X^\top (X w - y)", COLUMNS, "It matches after a factor 1/2."),
    ],
)
def test_a_vector_is_no_matrix_of_one_column_in_code_and_is_one_in_a_paper(formula, given, said):
    report = check_gradient(formula, of=squares, wrt="w", given=given, device="cpu")
    assert report.ok == (not said)
    assert said in str(report)


@pytest.mark.parametrize(
    ("formula", "right"),
    [
        ("G.sum(axis=0, keepdims=True)", True),
        (r"\mathbf{1}^\top G", True),
        ("G.sum(axis=0)", False),
        (r"G^\top \mathbf{1}", False),
        (r"\frac{1}{n} \mathbf{1}^\top G", False),
    ],
)
def test_a_row_that_is_broadcast_has_a_row_for_a_gradient(formula, right):
    assert check_gradient(formula, of=biased, wrt="b", given=LYING, device="cpu").ok == right


def test_a_matrix_of_one_row_and_column_is_a_number_in_a_paper_alone():
    how = {"of": lambda X, w, y, s: 2 * s * squares(X, w, y), "wrt": "s", "given": COLUMNS | {"s": ()}, "device": "cpu"}  # noqa: N803
    assert check_gradient(r"(Xw - y)^\top (Xw - y)", **how).ok
    assert not check_gradient(r"2 (Xw - y)^\top (Xw - y)", **how).ok
    assert not check_gradient("(X @ w - y).T @ (X @ w - y)", **how).ok


@pytest.mark.parametrize(("number", "right"), [("0.7978845608028654", True), ("0.79788456190286541", False)])
@pytest.mark.parametrize("product", [r"{}\,x", "{}*x"])
def test_a_long_decimal_is_the_number_that_was_typed(number, product, right):
    how = {"of": lambda x: (x * x).sum() * (2 / torch.pi) ** 0.5 / 2, "wrt": "x", "given": {"x": ("n",)}}
    assert check_gradient(product.format(number), device="cpu", **how).ok == right
