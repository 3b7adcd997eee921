"""Objectives of large models: contrastive, preferences, policy gradients, smoothed and focal losses."""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.folding import multiply_out as cancelled
from derive.calculus.folding import put_in
from derive.calculus.rules import use
from derive.calculus.rules_common import on_the_right
from derive.calculus.rules_names import assume, known_as, said, slope
from derive.calculus.rules_sums import gather
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.derivations.classification import softmax_jacobian
from derive.notation.index_language import expression, program, relation

contrast = program(
    """
    s[n, m] := sum(u[n, d]*v[m, d], d)/tau
    p[n, m] := exp(s[n, m])/sum(exp(s[n, k]), k)
    L := -sum(log(p[n, n]), n)/N
    """,
    shapes={"u": "N D", "v": "N D", "tau": ""},
)
info_nce = Derivation(
    "info-nce-gradient",
    "The gradient of the contrastive loss",
    subject="modern objectives",
    statement="InfoNCE pulls an embedding to its own partner and away from all others in proportion to their probability.",
    of=contrast,
    wrt="u",
    ideas={
        "s_bar": ("p_bar", known_as(contrast.definitions[1], "An exponential over its row's sum is a probability.")),
        "u_bar": ("s_bar",),
    },
    symbols={
        "N": Symbol((), "dimension", "N", "the number of pairs in the batch"),
        "D": Symbol((), "dimension", "D", "the length of an embedding"),
        "u": Symbol(("N", "D"), latex="u", meaning="the embeddings of one side, a row each"),
        "v": Symbol(("N", "D"), latex="v", meaning="the embeddings of their partners"),
        "tau": Symbol((), "positive", r"\tau", "the temperature"),
        "s": Symbol(("N", "N"), "derived", "s", "the similarities, over the temperature"),
        "p": Symbol(("N", "N"), "derived", "p", "the probability of each partner"),
        "L": Symbol((), "derived", "L", "the loss"),
    },
    truth={
        "s": lambda torch, u, v, tau: torch.inner(u, v) / tau,
        "p": lambda torch, s: torch.softmax(s, dim=1),
        "L": lambda torch, p: -torch.log(torch.diagonal(p)).mean(),
    },
    whole=lambda torch, u, v, tau: torch.nn.functional.cross_entropy(u @ v.T / tau, torch.arange(len(u))),
    settings=({"N": 2, "D": 3}, {"N": 3, "D": 2}, {"N": 4, "D": 5}),
    form="∂L/∂u_{n,d} = 1/(τ N) Σ_{m=1}^N v_{m,d} p_{n,m} - v_{n,d}/(τ N)",
    source="van den Oord, Li, Vinyals: Representation Learning with Contrastive Predictive Coding (2018), §2.3",
)

preference = program("m := beta*(a - ra - b + rb); q := sigmoid(m); L := -log(q)")
dpo = Derivation(
    "dpo-gradient",
    "The gradient of direct preference optimisation",
    subject="modern objectives",
    statement="DPO raises the log-probability of the preferred answer in proportion to how wrong the implicit reward is.",
    of=preference,
    wrt="a",
    ideas={
        "m_bar": ("q_bar", slope(preference.definitions[1], "The slope of the sigmoid is σ(1 − σ), and σ(m) is q.")),
        "a_bar": ("m_bar",),
    },
    symbols={
        "beta": Symbol((), "positive", r"\beta", "how strongly the reference holds"),
        "a": Symbol((), latex="a", meaning="the log-probability of the preferred answer"),
        "b": Symbol((), latex="b", meaning="the log-probability of the other answer"),
        "ra": Symbol((), latex=r"a_{\text{ref}}", meaning="the reference's log-probability of the preferred answer"),
        "rb": Symbol((), latex=r"b_{\text{ref}}", meaning="the reference's log-probability of the other answer"),
        "m": Symbol((), "derived", "m", "the difference of the implicit rewards"),
        "q": Symbol((), "derived", "q", "the probability of the preference that was seen"),
        "L": Symbol((), "derived", "L", "the loss"),
    },
    truth={
        "m": lambda torch, beta, a, ra, b, rb: torch.mul(beta, torch.sub(a, ra) - torch.sub(b, rb)),
        "q": lambda torch, m: torch.sigmoid(m),
        "L": lambda torch, q: torch.nn.functional.binary_cross_entropy(q, torch.ones_like(q)),
    },
    settings=({},),
    form="∂L/∂a = -β (1 - q)",
    source="Rafailov et al.: Direct Preference Optimization (2023), §4",
)

_ACTIONS = {
    "A": Symbol((), "dimension", "A", "the number of actions"),
    "z": Symbol(("A",), latex="z", meaning="the policy's logits"),
    "p": Symbol(("A",), "derived", r"\pi", "the policy, softmax(z)"),
}
policy = program("p[i] := exp(z[i])/sum(exp(z[k]), k); J := sum(p[i]*r[i], i)", shapes={"z": "A", "r": "A"})
policy_gradient = Derivation(
    "policy-gradient",
    "The policy gradient",
    subject="modern objectives",
    statement="The gradient of the expected reward in the logits: each action's probability times its advantage.",
    of=policy,
    wrt="z",
    letters=("j",),
    ideas={
        "z_bar": (
            "p_bar",
            known_as(policy.definitions[0], "An exponential over the sum of all of them is a probability again."),
            known_as(policy.definitions[1], "The mean of the rewards under the policy is J."),
            gather("Both terms have the action's probability."),
        ),
    },
    symbols=_ACTIONS
    | {
        "r": Symbol(("A",), latex="r", meaning="the reward of each action"),
        "J": Symbol((), "derived", "J", "the expected reward"),
    },
    truth={
        "p": lambda torch, z: torch.softmax(z, dim=0),
        "J": lambda torch, p, r: torch.dot(p, r),
    },
    settings=({"A": 2}, {"A": 3}, {"A": 5}),
    form="∂J/∂z_j = π_j (r_j - J)",
    source="Williams: Simple Statistical Gradient-Following Algorithms (1992), §3",
)


def _score(torch: Any, z: Any) -> dict[str, Any]:
    """The policy and the slope of each action's log-probability in each logit, by torch's own Jacobian."""
    return {"p": torch.softmax(z, 0), "g": torch.func.jacrev(lambda v: torch.log_softmax(v, 0))(z)}


_LOGIT = (Bound(Letter("j"), Affine.of(0), Affine.of("A")),)
_SCORES = {"g": "A A", "p": "A"}
baseline = Derivation(
    "policy-gradient-baseline",
    "A baseline does not bias the policy gradient",
    subject="modern objectives",
    statement="A baseline times the slope of the log-probability is zero on average: it may be subtracted from rewards.",
    start=relation(
        "b*sum(p[i]*g[i, j], i) = b*sum(p[i]*([i = j] - p[j]), i)", shapes=_SCORES, frame=_LOGIT, letters=("A",)
    ),
    opening=Rule(
        "score",
        "The slope of log p is that of p over p: the Jacobian of the softmax (derived above) over p_i.",
        lambda r: r,
    ),
    then=(
        on_the_right(multiply_out("The bracket keeps one term.")),
        on_the_right(
            use(expression("sum(p[i], i)", shapes=_SCORES), expression("1"), "probabilities", "They add up to 1.")
        ),
    ),
    lemmas=(softmax_jacobian,),
    symbols=_ACTIONS
    | {
        "b": Symbol((), latex="b", meaning="the baseline, the same for every action"),
        "g": Symbol(("A", "A"), "derived", "g", "the slope of each action's log-probability (rows) in each logit"),
    },
    truth=_score,
    settings=({"A": 2}, {"A": 3}, {"A": 5}),
    kind="claim",
    form="b Σ_{i=1}^A π_i g_{i,j} = 0",
    source="Williams: Simple Statistical Gradient-Following Algorithms (1992), §3",
)

smoothed = program(
    """
    t[k] := (1 - eps)*y[k] + eps/K
    p[k] := exp(z[k])/sum(exp(z[c]), c)
    L := -sum(t[k]*log(p[k]), k)
    """,
    shapes={"y": "K", "z": "K", "eps": ""},
)
label_smoothing = Derivation(
    "label-smoothing-gradient",
    "The gradient of the cross-entropy with smoothed labels",
    subject="modern objectives",
    statement="With smoothed labels the gradient in the logits is prediction minus smoothed label.",
    of=smoothed,
    wrt="z",
    letters=("j",),
    ideas={
        "z_bar": (
            "p_bar",
            known_as(smoothed.definitions[1], "An exponential over the sum of all of them is a probability again."),
            assume(
                expression("sum(t[k], k)", shapes={"t": "K"}),
                expression("1"),
                "Smoothed labels add up to 1.",
                "Σ y = 1.",
            ),
            said(put_in({"t": smoothed.definitions[0]}), "Put the smoothed label in."),
        ),
    },
    symbols={
        "K": Symbol((), "dimension", "K", "the number of classes"),
        "y": Symbol(("K",), "onehot", "y", "the label, one-hot"),
        "eps": Symbol((), "unit", r"\epsilon", "how much of the label is spread evenly"),
        "z": Symbol(("K",), latex="z", meaning="the logits"),
        "t": Symbol(("K",), "derived", "t", "the smoothed label"),
        "p": Symbol(("K",), "derived", "p", "the probabilities"),
        "L": Symbol((), "derived", "L", "the cross-entropy"),
    },
    truth={
        "t": lambda torch, y, eps: torch.lerp(y, torch.full_like(y, 1 / len(y)), eps),
        "p": lambda torch, z: torch.softmax(z, dim=0),
        "L": lambda torch, t, p: -torch.dot(t, torch.log(p)),
    },
    whole=lambda torch, y, z, eps: torch.lerp(
        *(torch.nn.functional.cross_entropy(z, y.argmax(), label_smoothing=share) for share in (0.0, 1.0)), eps
    ),
    settings=({"K": 2}, {"K": 3}, {"K": 5}),
    form="∂L/∂z_j = p_j - ((1 - ε) y_j + ε/K)",
    source="Szegedy et al.: Rethinking the Inception Architecture (2016), §7",
)

focused = program("p := sigmoid(z); L := -(1 - p)**gamma*log(p)")
focal = Derivation(
    "focal-loss-gradient",
    "The gradient of the focal loss",
    subject="modern objectives",
    statement="The slope of the focal loss in the logit of the right class: easy examples are damped by (1 − p)^γ.",
    of=focused,
    wrt="z",
    ideas={
        "z_bar": (
            "p_bar",
            slope(focused.definitions[0], "The slope of the sigmoid is σ(1 − σ), and σ(z) is p."),
            use(
                expression("(1 - p)**(gamma - 1)"),
                expression("(1 - p)**gamma/(1 - p)"),
                "one power",
                "One factor 1 − p less.",
            ),
            said(cancelled(), "Multiply out: 1 − p cancels in one term, p in the other."),
            gather("Both terms are damped alike."),
        )
    },
    symbols={
        "z": Symbol((), latex="z", meaning="the logit of the right class"),
        "gamma": Symbol((), "positive", r"\gamma", "how strongly easy examples are damped"),
        "p": Symbol((), "derived", "p", "the probability of the right class"),
        "L": Symbol((), "derived", "L", "the loss"),
    },
    truth={
        "p": lambda torch, z: torch.sigmoid(z),
        "L": lambda torch, p, gamma: (
            torch.pow(1 - p, gamma) * torch.nn.functional.binary_cross_entropy(p, torch.ones_like(p))
        ),
    },
    settings=({},),
    form="∂L/∂z = (1 - p)^γ (γ p log p + p - 1)",
    source="Lin et al.: Focal Loss for Dense Object Detection (2017), §3",
)
