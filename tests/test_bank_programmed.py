"""What a derivation says of its own names: an answer may write them out, and its page must name those it needs."""

from dataclasses import replace

import pytest

from derive import Answer, Derivation, Form, Mistake, Part, Problem, Symbol, stated
from derive.bank.grade import grade_part
from derive.notation.index_language import program
from derive.testing.derivations import derivation_failures
from derive.testing.problems import broken_promises

TIED = Derivation(
    "tied-input",
    "The gradient in the input of tied embeddings",
    of=program("h[j] := sum(E[i,j]*x[i], i); z[i] := sum(E[i,j]*h[j], j)", shapes={"E": "V D", "x": "V"}),
    wrt="x",
    letters=("i",),
    symbols={
        "V": Symbol(domain="dimension"),
        "D": Symbol(domain="dimension"),
        "E": Symbol(("V", "D")),
        "x": Symbol(("V",)),
        "h": Symbol(("D",), "derived"),
        "z": Symbol(("V",), "derived"),
        "z_bar": Symbol(("V",), latex=r"\delta"),
        "h_bar": Symbol(("D",), latex=r"\epsilon"),
    },
    truth={"h": lambda torch, E, x: E.T @ x, "z": lambda torch, E, h: E @ h},  # noqa: N803
    settings=({"V": 2, "D": 3}, {"V": 4, "D": 2}, {"V": 3, "D": 5}),
)
PAGE = r"A matrix $E \in \mathbb{R}^{V \times D}$ gives $h = E^\top x$ and $z = E h$. Write $\delta = \partial L/\partial z$."
NAMED = PAGE.replace("Write", r"Write $\epsilon = \partial L/\partial h$ and")
ASK = r"Give $\partial L/\partial x_i$."


@pytest.mark.parametrize("statement", [PAGE, NAMED])
@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (r"E \epsilon", "equal"),
        (r"E E^\top \delta", "equal"),
        (r"\sum_{j=1}^D E_{ij} \sum_{v=1}^V E_{vj} \delta_v", "equal"),
        (r"E E^\top x", "different"),
        (r"2 E E^\top \delta", "different"),
        (r"\frac{\partial L}{\partial x_i}", "different"),
    ],
)
def test_a_gradient_on_the_way_may_be_written_out(statement: str, answer: str, verdict: str) -> None:
    problem = Problem("Tied", statement, {"a": Part(ASK, Answer(TIED))})
    assert grade_part(problem.variant(0).parts["a"], answer)["verdict"] == verdict


def test_an_author_hears_of_a_name_that_no_page_says() -> None:
    def told(statement: str, answer: Answer) -> list[str]:
        problem = Problem("Tied", statement, {"a": Part(ASK, answer)})
        return [f.text for f in broken_promises(problem, [0]) if "names nowhere" in f.text]

    unsaid = told(PAGE, Answer(TIED))
    assert len(unsaid) == 1
    assert r"\epsilon" in unsaid[0]
    assert told(NAMED, Answer(TIED)) == []
    plain = {**TIED.symbols, "h_bar": Symbol(("D",), latex=r"\frac{\partial L}{\partial h}")}
    assert told(PAGE, Answer(replace(TIED, symbols=plain))) == []


def test_a_bare_pi_beside_weights_called_pi_is_no_wrong_answer() -> None:
    share = stated(
        "share",
        "r[k] := w[k]/sum(w[j], j)",
        symbols={
            "K": Symbol(domain="dimension"),
            "w": Symbol(("K",), "positive", latex=r"\pi"),
            "r": Symbol(("K",), "derived"),
        },
        truth=lambda torch, w: w / w.sum(),
        settings=({"K": 2}, {"K": 3}, {"K": 5}),
    )
    part = (
        Problem("Shares", r"Weights $\pi_1, \dots, \pi_K$.", {"a": Part("Give share $r_k$.", Answer(share))})
        .variant(0)
        .parts["a"]
    )
    verdicts = [
        grade_part(part, a)["verdict"]
        for a in (
            r"\frac{\pi_k/\sqrt{2\pi}}{\sum_j \pi_j/\sqrt{2\pi}}",
            r"\frac{\pi_k}{\sum_j \pi_j}",
            r"\frac{\pi_k}{2 \sum_j \pi_j}",
        )
    ]
    assert verdicts == ["undecided", "equal", "different"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (r"\sum_{j=1}^D E_{i,j} \epsilon_j", ""),
        (r"E \epsilon", ""),
        (r"\frac{1}{D} \sum_{j=1}^D D E_{i,j} \epsilon_j", "without D"),
        (r"\sum_{j=1}^D E_{i,j} \epsilon_j + x_i - x_i", "without x"),
    ],
)
def test_a_form_allows_the_indices_and_bounds_that_a_sum_needs(answer: str, said: str) -> None:
    part = Part(ASK, Answer(TIED), form=Form(allowed=("E", "h_bar")))
    found = grade_part(Problem("Tied", NAMED, {"a": part}).variant(0).parts["a"], answer)
    assert (found["verdict"], said in found["feedback"]) == ("different" if said else "equal", True)


def test_a_mistake_may_be_typed_as_code_or_plain_text() -> None:
    mistakes = (
        Mistake("sum(E[i,j]*epsilon[j] for j in range(D)) + x[i]", "No x."),
        Mistake("(E epsilon)_i^(-1)", "No power."),
        Mistake("- sum_(j=1)^D E_ij epsilon_j", "The sign."),
    )
    part = Problem("Tied", NAMED, {"a": Part(ASK, Answer(TIED), 2, mistakes)}).variant(0).parts["a"]
    said = [grade_part(part, t)["feedback"] for t in (r"\sum_{j=1}^D E_{i,j} \epsilon_j + x_i", r"-E \epsilon")]
    assert said == ["No x.", "The sign."]


def test_an_author_hears_why_an_answer_cannot_be_compared() -> None:
    alike = {**TIED.symbols, "h_bar": Symbol(("D",), latex="E")}
    part = Part(ASK, Answer(replace(TIED, symbols=alike)), mistakes=(Mistake(r"\delta", "No."),))
    found = [f.text for f in broken_promises(Problem("Tied", NAMED, {"a": part}), [0])]
    assert [text for text in found if "cannot be read back" in text and "E and h_bar are written alike" in text]
    assert not [text for text in found if "the mistake" in text]


def test_an_oracle_must_take_what_its_definition_reads() -> None:
    whole = {"h": TIED.truth["h"], "z": lambda torch, E, x: E @ (E.T @ x)}  # type: ignore[index]  # noqa: N803
    found = derivation_failures(replace(TIED, truth=whole))
    assert any("must take h, which the definition of z reads" in text for text in found)
