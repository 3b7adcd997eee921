"""Scale invariance: a loss that does not see the length of a weight vector pulls at right angles to it."""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.chain import adjoint
from derive.calculus.rules import project, use
from derive.calculus.rules_common import merge_like, on_the_right
from derive.calculus.rules_names import known_as
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Oracle, Symbol
from derive.notation.index_language import expression, program

_WEIGHT = Bound(Letter("j"), Affine.of(0), Affine.of("n"))
unit = program(
    "r := sqrt(sum(w[i]**2, i)); z := sum(w[i]*x[i], i)/r; L := f(z)",
    shapes={"w": "n", "x": "n"},
    functions=("f",),
)
_SYMBOLS = {
    "n": Symbol((), "dimension", "n", "the number of weights"),
    "w": Symbol(("n",), latex="w", meaning="the weights"),
    "x": Symbol(("n",), latex="x", meaning="the inputs"),
    "r": Symbol((), "derived", r"\|w\|", "the length of the weights"),
    "z": Symbol((), "derived", "z", "the pre-activation, w·x/‖w‖"),
    "f": Symbol((), "function", "f", "the rest of the network, any smooth function"),
    "L": Symbol((), "derived", "L", "the loss"),
}
_TRUTH: dict[str, Oracle] = {
    "r": lambda torch, w: torch.linalg.vector_norm(w),
    "z": lambda torch, w, x, r: torch.dot(w, x) / r,
    "L": lambda torch, f, z: f(z),
}
normalised_gradient = Derivation(
    "normalised-weights-gradient",
    "The gradient in weights that are divided by their length",
    subject="normalisation",
    statement="The gradient in the weights of a unit that divides them by their length.",
    of=unit,
    wrt="w",
    letters=("j",),
    ideas={
        "r_bar": ("z_bar",),
        "w_bar": (
            "z_bar",
            "r_bar",
            known_as(unit.definitions[0], "The root is the length."),
        ),
    },
    symbols=_SYMBOLS,
    truth=_TRUTH,
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
    form="∂L/∂w_j = (f'(z) x_j)/‖w‖ - (f'(z) w_j)/‖w‖³ Σ_{i=1}^n w_i x_i",
    assumptions=("w is not 0.",),
    source="000_46eee05028ac51b3.txt 'Weight Normalization'",
)


def _along(torch: Any, f: Any, w: Any, x: Any) -> dict[str, Any]:
    """The slope by torch's own gradient of a unit whose weights torch normalises."""
    slope = torch.func.grad(lambda v: f(torch.dot(torch.nn.functional.normalize(v, dim=0), x)))(w)
    r = torch.linalg.vector_norm(w)
    return {adjoint("w"): slope, "r": r, "z": torch.dot(w, x) / r}


orthogonal = Derivation(
    "scale-invariance-orthogonal",
    "Scale-invariant weights have a gradient at right angles to them",
    subject="normalisation",
    statement="Where only the direction of the weights matters, their gradient has no component along them.",
    start=lambda: normalised_gradient.result,
    opening=Rule("gradient", "The gradient in weights that are divided by their length (derived above).", lambda r: r),
    then=(
        project(expression("w[j]", shapes={"w": "n"}), _WEIGHT, "Multiply by the weights and add up."),
        use(
            expression("sum(w[i]**2, i)", shapes={"w": "n"}),
            expression("r**2"),
            "length",
            "The sum of the squares is the squared length; two powers of it cancel.",
        ),
        on_the_right(merge_like("What is left is the same twice.")),
    ),
    symbols=_SYMBOLS,
    truth=_along,
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
    kind="claim",
    form="Σ_{j=1}^n w_j ∂L/∂w_j = 0",
    assumptions=(
        "w is not 0.",
        "For batch and layer normalisation likewise, where no ε stands under the root: the outputs do not change with ‖w‖.",
    ),
    source="000_46eee05028ac51b3.txt 'Layer Normalization' (BN, LN and WN are scale-invariant)",
    lemmas=(normalised_gradient,),
)
