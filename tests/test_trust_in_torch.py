"""Where autograd loses a derivative that the code has, a right formula is not called wrong, and a wrong one is."""

import pytest

from derive.testing import check_gradient

torch = pytest.importorskip("torch")

LOGISTIC = {"X": ("n", "d"), "w": ("d",), "y": "pm1(n)", "p": "sigmoid(X @ w)"}


def logistic(X, w, y):  # noqa: N803
    return torch.log1p(torch.exp(-y * (X @ w))).mean()


def test_a_second_derivative_that_overflows_in_autograd_is_left_out_and_told():
    how = {"of": logistic, "wrt": "w", "given": LOGISTIC, "asks": "hessian", "device": "cpu"}
    right = check_gradient(r"\frac1n X^\top \operatorname{diag}(p \odot (1-p)) X", **how)
    assert right.ok
    assert "torch's derivative is not the code's, as differences show" in str(right)
    assert not check_gradient(r"X^\top \operatorname{diag}(p \odot (1-p)) X", **how).ok


@pytest.mark.parametrize(
    ("formula", "of", "how"),
    [
        ("2*x", lambda x: (x.clamp(-3, 3) ** 2).sum(), {}),
        ("2*G*x", lambda x: x.clamp(-3, 3) ** 2, {"cotangent": "G"}),
        ("np.diag(2*x)", lambda x: x.clamp(-3, 3) ** 2, {"asks": "jacobian"}),
        ("np.diag(6*x)", lambda x: (x.clamp(-3, 3) ** 3).sum(), {"asks": "hessian"}),
    ],
)
def test_a_formula_that_is_wrong_at_large_inputs_alone_is_still_wrong(formula, of, how):
    given = {"x": ("n",), "G": ("n",)}
    assert not check_gradient(formula, of=of, wrt="x", given=given, device="cpu", **how).ok
