"""What a derivation declares, and the lines that its replay gives.

A derivation is a declaration: names, a definition, what is asked, the few ideas a person would name, and an oracle that
is *given* torch. Its lines are computed by applying rules; its result is the last line. The stated ``form`` decides
nothing: a test holds it against the result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any, TypeVar

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.program import Definition, Program
from derive.calculus.rules_names import Idea, differentiated
from derive.calculus.trace import Line, Relation, Rule, replay
from derive.notation.declare import DOMAINS
from derive.notation.index_language import affine_text
from derive.notation.style import Style

T = TypeVar("T")
Later = Callable[[], T]
Oracle = Callable[..., Any]
LETTERS = ("dimension", "continuum", "outcomes")  # the domains of letters that are sizes
KNOWN = DOMAINS | {*LETTERS, "coordinate", "function"}
MESH = 0.05  # the spacing of the grid that stands for a continuum when a derivation is checked


@dataclass(frozen=True, slots=True)
class Symbol:
    """One name: its shape (dimension letters or numbers), its domain (PROTOCOLS), how LaTeX writes it, what it is.

    What only the oracle knows has no meaning, and no page lists it.
    """

    shape: tuple[str | int, ...] = ()
    domain: str = "real"
    latex: str = ""
    meaning: str = ""

    def __post_init__(self) -> None:
        """Check shape and domain.

        Raises:
            ValueError: the shape is a text, or nobody knows the domain.
        """
        if isinstance(self.shape, str):
            raise ValueError(
                f"the shape {self.shape!r} of a symbol is a text: write a tuple of sizes, ({self.shape!r},)"
            )
        if self.domain not in KNOWN:
            near = get_close_matches(self.domain, KNOWN, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(KNOWN))}"
            raise ValueError(f"there is no domain {self.domain!r} for a symbol; {hint}")


def axis_size(axis: str | int) -> Affine:
    """The size of an axis: a number, an affine text such as ``N-K+1``, or a range such as ``0..T``.

    >>> axis_size("0..T"), axis_size("N-K+1"), axis_size(3)
    (T + 1, N - K + 1, 3)
    """
    if isinstance(axis, int):
        return Affine.of(axis)
    low, dots, high = axis.partition("..")
    return affine_text(high) - affine_text(low) + 1 if dots else affine_text(axis)


def axis_start(axis: str | int) -> int | None:
    """The first index of an axis given as a range, None where it starts at the index base."""
    return int(axis.partition("..")[0]) if isinstance(axis, str) and ".." in axis else None


def axes(**sizes: str | int) -> tuple[Bound, ...]:
    """Letters with their ranges, the frame of a relation: ``axes(i="n", t="1..T")``.

    >>> [(b.letter.name, b.low, b.high) for b in axes(i="n", t="1..T")]
    [('i', 0, n), ('t', 1, T + 1)]
    """
    starts = {name: Affine.of(axis_start(axis) or 0) for name, axis in sizes.items()}
    return tuple(Bound(Letter(x), starts[x], starts[x] + axis_size(axis)) for x, axis in sizes.items())


def extended(program: Program, name: str, line: Relation) -> Program:
    """A program whose loss gives way to a line that was derived from it, called ``name``: its gradient, say."""
    letters = tuple(b.high - b.low for b in line.frame)
    definitions = (*program.definitions[:-1], Definition(name, line.frame, line.result))
    return replace(program, definitions=definitions, shapes={**program.shapes, name: letters})


def _now(value: T | Later[T]) -> T:
    return value() if callable(value) else value


@dataclass(frozen=True, slots=True)
class Printed:
    """A formula as its source prints it, where that is wrong: the relation fails against the derivation's oracle."""

    relation: Relation
    why: str
    where: str = ""


@dataclass(frozen=True)
class Derivation:
    """A named derivation.

    Attributes:
        name: what a user would search for, unique in its bank.
        title: one line.
        symbols: every name that lines use, dimension letters included (domain ``dimension``).
        of, wrt, letters: a program and the array in which it is differentiated, with its index letters.
        asks: ``gradient`` (the array's adjoint, by reverse mode), ``jacobian`` of the last definition, by forward mode, or
            ``hessian`` of the loss.
        ideas: a quantity on the way (``z_bar``, ``dp/dz``) → the rules for its line (`derive.calculus.rules_names`).
        start, opening: or else a first relation and the rule that states it.
        then: the rules applied after that, in order. What comes out of another derivation's lines, here or in ``of`` and
            ``start``, is given as a function without arguments, so that naming a derivation derives nothing.
        truth: the oracle: for a program, a function of torch and the arrays that gives the last definition's value, or one
            for each definition by name; otherwise a function that gives every other name's value as a dict.
        whole: torch's own operator for all of a program: a function of torch and inputs that gives the last definition's value.
            The lines must agree with its value and its gradients, and with ``truth`` piece by piece.
        equality: for an inequality, an oracle of a case where its two sides are equal: no better bound exists.
        elsewhere: where lines are about one case, a point say, an oracle of another case: the lines numbered in ``general``
            (from 1) must hold there too.
        mode: ``holds``, or ``iff`` where the lines are equivalences and the oracle gives ``truth`` as a boolean.
        form: the golden text of the result, held by a test.
        facts: affine values known not to be negative, as text (``N - K``).
        where: constraints between dimensions, Python syntax.
        settings: sizes to check at, at least three; nothing to choose where there are none.
        boundary: sizes at the edge, 1 among them, that every line must hold at too.
        assumptions: what must hold, in words.
        source: seed document and section, or a paper.
        printed: formulas that a source prints wrongly, with the reason; `derive.verify.errata` finds where they fail.
        lemmas: derivations whose results this one starts from; a worked solution shows them first.
        replayed: gives the lines where they are no single chain.
        variants: the same derivation with other parameters, checked too where there are no dimension letters.
        kind: ``derived``, ``claim`` or ``definition``.
    """

    name: str
    title: str
    symbols: Mapping[str, Symbol]
    truth: Oracle | Mapping[str, Oracle]
    settings: Sequence[Mapping[str, int]] = ({}, {}, {})
    boundary: Sequence[Mapping[str, int]] = ()
    of: Program | Later[Program] | None = None
    wrt: str = ""
    letters: tuple[str, ...] = ()
    asks: str = "gradient"
    ideas: Mapping[str, Sequence[Idea]] = field(default_factory=dict)
    start: Relation | Later[Relation] | None = None
    opening: Rule | None = None
    then: tuple[Rule | Later[Rule], ...] = ()
    whole: Oracle | None = None
    mode: str = "holds"
    form: str = ""
    facts: tuple[Affine, ...] = ()
    where: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    source: str = ""
    printed: tuple[Printed, ...] = ()
    subject: str = ""
    kind: str = "derived"
    statement: str = ""
    index_base: int = 1
    out_of_range: str = "zero"
    style: Mapping[str, str] = field(default_factory=dict)
    lemmas: tuple[Derivation, ...] = ()
    equality: Oracle | None = None
    elsewhere: Oracle | None = None
    general: tuple[int, ...] = ()
    replayed: Callable[[], tuple[Line, ...]] | None = None
    variants: tuple[Derivation, ...] = ()

    @cached_property
    def program(self) -> Program | None:
        """The program that is differentiated, if there is one."""
        return None if self.of is None else _now(self.of)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The replay."""
        if self.replayed is not None:
            return self.replayed()
        then = tuple(_now(rule) for rule in self.then)
        if self.program is not None:
            first = differentiated(self.program, self.asks, self.wrt, self.letters, self.facts, self.ideas)
            if not then:
                return first
            more = replay(first[-1].relation, first[-1].rule, then, self.mode)
            return (*first, *more[1:])
        if self.start is None or self.opening is None:
            raise ValueError(f"{self.name} has neither a program (of=, wrt=) nor a start")
        return replay(_now(self.start), self.opening, then, self.mode)

    @property
    def result(self) -> Relation:
        """The last line's relation."""
        return self.lines[-1].relation

    @cached_property
    def dimensions(self) -> tuple[Letter, ...]:
        """The dimension letters and the whole numbers that settings give, a stride say, in order of their declaration."""
        given = {name for sizes in self.settings for name in sizes}
        return tuple(Letter(n) for n, s in self.symbols.items() if s.domain in LETTERS or n in given)

    @property
    def _loss(self) -> str:
        """What the adjoints are derivatives of: a program's last definition, or L where its gradient comes from above."""
        last = self.program.definitions[-1] if self.program is not None else None
        return last.name if last is not None and not last.letters else "L"

    @cached_property
    def page(self) -> Style:
        """How this derivation's names are written."""
        arrays = {n: s for n, s in self.symbols.items() if s.domain not in LETTERS}
        vast = {n for n, s in self.symbols.items() if s.domain == "continuum"}
        chance = {n for n, s in self.symbols.items() if s.domain == "outcomes"}
        fields = {n for n, s in arrays.items() if vast & set(map(str, s.shape))}
        return Style(
            names={n: s.latex for n, s in self.symbols.items() if s.latex} | dict(self.style),
            index_base=self.index_base,
            loss=self._loss,
            starts={n: tuple(axis_start(a) for a in s.shape) for n, s in arrays.items()},
            ranks={n: len(s.shape) for n, s in arrays.items()},
            continua=frozenset(vast | chance),
            coordinates=frozenset(n for n, s in arrays.items() if s.domain == "coordinate"),
            hidden={n: frozenset(k for k, a in enumerate(s.shape) if a in chance) for n, s in arrays.items()},
            continuous=frozenset(fields | {f"{n}_bar" for n in fields} | {n for n in self.style if n[:-4] in fields}),
        )
