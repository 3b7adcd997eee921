"""Bagging, distillation, noise: regularisers that average."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.expr import expr
from derive.calculus.inequalities import count_multiplications
from derive.calculus.rules import both_sides, start_value, unroll, use
from derive.calculus.rules_names import assume, known_as
from derive.calculus.rules_scalar import limit
from derive.calculus.rules_sums import gather
from derive.calculus.rules_terms import multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, program, relation

_SHEET = "000_46eee05028ac51b3.txt"


_DRAWS = (Bound(Letter("t"), Affine.of(1), Affine.of("n") + 1),)


def _bootstrapped(torch: Any, n: int) -> dict[str, Any]:
    """The share of all sequences of draws with replacement that have missed the first example so far."""
    draws = torch.cartesian_prod(*[torch.arange(n)] * n).reshape(-1, n)
    seen = torch.cummax((draws == 0).to(torch.float64), dim=1).values.mean(0)
    return {"v": torch.cat((torch.ones(1, dtype=seen.dtype), 1 - seen))}


bagging_share = Derivation(
    "bagging-share",
    "How much of the data a bootstrap sample holds",
    subject="regularisation",
    statement="The share of n examples that are among n draws with replacement, on average.",
    start=relation("v[t] = (1 - 1/n)*v[t-1]", shapes={"v": "n+1"}, frame=_DRAWS, letters=("n",)),
    opening=Rule(
        "missed by every draw",
        "Each draw misses an example with probability 1 − 1/n, whatever the draws before it were.",
        lambda r: r,
    ),
    then=(
        unroll("v", Affine.of("n"), "t", "The same factor n times."),
        start_value("v", 0, expression("1"), "Before the first draw it is missed for certain."),
        both_sides("multiply", expr(-1), "What is not missed: change the sign,"),
        both_sides("add", expr(1), "and add 1."),
    ),
    symbols={
        "n": Symbol((), "dimension", "n", "the number of examples, and of draws"),
        "v": Symbol(("0..n",), "derived", "v", "the probability that an example is missed by the first draws"),
    },
    truth=_bootstrapped,
    settings=({"n": 2}, {"n": 3}, {"n": 5}, {"n": 6}),
    form="1 - v_n = 1 - ((n - 1)/n)^n",
    source=f"{_SHEET} 'Bagging'",
)


def _large(torch: Any, h: Any) -> dict[str, Any]:
    """The limit by Richardson's extrapolation of torch's own powers, from steps that halve towards zero."""

    def share(step: Any) -> Any:
        return -torch.expm1(torch.log1p(-step) / step)

    table = [share(h * 2.0**-k) for k in range(2, 16)]
    for order in range(1, len(table)):
        table = [b + (b - a) / (2**order - 1) for a, b in pairwise(table)]
    return {"D": share(h), "N": table[-1]}


bagging_limit = Derivation(
    "bagging-limit",
    "A bootstrap sample of much data holds 1 − 1/e of it",
    subject="regularisation",
    statement="The share of the examples in a bootstrap sample, in the limit of many examples: about 63 %.",
    start=relation("D = 1 - (1 - h)**(1/h)"),
    opening=Rule("share", "The share for n examples (derived above), with h for 1/n.", lambda r: r),
    then=(
        limit(
            expression("h"),
            0,
            expression("N"),
            "(1 − h)^{1/h} tends to 1/e: its logarithm is log(1 − h)/h, which tends to −1.",
            positive=frozenset({"h"}),
        ),
    ),
    symbols={
        "h": Symbol((), "unit", "h", "one over the number of examples"),
        "D": Symbol((), "derived", "D", "the share"),
        "N": Symbol((), "derived", r"\lim_{h \to 0} D", "the share for very many examples"),
    },
    truth=_large,
    settings=({},),
    form="lim_{h → 0} D = 1 - e⁻¹",
    source=f"{_SHEET} 'Bagging'",
    lemmas=(bagging_share,),
)

teacher = program(
    """
    p[k] := exp(z[k]/T)/sum(exp(z[c]/T), c)
    L := -sum(q[k]*log(p[k]), k)
    """,
    shapes={"z": "C", "q": "C", "T": ""},
)
distillation = Derivation(
    "distillation-gradient",
    "The gradient of distillation",
    subject="regularisation",
    statement="The gradient of the cross-entropy with a teacher at temperature T: prediction less teacher, over T.",
    of=teacher,
    wrt="z",
    letters=("j",),
    ideas={
        "z_bar": (
            "p_bar",
            known_as(teacher.definitions[0], "An exponential over the sum of all of them is a probability p again."),
            assume(
                expression("sum(q[k], k)", shapes={"q": "C"}), expression("1"), "Probabilities add up to 1.", "Σ q = 1."
            ),
            gather("Both terms come over the temperature."),
        )
    },
    symbols={
        "C": Symbol((), "dimension", "C", "the number of classes"),
        "z": Symbol(("C",), latex="z", meaning="the student's logits"),
        "q": Symbol(("C",), "prob", "q", "the teacher's soft outputs"),
        "T": Symbol((), "positive", "T", "the temperature"),
        "p": Symbol(("C",), "derived", "p", "the student's soft outputs"),
        "L": Symbol((), "derived", "L", "the cross-entropy"),
    },
    truth={
        "p": lambda torch, z, T: torch.softmax(z / T, dim=0),  # noqa: N803
        "L": lambda torch, p, q: -torch.dot(q, torch.log(p)),
    },
    whole=lambda torch, z, q, T: torch.nn.functional.cross_entropy(z / T, q),  # noqa: N803
    settings=({"C": 2}, {"C": 3}, {"C": 5}),
    form="∂L/∂z_j = (p_j - q_j)/T",
    source=f"{_SHEET} 'Knowledge Distillation'",
)

_NOISE = {"e": "S n", "w": "n", "x": "n", "q": "S"}


def _noisy(torch: Any, w: Any, x: Any, y: Any, sigma: Any) -> dict[str, Any]:
    """The mean loss over every corner of a cube of noise: independent signs of size σ."""
    e = sigma * torch.tensor(list(product((-1.0, 1.0), repeat=len(w))), dtype=w.dtype)
    a = torch.dot(w, x)
    return {"e": e, "r": y - a, "L": torch.nn.functional.mse_loss((x + e) @ w, y.expand(len(e)))}


input_noise = Derivation(
    "input-noise-weight-decay",
    "Noise on the inputs is weight decay",
    subject="regularisation",
    statement="The mean squared error of a linear unit under noise of variance σ²: that without noise, and σ² times ‖w‖².",
    start=relation("L = sum((r - sum(w[i]*e[s, i], i))**2, s)/S", shapes=_NOISE, letters=("S",)),
    opening=Rule(
        "mean over the noise",
        "Noise on the inputs moves the residual by w·ε: the mean of its square over all values of the noise.",
        lambda r: r,
    ),
    then=(
        multiply_out("Multiply out."),
        use(
            expression("sum(e[s, i], s)", shapes=_NOISE),
            expression("0"),
            "unbiased",
            "The noise is zero on average.",
            "E ε = 0.",
        ),
        use(
            expression("sum(e[s, i]*e[s, j], s)", shapes=_NOISE),
            expression("S*sigma**2*[i = j]", shapes=_NOISE, letters=("i", "j", "S")),
            "uncorrelated",
            "The noise on different inputs is uncorrelated, with variance σ².",
            "E ε εᵀ = σ² I.",
        ),
        multiply_out("The bracket keeps one sum.", "collapse the bracket"),
        count_multiplications("The residual is the same for every value of the noise."),
    ),
    symbols={
        "n": Symbol((), "dimension", "n", "the number of inputs"),
        "S": Symbol((), "dimension", "S", "the number of values of the noise, 2ⁿ"),
        "w": Symbol(("n",), latex="w", meaning="the weights"),
        "x": Symbol(("n",), latex="x", meaning="the inputs"),
        "y": Symbol((), latex="y", meaning="the target"),
        "sigma": Symbol((), "positive", r"\sigma", "the size of the noise"),
        "e": Symbol(("S", "n"), "derived", r"\epsilon", "every value of the noise, all equally likely"),
        "r": Symbol((), "derived", "r", "the residual without noise"),
        "L": Symbol((), "derived", r"L", "the mean squared error"),
    },
    truth=_noisy,
    settings=({"n": 2, "S": 4}, {"n": 3, "S": 8}, {"n": 4, "S": 16}),
    form="L = r² + σ² Σ_{i=1}^n w_i²",
    source=f"{_SHEET} 'Data Augmentation'",
)
