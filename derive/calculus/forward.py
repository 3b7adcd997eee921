"""Forward mode on a program: each definition pushes the change of what it reads on to its own value.

``v_dot`` is the tangent (the Jacobian–vector product with ``x_dot``); ``dv/dx`` is the Jacobian, indexed by v's letters
and then x's. The Hessian is the Jacobian of the gradient's program: forward over reverse, from the same rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.calculus.affine import Affine, Letter, fresh
from derive.calculus.atoms import Bound, Entry
from derive.calculus.chain import adjoint, collapsing, dimensions, jacobian, reading, zeros_outside
from derive.calculus.differentiate import derivative
from derive.calculus.expr import Expr, add, entry, multiply, total
from derive.calculus.gradient import Gradients, definition_line, frame_of, gradients, needed
from derive.calculus.program import Definition, Program
from derive.calculus.substitute import names, renew
from derive.calculus.trace import Line, Relation, Rule


def tangent(name: str) -> str:
    """The name of the change of ``name`` along the direction."""
    return f"{name}_dot"


@dataclass(frozen=True)
class Forward:
    """What forward mode gives: the lines, and the program that computes the asked array ``result``.

    ``source`` is what was there before, with the shapes of all derivatives.
    """

    program: Program
    lines: tuple[Line, ...]
    result: str
    source: Program


def jvp(program: Program, wrt: Sequence[str], of: str = "", facts: Sequence[Affine] = ()) -> Forward:
    """The Jacobian–vector product: how ``of`` (the last definition) changes when each ``x`` moves along ``x_dot``.

    Raises:
        KeyError: an array that the program does not have, or on which ``of`` does not depend.
    """
    return _Push(program, tuple(wrt), None, of, facts).forward()


def jacobian_of(
    program: Program, wrt: str, of: str = "", letters: Sequence[str] = (), facts: Sequence[Affine] = ()
) -> Forward:
    """The Jacobian ``dof/dwrt``, indexed by the letters of ``of`` (the last definition) and then ``letters``.

    Raises:
        KeyError: an array that the program does not have, or on which ``of`` does not depend.
    """
    return _Push(program, (wrt,), _frame(program, wrt, letters), of, facts).forward()


def hessian(
    program: Program, first: str, second: str = "", facts: Sequence[Affine] = (), slope: Gradients | None = None
) -> Forward:
    """The second derivatives ``∂²L/∂first∂second`` (``second`` is ``first`` unless said): the gradient's Jacobian.

    It is 0 where the gradient does not depend on ``second``. ``slope`` is the gradient in another form than reverse mode's.

    Raises:
        KeyError: an array that the program does not have, or ``first`` is one on which the loss does not depend.
    """
    second = second or first
    if second not in program.shapes:
        raise KeyError(f"{second} is no array of this program")
    slope = slope or gradients(program, [first], facts=facts)
    source = replace(slope.program, shapes={second: program.shapes[second], **slope.program.shapes})
    frame = _frame(source, second, ())
    pushed = _Push(source, (second,), frame, adjoint(first), facts, still=True).forward()
    return replace(pushed, lines=(*slope.lines, *(x for x in pushed.lines if x.mode != "definition")))


def _frame(program: Program, wrt: str, letters: Sequence[str]) -> tuple[Bound, ...]:
    """The Jacobian's letters for ``wrt``: those asked for, else letters that no definition uses."""
    taken = {b.letter.name for d in program.definitions for b in d.letters} | {x.name for x in program.fixed_letters}
    return tuple(
        b if letters else replace(b, letter=Letter(_other(b.letter.name, taken)))
        for b in frame_of(program, wrt, letters)
    )


def _other(name: str, taken: set[str]) -> str:
    """A letter that no definition uses: the next in the alphabet."""
    start = ord(name[0]) if name[0].isascii() and name[0].islower() else ord("p")
    free = (chr(97 + (start - 97 + k) % 26) for k in range(1, 26))
    found = next((c for c in free if c not in taken and c not in "lo"), f"{name}1")
    taken.add(found)
    return found


class _Push:
    """One pass forward; no frame pushes the tangents ``x_dot``, else the frame is that of ``x``'s Jacobian.

    ``still`` allows a result that does not change: its change is 0.
    """

    def __init__(
        self,
        program: Program,
        wrt: tuple[str, ...],
        frame: tuple[Bound, ...] | None,
        of: str,
        facts: Sequence[Affine],
        still: bool = False,
    ) -> None:
        self.source, self.wrt, self.frame, self.whole = program, wrt, frame or (), frame is not None
        self.of = of or program.definitions[-1].name
        self.order = needed(program, {self.of})
        self.path = self.moved()
        if self.of not in self.path:
            if not still:
                raise KeyError(f"{self.of} does not depend on {', '.join(self.wrt)}")
            self.path.add(self.of)
        least = [Affine.of(x) - 1 for x in sorted(dimensions(program))]
        self.rules = (collapsing((*facts, *least)), zeros_outside(self.program_shapes()))

    def moved(self) -> set[str]:
        """The arrays that change when ``wrt`` does."""
        for name in self.wrt:
            if name not in self.source.shapes:
                raise KeyError(f"{name} is no array of this program")
        found, size = set(self.wrt), 0
        while size < len(found):
            size = len(found)
            found |= {d.name for d in self.order if not found.isdisjoint(names(d.body))}
        return found

    def change(self, name: str) -> str:
        """The name of an array's tangent or Jacobian."""
        return jacobian(name, self.wrt[0]) if self.whole else tangent(name)

    def program_shapes(self) -> Program:
        """The source with the shapes of the tangents."""
        more = tuple(b.high for b in self.frame)
        return replace(
            self.source,
            shapes={**self.source.shapes, **{self.change(n): (*self.source.shapes[n], *more) for n in self.path}},
        )

    def forward(self) -> Forward:
        """The lines, and the forward definitions with the tangents' own after them."""
        lines = [line for d in self.order if d.name in self.path and d.name not in self.wrt for line in self.push(d)]
        last = {line.relation.left: line.relation for line in lines}
        pushed = tuple(Definition(derived(r), r.frame, r.result) for r in last.values())
        opening = [definition_line(d) for d in self.order if d.name in self.path]
        source = self.program_shapes()
        return Forward(followed(source, pushed), (*opening, *lines), self.change(self.of), source)

    def push(self, d: Definition) -> Iterator[Line]:
        """One definition's change: through everything it reads that changes."""
        at = [Affine.of(b.letter) for b in (*d.letters, *self.frame)]
        through = add(self.through(d, name) for name in self.source.shapes if name in self.path & names(d.body))
        relation = Relation((entry(self.change(d.name), *at), through), frame=(*d.letters, *self.frame))
        yield Line(PUSH, relation)
        for rule in self.rules:
            before, relation = relation, rule.apply(relation)
            if relation != before:
                yield Line(rule, relation, before)

    def through(self, d: Definition, name: str) -> Expr:
        """The derivative in one array that it reads, times that array's change, summed over the entries."""
        outer = [Affine.of(b.letter) for b in self.frame]
        if self.whole and name in self.wrt:
            return derivative(renew(reading(d.body, name)), name, tuple(outer))
        over = tuple(Bound(fresh("abcdefg"[k % 7]), Affine.of(0), s) for k, s in enumerate(self.source.shapes[name]))
        here = tuple(Affine.of(b.letter) for b in over)
        slope = derivative(renew(reading(d.body, name)), name, here)
        return total(multiply((slope, entry(self.change(name), *here, *outer))), *over)


def followed(source: Program, pushed: Sequence[Definition]) -> Program:
    """The definitions of the source that others read, with those after them."""
    forward = needed(source, {n for d in pushed for n in names(d.body)})
    read = {n for d in (*forward, *pushed) for n in (d.name, *names(d.body))}
    return Program((*forward, *pushed), {n: s for n, s in source.shapes.items() if n in read}, source.functions)


def derived(relation: Relation) -> str:
    """The name of the derivative that a line is about."""
    atom = relation.left.terms[0].factors[0][0]
    assert isinstance(atom, Entry)
    return atom.name


PUSH = Rule(
    "chain rule, forward",
    "A value changes through everything that it reads: add, over all of it, how the value changes with what is read "
    "times how that changes.",
    lambda r: r,
    statement=r"\dot v_a = \sum_u \sum_b \frac{\partial v_a}{\partial u_b}\,\dot u_b",
)
