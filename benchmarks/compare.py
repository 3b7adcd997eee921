"""What comparing answers costs: right and wrong ones apart, by kind; others on the same questions; a long file.

Run: python benchmarks/compare.py [--only GROUP ...] [--number N] [--limit SECONDS] [--json | --markdown].
No text is ever compared twice. Times are of the processor, one comparison each, the first of a kind left out; start-up
and the long file are by the clock. Math-Verify takes part where it is installed (pip install math-verify).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from judges import JUDGES, judged
from measure import machine, seconds_to_start
from questions import KINDS, longer
from tables import machine_line, table

from derive.grading.compare import answer_request
from derive.render.stream import settle

Row = dict[str, Any]
FLOORS = {"scalar": 1000, "matrix": 300}
WORST = 250.0
DERIVE = [sys.executable, "-c", "from derive.cli import main; main()"]
LINES = (1_000, 10_000)
STARTS: dict[str, tuple[list[str], float | None]] = {
    "derive --help": (["--help"], 0.3),
    "derive compare, one line": (["compare", "-"], None),
    "derive grade, one answer": (["grade", "conv/kernel_size", "--answer", "a=3"], 1.5),
    "derive list": (["list"], None),
}


def latencies(number: int, limit: float) -> Iterator[Row]:
    """Each kind, right and wrong: new answers to one question, such that are new formulas too, and every question new."""
    for kind, question in KINDS.items():
        for asking in ("one question", "new formulas", "new questions"):
            if asking == "new formulas" and kind not in FLOORS:
                continue
            for right in (True, False):
                one = asking != "new questions"
                first = 2 if right else 3 + 2 * number
                asked = [question(2 if one else k, k, right) for k in range(first, first + number + 1)]
                if asking == "new formulas":
                    asked = [longer(q, k) for k, q in enumerate(asked, first)]
                yield {
                    "kind": kind,
                    "asking": asking,
                    "right": right,
                    **_measured([q.request(kind) for q in asked], right),
                }


def _measured(requests: list[Row], right: bool) -> Row:
    """Percentiles in milliseconds, answers a second, and how many verdicts were what they should be."""
    costs, good = [], 0
    for request in requests:
        if len(costs) == 1:
            settle()  # as a file of answers is gone through
        start = process_time()
        verdict = answer_request(request)["verdict"]
        costs.append((process_time() - start) * 1000)
        good += verdict == ("equal" if right else "different")
    rest = sorted(costs[1:])
    found = {f"p{p}": rest[min(len(rest) - 1, len(rest) * p // 100)] for p in (50, 95, 99)}
    return {**found, "rate": 1000 * len(rest) / sum(rest), "verdicts": f"{good} of {len(costs)}"}


def peers(number: int, limit: float) -> Iterator[Row]:
    """The same questions, new ones every time, judged by others: milliseconds at the middle, and right verdicts."""
    few = min(number, 20)
    for kind, question in KINDS.items():
        for right in (True, False):
            first = 2 if right else 2 + 2 * few
            asked = [question(k, k, right) for k in range(first, first + few)]
            yield {
                "kind": kind,
                "right": right,
                "by": {who: judged(judge, asked, right, limit) for who, judge in JUDGES.items()},
            }


def file(number: int, limit: float) -> Iterator[Row]:
    """A file of requests through the command line: first line out, throughput, memory, order."""
    for lines in LINES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "requests.jsonl")
            path.write_text("".join(_lines(lines)), encoding="utf-8")
            yield {"lines": lines, **_streamed(path)}


def _lines(number: int) -> Iterator[str]:
    makers = list(KINDS.values())
    for k in range(number):
        question = makers[k % len(makers)](2 + k % 500, 2 + k, bool(k % 2))
        yield json.dumps(question.request(str(k))) + "\n"


def _streamed(path: Path) -> Row:
    start = perf_counter()
    child = subprocess.Popen([*DERIVE, "compare", str(path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    first, names = None, []
    for line in child.stdout:
        first = first or perf_counter() - start
        names.append(json.loads(line)["id"])
    _, _, used = os.wait4(child.pid, 0)
    whole, cpu = perf_counter() - start, used.ru_utime + used.ru_stime
    ordered = names == [str(k) for k in range(len(names))]
    return {
        "first": first, "seconds": whole, "cpu": cpu, "rate": len(names) / cpu, "memory": used.ru_maxrss / 1024,
        "ordered": "yes" if ordered else "no", "answered": len(names),
    }  # fmt: skip


def start(number: int, limit: float) -> Iterator[Row]:
    """Seconds from a cold start to the end, by the clock and of the processor."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "request.jsonl")
        path.write_text(next(_lines(1)), encoding="utf-8")
        for name, (arguments, floor) in STARTS.items():
            given = [str(path) if a == "-" else a for a in arguments]
            wall, cpu = seconds_to_start([*DERIVE, *given], 5, check=False)
            yield {"command": name, "seconds": wall, "cpu": cpu, "floor": floor}


GROUPS: dict[str, Callable[[int, float], Iterator[Row]]] = {
    "latencies": latencies, "peers": peers, "file": file, "start": start,
}  # fmt: skip


def _latency_table(rows: list[Row]) -> str:
    heads = (
        "kind",
        "texts",
        "answers",
        "p50, ms",
        "p95, ms",
        "p99, ms",
        "floor",
        "answers/s",
        "floor",
        "verdicts as they should be",
    )
    cells = [
        [r["kind"], r["asking"], "right" if r["right"] else "wrong", r["p50"], r["p95"], r["p99"], WORST, round(r["rate"]),
         FLOORS.get(r["kind"]) if r["asking"] != "new formulas" else "", r["verdicts"]]
        for r in rows
    ]  # fmt: skip
    return table("Comparing", heads, cells)


def _peer_table(rows: list[Row]) -> str:
    cells = [[r["kind"], "right" if r["right"] else "wrong", *(r["by"][who] for who in JUDGES)] for r in rows]
    return table("Beside others: milliseconds, and verdicts as they should be", ("kind", "answers", *JUDGES), cells)


def _file_table(rows: list[Row]) -> str:
    heads = (
        "lines",
        "first line out, s",
        "all, s",
        "of these the processor's, s",
        "lines a processor second",
        "memory at most, MB",
        "in order",
    )
    keys = ("first", "seconds", "cpu")
    cells = [
        [f"{r['lines']:,}", *(r[k] for k in keys), round(r["rate"]), round(r["memory"]), r["ordered"]] for r in rows
    ]
    return table("A file", heads, cells)


def _start_table(rows: list[Row]) -> str:
    cells = [[r["command"], r["seconds"], r["floor"], r["cpu"]] for r in rows]
    return table("Start-up", ("command", "s", "floor", "of these the processor's, s"), cells)


TABLES = {"latencies": _latency_table, "peers": _peer_table, "file": _file_table, "start": _start_table}


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--only", nargs="+", choices=GROUPS, default=list(GROUPS), metavar="GROUP", help=", ".join(GROUPS)
    )
    parser.add_argument("--number", type=int, default=300, help="comparisons of each sort (300)")
    parser.add_argument("--limit", type=float, default=10, help="seconds that a peer may take for one (10)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    form.add_argument("--markdown", action="store_true", help="the tables of docs/benchmarks.md instead of lines")
    return parser.parse_args()


def main() -> None:
    """Measure what is asked for and print it."""
    chosen = arguments()
    facts, found = machine(), {}
    for group in chosen.only:
        found[group] = []
        for row in GROUPS[group](chosen.number, chosen.limit):
            found[group].append(row)
            if not (chosen.json or chosen.markdown):
                print(json.dumps(row))
    if chosen.json:
        print(json.dumps({"facts": facts, **found}))
    if chosen.markdown:
        print("\n\n".join([machine_line(facts), *(TABLES[group](rows) for group, rows in found.items())]))


if __name__ == "__main__":
    main()
