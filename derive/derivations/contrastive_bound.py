"""What the contrastive loss says of mutual information."""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import ends
from derive.calculus.rules import both_sides
from derive.calculus.rules_names import assume
from derive.calculus.rules_terms import estimate, multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

_SHAPES = {"p": "n", "q": "n", "r": "n"}


def _by(name: str, sentence: str) -> Rule:
    return Rule(name, sentence, lambda r: r)


def _text(formula: str, *letters: str) -> Any:
    return expression(formula, shapes=_SHAPES, letters=("n", "N", *letters))


def _batches(torch: Any, J: Any, S: Any, N: int) -> dict[str, Any]:  # noqa: N803
    """Every batch of one x and N partners, the first of them drawn with x: its probability and its loss by torch."""
    joint = J / J.sum()
    x_mass, y_mass = joint.sum(dim=1), joint.sum(dim=0)
    rows = [torch.arange(len(x_mass)), *(torch.arange(len(y_mass)),) * N]
    batch = torch.cartesian_prod(*rows)
    x, partners = batch[:, 0], batch[:, 1:]
    others = torch.prod(y_mass[partners[:, 1:]], dim=1)
    q = joint[x, partners[:, 0]] * others
    p = x_mass[x] * y_mass[partners[:, 0]] * others
    scores = S[x[:, None], partners]
    losses = torch.nn.functional.cross_entropy(scores, torch.zeros(len(batch), dtype=torch.long), reduction="none")
    return {
        "p": p,
        "q": q,
        "r": N * torch.softmax(scores, dim=1)[:, 0],
        "L": torch.dot(q, losses),
        "I": torch.nn.functional.kl_div(torch.outer(x_mass, y_mass).log(), joint, reduction="sum"),
    }


def _unrelated(torch: Any, J: Any, S: Any, N: int) -> dict[str, Any]:  # noqa: N803
    """Two sides that say nothing about one another, and a similarity that says so."""
    J = torch.outer(J[:, 0], J[0])  # noqa: N806
    S = torch.zeros_like(S)  # noqa: N806
    return {"J": J, "S": S, **_batches(torch, J, S, N)}


bound = Derivation(
    "info-nce-bound",
    "The contrastive loss bounds the mutual information",
    subject="modern objectives",
    statement="With N partners to choose from log N less the contrastive loss is at most the mutual information, for every "
    "similarity: the loss cannot show more than log N.",
    start=relation("log(N) - L - I = sum(q[o]*log(r[o]*p[o]/q[o]), o)", shapes=_SHAPES, letters=("N",)),
    opening=_by(
        "gap",
        "log N less the loss is the mean of log r, the partner's probability times N. The mutual information is that of "
        "log q − log p: only the first partner is drawn differently.",
    ),
    then=(
        estimate(
            _text("sum(q[o]*log(r[o]*p[o]/q[o]), o)"),
            _text("sum(q[o]*(r[o]*p[o]/q[o] - 1), o)"),
            "tangent of the logarithm",
            "log x is at most x − 1.",
        ),
        multiply_out("q cancels in the first sum."),
        assume(
            _text("sum(p[o]*r[o], o)"),
            expression("1"),
            "Where all partners are drawn alike each is chosen once in N: r has the mean 1.",
            "Under p the partners are exchangeable.",
        ),
        assume(_text("sum(q[o], o)"), expression("1"), "Probabilities add up to 1.", "Σ q = 1."),
        ends("Keep the two ends."),
        both_sides("add", expression("I"), "Take the mutual information to the other side."),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of batches: one x and N partners"),
        "N": Symbol(domain="dimension", latex="N", meaning="the number of partners to choose from"),
        "k": Symbol(domain="dimension"),
        "J": Symbol(("k", "k"), "positive"),
        "S": Symbol(("k", "k"), "real"),
        "p": Symbol(("n",), "derived", "p", "the probability of each batch, all partners drawn alike"),
        "q": Symbol(("n",), "derived", "q", "its probability with the first partner drawn with x"),
        "r": Symbol(("n",), "derived", "r", "the softmax probability of the first partner, times N"),
        "L": Symbol((), "derived", "L", "the mean contrastive loss"),
        "I": Symbol((), "derived", "I", "the mutual information of the two sides"),
    },
    truth=_batches,
    equality=_unrelated,
    settings=({"n": 16, "N": 3, "k": 2}, {"n": 27, "N": 2, "k": 3}, {"n": 32, "N": 4, "k": 2}),
    kind="claim",
    form="log(N) - L ≤ I",
    source="van den Oord, Li, Vinyals: Representation Learning with Contrastive Predictive Coding (2018), A.1; "
    "Poole et al.: On Variational Bounds of Mutual Information (2019), §2.3",
    assumptions=("The other partners are drawn independently of x.",),
)
