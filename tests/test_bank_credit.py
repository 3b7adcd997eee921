"""Partial credit: other right answers, the form of a right one, the question again, and what follows from an own error."""

from fractions import Fraction

import pytest

from derive import Answer, Derivation, Form, Matrix, Number, Part, Problem, Symbol, Values, stated
from derive.bank.banks import bank
from derive.bank.grade import grade, grade_part
from derive.bank.marking import marked
from derive.bank.problem import AskedPart, BadProblem
from derive.calculus.trace import Rule
from derive.derivations.layers import output_length
from derive.notation.index_language import relation

BANK = bank()
SLOPE = Derivation(
    "slope",
    "The slope of the logistic function",
    {"z": Symbol()},
    lambda torch, **_: {},
    ({},),
    start=relation("s = sigmoid(z)*(1 - sigmoid(z))"),
    opening=Rule("slope", "It is known.", lambda r: r),
)
PROGRAM = "h := w*x; s := v*h; L := (s - y)**2/2"
AT = {"w": 2, "x": 3, "v": 5, "y": 1}


def posed(**parts: Part) -> Problem:
    return Problem("t", "s", parts).named("folder/name")


def asked(part: Part) -> AskedPart:
    return posed(a=part).variant(0).parts["a"]


def marks(problem: Problem, **answers: object) -> dict:
    found = grade({"id": 1, "problem": problem.name, "seed": 0, "answers": answers}, {problem.name: problem})
    return {name: (p["verdict"], p["marks"]) for name, p in found["parts"].items()}


def test_another_convention_earns_full_marks() -> None:
    square = Values("y := x**2", {"x": 3}, "y")
    part = asked(Part("?", square, 2, accepts=("-9", Values("z := x + 1", {"x": 3}, "z"))))
    assert [grade_part(part, text)["marks"] for text in ("9", "-9", "4", "5")] == [2, 2, 2, 0]
    assert grade_part(asked(Part("?", square, 2)), "-9")["marks"] == 0


@pytest.mark.parametrize(
    ("form", "good", "bad", "said"),
    [
        (Form(forbidden=("e",)), r"\sigma(z)(1-\sigma(z))", r"\frac{e^{-z}}{(1+e^{-z})^2}", "without e"),
        (Form(factored=True), r"\sigma(z)(1-\sigma(z))", r"\sigma(z)-\sigma(z)^2", "as a product"),
        (Form(allowed=("z",)), r"\sigma(z)(1-\sigma(z))", r"\sigma(z)(1-\sigma(z)) + w - w", "without w"),
    ],
)
def test_a_right_answer_in_another_form_has_its_own_message(form: Form, good: str, bad: str, said: str) -> None:
    part = asked(Part("?", Answer(SLOPE), 3, form=form))
    assert (grade_part(part, good)["verdict"], grade_part(part, good)["marks"]) == ("equal", 3)
    found = grade_part(part, bad)
    assert (found["verdict"], found["marks"]) == ("different", 0)
    assert "Right in value" in found["feedback"]
    assert said in found["feedback"]


@pytest.mark.parametrize(
    ("form", "text", "said"),
    [
        (Form(allowed=("z", "a", "max", "min")), r"\frac12 (|z + \alpha| - |z - \alpha|)", "without absolute values"),
        (
            Form(allowed=("z", "alpha", "max", "min")),
            r"z [|z| \le \alpha] + \alpha [z > \alpha] - \alpha [z < -\alpha]",
            "without",
        ),
        (Form(allowed=("z", "a", "max", "min")), r"\min(\alpha, \max(-\alpha, z))", ""),
        (Form(allowed=("z", "a")), r"\min(\alpha, \max(-\alpha, z))", ""),
        (Form(forbidden=("a",)), r"\min(\alpha, \max(-\alpha, z))", "without alpha"),
        (
            Form(forbidden=("cases",)),
            r"\begin{cases} z & |z| \le \alpha \\ \alpha\operatorname{sign}(z) & |z| > \alpha \end{cases}",
            "cases",
        ),
    ],
)
def test_a_form_that_allows_functions_allows_no_others_and_knows_both_names_of_a_symbol(
    form: Form, text: str, said: str
) -> None:
    names = {"z": Symbol(), "a": Symbol(domain="positive", latex=r"\alpha"), "c": Symbol((), "derived")}
    cut = stated("cut", "c := max(-a, min(a, z))", symbols=names, truth=lambda torch, z, a: torch.clamp(z, -a, a))
    found = grade_part(asked(Part("?", Answer(cut), form=form)), text)
    assert found["verdict"] == ("different" if said else "equal")
    assert said in found["feedback"]


def test_a_form_may_keep_marks_and_have_its_own_words() -> None:
    part = asked(Part("?", Answer(SLOPE), 3, form=Form(factored=True, keeps=2, say="Factor it.")))
    found = grade_part(part, r"\sigma(z)-\sigma(z)^2")
    assert (found["verdict"], found["marks"], found["feedback"]) == ("partly", 2, "Factor it.")
    assert grade_part(part, r"\sigma(z)-\sigma(z)^3")["feedback"] != "Factor it."


def test_closed_and_significant_figures() -> None:
    count = asked(Part("?", Number(output_length, {"N": 5, "K": 2}, Fraction(4)), form=Form(closed=True)))
    assert grade_part(count, r"\sum_{i=1}^{4} 1")["verdict"] == "different"
    assert grade_part(count, "N - K + 1")["verdict"] == "equal"
    root = asked(Part("?", Values("r := sqrt(x)", {"x": 2}, "r", digits=4), form=Form(figures=5)))
    assert [grade_part(root, t)["verdict"] for t in ("1.4142", "1.41421", r"\sqrt2")] == ["equal", "different", "equal"]


@pytest.mark.parametrize("text", [r"\sigma'(z)", r"\sigma'(z) + 0", r"\frac{d}{dz}\sigma(z)", r"\frac{d\sigma(z)}{dz}"])
def test_the_question_again_earns_nothing(text: str) -> None:
    found = grade_part(asked(Part("Differentiate $\\sigma$.", Answer(SLOPE), 2)), text)
    assert (found["verdict"], found["marks"], found["misconception"]) == ("different", 0, "restated")


@pytest.mark.slow
@pytest.mark.parametrize("name", BANK)
def test_the_question_again_earns_nothing_in_every_problem(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.bank.marking.explained", lambda *_: None)
    for part in BANK[name].variant(0).parts.values():
        if isinstance(part.answer, Answer):
            left = part.answer.request()["asked"]
            found = marked(part, left)
            assert not found.marks, left
            assert found.name != "equal"


def test_a_later_part_is_judged_from_the_students_own_answer() -> None:
    problem = posed(
        a=Part("?", Values(PROGRAM, AT, "h"), 1),
        b=Part("?", Values(PROGRAM, AT, "s"), 2, follows=("a",)),
        c=Part("?", Values(PROGRAM, AT, "s"), 2),
    )
    assert marks(problem, a="6", b="30", c="30") == {"a": ("equal", 1), "b": ("equal", 2), "c": ("equal", 2)}
    assert marks(problem, a="5", b="25", c="25") == {"a": ("different", 0), "b": ("partly", 2), "c": ("different", 0)}
    assert marks(problem, a="5", b="30")["b"] == ("equal", 2)
    assert marks(problem, a="5", b="24")["b"] == ("different", 0)
    assert marks(problem, a="0", b="0")["b"] == ("different", 0), "nothing follows from 0"
    assert marks(problem, b="25")["b"] == ("different", 0), "nothing was given to follow from"
    found = grade({"id": 1, "problem": problem.name, "answers": {"a": "5", "b": "25"}}, {problem.name: problem})
    assert "follows from your own answer to (a)" in found["parts"]["b"]["feedback"]
    assert found["parts"]["b"]["evidence"]["follows"] == ["a"]


def test_gradients_follow_from_own_forward_values() -> None:
    back = Part("?", Values(PROGRAM, AT, "v_bar"), 2, follows=("a",))
    problem = posed(a=Part("?", Values(PROGRAM, AT, "h")), b=back)
    assert marks(problem, a="5", b="120")["b"] == ("partly", 2), "(5·5 − 1)·5"


def test_other_kinds_say_how_they_follow() -> None:
    def length(p: dict, own: dict) -> Number:
        return Number.from_derivation(output_length, N=own["a"], K=2)

    second = Part("?", Number(output_length, {"N": 4, "K": 2}, Fraction(3)), 2, follows=("a",), again=length)
    problem = posed(a=Part("?", Number(output_length, {"N": 5, "K": 2}, Fraction(4))), b=second)
    assert marks(problem, a="4", b="3")["b"] == ("equal", 2)
    assert marks(problem, a="7", b="6")["b"] == ("partly", 2)
    assert marks(problem, a="7", b="5")["b"] == ("different", 0)
    assert marks(problem, a="1/2", b="5")["b"] == ("different", 0)


def test_a_part_follows_earlier_ones_only() -> None:
    with pytest.raises(BadProblem, match="folder/name, part a: it follows 'b', which is no earlier part"):
        _ = posed(a=Part("?", Answer(SLOPE), follows=("b",)), b=Part("?", Answer(SLOPE))).variant(0).parts


def test_wrong_entries_are_named() -> None:
    part = BANK["networks/composition_jacobian"].variant(0).parts["a"]
    assert isinstance(part.answer, Matrix)
    right = part.answer.typed()
    wrong = right.replace("2", "5", 1)
    found = grade_part(part, wrong)
    assert found["evidence"]["wrong"] == [[2, 2]]


@pytest.mark.parametrize(
    ("name", "part", "text", "verdict"),
    [
        ("sequences/recurrent_jacobian", "a", "W[i,j]*(1 - h[t,i]**2)", "equal"),
        ("sequences/recurrent_jacobian", "a", "W[i][j]*(1 - h[t][i]**2)", "equal"),
        ("sequences/recurrent_jacobian", "a", "W[i,j]*(1 - h_t[i]**2)", "equal"),
        ("sequences/recurrent_jacobian", "a", "W[i,j]*(1 - h[t-1,i]**2)", "different"),
        ("sequences/recurrent_jacobian", "a", "W[i,j]*(1 - h[t,j]**2)", "different"),
        ("sequences/lstm_memory", "a", "f[t,j]*(j == k)", "equal"),
        ("sequences/lstm_memory", "a", "i[t,j]*(j == k)", "different"),
    ],
)
def test_a_step_of_a_sequence_in_python(name: str, part: str, text: str, verdict: str) -> None:
    assert grade_part(BANK[name].variant(0).parts[part], text)["verdict"] == verdict
