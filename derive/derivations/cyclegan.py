"""CycleGAN: the gradient of the adversarial and the cycle loss in both generators."""

from __future__ import annotations

from typing import Any

from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import program

_LOSS = program(
    """
    y[j] := sum(G[j, k]*x[k], k)
    r[i] := sum(F[i, j]*y[j], j) - x[i]
    a := sum(u[j]*y[j], j)
    L := softplus(-a) + c*sum(abs(r[i]), i)
    """,
    shapes={"G": "m n", "F": "n m", "x": "n", "u": "m"},
)
_CYCLE: dict[str, Any] = {
    "subject": "generative",
    "of": _LOSS,
    "symbols": {
        "n": Symbol(domain="dimension", latex="n", meaning="the size of an example of the first domain"),
        "m": Symbol(domain="dimension", latex="m", meaning="the size of an example of the second"),
        "G": Symbol(("m", "n"), latex="G", meaning="the generator from the first domain to the second, linear"),
        "F": Symbol(("n", "m"), latex="F", meaning="the generator back, linear"),
        "x": Symbol(("n",), latex="x", meaning="an example of the first domain"),
        "u": Symbol(("m",), latex="u", meaning="the weights of the second domain's discriminator"),
        "c": Symbol((), "positive", r"\lambda", "the weight of the cycle"),
        "y": Symbol(("m",), "derived", "y", "what the generator makes of the example"),
        "r": Symbol(("n",), "derived", "r", "what the way back misses the example by"),
        "a": Symbol((), "derived", "a", "the discriminator's logit"),
        "L": Symbol((), "derived", "L", "the loss: log(1 + exp(−a)), and λ times the city-block length of r"),
    },
    "truth": {
        "y": lambda torch, G, x: torch.mv(G, x),  # noqa: N803
        "r": lambda torch, F, y, x: torch.addmv(-x, F, y),  # noqa: N803
        "a": lambda torch, u, y: torch.dot(u, y),
        "L": lambda torch, a, c, r: (
            torch.nn.functional.binary_cross_entropy_with_logits(a, torch.ones_like(a))
            + c * torch.nn.functional.l1_loss(r, torch.zeros_like(r), reduction="sum")
        ),
    },
    "settings": ({"n": 6, "m": 3}, {"n": 7, "m": 2}, {"n": 9, "m": 4}),
    "assumptions": ("No entry comes back exactly as it was: the distance has a kink there.",),
    "source": "002_07d594d59fa09095.txt, Cycle GANs; Zhu et al. (2017)",
}
there = Derivation(
    "cyclegan-generator-gradient",
    "CycleGAN: the gradient in the generator",
    statement="The generator hears the discriminator, and the signs of what the cycle leaves through the way back.",
    wrt="G",
    letters=("j", "k"),
    ideas={"y_bar": ("r_bar", "a_bar"), "G_bar": ("y_bar",)},
    form="∂L/∂G_{j,k} = x_k (λ Σ_{i=1}^n sign(r_i) F_{i,j} - σ(-a) u_j)",
    **_CYCLE,
)
back = Derivation(
    "cyclegan-return-gradient",
    "CycleGAN: the gradient in the generator back",
    statement="The generator back hears the cycle only: the signs of what it leaves, times what it was given.",
    wrt="F",
    letters=("i", "j"),
    ideas={"F_bar": ("r_bar",)},
    form="∂L/∂F_{i,j} = λ sign(r_i) y_j",
    **_CYCLE,
)
