"""The catalogue and the bank as a static site: a page each, contents with a search, subjects, errata; no server, no network.

``manifest.json`` keeps digests of what pages are made from: a page whose sources are unchanged is not looked at, and one whose
content is unchanged is not typeset.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from derive.bank.banks import content, files
from derive.derivations.base import Derivation
from derive.derivations.catalogue import catalogue
from derive.render import katex
from derive.render.filling import source_of
from derive.render.html import html_page
from derive.render.site_pages import Job, Made, contents, errata, made, search_index
from derive.render.stream import progress

MANIFEST = "manifest.json"
PACKAGE = Path(__file__).parents[1]
FEW = 6  # pages that are not worth starting processes for


@dataclass(frozen=True, slots=True)
class Built:
    """How many pages there are, how many were made now, how many of an earlier build were removed."""

    pages: int
    typeset: int
    removed: int


def build(
    folder: Path, banks: Sequence[Path] = (), folders: Sequence[Path] = (), workers: int = 1, only: Sequence[str] = ()
) -> Built:
    """Write the site.

    Args:
        folder: where it goes.
        banks: folders of problems, in place of the shipped bank.
        folders: templates of one's own, which come before the shipped ones.
        workers: processes that typeset at the same time.
        only: names of derivations and problems, in place of all.

    Raises:
        EmptyBank: there is no problem.
        BadProblem: a problem does not work out.
        NotTypeset: a formula is no LaTeX.
        OSError: a file cannot be written.
    """
    before = _manifest(folder)
    shared = _digest(*_sources(folders))
    chosen = {n: d for n, d in catalogue().items() if not only or n in only}
    problems = {n: p for n, p in files(banks).items() if not only or n in only}
    near = _digest(
        *(p.read_bytes() for b in sorted({p.parent for p in problems.values()}) for p in sorted(b.glob("_*.py")))
    )
    asked = [
        Job("problem", n, str(p), _digest(shared, near, p.read_bytes()), tuple(folders)) for n, p in problems.items()
    ]
    found = _made(asked, before, folder, workers, "problems")
    asked = [_derivation(d, shared, found, chosen, folders) for d in chosen.values()]
    found |= _made(asked, before, folder, workers, "derivations")
    _write_others(folder, found, chosen, folders)
    stale = [p for p in before if p not in found and (folder / p).is_file()]
    for path in stale:
        (folder / path).unlink()
    kept = {path: m.record for path, m in sorted(found.items())}
    _write(folder / MANIFEST, json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    return Built(len(found), sum(m.text is not None for m in found.values()), len(stale))


def _derivation(
    d: Derivation, shared: str, found: Mapping[str, Made], chosen: Iterable[str], folders: Sequence[Path]
) -> Job:
    """The page of a derivation with the links that lead from it: what it builds on, and the problems that ask for it."""
    lemmas = tuple((f"{x.name}.html", x.title) for x in d.lemmas if x.name in chosen)
    used = tuple((f"../{path}", m.row["title"]) for path, m in sorted(found.items()) if d.name in m.row["uses"])
    links = (("Builds on", lemmas), ("Problems that use it", used))
    return Job("derivation", d.name, "", _digest(shared, repr(links)), tuple(folders), links)


def _made(jobs: Sequence[Job], before: Mapping[str, Any], folder: Path, workers: int, what: str) -> dict[str, Made]:
    """Path → page; those whose sources are unchanged as the manifest has them."""
    found: dict[str, Made] = {}
    todo: list[Job] = []
    for job in jobs:
        record = before.get(job.path) if (folder / job.path).is_file() else None
        if record and record["sources"] == job.sources:
            found[job.path] = Made(job.path, job.sources, record["content"], None, record["row"])
        else:
            todo.append(replace(job, content=record["content"] if record else ""))
    for page in progress(_run(todo, workers), len(todo), what):
        found[page.path] = page
        if page.text is not None:
            _write(folder / page.path, page.text)
    return dict(sorted(found.items()))


def _run(jobs: Sequence[Job], workers: int) -> Iterable[Made]:
    if workers < 2 or len(jobs) < FEW:
        yield from map(made, jobs)
        return
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        yield from pool.map(made, jobs, chunksize=max(1, min(8, len(jobs) // (4 * workers))))


def _write_others(
    folder: Path, found: Mapping[str, Made], chosen: Mapping[str, Derivation], folders: Sequence[Path]
) -> None:
    """Contents, subjects, errata, and what all pages share."""
    rows = [m.row | {"path": path} for path, m in found.items()]
    for name, page in (*contents(rows), ("errata", errata(chosen.values()))):
        text = html_page(f"site_{name}.html.j2", {"root": "./", **page}, folders, assets="assets/")
        _write(folder / f"{name}.html", text)
    styles = f"{katex.faces(katex.every_font(), 'fonts/')}\n{katex.rules()}\n{source_of('page.css', folders)}"
    _write(folder / "assets" / "page.css", styles)
    _write(folder / "assets" / "search.js", source_of("search.js", folders))
    _write(folder / "assets" / "index.js", search_index(rows))
    _write(folder / ".nojekyll", "")
    fonts = folder / "assets" / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    for source in (*sorted((katex.folder() / "fonts").glob("*.woff2")), katex.folder() / "LICENSE"):
        shutil.copyfile(source, fonts / source.name)


def _manifest(folder: Path) -> dict[str, Any]:
    """What an earlier build left; nothing where there was none, or where it cannot be read."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _sources(folders: Sequence[Path]) -> Iterable[bytes]:
    """Everything that every page is made from: the package, the templates, the record of the checks."""
    for root, pattern in ((PACKAGE, "*.py"), *((f, "*") for f in (*folders, content("templates")))):
        for path in sorted(
            p for p in root.rglob(pattern) if p.is_file() and "content" not in p.relative_to(root).parts
        ):
            yield path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes()
    checks = content("solutions") / "checks.json"
    yield checks.read_bytes() if checks.is_file() else b""


def _digest(*parts: str | bytes) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(hashlib.sha256(part.encode() if isinstance(part, str) else part).digest())
    return found.hexdigest()[:24]


def _write(path: Path, text: str) -> None:
    """A file that appears whole, and is left alone where it holds this already."""
    data = text.encode("utf-8")
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(data)
    partial.replace(path)
