"""Paths of gradient descent, momentum and Nesterov's method on a quadratic, from their derived recurrences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derive.calculus.fields import Array
from derive.derivations.base import Derivation
from derive.render.figures.numbers import Arrays, drawn_where, values
from derive.render.figures.plot import STROKES, plotted
from derive.render.shown import Figure

STEPS = 40
ABOUT = ("gd-", "heavy-ball-", "nesterov-", "quadratic-gradient")


def descent(derivation: Derivation, given: Mapping[str, Any]) -> Figure | None:
    """All three paths on the contours of one quadratic, with the eigen-directions of its Hessian."""
    if not derivation.name.startswith(ABOUT):
        return None
    numbers = _numbers()
    eigenvalues, directions = np.linalg.eigh(numbers["H"])
    start = np.array([3.0, 1.0])
    rate = (
        2 * float(numbers["rho"]) / float(eigenvalues[1])
    )  # this share of the largest rate at which descent converges
    beta = float(numbers["beta"])
    paths = {name: _path(name, eigenvalues, start, rate, beta) for name in ("gradient descent", "momentum", "Nesterov")}
    ratio = eigenvalues[1] / eigenvalues[0]
    ends = ", ".join(f"{name} {np.linalg.norm(p[-1]):.1g}" for name, p in paths.items())
    words = (
        f"The contours are ellipses, {np.sqrt(ratio):.1f} times as long as wide, along the two eigen-directions of the "
        f"Hessian with the eigenvalues {eigenvalues[0]:.2f} and {eigenvalues[1]:.2f}. The learning rate is {rate:.2f}, "
        f"the momentum {beta:.2f}. Distance from the minimum after {STEPS} steps: {ends}."
    )
    turned = {name: p @ directions.T for name, p in paths.items()}
    title = "Three methods on the contours of a quadratic"
    return plotted(
        f"{derivation.name}-paths",
        title,
        words,
        lambda axes: _draw(axes, turned, numbers["H"], directions, eigenvalues),
        (4.6, 3.6),
    )


def _numbers() -> Arrays:
    """The first draw with a long valley and momentum of a usual size; its Hessian gives up most of the smallest eigenvalue."""
    from derive.derivations.momentum import recurrence

    def clear(arrays: Mapping[str, Any]) -> bool:
        (low, high), directions = np.linalg.eigh(arrays["H"])
        return bool(
            3.5 < high / low < 6
            and abs(directions[0, 0]) > 0.85
            and 0.65 < arrays["beta"] < 0.8
            and 0.5 < arrays["rho"] < 0.68
        )

    found = drawn_where(recurrence, {"d": 2, "T": 1}, clear)
    found["H"] = found["H"] - 0.85 * np.linalg.eigvalsh(found["H"])[0] * np.eye(2)
    return found


def _path(name: str, eigenvalues: Array, start: Array, rate: float, beta: float) -> Array:
    return np.stack(
        [_component(name, float(v), float(s), rate, beta) for v, s in zip(eigenvalues, start, strict=True)], axis=1
    )


def reached(eigenvalue: float, rate: float, steps: int) -> float:
    """The share of the way to the minimum that gradient descent has gone along one eigen-direction."""
    from derive.derivations.quadratic import gd_eigen_component

    numbers = {"eta": np.array(eigenvalue), "rho": np.array(rate), "a": np.array(1.0)}
    return float(values(gd_eigen_component.result, numbers, {"d": 1, "T": steps}).reshape(-1)[-1])


def _component(name: str, eigenvalue: float, start: float, rate: float, beta: float) -> Array:
    """What is left along one eigen-direction after each step, by the derivation's result."""
    from derive.derivations.momentum import recurrence
    from derive.derivations.nesterov_rates import nesterov_recurrence

    numbers = {"rho": np.array(rate), "beta": np.array(beta), "eta": np.array(eigenvalue)}
    if name == "gradient descent":
        return np.array([start * (1 - reached(eigenvalue, rate, t)) for t in range(STEPS + 1)])
    left = np.zeros(STEPS + 1)
    left[:2] = start
    derived = recurrence if name == "momentum" else nesterov_recurrence
    for t in range(1, STEPS):
        left[t + 1] = values(derived.result, {**numbers, "e": left}, {"d": 1, "T": STEPS})[t + 1]
    return left


def _draw(axes: Any, paths: Mapping[str, Array], hessian: Array, directions: Array, eigenvalues: Array) -> None:
    every = np.concatenate(list(paths.values()))
    low, high = every.min(axis=0) - 0.5, every.max(axis=0) + 0.5
    ends = [_ahead(directions, k, low, high) for k in range(len(eigenvalues))]
    edge = np.stack([*ends, *(-e for e in ends), low, high])  # the contours go as far as the axes
    low, high = edge.min(axis=0) - 0.3, edge.max(axis=0) + 0.3
    x, y = np.meshgrid(np.linspace(low[0], high[0], 150), np.linspace(low[1], high[1], 150))
    points = np.stack([x, y], axis=-1)
    height = np.einsum("abi,ij,abj->ab", points, hessian, points) / 2
    axes.contour(x, y, height, levels=height.max() * np.linspace(0.08, 1, 9) ** 2, colors=STROKES[3][0], linewidths=0.7)
    for k, value in enumerate(eigenvalues):
        reach = ends[k]
        axes.plot(*np.stack([-reach, reach]).T, color="#010203", linewidth=0.9, zorder=1)
        axes.annotate(rf"$\eta = {value:.2f}$", reach, textcoords="offset points", xytext=(3, 3), fontsize=9, zorder=9)
    for (colour, dash), marker, (name, path) in zip(STROKES, "o^s", paths.items(), strict=False):
        axes.plot(*path.T, color=colour, linestyle=dash, marker=marker, markersize=3.0, linewidth=1.2, label=name)
    axes.set_aspect("equal")
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    axes.set_xlabel(r"$w_1 - w_1^*$")
    axes.set_ylabel(r"$w_2 - w_2^*$")


def _ahead(directions: Array, k: int, low: Array, high: Array) -> Array:
    """Where the line of an eigen-direction ends, to the right."""
    ahead = directions[:, k] * (1 if directions[0, k] > 0 else -1)
    return np.asarray(ahead * (high - low).max() * (0.42 if k == 0 else 0.2))
