"""A class's answers graded at size. Run: python benchmarks/grade.py [ANSWERS] [--distinct SHARE] [--jobs N] [--lines N].

Three runs: 10,000 answers, of which one in ten is distinct, a right one rewritten, a wrong one, a foreseen mistake or nonsense;
the same again, which has nothing new; and 100,000 lines of these answers. Of each it prints the seconds of the clock, those of
the processor in all processes together, and the memory of the largest process. With ``--alone`` one process does the first
run too, and must write the same bytes. The aim is 60 s of the clock for the first run on two idle cores.
"""

import argparse
import ctypes
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from derive.bank.banks import bank
from derive.bank.kinds import Answer
from derive.course import batch
from derive.course.shelf import Shelf

PROBLEMS = ("conv/gradients", "losses/softmax_regression", "losses/ridge", "attention/scaled_scores")
SEED = 1
BECOME_SUBREAPER = 36  # prctl(2)


def questions():
    """Problem → part → its right answer as it is typed, and what else many type."""
    found = {}
    for name, problem in bank().items():
        if name in PROBLEMS:
            parts = problem.variant(SEED).parts
            found[name] = {
                part: (asked.answer.typed(), [m.answer for m in asked.mistakes])
                for part, asked in parts.items()
                if isinstance(asked.answer, Answer)
            }
    return found


def texts(right, mistakes, count, chance):
    """So many distinct answers to one part: six in ten right, in other words each time."""
    made = dict.fromkeys([right, *mistakes])
    for k in range(2, 10 * count):
        if len(made) >= count:
            break
        if chance.random() < 0.6:
            made[f"({right}) + {k} - {k}"] = None
        elif chance.random() < 0.9:
            made[f"{k} ({right})"] = None
        else:
            made[rf"\frac{{{k}({right}"] = None
    return list(made)[:count]


def submissions(answers, share, lines=None):
    """Lines with about so many answers together, of which a share is distinct."""
    chance = random.Random(0)
    asked = questions()
    parts = sum(map(len, asked.values()))
    pool = {
        name: {
            p: texts(right, wrong, max(1, round(answers * share / parts)), chance) for p, (right, wrong) in of.items()
        }
        for name, of in asked.items()
    }
    count = lines or round(answers * len(asked) / parts)
    for k in range(count):
        name = list(pool)[k % len(pool)]
        given = {part: chance.choice(choices) for part, choices in pool[name].items()}
        yield {"id": f"s{k}", "student": f"s{k // len(pool)}", "problem": name, "seed": SEED, "answers": given}


class Spent(NamedTuple):
    """What a command cost.

    Attributes:
        clock, processor: seconds, the latter of all its processes together.
        memory: of its largest process, in MiB.
        said: what it printed.
    """

    clock: float
    processor: float
    memory: float
    said: str


def spent(command):
    """What a command costs, run by a process that also takes in those that it leaves behind."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        with os.fdopen(writing, "w") as told:
            json.dump(_measured(command), told)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        found = json.load(told)
    os.waitpid(child, 0)
    return Spent(*found)


def _measured(command):
    ctypes.CDLL(None).prctl(BECOME_SUBREAPER, 1, 0, 0, 0)
    start = time.perf_counter()
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=True)
    clock = time.perf_counter() - start
    try:
        while True:
            os.wait()
    except ChildProcessError:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return clock, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, done.stderr.strip()


def graded(source, output, jobs):
    """What ``derive grade`` costs."""
    return spent([Path(sys.executable).with_name("derive"), "grade", source, "-o", output, "--jobs", str(jobs)])


def alone(source, output):
    """Seconds of the processor where one process does it all."""
    batch.FEW = sys.maxsize
    start = time.process_time()
    batch.grade_file(source, output, batch.Course(Shelf()))
    return time.process_time() - start


def handed_in(path, answers, share, lines=None):
    """Write submissions, line by line, as a process starts with its parent's memory; say how many there are of what."""
    rows, given, distinct = 0, 0, set()
    with path.open("w", encoding="utf-8") as sink:
        for row in submissions(answers, share, lines):
            sink.write(json.dumps(row) + "\n")
            rows, given = rows + 1, given + len(row["answers"])
            distinct.update((row["problem"], part, text) for part, text in row["answers"].items())
    return f"{rows:,} lines, {given:,} answers, {len(distinct):,} distinct"


def main():
    """Print what the three runs cost."""
    options = argparse.ArgumentParser()
    options.add_argument("answers", nargs="?", type=int, default=10_000)
    options.add_argument("--distinct", type=float, default=0.1)
    options.add_argument("--lines", type=int, default=100_000, help="of the third run; 0 for none")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--alone", action="store_true", help="also with one process, by the processor's time")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder) / "in.jsonl", Path(folder) / "out.jsonl"
        asked = (source, chosen.answers, chosen.distinct)
        made = handed_in(*asked)
        _say("first run", made, graded(source, output, chosen.jobs))
        _say("again", made, graded(source, output, chosen.jobs))
        if chosen.alone:
            print(f"one process alone: {alone(source, Path(folder) / 'alone.jsonl'):.1f} s of the processor")
            print(f"the same bytes: {output.read_bytes() == (Path(folder) / 'alone.jsonl').read_bytes()}")
        if chosen.lines:
            _say("many lines", handed_in(*asked, chosen.lines), graded(source, output, chosen.jobs))


def _say(what, made, cost):
    print(f"{what}: {made}")
    print(
        f"    {cost.clock:.1f} s by the clock, {cost.processor:.1f} s of the processor, {cost.memory:.0f} MiB a process"
    )
    print(f"    {cost.said}", flush=True)


if __name__ == "__main__":
    main()
