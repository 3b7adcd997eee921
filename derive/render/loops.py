"""Expressions as plain Python, one loop a sum: code that a reader can follow letter by letter, for cells of notebooks.

A name is read from ``known``, as ``known.x(i, j)``, which is zero outside of the array; a number as ``known.r``. The cells
bring ``total``, ``product``, ``largest``, ``least``, ``mean``, ``table`` and ``matrix``.

This is no second exporter: `derive.notation.code_expr` makes whole arrays of a program whose shapes it knows, in the order
that costs least, and no letter of a line is left in what it writes. Here each line is on its own, an entry outside of its
array is zero, sides may be conditions, integrals or means, and the code has the letters of the formula above it. Both take
functions from the same table and unfold them in the same way.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from math import prod

from derive.calculus.affine import Affine, Letter
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
from derive.calculus.fields import FLOAT
from derive.calculus.functions import DEFINITIONS, TABLE, unfolded
from derive.calculus.substitute import children
from derive.calculus.trace import Relation, Side, Table
from derive.notation.code_values import NotExportable

_REDUCED = {"prod": "product", "max": "largest", "min": "least"}
_SIGNS = {"=": "==", "!=": "!="}


def identifier(name: str) -> str:
    """A name as Python takes it.

    >>> identifier("dL/dx"), identifier("lambda")
    ('dL_dx', 'lambda_')
    """
    text = re.sub(r"\W", "_", name)
    return f"{text}_" if keyword.iskeyword(text) or not text[:1].isidentifier() else text


def sides(relation: Relation) -> list[str]:
    """The sides of a relation, each as a table over its frame.

    Raises:
        NotExportable: a function has no code.
    """
    return [_side(s, relation) for s in relation.sides]


def steps(relation: Relation, settings: Sequence[Mapping[str, int]]) -> int:
    """About how many numbers the loops of a relation add up, at all settings together."""
    return sum(_steps(relation, {Letter(n): k for n, k in sizes.items()}) for sizes in settings)


def _steps(relation: Relation, sizes: Mapping[Letter, int]) -> int:
    frame = prod(_length(b, sizes) for b in relation.frame)
    return frame * sum(_weight(s, sizes) for s in relation.sides if isinstance(s, Expr))


def _weight(value: Expr, sizes: Mapping[Letter, int]) -> int:
    found = 0
    for term in value.terms:
        inside = (w for a, _ in term.factors for w in (_inner(a, sizes) + sum(_weight(c, sizes) for c in children(a)),))
        found += prod(_length(b, sizes) for b in term.bounds) * (1 + sum(inside))
    return found


def _inner(atom: Atom, sizes: Mapping[Letter, int]) -> int:
    if isinstance(atom, Reduce):
        return _length(atom.bound, sizes) * _weight(atom.body, sizes)
    return atom.size.at(sizes) ** 2 * _weight(atom.body, sizes) if isinstance(atom, MatrixFunction) else 0


def _length(bound: Bound, sizes: Mapping[Letter, int]) -> int:
    """How long a loop is; where that hangs on another letter, as long as the largest size."""
    try:
        return max((bound.high - bound.low).at(sizes), 0)
    except KeyError:
        return max(sizes.values(), default=1)


def _side(side: Side, relation: Relation) -> str:
    if isinstance(side, Table):
        rows = ", ".join("[" + ", ".join(_Loops().sum(e) for e in row) + "]" for row in side.entries)
        return f"[{rows}]" if not side.column else f"np.ravel([{rows}])"
    loops = _Loops()
    ranges = []
    for b in relation.frame:
        ranges.append(f"({loops.affine(b.low)}, {loops.affine(b.high)})")
        loops = loops.bind(b.letter)
    letters = ", ".join(loops.letters[b.letter] for b in relation.frame)
    body = loops.sum(side)
    return f"table(lambda {letters}: {body}, {', '.join(ranges)})" if ranges else body


@dataclass(frozen=True)
class _Loops:
    """Prints in the scope of some letters, which have names of their own."""

    letters: Mapping[Letter, str] = field(default_factory=dict)

    def bind(self, letter: Letter) -> _Loops:
        name, k = identifier(letter.name), 2
        while name in self.letters.values() or name == "known":
            name, k = f"{identifier(letter.name)}{k}", k + 1
        return _Loops({**self.letters, letter: name})

    def affine(self, value: Affine) -> str:
        """An integer."""
        text = ""
        for monomial, k in value.terms:
            names = [self.letters.get(x) or f"known.{identifier(x.name)}" for x in monomial]
            piece = " * ".join([str(abs(k))] * (abs(k) != 1 or not names) + names)
            text += f" {'-' if k < 0 else '+'} {piece}" if text else f"-{piece}" if k < 0 else piece
        return text or "0"

    def sum(self, value: Expr) -> str:
        """An expression."""
        return " + ".join(self.term(t) for t in value.terms).replace("+ -", "- ") or "0"

    def held(self, value: Expr) -> str:
        """An expression in parentheses, where it needs them."""
        text = self.sum(value)
        return text if re.fullmatch(r"[\w.]+(\([\w, .]*\))?", text) else f"({text})"

    def term(self, term: Term) -> str:
        if term.bounds:
            first = term.bounds[0]
            rest = Term(term.coefficient, term.factors, term.bounds[1:])
            called = {"expectation": "mean"}.get(first.kind, "total")
            text = self.over(called, first, lambda inner: inner.term(rest))
            return f"mesh * {text}" if first.kind == "integral" and not dirac(term, first.letter) else text
        masks = [self.mask(a) for a, _ in term.factors if isinstance(a, Bracket | Guard | Indicator)]
        factors = [
            self.atom(a) + ("" if e == 1 else f" ** {e}" if e.denominator == 1 and e > 0 else f" ** ({e})")
            for a, e in term.factors
            if not isinstance(a, Bracket | Guard | Indicator)
        ]
        size = abs(term.coefficient)
        number = [] if size == 1 and factors else [str(size) if size.denominator == 1 else f"({size})"]
        text = ("-" if term.coefficient < 0 else "") + " * ".join(number + factors)
        return f"({text} if {' and '.join(masks)} else 0)" if masks else text

    def over(self, called: str, bound: Bound, body: Callable[[_Loops], str]) -> str:
        inner = self.bind(bound.letter)
        low, high = self.affine(bound.low), self.affine(bound.high)
        return f"{called}(lambda {inner.letters[bound.letter]}: {body(inner)}, {low}, {high})"

    def mask(self, atom: Bracket | Guard | Indicator) -> str:
        match atom:
            case Bracket(value):
                return f"{self.affine(value)} == 0"
            case Guard(value):
                return f"{self.affine(value)} >= 0"
            case Indicator(condition):
                return self.condition(condition)

    def condition(self, condition: Condition) -> str:
        if isinstance(condition, Compare):
            op = _SIGNS.get(condition.op, condition.op)
            return f"{self.held(condition.left)} {op} {self.held(condition.right)}"
        if condition.op == "not":
            return f"not ({self.condition(condition.parts[0])})"
        return "(" + f" {condition.op} ".join(f"({self.condition(p)})" for p in condition.parts) + ")"

    def atom(self, atom: Atom) -> str:
        match atom:
            case Entry(name, at):
                slots = ", ".join(map(self.affine, at))
                return f"known.{identifier(name)}" + (f"({slots})" if at else "")
            case Number(value):
                return f"({self.affine(value)})"
            case Group(body):
                return f"({self.sum(body)})"
            case Apply():
                return self.applied(atom)
            case Power(base, exponent):
                return f"np.float64({self.sum(base)}) ** ({self.sum(exponent)})"
            case Reduce(op, bound, body):
                return self.over(_REDUCED[op], bound, lambda inner: inner.sum(body))
            case Cases(branches, otherwise):
                last = "np.nan" if otherwise is None else self.held(otherwise)
                tests = (f"{self.held(v)} if {self.condition(c)} else " for c, v in branches)
                return f"({''.join(tests)}{last})"
            case MatrixFunction():
                inner = reduce(_Loops.bind, (atom.row, atom.column), self)
                names = f"{inner.letters[atom.row]}, {inner.letters[atom.column]}"
                extra = "" if atom.extra is None else f", {self.sum(atom.extra)}"
                text = f'matrix("{atom.op}", lambda {names}: {inner.sum(atom.body)}, {self.affine(atom.size)}{extra})'
                return text + (f"[{', '.join(map(self.affine, atom.at))}]" if atom.at else "")
        raise NotExportable(f"no code for {atom}")

    def applied(self, atom: Apply) -> str:
        ours = atom.function in TABLE or atom.function in DEFINITIONS
        if ours and (atom.order or atom.function not in FLOAT.functions):
            return f"({self.sum(unfolded(atom.function, atom.order, atom.args[0]))})"
        arguments = ", ".join(map(self.sum, atom.args))
        if atom.function in ("max", "min"):
            return f"np.{atom.function}imum({arguments})"
        if atom.function in FLOAT.functions:
            return f"{identifier(atom.function)}({arguments})" if atom.args else f"np.{atom.function}"
        return f"known.{identifier(atom.function)}[{atom.order}]({arguments})"
