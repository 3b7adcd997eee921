"""The static site: every page and link is there, nothing comes from elsewhere, and only what changed is made again."""

import html
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from derive.bank.banks import content
from derive.cli import app
from derive.derivations.catalogue import catalogue
from derive.render.site import build
from derive.render.site_pages import errata

ONLY = ("softmax-jacobian", "softmax-cross-entropy", "adam-step", "adam-average", "losses/softmax_cross_entropy")


def pages(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build(folder, only=ONLY)
    return folder


def test_every_link_leads_somewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for target in map(html.unescape, re.findall(r'(?:href|src)="([^"]+)"', text)):
            path, _, anchor = target.partition("#")
            there = (page.parent / path).resolve() if path else page
            assert there.is_file(), (page, target)
            assert there.is_relative_to(site.resolve())
            assert not anchor or f'id="{anchor}"' in there.read_text(encoding="utf-8"), (page, target)
        assert not re.findall(r"https?://(?!www\.w3\.org/)", text)
    styles = (site / "assets/page.css").read_text(encoding="utf-8")
    for font in re.findall(r"url\(([^)]+)\)", styles):
        assert (site / "assets" / font).is_file()


def test_pages_are_linked_with_one_another(site: Path) -> None:
    problem = (site / "problems/losses/softmax_cross_entropy.html").read_text(encoding="utf-8")
    derivation = (site / "derivations/softmax-jacobian.html").read_text(encoding="utf-8")
    assert 'href="../../derivations/softmax-jacobian.html"' in problem
    assert 'href="../problems/losses/softmax_cross_entropy.html"' in derivation
    assert '<link rel="stylesheet" href="../assets/page.css">' in derivation
    subjects = (site / "subjects.html").read_text(encoding="utf-8")
    assert all(catalogue()[n].title in html.unescape(subjects) for n in ONLY[:4])


def test_the_search_index_holds_every_page(site: Path) -> None:
    text = (site / "assets/index.js").read_text(encoding="utf-8")
    rows = json.loads(text.removeprefix("const PAGES = ").removesuffix(";\n"))
    assert len(rows) == len(ONLY)
    assert all((site / path).is_file() for _, path, *_ in rows)


def test_a_second_run_makes_nothing(site: Path) -> None:
    before = pages(site)
    again = build(site, only=ONLY)
    assert (again.pages, again.typeset, again.removed) == (len(ONLY), 0, 0)
    assert pages(site) == before


def test_only_what_changed_is_made_again(tmp_path: Path) -> None:
    bank, out = tmp_path / "problems", tmp_path / "site"
    bank.mkdir()
    text = 'from derive import Choice, Part, Problem\nproblem = Problem(title="{t}", statement="$x$", parts={{"a": ' \
        'Part(ask="?", answer=Choice("a", "b"))}})\n'  # fmt: skip
    for name in "ab":
        (bank / f"{name}.py").write_text(text.format(t=name), encoding="utf-8")
    only = ("a", "b", "adam-step")
    assert build(out, [bank], only=only).typeset == 3
    (bank / "a.py").write_text(text.format(t="new"), encoding="utf-8")
    assert build(out, [bank], only=only).typeset == 1
    (bank / "b.py").write_text("# a comment changes no page\n" + text.format(t="b"), encoding="utf-8")
    assert build(out, [bank], only=only).typeset == 0
    (out / "problems/a.html").unlink()
    assert build(out, [bank], only=only).typeset == 1
    (bank / "b.py").unlink()
    gone = build(out, [bank], only=only)
    assert (gone.pages, gone.removed) == (2, 1)
    assert not (out / "problems/b.html").exists()
    own = tmp_path / "own"
    own.mkdir()
    shipped = (content("templates") / "page.html.j2").read_text(encoding="utf-8")
    (own / "page.html.j2").write_text(shipped.replace("</main>", "</main>ours"), encoding="utf-8")
    assert build(out, [bank], [own], only=only).typeset == 2
    (out / "manifest.json").write_text("{", encoding="utf-8")
    assert build(out, [bank], [own], only=only).typeset == 2


@pytest.mark.slow
def test_processes_make_the_same_bytes(site: Path, tmp_path: Path) -> None:
    more = (*ONLY, "elbo-bound", "adam-bias", "gru-bptt-reset-input-weights")
    build(tmp_path / "one", only=more, workers=1)
    build(tmp_path / "two", only=more, workers=2)
    assert pages(tmp_path / "one") == pages(tmp_path / "two")


def test_errata_say_what_is_printed_and_what_is_right(site: Path) -> None:
    rows = errata(catalogue().values())["rows"]
    assert len(rows) > 10
    assert all(r["printed"] != r["right"] and r["why"] for r in rows)
    assert "What sources print wrongly" in (site / "errata.html").read_text(encoding="utf-8")


def test_the_command_says_what_it_made(tmp_path: Path) -> None:
    out = tmp_path / "site"
    found = CliRunner().invoke(app, ["site", "-o", str(out), "--only", "adam-step", "--only", "losses/delta_rule"])
    assert found.exit_code == 0, found.output
    assert found.stdout == f"{out}: 2 pages, 2 made now.\n"
