"""Every derivation of the catalogue keeps the promises of `derive.testing`."""

from dataclasses import replace
from itertools import pairwise

import pytest

from derive.derivations.base import Printed
from derive.derivations.catalogue import catalogue
from derive.notation.relation_latex import relation_latex
from derive.testing import derivation_failures
from derive.verify.errata import witness
from derive.verify.worlds import DRAWS, TOLERANCE, line_error, worlds

pytest.importorskip("torch")


@pytest.mark.parametrize("name", catalogue())
def test_a_derivation_keeps_its_promises(name: str) -> None:
    d = catalogue()[name]
    assert derivation_failures(d, draws=DRAWS if d.of is None else 1) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [*catalogue()][::10])
def test_a_derivation_keeps_its_promises_for_more_draws(name: str) -> None:
    assert derivation_failures(catalogue()[name]) == []


@pytest.mark.parametrize("name", catalogue())
def test_its_variants_and_lemmas_are_derivations_too(name: str) -> None:
    derivation = catalogue()[name]
    for lemma in derivation.lemmas:
        assert catalogue()[lemma.name] is lemma, "a lemma is listed by its own name"
    assert all(variant.lines for variant in derivation.variants)


TORCH_REFUSES = {"batch-norm-scale", "batch-norm-shift", "batch-norm-input", "group-norm-scale", "group-norm-input"}
# one sample has no variance
PROGRAMS = {n: d for n, d in catalogue().items() if d.of is not None and d.mode != "iff" and n not in TORCH_REFUSES}


@pytest.mark.parametrize("name", [n for n, d in PROGRAMS.items() if d.dimensions])
def test_it_holds_where_every_dimension_is_one(name: str) -> None:
    d = PROGRAMS[name]
    whole = {n: s for n, s in d.symbols.items() if s.domain not in ("dimension", "continuum")}
    one = {x.name: 0 if x.name == "p" and "p" in whole else 1 for x in d.dimensions}
    (world,) = worlds(replace(d, settings=(one,), boundary=()), "cpu", 1)
    assert max(line_error(line.relation, world, d.mode) for line in d.lines) <= TOLERANCE


@pytest.mark.parametrize("name", [n for n, d in catalogue().items() if d.printed])
def test_a_formula_that_is_said_to_be_printed_wrongly_is_wrong(name: str) -> None:
    derivation = catalogue()[name]
    for printed in derivation.printed:
        found = witness(derivation, printed)
        assert found is not None, f"{name}: what is printed holds at every setting"
        assert found.left != found.right


def test_a_right_formula_has_no_witness() -> None:
    right = catalogue()["softmax-jacobian"]
    assert witness(right, Printed(right.result, "it is right")) is None


def test_no_line_of_the_catalogue_repeats_the_one_it_starts_from() -> None:
    repeats = [(n, x.rule.name) for n, d in catalogue().items() for x in d.lines if x.relation == x.before]
    assert not repeats


def test_no_two_neighbouring_lines_of_a_page_are_the_same_formula() -> None:
    for name, d in catalogue().items():
        shown = [relation_latex(x.relation, d.page) for x in d.lines]
        assert all(a != b for a, b in pairwise(shown)), name
