"""How the first state of an RNN moves later ones: the product of the Jacobians of all steps between them.

For one unit the product is one of numbers; for m units it is one of matrices, the later ones to the left.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.chain import collapsing
from derive.calculus.gradient import definition_line
from derive.calculus.rules import start_value, unroll
from derive.calculus.rules_names import by_induction, differentiated
from derive.calculus.trace import Line, Relation, Rule
from derive.derivations.base import Derivation, Printed, Symbol, axes
from derive.derivations.sequences import EDGE, LENGTHS, TIMES, over_time
from derive.notation.index_language import expression, relation

_STATES = {n: TIMES[n] for n in ("T", "m", "n", "x", "s", "h")}
_FUNCTION = {"f": Symbol((), "function", "f", "the activation, any smooth function")}


def slope_at(torch: Any, f: Any, z: Any) -> Any:
    """f′ at every entry, by torch's own differentiation of the entries' sum."""
    (slope,) = torch.func.vjp(f, z)[1](torch.ones_like(z))
    return slope


def _product(torch: Any, z: Any, W: Any, f: Any) -> Any:  # noqa: N803
    """The products of the first 0, 1, …, T step Jacobians, each by torch's own chain of matrix products."""
    one = torch.eye(len(W), dtype=W.dtype, device=W.device)
    steps = [torch.diag(slope) @ W for slope in slope_at(torch, f, z)]
    return torch.stack([torch.linalg.multi_dot([one, *reversed(steps[:t]), one]) for t in range(len(steps) + 1)])


network = over_time(
    """
    z[t, i] := sum(W[i, j]*h[t, j], j) + sum(U[i, k]*x[t, k], k) + b[i]
    P[t, i, j] := [t = 0]*[i = j] + f'(z[t-1, i])*sum(W[i, k]*P[t-1, k, j], k)
    h[t, i] := [t = 0]*s[i] + [t >= 1]*f(z[t-1, i])
    """,
    {"P": "T+1 m m", "W": "m m", "U": "m n", "b": "m", "x": "T n", "s": "m", "z": "T m", "h": "T+1 m"},
    ("f",),
)


def _product_lines() -> tuple[Line, ...]:
    """Forward mode in the first state; then the product, which starts alike and goes on alike."""
    product = network.definitions[1]
    induction = by_induction(product, "It starts as the identity and takes on the same factor in every step: P it is.")
    pushed = differentiated(network, "jacobian", "s", ("j",), ideas={"dh/ds": ("dz/ds", induction)})
    return (definition_line(product), *pushed)


rnn_state_product = Derivation(
    "rnn-state-product",
    "How the first state of an RNN moves every later one",
    subject="recurrence",
    statement="The Jacobian of the state after t steps in the first one is the product of the Jacobians of the steps, "
    "diag(f′(z_t)) W ⋯ diag(f′(z_1)) W.",
    of=network,
    wrt="s",
    letters=("j",),
    asks="jacobian",
    replayed=_product_lines,
    form="∂h_{t-1,i}/∂h^{(0)}_j = P_{t-1,i,j}",
    symbols=_STATES
    | _FUNCTION
    | {
        "W": Symbol(("m", "m"), latex="W", meaning="the weights of the state"),
        "U": Symbol(("m", "n"), latex="U", meaning="the weights of the input"),
        "b": Symbol(("m",), latex="b", meaning="the biases"),
        "z": Symbol(("T", "m"), "derived", "z", "the pre-activations"),
        "P": Symbol(
            ("0..T", "m", "m"),
            "derived",
            "P",
            "the product of the matrices diag(f′(z)) W of the steps so far, in order",
        ),
    },
    truth={
        "P": _product,
        "z": lambda torch, W, h, U, x, b: h[:-1] @ W.mT + torch.nn.functional.linear(x, U, b),  # noqa: N803
        "h": lambda torch, s, z, f: torch.cat([s[None], f(z)]),
    },
    settings=LENGTHS,
    boundary=EDGE,
    source="003_a2d52afd229cfba6.txt §14.1",
    printed=(
        Printed(
            relation(
                "P[t, i, j] = sum(P[t-1, i, k]*f'(z[t-1, k])*W[k, j], k)",
                shapes={"P": "T+1 m m", "W": "m m", "z": "T m"},
                frame=axes(t="1..T", i="m", j="m"),
                functions=("f",),
            ),
            "Matrices do not commute: the step taken last stands leftmost, J_k ⋯ J_{t+1}. In the printed order the "
            "first step does.",
            r"\prod_{j=t+1}^k J_j (§14.2)",
        ),
    ),
)


unit = over_time(
    """
    z[t] := w*h[t] + sum(U[k]*x[t, k], k) + b
    h[t] := [t = 0]*s + [t >= 1]*f(z[t-1])
    """,
    {"w": "", "U": "n", "b": "", "x": "T n", "s": "", "z": "T", "h": "T+1"},
    ("f",),
)
_LATER = (Bound(Letter("t"), Affine.of(1), Affine.of("T") + 1),)


def _later(relation: Relation) -> Relation:
    """The line for every step but the start."""
    return collapsing(()).apply(replace(relation, frame=_LATER))


rnn_unit_product = Derivation(
    "rnn-unit-product",
    "How the first state of one recurrent unit moves its last",
    subject="recurrence",
    statement="The derivative of the last state of one recurrent unit in its first: a product over all steps, which "
    "vanishes or explodes with their number.",
    of=unit,
    wrt="s",
    asks="jacobian",
    ideas={"dh/ds": ("dz/ds",)},
    then=(
        Rule("after the start", "At every step but the start the first term is 0.", _later),
        unroll("dh/ds", Affine.of("T"), "t", "Put each line into the next, down to the start."),
        start_value("dh/ds", 0, expression("1"), "The first state moves with itself."),
    ),
    symbols={n: s for n, s in _STATES.items() if n != "m"}
    | _FUNCTION
    | {
        "s": Symbol((), latex="h^{(0)}", meaning="the state before the first step"),
        "h": Symbol(("0..T",), "derived", "h", "the states, from the one before the first step on"),
        "w": Symbol((), latex="w", meaning="the weight of the state"),
        "U": Symbol(("n",), latex="u", meaning="the weights of the input"),
        "b": Symbol((), latex="b", meaning="the bias"),
        "z": Symbol(("T",), "derived", "z", "the pre-activations"),
    },
    truth={
        "z": lambda torch, w, h, U, x, b: w * h[:-1] + torch.mv(x, U) + b,  # noqa: N803
        "h": lambda torch, s, z, f: torch.cat([s[None], f(z)]),
    },
    form="∂h_T/∂h^{(0)} = Π_{t=1}^T w f'(z_t)",
    settings=({"T": 3, "n": 2}, {"T": 4, "n": 3}, {"T": 2, "n": 4}),
    boundary=({"T": 1, "n": 1},),
    source="003_a2d52afd229cfba6.txt §14.1",
)
