"""Lines of working: the shared examples, cases of our own, requests that are none, hostile lines."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from derive.grading.steps import answer_request, steps

DATA = Path(__file__).parents[1] / "data"


def cases(name):
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


SHARED, OWN, TOPICS = cases("steps.jsonl"), cases("steps_own.jsonl"), cases("steps_topics.jsonl")
STYLES = cases("steps_own2.jsonl")
COURSES = [*cases("steps_own3.jsonl"), *cases("steps_own4.jsonl")]
SCALARS = {n: {"shape": []} for n in ("w", "x", "y")}
SQUARE = {"symbols": SCALARS, "given": ["L = (wx-y)^2"]}


def verdicts(found):
    return [line["verdict"] for line in found["lines"]]


@pytest.mark.parametrize("case", SHARED, ids=lambda c: c["id"])
def test_shared_examples(case):
    found, expected = answer_request(case), case["expected"]
    assert found["first_wrong_line"] == expected["first_wrong_line"], found["lines"]
    assert found["consistent_after"] == expected["consistent_after"], found["lines"]
    assert set(verdicts(found)) <= {"follows", "wrong"}


@pytest.mark.parametrize("case", OWN, ids=lambda c: c["id"])
def test_own_cases(case):
    found, expected = answer_request(case), case["expected"]
    assert verdicts(found) == expected["lines"], found["lines"]
    assert found["first_wrong_line"] == expected["first_wrong_line"]
    assert found["consistent_after"] == expected["consistent_after"]
    assert found["reaches_result"] == expected.get("reaches_result")


def slowly(cases):
    """Every tenth case is quick, the others wait for the slow part."""
    return [pytest.param(c, id=c["id"], marks=[pytest.mark.slow] if k % 10 else []) for k, c in enumerate(cases)]


@pytest.mark.parametrize("case", [*slowly(TOPICS), *slowly(STYLES)])
def test_cases_by_topic(case):
    found, expected = answer_request(case), case["expected"]
    assert verdicts(found) == expected["lines"], found["lines"]
    assert found["first_wrong_line"] == expected["first_wrong_line"]
    assert found["consistent_after"] == expected["consistent_after"]


@pytest.mark.parametrize("case", slowly(COURSES))
def test_first_wrong_lines_of_course_work(case):
    found = answer_request(case)
    assert found["first_wrong_line"] == case["expected"]["first_wrong_line"], found["lines"]
    integral = any("\\int" in line for line in case["lines"])
    assert set(verdicts(found)) <= {"follows", "wrong", *(["undecided"] if integral else [])}


CHAIN = {"symbols": {n: {"shape": [], "domain": "positive"} for n in "axy"}, "given": ["y = ax^2"]}


@pytest.mark.parametrize(
    ("first", "second"),
    [(r"y \propto x^2", "= x^2"), (r"y \le ax^2+1", "= 1+ax^2"), (r"y \approx y", r"\approx x"), (r"y \ne x", "= x")],
)
def test_no_other_relation_is_taken_for_equality(first, second):
    found = steps({**CHAIN, "lines": [first, second, r"y = 1+ax^2", r"\frac{dy}{dx} = 2x", "y = x", "y = x^2"]})
    assert not {"follows"} & set(verdicts(found)[2:])


@pytest.mark.parametrize("sign", [r"\approx", r"\propto"])
def test_what_continues_a_loose_chain_is_no_claim(sign):
    found = steps({"symbols": CHAIN["symbols"], "lines": [f"y {sign} x^2", r"= x\cdot x", r"\frac{dy}{dx} = 2x"]})
    assert verdicts(found) == ["undecided", "follows", "undecided"]


def test_a_recurrence_is_tried_at_its_first_times():
    given = {"symbols": {"b": {"shape": []}, "g": {"shape": []}}, "given": ["m_0 = 0", "m_t = bm_{t-1}+(1-b)g"]}
    good = steps({**given, "lines": [r"\frac{m_t}{1-b^t} = g", "m_t-g = -b^tg", "m_t+m_{t+1} = (2-b^t-b^{t+1})g"]})
    assert verdicts(good) == ["follows"] * 3
    wrong = steps({**given, "lines": [r"\frac{m_t}{1-b^{t+1}} = g", r"\frac{dm_t}{dg} = 1-b^{t-1}"]})
    assert verdicts(wrong) == ["wrong"] * 2
    assert wrong["lines"][0]["evidence"]["at"] == "t = 1"


def test_the_cases_are_many_and_of_both_kinds():
    wrong = [c for c in OWN if c["expected"]["first_wrong_line"] is not None]
    assert len(OWN) >= 80
    assert min(len(wrong), len(OWN) - len(wrong)) >= len(OWN) / 3


def test_a_trivial_start_earns_nothing():
    assert steps({**SQUARE, "lines": ["0 = 0"]})["credit"] == 0
    assert steps({**SQUARE, "lines": [r"\text{let } r = wx-y", r"\frac{dL}{dw} = \frac{dL}{dw}"]})["credit"] == 0
    assert steps({**SQUARE, "lines": [r"2(wx-y)x"], "result": r"2(wx-y)x"})["credit"] == 1


def test_the_credit_is_the_share_of_lines_that_follow():
    found = steps({**SQUARE, "lines": [r"\frac{dL}{dw} = 2(wx-y)", r"\frac{dL}{dx} = 2(wx-y)w"], "result": "2(wx-y)x"})
    assert verdicts(found) == ["wrong", "follows"]
    assert found["credit"] == pytest.approx(1 / 3, abs=1e-4)
    assert found["reaches_result"] is False


def test_a_name_is_told_from_a_claim():
    found = steps({**SQUARE, "lines": [r"r = wx-y", r"\frac{dL}{dw} = 2rx"]})
    assert found["lines"][0]["evidence"] == {"kind": "named", "name": "r"}
    assert verdicts(found) == ["follows", "follows"]


def test_an_error_carried_forward_says_so():
    found = steps({**SQUARE, "lines": [r"\frac{dL}{dw} = wx-y", r"\frac{d^2L}{dw^2} = x"]})
    assert verdicts(found) == ["wrong", "follows"]
    assert found["lines"][1]["evidence"]["carried"] is True


@pytest.mark.parametrize(
    ("request_", "word"),
    [
        ([], "object"),
        ({"id": 1}, "lines"),
        ({"lines": "x"}, "lines"),
        ({"lines": [], "symbols": 3}, "symbols"),
        ({"lines": ["x"], "symbols": {"x": {"domain": "nowhere"}}}, "nowhere"),
        ({"lines": ["x"] * 300}, "200"),
    ],
)
def test_what_is_not_a_request_is_unreadable(request_, word):
    found = answer_request(request_)
    assert found["verdict"] in ("unreadable", "refused")
    assert word in found["evidence"]["message"]
    assert found["first_wrong_line"] is None


HOSTILE = (
    "{" * 1_000_000 + "}" * 1_000_000,
    "(" * 10_000,
    r"\frac{dL}{dw} = \input{/etc/passwd}",
    r"\frac{dL}{dw} = __import__('os').system('ls')",
    r"\frac{dL}{dw} = x.__class__",
    r"\def\a{\a\a}\a = 1",
    r"\frac{dL}{dw} = 9^{9^{9^9}}",
    r"\frac{dL}{dw} = \sum_{i=1}^{1000000000} i",
    "\u202e = x",
    "\ud800 = x",
    "\x00",
    "",
    "&&&",
    r"\\",
    "let us see what happens when somebody writes a story here",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_line_is_answered_and_loses_no_other(text, capsys):
    found = answer_request({**SQUARE, "lines": [text, r"\frac{dL}{dw} = 2(wx-y)x"]})
    assert found["lines"][0]["verdict"] != "follows"
    assert found["lines"][0]["evidence"]
    assert found["lines"][1]["verdict"] == "follows"
    assert "Traceback" not in capsys.readouterr().err


def test_the_same_bytes_for_every_hash_seed():
    chosen = [{k: v for k, v in c.items() if k != "expected"} for c in [*SHARED[7::6], *OWN[::60]]]
    code = (
        "import json, sys\nfrom derive.grading.steps import answer_request\nfor line in sys.stdin:\n"
        "    found = answer_request(json.loads(line))\n    found.pop('ms')\n    print(json.dumps(found))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code], input="\n".join(map(json.dumps, chosen)), capture_output=True, text=True,
            check=True, env={"PYTHONHASHSEED": seed, "PATH": ""}, cwd=Path(__file__).parents[2],
        ).stdout
        for seed in ("0", "77")
    }  # fmt: skip
    assert len(outputs) == 1


def test_a_fault_of_ours_loses_one_line(monkeypatch, capsys):
    from derive.grading.steps_judge import Judge

    real = Judge.line
    monkeypatch.setattr(Judge, "line", lambda self, text: real(self, text) if "x" in text else {}[text])
    found = answer_request({**SQUARE, "lines": ["1 = 1", r"\frac{dL}{dw} = 2(wx-y)x"]})
    assert verdicts(found) == ["undecided", "follows"]
    assert "KeyError" in capsys.readouterr().err
