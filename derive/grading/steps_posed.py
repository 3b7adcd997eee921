"""The equations that a student works with: set to zero, given, or claimed; and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from derive.grading.steps_claims import Claim
from derive.grading.steps_link import Pair, from_equations
from derive.grading.steps_names import working
from derive.grading.steps_scene import Scene, Undecidable
from derive.grading.steps_trees import is_slope, is_zero, slope_by
from derive.notation import tree
from derive.notation.walk import walk

LATEST = 4
MOST = 5
MULTIPLIERS = (r"\lam", r"\mu", r"\nu", r"\alp")
ZERO = tree.Number("0")


@dataclass
class Posed:
    """Equations that are no identities, the latest last, each with whether it was found right (None: undecided).

    ``stationarity`` says that the student has set a derivative to zero before.
    """

    equations: list[tuple[Pair, bool | None]] = field(default_factory=list)
    stationarity: bool = False

    def add(self, a: tree.Node, b: tree.Node, *, right: bool | None) -> None:
        """One equation more."""
        self.equations.append(((a, b), right))

    def doubt(self) -> None:
        """Of the latest equation nobody knows whether it is right."""
        if self.equations:
            self.equations[-1] = (self.equations[-1][0], None)

    def speaks_of(self, node: tree.Node) -> bool:
        """Whether an equation has this expression in it."""
        return any(node in walk(side) for pair, _ in self.equations for side in pair)

    def rooted(self, scene: Scene, claims: Sequence[Claim]) -> bool:
        """Whether points were found where the latest slope is zero."""
        slope = next((c.right for c in claims[::-1] if is_slope(c.left)), None)
        return slope is not None and from_equations(scene, (slope, ZERO), [(slope, ZERO)], _by(scene, claims)) is True

    def unknowns(self, scene: Scene, claims: Sequence[Claim]) -> frozenset[str]:
        """What derivatives were taken by: what is solved for where they are zero."""
        return frozenset(_by(scene, claims))

    def corrected(self, a: tree.Node, b: tree.Node) -> bool:
        """Whether an equation that is right speaks of no more than the one before it, which was wrong."""
        if not self.equations or self.equations[-1][1] is not False:
            return False
        own, before = (
            {n for side in p for n in walk(side) if isinstance(n, tree.Name)} for p in ((a, b), self.equations[-1][0])
        )
        return own <= before

    def carry(self, scene: Scene, a: tree.Node, b: tree.Node, claims: Sequence[Claim]) -> bool | None:
        """Whether an equation follows from the one before it, which was wrong; None where that is not so, or unknown."""
        if not self.equations or self.equations[-1][1]:
            return None
        latest = self.equations[-1][0]
        plain = {n.name for side in latest for n in walk(side) if isinstance(n, tree.Name)}
        first, opened = _first(scene, a, b, claims), scene.without(*plain)
        found = _follows(opened, (a, b), latest, first)
        return found or (None if self.equations[-1][1] is None else found)

    def imply(self, scene: Scene, a: tree.Node, b: tree.Node, claims: Sequence[Claim], *, tacit: bool) -> bool | None:
        """Whether an equation follows from those found right, or from what is given; None where nobody knows.

        ``tacit`` says that a gradient written above may have been set to zero without a word.
        """
        first = _first(scene, a, b, claims)
        good = [pair for pair, right in self.equations if right]
        zero = is_zero(a) or is_zero(b)
        spoken = not zero and any(is_slope(n) for side in (a, b) for n in walk(side))
        slopes = [(c.right, ZERO) for c in claims if is_slope(c.left) and not spoken and tacit]
        singles = [*good[::-1], *scene.equations, *slopes[::-1]][:LATEST]
        seen = [_follows(scene, (a, b), pair, first) for pair in singles]
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
        latest = [side for c in claims[-1:] if not is_slope(c.left) for side in (c.right, c.left)]
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


def _follows(scene: Scene, goal: Pair, equation: Pair, first: Sequence[str]) -> bool | None:
    """Whether an equation follows from one; where that has no root, it may by algebra alone."""
    found = from_equations(scene, goal, [equation], first)
    if found is not None:
        return found
    wide = scene.widened()
    rooted = wide == scene or from_equations(scene, equation, [equation], first)
    return None if rooted else from_equations(wide, goal, [equation], first) or None


def _first(scene: Scene, a: tree.Node, b: tree.Node, claims: Sequence[Claim]) -> list[str]:
    """What is solved for before anything else."""
    return _by(scene, claims) + [n.name for n in (a, b) if isinstance(n, tree.Name)]


def _by(scene: Scene, claims: Sequence[Claim]) -> list[str]:
    """What derivatives were taken by, the latest first."""
    lefts = [*(c.left for c in claims), *([scene.goal] if scene.goal is not None else [])]
    variables = [v for left in lefts for v in variables_of(scene, left)]
    return [n.name for v in variables[::-1] for n in walk(v) if isinstance(n, tree.Name)]


def variables_of(scene: Scene, left: tree.Node) -> tuple[tree.Node, ...]:
    """What a derivative is taken by; of ``∇J`` what J is a function of, or its usual variable."""
    if not (isinstance(left, tree.Derivative) and left.kind == "nabla" and left.of is not None and not left.wrt):
        return slope_by(left)
    try:
        return working(scene).variable_of(left.of, left)
    except Undecidable:
        return ()
