"""Curves of functions that derivations are about: activations, shrinkage factors, the optimal discriminator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derive.calculus.atoms import Entry
from derive.calculus.fields import Array
from derive.calculus.program import Definition
from derive.calculus.substitute import atoms
from derive.derivations.base import Derivation
from derive.render.figures.numbers import drawn_where, values
from derive.render.figures.paths import reached
from derive.render.figures.plot import STROKES, plotted
from derive.render.shown import Figure

GRID = 161
REACH = 4.0


def activation(derivation: Derivation, given: Mapping[str, Any]) -> Figure | None:
    """A function applied entry by entry, and its derivative: the definition and the result, tabulated."""
    program = derivation.program
    if program is None or len(program.definitions) != 1 or derivation.asks != "jacobian" or program.functions:
        return None
    d = program.definitions[0]
    if len(program.shapes.get(derivation.wrt, ())) != 1 or not _entrywise(d, derivation.wrt):
        return None
    size = next(iter(program.shapes[derivation.wrt][0].letters)).name
    others = {n for n, s in derivation.symbols.items() if s.shape and n not in (d.name, derivation.wrt)}
    if others:
        return None
    grid = np.linspace(-REACH, REACH, GRID)
    arrays = {**drawn_where(derivation, {size: GRID}, lambda _: True), derivation.wrt: grid}
    value = values(derivation.lines[0].relation, arrays, {size: GRID})
    slope = np.diagonal(values(derivation.result, {**arrays, d.name: value}, {size: GRID}))
    scalars = ", ".join(
        f"{n} = {float(arrays[n]):.2f}" for n, s in derivation.symbols.items() if n in arrays and not s.shape
    )
    words = (
        f"For {derivation.wrt} from {grid[0]:.0f} to {grid[-1]:.0f} the function goes from {value[0]:.2f} to {value[-1]:.2f}; "
        f"its derivative goes from {slope[0]:.2f} through {slope[GRID // 2]:.2f} near 0 to {slope[-1]:.2f}."
        + (f" Here {scalars}." if scalars else "")
    )

    def draw(axes: Any) -> None:
        for (colour, dash), curve, text in zip(STROKES, (value, slope), ("function", "derivative"), strict=False):
            axes.plot(grid, curve, color=colour, linestyle=dash, label=text)
        axes.set_xlabel(f"${derivation.wrt}$")

    return plotted(f"{derivation.name}-curve", "The function and its derivative", words, draw)


def _entrywise(d: Definition, name: str) -> bool:
    """Whether an entry of a definition reads just the same entry of an array."""
    read = [a for a in atoms(d.body) if isinstance(a, Entry)]
    here = tuple(b.letter for b in d.letters)
    plain = (
        [a for a in read if a.name == name and len(a.at) == 1 and a.at[0].terms == (((here[0],), 1),)]
        if len(here) == 1
        else []
    )
    return bool(plain) and all(a in plain or not a.at for a in read) and not any(t.bounds for t in d.body.terms)


def shrinkage(derivation: Derivation, given: Mapping[str, Any]) -> Figure | None:
    """How much of each component weight decay leaves, against its eigenvalue, and early stopping beside it."""
    from derive.derivations import early_stopping

    if derivation not in (early_stopping.ridge_component, early_stopping.stopping_time):
        return None
    drawn = drawn_where(early_stopping.ridge_component, {"d": 2}, lambda _: True)
    alpha = float(given.get("alpha", drawn["alpha"]))
    grid = alpha * np.logspace(-2, 2, GRID)
    kept = np.array([_kept(early_stopping.ridge_component, e, alpha) for e in grid])
    rate = 0.5 / grid[-1]
    steps = _steps(early_stopping.stopping_time, alpha, rate)
    stopped = np.array([reached(e, rate, steps) for e in grid])
    words = (
        f"With the strength {alpha:.3g} a component with the eigenvalue {alpha:.3g} keeps {kept[GRID // 2]:.2f} of itself, "
        f"one with {grid[0]:.2g} keeps {kept[0]:.2f} and one with {grid[-1]:.3g} keeps {kept[-1]:.2f}. Gradient descent "
        f"stopped after {steps} steps at the learning rate {rate:.2g} keeps nearly the same: at most "
        f"{np.abs(stopped - kept).max():.2f} more or less."
    )

    def draw(axes: Any) -> None:
        axes.semilogx(grid, kept, color=STROKES[0][0], label="weight decay")
        axes.semilogx(grid, stopped, color=STROKES[1][0], linestyle="--", label=f"gradient descent, {steps} steps")
        axes.axvline(alpha, color=STROKES[3][0], linestyle=":", linewidth=1.2)
        axes.annotate(rf"$\alpha = {alpha:.3g}$", (alpha, 0.02), textcoords="offset points", xytext=(5, 2))
        axes.set_xlabel("eigenvalue of the Hessian")
        axes.set_ylabel("share that is kept")

    return plotted(f"{derivation.name}-shrinkage", "How much of a component is kept, by its eigenvalue", words, draw)


def _kept(derivation: Derivation, eigenvalue: float, alpha: float) -> float:
    one = {"eta": np.array(eigenvalue), "alpha": np.array(alpha), "a": np.array(1.0)}
    return float(values(derivation.result, one, {"d": 2}))


def _steps(derivation: Derivation, alpha: float, rate: float) -> int:
    at = {"eta": np.array(alpha), "alpha": np.array(alpha), "rho": np.array(rate), "a": np.array(1.0)}
    return round(float(values(derivation.result, at, {"T": 1})))


def discriminator(derivation: Derivation, given: Mapping[str, Any]) -> Figure | None:
    """The best discriminator over two densities, where each point of the grid is one of the derivation's points."""
    if derivation.name != "optimal-discriminator":
        return None
    grid = np.linspace(-REACH, REACH, GRID)
    real, fake = _bell(grid, -1.0, 1.0), _bell(grid, 1.0, 0.7)
    best = values(derivation.result, {"p": real, "q": fake, "x": grid}, {"R": GRID})
    crossing = grid[np.argmin(np.abs(np.where(np.abs(grid) < 1.5, best, 9) - 0.5))]
    words = (
        f"Two bell curves: the data around -1, the samples around 1. The best discriminator falls from {best[0]:.2f} "
        f"on the left to {best[np.argmax(fake)]:.2f} where samples are densest, and is one half near {crossing:.2f}, "
        "where the densities are equal."
    )

    def draw(axes: Any) -> None:
        texts = (r"$p_{\mathrm{data}}$", r"$p_G$", r"$D$, the best discriminator")
        for (colour, dash), curve, text in zip(STROKES, (real, fake, best), texts, strict=False):
            axes.plot(grid, curve, color=colour, linestyle=dash, label=text)
        axes.axhline(0.5, color=STROKES[3][0], linestyle=":", linewidth=1.2)
        axes.set_xlabel("$x$")

    return plotted(f"{derivation.name}-densities", "The best discriminator over two densities", words, draw)


def _bell(x: Array, mean: float, width: float) -> Array:
    return np.asarray(np.exp(-(((x - mean) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi)))
