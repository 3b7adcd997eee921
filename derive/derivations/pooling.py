"""Pooling and unpooling: where the loss gradient goes through an average, a maximum, and back to the maximum's place.

Windows of r samples start s samples apart; ``g`` is the gradient that arrives from above.
"""

from __future__ import annotations

from typing import Any

from derive.calculus.inequalities import count_multiplications
from derive.calculus.rules import tidy
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import program, relation

_NOTES = "000_46eee05028ac51b3.txt 'Pooling'"
_BOOK = "001_9baaf7fce9703606.txt §3.4"
_EXAMPLE = "003_a2d52afd229cfba6.txt §6"
_SYMBOLS = {
    "N": Symbol(domain="dimension", latex="N", meaning="the length of the signal"),
    "A": Symbol(domain="dimension", latex="A", meaning="the number of windows"),
    "r": Symbol(domain="dimension", latex="r", meaning="the number of samples of a window"),
    "s": Symbol((), "posint", "s", "the stride: how far apart windows start"),
    "x": Symbol(("N",), latex="x", meaning="the signal"),
    "y": Symbol(("A",), "derived", "y", "the pooled signal"),
    "y_bar": Symbol(("A",), latex="g", meaning="the gradient of the loss that arrives from above"),
}
_POOL: dict[str, Any] = {
    "subject": "convolution",
    "wrt": "x",
    "letters": ("a",),
    "symbols": _SYMBOLS,
    "settings": (
        {"N": 9, "A": 4, "r": 3, "s": 2},
        {"N": 8, "A": 3, "r": 2, "s": 3},
        {"N": 7, "A": 5, "r": 3, "s": 1},
    ),
    "boundary": ({"N": 1, "A": 1, "r": 1, "s": 1}, {"N": 4, "A": 4, "r": 1, "s": 1}, {"N": 5, "A": 1, "r": 4, "s": 2}),
    "where": ("N >= s*(A-1) + r",),
    "index_base": 0,
}

average_pool = Derivation(
    "average-pooling-gradient",
    "Where the gradient goes through average pooling",
    statement="A sample gets an equal share of the gradient of every window that it lies in.",
    of=program("integer s; y[i] := sum(x[s*i+k], k = 0..r-1)/r", shapes={"x": "N", "y": "A"}),
    truth=lambda torch, x, r, s: torch.nn.functional.avg_pool1d(x[None], r, s)[0],
    form="∂L/∂x_a = 1/r Σ_{i=0}^{A-1} g_i [a ≥ i s] [i s+r ≥ a+1]",
    source=_BOOK,
    **_POOL,
)
max_pool = Derivation(
    "max-pooling-gradient",
    "Where the gradient goes through max pooling",
    statement="The gradient of a window goes to the sample that is its maximum, from every window where it is.",
    of=program("integer s; y[i] := amax(x[s*i+k], k = 0..r-1)", shapes={"x": "N", "y": "A"}),
    truth=lambda torch, x, r, s: torch.nn.functional.max_pool1d(x[None], r, s)[0],
    form="∂L/∂x_a = Σ_{i=0}^{A-1} g_i 1[x_a = max_{k=0}^{r-1} x_{i s+k}] [a ≥ i s] [i s+r ≥ a+1]",
    assumptions=(
        "No window has two samples that are its maximum: at such ties there is no derivative (torch gives all to the first).",
    ),
    source=f"{_NOTES}; {_BOOK}; {_EXAMPLE}",
    **_POOL,
)


def _unpooled(torch: Any, x: Any, z: Any, A: int, r: int) -> Any:  # noqa: N803
    """Torch's own unpooling of z, at the places that its own pooling of x found."""
    _, places = torch.nn.functional.max_pool1d(x.reshape(1, -1), r, return_indices=True)
    return torch.nn.functional.max_unpool1d(z[None], places, r).reshape(A, r)


unpool = Derivation(
    "max-unpooling-gradient",
    "Where the gradient goes through unpooling",
    subject="convolution",
    statement="Unpooling puts each value back where its window's maximum was; the gradient is read off at that place.",
    of=program("u[i, k] := [x[i, k] = amax(x[i, j], j)]*z[i]", shapes={"x": "A r", "z": "A"}),
    wrt="z",
    letters=("i",),
    symbols={
        "A": _SYMBOLS["A"],
        "r": _SYMBOLS["r"],
        "x": Symbol(("A", "r"), latex="x", meaning="the signal that was pooled, window by window"),
        "z": Symbol(("A",), latex="z", meaning="the pooled values"),
        "u": Symbol(("A", "r"), "derived", "u", "the unpooled values, window by window"),
        "u_bar": Symbol(("A", "r"), latex="g", meaning="the gradient of the loss that arrives from above"),
    },
    truth=_unpooled,
    settings=({"A": 2, "r": 3}, {"A": 4, "r": 2}, {"A": 3, "r": 5}),
    boundary=({"A": 1, "r": 1}, {"A": 1, "r": 3}),
    form="∂L/∂z_i = Σ_{k=1}^r g_{i,k} 1[x_{i,k} = max_{j=1}^r x_{i,j}]",
    assumptions=("Windows do not overlap.",),
    source=_BOOK,
)


def _dense(torch: Any, n: int, m: int) -> dict[str, Any]:
    layer = torch.nn.Linear(n, m)
    return {"params": torch.tensor(float(sum(p.numel() for p in layer.parameters())))}


dense_parameters = Derivation(
    "dense-parameter-count",
    "The parameters of a fully connected layer",
    subject="convolution",
    statement="How many trainable numbers a fully connected layer with biases has.",
    start=relation("params = sum(1, i = 0..m-1, j = 0..n-1) + sum(1, i = 0..m-1)"),
    opening=Rule("count the entries", "One weight for every pair of units, and one bias for every unit.", lambda r: r),
    then=(
        count_multiplications("A sum of ones over a range is the range's length."),
        tidy("factor", "Take m out.", "factor"),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the units of the layer before"),
        "m": Symbol(domain="dimension", latex="m", meaning="the units of this layer"),
        "params": Symbol((), "derived", r"\#\text{parameters}", "the number of parameters"),
    },
    truth=_dense,
    settings=({"n": 2, "m": 3}, {"n": 5, "m": 4}, {"n": 7, "m": 2}),
    boundary=({"n": 1, "m": 1},),
    form="#parameters = m (n + 1)",
    source="001_9baaf7fce9703606.txt §3.5",
)
