"""Reading the statements of a line of working in a scene."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from derive.grading.lines_text import Statement, split_equals, statements
from derive.grading.steps_letters import with_index_e
from derive.grading.steps_names import called_text, with_letters
from derive.grading.steps_python import read_program_line
from derive.grading.steps_scene import Scene
from derive.grading.steps_slopes import slopes_spelled
from derive.grading.steps_trees import differentials, is_letter_d, rebuilt
from derive.notation import tree
from derive.notation.errors import Unreadable
from derive.notation.latex import read_latex
from derive.notation.walk import walk

ABOVE = tree.Constant("above")
Read = tuple[tree.Node, Statement]


def read_line(text: str, scene: Scene, left: tree.Node | None) -> list[Read]:
    """Every statement of a line with its tree; ``left`` is what the running chain is about.

    Raises:
        Unreadable: one of them does not read.
        Refused: over the budget.
    """
    parts = statements(text) if scene.syntax != "python" else [Statement(text)]
    return [(read_again(s, scene, left), s) for s in parts]


def is_bare(node: tree.Node) -> bool:
    """Whether a statement claims nothing: an expression alone."""
    return not isinstance(node, tree.Relation | tree.Logic)


def read_again(statement: Statement, scene: Scene, left: tree.Node | None) -> tree.Node:
    """The tree of one statement.

    Raises:
        Unreadable: it does not read.
    """
    if scene.syntax == "python":
        return read_program_line(statement.text, scene, ABOVE)
    try:
        node = with_index_e(read_latex(statement.text, scene.declared), scene, statement.role == "condition")
        node = slopes_spelled(_without_arguments(node, statement.text, scene), statement.text, scene)
    except Unreadable:
        first, *right = split_equals(statement.text)
        if not right or not called_text(first):
            raise
        trial = scene.with_symbol(first.strip(), first.strip(), ())
        return read_latex(statement.text, trial.declared)
    return differentials(node, statement.text) if _of_differentials(node, statement.text, scene, left) else node


def _without_arguments(node: tree.Node, text: str, scene: Scene) -> tree.Node:
    """The tree in which ``L(w)`` is L, where L is given and made of w: no product."""

    def change(n: tree.Node) -> tree.Node | None:
        match n:
            case tree.Product((tree.Name(name) as head, tree.Name(of), *rest), ("", *ops)) if (
                name in scene.meanings
                and of in scene.reach()[name]
                and not scene.declared.rank(name)
                and re.match(r"\s*(?:\\left\s*)?\(", text[head.span[1] :])
            ):
                return replace(n, factors=(head, *rest), ops=tuple(ops)) if rest else head
        return None

    return rebuilt(node, change)


def _of_differentials(node: tree.Node, text: str, scene: Scene, left: tree.Node | None) -> bool:
    """``dL = …``: the line is about d of something, and so is what continues it."""
    if scene.declared.writes_d or not isinstance(node, tree.Relation):
        return False
    head = node.operands[0] if node.operands[0] != ABOVE else left
    match head:
        case tree.Product((tree.Name("d") as sign, _), ("",)):
            return head is not left and is_letter_d(sign, text)
        case tree.Derivative("d" | "partial", of=tree.Node(), wrt=()):
            return True
    return False


def apart(node: tree.Node, statement: Statement, scene: Scene) -> Iterator[Read]:
    """A statement, and behind its comma what it says of its index letters alone: "…, i ≠ j"."""
    match node:
        case tree.Sequence((first, *rest), "") if statement.role != "condition" and rest:
            local = with_letters(scene, first)
            letters = [n for n in local.options.get("free_indices") or {} if n not in scene.symbols]
            if all(of_letters(n, letters) for n in rest):
                yield first, statement
                yield replace(node, items=tuple(rest)), replace(statement, role="condition")
                return
    yield node, statement


def in_order(rest: list[Read]) -> list[Read]:
    """Names before what is said with them: "…, where s = …" comes first, and what it needs before it."""
    if not any(s.role == "where" for _, s in rest[1:]):
        return rest
    at = next(k for k, (_, s) in enumerate(rest) if s.role == "where")
    naming, others = rest[at:], rest[:at]
    ordered: list[Read] = []
    while naming:
        heads = [n.operands[0] for n, _ in naming if isinstance(n, tree.Relation)]
        ready = next((p for p in naming if not _speaks_of(p[0], [h for h in heads if h != _head(p[0])])), naming[0])
        naming.remove(ready)
        ordered.append((ready[0], replace(ready[1], role="where")))
    return ordered + others


def _head(node: tree.Node) -> tree.Node:
    return node.operands[0] if isinstance(node, tree.Relation) else node


def _speaks_of(node: tree.Node, heads: Sequence[tree.Node]) -> bool:
    right = node.operands[1:] if isinstance(node, tree.Relation) else ()
    return any(part in heads for side in right for part in walk(side))


def restricts(node: tree.Node) -> bool:
    """Whether a remark is a condition on values, not the range of a letter."""
    return isinstance(node, tree.Relation) and set(node.ops) <= {"=", "!=", "<", "<=", ">", ">="}


def whole_range(node: tree.Node, scene: Scene) -> bool:
    """Whether a remark says no more than that an index letter runs from the first index on: "1 ≤ i ≤ n"."""
    match node:
        case tree.Relation((tree.Number(low), tree.Name(name), _), ("<=", "<=" | "<")):
            return low == str(scene.declared.index_base) and name not in scene.symbols
    return False


def of_letters(node: tree.Node, letters: Collection[str]) -> bool:
    """Whether a remark restricts index letters alone: "i ≠ j"."""
    inside = {n.name for n in walk(node) if isinstance(n, tree.Name)}
    return restricts(node) and bool(inside & set(letters)) and not any(isinstance(n, tree.Index) for n in walk(node))


def is_put(node: tree.Node, scene: Scene) -> bool:
    """Whether it puts a number in for a quantity that has no value yet: ``x = 3``."""
    match node:
        case tree.Relation((tree.Name(name), value), ("=",)) if name in scene.symbols and name not in scene.meanings:
            return is_numeric(value)
    return False


def is_numeric(node: tree.Node) -> bool:
    """Whether it is a number, written in whatever way."""
    return not any(isinstance(n, tree.Name | tree.Derivative) or n == ABOVE for n in walk(node))


def of_indices(node: tree.Node, scene: Scene) -> bool:
    """Whether it says which entries are meant, by their letters and sizes alone: "u = j - i + 1"."""
    letters = {n for n in scene.options.get("free_indices") or {} if n not in scene.symbols}
    inside = {n.name for n in walk(node) if isinstance(n, tree.Name)}
    return of_letters(node, letters) and inside.isdisjoint(scene.symbols) and all(len(n) == 1 for n in inside)


def conjuncts(node: tree.Node) -> Sequence[tree.Node]:
    """The conditions that hold together."""
    match node:
        case tree.Logic("and", operands) | tree.Sequence(operands, ""):
            return operands
    return (node,)
