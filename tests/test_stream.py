"""Lines through a program: as soon as each is known, in order, files whole or not at all."""

import json
from pathlib import Path
from typing import Any

import pytest

from derive.render.stream import MOST_TOLD, lines_through


def unread(text: str) -> dict[str, Any]:
    return {"unread": text}


def requests(folder: Path, text: str) -> Path:
    path = folder / "in.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_line_is_out_before_the_next_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[str] = []

    def answer(request: Any) -> dict[str, Any]:
        seen.append(capsys.readouterr().out)
        return {"got": request}

    lines_through(requests(tmp_path, "1\n2\n3\n"), answer, unread, None)
    assert seen == ["", '{"got": 1}\n', '{"got": 2}\n']
    assert capsys.readouterr().out == '{"got": 3}\n'


def test_a_named_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"

    def answer(request: Any) -> dict[str, Any]:
        assert not out.exists()
        return {"got": request}

    lines_through(requests(tmp_path, "1\n2"), answer, unread, out)
    assert out.read_text(encoding="utf-8") == '{"got": 1}\n{"got": 2}\n'
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("1", 1), ("1\n", 1), ("1\n\n", 2), ("1\n  ", 1), ("\n\n1\n", 3), ("1\r\n2\r\n", 2)]
)
def test_every_line_has_its_answer(tmp_path: Path, text: str, count: int) -> None:
    out = tmp_path / "out.jsonl"
    lines_through(requests(tmp_path, text), lambda request: {"got": request}, unread, out)
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(found) == count
    assert sum("unread" in row for row in found) == sum(not line.strip() for line in text.split("\n")[:-1])


def test_an_unknown_field_is_told_once_with_the_one_that_is_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = '{"awnser": 1}\n{"awnser": 2, "\\u001b[2J": 3}\n3\n{"answer": 4}\n{"status": "graded", "marks": 5}\n'
    lines_through(requests(tmp_path, lines), lambda request: {"got": request}, unread, None, ("id", "answer"))
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 5
    assert err.splitlines() == [
        "warning: the field 'awnser' is unknown and ignored (did you mean 'answer'?)",
        "warning: the field '\\x1b[2J' is unknown and ignored",
    ]


def test_thousands_of_unknown_fields_are_no_thousands_of_warnings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "".join(f'{{"f{k}": 1, "g{k}": 1}}\n' for k in range(100)) + json.dumps({f"h{k}": 1 for k in range(100)})
    lines_through(requests(tmp_path, lines), lambda request: {"got": 1}, unread, None, ())
    assert len(capsys.readouterr().err.splitlines()) == MOST_TOLD


def test_a_process_that_answers_many_lines_settles(tmp_path, monkeypatch):
    """What is loaded is left out of later collections once, before the second line; one line alone pays nothing."""
    settled = []
    monkeypatch.setattr("derive.render.stream.settle", lambda: settled.append(1))
    for lines, times in ((1, 0), (3, 1)):
        settled.clear()
        path = tmp_path / f"{lines}.jsonl"
        path.write_text("{}\n" * lines, encoding="utf-8")
        lines_through(path, lambda request: request, lambda text: {}, tmp_path / "out.jsonl")
        assert len(settled) == times
