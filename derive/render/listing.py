"""Listings and reports: what the command line prints, as rows and as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from derive.derivations.base import Derivation
from derive.notation.relation_latex import relation_latex
from derive.render.plain import plain, plain_text
from derive.render.record import record

if TYPE_CHECKING:
    from derive.bank.problem import Problem


def problem_row(problem: Problem) -> dict[str, Any]:
    """One line of ``derive list --json``."""
    return {
        "name": problem.name,
        "kind": "problem",
        "title": problem.title,
        "subject": problem.name.split("/")[0],
        "topics": list(problem.topics),
        "source": problem.source or None,
        "marks": problem.marks,
    }


def derivation_row(d: Derivation) -> dict[str, Any]:
    """One line of ``derive list --json``."""
    return {
        "name": d.name,
        "kind": "derivation",
        "title": d.title,
        "subject": d.subject,
        "topics": [],
        "source": d.source or None,
        "marks": None,
    }


def shown(d: Derivation) -> dict[str, Any]:
    """A derivation as ``derive show --json`` prints it."""
    latex = [relation_latex(line.relation, d.page) for line in d.lines]
    before = [None if line.before is None else relation_latex(line.before, d.page) for line in d.lines]
    checks = record().get(d.name)
    steps = [
        {
            "rule": line.rule.name,
            "sentence": line.rule.sentence,
            "condition": line.rule.condition or None,
            "before": old,
            "after": new,
            "checks": checks,
        }
        for line, old, new in zip(d.lines, before, latex, strict=True)
    ]
    result = {"text": plain(latex[-1]), "latex": latex[-1]}
    return {
        "name": d.name,
        "statement": d.statement,
        "assumptions": list(d.assumptions),
        "result": result,
        "steps": steps,
    }


def report(result: Mapping[str, Any]) -> str:
    """A result for a terminal."""
    lines = []
    for name, part in result["parts"].items():
        marks = "waiting" if part["marks"] is None else f"{part['marks']}/{part['out_of']}"
        lines.append(f"({name}) {part['verdict']}, {marks}: {plain_text(part['feedback'])}")
        if part["reading"]:
            lines.append(f"    we read your answer as {part['reading']}")
    total = "waiting for a person" if result["marks"] is None else f"{result['marks']} of {result['out_of']}"
    return "\n".join([*lines, f"marks: {total}"]) + "\n"
