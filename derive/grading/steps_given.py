"""The scene a problem opens with: declared symbols, and the given equations in whatever order they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from derive.grading.lines_text import split_equals, statements
from derive.grading.steps_begun import with_start
from derive.grading.steps_claims import derivative_given
from derive.grading.steps_counts import with_counts, with_sequence
from derive.grading.steps_defined import defined
from derive.grading.steps_equal import equal
from derive.grading.steps_heads import (
    function_of,
    inside_out,
    isolated,
    reversed_slope,
    shadowed,
    short_name,
    slope_given,
)
from derive.grading.steps_letters import with_index_e
from derive.grading.steps_means import density, with_means
from derive.grading.steps_names import Target, called_text, target, with_letters, working
from derive.grading.steps_order import ORDERS
from derive.grading.steps_scene import Scene, Undecidable
from derive.grading.steps_second import second
from derive.grading.steps_shapes import fits, shapes
from derive.grading.steps_starts import over_time, time_axis, with_starts
from derive.grading.steps_trees import free_names
from derive.notation import tree
from derive.notation.affine_reader import axis_affine
from derive.notation.arrays import Clash
from derive.notation.errors import Refused, Unreadable
from derive.notation.latex import read_latex

OPTIONS = ("free_indices", "index_base", "out_of_range", "where", "sizes", "macros")
PASSES = 8
MAX_TEXT = 2_000


def opened(request: Mapping[str, Any]) -> Scene:
    """The scene before the first line.

    Raises:
        Unreadable: a declaration or the definition of a derived symbol cannot be read.
        Refused: over the budget.
    """
    declared = {n: dict(s) for n, s in (request.get("symbols") or {}).items()}
    derived = {n: s for n, s in declared.items() if s.get("domain") == "derived" and s.get("definition")}
    plain = {n: _opaque(s) for n, s in declared.items()}
    options = {k: request[k] for k in OPTIONS if request.get(k) is not None}
    scene = Scene(plain, options=options)
    scene.declared  # noqa: B018  reads the declarations, or refuses
    given = [str(t) for t in request.get("given") or ()]
    texts = [t for t in (*given, *map(str, request.get("lines", ()))) if len(t) <= MAX_TEXT]
    scene = with_counts(with_starts(_over_times(scene, given), given), texts, given)
    scene = replace(scene, typed="\n".join(texts), syntax=str(request.get("syntax") or "latex"))
    scene = _given(with_means(scene), [*_definitions(scene, derived), *_equations(given)])
    scene = replace(scene, orders=tuple(_orders(scene, given)))
    goal = request.get("goal")
    return replace(scene, goal=read_given(goal, scene)) if goal else scene


def read_given(text: str, scene: Scene) -> tree.Node:
    """The tree of what is given, or to be derived.

    Raises:
        Unreadable: it does not read.
        Refused: over the budget.
    """
    return with_index_e(read_latex(text, scene.declared), scene)


def _opaque(symbol: Mapping[str, Any]) -> dict[str, Any]:
    kept = {k: v for k, v in symbol.items() if k != "definition"}
    return {**kept, "domain": "real", "derived": True} if symbol.get("domain") == "derived" else kept


def _definitions(scene: Scene, derived: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for name, symbol in derived.items():
        yield scene.declared.latex(name), str(symbol["definition"])


def _equations(given: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Left and right sides, as texts."""
    for line in given:
        for s in statements(str(line)):
            sides = [side.strip() for side in split_equals(s.text)]
            if len(sides) > 1 and s.role != "condition":
                yield sides[0], "=".join(sides[1:])


def _orders(scene: Scene, given: Sequence[str]) -> Iterator[tuple[tree.Node, str, tree.Node]]:
    """What is given as an inequality."""
    for statement in (s for line in given for s in statements(str(line))):
        try:
            node = read_given(statement.text, scene)
        except (Unreadable, Refused):
            continue
        if isinstance(node, tree.Relation):
            links = zip(pairwise(node.operands), node.ops, strict=True)
            yield from ((a, op, b) for (a, b), op in links if op in ORDERS)


def _given(scene: Scene, pending: Sequence[tuple[str, str]]) -> Scene:
    """Equation after equation, until nothing more can be understood; then shapes are guessed, and again."""
    scene, pending = _densities(scene, pending)
    for _ in range(PASSES):
        left: list[tuple[str, str]] = []
        for equation in pending:
            new = _understood(scene, *equation)
            if new is None:
                left.append(equation)
            else:
                scene = replace(new, options=scene.options)
        if len(left) == len(pending):
            guesses = (
                g for guess in (_guessed, _recurring, _over_time) for e in left if (g := guess(scene, *e)) is not None
            )
            guessed = next(guesses, None)
            if guessed is None:
                return _with_equations(scene, left)
            scene = replace(guessed, options=scene.options)
        pending = left
        if not pending:
            return scene
    return scene


def _with_equations(scene: Scene, pending: Sequence[tuple[str, str]]) -> Scene:
    """What is given, defines nothing and is no identity under what does still holds."""
    found = []
    for left, right in pending:
        try:
            pair = read_given(left, scene), read_given(right, scene)
        except (Unreadable, Refused):
            continue
        if not any(isinstance(side, tree.Derivative | tree.Relation) or _opaque_call(side, scene) for side in pair):
            found += [] if _identical(scene, *pair) else [pair]
    return replace(scene, equations=tuple(found), unread=tuple(left for left, _ in pending))


def _identical(scene: Scene, a: tree.Node, b: tree.Node) -> bool:
    try:
        scene = with_letters(scene, a, b)
        return equal(working(scene).lower(a), working(scene).lower(b), scene).verdict == "equal"
    except (Unreadable, Clash, Undecidable, Refused):
        return False


def _understood(scene: Scene, left: str, right: str) -> Scene | None:
    """The scene with one equation understood, or None for now."""
    try:
        if (counted := with_sequence(scene, left, right)) is not None:
            return counted
        node, scene = _read(scene, right)
        goal = _goal(scene, left)
        if goal is None and (alone := isolated(scene, left, node)) is not None:
            goal, node = alone
        if (inverted := inside_out(scene, left, node)) is not None:
            goal, node = inverted
        if isinstance(node, tree.Derivative):
            return slope_given(scene, goal, node)
        if goal is None:
            return reversed_slope(scene, left, node) or derivative_given(scene, left, node)
        scene = with_letters(scene, node, *goal_index(goal))
        if _opaque_call(node, scene):
            return None
        work = working(scene)
        value = work.lower(node)
        if work.unknown or second(scene, goal, value):
            return None
        new = defined(scene, goal, value, node)
        short = short_name(scene, goal)
        return new if new is None or short is None else defined(new, short, value, node)
    except (Unreadable, Clash, Undecidable, Refused):
        return None


def goal_index(goal: Target) -> list[tree.Node]:
    """The left side of a definition entry by entry, whose letters may stand in the ends of sums alone."""
    return [tree.Index(tree.Name(goal.name, goal.latex), goal.slots)] if goal.slots else []


def _read(scene: Scene, right: str) -> tuple[tree.Node, Scene]:
    node = read_given(right, scene)
    if isinstance(node, tree.Relation):
        node = node.operands[0]
    return node, with_letters(scene, node)


def _opaque_call(node: tree.Node, scene: Scene) -> bool:
    """An unknown function of something: it says what a quantity depends on, not what it is."""
    return (
        isinstance(node, tree.Call)
        and isinstance(node.function, tree.Name)
        and node.function.name not in scene.functions
        and not scene.declared.is_function(node.function.name)
    )


def _goal(scene: Scene, left: str) -> Target | None:
    """What a given equation gives a meaning to."""
    try:
        node = read_given(left, scene)
    except Unreadable:
        return Target(left, left)
    if isinstance(node, tree.Derivative):
        return None
    if isinstance(node, tree.Product) and called_text(left):
        return function_of(scene, node, left) or Target(left, left)
    if node == tree.Call(tree.Builtin("log"), (tree.Constant("pi"),)):
        return Target(left, left)
    if (shadowing := shadowed(node, left)) is not None:
        return shadowing
    return target(node, left, scene)


def _densities(scene: Scene, pending: Sequence[tuple[str, str]]) -> tuple[Scene, list[tuple[str, str]]]:
    """What functions under integrals are, before anything is said of the integrals; and the other equations."""
    left = list(pending)
    for alone in (True, False):
        for equation in tuple(left):
            try:
                found = density(scene, *(read_given(side, scene) for side in equation), alone=alone)
            except (Unreadable, Refused):
                continue
            if found is not None:
                scene = scene.with_function(*found)
                left.remove(equation)
    return scene, left


def _recurring(scene: Scene, left: str, right: str) -> Scene | None:
    """``v_t = β v_{t-1} + …`` with no word about v: an array over time, as long as what else stands at t."""
    try:
        head, node = read_given(left, scene), read_given(right, scene)
    except (Unreadable, Refused):
        return None
    if not isinstance(head, tree.Index) or not isinstance(head.base, tree.Name) or len(head.slots) != 1:
        return None
    name, base = head.base.name, head.base.latex
    if scene.declared.is_known(name) or name not in {n.name for n in free_names(node)}:
        return None
    time = time_axis(scene)
    rests: list[list[str]] = [
        [],
        *([repr(axis_affine(a))] for s in scene.declared.symbols.values() for a in s.shape or ()),
    ]
    for rest in rests:
        trial = replace(scene, symbols={**scene.symbols, name: {"latex": base, "shape": [time, *rest]}})
        new = _understood(trial, left, right)
        if new is not None:
            return replace(with_start(new, name, f"{base}_{{{time.split('..')[0]}}}"), options=scene.options)
    return None


def _over_times(scene: Scene, given: Sequence[str]) -> Scene:
    """The scene in which recurrences that can only be so are of arrays at every time, before their starts are read."""
    for equation in _equations(given):
        if (trial := _over_time(scene, *equation)) is not None and _understood(scene, *equation) is None:
            scene = replace(scene, symbols=trial.symbols)
    return scene


def _over_time(scene: Scene, left: str, right: str) -> Scene | None:
    """A recurrence of arrays that are declared as they are at one time."""
    try:
        trial = over_time(scene, read_given(left, scene), read_given(right, scene))
    except (Unreadable, Refused):
        return None
    return _understood(trial, left, right) if trial is not None else None


def _guessed(scene: Scene, left: str, right: str) -> Scene | None:
    """Shapes for undeclared names of one equation: the only ones with which both sides fit."""
    try:
        node, scene = _read(scene, right)
        goal = _goal(scene, left)
    except (Unreadable, Clash, Undecidable, Refused):
        return None
    symbol = scene.declared.symbols.get(goal.name) if goal is not None and not goal.slots else None
    unknown = list(dict.fromkeys(n for n in free_names(node) if not scene.declared.is_known(n.name)))
    if symbol is None or symbol.shape is None or not unknown or len(unknown) > 2 or isinstance(node, tree.Derivative):
        return None
    wanted = tuple(axis_affine(a) for a in symbol.shape)
    found = []
    for tried in shapes(scene, wanted, len(unknown)):
        trial = scene
        for name, dims in zip(unknown, tried, strict=True):
            trial = trial.with_symbol(name.name, name.latex, dims)
        if fits(trial, node, wanted):
            found.append(trial)
    return found[0] if found else None
