"""The consoles shown in README.md and docs/ are re-run, in order, in one empty folder per document.

* In a ```console block a line `$ command` is run by bash, and the lines under it are exactly what it prints
  on both streams. A command that ends in a backslash goes on in the next line.
* `<!-- file: PATH -->` above a fenced block writes the block to that file first.
* Other blocks are left alone; `>>>` examples are run by pytest's doctest.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
MANY_COMMANDS = ("authoring", "classes", "digits", "gpu", "gradient", "marking", "pages", "testing")
LONG = {f"{name}.md": pytest.mark.slow for name in MANY_COMMANDS}
BLOCK = re.compile(
    r"(?:^<!-- file: (?P<file>\S+) -->\n\s*)?"
    r"^(?P<fence>`{3,})(?P<language>[^`\n]*)\n(?P<text>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(r"^\$ (?P<command>(?:.*\\\n)*.*)\n?(?P<output>(?:(?!\$ ).*\n?)*)", re.MULTILINE)


class Mismatch(NamedTuple):
    """A command that did not print what the document says."""

    command: str
    shown: str
    printed: str


def run(command: str, folder: Path) -> str:
    """What bash prints for a command, with this environment's `derive` first on the path."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = os.environ | {"PATH": path, "COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    for name in ("DERIVE_BANKS", "FORCE_COLOR", "PYTHONPATH"):
        env.pop(name, None)
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
    )
    return done.stdout.rstrip()


def console_mismatches(console: str, folder: Path) -> list[Mismatch]:
    """The commands of one console block that print something else than shown."""
    assert console.startswith("$ "), f"a console block starts with a command, not with:\n{console}"
    sessions = [
        Mismatch(m["command"], m["output"].rstrip(), run(m["command"], folder)) for m in COMMAND.finditer(console)
    ]
    return [session for session in sessions if session.shown != session.printed]


def mismatches(document: str, folder: Path) -> list[Mismatch]:
    """All commands of a document that print something else than shown."""
    found = []
    for block in BLOCK.finditer(document):
        if block["file"]:
            target = folder / block["file"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block["text"], encoding="utf-8")
        elif block["language"] == "console":
            found += console_mismatches(block["text"], folder)
    return found


def explain(mismatch: Mismatch) -> str:
    return "$ {}\n--- the document shows\n{}\n--- the command prints\n{}\n".format(*mismatch)


@pytest.mark.parametrize("document", [pytest.param(d, id=d.name, marks=LONG.get(d.name, ())) for d in DOCUMENTS])
def test_consoles_print_what_the_document_shows(document, tmp_path):
    wrong = mismatches(document.read_text(encoding="utf-8"), tmp_path)
    assert not wrong, "\n".join(map(explain, wrong))


def test_the_readme_shows_the_command_at_work():
    consoles = [block["text"] for block in BLOCK.finditer((ROOT / "README.md").read_text(encoding="utf-8"))]
    assert any(text.startswith("$ derive ") for text in consoles)


def test_ci_finds_the_readme_test_command():
    done = subprocess.run([ROOT / ".ci/run", "--show"], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "-c constraints.txt" in done.stdout
    assert "pytest" in done.stdout


GOOD = """
<!-- file: bank/a.txt -->

```text
hello
```

```console
$ cat bank/a.txt
hello
$ printf 'a\\nb\\n' > b.txt
$ cat b.txt \\
    bank/a.txt
a
b
hello
$ false; echo $?
1
$ echo to stderr >&2
to stderr
```

```bash
exit 3  # not run
```
"""


def test_a_true_document_passes(tmp_path):
    assert mismatches(GOOD, tmp_path) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("$?\n1", "$?\n0"),
        ("a\nb\n", "a\n"),
        ("a\nb\n", "a\nb\nc\n"),
        ("\nto stderr", ""),
        ("```text\nhello", "```text\nbye"),
    ],
)
def test_a_false_document_fails(right, wrong, tmp_path):
    assert right in GOOD
    assert mismatches(GOOD.replace(right, wrong), tmp_path)


def test_a_console_without_a_command_fails(tmp_path):
    with pytest.raises(AssertionError, match="starts with a command"):
        mismatches("```console\nderive list\n```\n", tmp_path)
