"""All lines of all worked solutions, fed to `derive steps`: how many follow, and what is said of the others.

``python benchmarks/worked.py`` looks at every derivation of the catalogue and of every problem, ``--only NAME`` at those
whose name contains NAME, ``--part 1/4`` at every fourth.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

from derive.bank.banks import bank
from derive.derivations.base import Derivation
from derive.derivations.catalogue import catalogue
from derive.grading.steps import steps
from derive.grading.steps_request import lines_request


def derivations() -> Iterator[tuple[str, Derivation]]:
    """The catalogue, and what the problems' solutions state in place."""
    known = catalogue()
    yield from known.items()
    for name, problem in bank().items():
        for derivation in problem.variant(0).working:
            if known.get(derivation.name) is not derivation:
                yield f"{name}:{derivation.name}", derivation


def judged(name: str, derivation: Derivation) -> dict[str, Any]:
    """What is said of one derivation's lines, and in how much processor time."""
    start = process_time()
    request = lines_request(derivation)
    found = steps(request)
    lines = [{"text": t, **line} for t, line in zip(request["lines"], found["lines"], strict=True)]
    return {"name": name, "seconds": round(process_time() - start, 2), "given": request["given"], "lines": lines}


def main() -> None:
    """Print a line for every line that does not follow, then the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="a part of the names to look at")
    parser.add_argument("--part", default="1/1", help="which part of how many")
    parser.add_argument("--json", default="", help="a file for everything that was found")
    options = parser.parse_args()
    seen: Counter[str] = Counter()
    everything: list[str] = []
    part, parts = map(int, options.part.split("/"))
    chosen = [(name, derivation) for name, derivation in derivations() if options.only in name]
    for name, derivation in chosen[part - 1 :: parts]:
        found = judged(name, derivation)
        seen.update(line["verdict"] for line in found["lines"])
        for line in found["lines"]:
            if line["verdict"] != "follows":
                print(name, line["verdict"], line["text"], line["evidence"].get("message", ""), sep=" | ", flush=True)
        everything.append(json.dumps(found))
        if options.json:
            Path(options.json).write_text("\n".join(everything) + "\n", encoding="utf-8")
    total = seen.total() or 1
    print(f"{total} lines:", ", ".join(f"{k} {v} ({100 * v / total:.1f} %)" for k, v in seen.most_common()))


if __name__ == "__main__":
    main()
