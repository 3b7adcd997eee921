"""Networks as answers: given by their weights, run on every input, right if every output is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from derive.bank.boolean_slips import slip_of_table
from derive.bank.kind import Kind
from derive.bank.logic import Table, disagreements, inputs, truth_table
from derive.bank.misconceptions import Showing
from derive.bank.tables import labelled
from derive.bank.typed import Typed, text_of
from derive.derivations.base import Derivation
from derive.grading.verdict import Verdict, message
from derive.notation.arrays import Clash
from derive.notation.errors import Refused, Unreadable

Layer = tuple[Any, Any]
UNITS = ("step", "logistic")
NEAR = 1e-9
LABEL = re.compile(r"(?<![A-Za-z\\])([Wb])\s*_?\s*\{?\s*(\d)\s*\}?\s*(?::=|=|:)")


class Misfit(ValueError):
    """Sizes of layers that do not go together."""


@dataclass(frozen=True)
class Network(Kind):
    r"""A network of units that computes boolean functions of its inputs; any right one of the asked architecture is right.

    A step unit gives 1 where its sum is above 0 and else 0; an output of logistic units counts as 1 above ½ and as 0 below.

    Attributes:
        names: the inputs.
        outputs: the name of each output and the boolean expression that it shall compute.
        model: a right network, ``((W₁, b₁), (W₂, b₂), …)``, a row of weights for each unit.
        units: ``step`` or ``logistic``.
        hidden: how many hidden layers are asked for, 0 for the outputs alone; any number by default.
        at_most: how many hidden units there may be at most, any number by default.
        why: how the model comes about, for the worked solution.
        comes: a derivation that stands behind it.

    Raises:
        ValueError: the model does not compute the outputs.
    """

    names: Sequence[str]
    outputs: Mapping[str, str]
    model: Sequence[tuple[Any, Any]]
    units: str = "step"
    hidden: int | None = None
    why: str = ""
    comes: Derivation | None = None
    tables: tuple[Table, ...] = ()
    at_most: int | None = None

    def __post_init__(self) -> None:
        """Run the model on every input."""
        if self.units not in UNITS:
            raise ValueError(f"units are {' or '.join(UNITS)}, not {self.units!r}")
        if not self.tables:
            object.__setattr__(self, "tables", tuple(truth_table(t, self.names) for t in self.outputs.values()))
            found = self.judge(self.typed())
            if found.verdict != "equal":
                raise ValueError(f"the model network is {found.verdict}: {dict(found.evidence)}")

    @property
    def derivation(self) -> Derivation | None:
        """The derivation that stands behind the network."""
        return self.comes

    @property
    def worked(self) -> str:
        """Why the model is right."""
        return self.why

    def show(self) -> str:
        """The model's weights."""
        return _reading(self.model)

    def typed(self) -> str:
        """The model's weights as a student types them."""
        return "; ".join(f"W{k} = {_rows(w)}; b{k} = {_rows(b)}" for k, (w, b) in enumerate(self.model, 1))

    def like(self, text: str) -> Network:
        """The same comparison, with what a network computes, right or wrong, as what is asked."""
        try:
            return replace(self, tables=self._computed(_layers(text, "auto")), hidden=None, at_most=None)
        except (Unreadable, Refused, Clash, Misfit) as error:
            raise ValueError(f"{text!r} is no network: {error}") from error

    def identical(self, text: str, answer: Typed) -> bool:
        """Whether the weights are the same."""
        try:
            pairs = list(zip(_layers(text, "auto"), _given(answer), strict=True))
        except (Unreadable, Refused, Clash, Misfit, ValueError):
            return False
        return all(np.array_equal(x, y) for one, other in pairs for x, y in zip(one, other, strict=True))

    def page(self, text: str) -> str:
        """The weights that a text gives, as matrices."""
        return _reading(_layers(text, "auto"))

    def judge(self, answer: Typed) -> Verdict:
        """What the network computes on every input."""
        try:
            layers = _given(answer)
            table = self._computed(layers)
        except Unreadable as error:
            return message("unreadable", error.message, error.position)
        except Refused as error:
            return message("refused", error.message)
        except (Clash, Misfit) as error:
            return Verdict("different", {"kind": "shape", "message": str(error)})
        return replace(self._verdict(layers, table), reading=_reading(layers))

    def _verdict(self, layers: Sequence[Layer], table: tuple[Table, ...]) -> Verdict:
        said = self._misbuilt(layers)
        if said:
            return Verdict("different", {"kind": "shape", "message": said})
        for name, right, theirs in zip(self.outputs, self.tables, table, strict=True):
            wrong = disagreements(right, theirs)
            if wrong:
                told = {"names": list(self.names), "wrong": wrong, "output": name, "table": _told(table)}
                return Verdict("different", {"kind": "inputs", **told})
        return Verdict("equal", {"kind": "proved", "by": "every input", "table": _told(table)})

    def _misbuilt(self, layers: Sequence[Layer]) -> str:
        """Why a network has not the architecture that is asked for."""
        hidden, units = len(layers) - 1, sum(len(b) for _, b in layers[:-1])
        if self.hidden is not None and hidden != self.hidden:
            return f"it has {_counted(hidden, 'hidden layer')}; {_counted(self.hidden, 'hidden layer')} asked for"
        if self.at_most is not None and units > self.at_most:
            return f"it has {_counted(units, 'hidden unit')}; {self.at_most} at most are asked for"
        return ""

    def slip(self, text: str, syntax: str = "auto") -> Showing | None:
        """What would put the weights right, or how the functions that they compute are misread."""
        layers = _layers(text, syntax)
        return next((s for s, other in self._put_right(layers) if self._does(other)), None) or self._misread(layers)

    def _does(self, other: tuple[Network, Sequence[Layer]]) -> bool:
        network, layers = other
        try:
            return network._verdict(layers, network._computed(layers)).verdict == "equal"
        except (Misfit, Unreadable):
            return False

    def _put_right(self, layers: list[Layer]) -> Iterator[tuple[Showing, tuple[Network, Sequence[Layer]]]]:
        """A misconception, and the network that it would be without."""
        depth = len(layers)
        if self.units == "logistic":
            yield Showing("step-for-logistic", "right for step units"), (replace(self, units="step"), layers)
        if self.hidden is not None and depth != self.hidden + 1:
            return
        for chosen in [range(depth), *([k] for k in range(depth))]:

            def changed(change: Callable[[Any, Any], Layer], here: Sequence[int] = chosen) -> list[Layer]:
                return [change(*layer) if k in here else layer for k, layer in enumerate(layers)]

            which = " and ".join(str(k + 1) for k in chosen)
            yield Showing("sign", f"biases of layer {which}"), (self, changed(lambda w, b: (w, -b)))
            yield Showing("transposed-weights", f"weights of layer {which}"), (self, changed(lambda w, b: (w.T, b)))
            yield Showing("strict-for-weak", f"sums of 0 in layer {which}"), (self, changed(_lifted))
            yield Showing("complement", f"layer {which}"), (self, changed(lambda w, b: (-w, -b)))

    def _misread(self, layers: list[Layer]) -> Showing | None:
        """How the first output that is wrong is misread; sizes that do not fit compute nothing."""
        try:
            computed = self._computed(layers)
        except Misfit:
            return None
        for right, table, theirs in zip(self.outputs.values(), self.tables, computed, strict=True):
            if table != theirs:
                return slip_of_table((right,), theirs, self.names)
        return None

    def _computed(self, layers: Sequence[Layer]) -> tuple[Table, ...]:
        """The truth table of each output.

        Raises:
            Misfit: sizes that do not go together.
            Unreadable: an output stands at ½, or a number is none.
        """
        _fit([len(self.names), *(len(b) for _, b in layers)], layers, len(self.outputs))
        state = np.array(inputs(len(self.names)), dtype=float)
        for w, b in layers:
            with np.errstate(all="ignore"):  # what is not finite is said below
                z = state @ w.T + b
            state = (z > NEAR).astype(float) if self.units == "step" else 1 / (1 + np.exp(-np.clip(z, -500, 500)))
            if not np.isfinite(z).all():
                raise Unreadable("The sums of this network are no finite numbers.", 0)
        if self.units == "logistic" and (np.abs(state - 0.5) < NEAR).any():
            raise Unreadable("An output is exactly ½ on some input: it counts neither as 1 nor as 0.", 0)
        return tuple(tuple(bool(x > 0.5) for x in column) for column in state.T)


def _counted(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def _lifted(weights: Any, biases: Any) -> Layer:
    """A layer that is lifted a little: sums of 0 count as above 0."""
    return weights, biases + 1e-6


def _fit(sizes: Sequence[int], layers: Sequence[Layer], outputs: int) -> None:
    for k, (w, b) in enumerate(layers, 1):
        if w.shape != (sizes[k], sizes[k - 1]):
            rows, columns = w.shape
            raise Misfit(
                f"W_{k} is {rows}×{columns}; for {len(b)} units with {sizes[k - 1]} inputs it is {len(b)}×{sizes[k - 1]}"
            )
    if sizes[-1] != outputs:
        raise Misfit(f"the last layer has {sizes[-1]} units, and {outputs} outputs are asked for")


def _given(answer: Typed) -> list[Layer]:
    """The layers of an answer, typed or as ``{"network": {"W1": [[…]], "b1": […], …}}``."""
    if isinstance(answer, Mapping) and isinstance(answer.get("network"), Mapping):
        return _layers(
            "; ".join(f"{k} = {re.sub(chr(39), '', str(v))}" for k, v in answer["network"].items()), "python"
        )
    return _layers(*text_of(answer))


def _layers(text: str, syntax: str) -> list[Layer]:
    found = labelled(text, LABEL, syntax)
    if not found:
        raise Unreadable("Give weights and biases of every layer: W1 = [[1, -1], [0, 2]]; b1 = [0, -1]; W2 = …", 0)
    depth = max(int(n[1:]) for n in found)
    missing = [n for k in range(1, depth + 1) for n in (f"W{k}", f"b{k}") if n not in found]
    if missing:
        raise Unreadable(f"{' and '.join(missing)} is missing.", 0)
    return [_layer(found[f"W{k}"], np.ravel(found[f"b{k}"])) for k in range(1, depth + 1)]


def _layer(weights: Any, biases: Any) -> Layer:
    """A layer whose weights have a row for each bias, where they were typed as a single row or column."""
    if np.ndim(weights) < 2 and np.size(weights) % len(biases) == 0:
        return np.reshape(weights, (len(biases), -1)), biases
    return np.atleast_2d(weights), biases


def _told(table: Sequence[Table]) -> list[str]:
    """Each output's values over all inputs, as a string of bits."""
    return ["".join(str(int(x)) for x in t) for t in table]


def _reading(layers: Sequence[Layer]) -> str:
    named = ((k, _matrix(w), _matrix([[x] for x in b])) for k, (w, b) in enumerate(layers, 1))
    return r", \quad ".join(rf"W_{k} = {w}, \quad b_{k} = {b}" for k, w, b in named)


def _matrix(rows: Any) -> str:
    body = r" \\ ".join(" & ".join(f"{float(x):g}" for x in row) for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"


def _rows(value: Any) -> str:
    return str(np.asarray(value).tolist())
