"""Losses of the networks in ``data/networks``, written by hand with torch's operators; nothing of ours is used."""

from __future__ import annotations

from collections.abc import Callable

import torch
from networks_torch_more import MORE
from networks_torch_sequences import SEQUENCES
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

LOSSES: dict[str, Callable[..., Tensor]] = {**SEQUENCES, **MORE}


def half(a: Tensor, b: Tensor) -> Tensor:
    """Half the squared distance."""
    return ((a - b) ** 2).sum() / 2


def loss(name: str) -> Callable[[Callable[..., Tensor]], Callable[..., Tensor]]:
    """Put a function into the table."""

    def put(f: Callable[..., Tensor]) -> Callable[..., Tensor]:
        LOSSES[name] = f
        return f

    return put


@loss("mixture of experts")
def _(Wg, x, We, be, t):
    gate = torch.softmax(x @ Wg.T, -1)
    experts = torch.stack([F.linear(x, W, b).tanh() for W, b in zip(We, be, strict=True)], 1)
    return half((gate[..., None] * experts).sum(1), t)


@loss("gated linear unit")
def _(W, X, b, V, c, T):
    joined = torch.cat([F.linear(X, W, b), F.linear(X, V, c)], -1)
    return 2 * half(F.glu(joined), T)


@loss("swiglu feed-forward")
def _(W1, X, W3, W2, G):
    return (F.linear(F.silu(F.linear(X, W1)) * F.linear(X, W3), W2) * G).sum()


@loss("gelu network")
def _(W, x, b, V, y):
    return half(V @ F.gelu(F.linear(x, W, b)), y)


@loss("mish")
def _(W, x, g):
    return F.mish(W @ x) @ g


@loss("softsign")
def _(W, x, y):
    return F.mse_loss(F.softsign(W @ x), y, reduction="sum")


@loss("hard tanh")
def _(W, x, b, y):
    return F.mse_loss(F.hardtanh(F.linear(x, W, b)), y, reduction="sum")


@loss("leaky relu")
def _(W, x, b, y):
    return half(F.leaky_relu(F.linear(x, W, b)), y)


@loss("parametric relu")
def _(W, x, b, alpha, y):
    return half(F.prelu(F.linear(x, W, b), alpha), y)


@loss("elu")
def _(W, x, y):
    return half(F.elu(W @ x), y)


@loss("maxout")
def _(W, x, b, y):
    return half((W @ x + b).max(-1).values, y)


@loss("bilinear layer")
def _(x, W, z, b, t):
    return half(F.bilinear(x[None], z[None], W, b)[0], t)


@loss("radial basis functions")
def _(x, c, s, w, t):
    return half(torch.exp(-(torch.cdist(x, c) ** 2) / (2 * s**2)) @ w, t)


@loss("siamese pair")
def _(W, x, z, y, m):
    far = torch.linalg.vector_norm(torch.tanh(W @ x) - torch.tanh(W @ z))
    return y * far**2 / 2 + (1 - y) * F.relu(m - far) ** 2 / 2


@loss("cross-entropy with label smoothing")
def _(W, X, b, eps, y):
    smooth = (1 - eps) * y + eps / len(b)
    return F.cross_entropy(F.linear(X, W, b), smooth)


@loss("contrastive InfoNCE")
def _(u, v, tau):
    return F.cross_entropy(u @ v.T / tau, torch.arange(len(u)), reduction="sum")


@loss("triplet hinge")
def _(a, p, q, m):
    return F.relu(((a - p) ** 2).sum(1) - ((a - q) ** 2).sum(1) + m).sum()


@loss("Huber")
def _(X, w, y, delta):
    gap = X @ w - y
    return torch.where(gap.abs() <= delta, gap**2 / 2, delta * (gap.abs() - delta / 2)).sum()


@loss("Poisson regression")
def _(X, w, b, y):
    return F.poisson_nll_loss(X @ w + b, y, reduction="sum")


@loss("cosine similarity")
def _(u, v):
    return 1 - F.cosine_similarity(u, v, dim=0)


@loss("distillation")
def _(W, x, zt, T):
    student, teacher = torch.log_softmax(W @ x / T, 0), torch.log_softmax(zt / T, 0)
    return T**2 * F.kl_div(student, teacher, reduction="sum", log_target=True)


@loss("Gaussian mixture log-likelihood")
def _(a, s, x, mu):
    parts = torch.distributions.Normal(mu, s[:, None]).log_prob(x[:, None]).sum(-1)
    constant = x.shape[1] * torch.log(torch.tensor(2 * torch.pi, dtype=x.dtype)) / 2
    return -torch.logsumexp(parts + constant + a, 1).sum()


@loss("variational autoencoder")
def _(W, x, b, Wm, Wv, eps, V, c):
    hidden = torch.tanh(F.linear(x, W, b))
    mu, lv = Wm @ hidden, Wv @ hidden
    logits = F.linear(mu + torch.exp(lv / 2) * eps, V, c)
    normal = torch.distributions.Normal
    kl = torch.distributions.kl_divergence(normal(mu, torch.exp(lv / 2)), normal(0, 1)).sum()
    return F.binary_cross_entropy_with_logits(logits, x, reduction="sum") + kl


@loss("log-density of a Gaussian with a full covariance")
def _(x, mu, S):
    return torch.logdet(S) / 2 + (x - mu) @ torch.linalg.solve(S, x - mu) / 2


@loss("Gaussian process marginal likelihood")
def _(X, a, l, s, y):  # noqa: E741
    far = ((X[:, None] - X[None]) ** 2).sum(-1)
    factor = torch.linalg.cholesky(a**2 * torch.exp(-far / (2 * l**2)) + s**2 * torch.eye(len(y), dtype=y.dtype))
    return factor.diagonal().log().sum() + (torch.cholesky_solve(y[:, None], factor)[:, 0] @ y) / 2


@loss("invertible 1x1 convolution")
def _(W, x):
    return half(x @ W.T, torch.zeros_like(x)) - len(x) * torch.linalg.slogdet(W).logabsdet


@loss("convolution with bias and relu")
def _(F, X, b, G):
    return (torch.relu(torch.conv2d(X[None], F, b))[0] * G).sum()


@loss("dilated causal convolution")
def _(W, x, b, r):
    taps = W.shape[2] - 1
    return half(F.conv1d(F.pad(x, (2 * taps, 0))[None], W.flip(2), b, dilation=2)[0].tanh(), r)


@loss("depthwise separable convolution")
def _(K, X, P, G):
    return (F.conv2d(F.conv2d(X[None], K[:, None], groups=len(K)), P[:, :, None, None])[0] * G).sum()


@loss("stride two")
def _(F, X, t):
    return half(torch.conv2d(X[None, None], F[None, None], stride=2)[0, 0], t)


@loss("transposed convolution with stride two")
def _(x, w, t):
    return half(F.conv_transpose1d(x[None, None], w[None, None], stride=2)[0, 0], t)


@loss("grouped convolution")
def _(F, x, r):
    groups, channels, length = x.shape
    out = torch.conv1d(x.reshape(1, groups * channels, length), F.flatten(0, 1), groups=groups)
    return (out.reshape(r.shape) * r).sum()


@loss("average pooling")
def _(x, g):
    return (F.avg_pool1d(x, 3) * g).sum()


@loss("max pooling")
def _(x, g):
    return (F.max_pool1d(x, 2) * g).sum()
