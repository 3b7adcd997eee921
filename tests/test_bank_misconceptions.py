"""Misconceptions have stable ids: authors' mistakes name them, and results carry them."""

from dataclasses import replace

import pytest

from derive import Answer, Choice, Derivation, Mistake, Part, Problem, Symbol, Values
from derive.bank.banks import bank
from derive.bank.grade import grade, grade_part
from derive.bank.misconceptions import MISCONCEPTIONS, TABLE
from derive.bank.problem import AskedPart, BadProblem
from derive.bank.suspects import _known, _read_once, explained, wrong_results
from derive.calculus.trace import Relation, Rule
from derive.derivations.catalogue import catalogue
from derive.notation.index_language import program

BANK = bank()


def posed(identity: str) -> Problem:
    mistakes = (Mistake("both", "Not both.", id=identity),)
    return Problem("t", "s", {"a": Part("?", Choice("left", "right", "both"), mistakes=mistakes)}).named("folder/name")


def test_the_table() -> None:
    assert len(MISCONCEPTIONS) == len(TABLE) >= 40
    assert all(m.id == m.id.strip().replace(" ", "-") and m.name and m.say.endswith((".", "?")) for m in TABLE)


@pytest.mark.parametrize("identity", ["sings", "own-", "Sign", "own"])
def test_an_unknown_id_is_the_authors_to_hear(identity: str) -> None:
    with pytest.raises(BadProblem, match="folder/name, part a: there is no misconception"):
        _ = posed(identity).variant(0).parts


@pytest.mark.parametrize(("identity", "told"), [("sign", "sign"), ("own-both", "own-both"), ("", "own-a1")])
def test_the_id_is_in_the_result(identity: str, told: str) -> None:
    submission = {"id": 1, "problem": "folder/name", "answers": {"a": "both"}}
    assert grade(submission, {"folder/name": posed(identity)})["parts"]["a"]["misconception"] == told


@pytest.mark.parametrize("name", BANK)
def test_every_mistake_of_the_bank_has_an_id(name: str) -> None:
    for part in BANK[name].variant(0).parts.values():
        assert all(m.id for m in part.mistakes)


PROGRAM = "z := w*x; h := tanh(z); s := v*h + c; L := (s - y)**2/2"
AT = {"w": 0.5, "x": 0.7, "v": 3, "c": 1, "y": 1}


def asked(name: str) -> AskedPart:
    answer = Values(PROGRAM, AT, name, digits=4)
    return Problem("t", "s", {"a": Part("?", answer, 2)}).named("n").variant(0).parts["a"]


def worth(rule: str) -> str:
    return Values(f"{PROGRAM}; {rule}", AT, "m", digits=4).typed()


@pytest.mark.parametrize(
    ("rule", "identity"),
    [
        ("m := s_bar*v*x", "missing-chain-factor"),
        ("m := -w_bar", "sign"),
        ("m := 2*w_bar", "lost-half"),
        ("m := z_bar", "layer-early"),
        ("m := s_bar*v*tanh(z)*x", "value-for-slope"),
    ],
)
def test_numbers_are_explained_from_the_program(rule: str, identity: str) -> None:
    found = grade_part(asked("w_bar"), worth(rule))
    assert (found["verdict"], found["misconception"]) == ("different", identity)
    assert MISCONCEPTIONS[identity].say in found["feedback"]


STEPS = "k := a + b; m := k*c - 1; n := m - d"
LARGE = Values(STEPS, {"a": 203, "b": 317, "c": 29, "d": 451}, "n")
SMALL = Values(STEPS, {"a": 2, "b": 3, "c": 2, "d": 4}, "n")
FACTORS = Values("z := w*x; h := tanh(z); s := v*h; L := s*q", {"w": 0.5, "x": 0.7, "v": 3, "q": 1.3}, "L", digits=4)


@pytest.mark.parametrize(
    ("kind", "text", "rule"),
    [
        (LARGE, "15530", "n"),
        (LARGE, "-3758", "k"),
        (LARGE, "14000", None),
        (SMALL, "13", None),  # the sign in n, and that many slips lead to small numbers near 5
        (SMALL, "4", None),
        (SMALL, "9", None),
    ],
)
def test_a_rule_is_named_where_its_slip_is_not_met_by_chance(kind: Values, text: str, rule: str | None) -> None:
    slip = kind.slip(text)
    assert (slip and slip.rule) == rule
    assert slip is None or slip.heading == f"the rule for ${rule}$"


def test_of_several_rules_that_a_slip_may_be_in_none_is_named() -> None:
    slip = FACTORS.slip("-1.3119")
    assert slip is not None
    assert (slip.id, slip.heading) == ("sign", "")
    assert "The place to look" not in slip.say(named=True)


LETTERS = [
    ("conv/gradients", "b", r"\sum_i g_i x_{i+u}", "index-shift"),
    ("conv/gradients", "c", r"\sum_{u} w_u g_{n-u+1} u", None),
    ("conv/gradients", "d", r"-\sum_{i,j} G_{i,j} X_{i+u-1,j+v-1}", "sign"),
    ("conv/gradients", "d", r"\frac{1}{H-K+1}\sum_{i,j} G_{i,j} X_{i+u-1,j+v-1}", "mean-for-sum"),
    ("sequences/recurrent_jacobian", "a", r"W_{i,j} (1 + h_{t,i}^2)", "sign"),
    ("sequences/recurrent_jacobian", "b", r"\sum_{t=1}^{T} \bar{h}_{t,i} (1 - h_{t,i}^2)", "missing-chain-factor"),
    (
        "sequences/recurrent_jacobian",
        "b",
        r"\sum_{t=1}^{T} \bar{h}_{t,j} (1 - h_{t,j}^2) h_{t-1,i}",
        "missing-transpose",
    ),
    ("sequences/lstm_memory", "a", r"-f_{t,j} [j = k]", "sign"),
    ("generative/gan_game", "d", r"D^3 + 7", None),
]


@pytest.mark.parametrize(("name", "part", "text", "identity"), LETTERS)
def test_formulas_are_explained_from_the_lines(name: str, part: str, text: str, identity: str | None) -> None:
    asked_part = replace(BANK[name].variant(0).parts[part], mistakes=())
    found = grade_part(asked_part, text)
    assert (found["verdict"], found["misconception"]) == ("different", identity)
    if identity:
        slip = found["evidence"]["slip"]
        lines = asked_part.answer.derivation.lines
        assert slip["rule"] == lines[slip["line"] - 1].rule.name
        assert MISCONCEPTIONS[identity].say in found["feedback"]


def test_a_missing_factor_is_named_for_staff_alone() -> None:
    part = BANK["networks/shared_filter"].variant(0).parts["a"]
    text = r"2(\hat y - y) \sum_{i=1}^{n} \sum_{k=1}^{o} v_k V_{k,i} h_k (1 - h_k) x_{i,j}"
    found = grade_part(replace(part, mistakes=()), text)
    assert found["misconception"] == "missing-chain-factor"
    assert found["evidence"]["slip"]["words"] == "the factor tanh'(u[i]) of line 18 (local derivatives) is missing"
    assert "tanh" not in found["feedback"]
    assert "line 18" not in found["feedback"]  # a student sees no derivation


def test_a_wrong_result_differs_from_the_right_one() -> None:
    for name in ("conv1d-input-gradient", "rnn-tanh-step", "softmax-jacobian"):
        d = catalogue()[name]
        assert all(w.relation != d.result and w.slip.id in MISCONCEPTIONS for w in wrong_results(d))


@pytest.mark.parametrize("name", BANK)
def test_right_answers_never_hear_one(name: str) -> None:
    for part in BANK[name].variant(1).parts.values():
        found = grade_part(part, part.answer.typed())
        assert found["misconception"] is None
        assert "slip" not in found["evidence"]


def test_the_same_answer_always_hears_the_same() -> None:
    part = replace(BANK["conv/gradients"].variant(0).parts["c"], mistakes=())
    first = grade_part(part, r"\sum_u w_u g_n")
    _known.cache_clear()
    _read_once.cache_clear()
    assert grade_part(part, r"\sum_u w_u g_n") == first


def test_a_rule_that_breaks_on_a_wrong_line_breaks_no_grading() -> None:
    d = catalogue()["conv1d-input-gradient"]

    calls: list[Relation] = []

    def broken(r: Relation) -> Relation:
        calls.append(r)
        if len(calls) > 1:  # the first is the right derivation's
            raise RuntimeError("not made for this")
        return r

    ended = replace(d, name="t", then=(*d.then, Rule("end", "Done.", broken)))
    part = Problem("t", "s", {"a": Part("?", Answer(ended))}).named("n").variant(0).parts["a"]
    assert grade_part(part, r"\sum_{u=1}^{K} 2 w_u g_{n-u+1}")["misconception"] == "lost-half"
    assert len(calls) > 1


def test_a_slip_that_changes_nothing_explains_no_row() -> None:
    soft = Derivation(
        "soft-plus-here",
        "The gradient of a softplus",
        of=program("L := log(1 + exp(sum(w[i]*x[i], i)))", shapes={"w": "d", "x": "d"}),
        wrt="w",
        letters=("k",),
        symbols={"d": Symbol(domain="dimension"), "w": Symbol(("d",)), "x": Symbol(("d",)), "L": Symbol((), "derived")},
        truth=lambda torch, w, x: torch.nn.functional.softplus(w @ x),
        settings=({"d": 2}, {"d": 3}, {"d": 5}),
    )
    kind = Answer(soft)
    slope = r"\frac{e^{w^\top x}}{1 + e^{w^\top x}}"
    assert kind.judge(rf"{slope} x").verdict == "equal"
    assert explained(kind, rf"{slope} x^\top") is None
    assert explained(kind, rf"-{slope} x_k") is not None
