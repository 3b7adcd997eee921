"""``derive steps``: lines of working, as requests or in a paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from derive.cli.common import AsJson, Output, app, fail, read_text
from derive.render.stream import Warned, lines_through, progress, write


@app.command()
def steps(
    source: Annotated[Path, typer.Argument(help="Requests, JSON Lines; or a LaTeX file; - for standard input.")],
    given: Annotated[
        Path | None,
        typer.Option(
            "--given", help="For a LaTeX file: a JSON object with symbols and given, or equations, one a line."
        ),
    ] = None,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Judge the lines of derivations one by one.

    For a LaTeX file: every row of its displays, with the file's line numbers; exit code 1 where one is wrong.
    """
    from derive.grading.steps import FIELDS, answer_request, refusal

    if given is None and source.suffix.lower() != ".tex":
        lines_through(source, answer_request, lambda text: {"id": None, **refusal(text), "ms": 0}, output, FIELDS)
        return
    verdict, numbers = _judged(source, _declared(given))
    write(output, json.dumps(verdict, ensure_ascii=False) + "\n" if as_json else _report(source, verdict, numbers))
    if verdict["first_wrong_line"] is not None:
        raise typer.Exit(1)


def _declared(path: Path | None) -> dict[str, Any]:
    """The request's fields that a file states besides the lines."""
    if path is None:
        return {}
    text = _text(path)
    if not text.lstrip().startswith("{"):
        return {"given": [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("%")]}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise fail(f"{path} is not JSON: {error}") from error
    return dict(found)


def _text(path: Path) -> str:
    from derive.grading.paper import MAX_FILE

    text = read_text(path)
    if len(text) > MAX_FILE:
        raise fail(f"{path} is longer than {MAX_FILE:,} characters.")
    return text


def _judged(source: Path, declared: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
    """The verdict on a paper, and the file's line of each line."""
    from derive.grading.paper import macros, rows
    from derive.grading.steps import FIELDS, answer_request

    text = _text(source)
    found = rows(text)
    if not found:
        raise fail(f"{source} has no displayed formulas: align, gather, equation, split, \\[ … \\].")
    request = {**declared, "id": str(source), "lines": [r.text for r in found]}
    request["macros"] = {**macros(text), **(declared.get("macros") or {})}
    verdict = Warned(lambda asked: answer_request(asked, lambda lines: progress(lines, len(found), "line")), FIELDS)(
        request
    )
    if "evidence" in verdict:
        raise fail(verdict["evidence"]["message"])
    for row, line in zip(found, verdict["lines"], strict=True):
        line["line"] = row.line
    return verdict, [r.line for r in found]


def _report(source: Path, verdict: dict[str, Any], numbers: list[int]) -> str:
    shown = []
    for line in verdict["lines"]:
        shown.append(f"{source}:{line['line']}: {line['verdict']}  {line['reading'] or ''}".rstrip())
        shown += [f"    {text}" for text in _why(line, numbers)]
    first = verdict["first_wrong_line"]
    last = "no wrong line" if first is None else f"the first wrong line is {source}:{numbers[first - 1]}"
    return "\n".join([*shown, f"{len(numbers)} lines, {last}"]) + "\n"


def _why(line: dict[str, Any], numbers: list[int]) -> list[str]:
    """What is said below a line."""
    evidence = line["evidence"]
    if line["verdict"] == "follows":
        return (
            [f"This follows from line {numbers[source - 1]}, which is wrong."]
            if (source := evidence.get("from_line"))
            else []
        )
    found = [str(evidence["message"])] if "message" in evidence else []
    if "reference_shape" in evidence:
        sides = (" x ".join(evidence[k]) or "a number" for k in ("reference_shape", "answer_shape"))
        found.append("shapes: {} on the left, {} on the right".format(*sides))
    if "values" in evidence:
        sizes = {**evidence.get("sizes", {}), **evidence["values"]}
        found.append("at " + ", ".join(f"{n} = {json.dumps(v)}" for n, v in sizes.items()))
    if "reference_value" in evidence:
        place = f"entry {evidence['entry']}: " if "entry" in evidence else ""
        found.append(f"{place}{evidence['reference_value']} on the left, {evidence['answer_value']} on the right")
    return found
