"""Evaluating a program by sweeps, for tests: an evaluator for any recurrence, forward or backward in time."""

from typing import Any

import numpy as np

from derive.calculus.affine import Letter
from derive.calculus.evaluate import tabulate
from derive.calculus.program import Program


def run(p: Program, arrays: dict[str, Any], sizes: dict[str, int]) -> dict[str, Any]:
    """Every array of a program: sweeps over its definitions until nothing changes, so that time may run either way."""
    dims = {Letter(k): v for k, v in sizes.items()}
    known = dict(arrays)
    for d in p.definitions:
        known[d.name] = np.zeros([size.at(dims) for size in p.shapes[d.name]])
    for _ in range(6 * max(sizes.values())):
        before = {d.name: known[d.name] for d in p.definitions}
        for d in p.definitions:
            frame = [(b.letter, (b.high - b.low).at(dims)) for b in d.letters]
            known[d.name] = tabulate(d.body, frame, known, dims)
        if all(np.array_equal(before[n], known[n], equal_nan=True) for n in before):
            return known
    raise AssertionError("the program does not settle")


def drawn(p: Program, sizes: dict[str, int], seed: int = 0) -> dict[str, Any]:
    """Normal numbers for every input."""
    rng, dims = np.random.default_rng(seed), {Letter(k): v for k, v in sizes.items()}
    return {n: rng.normal(size=[s.at(dims) for s in p.shapes[n]]) for n in p.inputs}
