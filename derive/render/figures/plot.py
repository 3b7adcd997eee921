"""Curves by matplotlib's Figure, the same bytes every time, in our colours."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from importlib.util import find_spec
from io import StringIO
from typing import Any

from derive.render.figures.svg import BLUE, GREEN, GREY, RED
from derive.render.missing import NotInstalled
from derive.render.shown import Figure

_INK = "#010203"  # stands for the colour of the page's text until the SVG is written
ROOM = 36  # characters beside each other above a picture
STROKES = ((BLUE, "-"), (RED, "--"), (GREEN, "-."), (GREY, ":"))
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "path",
    "font.size": 10.0,
    "mathtext.fontset": "cm",
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
}


def can_plot() -> bool:
    """Whether the extra ``plots`` is there: where curves are welcome and not due."""
    return find_spec("matplotlib") is not None


def plotted(
    name: str, title: str, description: str, draw: Callable[[Any], None], size: tuple[float, float] = (4.3, 3.2)
) -> Figure:
    """A picture that ``draw`` makes on matplotlib's axes.

    Raises:
        NotInstalled: the extra ``plots`` is missing.
    """
    try:
        import matplotlib
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure as Canvas
    except ImportError as error:
        raise NotInstalled("plots", "Curves need") from error
    with matplotlib.rc_context({**_STYLE, "svg.hashsalt": name}):
        canvas = Canvas(figsize=size, layout="constrained")
        FigureCanvasSVG(canvas)
        axes = canvas.subplots()
        draw(axes)
        _explain(axes)
        out = StringIO()
        canvas.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return Figure(_finished(out.getvalue(), name, title, description), title, description, name)


def _explain(axes: Any) -> None:
    """What each line is, above the picture, where it hides no curve: side by side where there is room."""
    texts = axes.get_legend_handles_labels()[1]
    columns = len(texts) if sum(map(len, texts)) <= ROOM else 1
    if texts:
        axes.legend(ncols=columns, columnspacing=1.0, handlelength=1.8, loc="lower center", bbox_to_anchor=(0.5, 1.0))


def _finished(svg: str, name: str, title: str, description: str) -> str:
    """Matplotlib's SVG as ours: the page's own colour for ink, a title and a description, nothing about its maker."""
    svg = svg[svg.index("<svg") :].replace(_INK, "currentColor")
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    head, rest = svg.split(">", 1)
    head = re.sub(r' xmlns:xlink="[^"]*"', ' xmlns:xlink="http://www.w3.org/1999/xlink"', head)
    words = f'<title id="{name}-title">{escape(title)}.</title>\n<desc id="{name}-desc">{escape(description)}</desc>'
    light = "svg:root{color:#1b1b1b}@media (prefers-color-scheme:dark){svg:root{color:#e6e6e6}}"
    rest = re.sub(r"[ \t]+$", "", rest, flags=re.MULTILINE)
    return f'{head} role="img" aria-labelledby="{name}-title {name}-desc">\n{words}\n<style>{light}</style>{rest}'
