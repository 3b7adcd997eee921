"""``derive gradient``: the gradients of a program that somebody typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from derive.cli.common import AsJson, Output, app, fail, read_text
from derive.render.stream import write

if TYPE_CHECKING:
    from derive.render.forms import Shown
    from derive.render.gradient import Answer

FORMATS = ("text", "unicode", "latex", "matrix", "torch", "numpy", "sympy")


@app.command()
def gradient(
    source: Annotated[
        str, typer.Argument(help="Definitions, the loss last; or a file of them; or - for standard input.")
    ] = "-",
    wrt: Annotated[str, typer.Option("--wrt", help="Arrays, with commas between; every input by default.")] = "",
    of: Annotated[str, typer.Option("--of", help="What is differentiated, in place of the last definition.")] = "",
    given: Annotated[
        list[str] | None, typer.Option("--given", help="A hypothesis, such as 'sum(y[k], k) = 1'.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help=f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}.")] = "text",
    mode: Annotated[str, typer.Option("--mode", help="reverse, forward, jacobian or hessian.")] = "reverse",
    steps: Annotated[bool, typer.Option("--steps", help="Every line, with the rule that gave it.")] = False,
    claim: Annotated[str, typer.Option("--claim", help="Judge this formula (index text, Python or LaTeX).")] = "",
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Derive the gradients of a program, for letter dimensions.

    For example: derive gradient 'z[i] := sum(W[i,j]*x[j], j) + b[i]; L := sum((z[i] - y[i])**2, i)' --wrt W,b
    """
    from derive.render.forms import BadQuestion
    from derive.render.gradient import MODES
    from derive.render.gradient import gradient as derived

    if mode not in MODES:
        raise fail(f"there is no mode {mode}; choose {', '.join(MODES[:-1])} or {MODES[-1]}.")
    if form not in FORMATS:
        raise fail(f"there is no format {form}; choose {', '.join(FORMATS[:-1])} or {FORMATS[-1]}.")
    names = [n.strip() for n in wrt.split(",") if n.strip()]
    try:
        found = derived(_read(source), names, of=of, given=given or ())
        text = _claimed(found, claim, mode, as_json) if claim else _shown(getattr(found, mode), form, steps, as_json)
    except BadQuestion as error:
        raise fail(str(error)) from error
    write(output, text)
    if claim and not text.startswith(("equal", '{"verdict": "equal"')):
        raise typer.Exit(1)


def _read(source: str) -> str:
    """Standard input, a file's text, or the text itself."""
    looks = source.strip() != "" and "\n" not in source and ":=" not in source
    return read_text(Path(source)) if looks else source


def _shown(found: Shown, form: str, steps: bool, as_json: bool) -> str:
    if as_json:
        rows = found.step_records() if steps else found.records()
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if steps:
        return found.steps(form if form in ("unicode", "latex") else "text") + "\n"
    return str(getattr(found, form)) + "\n"


def _claimed(found: Answer, formula: str, mode: str, as_json: bool) -> str:
    verdict = found.claim(formula, mode=mode)
    if as_json:
        return json.dumps({"verdict": verdict.verdict, "evidence": dict(verdict.evidence)}, ensure_ascii=False) + "\n"
    lines = [f"{verdict.verdict}"]
    for key, value in verdict.evidence.items():
        lines.append(f"  {key.replace('_', ' ')}: {value if isinstance(value, str) else json.dumps(value)}")
    return "\n".join(lines) + "\n"
