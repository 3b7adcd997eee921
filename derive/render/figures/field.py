"""The receptive field of a unit, layer by layer down to the inputs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from derive.derivations.base import Derivation
from derive.render.figures.numbers import drawn_where, values
from derive.render.figures.svg import drawn
from derive.render.shown import Figure

ABOUT = frozenset({"receptive-field", "receptive-field-downwards", "receptive-field-equal-layers", "jump"})
ROW, MARGIN, WIDE = 58.0, 22.0, 560.0
LARGEST = 80


def growing(derivation: Derivation, values: Mapping[str, Any]) -> Figure | None:
    """What one unit of each layer sees; the spans are the derivation's own result, worked out for every depth."""
    if derivation.name not in ABOUT:
        return None
    kernels, strides = _layers(values) or _drawn(derivation)
    spans = _spans(kernels, strides)
    if spans[-1] > LARGEST:
        return None
    seen = [units(kernels[:m], strides[:m]) for m in range(1, len(kernels) + 1)]
    if [max(s[0]) + 1 for s in seen] != spans[1:]:
        raise ValueError(f"{derivation.name}: the picture's spans are not the derivation's, {spans}")
    words = "; ".join(
        f"a unit of layer {m} (kernel {k}, stride {s}) sees {r} inputs"
        for m, (k, s, r) in enumerate(zip(kernels, strides, spans[1:], strict=True), 1)
    )
    page = _page(kernels, strides, spans, seen[-1])
    title = "The receptive field grows layer by layer"
    return drawn("field", f"{derivation.name}-field", title, f"{words[:1].upper()}{words[1:]}.", page)


def units(kernels: Sequence[int], strides: Sequence[int]) -> list[list[int]]:
    """For each layer from the inputs up: the units that the first unit of the top layer rests on.

    >>> units([3, 2], [2, 1])
    [[0, 1, 2, 3, 4], [0, 1], [0]]
    """
    levels = [[0]]
    for k, s in zip(reversed(kernels), reversed(strides), strict=True):
        levels.append(sorted({u * s + j for u in levels[-1] for j in range(k)}))
    return levels[::-1]


def _layers(values: Mapping[str, Any]) -> tuple[list[int], list[int]] | None:
    """The kernel sizes and strides among a variant's parameters ``k1``, ``s1``, ``k2``."""
    found = [
        [values[n] for n in sorted(values) if re.fullmatch(rf"{letter}[0-9]", n) and isinstance(values[n], int)]
        for letter in "ks"
    ]
    return (found[0], found[1]) if len(found[0]) == len(found[1]) > 1 else None


def _drawn(derivation: Derivation) -> tuple[list[int], list[int]]:
    from derive.derivations.receptive import receptive_field

    def clear(arrays: Mapping[str, Any]) -> bool:
        k, s = arrays["k"], arrays["s"]
        return bool(min(k) >= 2 and max(s) <= 2 and 1 < sum(s) < 2 * len(s) and all(k >= s) and max(k) <= 3)

    arrays = drawn_where(receptive_field, receptive_field.settings[1], clear)
    return [int(v) for v in arrays["k"]], [int(v) for v in arrays["s"]]


def _spans(kernels: Sequence[int], strides: Sequence[int]) -> list[int]:
    import numpy as np

    from derive.derivations.receptive import receptive_field

    arrays = {"k": np.array(kernels, float), "s": np.array(strides, float)}
    return [1, *(int(values(receptive_field.result, arrays, {"n": m})) for m in range(1, len(kernels) + 1))]


def _page(
    kernels: Sequence[int], strides: Sequence[int], spans: Sequence[int], seen: list[list[int]]
) -> dict[str, Any]:
    cell = min(26.0, (WIDE - 2 * MARGIN) / spans[-1])
    left = MARGIN + (WIDE - 2 * MARGIN - cell * spans[-1]) / 2
    middles: list[dict[int, float]] = [{u: left + (u + 0.5) * cell for u in range(spans[-1])}]
    for m, (k, s) in enumerate(zip(kernels, strides, strict=True), 1):
        below = middles[-1]
        middles.append({u: (below[u * s] + below[u * s + k - 1]) / 2 for u in seen[m]})
    depth = len(kernels)
    y = [MARGIN + (depth - m) * ROW + 12 for m in range(depth + 1)]
    lines = [
        {
            "x1": middles[m][u],
            "y1": y[m] + 8,
            "x2": middles[m - 1][u * strides[m - 1] + j],
            "y2": y[m - 1] - 8,
            "top": m == depth,
        }
        for m in range(1, depth + 1)
        for u in seen[m]
        for j in range(kernels[m - 1])
    ]
    labels = [
        f"layer {m}: kernel {kernels[m - 1]}, stride {strides[m - 1]}, sees {spans[m]}" for m in range(1, depth + 1)
    ]
    return {
        "wide": WIDE + 250,
        "high": 2 * MARGIN + depth * ROW + 24,
        "cell": cell,
        "rows": [
            {
                "y": y[m],
                "cells": list(middles[m].values()),
                "text": labels[m - 1] if m else f"{spans[-1]} inputs",
                "x": WIDE,
                "level": m,
            }
            for m in range(depth + 1)
        ],
        "lines": lines,
    }
