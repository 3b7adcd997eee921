"""A class's answers graded at size. Run: python benchmarks/grade.py [ANSWERS] [--distinct SHARE] [--jobs N].

One answer in ten is distinct by default: right ones rewritten, wrong ones, foreseen mistakes, blanks and nonsense, at random.
Prints seconds of the clock and the memory of the largest process; with ``--processor`` what one process spends on it.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from derive.bank.banks import bank
from derive.bank.kinds import Answer
from derive.course import batch
from derive.course.shelf import Shelf

PROBLEMS = ("conv/gradients", "losses/softmax_regression", "losses/ridge", "attention/scaled_scores")
SEED = 1


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


def graded(source, output, jobs):
    """Seconds of the clock, the largest memory of one process in MiB, and what the run says."""
    start = time.perf_counter()
    command = [Path(sys.executable).with_name("derive"), "grade", source, "-o", output, "--jobs", str(jobs)]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=True)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return time.perf_counter() - start, memory, done.stderr.strip()


def alone(source, output):
    """Seconds of the processor where one process does it all."""
    batch.FEW = sys.maxsize
    start = time.process_time()
    batch.grade_file(source, output, batch.Course(Shelf()))
    return time.process_time() - start


def main():
    """Print the figures of a first run, and of a second one that has nothing new."""
    options = argparse.ArgumentParser()
    options.add_argument("answers", nargs="?", type=int, default=10_000)
    options.add_argument("--distinct", type=float, default=0.1)
    options.add_argument("--lines", type=int)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--processor", action="store_true", help="also with one process, by the processor's time")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder) / "in.jsonl", Path(folder) / "out.jsonl"
        lines, given, distinct = 0, 0, set()
        with source.open("w", encoding="utf-8") as sink:  # line by line: a process starts with its parent's memory
            for row in submissions(chosen.answers, chosen.distinct, chosen.lines):
                sink.write(json.dumps(row) + "\n")
                lines, given = lines + 1, given + len(row["answers"])
                distinct.update((row["problem"], part, text) for part, text in row["answers"].items())
        print(f"{lines} lines, {given} answers, {len(distinct)} distinct, {chosen.jobs} processes")
        for what in ("first run", "again"):
            clock, memory, said = graded(source, output, chosen.jobs)
            print(f"{what}: {clock:.1f} s by the clock, at most {memory:.0f} MiB a process\n    {said}")
        if chosen.processor:
            print(f"one process alone: {alone(source, Path(folder) / 'alone.jsonl'):.1f} s of the processor")
            print(f"the same bytes: {output.read_bytes() == (Path(folder) / 'alone.jsonl').read_bytes()}")


if __name__ == "__main__":
    main()
