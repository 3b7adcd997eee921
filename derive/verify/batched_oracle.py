"""The oracle over a batch of draws: what `derive.verify.oracle` asks of torch, asked once through ``torch.func.vmap``.

Every definition gets a zero added to it, a nudge; the derivative of the last value in the nudges is every adjoint.
An oracle that looks at what its tensors hold cannot be mapped; it runs draw by draw, on the CPU, at `LOOPED` draws, and
the caller is told.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from derive.calculus.chain import adjoint, jacobian
from derive.calculus.fields import Array
from derive.calculus.program import Program
from derive.derivations.base import MESH, Derivation, Oracle
from derive.verify.device import on
from derive.verify.draw import dims
from derive.verify.oracle import called, continuous, functions_of, given, recurrent, truth_values
from derive.verify.stand_ins import operators

Tensors = dict[str, Any]
LOOPED = 3


def batched_truth(
    derivation: Derivation,
    inputs: Sequence[Mapping[str, Array]],
    tensors: Tensors,
    sizes: Mapping[str, int],
    torch: Any,
    functions: Mapping[str, str],
    device: str,
) -> tuple[Tensors, bool]:
    """Name → tensor with the draws in front, and whether it took one pass.

    Args:
        derivation: whose oracle.
        inputs: the draws as NumPy arrays.
        tensors: the same stacked, in 64-bit floats on the device.
        sizes: the setting.
        torch: torch.
        functions: unknown function → the one that stands for it.
        device: where everything is to be.
    """
    one = _mapped(derivation, torch, sizes, functions)
    if tensors:
        try:
            with on(torch, device), _unasked(torch):
                return {**tensors, **torch.func.vmap(one, randomness="same")(tensors)}, True
        except (RuntimeError, TypeError, ValueError, AttributeError):
            pass  # it asks what its tensors hold; draw by draw it need not be mapped, and says itself what is wrong
    each = [truth_values(derivation, drawn, sizes, "cpu", functions) for drawn in inputs[:LOOPED]]
    found = {n: torch.stack([torch.as_tensor(e[n], dtype=torch.float64) for e in each]).to(device) for n in each[0]}
    return found, len(each) == 1


@contextmanager
def _unasked(torch: Any) -> Iterator[None]:
    """Within it torch's distributions do not look whether what they are given lies in their domain.

    Nor does torch warn of operations that it maps by doing one after the other: their number is small.
    """
    kind = torch.distributions.Distribution
    before = kind._validate_args
    kind.set_default_validate_args(False)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "There is a performance drop")
            yield
    finally:
        kind.set_default_validate_args(before)


def _mapped(
    derivation: Derivation, torch: Any, sizes: Mapping[str, int], functions: Mapping[str, str]
) -> Callable[[Tensors], Tensors]:
    """What one draw's tensors are worth, as a function that can be mapped."""
    unknown, program = operators(functions, torch), derivation.program
    if program is None:
        truth = derivation.truth
        if not callable(truth):
            raise TypeError(f"{derivation.name}: truth must be one function where there is no program")

        def plain(known: Tensors) -> Tensors:
            found = called(truth, torch, {**sizes, **known, **unknown})
            return {n: torch.as_tensor(v, dtype=torch.float64) for n, v in found.items()}

        return plain
    own = {n: given(f, unknown) for n, f in functions_of(derivation, program).items()}
    whole = None if derivation.whole is None else given(derivation.whole, unknown)
    return lambda known: _Differentiated(derivation, program, own, torch, sizes, known).values(whole)


class _Differentiated:
    """One draw of a program: values, adjoints, Jacobians."""

    def __init__(
        self,
        derivation: Derivation,
        program: Program,
        own: Mapping[str, Oracle],
        torch: Any,
        sizes: Mapping[str, int],
        inputs: Tensors,
    ) -> None:
        self.derivation, self.program, self.own, self.torch, self.sizes = derivation, program, own, torch, sizes
        self.inputs, self.last = inputs, program.definitions[-1]
        self.mesh = MESH if continuous(program) else 1.0
        letters, like = dims(sizes), next(iter(inputs.values()))
        shapes = {d.name: [n.at(letters) for n in program.shapes.get(d.name, ())] for d in program.definitions}
        self.zeros = {n: torch.zeros(shape, dtype=like.dtype, device=like.device) for n, shape in shapes.items()}

    def forward(self, inputs: Tensors, nudges: Tensors) -> Tensors:
        """The value of every definition; a recurrence is swept over as often as it can need."""
        known = {**self.sizes, **inputs}
        sweeps = 1
        if recurrent(self.program):
            known, sweeps = {**known, **self.zeros}, 2 + sum(self.sizes.values())
        for _ in range(sweeps):
            for d in self.program.definitions:
                known[d.name] = called(self.own[d.name], self.torch, known) + nudges[d.name]
        return {d.name: known[d.name] for d in self.program.definitions}

    def above(self, value: Any) -> Any:
        """The cotangent of the last value: what is drawn for it, or ones."""
        arrives = self.last.letters and self.derivation.asks == "gradient"
        return self.inputs[adjoint(self.last.name)] if arrives else self.torch.ones_like(value)

    def adjoints(self, inputs: Tensors, nudges: Tensors) -> tuple[Tensors, Tensors]:
        """Every definition's value, and every array's adjoint but that of the last."""
        value, back, known = self.torch.func.vjp(self._loss, inputs, nudges, has_aux=True)
        of_inputs, of_nudges = back(self.above(value))
        found = {n: g for n, g in {**of_inputs, **of_nudges}.items() if n in self.program.shapes}
        return known, {adjoint(n): g for n, g in found.items() if n != self.last.name}

    def _loss(self, inputs: Tensors, nudges: Tensors) -> tuple[Any, Tensors]:
        known = self.forward(inputs, nudges)
        return known[self.last.name], known

    def values(self, whole: Oracle | None) -> Tensors:
        """Everything that the lines may speak of."""
        known, grads = self.adjoints(self.inputs, self.zeros)
        out = {**known, **{n: g / self.mesh for n, g in grads.items()}}
        if self.derivation.asks == "gradient":
            out |= self._local(known)
        else:
            out |= self._along()
        return {**out, **(self._at_once(whole, known) if whole is not None else {})}

    def _local(self, known: Tensors) -> Tensors:
        """The local Jacobian of each definition in each array that it reads."""
        found, everything = {}, {**self.sizes, **self.inputs, **known}
        for d in self.program.definitions:
            for name in self.program.shapes:
                if name in inspect.signature(self.own[d.name]).parameters:
                    moved = self._moved(self.own[d.name], name, everything)
                    found[jacobian(d.name, name)] = self.torch.func.jacrev(moved)(everything[name]) / self.mesh
        return found

    def _moved(self, function: Oracle, name: str, everything: Tensors) -> Callable[[Any], Any]:
        return lambda v: called(function, self.torch, {**everything, name: v})

    def _along(self) -> Tensors:
        """The whole derivative of every value and adjoint in the array that is asked for."""
        wrt = self.derivation.wrt

        def moved(step: Any) -> Tensors:
            inputs = {n: v + step if n == wrt else v for n, v in self.inputs.items()}
            nudges = {n: v + step if n == wrt else v for n, v in self.zeros.items()}
            known, grads = self.adjoints(inputs, nudges)
            return {**known, **grads}

        start = self.torch.zeros_like(self.inputs.get(wrt, self.zeros.get(wrt)))
        return {jacobian(n, wrt): j for n, j in self.torch.func.jacrev(moved)(start).items()}

    def _at_once(self, whole: Oracle, known: Tensors) -> Tensors:
        """The last definition and its derivatives from one operator of torch's."""
        value, back = self.torch.func.vjp(lambda i: called(whole, self.torch, {**self.sizes, **i}), self.inputs)
        (grads,) = back(self.above(value))
        asked = set(inspect.signature(whole).parameters)
        out = {self.last.name: value, **{adjoint(n): g for n, g in grads.items() if n in asked}}
        wrt = self.derivation.wrt
        if self.derivation.asks == "jacobian":
            moved = self._moved(whole, wrt, {**self.sizes, **self.inputs})
            out[jacobian(self.last.name, wrt)] = self.torch.func.jacrev(moved)(self.inputs[wrt])
        return out
