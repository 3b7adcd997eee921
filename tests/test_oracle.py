"""The oracle: adjoints through time, and a whole layer from one operator of torch's beside its pieces."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from derive import Derivation, Symbol
from derive.notation.index_language import program
from derive.verify.check import verify
from derive.verify.draw import draw
from derive.verify.oracle import OracleError, truth_values

torch = pytest.importorskip("torch")

SIZES = {"T": 4, "n": 3}


def shifted(torch: Any, h: Any) -> Any:
    """The array one step later, zeros first."""
    return torch.cat([torch.zeros_like(h[:1]), h[:-1]])


def states(torch: Any, x: Any) -> Any:
    """The recurrence, step by step."""
    h, found = torch.zeros_like(x[0]), []
    for step in x:
        h = torch.tanh(h + step)
        found.append(h)
    return torch.stack(found)


LEAKY = Derivation(
    "leaky",
    "A recurrence in two arrays",
    of=program("z[t,i] := h[t-1,i] + x[t,i]; h[t,i] := tanh(z[t,i]); y[t,i] := 2*h[t,i]", shapes={"x": "T n"}),
    wrt="x",
    symbols={
        "T": Symbol(domain="dimension"),
        "n": Symbol(domain="dimension"),
        "x": Symbol(("T", "n")),
        "z": Symbol(("T", "n"), "derived"),
        "h": Symbol(("T", "n"), "derived"),
        "y": Symbol(("T", "n"), "derived"),
        "y_bar": Symbol(("T", "n")),
    },
    truth={
        "z": lambda torch, h, x: shifted(torch, h) + x,
        "h": lambda torch, z: torch.tanh(z),
        "y": lambda torch, h: 2 * h,
    },
    settings=(SIZES, {"T": 5, "n": 2}, {"T": 3, "n": 4}),
)


def test_adjoints_through_time_are_those_of_the_steps() -> None:
    inputs = draw(LEAKY, SIZES, 0)
    found = truth_values(LEAKY, inputs, SIZES, "cpu")
    x = torch.tensor(inputs["x"], requires_grad=True)
    loss = (2 * states(torch, x) * torch.tensor(inputs["y_bar"])).sum()
    (slope,) = torch.autograd.grad(loss, x)
    np.testing.assert_allclose(found["x_bar"], slope, atol=1e-14)
    np.testing.assert_allclose(found["z_bar"], slope, atol=1e-14, err_msg="x enters z as it is")
    np.testing.assert_allclose(found["h"], states(torch, x).detach(), atol=1e-14)
    step = np.eye(SIZES["T"], k=-1)
    np.testing.assert_allclose(found["dz/dh"], np.einsum("ts,ij->tisj", step, np.eye(SIZES["n"])))


def test_a_whole_layer_is_held_against_its_pieces() -> None:
    assert verify(replace(LEAKY, whole=lambda torch, x: 2 * states(torch, x)), "cpu").ok
    wrong = verify(replace(LEAKY, whole=lambda torch, x: 2 * torch.tanh(x)), "cpu")
    assert not wrong.ok
    assert wrong.failures[0].rule == "definition"


def test_a_whole_layer_with_another_slope_is_found_out() -> None:
    half = replace(LEAKY, whole=lambda torch, x: 2 * states(torch, x / 2 + x.detach() / 2))
    assert [f.rule for f in verify(half, "cpu").failures][:1] == ["chain rule"]


def test_a_recurrence_that_does_not_settle() -> None:
    truth = {**LEAKY.truth, "z": lambda torch, h, x: h + x}  # type: ignore[dict-item]
    with pytest.raises(OracleError, match="settle"):
        truth_values(replace(LEAKY, truth=truth), draw(LEAKY, SIZES, 0), SIZES, "cpu")
