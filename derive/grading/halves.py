"""Bounds such as ``n/2`` that nobody rounds.

Where the reference has one, the question is about the sizes at which it is whole, as a constraint would say. An answer
is read as ``k <= n/2``; where it is right that way, though ``n/2`` is not whole at an admissible size, a person decides:
half of the readers would have rounded it the other way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derive.calculus.affine import Affine
from derive.grading.relations import Relation, relation
from derive.grading.settings import Search, Setting, settings
from derive.grading.space import Space
from derive.grading.verdict import Verdict, message

Ratio = tuple[Affine, Affine]
DRAWN = 12


def _names(ratio: Ratio) -> set[str]:
    return {x.name for part in ratio for x in part.letters}


def _relations(ratios: Iterable[Ratio]) -> tuple[Relation, ...]:
    named = sorted(f"({a}) % ({b}) == 0" for a, b in ratios if all(n.isidentifier() for n in _names((a, b))))
    return tuple(relation(text) for text in named)


def narrowed(space: Space, ratios: frozenset[Ratio]) -> Space:
    """The space at the sizes at which these are whole."""
    return replace(space, where=(*space.where, *_relations(ratios))) if ratios else space


def judged(verdict: Verdict, ratios: frozenset[Ratio], space: Space) -> Verdict:
    """The verdict on an answer with such bounds: undecided where it is right only if they are rounded."""
    if verdict.verdict != "equal":
        return verdict
    for ratio in sorted(ratios, key=str):
        broken = next((s for s in _sizes(ratio, space) if _is_broken(ratio, s)), None)
        if broken is not None:
            at = ", ".join(f"{n} = {broken[n]}" for n in sorted(_names(ratio)))
            return message("undecided", f"A sum ends at ({ratio[0]})/({ratio[1]}), which is not whole at {at}.")
    return verdict


def _sizes(ratio: Ratio, space: Space) -> list[Setting]:
    fixed = {n for n, s in space.symbols.items() if not s.whole}
    wanted = _names(ratio) | {n for r in space.where for n in r.names if n not in fixed}
    return settings(Search(counts=tuple(sorted(wanted)), where=space.where, given=space.sizes), DRAWN)


def _is_broken(ratio: Ratio, sizes: Setting) -> bool:
    above, below = (part.at({x: sizes[x.name] for x in part.letters}) for part in ratio)
    return above % below != 0
