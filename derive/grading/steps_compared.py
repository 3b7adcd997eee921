"""Whether two expressions are the same under what is given: at once, rewritten, or at numbered times and sizes."""

from __future__ import annotations

from dataclasses import replace

from derive.grading.steps_carried import Carrying
from derive.grading.steps_induction import by_induction
from derive.grading.steps_judged import Judged, says
from derive.grading.steps_link import identity
from derive.grading.steps_scene import Scene
from derive.grading.steps_times import at_any_time, at_sizes, at_times
from derive.notation import tree
from derive.notation.walk import walk


class Comparing(Carrying):
    """Verdicts on two sides of an equation."""

    def _rewritten(self, a: tree.Node, b: tree.Node) -> Judged | None:
        """A derivative of what was written anew in the names of the variable: of that, then."""
        if not isinstance(a, tree.Derivative) or a.of is None:
            return None
        by = {n.name for v in a.wrt for n in walk(v) if isinstance(n, tree.Name)}
        reach = self.scene.reach()
        for claim in self.claims[::-1]:
            inside = {n.name for n in walk(claim.right) if isinstance(n, tree.Name)}
            apart = all(reach.get(n, frozenset()).isdisjoint(inside) for n in by)
            if claim.left == a.of and claim.verdict == "follows" and by & inside and apart:
                return self.same(replace(a, of=claim.right), b)
        return None

    def same(self, a: tree.Node, b: tree.Node) -> Judged:
        """Whether two expressions are the same under what is given."""
        return self._same(self.scene, a, b)

    def _same(self, scene: Scene, a: tree.Node, b: tree.Node) -> Judged:
        a, b = at_any_time(scene, a, b)
        found = self._compared(scene, a, b)
        about = {n.name for side in (a, b) for n in walk(side) if isinstance(n, tree.Name)}
        if found.verdict == "wrong" and found.evidence.get("kind") == "witness" and about & scene.tied:
            return says("undecided", f"{', '.join(sorted(about & scene.tied))} goes through time here")
        return found

    def _compared(self, scene: Scene, a: tree.Node, b: tree.Node) -> Judged:
        found = by_induction(scene, a, b) or identity(scene, a, b, self.conditions)
        if "outside" in found.evidence:  # an entry that is not there is no mistake where it counts as zero
            padded = replace(scene, options={**scene.options, "out_of_range": "zero"})
            found = identity(padded, a, b, self.conditions)
        if found.verdict == "follows" or found.evidence.get("kind") == "shape":
            return found
        sized = at_sizes(scene, a, b, lambda s, x, y: identity(s, x, y, self.conditions))
        return sized or at_times(scene, a, b, lambda x, y: identity(scene, x, y, self.conditions)) or found
