"""Generative models: saddle-point gradients and saturation, the two directions of KL, the evidence bound."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules_names import assume, known_as, slope
from derive.calculus.rules_sums import gather
from derive.calculus.rules_terms import multiply_out
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, program

_SHEET = "000_46eee05028ac51b3.txt"
_LOGIT = {
    "a": Symbol((), latex="a", meaning="the discriminator's logit for a generated sample"),
    "D": Symbol((), "derived", "D", "the discriminator's probability that the generated sample is real"),
    "L": Symbol((), "derived", "L", "the generator's loss"),
}
_minimax = program("D := sigmoid(a); L := log(1 - D)")
_other = program("D := sigmoid(a); L := -log(D)")
saturating = Derivation(
    "gan-generator-saturates",
    "The generator's gradient vanishes where the discriminator wins",
    subject="generative",
    statement="The slope of log(1 − D) in the logit is −D: it vanishes where generated samples are told apart.",
    of=_minimax,
    wrt="a",
    ideas={
        "a_bar": ("D_bar", slope(_minimax.definitions[0], "The slope of the sigmoid is D(1 − D); 1 − D cancels.")),
    },
    symbols=_LOGIT,
    truth={
        "D": lambda torch, a: torch.sigmoid(a),
        "L": lambda torch, D: -torch.nn.functional.binary_cross_entropy(D, torch.zeros_like(D)),  # noqa: N803
    },
    settings=({},),
    form="∂L/∂a = -D",
    source=f"{_SHEET} 'Generative Adversarial Networks (GANs)', vanishing gradient; 003_a2d52afd229cfba6.txt §15.1",
)
non_saturating = Derivation(
    "gan-generator-non-saturating",
    "The generator's other loss does not saturate",
    subject="generative",
    statement="The slope of −log D in the logit is −(1 − D): it is largest where generated samples are told apart.",
    of=_other,
    wrt="a",
    ideas={
        "a_bar": ("D_bar", slope(_other.definitions[0], "The slope of the sigmoid is D(1 − D); D cancels.")),
    },
    symbols=_LOGIT,
    truth={
        "D": lambda torch, a: torch.sigmoid(a),
        "L": lambda torch, D: torch.nn.functional.binary_cross_entropy(D, torch.ones_like(D)),  # noqa: N803
    },
    settings=({},),
    form="∂L/∂a = -(1 - D)",
    source="Goodfellow et al.: Generative Adversarial Nets (2014), §3",
)

game = program(
    """
    a[s] := sum(w[i]*x[s, i], i)
    g[s] := sum(w[i]*z[s, i], i)
    D[s] := sigmoid(a[s])
    G[s] := sigmoid(g[s])
    V := sum(log(D[s]), s)/S + sum(log(1 - G[s]), s)/S
    """,
    shapes={"w": "n", "x": "S n", "z": "S n"},
)
_GAME: dict[str, Any] = {
    "subject": "generative",
    "of": game,
    "symbols": {
        "S": Symbol((), "dimension", "S", "the number of samples of each kind"),
        "n": Symbol((), "dimension", "n", "the number of features"),
        "w": Symbol(("n",), latex="w", meaning="the discriminator's weights"),
        "x": Symbol(("S", "n"), latex="x", meaning="the features of real samples"),
        "z": Symbol(("S", "n"), latex="z", meaning="the features of generated samples"),
        "a": Symbol(("S",), "derived", "a", "the logits of real samples"),
        "g": Symbol(("S",), "derived", "g", "the logits of generated samples"),
        "D": Symbol(("S",), "derived", "D", "the discriminator on real samples"),
        "G": Symbol(("S",), "derived", "D'", "the discriminator on generated samples"),
        "V": Symbol((), "derived", "V", "the value of the game"),
    },
    "truth": {
        "a": lambda torch, x, w: torch.mv(x, w),
        "g": lambda torch, z, w: torch.mv(z, w),
        "D": lambda torch, a: torch.sigmoid(a),
        "G": lambda torch, g: torch.sigmoid(g),
        "V": lambda torch, D, G: (  # noqa: N803
            -torch.nn.functional.binary_cross_entropy(D, torch.ones_like(D))
            - torch.nn.functional.binary_cross_entropy(G, torch.zeros_like(G))
        ),
    },
    "settings": ({"S": 2, "n": 3}, {"S": 3, "n": 2}, {"S": 4, "n": 5}),
    "source": f"{_SHEET} 'Generative Adversarial Networks (GANs)', saddle-point problem",
}
_WINS = slope(game.definitions[2], "The slope of the sigmoid is D(1 − D), and σ(a) is D; one factor cancels.")
_LOSES = slope(game.definitions[3], "The slope of the sigmoid is D(1 − D), and σ(g) is D; one factor cancels.")
ascent = Derivation(
    "gan-discriminator-gradient",
    "The discriminator's side of the saddle point",
    statement="The gradient in the weights of a linear discriminator: real features times 1 − D, less generated ones times D.",
    wrt="w",
    ideas={"a_bar": ("D_bar", _WINS), "g_bar": ("G_bar", _LOSES), "w_bar": ("a_bar", "g_bar")},
    form="∂V/∂w_i = 1/S Σ_{s=1}^S x_{s,i} (1 - D_s) - 1/S Σ_{s=1}^S D'_s z_{s,i}",
    **_GAME,
)
descent = Derivation(
    "gan-generator-gradient",
    "The generator's side of the saddle point",
    statement="The gradient in a generated sample: against the weights, and smaller the better it is told apart.",
    wrt="z",
    letters=("s", "i"),
    ideas={"g_bar": ("G_bar", _LOSES), "z_bar": ("g_bar",)},
    form="∂V/∂z_{s,i} = -(D'_s w_i)/S",
    **_GAME,
)

_MODEL = {
    "n": Symbol((), "dimension", "n", "the number of outcomes"),
    "p": Symbol(("n",), "prob", "p", "the data's distribution"),
    "z": Symbol(("n",), latex="z", meaning="the model's logits"),
    "q": Symbol(("n",), "derived", "q", "the model, softmax(z)"),
    "K": Symbol((), "derived", "K", "the divergence"),
}
_SIZES = ({"n": 2}, {"n": 3}, {"n": 5})
_SHAPES = {"p": "n", "z": "n"}
_forward = program("q[i] := exp(z[i])/sum(exp(z[k]), k); K := sum(p[i]*log(p[i]/q[i]), i)", shapes=_SHAPES)
_reverse = program("q[i] := exp(z[i])/sum(exp(z[k]), k); K := sum(q[i]*log(q[i]/p[i]), i)", shapes=_SHAPES)
_NAMED = "An exponential over the sum of all of them is a probability q again."
forward_divergence = Derivation(
    "forward-kl-gradient",
    "Maximum likelihood covers all modes",
    subject="generative",
    statement="The gradient of KL(p‖q) in the model's logits, q − p: where data are missed it pulls with all of p.",
    of=_forward,
    wrt="z",
    letters=("j",),
    ideas={
        "z_bar": (
            "q_bar",
            known_as(_forward.definitions[0], _NAMED),
            assume(
                expression("sum(p[i], i)", shapes={"p": "n"}), expression("1"), "Probabilities add up to 1.", "Σ p = 1."
            ),
        )
    },
    symbols=_MODEL,
    truth={
        "q": lambda torch, z: torch.softmax(z, dim=0),
        "K": lambda torch, p, q: torch.nn.functional.kl_div(torch.log(q), p, reduction="sum"),
    },
    settings=_SIZES,
    form="∂K/∂z_j = q_j - p_j",
    source=f"{_SHEET} 'Why does minimizing Jensen-Shannon divergence work?'",
)
reverse_divergence = Derivation(
    "reverse-kl-gradient",
    "The reverse divergence seeks modes",
    subject="generative",
    statement="The gradient of KL(q‖p) in the model's logits carries the factor q: what the model gives up it never sees.",
    of=_reverse,
    wrt="z",
    letters=("j",),
    ideas={
        "z_bar": (
            "q_bar",
            known_as(_reverse.definitions[0], _NAMED),
            multiply_out("Multiply out."),
            known_as(_reverse.definitions[1], "The mean of the logarithms under q is the divergence itself."),
            assume(
                expression("sum(q[i], i)", shapes={"q": "n"}), expression("1"), "Probabilities add up to 1.", "Σ q = 1."
            ),
            gather("Both terms have the factor q."),
        )
    },
    symbols=_MODEL,
    truth={
        "q": lambda torch, z: torch.softmax(z, dim=0),
        "K": lambda torch, p, q: torch.nn.functional.kl_div(torch.log(p), q, reduction="sum"),
    },
    settings=_SIZES,
    form="∂K/∂z_j = q_j (log(q_j/p_j) - K)",
    source=f"{_SHEET} 'Why does minimizing Jensen-Shannon divergence work?'",
)
