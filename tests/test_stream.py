"""Lines through a program: as soon as each is known, in order, files whole or not at all."""

import io
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


LINES = '{"id": 1}\n{"id": 2, "say": "é"}\n'


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_byte_order_mark_and_the_line_ends_of_windows_are_no_part_of_a_line(tmp_path: Path, ends: str) -> None:
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + LINES.replace("\n", ends).encode())
    lines_through(path, lambda request: {"got": request}, unread, out)
    assert [json.loads(line)["got"]["id"] for line in out.read_text(encoding="utf-8").splitlines()] == [1, 2]


@pytest.mark.parametrize(
    ("coding", "line", "byte"), [("utf-16", 1, "ff"), ("utf-16-le", 1, "00"), ("latin-1", 2, "e9")]
)
def test_another_encoding_is_told_as_one(tmp_path: Path, coding: str, line: int, byte: str) -> None:
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_bytes(LINES.encode(coding))
    lines_through(path, lambda request: {"got": request}, unread, out)
    found = json.loads(out.read_text(encoding="utf-8").splitlines()[line - 1])
    assert found == {"unread": f"Line {line} is not JSON: this is not UTF-8 (byte 0x{byte}); save the file as UTF-8."}


def test_a_bar_stands_for_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LINES.encode())))
    lines_through(Path("-"), lambda request: {"got": request["id"]}, unread, None)
    assert capsys.readouterr().out == '{"got": 1}\n{"got": 2}\n'
