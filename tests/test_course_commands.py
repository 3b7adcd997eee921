"""The commands on a class's files: what they print where, on a terminal, in a locale that is not UTF-8."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from course_class import bank, read, row, written

DERIVE = Path(sys.executable).with_name("derive")


@pytest.mark.slow
def test_a_locale_that_is_not_utf8_changes_nothing(tmp_path: Path) -> None:
    rows = [row(1, a="minus", c="größer als ∞"), {**row(2), "student": "Åsa"}]
    source = written(tmp_path / "in.jsonl", rows)
    out = {}
    for name, settings in (
        ("c", {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}),
        ("utf", {"LC_ALL": "C.UTF-8"}),
    ):
        env = {"PATH": os.environ["PATH"], **settings}
        output = tmp_path / name / "out.jsonl"
        output.parent.mkdir()
        for command in (
            ["grade", source, "-o", output, "--bank", bank(tmp_path)],
            ["report", output, "--csv", output.with_suffix(".csv"), "--svg", output.parent],
            ["review", output, "--bank", bank(tmp_path)],
        ):
            done = subprocess.run([DERIVE, *command], env=env, capture_output=True, check=True)
        out[name] = [done.stdout.replace(str(tmp_path / name).encode(), b"")]
        out[name] += [p.read_bytes() for p in sorted(output.parent.iterdir())]
    assert out["c"] == out["utf"]
    assert "größer als ∞".encode() in out["c"][0]


def on_a_terminal(command: list[object], typed: str = "") -> str:
    """What a command shows on a terminal, on which a text is typed."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [DERIVE, *map(str, command)], stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True
    ) as process:
        os.close(theirs)
        os.write(ours, typed.encode())
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # the other end is closed: the command has ended
            pass
        assert process.wait() == 0
    os.close(ours)
    return shown.decode()


@pytest.mark.slow
def test_a_terminal_shows_progress_and_asks_about_one_group_after_another(tmp_path: Path) -> None:
    rows = [row(1, a="minus", c="one thing"), row(2, a="minus", c="one thing"), row(3, a="minus", c="another")]
    source, output = written(tmp_path / "in.jsonl", rows), tmp_path / "out.jsonl"
    shown = on_a_terminal(["grade", source, "-o", output, "--bank", bank(tmp_path)])
    assert "grading line 3/3" in shown
    assert "waiting for a person: 3" in shown
    shown = on_a_terminal(
        ["decide", output, "--bank", bank(tmp_path), "--who", "ann"], "7\n2\nGood.\nas in the rubric\n\n"
    )
    assert "1 of 2" in shown
    assert "A number from 0 to 3, please." in shown
    assert "That was the last one." in shown
    (decision,) = read(tmp_path / "decisions.jsonl")
    assert [decision[k] for k in ("marks", "words", "who", "why", "id")] == [
        2,
        "Good.",
        "ann",
        "as in the rubric",
        None,
    ]
