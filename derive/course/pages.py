"""The report as text, Markdown and figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import jinja2

from derive.bank.banks import content
from derive.bank.texts import environment
from derive.course.groups import counted
from derive.course.stories import KINDS

WIDTH = 400
MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~$&-])")


def page(record: Mapping[str, Any], form: str) -> str:
    """The report in a form of ``txt`` or ``md``."""
    return _templates(False).get_template(f"course_report.{form}.j2").render(**record, percent=percent)


def marks_figure(record: Mapping[str, Any]) -> str:
    """How the totals lie, as SVG."""
    return _templates(True).get_template("course_marks.svg.j2").render(**record)


def parts_figure(record: Mapping[str, Any]) -> str:
    """How each part went, as SVG."""
    rows = [_bars(problem["problem"], part) for problem in record["problems"] for part in problem["parts"]]
    return _templates(True).get_template("course_parts.svg.j2").render(title=record["title"], rows=rows)


def _bars(problem: str, part: Mapping[str, Any]) -> dict[str, Any]:
    counts = {kind: part[kind] for kind in KINDS if part[kind]}
    every, x, bars = sum(counts.values()) or 1, 230.0, []
    for kind, n in counts.items():
        bars.append({"kind": kind, "count": n, "x": round(x, 1), "width": round(WIDTH * n / every, 1)})
        x += WIDTH * n / every
    text = ", ".join(f"{n} {kind}" for kind, n in counts.items())
    return {"name": f"{problem} ({part['part']})", "bars": bars, "text": text}


def shortened(text: str, most: int) -> str:
    """A text for a figure, where its end says more than its beginning.

    >>> shortened("losses/softmax_regression (b)", 14)
    '…egression (b)'
    """
    return text if len(text) <= most else f"…{text[1 - most :]}"


def percent(share: float | None) -> str:
    """A share for a table.

    >>> percent(0.5), percent(None)
    ('50 %', '–')
    """
    return "–" if share is None else f"{100 * share:.0f} %"


def code(text: str) -> str:
    """A text as Markdown code, whatever stands in it.

    >>> print(code("a`b``c"))
    ``` a`b``c ```
    """
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence} {text} {fence}"


def words(text: str) -> str:
    r"""A text as Markdown words that mark up nothing.

    >>> print(words("<b>*x*"))
    \<b\>\*x\*
    """
    return MARKUP.sub(r"\\\1", text)


@cache
def _templates(escaped: bool) -> jinja2.Environment:
    found = environment(
        jinja2.Environment,
        loader=jinja2.FileSystemLoader(content("templates")),
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=escaped,
        keep_trailing_newline=True,
    )
    found.filters |= {"code": code, "words": words, "counted": counted, "shortened": shortened}
    return found
