"""The page of all derivations: ``docs/catalogue.md``, as ``derive list --catalogue`` prints it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from derive.derivations.base import Derivation
from derive.derivations.catalogue import catalogue
from derive.render.filling import rendered
from derive.render.oracles import checked_by
from derive.render.record import evidence, mutants


@dataclass(frozen=True, slots=True)
class Entry:
    """A derivation, as the catalogue shows it: nothing here needs its lines, so the page is made in a second."""

    name: str
    title: str
    statement: str
    form: str
    kind: str
    assumptions: tuple[str, ...]
    source: str
    oracle: str
    evidence: str
    wrong: tuple[tuple[str, str], ...]


def catalogue_page() -> str:
    """The page: by subject, each derivation with what it states, assumes and is checked by."""
    found = catalogue().values()
    stated = [d for d in found if d.kind == "definition"]
    subjects = _by_subject(d for d in found if d.kind != "definition")
    counts = {"derived": 0, "claim": 0, "definition": 0}
    for d in found:
        counts[d.kind] += 1
    return rendered("catalogue.md.j2", {"subjects": subjects, "stated": [_entry(d) for d in stated], "counts": counts})


def _by_subject(found: Iterable[Derivation]) -> list[tuple[str, list[Entry]]]:
    ordered = sorted(found, key=lambda d: d.subject)  # in a subject, the order of the modules
    return [(subject, [_entry(d) for d in chosen]) for subject, chosen in groupby(ordered, lambda d: d.subject)]


def _entry(d: Derivation) -> Entry:
    return Entry(
        d.name,
        d.title,
        d.statement,
        d.form,
        d.kind,
        d.assumptions,
        d.source,
        checked_by(d),
        " ".join(x for x in (evidence(d.name), mutants(d.name)) if x),
        tuple((p.where, p.why) for p in d.printed),
    )
