"""The whole catalogue in batches on several devices: whether they say the same, and in what time."""

import multiprocessing
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

Row = dict[str, Any]
APART = 1e-9


def checked(name: str, device: str, draws: int, until: float) -> Row | None:
    """A derivation's report; None where the time is up before it begins."""
    if time.time() > until:
        return None
    import torch

    from derive.derivations.catalogue import catalogue
    from derive.verify.batched import attempted

    torch.set_num_threads(1)
    derivation, begin = catalogue()[name], time.process_time()
    found = attempted(derivation, device, draws).record()
    return {**found, "processor": time.process_time() - begin}


def run(names: Sequence[str], device: str, draws: int, until: float, jobs: int) -> tuple[list[Row | None], float]:
    """The reports in the order of the names, and the seconds by the clock."""
    begin = time.perf_counter()
    one = partial(checked, device=device, draws=draws, until=until)
    if jobs == 1:
        return [one(name) for name in names], time.perf_counter() - begin
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(one, names, chunksize=4)), time.perf_counter() - begin


def compared(names: Sequence[str], devices: Sequence[str], draws: int, seconds: float, jobs: int = 0) -> Row:
    """What each device finds, and the derivations of which the devices say different things.

    Args:
        names: derivations.
        devices: the first is what the others are compared with.
        draws: in a batch.
        seconds: no derivation is begun later than this, the devices' shares being equal.
        jobs: processes at once; half of the cores by default.
    """
    jobs = jobs or max(1, (os.cpu_count() or 1) // 2)
    found, share = {}, seconds / len(devices)
    for device in devices:
        reports, clock = run(names, device, draws, time.time() + share, jobs)
        found[device] = (reports, clock)
    first = found[devices[0]][0]
    return {
        "draws": draws,
        "jobs": jobs,
        **{device: _summary(reports, clock) for device, (reports, clock) in found.items()},
        "different": {d: _different(first, found[d][0]) for d in devices[1:]},
    }


def _summary(reports: Sequence[Row | None], clock: float) -> Row:
    done = [r for r in reports if r is not None]
    return {
        "derivations": len(done),
        "left out": len(reports) - len(done),
        "wrong": [f"{r['derivation']}: {r['message']}" for r in done if not r["ok"]],
        "checks": sum(r["checks"] for r in done),
        "looped": sum(r["looped"] > 0 for r in done),
        "worst error": max((r["worst_error"] for r in done), default=0.0),
        "seconds": clock,
        "processor's seconds": sum(r["processor"] for r in done),
    }


def _different(first: Sequence[Row | None], second: Sequence[Row | None]) -> list[str]:
    """Derivations whose verdict, count of checks or worst error is not the same on both."""
    both = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    return [
        f"{a['derivation']}: {key} {a[key]} and {b[key]}"
        for a, b in both
        for key in ("ok", "checks", "looped", "worst_error")
        if (abs(a[key] - b[key]) > APART if key == "worst_error" else a[key] != b[key])
    ]
