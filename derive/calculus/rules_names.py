"""A pass over a program with a person's ideas: which rule belongs to which quantity, and how it is said.

The rules themselves are those of `folding`, `rules` and `rules_sums`; here a derivation says where they are applied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from derive.calculus.affine import Affine
from derive.calculus.atoms import Entry
from derive.calculus.canonical import same
from derive.calculus.chain import adjoint
from derive.calculus.expr import Expr, Term, entry
from derive.calculus.facts import Facts
from derive.calculus.folding import hypothesis, put_in, recognise, write_slopes
from derive.calculus.forward import jacobian_of
from derive.calculus.gradient import gradients
from derive.calculus.program import Definition, Program
from derive.calculus.rules import DoesNotApply
from derive.calculus.substitute import atoms, replace_entries, subs
from derive.calculus.trace import Line, Relation, Rule

FOUND_ABOVE = "Put in what was found above."


@dataclass(frozen=True, slots=True)
class After:
    """Go on from the line of a rule of this name: what stands below it is done another way, by a lemma say."""

    rule: str


Idea = Rule | str | After


def said(rule: Rule, sentence: str, title: str = "", condition: str = "") -> Rule:
    """A rule with words of the place where it is used, which must change something there: DoesNotApply where not.

    >>> from derive.calculus.expr import entry
    >>> x = entry("x")
    >>> said(Rule("nothing", "", lambda r: r), "Do nothing.").apply(Relation((x, x)))
    Traceback (most recent call last):
        ...
    derive.calculus.rules.DoesNotApply: nothing: there is nothing here that the rule speaks of
    """

    def apply(relation: Relation) -> Relation:
        new = rule.apply(relation)
        if new == relation:
            raise DoesNotApply(f"{rule.name}: there is nothing here that the rule speaks of")
        return new

    return replace(rule, name=title or rule.name, sentence=sentence, apply=apply, condition=condition or rule.condition)


def known_as(what: Definition | Relation, sentence: str) -> Rule:
    """Read every instance of what a definition, or an earlier line, gives as the name on its left.

    >>> from derive.calculus.affine import Letter
    >>> from derive.calculus.atoms import Bound
    >>> from derive.calculus.expr import apply, entry
    >>> i = Bound(Letter("i"), Affine.of(0), Affine.of("n"))
    >>> rule = known_as(Definition("h", (i,), apply("tanh", entry("z", "i"))), "Call it h.")
    >>> rule.apply(Relation((entry("s"), 1 - apply("tanh", entry("z", 2)) ** 2))).result == 1 - entry("h", 2) ** 2
    True
    """
    d = what if isinstance(what, Definition) else defined(what)
    return replace(said(recognise([d]), sentence), fact=_fact(d))


def _fact(d: Definition) -> Relation:
    return Relation((entry(d.name, *(b.letter for b in d.letters)), d.body), frame=d.letters)


def by_lemma(line: Relation, sentence: str) -> Rule:
    """Put in what an earlier line says of the quantity on its left, and collapse the brackets that come with it."""
    d = defined(line)
    return replace(said(put_in({d.name: d}), sentence, "lemma"), fact=_fact(d))


def assume(left: Expr, right: Expr, sentence: str, condition: str) -> Rule:
    """Use a hypothesis: wherever ``left`` (one term, its free letters matching any index) stands, put ``right``."""
    fact = Relation((left, right))
    return replace(said(hypothesis(fact), sentence, "hypothesis", condition), fact=fact)


def slope(value: Definition, sentence: str = "Write the slope through the value.") -> Rule:
    """Write the derivative of a known function through the value that a definition gives: ``σ′(z)`` is ``h(1 − h)``."""
    outer, inner = write_slopes([value]), recognise([value])
    return said(replace(outer, apply=lambda r: inner.apply(outer.apply(r))), sentence, "slope through the value")


def by_induction(what: Definition, sentence: str) -> Rule:
    """Read an array as another one that starts alike and follows the same recurrence along its first axis.

    The rule itself checks that the line, with the other array's name in it, is that array's definition.

    >>> from derive.calculus.affine import Letter
    >>> from derive.calculus.atoms import Bound
    >>> from derive.calculus.substitute import bracket
    >>> t = Bound(Letter("t"), Affine.of(0), Affine.of("T"))
    >>> q = Definition("q", (t,), 2 * entry("q", Affine.of("t") - 1) + bracket(Affine.of("t")))
    >>> line = Relation((entry("p", "t"), bracket(Affine.of("t")) + 2 * entry("p", Affine.of("t") - 1)), frame=(t,))
    >>> by_induction(q, "They are one.").apply(line).result == entry("q", "t")
    True
    """

    def apply(relation: Relation) -> Relation:
        mine = defined(relation)
        at = tuple(Affine.of(b.letter) for b in mine.letters)
        reads = [a for a in atoms(mine.body) if isinstance(a, Entry) and a.name == mine.name]
        if any((a.at[0] - at[0]).constant is None or (a.at[0] - at[0]).constant >= 0 for a in reads):
            raise DoesNotApply("the array is not read in earlier places only")
        renamed = replace_entries(mine.body, lambda e: entry(what.name, *e.at) if e.name == mine.name else None)
        put = {b.letter: a for b, a in zip(what.letters, at, strict=True)}
        if not same(renamed, subs(what.body, put), facts=Facts.of(frame=relation.frame)):
            raise DoesNotApply(f"{what.name} follows another recurrence")
        return replace(relation, sides=(relation.left, entry(what.name, *at)))

    return Rule("induction", sentence, apply, "Both start alike, and each place hangs on earlier ones only.")


def defined(line: Relation) -> Definition:
    """A line as the definition of what stands on its left.

    Raises:
        DoesNotApply: the left side is no entry whose indices are the letters of the frame.
    """
    match line.left.terms:
        case (Term(_, ((Entry(name, at), _),), ()),) if at == tuple(Affine.of(b.letter) for b in line.frame):
            return Definition(name, line.frame, line.result)
    raise DoesNotApply("the line does not give an entry")


def with_ideas(lines: Sequence[Line], ideas: Mapping[str, Sequence[Idea]]) -> tuple[Line, ...]:
    """A pass over a program with the rules that a person would apply to a quantity as soon as it is found.

    Args:
        lines: the lines of reverse or forward mode.
        ideas: a quantity (``z_bar``, ``dp/dz``) → rules for its line, in order; a name among them puts in what was
            found for that quantity, and `After` leaves lines out.

    Raises:
        KeyError: a quantity that the lines do not give, or not yet.
        DoesNotApply: a rule changes nothing.
    """
    waiting, found = dict(ideas), dict[str, Relation]()
    out: list[Line] = []
    for name, run in groupby(lines, _left):
        here = list(run)
        for idea in waiting.pop(name, ()):
            here = [*here[: _place(here, idea)], *_followed(here, idea, found)]
        found[name] = here[-1].relation
        out += here
    if waiting:
        raise KeyError(f"the lines do not give {', '.join(sorted(waiting))}")
    return tuple(out)


def differentiated(
    program: Program,
    asks: str,
    wrt: str,
    letters: Sequence[str] = (),
    facts: Sequence[Affine] = (),
    ideas: Mapping[str, Sequence[Idea]] | None = None,
) -> tuple[Line, ...]:
    """The lines of a gradient, a Jacobian of the last definition, or a Hessian, with ideas where they belong.

    ``letters`` are those of ``wrt``; a Jacobian may name the last definition's own before them, a Hessian those of both axes.

    A gradient's lines end with the adjoint that is asked: in a recurrence the pass goes round further. A Hessian
    differentiates the gradient in the form that the ideas for it gave.

    Raises:
        KeyError: as `gradients` and `with_ideas`.
        ValueError: ``asks`` is none of the three, or a Jacobian's first letters are not those of the definition.
    """
    ideas = ideas or {}
    letters, others = _by_array(program, asks, wrt, letters)
    match asks:
        case "gradient":
            return with_ideas(_until(adjoint(wrt), gradients(program, [wrt], {wrt: letters}, facts).lines), ideas)
        case "jacobian":
            return with_ideas(jacobian_of(program, wrt, letters=letters, facts=facts).lines, ideas)
        case "hessian":
            slope = gradients(program, [wrt], {wrt: letters}, facts)
            first = with_ideas(slope.lines, {k: v for k, v in ideas.items() if "/" not in k})
            pushed = jacobian_of(replace(slope, lines=first).program, wrt, adjoint(wrt), letters=others, facts=facts)
            shown = {line.relation.left for line in first}
            new = [line for line in pushed.lines if line.relation.left not in shown]
            return (*first, *with_ideas(new, {k: v for k, v in ideas.items() if "/" in k}))
    raise ValueError(f"{asks} is none of gradient, jacobian, hessian")


def _by_array(program: Program, asks: str, wrt: str, letters: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The letters of the array that is differentiated in; and, where a Hessian names all, those of its second axes."""
    axes, own = len(program.shapes.get(wrt, ())), [b.letter.name for b in program.definitions[-1].letters]
    if asks == "hessian" and axes and len(letters) == 2 * axes:
        return letters[:axes], letters[axes:]
    if asks == "jacobian" and own and len(letters) == len(own) + axes:
        if list(letters[: len(own)]) != own:
            said = ", ".join(map(repr, (*own, *letters[len(own) :])))
            raise ValueError(f"{program.definitions[-1].name} is defined with {', '.join(own)}: write letters=({said})")
        return letters[len(own) :], ()
    return letters, ()


def _until(name: str, lines: Sequence[Line]) -> Sequence[Line]:
    """The lines as far as the last one for a quantity."""
    last = max(k for k, line in enumerate(lines, 1) if _left(line) == name)
    return lines[:last]


def _place(lines: Sequence[Line], idea: Idea) -> int:
    """How many of a quantity's lines an idea keeps."""
    if not isinstance(idea, After):
        return len(lines)
    (place,) = [k for k, line in enumerate(lines, 1) if line.rule.name == idea.rule] or [0]
    if not place:
        raise KeyError(f"no line for this quantity comes from the {idea.rule}")
    return place


def _followed(lines: Sequence[Line], idea: Idea, found: Mapping[str, Relation]) -> list[Line]:
    """The line that an idea adds."""
    if isinstance(idea, After):
        return []
    rule = idea if isinstance(idea, Rule) else put_in({idea: defined(found[idea])})
    rule = said(rule, rule.sentence if isinstance(idea, Rule) else FOUND_ABOVE)
    return [Line(rule, rule.apply(lines[-1].relation), lines[-1].relation)]


def _left(line: Line) -> str:
    match line.relation.left.terms:
        case (Term(_, ((Entry(name), _),), ()),):
            return name
    return ""
