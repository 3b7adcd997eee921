"""Attention, normalisation and graphs, with torch's operators."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812


def half(a: Tensor, b: Tensor) -> Tensor:
    """Half the squared distance."""
    return ((a - b) ** 2).sum() / 2


def additive(v, W, q, U, H, g):
    """Bahdanau's attention."""
    return torch.softmax(torch.tanh(W @ q + H @ U.T) @ v, 0) @ H @ g


def relative(Q, K, r, V, G):
    """A bias for each distance."""
    place = torch.arange(len(Q))
    bias = r[place[:, None] - place[None] + len(Q) - 1]
    return (F.scaled_dot_product_attention(Q[None], K[None], V[None], attn_mask=bias[None])[0] * G).sum()


def linear_bias(Q, K, m, V, G):
    """A causal penalty that grows with the distance."""
    place = torch.arange(len(Q))
    gap = place[:, None] - place[None]
    bias = torch.where(gap >= 0, -m * gap, -torch.inf)
    return (F.scaled_dot_product_attention(Q[None], K[None], V[None], attn_mask=bias[None])[0] * G).sum()


def masked(Q, K, M, V, Y):
    """A positive mask is a bias by its logarithm."""
    return half(F.scaled_dot_product_attention(Q[None], K[None], V[None], attn_mask=M.log()[None])[0], Y)


def multi_head(Wq, X, Wk, Wv, Wo, G):
    """Self-attention with a residual path."""
    Q, K, V = (torch.einsum("hdc,ic->hid", W, X) for W in (Wq, Wk, Wv))
    heads = F.scaled_dot_product_attention(Q, K, V)
    return ((X + torch.einsum("hdc,hid->ic", Wo, heads)) * G).sum()


def linear_attention(Q, K, V, G):
    """Attention with a positive feature map in place of the exponential."""
    weights = F.softplus(Q) @ F.softplus(K).T
    return (weights / weights.sum(1, keepdim=True) @ V * G).sum()


def rms(x, eps, g, q):
    """Scaled by the root of the mean square."""
    return (x * g * torch.rsqrt(x.pow(2).mean(1, keepdim=True) + eps) * q).sum()


def group(x, eps, a, b, q):
    """Normalised in groups of channels."""
    variance, mean = torch.var_mean(x, (2, 3), correction=0, keepdim=True)
    return ((a[..., None] * (x - mean) / torch.sqrt(variance + eps) + b[..., None]) * q).sum()


def instance(x, eps, t):
    """Every channel of every example on its own."""
    variance, mean = torch.var_mean(x, 2, correction=0, keepdim=True)
    return half((x - mean) / torch.sqrt(variance + eps), t)


def batch(x, eps, g, b, t):
    """Over the examples."""
    variance, mean = torch.var_mean(x, 0, correction=0)
    return half(g * (x - mean) / torch.sqrt(variance + eps) + b, t)


def weight_norm(V, g, x, y):
    """A direction and a length for each row."""
    return half(torch._weight_norm(V, g[:, None], 0) @ x, y)


def graph(A, X, W1, W2, m, Y):
    """Two layers, and a cross-entropy where the mask asks for it."""
    logits = A @ torch.relu(A @ X @ W1) @ W2
    return (m * F.cross_entropy(logits, Y, reduction="none")).sum()


def degrees(A, X, W, T):
    """Normalised by the degrees."""
    scale = A.sum(1).rsqrt()
    return half(torch.tanh((scale[:, None] * A * scale) @ X @ W), T)


def graph_attention(W, X, a, b, A, T):
    """Scores of pairs, softmax over neighbours."""
    seen = X @ W.T
    score = F.leaky_relu((seen @ a)[:, None] + (seen @ b)[None], 0.2)
    return half(torch.softmax(score + A.log(), 1) @ seen, T)


MORE = {
    "additive attention": additive,
    "attention with a relative position bias": relative,
    "attention with linear biases, causal": linear_bias,
    "cross-attention with a mask": masked,
    "multi-head self-attention from the tokens": multi_head,
    "linear attention": linear_attention,
    "RMS norm": rms,
    "group norm": group,
    "instance norm without a name for the deviation": instance,
    "batch norm by steps": batch,
    "weight norm": weight_norm,
    "graph convolution of two layers": graph,
    "graph convolution with the degrees inside": degrees,
    "graph attention": graph_attention,
}
