"""What an author hears of a derivation of their own: nothing that is no fault, and a sentence for what is one."""

from dataclasses import replace

import numpy as np
import pytest

from derive import Answer, Derivation, Example, Part, Problem, Symbol, compare
from derive.notation.index_language import program
from derive.testing.derivations import derivation_failures
from derive.testing.problems import broken_promises
from derive.testing.symbols import undeclared
from derive.verify.worlds import worlds

pytest.importorskip("torch")

PAIR = Derivation(
    "pair-slope",
    "The slope of a contrastive loss",
    of=program("L := s*d**2/2 + (1 - s)*max(0, m - d)**2/2"),
    wrt="d",
    symbols={
        "s": Symbol(domain="binary"),
        "d": Symbol(domain="nonnegative"),
        "m": Symbol(domain="positive"),
        "L": Symbol((), "derived", "L"),
    },
    truth=lambda torch, s, d, m: (s * d.square() + (1 - s) * torch.relu(m - d).square()) / 2,
)
GATE = Derivation(
    "gate-weights",
    "The gradient in the weights of a gate",
    of=program("y[k] := sigmoid(sum(U[k,e]*c[e], e))", shapes={"U": "C D", "c": "D"}),
    wrt="U",
    letters=("i", "j"),
    symbols={
        "C": Symbol(domain="dimension"),
        "D": Symbol(domain="dimension"),
        "U": Symbol(("C", "D")),
        "c": Symbol(("D",)),
        "y": Symbol(("C",), "derived"),
        "y_bar": Symbol(("C",), latex="G"),
    },
    truth=lambda torch, U, c: torch.sigmoid(torch.mv(U, c)),  # noqa: N803
    settings=({"C": 2, "D": 3}, {"C": 3, "D": 2}, {"C": 4, "D": 5}),
)


def problem(derivation: Derivation, statement: str, ask: str) -> Problem:
    return Problem("A problem", statement, {"a": Part(ask, Answer(derivation))}).named("own")


def test_numbers_alone_need_no_settings_and_each_setting_draws_others() -> None:
    drawn = {(float(w.arrays["d"]), float(w.arrays["s"])) for w in worlds(PAIR, "cpu", 3)}
    assert len(drawn) == 9
    assert {s for _, s in drawn} == {0.0, 1.0}


def test_a_size_that_no_setting_gives_is_named() -> None:
    found = derivation_failures(replace(GATE, settings=({"C": 2}, {"C": 3}, {"C": 4})))
    assert found == ["gate-weights: settings= gives no size for D"]


def test_the_first_letters_of_a_jacobian_are_those_of_the_definition() -> None:
    wrong = replace(GATE, asks="jacobian", letters=("a", "i", "j"))
    with pytest.raises(ValueError, match=r"y is defined with k: write letters=\('k', 'i', 'j'\)"):
        _ = wrong.lines
    assert len(replace(wrong, letters=("k", "i", "j")).result.frame) == 3


def test_indices_that_a_question_writes_together_are_named() -> None:
    asked = problem(
        GATE, r"A gate $y = \sigma(U c)$ with $G = \partial L/\partial y$.", r"Give $\partial L/\partial U_{ij}$."
    )
    assert [b.text for b in broken_promises(asked, [0]) if "named nowhere" in b.text] == []
    bare = problem(
        GATE, r"A gate $y = \sigma(U c)$ with $G = \partial L/\partial y$.", r"Give $\partial L/\partial U$."
    )
    assert len([b.text for b in broken_promises(bare, [0]) if "named nowhere" in b.text]) == 2


def test_the_logistic_function_needs_no_declaration() -> None:
    ask = r"Give $\partial L/\partial U_{i,j}$."
    for statement in (r"$y = \sigma(Uc)$.", r"We write $\sigma$ for the logistic function, $y_k = \sigma(z_k)$."):
        assert r"\sigma" not in undeclared(problem(GATE, statement, ask).variant(0))


def test_that_probabilities_sum_to_one_is_known_to_a_proof() -> None:
    symbols = {
        "q": {"shape": ["K"], "domain": "prob"},
        "z": {"shape": ["K"]},
        "P": {"shape": ["n", "K"], "domain": "onehot"},
    }
    for right, answer in (
        (r"z_c \sum_{k=1}^K q_k", "z_c"),
        (r"\frac{e^{z_c}}{\sum_l e^{z_l}} \sum_k q_k - q_c", r"\frac{e^{z_c}}{\sum_l e^{z_l}} - q_c"),
        (r"z_c \sum_{i=1}^n \sum_{k=1}^K P_{ik}", "n z_c"),
    ):
        found = compare(right, answer, symbols=symbols, free_indices={"c": "K"})
        assert (found.verdict, found.evidence["kind"]) == ("equal", "proved"), right
    part = compare(r"z_c \sum_{k=1}^{K-1} q_k", "z_c", symbols=symbols, free_indices={"c": "K"})
    assert part.verdict == "different"


def test_an_example_that_clearly_fails_one_check_is_wrong_though_another_is_at_its_border() -> None:
    kind = Example(
        {"A": (2, 2)},
        (
            ("its spectral norm is above 1", lambda A: 1 - np.linalg.norm(A, 2)),  # noqa: N803
            ("an entry is 0", lambda A: abs(A).min() - 1e-3),  # noqa: N803
        ),
        model={"A": [[0.5, 0.25], [0.25, 0.5]]},
    )
    texts = ("A = [[1, 0], [0, 1]]", "A = [[0.5, 0.5], [0.5, 0.5]]", "A = [[2, 3], [4, 5]]")
    assert [kind.judge(text).verdict for text in texts] == ["different", "undecided", "different"]
    assert kind.judge(texts[0]).evidence["message"] == "Not yet: an entry is 0."
