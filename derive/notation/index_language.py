"""Reading the index language into programs and expressions; everything counts from 0.

    dims i = m                               how far the letters run, where nothing else says it
    z[i] := sum(W[i,j]*x[j], j) + b[i]       definitions stand on lines of their own or between semicolons
    L := sum((z[i] - y[i])**2, i)/m

``expectation(x[o], o)`` is the mean over outcomes that are equally likely, ``integral(p[x], x)`` the integral over a
continuum. Letters that alone index the same slot share its dimension; a letter alone in no slot ranges over the places
where all its reads fit. Reading outside an array gives zero; ``h[-1,i] := h0[i]`` starts a recurrence elsewhere. The page
form (``Σ_{i} G[i] X[i+u]``) is read too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from derive.calculus.affine import Affine
from derive.calculus.atoms import Bound
from derive.calculus.expr import Expr
from derive.calculus.functions import CONSTANTS
from derive.calculus.program import Program
from derive.calculus.trace import Relation
from derive.notation.index_parser import Parser, chained
from derive.notation.index_reader import KNOWN, Reader
from derive.notation.index_recurrence import Equation, defined
from derive.notation.index_solve import Solver
from derive.notation.index_syntax import Node, ProgramError

_APART = re.compile(r"(?<![-+*\s])\s+(?![-+*\s])")
Shapes = Mapping[str, str | Sequence[str | int | Affine]]


def affine_text(text: str) -> Affine:
    """An affine value from text such as ``N-K+1``.

    >>> affine_text("N - K + 1")
    N - K + 1
    """
    return Solver(text).affine(Parser(text).whole(), {})


def shapes_of(shapes: Shapes) -> dict[str, tuple[Affine, ...]]:
    """Array name → dimensions, from strings such as ``"H W"`` and ``"N - K + 1, M"`` or sequences of dimensions."""
    return {name: tuple(map(_dimension, _parts(shape))) for name, shape in shapes.items()}


def _parts(shape: str | Sequence[str | int | Affine]) -> Sequence[str | int | Affine]:
    if not isinstance(shape, str):
        return shape
    return (
        [p for p in shape.split(",") if p.strip()]
        if "," in shape
        else _APART.split(shape.strip())
        if shape.strip()
        else []
    )


def _dimension(size: str | int | Affine) -> Affine:
    return affine_text(size) if isinstance(size, str) else Affine.of(size)


@dataclass
class _Statements:
    """The statements of a text, as syntax."""

    parser: Parser
    equations: list[tuple[Node, Node]] = field(default_factory=list)
    dims: dict[str, Node | None] = field(default_factory=dict)
    functions: list[str] = field(default_factory=list)
    integers: list[str] = field(default_factory=list)

    def one(self) -> None:
        """Read one statement."""
        first = self.parser.next
        second = self.parser.tokens[min(self.parser.place + 1, len(self.parser.tokens) - 1)]
        if first.text in ("dims", "function", "integer") and second.kind == "name":
            self.parser.take()
            return self._listed(first.text)
        head = self.parser.prefix()
        if head.kind not in ("name", "entry"):
            raise self.parser.fail("a definition starts with a name", head.at)
        self.parser.take(":=")
        self.equations.append((head, self.parser.expression()))
        return None

    def _listed(self, word: str) -> None:
        while True:
            name = self.parser.take("name").text
            if word == "dims":
                self.dims[name] = self.parser.expression(6) if self.parser.accept("=") else None
            elif word == "integer":
                self.integers.append(name)
            else:
                self.functions.append(name)
                self.parser.functions.add(name)
            if not self.parser.accept(","):
                return


def program(
    text: str,
    *,
    shapes: Shapes | None = None,
    dims: Mapping[str, str | int | Affine] | None = None,
    functions: Sequence[str] = (),
) -> Program:
    """A program from its text.

    Args:
        text: definitions ``name[letters] := expression``, with ``dims i = m``, ``function f`` and ``integer s`` between.
        shapes: the dimensions of arrays, such as ``{"X": "H W"}``; inputs without one get dimensions named after letters.
        dims: letter → how far it runs, as ``dims`` in the text says it.
        functions: unknown smooth scalar functions.

    Raises:
        ProgramError: naming line and column.

    >>> layer = program("y[i] := sum(w[u]*x[i+u], u)", shapes={"x": "N", "w": "K"})
    >>> layer.definitions[0].letters[0].high
    N - K + 1
    """
    said = _Statements(Parser(text, KNOWN | set(functions)))
    said.parser.statements(said.one)
    if not said.equations:
        raise ProgramError("there is no definition", text)
    said.functions[:0] = functions
    solver = _solver(text, said.parser, shapes or {}, said.functions)
    equations = [Equation(head, body, solver.head(head)) for head, body in said.equations]
    for equation in equations:
        solver.walk(equation.body, equation.env)
    solver.share_shapes(solver.defined)
    numbers = {k: solver.affine(v, {}) for k, v in said.dims.items() if v is not None}
    for name, size in {**numbers, **{k: _dimension(v) for k, v in (dims or {}).items()}}.items():
        solver.call(name, size)
    reader = _reader(solver, said.functions, {*said.integers, *(k for k, v in said.dims.items() if v is None)})
    solver.no_free_letters({*said.integers, *said.dims})
    solver.solve()
    solver.no_shared_names(solver.sized() | set(solver.parameters))
    definitions = defined(equations, solver, reader)
    return Program(definitions, {n: solver.shape(n) for n in solver.ranks}, tuple(said.functions))


def _solver(text: str, parser: Parser, shapes: Shapes, functions: Sequence[str]) -> Solver:
    solver = Solver(text, taken={t.text for t in parser.tokens if t.kind == "name"}, functions=functions)
    for name, shape in shapes_of(shapes).items():
        solver.give(name, shape)
        solver.taken |= {x.name for a in shape for x in a.letters}
    return solver


def _reader(solver: Solver, functions: Sequence[str], integers: set[str]) -> Reader:
    """The reader; every name that is no array, letter or number so far is a scalar input."""
    numbers = frozenset(integers | set(solver.parameters) | solver.sized())
    for name, node in solver.scalars.items():
        if name not in numbers and name not in CONSTANTS:
            solver.scalar(name, node)
    return Reader(solver, frozenset(functions), numbers, frozenset(integers))


def expression(
    text: str,
    *,
    shapes: Shapes | None = None,
    frame: Sequence[Bound] = (),
    letters: Sequence[str] = (),
    functions: Sequence[str] = (),
    loss: str = "L",
) -> Expr:
    """One right-hand side; letters of the frame, ``letters``, and other names in slots are free.

    Args:
        text: an expression, in this language or in the page form.
        shapes: the dimensions of arrays.
        frame: free letters with their ranges.
        letters: further names of free letters and dimensions (for ``n`` in ``x/n``, where no slot shows it).
        functions: unknown smooth scalar functions.
        loss: ``∂L/∂w`` is the adjoint ``w_bar``; any other ``∂y/∂w`` is the Jacobian ``dy/dw``.

    >>> from derive.calculus.expr import entry
    >>> expression("2*x[i]") == 2 * entry("x", "i")
    True
    """
    parser = Parser(text, KNOWN | set(functions), loss)
    (value,) = _read(parser, (parser.whole(),), shapes or {}, frame, (*letters,), functions)
    return value


def relation(
    text: str,
    *,
    shapes: Shapes | None = None,
    frame: Sequence[Bound] = (),
    letters: Sequence[str] = (),
    functions: Sequence[str] = (),
    loss: str = "L",
) -> Relation:
    """``a = b``, or a chain ``a <= b < c``, between expressions.

    >>> relation("0 < r[i] <= 1").ops
    ('<', '<=')
    """
    parser = Parser(text, KNOWN | set(functions), loss)
    sides, ops = chained(parser.whole())
    return Relation(_read(parser, sides, shapes or {}, frame, (*letters,), functions), ops, tuple(frame))


def _read(
    parser: Parser,
    nodes: Sequence[Node],
    shapes: Shapes,
    frame: Sequence[Bound],
    letters: tuple[str, ...],
    functions: Sequence[str],
) -> tuple[Expr, ...]:
    solver = _solver(parser.text, parser, shapes, functions)
    env = {b.letter.name: b.letter for b in frame}
    solver.ranges |= {b.letter: (b.low, b.high) for b in frame}
    for node in nodes:
        solver.walk(node, env)
    reader = _reader(solver, functions, set(letters))
    solver.share_shapes(solver.ranks)
    solver.solve()
    return tuple(reader.value(node, env) for node in nodes)
