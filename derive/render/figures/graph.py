"""The computation graph of a program, with the gradient flowing back along the edges that a derivation uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from derive.calculus.program import Program
from derive.calculus.substitute import names
from derive.derivations.base import Derivation
from derive.render.figures.svg import drawn, width, written
from derive.render.plain import plain
from derive.render.shown import Figure

WIDE, TALL, COLUMN, ROW, MARGIN = 34.0, 30.0, 74.0, 62.0, 26.0
LARGEST = 34
Edge = tuple[str, str]


@dataclass(frozen=True)
class Layout:
    """Columns of nodes; an edge over several columns passes a place of its own in each, a node named ``a>b``."""

    columns: list[list[str]]
    routes: dict[Edge, list[str]]
    back: list[Edge]


def computation(derivation: Derivation, values: Mapping[str, Any]) -> Figure | None:
    """The graph of what a derivation differentiates; None where it has no program of several steps, or too large a one."""
    program = derivation.program
    if program is None or not derivation.wrt or len(program.definitions) < 2:
        return None
    edges = [(n, d.name) for d in program.definitions for n in sorted(names(d.body))]
    if len({n for e in edges for n in e}) > LARGEST or not edges:
        return None
    plan = layout(program, edges)
    hot = flow(program, edges, derivation.wrt)
    return drawn(
        "graph",
        f"{derivation.name}-graph",
        "How each quantity is computed, and the way the derivative takes",
        _words(derivation, program, edges, hot),
        _page(derivation, program, plan, hot),
    )


def flow(program: Program, edges: list[Edge], wrt: str) -> list[Edge]:
    """The edges on ways from ``wrt`` to the last definition: along them the derivative flows."""
    last = program.definitions[-1].name
    ahead = _reach(edges, wrt)
    behind = _reach([(b, a) for a, b in edges], last)
    return [e for e in edges if e[0] in ahead and e[1] in ahead and e[0] in behind and e[1] in behind]


def _reach(edges: list[Edge], start: str) -> set[str]:
    found, todo = {start}, [start]
    while todo:
        here = todo.pop()
        new = {b for a, b in edges if a == here} - found
        found |= new
        todo += sorted(new)
    return found


def layout(program: Program, edges: list[Edge]) -> Layout:
    """Definitions in the column after what they read, inputs just before their first reader."""
    order = {d.name: k for k, d in enumerate(program.definitions)}
    back = [(a, b) for a, b in edges if a in order and order[a] >= order[b]]
    ahead = [e for e in edges if e not in back]
    depth: dict[str, int] = {}
    for d in program.definitions:
        depth[d.name] = max((depth[a] + 1 for a, b in ahead if b == d.name and a in order), default=1)
    for name in sorted({a for a, _ in edges} - order.keys()):
        depth[name] = min(depth[b] for a, b in ahead if a == name) - 1
    columns: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name in sorted(depth, key=lambda n: (order.get(n, len(order)), n)):
        columns[depth[name]].append(name)
    routes = {}
    for a, b in ahead:
        between = [f"{a}>{b}@{k}" for k in range(depth[a] + 1, depth[b])]
        for k, place in enumerate(between, depth[a] + 1):
            columns[k].append(place)
        routes[a, b] = [a, *between, b]
    _sorted(columns, [pair for route in routes.values() for pair in pairwise(route)])
    return Layout(columns, routes, back)


def _sorted(columns: list[list[str]], links: list[Edge]) -> None:
    """Each column in the order of the middle of its neighbours, swept both ways, so that few edges cross."""
    for sweep in range(6):
        for k in range(1, len(columns)) if sweep % 2 == 0 else range(len(columns) - 2, -1, -1):
            near = columns[k - 1] if sweep % 2 == 0 else columns[k + 1]
            at = {n: i / max(1, len(near) - 1) for i, n in enumerate(near)}

            def middle(n: str, at: dict[str, float] = at, here: list[str] = columns[k]) -> float:
                found = [at[o] for pair in links if n in pair for o in pair if o != n and o in at]
                return sum(found) / len(found) if found else here.index(n) / max(1, len(here) - 1)

            columns[k] = sorted(columns[k], key=middle)


def _page(derivation: Derivation, program: Program, plan: Layout, hot: list[Edge]) -> dict[str, Any]:
    page = derivation.page
    reverse = derivation.asks != "jacobian"
    tallest = max(map(len, plan.columns))
    wide = max(WIDE, *(width(written(n, page), 15) + 16 for c in plan.columns for n in c if ">" not in n))
    step = wide + COLUMN
    place = {
        n: (MARGIN + wide / 2 + k * step, MARGIN + 26 + (i + (tallest - len(c)) / 2) * ROW + TALL / 2)
        for k, c in enumerate(plan.columns)
        for i, n in enumerate(c)
    }
    on = {n for e in hot for n in e}
    nodes = [
        {
            "x": x,
            "y": y,
            "latex": written(n, page),
            "input": program.definition(n) is None,
            "on": n in on,
            "wrt": n == derivation.wrt,
            "adjoint": _adjoint(n, derivation) if reverse and n in on else "",
        }
        for n, (x, y) in place.items()
        if ">" not in n
    ]
    edges = [
        {"d": _path(_curve([place[n] for n in route], wide), reverse and e in hot), "hot": e in hot, "back": False}
        for e, route in plan.routes.items()
    ]
    edges += [
        {"d": _path(_arc(place[a], place[b], wide), reverse and (a, b) in hot), "hot": (a, b) in hot, "back": True}
        for a, b in plan.back
    ]
    edges.sort(key=lambda e: bool(e["hot"]))
    size = (2 * MARGIN + wide + (len(plan.columns) - 1) * step, 2 * MARGIN + 26 + tallest * ROW - (ROW - TALL) + 14)
    return {"nodes": nodes, "edges": edges, "w": wide, "h": TALL, "wide": size[0], "high": size[1]}


def _adjoint(name: str, derivation: Derivation) -> str:
    given = derivation.page.names.get(f"{name}_bar")
    return given or rf"\partial {derivation.page.loss}/\partial {written(name, derivation.page)}"


Point = tuple[float, float]


def _path(points: list[Point], turned: bool) -> str:
    """Cubic curves through points, each with the two that bend it; turned round for what flows back."""
    points = points[::-1] if turned else points
    (x, y), rest = points[0], points[1:]
    bends = [rest[k : k + 3] for k in range(0, len(rest), 3)]
    return f"M {x:.1f} {y:.1f}" + "".join(" C " + " ".join(f"{u:.1f} {v:.1f}" for u, v in bend) for bend in bends)


def _curve(points: list[Point], wide: float) -> list[Point]:
    found = [(points[0][0] + wide / 2 + 1.5, points[0][1])]
    for k, (x, y) in enumerate(points[1:], 1):
        start, end = found[-1], (x - wide / 2 - 1.5 if k == len(points) - 1 else x, y)
        bend = (end[0] - start[0]) * 0.45
        found += [(start[0] + bend, start[1]), (end[0] - bend, y), end]
    return found


def _arc(a: Point, b: Point, wide: float) -> list[Point]:
    """From a later quantity back to an earlier one, over the top: the step before."""
    top, lean = TALL / 2 + 1.5, wide / 4 if a == b else 0.0
    high = min(a[1], b[1]) - top - 30
    start, end = (a[0] + lean, a[1] - top), (b[0] - lean, b[1] - top)
    return [start, (start[0] + lean, high), (end[0] - lean, high), end]


def _words(derivation: Derivation, program: Program, edges: list[Edge], hot: list[Edge]) -> str:
    page = derivation.page
    shown = {n: plain(written(n, page)) for e in edges for n in e}
    made = "; ".join(
        f"{shown[d.name]} is computed from {', '.join(shown[a] for a, b in edges if b == d.name)}"
        for d in program.definitions
        if any(b == d.name for _, b in edges)
    )
    way = ", ".join(
        f"{shown[b]} to {shown[a]}" if derivation.asks != "jacobian" else f"{shown[a]} to {shown[b]}" for a, b in hot
    )
    verb = "The gradient flows back from" if derivation.asks != "jacobian" else "The change spreads from"
    return f"{made}. {verb} {way}." if hot else f"{made}."
