"""Losses: the squared loss, the two ways to write the logistic loss, soft targets, and log-losses of families."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import tidy, use
from derive.calculus.rules_names import assume, known_as
from derive.calculus.rules_sums import gather, split_logarithms
from derive.calculus.rules_terms import estimate, multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Oracle, Printed, Symbol
from derive.notation.index_language import expression, program, relation

_SHEET = "000_46eee05028ac51b3.txt"
_OUTPUTS = {"n": Symbol((), "dimension", "n", "the number of outputs")}
_BOTH = {"y": "n", "p": "n"}
_SIZES = ({"n": 2}, {"n": 3}, {"n": 5})

squared_loss = Derivation(
    "squared-loss-gradient",
    "The gradient of the squared loss",
    subject="losses",
    statement="The gradient of half the squared distance from the target: output minus target.",
    of=program("L := sum((y[i] - v[i])**2, i)/2", shapes={"y": "n", "v": "n"}),
    wrt="v",
    then=(tidy("turn round", "The minus sign turns the difference round.", "factor"),),
    symbols=_OUTPUTS
    | {
        "y": Symbol(("n",), latex="y", meaning="the target"),
        "v": Symbol(("n",), latex=r"\nu", meaning="the output"),
        "L": Symbol((), "derived", "L", "the loss"),
    },
    truth=lambda torch, y, v: torch.nn.functional.mse_loss(v, y, reduction="sum") / 2,
    settings=_SIZES,
    form="∂L/∂ν_i = ν_i - y_i",
    source=f"{_SHEET} 'Optimization'",
)


def _labelled(torch: Any, z: Any, y: Any) -> dict[str, Any]:
    """Torch's own loss for labels 0 and 1, at the labels that 1 and −1 stand for."""
    return {"L": torch.nn.functional.binary_cross_entropy_with_logits(z, (1 + y) / 2)}


logistic_labels = Derivation(
    "logistic-labels",
    "The two logistic losses are one",
    subject="losses",
    statement="With t = (1 + y)/2 the cross-entropy for labels 0 and 1 is the logistic loss for labels −1 and 1.",
    start=relation("L = -(1 + y)/2*log(sigmoid(z)) - (1 - y)/2*log(1 - sigmoid(z))"),
    opening=Rule(
        "cross-entropy", "The cross-entropy with the label t = (1 + y)/2, so that 1 − t = (1 − y)/2.", lambda r: r
    ),
    then=(
        use(
            expression("log(1 - sigmoid(z))"),
            expression("log(sigmoid(z)) - z"),
            "the other class",
            "1 − σ(z) is σ(z) e^{−z}.",
        ),
        tidy("multiply out", "The logarithms add up to one; what is left of the labels is linear in z."),
        use(
            expression("log(sigmoid(z))"),
            expression("z/2 - log(exp(z/2) + exp(-z/2))"),
            "balance",
            "σ(z) is e^{z/2} over the sum of e^{z/2} and e^{−z/2}.",
        ),
        tidy("add up", "The halves of z cancel."),
        use(
            expression("log(exp(z/2) + exp(-z/2))"),
            expression("log(exp(y*z/2) + exp(-y*z/2))"),
            "even",
            "The sum does not change when z changes its sign, so z may be multiplied by the label.",
            "y is 1 or −1.",
        ),
        use(
            expression("log(exp(y*z/2) + exp(-y*z/2))"),
            expression("log(1 + exp(-y*z)) + y*z/2"),
            "take out",
            "Take e^{yz/2} out of the sum.",
        ),
        tidy("add up", "What was taken out cancels."),
        use(expression("log(1 + exp(-y*z))"), expression("-log(sigmoid(y*z))"), "sigmoid", "σ(x) is 1/(1 + e^{−x})."),
    ),
    symbols={
        "z": Symbol((), latex="z", meaning="the logit, x·θ"),
        "y": Symbol((), "pm1", "y", "the label, −1 or 1"),
        "L": Symbol((), "derived", "L", "the loss"),
    },
    truth=_labelled,
    settings=({},),
    form="L = -log(σ(y z))",
    source=f"{_SHEET} 'Logistic regression'",
)


def _entropies(torch: Any, y: Any, p: Any) -> dict[str, Any]:
    return {
        "H": torch.distributions.Categorical(probs=y).entropy(),
        "C": torch.nn.functional.cross_entropy(torch.log(p), y),
    }


def _exact(torch: Any, y: Any) -> dict[str, Any]:
    """The prediction that is the target."""
    return {"p": y, **_entropies(torch, y, y)}


soft_targets = Derivation(
    "soft-targets-entropy",
    "No prediction costs less than the entropy of its targets",
    subject="losses",
    statement="The entropy of the targets is a lower bound of the cross-entropy.",
    start=relation("H - C = sum(y[i]*log(p[i]), i) - sum(y[i]*log(y[i]), i)", shapes=_BOTH),
    opening=Rule("definitions", "The entropy of the targets less the cross-entropy of the prediction.", lambda r: r),
    then=(
        gather("Both sums weigh by the targets."),
        use(
            expression("log(p[i]) - log(y[i])", shapes=_BOTH),
            expression("log(p[i]/y[i])", shapes=_BOTH),
            "quotient",
            "The difference of two logarithms is the logarithm of the quotient.",
        ),
        estimate(
            expression("sum(y[i]*log(p[i]/y[i]), i)", shapes=_BOTH),
            expression("sum(y[i]*(p[i]/y[i] - 1), i)", shapes=_BOTH),
            "tangent of the logarithm",
            "log x is at most x − 1.",
        ),
        multiply_out("The targets cancel in the first sum."),
        assume(
            expression("sum(p[i], i)", shapes={"p": "n"}), expression("1"), "Probabilities add up to 1.", "Σ p = 1."
        ),
        assume(expression("sum(y[i], i)", shapes={"y": "n"}), expression("1"), "So do the targets.", "Σ y = 1."),
    ),
    symbols=_OUTPUTS
    | {
        "y": Symbol(("n",), "prob", "y", "the targets, a distribution"),
        "p": Symbol(("n",), "prob", r"\nu", "the prediction, a distribution"),
        "H": Symbol((), "derived", "H(y)", "the entropy of the targets"),
        "C": Symbol((), "derived", "L", "the cross-entropy"),
    },
    truth=_entropies,
    equality=_exact,
    settings=_SIZES,
    kind="claim",
    form="H(y) - L = Σ_{i=1}^n y_i log(ν_i/y_i) ≤ 0",
    assumptions=("Equal where the prediction is the target.",),
    source=f"{_SHEET} 'Optimization'",
)


def _family(torch: Any, T: Any, c: Any, v: Any) -> Any:  # noqa: N803
    return torch.logsumexp(c + torch.mv(T, v), dim=0)


family = program(
    """
    u[k] := c[k] + sum(T[k, j]*v[j], j)
    psi := log(sum(exp(u[k]), k))
    p[k] := exp(u[k])/sum(exp(u[m]), m)
    L := psi - c0 - sum(t[j]*v[j], j)
    """,
    shapes={"c": "K", "T": "K d", "v": "d", "t": "d"},
)
_FAMILY = {
    "K": Symbol((), "dimension", "K", "the number of outcomes"),
    "d": Symbol((), "dimension", "d", "the number of statistics"),
    "c": Symbol(("K",), latex="c", meaning="the logarithms of the base measure, log h"),
    "T": Symbol(("K", "d"), latex="T", meaning="the statistics of each outcome"),
    "v": Symbol(("d",), latex=r"\nu", meaning="the natural parameters"),
    "u": Symbol(("K",), "derived", "u", "the logarithm of h exp(T·ν) for each outcome"),
    "psi": Symbol((), "derived", r"\psi", "the log-partition function"),
    "p": Symbol(("K",), "derived", "p", "the probabilities of the outcomes"),
}
_EXAMPLE = {"y": "N", "p": "N"}
likelihood = Derivation(
    "logistic-likelihood",
    "The cross-entropy is a likelihood",
    subject="losses",
    statement="The negative logarithm of the probability of all labels is the cross-entropy.",
    start=relation("L = -log(prod(p[s]**y[s]*(1 - p[s])**(1 - y[s]), s))", shapes=_EXAMPLE),
    opening=Rule(
        "likelihood",
        "The labels are independent; label s is 1 with probability p and 0 with probability 1 − p, which is one power "
        "times another.",
        lambda r: r,
    ),
    then=(split_logarithms("The logarithm of a product is the sum of the logarithms, and exponents go in front."),),
    symbols={
        "N": Symbol((), "dimension", "N", "the number of examples"),
        "y": Symbol(("N",), "binary", "y", "the labels, 0 or 1"),
        "p": Symbol(("N",), "unit", r"\hat{y}", "the predicted probabilities"),
        "L": Symbol((), "derived", "L", "the negative log-likelihood"),
    },
    truth=lambda torch, y, p: {"L": -torch.distributions.Bernoulli(probs=p).log_prob(y).sum()},
    settings=({"N": 2}, {"N": 3}, {"N": 5}),
    form="L = -Σ_{s=1}^N (y_s log ŷ_s + (1 - y_s) log(1 - ŷ_s))",
    source="001_9baaf7fce9703606.txt §1.5.3",
)

softmax_loss = Derivation(
    "softmax-log-sum-exp",
    "The cross-entropy of a softmax through log-sum-exp",
    subject="losses",
    statement="The cross-entropy of a softmax: the log-sum-exp of the logits less the logit of the class.",
    start=relation("L = -sum(y[i]*log(exp(z[i])/sum(exp(z[k]), k)), i)", shapes={"y": "n", "z": "n"}),
    opening=Rule("softmax", "The cross-entropy of the targets with the softmax of the logits.", lambda r: r),
    then=(
        split_logarithms("The logarithm of a quotient; the logarithm undoes the exponential."),
        multiply_out("Multiply out: the log-sum-exp is the same in every term."),
        assume(expression("sum(y[i], i)", shapes={"y": "n"}), expression("1"), "The targets add up to 1.", "Σ y = 1."),
    ),
    symbols={
        "n": Symbol((), "dimension", "n", "the number of classes"),
        "y": Symbol(("n",), "prob", "y", "the target distribution; one-hot where the class is known"),
        "z": Symbol(("n",), latex="z", meaning="the logits, x·θ for each class"),
        "L": Symbol((), "derived", "L", "the cross-entropy"),
    },
    truth=lambda torch, y, z: {"L": torch.nn.functional.cross_entropy(z, y)},
    settings=_SIZES,
    form="L = log(Σ_{k=1}^n e^{z_k}) - Σ_{i=1}^n y_i z_i",
    printed=(
        Printed(
            relation("L = -sum(y[i]*z[i] + log(sum(exp(z[k]), k)), i)", shapes={"y": "n", "z": "n"}),
            "The log-sum-exp comes once, with a plus sign; the sheet takes it away once for every class.",
            "-Σ_i [y_i x·θ_i + log Σ_j exp(x·θ_j)]",
        ),
    ),
    source=f"{_SHEET} 'Softmax'",
)
_FAMILY_TRUTH: dict[str, Oracle] = {
    "u": lambda torch, c, T, v: torch.addmv(c, T, v),  # noqa: N803
    "psi": lambda torch, u: torch.logsumexp(u, dim=0),
    "p": lambda torch, u: torch.softmax(u, dim=0),
    "L": lambda torch, psi, c0, t, v: psi - c0 - torch.dot(t, v),
}
family_loss = Derivation(
    "exponential-family-loss",
    "The gradient of the log-loss of an exponential family",
    subject="losses",
    statement="The gradient of the negative log-likelihood in the natural parameters: expected less observed statistics.",
    of=family,
    wrt="v",
    ideas={
        "u_bar": (
            "psi_bar",
            known_as(family.definitions[2], "An exponential over the partition sum is a probability."),
        ),
        "v_bar": ("u_bar",),
    },
    symbols=_FAMILY
    | {
        "t": Symbol(("d",), latex="t", meaning="the statistics of the observed outcome"),
        "c0": Symbol((), latex="c_0", meaning="the logarithm of its base measure"),
        "L": Symbol((), "derived", "L", "the negative log-likelihood"),
    },
    truth=_FAMILY_TRUTH,
    settings=({"K": 3, "d": 2}, {"K": 4, "d": 3}, {"K": 6, "d": 5}),
    form="∂L/∂ν_j = Σ_{k=1}^K p_k T_{k,j} - t_j",
    source=f"{_SHEET} 'Optimization', exponential family",
)
