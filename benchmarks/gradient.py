"""What deriving costs: networks, growth with depth, time and terms, the catalogue, start-up, and others beside it.

Run: python benchmarks/gradient.py [--only GROUP ...] [--times N] [--limit SECONDS] [--json | --markdown].
Times are CPU times, the fastest of several runs, except those of start-up, which are wall-clock times of fresh processes.
tensorgrad takes part where it is installed; with `pip install tensorgrad` in an environment that has this package.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from time import process_time
from typing import Any

from measure import exponent, machine, milliseconds, seconds_to_start
from networks import NETWORKS, mlp, read, terms, unrolled
from tables import page

from derive.calculus.canonical import canonical
from derive.calculus.gradient import gradients
from derive.calculus.program import Program
from derive.calculus.textbook import textbook

Row = dict[str, Any]
FLOORS = {"two-layer MLP": 20.0, "50-layer MLP": 300.0, "transformer block": 200.0}
CANONICAL_FLOOR = 10.0
GROWTH: dict[str, tuple[Callable[[int], str], Sequence[int]]] = {
    "depth of an MLP": (mlp, (2, 5, 10, 20, 50, 100)),
    "steps of an RNN, written out": (unrolled, (2, 5, 10, 20, 50, 100)),
    "terms of a definition": (terms, (2, 5, 10, 20, 50, 100)),
}
NET = "z[i] := sum(W[i,j]*x[j], j) + b[i]; L := sum((z[i] - y[i])**2, i)"
DERIVE = ["-c", "from derive.cli import main; main()"]
STARTS: dict[str, tuple[list[str], float | None]] = {
    "import derive": (["-c", "import derive"], None),
    "derive --help": ([*DERIVE, "--help"], 0.3),
    "derive gradient": ([*DERIVE, "gradient", NET], None),
    "derive list": ([*DERIVE, "list"], None),
}


def networks(times: int, limit: float) -> Iterator[Row]:
    """Reading, all gradients, their textbook form, and the slowest canonical form, for each network."""
    for name, (text, shapes) in NETWORKS.items():
        program = read(text, shapes)
        wrt = inputs(program)
        found = gradients(program, wrt)
        results = [r.result for r in found.adjoints.values()]
        yield {
            "network": name,
            "read": milliseconds(lambda: read(text, shapes), times),  # noqa: B023
            "gradients": milliseconds(lambda: gradients(program, wrt), times),  # noqa: B023
            "floor": FLOORS.get(name),
            "textbook": milliseconds(lambda: textbook(found), times),  # noqa: B023
            "canonical": max(milliseconds(lambda: canonical(r), 1) for r in results),  # noqa: B023
            "canonical_floor": CANONICAL_FLOOR,
        }


def growth(times: int, limit: float) -> Iterator[Row]:
    """Cost against size, and the exponent that fits it from size 10 on: 1 is linear."""
    for name, (text, sizes) in GROWTH.items():
        costs: dict[str, dict[int, float]] = {"read": {}, "gradients": {}, "textbook": {}}
        for size in sizes:
            program = read(text(size))
            wrt = inputs(program)
            found = gradients(program, wrt)
            costs["read"][size] = milliseconds(lambda: read(text(size)), times)  # noqa: B023
            costs["gradients"][size] = milliseconds(lambda: gradients(program, wrt), times)  # noqa: B023
            costs["textbook"][size] = milliseconds(lambda: textbook(found), times)  # noqa: B023
        for step, measured in costs.items():
            large = {size: cost for size, cost in measured.items() if size >= 10}
            yield {"growth": name, "step": step, "exponent": exponent(large), "ms": measured}


def catalogue(times: int, limit: float) -> Iterator[Row]:
    """Loading every derivation and deriving all its lines, once: both are kept afterwards."""
    start = process_time()
    from derive.derivations.catalogue import catalogue as shipped

    derivations = shipped()
    loaded = process_time() - start
    costs = {}
    for name, derivation in derivations.items():
        start = process_time()
        lines = len(derivation.lines)
        costs[f"{name} ({lines} lines)"] = (process_time() - start) * 1000
    slowest = dict(sorted(costs.items(), key=lambda item: -item[1])[:5])
    yield {"derivations": len(costs), "load": loaded * 1000, "derive": sum(costs.values()), "slowest": slowest}


def start(times: int, limit: float) -> Iterator[Row]:
    """Seconds from a cold start to the end, by the clock and of the processor."""
    for name, (arguments, floor) in STARTS.items():
        wall, cpu = seconds_to_start([sys.executable, *arguments], times)
        yield {"command": name, "seconds": wall, "cpu": cpu, "floor": floor}


def peers(times: int, limit: float) -> Iterator[Row]:
    """The same tasks done by others, one run each; the length of the answers beside the time."""
    from peers import tasks, timed

    for name, doers in tasks().items():
        yield {"task": name, "by": {who: timed(task, limit) for who, task in doers.items()}}


GROUPS = {"networks": networks, "growth": growth, "catalogue": catalogue, "start": start, "peers": peers}


def inputs(program: Program) -> list[str]:
    """The arrays that nothing defines and something reads."""
    return [name for name in program.inputs if program.uses(name)]


def shown(row: Row) -> str:
    """A row as a line to read."""
    return "   ".join(f"{key} {_cell(value)}" for key, value in row.items() if value is not None)


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_cell(inner)}" for key, inner in value.items())
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = ", ".join(GROUPS)
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS), metavar="GROUP", help=names)
    parser.add_argument("--times", type=int, default=5, help="runs of which the fastest counts (5)")
    parser.add_argument("--limit", type=float, default=30, help="seconds that a peer may take for a task (30)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    form.add_argument("--markdown", action="store_true", help="the tables of docs/benchmarks.md instead of lines")
    return parser.parse_args()


def main() -> None:
    """Measure what is asked for and print it."""
    chosen = arguments()
    facts, found = machine(), {}
    whole = chosen.json or chosen.markdown
    if not whole:
        print(shown(facts))
    for group in chosen.only:
        found[group] = []
        for row in GROUPS[group](chosen.times, chosen.limit):
            found[group].append(row)
            if not whole:
                print(shown(row), flush=True)
    if chosen.json:
        print(json.dumps({"machine": facts, **found}, ensure_ascii=False, indent=1))
    if chosen.markdown:
        print(page(facts, found))


if __name__ == "__main__":
    main()
