"""What became of a derivation's mutants: a report for people and a record for programs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from derive.notation.index_text import relation_text

if TYPE_CHECKING:
    from derive.verify.mutate import Mutant, Toll


def mutant_report(name: str, toll: Toll) -> str:
    """A line of counts, then every survivor, and every equivalent mutant with its reason."""
    sign = "FAIL" if toll.alive else "ok  "
    lines = [f"{sign} {name:<28} {toll.killed}/{toll.mutants} mutants killed, {toll.equivalent} equivalent"]
    lines += [f"     survives: {m}: {relation_text(m.relation)}" for m in toll.alive]
    reasons = Counter(reason for _, reason in toll.excused)
    lines += [f"     {n} equivalent: {reason}" for reason, n in reasons.most_common()]
    return "\n".join(lines)


def mutant_record(name: str, toll: Toll) -> dict[str, Any]:
    """Counts, whole and by kind, with survivors and equivalent mutants spelt out."""
    spared = Counter(m.kind for m in (*toll.alive, *(m for m, _ in toll.excused)))
    return {
        "derivation": name,
        "ok": not toll.alive,
        "mutants": toll.mutants,
        "killed": toll.killed,
        "equivalent": toll.equivalent,
        "kinds": {kind: {"mutants": n, "killed": n - spared[kind]} for kind, n in sorted(toll.kinds.items())},
        "survivors": [_spelt(m) for m in toll.alive],
        "excused": [{**_spelt(m), "reason": reason} for m, reason in toll.excused],
    }


def _spelt(mutant: Mutant) -> dict[str, Any]:
    return {
        "line": mutant.line,
        "rule": mutant.rule,
        "kind": mutant.kind,
        "place": mutant.place,
        "text": relation_text(mutant.relation),
    }
