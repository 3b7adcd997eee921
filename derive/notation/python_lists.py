"""Comprehensions in Python syntax that stand for numbers written out: over ranges of literals, or over literals."""

from __future__ import annotations

import ast
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING

from derive.notation.enumerated import LONGEST, NoRule, members, value
from derive.notation.errors import Refused
from derive.notation.tree import Constant, Name, Node, Sequence, SetOf

if TYPE_CHECKING:
    from derive.notation.python_nodes import Reader


def set_comprehension(r: Reader, node: ast.SetComp) -> Node:
    """``{2*k + 1 for k in range(4)}``, written out."""
    if (found := enumerated(r, node)) is None:
        raise r.no(node, "A set like this is read where it runs over a range of whole numbers.")
    return SetOf(found, span=r.span(node)) if found else Constant("empty", span=r.span(node))


def list_comprehension(r: Reader, node: ast.ListComp) -> Node:
    """``[k**2 for k in range(4)]``, written out; with letters in its range nothing says what a list is."""
    if not (found := enumerated(r, node)):
        raise r.no(node, "A list like this is read inside sum(...), mean(...), max(...), or over a range of numbers.")
    return Sequence(found, "[]", span=r.span(node))


def enumerated(r: Reader, node: ast.expr) -> tuple[Node, ...] | None:
    """The numbers that a comprehension or a range of literals runs through; None where it is none."""
    if isinstance(node, ast.Call):
        values = _values(r, node)
        return None if values is None else members(Name("k"), "k", values, ())
    if not isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp) or len(node.generators) != 1:
        return None
    (generator,) = node.generators
    values = _values(r, generator.iter)
    if values is None or not isinstance(generator.target, ast.Name) or generator.is_async:
        return None
    letter = generator.target.id
    r.bound.append(letter)
    body, conditions = r.expression(node.elt), [r.expression(c) for c in generator.ifs]
    r.bound.pop()
    try:
        return members(body, letter, values, conditions)
    except NoRule:
        return None


def _values(r: Reader, node: ast.expr) -> list[Fraction] | None:
    """What a range of literals, or a list of literals, runs through."""
    try:
        match node:
            case ast.Call(func=ast.Name(id="range"), args=args, keywords=[]) if 1 <= len(args) <= 3:
                ends = [value(r.expression(a), "", Fraction(0)) for a in args]
                if any(e.denominator > 1 for e in ends) or (len(ends) == 3 and not ends[2]):
                    return None
                found = [Fraction(k) for k in islice(range(*map(int, ends)), LONGEST + 1)]
                if len(found) > LONGEST:
                    raise Refused("A list of so many numbers is too long for an answer.")
                return found
            case ast.List(elts=elts) | ast.Tuple(elts=elts) | ast.Set(elts=elts):
                return [value(r.expression(e), "", Fraction(0)) for e in elts]
    except NoRule:
        return None
    return None


def in_brackets(r: Reader, node: ast.expr) -> bool:
    """Whether one pair of brackets goes round the whole of a tuple: not in ``(a), (b)``."""
    text, depth = ast.get_source_segment(r.source, node) or "", 0
    for k, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return k + 1 == len(text)
    return False
