"""A Hopfield network's energy, falling unit by unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derive.calculus.fields import Array
from derive.derivations.base import Derivation
from derive.render.figures.numbers import drawn_where, values
from derive.render.figures.plot import STROKES, plotted
from derive.render.shown import Figure

UNITS = 16
SWEEPS = 4


def energy(derivation: Derivation, given: Mapping[str, Any]) -> Figure | None:
    """The energy after each update; every step down is the derived change, for the unit that is updated."""
    from derive.derivations import hopfield

    if derivation not in (hopfield.energy_change, hopfield.energy_falls):
        return None
    arrays = drawn_where(hopfield.energy_change, {"N": UNITS}, lambda _: True)
    arrays["W"] = arrays["W"] * (1 - np.eye(UNITS))
    x, path, flips = arrays["x"].copy(), [0.0], []
    for step in range(SWEEPS * UNITS):
        k = step % UNITS
        new = x.copy()
        new[k] = 1.0 if arrays["W"][k] @ x + arrays["b"][k] >= 0 else -1.0
        change = _change(hopfield.energy_change, {**arrays, "x": x}, new)[k]
        flips += [step + 1] if change else []
        path.append(path[-1] + change)
        x = new
    if np.any(np.diff(path) > 1e-12):
        raise ValueError(f"{derivation.name}: the energy rose")
    words = (
        f"{UNITS} units, updated one after the other: {len(flips)} of {len(path) - 1} updates turn a unit round, "
        f"and each of them lowers the energy; after update {flips[-1]} nothing changes any more, "
        f"{abs(path[-1]):.1f} below the start."
    )

    def draw(axes: Any) -> None:
        axes.step(range(len(path)), path, where="post", color=STROKES[0][0])
        axes.plot(flips, [path[k] for k in flips], "o", color=STROKES[1][0], markersize=5, label="a unit turns round")
        axes.set_xlabel("updates of one unit")
        axes.set_ylabel("energy, from the start on")

    return plotted(f"{derivation.name}-energy", "The energy falls until nothing changes", words, draw)


def _change(derivation: Derivation, arrays: Mapping[str, Array], new: Array) -> Array:
    """The derived change for each unit, were it the one that is updated to ``new``."""
    return values(derivation.result, {**arrays, "s": new}, {"N": UNITS})
