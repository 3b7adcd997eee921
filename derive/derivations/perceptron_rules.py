"""Learning rules of single units: the perceptron as stochastic gradient descent, its convergence, the delta rule."""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.chain import adjoint
from derive.calculus.rules import put, tidy, use
from derive.calculus.rules_common import on_the_right
from derive.calculus.rules_names import by_lemma
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, program, relation

_SHEET = "000_46eee05028ac51b3.txt"
_UNIT = {"w": "n", "x": "n"}
_INPUT = (Bound(Letter("i"), Affine.of(0), Affine.of("n")),)
_SYMBOLS = {
    "n": Symbol((), "dimension", "n", "the number of weights"),
    "w": Symbol(("n",), latex=r"\theta", meaning="the weights"),
    "x": Symbol(("n",), latex="x", meaning="an example"),
}
_SIZES = ({"n": 2}, {"n": 3}, {"n": 5})

_loss = program("a := sum(x[i]*w[i], i); L := relu(-y*a)", shapes={**_UNIT, "y": ""})
perceptron_gradient = Derivation(
    "perceptron-loss-gradient",
    "The gradient of the perceptron's loss",
    subject="linear models",
    statement="The slope of max(0, −y x·θ): −y x on a mistake, and zero where the sign is right.",
    of=_loss,
    wrt="w",
    ideas={"w_bar": ("a_bar",)},
    symbols=_SYMBOLS
    | {
        "y": Symbol((), "pm1", "y", "the label, −1 or 1"),
        "a": Symbol((), "derived", "a", "the activation, x·θ"),
        "L": Symbol((), "derived", "L", "the perceptron's loss"),
    },
    truth={
        "a": lambda torch, x, w: torch.dot(x, w),
        "L": lambda torch, y, a: torch.relu(-y * a),
    },
    settings=_SIZES,
    form="∂L/∂θ_i = -y x_i 1[-y a > 0]",
    assumptions=("x·θ is not 0: the loss has a kink there.",),
    source=f"{_SHEET} 'Perceptron'",
)


def _descended(torch: Any, w: Any, x: Any, y: Any) -> dict[str, Any]:
    """One step of torch.optim.SGD with rate 1."""
    new = w.clone().requires_grad_()
    loss = torch.relu(-y * torch.dot(x, new))
    loss.backward()
    torch.optim.SGD([new], lr=1.0).step()
    return {"v": new.detach(), adjoint("w"): new.grad, "a": torch.dot(x, w)}


perceptron_step = Derivation(
    "perceptron-rule",
    "The perceptron's rule is stochastic gradient descent",
    subject="linear models",
    statement="A step of size 1 against the gradient of the perceptron's loss adds y x to the weights on a mistake.",
    start=relation("v[i] = w[i] - w_bar[i]", shapes={**_UNIT, "v": "n", "w_bar": "n"}, frame=_INPUT),
    opening=Rule("gradient step", "Stochastic gradient descent with rate 1 on one example.", lambda r: r),
    then=(lambda: by_lemma(perceptron_gradient.result, "The gradient of the perceptron's loss (derived above)."),),
    symbols=_SYMBOLS
    | {
        "y": Symbol((), "pm1", "y", "the label, −1 or 1"),
        "a": Symbol((), "derived", "a", "the activation, x·θ"),
        "v": Symbol(("n",), "derived", r"\theta'", "the weights after the step"),
        "L": Symbol((), "derived", "L", "the perceptron's loss"),
    },
    truth=_descended,
    settings=_SIZES,
    form="θ'_i = θ_i + y x_i 1[-y a > 0]",
    source=f"{_SHEET} 'Perceptron'",
    lemmas=(perceptron_gradient,),
)

_SQUARED = program("z := sum(x[i]*w[i], i); L := (y - z)**2", shapes={**_UNIT, "y": ""})
_TARGET = {
    "y": Symbol((), latex="y", meaning="the target"),
    "z": Symbol((), "derived", "z", "the output, x·w"),
}
adaline_gradient = Derivation(
    "adaline-gradient",
    "The gradient of ADALINE's loss",
    subject="linear models",
    statement="The gradient of the squared error of a linear unit: minus twice the error times the input.",
    of=_SQUARED,
    wrt="w",
    ideas={"w_bar": ("z_bar",)},
    symbols=_SYMBOLS | _TARGET | {"L": Symbol((), "derived", "L", "the squared error")},
    truth={
        "z": lambda torch, x, w: torch.dot(x, w),
        "L": lambda torch, y, z: torch.nn.functional.mse_loss(z, y),
    },
    settings=_SIZES,
    form="∂L/∂θ_i = -2 (y - z) x_i",
    source="001_9baaf7fce9703606.txt §1.4.1",
)


def _delta(torch: Any, w: Any, x: Any, y: Any, eta: Any) -> dict[str, Any]:
    """A step of torch.optim.SGD on half the squared error."""
    new = w.clone().requires_grad_()
    (torch.nn.functional.mse_loss(torch.dot(x, new), y) / 2).backward()
    torch.optim.SGD([new], lr=float(eta)).step()
    new = new.detach()
    return {"v": new, "z": torch.dot(x, w), "r": y - torch.dot(x, w), "s": y - torch.dot(x, new), "q": x.square().sum()}


_RATE = {"eta": Symbol((), "positive", r"\eta", "the learning rate")}
_AFTER = {
    "v": Symbol(("n",), "derived", "w'", "the weights after the step"),
    "r": Symbol((), "derived", "e", "the error before the step, y − x·w"),
    "s": Symbol((), "derived", "e'", "the error after the step, y − x·w'"),
    "q": Symbol((), "derived", r"\|x\|^2", "the squared length of the example"),
}
delta_rule = Derivation(
    "delta-rule",
    "What one step of the delta rule leaves of the error",
    subject="linear models",
    statement="A step of the Widrow–Hoff rule multiplies the error on its example by 1 − η‖x‖².",
    start=relation("s = y - sum(x[i]*v[i], i)", shapes={"x": "n", "v": "n"}),
    opening=Rule("error", "The error on the same example after the step.", lambda r: r),
    then=(
        put(
            "v",
            ("i",),
            expression("w[i] + eta*r*x[i]", shapes=_UNIT, letters=("i",)),
            "delta rule",
            "The step goes along the example, as far as the rate times the error: against the gradient of half the "
            "squared error.",
        ),
        multiply_out("Multiply out."),
        use(
            expression("sum(x[i]**2, i)", shapes=_UNIT), expression("q"), "length", "The squared length of the example."
        ),
        use(
            expression("sum(w[i]*x[i], i)", shapes=_UNIT),
            expression("y - r"),
            "error before",
            "The old output is the target less the old error.",
        ),
        on_the_right(tidy("factor", "Both terms have the old error as a factor.", "factor")),
    ),
    symbols=_SYMBOLS | _RATE | _AFTER | {"y": _TARGET["y"]},
    truth=_delta,
    settings=_SIZES,
    form="e' = e (1 - η ‖x‖²)",
    assumptions=("The error shrinks where 0 < η‖x‖² < 2; with η = 1/‖x‖² one step removes it.",),
    source="001_9baaf7fce9703606.txt §1.4.2",
)
