"""The gradients of a program that somebody typed: what ``derive gradient`` and `derive.gradient` give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from derive.calculus.affine import Affine
from derive.calculus.chain import adjoint
from derive.calculus.differentiate import NoRule
from derive.calculus.expr import ZERO, entry
from derive.calculus.forward import Forward, hessian, jacobian_of, jvp, tangent
from derive.calculus.gradient import Gradients, frame_of, gradients, needed
from derive.calculus.program import Definition, Program
from derive.calculus.substitute import names
from derive.calculus.textbook import textbook, textbook_forward
from derive.calculus.trace import Relation
from derive.calculus.whole import whole
from derive.notation.index_language import program, relation
from derive.notation.index_syntax import ProgramError
from derive.render.forms import BadQuestion, Shown

MODES = ("reverse", "forward", "jacobian", "hessian")


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
    W_bar[i,j] := 2*(z[i] - y[i])*x[j]  # 2 * outer(z - y, x)
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
    """Gradients, derived when they are first asked for; every form of them (``text``, ``latex``, ``torch``, …) is here too.

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

    def __getattr__(self, form: str) -> Any:
        """A form of the gradients, such as ``text`` or ``torch``: see `Shown`."""
        if form.startswith("_"):
            raise AttributeError(form)
        return getattr(self.reverse, form)

    @cached_property
    def plain(self) -> Gradients:
        """Reverse mode's own lines."""
        with _refusals():
            return gradients(self.source, self.reached, facts=self.facts)

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

    @property
    def loss(self) -> str:
        """What the adjoints are derivatives of: a scalar's own name, else L."""
        last = self.source.definitions[-1]
        return last.name if not last.letters else "L"

    @cached_property
    def reverse(self) -> Shown:
        """The gradients, from the loss back."""
        found = self.gradients if self.reached else None
        kept = (
            {} if found is None else {n: r for n, r in found.adjoints.items() if found.read is None or n in found.read}
        )
        zero = [n for n in self.wrt if n not in kept]
        for name in zero:
            frame = frame_of(self.source, name)
            kept[name] = Relation((entry(adjoint(name), *(b.letter for b in frame)), ZERO), frame=frame)
        code = replace(self.source, definitions=()) if found is None else found.program
        extra = tuple(Definition(adjoint(n), kept[n].frame, ZERO) for n in zero)
        shapes = {**code.shapes, **{x: self.source.shapes[n] for n in zero for x in (n, adjoint(n))}}
        return Shown(
            self.source if found is None else found.source,
            {adjoint(n): r for n, r in kept.items()},
            () if found is None else found.lines,
            replace(code, definitions=(*code.definitions, *extra), shapes=shapes),
            {n: adjoint(n) for n in self.wrt},
            self.loss,
            f"Gradients of {self.loss} in {', '.join(self.wrt)}",
        )

    @cached_property
    def forward(self) -> Shown:
        """The Jacobian–vector product: how the last array changes when each asked one moves along ``NAME_dot``."""
        last = self.source.definitions[-1].name
        with _refusals():
            found = jvp(self.source, self.reached, facts=self.facts)
        return self._pushed(
            found, {last: tangent(last)}, f"Change of {last} along {', '.join(map(tangent, self.reached))}"
        )

    @cached_property
    def jacobian(self) -> Shown:
        """The Jacobian of the last array in the asked one, by forward mode.

        Raises:
            BadQuestion: several arrays were asked for.
        """
        (name,) = self._asked(1, "a Jacobian is taken in one array")
        last = self.source.definitions[-1].name
        with _refusals():
            found = jacobian_of(self.source, name, facts=self.facts)
        return self._pushed(found, {name: found.result}, f"Jacobian of {last} in {name}")

    @cached_property
    def hessian(self) -> Shown:
        """The second derivatives in one array, or in two.

        Raises:
            BadQuestion: more were asked for, or what is differentiated has letters.
        """
        first, *second = self._asked(2, "a Hessian is taken in one array or two")
        if self.source.definitions[-1].letters:
            raise BadQuestion(f"{self.source.definitions[-1].name} is no scalar; a Hessian is of a scalar.")
        with _refusals():
            slope = replace(self, wrt=(first,)).gradients
            found = hessian(self.source, first, second[0] if second else "", facts=self.facts, slope=slope)
        shown = ", ".join((first, *second))
        return self._pushed(found, {shown: found.result}, f"Second derivatives of {self.loss} in {shown}")

    def _asked(self, most: int, sentence: str) -> list[str]:
        if not 1 <= len(self.wrt) <= most or len(self.reached) < len(self.wrt):
            raise BadQuestion(f"{sentence}, on which the result depends; this asks for {', '.join(self.wrt)}.")
        return self.reached

    def _pushed(self, found: Forward, asked: Mapping[str, str], title: str) -> Shown:
        found = textbook_forward(found, self.given, self.facts)
        known = {d.name for d in self.source.definitions}
        relations = {
            d.name: Relation((entry(d.name, *(b.letter for b in d.letters)), d.body), frame=d.letters)
            for d in needed(found.program, {found.result})
            if d.name not in known
        }
        return Shown(self.source, relations, found.lines, found.program, asked, self.loss, title)

    def claim(self, formula: str, name: str = "", mode: str = "reverse") -> Any:
        """Whether somebody's formula is the gradient of ``name``, or the Jacobian or Hessian: a `Verdict`.

        Args:
            formula: with or without its left side; of a chain of equations every side is judged.
            name: by default what the left side names, or the first that was asked for.
            mode: ``reverse``, ``jacobian`` or ``hessian``.

        Raises:
            BadQuestion: the formula does not read, ``name`` was not asked for, or there is no such mode of claim.
        """
        from derive.grading.claims import judge
        from derive.grading.verdict import Verdict
        from derive.notation.arrays import Clash

        try:
            program, right, claims = self._read(formula, name, mode)
        except Clash as error:
            return Verdict("different", {"kind": "shape", "message": str(error)})
        verdicts = [judge(program, right, claim, self.given) for claim in claims]
        return next((v for v in verdicts if v.verdict != "equal"), verdicts[0])

    def _read(self, formula: str, name: str, mode: str) -> tuple[Program, Relation, list[Any]]:
        """A claim, read as about the first of the asked arrays that its left side fits; with what it is compared to."""
        from derive.notation.claim_reader import UnreadableClaim, read_claims

        refused: UnreadableClaim | None = None
        asks = "gradient" if mode == "reverse" else mode
        for one in [name] if name else self.wrt:
            program, right = self._derived(one, mode)
            try:
                known = Program(self.plain.source.definitions, self.reverse.shapes, self.source.functions)
                of = self.source.definitions[-1].name if mode == "jacobian" else self.loss
                return program, right, read_claims(formula, known, one, right.frame, of, asks)
            except UnreadableClaim as error:
                refused = refused or error
        raise BadQuestion(f"the formula cannot be read: {refused}") from refused

    def _derived(self, name: str, mode: str) -> tuple[Program, Relation]:
        """What a claim is compared to, and the definitions that it may use."""
        from derive.grading.claims import with_adjoints

        if name not in self.reached:
            raise BadQuestion(f"{name} is none of {', '.join(self.reached) or 'what the loss depends on'}.")
        if mode == "forward":
            raise BadQuestion("a claim is about a gradient, a Jacobian or a Hessian.")
        if mode == "reverse":
            return with_adjoints(self.gradients), self.gradients.adjoints[name]
        shown: Shown = getattr(self, mode)
        (result,) = shown.asked.values()
        return shown.code, shown.relations[result]


@contextmanager
def _refusals() -> Iterator[None]:
    """What the calculus has no rule for, as a sentence."""
    try:
        yield
    except (NoRule, ValueError, KeyError) as error:
        raise BadQuestion(f"{error.args[0]}.") from error
