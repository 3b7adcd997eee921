"""What a page says of its notation: no formula on it is true only by a convention that it does not tell."""

import re
from itertools import pairwise

import pytest

from derive.bank.banks import files, load
from derive.derivations.catalogue import catalogue
from derive.render.conventions import BRACKET, ZERO
from derive.render.solution import solution
from derive.render.views import cited, symbols, view


@pytest.mark.parametrize(
    ("name", "note", "told"),
    [
        ("conv2d-strided-input-gradient", ZERO, True),
        ("rnn-bptt-states", ZERO, False),  # its own note says so
        ("softmax-jacobian", BRACKET, True),
        ("softmax-cross-entropy", BRACKET, False),
        ("rnn-unit-product", BRACKET, False),  # only inside, where the start and the step stand side by side
        ("transposed-conv-filter-gradient", BRACKET, True),
    ],
)
def test_conventions_are_told_where_a_formula_needs_them(name: str, note: str, told: bool) -> None:
    assert (note in view(catalogue()[name]).assumptions) is told


def test_what_is_its_stands_after_its_owner() -> None:
    """A row that speaks of "its" something is explained by the row above, which must be there."""
    lost = []
    for name, d in catalogue().items():
        declared = set(pairwise(s.meaning for s in d.symbols.values()))
        for rows in symbols(d):
            pairs = pairwise(["", *(meaning for _, _, meaning in rows)])
            lost += [
                (name, below) for above, below in pairs if re.match(r"its\b", below) and (above, below) not in declared
            ]
    assert not lost


def test_a_line_says_what_was_put_in() -> None:
    said = [idea.head.sentence for idea in view(catalogue()["batch-norm-input"]).ideas if idea.head.rule == "put in"]
    assert len(said) == len(set(said)) == 3
    assert said[0] == r"Put in $\frac{\partial L}{\partial \mu}$, found above."


def test_every_derivation_that_a_line_starts_from_is_named() -> None:
    said = [cited(x, d) for d in catalogue().values() for x in d.lines]
    meant = [s.meaning for d in catalogue().values() for s in d.symbols.values()]
    assert not [x for x in (*said, *meant) if "derived above" in x or "derived on its own" in x]


def test_a_choice_says_why() -> None:
    text = solution(load(files()["generative/evidence_bound"], "generative/evidence_bound").variant(0), "text")
    assert "The log-evidence is the ELBO plus the gap KL" in text


def test_a_recognised_name_is_always_said() -> None:
    for d in catalogue().values():
        shown = view(d)
        for line in (x for idea in shown.ideas for x in idea.lines if x.rule == "recognise a name"):
            assert line.sentence, (d.name, line.latex)


def test_shapes_call_sizes_as_the_page_does() -> None:
    given = {latex: shape for latex, shape, _ in view(catalogue()["gru-bptt-reset-input-weights"]).given}
    assert given["U^r"] == r"\in \mathbb{R}^{m \times q}"
    assert "q" in given
    assert "n" not in given
