"""Numbers for programs, for tests."""

from typing import Any

import numpy as np

from derive.calculus.affine import Letter
from derive.calculus.program import Program
from derive.calculus.values import values


def run(p: Program, arrays: dict[str, Any], sizes: dict[str, int]) -> dict[str, Any]:
    """Every array of a program, with sizes by name."""
    return values(p, arrays, {Letter(k): v for k, v in sizes.items()})


def drawn(p: Program, sizes: dict[str, int], seed: int = 0) -> dict[str, Any]:
    """Normal numbers for every input."""
    rng, dims = np.random.default_rng(seed), {Letter(k): v for k, v in sizes.items()}
    return {n: rng.normal(size=[s.at(dims) for s in p.shapes[n]]) for n in p.inputs}
