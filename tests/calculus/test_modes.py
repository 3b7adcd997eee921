"""Reverse mode over several arrays, forward mode, Jacobians and Hessians: against torch's autograd."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import torch
from programs import drawn, run

from derive.calculus.forward import hessian, jacobian_of, jvp
from derive.calculus.gradient import gradients
from derive.calculus.program import Program
from derive.notation.index_language import program

torch.set_default_dtype(torch.float64)
SIZES = {"T": 4, "I": 3, "J": 5, "K": 2, "N": 6}


def mlp(v: Mapping[str, Any]) -> Any:
    return ((v["V"] @ torch.tanh(v["W"] @ v["x"] + v["b"]) - v["y"]) ** 2).sum()


def rnn(v: Mapping[str, Any]) -> Any:
    h, loss = v["h0"], 0.0
    for x, y in zip(v["x"], v["y"], strict=True):
        h = torch.tanh(v["W"] @ h + v["U"] @ x)
        loss = loss + ((h - y) ** 2).sum()
    return loss


MLP = program(
    "z[i] := sum(W[i,j]*x[j], j) + b[i]; a[i] := tanh(z[i]); o[k] := sum(V[k,i]*a[i], i); L := sum((o[k]-y[k])**2, k)"
)
RNN = program(
    "z[t,i] := sum(W[i,j]*h[t-1,j], j) + sum(U[i,k]*x[t,k], k); h[t,i] := tanh(z[t,i]); h[-1,i] := h0[i]; "
    "L := sum((h[t,i]-y[t,i])**2, t, i)"
)
CASES = [(MLP, mlp, ("x", "W", "b", "V", "y")), (RNN, rnn, ("W", "U", "x", "h0", "y"))]
STEPS = [{**SIZES, "T": n} for n in (1, 2, 4)]


def sizes_of(p: Program, sizes: dict[str, int]) -> dict[str, int]:
    used = {x.name for shape in p.shapes.values() for a in shape for x in a.letters}
    return {k: v for k, v in sizes.items() if k in used}


@pytest.mark.parametrize(("p", "loss", "wrt"), CASES)
@pytest.mark.parametrize("sizes", STEPS)
def test_every_gradient_in_one_pass(p: Program, loss: Callable[..., Any], wrt: Any, sizes: dict[str, int]) -> None:
    sizes = sizes_of(p, sizes)
    arrays = drawn(p, sizes)
    found = run(gradients(p, wrt).program, arrays, sizes)
    leaves = {n: torch.tensor(arrays[n], requires_grad=True) for n in wrt}
    loss(leaves).backward()
    for name in wrt:
        np.testing.assert_allclose(found[f"{name}_bar"], leaves[name].grad, atol=1e-11, err_msg=name)


@pytest.mark.parametrize(("p", "loss", "wrt"), CASES)
def test_tangents_are_directional_derivatives(p: Program, loss: Callable[..., Any], wrt: Any) -> None:
    sizes = sizes_of(p, SIZES)
    arrays = drawn(p, sizes)
    forward = jvp(p, wrt)
    moves = {f"{n}_dot": v for n, v in drawn(p, sizes, 1).items()}
    found = run(forward.program, arrays | moves, sizes)["L_dot"]
    leaves = {n: torch.tensor(arrays[n], requires_grad=True) for n in wrt}
    slopes = torch.autograd.grad(loss(leaves), [leaves[n] for n in wrt])
    expected = sum((g * torch.tensor(moves[f"{n}_dot"])).sum() for n, g in zip(wrt, slopes, strict=True))
    np.testing.assert_allclose(found, expected, atol=1e-10)


@pytest.mark.parametrize(
    ("p", "loss", "wrt", "pair"),
    [(MLP, mlp, CASES[0][2], ("x", "x")), (MLP, mlp, CASES[0][2], ("W", "b")), (RNN, rnn, CASES[1][2], ("h0", "h0")),
     (RNN, rnn, CASES[1][2], ("W", "U"))],
)  # fmt: skip
def test_hessians(p: Program, loss: Callable[..., Any], wrt: Any, pair: tuple[str, str]) -> None:
    sizes = sizes_of(p, SIZES)
    arrays = drawn(p, sizes)
    second = hessian(p, *pair)
    found = run(second.program, arrays, sizes)[second.result]
    places = tuple(wrt.index(n) for n in pair)
    slopes = torch.func.jacrev(torch.func.jacrev(lambda *v: loss(dict(zip(wrt, v, strict=True))), places[0]), places[1])
    np.testing.assert_allclose(found, slopes(*(torch.tensor(arrays[n]) for n in wrt)), atol=1e-10)


def test_the_jacobian_through_time() -> None:
    p = program("z[t,i] := sum(W[i,j]*h[t-1,j], j) + x[t,i]; h[t,i] := tanh(z[t,i])")
    sizes = sizes_of(p, SIZES)
    arrays = drawn(p, sizes)
    slope = jacobian_of(p, "x")

    def states(x: Any) -> Any:
        h, out = torch.zeros(sizes["I"]), []
        for t in range(sizes["T"]):
            h = torch.tanh(torch.tensor(arrays["W"]) @ h + x[t])
            out.append(h)
        return torch.stack(out)

    expected = torch.func.jacrev(states)(torch.tensor(arrays["x"]))
    np.testing.assert_allclose(run(slope.program, arrays, sizes)[slope.result], expected, atol=1e-12)


def test_the_jacobian_in_a_scalar_has_a_jacobians_name() -> None:
    p = program("z[t] := w*h[t-1] + x[t]; h[t] := tanh(z[t])")
    sizes = sizes_of(p, SIZES)
    arrays = drawn(p, sizes)
    slope = jacobian_of(p, "w")
    assert slope.result == "dh/dw"

    def states(w: Any) -> Any:
        h, out = torch.tensor(0.0), []
        for x in torch.tensor(arrays["x"]):
            h = torch.tanh(w * h + x)
            out.append(h)
        return torch.stack(out)

    expected = torch.func.jacrev(states)(torch.tensor(arrays["w"]))
    np.testing.assert_allclose(run(slope.program, arrays, sizes)[slope.result], expected, atol=1e-12)


def test_a_recurrence_with_its_cotangent_from_above() -> None:
    p = program("z[t,i] := sum(W[i,j]*h[t-1,j], j) + x[t,i]; h[t,i] := tanh(z[t,i])")
    sizes = sizes_of(p, SIZES)
    found = gradients(p, ["x"])
    assert found.cotangent == "h_bar"
    arrays = drawn(found.program, sizes) | drawn(p, sizes)
    leaf = torch.tensor(arrays["x"], requires_grad=True)
    h, loss = torch.zeros(sizes["I"]), 0.0
    for t in range(sizes["T"]):
        h = torch.tanh(torch.tensor(arrays["W"]) @ h + leaf[t])
        loss = loss + (h * torch.tensor(arrays["h_bar"][t])).sum()
    loss.backward()
    np.testing.assert_allclose(run(found.program, arrays, sizes)["x_bar"], leaf.grad, atol=1e-12)


@pytest.mark.parametrize("wrt", ["nothing", "L", "unused"])
def test_what_cannot_be_asked(wrt: str) -> None:
    p = program("unused[i] := sum(W[i,j], j); z[i] := sum(W[i,j]*x[j], j); L := sum(z[i], i)")
    with pytest.raises(KeyError):
        gradients(p, [wrt])
    with pytest.raises(KeyError):
        jvp(p, [wrt], "z")


def _power(v: Mapping[str, Any], steps: int) -> Any:
    return v["a"] @ torch.linalg.matrix_power(v["W"], steps) @ v["b"]


MATRICES = {
    "log det": ("L := log(det(X[i,j], i, j)**2)", lambda v: torch.log(torch.linalg.det(v["X"]) ** 2)),
    "inverse": ("L := sum(a[i]*inv(W[p,q], p, q)[i,j]*b[j], i, j)", lambda v: _power(v, -1)),
    "cube": ("L := sum(a[i]*matpow(W[p,q], p, q, 3)[i,j]*b[j], i, j)", lambda v: _power(v, 3)),
    "letter power": ("L := sum(a[i]*matpow(W[p,q], p, q, T)[i,j]*b[j], i, j)", lambda v: _power(v, 4)),
    "gram": ("L := log(det(sum(A[k,i]*A[k,j], k), i, j))", lambda v: torch.logdet(v["A"].T @ v["A"])),
}  # fmt: skip


@pytest.mark.parametrize("case", MATRICES)
def test_matrix_functions(case: str) -> None:
    text, loss = MATRICES[case]
    p, sizes = program(text), {"I": 3, "K": 5, "T": 4}
    arrays = drawn(p, sizes)
    found = run(gradients(p, p.inputs).program, arrays, sizes)
    leaves = {n: torch.tensor(arrays[n], requires_grad=True) for n in p.inputs}
    loss(leaves).backward()
    for name, leaf in leaves.items():
        np.testing.assert_allclose(found[f"{name}_bar"], leaf.grad, rtol=1e-9, atol=1e-9)


BILINEAR = program("L := sum(u[i]*W[i,j]*v[j], i, j)")


@pytest.mark.parametrize("pair", [("u", "u"), ("W", "W"), ("v", ""), ("u", "v"), ("W", "u"), ("u", "W")])
def test_a_hessian_is_zero_where_the_gradient_is_constant(pair: tuple[str, str]) -> None:
    sizes = sizes_of(BILINEAR, SIZES)
    arrays = drawn(BILINEAR, sizes)
    second = hessian(BILINEAR, *pair)
    values = run(second.program, arrays, sizes)
    places = tuple("uWv".index(n) for n in (pair[0], pair[1] or pair[0]))
    given = [torch.tensor(arrays[n]) for n in "uWv"]

    def loss(*v: Any) -> Any:
        return torch.einsum("i,ij,j->", *v)

    expected = torch.func.jacrev(torch.func.jacrev(loss, places[0]), places[1])(*given)
    np.testing.assert_allclose(values[second.result], expected, atol=1e-12)


def test_a_hessian_in_an_array_beside_the_loss_is_zero() -> None:
    p = program("s := sum(q[k]*q[k], k); L := sum(u[i]*u[i], i)")
    second = hessian(p, "u", "q")
    assert run(second.program, {}, {"I": 3, "K": 2})[second.result].tolist() == [[0, 0]] * 3
    with pytest.raises(KeyError, match="no array"):
        hessian(p, "u", "r")
