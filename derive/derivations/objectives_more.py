"""More objectives: what preferences say of rewards, entropy, the contrastive loss's other gradients, a router's z-loss."""

from __future__ import annotations

from typing import Any

from derive.calculus.chain import adjoint
from derive.calculus.rules import solve_for, stationary, use
from derive.calculus.rules_common import take_out
from derive.calculus.rules_names import assume, known_as, slope
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol, axes
from derive.derivations.preferences import contrast, dpo, info_nce, preference
from derive.notation.index_language import expression, program


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


dpo_other = Derivation(
    "dpo-gradient-rejected",
    "The gradient of direct preference optimisation in the other answer",
    subject="modern objectives",
    statement="DPO lowers the other answer's log-probability as much as it raises the preferred one's.",
    of=preference,
    wrt="b",
    ideas={
        "m_bar": ("q_bar", slope(preference.definitions[1], "The slope of the sigmoid is σ(1 − σ), and σ(m) is q.")),
        "b_bar": ("m_bar",),
    },
    symbols=dpo.symbols,
    truth=dpo.truth,
    settings=dpo.settings,
    form="∂L/∂b = β (1 - q)",
    source=dpo.source,
)

tempted = program(
    "J := sum(p[i]*r[i], i) - beta*sum(p[i]*log(p[i]/q[i]), i) + lam*(1 - sum(p[i], i))",
    shapes={"p": "A", "r": "A", "q": "A", "beta": "", "lam": ""},
)
_POLICY = {
    "A": Symbol((), "dimension", "A", "the number of answers"),
    "r": Symbol(("A",), latex="r", meaning="the reward of each answer"),
    "q": Symbol(("A",), "prob", r"\pi^{\mathrm{ref}}", "the reference policy"),
    "beta": Symbol((), "positive", r"\beta", "how strongly the reference holds"),
    "lam": Symbol((), latex=r"\lambda", meaning="the multiplier of the constraint that probabilities add up to 1"),
    "p": Symbol(("A",), "positive", r"\pi", "the policy"),
    "J": Symbol((), "derived", r"\mathcal{L}", "the Lagrangian: reward, divergence from the reference, constraint"),
}
kl_control = Derivation(
    "kl-control-gradient",
    "The gradient of reward with a divergence from a reference",
    subject="modern objectives",
    statement="How the Lagrangian of the expected reward less β times the divergence from a reference changes with the policy.",
    of=tempted,
    wrt="p",
    letters=("i",),
    symbols=_POLICY,
    truth=lambda torch, p, r, q, beta, lam: (
        torch.dot(p, r)
        - beta * torch.nn.functional.kl_div(torch.log(q), torch.log(p), reduction="sum", log_target=True)
        + lam * (1 - p.sum())
    ),
    settings=({"A": 2}, {"A": 3}, {"A": 5}),
    form="∂L/∂π_i = r_i - β log(π_i/(π^{ref}_i)) - β - λ",
    source="Rafailov et al.: Direct Preference Optimization (2023), §4, appendix A.1",
)


def _best_policy(torch: Any, r: Any, q: Any, beta: Any) -> dict[str, Any]:
    """The best policy, a softmax, and the multiplier that autograd leaves."""
    p = torch.softmax(torch.log(q) + r / beta, 0)
    lam = torch.func.grad(lambda at: torch.dot(at, r) - beta * torch.dot(at, torch.log(at / q)))(p)[0]
    return {"p": p, "lam": lam, adjoint("p"): torch.zeros_like(p)}


_ANSWER = axes(i="A")
implicit_reward = Derivation(
    "dpo-implicit-reward",
    "The reward that a best policy reveals",
    subject="modern objectives",
    statement="At the optimum the reward is β times the log-ratio to the reference, up to one number for all answers.",
    start=lambda: kl_control.result,
    opening=_by("Lagrangian", "Its gradient in the policy (derived above)."),
    then=(
        stationary(
            expression(f"{adjoint('p')}[i]", shapes={adjoint("p"): "A"}, frame=_ANSWER),
            "At the best policy the Lagrangian is stationary.",
            "The objective is concave in the policy.",
        ),
        solve_for(expression("r[i]", shapes={"r": "A"}, frame=_ANSWER), "Leave the reward alone."),
    ),
    symbols={n: s for n, s in _POLICY.items() if n not in ("p", "lam")}
    | {
        "p": Symbol(("A",), "derived", r"\pi", "the best policy"),
        "lam": Symbol((), "derived", r"\lambda", "the multiplier"),
    },
    truth=_best_policy,
    settings=({"A": 2}, {"A": 3}, {"A": 5}),
    form="r_i = β + λ + β log(π_i/(π^{ref}_i))",
    source=kl_control.source,
    lemmas=(kl_control,),
)

_ENTROPY = program(
    "p[i] := exp(z[i])/sum(exp(z[k]), k); H := -sum(p[i]*log(p[i]), i)",
    shapes={"z": "A"},
)
entropy_bonus = Derivation(
    "entropy-bonus-gradient",
    "The gradient of a policy's entropy",
    subject="modern objectives",
    statement="The entropy pulls a logit down where its action is more likely than the geometric mean says, and up elsewhere.",
    of=_ENTROPY,
    wrt="z",
    letters=("j",),
    ideas={
        "z_bar": (
            "p_bar",
            known_as(_ENTROPY.definitions[0], "An exponential over the sum of all of them is a probability again."),
            multiply_out("Multiply out."),
            assume(
                expression("sum(p[k], k)", shapes={"p": "A"}), expression("1"), "Probabilities add up to 1.", "Σ π = 1."
            ),
            use(
                expression("sum(p[k]*log(p[k]), k)", shapes={"p": "A"}),
                expression("-H"),
                "entropy",
                "The mean logarithm is minus the entropy.",
            ),
            take_out("Both terms have the action's probability."),
        ),
    },
    symbols={
        "A": Symbol((), "dimension", "A", "the number of actions"),
        "z": Symbol(("A",), latex="z", meaning="the logits"),
        "p": Symbol(("A",), "derived", r"\pi", "the policy, softmax(z)"),
        "H": Symbol((), "derived", "H", "its entropy"),
    },
    truth={
        "p": lambda torch, z: torch.softmax(z, 0),
        "H": lambda torch, p: -torch.xlogy(p, p).sum(),
    },
    whole=lambda torch, z: torch.distributions.Categorical(logits=z).entropy(),
    settings=({"A": 2}, {"A": 3}, {"A": 5}),
    form="∂H/∂z_j = π_j (-log π_j - H)",
    source="Williams, Peng: Function Optimization Using Connectionist RL (1991); Mnih et al. (2016), §4",
)

temperature = Derivation(
    "info-nce-temperature",
    "The gradient of the contrastive loss in its temperature",
    subject="modern objectives",
    statement="The temperature rises as long as partners score above what their row expects.",
    of=contrast,
    wrt="tau",
    ideas={
        "s_bar": ("p_bar", known_as(contrast.definitions[1], "An exponential over its row's sum is a probability.")),
        "tau_bar": ("s_bar", known_as(contrast.definitions[0], "A product over the temperature is a similarity.")),
    },
    symbols=info_nce.symbols,
    truth=info_nce.truth,
    whole=info_nce.whole,
    settings=info_nce.settings,
    form="∂L/∂τ = 1/(τ N) Σ_{m=1}^N s_{m,m} - 1/(τ N) Σ_{n=1}^N Σ_{m=1}^N p_{n,m} s_{n,m}",
    source=info_nce.source,
)
partners = Derivation(
    "info-nce-partner-gradient",
    "The gradient of the contrastive loss in the partners",
    subject="modern objectives",
    statement="A partner is pulled to its own embedding and away from all that find it likely: a sum down a column.",
    of=contrast,
    wrt="v",
    ideas={
        "s_bar": ("p_bar", known_as(contrast.definitions[1], "An exponential over its row's sum is a probability.")),
        "v_bar": ("s_bar",),
    },
    symbols=info_nce.symbols,
    truth=info_nce.truth,
    whole=info_nce.whole,
    settings=info_nce.settings,
    form="∂L/∂v_{m,d} = 1/(τ N) Σ_{n=1}^N u_{n,d} p_{n,m} - u_{m,d}/(τ N)",
    source=info_nce.source,
)

routed = program(
    "p[b, e] := exp(g[b, e])/sum(exp(g[b, k]), k); s[b] := log(sum(exp(g[b, k]), k)); L := sum(s[b]**2, b)/B",
    shapes={"g": "B K"},
)
router = Derivation(
    "router-z-loss-gradient",
    "The gradient of a router's z-loss",
    subject="modern objectives",
    statement="The z-loss pulls every logit towards a partition function of 1, in proportion to its probability.",
    of=routed,
    wrt="g",
    letters=("b", "e"),
    ideas={
        "g_bar": (
            "s_bar",
            known_as(routed.definitions[0], "An exponential over the sum of all of them is a probability."),
        ),
    },
    symbols={
        "B": Symbol((), "dimension", "B", "the number of tokens"),
        "K": Symbol((), "dimension", "K", "the number of experts"),
        "g": Symbol(("B", "K"), latex="g", meaning="the router's logits, a token a row"),
        "p": Symbol(("B", "K"), "derived", "p", "the router's probabilities"),
        "s": Symbol(("B",), "derived", r"\ell", "the logarithm of a token's partition function"),
        "L": Symbol((), "derived", "L", "the z-loss"),
    },
    truth={
        "p": lambda torch, g: torch.softmax(g, 1),
        "s": lambda torch, g: torch.logsumexp(g, 1),
        "L": lambda torch, s: s.square().mean(),
    },
    settings=({"B": 2, "K": 3}, {"B": 3, "K": 2}, {"B": 5, "K": 4}),
    form="∂L/∂g_{b,e} = (2 ℓ_b p_{b,e})/B",
    source="Zoph et al.: ST-MoE (2022), §3.1",
)
