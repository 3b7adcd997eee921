"""Values of expressions as torch tensors: any precision, any device, under ``torch.func.vmap``.

`derive.calculus.evaluate` walks the same trees with NumPy. Here nothing may ask what a tensor holds, so that one walk
serves a whole batch of draws: letters and ranges stay on the host, where they are known; values are tensors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from derive.calculus.affine import Letter
from derive.calculus.atoms import (
    Apply,
    Atom,
    Bound,
    Bracket,
    Cases,
    Compare,
    Condition,
    Entry,
    Group,
    Guard,
    Indicator,
    MatrixFunction,
    Number,
    Power,
    Reduce,
)
from derive.calculus.evaluate import dirac
from derive.calculus.expr import Expr, Term
from derive.calculus.fields import Array
from derive.calculus.functions import DEFINITIONS, TABLE, unfolded
from derive.calculus.scope import Scope, Unknown, index
from derive.calculus.substitute import free_letters, subs
from derive.calculus.trace import Side, Table
from derive.calculus.whole import whole
from derive.derivations.base import MESH
from derive.verify.draw import dims
from derive.verify.machine import Machine, TooLarge, operators, rounded


def side_tensor(
    machine: Machine, side: Side, frame: Sequence[Bound], sizes: Mapping[str, int], arrays: Mapping[str, Any]
) -> Any:
    """The tensor that one side of a relation stands for, one axis a letter of the frame.

    Raises:
        Unknown: a name or a letter has no value.
        TooLarge: a sum needs more cells than the machine has room for.
    """
    if isinstance(side, Table):
        rows = [[side_tensor(machine, e, (), sizes, arrays) for e in row] for row in side.entries]
        table = machine.torch.stack([machine.torch.stack(row) for row in rows])
        return table[:, 0] if side.column else table
    letters = dims(sizes)
    shape = [(b.high - b.low).at(letters) for b in frame]
    known: dict[Letter, Array] = {k: np.array(v) for k, v in letters.items()}
    for k, (bound, size) in enumerate(zip(frame, shape, strict=True)):
        known[bound.letter] = np.arange(size).reshape((size,) + (1,) * (len(frame) - 1 - k))
    value = subs(side, {b.letter: b.low + b.letter for b in frame if b.low.terms})
    walk = Walk(machine, Scope(arrays, known, depth=len(frame), mesh=MESH), prod(shape))
    return machine.torch.broadcast_to(walk.value(value), tuple(shape))


def _multiplies(term: Term) -> bool:
    """Whether a sum is a matrix product: two factors that run along its letters."""
    over = {b.letter for b in term.bounds if b.kind == "sum"}
    factors = (f for f in term.factors if not isinstance(f[0], Bracket | Guard | Indicator | Number))
    return sum(not over.isdisjoint(free_letters(Expr((Term(Fraction(1), (f,)),)))) for f in factors) > 1


@dataclass(frozen=True)
class Walk:
    """One walk through an expression; ``cells`` counts the cells of the axes that are open."""

    machine: Machine
    scope: Scope
    cells: int

    def value(self, value: Expr) -> Any:
        """The value of an expression, broadcast over the axes of the scope's letters."""
        total = self.machine.number(0)
        for term in value.terms:
            total = total + self._term(term)
        return total

    def _term(self, term: Term, summed: bool = False) -> Any:
        if not term.bounds:
            return self._product(term, summed and self.machine.bits > 0)
        torch, first = self.machine.torch, term.bounds[0]
        inner, mask = self._bind(first)
        if not mask.size:
            return self.machine.number(0)
        body = inner._term(Term(term.coefficient, term.factors, term.bounds[1:]), summed or _multiplies(term))
        body = torch.where(self.machine.tensor(mask), body, torch.zeros_like(body))
        body = body.expand(mask.shape[0], *body.shape[1:])
        total = body.sum(dim=0)
        if first.kind == "expectation":
            return total / self.machine.number(mask.sum(axis=0))
        return total * self.scope.mesh if first.kind == "integral" and not dirac(term, first.letter) else total

    def _bind(self, bound: Bound) -> tuple[Walk, Array]:
        """The walk with one more axis, in front, and the mask of the letter's range on it: always of full rank."""
        scope = self.scope
        low, high = index(bound.low, scope), index(bound.high, scope)
        start, stop = (int(low.min()), int(high.max())) if low.size and high.size else (0, 0)
        size = max(stop - start, 0)
        if self.cells * size > self.machine.room:
            raise TooLarge(self.cells * size)
        letter = np.arange(start, start + size).reshape((size,) + (1,) * scope.depth)
        mask = (letter >= low) & (letter < high)
        inner = replace(
            scope,
            letters={**scope.letters, bound.letter: letter},
            depth=scope.depth + 1,
            live=scope.live & mask if size else mask,
        )
        return Walk(self.machine, inner, self.cells * max(size, 1)), mask

    def _product(self, term: Term, short: bool) -> Any:
        torch, still, moving = self.machine.torch, np.array(True), []
        for atom, _ in term.factors:
            match atom:
                case Bracket(value):
                    still = still & (index(value, self.scope) == 0)
                case Guard(value):
                    still = still & (index(value, self.scope) >= 0)
                case Indicator(condition):
                    moving.append(self._holds(condition))
        inner = replace(self, scope=self.scope.where(still))
        if not np.any(inner.scope.live):
            return self.machine.number(0)
        product = self.machine.number(float(term.coefficient))
        for atom, e in term.factors:
            if not isinstance(atom, Bracket | Guard | Indicator):
                value = inner._atom(atom)
                value = rounded(value, self.machine.bits, torch) if short else value
                product = product * (value if e == 1 else value ** (int(e) if e.denominator == 1 else float(e)))
        masks = [*moving, *([] if still.shape == () else [self.machine.tensor(still)])]
        for mask in masks:
            product = torch.where(mask, product, torch.zeros_like(product))
        return product

    def _holds(self, condition: Condition) -> Any:
        torch = self.machine.torch
        if isinstance(condition, Compare):
            names = {"<": "lt", "<=": "le", "=": "eq", "!=": "ne", ">=": "ge", ">": "gt"}
            return getattr(torch, names[condition.op])(self.value(condition.left), self.value(condition.right))
        parts = [self._holds(p) for p in condition.parts]
        if condition.op == "not":
            return ~parts[0]
        joined = self.machine.tensor(condition.op == "and")
        for p in parts:
            joined = joined & p if condition.op == "and" else joined | p
        return joined

    def _atom(self, atom: Atom) -> Any:
        match atom:
            case Entry():
                return self._read(atom)
            case Number(value):
                return self.machine.number(index(value, self.scope))
            case Group(body):
                return self.value(body)
            case Apply():
                return self._apply(atom)
            case Power(base, exponent):
                return self.value(base) ** self.value(exponent)
            case Reduce():
                return self._reduce(atom)
            case Cases():
                return self._cases(atom)
            case MatrixFunction():
                return self._matrix(atom)
        raise TypeError(f"no value for {atom}")

    def _read(self, atom: Entry) -> Any:
        if atom.name not in self.scope.arrays:
            raise Unknown(atom.name)
        array: Any = self.scope.arrays[atom.name]
        if not atom.at:
            return array
        if not array.numel():
            return self.machine.number(0)
        places = [index(a, self.scope) for a in atom.at]
        inside = np.array(True)
        for place, size in zip(places, array.shape, strict=True):
            inside = inside & (place >= 0) & (place < size)
        found = array[tuple(self._place(self._within(p, n)) for p, n in zip(places, array.shape, strict=True))]
        if inside.all():
            return found
        return self.machine.torch.where(self.machine.tensor(inside), found, self.machine.torch.zeros_like(found))

    def _place(self, place: Array) -> Any:
        """An index: a single one as a number, which no device need be asked for."""
        return int(place) if not np.ndim(place) else self.machine.tensor(place)

    def _within(self, place: Array, size: int) -> Array:
        return np.where((place >= 0) & (place < size), place, 0)

    def _apply(self, atom: Apply) -> Any:
        functions = operators(self.machine)
        known = atom.function in TABLE or atom.function in DEFINITIONS
        if known and (atom.order or atom.function not in functions):
            return self.value(unfolded(atom.function, atom.order, atom.args[0]))
        args = [self.value(a) for a in atom.args]
        if atom.function in self.machine.functions:
            return self.machine.functions[atom.function][atom.order](*args)
        if atom.function not in functions:
            raise Unknown(atom.function)
        return functions[atom.function](*args)

    def _reduce(self, atom: Reduce) -> Any:
        inner, mask = self._bind(atom.bound)
        if not mask.size:
            if atom.op != "prod":
                raise Unknown(f"{atom.op} of nothing")
            return self.machine.number(1)
        nothing = {"prod": 1.0, "max": -np.inf, "min": np.inf}[atom.op]
        body = inner.value(atom.body)
        body = self.machine.torch.where(self.machine.tensor(mask), body, self.machine.torch.full_like(body, nothing))
        body = body.expand(mask.shape[0], *body.shape[1:])
        return {"prod": body.prod, "max": body.amax, "min": body.amin}[atom.op](dim=0)

    def _cases(self, atom: Cases) -> Any:
        torch = self.machine.torch
        result = self.value(atom.otherwise) if atom.otherwise is not None else self.machine.number(np.nan)
        for condition, value in reversed(atom.branches):
            result = torch.where(self._holds(condition), self.value(value), result)
        return result

    def _matrix(self, atom: MatrixFunction) -> Any:
        torch, scope = self.machine.torch, self.scope
        size = int(index(atom.size, scope).flat[0])
        row = np.arange(size).reshape((size,) + (1,) * scope.depth)
        column = np.arange(size).reshape((size,) + (1,) * (scope.depth + 1))
        inner = replace(scope, letters={**scope.letters, atom.row: row, atom.column: column}, depth=scope.depth + 2)
        body = Walk(self.machine, inner, self.cells * size * size).value(atom.body)
        body = body.reshape((1,) * (scope.depth + 2 - body.ndim) + tuple(body.shape))
        stack = torch.movedim(body.expand(size, size, *body.shape[2:]), (1, 0), (-2, -1))
        result = self._of_matrix(atom, stack)
        if not atom.at:
            return result
        lead = np.indices(result.shape[:-2], sparse=True) if result.ndim > 2 else ()
        return result[tuple(self._place(p) for p in (*lead, *(index(a, scope) for a in atom.at)))]

    def _of_matrix(self, atom: MatrixFunction, stack: Any) -> Any:
        torch = self.machine.torch
        if atom.op in ("inv", "det"):
            return getattr(torch.linalg, atom.op)(stack)
        exact = None if atom.extra is None else whole(atom.extra)
        if exact is None:
            raise Unknown("an exponent of a matrix that is no number of sizes and indices")
        exponent = index(exact, self.scope)
        largest, power = int(exponent.max()), torch.eye(stack.shape[-1], dtype=stack.dtype, device=stack.device)
        powers = [power.expand(stack.shape)]
        for _ in range(largest):
            powers.append(powers[-1] @ stack)
        if exponent.size == 1:
            return powers[largest]
        chosen = self.machine.tensor(exponent)[..., None, None]
        found = powers[0]
        for n in range(1, largest + 1):
            found = torch.where(chosen == n, powers[n], found)
        return found
