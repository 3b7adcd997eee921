"""``derive practise``: a student at a problem, attempt by attempt, in a terminal or with piped lines."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from derive.cli.common import Bank, Seed, app, fail, named, problems_of, say


@app.command()
def practise(
    problem: Annotated[str, typer.Argument(help="A problem.")],
    seed: Seed = 0,
    attempts: Annotated[int, typer.Option("--attempts", min=1, help="How many there are before the solution.")] = 4,
    bank: Bank = None,
) -> None:
    """Practise a problem, attempt by attempt.

    Each attempt says more: the verdict, where it is wrong, the mistake and a hint; after the last one comes the solution, and
    then a fresh variant. Lines may be piped in.
    """
    from derive.bank.feedback import Policy
    from derive.bank.problem import BadProblem
    from derive.render.practise import Leaving, Session

    problems = problems_of(bank, problem)
    session = Session(problems[named(problem, problems, "problem")], _read, say, Policy(attempts=attempts))
    every = False
    try:
        every = session.run(seed)
    except (Leaving, KeyboardInterrupt):
        say("")
    except BadProblem as error:
        raise fail(str(error)) from error
    say(f"\nYou have {session.total}.")
    if not every:
        say(f"The whole way: derive solve {problem} --seed {seed}{''.join(f' --bank {b}' for b in bank or ())}")


def _read(prompt: str) -> str | None:
    """A line that is typed, with its line editing; a piped line is shown behind the prompt."""
    if not sys.stdin.isatty():
        line = sys.stdin.readline()
        typer.echo(prompt + line.rstrip("\n"))
        return line or None
    _edit_lines()
    try:
        return input(prompt)
    except EOFError:
        return None


def _edit_lines() -> None:
    """Let arrow keys work in what is typed, where the platform can."""
    try:
        import readline  # noqa: F401
    except ImportError:  # a platform without it: typing works all the same
        return
