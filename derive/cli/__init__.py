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
from derive.cli import gradient as _gradient  # noqa: F401
from derive.cli import listing as _listing  # noqa: F401
from derive.cli import practise as _practise  # noqa: F401
from derive.cli import steps as _steps  # noqa: F401
from derive.cli.batched import batch_of, verified_in_batches
from derive.cli.common import AsJson, Bank, Output, Seed, app, fail, named, problems_of, say
from derive.render.stream import lines_through, progress, write

if TYPE_CHECKING:
    from derive.bank.problem import Problem
    from derive.derivations.base import Derivation

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


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Derivations; all by default.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    every: Annotated[bool, typer.Option("--all", help="Every derivation (the default).")] = False,
    record: Annotated[Path | None, typer.Option("--record", help="Write what was checked to this file.")] = None,
    mutants: Annotated[bool, typer.Option("--mutants", help="Which one-edit mutants of the lines survive.")] = False,
    formula: Annotated[
        str, typer.Option("--formula", help="A formula of your own: is it the gradient of --torch?")
    ] = "",
    code: Annotated[str, typer.Option("--torch", help="With --formula: MODULE:FUNCTION, your torch code.")] = "",
    wrt: Annotated[str, typer.Option("--wrt", help="With --formula: the name in which it is the derivative.")] = "",
    given: Annotated[
        list[str] | None, typer.Option("--given", help="With --formula: X=n,d or Y=onehot(n,k) or P=…")
    ] = None,
    where: Annotated[list[str] | None, typer.Option("--where", help="With --formula: a constraint, n >= k.")] = None,
    cotangent: Annotated[
        str, typer.Option("--cotangent", help="With --formula: what arrives at an array's value.")
    ] = "",
    batch: Annotated[
        int | None, typer.Option("--batch", min=0, help="Draws in one batch; 64 with --device cuda, else 0: none.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check every line and result of derivations against torch; or a formula of your own against your torch code."""
    from derive.derivations.catalogue import catalogue

    if device not in ("auto", "cpu", "cuda"):
        raise fail(f"there is no device {device}; choose auto, cpu or cuda.")
    if device == "cuda" and not _has_cuda():
        raise fail("there is no CUDA device that torch can use; --device cpu runs the same checks.")
    if formula:
        from derive.cli.formula import formula_verified

        return formula_verified(formula, code, wrt, given or (), where or (), cotangent, device, as_json)
    found = catalogue()
    chosen = [named(n, found, "derivation") for n in names or []] if names and not every else list(found)
    try:
        if mutants:
            return _mutated([found[n] for n in chosen], device, as_json)
        if draws := batch_of(batch, device):
            return verified_in_batches([found[n] for n in chosen], device, draws, as_json)
        reports = {n: _verified(found[n], device, as_json) for n in progress(chosen, len(chosen), "checking")}
    except typer.Exit:
        raise
    except (ImportError, RuntimeError) as error:
        raise fail(str(error)) from error
    if record is not None:
        from derive.render import record as records

        records.write(record, reports)
    if not all(r.ok for r in reports.values()):
        raise typer.Exit(1)


def _has_cuda() -> bool:
    from derive.verify.oracle import torch_module

    try:
        return bool(torch_module().cuda.is_available())
    except ImportError as error:
        raise fail(str(error)) from error


def _verified(derivation: Derivation, device: str, as_json: bool) -> Any:
    from derive.verify.check import verify as check_one

    report = check_one(derivation, device)
    if as_json:
        say(json.dumps(report.record(), ensure_ascii=False))
    else:
        sign = "ok  " if report.ok else "FAIL"
        say(
            f"{sign} {report.derivation:<28} {report.steps:>3} lines  {report.settings:>3} settings  "
            f"{report.killed}/{report.mutants} mutants  error {report.worst_error:.0e}  {report.device}"
            f"  {report.seconds:5.2f} s" + (f"  {report.message}" if report.message else "")
        )
    return report


def _mutated(chosen: list[Derivation], device: str, as_json: bool) -> None:
    """Print what became of the mutants of every line."""
    from derive.render.mutants import mutant_record, mutant_report
    from derive.verify.mutate import survey

    alive = 0
    for derivation in progress(chosen, len(chosen), "mutating"):
        toll = survey(derivation, device)
        row = json.dumps(mutant_record(derivation.name, toll), ensure_ascii=False)
        say(row if as_json else mutant_report(derivation.name, toll))
        alive += len(toll.alive)
    if alive:
        raise typer.Exit(1)
