"""Rules about names: read an expression as a quantity that has one, put in what an earlier line found, use a hypothesis.

With them a long backward pass stays a page: every quantity keeps its name, and each line holds one idea.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from derive.calculus.atoms import Apply, Atom, Entry
from derive.calculus.expr import Expr, Term, entry
from derive.calculus.functions import TABLE, unfolded
from derive.calculus.match import rewrite
from derive.calculus.program import Definition
from derive.calculus.rules import DoesNotApply, put
from derive.calculus.substitute import replace_atoms
from derive.calculus.trace import Line, Relation, Rule

Idea = Rule | str


def recognise(what: Definition | Relation, sentence: str, title: str = "recognise", condition: str = "") -> Rule:
    """Read every instance of the right side of a definition, or of an earlier line, as the name on its left.

    >>> from derive.calculus.affine import Affine, Letter
    >>> from derive.calculus.atoms import Bound
    >>> from derive.calculus.expr import apply, entry
    >>> z, h = entry("z", "i"), entry("h", "i")
    >>> i = Bound(Letter("i"), Affine.of(0), Affine.of("n"))
    >>> rule = recognise(Definition("h", (i,), apply("tanh", z)), "Call it h.")
    >>> rule.apply(Relation((entry("s"), 1 - apply("tanh", entry("z", 2)) ** 2))).result == 1 - entry("h", 2) ** 2
    True
    """
    if isinstance(what, Relation):
        name, body = what.left, what.result
    else:
        name, body = entry(what.name, *(b.letter for b in what.letters)), what.body
    if len(body.terms) != 1:
        raise DoesNotApply("what is to be recognised is a sum of several terms")
    return Rule(
        title,
        sentence,
        _changing(lambda e: rewrite(e, body, name)),
        condition,
    )


def assume(left: Expr, right: Expr, sentence: str, condition: str) -> Rule:
    """Use a hypothesis: wherever ``left`` (one term, its free letters matching any index) stands, put ``right``."""
    return Rule("hypothesis", sentence, _changing(lambda e: rewrite(e, left, right)), condition)


def known(relation: Relation, sentence: str = "Put in what was found above.", title: str = "put in") -> Rule:
    """Put an earlier line in: its left side, one entry, becomes its right side wherever it stands.

    Raises:
        DoesNotApply: the line's left side is no entry whose indices are the letters of its frame.
    """
    match relation.left.terms:
        case (Term(_, ((Entry(name, at), _),), ()),) if all(a.letter for a in at):
            return put(name, [a.letter.name for a in at if a.letter], relation.result, title, sentence)
    raise DoesNotApply("the line does not give an entry")


def slope(function: str, sentence: str = "") -> Rule:
    """Write the derivative of a known function out: ``σ′(z)`` becomes ``σ(z)(1 − σ(z))``.

    >>> from derive.calculus.canonical import same
    >>> from derive.calculus.expr import apply, entry
    >>> z, before = entry("z"), Relation((entry("s"), apply("tanh", entry("z"), order=1)))
    >>> same(slope("tanh").apply(before).result, 1 - apply("tanh", z) ** 2)
    True
    """

    def leaf(atom: Atom) -> Expr | None:
        if isinstance(atom, Apply) and atom.function == function and atom.order:
            return unfolded(function, atom.order, atom.args[0])
        return None

    said = sentence or f"Write the derivative out: {TABLE[function].sentence}."
    return Rule(f"derivative of {function}", said, _changing(lambda e: replace_atoms(e, leaf)))


def _changing(change: Callable[[Expr], Expr]) -> Callable[[Relation], Relation]:
    """The change on every side but the first; DoesNotApply where nothing changes."""

    def apply(relation: Relation) -> Relation:
        new = relation.map(change, left=False)
        if new == relation:
            raise DoesNotApply("there is nothing here that the rule speaks of")
        return new

    return apply


def with_ideas(lines: Sequence[Line], ideas: Mapping[str, Sequence[Idea]]) -> tuple[Line, ...]:
    """A pass over a program with the rules that a person would apply to a quantity as soon as it is found.

    Args:
        lines: the lines of reverse or forward mode.
        ideas: a quantity (``z_bar``, ``dp/dz``) → rules for its line, in order; a name among them puts in what was
            found for that quantity.

    Raises:
        KeyError: a quantity that the lines do not give, or not yet.
        DoesNotApply: a rule changes nothing.
    """
    waiting = dict(ideas)
    found: dict[str, Relation] = {}
    out: list[Line] = []
    for k, line in enumerate(lines):
        out.append(line)
        name = _left(line)
        if k + 1 < len(lines) and _left(lines[k + 1]) == name:
            continue
        for idea in waiting.pop(name, ()):
            rule = idea if isinstance(idea, Rule) else known(found[idea])
            out.append(Line(rule, rule.apply(out[-1].relation), out[-1].relation))
        found[name] = out[-1].relation
    if waiting:
        raise KeyError(f"the lines do not give {', '.join(sorted(waiting))}")
    return tuple(out)


def _left(line: Line) -> str:
    match line.relation.left.terms:
        case (Term(_, ((Entry(name), _),), ()),):
            return name
    return ""
