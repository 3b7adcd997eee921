"""A recurrence on a page: its start and its step, which together say what the program's one line says."""

import pytest

from derive.calculus.affine import Affine
from derive.calculus.expr import multiply
from derive.calculus.substitute import bracket, guard, subs
from derive.calculus.trace import Relation
from derive.derivations.catalogue import catalogue
from derive.render.plain import plain
from derive.render.recurrences import start_and_step
from derive.render.views import view


def test_recurrences_are_printed_as_books_write_them():
    shown = [(plain(x.latex), plain(x.ranges)) for x in view(catalogue()["lstm-bptt-state"]).definitions]
    assert ("c_{0,j} = c^{(0)}_j, c_{t,j} = f_{t,j} c_{t-1,j} + i_{t,j} g_{t,j}", "") in shown
    assert ("h_{0,j} = h^{(0)}_j, h_{t,j} = o_{t,j} ĉ_{t,j}", "1 ≤ t ≤ T") in shown


@pytest.mark.parametrize("name", ["deep-mlp-errors", "gru-bptt-state", "lstm-bptt-state", "output-feedback"])
def test_start_and_step_put_together_are_the_definition(name):
    found = [(x.relation, *start_and_step(x.relation)) for x in catalogue()[name].lines if x.rule.name == "definition"]
    apart = [both for both in found if len(both) == 3]
    assert apart
    for whole, start, step in apart:
        assert _together(whole, start, step) == whole.result


def _together(whole: Relation, start: Relation, step: Relation):
    (axis,) = (b for b in whole.frame if b not in start.frame)
    here = Affine.of(axis.letter) - axis.low
    back = subs(step.result, {axis.letter: Affine.of(axis.letter) - 1})
    return multiply((bracket(here), start.result)) + multiply((guard(here - 1), back))


@pytest.mark.parametrize("name", ["bidirectional-backward-states", "masked-rnn-errors", "causal-attention-scores"])
def test_other_conditions_stay_in_their_line(name):
    assert all(start_and_step(x.relation) == (x.relation,) for x in catalogue()[name].lines)
