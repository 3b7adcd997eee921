"""Broken answers in every syntax: each is answered, with a sentence and a place that lies in the text."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutations import PIECES, SYNTAXES, faults, mutated, requests

from derive.grading.compare import answer_request

REQUESTS = requests()
TEXTS = [request["answer"] for request in REQUESTS]
BROKEN = st.tuples(st.sampled_from(range(len(REQUESTS))), st.integers(0, 2**32), st.sampled_from(SYNTAXES))
SYMBOLS = {
    "x": {"shape": ["n"]}, "W": {"shape": ["m", "n"]}, "A": {"shape": ["n", "n"]}, "c": {},
    "sigma": {"shape": "function", "latex": "\\sigma", "domain": "logistic"},
}  # fmt: skip


def _judge(request):
    assert faults(request, answer_request(request)) == [], request


def _break(which, seed, syntax):
    draw = Random(seed)
    base = REQUESTS[which]
    request = {
        **base,
        "answer": mutated(draw, base["answer"], TEXTS),
        "syntax": draw.choice((base.get("syntax", "latex"), syntax)),
    }
    _judge(request)


@settings(max_examples=150, deadline=None)
@given(BROKEN)
def test_a_broken_answer_is_judged(case):
    _break(*case)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.sampled_from(SYNTAXES))
def test_a_pile_of_pieces_is_judged(text, syntax):
    _judge({"reference": "x", "answer": text, "syntax": syntax, "symbols": SYMBOLS})


def _again(which, seed):
    draw = Random(seed)
    request = {**REQUESTS[which], "answer": mutated(draw, REQUESTS[which]["answer"], TEXTS)}
    found = answer_request(request)
    if found["reading"] is not None and "readings" not in found:
        again = answer_request({**request, "answer": found["reading"], "syntax": "latex"})
        assert again["verdict"] == found["verdict"], (request, found["reading"])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(range(len(REQUESTS))), st.integers(0, 2**32))
def test_the_reading_of_a_broken_answer_is_that_answer(which, seed):
    _again(which, seed)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_twenty_thousand_broken_answers_are_judged(part):
    draw = Random(part)
    for _ in range(5000):
        _break(draw.randrange(len(REQUESTS)), draw.getrandbits(32), draw.choice(SYNTAXES))
        if draw.random() < 0.2:
            _again(draw.randrange(len(REQUESTS)), draw.getrandbits(32))


def test_the_watchers_see_what_they_watch():
    request = {"answer": "x"}
    said = lambda **evidence: {"verdict": "unreadable", "evidence": evidence}  # noqa: E731
    assert faults(request, said(message="This comparison failed inside the grader; a person should look."))
    assert faults(request, said(message="no sentence"))
    assert faults(request, said(message="A sentence.", position=2))
    assert faults(request, said())
    assert not faults(request, said(message="A sentence.", position=1))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("np.sum(axis=0)", "'sum' takes 1 to 2 arguments in its brackets."),
        ("np.eye(2, 3)", "'eye' takes 1 argument in its brackets."),
        ("c.sum(axis=0)", "This has no axes, and none is number 0; the first is number 0."),
        ("np.sum(x, initial=3)", "The argument 'initial=' is not read with 'sum'."),
        ("np.exp(x, where=c > 0)", "The argument 'where=' is not read with 'exp'."),
        ("x.shape[1]", "This reads outside: there is 1 entry."),
        ("np.where(c > 0, W, x)", "The shapes of the cases and of their conditions do not fit."),
    ],
)  # fmt: skip
def test_an_argument_is_read_or_refused(answer, says):
    found = answer_request({"reference": "c", "answer": answer, "syntax": "python", "symbols": SYMBOLS})
    assert found["evidence"]["message"] == says


@pytest.mark.parametrize(
    "answer", [r"\|x\|_0", r"\sum_{j:=1} x_j", r"\operatorname{lse}(c)", r"(c>0)\oplus(c<1)\oplus(c=2)"]
)
def test_what_the_fuzzer_found_is_judged(answer):
    for reference in ("c", "c>0"):
        _judge({"reference": reference, "answer": answer, "syntax": "latex", "symbols": SYMBOLS})


@pytest.mark.parametrize(("answer", "same"), [("−c/2", "-c/2"), ("c × 10 − 3", "10c-3"), ("  (c ≤ 2)*7", "7[c\\le 2]")])
def test_signs_from_a_word_processor_read_as_python(answer, same):
    assert (
        answer_request({"reference": same, "answer": answer, "syntax": "python", "symbols": SYMBOLS})["verdict"]
        == "equal"
    )


def test_a_position_is_counted_in_the_text_as_typed():
    found = answer_request({"reference": "c", "answer": "\n  c ≤ 2 × foo.bar", "syntax": "python", "symbols": SYMBOLS})
    assert found["evidence"]["position"] == 11
