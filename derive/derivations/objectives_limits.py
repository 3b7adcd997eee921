"""Objectives at their ends: very hot distillation, the optimum with smoothed labels, the noise objective of diffusion."""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import bounded_by
from derive.calculus.rules import put, use
from derive.calculus.rules_common import take_out
from derive.calculus.rules_logarithms import tidy_arguments
from derive.calculus.rules_sums import join_logarithms
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol, axes
from derive.derivations.diffusion import noise_form
from derive.derivations.ensembles import distillation
from derive.derivations.preferences import label_smoothing
from derive.notation.index_language import expression, relation

_CLASSES = {"z": "C", "v": "C", "p": "C", "q": "C", "D": "C"}


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _heated(torch: Any, z: Any, v: Any, s: Any) -> dict[str, Any]:
    """The slope in s = 1/T of the difference of the two soft outputs, by torch's Jacobian."""
    slope = torch.func.jacrev(lambda at: torch.softmax(at * z, 0) - torch.softmax(at * v, 0))(s)
    return {"p": torch.softmax(s * z, 0), "q": torch.softmax(s * v, 0), "D": slope}


def _hottest(torch: Any, z: Any, v: Any) -> dict[str, Any]:
    return _heated(torch, z, v, torch.zeros((), dtype=z.dtype))


hot_distillation = Derivation(
    "distillation-high-temperature",
    "Distillation at a high temperature matches logits",
    subject="regularisation",
    statement="T² times distillation's gradient tends to the difference of the logits, less its mean, over the classes.",
    start=relation(
        "D[j] = p[j]*(z[j] - sum(p[k]*z[k], k)) - q[j]*(v[j] - sum(q[k]*v[k], k))", shapes=_CLASSES, frame=axes(j="C")
    ),
    opening=_by(
        "slope at 1/T = 0",
        "T² times the gradient is T(p − q) (derived above). With s = 1/T that is (p − q)/s, whose limit is the slope of p − q "
        "in s, by the Jacobian of the softmax.",
    ),
    then=(
        put("p", ("j",), expression("1/C", letters=("C",)), "very hot", "At s = 0 the student is uniform.", "s = 0."),
        put("q", ("j",), expression("1/C", letters=("C",)), "very hot", "So is the teacher.", "s = 0."),
        take_out("Both terms come over the number of classes."),
    ),
    symbols={
        "C": Symbol((), "dimension", "C", "the number of classes"),
        "z": Symbol(("C",), latex="z", meaning="the student's logits"),
        "v": Symbol(("C",), latex="v", meaning="the teacher's logits"),
        "p": Symbol(("C",), "derived", "p", "the student's soft outputs"),
        "q": Symbol(("C",), "derived", "q", "the teacher's soft outputs"),
        "D": Symbol(("C",), "derived", r"T^2\nabla", "the limit of T² times the gradient in the student's logits"),
    },
    truth=_hottest,
    elsewhere=lambda torch, z, v: _heated(torch, z, v, torch.full((), 0.7, dtype=z.dtype)),
    general=(1,),
    settings=({"C": 2}, {"C": 3}, {"C": 5}),
    form="T²∇_j = 1/C (z_j - 1/C Σ_{k=1}^C z_k - (v_j - 1/C Σ_{k=1}^C v_k))",
    source="Hinton, Vinyals, Dean: Distilling the Knowledge in a Neural Network (2015), §2.1; "
    "000_46eee05028ac51b3.txt 'Knowledge Distillation'",
    lemmas=(distillation,),
)


def _smoothest(torch: Any, eps: Any, K: int) -> dict[str, Any]:  # noqa: N803
    """The logits of least loss, by Newton's method with halved steps on torch's own loss."""
    label = torch.zeros((), dtype=torch.long)

    def loss(z: Any) -> Any:
        own = torch.nn.functional.cross_entropy(z, label, label_smoothing=float(eps))
        return own + z.sum().square() / 2

    z = torch.zeros(K, dtype=torch.float64)
    for _ in range(80):
        slope = torch.func.grad(loss)(z)
        if slope.abs().max() < 1e-15:
            break
        step = torch.linalg.solve(torch.func.hessian(loss)(z), slope)
        size = next((0.5**k for k in range(8) if loss(z - 0.5**k * step) < loss(z)), 1.0)
        z = z - size * step
    p = torch.softmax(z, 0)
    return {"p": p[0], "q": p[1], "g": z[0] - z[1]}


smoothing_gap = Derivation(
    "label-smoothing-logit-gap",
    "How far apart smoothed labels let the logits grow",
    subject="modern objectives",
    statement="With smoothed labels the best logits are finite: the right one is ahead by log(1 + K(1 − ε)/ε).",
    start=relation("g = log(p) - log(q)"),
    opening=_by("difference of logits", "Logits are log-probabilities, up to one number for all of them."),
    then=(
        put(
            "p",
            (),
            expression("1 - eps + eps/K", letters=("K",)),
            "optimum",
            "At the minimum the gradient, prediction less smoothed label (derived above), is 0.",
        ),
        put("q", (), expression("eps/K", letters=("K",)), "optimum", "So a wrong class has its share of ε."),
        join_logarithms("A difference of logarithms is that of the quotient."),
        tidy_arguments("log", "cancel", "Multiply out.", "expand"),
    ),
    symbols={
        "K": Symbol((), "dimension", "K", "the number of classes"),
        "eps": Symbol((), "unit", r"\epsilon", "how much of the label is spread evenly"),
        "p": Symbol((), "derived", "p", "the right class's probability at the minimum"),
        "q": Symbol((), "derived", "q", "a wrong class's"),
        "g": Symbol((), "derived", r"\Delta z", "how far the right class's logit is ahead"),
    },
    truth=_smoothest,
    settings=({"K": 2}, {"K": 3}, {"K": 5}),
    form="Δ z = log(K/ε - K + 1)",
    source=label_smoothing.source,
    lemmas=(label_smoothing,),
)

_NOISE = {"d": "n", "e": "n", "h": "n", "y": "n"}


def _kl(torch: Any, e: Any, h: Any, y: Any, a: Any, c: Any, S: Any) -> dict[str, Any]:  # noqa: N803
    """Torch's own divergence of the two Gaussians, entry by entry; their means through the noise."""
    rest = 1 - a * c
    u, v = ((y - (1 - a) * noise / rest.sqrt()) / a.sqrt() for noise in (e, h))
    normal = torch.distributions.Normal
    both = torch.distributions.kl_divergence(normal(u, S.sqrt()), normal(v, S.sqrt()))
    return {"b": 1 - a, "D": rest, "d": u - v, "L": both.sum()}


noise_objective = Derivation(
    "ddpm-noise-objective",
    "Diffusion's bound as a squared error of the noise",
    subject="generative",
    statement="One step's divergence is the squared error of the predicted noise, with a weight that hangs on the step.",
    start=relation("L = sum(d[i]**2, i)/(2*S)", shapes=_NOISE),
    opening=_by(
        "divergence", "Gaussians of one variance differ by half of the squared distance of their means, over it."
    ),
    then=(
        use(
            expression("d[i]**2", shapes=_NOISE, letters=("i",)),
            expression("b**2*(h[i] - e[i])**2/(D*a)", shapes=_NOISE, letters=("i",)),
            "difference of the means",
            "Both means take the same from x_t and less with more noise, which the model predicts (derived above).",
        ),
    ),
    symbols={
        "n": Symbol((), "dimension", "n", "the number of entries"),
        "e": Symbol(("n",), latex=r"\epsilon", meaning="the noise"),
        "h": Symbol(("n",), latex=r"\hat{\epsilon}", meaning="the noise that the network predicts"),
        "y": Symbol(("n",), latex="x_t", meaning="the value after step t"),
        "a": Symbol((), "unit", r"\alpha_t", "the share of the signal that step t keeps"),
        "c": Symbol((), "unit", r"\bar{\alpha}_{t-1}", "the share that all steps before it have kept"),
        "S": Symbol((), "positive", r"\tau_t^2", "the variance of the step back"),
        "b": Symbol((), "derived", r"\beta_t", "the variance of the noise that step t adds, 1 − α_t"),
        "D": Symbol((), "derived", r"\sigma_t^2", "the variance of all noise, 1 − ᾱ_t"),
        "d": Symbol(("n",), "derived", "d", "the posterior's mean less the model's"),
        "L": Symbol((), "derived", "L_{t-1}", "the divergence of the two"),
    },
    truth=_kl,
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
    form="L_{t-1} = (β_t²)/(2 τ_t² σ_t² α_t) Σ_{i=1}^n (ε̂_i - ε_i)²",
    source=noise_form.source,
    lemmas=(noise_form,),
)

_CUBIC = "sqrt(2)/sqrt(pi)*(z[i] + 44715*z[i]**3/1000000)"


def _grid(torch: Any, n: int) -> dict[str, Any]:
    """Torch's own GELU and its own approximation at n equally spaced points from −8 to 8."""
    z = torch.linspace(-8, 8, n, dtype=torch.float64)
    gelu = torch.nn.functional.gelu
    return {"z": z, "D": (gelu(z) - gelu(z, approximate="tanh")).abs()}


gelu_error = Derivation(
    "gelu-tanh-error",
    "How far GELU's approximation by tanh is off",
    subject="modern layers",
    statement="On a fine grid from −8 to 8 the approximation by tanh is nowhere off by more than 0.0005: seen by search, "
    "not proved.",
    start=relation(
        f"D[i] = abs(z[i]*normal_cdf(z[i]) - z[i]*(1 + tanh({_CUBIC}))/2)",
        shapes={"z": "n", "D": "n"},
        frame=axes(i="n"),
    ),
    opening=_by("difference", "GELU, less its approximation by tanh with the constants √(2/π) and 0.044715."),
    then=(
        bounded_by(
            expression("1/2000"),
            "search",
            "The greatest difference on the grid, at |z| near 2.2, is 0.00047; it falls off on both sides.",
            "z is a point of the grid.",
        ),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of points of the grid"),
        "z": Symbol(("n",), "derived", "z", "the pre-activations: equally spaced points from −8 to 8"),
        "D": Symbol(("n",), "derived", "D", "the size of the difference at each"),
    },
    truth=_grid,
    settings=({"n": 1001}, {"n": 1600}, {"n": 2402}),
    kind="claim",
    form="D_i = | z_i Φ(z_i) - 1/2 z_i (1 + tanh((√2)/(√π) (z_i + 8943/200000 z_i³))) | ≤ 1/2000",
    assumptions=("Between the points, and beyond them, nothing is shown.",),
    source="Hendrycks, Gimpel: Gaussian Error Linear Units (2016), §2",
)
