"""SymPy at work on scalar expressions: what it does best, with every other atom kept as a symbol.

Sums, entries and brackets go out as opaque symbols and come back as they were, so nothing is lost on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache, reduce
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Atom, Entry, Group, Number, Power
from derive.calculus.canonical import same
from derive.calculus.expr import ONE, Expr, Term, add, apply, expr, multiply, power
from derive.calculus.substitute import letters

NAMES = {"abs": "Abs", "max": "Max", "min": "Min"}
CALLED = ("exp", "log", "sin", "cos", "tan", "tanh", "abs", "floor", "max", "min")


@cache
def functions() -> dict[str, Callable[..., Any]]:
    """SymPy's functions under our names; SymPy is loaded when it is first needed."""
    import sympy

    found = {name: getattr(sympy, NAMES.get(name, name)) for name in CALLED}
    return {**found, "pi": lambda: sympy.pi, "e": lambda: sympy.E}


@cache
def _back() -> dict[Any, str]:
    return {functions()[name]: name for name in CALLED}


class Unexpressible(ValueError):
    """SymPy's answer is not in our language."""


class Bridge:
    """One conversation with SymPy: remembers which symbol stands for which atom.

    >>> import sympy
    >>> from derive.calculus.expr import entry
    >>> x = entry("x")
    >>> Bridge().through(sympy.factor, x * x - 1) == Bridge().through(sympy.factor, (x - 1) * (x + 1))
    True
    """

    def __init__(self, positive: frozenset[str] = frozenset()) -> None:
        self.positive = positive
        self.symbols: dict[Expr, Any] = {}

    def through(self, change: Callable[[Any], Any], value: Expr) -> Expr:
        """The expression that ``change`` makes of a SymPy copy of ``value``."""
        return self.back(change(self.out(value)))

    def out(self, value: Expr) -> Any:
        """The SymPy expression."""
        import sympy

        return sympy.Add(*(self._term(t) for t in value.terms))

    def _term(self, term: Term) -> Any:
        import sympy

        number = sympy.Rational(term.coefficient.numerator, term.coefficient.denominator)
        bound = {b.letter for b in term.bounds}
        outer = [f for f in term.factors if bound.isdisjoint(letters(expr(f[0])))]
        powers = [self._atom(a) ** sympy.Rational(e.numerator, e.denominator) for a, e in outer]
        if bound:
            inner = tuple(f for f in term.factors if f not in outer)
            powers.append(self._sum(Expr((Term(Fraction(1), inner, term.bounds),))))
        return sympy.Mul(number, *powers)

    def _sum(self, value: Expr) -> Any:
        """One symbol for a sum, whatever its bound letters are called."""
        return self.symbol(next((known for known in self.symbols if known == value or same(known, value)), value))

    def _atom(self, atom: Atom) -> Any:
        match atom:
            case Group(body):
                return self.out(body)
            case Power(base, exponent):
                return self.out(base) ** self.out(exponent)
            case Apply(f, args, 0) if f in functions():
                return functions()[f](*(self.out(a) for a in args))
        return self.symbol(expr(atom))

    def symbol(self, value: Expr) -> Any:
        """The symbol that stands for an opaque expression; its name keeps SymPy's order stable."""
        import sympy

        if value not in self.symbols:
            self.symbols[value] = sympy.Symbol(f"{_name(value)}{len(self.symbols)}", **self._assumptions(value))
        return self.symbols[value]

    def _assumptions(self, value: Expr) -> dict[str, bool]:
        match value.terms:
            case (Term(_, ((Entry(name), _),), ()),) if name in self.positive:
                return {"positive": True}
            case (Term(_, ((Number(), _),), ()),):
                return {"integer": True}
        return {"real": True}

    def back(self, value: Any) -> Expr:
        """Our expression of a SymPy one; Unexpressible where it holds something else."""
        known = {s: e for e, s in self.symbols.items()}
        return read_back(value, known)


def _name(value: Expr) -> str:
    match value.terms:
        case (Term(_, ((Entry(name), _),), ()),):
            return f"{name}_"
        case (Term(_, ((Number(affine), _),), ()),) if affine.letter:
            return f"{affine.letter.name}_"
    return "z_"


def read_back(value: Any, known: Mapping[Any, Expr]) -> Expr:
    """Our expression of a SymPy one, where some of its parts are known; Unexpressible where it holds anything else."""
    import sympy

    if value in known:
        return known[value]
    if value.is_Rational:
        return expr(Fraction(int(value.p), int(value.q)))
    if value.is_Add:
        return add(read_back(a, known) for a in value.args)
    if value.is_Mul:
        return multiply(read_back(a, known) for a in value.args)
    if isinstance(value, sympy.exp):
        return apply("exp", read_back(value.args[0], known))
    if value.is_Pow:
        return power(read_back(value.base, known), read_back(value.exp, known))
    if value in (sympy.pi, sympy.E):
        return apply("pi" if value == sympy.pi else "e")
    if value.func in _back():
        return apply(_back()[value.func], *(read_back(a, known) for a in value.args))
    raise Unexpressible(f"no word for {value.func.__name__}")


def simplified_numbers(value: Expr) -> Expr:
    """The same with exact values of constants put in: ``cos(2π)`` becomes 1.

    >>> simplified_numbers(apply("cos", 2 * apply("pi")) + apply("exp", 0))
    Expr(terms=(Term(coefficient=Fraction(2, 1), factors=(), bounds=()),))
    """
    return Bridge().through(lambda s: s, value)


def product(parts: list[Expr]) -> Expr:
    """The product of a list, 1 for none."""
    return reduce(lambda a, b: a * b, parts, ONE)


def letter_number(letter: str) -> Expr:
    """A dimension letter as a number."""
    return expr(Number(Affine.of(Letter(letter))))


def linear_solution(equation: Any, symbol: Any) -> list[Any]:
    """The solution of an equation that is linear in a symbol, at a fraction of a general solver's cost; else none."""
    import sympy

    slope = equation.diff(symbol)
    if slope.has(symbol) or slope.expand() == 0:
        return []
    return [sympy.powsimp(-equation.subs(symbol, 0) / slope)]
