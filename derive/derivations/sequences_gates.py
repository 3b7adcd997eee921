"""How far an LSTM's memory reaches: the direct path, when it is all there is, and what the gates add to it over time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.chain import collapsing
from derive.calculus.expr import entry, multiply
from derive.calculus.rules import start_value, unroll
from derive.calculus.rules_names import slope
from derive.calculus.trace import Relation, Rule
from derive.derivations.base import Derivation, Oracle, Printed, axes
from derive.derivations.cells import SLOPES
from derive.derivations.sequences import EDGE, LENGTHS, over_time
from derive.derivations.sequences_lstm import gate_sizes, lstm_forget_weights, timed_gate
from derive.notation.index_language import expression

_SOURCE = "000_46eee05028ac51b3.txt 'Memory Units'; 003_a2d52afd229cfba6.txt §13"


def _blind(name: str, function: str) -> str:
    """A gate that sees the inputs alone."""
    return f"z{name}[t, j] := sum(U{name}[j, l]*x[t, l], l) + b{name}[j]\n{name}[t, j] := {function}(z{name}[t, j])\n"


_SIZES = {"x": "T n", "c0": "m", "c": "T+1 m"} | {
    n: a for g in "fug" for n, a in gate_sizes(g).items() if not n.startswith("W")
}
_MEMORY = "c[t, j] := [t = 0]*c0[j] + [t >= 1]*(f[t-1, j]*c[t-1, j] + u[t-1, j]*g[t-1, j])\n"
blind = over_time(_blind("f", "sigmoid") + _blind("u", "sigmoid") + _blind("g", "tanh") + _MEMORY, _SIZES)
_KNOWN = lstm_forget_weights.symbols
_LATER = (Bound(Letter("t"), Affine.of(1), Affine.of("T") + 1), *axes(j="m", k="m"))


def _later(relation: Relation) -> Relation:
    """The line for every step but the start."""
    return collapsing(()).apply(replace(relation, frame=_LATER))


_AFTER_START = Rule("after the start", "At every step but the start the first term is 0.", _later)
_BLIND: dict[str, Oracle] = {
    "zf": lambda torch, Uf, x, bf: torch.nn.functional.linear(x, Uf, bf),  # noqa: N803
    "zu": lambda torch, Uu, x, bu: torch.nn.functional.linear(x, Uu, bu),  # noqa: N803
    "zg": lambda torch, Ug, x, bg: torch.nn.functional.linear(x, Ug, bg),  # noqa: N803
    "f": lambda torch, zf: torch.sigmoid(zf),
    "u": lambda torch, zu: torch.sigmoid(zu),
    "g": lambda torch, zg: torch.tanh(zg),
    "c": lambda torch, c0, f, c, u, g: torch.cat([c0[None], torch.addcmul(u * g, f, c[:-1])]),
}
direct = Derivation(
    "lstm-memory-product",
    "How the first memory of an LSTM moves its last, where gates see inputs alone",
    subject="recurrence",
    statement="Where no gate sees the state, the forget gates alone carry the memory on: their product, unit by unit.",
    of=blind,
    wrt="c0",
    letters=("k",),
    asks="jacobian",
    then=(
        _AFTER_START,
        unroll("dc/dc0", Affine.of("T"), "t", "Put each line into the next, down to the start."),
        start_value("dc/dc0", 0, expression("[j = k]", letters=("j", "k")), "The first memory moves with itself."),
    ),
    symbols={n: s for n, s in _KNOWN.items() if n in _SIZES or n in ("T", "m", "n")},
    truth=_BLIND,
    settings=LENGTHS,
    boundary=EDGE,
    form="∂c_{T,j}/∂c^{(0)}_k = [j = k] Π_{t=1}^T f_{t,j}",
    assumptions=("Gates and candidate see the inputs alone: they have no weights for the state.",),
    source=_SOURCE,
)

_SEEING = {"f": "sigmoid", "u": "sigmoid", "g": "tanh", "o": "sigmoid"}
_STATE = "q[t, j] := tanh(c[t, j])\nh[t, j] := [t = 0]*s[j] + [t >= 1]*o[t-1, j]*q[t, j]\n"
seeing = over_time(
    _STATE + "".join(timed_gate(g, f) for g, f in _SEEING.items()) + _MEMORY,
    {"x": "T n", "s": "m", "c0": "m", "c": "T+1 m", "q": "T+1 m", "h": "T+1 m"}
    | {n: a for g in _SEEING for n, a in gate_sizes(g).items()},
)


def _named(name: str) -> Any:
    found = seeing.definition(name)
    assert found is not None
    return found


_LETTER = Affine.of("t")
_STEP, _BEFORE = entry("dc/dc0", _LETTER, "j", "k"), entry("dc/dc0", _LETTER - 1, "j", "k")
full = Derivation(
    "lstm-memory-jacobian",
    "How the first memory of an LSTM moves every later one",
    subject="recurrence",
    statement="With gates that see the state the memory's Jacobian goes on by the forget gate, and by what the state before "
    "moves in forget gate, input gate and candidate: the forget gate alone is not the whole.",
    of=seeing,
    wrt="c0",
    letters=("k",),
    asks="jacobian",
    ideas={f"d{g}/dc0": (slope(_named(g), SLOPES[f]), f"dz{g}/dc0") for g, f in _SEEING.items() if g != "o"}
    | {"dc/dc0": ("df/dc0", "du/dc0", "dg/dc0")},
    then=(_AFTER_START,),
    symbols={n: s for n, s in _KNOWN.items() if not n.endswith("_bar") and n != "y"},
    truth={n: t for n, t in lstm_forget_weights.truth.items() if n != "y"},  # type: ignore[union-attr]
    settings=LENGTHS,
    boundary=EDGE,
    form="∂c_{t,j}/∂c^{(0)}_k = f_{t,j} ∂c_{t-1,j}/∂c^{(0)}_k"
    " + c_{t-1,j} f_{t,j} (1 - f_{t,j}) Σ_{l=1}^m W^f_{j,l} ∂h_{t-1,l}/∂c^{(0)}_k"
    " + g_{t,j} i_{t,j} (1 - i_{t,j}) Σ_{l=1}^m W^i_{j,l} ∂h_{t-1,l}/∂c^{(0)}_k"
    " + i_{t,j} (1 - g_{t,j}²) Σ_{l=1}^m W^g_{j,l} ∂h_{t-1,l}/∂c^{(0)}_k",
    source=_SOURCE,
    printed=(
        Printed(
            Relation((_STEP, multiply((entry("f", _LETTER - 1, "j"), _BEFORE))), ("=",), _LATER),
            "The gates see the state before, and that state is the tanh of the memory before: the forget gate alone is the "
            "direct path, and the whole derivative only where no gate sees the state (see lstm-memory-product).",
            r"\frac{\partial c(t)}{\partial c(t-1)} = f(t)",
        ),
    ),
)
