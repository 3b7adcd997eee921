"""What is known at a line of working: symbols, what names mean, cotangents that arrive from above, functions.

Every name stays opaque, an entry of an array, so that it can be differentiated by; `unfolded` puts meanings in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, Entry
from derive.calculus.collapse import collapse
from derive.calculus.expr import ZERO, Expr, entry
from derive.calculus.program import Definition
from derive.calculus.substitute import atoms, names, renew, replace_entries, subs
from derive.grading.posed import space_of
from derive.grading.space import Space
from derive.notation import tree
from derive.notation.declare import Declarations

MAX_NAMES = 400
MAX_STEPS = 16
MARK = "†"
OUTCOMES = "OUTCOMES"


def shadow(name: str) -> str:
    """The name of a name's differential."""
    return f"∂{name}"


def sampled(name: str) -> str:
    """The name of what hangs on chance, or of an integral's letter, with an index more: at an outcome, or at a point."""
    return f"{name}{MARK}"


class Undecidable(ValueError):
    """Nothing that is given decides this; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function given by an equation: ``f(x) = body``, its parameters names."""

    parameters: tuple[str, ...]
    body: tree.Node


@dataclass(frozen=True)
class Scene:
    """Names and their meanings; every change gives a new scene.

    Attributes:
        symbols: raw declarations, no symbol derived.
        meanings: name → what it is, entry by entry, in other names.
        slopes: an unknown scalar → array → the scalar's derivative there, as it arrives from above.
        functions: functions given by an equation.
        starts: what a recurrence begins with, at time 0.
        unread: left sides of what is given and could not be understood.
        jacobians: what was claimed of the derivatives of one name by another, over the letters of both.
        sources: what names were defined with, as written.
        equations: what is given and defines nothing, as pairs of sides.
        tied: cotangents that hang on others through a recurrence, so that two of them are no free variables.
        orders: what is given as an inequality: a side, its sign, the other side.
        options: the other declaration fields of the request.
        typed: everything that was written, for what a way of writing says.
        syntax: what the lines are written in, ``latex`` or ``python``; what is given is LaTeX.
    """

    symbols: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    meanings: Mapping[str, Definition] = field(default_factory=dict)
    slopes: Mapping[str, Mapping[str, Definition]] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    starts: Mapping[str, Definition] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    jacobians: Mapping[tuple[str, str], Definition] = field(default_factory=dict)
    sources: Mapping[str, tree.Node] = field(default_factory=dict)
    equations: tuple[tuple[tree.Node, tree.Node], ...] = ()
    tied: frozenset[str] = frozenset()
    orders: tuple[tuple[tree.Node, str, tree.Node], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    typed: str = ""
    syntax: str = "latex"
    goal: tree.Node | None = None

    @cached_property
    def declared(self) -> Declarations:
        """The names as the readers want them."""
        return Declarations.of(self.symbols, **self.options)

    @cached_property
    def space(self) -> Space:
        """The declared domain as the grader draws it."""
        return space_of(self.declared, [self.symbols, self.options], None)

    def with_symbol(self, name: str, latex: str, dims: Sequence[Affine], domain: str = "real") -> Scene:
        """The scene with one more array."""
        if len(self.symbols) >= MAX_NAMES:
            raise Undecidable("there are too many names here")
        new = {"latex": latex, "shape": [repr(d) for d in dims], "domain": domain}
        return replace(self, symbols={**self.symbols, name: new})

    def with_function(self, name: str, latex: str, function: Function) -> Scene:
        """The scene with a function given by an equation."""
        new = {"latex": latex, "shape": "function", "domain": "elementwise"}
        return replace(self, symbols={**self.symbols, name: new}, functions={**self.functions, name: function})

    def without(self, *names: str) -> Scene:
        """The scene in which names are variables."""
        gone = {*names, *map(sampled, names)}
        return replace(self, meanings={n: m for n, m in self.meanings.items() if n not in gone})

    def widened(self) -> Scene:
        """The scene in which intervals are all real numbers: a wrong equation may have no root where the right one has."""
        return replace(self, symbols={n: {**s, "domain": "real"} if _narrow(s) else s for n, s in self.symbols.items()})

    def with_meaning(self, meaning: Definition) -> Scene:
        """The scene in which a name means something (something else than before)."""
        return replace(self, meanings={**self.meanings, meaning.name: meaning}).with_outcomes()

    @cached_property
    def random(self) -> frozenset[str]:
        """The names that are declared to hang on chance, and those that are made of them."""
        declared = {n for n, s in self.symbols.items() if s.get("random") and s.get("shape") != "function"}
        made = {n for n, seen in self.reach().items() if declared & seen} if declared else set()
        return frozenset(declared | made)

    def with_outcomes(self) -> Scene:
        """The scene with an array more for all that hangs on chance: what it is at each of the outcomes."""
        symbols, meanings, outcome = dict(self.symbols), dict(self.meanings), Letter("outcome")
        for name in sorted(self.random & symbols.keys()):
            own, meaning = self.symbols[name], self.meanings.get(name)
            more = {"shape": [*own.get("shape", ()), OUTCOMES], "latex": sampled(name), "random": False}
            symbols[sampled(name)] = {**own, **more}
            if meaning is not None:
                body = at_outcome(meaning.body, self.random, Affine.of(outcome))
                letters = (*meaning.letters, Bound(outcome, Affine.of(0), Affine.of(OUTCOMES)))
                meanings[sampled(name)] = Definition(sampled(name), letters, body)
        return replace(self, symbols=symbols, meanings=meanings) if self.random else self

    def with_slope(self, scalar: str, slope: Definition) -> Scene:
        """The scene in which the derivative of an unknown scalar by an array is known."""
        known = self.slopes.get(scalar, {})
        return replace(self, slopes={**self.slopes, scalar: {**known, slope.name: slope}})

    def reach(self, stop: frozenset[str] = frozenset()) -> Mapping[str, frozenset[str]]:
        """Name → every name that its meaning leads to, not through the names in ``stop``."""
        if stop not in self._reach:
            direct = {n: names(d.body) for n, d in self.meanings.items() if n not in stop}
            self._reach[stop] = {n: _closure(direct, n) for n in direct}
        return self._reach[stop]

    @cached_property
    def _reach(self) -> dict[frozenset[str], Mapping[str, frozenset[str]]]:
        return {}

    def recurrent(self, stop: frozenset[str] = frozenset()) -> frozenset[str]:
        """The names whose meaning leads back to them, at another place."""
        return frozenset(n for n, seen in self.reach(stop).items() if n in seen)

    def unfolded(self, value: Expr, stop: frozenset[str] = frozenset()) -> Expr:
        """Meanings put in, down to names that have none; names in ``stop`` and recurrences stay."""
        known = self.reach(stop).keys() - self.recurrent(stop)
        done: dict[str, Expr] = {}

        def body(name: str) -> Expr:
            if name not in done:
                done[name] = put(self.meanings[name].body)
            return done[name]

        def put(e: Expr) -> Expr:
            if known.isdisjoint(names(e)):
                return e
            return replace_entries(
                e, lambda a: placed(self.meanings[a.name], body(a.name), a.at) if a.name in known else None
            )

        return self._unrolled(put(value), stop, put)

    def _unrolled(self, value: Expr, stop: frozenset[str], put: Callable[[Expr], Expr]) -> Expr:
        """Recurrences stepped back to their start where they stand at a numbered time."""
        loops = self.recurrent(stop) - stop

        def step(a: Entry) -> Expr | None:
            time = a.at[0].constant if a.name in loops and a.at else None
            if time is None or time < 0:
                return None
            if time == 0 and a.name in self.starts:
                return placed(self.starts[a.name], self.starts[a.name].body, a.at[1:])
            body = placed(self.meanings[a.name], self.meanings[a.name].body, a.at)
            return body if time else _begun(body, loops, zero=self.declared.out_of_range == "zero")

        for _ in range(MAX_STEPS if loops else 0):
            new = replace_entries(value, step)
            if new == value:
                break
            value = put(new)
        return value


def _begun(body: Expr, loops: frozenset[str], *, zero: bool) -> Expr | None:
    """What a definition says of time 0, where it says so without a time before: ``h_t = s [t = 0] + … [t ≥ 1]``.

    With ``zero``, what stands before an array's first entry is declared to be 0.
    """

    def before_all(a: Entry) -> Expr | None:
        return ZERO if a.name in loops and a.at and ((t := a.at[0].constant) is not None and t < 0) else None

    body = collapse(replace_entries(body, before_all) if zero else body)
    times = [x.at[0].constant for x in atoms(body) if isinstance(x, Entry) and x.name in loops and x.at]
    before = any(t is None or t < 0 for t in times)
    return None if before else body


def _narrow(symbol: Mapping[str, Any]) -> bool:
    return symbol.get("domain") in ("positive", "nonnegative", "unit", "unit_sym")


def _closure(direct: Mapping[str, frozenset[str]], name: str) -> frozenset[str]:
    seen: set[str] = set()
    todo = list(direct[name])
    while todo:
        other = todo.pop()
        if other not in seen:
            seen.add(other)
            todo += direct.get(other, ())
    return frozenset(seen)


def at_outcome(value: Expr, random: Collection[str], outcome: Affine) -> Expr:
    """A value in which what hangs on chance is what it is at an outcome."""
    return replace_entries(value, lambda a: entry(sampled(a.name), *a.at, outcome) if a.name in random else None)


def placed(meaning: Definition, body: Expr, at: tuple[Affine, ...]) -> Expr:
    """A body of a definition at a place."""
    if len(at) != len(meaning.letters):
        raise Undecidable(f"'{meaning.name}' is used with another number of indices than it is defined with")
    return renew(subs(body, {b.letter: a for b, a in zip(meaning.letters, at, strict=True)}))
