"""Hopfield networks: why updating one unit at a time can only lower the energy."""

from __future__ import annotations

from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.inequalities import bounded_by
from derive.calculus.rules import merge_symmetric, put, use
from derive.calculus.rules_terms import multiply_out, take_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Printed, Symbol
from derive.notation.index_language import expression, relation

UNIT = (Bound(Letter("k"), Affine.of(0), Affine.of("N")),)
SHAPES = {"W": "N N", "x": "N", "b": "N", "y": "N N", "s": "N", "h": "N"}
_ENERGY = "(-sum(W[i, j]*{0}*{1}, i, j)/2 - sum(b[i]*{0}, i))"
_AFTER, _BEFORE = _ENERGY.format("y[k, i]", "y[k, j]"), _ENERGY.format("x[i]", "x[j]")


def _states(torch: Any, W: Any, x: Any, b: Any) -> tuple[Any, Any, Any, Any]:  # noqa: N803
    """The weights without a diagonal, each unit's input, and the states after each unit alone has been updated."""
    weights = W - torch.diag(torch.diag(W))
    field = torch.mv(weights, x) + b
    new = torch.sign(field)
    return weights, field, new, torch.where(torch.eye(len(x), dtype=torch.bool), new[:, None], x[None, :])


def _energies(torch: Any, W: Any, x: Any, b: Any) -> dict[str, Any]:  # noqa: N803
    """The energy of every state by brute force."""
    weights, field, new, states = _states(torch, W, x, b)

    def energy(state: Any) -> Any:
        return -torch.einsum("...i,ij,...j->...", state, weights, state) / 2 - state @ b

    return {"W": weights, "h": field, "s": new, "d": new - x, "y": states, "D": energy(states) - energy(x)}


def _at_rest(torch: Any, W: Any, x: Any, b: Any) -> dict[str, Any]:  # noqa: N803
    """The same at a state that the updates have led to: nothing flips any more."""
    for _ in range(len(x) ** 2):
        *_, states = _states(torch, W, x, b)
        moved = (states != x).any(dim=1).nonzero()
        if not len(moved):
            break
        x = states[moved[0, 0]]
    return {"x": x, **_energies(torch, W, x, b)}


_SYMBOLS = {
    "N": Symbol(domain="dimension", latex="N", meaning="the number of units"),
    "W": Symbol(("N", "N"), "symmetric", "w", "the weights, symmetric, with zeros on the diagonal"),
    "b": Symbol(("N",), latex="b", meaning="the biases"),
    "x": Symbol(("N",), "pm1", "x", "the state, each unit 1 or −1"),
    "s": Symbol(("N",), "derived", "x'", "what each unit becomes if it is the one to be updated"),
    "d": Symbol(("N",), "derived", "d", "the move of the unit that is updated, 0, 2 or −2"),
    "y": Symbol(("N", "N"), "derived", "y", "the state after the update of unit k alone, in row k"),
    "D": Symbol(("N",), "derived", r"\Delta E", "the change of the energy by the update of unit k"),
    "h": Symbol(("N",), "derived", "h", "the input of each unit"),
}
_SETTINGS = ({"N": 3}, {"N": 5}, {"N": 8})
_SOURCE = "000_46eee05028ac51b3.txt, Hopfield Networks"

energy_change = Derivation(
    "hopfield-energy-change",
    "How a Hopfield network's energy changes when one unit changes",
    subject="memory",
    statement="The change of the energy when unit k alone takes another value.",
    start=relation(f"D[k] = {_AFTER} - {_BEFORE}", shapes=SHAPES, frame=UNIT),
    opening=Rule("energy", "The energy after the update less the energy before.", lambda r: r),
    then=(
        put(
            "y",
            ("k", "i"),
            expression("x[i] + d[k]*[i = k]", shapes=SHAPES, frame=UNIT, letters=("i",)),
            "one unit changes",
            "Only unit k moves, by d: the bracket is 1 for it and 0 for every other unit.",
        ),
        multiply_out(
            "What does not touch unit k cancels. Of the double sum its row, its column and the place where they cross "
            "remain."
        ),
        merge_symmetric("W", "The weights are symmetric: row and column give the same sum, and two halves make one."),
        use(
            expression("W[k, k]", shapes=SHAPES, frame=UNIT),
            expression("0"),
            "no self-connection",
            "No unit feeds itself: the diagonal is zero, and with it the term with the square.",
        ),
        take_out(expression("-d[k]", shapes=SHAPES, frame=UNIT), "Every term that is left has the factor −d."),
        put(
            "d",
            ("k",),
            expression("s[k] - x[k]", shapes=SHAPES, frame=UNIT),
            "the move",
            "d is the new value less the old.",
        ),
    ),
    symbols={n: s for n, s in _SYMBOLS.items() if n != "h"},
    truth=_energies,
    settings=_SETTINGS,
    form="Δ E_k = -(x'_k - x_k) (Σ_{i=1}^N w_{k,i} x_i + b_k)",
    printed=(
        Printed(
            relation(f"D[k] = {_AFTER.replace('/2', '')} - {_BEFORE.replace('/2', '')}", shapes=SHAPES, frame=UNIT),
            "The double sum counts every pair twice and every bias once: without the ½ the change is not minus the move times "
            "the unit's input, and an update can raise the energy where there are biases.",
            r"-\sum_{i,j} \theta_{ij} x_i x_j - \sum_i \theta_{i0} x_i",
        ),
    ),
    assumptions=("The weights are symmetric and their diagonal is zero.", "One unit is updated at a time."),
    source=_SOURCE,
)

energy_falls = Derivation(
    "hopfield-energy-falls",
    "Why a Hopfield network comes to rest",
    subject="memory",
    statement="An update of one unit never raises the energy.",
    start=lambda: energy_change.result,
    opening=Rule("one unit changes", "The change is minus the move times the input (derived above).", lambda r: r),
    then=(
        use(
            expression("sum(W[k, j]*x[j], j) + b[k]", shapes=SHAPES, frame=UNIT),
            expression("h[k]", shapes=SHAPES, frame=UNIT),
            "name the input",
            "What the other units and the bias send to unit k is its input h.",
        ),
        put(
            "s",
            ("k",),
            expression("sign(h[k])", shapes=SHAPES, frame=UNIT),
            "update",
            "The unit takes its input's sign. Where the input is 0 it keeps its state, and both sides are 0.",
        ),
        multiply_out("Multiply out."),
        use(
            expression("sign(h[k])*h[k]", shapes=SHAPES, frame=UNIT),
            expression("abs(h[k])", shapes=SHAPES, frame=UNIT),
            "size",
            "A number times its sign is its size.",
        ),
        bounded_by(
            expression("0"),
            "no input is larger than its size",
            "x is 1 or −1, so its product with h is at most |h|. A unit that changes had the other sign than its input, and "
            "lowers the energy by 2|h|; there are finitely many states, so the updates come to rest.",
            "x is 1 or −1.",
        ),
    ),
    symbols=_SYMBOLS,
    truth=_energies,
    equality=_at_rest,
    settings=_SETTINGS,
    kind="claim",
    form="Δ E_k = h_k x_k - | h_k | ≤ 0",
    assumptions=(
        *energy_change.assumptions,
        "Updates are asynchronous; all at once, two states can alternate for ever.",
    ),
    source=_SOURCE,
    lemmas=(energy_change,),
)
