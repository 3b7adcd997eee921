"""Every hostile text gets its answer: no fault, a sentence, little memory; nothing waits for a clock."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from derive.grading.compare import answer_request
from tests.grading.hostile import EVERY, REFERENCES, SYMBOLS

VERDICTS = {"equal", "different", "undecided", "unreadable", "refused"}
MEGABYTES = 256
INSIDE = """
import json, re, sys
from pathlib import Path
from derive.grading.compare import answer_request
for line in sys.stdin:
    print(json.dumps(answer_request(json.loads(line))))
print(int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def requests(syntaxes: tuple[str, ...], references: list[str]) -> Iterator[dict[str, object]]:
    for answer in EVERY:
        for reference in references:
            for syntax in syntaxes:
                yield {"reference": reference, "answer": answer, "syntax": syntax, "symbols": SYMBOLS}


def check(found: dict[str, object], answer: str) -> None:
    assert found["verdict"] in VERDICTS
    evidence = found["evidence"]
    assert isinstance(evidence, dict)
    if found["verdict"] in ("unreadable", "refused", "undecided"):
        assert (
            evidence["message"][0].isupper() or not evidence["message"][0].isalpha() or found["verdict"] == "undecided"
        )
        assert 0 <= evidence.get("position", 0) <= len(answer)
    assert "failed inside" not in str(evidence.get("message"))


def test_the_corpus_is_large() -> None:
    assert len(set(EVERY)) >= 400


def test_each_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    for request in requests(("auto",), [REFERENCES["scalar"]]):
        check(answer_request(request), str(request["answer"]))
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process is read from Linux's /proc")
def test_each_is_answered_in_every_syntax_within_little_memory() -> None:
    lines = list(requests(("latex", "python", "text", "auto"), list(REFERENCES.values())))[::3]  # each syntax in turn
    done = subprocess.run(
        [sys.executable, "-c", INSIDE],
        input="\n".join(map(json.dumps, lines)),
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent,
    )
    *answers, peak = done.stdout.splitlines()
    assert done.stderr == ""
    assert int(peak) < MEGABYTES
    for request, found in zip(lines, answers, strict=True):
        check(json.loads(found), str(request["answer"]))
