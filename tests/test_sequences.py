"""Sequences and stacks of letter length: the edges T = 1 and D = 1, and what a program over time reads."""

from dataclasses import replace

import pytest

from derive.calculus.affine import Affine
from derive.calculus.gradient import gradients
from derive.derivations.sequences import over_time, rnn_states
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
