"""One link of a chain: an identity under what is known, another relation, an equation that follows from equations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from derive.calculus.affine import Affine
from derive.calculus.atoms import Condition
from derive.calculus.expr import ZERO, Expr
from derive.calculus.substitute import names
from derive.grading.defined import undefined_part
from derive.grading.steps_defined import defined
from derive.grading.steps_equal import Lined, difference, equal
from derive.grading.steps_judged import Judged, judged, nothing_says, says
from derive.grading.steps_lower import Working
from derive.grading.steps_names import Target, with_letters, working, worlds
from derive.grading.steps_near import expanded
from derive.grading.steps_order import ORDERS, holds_order
from derive.grading.steps_proportion import proportional
from derive.grading.steps_scene import Scene, Undecidable, shadow
from derive.grading.steps_solve import implied
from derive.grading.steps_times import sized
from derive.grading.steps_trees import is_sliced, rebuilt, varied
from derive.notation import tree
from derive.notation.arrays import Clash, Value, mapped, scalar
from derive.notation.conditions import lower_condition, truth
from derive.notation.errors import Refused, Unreadable
from derive.notation.walk import walk

HELD = "This holds if each derivative here holds fixed what the other terms go through; write ∂L/∂… for its name to say so."
Pair = tuple[tree.Node, tree.Node]
Conditions = Sequence[tree.Node]


def identity(scene: Scene, a: tree.Node, b: tree.Node, conditions: Conditions = ()) -> Judged:
    """Whether two expressions are the same, in one of the customary layouts of a derivative."""
    scene, conditions = under(scene, conditions)
    first, layouts = _laid_out(scene, a, b, "", conditions)
    if first.verdict != "wrong":
        return first
    for layout in (*sorted(layouts), *(["partial"] if _is_chain_rule(a, b) else [])):
        other, _ = _laid_out(scene, a, b, layout, conditions)
        if other.verdict == "follows":
            return Judged("follows", {**other.evidence, "layout": layout})
    if (
        _is_chain_rule(a, b, _cotangents(scene))
        and _laid_out(scene, a, b, "partial", conditions)[0].verdict == "follows"
    ):
        return says("undecided", HELD, kind="held")
    return first


def _cotangents(scene: Scene) -> frozenset[str]:
    """The names of derivatives: those that arrive from above, and those that were defined as one."""
    above = {n for slopes in scene.slopes.values() for slope in slopes.values() for n in names(slope.body)}
    return frozenset(above | {n for n, source in scene.sources.items() if isinstance(source, tree.Derivative)})


def _is_chain_rule(a: tree.Node, b: tree.Node, cotangents: Set[str] = frozenset()) -> bool:
    """A derivative as a sum over several ways down: each factor holds fixed what the other ways go through.

    A name in ``cotangents`` counts as the derivative that it is.
    """
    terms = b.terms if isinstance(b, tree.Add) else ()
    parts = [[n for n in walk(t) if isinstance(n, tree.Derivative)] for t in terms]
    named = [any(isinstance(n, tree.Name) and n.name in cotangents for n in walk(t)) for t in terms]
    parts = [p * 2 if cotangent else p for p, cotangent in zip(parts, named, strict=True)]
    return isinstance(a, tree.Derivative) and len(parts) > 1 and all(len(p) > 1 or not p for p in parts[1:])


def _laid_out(scene: Scene, a: tree.Node, b: tree.Node, layout: str, conditions: Conditions) -> tuple[Judged, set[str]]:
    """The verdict with the identity matrices and ones of the size that fits, and the layouts that might help."""
    found: list[tuple[Judged, set[str]]] = []
    for world in worlds(with_letters(scene, a, b), a, b):
        found.append(_compared(world, a, b, layout, conditions))
        if found[-1][0].verdict == "follows":
            return found[-1]
    best = [f for f in found if f[0].evidence.get("kind") != "shape"]
    return (best or found or [(nothing_says(["I"]), set())])[0]


def _compared(scene: Scene, a: tree.Node, b: tree.Node, layout: str, conditions: Conditions) -> tuple[Judged, set[str]]:
    scene, work = moving(scene, a, b, layout="" if layout == "partial" else layout)
    try:
        left = work.lower(a)
        work.layout = layout
        right = work.lower(b)
        if work.unknown:
            return nothing_says(work.unknown), set()
        left, right = _restricted(*_turned(a, b, left, right), scene, conditions)
        return judged(equal(left, right, scene, frozenset(work.by))), work.laid_out
    except Clash as error:
        return (nothing_says(work.unknown) if work.unknown else says("wrong", str(error), kind="shape")), work.laid_out
    except Undecidable as error:
        return says("undecided", str(error)), set()


def _turned(a: tree.Node, b: tree.Node, left: Value, right: Value) -> tuple[Value, Value]:
    """Both as columns where they differ as a row and a column do, and a row of a matrix is written as such."""
    if left.row != right.row and left.dims == right.dims and any(is_sliced(n) for side in (a, b) for n in walk(side)):
        return replace(left, row=False), replace(right, row=False)
    return left, right


def is_void(scene: Scene, node: tree.Node) -> bool:
    """Whether something in an expression has a value nowhere, though it is multiplied by nothing or cancels."""
    scene, work = moving(with_letters(scene, node), node)
    try:
        value = work.lower(node)
    except (Clash, Undecidable, Unreadable, Refused):  # what a line says of it is judged elsewhere
        return False
    ends = value.at(*(Affine.of(f"axis{k}") for k in range(value.rank)))
    return undefined_part(work.partial, [ends], scene.space, meant=scene.unfolded) is not None


def moving(scene: Scene, *nodes: tree.Node, layout: str = "") -> tuple[Scene, Working]:
    """The lowering in which the differentials of a line are arrays of their own."""
    names = {n for n in varied(*nodes) if n in scene.symbols and n not in scene.slopes and _is_array(scene, n)}
    reach = scene.reach()
    free = frozenset(n for n in names if not (reach.get(n, frozenset()) & names))
    for name in sorted(free):
        scene = replace(scene, symbols={**scene.symbols, shadow(name): {**_plain(scene, name), "latex": shadow(name)}})
    work = working(scene, layout)
    work.varied = free
    return scene, work


def _is_array(scene: Scene, name: str) -> bool:
    return scene.symbols[name].get("shape") != "function"


def _plain(scene: Scene, name: str) -> dict[str, object]:
    return {"shape": scene.symbols[name].get("shape", []), "domain": "real"}


def _restricted(left: Value, right: Value, scene: Scene, conditions: Conditions) -> tuple[Value, Value]:
    """Both sides where the line's conditions hold, and zero elsewhere.

    Raises:
        Undecidable: nobody knows where they hold.
    """
    for node in conditions:
        condition: Condition = lower_condition(working(with_letters(scene, node)), node)
        only: Expr = truth(condition)
        if judged(equal(scalar(only), scalar(ZERO), scene)).verdict != "wrong":
            raise Undecidable("no point was found where the condition holds")
        left, right = (mapped(v, only.__mul__) for v in (left, right))
    return left, right


def under(scene: Scene, conditions: Conditions) -> tuple[Scene, list[tree.Node]]:
    """The scene in which ``x = …`` among the conditions holds, and the conditions that are left."""
    rest: list[tree.Node] = []
    for node in conditions:
        match node:
            case tree.Relation((tree.Name(name) as left, right), ("=",)) if name in scene.symbols:
                work = working(scene)
                value = work.lower(right)
                new = None if work.unknown else defined(scene.without(name), Target(name, left.latex), value, right)
                if new is not None:
                    whole = isinstance(right, tree.Number) and right.text.isdigit() and right.text
                    scene = sized(new, name, int(whole)) if whole else new
                    continue
        rest.append(node)
    return scene, rest


def related(
    scene: Scene, a: tree.Node, op: str, b: tree.Node, conditions: Conditions = (), left: tree.Node | None = None
) -> Judged:
    """Another relation than equality, in a chain about ``left``: judged where that can be, never taken for ``=``."""
    if op == "!=":
        found = identity(scene, a, b, conditions)
        swapped = {"follows": "wrong", "wrong": "follows"}.get(found.verdict, found.verdict)
        return replace(found, verdict=swapped)
    if op in ORDERS:
        return _ordered(scene, a, op, b, conditions)
    if op in ("approx", "propto") and identity(scene, a, b, conditions).verdict == "follows":
        return Judged("follows", {"kind": "proved", "by": "they are the same"})
    if op == "propto" and not conditions:
        return proportional(scene, a, b, left)
    if op == "approx" and (near := expanded(scene, a, b)) is not None:
        return near
    if op == "approx":
        return says("undecided", "Whether formulas are near enough depends on where; a person looks.")
    return says("undecided", "Only equations and inequalities are judged here.")


def _ordered(scene: Scene, a: tree.Node, op: str, b: tree.Node, conditions: Conditions) -> Judged:
    sign, _ = ORDERS[op]
    scene, conditions = under(scene, conditions)
    scene = next(worlds(with_letters(scene, a, b), a, b), scene)
    try:
        gap = _gap(scene, a, op, b, conditions)
        given = [(g, ORDERS[o][0] == "<") for x, o, y in scene.orders if isinstance(g := _gap(scene, x, o, y), Lined)]
    except Clash as error:
        return says("wrong", str(error), kind="shape")
    except Undecidable as error:
        return says("undecided", str(error))
    if isinstance(gap, Judged):
        return gap
    found = holds_order(gap, sign == "<" and not conditions, scene.space, given)
    said = [*scene.equations, *((x, y) for x, _, y in scene.orders if _indexed(x) or _indexed(y))]
    tied = {n.name for pair in said for side in pair for n in walk(side) if isinstance(n, tree.Name)}
    if found.verdict == "wrong" and tied & names(gap.body):
        return says("undecided", "what is given of these names may make this true")
    return found


def _indexed(node: tree.Node) -> bool:
    """Whether entries stand in it: as a condition on a drawn point it holds at one place only."""
    return any(isinstance(n, tree.Index) for n in walk(node))


def _gap(scene: Scene, a: tree.Node, op: str, b: tree.Node, conditions: Conditions = ()) -> Lined | Judged:
    """What must not be negative, or what is to be said where that has no meaning."""
    scene = with_letters(scene, a, b)
    work = working(scene)
    left, right = work.lower(a), work.lower(b)
    if work.unknown:
        return nothing_says(work.unknown)
    left, right = _restricted(left, right, scene, conditions)
    gap = difference(right, left, scene) if ORDERS[op][1] > 0 else difference(left, right, scene)
    return gap or says("wrong", "the two sides have different shapes", kind="shape")


def from_equations(scene: Scene, goal: Pair, system: Sequence[Pair], first: Sequence[str]) -> bool | None:
    """Whether an equation holds wherever the system does; None where that was not found out.

    The times of a recurrence are no free variables: a point where they are refutes nothing.
    """
    system, goal = _opaque([*system, goal])
    nodes = [n for pair in (*system, goal) for n in pair]
    for world in worlds(with_letters(scene, *nodes), *nodes):
        world = _with_unknowns(world, nodes)
        try:
            lined = [_difference(world, *pair) for pair in (*system, goal)]
        except (Clash, Undecidable, Unreadable, Refused):
            continue
        if any(d is None for d in lined):
            continue
        *equations, last = [d for d in lined if d is not None]
        found = implied(equations, last, world.space, first)
        tied = world.recurrent() & {n for e in (*equations, last) for n in names(e.body)}
        return None if found is False and tied else found
    return None


def _difference(scene: Scene, a: tree.Node, b: tree.Node) -> Lined | None:
    work = working(scene)
    left, right = work.lower(a), work.lower(b)
    return None if work.unknown else difference(left, right, scene)


def _opaque(pairs: Sequence[Pair]) -> tuple[list[Pair], Pair]:
    """A derivative that several equations speak of is one unknown more."""
    nodes = [dict.fromkeys(_derivatives(pair)) for pair in pairs]
    shared = [n for n in nodes[-1] if any(n in other for other in nodes[:-1])]

    def change(n: tree.Node) -> tree.Node | None:
        return tree.Name(f"∂{shared.index(n)}") if isinstance(n, tree.Derivative) and n in shared else None

    *system, goal = [(rebuilt(a, change), rebuilt(b, change)) for a, b in pairs] if shared else list(pairs)
    return system, goal


def _derivatives(pair: Pair) -> Iterator[tree.Derivative]:
    return (n for side in pair for n in walk(side) if isinstance(n, tree.Derivative))


def _with_unknowns(scene: Scene, nodes: Sequence[tree.Node]) -> Scene:
    for name in sorted(
        {n.name for node in nodes for n in walk(node) if isinstance(n, tree.Name) and n.name.startswith("∂")}
    ):
        if name not in scene.symbols:
            scene = scene.with_symbol(name, name, ())
    return scene
