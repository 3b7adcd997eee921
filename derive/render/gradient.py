"""The gradients of a program that somebody typed, in every form: what ``derive gradient`` and `derive.gradient` give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from derive.calculus.affine import Affine
from derive.calculus.chain import adjoint
from derive.calculus.differentiate import NoRule
from derive.calculus.expr import ZERO, entry
from derive.calculus.gradient import Gradients, frame_of, gradients, needed
from derive.calculus.program import Definition, Program
from derive.calculus.substitute import names
from derive.calculus.textbook import textbook
from derive.calculus.trace import Line, Relation
from derive.calculus.whole import whole
from derive.notation.index_language import program, relation
from derive.notation.index_syntax import ProgramError
from derive.notation.index_text import program_text, relation_text
from derive.notation.index_unicode import relation_unicode
from derive.notation.latex_names import latex_names
from derive.notation.relation_latex import relation_latex
from derive.notation.style import Style

FORMS = ("text", "unicode", "latex")


class BadQuestion(ValueError):
    """What was asked cannot be answered; the message is a sentence for whoever asked."""


def gradient(
    text: str | Program,
    wrt: str | Sequence[str] = (),
    *,
    of: str = "",
    given: Sequence[str] = (),
    shapes: Mapping[str, str | Sequence[str | int]] | None = None,
) -> Answer:
    r"""Derive gradients.

    Args:
        text: definitions in the index language, the loss last.
        wrt: the arrays whose gradients are asked; every input by default.
        of: the array that is differentiated, in place of the last; with letters, its cotangent ``NAME_bar`` is an input.
        given: hypotheses such as ``sum(y[k], k) = 1`` or ``N >= K``.
        shapes: dimensions of arrays, such as ``{"X": "N D"}``; by default they are named after letters.

    Raises:
        BadQuestion: the program or a name does not read, or there is no rule.

    >>> found = gradient("z[i] := sum(W[i,j]*x[j], j); L := sum((z[i] - y[i])**2, i)", wrt="W")
    >>> print(found.text)
    W_bar[i,j] := 2*(z[i] - y[i])*x[j]
    >>> found.claim(r"2(Wx - y)x^\top").verdict
    'equal'
    """
    try:
        source = text if isinstance(text, Program) else program(text, shapes=shapes)
        read = [relation(g, shapes={n: list(s) for n, s in source.shapes.items()}) for g in given]
    except ProgramError as error:
        raise BadQuestion(str(error)) from error
    source = _up_to(source, of)
    asked = [wrt] if isinstance(wrt, str) and wrt else list(wrt)
    for name in asked:
        if name not in source.shapes:
            raise BadQuestion(f"the program has no array {name}.{_hint(name, list(source.shapes))}")
    facts = tuple(f for r in read for f in _facts(r))
    return Answer(source, tuple(asked or _inputs(source)), tuple(r for r in read if r.ops == ("=",)), facts)


def _up_to(source: Program, of: str) -> Program:
    """The program with ``of`` last."""
    if not of:
        return source
    found = source.definition(of)
    if found is None:
        raise BadQuestion(f"the program does not define {of}.{_hint(of, [d.name for d in source.definitions])}")
    kept = [d for d in needed(source, {of}) if d is not found]
    return replace(source, definitions=(*kept, found))


def _hint(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, 1)
    return f" Did you mean {close[0]}?" if close else ""


def _inputs(source: Program) -> list[str]:
    read = {n for d in needed(source, {source.definitions[-1].name}) for n in names(d.body)}
    return [n for n in source.inputs if n in read]


def _facts(given: Relation) -> list[Affine]:
    """``N >= K`` as a value that is not negative."""
    found = []
    for a, op, b in given.pairs():
        left, right = whole(a) if not isinstance(a, tuple) else None, whole(b)  # type: ignore[arg-type]
        if left is not None and right is not None and op != "=":
            gap = right - left if op in ("<", "<=") else left - right
            found.append(gap - 1 if op in ("<", ">") else gap)
    return found


@dataclass(frozen=True)
class Answer:
    """Gradients in every form; each is derived when it is first asked for.

    Attributes:
        source: the program, what is differentiated last.
        wrt: the arrays that were asked for.
        given: hypotheses that the textbook form may use.
        facts: affine values known not to be negative.
    """

    source: Program
    wrt: tuple[str, ...]
    given: tuple[Relation, ...] = ()
    facts: tuple[Affine, ...] = ()

    @cached_property
    def plain(self) -> Gradients:
        """Reverse mode's own lines."""
        try:
            return gradients(self.source, self.reached, facts=self.facts)
        except (NoRule, ValueError) as error:
            raise BadQuestion(f"{error}.") from error

    @cached_property
    def reached(self) -> list[str]:
        """The asked arrays on which the last definition depends; the gradients of the others are zero."""
        last = self.source.definitions[-1].name
        below = {d.name for d in needed(self.source, {last})}
        below |= {n for d in self.source.definitions if d.name in below for n in names(d.body)}
        return [n for n in self.wrt if n in below and n != last]

    @cached_property
    def gradients(self) -> Gradients:
        """In textbook form."""
        return textbook(self.plain, self.given, self.facts) if self.reached else self.plain

    @cached_property
    def relations(self) -> dict[str, Relation]:
        """Array → the relation for its adjoint: those asked for, and those that they read, in order."""
        found = dict(self.gradients.adjoints) if self.reached else {}
        kept = {n: r for n, r in found.items() if self.gradients.read is None or n in self.gradients.read}
        for name in self.wrt:
            if name not in kept:
                frame = frame_of(self.source, name)
                kept[name] = Relation((entry(adjoint(name), *(b.letter for b in frame)), ZERO), frame=frame)
        return kept

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line with its rule."""
        return self.gradients.lines if self.reached else ()

    @property
    def program(self) -> Program:
        """The forward definitions that the gradients read, then the gradients: what is exported as code."""
        found = self.gradients.program if self.reached else replace(self.source, definitions=())
        zero = [n for n in self.wrt if n not in self.reached]
        extra = tuple(Definition(adjoint(n), self.relations[n].frame, ZERO) for n in zero)
        more = {x: self.source.shapes[n] for n in zero for x in (n, adjoint(n))}
        return replace(found, definitions=(*found.definitions, *extra), shapes={**found.shapes, **more})

    @property
    def loss(self) -> str:
        """What the adjoints are derivatives of: a scalar's own name, else L."""
        last = self.source.definitions[-1]
        return last.name if not last.letters else "L"

    @cached_property
    def shapes(self) -> dict[str, tuple[Affine, ...]]:
        """Array → dimensions, adjoints included."""
        return (
            {**self.gradients.program.shapes, **self.plain.source.shapes} if self.reached else dict(self.source.shapes)
        )

    @cached_property
    def style(self) -> Style:
        """How LaTeX writes the names."""
        return Style(
            names=latex_names([*(n for n in self.shapes if not n.endswith("_bar")), *self.source.functions]),
            loss=self.loss,
            ranks={n: len(s) for n, s in self.shapes.items()},
        )

    def show(self, relation: Relation, form: str) -> str:
        """One relation in a form of `FORMS`."""
        if form == "latex":
            return relation_latex(relation, self.style)
        if form == "unicode":
            return relation_unicode(relation, shapes=self.shapes, loss=self.loss)
        return relation_text(relation, shapes=self.shapes)

    @property
    def notes(self) -> list[str]:
        """Where a letter runs as far as its reads fit: ``y[i]: i = 0..N-K``."""
        return [
            f"{d.name}[{','.join(x.letter.name for x in d.letters)}]: {b.letter.name} = {b.low!r}..{b.high - 1!r}"
            for d in self.source.definitions
            for b in d.letters
            if b.high.letter is None
        ]

    @property
    def text(self) -> str:
        """The gradients in the index language; what letters run over, where nobody said it, as comments."""
        defined = tuple(Definition(adjoint(n), r.frame, r.result) for n, r in self.relations.items())
        return "\n".join([*(f"# {note}" for note in self.notes), program_text(Program(defined, self.shapes))])

    @property
    def unicode(self) -> str:
        """The gradients as a page shows them, counting from 0."""
        return "\n".join(self.show(r, "unicode") for r in self.relations.values())

    @property
    def latex(self) -> str:
        """The gradients in LaTeX, counting from 1."""
        return "\n".join(self.show(r, "latex") for r in self.relations.values())

    def steps(self, form: str = "text") -> str:
        """Every line, with the rule that gave it and what must hold."""
        said: set[str] = set()
        out = []
        for number, line in enumerate(self.lines, 1):
            rule = line.rule
            sentence = "" if rule.name in said else f": {rule.sentence}"
            condition = f" ({rule.condition})" if rule.condition and rule.name not in said else ""
            said.add(rule.name)
            out += [f"{number:>3}  {self.show(line.relation, form)}", f"       {rule.name}{sentence}{condition}"]
        return "\n".join(out)

    def claim(self, formula: str, name: str = "") -> Any:
        """Whether somebody's formula is the gradient of ``name`` (the first that was asked for): a `Verdict`.

        Raises:
            BadQuestion: the formula does not read, or ``name`` was not asked for.
        """
        from derive.grading.claims import judge
        from derive.grading.verdict import Verdict
        from derive.notation.arrays import Clash
        from derive.notation.claim_reader import UnreadableClaim, read_claim

        name = name or self._named(formula)
        if name not in self.reached:
            raise BadQuestion(f"{name} is none of {', '.join(self.reached) or 'what the loss depends on'}.")
        whole_ = Program(self.plain.source.definitions, self.shapes, self.source.functions)
        try:
            claim = read_claim(formula, whole_, name, self.relations[name].frame, self.loss)
        except UnreadableClaim as error:
            raise BadQuestion(f"the formula cannot be read: {error}") from error
        except Clash as error:
            return Verdict("different", {"kind": "shape", "message": str(error)})
        return judge(self.gradients, name, claim, self.given)

    def _named(self, formula: str) -> str:
        """Which gradient a formula's left side names; the first that was asked for where it names none."""
        left = formula.partition("=")[0] if "=" in formula else ""
        found = [
            n for n in self.wrt if f"{adjoint(n)}" in left or f"/∂{n}" in left or f"_{n}" in left or f" {n}" in left
        ]
        return found[0] if len(found) == 1 else self.wrt[0]

    def record(self) -> list[dict[str, Any]]:
        """One JSON object for each gradient that was asked for."""
        return [
            {"wrt": n, **{form: self.show(self.relations[n], form) for form in FORMS}, "matrix": None} for n in self.wrt
        ]
