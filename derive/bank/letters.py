"""The letters of an answer that names its own: ``∂L/∂F_{m,n} = …`` where ``∂L/∂F_{u,v}`` was asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.substitute import subs
from derive.calculus.trace import Relation
from derive.grading.reading import read_tree
from derive.notation import tree
from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable
from derive.notation.walk import walk

TIMED = re.compile(r"([A-Za-z])_\{?([a-z](?:[+-]\d)?)\}?")


def own_letters(text: str, asking: Mapping[str, Any], asked: str) -> dict[str, str]:
    r"""Asked letter → the answer's own, from its left side; empty where it names the same, none or something else.

    >>> asking = {"symbols": {"F": {"shape": ["K", "M"]}}, "free_indices": {"u": "K", "v": "M"}}
    >>> own_letters(r"\frac{\partial L}{\partial F_{m,n}} = 0", asking, r"\frac{\partial L}{\partial F_{u,v}}")
    {'u': 'm', 'v': 'n'}
    """
    if "=" not in text:
        return {}
    declarations = Declarations.of(**asking)
    try:
        given, wanted = (read_tree(t, "latex", declarations) for t in (text, asked))
    except (Unreadable, Refused):
        return {}
    if not isinstance(given, tree.Relation):
        return {}
    named = [[n.name for n in walk(side) if isinstance(n, tree.Name)] for side in (wanted, given.operands[0])]
    pairs = {(a, b) for a, b in zip(*named, strict=False) if a != b}
    letters = dict(pairs)
    taken = {*asking["symbols"], *letters}
    fits = len(letters) == len(pairs) == len(set(letters.values())) and letters.keys() <= asking["free_indices"].keys()
    same_shape = _kinds(wanted) == _kinds(given.operands[0])
    return dict(sorted(pairs)) if fits and same_shape and not taken & set(letters.values()) else {}


def _kinds(node: tree.Node) -> list[type]:
    return [type(n) for n in walk(node)]


def renamed(relation: Relation, letters: Mapping[str, str]) -> Relation:
    """A relation with other free letters."""
    new = {b.letter: Letter(letters[b.letter.name]) for b in relation.frame if b.letter.name in letters}
    frame = tuple(replace(b, letter=new.get(b.letter, b.letter)) for b in relation.frame)
    return replace(relation.map(lambda side: subs(side, {x: Affine.of(y) for x, y in new.items()})), frame=frame)


def without_time(text: str, symbols: Mapping[str, Mapping[str, Any]]) -> str:
    r"""A Python text with ``h[t, i]`` written as the question's ``h_t[i]``, for vectors called ``h_t`` or ``h_{t-1}``.

    >>> without_time("W[i, j]*h[t, i]*h[t - 1][j]", {"h_t": {"latex": "h_t"}, "h": {"latex": "h_{t-1}"}, "W": {"latex": "W"}})
    'W[i, j]*h_t[i]*h[j]'
    """
    named = ((TIMED.fullmatch(s["latex"]), name) for name, s in symbols.items())
    for base, time, name in [(m[1], m[2], name) for m, name in named if m]:
        if len(symbols.get(base, {}).get("shape", ())) > 1:
            continue
        at = r"\s*".join(re.escape(c) for c in time)
        text = re.sub(rf"(?<![\w\\.]){base}\s*\[\s*{at}\s*(?:,\s*|\]\s*\[\s*)", f"{name}[", text)
        text = re.sub(rf"(?<![\w\\.]){base}\s*\[\s*{at}\s*\]", name, text)
    return text
