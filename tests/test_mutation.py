"""Mutation from the trace: wrong lines are generated with the rule they break, and the checks find them out."""

import json
from collections import Counter
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.expr import apply, entry, expr, total
from derive.calculus.substitute import bracket
from derive.cli import app
from derive.derivations.catalogue import catalogue
from derive.verify.check import verify
from derive.verify.edits import edits
from derive.verify.mutate import ENOUGH, REASONS, ZEROS, Toll, mutants, survey, tightened, toll
from derive.verify.worlds import worlds

pytest.importorskip("torch")
KINDS = {"sign", "coefficient", "exponent", "dropped term", "dropped factor", "dropped slope", "dropped guard",
         "shifted index", "another index", "transposed", "slope", "range", "condition"}  # fmt: skip
PARTS = 6
SAMPLE = ("conv1d-input-gradient", "mlp-hidden-weights", "softmax-jacobian", "log-det-gradient", "jump", "kernel-range")


def test_every_kind_of_edit() -> None:
    i, j, n = Affine.of("i"), Affine.of("j"), Affine.of("n")
    frame = (Bound(Letter("i"), Affine.of(0), n), Bound(Letter("k"), Affine.of(0), n))
    slope = apply("tanh", entry("z", i), order=1)
    inner = total(entry("W", i, j) * bracket(i - j), Bound(Letter("j"), Affine.of(0), n))
    value = slope * inner * apply("exp", entry("x", i) + entry("y", i)) + entry("b", i)
    found = list(edits(value, frame))
    assert {e.kind for e in found} == KINDS
    assert all(e.value != value for e in found)
    assert any(e.place == "y[i]" and e.kind == "dropped term" for e in found), "inside the argument too"


def test_a_mutant_knows_its_line_and_the_rule_that_it_breaks() -> None:
    d = catalogue()["mlp-hidden-weights"]
    for number, line in enumerate(d.lines, 1):
        made = list(mutants(line, number))
        assert {(m.line, m.rule) for m in made} == {(number, line.rule.name)}
        assert len({m.relation for m in made} | {line.relation}) == len(made) + 1


@pytest.mark.parametrize("name", SAMPLE)
def test_no_wrong_line_survives(name: str) -> None:
    toll = survey(catalogue()[name], "cpu", sample=12)
    assert not toll.alive
    assert toll.killed >= 0.7 * toll.mutants


def test_a_check_at_one_size_lets_wrong_lines_live() -> None:
    """The checks are what kills: with every dimension 1, transposed and shifted indices pass."""
    d = catalogue()["affine-batch-weights"]
    assert not survey(d, "cpu").alive
    alone = replace(d, settings=({n.name: 1 for n in d.dimensions},) * 3)
    assert {m.kind for m in survey(alone, "cpu").alive} >= {"transposed"}


def test_an_oracle_of_one_point_alone_lets_wrong_functions_live() -> None:
    d = catalogue()["composition-jacobian"]
    assert not survey(d, "cpu").alive
    alone = survey(replace(d, elsewhere=None), "cpu")
    assert {m.line for m in alone.alive} == set(d.general)


def test_a_general_line_must_hold_elsewhere_too() -> None:
    d = catalogue()["composition-jacobian"]
    found = verify(replace(d, general=(4, 6)), "cpu").failures
    assert [f.line for f in found] == [4]


def test_an_equivalent_mutant_has_a_reason() -> None:
    toll = survey(catalogue()["jump"], "cpu")
    assert {reason for _, reason in toll.excused} == {REASONS["jump", "J[0]"]}
    symmetric = survey(catalogue()["quadratic-gradient"], "cpu")
    assert {m.kind for m, _ in symmetric.excused} >= {"transposed"}, "the matrix is symmetric"


def test_reasons_speak_of_places_that_are_there() -> None:
    for name, place in REASONS:
        derivation = catalogue()[name]
        lines = enumerate([*derivation.lines, *([tightened(derivation)] if derivation.equality else [])], 1)
        assert place in {m.place for number, line in lines for m in mutants(line, number)}


def test_the_report() -> None:
    run = CliRunner().invoke(app, ["verify", "jump", "--mutants", "--device", "cpu"])
    assert run.exit_code == 0, run.output
    assert "31/33 mutants killed, 2 equivalent" in run.output
    assert "J[0] is 1" in run.output
    row = json.loads(CliRunner().invoke(app, ["verify", "jump", "--mutants", "--json"]).stdout)
    assert (row["mutants"], row["killed"], row["equivalent"], row["survivors"]) == (33, 31, 2, [])
    assert sum(k["mutants"] for k in row["kinds"].values()) == 33
    assert {(m["line"], m["kind"]) for m in row["excused"]} == {(2, "dropped factor"), (2, "exponent")}


def test_the_report_lists_survivors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.verify.mutate.REASONS", {})
    run = CliRunner().invoke(app, ["verify", "jump", "--mutants", "--device", "cpu"])
    assert run.exit_code == 1
    assert "survives: line 2 (unroll the recurrence): dropped factor at J[0]" in run.output


def test_where_the_result_has_few_mutants_the_lines_before_it_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    d = catalogue()["affine-bias"]
    assert verify(d, "cpu").mutants >= ENOUGH
    monkeypatch.setattr("derive.verify.mutate.ENOUGH", 0)
    assert verify(d, "cpu").mutants < ENOUGH


def test_a_bound_is_tried_where_it_is_attained(monkeypatch: pytest.MonkeyPatch) -> None:
    d = catalogue()["operator-norm-product"]
    monkeypatch.setattr("derive.verify.mutate.ENOUGH", 0)
    assert verify(d, "cpu").killed > verify(replace(d, equality=None), "cpu").killed


def test_on_a_line_of_zeros_an_edit_that_leaves_zero_proves_nothing_wrong() -> None:
    d = catalogue()["pl-linear-rate"]
    found = toll(d, list(worlds(d, "cpu", 3)), "cpu")
    assert not found.alive
    assert ZEROS in {reason for _, reason in found.excused}
    assert found.killed
    assert survey(d, "cpu").alive


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_ninety_nine_of_a_hundred_wrong_lines_are_found_out(part: int) -> None:
    """Every line of every derivation with up to 6 of its mutants, 3 where there are many lines, chosen with a fixed seed."""
    mine = list(catalogue().items())[part::PARTS]
    tolls: dict[str, Toll] = {name: survey(d, "cpu", sample=6 if len(d.lines) < 20 else 3) for name, d in mine}
    wrong = sum(t.mutants - t.equivalent for t in tolls.values())
    alive = {f"{name}: {m}" for name, t in tolls.items() for m in t.alive}
    assert wrong > 12_000 / PARTS
    assert len(alive) <= 0.01 * wrong, alive
    assert sum((Counter(t.kinds) for t in tolls.values()), Counter()).keys() >= KINDS


def test_zero_is_no_mutant_of_zero() -> None:
    assert not list(edits(expr(0)))
