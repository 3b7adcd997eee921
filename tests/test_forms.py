"""Each derivation's result in the form that a textbook prints, word for word."""

import pytest

from derive.derivations.catalogue import catalogue
from derive.notation.relation_latex import relation_latex
from derive.render.plain import plain

NO_FORM = {"gan-value-concave"}


@pytest.mark.parametrize("name", sorted(set(catalogue()) - NO_FORM))
def test_the_result_has_its_golden_form(name):
    derivation = catalogue()[name]
    assert plain(relation_latex(derivation.result, derivation.page)) == derivation.form


def test_what_only_restates_its_definition_is_not_counted_as_derived():
    short = {n for n, d in catalogue().items() if d.kind == "derived" and len(d.lines) < 2}
    assert short == set(), "mark these kind='definition'"
