"""What a line names for the first time, and the state of a derivation between its lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from derive.calculus.substitute import names
from derive.grading.lines_text import Statement
from derive.grading.steps_claims import Claim
from derive.grading.steps_defined import defined, folded
from derive.grading.steps_judged import Judged, nothing_says, says, worst
from derive.grading.steps_means import holds_means
from derive.grading.steps_names import Target, called_text, target, with_letters, working, worlds
from derive.grading.steps_order import combined
from derive.grading.steps_posed import Posed
from derive.grading.steps_scene import Scene, Undecidable
from derive.grading.steps_slopes import ambiguous
from derive.grading.steps_trees import is_slope
from derive.notation import tree
from derive.notation.arrays import Clash
from derive.notation.latex import read_latex
from derive.notation.walk import walk

EQUALS = ("=", "defines")
_ARRAY = r"(\\?[A-Za-z]+(?:_\{?\w+\}?)?)"
COTANGENT = re.compile(
    rf"\s*(?:\\text\s*\{{[^{{}}]*\}})?\s*d\s*{_ARRAY}\s*&?\s*:?=\s*"
    r"\\frac\s*\{\s*(?:\\partial|d)\s*(\\?[A-Za-z]+)\s*\}\s*\{\s*(?:\\partial|d)\s*\1\s*\}[\s.,]*$"
)
COTANGENT_AGAIN = re.compile(rf"\s*d\s*{_ARRAY}\s*&?\s*:?=")


_COMMAND = re.compile(r"\\(?:text|mathrm|operatorname)\s*\{[^{}]*\}|\\[A-Za-z]+")


def _squeezed(text: str) -> str:
    """A formula without what only spaces it, for telling whether two are spelled alike."""
    return re.sub(r"\s|[{}&]|\\(?:left|right)(?![A-Za-z])", "", text)


@dataclass
class Naming:
    """The state between lines.

    Attributes:
        scene: what is given and what the student has named.
        last: the expression that a line beginning with ``=`` continues.
        left: what the running chain is about.
        claims: what the student has said so far about known quantities.
        posed: the equations that the student works with.
        bounds: the inequalities that were found to follow.
        numbers: what the student has given a decimal for.
        ahead: the lines that come after this one, as typed.
        gap: the line before could not be read.
        doubted: names that a line said something of that could not be used.
        put: the numbers that a line put in last, ``x = 3``.
        programmed: the scalar whose derivatives are called ``dP``, ``dQ``, if there is one.
        nodes: the statements of this line.
        clouded: names that a line was about which could not be read.
        unposed: names that stand in an equation which could not be decided.
        untold: derived names of which nothing that is given says what they are.
        letters: index letters that stand for others, plus or less a number.
        loose: the running chain has another relation than equality in it.
        number: how many lines there were, this one among them.
        source: the number of the wrong line that the running expression rests on, or 0.
        continues: this line continues the running expression.
    """

    scene: Scene
    last: tree.Node | None = None
    left: tree.Node | None = None
    claims: list[Claim] = field(default_factory=list)
    posed: Posed = field(default_factory=Posed)
    bounds: list[tuple[tree.Node, str, tree.Node]] = field(default_factory=list)
    numbers: list[tuple[tree.Node, tree.Node]] = field(default_factory=list)
    ahead: Sequence[str] = ()
    gap: bool = False
    said: list[tree.Node] = field(default_factory=list)
    conditions: list[tree.Node] = field(default_factory=list)
    put: list[tree.Node] = field(default_factory=list)
    role: str = "line"
    doubted: set[str] = field(default_factory=set)
    loose: bool = False
    clouded: set[str] = field(default_factory=set)
    unposed: set[str] = field(default_factory=set)
    untold: set[str] = field(default_factory=set)
    programmed: str = ""
    number: int = 0
    source: int = 0
    continues: bool = False
    nodes: Sequence[tree.Node] = ()
    letters: dict[str, tree.Node] = field(default_factory=dict)

    @staticmethod
    def defines(found: Judged, op: str) -> Judged:
        """``:=`` claims nothing of what is known; whether it is an assignment or a claim nobody says."""
        clash = op == "defines" and found.verdict == "wrong"
        return says("undecided", "This has a meaning already; it is not defined anew.") if clash else found

    def cotangent(self, text: str) -> Judged | None:
        r"""``dP := \frac{\partial L}{\partial P}`` names a derivative as programs do; ``dQ`` is then L's by Q too."""
        said, before = COTANGENT.match(text), COTANGENT_AGAIN.match(text)
        if said:
            array, scalar = said[1], said[2]
        elif before and self.programmed and before[1] in map(self.scene.declared.latex, self.scene.symbols):
            array, scalar = before[1], self.programmed
        else:
            return None
        name = f"d{array}"
        if name in self.scene.symbols:
            return None
        node = read_latex(rf"\frac{{\partial {scalar}}}{{\partial {array}}}", self.scene.declared)
        found, new = _meant(self.scene, Target(name, name), node)
        if new is None:
            return None
        self.scene, self.programmed = replace(new, options=self.scene.options), scalar
        return found if said else None

    def named(self, node: tree.Node, value: tree.Node, op: str, statement: Statement) -> Judged | None:
        """A line that first names something."""
        if op not in EQUALS:
            return None
        start, end = node.span
        text = statement.text[start:end]
        if op != "defines" and statement.role != "where" and ambiguous(node, self.scene):
            return says(
                "undecided", f"'{text.strip()}' may be a derivative, and nothing says by what: write it as a fraction"
            )
        goal = target(node, text, self.scene)
        if isinstance(node, tree.Product) and called_text(text):
            goal = None
        if goal is None or not self._is_new(goal, statement):
            return None
        if _tight(text) in map(_tight, self.scene.unread) or self._given_about(goal.name):
            return says("undecided", f"what is given about '{goal.latex}' could not be used")
        said, doubted = nothing_says([goal.name]), goal.name in self.doubted
        for world in worlds(with_letters(self.scene, value), value):
            said, new = _meant(world, goal, value)
            if new is not None:
                self.scene = folded(replace(new, options=self.scene.options), goal, value)
                return says("undecided", f"what '{goal.latex}' was said to be could not be used") if doubted else said
        self.doubted |= {goal.name} if said.verdict == "undecided" and not goal.slots else set()
        return said

    def _is_new(self, goal: Target, statement: Statement) -> bool:
        known = goal.name in self.scene.symbols or self.scene.declared.is_known(goal.name)
        if not known:
            return True
        free = goal.name in self.scene.symbols and goal.name not in self.scene.meanings
        return free and statement.role == "where" and not goal.slots and goal.name not in self.used()

    def _given_about(self, name: str) -> bool:
        """Whether an equation that defines nothing speaks of a name."""
        pairs = self.scene.equations
        return any(isinstance(n, tree.Name) and n.name == name for pair in pairs for side in pair for n in walk(side))

    def unsaid(self, a: tree.Node) -> str:
        """The name that a left side is about, where it is said to be derived and nothing says from what."""
        head, scene = next((n.name for n in walk(a) if isinstance(n, tree.Name)), ""), self.scene
        found = {
            n.name for c in self.claims if c.verdict != "undecided" for n in walk(c.left) if isinstance(n, tree.Name)
        }
        sides = [side for pair, right in self.posed.equations if right for side in pair]
        found |= {n.name for side in sides for n in walk(side) if isinstance(n, tree.Name)}
        inside = {n for d in scene.meanings.values() for n in names(d.body)}
        known = head in {*scene.meanings, *scene.slopes, *scene.functions, *found, *inside} or self._given_about(head)
        orders = [{n.name for n in (*walk(x), *walk(y)) if isinstance(n, tree.Name)} for x, _, y in scene.orders]
        bounded = any(head in about and len(about) > 1 for about in orders)
        derived = bool(scene.symbols.get(head, {}).get("derived")) and not bounded
        if not derived or (known and head not in self.untold):
            return ""
        self.untold.add(head)
        return repr(scene.declared.latex(head))

    def cloud_head(self, text: str) -> None:
        """What a line is about that could not be read: nobody knows what it said of it."""
        head = _squeezed(text.partition("=")[0])
        self.clouded |= {n for n in self.scene.symbols if _squeezed(self.scene.declared.latex(n)) == head}

    def cloud(self, text: str) -> None:
        """The names without a meaning that stand in an equation which could not be decided."""
        whole, scene = _squeezed(text), self.scene
        letters = set(_COMMAND.sub(" ", text))
        for name in scene.symbols.keys() - scene.meanings.keys():
            latex = _squeezed(scene.declared.latex(name))
            alone = "" if latex.startswith("\\") else r"(?<![A-Za-z\\])"
            if latex in letters or re.search(rf"{alone}{re.escape(latex)}(?![A-Za-z])", whole):
                self.unposed.add(name)

    def dark(self, a: tree.Node, b: tree.Node) -> str:
        """A name without a meaning in an equation, of which something was said that could not be read."""
        inside = dict.fromkeys(n.name for side in (a, b) for n in walk(side) if isinstance(n, tree.Name))
        free = (n for n in inside if n not in self.scene.meanings and n not in self.scene.slopes)
        latex = self.scene.declared.latex
        head = a.function if isinstance(a, tree.Call) else a.base if isinstance(a, tree.Index) else a
        derived = self.role == "implies" and not isinstance(head, tree.Name) and not is_slope(a)
        about = self.unposed if derived else {head.name} & self.unposed if isinstance(head, tree.Name) else set()
        return next((repr(latex(n)) for n in free if n in self.clouded | about), "")

    def through_means(self, a: tree.Node, b: tree.Node) -> bool:
        """Whether an integral or an expectation stands in what two sides mean, or is tied to it by an equation."""
        about = {n.name for side in (a, b) for n in walk(side) if isinstance(n, tree.Name)}
        pairs = [*self.scene.equations, *(pair for pair, _ in self.posed.equations)]
        tied = [p for p in pairs if about & {n.name for side in p for n in walk(side) if isinstance(n, tree.Name)}]
        return any(holds_means(self.scene, *pair) for pair in ((a, b), *tied))

    def as_named(self, node: tree.Node, before: Mapping[str, object]) -> tree.Node:
        """``m_2`` and ``w^+`` as later lines read them, once they are names of their own."""
        new = [n for n in self.scene.symbols if n not in before]
        return tree.Name(new[0], self.scene.declared.latex(new[0])) if len(new) == 1 else node

    def bounded(self, left: tree.Node | None, ops: Sequence[str], last: tree.Node, verdicts: Sequence[Judged]) -> None:
        """What a chain of inequalities that follow says of its ends, where it says so without a condition."""
        said = combined(ops)
        if left is not None and said and not self.conditions and worst(verdicts).verdict == "follows":
            self.bounds.append((left, said, last))

    def used(self) -> set[str]:
        """The names that something was claimed about."""
        return {
            n.name for c in self.claims for side in (c.left, c.right) for n in walk(side) if isinstance(n, tree.Name)
        }


def _meant(scene: Scene, goal: Target, value: tree.Node) -> tuple[Judged, Scene | None]:
    try:
        work = working(scene)
        lowered = work.lower(value)
        new = None if work.unknown else defined(scene, goal, lowered, value)
    except Clash as error:
        return says("wrong", str(error), kind="shape"), None
    except Undecidable as error:
        return says("undecided", str(error)), None
    if work.unknown:
        return nothing_says(work.unknown), None
    if new is None:
        return says("undecided", "this does not say what the new name means"), None
    return Judged("follows", {"kind": "named", "name": goal.latex}), new


def _tight(text: str) -> str:
    return "".join(text.replace("{", "").replace("}", "").split())
