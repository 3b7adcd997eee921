"""``derive verify --formula``: one formula against one torch function, from the shell."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from derive.cli.common import fail, say


def formula_verified(
    formula: str, code: str, wrt: str, given: Sequence[str], as_json: bool, how: Mapping[str, Any]
) -> None:
    """Say whether a formula is the gradient of ``module:function``; exit code 1 where it is not.

    Raises:
        typer.Exit: 1 where it is not, 2 where something is missing or cannot be read.
    """
    from derive.testing.given import BadTest
    from derive.testing.gradients import check_gradient

    if not code or not wrt:
        raise fail("--formula wants --torch MODULE:FUNCTION and --wrt NAME.")
    try:
        report = check_gradient(
            formula, of=_imported(code), wrt=wrt, given=dict(pair("--given", text) for text in given), **how
        )
    except (BadTest, ImportError) as error:
        raise fail(str(error)) from error
    except typer.Exit:
        raise
    except Exception as error:  # anything that the user's code raises: it says nothing of the formula
        raise fail(f"{code} could not be run: {type(error).__name__}: {error}") from error
    say(json.dumps(report.record(), ensure_ascii=False) if as_json else str(report))
    if not report.ok:
        raise typer.Exit(1)


WANTS = {
    "--given": "NAME=SHAPE, NAME=DOMAIN(SHAPE) or NAME=DEFINITION",
    "--size": "LETTER=NUMBER",
    "--parameter": "NAME=PARAMETER",
}


def pair(option: str, text: str) -> tuple[str, str]:
    """What an option says of a name."""
    name, equals, what = text.partition("=")
    if not equals or not name.strip().isidentifier():
        raise fail(f"{option} wants {WANTS[option]}, not {text!r}.")
    return name.strip(), what.strip()


def sizes_of(said: Sequence[str]) -> dict[str, int]:
    """The sizes that are fixed."""
    found = dict(pair("--size", text) for text in said)
    wrong = next((f"{n}={v}" for n, v in found.items() if not v.isdecimal()), None)
    if wrong:
        raise fail(f"--size wants {WANTS['--size']}, not {wrong!r}.")
    return {n: int(v) for n, v in found.items()}


def _dotted(module: str) -> str:
    """A module's name, also where its file is given."""
    return ".".join(Path(module).with_suffix("").parts) if module.endswith(".py") else module


def _imported(text: str) -> Any:
    """A user's own function, from a module in the working folder or on the path."""
    module, colon, name = text.partition(":")
    if not colon:
        raise fail(f"--torch wants MODULE:FUNCTION, not {text!r}.")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found: Any = importlib.import_module(_dotted(module))
    finally:
        sys.path.pop(0)
    for part in name.split("."):
        if not hasattr(found, part):
            raise fail(f"{module} has no {name}.")
        found = getattr(found, part)
    return found
