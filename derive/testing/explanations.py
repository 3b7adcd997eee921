"""What change of a formula would make it agree with torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product

import numpy as np

from derive.calculus.affine import Affine
from derive.calculus.fields import Array
from derive.testing.differences import TOLERANCE, World, agreement, also, multiple, ratios, same, vanishes
from derive.testing.factors import Quantities, factor
from derive.testing.formula import Formula
from derive.testing.nudges import complemented, epsilon, nudged, offset, slopes_exchanged
from derive.testing.repairs import Trial, edited, inserted, renamed, scaled_terms, turned, without_two
from derive.testing.shapes import reshaped, resummed, resummed_inside, summed, transposed

SLOPES: dict[str, Callable[[Array], Array]] = {
    "{0}": lambda v: v,
    "(1 - {0})": lambda v: 1 - v,
    "{0} ⊙ (1 - {0})": lambda v: v * (1 - v),
    "(1 - {0}²)": lambda v: 1 - v * v,
    "{0}²": lambda v: v * v,
    "1/{0}": lambda v: 1 / v,
    "1/{0}²": lambda v: 1 / v**2,
    "[{0} > 0]": lambda v: (v > 0).astype(float),
    "σ′({0})": lambda v: np.exp(-v) / (1 + np.exp(-v)) ** 2,
    "tanh′({0})": lambda v: 1 - np.tanh(v) ** 2,
    "cos({0})": np.cos,
    "exp({0})": np.exp,
}


def explanations(
    formula: Formula,
    worlds: Sequence[World],
    names: Mapping[str, tuple[Affine, ...]],
    axes: Sequence[Affine] = (),
    others: Sequence[World] = (),
) -> tuple[str, ...]:
    """Changes that make the formula agree with torch at every world: those of the likeliest kind that has one.

    Args:
        formula: what fails.
        worlds: where it is compared.
        names: the axes of every name.
        axes: those of the derivative, where it has the shape of one name.
        others: where an edit of the formula has to hold, too: scaled draws, far sizes.
    """
    ours = [formula.values(w.arrays, w.sizes) for w in worlds]
    known = Quantities.of([w.sizes for w in worlds], [w.arrays for w in worlds], formula.body)
    trial = Trial(formula, worlds, known, others)
    if all(o.shape == w.torch.shape for o, w in zip(ours, worlds, strict=True)):
        kinds = _of_the_same_shape(trial, ours, names, axes)
    else:
        kinds = [transposed(ours, worlds, known), reshaped(ours, worlds, known)]
        kinds += [summed(ours, worlds, known), resummed(trial, axes)]
    found = (tuple(kind) for kind in kinds)
    return next((texts for texts in found if texts), ())


def _of_the_same_shape(
    trial: Trial, ours: Sequence[Array], names: Mapping[str, tuple[Affine, ...]], axes: Sequence[Affine]
) -> list[Iterator[str]]:
    """The kinds of changes, the likelier first."""
    worlds, known = trial.worlds, trial.known
    kinds = [_scaled(ours, worlds, known), transposed(ours, worlds, known)]
    kinds += [complemented(trial), _sloped(ours, worlds, known)]
    kinds += [scaled_terms(trial, ours), renamed(trial, names), inserted(trial, names), edited(trial, ours)]
    kinds += [turned(trial), nudged(trial), without_two(trial), slopes_exchanged(trial), epsilon(trial)]
    kinds += [offset(trial, names), resummed(trial, axes), resummed_inside(trial)]
    kinds += [_of_one_number(ours, worlds), _missing(ours, worlds, known), _missing_along(ours, worlds)]
    return [
        *kinds,
        _bounded(ours, worlds),
        _diagonal(ours, worlds),
        _signs(ours, worlds),
        _turned_round(ours, worlds, known),
    ]


def _scaled(ours: Sequence[Array], worlds: Sequence[World], known: Quantities) -> Iterator[str]:
    if said := multiple(ours, worlds, known):
        yield f"It matches after {said}."


def _sloped(ours: Sequence[Array], worlds: Sequence[World], known: Quantities) -> Iterator[str]:
    """A factor that was forgotten, made of one of the names, entry by entry or along one axis."""
    for name, (text, slope) in product(worlds[0].arrays, SLOPES.items()):
        for axis in range(max(1, worlds[0].torch.ndim)):
            tried = [_times(o, slope, w.arrays[name], axis) for o, w in zip(ours, worlds, strict=True)]
            if (more := agreement(tried, worlds, known)) is not None:
                yield f"It matches with the missing factor {text.format(name)}, entry by entry{also(more)}."
                return


def _times(ours: Array, slope: Callable[[Array], Array], value: Array, axis: int) -> Array:
    """The formula times a factor that starts at an axis; empty where it does not fit there."""
    if not value.ndim or ours.shape[axis : axis + value.ndim] != value.shape:
        return np.empty((0, 0))
    with np.errstate(all="ignore"):
        return np.asarray(ours * slope(value).reshape((*value.shape, *(1,) * (ours.ndim - axis - value.ndim))))


def _missing(ours: Sequence[Array], worlds: Sequence[World], known: Quantities) -> Iterator[str]:
    """What lacks is a number, the same in every entry, or a multiple of a name."""
    lacks = [w.torch - o for o, w in zip(ours, worlds, strict=True)]
    if not any(lack.size > 1 and not vanishes(lack) for lack in lacks):
        return
    if all(same(lack, np.full_like(lack, lack.flat[0])) for lack in lacks):
        each = [np.ones_like(lack) for lack in lacks]
        found = ratios(each, lacks)
        said = factor(found, known) if found else None
        number = f": {said.partition(':')[0].removeprefix('a factor ')}" if said else ""
        yield f"What is missing is the same in every entry (a constant, a sum or a mean){number}."
    telling = [w.torch.size > 1 or not vanishes(lack, w.least) for lack, w in zip(lacks, worlds, strict=True)]
    for name, pieces in _pieces(worlds):
        each = [np.where(tells, piece, 0) for tells, piece in zip(telling, pieces, strict=True)]
        found = ratios(each, [np.where(tells, lack, 0) for tells, lack in zip(telling, lacks, strict=True)])
        if found and any(worlds[k].torch.size > 1 for k in found):
            yield _missing_multiple(name, factor(found, known))
            return


def _pieces(worlds: Sequence[World]) -> Iterator[tuple[str, list[Array]]]:
    """What a term may be made of: a name, what a slope makes of it, two vectors, with the derivative's shape."""
    shape, first = worlds[0].torch.shape, worlds[0].arrays
    whole = [n for n, v in first.items() if v.shape == shape and v.ndim]
    for (text, slope), name in product(SLOPES.items(), whole):
        yield text.format(name), [slope(w.arrays[name]) for w in worlds]
    vectors = [n for n, v in first.items() if v.ndim == 1] if len(shape) == 2 else []
    for u, v in product(vectors, repeat=2):
        if first[u].shape + first[v].shape == shape:
            yield f"{u} {v}ᵀ", [np.outer(w.arrays[u], w.arrays[v]) for w in worlds]


def _missing_along(ours: Sequence[Array], worlds: Sequence[World]) -> Iterator[str]:
    """What lacks is one number for each row or column, or a multiple of a name with such a number."""
    if worlds[0].torch.ndim != 2 or all(w.torch.size == max(w.torch.shape) for w in worlds):
        return
    lacks = [w.torch - o for o, w in zip(ours, worlds, strict=True)]
    names = ["", *(n for n, v in worlds[0].arrays.items() if v.shape == worlds[0].torch.shape)]
    for name, axis in product(names, (0, 1)):
        values = [w.arrays[name] if name else np.ones_like(w.torch) for w in worlds]
        if all(same(_along(lack, value, axis), lack) for lack, value in zip(lacks, values, strict=True)):
            each = "row" if axis else "column"
            yield f"What is missing is {f'{name} times ' if name else ''}one number for each {each}: a sum or a mean along it?"
            return


def _along(lack: Array, value: Array, axis: int) -> Array:
    """The multiple of a value that is nearest to what lacks, row by row or column by column."""
    size = (value * value).sum(axis=axis, keepdims=True)
    return np.asarray((lack * value).sum(axis=axis, keepdims=True) / np.where(size, size, 1) * value)


def _missing_multiple(name: str, said: str | None) -> str:
    """The sentence on a multiple of a name that is missing."""
    signs = {"a factor 1": "", "a change of sign": "-"}
    if said in signs:
        return f"What is missing is the term {signs[said]}{name}."
    exact = said.partition(":")[0] if said else "a factor that is not the same everywhere"
    return f"What is missing is a multiple of {name}: torch - formula is {name} times {exact}."


def _bounded(ours: Sequence[Array], worlds: Sequence[World]) -> Iterator[str]:
    """Right where torch's derivative is not 0, or between two bounds: a condition or a clip is missing."""
    right = [w.torch for w in worlds]
    off = [np.abs(o - r) > TOLERANCE * max(1.0, np.abs(r).max(initial=0)) for o, r in zip(ours, right, strict=True)]
    if all(o.all() for o in off):
        return
    low, high = min(r.min() for r in right), max(r.max() for r in right)
    between = {float(x) for r in right for x in r.flat if low < x < high}
    if not any(r[o].any() for r, o in zip(right, off, strict=True)):
        yield "It matches wherever torch's derivative is not 0: a condition is missing (a hinge, a mask, [… > 0])."
    elif len(between) > 1 and all(w.agrees(np.clip(o, low, high)) for o, w in zip(ours, worlds, strict=True)):
        yield f"It matches where it lies between {low:.6g} and {high:.6g}, and torch clips it to these."


def _diagonal(ours: Sequence[Array], worlds: Sequence[World]) -> Iterator[str]:
    """A square array that is wrong on its diagonal alone, or right there alone."""
    if any(w.torch.ndim != 2 or w.torch.shape[0] != w.torch.shape[1] for w in worlds):
        return
    for where in ("on", "off"):
        places = [np.eye(len(o)) if where == "on" else 1 - np.eye(len(o)) for o in ours]
        if all(w.agrees(o + p * (w.torch - o)) for o, p, w in zip(ours, places, worlds, strict=True)):
            yield f"It is wrong {where} the diagonal only."


def _signs(ours: Sequence[Array], worlds: Sequence[World]) -> Iterator[str]:
    """Every entry is right but for signs that are not wrong everywhere."""
    if all(w.agrees(np.sign(w.torch) * np.abs(o)) for o, w in zip(ours, worlds, strict=True)):
        yield "It matches but for the sign, which is wrong in some entries only: a factor is missing that is 1 or -1."


def _turned_round(ours: Sequence[Array], worlds: Sequence[World], known: Quantities) -> Iterator[str]:
    """The right entries in the reverse order, as a kernel that is not flipped has them."""
    rank = worlds[0].torch.ndim
    for axes in ((), *((k,) for k in range(rank))) if rank > 1 else ((0,),) * rank:
        tried = [np.flip(o, axes or None) for o in ours]
        if (more := agreement(tried, worlds, known)) is not None:
            along = "" if rank == 1 else f" along axis {axes[0]}" if axes else " along every axis"
            yield f"It matches with its entries in the reverse order{along}{also(more)}."
            return


def _of_one_number(ours: Sequence[Array], worlds: Sequence[World]) -> Iterator[str]:
    """At each draw torch's array is a multiple of the formula's, but the factor is nothing that was tried."""
    found = ratios(ours, [w.torch for w in worlds])
    if found and sum(worlds[k].torch.size > 1 for k in found) > 1:
        yield (
            "It has the right direction: at each draw torch is the formula times one number for all entries"
            " (a sum that it should be divided by, a length, a power of a number?)."
        )
