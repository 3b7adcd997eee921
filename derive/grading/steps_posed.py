"""The equations that a student works with: set to zero, given, or claimed; and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from derive.grading.steps_claims import Claim
from derive.grading.steps_link import Pair, from_equations
from derive.grading.steps_scene import Scene
from derive.grading.steps_trees import is_zero
from derive.notation import tree
from derive.notation.walk import walk

LATEST = 4
MOST = 5
MULTIPLIERS = (r"\lam", r"\mu", r"\nu", r"\alp")
ZERO = tree.Number("0")


@dataclass
class Posed:
    """Equations that are no identities, the latest last, each with whether it was found right (None: undecided)."""

    equations: list[tuple[Pair, bool | None]] = field(default_factory=list)

    def add(self, a: tree.Node, b: tree.Node, *, right: bool | None) -> None:
        """One equation more."""
        self.equations.append(((a, b), right))

    def speaks_of(self, node: tree.Node) -> bool:
        """Whether an equation has this expression in it."""
        return any(node in walk(side) for pair, _ in self.equations for side in pair)

    def carry(self, scene: Scene, a: tree.Node, b: tree.Node, claims: Sequence[Claim]) -> bool | None:
        """Whether an equation follows from the one before it, which was wrong; None where that is not so, or unknown."""
        if not self.equations or self.equations[-1][1]:
            return None
        latest = self.equations[-1][0]
        plain = {n.name for side in latest for n in walk(side) if isinstance(n, tree.Name)}
        found = from_equations(scene.without(*plain), (a, b), [latest], _first(scene, a, b, claims))
        return found or (None if self.equations[-1][1] is None else found)

    def imply(self, scene: Scene, a: tree.Node, b: tree.Node, claims: Sequence[Claim], *, tacit: bool) -> bool | None:
        """Whether an equation follows from those found right, or from what is given; None where nobody knows.

        ``tacit`` says that a gradient written above may have been set to zero without a word.
        """
        first = _first(scene, a, b, claims)
        good = [pair for pair, right in self.equations if right]
        zero = is_zero(a) or is_zero(b)
        spoken = not zero and any(isinstance(n, tree.Derivative) for side in (a, b) for n in walk(side))
        slopes = [(c.right, ZERO) for c in claims if isinstance(c.left, tree.Derivative) and not spoken and tacit]
        singles = [*good[::-1], *scene.equations, *slopes[::-1]][:LATEST]
        seen = [from_equations(scene, (a, b), [pair], first) for pair in singles]
        latest = list(dict.fromkeys([*slopes, *scene.equations, *good]))[:-LATEST:-1]
        if True in seen or any(from_equations(scene, (a, b), pair, first) for pair in combinations(latest, 2)):
            return True
        if False not in seen:
            return None
        joint = list(dict.fromkeys([*scene.equations, *good[::-1]]))
        if len(joint) < 2:
            return False
        sizes = range(min(MOST, len(joint)), 1, -1)
        together = ((size, from_equations(scene, (a, b), joint[:size], first)) for size in sizes)
        size, found = next(((s, f) for s, f in together if f is not None), (1, False))
        return found or (False if size >= len(scene.equations) else None)

    def stationary(self, scene: Scene, a: tree.Node, b: tree.Node, claims: Sequence[Claim]) -> bool:
        """Whether an equation holds where what the latest line speaks of is stationary in something."""
        inside = list(dict.fromkeys(n for side in (a, b) for n in walk(side) if isinstance(n, tree.Name)))
        latest = [side for c in claims[-1:] if not isinstance(c.left, tree.Derivative) for side in (c.right, c.left)]
        return any(
            from_equations(scene, (a, b), [(tree.Derivative("partial", side, (v,)), ZERO)], [v.name])
            for side in latest
            for v in inside[:LATEST]
        )

    def constrained(self, scene: Scene, a: tree.Node, b: tree.Node) -> bool | None:
        """Whether an equation is what a given Lagrangian says of one of its multipliers; None where it has none."""
        pairs: list[Pair] = [
            (tree.Derivative("partial", tree.Name(name), (tree.Name(inner),)), ZERO)
            for name, reached in scene.reach().items()
            for inner in sorted(reached)
            if scene.declared.rank(name) == 0 and scene.declared.latex(inner)[:4] in MULTIPLIERS
        ]
        good = [pair for pair, right in self.equations if right][-1:]
        return any(from_equations(scene, (a, b), s, []) for p in pairs for s in ([p], [p, *good])) if pairs else None


def _first(scene: Scene, a: tree.Node, b: tree.Node, claims: Sequence[Claim]) -> list[str]:
    """What is solved for before anything else."""
    return _by(scene, claims) + [n.name for n in (a, b) if isinstance(n, tree.Name)]


def _by(scene: Scene, claims: Sequence[Claim]) -> list[str]:
    """What derivatives were taken by, the latest first."""
    lefts = [*(c.left for c in claims), *([scene.goal] if scene.goal is not None else [])]
    variables = [v for left in lefts if isinstance(left, tree.Derivative) for v in left.wrt]
    return [n.name for v in variables[::-1] for n in walk(v) if isinstance(n, tree.Name)]
