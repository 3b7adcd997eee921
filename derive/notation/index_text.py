"""Expressions, relations and programs as text of the index language; what is printed reads back.

A printer never raises and never drops a factor. Ranges are left out only where the shapes say them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import groupby

from derive.calculus.affine import Affine
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
from derive.calculus.expr import Expr, Factor, Term, expr
from derive.calculus.program import Program
from derive.calculus.substitute import letters
from derive.calculus.trace import Relation, Side, Table
from derive.notation.index_names import Page, Shape, inferred, leading, page
from derive.notation.index_slots import IndexPrinter

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4
Text = tuple[str, int]
"""A piece of text and how tightly its outermost operator binds."""
HALF = Fraction(1, 2)


def to_text(value: Expr, names: Mapping[str, str] | None = None, *, shapes: Mapping[str, Shape] | None = None) -> str:
    """The expression in the index language, counting from 0.

    Args:
        value: what is printed.
        names: array name → how it is shown.
        shapes: array name → dimensions, as in ``Program.shapes``; the reader needs the same.

    >>> from derive.notation.index_language import expression, shapes_of
    >>> shapes = shapes_of({"W": "m n", "x": "n"})
    >>> product = expression("sum(W[i,j]*x[j], j) - 1/2", shapes={"W": "m n", "x": "n"})
    >>> to_text(product), to_text(product, shapes=shapes)
    ('sum(W[i,j]*x[j], j = 0..n-1) - 1/2', 'sum(W[i,j]*x[j], j) - 1/2')
    """
    return Printer().expr(value, page((value,), names or {}, shapes or {}))


def relation_text(relation: Relation, *, shapes: Mapping[str, Shape] | None = None) -> str:
    """The relation in the index language."""
    return Printer().relation(relation, {}, shapes or {})


def program_text(program: Program) -> str:
    """The program in the index language; it reads back with the program's shapes.

    >>> from derive.notation.index_language import program
    >>> print(program_text(program("a[i] := tanh(z[i]); L := sum(a[k]**2, k)")))
    a[i] := tanh(z[i])
    L := sum(a[k]**2, k)
    """
    lines = [f"function {', '.join(program.functions)}"] if program.functions else []
    for d in program.definitions:
        slots = ",".join(b.letter.name for b in d.letters)
        name = Printer().name(d.name, Page())
        head = f"{name}[{slots}]" if slots else name
        lines.append(f"{head} := {to_text(d.body, shapes=program.shapes)}")
    return "\n".join(lines)


class Printer(IndexPrinter):
    """Prints in the index language; the page form overrides how things are joined."""

    caret = "**"

    def relation(self, relation: Relation, names: Mapping[str, str], shapes: Mapping[str, Shape]) -> str:
        """``a = b``, or a chain."""
        cells = [e for s in relation.sides for e in ([s] if isinstance(s, Expr) else [c for r in s.entries for c in r])]
        where = page(cells, names, shapes)
        text = self._side(relation.sides[0], where)
        for _, op, side in relation.pairs():
            text += f" {self.signs.get(op, op)} {self._side(side, where)}"
        return text

    def _side(self, side: Side, where: Page) -> str:
        if not isinstance(side, Table):
            return self.expr(side, where)
        rows = (", ".join(self.expr(e, where) for e in row) for row in side.entries)
        return "[" + ", ".join(f"[{row}]" for row in rows) + "]"

    # --- sums and products ---

    def expr(self, value: Expr, where: Page, least: int = SUM) -> str:
        """An expression, in parentheses where it binds less tightly than asked."""
        text, level = self._expr(value, where)
        return text if level >= least else f"({text})"

    def _expr(self, value: Expr, where: Page) -> Text:
        if not value.terms:
            return "0", ATOM
        pieces = [(t.coefficient < 0, self.term(t, where)) for t in leading(value).terms]
        if len(pieces) == 1 and not pieces[0][0]:
            return pieces[0][1]
        text = "".join((" - " if negative else " + ") + _grouped(*piece) for negative, piece in pieces)
        return ("-" + text[3:] if pieces[0][0] else text[3:]), SUM

    def term(self, term: Term, where: Page) -> Text:
        """A term without its sign: what does not hang on the bound letters, then the sums over the rest."""
        size = abs(term.coefficient)
        bound = {b.letter for b in term.bounds}
        if not bound:
            return self.product(size, term.factors, where)
        outer = [f for f in term.factors if bound.isdisjoint(letters(expr(f[0])))]
        inner = [f for f in term.factors if f not in outer]
        return self.summed(size, outer, inner, term.bounds, where)

    def summed(
        self, size: Fraction, outer: Sequence[Factor], inner: Sequence[Factor], bounds: Sequence[Bound], where: Page
    ) -> Text:
        """``front*sum(inner, i, j)/below``."""
        runs = [(kind, list(run)) for kind, run in groupby(bounds, key=lambda b: b.kind)]
        insides, scopes = [expr(a) for a, _ in inner], [where]
        ranges = []
        for _, run in runs:
            texts = []
            for b in run:
                texts.append(self.bound(b, insides, scopes[-1]))
                scopes.append(scopes[-1].bind(b.letter))
            ranges.append(", ".join(texts))
        text = self.product(Fraction(1), inner, scopes[-1])[0]
        for (kind, _), shown in zip(reversed(runs), reversed(ranges), strict=True):
            text = f"{kind}({text}, {shown})"
        return self.product(size, outer, where, last=(text, ATOM))

    def bound(self, bound: Bound, body: Sequence[Expr], where: Page) -> str:
        """``i``, or ``i = 0..n-1`` where a reader could not know."""
        name = self.letter_name(where.bind(bound.letter).letter(bound.letter))
        if inferred(bound, body, where.shapes):
            return name
        return f"{name} = {self.affine(bound.low, where)}..{self.affine(bound.high - 1, where)}"

    def product(self, size: Fraction, factors: Sequence[Factor], where: Page, last: Text | None = None) -> Text:
        """``a*b/(c*d)``."""
        above = [self.factor(a, e, where) for a, e in factors if e > 0]
        above += [last] if last else []
        if size.numerator != 1 or not above:
            above.insert(0, (str(size.numerator), ATOM))
        below = [self.factor(a, -e, where) for a, e in factors if e < 0]
        if size.denominator != 1:
            below.insert(0, (str(size.denominator), ATOM))
        return self.fraction(above, below)

    def fraction(self, above: Sequence[Text], below: Sequence[Text]) -> Text:
        """Factors above and below a fraction bar."""
        if not below:
            return above[0] if len(above) == 1 else (self.joined(above), PRODUCT)
        under = self.joined(below) if len(below) == 1 else f"({self.joined(below)})"
        return f"{self.joined(above)}/{under}", PRODUCT

    def joined(self, factors: Sequence[Text]) -> str:
        """Factors side by side."""
        return "*".join(text if level > PRODUCT else f"({text})" for text, level in factors)

    # --- factors ---

    def factor(self, atom: Atom, e: Fraction, where: Page) -> Text:
        """An atom to a positive power."""
        if e == 1:
            return self.atom(atom, where)
        if e == HALF:
            return self.root(self.atom(atom, where)[0])
        return self.raised(self._tight(self.atom(atom, where)), e)

    def raised(self, base: str, e: Fraction) -> Text:
        """``base**e``."""
        return (f"{base}**{e}" if e.denominator == 1 else f"{base}**({e})"), POWER

    def root(self, inside: str) -> Text:
        """A square root."""
        return f"sqrt({inside})", ATOM

    def _tight(self, text: Text) -> str:
        return text[0] if text[1] == ATOM else f"({text[0]})"

    def atom(self, atom: Atom, where: Page) -> Text:
        """One factor."""
        match atom:
            case Entry():
                return self.entry(atom, where), ATOM
            case Number(value):
                return self.affine(value, where), ATOM if value.letter or _natural(value) else SUM
            case Group(body):
                return self.expr(body, where), ATOM if self.closed(body) else SUM
            case Apply():
                return self.call(atom, where), ATOM
            case Power(base, exponent):
                return f"{self.expr(base, where, ATOM)}{self.caret}{self.expr(exponent, where, ATOM)}", POWER
            case Bracket(zero):
                return f"[{self.compared(zero, '=', where)}]", ATOM
            case Guard(nonneg):
                return f"[{self.compared(nonneg, '>=', where)}]", ATOM
            case Reduce():
                return self.reduction(atom, where)
            case Indicator(condition):
                return f"[{self.condition(condition, where)}]", ATOM
            case Cases(branches, otherwise):
                parts = [t for c, v in branches for t in (self.condition(c, where), self.expr(v, where))]
                parts += [] if otherwise is None else [self.expr(otherwise, where)]
                return f"cases({', '.join(parts)})", ATOM
            case MatrixFunction():
                return self._matrix(atom, where), ATOM
        return str(atom), SUM

    def closed(self, body: Expr) -> bool:
        """Whether a sum in parentheses is ``sum(…)`` and nothing else, which needs none."""
        (term, *more) = body.terms or (Term(Fraction(0)),)
        bound = {b.letter for b in term.bounds}
        alone = not more and term.coefficient == 1 and bool(bound)
        return alone and not any(bound.isdisjoint(letters(expr(a))) for a, _ in term.factors)

    def entry(self, atom: Entry, where: Page) -> str:
        """``X[i,j+v]``; ``n[]`` where a letter has the name of an array without slots."""
        name = self.name(atom.name, where)
        empty = "[]" if where.is_letter(atom.name) else ""
        return f"{name}[{self.slots(atom.at, where)}]" if atom.at else name + empty

    def name(self, name: str, where: Page) -> str:
        """An array's name; a Jacobian's is its page form."""
        if name in where.names:
            return where.names[name]
        of, slash, wrt = name.partition("/d")
        return f"∂{self.array_name(of[1:])}/∂{self.array_name(wrt)}" if slash else self.array_name(name)

    def array_name(self, name: str) -> str:
        """How the language writes a name."""
        return name

    def call(self, atom: Apply, where: Page) -> str:
        """``f'(a, b)``; a constant has no parentheses."""
        if not atom.args and atom.function in ("pi", "e"):
            return self.constant(atom.function)
        args = ", ".join(self.expr(a, where) for a in atom.args)
        return f"{self.function(atom.function, atom.order)}({args})"

    def constant(self, name: str) -> str:
        """π and e."""
        return name

    def function(self, name: str, order: int) -> str:
        """The name of a function or of its derivative."""
        return name + "'" * order

    def reduction(self, atom: Reduce, where: Page) -> Text:
        """``prod(body, i)``."""
        op = {"prod": "prod", "max": "amax", "min": "amin"}.get(atom.op, atom.op)
        body = self.expr(atom.body, where.bind(atom.bound.letter))
        return f"{op}({body}, {self.bound(atom.bound, (atom.body,), where)})", ATOM

    def _matrix(self, atom: MatrixFunction, where: Page) -> str:
        inner = where.bind(atom.row).bind(atom.column)
        bounds = [Bound(x, Affine.of(0), atom.size) for x in (atom.row, atom.column)]
        known = any(inferred(b, (atom.body,), where.shapes) for b in bounds)
        last = "" if known else f" = 0..{self.affine(atom.size - 1, where)}"
        ranges = [f"{self.letter_name(inner.letter(b.letter))}{last}" for b in bounds]
        extra = [] if atom.extra is None else [self.expr(atom.extra, where)]
        op = {"power": "matpow"}.get(atom.op, atom.op)
        text = f"{op}({', '.join([self.expr(atom.body, inner), *ranges, *extra])})"
        return f"{text}[{self.slots(atom.at, where)}]" if atom.at else text

    def condition(self, condition: Condition, where: Page) -> str:
        """A condition; nested ones in brackets."""
        if isinstance(condition, Compare):
            op = self.signs.get(condition.op, condition.op)
            return f"{self.expr(condition.left, where)} {op} {self.expr(condition.right, where)}"
        if not condition.parts:
            return "0 = 0" if condition.op == "and" else "0 != 0"
        parts = [f"[{self.condition(p, where)}]" for p in condition.parts]
        word = self.signs.get(condition.op, condition.op)
        return f"{word} {parts[0]}" if condition.op == "not" else f" {word} ".join(parts)


def _grouped(text: str, level: int) -> str:
    return text if level > SUM else f"({text})"


def _natural(value: Affine) -> bool:
    return value.constant is not None and value.constant >= 0
