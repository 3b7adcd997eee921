"""Kinks in somebody's code: draws keep away from them, or both of their sides are compared."""

import pytest

torch = pytest.importorskip("torch")

from derive.testing import assert_gradient, check_gradient  # noqa: E402
from derive.testing.given import BadTest  # noqa: E402
from derive.verify.kinks import course  # noqa: E402

GIVEN = {"x": ("n",)}
STEP_OR_NOT = "x_bar[i] = where(x[i] > 0, 1, 0)"


def relu_sum(x):
    return torch.relu(x).sum()


@pytest.mark.parametrize(
    ("call", "function", "distance"),
    [
        (lambda x: x.relu(), "relu", 0.25),
        (lambda x: torch.nn.functional.relu(x + 0.5), "relu", 0.25),
        (lambda x: x.abs().sum(), "abs", 0.25),
        (lambda x: torch.maximum(x, torch.tensor([-0.25, 0.0])), "maximum", 0.5),
        (lambda x: x.clamp(-1, 0.5), "clamp", 0.25),
        (lambda x: x.clamp(max=0.5), "clamp", 0.25),
        (lambda x: x.max(), "max", 1.0),
        (lambda x: x.amax(dim=0), "amax", 1.0),
        (lambda x: torch.where(x > 0.5, x, x * x), "gt", 0.25),
        (lambda x: torch.nn.L1Loss()(x, torch.tensor([0.0, -0.75])), "l1_loss", 0.0),
    ],
)
def test_the_nearest_kink_is_found(call, function, distance):
    x = torch.tensor([0.25, -0.75], requires_grad=True)
    kink = course(torch, lambda: call(x), x).kink
    assert (kink.function, kink.distance) == (function, pytest.approx(distance))


def test_smooth_code_and_constants_have_no_kink():
    x, mask = torch.ones(3, requires_grad=True), torch.zeros(3)
    assert course(torch, lambda: torch.tanh(x) * torch.relu(mask), x).kink is None


def test_a_draw_on_a_kink_is_drawn_again():
    """Of -5 … 5 one number in eleven is a kink of relu; a formula with the other slope there is still right."""
    given = {"x": "int(n)"}
    other_slope = "x_bar[i] = where(x[i] >= 0, 1, 0)"
    assert assert_gradient(other_slope, of=relu_sum, wrt="x", given=given, sizes={"n": 2}, device="cpu").ok
    report = check_gradient(
        other_slope, of=relu_sum, wrt="x", given=given, sizes={"n": 8}, device="cpu", kinks="exact", draws=5
    )
    assert not report.ok


def test_values_that_are_all_kinks_are_a_bad_test():
    with pytest.raises(BadTest, match=r"relu at its kink.*kinks='both'"):
        check_gradient(STEP_OR_NOT, of=relu_sum, wrt="x", given={"x": torch.zeros(2)}, device="cpu")


@pytest.mark.parametrize(
    ("formula", "right"), [(STEP_OR_NOT, True), ("x_bar[i] = 1", False), ("x_bar[i] = 0*x[i]", False)]
)
def test_both_sides_of_a_declared_kink_are_compared(formula, right):
    report = check_gradient(formula, of=relu_sum, wrt="x", given={"x": torch.zeros(2)}, device="cpu", kinks="both")
    assert report.ok is right


def test_an_unknown_word_for_kinks_is_said():
    with pytest.raises(BadTest, match="none of avoid, both, exact"):
        check_gradient(STEP_OR_NOT, of=relu_sum, wrt="x", given=GIVEN, kinks="skip")


def test_a_parameter_by_its_own_name_needs_no_more_words():
    layer = torch.nn.Linear(3, 2)
    given = {"weight": ("o", "i"), "input": ("n", "i"), "G": ("n", "o")}
    formula = "weight_bar[a,b] = sum(G[k,a]*input[k,b], k)"
    assert assert_gradient(formula, of=layer, wrt="weight", given=given, cotangent="G", device="cpu").ok
