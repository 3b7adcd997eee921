"""The examples for other people's continuous integration: what they name is there, and what they run runs."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("torch")

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
HOOKS = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
PAPER = re.search(r"<!-- file: test_paper.py -->\n```python\n(.*?)```", PAGE, re.DOTALL)[1]


def hooks(text):
    """Hook → its keys: a list of maps of one level is all that these files hold."""
    items = re.split(r"^\s*- (?=id:)", text, flags=re.MULTILINE)[1:]
    return {h["id"]: h for h in (dict(re.findall(r"^\s*(\w+): *(.*?) *$", item, re.MULTILINE)) for item in items)}


def run(command, folder):
    words = shlex.split(command)
    program = {"pytest": ["pytest"], "derive": ["derive.cli"]}[words[0]]
    code = "from derive.cli import main; main()"
    start = [sys.executable, "-m", "pytest"] if program == ["pytest"] else [sys.executable, "-c", code]
    return subprocess.run([*start, *words[1:]], cwd=folder, capture_output=True, text=True)


def test_the_extras_that_a_workflow_installs_are_ours():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    named = re.findall(r"derive-suite\[([^\]]*)\]", BLOCKS[0])
    assert named
    assert {e for some in named for e in some.split(",")} <= set(extras)


@pytest.mark.slow
def test_what_the_workflow_runs_runs_and_reports(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_formulas.py").write_text(PAPER, encoding="utf-8")
    (command,) = re.findall(r"- run: (pytest .*)", BLOCKS[0])
    done = run(command, tmp_path)
    assert done.returncode == 0, done.stdout[-600:]
    suite = ElementTree.parse(tmp_path / "formulas.xml").find("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")


def test_the_hooks_that_a_page_asks_for_exist():
    ours, asked = hooks(HOOKS), hooks(BLOCKS[1])
    assert {"derive-check", "derive-formulas"} == set(ours)
    assert asked.keys() <= ours.keys()
    assert all({"name", "entry", "language"} <= h.keys() for h in (*ours.values(), *hooks(BLOCKS[2]).values()))


@pytest.mark.slow
def test_a_hook_runs_with_the_arguments_of_the_page(tmp_path):
    bank = tmp_path / "problems"
    bank.mkdir()
    (bank / "tanh.py").write_text(next(p.read_text(encoding="utf-8") for p in small_problems()), encoding="utf-8")
    hook = hooks(BLOCKS[1])["derive-check"]
    words = re.findall(r"[^\s,\[\]\"]+", hook["args"])
    done = run(shlex.join([*shlex.split(hooks(HOOKS)[hook["id"]]["entry"]), *words]), tmp_path)
    assert done.returncode == 0, (done.stdout + done.stderr)[-600:]
    assert run(shlex.join(["derive", "check", "--bank", "elsewhere"]), tmp_path).returncode == 2


def small_problems():
    return sorted((ROOT / "problems").rglob("*.py"), key=lambda p: p.stat().st_size)
