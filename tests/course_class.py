"""A small class for the tests of grading at size: a bank that costs nothing, submissions, and workers with faults."""

import json
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from derive.course.batch import Course, grade_file
from derive.course.shelf import Shelf
from derive.course.work import Task, graded

SIGNS = '''"""A problem for tests."""

from derive.bank.choice import Choice, Rubric
from derive.bank.params import Integers
from derive.bank.problem import Mistake, Part, Problem

problem = Problem(
    title="Signs",
    statement="A number << n >>.",
    params={"n": Integers(2, 9)},
    parts={
        "a": Part("The sign?", Choice("minus", "plus", "none"), 2, mistakes=[Mistake("plus", "Look at the minus.", 1, "sign")]),
        "b": Part("And again?", Choice("plus", "minus"), 1),
        "c": Part("Why?", Rubric(("It is negative.",)), 3),
    },
)
'''


def bank(folder: Path, text: str = SIGNS) -> Path:
    """A bank of one problem."""
    place = folder / "bank"
    place.mkdir(exist_ok=True)
    (place / "signs.py").write_text(text, encoding="utf-8")
    return place


def row(k: int, **answers: Any) -> dict[str, Any]:
    return {"id": f"s{k}", "student": f"s{k}", "problem": "signs", "seed": 1, "answers": answers}


def written(path: Path, rows: Iterable[Any]) -> Path:
    text = "".join(r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) + "\n" for r in rows)
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def course(folder: Path, **options: Any) -> Course:
    return Course(Shelf([bank(folder) if not (folder / "bank").exists() else folder / "bank"]), **options)


def faulty(shelf: Shelf, task: Task) -> dict[str, str]:
    """Grades; but some answers kill the process, never end, or raise."""
    answers = json.loads(task.answers)
    given = [answers.get(part) for part, _ in task.parts]
    if "die" in given:
        os._exit(9)
    if "hang" in given:
        time.sleep(600)
    if "raise" in given:
        raise ArithmeticError("planted")
    return graded(shelf, task)


class Stillborn:
    """Grades; but the first so many processes die before they can, each noted in a file."""

    def __init__(self, notes: Path, count: int) -> None:
        self.notes, self.count = notes, count

    def __call__(self, shelf: Shelf, task: Task) -> dict[str, str]:
        return graded(shelf, task)

    def __reduce__(self) -> tuple[Any, ...]:
        return _begun, (self.notes, self.count)


def _begun(notes: Path, count: int) -> Stillborn:
    with notes.open("a+") as file:
        file.seek(0)
        if len(file.read()) < count:
            file.write("x")
            file.flush()
            os._exit(9)
    return Stillborn(notes, count)


def slow(shelf: Shelf, task: Task) -> dict[str, str]:
    """Grades; takes a while."""
    time.sleep(0.02)
    return graded(shelf, task)


def runs(source: str, output: str, folder: str) -> None:
    """For each line of standard input, a process of its own that grades; its number is printed, and how it ended."""
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            grade_file(Path(source), Path(output), course(Path(folder)), 2, work=slow)
            os._exit(0)
        _say(child)
        _, status = os.waitpid(child, 0)
        _say(status)


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    runs(*sys.argv[1:])
