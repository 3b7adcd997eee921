"""Verification on a GPU beside the CPU, in one command: python benchmarks/gpu.py --json OUT.json [--write docs/gpu.md].

Within ten minutes: checks a second by batch, `torch.autograd.gradcheck` on both, the whole catalogue on both and whether
they say the same, what short floats lose there. Torch, NumPy and SymPy are all it needs; the package need not be installed.
The CPU's rates are of one core, by its time; the GPU's are by the clock. Without a CUDA device its columns say so.
--from OUT.json measures nothing and writes the page of a run elsewhere.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT)]  # ours, installed or not

from measure import machine  # noqa: E402
from tables import machine_line, table, written  # noqa: E402

BATCHES = (64, 2048)
ON_GPU = (64, 2048, 32768)
DRAWS = 16
NONE = "no GPU at hand"
Row = dict[str, Any]


def measured(seconds: float, names: Sequence[str] = (), jobs: int = 0) -> Row:
    """Everything, the whole catalogue in what is left of the time."""
    import torch
    import verification
    import whole

    from derive.derivations.catalogue import catalogue

    begin, there = time.time(), torch.cuda.is_available()
    torch.set_num_threads(1)
    devices = ("cpu", "cuda") if there else ("cpu",)
    found: Row = {"machine": machine(), "device": _device(torch), "torch": torch.__version__}
    found["rates"] = _rates(verification, there)
    found["gradcheck"] = {d: verification.gradcheck(device=d)["gradcheck, draws/s"] for d in devices}
    found["forms"] = _forms(devices[-1])
    left = seconds - (time.time() - begin)
    found["catalogue"] = whole.compared(list(names or catalogue()), devices, DRAWS, left, jobs)
    found["seconds"] = round(time.time() - begin, 1)
    return found


def _device(torch: Any) -> str:
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "no CUDA device"


def _rates(verification: Any, there: bool) -> list[Row]:
    """A row for each derivation: checks a second on either device, by batch."""
    here = list(verification.throughput("cpu", BATCHES))
    other = list(verification.throughput("cuda", ON_GPU)) if there else [None] * len(here)
    return [_row(cpu, gpu) for cpu, gpu in zip(here, other, strict=True)]


def _row(cpu: Row, gpu: Row | None) -> Row:
    return {
        "derivation": cpu["derivation"],
        "CPU, one at a time": cpu["unbatched"],
        **{f"CPU, batch {b}": cpu["rates"][b] for b in BATCHES},
        **{f"GPU, batch {b}": gpu["rates"][b] if gpu else NONE for b in ON_GPU},
    }


def _forms(device: str) -> list[Row]:
    """Digits that formulas lose as they are defined and in their stable form, computed on a device."""
    from derive.verify.stability import PAIRS, stability

    return [stability(name, device).record() for name in PAIRS]


def page(found: Row) -> str:
    """The tables for docs/gpu.md."""
    heads = list(found["rates"][0])
    rates = table("Checks a second", heads, [[row[h] for h in heads] for row in found["rates"]])
    peers = ", ".join(f"{d}: {rate:.0f} draws/s" for d, rate in found["gradcheck"].items())
    peer = f"`torch.autograd.gradcheck` of a two-layer network, same run, {peers}."
    about = (
        f"{found['device']}; torch {found['torch']}. {machine_line(found['machine'])} {found['seconds']:.0f} s in all."
    )
    return "\n\n".join([about, rates, peer, _whole(found["catalogue"]), _lost(found)])


def _whole(found: Row) -> str:
    keys = ("derivations", "left out", "checks", "looped", "worst error", "seconds", "processor's seconds")
    devices = [d for d in ("cpu", "cuda") if d in found]
    rows = [[d, *(f"{found[d][k]:,}" for k in keys[:4]), f"{found[d]['worst error']:.0e}", *(found[d].get(k) for k in keys[5:])]
            for d in devices]  # fmt: skip
    title = f"The whole catalogue, {found['draws']} draws of each setting, {found['jobs']} processes"
    wrong = [f"* wrong on {d}: {text}" for d in devices for text in found[d]["wrong"]]
    different = [f"* different on {d}: {text}" for d, texts in found["different"].items() for text in texts]
    same = "Both say the same of every derivation." if found["different"] and not different else ""
    return "\n\n".join(p for p in (table(title, ("device", *keys), rows), "\n".join(wrong + different), same) if p)


def _lost(found: Row) -> str:
    formats = list(found["forms"][0]["naive"])
    heads = ("formula", *(f"{f}: {which}" for f in formats for which in ("as defined", "stable")))
    rows = [[r["formula"], *(r[which][f] for f in formats for which in ("naive", "stable"))] for r in found["forms"]]
    return table(f"Digits lost, on {'the GPU' if 'cuda' in found['catalogue'] else 'the CPU'}", heads, rows)


def main() -> None:
    """Measure, or take what was measured; then print or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the figures go")
    parser.add_argument("--from", dest="source", type=Path, metavar="FILE", help="figures of a run elsewhere")
    parser.add_argument("--write", type=Path, metavar="FILE", help="the page whose tables are replaced")
    parser.add_argument("--seconds", type=float, default=480, help="the time for all (480)")
    parser.add_argument("--jobs", type=int, default=0, help="processes for the whole catalogue; half of the cores")
    parser.add_argument("names", nargs="*", help="derivations in place of the whole catalogue")
    chosen = parser.parse_args()
    if chosen.source:
        found = json.loads(chosen.source.read_text(encoding="utf-8"))
    else:
        found = measured(chosen.seconds, chosen.names, chosen.jobs)
    if chosen.json:
        chosen.json.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    if chosen.write:
        written(chosen.write, page(found))
    else:
        print(page(found))


if __name__ == "__main__":
    main()
