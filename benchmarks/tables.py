"""The figures as the tables of docs/benchmarks.md."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
MARKS = ("<!-- all.py begins -->", "<!-- all.py ends -->")


def page(facts: Row, found: Mapping[str, Sequence[Row]]) -> str:
    """The machine, then a table for each group that was measured."""
    return "\n\n".join([machine_line(facts), *(TABLES[group](rows) for group, rows in found.items())])


def machine_line(facts: Row) -> str:
    """What the figures were taken on, as a sentence."""
    packages = ", ".join(f"{name} {version or 'not installed'}" for name, version in facts["packages"].items())
    system = f"{facts['cores']} cores, load {facts['load']}, {facts['system']} {facts['machine']}"
    return f"{facts['date']}; {facts['processor']}, {system}; Python {facts['python']}; {packages}."


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table under a heading."""
    lines = [heads, ["---"] * len(heads), *([_cell(x) for x in row] for row in rows)]
    return "\n".join([f"## {title}", "", *(f"| {' | '.join(line)} |" for line in lines)])


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"
    return str(value)


def _networks(rows: Sequence[Row]) -> str:
    heads = (
        "network",
        "read, ms",
        "all gradients, ms",
        "floor",
        "textbook form, ms",
        "slowest canonical form, ms",
        "floor",
    )
    keys = ("network", "read", "gradients", "floor", "textbook", "canonical", "canonical_floor")
    return table("Networks", heads, [[row[key] for key in keys] for row in rows])


def _growth(rows: Sequence[Row]) -> str:
    sizes = list(rows[0]["ms"])
    heads = ("what grows", "step", *(f"{size}, ms" for size in sizes), "exponent")
    cells = [[row["growth"], row["step"], *(row["ms"][size] for size in sizes), row["exponent"]] for row in rows]
    return table("Growth", heads, cells)


def _catalogue(rows: Sequence[Row]) -> str:
    (row,) = rows
    cells = [["load all derivations", row["load"]], [f"derive all lines of {row['derivations']}", row["derive"]]]
    return table("The catalogue", ("", "ms"), cells + [[f"of these: {n}", ms] for n, ms in row["slowest"].items()])


def _start(rows: Sequence[Row]) -> str:
    cells = [[r["command"], r["seconds"], r["floor"], r["cpu"]] for r in rows]
    return table("Start-up", ("command", "s", "floor", "of these the processor's, s"), cells)


def _peers(rows: Sequence[Row]) -> str:
    who = list(dict.fromkeys(name for row in rows for name in row["by"]))
    cells = [[row["task"], *(done(row["by"].get(name)) for name in who)] for row in rows]
    return table("Beside others: milliseconds, and characters of the answer", ("task", *who), cells)


def done(one: Row | None) -> str | None:
    """A peer's time and the length of its answer; or why there is none."""
    if one is None:
        return None
    if "reason" in one:
        return str(one["reason"])
    return f"{_cell(one['ms'])} ms, {one['characters']:,} characters"


TABLES: dict[str, Callable[[Sequence[Row]], str]] = {
    "networks": _networks,
    "growth": _growth,
    "catalogue": _catalogue,
    "start": _start,
    "peers": _peers,
}


def written(path: Path, text: str) -> None:
    """Put the tables between the marks of a page."""
    page = path.read_text(encoding="utf-8")
    before, mark, rest = page.partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    if not mark or not end:
        raise SystemExit(f"{path} has no {MARKS[0]} … {MARKS[1]}")
    path.write_text(f"{before}{mark}\n\n{text}\n\n{end}{after}", encoding="utf-8")
