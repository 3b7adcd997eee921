"""Verification throughput: checks a second through `torch.func.vmap` against the batch's size, and gradcheck beside it.

A check is one line of a derivation at one setting at one draw: the oracle's values and gradients, both sides, their gap.
"""

import time
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from derive.derivations.catalogue import catalogue
from derive.verify.batched import verify_batched
from derive.verify.check import verify

NAMES = {
    "MLP": "mlp-first-weights",
    "softmax": "softmax-jacobian",
    "attention": "attention-queries",
    "convolution": "conv1d-filter-gradient",
    "BPTT": "rnn-bptt-state-weights",
}
BATCHES = (1, 16, 256, 2048)


def throughput(device: str, batches: Sequence[int] = BATCHES) -> Iterator[dict[str, Any]]:
    """Checks a second of each derivation and batch: by the processor's time on a CPU, by the clock on a GPU."""
    clock = time.process_time if device == "cpu" else time.perf_counter
    for kind, name in NAMES.items():
        derivation = catalogue()[name]
        verify_batched(derivation, device, 2)
        rates = {}
        for batch in batches:
            begin = clock()
            report = verify_batched(derivation, device, batch)
            if not report.ok:
                raise AssertionError(report.message)
            rates[batch] = report.checks / (clock() - begin)
        yield {"derivation": f"{kind} ({name})", "device": device, "rates": rates, **_one_by_one(name, clock)}


def _one_by_one(name: str, clock: Any) -> dict[str, float]:
    derivation = catalogue()[name]
    begin = clock()
    report = verify(derivation, "cpu", 3)
    lines = report.steps * len(derivation.settings) * 3 + report.mutants
    return {"unbatched": lines / (clock() - begin)}


def gradcheck(times: int = 5, device: str = "cpu") -> dict[str, float]:
    """`torch.autograd.gradcheck` of a two-layer network: checks a second, one being one draw."""
    sizes = ((3, 4), (4, 5), (5, 2), (3, 2))
    clock = time.process_time if device == "cpu" else time.perf_counter
    begin = clock()
    for seed in range(times):
        torch.manual_seed(seed)
        x, v, w, y = (torch.randn(s, dtype=torch.float64, device=device, requires_grad=True) for s in sizes)
        if not torch.autograd.gradcheck(_loss, (x, v, w, y)):
            raise AssertionError("gradcheck")
    return {"gradcheck, draws/s": times / (clock() - begin)}


def _loss(x: Any, v: Any, w: Any, y: Any) -> Any:
    return ((torch.tanh(x @ v) @ w - y) ** 2).sum()


def rows(device: str = "cpu") -> list[dict[str, Any]]:
    """All rows, on one core of the CPU or on the GPU."""
    torch.set_num_threads(1)
    return list(throughput(device))
