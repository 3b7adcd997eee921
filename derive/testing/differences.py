"""Where a formula and the code differ, and what change of the formula would make them agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from math import prod

import numpy as np

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Bound
from derive.calculus.expr import Expr, apply, entry, multiply
from derive.calculus.fields import Array
from derive.calculus.substitute import atoms, children, free_letters, subs
from derive.notation.index_text import to_text
from derive.testing.formula import Formula, values_of
from derive.verify.edits import edits
from derive.verify.worlds import pair_error

TOLERANCE = 1e-8
MOST_EDITS = 400
FACTORS = {-1: "the sign", 2: "a factor 2", 0.5: "a factor 1/2", -2: "a factor -2", -0.5: "a factor -1/2"}
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
EDITS = {
    "sign": "with the other sign at {0}",
    "coefficient": "with another number before {0}",
    "exponent": "with another exponent at {0}",
    "dropped term": "without the term {0}",
    "dropped factor": "without the factor {0}",
    "dropped slope": "without the factor {0}",
    "dropped guard": "without the condition {0}",
    "shifted index": "with an index of {0} moved by one",
    "another index": "with another index at {0}",
    "transposed": "with the indices of {0} swapped",
    "slope": "with the function at {0} and its derivative exchanged",
    "range": "with one term less in the sum over {0}",
    "reduction": "with max for min, or min for max, at {0}",
    "condition": "with another condition at {0}",
}


@dataclass(frozen=True)
class World:
    """One setting with one draw, and what torch says there."""

    sizes: Mapping[str, int]
    seed: int
    arrays: Mapping[str, Array]
    torch: Array


def error(found: Array, right: Array) -> float:
    """The largest difference of two arrays beside the size of the right one; infinite where shapes differ."""
    return pair_error(found, "=", right)


def same(found: Array, right: Array) -> bool:
    """Whether two arrays agree to the tolerance of 64-bit floats."""
    return error(found, right) <= TOLERANCE


def explanations(formula: Formula, worlds: Sequence[World], names: Mapping[str, tuple[Affine, ...]]) -> tuple[str, ...]:
    """Changes that make the formula agree with torch at every world: those of the likeliest kind that has one."""
    ours = [formula.values(w.arrays, w.sizes) for w in worlds]
    kinds = [_shaped(ours, worlds)]
    if all(o.shape == w.torch.shape for o, w in zip(ours, worlds, strict=True)):
        kinds += [_scaled(ours, worlds), _sloped(ours, worlds)]
        kinds += [_inserted(formula, worlds, names), _edited(formula, worlds)]
    found = (tuple(kind) for kind in kinds)
    return next((texts for texts in found if texts), ())


def _shaped(ours: Sequence[Array], worlds: Sequence[World]) -> Iterator[str]:
    if all(o.ndim == 2 and same(o.T, w.torch) for o, w in zip(ours, worlds, strict=True)):
        yield "It matches after a transpose: the formula is the gradient in the other layout."
    elif all(o.ndim == 2 and o.T.shape == w.torch.shape for o, w in zip(ours, worlds, strict=True)):
        yield from (text.replace("after", "after a transpose and") for text in _scaled([o.T for o in ours], worlds))


def _ratios(ours: Sequence[Array], worlds: Sequence[World]) -> list[tuple[World, float]] | None:
    """The number that torch's array is times the formula's, world by world; None where it is no multiple of it.

    A world where both are zero says nothing.
    """
    found = []
    for o, w in zip(ours, worlds, strict=True):
        if not np.isfinite(o).all():
            return None
        size, product = float((o * o).sum()), float((o * w.torch).sum())
        if size <= TOLERANCE**2 and same(o, w.torch):
            continue
        if not size or not product or not same(product / size * o, w.torch):
            return None
        found.append((w, product / size))
    return found or None


def _scaled(ours: Sequence[Array], worlds: Sequence[World]) -> Iterator[str]:
    found = _ratios(ours, worlds)
    if found is None:
        return
    first = found[0][1]
    if all(abs(r - first) < TOLERANCE * abs(first) for _, r in found):
        yield f"It matches after {_factor(first)}."
        return
    for letters in _products(worlds[0].sizes):
        counts = [prod(w.sizes[x] for x in letters) for w, _ in found]
        ratios = [r for _, r in found]
        yield from _means(
            [r / c for r, c in zip(ratios, counts, strict=True)], " ".join(letters), "sums, the formula takes a mean"
        )
        yield from _means(
            [r * c for r, c in zip(ratios, counts, strict=True)],
            f"1/{_grouped(letters)}",
            "takes a mean, the formula sums",
        )


def _factor(number: float) -> str:
    return next((text for n, text in FACTORS.items() if abs(number - n) < TOLERANCE), f"a factor {number:.6g}")


def _grouped(letters: Sequence[str]) -> str:
    return letters[0] if len(letters) == 1 else f"({' '.join(letters)})"


def _means(left: Sequence[float], factor: str, why: str) -> Iterator[str]:
    """What to say where a factor of sizes leaves one number everywhere."""
    first = left[0]
    if all(abs(r - first) < TOLERANCE * abs(first) for r in left):
        more = "" if abs(first - 1) < TOLERANCE else f" and {_factor(first)}"
        yield f"It matches after a factor {factor}{more}: the code {why}."


def _products(sizes: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    for several in (1, 2, 3):
        yield from combinations(sizes, several)


def _agreement(ours: Sequence[Array], worlds: Sequence[World]) -> str | None:
    """Nothing where the arrays are torch's, the factor that is missing where they are multiples of them; else None."""
    if any(o.shape != w.torch.shape for o, w in zip(ours, worlds, strict=True)):
        return None
    if all(same(o, w.torch) for o, w in zip(ours, worlds, strict=True)):
        return ""
    scaled = next(_scaled(ours, worlds), None)
    return scaled and scaled.removeprefix("It matches after ").removesuffix(".")


def _also(more: str) -> str:
    return f", and {more}" if more else ""


def _sloped(ours: Sequence[Array], worlds: Sequence[World]) -> Iterator[str]:
    """A factor that was forgotten, made of one of the names, entry by entry or along one axis."""
    for name, (text, slope) in product(worlds[0].arrays, SLOPES.items()):
        for axis in range(max(1, worlds[0].torch.ndim)):
            tried = [_times(o, slope, w.arrays[name], axis) for o, w in zip(ours, worlds, strict=True)]
            if (more := _agreement(tried, worlds)) is not None:
                yield f"It matches after the missing factor {text.format(name)}, entry by entry{_also(more)}."
                return


def _times(ours: Array, slope: Callable[[Array], Array], value: Array, axis: int) -> Array:
    """The formula times a factor that starts at an axis; empty where it does not fit there."""
    if not value.ndim or ours.shape[axis : axis + value.ndim] != value.shape:
        return np.empty((0, 0))
    with np.errstate(all="ignore"):
        return np.asarray(ours * slope(value).reshape((*value.shape, *(1,) * (ours.ndim - axis - value.ndim))))


def _inserted(formula: Formula, worlds: Sequence[World], names: Mapping[str, tuple[Affine, ...]]) -> Iterator[str]:
    """A factor inside a sum: made of a name, or the slope of a function that the formula applies."""
    body = formula.body or Expr(())
    ranges = {b.letter: b.high - b.low for b in (*formula.frame, *_bounds(body))}
    for k, term in enumerate(body.terms):
        scope = (*formula.frame, *term.bounds)
        for factor in (*_slopes_of_names(scope, names), *_slopes_applied(body, scope, ranges)):
            values = values_of(_with_factor(body, k, factor), formula.frame)
            tried = [values(w.arrays, w.sizes) for w in worlds]
            if (more := _agreement(tried, worlds)) is not None:
                yield f"It matches after the missing factor {to_text(factor)}{_also(more)}."
                return


def _slopes_of_names(scope: Sequence[Bound], names: Mapping[str, tuple[Affine, ...]]) -> Iterator[Expr]:
    """Factors at letters that run as far as the axes of the names do."""
    for name, axes in names.items():
        for at in product(*([b.letter for b in scope if b.high - b.low == a] for a in axes)) if axes else ():
            value = entry(name, *at)
            yield from (value, 1 - value, value * (1 - value), 1 - value * value)


def _slopes_applied(body: Expr, scope: Sequence[Bound], ranges: Mapping[Letter, Affine]) -> Iterator[Expr]:
    """The derivative of each function that a formula applies, at letters of the scope."""
    for atom in dict.fromkeys(a for a in atoms(body) if isinstance(a, Apply) and len(a.args) == 1):
        slope = apply(atom.function, *atom.args, order=atom.order + 1)
        free = sorted(x for x in free_letters(slope) if x in ranges)
        for at in product(*([b.letter for b in scope if b.high - b.low == ranges[x]] for x in free)):
            yield subs(slope, {x: Affine.of(a) for x, a in zip(free, at, strict=True)})


def _bounds(body: Expr) -> Iterator[Bound]:
    for term in body.terms:
        yield from term.bounds
        yield from (b for atom, _ in term.factors for child in children(atom) for b in _bounds(child))


def _with_factor(body: Expr, k: int, factor: Expr) -> Expr:
    """The expression with a factor inside its ``k``-th term's sum."""
    term = body.terms[k]
    inside = multiply([Expr((replace(term, bounds=()),)), factor])
    under = tuple(replace(t, bounds=(*term.bounds, *t.bounds)) for t in inside.terms)
    return Expr((*body.terms[:k], *under, *body.terms[k + 1 :]))


def _edited(formula: Formula, worlds: Sequence[World]) -> Iterator[str]:
    """One edit of the formula itself."""
    if formula.body is None:
        return
    for k, edit in enumerate(edits(formula.body, formula.frame)):
        if k >= MOST_EDITS:
            return
        values = values_of(edit.value, formula.frame)
        if all(same(values(w.arrays, w.sizes), w.torch) for w in worlds):
            yield f"It matches {EDITS.get(edit.kind, edit.kind + ' at {0}').format(edit.place)}."
            return
