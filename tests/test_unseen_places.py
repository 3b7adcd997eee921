"""Formulas that are wrong only where few draws look: at larger sizes, on a kink's far side, beside tiny numbers."""

from itertools import product

import pytest
import torch

from derive.testing import check_gradient
from derive.testing.given import BadTest

VECTOR = {"x": ("n",)}


def squares(x):
    return (x**2).sum() / 2


def first_seven(x):
    return (x[:7] ** 2).sum() / 2


def eight_apart(x):
    return sum((x[i] * x[i - 8] for i in range(8, len(x))), 0 * x.sum())


def check(formula, of, given=None, wrt="x", **how):
    return check_gradient(formula, of=of, wrt=wrt, given=given or VECTOR, device="cpu", **how)


@pytest.mark.parametrize(
    ("formula", "of", "right", "smallest"),
    [
        (r"\frac{\partial L}{\partial x_i} = x_i [i \le 7]", squares, False, 8),
        (r"\frac{\partial L}{\partial x_i} = \sum_{j=1}^{9} \delta_{ij} x_j", squares, False, 10),
        ("x_bar[i] = x[i]*[i <= 40]", squares, False, 42),
        (lambda x: torch.cat([x[:25], 0 * x[25:]]), squares, False, 26),
        ("x", squares, True, 0),
        ("x", first_seven, False, 8),
        (r"\frac{\partial L}{\partial x_i} = x_i [i \le 7]", first_seven, True, 0),
        (r"\frac{\partial L}{\partial x_i} = x_{i-8} + x_{i+8}", eight_apart, True, 0),
        (r"\frac{\partial L}{\partial x_i} = x_{i-8}", eight_apart, False, 9),
    ],
)
def test_larger_sizes_and_those_beside_a_typed_number(formula, of, right, smallest):
    report = check(formula, of)
    assert report.ok is right
    if not right:
        assert report.failure[0].sizes == {"n": smallest}


def test_code_that_ends_at_a_size_is_told():
    table = torch.arange(5.0, dtype=torch.float64)
    report = check(r"\frac{\partial L}{\partial x_i} = i - 1", lambda x: (table[: len(x)] * x).sum())
    assert report.ok
    assert report.unseen == ("at n = 17 the code does not run (RuntimeError): nothing is said there",)


def test_sizes_that_are_fixed_stay():
    given = {"X": ("n", "d"), "w": ("d",)}
    report = check("X.sum(axis=0)", lambda X, w: (X @ w).sum(), given, "w", sizes={"d": 3})  # noqa: N803
    assert {s["d"] for s in (*report.sizes, *report.far)} == {3}
    assert max(s["n"] for s in report.far) == 17


@pytest.mark.parametrize(
    ("formula", "right"), [("x", False), (r"\frac{\partial L}{\partial x_i} = x_i [|x_i| < 100]", True)]
)
def test_the_far_side_of_a_clamp_is_drawn(formula, right):
    assert check(formula, lambda x: (x.clamp(-100, 100) ** 2).sum() / 2).ok is right


ROOT = r"\frac{x}{\sqrt{\|x\|^2 + 10^{-12}}}"
OUTSIDE = r"\frac{x}{\|x\| + 10^{-12}}"


@pytest.mark.parametrize(("formula", "right"), [(ROOT, True), (OUTSIDE, False)])
def test_a_tiny_number_in_formula_and_code_is_tried_larger(formula, right):
    report = check(formula, lambda x: torch.sqrt((x**2).sum() + 1e-12))
    assert report.ok is right
    if not right:
        assert "0.0625 in place of 1e-12 in both" in str(report)
        assert "inside the root" in report.explanations[0]


def test_tiny_numbers_that_are_not_the_same_are_left_alone():
    """2e-12 comes from 1e-12 by the chain rule: to put one number for both would be wrong."""
    twice = check("0.000000000002*x", lambda x: 1e-12 * (x**2).sum())
    assert twice.ok
    assert "too small to be seen: 2e-12" in str(twice)


def test_a_size_without_a_derivative_is_told_as_a_constraint():
    with pytest.raises(BadTest, match=r"where=\['n >= 2'\]"):
        check("2/n*(x - x.mean())", lambda x: ((x - x.mean()) ** 2).sum() / (len(x) - 1))


def test_what_cannot_be_differentiated_explains_nothing():
    """Torch refuses the derivative of a loss in its class weights: the message is about the formula."""
    given = {"z": ("n", "k"), "Y": "onehot(n, k)", "c": "positive(k)", "p": "softmax(z)"}
    loss = lambda z, Y, c: torch.nn.functional.cross_entropy(z, Y.argmax(1), weight=c)  # noqa: E731, N803
    assert not check(r"\frac{1}{n} (p - Y)", loss, given, "z").ok


def test_definitions_make_their_tensors_of_64_bits():
    given = {"W": ("n", "n"), "h": {"shape": ("n",), "definition": lambda W: W @ torch.ones(len(W))}}  # noqa: N803
    assert check("outer(h, ones(n)) * 2", lambda W: (W.sum(1) ** 2).sum(), given, "W").ok  # noqa: N803


def test_a_column_where_a_row_is_due():
    given = {"X": ("n", "d"), "w": ("d",), "y": ("n",)}
    loss = lambda X, w, y: ((X @ w - y) ** 2).sum() / 2  # noqa: E731, N803
    said = check(r"\frac{\partial L}{\partial w^\top} = X^\top (Xw - y)", loss, given, "w").explanations
    assert said == ("It matches after a transpose: the left side asks for a row, and the formula is a column.",)


def test_a_term_keeps_its_letters_in_a_message():
    """A term inside of a sum is shown with the sum's letter, not with one more than it."""
    given = {"x": ("n", "d"), "W": ("d", "h"), "a": "x @ W", "G": ("n", "h")}
    formula = r"x^\top (G \odot \sigma(a) \odot (1 - a \odot (1 - \sigma(a))))"
    (said,) = check(formula, lambda x, W: torch.nn.functional.silu(x @ W), given, "W", cotangent="G").explanations  # noqa: N803
    assert said.endswith(r"at the term -a_{k,j} \left(1 - \sigma\left(a_{k,j}\right)\right).")


def test_no_factor_of_one_is_an_explanation():
    nearly = check(r"\frac{x}{\sqrt{\|x\|^2 + 10^{-10}}}", lambda x: torch.sqrt((x**2).sum() + 1e-12))
    assert not nearly.ok
    assert not any("factor 1" in text for text in nearly.explanations)


def test_an_exchange_of_factors_keeps_brackets():
    given = {"z": ("n",), "p": "sigmoid(z)", "g": "positive"}
    with pytest.raises(BadTest) as raised:
        check(r"g (1-p)^g \log p", lambda z, g: torch.sigmoid(z).sum() * g, given, "z")
    assert "1-p)" not in str(raised.value).partition("would fit")[2]


def test_the_smallest_case_of_a_module_has_its_fixed_sizes_alone():
    given = {"W": ("o", "i"), "input": ("n", "i"), "X": "input", "G": ("n", "o")}
    asked = {"of": torch.nn.Linear(5, 4), "given": given, "wrt": "W", "cotangent": "G", "parameters": {"W": "weight"}}
    assert check("-G.T @ X", **asked).failure[0].sizes == {"i": 5, "n": 1, "o": 4}


def all_subsets(x):
    chosen = product((0, 1), repeat=len(x))
    return sum((torch.tensor(c, dtype=x.dtype) * x).sum() ** 2 for c in chosen) / 2 ** len(x)


def test_code_that_goes_over_all_subsets_is_not_asked_for_those_of_far_sizes():
    found = check("x_bar[i] = x[i]/2 + sum(x[j], j)/2", all_subsets)
    assert found.ok
    assert found.far == ()
    assert "larger sizes are not tried" in " ".join(found.unseen)


@pytest.mark.parametrize(
    ("formula", "of", "wrt", "given", "where"),
    [
        (
            r"2(n - p)\,\mathbb{1}\left[\|a-p\| - \|a-n\| + 0.5 > 0\right]",
            lambda a, p, n: torch.clamp(((a - p) ** 2).sum() - ((a - n) ** 2).sum() + 0.5, min=0),
            "a",
            {"a": ("d",), "p": ("d",), "n": ("d",)},
            [],
        ),
        (
            r"\frac{\partial L}{\partial w_u} = \sum_{i=1}^{k-1} G_i x_{i+u-1}",
            lambda x, w: torch.nn.functional.conv1d(x[None, None], w[None, None])[0, 0],
            "w",
            {"x": ("n",), "w": ("k",), "G": ("n-k+1",)},
            ["n >= k"],
        ),
    ],
)
def test_what_fits_at_the_common_draws_alone_mends_nothing(formula, of, wrt, given, where):
    vjp = {"cotangent": "G"} if "G" in given else {}
    report = check_gradient(formula, of=of, wrt=wrt, given=given, where=where, device="cpu", **vjp)
    assert not report.ok
    assert not [text for text in report.explanations if "one term" in text]


class Norm(torch.nn.Module):
    def __init__(self, eps):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(3))
        self.register_buffer("eps", eps)

    def forward(self, x):
        return self.weight * x / (x.pow(2).mean() + self.eps).sqrt()


def global_number(x, weight):
    return weight * x / (x.pow(2).mean() + 1e-12).sqrt()


@pytest.mark.parametrize("eps", ["1e-12", "eps"])
@pytest.mark.parametrize(
    "of", [Norm(torch.tensor(1e-12)), Norm(torch.tensor(1e-12, dtype=torch.float64)), global_number]
)
def test_a_tiny_number_of_a_buffer_or_under_a_name_of_the_formula_alone_is_tried_larger(of, eps):
    given = {"x": (3,), "weight": (3,), "D": (3,), **({"eps": 1e-12} if eps == "eps" else {})}
    how = {"of": of, "wrt": "weight", "given": given, "cotangent": "D", "device": "cpu"}
    assert check_gradient(f"D*x/np.sqrt((x**2).mean() + {eps})", **how).ok
    assert not check_gradient(f"D*x/(np.sqrt((x**2).mean()) + {eps})", **how).ok


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize(
    "definition", [lambda x: x / torch.sqrt((x**2).mean() + 1e-12), "x/np.sqrt((x**2).mean() + 1e-12)"]
)
def test_a_tiny_number_in_a_definition_is_the_same_number(definition, named):
    code = lambda x, eps: x / torch.sqrt((x**2).mean() + eps)  # noqa: E731
    given = {"x": ("n",), "D": ("n",), "h": {"shape": ("n",), "definition": definition}}
    given |= {"eps": 1e-12} if named else {}
    how = {"of": code if named else lambda x: code(x, 1e-12), "wrt": "x", "given": given, "cotangent": "D"}
    eps = "eps" if named else "1e-12"
    assert check_gradient(f"(D - h*(D*h).mean())/np.sqrt((x**2).mean() + {eps})", device="cpu", **how).ok
    assert not check_gradient(f"(D - h*(D*h).mean())/(np.sqrt((x**2).mean()) + {eps})", device="cpu", **how).ok


def test_code_that_does_not_run_is_told_the_shapes_it_was_called_with():
    with pytest.raises(RuntimeError) as error:
        check_gradient(
            "D*x", of=Norm(torch.tensor(1e-5)), wrt="weight", given={"x": ("n",), "D": ("n",)}, cotangent="D"
        )
    assert "Norm was called with weight (3,), x (2,). Letters get sizes of their own" in "".join(error.value.__notes__)
