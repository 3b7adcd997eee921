"""How students write: names and cases of their own, words, the question again, sums without brackets, rounded numbers."""

from dataclasses import replace

import pytest

from derive import Answer, Choice, Derivation, Example, Network, Part, Problem, Symbol
from derive.bank.banks import bank
from derive.bank.grade import grade_part
from derive.bank.problem import AskedPart, Mistake
from derive.bank.values import Values
from derive.notation.index_language import program
from derive.testing.problems import problem_failures

HUBER = Derivation(
    "huber-slope-here",
    "The slope of a loss that is a square near 0 and a line far away",
    of=program(
        "L := sum(where(abs(r[i]) <= d, r[i]**2/2, d*(abs(r[i]) - d/2)), i) + c*sum(u[i], i)",
        shapes={"r": "n", "u": "n"},
    ),
    wrt="r",
    letters=("k",),
    symbols={
        "n": Symbol(domain="dimension"),
        "r": Symbol(("n",)),
        "u": Symbol(("n",), latex=r"\hat{x}"),
        "d": Symbol(domain="positive", latex=r"\delta"),
        "c": Symbol(latex=r"\lambda"),
        "L": Symbol((), "derived"),
    },
    truth=lambda torch, r, u, d, c: torch.nn.functional.huber_loss(r, 0 * r, reduction="sum", delta=d) + c * u.sum(),
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
)
SCALED = Derivation(
    "scaled-sum-here",
    "How a sum moves with its factor",
    of=program("L := c*sum(r[i] - u[i], i)/n", shapes={"r": "n", "u": "n"}),
    wrt="c",
    symbols={**HUBER.symbols, "d": Symbol()},
    truth=lambda torch, r, u, c: c * (r - u).mean(),
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
)
SHRUNK = Derivation(
    "shrunk-weights-here",
    "The slope of squared weights",
    of=program("L := c*sum(w[i]**2, i)", shapes={"w": "n"}),
    wrt="w",
    letters=("k",),
    symbols={name: HUBER.symbols[name] for name in ("n", "c", "L")} | {"w": Symbol(("n",))},
    truth=lambda torch, w, c: c * (w**2).sum(),
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
)
SLOPE, MEAN, SHRINKING = Answer(HUBER), Answer(SCALED), Answer(SHRUNK)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (SLOPE, "r_k if |r_k| <= delta, else delta sign(r_k)"),
        (SLOPE, "r_k H(delta - |r_k|) + delta sign(r_k) H(|r_k| - delta)"),
        (SLOPE, r"r_k \Theta(\delta - |r_k|) + \delta \operatorname{sign}(r_k) [|r_k| > \delta]"),
        (SLOPE, "r_k for |r_k| <= delta, delta sign(r_k) otherwise"),
        (SLOPE, "if |r_k| <= delta then r_k else delta sign(r_k)"),
        (SLOPE, "max(-d, min(d, r[k]))"),
        (SLOPE, "np.clip(r[k], -delta_, delta_)"),
        (SLOPE, "np.clip(r[k], -δ, δ)"),
        (SHRINKING, "2*λ*w[k]"),
        (SHRINKING, "2 λ w_k"),
        (MEAN, "sum(r[i] - x_hat[i] for i in range(n))/n"),
        (MEAN, r"\frac1n \left(\sum_{i=1}^n r_i - \hat{x}_i\right)"),
        (MEAN, "(1/n) sum_i (r_i - xhat_i)"),
        (SLOPE, "(r[k] if abs(r[k]) <= d else d*sign(r[k]))*1"),
    ],
)
def test_spellings_of_their_own_are_right(kind, text):
    assert kind.judge(text).verdict == "equal"


@pytest.mark.parametrize(
    ("text", "named"),
    [("none", "none"), ("zero", "zero"), ("np.clip(r[k], -width, width)", "width"), ("lam*r[q2]", "q2")],
)
def test_a_word_is_no_product_of_letters(text, named):
    found = SLOPE.judge(text)
    assert found.verdict == "unreadable"
    assert f"'{named}'" in found.evidence["message"]


def test_a_letter_that_is_left_open_is_no_size():
    found = grade_part(AskedPart("a", "", SLOPE, 2, (), ()), "r_k + r_j")
    assert (found["verdict"], found["feedback"][:28]) == ("different", "Your answer leaves j open: u")


@pytest.mark.parametrize(
    "text",
    [
        r"\frac{\partial L}{\partial r_k}",
        "dL/dr_k",
        "∂L/∂r_k",
        "dL/dr",
        "diff(L, r[k])",
        r"\nabla_{r_k} L",
        "dL/dr_k = dL/dr_k",
    ],
)
def test_the_question_again_earns_nothing(text):
    found = grade_part(AskedPart("a", "", SLOPE, 2, (), ()), text)
    assert (found["verdict"], found["marks"], found["misconception"]) == ("different", 0, "restated")


def test_the_name_of_what_is_asked_is_the_question_again():
    part = bank()["generative/evidence_bound"].variant(0).parts["a"]
    assert grade_part(part, "ELBO")["misconception"] == "restated"
    assert grade_part(part, r"ELBO = \log p(x) - KL")["verdict"] == "equal"


@pytest.mark.parametrize(
    ("text", "identity"),
    [("1.41", "rounding"), ("1.4142135", "rounding"), ("1.42", None), ("1,414", None)],
)
def test_rounding_is_seen(text, identity):
    part = AskedPart("a", "", Values("r := sqrt(x)", {"x": 2}, "r", digits=6), 1, (), ())
    found = grade_part(part, text)
    assert found["misconception"] == (identity if found["verdict"] == "different" else None)
    assert ("comma parts thousands" in found["feedback"]) == ("," in text)


def test_other_numbers_that_fail_alike_are_another_mistake():
    kind = Example({"f": (2, 2)}, (("its rows are not of length 2", lambda f: 1e-3 - abs((f**2).sum(axis=1) - 4).max()),),
                   model={"f": [[2, 0], [0, 2]]})  # fmt: skip
    part = AskedPart("a", "", kind, 1, (Mistake("f = [[1, 1], [1, 1]]", "Its rows must be orthogonal."),), ())
    assert grade_part(part, "f = [[1, 1], [1, 1]]")["feedback"] == "Its rows must be orthogonal."
    assert grade_part(part, "f = [[0, 1], [1, 0]]")["feedback"] == "Not yet: its rows are not of length 2."


def test_the_same_weights_are_heard_before_the_same_function():
    tie, late = (
        Mistake("W1 = [[1, 1]]; b1 = [-2]", "0 is not above 0."),
        Mistake("W1 = [[1, 1]]; b1 = [-2.5]", "Too late."),
    )
    part = AskedPart("a", "", Network("AB", {"y": "A & B"}, (([[1, 1]], [-1.5]),)), 1, (tie, late), ())
    assert [grade_part(part, m.answer)["feedback"] for m in (tie, late)] == ["0 is not above 0.", "Too late."]
    assert grade_part(part, "W1 = [[1, 1]]; b1 = [-3]")["feedback"] == "0 is not above 0."


def test_a_phrase_hears_nothing_that_is_not_true_of_it():
    kind = Choice("the root of n", "n", "the logarithm of n")
    assert kind.slip("the logarithm of n") is None


BEND = Derivation(
    "bend-here",
    "How a square bends",
    of=program("L := sum(r[i]**2*u[i], i)", shapes={"r": "n", "u": "n"}),
    wrt="r",
    asks="hessian",
    letters=("k", "l"),
    symbols=HUBER.symbols,
    truth=lambda torch, r, u: (r * r * u).sum(),
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
)


def test_a_hessian_may_name_the_letters_of_both_axes():
    assert [b.letter.name for b in BEND.result.frame] == ["k", "l"]


def test_a_derivation_that_fails_is_a_sentence_and_no_traceback():
    stuck = replace(BEND, name="stuck-here", letters=("k", "l", "m"))
    problem = Problem("T", "The loss is $L$.", {"a": Part("Give it.", Answer(stuck))}, name="t")
    (broken,) = problem_failures(problem, [0])
    assert broken == "t, seed 0, part a: stuck-here cannot be derived: ValueError: r has 1 axes, not 3"


def test_what_the_page_says_it_is_earns_nothing():
    part = bank()["probability/discounted_sums"].variant(0).parts["a"]
    found = grade_part(part, r"\sum_{k=0}^n a r^k")
    assert (found["verdict"], found["marks"], found["misconception"]) == ("different", 0, "restated")
    assert grade_part(part, r"\frac{a (1 - r^{n+1})}{1 - r}")["marks"] == part.marks
