"""Equations that are no identities: posed, set to zero, or following from what was posed."""

from __future__ import annotations

from derive.calculus.expr import Expr
from derive.calculus.program import Definition
from derive.calculus.substitute import names
from derive.grading.steps_backward import by_adjoints
from derive.grading.steps_bounds import by_orders
from derive.grading.steps_forward import by_tangents
from derive.grading.steps_induction import by_recursion, steps_on
from derive.grading.steps_judged import Judged, says
from derive.grading.steps_known import by_equations, by_line
from derive.grading.steps_link import Pair, from_equations, identity, is_void
from derive.grading.steps_means import OPEN
from derive.grading.steps_names import undecorated, with_letters
from derive.grading.steps_naming import Naming
from derive.grading.steps_order import ORDERS
from derive.grading.steps_posed import ZERO, variables_of
from derive.grading.steps_reading import ABOVE, read_line
from derive.grading.steps_scene import Scene
from derive.grading.steps_trees import is_slope, is_zero, without_logarithms
from derive.grading.steps_unrolled import by_steps, where_tight
from derive.notation import tree
from derive.notation.errors import Refused, Unreadable
from derive.notation.walk import walk

AHEAD = 4
EARLIER = 3


class Solving(Naming):
    """The verdict on an equation from the equations before it."""

    def same(self, a: tree.Node, b: tree.Node) -> Judged:
        """Whether two expressions are the same under what is given."""
        raise NotImplementedError

    def _same(self, scene: Scene, a: tree.Node, b: tree.Node) -> Judged:
        """The same in another scene."""
        raise NotImplementedError

    def settled(self, a: tree.Node, b: tree.Node, found: Judged) -> Judged:
        """The verdict, but nothing follows of what has no value, and nothing is refuted through integrals."""
        if found.verdict == "follows" and is_void(self.scene, b):
            return says("wrong", "a part of this has no value at all, as 1/0 has none")
        return says("undecided", OPEN) if found.refuted and self.through_means(a, b) else found

    def _known_by_equations(
        self, a: tree.Node, b: tree.Node, left: tree.Node | None, *, refuted: bool
    ) -> Judged | None:
        """A proof that puts equations in: into what this chain was found equal to last, or into the side itself."""
        stated = [c.right for c in self.claims[::-1] if c.left in (a, left) and c.holds]
        shown = (c for c in self.claims[::-1] if c.verdict == "follows" and steps_on(self.scene, c.left, c.said))
        found = next(filter(None, (by_recursion(self.scene, (c.left, c.right), a, b) for c in shown)), None)
        if found is not None and found.verdict != "follows":
            return found
        found = found or by_equations(self.scene, [*stated[:1], a], b, self._holding())
        lines = [(c.left, c.right) for c in self.claims[::-1] if c.holds][:1]
        for line in (*lines, *self.scene.equations):
            found = found or by_line(self.scene, line, *without_logarithms(a, b), self._holding())
        if found or refuted:
            return self._used(found, a, b) if found else None
        before = [(c.left, c.right) for c in self.claims[::-1] if c.holds and c.left not in (a, left)]
        backward = (by_adjoints(self.scene, x, b, before[:EARLIER]) for x in [*stated[:1], a])
        return next(filter(None, backward), None) or by_tangents(self.scene, a, b, self._same)

    def _used(self, found: Judged, a: tree.Node, b: tree.Node) -> Judged:
        """A proof from equations, which is one more that later lines may be solved from."""
        if not self.conditions:
            self.posed.add(a, b, right=True)
        return found

    def _overstated(self, a: tree.Node, op: str, b: tree.Node) -> Judged | None:
        """What refutes an inequality where one that is given is an equation."""
        return where_tight(self.scene, (a, op, b)) if op in ORDERS and not self.conditions else None

    def _known_by_orders(self, a: tree.Node, op: str, b: tree.Node) -> Judged | None:
        """A proof from the inequalities that are given or were found before."""
        known = [*self.bounds[::-1], *self.scene.orders]
        return by_steps(self.scene, (a, op, b), known) or by_orders(self.scene, (a, op, b), known, self._holding())

    def _within_orders(self, a: tree.Node, b: tree.Node, found: Judged) -> Judged:
        """What is refuted at a point, looked at once more where the inequalities hold that are given."""
        orders = [tree.Relation((x, y), (op,)) for x, op, y in self.scene.orders]
        if found.verdict != "wrong" or found.evidence.get("kind") != "witness" or not orders:
            return found
        again = identity(self.scene, a, b, [*self.conditions, *orders])
        if again.verdict == "undecided":
            return says("undecided", "the inequalities that are given may make this true")
        return again

    def _holding(self) -> list[Pair]:
        """The equations that define nothing and hold."""
        return [*self.scene.equations, *(pair for pair, right in self.posed.equations if right)]

    def _solved(self, a: tree.Node, b: tree.Node, found: Judged, left: tree.Node | None) -> Judged:
        """The verdict on an equation that is no identity: posed here, or a consequence of what was posed."""
        if self.conditions:
            return found
        if (self.role == "wanted" and found.verdict == "wrong") or self._assumed(a, b, found):
            self.posed.add(a, b, right=True)
            return Judged("follows", {"kind": "set"})
        slope = is_slope(left) or is_slope(a)
        zero = is_zero(a) or is_zero(b)
        if slope and not zero and not self.posed.speaks_of(a):
            given = self.scene.equations
            if given and found.verdict == "wrong" and from_equations(self.scene, (a, b), given, ()):
                return Judged("follows", {"kind": "solved", "by": "the equations that are given"})
            if self.scene.equations and found.verdict == "wrong":
                self.posed.add(a, b, right=False)
            return found
        if a == self.last and not zero and not self._tied(a, b):
            return found
        claim = next((c for c in self.claims[::-1] if c.left == a), None)
        stated = a if claim is None else claim.right
        if slope and zero and claim is not None and claim.verdict == "wrong":
            a = stated
        own = self.posed.carry(self.scene, a, b, self.claims)
        tacit = self.role == "set" or not self._is_value(a)
        fails = own is False and self._is_value(a)  # a value is one at the student's own point
        verdict = own or (not fails and self.posed.imply(self.scene, a, b, self.claims, tacit=tacit))
        verdict = False if verdict is None and own is False else verdict
        if verdict:
            evidence = {"kind": "solved", "by": "the equations before it"}
            self.posed.stationarity |= self.role == "set"
            wrong = own and self.posed.equations[-1][1] is False
            marks = {"carried": True} if wrong else {"corrected": True} if self.posed.corrected(a, b) else {}
            self.posed.add(a if own else stated, b, right=True)
            return Judged("follows", {**evidence, **marks})
        if self.role == "set" and not zero and self.posed.stationary(self.scene, a, b, self.claims):
            self.posed.add(a, b, right=True)
            return Judged("follows", {"kind": "solved", "by": "stationarity of the line before it"})
        return self._unsolved((a, b), stated, left if left is not None and is_slope(left) else a, verdict, found)

    def _unsolved(self, pair: Pair, stated: tree.Node, left: tree.Node, verdict: bool | None, found: Judged) -> Judged:
        """The verdict on an equation that nothing before it leads to: set here, open, or wrong."""
        a, b = pair
        slope, zero = is_slope(left), is_zero(a) or is_zero(b)
        derived = self.role == "implies" and bool(self.posed.equations)
        apart = verdict is False and not slope and (derived or bool(self.scene.equations))
        anew = zero and slope and self._is_anew(left)
        if (zero and (self.role == "set" or (self._used_later(a, b) and not apart))) or (
            anew and self.posed.stationarity
        ):
            self.posed.stationarity |= slope and self.role == "set"
            self.posed.add(stated, b, right=True)
            return Judged("follows", {"kind": "set"})
        if anew or (zero and slope and verdict is None):
            return says("undecided", "Nothing says that this is set to zero, and nothing is made of it.")
        if self.role == "set" and self._truly_stationary(a, b):
            self.posed.add(a, b, right=True)
            return Judged("follows", {"kind": "solved", "by": "stationarity of what is given", "corrected": True})
        hidden = self.role == "set" and not self.posed.rooted(self.scene, self.claims)
        unknown = verdict is None and (hidden or self._tied(a, b))
        if found.verdict == "wrong":
            self.posed.add(a, b, right=None if unknown else False)
        if found.verdict == "wrong" and verdict is None and self.role == "constraint":
            return says("undecided", "no multiplier among what is given says this")
        if found.verdict == "wrong" and unknown:
            return says("undecided", "the equations that hold here may make this true")
        return found if verdict is None else says("wrong", "It does not hold where the equations before it do.")

    def _truly_stationary(self, a: tree.Node, b: tree.Node) -> bool:
        """Whether an equation holds where the slope that was got wrong last really is zero."""
        slope = next((c.left for c in self.claims[::-1] if is_slope(c.left)), None)
        wrong = any(c.left == slope and c.verdict == "wrong" for c in self.claims)
        if slope is None or not wrong:
            return False
        by = [n.name for v in variables_of(self.scene, slope) for n in walk(v) if isinstance(n, tree.Name)]
        return bool(from_equations(self.scene, (a, b), [(slope, ZERO)], by))

    def _is_anew(self, left: tree.Node) -> bool:
        """Whether a slope is taken by something that no slope before it was taken by."""
        before = {v for c in self.claims for v in variables_of(self.scene, c.left)}
        return bool(own := set(variables_of(self.scene, left))) and own.isdisjoint(before)

    def _assumed(self, a: tree.Node, b: tree.Node, found: Judged) -> bool:
        """Whether the words make an equation true: a constraint, or what is chosen of a quantity that nothing speaks of."""
        if self.role == "constraint":
            return self.posed.constrained(self.scene, a, b) is not False
        if self.role not in ("where", "since") or found.verdict != "wrong":
            return False
        return self._is_free(a, b) or self.posed.constrained(self.scene, a, b) is True

    def _is_free(self, a: tree.Node, b: tree.Node) -> bool:
        """Whether one of the names is in nothing given, in no equation that is used, and not what is solved for."""
        if self.role != "where" or not isinstance(a, tree.Name) or a in walk(b) or self._is_value(a):
            return False
        spoken = {n.name for p in self.scene.equations for side in p for n in walk(side) if isinstance(n, tree.Name)}
        spoken |= self.posed.unknowns(self.scene, self.claims).union(
            *map(names, map(_body, self.scene.meanings.values()))
        )
        inside = {n for side in (a, b) for n in walk(side) if isinstance(n, tree.Name) and n.name in self.scene.symbols}
        return any(n.name not in spoken | self.scene.meanings.keys() and not self.posed.speaks_of(n) for n in inside)

    def optimal(self, node: tree.Node, value: tree.Node, named: Judged) -> Judged:
        r"""What is said of ``w^* = …`` and ``\hat w = …``: a name for the w that the equations before it were solved for."""
        base = undecorated(str(named.evidence.get("name", "")), self.scene)
        if named.evidence.get("kind") != "named" or base is None or is_zero(value) or base in walk(value):
            return named
        solving = self.posed.equations or self.role in ("set", "implies")
        if self.role == "where" or not solving or base.name not in self.posed.unknowns(self.scene, self.claims):
            return named
        return self._solved(base, value, named, None)

    def _tied(self, a: tree.Node, b: tree.Node) -> bool:
        """Whether an equation between arrays that is given, and defines nothing, speaks of what both lead to."""
        parts = [n for pair in self.scene.equations for side in pair for n in walk(side)]
        given = {n.name for n in parts if isinstance(n, tree.Name) and self.scene.declared.rank(n.name)}
        spoken = {n.name for side in (a, b) for n in walk(side) if isinstance(n, tree.Name)}
        reach = self.scene.reach()
        return not given.isdisjoint(spoken.union(*(reach.get(n, frozenset()) for n in spoken)))

    def _is_value(self, node: tree.Node) -> bool:
        """Whether it is a quantity whose value is given, and not an unknown that is solved for."""
        match node:
            case tree.Call(tree.Name(name)) | tree.Name(name):
                return name in self.scene.functions or name in self.scene.meanings
        return False

    def _used_later(self, a: tree.Node, b: tree.Node) -> bool:
        """Whether a later line is an equation between known things: then this one was set to zero to be solved."""
        for text in self.ahead[:AHEAD]:
            try:
                nodes = [n for n, _ in read_line(text, self.scene, self.left)]
            except (Unreadable, Refused):
                continue
            for node in nodes:
                parts = node.operands if isinstance(node, tree.Logic) else (node,)
                if any(self._solves(p) for p in parts):
                    return True
        return False

    def _solves(self, node: tree.Node) -> bool:
        if not isinstance(node, tree.Relation) or node.operands[0] == ABOVE or node.ops[0] != "=":
            return False
        left, right = node.operands[:2]
        declared = with_letters(self.scene, left, right).declared
        known = all(declared.is_known(n.name) for n in walk(left) if isinstance(n, tree.Name))
        return known and not isinstance(left, tree.Derivative) and self.same(left, right).verdict == "wrong"


def _body(meaning: Definition) -> Expr:
    return meaning.body
