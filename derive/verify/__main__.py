"""``python -m derive.verify``: the batched checks where only torch, NumPy and SymPy are installed; a JSON object a line.

Exit codes: 0 every line holds, 1 one does not, 2 misuse.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Sequence

from derive.derivations.catalogue import catalogue
from derive.verify.batched import DRAWS, attempted
from derive.verify.oracle import device_named


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the named derivations, or all; give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m derive.verify", description=__doc__)
    parser.add_argument("names", nargs="*", help="derivations; all by default")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--batch", type=int, default=DRAWS, help=f"draws at each setting ({DRAWS})")
    asked = parser.parse_args(arguments)
    if asked.device == "cuda" and device_named("auto") != "cuda":
        parser.error("there is no CUDA device that torch can use; --device cpu runs the same checks")
    unknown = sorted(set(asked.names) - set(catalogue()))
    if unknown:
        parser.error(f"there is no derivation {', '.join(unknown)}")
    wrong = 0
    for name in asked.names or catalogue():
        report = attempted(catalogue()[name], asked.device, asked.batch)
        sys.stdout.write(json.dumps(report.record()) + "\n")
        sys.stdout.flush()
        wrong += not report.ok
    return 1 if wrong else 0


if __name__ == "__main__":
    for name in ("SIGINT", "SIGPIPE"):  # stopped, or read no further: an end, and no fault to trace
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    sys.exit(main())
