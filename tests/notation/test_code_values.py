"""Generated NumPy and torch code is worth what the evaluator says, for generated expressions; nothing else is raised."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from index_random import FRAME, SHAPES, drawn, upto
from test_index_printers import values

from derive.calculus.program import Definition, Program
from derive.notation.code_module import module
from derive.notation.index_language import shapes_of

SIZED = shapes_of({**SHAPES, "dz1/dx": "m n", "out": "n m"})


def run(text: str, inputs: dict[str, object]) -> dict[str, object]:
    """What a generated module computes; our own code is executed."""
    space: dict[str, object] = {}
    exec(compile(text, "<generated>", "exec"), space)
    with np.errstate(all="ignore"):
        return space["gradient"](inputs)


def minus_sine(z):
    return -z.sin() if isinstance(z, torch.Tensor) else -np.sin(z)


@pytest.mark.parametrize("target", ["numpy", "torch"])
@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6))
def test_values_are_the_evaluators(target: str, seed: int) -> None:
    value = drawn(seed)
    frame = tuple(upto(*b) for b in FRAME)
    text = module(Program((Definition("out", frame, value),), SIZED, ("f",)), {"out": "out"}, target)
    for n, m in ((3, 4), (5, 2), (1, 1)):
        rng = np.random.default_rng(seed)
        sizes = {"n": n, "m": m}
        inputs = {k: rng.normal(size=tuple(sizes[repr(a)] for a in s)) for k, s in SIZED.items() if k != "out"}
        expected = values(value, n, m, seed)
        tensors = {k: v if target == "numpy" else torch.tensor(v) for k, v in inputs.items()}
        tensors |= {"f''": minus_sine, **sizes}
        found = np.asarray(run(text, tensors)["out"])
        scale = max(1.0, float(np.nanmax(np.abs(expected), initial=0)))
        assert found.shape == (n, m)
        assert np.allclose(found, expected, rtol=1e-9, atol=1e-9 * scale, equal_nan=True), text
