"""How the benchmarks measure: CPU time, the fastest of several runs; the slope of cost against size; the machine."""

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from math import log
from pathlib import Path
from time import perf_counter, process_time


def milliseconds(call: Callable[[], object], times: int) -> float:
    """CPU time of the fastest of several runs: what else the machine does counts little."""
    best = float("inf")
    for _ in range(times):
        start = process_time()
        call()
        best = min(best, process_time() - start)
    return best * 1000


def seconds_to_start(command: Sequence[str], times: int, check: bool = True) -> tuple[float, float]:
    """Wall-clock and CPU time of the fastest runs of a command in a fresh process, from start to end."""
    runs = []
    for _ in range(times):
        start, used = perf_counter(), os.times()
        subprocess.run(command, check=check, stdout=subprocess.DEVNULL)
        cpu = os.times()
        children = (cpu.children_user - used.children_user) + (cpu.children_system - used.children_system)
        runs.append((perf_counter() - start, children))
    return min(wall for wall, _ in runs), min(cpu for _, cpu in runs)


def exponent(costs: Mapping[int, float]) -> float:
    """The slope of log cost against log size, by least squares: 1 is linear, 2 quadratic."""
    points = [(log(size), log(cost)) for size, cost in costs.items()]
    x, y = (sum(column) / len(points) for column in zip(*points, strict=True))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    return {
        "date": date.today().isoformat(),
        "machine": platform.machine(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "system": platform.system(),
        "python": platform.python_version(),
        "packages": {
            name: _version(name)
            for name in ("derive-suite", "sympy", "numpy", "python-flint", "tensorgrad", "math-verify")
        },
        "command": " ".join(["python", *sys.argv]),
    }


def _processor() -> str:
    """The model's name where the system tells it."""
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    found = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(found, platform.processor() or "unknown")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
