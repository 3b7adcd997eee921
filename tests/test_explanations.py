"""What a failing formula is told: a factor of sizes or of a term, what is missing, whose derivative it is."""

import numpy as np
import pytest

from derive.testing import check_gradient
from derive.testing.factors import Quantities, constant, factor
from derive.testing.given import BadTest

torch = pytest.importorskip("torch")
F = torch.nn.functional

LAYER = {
    "x": ("n",),
    "g": ("n",),
    "s": r"\sqrt{\frac1n \sum_{i=1}^n x_i^2 - (\frac1n \sum_{i=1}^n x_i)^2}",
    "h": r"(x - \frac1n \sum_{i=1}^n x_i)/s",
}
ATTENTION = {"Q": ("n", "d"), "K": ("m", "d"), "V": ("m", "v"), "A": r"\operatorname{softmax}(Q K^\top / \sqrt{d})"}
FILTER = {"x": ("a",), "w": ("r",), "G": ("a-r+1",)}
RIDGE = {"X": ("n", "d"), "w": ("d",), "y": ("n",), "c": "positive"}
VECTORS = {"u": ("d",), "v": ("d",)}


def normalised(x, g):
    return (g * F.layer_norm(x, x.shape, eps=0.0)).sum()


def attention(Q, K, V):  # noqa: N803
    return torch.softmax(Q @ K.T / K.shape[1] ** 0.5, -1) @ V


def ridge(X, w, y, c):  # noqa: N803
    return ((X @ w - y) ** 2).mean() / 2 + c / 2 * (w @ w)


def entropy(z, y):
    return F.cross_entropy(z, y)


def tempered(q, c):
    return torch.logsumexp(q / c, 0)


def filtered(x, w):
    return F.conv1d(x[None, None], w[None, None])[0, 0]


def hinged(a):
    return torch.relu((a * a).sum() - 2.0)


CASES = {
    "a ratio of sizes": (r"\frac1k (p - y)", entropy, "z", {"z": ("n", "k"), "y": "onehot(n, k)", "p": "softmax(z)"},
                         {}, "after a factor k/n."),
    "a root of a size": ("K_bar[j,c] = sum(A[i,j]*(sum(G[i,e]*V[j,e],e) - sum(A[i,l]*sum(G[i,e]*V[l,e],e),l))*Q[i,c], i)",
                         attention, "K", {**ATTENTION, "G": ("n", "v")}, {"cotangent": "G"}, "after a factor 1/√d."),
    "a scalar": (r"\operatorname{softmax}(q/c)", tempered, "q", {"q": ("d",), "c": "positive"}, {}, "after a factor 1/c."),
    "a size at a term": (r"\frac1s (g - \frac1n \sum_{i=1}^n g_i - h \sum_{i=1}^n g_i h_i)", normalised, "x", LAYER,
                         {"where": ["n >= 3"]}, r"after a factor 1/n at the term -h_{i} \sum_{j=1}^{n} g_{j} h_{j}"),
    "a number at a term": (r"\frac1n X^\top (X w - y) + 2 c w", ridge, "w", RIDGE, {}, "after a factor 1/2 at the term"),
    "a constant of the normal density": (
        r"\frac12 (1 + \operatorname{erf}(\frac{x}{\sqrt2})) + x \odot e^{-x^2/2}", lambda x: F.gelu(x).sum(), "x",
        {"x": ("n",)}, {}, "after a factor 1/√(2π) at the term"),
    "a function that is applied": ("sigmoid(x) + x*(1 - sigmoid(x))", lambda x: F.silu(x).sum(), "x", {"x": ("n",)}, {},
                                   "the missing factor sigmoid(x[i])"),
    "a multiple of a name": (r"\frac{v}{\|u\| \|v\|}", lambda u, v: F.cosine_similarity(u, v, 0), "u", VECTORS, {},
                             "What is missing is a multiple of u"),
    "a name that is not symmetric": ("2 A x", lambda x, A: x @ A @ x, "x", {"x": ("n",), "A": ("n", "n")}, {},  # noqa: N803
                                     "half of the same with the indices of A[i,k] swapped"),
    "an index the other way round": (r"\frac{\partial L}{\partial w_u} = \sum_{i=1}^{a-r+1} G_i x_{i-u+1}", filtered, "w",
                                     FILTER, {"cotangent": "G"}, "the other sign before u in the indices of x"),
    "a condition": ("2 a", hinged, "a", {"a": ("d",)}, {}, "a condition is missing"),
    "a condition inside a sum": (
        r"\sum_{i=1}^n G_i x_i", lambda x, a: F.prelu(x[None], a.reshape(1))[0], "a",
        {"x": ("n",), "a": "unit", "G": ("n",)}, {"cotangent": "G"}, r"the missing factor \mathbb{1}[x_{i} < 0]"),
    "a clip": ("x - y", lambda x, y: F.huber_loss(x, y, reduction="sum"), "x", {"x": ("n",), "y": ("n",)}, {},
               "lies between -1 and 1"),
    "another name": (r"-2 (R - U V^\top)^\top U", lambda U, V, R: ((R - U @ V.T) ** 2).sum(), "U",  # noqa: N803
                     {"U": ("n", "k"), "V": ("m", "k"), "R": ("n", "m")}, {}, "It is the derivative in V, not in U."),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_would_mend_a_formula_is_said(case):
    formula, of, wrt, given, more, said = CASES[case]
    report = check_gradient(formula, of=of, wrt=wrt, given=given, device="cpu", **more)
    assert not report.ok
    assert said in str(report)


def test_a_derivative_that_vanishes_at_the_smallest_sizes_is_shown_where_it_does_not():
    given = {"z": ("n",), "p": "softmax(z)", "G": ("n",)}
    softmax = lambda z: torch.softmax(z, 0)  # noqa: E731
    report = check_gradient(r"p \odot G", of=softmax, wrt="z", given=given, cotangent="G", device="cpu")
    assert report.first.sizes == {"n": 1}
    assert report.failure[0].sizes == {"n": 2}
    assert "at n = 1 it fails too, but torch's derivative is 0 there" in str(report)


def test_a_product_that_does_not_fit_hears_which_transpose_would():
    given = {**ATTENTION, "G": ("n", "v")}
    for formula, said in (("A G", r"A^\top G"), ("A @ G", "A.T @ G")):
        with pytest.raises(BadTest) as error:
            check_gradient(formula, of=attention, wrt="V", given=given, cotangent="G", device="cpu")
        assert str(error.value).endswith(f"It would fit as {said}")
    given = {"A": ("n", "m"), "X": ("m", "k"), "B": ("k", "n")}
    with pytest.raises(BadTest, match=r"It would fit as A\^\\top B\^\\top"):
        check_gradient(r"B^\top A^\top", of=lambda X, A, B: torch.trace(A @ X @ B), wrt="X", given=given)  # noqa: N803


def test_jacobians_and_hessians_entry_by_entry():
    given = {"z": ("n",), "p": "softmax(z)", "y": r"\log(\operatorname{softmax}(z))"}
    softmax = lambda z: torch.log_softmax(z, 0)  # noqa: E731
    right = r"\frac{\partial y_i}{\partial z_j} = \delta_{ij} - p_j"
    assert check_gradient(right, of=softmax, wrt="z", given=given, asks="jacobian", device="cpu").ok
    wrong = right.replace("p_j", "p_i")
    assert not check_gradient(wrong, of=softmax, wrt="z", given=given, asks="jacobian", device="cpu").ok
    quadratic = {"w": ("n",), "A": ("n", "n")}
    second = r"\frac{\partial^2 L}{\partial w_i \partial w_j} = A_{ij} + A_{ji}"
    assert check_gradient(second, of=lambda w, A: w @ A @ w, wrt="w", given=quadratic, asks="hessian", device="cpu").ok  # noqa: N803


def test_an_index_that_nothing_declares_is_named():
    given = {"z": ("n",), "p": "softmax(z)"}
    with pytest.raises(BadTest, match="free index i"):
        check_gradient(
            r"\frac{\partial y_i}{\partial z_j} = \delta_{ij} - p_j",
            of=lambda z: torch.sin(z),
            wrt="z",
            given=given,
            asks="jacobian",
        )
    with pytest.raises(BadTest, match="n is a size; an index needs another name"):
        check_gradient("z_bar[n] = p[n]", of=lambda z: z.sum(), wrt="z", given=given)


def test_what_is_wrong_with_a_python_text_is_said_of_python():
    given = {"x": ("n", "4"), "W_1": ("h", "i"), "H": "tanh(x @ W_1.T)"}
    with pytest.raises(BadTest, match="n×4 matrix times a i×h matrix"):
        check_gradient("H", of=lambda x, W_1: (x @ W_1.T).sum(), wrt="W_1", given=given, device="cpu")  # noqa: N803


@pytest.mark.parametrize(
    ("number", "said"),
    [(-1, "a change of sign"), (2 / 3, "a factor 2/3"), ((2 * np.pi) ** -0.5, "a factor 1/√(2π)"), (3 * np.pi, "a factor 3 π"),
     (-(2**0.5), "a factor -√2"), (0.123456, None), (np.euler_gamma, None)],
)  # fmt: skip
def test_numbers_that_people_write_are_named(number, said):
    assert constant(number) == said


def test_a_factor_is_said_only_where_every_world_has_it():
    of = Quantities.of([{"n": 2}, {"n": 3}, {"n": 5}], [{}, {}, {}])
    assert factor({0: 1 / 2, 1: 1 / 3, 2: 1 / 5}, of) == "a factor 1/n: the code takes a mean, the formula sums"
    assert factor({0: 1 / 2, 1: 1 / 3, 2: 1 / 4}, of) is None
