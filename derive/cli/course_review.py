"""``derive review`` and ``derive decide``: a person's part."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from derive.cli.common import AsJson, Bank, app, fail, say
from derive.cli.course_grade import DecisionFile, decisions_beside, shelf_of

if TYPE_CHECKING:
    from derive.course.decisions import Decision, Decisions
    from derive.course.groups import Group
    from derive.course.looks import Look
    from derive.course.setting import Worth

Results = Annotated[Path, typer.Argument(help="Results, as derive grade writes them.")]
SHOWN = 5
LONGEST = 400


@app.command()
def review(
    results: Results,
    as_json: AsJson = False,
    decisions: DecisionFile = None,
    bank: Bank = None,
) -> None:
    """Show what waits for a person: answers that say the same together, and each hand-in that only a person can read."""
    from derive.course.groups import counted

    lost: list[str] = []
    found, made = _looks(results, decisions, bank, lost)
    for look in found:
        say(json.dumps(look.record, ensure_ascii=False) if as_json else _told(look))
    if as_json:
        return
    for fault in lost + made.faults + made.unused():
        say(fault)
    if found:
        said = f"{counted(len(found), 'group')}, {counted(sum(look.count for look in found), 'answer')}"
        say(f"{said}: derive decide {results} GROUP --marks N --words TEXT")
    else:
        say("Nothing waits.")


def _looks(
    results: Path,
    decisions: Path | None,
    bank: list[Path] | None,
    lost: list[str] | None = None,
    decided: bool = False,
) -> tuple[list[Look], Decisions]:
    """What waits, and the decisions; what could not be placed is told to ``lost``."""
    from derive.bank.problem import BadProblem
    from derive.course.batch import results_of
    from derive.course.decisions import Decisions
    from derive.course.looks import looks

    made = Decisions() if decided else Decisions.read(decisions_beside(results, decisions))
    try:
        with results.open("rb") as lines:
            rows = (_decided(r, n, made, [] if lost is None else lost) for n, r in enumerate(results_of(lines), 1))
            return looks(rows, shelf_of(bank)), made
    except BadProblem as error:
        raise fail(str(error)) from error


def _decided(row: dict[str, Any], number: int, made: Decisions, lost: list[str]) -> dict[str, Any]:
    from derive.course.groups import not_graded

    if row.get("parts"):
        return made.applied(row)
    lost.append(not_graded(row, number))
    return row


def _told(look: Look) -> str:
    from derive.course.groups import counted, visible

    if not look.is_hand_in:
        return _group_told(look.groups[0], look.id)
    whose = "nobody known" if look.student is None else str(look.student)
    files = f"{', '.join(look.files)}, " if look.files else ""
    why = look.reason
    head = visible(f"{look.id}  {files}of {whose}: {counted(len(look.groups), 'part')} to mark{why and f' ({why})'}")
    return "\n".join([head, *(line for group in look.groups for line in _part_told(group, why))])


def _part_told(group: Group, known: str) -> list[str]:
    """A part of a hand-in; what is said of all of them is not said again."""
    from derive.course.groups import counted, visible

    (like,) = group.likes
    head = f"    {group.problem} ({group.part}), {counted(group.worth, 'mark')}: {_question(group)}"
    seen = like.answer if isinstance(like.answer, Mapping) and "file" in like.answer else None
    if seen is None:
        return [head, f"        {group.why}", *([f"        {_short(like.text)}"] if like.text else [])]
    said = [seen.get("why") if seen.get("why") != known else "", " ".join(str(seen.get("text", "")).split())]
    return [head, *(f"        {_short(visible(str(line)))}" for line in said if line)]


def _question(group: Group) -> str:
    """The question as a terminal shows it."""
    from derive.course.groups import visible
    from derive.render.plain import plain_text

    return " ".join(visible(plain_text(group.asked).replace("\n", " ")).split())


def _short(text: str) -> str:
    """A text as a screen can show it; all of it is in --json."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"


def _group_told(group: Group, name: str) -> str:
    from derive.course.groups import counted

    marks, answers = counted(group.worth, "mark"), counted(len(group.ids), "answer")
    variants = len({like.seed for like in group.likes})
    several = f" in {variants} variants" if variants > 1 else ""
    head = f"{name}  {group.problem} ({group.part}), {marks}, {answers}{several}"
    shown = [f"    {count} × {_short(text)}" for text, count in group.texts[:SHOWN]]
    more = [f"    … and {len(group.texts) - SHOWN} other wordings"] if len(group.texts) > SHOWN else []
    whose = ", ".join(map(str, group.ids[:SHOWN])) + (", …" if len(group.ids) > SHOWN else "")
    return "\n".join([head, f"    asked: {_question(group)}", f"    {group.why}", *shown, *more, f"    from {whose}"])


@app.command()
def decide(
    results: Results,
    group: Annotated[str | None, typer.Argument(help="A group, by the id that derive review shows.")] = None,
    identity: Annotated[str | None, typer.Option("--id", help="One submission, by its id.")] = None,
    problem: Annotated[str | None, typer.Option("--problem", help="Which problem, where there are several.")] = None,
    part: Annotated[str | None, typer.Option("--part", help="Which part: with --id, or of a hand-in.")] = None,
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
    from derive.course.groups import counted

    if (group is None) == (identity is None):
        if group is not None or marks is not None or _no_terminal():
            raise fail("name a group (derive review shows them) or --id with --part, and --marks.")
        return _one_after_another(results, decisions, bank, who or _user())
    if marks is None:
        raise fail("say what it earns: --marks N.")
    found = (
        _of_group(results, group, problem, part, _looks(results, decisions, bank, decided=replace)[0])
        if group
        else _of_student(results, identity, problem, part)
    )
    target, worth = found
    told = {"who": who or _user(), "words": words, "why": why, "replaces": replace}
    kept = _kept(results, decisions, target | told, marks, worth)
    whose = f"{kept.id}" if kept.id is not None else counted(len(kept.answers), "wording")
    say(f"{kept.problem} ({kept.part}), {whose}: {marks:g} of {worth.shown:g}.")


def _no_terminal() -> bool:
    return not sys.stdin.isatty()


def _user() -> str:
    return getpass.getuser()


def _kept(results: Path, decisions: Path | None, fields: dict[str, Any], marks: float, worth: Worth) -> Decision:
    """A decision, kept; its marks are given as the sheet states them."""
    from derive.course.decisions import BadDecision, Decision
    from derive.course.decisions import decide as make

    path = decisions or results.with_name("decisions.jsonl")
    try:
        return make(path, Decision(**fields, marks=marks, when=""), worth)
    except BadDecision as error:
        raise fail(str(error)) from error


def _of_group(
    results: Path, name: str, problem: str | None, part: str | None, found: Sequence[Look]
) -> tuple[dict[str, Any], Worth]:
    """What a decision about a group, or about a part of a hand-in, is about, and its marks."""
    from derive.course.looks import NoSuchPart

    look = next((x for x in found if name in x.names), None)
    if look is None:
        raise fail(f"no group {name} waits; derive review {results} shows those that do.")
    try:
        group = look.part(problem, part)
    except NoSuchPart as error:
        raise fail(str(error)) from error
    return _target(look, group), _worth(group)


def _worth(group: Group) -> Worth:
    from derive.course.setting import Worth

    return Worth(group.out_of, group.scale)


def _target(look: Look, group: Group) -> dict[str, Any]:
    """What a decision is about: whoever gave these answers, or the one who handed this in."""
    whose = {"id": group.ids[0]} if look.is_hand_in else {}
    return {"problem": group.problem, "part": group.part, "answers": group.answers, **whose}


def _of_student(
    results: Path, identity: str | None, problem: str | None, part: str | None
) -> tuple[dict[str, Any], Worth]:
    from derive.course.batch import results_of
    from derive.course.setting import Worth, scale_of

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
    return target, Worth(row["parts"][part]["out_of"], scale_of(row))


def _one_after_another(results: Path, decisions: Path | None, bank: list[Path] | None, who: str) -> None:
    """Every group in turn, with a prompt for each part."""
    found, _ = _looks(results, decisions, bank)
    try:
        for number, look in enumerate(found, 1):
            say(f"\n{number} of {len(found)}: {_told(look)}")
            for group in look.groups:
                _asked(results, decisions, look, group, who)
    except (EOFError, KeyboardInterrupt):
        say("\nWhat was decided is kept.")
        return
    say("That was the last one." if found else "Nothing waits.")


def _asked(results: Path, decisions: Path | None, look: Look, group: Group, who: str) -> None:
    """Ask for a decision about a group, and keep it."""
    marks = _asked_marks(group.worth, f"{group.problem} ({group.part}), " if len(look.groups) > 1 else "")
    if marks is None:
        return
    words, why = input("words for the student: "), input("reason, for staff: ")
    fields = {**_target(look, group), "who": who, "words": words, "why": why}
    _kept(results, decisions, fields, marks, _worth(group))


def _asked_marks(out_of: float, what: str) -> float | None:
    while True:
        typed = input(f"{what}marks, 0 to {out_of:g} (Enter: later, Ctrl-D: stop): ").strip()
        if not typed:
            return None
        try:
            marks = float(typed)
        except ValueError:
            marks = -1
        if 0 <= marks <= out_of:
            return marks
        say(f"A number from 0 to {out_of:g}, please.")
