"""What change of a formula would make it agree with torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product

import numpy as np

from derive.calculus.affine import Affine
from derive.calculus.fields import Array
from derive.testing.differences import TOLERANCE, World, agreement, also, multiple, quantities, ratios, same
from derive.testing.factors import factor
from derive.testing.formula import Formula
from derive.testing.repairs import edited, inserted, scaled_terms, turned

SLOPES: dict[str, Callable[[Array], Array]] = {
    "{0}": lambda v: v,
    "(1 - {0})": lambda v: 1 - v,
    "{0} ⊙ (1 - {0})": lambda v: v * (1 - v),
    "(1 - {0}²)": lambda v: 1 - v * v,
    "{0}²": lambda v: v * v,
    "1/{0}": lambda v: 1 / v,
    "[{0} > 0]": lambda v: (v > 0).astype(float),
    "σ′({0})": lambda v: np.exp(-v) / (1 + np.exp(-v)) ** 2,
    "tanh′({0})": lambda v: 1 - np.tanh(v) ** 2,
    "cos({0})": np.cos,
    "exp({0})": np.exp,
}


def explanations(formula: Formula, worlds: Sequence[World], names: Mapping[str, tuple[Affine, ...]]) -> tuple[str, ...]:
    """Changes that make the formula agree with torch at every world: those of the likeliest kind that has one."""
    ours = [formula.values(w.arrays, w.sizes) for w in worlds]
    kinds = [_shaped(ours, worlds), _scaled(ours, worlds), _shaped_and_scaled(ours, worlds)]
    if all(o.shape == w.torch.shape for o, w in zip(ours, worlds, strict=True)):
        kinds += [_sloped(ours, worlds), scaled_terms(formula, ours, worlds)]
        kinds += [inserted(formula, worlds, names), edited(formula, worlds)]
        kinds += [turned(formula, worlds), _missing(ours, worlds), _bounded(ours, worlds)]
    found = (tuple(kind) for kind in kinds)
    return next((texts for texts in found if texts), ())


def _shaped(ours: Sequence[Array], worlds: Sequence[World]) -> Iterator[str]:
    if all(o.ndim == 2 and same(o.T, w.torch) for o, w in zip(ours, worlds, strict=True)):
        yield "It matches after a transpose: the formula is the gradient in the other layout."


def _shaped_and_scaled(ours: Sequence[Array], worlds: Sequence[World]) -> Iterator[str]:
    if all(o.ndim == 2 for o in ours) and (said := multiple([o.T for o in ours], worlds)):
        yield f"It matches after a transpose and {said}."


def _scaled(ours: Sequence[Array], worlds: Sequence[World]) -> Iterator[str]:
    if said := multiple(ours, worlds):
        yield f"It matches after {said}."


def _sloped(ours: Sequence[Array], worlds: Sequence[World]) -> Iterator[str]:
    """A factor that was forgotten, made of one of the names, entry by entry or along one axis."""
    for name, (text, slope) in product(worlds[0].arrays, SLOPES.items()):
        for axis in range(max(1, worlds[0].torch.ndim)):
            tried = [_times(o, slope, w.arrays[name], axis) for o, w in zip(ours, worlds, strict=True)]
            if (more := agreement(tried, worlds)) is not None:
                yield f"It matches after the missing factor {text.format(name)}, entry by entry{also(more)}."
                return


def _times(ours: Array, slope: Callable[[Array], Array], value: Array, axis: int) -> Array:
    """The formula times a factor that starts at an axis; empty where it does not fit there."""
    if not value.ndim or ours.shape[axis : axis + value.ndim] != value.shape:
        return np.empty((0, 0))
    with np.errstate(all="ignore"):
        return np.asarray(ours * slope(value).reshape((*value.shape, *(1,) * (ours.ndim - axis - value.ndim))))


def _missing(ours: Sequence[Array], worlds: Sequence[World]) -> Iterator[str]:
    """What lacks is a multiple of a name."""
    lacks = [w.torch - o for o, w in zip(ours, worlds, strict=True)]
    if max(w.torch.size for w in worlds) == 1:
        return
    for name, value in worlds[0].arrays.items():
        if value.shape != worlds[0].torch.shape or not value.ndim:
            continue
        found = ratios([w.arrays[name] for w in worlds], lacks)
        if found:
            said = factor(found, quantities(worlds))
            exact = said.partition(":")[0] if said else "a factor that is not the same everywhere"
            yield f"What is missing is a multiple of {name}: torch - formula is {name} times {exact}."


def _bounded(ours: Sequence[Array], worlds: Sequence[World]) -> Iterator[str]:
    """Right where torch's derivative is not 0, or between two bounds: a condition or a clip is missing."""
    left, right = (np.concatenate([np.ravel(a) for a in of]) for of in (ours, [w.torch for w in worlds]))
    off = np.abs(left - right) > TOLERANCE * max(1.0, np.abs(right).max())
    if off.all():
        return
    if not right[off].any():
        yield "It matches wherever torch's derivative is not 0: a condition is missing (a hinge, a mask, [… > 0])."
    elif same(np.clip(left, right.min(), right.max()), right):
        yield f"It matches where it lies between {right.min():.6g} and {right.max():.6g}, and torch clips it to these."
