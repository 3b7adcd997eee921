"""Parts graded by their lines: ideas that must appear, and wrong lines that a right result does not make good for."""

import pytest

from derive import Lines, Part, Problem
from derive.bank.grade import grade, grade_part
from derive.bank.problem import AskedPart
from derive.derivations.catalogue import catalogue
from derive.testing import problem_failures

SATURATES = catalogue()["gan-generator-saturates"]
RESULT = r"\frac{\partial L}{\partial a} = -D"
OUTER = r"\frac{\partial L}{\partial D} = -\frac{1}{1-D}"
INNER = r"\frac{\partial D}{\partial a} = D(1-D)"


def asked(kind: Lines, marks: int = 6) -> AskedPart:
    return Problem("t", "s", {"a": Part("?", kind, marks)}).named("n").variant(0).parts["a"]


@pytest.mark.parametrize(
    ("lines", "verdict", "marks"),
    [
        ([OUTER, INNER, RESULT], "equal", 6),
        ([OUTER, r"\frac{\partial L}{\partial a} = \frac{\partial L}{\partial D} D(1-D)", RESULT], "equal", 6),
        ([r"\nabla_D L = -\frac{1}{1-D}", r"\nabla_a L = D(1-D) \nabla_D L", RESULT], "equal", 6),
        ([r"\frac{dL}{dD} = -\frac{1}{1-D}", r"\frac{dL}{da} = \frac{dL}{dD} \frac{dD}{da}", RESULT], "equal", 6),
        ([OUTER, r"\frac{\partial L}{\partial a} = -D", RESULT], "partly", 4),
        ([OUTER, RESULT], "partly", 4),
        ([r"L = \log(1 - \sigma(a))", RESULT], "partly", 2),
        ([RESULT], "partly", 2),
        ([OUTER.replace("-", "", 1), INNER, RESULT], "partly", 3),
        ([OUTER, INNER, RESULT.replace("-", "")], "partly", 2),
        ([OUTER, INNER], "partly", 4),
        ([r"\frac{\partial L}{\partial a} = D"], "different", 0),
    ],
)
def test_lines_earn_their_share(lines: list[str], verdict: str, marks: int) -> None:
    found = grade_part(asked(Lines(SATURATES)), {"lines": lines})
    assert (found["verdict"], found["marks"]) == (verdict, marks)


def test_a_right_result_does_not_make_good_for_a_wrong_line() -> None:
    found = grade_part(asked(Lines(SATURATES)), {"lines": [OUTER.replace("-", "", 1), INNER, RESULT]})
    assert found["evidence"]["first_wrong_line"] == 1
    assert found["evidence"]["reaches_result"] is True
    assert "Line 1 does not follow" in found["feedback"]
    assert "Your result is right" in found["feedback"]
    assert r"\frac{\partial L}{\partial D}" not in found["feedback"]
    assert found["evidence"]["missing"] == [r"\frac{\partial L}{\partial D}"]


def test_what_says_that_something_is_itself_earns_nothing() -> None:
    ideas = [rf"{side} = {side}" for side in (r"\frac{\partial L}{\partial D}", r"\frac{\partial D}{\partial a}")]
    found = grade_part(asked(Lines(SATURATES)), {"lines": [*ideas, "0 = 0"]})
    assert (found["verdict"], found["marks"]) == ("different", 0)


def test_an_author_names_the_ideas() -> None:
    kind = Lines(SATURATES, ideas=(r"\frac{\partial L}{\partial D}", (r"\sigma'", r"\frac{\partial D}{\partial a}")))
    assert grade_part(asked(kind), {"lines": [OUTER, INNER, RESULT]})["marks"] == 6
    assert grade_part(asked(kind), {"lines": [OUTER, RESULT]})["marks"] == 4


def test_what_nobody_can_read_waits() -> None:
    found = grade_part(asked(Lines(SATURATES)), {"lines": [OUTER, r"\frac{1", RESULT]})
    assert (found["verdict"], found["marks"]) == ("undecided", None)
    assert "Line 2" in found["feedback"]
    assert grade_part(asked(Lines(SATURATES)), {"lines": []})["verdict"] == "blank"


def test_lines_in_a_submission() -> None:
    problem = Problem("t", "s", {"a": Part("?", Lines(SATURATES), 6)}).named("n")
    found = grade({"id": 1, "problem": "n", "answers": {"a": {"lines": [OUTER, INNER, RESULT]}}}, {"n": problem})
    assert (found["marks"], found["parts"]["a"]["verdict"]) == (6, "equal")


def test_a_problem_of_lines_keeps_its_promises() -> None:
    problem = Problem("t", "$a$", {"a": Part("Derive it.", Lines(SATURATES), 6)}).named("n")
    assert problem_failures(problem, [0]) == []


def test_lines_may_speak_of_what_the_page_defines() -> None:
    from derive import Derivation, Part, Problem, Symbol
    from derive.bank.grade import grade_part
    from derive.notation.index_language import program

    centred = Derivation(
        "centred-weights",
        "The gradient through centred weights",
        of=program("z := sum((w[i] - sum(w[j], j)/n)*x[i], i)", shapes={"w": "n", "x": "n"}),
        wrt="w",
        letters=("k",),
        symbols={"n": Symbol(domain="dimension"), "w": Symbol(("n",)), "x": Symbol(("n",)), "z": Symbol((), "derived")},
        truth=lambda torch, w, x: torch.dot(w - w.mean(), x),
        settings=({"n": 2}, {"n": 3}, {"n": 5}),
    )
    page = r"$z = \sum_{i=1}^n (w_i - m) x_i$ with $m = \frac1n \sum_{j=1}^n w_j$."
    part = Problem("Centred", page, {"a": Part("Derive it.", Lines(centred), 3)}).named("own").variant(0).parts["a"]
    last = r"= x_k - \frac1n \sum_i x_i"
    slope = r"\frac{\partial z}{\partial w_k} = x_k - \sum_i \frac{\partial m}{\partial w_k} x_i"
    right = grade_part(part, {"lines": [r"\frac{\partial m}{\partial w_k} = \frac1n", slope, last]})
    wrong = grade_part(part, {"lines": [r"\frac{\partial m}{\partial w_k} = 1", slope, last]})
    assert (right["verdict"], right["marks"]) == ("equal", 3)
    assert wrong["verdict"] in ("different", "partly")


MODELS = (
    "conv1d-filter-gradient",
    "conv-adjoint",
    "mlp-hidden-error",
    "softmax-cross-entropy",
    "softplus-derivative",
    "ridge-hessian",
)


@pytest.mark.parametrize("name", [*MODELS, "kv-cache-multiplications", "rnn-tanh-bptt-errors"])
def test_a_derivation_s_own_lines_earn_full_marks(name: str) -> None:
    kind = Lines(catalogue()[name])
    assert kind.judge({"lines": kind.model}).verdict == "equal"


def test_lines_may_stand_in_one_line_or_in_a_block() -> None:
    whole = [OUTER, INNER, RESULT]
    block = "\\begin{aligned}\n" + " \\\\\n".join(line.replace("=", "&=") for line in whole) + "\n\\end{aligned}"
    for text in (r" \\ ".join(whole), "\n".join(whole), block):
        assert grade_part(asked(Lines(SATURATES)), text)["marks"] == 6


def test_an_index_called_e_leaves_powers_of_e_alone() -> None:
    kind = Lines(catalogue()["router-z-loss-gradient"])
    assert "e" in kind.request["free_indices"]
    assert kind.judge({"lines": kind.model}).verdict == "equal"
