"""Grading at size: each distinct answer once, in order, whatever dies, and never twice."""

import json
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from course_class import SIGNS, Stillborn, bank, course, faulty, read, row, written

from derive.bank.grade import grade
from derive.course import batch
from derive.course.batch import Tally, grade_file
from derive.course.journal import Busy, Journal, only_run
from derive.course.work import NoWorkers, Task, graded

MESS = [
    row(1, a="minus", c="because"),
    "not json\n",
    row(2, a="plus", c="because"),
    {"id": 3, "problem": "sings", "answers": {"a": "minus"}},
    row(4, a="minus", c="because", z="?"),
    "\n",
    {"id": 5, "problem": "signs", "seed": "x"},
    row(6, a="\ud800", b={"text": "plus"}),
    [1, 2],
    row(7),
]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """All answers are graded in this process."""
    monkeypatch.setattr(batch, "FEW", 10**6)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """All answers are graded by other processes."""
    monkeypatch.setattr(batch, "FEW", 1)


def mess(folder: Path) -> Path:
    text = "".join(r if isinstance(r, str) else json.dumps(r) + "\n" for r in MESS)
    path = folder / "in.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


def test_results_are_those_of_one_submission_at_a_time(tmp_path: Path, here: None) -> None:
    tally = grade_file(mess(tmp_path), tmp_path / "out.jsonl", course(tmp_path))
    found = read(tmp_path / "out.jsonl")
    shelf = course(tmp_path).shelf
    for given, result in zip(MESS, found, strict=True):
        if not isinstance(given, str):
            alone = json.loads(json.dumps(grade(given, shelf)).replace("\\ud800", "?"))
            assert {k: v for k, v in result.items() if k in alone} | {"seed": None} == alone | {"seed": None}
    assert [r["id"] for r in found] == ["s1", None, "s2", 3, "s4", None, 5, "s6", None, "s7"]
    assert found[0]["answers"] == {"a": "minus", "c": "because"}
    assert found[3]["answers"] == {"a": "minus"}, "what could not be placed is not lost"
    assert (tally.lines, tally.unreadable) == (10, 5)


def test_each_distinct_answer_is_graded_once(tmp_path: Path, here: None) -> None:
    asked: list[Task] = []

    def counted(shelf, task):
        asked.append(task)
        return graded(shelf, task)

    rows = [row(k, a=("minus", "plus")[k % 2], b="plus", c=f"words {k % 3}") for k in range(60)]
    source = written(tmp_path / "in.jsonl", rows)
    grade_file(source, tmp_path / "out.jsonl", course(tmp_path), work=counted)
    keys = [key for task in asked for _, key in task.parts]
    assert len(keys) == len(set(keys)) == 2 + 1 + 3
    assert grade_file(source, tmp_path / "out.jsonl", course(tmp_path), work=counted).graded == 0, "nothing twice"


def test_results_do_not_depend_on_processes_or_order(tmp_path: Path, elsewhere: None) -> None:
    rows = [row(k, a=("minus", "plus", "none")[k % 3], c=f"words {k % 11}") for k in range(40)]
    source = written(tmp_path / "in.jsonl", rows)
    backwards = written(tmp_path / "back.jsonl", rows[::-1])
    grade_file(source, tmp_path / "one.jsonl", course(tmp_path), 1)
    grade_file(source, tmp_path / "four.jsonl", course(tmp_path), 4)
    grade_file(backwards, tmp_path / "back_out.jsonl", course(tmp_path), 3)
    one = (tmp_path / "one.jsonl").read_bytes()
    assert one == (tmp_path / "four.jsonl").read_bytes()
    assert one.splitlines() == (tmp_path / "back_out.jsonl").read_bytes().splitlines()[::-1]


def test_a_worker_that_dies_hangs_or_raises_loses_one_answer(tmp_path: Path, elsewhere: None) -> None:
    rows = [row(k, a="minus", b="plus", c=f"words {k}") for k in range(6)]
    rows[1]["answers"]["a"] = "die"
    rows[3]["answers"]["b"] = "hang"
    rows[4]["answers"]["a"] = "raise"
    source = written(tmp_path / "in.jsonl", rows)
    tally = grade_file(source, tmp_path / "out.jsonl", course(tmp_path), 2, fence=1.0, work=faulty)
    found = read(tmp_path / "out.jsonl")
    assert [[n for n, p in r["parts"].items() if p["evidence"].get("kind") == "fault"] for r in found] == [
        [], ["a"], [], ["b"], ["a"], [],
    ]  # fmt: skip
    told = {n: found[n]["parts"][p]["evidence"]["message"] for n, p in ((1, "a"), (3, "b"), (4, "a"))}
    assert told[1] == "The process that graded this answer died. A person has to look at it."
    assert told[3] == "Grading this answer did not end within 1 seconds. A person has to look at it."
    assert "ArithmeticError: planted" in told[4]
    assert len(tally.lost) == 3
    assert all(found[n]["parts"][p]["marks"] is None for n, p in ((1, "a"), (3, "b"), (4, "a")))
    again = grade_file(source, tmp_path / "out.jsonl", course(tmp_path), 2)
    assert (again.graded, again.lost) == (3, {}), "only what was lost is tried again"


def test_workers_that_die_before_they_begin_cost_nothing(tmp_path: Path, elsewhere: None) -> None:
    """All of a pool's workers dead at once break it; what it was at work on is done by another one."""
    source, output = (
        written(tmp_path / "in.jsonl", [row(k, a="minus", c=f"words {k}") for k in range(30)]),
        tmp_path / "o",
    )
    tally = grade_file(source, output, course(tmp_path), 2, work=Stillborn(tmp_path / "notes", 2))
    assert (tally.graded, tally.lost, (tmp_path / "notes").read_text()) == (32, {}, "xx")
    assert all(r["parts"]["a"]["verdict"] == "equal" for r in read(output))


@pytest.mark.slow
def test_no_worker_that_lives_is_said(tmp_path: Path, elsewhere: None, monkeypatch: pytest.MonkeyPatch) -> None:
    source = written(tmp_path / "in.jsonl", [row(k, a="minus", c=f"words {k}") for k in range(60)])
    with pytest.raises(NoWorkers, match="What was graded is kept"):
        grade_file(source, tmp_path / "o", course(tmp_path), 1, work=Stillborn(tmp_path / "notes", 1000))
    assert not (tmp_path / "o").exists()


def test_an_exception_here_costs_one_answer_too(tmp_path: Path, here: None) -> None:
    source = written(tmp_path / "in.jsonl", [row(1, a="raise", b="plus"), row(2, a="minus")])
    tally = grade_file(source, tmp_path / "out.jsonl", course(tmp_path), work=faulty)
    assert len(tally.lost) == 1
    assert [r["parts"]["b"]["verdict"] for r in read(tmp_path / "out.jsonl")] == ["equal", "blank"]


def test_a_cut_off_journal_costs_its_last_line(tmp_path: Path, here: None) -> None:
    source = written(tmp_path / "in.jsonl", [row(k, a="minus", c=f"{k}") for k in range(5)])
    output, journal = tmp_path / "out.jsonl", tmp_path / "out.jsonl.journal"
    grade_file(source, output, course(tmp_path))
    whole, kept = output.read_bytes(), journal.read_bytes()
    for cut in (1, 7, 40):
        journal.write_bytes(kept[:-cut])
        assert grade_file(source, output, course(tmp_path), 1).graded == 1
        assert (output.read_bytes(), sorted(journal.read_bytes().split(b"\n"))) == (whole, sorted(kept.split(b"\n")))


def test_a_flipped_bit_in_the_journal_costs_that_line(tmp_path: Path, here: None) -> None:
    source = written(tmp_path / "in.jsonl", [row(k, a="minus", c=f"{k}") for k in range(5)])
    output, journal = tmp_path / "out.jsonl", tmp_path / "out.jsonl.journal"
    grade_file(source, output, course(tmp_path))
    whole, kept = output.read_bytes(), journal.read_bytes()
    for place in (10, 60, len(kept) // 2):
        journal.write_bytes(kept[:place] + bytes([kept[place] ^ 4]) + kept[place + 1 :])
        assert grade_file(source, output, course(tmp_path), 1).graded == 1
        assert output.read_bytes() == whole


def test_a_full_disk_loses_nothing_that_was_graded(tmp_path: Path, here: None) -> None:
    source = written(tmp_path / "in.jsonl", [row(k, a="minus", c=f"words {k}") for k in range(20)])
    output, journal = tmp_path / "out.jsonl", tmp_path / "out.jsonl.journal"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        with pytest.raises(OSError, match="large"):
            grade_file(source, output, course(tmp_path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    kept = journal.read_bytes()
    assert not output.exists()
    assert kept.endswith(b"\n")
    count = kept.count(b"\n")
    assert count >= 4
    assert grade_file(source, output, course(tmp_path), 1).graded == 22 - count
    fresh = tmp_path / "fresh.jsonl"
    grade_file(source, fresh, course(tmp_path))
    assert output.read_bytes() == fresh.read_bytes()


def test_two_runs_into_one_output_are_refused(tmp_path: Path, here: None) -> None:
    source, output = written(tmp_path / "in.jsonl", [row(1, a="minus")]), tmp_path / "out.jsonl"
    with only_run(output), pytest.raises(Busy, match=f"process {os.getpid()}"):
        grade_file(source, output, course(tmp_path))
    assert not list(tmp_path.glob("out*"))


def test_after_a_run_that_died_answers_are_graded_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[int] = []

    def elsewhere(tasks, folders, jobs, fence, work):
        called.append(jobs)
        return batch.here(tasks, course(tmp_path).shelf, work)

    monkeypatch.setattr(batch, "elsewhere", elsewhere)
    source, output = written(tmp_path / "in.jsonl", [row(1, a="minus")]), tmp_path / "out.jsonl"
    (tmp_path / "out.jsonl.lock").write_text("999999999\n")
    assert grade_file(source, output, course(tmp_path), 3).lines == 1
    assert called == [3]
    grade_file(written(source, [row(1, a="plus")]), output, course(tmp_path))
    assert called == [3]
    assert sorted(p.name for p in tmp_path.glob("out*")) == ["out.jsonl", "out.jsonl.journal"]


def test_a_file_that_is_not_there_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        grade_file(tmp_path / "none.jsonl", tmp_path / "out.jsonl", course(tmp_path))
    assert not list(tmp_path.glob("out*"))


def test_another_key_is_another_result(tmp_path: Path, here: None) -> None:
    source, output = written(tmp_path / "in.jsonl", [row(1, a="minus", b="plus")]), tmp_path / "out.jsonl"
    grade_file(source, output, course(tmp_path))
    bank(tmp_path, SIGNS.replace('Choice("minus", "plus"', 'Choice("plus", "minus"'))
    assert grade_file(source, output, course(tmp_path), 1).graded == 3
    assert read(output)[0]["parts"]["a"]["marks"] == 0


def test_a_key_holds_the_earlier_answers_that_are_followed(tmp_path: Path) -> None:
    bank(tmp_path, SIGNS.replace('"minus"), 1)', '"minus"), 1, follows=("a",))'))
    shelf = course(tmp_path).shelf
    one, other = ({"a": x, "b": "minus", "c": "d"} for x in ("minus", "plus"))
    assert shelf.key("signs", 1, "b", one, 1, 0) != shelf.key("signs", 1, "b", other, 1, 0)
    assert shelf.key("signs", 1, "c", one, 1, 0) == shelf.key("signs", 1, "c", other, 1, 0)
    keys = {shelf.key("signs", *rest) for rest in ((1, "c", one, 1, 0), (2, "c", one, 1, 0), (1, "c", one, 2, 0))}
    assert len(keys) == 3


def test_a_journal_keeps_what_stands_in_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.add("a" * 32, '{"x": "\ud800ü"}')
    journal.add("a" * 32, '{"x": "other"}')
    journal.close()
    with (tmp_path / "j").open("ab") as file:
        file.write(b"rubbish\n" + b"b" * 32 + b' 00000000 {"y": 1}\n' + b"c" * 32 + b' 00000000 {"cut')
    again = Journal(tmp_path / "j")
    again.add("d" * 32, '{"z": 2}')
    assert [again.find(c * 32) for c in "abcd"] == ['{"x": "?ü"}', None, None, '{"z": 2}']
    again.close()


@pytest.mark.slow
def test_killed_ten_times_it_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    rows = [row(k, a=("minus", "plus", "none")[k % 3], b=f"text {k % 70}", c=f"words {k % 90}") for k in range(300)]
    source, output, journal = (
        written(tmp_path / "in.jsonl", rows),
        tmp_path / "out.jsonl",
        tmp_path / "out.jsonl.journal",
    )
    tally: Tally = grade_file(source, tmp_path / "whole.jsonl", course(tmp_path), 2)
    driver = [sys.executable, str(Path(__file__).with_name("course_class.py")), source, output, tmp_path]
    moments = random.Random(7)
    with subprocess.Popen(driver, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        kept = b""
        for _ in range(10):
            pid = _begun(process)
            grown, waited = moments.randrange(1, 3000), 0
            while len(_bytes(journal)) < len(kept) + grown and waited < 6000:
                time.sleep(0.005)
                waited += 1
            time.sleep(moments.random() / 20)
            os.kill(pid, 9)
            assert process.stdout.readline().strip() == "9", "it was at work when it was killed"
            now = _bytes(journal)
            assert now.startswith(kept[: kept.rfind(b"\n") + 1]), "nothing graded is lost"
            kept = now
            assert not output.exists()
        (tmp_path / "out.jsonl.partial").write_text("{")
        _begun(process)
        assert process.stdout.readline().strip() == "0"
        process.stdin.close()
    assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    keys = [line[:32] for line in _bytes(journal).splitlines()]
    assert len(keys) == len(set(keys)) == tally.graded, "nothing is graded twice"


def _begun(process: subprocess.Popen[str]) -> int:
    process.stdin.write("go\n")
    process.stdin.flush()
    return int(process.stdout.readline())


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
