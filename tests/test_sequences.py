"""Sequences and stacks of letter length: the edges T = 1 and D = 1, and what a program over time reads."""

from dataclasses import replace

import pytest

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.expr import entry
from derive.calculus.gradient import gradients
from derive.calculus.program import Definition
from derive.calculus.rules import DoesNotApply
from derive.calculus.rules_names import by_induction
from derive.calculus.trace import Relation
from derive.derivations.cells import stacked
from derive.derivations.conv_general import grouped_input
from derive.derivations.sequences import layer, over_time, rnn_states
from derive.derivations.sequences_lstm import lstm_forget_weights
from derive.notation.index_language import expression
from derive.verify.check import verify

pytest.importorskip("torch")


def test_the_edge_is_checked_too():
    def wrong_at_one_step(torch, h):
        return h[1:] + (len(h) == 2)

    wrong = replace(rnn_states, truth={**rnn_states.truth, "y": wrong_at_one_step})
    assert verify(replace(wrong, boundary=()), "cpu").ok
    report = verify(wrong, "cpu")
    assert not report.ok
    assert report.failures[0].sizes["T"] == 1


def test_a_state_has_a_place_more_than_its_steps():
    found = over_time("h[t] := [t = 0]*s + [t >= 1]*w*h[t-1]\ny := h[T]", {"h": "T+1", "s": "", "w": "", "y": ""})
    assert [d.letters for d in found.definitions][1] == ()
    assert found.definitions[0].letters[0].high == Affine.of("T") + 1
    assert gradients(found, ["s"]).adjoints["s"].result.terms


T = Bound(Letter("t"), Affine.of(0), Affine.of("T"))


def line(name: str, body: str) -> Relation:
    return Relation((entry(name, "t"), expression(body, frame=(T,))), frame=(T,))


def test_equal_recurrences_from_equal_starts_are_one_array():
    product = Definition("q", (T,), expression("[t = 0] + x[t]*q[t-1]", frame=(T,)))
    rule = by_induction(product, "They are one.")
    assert rule.apply(line("p", "p[t-1]*x[t] + [t = 0]")).result == entry("q", "t")
    for other in ("[t = 0] + x[t]*p[t+1]", "[t = 0] + x[t]*p[t]", "2*[t = 0] + x[t]*p[t-1]", "[t = 0] + p[t-1]"):
        with pytest.raises(DoesNotApply):
            rule.apply(line("p", other))


def test_an_array_read_ahead_is_not_settled_by_induction():
    ahead = Definition("q", (T,), expression("q[t+1]", frame=(T,)))
    with pytest.raises(DoesNotApply, match="earlier"):
        by_induction(ahead, "No start decides them.").apply(line("p", "p[t+1]"))


@pytest.mark.parametrize("order", ["fugo", "ufog"])
def test_torchs_own_layer_with_gates_exchanged_is_found_out(order):
    def exchanged(torch, x, s, c0, **arrays):
        return layer(torch, "LSTM", stacked(torch, order, arrays), x, (s[None], c0[None]))

    assert not verify(replace(lstm_forget_weights, whole=exchanged), "cpu", draws=1).ok


def test_a_convolution_with_a_flipped_filter_is_found_out():
    def flipped(torch, X, F, s, p, r):  # noqa: N803
        return grouped_input.truth(torch, X, F.flip(-1), s, p, r)

    assert not verify(replace(grouped_input, truth=flipped), "cpu", draws=1).ok
