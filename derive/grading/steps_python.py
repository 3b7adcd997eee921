"""Lines of working typed as programs write them: ``H = -np.sum(p*np.log(p))``."""

from __future__ import annotations

import re

from derive.grading.steps_scene import Scene
from derive.notation import tree
from derive.notation.arrays import Clash
from derive.notation.meaning import lowered
from derive.notation.page import as_page
from derive.notation.python import is_numpy, read_python

_EQUALS = re.compile(r"(?<![=<>!:*/+-])==?(?!=)")
_COMMENT = re.compile(r"#.*$")


def read_program_line(text: str, scene: Scene, above: tree.Node) -> tree.Node:
    """The tree of a line in Python as a page has it; ``above`` stands where the line begins with its ``=``.

    Raises:
        Unreadable: it does not read.
        Refused: over the budget.
    """
    text = _COMMENT.sub("", text)
    cuts = [0, *(k for m in _EQUALS.finditer(text) if not _nested(text[: m.start()]) for k in m.span()), len(text)]
    sides = [" " * a + text[a:b] for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    if len(sides) == 1:
        return _side(sides[0], scene)
    first = _side(sides[0], scene) if sides[0].strip() else above
    operands = (first, *(_side(side, scene) for side in sides[1:]))
    return tree.Relation(operands, ("=",) * (len(operands) - 1), span=(0, len(text)))


def _nested(text: str) -> bool:
    """Whether a bracket is open at the end: a keyword's ``=`` is none of ours."""
    return sum(map(text.count, "([{")) > sum(map(text.count, ")]}"))


def _side(text: str, scene: Scene) -> tree.Node:
    node = read_python(text, scene.declared)
    numpy = is_numpy(text, node)
    try:
        shapes = lowered(node, scene.declared, base=0, numpy=numpy).shapes
    except Clash:  # the judge finds it again, and says so
        shapes = {}
    return as_page(node, scene.declared, shapes, numpy=numpy)
