"""The oracle: what torch says every name of a derivation is worth.

A derivation's ``truth`` is a function that is given torch, written with torch's own operators. Values, adjoints
(``v_bar``) and local Jacobians (``dy/dx``) come from torch and its autograd; our evaluator has no part in them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from derive.calculus.atoms import Bound
from derive.calculus.chain import adjoint, jacobian
from derive.calculus.fields import Array
from derive.calculus.program import Definition, Program
from derive.calculus.substitute import names
from derive.derivations.base import MESH, Derivation, Oracle
from derive.verify.device import on
from derive.verify.draw import dims
from derive.verify.stand_ins import operators


class OracleError(ValueError):
    """The oracle's function does not fit the derivation; the message says how."""


def torch_module() -> Any:
    """Torch, imported now; an ImportError says which extra to install."""
    try:
        import torch
        import torch.utils.flop_counter
    except ImportError as error:
        raise ImportError("checking needs torch: install derive-suite[verify]") from error
    return torch


def device_named(name: str) -> str:
    """``cpu`` or ``cuda``; ``auto`` takes the GPU where there is one."""
    if name == "auto":
        return "cuda" if torch_module().cuda.is_available() else "cpu"
    return name


def truth_values(
    derivation: Derivation,
    inputs: Mapping[str, Array],
    sizes: Mapping[str, int],
    device: str,
    functions: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Name → array for the inputs and everything that the oracle computes from them.

    An oracle that asks for an unknown function gets torch's operator of the name in ``functions``.
    """
    torch = torch_module()
    tensors = {k: torch.tensor(v, dtype=torch.float64, device=device) for k, v in inputs.items()}
    unknown = operators(functions or {}, torch)
    with on(torch, device):
        if derivation.program is None:
            return {**inputs, **_plain(derivation, torch, {**tensors, **unknown}, sizes)}
        own = {n: given(f, unknown) for n, f in functions_of(derivation, derivation.program).items()}
        whole = None if derivation.whole is None else given(derivation.whole, unknown)
        return {**inputs, **_differentiated(derivation, derivation.program, own, whole, torch, tensors, sizes)}


def _plain(derivation: Derivation, torch: Any, tensors: Mapping[str, Any], sizes: Mapping[str, int]) -> dict[str, Any]:
    if not callable(derivation.truth):
        raise OracleError(f"{derivation.name}: truth must be one function where there is no program")
    found = called(derivation.truth, torch, {**sizes, **tensors})
    return {k: v if isinstance(v, bool) else _numpy(v) for k, v in found.items()}


def called(function: Callable[..., Any], torch: Any, known: Mapping[str, Any]) -> Any:
    """The function of what it asks for by name; with ``**more`` it gets everything."""
    asked = list(inspect.signature(function).parameters.values())[1:]
    if asked and asked[-1].kind is inspect.Parameter.VAR_KEYWORD:
        return function(torch, **known)
    wanted = [p.name for p in asked]
    missing = [w for w in wanted if w not in known]
    if missing:
        raise OracleError(f"the oracle asks for {', '.join(missing)}, which nothing gives")
    return function(torch, **{w: known[w] for w in wanted})


def _numpy(value: Any) -> Array:
    return np.asarray(value.numpy(force=True) if hasattr(value, "detach") else value, dtype=float)


def given(function: Oracle, unknown: Mapping[str, Any]) -> Oracle:
    """The oracle with torch's operators put in for the unknown functions it asks for."""
    wanted = inspect.signature(function).parameters
    mine = {k: v for k, v in unknown.items() if k in wanted}
    if not mine:
        return function

    def call(torch: Any, **known: Any) -> Any:
        return function(torch, **known, **mine)

    call.__signature__ = inspect.Signature([p for n, p in wanted.items() if n not in mine])  # type: ignore[attr-defined]
    return call


def _differentiated(
    derivation: Derivation,
    program: Program,
    functions: Mapping[str, Oracle],
    whole: Oracle | None,
    torch: Any,
    tensors: Mapping[str, Any],
    sizes: Mapping[str, int],
) -> dict[str, Any]:
    inputs = {**sizes, **{k: v.clone().requires_grad_() for k, v in tensors.items()}}
    known, nudges = _computed(program, functions, torch, inputs, sizes)
    last = program.definitions[-1]
    above = (
        known[adjoint(last.name)]
        if last.letters and derivation.asks == "gradient"
        else torch.ones_like(known[last.name])
    )
    leaves = {n: v for n, v in {**known, **nudges}.items() if n in program.shapes}
    mesh = MESH if continuous(program) else 1.0
    loss = (above.detach() * known[last.name]).sum()
    found = torch.autograd.grad(loss, list(leaves.values()), allow_unused=True, create_graph=True)
    grads = {adjoint(n): g for n, g in zip(leaves, found, strict=True) if g is not None and n != last.name}
    out = {d.name: known[d.name] for d in program.definitions} | {n: g / mesh for n, g in grads.items()}
    if derivation.asks == "gradient":
        for d in program.definitions:
            out |= _jacobians(d, program, functions[d.name], torch, known, mesh)
    else:
        moved = {n: v for n, v in {**known, **grads}.items() if n not in inputs}
        out |= {jacobian(n, derivation.wrt): _whole(v, known[derivation.wrt], torch) for n, v in moved.items()}
    if whole is not None:
        out |= _at_once(whole, last.name, torch, inputs, above)
        if derivation.asks == "jacobian":
            value = called(whole, torch, inputs)
            out[jacobian(last.name, derivation.wrt)] = _whole(value, inputs[derivation.wrt], torch)
    return {k: _numpy(v) for k, v in out.items()}


def _computed(
    program: Program,
    functions: Mapping[str, Callable[..., Any]],
    torch: Any,
    inputs: Mapping[str, Any],
    sizes: Mapping[str, int],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The value of every definition, and for recurrences a zero added to each: the loss's derivative in it is the adjoint.

    An array that reads itself, or a later one, through time is swept over until it settles.
    """
    known = dict(inputs)
    if not recurrent(program):
        for d in program.definitions:
            known[d.name] = called(functions[d.name], torch, known)
        return known, {}
    like = next(v for v in inputs.values() if not isinstance(v, int))
    letters = dims(sizes)
    shapes = {d.name: [n.at(letters) for n in program.shapes[d.name]] for d in program.definitions}
    nudges = {n: like.new_zeros(shape).requires_grad_() for n, shape in shapes.items()}
    known |= {n: like.new_zeros(shape) for n, shape in shapes.items()}
    for _ in range(2 + sum(sizes.values())):
        before = dict(known)
        for d in program.definitions:
            known[d.name] = called(functions[d.name], torch, known) + nudges[d.name]
        if all(torch.equal(before[n], known[n]) for n in nudges):
            return known, nudges
    raise OracleError("the recurrence does not settle in as many sweeps as its axes have places together")


def recurrent(program: Program) -> bool:
    """Whether a definition reads itself or a later one."""
    later = [d.name for d in program.definitions]
    return any(not names(d.body).isdisjoint(later[k:]) for k, d in enumerate(program.definitions))


def _at_once(whole: Callable[..., Any], last: str, torch: Any, inputs: Mapping[str, Any], above: Any) -> dict[str, Any]:
    """The last definition, and the adjoints of the inputs that it depends on, from one operator of torch's."""
    value = called(whole, torch, inputs)
    leaves = {n: v for n, v in inputs.items() if not isinstance(v, int)}
    grads = torch.autograd.grad((above.detach() * value).sum(), list(leaves.values()), allow_unused=True)
    return {last: value, **{adjoint(n): g for n, g in zip(leaves, grads, strict=True) if g is not None}}


def functions_of(derivation: Derivation, program: Program) -> dict[str, Callable[..., Any]]:
    """The oracle of each definition."""
    truth = derivation.truth
    if callable(truth):
        if len(program.definitions) > 1:
            raise OracleError(f"{derivation.name}: several definitions need one oracle each")
        return {program.definitions[0].name: truth}
    return dict(truth)


def _jacobians(
    d: Definition,
    program: Program,
    function: Callable[..., Any],
    torch: Any,
    known: Mapping[str, Any],
    mesh: float,
) -> dict[str, Any]:
    """The local Jacobian of one definition in each array it reads."""
    found = {}
    for name in program.shapes:
        if name in inspect.signature(function).parameters:
            value = known[name].detach()
            fixed = {k: v if isinstance(v, int) else v.detach() for k, v in known.items()}
            found[jacobian(d.name, name)] = (
                torch.func.jacrev(lambda v, fixed=fixed, name=name: called(function, torch, {**fixed, name: v}))(value)
                / mesh
            )
    return found


def _whole(value: Any, wrt: Any, torch: Any) -> Any:
    """The whole derivative of each entry of a value, through everything between."""
    if not value.requires_grad:
        return wrt.new_zeros(*value.shape, *wrt.shape)
    each = torch.eye(value.numel(), dtype=value.dtype, device=value.device).reshape(-1, *value.shape)
    (rows,) = torch.autograd.grad(value, wrt, each, retain_graph=True, allow_unused=True, is_grads_batched=True)
    return (each.new_zeros(value.numel() * wrt.numel()) if rows is None else rows).reshape((*value.shape, *wrt.shape))


def continuous(program: Program) -> bool:
    """Whether a definition integrates: its continuum is a grid."""
    return any(b.kind == "integral" for d in program.definitions for b in _bounds(d))


def _bounds(d: Definition) -> list[Bound]:
    return [b for t in d.body.terms for b in t.bounds]
