"""``derive list``: the catalogue by subject, its page, and what sources print wrongly."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import derive.verify.errata
from derive.cli import app
from derive.cli.listing import _rows
from derive.derivations import catalogue as found
from derive.derivations.base import Derivation
from derive.render.catalogue import catalogue_page
from derive.render.oracles import checked_by, operators

RUN = CliRunner()
PAGE = Path(__file__).parents[1] / "docs" / "catalogue.md"


def test_the_committed_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == catalogue_page(), "derive list --catalogue -o docs/catalogue.md"


def test_the_page_shows_every_derivation_once(tmp_path):
    target = tmp_path / "page.md"
    assert RUN.invoke(app, ["list", "--catalogue", "-o", str(target)]).exit_code == 0
    shown = [
        x.removeprefix("### `").removesuffix("`") for x in target.read_text("utf-8").split("\n") if x[:4] == "### "
    ]
    assert sorted(shown) == sorted(found.catalogue())


def test_derivations_stand_under_their_subject():
    text = RUN.invoke(app, ["list", "--derivations"]).stdout
    subject, under = "", {}
    for line in text.splitlines():
        if line.startswith("    "):
            under[line.split()[0]] = subject
        elif line.startswith("  "):
            subject = line.strip()
    assert under == {n: d.subject for n, d in found.catalogue().items()}


def test_definitions_are_listed_apart(monkeypatch, capsys):
    one, two = list(found.catalogue().values())[:2]
    mixed = {one.name: replace(one, kind="definition"), two.name: two}
    monkeypatch.setattr(found, "catalogue", lambda: mixed)
    _rows(derivations=True, as_json=False, bank=None)
    first, _, second = capsys.readouterr().out.partition("definitions, restated (1)")
    assert "derivations (1)" in first
    assert two.name in first
    assert one.name not in first
    assert one.name in second


def errata(*more: str) -> list[dict]:
    done = RUN.invoke(app, ["list", "--errata", "--json", *more])
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_printed_error_has_its_reason_and_numbers_that_show_it():
    pytest.importorskip("torch")
    rows = errata()
    assert sorted(r["name"] for r in rows) == sorted(n for n, d in found.catalogue().items() for _ in d.printed)
    for row in rows:
        assert row["why"]
        assert row["source"]
        assert row["formula"] != row["right"]
        left, right = row["witness"]["left"], row["witness"]["right"]
        assert abs(left - right) > 1e-6 * max(1, abs(left), abs(right)), row["name"]
    shown = RUN.invoke(app, ["list", "--errata"])
    assert all(r["why"] in shown.stdout and f"{r['witness']['left']:.6g}" in shown.stdout for r in rows)


def test_a_printed_formula_that_holds_everywhere_exits_with_1(monkeypatch):
    monkeypatch.setattr(derive.verify.errata, "witness", lambda d, p: None)
    done = RUN.invoke(app, ["list", "--errata"])
    assert done.exit_code == 1
    assert "witness: none was found" in done.stdout


def test_two_lists_at_once_are_a_misuse():
    done = RUN.invoke(app, ["list", "--errata", "--derivations"])
    assert done.exit_code == 2
    assert "choose one" in done.stderr


def test_help_names_the_lists():
    text = RUN.invoke(app, ["list", "--help"]).stdout
    assert all(option in text for option in ("--derivations", "--errata", "--catalogue", "--json"))


def _helper(torch, x):
    return torch.optim.SGD(x) and [torch.nn.functional.relu(y) for y in x]


def test_an_oracle_is_told_by_what_it_calls():
    def oracle(torch, x):
        return torch.special.expit(torch.stack([x])).sum()

    assert operators(oracle) == ("special.expit", "stack")
    assert operators(_helper) == ("optim.SGD", "nn.functional.relu")
    assert "`torch.optim`, step by step" in checked_by(found.catalogue()["adam-step"])
    assert "`scaled_dot_product_attention`" in checked_by(found.catalogue()["attention-values"])


def test_every_oracle_is_told():
    assert all(checked_by(d) for d in found.catalogue().values() if isinstance(d, Derivation))
