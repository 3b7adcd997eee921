"""`derive steps` as a user meets it: requests, a paper, exit codes, one bad line that loses no other."""

import json

import pytest
from typer.testing import CliRunner

from derive.cli import app

RUN = CliRunner()
GIVEN = {"symbols": {n: {"shape": []} for n in ("w", "x", "y")}, "given": ["L = (wx-y)^2"]}
GIVEN_TEXT = json.dumps(GIVEN)
PAPER = r"""\begin{align}
  \frac{dL}{dw} &= 2(wx-y)x \\
  %s
\end{align}
"""


@pytest.fixture
def paper(tmp_path):
    def write(second, given=GIVEN_TEXT):
        (tmp_path / "paper.tex").write_text(PAPER % second, encoding="utf-8")
        (tmp_path / "given.json").write_text(given, encoding="utf-8")
        return RUN.invoke(app, ["steps", str(tmp_path / "paper.tex"), "--given", str(tmp_path / "given.json")])

    return write


def test_a_right_paper(paper):
    found = paper(r"&= 2wx^2-2xy")
    assert found.exit_code == 0, found.output
    assert "paper.tex:3: follows" in found.stdout
    assert found.stdout.endswith("2 lines, no wrong line\n")
    assert found.stderr == ""


def test_a_wrong_line_is_told_by_its_number_and_a_witness(paper):
    found = paper(r"&= 2wx^2+2xy")
    assert found.exit_code == 1
    assert "paper.tex:3: wrong" in found.stdout
    assert "on the left" in found.stdout
    assert "first wrong line is" in found.stdout


def test_shapes_are_told(tmp_path):
    symbols = {"W": {"shape": ["m", "n"]}, "x": {"shape": ["n"]}, "g": {"shape": ["m"]}}
    given = {"symbols": symbols, "given": ["z = Wx", r"g = \frac{\partial L}{\partial z}"]}
    (tmp_path / "a.tex").write_text(r"\[ \nabla_W L = x g^\top \]", encoding="utf-8")
    (tmp_path / "a.json").write_text(json.dumps(given), encoding="utf-8")
    found = RUN.invoke(app, ["steps", str(tmp_path / "a.tex"), "--given", str(tmp_path / "a.json")])
    assert found.exit_code == 1
    assert "shapes: m x n on the left, n x m on the right" in found.stdout


def test_json_has_the_lines_of_the_file(tmp_path):
    (tmp_path / "a.tex").write_text("\n\\[ 1+1 = 2 \\]", encoding="utf-8")
    found = RUN.invoke(app, ["steps", str(tmp_path / "a.tex"), "--json"])
    assert found.exit_code == 0
    assert [line["line"] for line in json.loads(found.stdout)["lines"]] == [2]


def test_given_equations_one_a_line(paper):
    found = paper(r"&= 2wx^2-2xy", "% the loss\nL = (wx-y)^2\n")
    assert found.exit_code == 0


@pytest.mark.parametrize("given", ["{", '{"symbols": 3}', '{"symbols": {"x": {"domain": "nowhere"}}}'])
def test_misuse_is_a_sentence_and_exit_code_2(paper, given):
    found = paper("x", given)
    assert found.exit_code == 2
    assert found.stderr.startswith("derive: ")
    assert found.stdout == ""


def test_a_file_without_formulas_is_misuse(tmp_path):
    (tmp_path / "a.tex").write_text("nothing", encoding="utf-8")
    assert RUN.invoke(app, ["steps", str(tmp_path / "a.tex")]).exit_code == 2
    (tmp_path / "a.tex").write_bytes(b"\xff\xfe")
    assert RUN.invoke(app, ["steps", str(tmp_path / "a.tex")]).exit_code == 2


def test_one_bad_request_loses_no_other(tmp_path):
    good = json.dumps({"id": "good", **GIVEN, "lines": [r"\frac{dL}{dw} = 2(wx-y)x"]})
    bad = ["{", "3", '{"id": 1}', json.dumps({"id": 2, "lines": [r"\frac{1"]}), json.dumps({"id": 3, "lines": [["x"]]})]
    (tmp_path / "in.jsonl").write_text("\n".join([*bad, good]), encoding="utf-8")
    found = RUN.invoke(app, ["steps", str(tmp_path / "in.jsonl"), "-o", str(tmp_path / "out.jsonl")])
    assert found.exit_code == 0, found.output
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 6
    assert rows[-1]["id"] == "good"
    assert rows[-1]["lines"][0]["verdict"] == "follows"
    assert all(row["first_wrong_line"] is None for row in rows)


def test_help_says_what_it_does():
    found = RUN.invoke(app, ["steps", "--help"])
    assert found.exit_code == 0
    assert "--given" in found.stdout
