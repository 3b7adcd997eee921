"""``derive review``, ``derive decide`` and ``derive regrade``: a person's part, and changing one's mind."""

from __future__ import annotations

import getpass
import json
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from derive.cli.common import AsJson, Bank, app, fail, say
from derive.cli.course_grade import (
    Attempts,
    Audience,
    DecisionFile,
    Jobs,
    OfAssignment,
    course_of,
    decisions_beside,
    faults_said,
    policy_of,
)

if TYPE_CHECKING:
    from derive.course.decisions import Decision, Decisions
    from derive.course.groups import Group

Results = Annotated[Path, typer.Argument(help="Results, as derive grade writes them.")]
SHOWN = 5


@app.command()
def review(
    results: Results,
    as_json: AsJson = False,
    decisions: DecisionFile = None,
    bank: Bank = None,
) -> None:
    """Show the answers that wait for a person, those that say the same together."""
    from derive.course.groups import counted

    lost: list[str] = []
    found, made = _groups(results, decisions, bank, lost)
    for group in found:
        say(json.dumps(group.record, ensure_ascii=False) if as_json else _told(group))
    if as_json:
        return
    for fault in lost + made.faults + made.unused():
        say(fault)
    if found:
        said = f"{counted(len(found), 'group')}, {counted(sum(len(g.ids) for g in found), 'answer')}"
        say(f"{said}: derive decide {results} GROUP --marks N --words TEXT")
    else:
        say("Nothing waits.")


def _groups(
    results: Path,
    decisions: Path | None,
    bank: list[Path] | None,
    lost: list[str] | None = None,
    decided: bool = False,
) -> tuple[list[Group], Decisions]:
    """The groups that wait, and the decisions; what could not be placed is told to ``lost``."""
    from derive.bank.banks import EmptyBank
    from derive.bank.problem import BadProblem
    from derive.course.batch import results_of
    from derive.course.decisions import Decisions
    from derive.course.groups import grouped
    from derive.course.shelf import Shelf

    made = Decisions() if decided else Decisions.read(decisions_beside(results, decisions))
    try:
        with results.open("rb") as lines:
            rows = (_decided(r, n, made, [] if lost is None else lost) for n, r in enumerate(results_of(lines), 1))
            return grouped(rows, Shelf(bank or ())), made
    except (EmptyBank, BadProblem) as error:
        raise fail(str(error)) from error


def _decided(row: dict[str, Any], number: int, made: Decisions, lost: list[str]) -> dict[str, Any]:
    from derive.course.groups import visible

    if row.get("parts"):
        return made.applied(row)
    who = f" ({row['id']})" if row.get("id") is not None else ""
    lost.append(visible(f"Line {number}{who} is not graded: {row.get('message', 'it is no result.')}"))
    return row


def _told(group: Group) -> str:
    from derive.course.groups import counted, shown_answer

    head = f"{group.id}  {group.problem} ({group.part}), {counted(group.out_of, 'mark')}, {counted(len(group.ids), 'answer')}"
    shown = [f"    {len(like.ids)} × {like.text or shown_answer(str(like.answer))}" for like in group.likes[:SHOWN]]
    more = [f"    … and {len(group.likes) - SHOWN} other wordings"] if len(group.likes) > SHOWN else []
    whose = ", ".join(map(str, group.ids[:SHOWN])) + (", …" if len(group.ids) > SHOWN else "")
    return "\n".join([head, f"    asked: {group.asked}", f"    {group.why}", *shown, *more, f"    from {whose}"])


@app.command()
def decide(
    results: Results,
    group: Annotated[str | None, typer.Argument(help="A group, by the id that derive review shows.")] = None,
    identity: Annotated[str | None, typer.Option("--id", help="One submission, by its id.")] = None,
    problem: Annotated[str | None, typer.Option("--problem", help="With --id, where it has several.")] = None,
    part: Annotated[str | None, typer.Option("--part", help="With --id: which part.")] = None,
    marks: Annotated[float | None, typer.Option("--marks", help="What it earns.")] = None,
    words: Annotated[str, typer.Option("--words", help="What the student reads.")] = "",
    who: Annotated[str, typer.Option("--who", help="Who decides; you by default.")] = "",
    why: Annotated[str, typer.Option("--why", help="A reason, for staff.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="In place of an earlier decision.")] = False,
    decisions: DecisionFile = None,
    bank: Bank = None,
) -> None:
    """Decide about answers that wait; without a group on a terminal, about one group after another.

    Decisions go to decisions.jsonl beside the results, survive reruns, and count in derive grade, regrade and report.
    """
    if (group is None) == (identity is None):
        if group is not None or marks is not None or not sys.stdin.isatty():
            raise fail("name a group (derive review shows them) or --id with --part, and --marks.")
        return _one_after_another(results, decisions, bank, who or _user())
    if marks is None:
        raise fail("say what it earns: --marks N.")
    found = (
        _of_group(results, group, decisions, bank, replace) if group else _of_student(results, identity, problem, part)
    )
    target, out_of = found
    kept = _kept(results, decisions, {**target, "marks": marks, "who": who or _user(), "words": words, "why": why,
                                      "replaces": replace}, out_of)  # fmt: skip
    whose = f"{kept.id}" if kept.id is not None else f"{len(kept.answers)} wordings"
    say(f"{kept.problem} ({kept.part}), {whose}: {kept.marks:g} of {out_of:g}.")


def _user() -> str:
    return getpass.getuser()


def _kept(results: Path, decisions: Path | None, fields: dict[str, Any], out_of: float) -> Decision:
    from derive.course.decisions import BadDecision, Decision
    from derive.course.decisions import decide as make

    path = decisions or results.with_name("decisions.jsonl")
    try:
        return make(path, Decision(**fields, when=""), out_of)
    except BadDecision as error:
        raise fail(str(error)) from error


def _of_group(
    results: Path, name: str, decisions: Path | None, bank: list[Path] | None, decided: bool
) -> tuple[dict[str, Any], float]:
    """A group's part and answers, and its marks; one that was decided already can be named too where that is wanted."""
    found, _ = _groups(results, decisions, bank, decided=decided)
    group = next((g for g in found if name in g.names), None)
    if group is None:
        raise fail(f"no group {name} waits; derive review {results} shows those that do.")
    return {"problem": group.problem, "part": group.part, "answers": group.answers}, group.out_of


def _of_student(
    results: Path, identity: str | None, problem: str | None, part: str | None
) -> tuple[dict[str, Any], float]:
    from derive.course.batch import results_of

    if part is None:
        raise fail("say which part: --part NAME.")
    with results.open("rb") as lines:
        mine = [r for r in results_of(lines) if "parts" in r and str(r["id"]) == identity]
    rows = [r for r in mine if problem in (None, r["problem"])]
    if not rows:
        raise fail(f"there is no submission {identity}{f' to {problem}' if mine else ''} in {results}.")
    if len({(r["problem"], r["seed"], json.dumps(r.get("answers", {}).get(part))) for r in rows}) > 1:
        raise fail(
            f"{identity} has several submissions in {results}: name one with --problem, or give them ids of their own."
        )
    row = rows[0]
    if part not in row["parts"]:
        raise fail(
            f"{row['problem']} has no part {part}; it has {', '.join(row['parts']) or 'none that could be placed'}."
        )
    answers = ((row["seed"], (row.get("answers") or {}).get(part)),)
    target = {"problem": row["problem"], "part": part, "answers": answers, "id": row["id"]}
    return target, row["parts"][part]["out_of"]


def _one_after_another(results: Path, decisions: Path | None, bank: list[Path] | None, who: str) -> None:
    """Every group in turn, with a prompt."""
    found, _ = _groups(results, decisions, bank)
    for number, group in enumerate(found, 1):
        say(f"\n{number} of {len(found)}: {_told(group)}")
        try:
            marks = _asked_marks(group.out_of)
            if marks is None:
                continue
            words, why = input("words for the student: "), input("reason, for staff: ")
        except (EOFError, KeyboardInterrupt):
            say("\nWhat was decided is kept.")
            return
        fields = {"problem": group.problem, "part": group.part, "answers": group.answers, "marks": marks}
        _kept(results, decisions, {**fields, "who": who, "words": words, "why": why}, group.out_of)
    say("That was the last one." if found else "Nothing waits.")


def _asked_marks(out_of: int) -> float | None:
    while True:
        typed = input(f"marks, 0 to {out_of} (Enter: later, Ctrl-D: stop): ").strip()
        if not typed:
            return None
        try:
            marks = float(typed)
        except ValueError:
            marks = -1
        if 0 <= marks <= out_of:
            return marks
        say(f"A number from 0 to {out_of}, please.")


@app.command()
def regrade(
    results: Results,
    write: Annotated[bool, typer.Option("--write", help="Put the new results in the old ones' place.")] = False,
    never_lower: Annotated[bool, typer.Option("--never-lower", help="Nobody loses marks by it.")] = False,
    as_json: AsJson = False,
    decisions: DecisionFile = None,
    assignment: OfAssignment = None,
    attempts: Attempts = None,
    bank: Bank = None,
    jobs: Jobs = None,
) -> None:
    """Grade results anew after a change of key, marks, version or decisions: who changes, by how much and why.

    Nothing is written without --write.
    """
    from derive.course.regrade import regrade as again

    path = decisions_beside(results, decisions)
    course = course_of(bank, policy_of(attempts, assignment), _audience(results), path)
    with faults_said():
        found = again(results, course, path, write=write, never_lower=never_lower, jobs=jobs)
    if as_json:
        for change in found:
            say(json.dumps(change.record, ensure_ascii=False))
        return
    for change in found:
        who = change.id if change.student in (None, change.id) else f"{change.id} ({change.student})"
        kept = "; kept at the higher marks" if change.kept else ""
        marks = f"{_number(change.before)} → {_number(change.after)} of {change.out_of}"
        say(f"{who}  {change.problem} ({change.part}): {marks}: {change.why}{kept}")
    for line in course.decisions.faults:
        say(line)
    up = sum(not c.lower for c in found)
    say(
        f"{len(found)} changes: {up} up or settled anew, {len(found) - up} down."
        + ("" if write or not found else f" Nothing is written; derive regrade {results} --write does.")
    )


def _number(marks: float | None) -> str:
    return "waiting" if marks is None else f"{marks:g}"


def _audience(results: Path) -> Audience:
    """For whom results were written: only staff's hold evidence."""
    from derive.course.batch import results_of

    with results.open("rb") as lines:
        rows = (part for r in islice(results_of(lines), 100) for part in r.get("parts", {}).values())
        return next((Audience.staff if "evidence" in part else Audience.student for part in rows), Audience.staff)
