"""Every derivation of the catalogue keeps the promises of `derive.testing`."""

import pytest

from derive.derivations.catalogue import catalogue
from derive.testing import derivation_failures

pytest.importorskip("torch")


@pytest.mark.parametrize("name", catalogue())
def test_a_derivation_keeps_its_promises(name: str) -> None:
    assert derivation_failures(catalogue()[name]) == []


@pytest.mark.parametrize("name", catalogue())
def test_its_variants_and_lemmas_are_derivations_too(name: str) -> None:
    derivation = catalogue()[name]
    for lemma in derivation.lemmas:
        assert catalogue()[lemma.name] is lemma, "a lemma is listed by its own name"
    assert all(variant.lines for variant in derivation.variants)
