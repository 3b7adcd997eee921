"""The command line as a user meets it: what it prints, how it exits, and that one bad line never loses the others."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from derive.bank.banks import bank
from derive.cli import app

RUN = CliRunner()
HOSTILE = ("__import__('os')", "9**9**9", r"\frac{1", "(" * 100_000, r"\input{/etc/passwd}", "\u202e x", "а + b")


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_list_shows_every_problem():
    found = RUN.invoke(app, ["list", "--json"])
    assert found.exit_code == 0
    names = {row["name"] for row in lines(found.stdout) if row["kind"] == "problem"}
    assert names == set(bank())


@pytest.mark.parametrize("form", ["text", "md", "latex"])
@pytest.mark.parametrize("name", sorted(bank()))
def test_solutions_print(name, form):
    asked = ["solve", name, "--seed", "3", "--format", form, "--length", "short"]  # in full: the worked solutions kept
    found = RUN.invoke(app, asked)
    assert found.exit_code == 0, found.output
    assert "Undefined" not in found.stdout
    assert len(found.stdout) > 300
    assert RUN.invoke(app, asked).stdout == found.stdout


def test_latex_solutions_have_balanced_environments():
    for name in bank():
        text = RUN.invoke(app, ["solve", name, "--format", "latex", "--length", "short"]).stdout
        assert text.count(r"\begin{") == text.count(r"\end{")
        assert "\n_" not in text


def test_right_answers_exit_with_0_and_others_with_1():
    right = RUN.invoke(app, ["grade", "generative/optimal_discriminator", "--answer", "b=p_G", "--json"])
    assert right.exit_code == 1
    part = json.loads(right.stdout)["parts"]["b"]
    assert (part["verdict"], part["marks"]) == ("different", 0)


def test_full_marks_exit_with_0():
    variant = bank()["conv/gradients"].variant(5)
    answers = [f"--answer={name}={part.answer.typed()}" for name, part in variant.parts.items()]
    found = RUN.invoke(app, ["grade", "conv/gradients", "--seed", "5", "--json", *answers])
    assert json.loads(found.stdout)["marks"] == variant.problem.marks
    assert found.exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["solve", "conv/gradient"],
        ["solve"],
        ["solve", "conv/gradients", "--format", "docx"],
        ["show", "nothing-like-it"],
        ["verify", "jump", "--device", "tpu"],
        ["grade", "conv/gradients"],
        ["grade", "conv/gradients", "--answer", "z=1"],
        ["list", "--bank", "/no/such/folder"],
        ["nonsense"],
    ],
)
def test_misuse_is_a_sentence_and_exits_with_2(arguments):
    found = RUN.invoke(app, arguments)
    assert found.exit_code == 2
    assert found.stderr.strip()
    assert "Traceback" not in found.stderr


def test_close_names_are_suggested():
    assert "Did you mean conv/gradients?" in RUN.invoke(app, ["solve", "conv/gradient"]).stderr


def test_one_bad_line_never_loses_the_others(tmp_path):
    good = {"id": "g", "problem": "conv/gradients", "seed": 1, "answers": {"f": "cross-correlation"}}
    path = tmp_path / "in.jsonl"
    rows = [json.dumps(good), "{not json", "[1]", json.dumps({"id": 2, "problem": "conv/gradient"}), json.dumps(good)]
    path.write_bytes("\n".join(rows).encode() + b'\n{"id": "\xff"}\n')
    found = RUN.invoke(app, ["grade", str(path)])
    assert found.exit_code == 0
    results = lines(found.stdout)
    assert [r["status"] for r in results] == ["graded", *["needs a person"] * 3, "graded", "needs a person"]
    assert "not JSON" in results[1]["message"]
    assert "conv/gradients" in results[3]["message"]


@pytest.mark.parametrize(
    ("command", "request_", "close"),
    [
        ("compare", {"reference": "2", "answer": "2", "sytax": "latex"}, "syntax"),
        ("steps", {"lines": ["2 = 2"], "gaol": "2"}, "goal"),
        ("grade", {"problem": "conv/gradients", "sead": 7, "answers": {}}, "seed"),
    ],
)
def test_an_unknown_field_is_a_warning_with_the_one_that_is_meant(tmp_path, command, request_, close):
    path = tmp_path / "in.jsonl"
    path.write_text(f"{json.dumps(request_)}\n" * 2, encoding="utf-8")
    found = RUN.invoke(app, [command, str(path)])
    assert (found.exit_code, len(lines(found.stdout))) == (0, 2)
    assert found.stderr.count("unknown and ignored") == 1
    assert f"did you mean '{close}'?" in found.stderr


def test_an_output_file_appears_whole(tmp_path):
    requests, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    requests.write_text('{"id": 1, "reference": "x^2", "answer": "x*x", "symbols": {"x": {}}}\n', encoding="utf-8")
    found = RUN.invoke(app, ["compare", str(requests), "-o", str(out)])
    assert found.exit_code == 0
    assert [v["verdict"] for v in lines(out.read_text(encoding="utf-8"))] == ["equal"]
    assert list(tmp_path.glob("*.partial")) == []


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_answers_are_answered(tmp_path, text):
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps({"id": 1, "reference": "x", "answer": text, "symbols": {"x": {}}}), encoding="utf-8")
    (verdict,) = lines(RUN.invoke(app, ["compare", str(path)]).stdout)
    assert verdict["verdict"] in ("unreadable", "refused", "different")
    assert verdict["evidence"]


def test_show_gives_rules_conditions_and_checks():
    found = json.loads(RUN.invoke(app, ["show", "conv1d-input-gradient", "--json"]).stdout)
    assert found["steps"][-1]["rule"] == "zero outside"
    assert found["steps"][-1]["condition"]
    assert all(step["checks"]["error_below"] <= -9 for step in found["steps"])
    assert found["result"]["latex"].startswith(r"\frac{\partial L}{\partial x_{n}}")


def test_what_is_said_of_code_without_a_formula_is_misuse() -> None:
    run = RUN.invoke(app, ["verify", "--torch", "mine:loss", "--wrt", "w"])
    assert run.exit_code == 2
    assert "there is none" in run.output


@pytest.mark.parametrize(
    ("code", "said"), [("mine:nope", "mine has no nope"), ("mine:broken", "could not be run: KeyError")]
)
def test_code_that_does_not_run_is_misuse(
    code: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    (tmp_path / "mine.py").write_text("def broken(w):\n    return {}['w']\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    run = RUN.invoke(
        app, ["verify", "--formula", "w", "--torch", code, "--wrt", "w", "--given", "w=n", "--device", "cpu"]
    )
    assert run.exit_code == 2
    assert said in run.output
