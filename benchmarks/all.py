"""Every benchmark with one command: python -m benchmarks [--json] [--only GROUP ...] [--write FILE].

Verification throughput, gradients, growth, answers compared, graded and rendered, start-up, memory; others on the same
tasks where they are installed (tensorgrad, SymPy, Math-Verify, gradcheck). Times are the processor's.
The tables replace what stands between the marks of docs/benchmarks.md with --write docs/benchmarks.md.
"""

import argparse
import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

from measure import machine, milliseconds, seconds_to_start
from tables import machine_line, table

Row = dict[str, Any]
LIMIT, FEW = 10.0, 6  # seconds that a peer may take for one task; answers of each kind
MARKS = ("<!-- all.py begins -->", "<!-- all.py ends -->")


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
    """Milliseconds of what people do: compare, grade, render."""
    from derive import compare
    from derive.bank.banks import bank
    from derive.bank.grade import grade
    from derive.render.solution import solution

    problems = bank()
    name, problem = next((n, p) for n, p in problems.items() if n.startswith("conv/"))
    variant = problem.variant(0)
    answers = {n: p.answer.typed() for n, p in variant.parts.items() if not p.answer.pending}
    submission = {"id": "x", "problem": name, "seed": 0, "answers": answers}
    slope = {"x": {}, "s": {"shape": "function", "domain": "logistic", "latex": r"\sigma"}}
    right = r"\sigma(x)(1-\sigma(x))"
    typed = (rf"\frac{{{k}e^{{-x}}}}{{{k}(1+e^{{-x}})^2}}" for k in range(2, 10_000))
    return [
        {"what": "compare a new answer", "ms": milliseconds(lambda: compare(right, next(typed), symbols=slope), 20)},
        {"what": f"grade {name} ({len(answers)} parts)", "ms": milliseconds(lambda: grade(submission, problems), 5)},
        {"what": f"render {name}", "ms": milliseconds(lambda: solution(problem.variant(0), "md"), 5)},
    ]


def gradients() -> list[Row]:
    """Milliseconds for all gradients and their canonical form; the full tables are gradient.py's."""
    from gradient import inputs
    from networks import NETWORKS, read

    from derive.calculus.canonical import canonical
    from derive.calculus.gradient import gradients as derived

    found = []
    for name, (text, shapes) in NETWORKS.items():
        program = read(text, shapes)
        results = [r.result for r in derived(program, inputs(program)).adjoints.values()]
        cost = milliseconds(lambda: derived(program, inputs(program)), 3)  # noqa: B023
        slowest = max(milliseconds(lambda: canonical(r), 1) for r in results)  # noqa: B023
        found.append({"what": name, "gradients, ms": cost, "slowest canonical form, ms": slowest})
    return found


def start() -> list[Row]:
    """Seconds of the processor from a cold start, and the most memory that a fresh process held."""
    commands = {
        "import derive": ["-c", "import derive"],
        "derive --help": ["-c", "from derive.cli import main; main()", "--help"],
        "import torch": ["-c", "import torch"],
        "derive verify softmax-jacobian": ["-c", "from derive.cli import main; main()", "verify", "softmax-jacobian"],
    }
    found = []
    for name, arguments in commands.items():
        _, cpu = seconds_to_start([sys.executable, *arguments], 2)
        found.append({"what": name, "processor, s": cpu, "memory, MiB": _memory(arguments)})
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


def growth() -> list[Row]:
    """Cost against size, with the exponent from size 10 on: 1 is linear."""
    import gradient

    return [
        {
            "what": f"{r['growth']}: {r['step']}",
            **{f"{n}, ms": v for n, v in r["ms"].items()},
            "exponent": r["exponent"],
        }
        for r in gradient.growth(3, 0)
    ]


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
    import compare

    return [
        {"kind": r["kind"], "answers": "right" if r["right"] else "wrong", **r["by"]} for r in compare.peers(FEW, LIMIT)
    ]


GROUPS: dict[str, tuple[str, Callable[[], list[Row]]]] = {
    "verification": ("Verification: checks a second of one core, by batch (floor 10,000)", verification),
    "gradients": ("Gradients and canonical form", gradients),
    "everyday": ("Compare, grade, render", everyday),
    "start": ("Start-up and memory", start),
    "growth": ("Growth", growth),
    "derivatives": ("Derivatives beside others", derivatives),
    "answers": ("Answers beside others", answers),
}


def shown(found: dict[str, list[Row]], facts: dict[str, Any]) -> str:
    """The tables, with the machine's description."""
    parts = [machine_line(facts)]
    for group, rows in found.items():
        heads = list(dict.fromkeys(key for row in rows for key in row))
        parts.append(table(GROUPS[group][0], heads, [[row.get(h) for h in heads] for row in rows]))
    return "\n\n".join(parts)


def written(path: Path, text: str) -> None:
    """Put the tables between the marks of a page."""
    page = path.read_text(encoding="utf-8")
    before, mark, rest = page.partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    if not mark or not end:
        raise SystemExit(f"{path} has no {MARKS[0]} … {MARKS[1]}")
    path.write_text(f"{before}{mark}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def main() -> None:
    """Measure what is asked for; print or write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--only", nargs="+", choices=GROUPS, default=list(GROUPS), metavar="GROUP", help=", ".join(GROUPS)
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument("--write", type=Path, metavar="FILE", help="the page whose tables are replaced")
    chosen = parser.parse_args()
    begin, facts = process_time(), machine()
    found = {group: GROUPS[group][1]() for group in chosen.only}
    facts["seconds"] = round(process_time() - begin, 1)
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
