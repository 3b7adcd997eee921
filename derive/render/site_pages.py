"""The pages of the site, each made from a job that a process of its own can do."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from derive.bank.banks import load
from derive.bank.problem import Variant
from derive.derivations.base import Derivation
from derive.derivations.catalogue import catalogue
from derive.notation.relation_latex import relation_latex
from derive.render.figures import can_plot, illustrated, pictured
from derive.render.filling import templates
from derive.render.html import html_page
from derive.render.plain import plain_text
from derive.render.views import page_view

Links = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
Row = dict[str, Any]
WORDS = 300  # characters of a statement that the search looks through


@dataclass(frozen=True, slots=True)
class Job:
    """A page to be made; ``sources`` and ``content`` are digests, the latter of an earlier build's page."""

    kind: str
    name: str
    file: str
    sources: str
    folders: tuple[Path, ...]
    links: Links = ()
    content: str = ""

    @property
    def path(self) -> str:
        """Where the page goes."""
        return f"{self.kind}s/{self.name}.html"


@dataclass(frozen=True, slots=True)
class Made:
    """A page that was made; no text where it is the one that lies there already. ``row`` is what lists show of it."""

    path: str
    sources: str
    content: str
    text: str | None
    row: Row

    @property
    def record(self) -> dict[str, Any]:
        """What the manifest keeps."""
        return {"sources": self.sources, "content": self.content, "row": self.row}


def made(job: Job) -> Made:
    """A job's page.

    Raises:
        BadProblem: the problem does not work out.
        NotTypeset: a formula is no LaTeX.
    """
    root = "../" * (job.path.count("/"))
    page, row = _problem(job) if job.kind == "problem" else _derivation(job)
    content = _digest(repr(page), _shared(job.folders))
    if content == job.content:
        return Made(job.path, job.sources, content, None, row)
    template = "solution.html.j2" if job.kind == "problem" else "derivation.html.j2"
    text = html_page(template, {"root": root, "length": "full", **page}, job.folders, assets=f"{root}assets/")
    return Made(job.path, job.sources, content, text, row)


def _problem(job: Job) -> tuple[dict[str, Any], Row]:
    variant = load(Path(job.file), job.name).variant(0)
    p = variant.problem
    words = " ".join((*p.topics, plain_text(variant.statement)[:WORDS]))
    row = _row("problem", p.name, p.title, p.name.split("/")[0], words, sorted(_uses(variant)))
    return {"p": illustrated(page_view(variant), variant, plots=can_plot())}, row


def _derivation(job: Job) -> tuple[dict[str, Any], Row]:
    d = catalogue()[job.name]
    row = _row("derivation", d.name, d.title, d.subject, plain_text(d.statement)[:WORDS], [])
    return {"d": pictured(d, plots=can_plot()), "links": job.links}, row | {"stated": d.kind == "definition"}


def _row(kind: str, name: str, title: str, subject: str, words: str, uses: list[str]) -> Row:
    return {
        "kind": kind,
        "name": name,
        "title": title,
        "subject": subject,
        "words": " ".join(words.split()),
        "uses": uses,
        "stated": False,
    }


def _uses(variant: Variant) -> Iterator[str]:
    """The names of the derivations that a problem shows or asks for."""
    parts = (p.answer.derivation for p in variant.parts.values())
    yield from {d.name for d in (*variant.working, *parts) if d is not None}


@cache
def _shared(folders: tuple[Path, ...]) -> str:
    """A digest of the templates."""
    found = templates(folders)
    loader = found.loader
    names = [n for n in (loader.list_templates() if loader else ()) if n.endswith(".html.j2")]
    return _digest(*(loader.get_source(found, n)[0] for n in names if loader))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def contents(rows: Sequence[Row]) -> list[tuple[str, dict[str, Any]]]:
    """The front page and the index of subjects: name → what goes into its template."""
    kinds = [("Problems", "problem"), ("Derivations", "derivation")]
    grouped = [(heading, _by_subject([r for r in rows if r["kind"] == kind])) for heading, kind in kinds]
    counts = {kind: sum(r["kind"] == kind for r in rows) for _, kind in kinds}
    return [("index", {"groups": grouped, "counts": counts}), ("subjects", {"groups": grouped})]


def _by_subject(rows: Sequence[Row]) -> list[tuple[str, str, list[Row]]]:
    """Anchor, subject and its rows, in order of titles."""
    ordered = sorted(rows, key=lambda r: (r["subject"], r["title"], r["name"]))
    groups = groupby(ordered, lambda r: (r["kind"], r["subject"]))
    return [(f"{k}-{re.sub(r'[^a-z0-9]+', '-', s.lower())}", s, list(found)) for (k, s), found in groups]


def errata(found: Iterable[Derivation]) -> dict[str, Any]:
    """What sources print wrongly, with what is derived."""
    rows = [
        {
            "path": f"derivations/{d.name}.html",
            "title": d.title,
            "source": d.source,
            "where": p.where,
            "printed": relation_latex(p.relation, d.page),
            "why": p.why,
            "right": relation_latex(d.result, d.page),
        }
        for d in found
        for p in d.printed
    ]
    return {"rows": rows}


def search_index(rows: Sequence[Mapping[str, Any]]) -> str:
    """A script that holds what the search looks through; a page opened from disk may load no JSON."""
    keys = ("title", "path", "kind", "subject", "name", "words")
    listed = [[str(r[k]) for k in keys] for r in rows]
    return f"const PAGES = {json.dumps(listed, ensure_ascii=False).replace('</', '<' + chr(92) + '/')};\n"
