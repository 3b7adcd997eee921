"""Errors carried forward: what follows only from the student's own wrong line, and which line that is."""

from __future__ import annotations

from dataclasses import replace

from derive.grading.steps_claims import Claim, carried_scenes
from derive.grading.steps_judged import Judged
from derive.grading.steps_posed import variables_of
from derive.grading.steps_solved import Solving
from derive.grading.steps_trees import put_in, through
from derive.notation import tree

CARRIED = "This follows from line {}, which is wrong."


class Carrying(Solving):
    """Verdicts where the student's own lines hold, right or wrong."""

    def traced(self, found: Judged) -> Judged:
        """The verdict on a line, with the wrong line that it rests on where there is one."""
        if found.verdict == "wrong":
            self.source = self.number
            return found
        own = bool(found.evidence.get("carried")) or (self.continues and self.source > 0)
        if found.verdict != "follows" or not (own and found.counts):
            self.source = self.source if self.continues and found.verdict == "follows" else 0
            return found
        self.source = self.source if self.continues and self.source else self._source()
        where = {"from_line": self.source, "message": CARRIED.format(self.source)} if self.source else {}
        return replace(found, evidence={**found.evidence, "carried": True, **where})

    def standing(self) -> list[Claim]:
        """What the student has claimed without a condition, or under those of this line."""
        return [c for c in self.claims if c.apart in ((), tuple(self.conditions))]

    def _source(self) -> int:
        """The one line that all of the student's own errors come from; 0 where there are several."""
        lines = {c.line for c in self.claims if c.verdict != "follows" and c.line != self.number}
        return lines.pop() if len(lines) == 1 else 0

    def _carried(self, a: tree.Node, b: tree.Node, found: Judged, owned: bool) -> Judged:
        """The verdict where the student's own lines hold; what is put right by the page's follows from the page."""
        doubtful = [c for c in self.standing() if c.verdict != "follows"]
        for claim in doubtful[::-1]:
            own, other = self._put(a, claim), self._put(b, claim)
            if (own, other) != (a, b) and self.same(own, other).verdict == "follows":
                return Judged("follows", {"kind": "carried", "carried": True})
        for scene in carried_scenes(self.scene, self.standing()) if doubtful else ():
            carried = self._same(scene, a, b)
            if carried.verdict == "follows":
                return Judged("follows", {**carried.evidence, "carried": True})
            if owned:
                found = carried
        right = self.same(a, b) if owned else found
        return Judged("follows", {**right.evidence, "corrected": True}) if right.verdict == "follows" else found

    def _put(self, node: tree.Node, claim: Claim) -> tree.Node:
        """What was claimed put in: under a derivative, or for a recurrence at a time."""
        match claim.left:
            case tree.Index(tree.Name(name)) if name in self.scene.recurrent():
                return put_in(node, claim.left, claim.right)
        if isinstance(node, tree.Derivative) and node.of == claim.left and not node.wrt:
            node = replace(node, wrt=variables_of(self.scene, node))
        return through(node, claim.left, claim.right)
