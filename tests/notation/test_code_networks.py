"""Generated modules of whole networks against torch's own operators and autograd."""

from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from torch.nn import functional as F  # noqa: N812

from derive.calculus.gradient import gradients
from derive.calculus.program import Program
from derive.notation.code_module import module
from derive.notation.index_language import program


def run(text: str) -> dict[str, object]:
    """What a generated text defines; our own code is executed."""
    space: dict[str, object] = {}
    exec(compile(text, "<generated>", "exec"), space)
    return space


def autograd(case: "Case") -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Drawn inputs and the loss's gradients by torch."""
    rng = np.random.default_rng(len(case.text))
    arrays = {k: rng.normal(size=s) for k, s in case.sizes.items()}
    arrays |= {k: np.abs(arrays[k]) + 0.1 for k in case.positive}
    tensors = {k: torch.tensor(v, requires_grad=True) for k, v in arrays.items()}
    found = torch.autograd.grad(case.loss(**tensors), list(tensors.values()))
    return arrays, {k: g.numpy() for k, g in zip(tensors, found, strict=True)}


@dataclass
class Case:
    """A network in the index language, and the same loss in torch's operators."""

    text: str
    loss: object
    sizes: dict[str, tuple[int, ...]]
    shapes: dict[str, str] = field(default_factory=dict)
    dims: dict[str, str] = field(default_factory=dict)
    integers: dict[str, int] = field(default_factory=dict)
    positive: tuple[str, ...] = ()

    def program(self) -> Program:
        return program(self.text, shapes=self.shapes, dims=self.dims)


def mse(a, y):
    return ((a - y) ** 2).sum()


def lstm(T):  # noqa: N803
    def loss(W, U, b, x, h0, c0, v):  # noqa: N803
        cell = torch.nn.LSTM(3, 4, dtype=x.dtype)
        weights = {"weight_ih_l0": U.reshape(16, 3), "weight_hh_l0": W.reshape(16, 4), "bias_ih_l0": b.reshape(16)}
        weights["bias_hh_l0"] = torch.zeros(16, dtype=x.dtype)
        out, _ = torch.func.functional_call(cell, weights, (x[:, None], (h0[None, None], c0[None, None])))
        return (out[:, 0] * v).sum()

    return Case(
        """
        p[g,t,i] := sum(W[g,i,j]*h[t-1,j], j) + sum(U[g,i,k]*x[t,k], k) + b[g,i]
        a[t,i] := sigmoid(p[0,t,i])
        f[t,i] := sigmoid(p[1,t,i])
        s[t,i] := tanh(p[2,t,i])
        o[t,i] := sigmoid(p[3,t,i])
        c[t,i] := f[t,i]*c[t-1,i] + a[t,i]*s[t,i]
        h[t,i] := o[t,i]*tanh(c[t,i])
        h[-1,i] := h0[i]
        c[-1,i] := c0[i]
        L := sum(h[t,i]*v[t,i], t, i)
        """,
        loss,
        {"W": (4, 4, 4), "U": (4, 4, 3), "b": (4, 4), "x": (T, 3), "h0": (4,), "c0": (4,), "v": (T, 4)},
        shapes={"W": "4 H H", "U": "4 H D", "b": "4 H", "x": "T D"},
    )


def gru(T):  # noqa: N803
    def loss(W, U, b, x, h0, v):  # noqa: N803
        h = h0
        for xt in x:
            r, z = (torch.sigmoid(W[g] @ h + U[g] @ xt + b[g]) for g in (0, 1))
            h = (1 - z) * torch.tanh(W[2] @ (r * h) + U[2] @ xt + b[2]) + z * h
        return h @ v

    return Case(
        """
        r[t,i] := sigmoid(sum(W[0,i,j]*h[t-1,j], j) + sum(U[0,i,k]*x[t,k], k) + b[0,i])
        z[t,i] := sigmoid(sum(W[1,i,j]*h[t-1,j], j) + sum(U[1,i,k]*x[t,k], k) + b[1,i])
        q[t,i] := tanh(sum(W[2,i,j]*r[t,j]*h[t-1,j], j) + sum(U[2,i,k]*x[t,k], k) + b[2,i])
        h[t,i] := (1 - z[t,i])*q[t,i] + z[t,i]*h[t-1,i]
        h[-1,i] := h0[i]
        L := sum(h[T-1,i]*v[i], i)
        """,
        loss,
        {"W": (3, 4, 4), "U": (3, 4, 2), "b": (3, 4), "x": (T, 2), "h0": (4,), "v": (4,)},
        shapes={"W": "3 H H", "U": "3 H D", "b": "3 H", "x": "T D"},
    )


def rnn(T):  # noqa: N803
    def loss(W, U, x, h0, y):  # noqa: N803
        h, total = h0, 0
        for xt, yt in zip(x, y, strict=True):
            h = torch.tanh(W @ h + U @ xt)
            total = total + ((h - yt) ** 2).sum()
        return total

    return Case(
        "z[t,i] := sum(W[i,j]*h[t-1,j], j) + sum(U[i,k]*x[t,k], k); h[t,i] := tanh(z[t,i]); h[-1,i] := h0[i]; "
        "L := sum((h[t,i] - y[t,i])**2, t, i)",
        loss,
        {"W": (4, 4), "U": (4, 3), "x": (T, 3), "h0": (4,), "y": (T, 4)},
        shapes={"x": "T D"},
    )


def attention(Q, K, V, G):  # noqa: N803
    return (F.scaled_dot_product_attention(Q[None], K[None], V[None])[0] * G).sum()


def causal(Q, K, V, G):  # noqa: N803
    return (F.scaled_dot_product_attention(Q[None], K[None], V[None], is_causal=True)[0] * G).sum()


ATTENTION = """
S[i,j] := sum(Q[i,k]*K[j,k], k)/sqrt(d)
E[i,j] := exp(S[i,j]){mask}
P[i,j] := E[i,j]/sum(E[i,k], k)
O[i,l] := sum(P[i,j]*V[j,l], j)
L := sum(O[i,l]*G[i,l], i, l)
"""
HEADS = {"Q": "N d", "K": "N d", "V": "N D"}
QKV = {"Q": (5, 3), "K": (5, 3), "V": (5, 4), "G": (5, 4)}

CASES = {
    "mlp": Case(
        "z[i] := sum(W[i,j]*x[j], j) + b[i]; a[i] := tanh(z[i]); o[k] := sum(V[k,i]*a[i], i); L := sum((o[k]-y[k])**2, k)",
        lambda W, x, b, V, y: mse(V @ torch.tanh(W @ x + b), y),  # noqa: N803
        {"W": (4, 3), "x": (3,), "b": (4,), "V": (2, 4), "y": (2,)},
    ),
    "batch mlp": Case(
        "z[n,i] := sum(X[n,j]*W[j,i], j) + b[i]; a[n,i] := gelu(z[n,i]); o[n,k] := sum(a[n,i]*V[i,k], i); "
        "L := sum((o[n,k]-y[n,k])**2, n, k)/N",
        lambda X, W, b, V, y: mse(F.gelu(X @ W + b) @ V, y) / len(X),  # noqa: N803
        {"X": (5, 3), "W": (3, 4), "b": (4,), "V": (4, 2), "y": (5, 2)},
        shapes={"X": "N D"},
    ),
    "cross entropy": Case(
        "m[n] := amax(z[n,k], k); l[n] := m[n] + log(sum(exp(z[n,k] - m[n]), k)); "
        "L := sum(l[n], n)/N - sum(y[n,k]*z[n,k], n, k)/N",
        lambda z, y: (torch.logsumexp(z, 1) - (y * z).sum(1)).sum() / len(z),
        {"z": (4, 3), "y": (4, 3)},
        shapes={"z": "N K"},
    ),
    "attention": Case(ATTENTION.format(mask=""), attention, QKV, shapes=HEADS),
    "causal attention": Case(ATTENTION.format(mask="*[j <= i]"), causal, QKV, shapes=HEADS),
    "conv1d": Case(
        "y[i] := sum(w[u]*x[i+u], u); L := sum(y[i]**2, i)",
        lambda w, x: (F.conv1d(x[None, None], w[None, None]) ** 2).sum(),
        {"w": (3,), "x": (7,)},
        shapes={"w": "K", "x": "N"},
    ),
    "conv1d with stride": Case(
        "y[o,i] := sum(w[o,c,u]*x[c,s*i+d*u-p], c, u); L := sum(g[o,i]*y[o,i], o, i)",
        lambda w, x, g: (F.conv1d(x[None], w, stride=2, padding=1, dilation=2)[0] * g).sum(),
        {"w": (2, 3, 3), "x": (3, 9), "g": (2, 4)},
        dims={"i": "M"},
        shapes={"w": "O C K", "x": "C N", "g": "O M"},
        integers={"s": 2, "d": 2, "p": 1},
    ),
    "conv2d": Case(
        "y[b,o,i,j] := sum(w[o,c,u,v]*x[b,c,s*i+d*u-p,s*j+d*v-p], c, u, v) + q[o]; L := sum(g[b,o,i,j]*y[b,o,i,j], b, o, i, j)",
        lambda w, x, q, g: (F.conv2d(x, w, q, stride=2, padding=2, dilation=1) * g).sum(),
        {"w": (2, 3, 3, 2), "x": (2, 3, 7, 6), "q": (2,), "g": (2, 2, 5, 5)},
        shapes={"w": "O C K R", "x": "B C H W", "g": "B O M N"},
        integers={"s": 2, "d": 1, "p": 2},
    ),
    "layer norm": Case(
        "m[b] := sum(x[b,i], i)/n; v[b] := sum((x[b,i]-m[b])**2, i)/n; "
        "y[b,i] := g[i]*(x[b,i]-m[b])/sqrt(v[b]+e0) + c[i]; L := sum(r[b,i]*y[b,i], b, i)",
        lambda x, e0, g, c, r: (
            ((x - x.mean(1, keepdim=True)) / torch.sqrt(x.var(1, correction=0, keepdim=True) + e0) * g + c) * r
        ).sum(),
        {"x": (3, 5), "e0": (), "g": (5,), "c": (5,), "r": (3, 5)},
        shapes={"x": "B n"},
        positive=("e0",),
    ),
    "products and minima": Case(
        "a[i] := prod(x[i,j], j); b[i] := amin(x[i,j]**2, j); c[i] := sum(x[j,i], j = 0..i-1); "
        "L := sum(max(a[i], c[i])*b[i] + erf(c[i])*softplus(a[i]) + abs(c[i]), i)",
        lambda x: (
            torch.maximum(x.prod(1), x.triu(1).sum(0)) * (x**2).amin(1)
            + torch.erf(x.triu(1).sum(0)) * F.softplus(x.prod(1))
            + x.triu(1).sum(0).abs()
        ).sum(),
        {"x": (4, 4)},
        shapes={"x": "n n"},
    ),
    "inverse and determinant": Case(
        "L := sum(inv(A[i,j], i, j)[p,p], p) + log(det(A[i,j], i, j)**2) + sum(matpow(A[i,j], i, j, 3)[p,q], p, q)",
        lambda A: torch.linalg.inv(A).trace() + torch.log(torch.linalg.det(A) ** 2) + (A @ A @ A).sum(),  # noqa: N803
        {"A": (3, 3)},
        shapes={"A": "n n"},
    ),
    "cumulative mean": Case(
        "c[t] := a*c[t-2] + x[t]/(t+1); L := sum(c[t]**2, t)",
        None,
        {"x": (6,), "a": ()},
        shapes={"x": "T"},
    ),
    **{f"rnn {T}": rnn(T) for T in (1, 2, 5)},
    **{f"lstm {T}": lstm(T) for T in (1, 2, 5)},
    **{f"gru {T}": gru(T) for T in (1, 2, 5)},
}


def two_back(x, a):
    c: list[torch.Tensor] = []
    for t in range(len(x)):
        c.append((a * c[t - 2] if t >= 2 else 0) + x[t] / (t + 1))
    return (torch.stack(c) ** 2).sum()


CASES["cumulative mean"].loss = two_back


@pytest.mark.parametrize("target", ["torch", "numpy"])
@pytest.mark.parametrize("name", CASES)
def test_gradients_are_autograds(name: str, target: str) -> None:
    case = CASES[name]
    p = case.program()
    found = gradients(p, list(case.sizes))
    text = module(found.program, {n: f"{n}_bar" for n in case.sizes}, target)
    arrays, expected = autograd(case)
    inputs = {k: torch.tensor(v) for k, v in arrays.items()} if target == "torch" else arrays
    with np.errstate(all="ignore"):
        got = run(text)["gradient"]({**inputs, **case.integers})
    for n, e in expected.items():
        assert np.allclose(np.asarray(got[n]), e, rtol=1e-8, atol=1e-10), (n, text)
