"""Recurrent losses with torch's operators and Python's loops."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812


def half(a: Tensor, b: Tensor) -> Tensor:
    """Half the squared distance."""
    return ((a - b) ** 2).sum() / 2


def lstm(Wi, x, Ui, bi, Wf, Uf, bf, Wo, Uo, bo, Wg, Ug, bg, y):
    """`torch.nn.LSTM` from zero states."""
    cell = torch.nn.LSTM(x.shape[1], len(bi), dtype=x.dtype)
    weights = {
        "weight_ih_l0": torch.cat([Wi, Wf, Wg, Wo]),
        "weight_hh_l0": torch.cat([Ui, Uf, Ug, Uo]),
        "bias_ih_l0": torch.cat([bi, bf, bg, bo]),
        "bias_hh_l0": torch.zeros(4 * len(bi), dtype=x.dtype),
    }
    return half(torch.func.functional_call(cell, weights, (x,))[0], y)


def gru(Wr, x, Ur, Wz, Uz, Wn, Un, h0, v):
    """`torch.nn.GRU`."""
    cell = torch.nn.GRU(x.shape[1], len(h0), bias=False, dtype=x.dtype)
    weights = {"weight_ih_l0": torch.cat([Wr, Wz, Wn]), "weight_hh_l0": torch.cat([Ur, Uz, Un])}
    return (torch.func.functional_call(cell, weights, (x, h0[None]))[0] * v).sum()


def states(W, U, x, h, b=0.0):
    """The states of a simple network, stacked."""
    found = []
    for row in x:
        h = torch.tanh(W @ h + U @ row + b)
        found.append(h)
    return torch.stack(found)


def language(W, U, x, b, V, c, y, h0):
    """Softmax at each step."""
    return F.cross_entropy(F.linear(states(W, U, x, h0, b), V, c), y, reduction="sum")


def last(W, U, x, y):
    """The loss sees the last state alone."""
    return half(states(W, U, x, torch.zeros_like(y))[-1], y)


def bidirectional(W, U, x, V, Z, A, B, r):
    """One network reads backwards."""
    zero = torch.zeros(len(W), dtype=W.dtype), torch.zeros(len(V), dtype=V.dtype)
    return half(states(W, U, x, zero[0]) @ A.T + states(V, Z, x.flip(0), zero[1]).flip(0) @ B.T, r)


def translated(W, U, x, V, Z, y, C, r):
    """An encoder's last state starts a decoder."""
    return half(states(V, Z, y, states(W, U, x, torch.zeros(len(W), dtype=W.dtype))[-1]) @ C.T, r)


def second_order(a, b, x, y):
    """Two steps back."""
    c = [torch.zeros((), dtype=x.dtype)] * 2
    for step in x:
        c.append(a * c[-1] + b * c[-2] + step)
    return half(torch.stack(c[2:]), y)


def leaky(lam, W, x, theta, g):
    """Potentials that leak."""
    v, total = torch.zeros_like(theta), torch.zeros((), dtype=x.dtype)
    for row, weight in zip(x, g, strict=True):
        v = lam * v + W @ row
        total = total + torch.sigmoid(v - theta) @ weight
    return total


def momentum(mu, A, b, eta, w0, K):
    """Heavy ball on a quadratic."""
    w, v = w0, torch.zeros_like(w0)
    for _ in range(K):
        v = mu * v + A @ w - b
        w = w - eta * v
    return (w**2).sum() / 2


def descent(A, b, eta, w0, t, K):
    """Gradient descent on a quadratic."""
    w = w0
    for _ in range(K):
        w = w - eta * (A @ w - b)
    return half(w, t)


def rank(d, P, v, c, K):
    """Power steps of a page rank."""
    r = v
    for _ in range(K):
        r = d * P @ r + (1 - d) * v
    return c @ r


def midpoint(W, dt, x0, y, T):
    """Runge and Kutta's second-order steps."""
    x = x0
    for _ in range(T):
        x = x + dt * torch.tanh(W @ (x + dt / 2 * torch.tanh(W @ x)))
    return half(x, y)


def messages(A, W, U, X, Y, K):
    """Rounds of messages on a graph."""
    h = torch.zeros_like(Y)
    for _ in range(K):
        h = torch.tanh(A @ h @ W.T + X @ U.T)
    return half(h, Y)


def deep(W, b, x, y):
    """As many layers as W has."""
    h = x
    for matrix, bias in zip(W, b, strict=True):
        h = torch.tanh(matrix @ h + bias)
    return half(h, y)


def euler(dt, V, W, b, x0, y):
    """A residual network with shared weights."""
    x, total = x0, torch.zeros((), dtype=x0.dtype)
    for row in y:
        x = x + dt * V @ torch.tanh(W @ x + b)
        total = total + half(x, row)
    return total


def forward_algorithm(B, P, p0):
    """The likelihood of a hidden Markov model."""
    a = B[0] * p0
    for row in B[1:]:
        a = row * (a @ P)
    return -a.sum().log()


def field(e, R, s, y):
    """A chain's negative log-likelihood."""
    a = s
    for row in e:
        a = row + torch.logsumexp(a[:, None] + R, 0)
    return torch.logsumexp(a, 0) - (y * e).sum() - ((y[:-1] @ R) * y[1:]).sum()


def filtered(Q, A, V0, H, R, y, m0, x):
    """The Kalman filter of a number."""
    m, V, total = m0, V0, torch.zeros((), dtype=y.dtype)
    for seen, true in zip(y, x, strict=True):
        P = Q + A * V * A
        gain = P * H / (H * P * H + R)
        m = A * m + gain * (seen - H * A * m)
        V = (1 - gain * H) * P
        total = total + half(m, true)
    return total


def kalman(H, P, R, y, m, x):
    """One update of the state's mean."""
    gain = P @ H.T @ torch.linalg.inv(H @ P @ H.T + R)
    return half(m + gain @ (y - H @ m), x)


def linear_states(A, B, u, C, D, r):
    """A linear state space."""
    s, found = torch.zeros_like(B), []
    for step in u:
        s = A @ s + B * step
        found.append(C @ s + D * step)
    return half(torch.stack(found), r)


def average(beta, g, y):
    """An exponential moving average."""
    m = torch.zeros((), dtype=g.dtype)
    for step in g:
        m = beta * m + (1 - beta) * step
    return (m - y) ** 2


def minimal(W, x, U, y, lam):
    """One gate."""
    h, total = torch.zeros_like(y[0]), lam * (W**2).sum() / 2
    for row, wanted in zip(x, y, strict=True):
        f = torch.sigmoid(W @ h + row)
        h = (1 - f) * h + f * torch.tanh(U @ (f * h) + row)
        total = total + half(h, wanted)
    return total


def skipping(W, x, g):
    """Two steps back only."""
    h = [torch.zeros_like(x[0])] * 2
    for row in x:
        h.append(torch.tanh(W @ h[-2] + row))
    return (torch.stack(h[2:]) * g).sum()


def plane(a, b, x, y):
    """A recurrence in two directions."""
    zero = torch.zeros((), dtype=x.dtype)
    h: dict[tuple[int, int], Tensor] = {}
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            h[i, j] = torch.tanh(a * h.get((i - 1, j), zero) + b * h.get((i, j - 1), zero) + x[i, j])
    return sum((h[i, j] - y[i, j]) ** 2 for i, j in h) / 2


SEQUENCES = {
    "momentum recurrence on a quadratic": momentum,
    "gradient descent unrolled, meta-learning": descent,
    "page rank by power steps": rank,
    "neural ODE by midpoint steps": midpoint,
    "message passing with a shared update": messages,
    "deep network of letter depth": deep,
    "LSTM": lstm,
    "GRU": gru,
    "RNN language model with an output at each step": language,
    "RNN with a loss at the end only": last,
    "bidirectional RNN": bidirectional,
    "sequence to sequence": translated,
    "second-order recurrence (AR(2))": second_order,
    "leaky integrator with a threshold": leaky,
    "neural ODE by Euler steps": euler,
    "hidden Markov model, forward algorithm": forward_algorithm,
    "conditional random field, log-partition": field,
    "Kalman filter with one state": filtered,
    "one Kalman update": kalman,
    "state space layer": linear_states,
    "echo of an exponential moving average": average,
    "minimal gated unit with weight decay": minimal,
    "dilated recurrence, two steps back only": skipping,
    "two dimensional recurrence": plane,
}
