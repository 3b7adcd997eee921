"""The command line: reads arguments, calls, prints. Exit codes: 0 fine, 1 the answer is no, 2 misuse."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from derive.cli import authors as _authors  # noqa: F401
from derive.cli import course_grade as _course_grade  # noqa: F401
from derive.cli import course_gradescope as _course_gradescope  # noqa: F401
from derive.cli import course_report as _course_report  # noqa: F401
from derive.cli import course_review as _course_review  # noqa: F401
from derive.cli import course_sheets as _course_sheets  # noqa: F401
from derive.cli import digits as _digits  # noqa: F401
from derive.cli import gradient as _gradient  # noqa: F401
from derive.cli import listing as _listing  # noqa: F401
from derive.cli import practise as _practise  # noqa: F401
from derive.cli import steps as _steps  # noqa: F401
from derive.cli import verifying as _verifying  # noqa: F401
from derive.cli.common import AsJson, Bank, Output, Seed, app, fail, named, problems_of, say
from derive.render.stream import lines_through, progress, write

if TYPE_CHECKING:
    from derive.bank.problem import Problem

T = TypeVar("T")


def main() -> None:
    """Run the command line; a misuse is a sentence and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        typer.echo(f"derive: {error.filename or 'a file'}: {error.strerror}.", err=True)
        sys.exit(2)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A derivation.")],
    form: Annotated[str, typer.Option("--format", help="text or md.")] = "text",
    as_json: AsJson = False,
) -> None:
    """Show a derivation with its lines, rules, side conditions and checks."""
    from derive.derivations.catalogue import catalogue

    found = catalogue()
    derivation = found[named(name, found, "derivation")]
    if as_json:
        from derive.render.listing import shown

        say(json.dumps(shown(derivation), ensure_ascii=False))
        return
    from derive.render.solution import derivation_page

    if form not in ("text", "md"):
        raise fail(f"there is no format {form}; choose text or md.")
    typer.echo(derivation_page(derivation, form), nl=False)


@app.command()
def solve(
    problem: Annotated[str | None, typer.Argument(help="A problem.")] = None,
    seed: Seed = 0,
    form: Annotated[str, typer.Option("--format", help="text, md or latex.")] = "text",
    every: Annotated[
        bool, typer.Option("--all", help="Variant 0 of every problem, as Markdown, into the folder -o.")
    ] = False,
    output: Output = None,
    bank: Bank = None,
) -> None:
    """Print the worked solution of a variant."""
    from derive.bank.problem import BadProblem
    from derive.render.solution import SUFFIXES, solution

    problems = problems_of(bank, None if every else problem)
    try:
        if every:
            _solve_all(problems, output)
            return
        if problem is None:
            raise fail("name a problem, or ask for --all.")
        if form not in SUFFIXES:
            raise fail(f"there is no format {form}; choose text, md or latex.")
        text = solution(problems[named(problem, problems, "problem")].variant(seed), form)
    except BadProblem as error:
        raise fail(str(error)) from error
    write(output, text)


def _solve_all(problems: dict[str, Problem], output: Path | None) -> None:
    from derive.render.solution import index_page, solution

    if output is None:
        raise fail("--all needs a folder: -o solutions.")
    for name, problem in progress(problems.items(), len(problems), "solving"):
        path = output / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(solution(problem.variant(0), "md"), encoding="utf-8")
    (output / "README.md").write_text(index_page(problems), encoding="utf-8")


def _unread_request(text: str) -> dict[str, Any]:
    return {"id": None, "verdict": "unreadable", "evidence": {"message": text}, "reading": None, "ms": 0}


@app.command()
def compare(
    requests: Annotated[Path, typer.Argument(help="Requests, JSON Lines.")],
    output: Output = None,
) -> None:
    """Say for each request whether two answers are the same."""
    from derive.grading.compare import answer_request

    lines_through(requests, answer_request, _unread_request, output)
