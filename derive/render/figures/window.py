"""The sliding window of a convolution: which inputs meet which weight, found in the definition's own indices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Entry
from derive.calculus.program import Definition, Program
from derive.derivations.base import Derivation
from derive.render.figures.svg import drawn, written
from derive.render.plain import plain
from derive.render.shown import Figure

CELL, GAP, MARGIN = 38.0, 96.0, 24.0
LARGEST = 16
Place = tuple[int, ...]


@dataclass(frozen=True)
class Meeting:
    """One product of a convolution: the output that adds it up, the input and the tap, along the axes that slide."""

    output: Place
    input: Place
    tap: Place


@dataclass(frozen=True)
class Window:
    """A convolution at some sizes: its arrays' names and sizes along the sliding axes, and every product."""

    names: tuple[str, str, str]
    sizes: tuple[Place, Place, Place]
    meetings: tuple[Meeting, ...]


def sliding(derivation: Derivation, values: Mapping[str, Any]) -> Figure | None:
    """The window of the first convolution in a derivation's program; None where there is none."""
    found = None if derivation.program is None else window(derivation.program, _sizes(derivation, values))
    if found is None or max(map(max, found.sizes)) > LARGEST:
        return None
    chosen = _chosen(found, derivation.wrt)
    shown = [m for m in found.meetings if m in chosen]
    return drawn(
        "window" if len(found.sizes[0]) == 1 else "window2",
        f"{derivation.name}-window",
        _title(found, derivation),
        _words(found, derivation, shown),
        {**(_row_page if len(found.sizes[0]) == 1 else _grid_page)(found, derivation, shown)},
    )


def window(program: Program, sizes: Mapping[str, int]) -> Window | None:
    """The first definition that adds up taps times inputs at sliding places."""
    dims = {Letter(n): k for n, k in sizes.items()}
    for d in program.definitions:
        for tap, read, axes in _pairs(d):
            if read.name not in program.shapes or tap.name not in program.shapes:
                continue
            found = _window(program, d, tap, read, axes, dims)
            if found is not None:
                return found
    return None


def _pairs(d: Definition) -> Iterator[tuple[Entry, Entry, list[tuple[int, int, int]]]]:
    """A tap's entry, an input's entry, and the axes (of output, input, tap) along which one slides over the other."""
    frame = [b.letter for b in d.letters]
    for term in d.body.terms:
        bound = {b.letter for b in term.bounds}
        entries = [a for a, _ in term.factors if isinstance(a, Entry)]
        for tap, read in product(entries, entries):
            axes = [
                (frame.index(here), k, tap.at.index(Affine.of(u)))
                for k, a in enumerate(read.at)
                for here in frame
                for u in bound
                if {here, u} <= set(a.letters) and Affine.of(u) in tap.at
            ]
            if tap is not read and axes:
                yield tap, read, axes


def _window(
    program: Program, d: Definition, tap: Entry, read: Entry, axes: list[tuple[int, int, int]], dims: dict[Letter, int]
) -> Window | None:
    try:
        shape = tuple(program.shapes[d.name][o].at(dims) for o, _, _ in axes)
        inputs = tuple(program.shapes[read.name][k].at(dims) for _, k, _ in axes)
        taps = tuple(program.shapes[tap.name][u].at(dims) for _, _, u in axes)
    except KeyError:
        return None
    if len(axes) > 2 or min(*shape, *inputs, *taps) < 1:
        return None
    meetings = []
    for output, at in product(product(*map(range, shape)), product(*map(range, taps))):
        here = {d.letters[o].letter: v for (o, _, _), v in zip(axes, output, strict=True)}
        here |= {next(iter(tap.at[u].letters)): v for (_, _, u), v in zip(axes, at, strict=True)}
        meetings.append(Meeting(output, tuple(read.at[k].at({**dims, **here}) for _, k, _ in axes), at))
    return Window((d.name, read.name, tap.name), (shape, inputs, taps), tuple(meetings))


def _sizes(derivation: Derivation, values: Mapping[str, Any]) -> Mapping[str, int]:
    """The variant's sizes where it has them all, otherwise the first at which the derivation is checked."""
    wanted = derivation.settings[0]
    given = {n: v for n, v in values.items() if n in wanted and isinstance(v, int)}
    return given if given.keys() == wanted.keys() else wanted


def _chosen(found: Window, wrt: str) -> set[Meeting]:
    """What is highlighted: the products of one output, or of the tap or the input in which the loss is differentiated."""
    _, read, tap = found.names
    index, size = {tap: (2, found.sizes[2]), read: (1, found.sizes[1])}.get(wrt, (0, found.sizes[0]))
    middle = tuple((n - 1) // 2 for n in size)
    return {m for m in found.meetings if (m.output, m.input, m.tap)[index] == middle}


def _title(found: Window, derivation: Derivation) -> str:
    _, read, tap = found.names
    if derivation.wrt == tap:
        return "One tap of the filter meets the input once for each output"
    if derivation.wrt == read:
        return "One input meets a tap in every output that sees it"
    return "The window slides: which inputs meet which weight"


def _indexed(name: str, at: Place, derivation: Derivation) -> str:
    starts = derivation.page.starts.get(name, ())
    base = derivation.page.index_base
    firsts = [base if first is None else first for first in (*starts, *[None] * len(at))]
    shown = [str(k + first) for k, first in zip(at, firsts, strict=False)]
    latex = written(name, derivation.page)
    return f"{latex}_{{{','.join(shown)}}}"


def _words(found: Window, derivation: Derivation, shown: list[Meeting]) -> str:
    output, read, tap = found.names
    lines = [
        f"{plain(_indexed(tap, m.tap, derivation))} meets {plain(_indexed(read, m.input, derivation))} "
        f"in {plain(_indexed(output, m.output, derivation))}"
        for m in shown
        if all(0 <= k < n for k, n in zip(m.input, found.sizes[1], strict=True))
    ]
    sizes = [" by ".join(map(str, s)) for s in found.sizes]
    return f"{sizes[1]} inputs, {sizes[2]} taps, {sizes[0]} outputs. {'; '.join(lines)}."


def _row_page(found: Window, derivation: Derivation, shown: list[Meeting]) -> dict[str, Any]:
    output, read, tap = found.names
    places = sorted({m.input[0] for m in found.meetings} | set(range(found.sizes[1][0])))
    first, last = places[0], places[-1]
    total = (last - first + 1) * CELL
    left = (total - found.sizes[0][0] * CELL) / 2
    x = {k: MARGIN + (k - first + 0.5) * CELL for k in range(first, last + 1)}
    y = {k: MARGIN + max(0.0, left) + (k + 0.5) * CELL for k in range(found.sizes[0][0])}
    hot = {(m.output[0], m.input[0], m.tap[0]) for m in shown}
    fan = len({m.input for m in shown}) < len(shown)
    return {
        "wide": 2 * MARGIN + max(total, found.sizes[0][0] * CELL),
        "high": 2 * MARGIN + 2 * CELL + GAP,
        "cell": CELL,
        "top": MARGIN,
        "bottom": MARGIN + CELL + GAP,
        "inputs": [
            {
                "x": v,
                "latex": _indexed(read, (k,), derivation) if 0 <= k < found.sizes[1][0] else "0",
                "padded": not 0 <= k < found.sizes[1][0],
                "hot": any(i == k for _, i, _ in hot),
            }
            for k, v in x.items()
        ],
        "outputs": [
            {
                "x": v,
                "latex": _indexed(output, (k,), derivation),
                "padded": False,
                "hot": any(o == k for o, _, _ in hot),
            }
            for k, v in y.items()
        ],
        "lines": [
            {
                "x1": x[m.input[0]],
                "x2": y[m.output[0]],
                "hot": (m.output[0], m.input[0], m.tap[0]) in hot,
                "latex": _indexed(tap, m.tap, derivation) if m in shown else "",
                "at": 0.74 if fan else 0.5,
            }
            for m in sorted(found.meetings, key=lambda m: m in shown)
        ],
    }


def _grid_page(found: Window, derivation: Derivation, shown: list[Meeting]) -> dict[str, Any]:
    output, read, tap = found.names
    spots = {m.input for m in found.meetings} | set(product(*map(range, found.sizes[1])))
    low = tuple(min(s[k] for s in spots) for k in (0, 1))
    high = tuple(max(s[k] for s in spots) for k in (0, 1))
    taps = {m.input: m for m in shown}
    across, down = high[1] - low[1] + 1, high[0] - low[0] + 1
    right = MARGIN + across * CELL + GAP
    tall = max(down, found.sizes[0][0])
    fixed = derivation.wrt == read
    grid = [
        {
            "x": MARGIN + (j - low[1]) * CELL,
            "y": MARGIN + 18 + (i - low[0]) * CELL,
            "hot": (i, j) in taps,
            "padded": not (0 <= i < found.sizes[1][0] and 0 <= j < found.sizes[1][1]),
            "latex": _indexed(tap, taps[i, j].tap, derivation) if (i, j) in taps and not fixed else "",
        }
        for i in range(low[0], high[0] + 1)
        for j in range(low[1], high[1] + 1)
    ]
    hot = {m.output: m for m in shown}
    grid += [
        {
            "x": right + j * CELL,
            "y": MARGIN + 18 + i * CELL,
            "hot": (i, j) in hot,
            "padded": False,
            "latex": _indexed(tap, hot[i, j].tap, derivation) if fixed and (i, j) in hot else "",
        }
        for i in range(found.sizes[0][0])
        for j in range(found.sizes[0][1])
    ]
    return {
        "wide": right + found.sizes[0][1] * CELL + MARGIN,
        "high": 2 * MARGIN + 18 + tall * CELL,
        "cell": CELL,
        "grid": grid,
        "heads": [
            {"x": MARGIN + across * CELL / 2, "latex": written(read, derivation.page)},
            {"x": right + found.sizes[0][1] * CELL / 2, "latex": written(output, derivation.page)},
        ],
        "arrow": (MARGIN + across * CELL + 14, right - 14, MARGIN + 18 + tall * CELL / 2),
    }
