"""Every benchmark with one command: python -m benchmarks [--json] [--only GROUP ...] [--write [FILE]].

Verification throughput, gradients, growth, the catalogue, answers compared, a file of them, problems graded and rendered,
start-up, memory; others on the same tasks where they are installed (tensorgrad, SymPy, Math-Verify, gradcheck). Times are
the processor's, five minutes in all. With --write the tables replace what stands between the marks of docs/benchmarks.md.
"""

import argparse
import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import compare
import gradient
from measure import machine, milliseconds, seconds_to_start
from tables import TABLES, machine_line, table, written

Row = dict[str, Any]
LIMIT, FEW = 10.0, 6  # seconds that a peer may take for one task; answers of each kind
RUNS, ANSWERS = 3, 100
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def verification() -> list[Row]:
    """Checks a second at the largest batch, the same at others, one draw at a time, and gradcheck."""
    import verification as module

    found = module.rows("cpu")
    peer = module.gradcheck()["gradcheck, draws/s"]
    return [
        *({"what": r["derivation"], **{f"batch {b}": v for b, v in r["rates"].items()}} for r in found),
        {"what": "torch.autograd.gradcheck of an MLP, draws/s", "batch 1": peer},
    ]


def everyday() -> list[Row]:
    """Milliseconds to grade and to render a problem."""
    from derive.bank.banks import bank
    from derive.bank.grade import grade
    from derive.render.solution import solution

    problems = bank()
    name, problem = next((n, p) for n, p in problems.items() if n.startswith("conv/"))
    answers = {n: p.answer.typed() for n, p in problem.variant(0).parts.items() if not p.answer.pending}
    submission = {"id": "x", "problem": name, "seed": 0, "answers": answers}
    return [
        {"what": f"grade {name} ({len(answers)} parts)", "ms": milliseconds(lambda: grade(submission, problems), 5)},
        {"what": f"render {name}", "ms": milliseconds(lambda: solution(problem.variant(0), "md"), 5)},
    ]


def start() -> list[Row]:
    """Seconds from a cold start to the end, and the most memory that a fresh process held."""
    derive = gradient.DERIVE
    commands = {
        **gradient.STARTS,
        "derive grade, one answer": ([*derive, *compare.STARTS["derive grade, one answer"][0]], 1.5),
        "import torch": (["-c", "import torch"], None),
        "derive verify softmax-jacobian": ([*derive, "verify", "softmax-jacobian"], None),
    }
    found = []
    for name, (arguments, floor) in commands.items():
        clock, cpu = seconds_to_start([sys.executable, *arguments], 2, check=False)
        found.append(
            {
                "what": name,
                "s": clock,
                "floor": floor,
                "of these the processor's, s": cpu,
                "memory, MiB": _memory(arguments),
            }
        )
    return found


def _memory(arguments: list[str]) -> float:
    """The largest resident size of a process that does the same."""
    import subprocess

    code = (
        "import resource, subprocess, sys; subprocess.run([sys.executable, *sys.argv[1:]], stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    run = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return int(run.stdout) / 1024


def derivatives() -> list[Row]:
    """The same derivatives by others: milliseconds and the answer's characters, or why there is none."""
    from peers import tasks, timed
    from tables import done

    return [
        {"task": name, **{who: done(timed(task, LIMIT)) for who, task in doers.items()}}
        for name, doers in tasks().items()
    ]


def answers() -> list[Row]:
    """The same answers judged by others: milliseconds at the middle, and verdicts as they should be."""
    return [
        {"kind": r["kind"], "answers": "right" if r["right"] else "wrong", **r["by"]} for r in compare.peers(FEW, LIMIT)
    ]


def plain(title: str) -> Callable[[list[Row]], str]:
    """A table whose columns are the rows' own keys."""

    def made(rows: list[Row]) -> str:
        heads = list(dict.fromkeys(key for row in rows for key in row))
        return table(title, heads, [[row.get(h) for h in heads] for row in rows])

    return made


Group = tuple[Callable[[], list[Row]], Callable[[list[Row]], str]]


def of_gradient(name: str) -> Group:
    """A group of gradient.py."""
    return lambda: list(gradient.GROUPS[name](RUNS, LIMIT)), TABLES[name]


def of_compare(name: str) -> Group:
    """A group of compare.py."""
    return lambda: list(compare.GROUPS[name](ANSWERS, LIMIT)), compare.TABLES[name]


GROUPS: dict[str, Group] = {
    "verification": (verification, plain("Verification: checks a second of one core, by batch (floor 10,000)")),
    "networks": of_gradient("networks"),
    "growth": of_gradient("growth"),
    "catalogue": of_gradient("catalogue"),
    "comparing": of_compare("latencies"),
    "file": of_compare("file"),
    "everyday": (everyday, plain("Grade, render")),
    "start": (start, plain("Start-up and memory")),
    "derivatives": (derivatives, plain("Derivatives beside others")),
    "answers": (answers, plain("Answers beside others")),
}


def shown(found: dict[str, list[Row]], facts: dict[str, Any]) -> str:
    """The tables, with the machine's description."""
    spent = f"{facts['seconds']:.0f} s of the processor in all, {facts['memory_mib']:.0f} MiB at most in this process."
    return "\n\n".join([f"{machine_line(facts)} {spent}", *(GROUPS[group][1](rows) for group, rows in found.items())])


def main() -> None:
    """Measure what is asked for; print or write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--only", nargs="+", choices=GROUPS, default=list(GROUPS), metavar="GROUP", help=", ".join(GROUPS)
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument(
        "--write",
        type=Path,
        nargs="?",
        const=PAGE,
        metavar="FILE",
        help="the page whose tables are replaced (docs/benchmarks.md)",
    )
    chosen = parser.parse_args()
    facts, found = machine(), {}
    for group in chosen.only:
        print(f"{group} …", file=sys.stderr)
        found[group] = GROUPS[group][0]()
    facts["seconds"] = round(sum(os.times()[:4]), 1)
    facts["memory_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if chosen.json:
        print(json.dumps({"machine": facts, **found}, ensure_ascii=False, indent=1))
        return
    text = shown(found, facts)
    if chosen.write:
        written(chosen.write, text)
    else:
        print(text)


if __name__ == "__main__":
    main()
