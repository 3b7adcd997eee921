"""Listings and reports: what the command line prints, as rows and as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from derive.derivations.base import Derivation, Printed
from derive.notation.relation_latex import relation_latex
from derive.render.plain import plain, plain_text
from derive.render.record import of_lines

if TYPE_CHECKING:
    from derive.bank.problem import Problem
    from derive.verify.errata import Witness


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


def erratum_row(d: Derivation, p: Printed, found: Witness | None) -> dict[str, Any]:
    """One line of ``derive list --errata --json``; the entry of the witness counts from 0."""
    return {
        "name": d.name,
        "kind": "erratum",
        "title": d.title,
        "source": d.source or None,
        "printed": p.where,
        "formula": plain(relation_latex(p.relation, d.page)),
        "why": p.why,
        "right": d.form or plain(relation_latex(d.result, d.page)),
        "witness": found
        and {"sizes": dict(found.sizes), "entry": list(found.place), "left": found.left, "right": found.right},
    }


def erratum_text(row: Mapping[str, Any]) -> str:
    """A row of ``derive list --errata`` for a terminal."""
    printed = row["printed"] or row["formula"]
    lines = [f"{row['name']}  {row['title']}", f"  source:  {row['source']}", f"  printed: {printed}"]
    lines += [f"  checked: {row['formula']}"] if printed != row["formula"] else []
    shown = row["witness"]
    numbers = "none was found" if shown is None else _numbers(shown)
    return "\n".join([*lines, f"  wrong:   {row['why']}", f"  derived: {row['right']}", f"  witness: {numbers}", ""])


def _numbers(found: Mapping[str, Any]) -> str:
    sizes = ", ".join(f"{n} = {v}" for n, v in found["sizes"].items())
    place = f"entry {found['entry']}" if found["entry"] else ""
    where = "; ".join(x for x in (sizes, place) if x)
    values = f"{found['left']:.6g} on the left, {found['right']:.6g} on the right"
    return f"{where}: {values}" if where else values


def shown(d: Derivation) -> dict[str, Any]:
    """A derivation as ``derive show --json`` prints it."""
    latex = [relation_latex(line.relation, d.page) for line in d.lines]
    before = [None if line.before is None else relation_latex(line.before, d.page) for line in d.lines]
    steps = [
        {
            "rule": line.rule.name,
            "sentence": line.rule.sentence,
            "condition": line.rule.condition or None,
            "before": old,
            "after": new,
            "checks": checks,
        }
        for line, old, new, checks in zip(d.lines, before, latex, of_lines(d), strict=True)
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
        lines += [f"    hint: {plain_text(hint)}" for hint in part.get("hints", ())]
        if "solution" in part:
            lines.append(f"    solution: {part['solution']}")
    total = "waiting for a person" if result["marks"] is None else f"{result['marks']} of {result['out_of']}"
    fresh = [f"another variant: --seed {result['fresh_seed']}"] if "fresh_seed" in result else []
    return "\n".join([*lines, f"marks: {total}", *fresh]) + "\n"
