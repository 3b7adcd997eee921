"""Faults of the machine: a full disk, two runs at once, a locale, memory; nothing is lost, and what to do is said."""

import json
import os
import resource
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from course_class import bank, course, read, row, written
from typer.testing import CliRunner

from derive import cli
from derive.cli import app
from derive.course import batch
from derive.course.batch import grade_file, results_of
from derive.course.decisions import Decision, Decisions, decide, keep
from derive.course.journal import only_run
from derive.course.report import Book
from derive.course.setting import Worth
from derive.render.stream import write


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file may grow beyond a size, as where the disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


ONE = Decision("signs", "c", ((1, "because"),), 1, "ann", "now", id="s1")


def test_a_decision_that_the_disk_has_no_room_for_leaves_no_half_line(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    keep(path, ONE)
    kept = path.read_bytes()
    with room_for(len(kept) + 40), pytest.raises(OSError, match="large") as told:
        decide(path, replace(ONE, id="s2"), Worth(3))
    assert told.value.filename == str(path)
    assert path.read_bytes() == kept
    decide(path, replace(ONE, id="s3"), Worth(3))
    assert (len(read(path)), Decisions.read(path).faults) == (2, [])


def test_a_page_that_the_disk_has_no_room_for_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    write(path, "old")
    with room_for(100), pytest.raises(OSError, match="large") as told:
        write(path, "new " * 1000)
    assert told.value.filename == str(path)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("report.txt", "old")]


def test_a_full_disk_is_said_with_what_to_do(tmp_path: Path) -> None:
    source = written(tmp_path / "in.jsonl", [row(k, a="minus", c="word " * 900) for k in range(3)])
    arguments = ["grade", str(source), "-o", str(tmp_path / "out.jsonl"), "--bank", str(bank(tmp_path))]
    collecting = ["collect", str(source), "-o", str(tmp_path / "s.jsonl")]
    with room_for(5000):
        graded = CliRunner().invoke(app, arguments)
        collected = CliRunner().invoke(app, collecting)
    for done in (graded, collected):
        assert done.exit_code == 2
        assert "the disk is full. What was done is kept; make room and give the same command again." in done.output
    assert f"{tmp_path / 's.jsonl'}: " in collected.output
    assert sorted(p.name for p in tmp_path.glob("*.jsonl*")) == ["in.jsonl", "out.jsonl.journal"]
    assert CliRunner().invoke(app, arguments).exit_code == 0


def test_two_collects_into_one_file_are_refused(tmp_path: Path) -> None:
    source, output = written(tmp_path / "in.jsonl", [row(1, a="minus")]), tmp_path / "s.jsonl"
    command = ["collect", str(source), "-o", str(output)]
    with only_run(output):
        done = CliRunner().invoke(app, command)
        assert (done.exit_code, f"process {os.getpid()}" in done.output) == (2, True)
        assert not output.exists()
    assert CliRunner().invoke(app, command).exit_code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "s.jsonl"]


AT_ONCE = """
import sys
from test_course_faults import *
for k in range(40):
    keep(Path(sys.argv[1]), replace(ONE, who=sys.argv[2], id=k))
"""


@pytest.mark.slow
def test_two_people_decide_at_once(tmp_path: Path) -> None:
    """Each decision is a line of its own, whoever else writes."""
    path = tmp_path / "decisions.jsonl"
    here = Path(__file__).parent
    both = [subprocess.Popen([sys.executable, "-c", AT_ONCE, path, name], cwd=here) for name in "ab"]
    assert [p.wait() for p in both] == [0, 0]
    assert sorted((d["who"], d["id"]) for d in read(path)) == [(name, k) for name in "ab" for k in range(40)]


def peak(work: object) -> int:
    """The most memory that Python holds while something is done."""
    tracemalloc.start()
    try:
        work()  # type: ignore[operator]
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times the lines, the same distinct answers and students: the memory of grading and of the report stays."""
    monkeypatch.setattr(batch, "FEW", 10**6)
    found = {}
    for count in (60, 600):
        rows = ({**row(k % 20, a=("minus", "plus")[k % 2], c="word " * 100), "id": k} for k in range(count))
        source, output = written(tmp_path / f"{count}.jsonl", rows), tmp_path / f"{count}.out.jsonl"
        grade_file(source, output, course(tmp_path))
        graded = peak(lambda s=source, o=output: grade_file(s, o, course(tmp_path)))

        def reported(path: Path = output) -> None:
            with path.open("rb") as lines:
                assert len(Book.of(results_of(lines), Decisions()).entries) == 20

        found[count] = graded, peak(reported)
        assert output.stat().st_size > 1000 * count
    for small, large in zip(found[60], found[600], strict=True):
        assert large < small + 200_000, found


def test_a_stopped_run_says_that_all_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*rest: object, **more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(batch, "grade_file", stopped)
    source = written(tmp_path / "in.jsonl", [row(1, a="minus")])
    done = CliRunner().invoke(app, ["grade", str(source), "-o", str(tmp_path / "o"), "--bank", str(bank(tmp_path))])
    assert done.exit_code == 130
    assert "What was done is kept; the same command goes on from there." in done.output


def test_a_run_that_is_told_to_end_ends_as_if_it_was_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(cli, "app", lambda: os.kill(os.getpid(), signal.SIGTERM))
    try:
        with pytest.raises(SystemExit) as ended:
            cli.main()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.value.code == 130


@pytest.mark.slow
def test_a_locale_that_is_not_utf8_changes_nothing_that_is_collected(tmp_path: Path) -> None:
    (tmp_path / "Größe").mkdir()
    (tmp_path / "Größe" / "Åsa.pdf").write_bytes(b"x")
    (tmp_path / "Größe" / "s.jsonl").write_text(json.dumps({**row(1, a="∞"), "student": "Åsa"}), encoding="utf-8")
    made = {}
    for name, settings in (
        ("c", {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}),
        ("u", {"LC_ALL": "C.UTF-8"}),
    ):
        command = [Path(sys.executable).with_name("derive"), "collect", tmp_path / "Größe", "-o", tmp_path / name]
        env = {"PATH": os.environ["PATH"], **settings}
        done = subprocess.run(list(map(os.fsencode, command)), env=env, capture_output=True, check=False)
        made[name] = (done.returncode, done.stderr, (tmp_path / name).read_bytes())
    assert made["c"] == made["u"]
    assert "Größe/Åsa.pdf" in made["c"][2].decode()
