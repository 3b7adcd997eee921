"""The values of every array of a program: sweeps over its definitions until nothing changes.

Time may run forward, as in ``h[t]`` from ``h[t-1]``, or back, as in an adjoint: each sweep settles at least one more step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from derive.calculus.affine import Letter
from derive.calculus.evaluate import tabulate
from derive.calculus.program import Program


class DoesNotSettle(ValueError):
    """The definitions use each other in a circle."""


def values(
    program: Program,
    arrays: Mapping[str, Any],
    sizes: Mapping[Letter, int],
    functions: Mapping[str, Sequence[Callable[[Any], Any]]] | None = None,
) -> dict[str, Any]:
    """Name → values, inputs included.

    Args:
        program: definitions in order; an array may read itself and later ones at other times.
        arrays: the inputs.
        sizes: dimension letters and integer parameters.
        functions: an unknown smooth function and its derivatives, by name.

    Raises:
        DoesNotSettle: a definition rests on itself at the same place.

    >>> from derive.calculus.expr import entry
    >>> from derive.calculus.atoms import Bound
    >>> from derive.calculus.affine import Affine
    >>> from derive.calculus.program import Definition
    >>> t = Bound(Letter("t"), Affine.of(0), Affine.of("T"))
    >>> body = 2 * entry("h", Affine.of("t") - 1) + entry("x", "t")
    >>> p = Program((Definition("h", (t,), body),), {"h": (Affine.of("T"),), "x": (Affine.of("T"),)})
    >>> values(p, {"x": np.ones(3)}, {Letter("T"): 3})["h"].tolist()
    [1.0, 3.0, 7.0]
    """
    known = dict(arrays)
    for d in program.definitions:
        known[d.name] = np.zeros([size.at(sizes) for size in program.shapes[d.name]])
    sweeps = len(program.definitions) * (1 + max([*sizes.values(), 1])) + 2
    for _ in range(sweeps):
        settled = True
        for d in program.definitions:
            frame = [(b.letter, (b.high - b.low).at(sizes)) for b in d.letters]
            new = tabulate(d.body, frame, known, sizes, functions=functions or {})
            settled &= np.array_equal(new, known[d.name], equal_nan=True)
            known[d.name] = new
        if settled:
            return known
    raise DoesNotSettle("the definitions use each other in a circle")
