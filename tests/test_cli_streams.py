"""The command among other programs: closed streams, readers that leave, files as other systems write them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from derive import __version__
from derive.cli import app

RUN = CliRunner()
DERIVE = (sys.executable, "-c", "from derive.cli import main; main()")
PROGRAM = "z[i] := sum(W[i,j]*x[j], j)\nL := sum(z[i]**2, i)  # é\n"
PAPER = "\\begin{align}\ny &= 2 x + 3 x \\\\\n&= 5 x\n\\end{align}\n% é\n"
CODINGS = ("utf-8-sig", "utf-16")


def closed(redirections: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", f'"$0" "$@" {redirections}', *DERIVE, *words], capture_output=True, encoding="utf-8"
    )


def unread(*command: str) -> tuple[int, str]:
    """How a command ends whose output nobody reads, and its complaints."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as run:
        run.stdout.close()
        return run.wait(), run.stderr.read()


@pytest.mark.parametrize(
    "words", [("list",), ("show", "jump"), ("grade", "conv/gradients", "--answer", "b=x")], ids=lambda words: words[0]
)
def test_a_reader_that_leaves_is_neither_a_yes_nor_a_no_nor_a_fault(words):
    assert unread(*DERIVE, *words) == (141, "")


def test_without_standard_input_there_is_nothing_to_read():
    left = closed("<&-", "practise", "conv/receptive_field")
    assert (left.returncode, left.stderr) == (0, "")
    assert "0 of 5 marks" in left.stdout
    asked = closed("<&-", "gradient")
    assert (asked.returncode, asked.stderr) == (2, "derive: there is no definition\n")


@pytest.mark.parametrize("stream", [">&-", "2>&-"])
def test_without_a_stream_to_write_to_a_command_does_the_same(stream, tmp_path):
    done = closed(stream, "show", "jump")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("jump: " if stream == "2>&-" else "")


def test_bytes_that_are_no_text_are_no_fault():
    said = subprocess.run([*DERIVE, "show", b"\xffjump"], capture_output=True)
    assert (said.returncode, said.stderr) == (2, b"derive: there is no derivation \\udcffjump. Did you mean jump?\n")
    typed = subprocess.run([*DERIVE, "practise", "conv/receptive_field"], input=b"\xff\n", capture_output=True)
    assert (typed.returncode, typed.stderr) == (0, b"")


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_text_files_may_come_from_any_editor(coding, ends, tmp_path):
    program, paper = tmp_path / "p.txt", tmp_path / "p.tex"
    program.write_bytes(PROGRAM.replace("\n", ends).encode(coding))
    paper.write_bytes(PAPER.replace("\n", ends).encode(coding))
    assert RUN.invoke(app, ["gradient", str(program), "--wrt", "W"]).stdout.startswith("W_bar[i,j] := 2*z[i]*x[j]")
    assert RUN.invoke(app, ["gradient", "--wrt", "W"], input=program.read_bytes()).stdout.startswith("W_bar[i,j] :=")
    judged = RUN.invoke(app, ["steps", str(paper), "--json"])
    assert [line["line"] for line in json.loads(judged.stdout)["lines"]] == [2, 3]


@pytest.mark.parametrize("words", [["gradient"], ["steps", "--given"], ["steps"]], ids=" ".join)
def test_what_no_coding_explains_is_told_with_its_line(words, tmp_path):
    (tmp_path / "bad.tex").write_bytes(b"a\n\xe9")
    (tmp_path / "good.tex").write_text(PAPER, encoding="utf-8")
    asked = [*words, str(tmp_path / "bad.tex"), *([str(tmp_path / "good.tex")] if "--given" in words else [])]
    found = RUN.invoke(app, asked)
    assert found.exit_code == 2
    assert found.stderr.endswith("bad.tex, line 2: this is not UTF-8 (byte 0xe9); save the file as UTF-8.\n")


def test_a_problem_may_begin_with_a_byte_order_mark(tmp_path):
    RUN.invoke(app, ["new", "mine", "--bank", str(tmp_path)])
    made = Path(tmp_path / "mine.py")
    made.write_bytes(b"\xef\xbb\xbf" + made.read_bytes().replace(b"\n", b"\r\n"))
    checked = RUN.invoke(app, ["check", "mine", "--bank", str(tmp_path), "--seeds", "1"])
    assert checked.exception is None or isinstance(checked.exception, SystemExit), checked.exception
    assert "mine" in checked.stdout


def test_the_version():
    assert RUN.invoke(app, ["--version"]).stdout == f"derive {__version__}\n"
