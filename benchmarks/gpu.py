"""Verification on a GPU beside the CPU: python benchmarks/gpu.py [--json] [--write docs/gpu.md].

The CPU's rates are of one core, by its time; the GPU's are by the clock. Without a CUDA device its columns say so.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import torch
import verification
from all import written
from measure import machine
from tables import machine_line, table

BATCHES = (64, 2048)
ON_GPU = (64, 2048, 32768)


def rows() -> list[dict[str, Any]]:
    """A row for each derivation: checks a second on either device, by batch."""
    torch.set_num_threads(1)
    here = list(verification.throughput("cpu", BATCHES))
    there = list(verification.throughput("cuda", ON_GPU)) if torch.cuda.is_available() else [None] * len(here)
    return [_row(cpu, gpu) for cpu, gpu in zip(here, there, strict=True)]


def _row(cpu: dict[str, Any], gpu: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "derivation": cpu["derivation"],
        "CPU, one at a time": cpu["unbatched"],
        **{f"CPU, batch {b}": cpu["rates"][b] for b in BATCHES},
        **{f"GPU, batch {b}": gpu["rates"][b] if gpu else "no GPU at hand" for b in ON_GPU},
    }


def device() -> str:
    """The GPU's name, or that there is none, with torch's version."""
    found = torch.cuda.get_device_name() if torch.cuda.is_available() else "no CUDA device"
    return f"{found}; torch {torch.__version__}"


def main() -> None:
    """Measure, then print or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--write", type=Path, metavar="FILE", help="the page whose table is replaced")
    chosen = parser.parse_args()
    facts, found, peer = machine(), rows(), verification.gradcheck()
    if chosen.json:
        print(json.dumps({"machine": facts, "device": device(), "rows": found, **peer}, ensure_ascii=False, indent=1))
        return
    heads = list(found[0])
    rate = (
        f"`torch.autograd.gradcheck` of a two-layer network, same run, CPU: {peer['gradcheck, draws/s']:.0f} draws/s."
    )
    body = table("Checks a second", heads, [[row[h] for h in heads] for row in found])
    text = f"{device()}. {machine_line(facts)}\n\n{body}\n\n{rate}"
    if chosen.write:
        written(chosen.write, text)
    else:
        print(text)


if __name__ == "__main__":
    main()
