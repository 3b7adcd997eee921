"""Rules inside functions: arguments rearranged, numbers taken out of logarithms and put back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from derive.calculus.algebra import Bridge
from derive.calculus.atoms import Apply, Atom, Group
from derive.calculus.expr import Expr, Term, add, apply, expr
from derive.calculus.rules import DoesNotApply, put, rearranged
from derive.calculus.substitute import Rebuild
from derive.calculus.trace import Relation, Rule


def _opened(term: Term) -> Expr:
    """A term, or the terms of a parenthesis that stands alone."""
    match term:
        case Term(c, ((Group(body), e),), ()) if e == 1:
            return Expr(tuple(replace(t, coefficient=c * t.coefficient) for t in body.terms))
    return Expr((term,))


class _Calls(Rebuild):
    """Puts something else for every call of one function."""

    def __init__(self, function: str, change: Callable[[Apply], Expr]) -> None:
        self.function, self.change = function, change

    def leaf(self, atom: Atom) -> Expr | None:
        if isinstance(atom, Apply) and (atom.function, atom.order) == (self.function, 0):
            return self.change(replace(atom, args=tuple(map(self.expr, atom.args))))
        return None


def _rule(title: str, sentence: str, change: Callable[[Expr], Expr], nothing: str, statement: str = "") -> Rule:
    """A rule on the right sides that must change something."""

    def apply_(relation: Relation) -> Relation:
        new = relation.map(lambda side: add(_opened(t) for t in change(side).terms), left=False)
        if new == relation:
            raise DoesNotApply(nothing)
        return new

    return Rule(title, sentence, apply_, statement=statement)


def tidy_arguments(function: str, title: str, sentence: str, change: str = "cancel") -> Rule:
    """Rearrange every argument of a function: ``log(1 − p/(p + q))`` is ``log(q/(p + q))``; ``change`` as in `tidy`.

    >>> from derive.calculus.expr import entry
    >>> p, q = entry("p"), entry("q")
    >>> before = Relation((entry("y"), apply("log", 1 - p / (p + q))))
    >>> tidy_arguments("log", "", "").apply(before).result == apply("log", q / (p + q))
    True
    """

    def call(atom: Apply) -> Expr:
        return expr(replace(atom, args=tuple(rearranged(change, a) for a in atom.args)))

    return _rule(title, sentence, _Calls(function, call).expr, f"no argument of {function} changes")


def put_inside(function: str, name: str, letters: Sequence[str], body: Expr, title: str, sentence: str) -> Rule:
    """Put a definition in for a name in every argument of a function, and leave it named elsewhere.

    >>> from derive.calculus.expr import entry
    >>> p = entry("p")
    >>> before = Relation((entry("y"), p * apply("log", p)))
    >>> put_inside("log", "p", (), apply("exp", 3), "", "").apply(before).result == p * apply("log", apply("exp", 3))
    True
    """
    inner = put(name, letters, body, title, sentence)

    def call(atom: Apply) -> Expr:
        return expr(replace(atom, args=tuple(inner.apply(Relation((a,), ())).left for a in atom.args)))

    rule = _rule(title, sentence, _Calls(function, call).expr, f"no argument of {function} holds {name}")
    return replace(rule, fact=inner.fact)


def expand_logarithms(sentence: str, positive: frozenset[str]) -> Rule:
    """Logarithms of products, powers and exponentials as sums; ``positive`` are names of positive scalars.

    >>> from derive.calculus.expr import entry
    >>> x, s = entry("x"), entry("s")
    >>> before = Relation((entry("y"), apply("log", apply("exp", -x) / s)))
    >>> expand_logarithms("", frozenset({"s"})).apply(before).result == -x - apply("log", s)
    True
    """

    def call(atom: Apply) -> Expr:
        import sympy

        return Bridge(positive).through(sympy.expand_log, expr(atom))

    return _rule(
        "logarithm of a product",
        sentence,
        _Calls("log", call).expr,
        "no logarithm is one of a product",
        statement=r"\log(a b^c e^d) = \log a + c \log b + d",
    )


def numbers_out(sentence: str) -> Rule:
    """A positive number in front inside a logarithm becomes a term: ``log(x/2) = log x − log 2``.

    >>> from derive.calculus.expr import entry
    >>> x = entry("x")
    >>> after = numbers_out("").apply(Relation((entry("y"), apply("log", x / 2))))
    >>> after.result == apply("log", x) - apply("log", 2)
    True
    """

    def call(atom: Apply) -> Expr:
        match atom.args[0].terms:
            case (Term(c, factors, bounds),) if c > 0 and c != 1 and factors:
                rest = apply("log", Expr((Term(Fraction(1), factors, bounds),)))
                return add((rest, _log(c.numerator), -_log(c.denominator)))
        return expr(atom)

    return _rule(
        "logarithm of a product",
        sentence,
        _Calls("log", call).expr,
        "no logarithm holds a number",
        statement=r"\log\frac{a x}{b} = \log x + \log a - \log b",
    )


def _log(number: int) -> Expr:
    return apply("log", number) if number != 1 else expr(0)


def numbers_in(sentence: str) -> Rule:
    """A whole number in front of a number's logarithm goes inside: ``2 log 2 = log 4``.

    >>> from derive.calculus.expr import entry
    >>> after = numbers_in("").apply(Relation((entry("y"), entry("x") - 2 * apply("log", 2))))
    >>> after.result == entry("x") - apply("log", 4)
    True
    """

    def term(t: Term) -> Expr:
        match t.factors:
            case ((Apply("log", (inside,), 0), e),) if e == 1 and inside.constant and t.coefficient.denominator == 1:
                sign = 1 if t.coefficient > 0 else -1
                return sign * apply("log", expr(inside.constant ** abs(int(t.coefficient))))
        return Expr((t,))

    return _rule(
        "logarithm of a power",
        sentence,
        lambda side: add(term(t) for t in side.terms),
        "no whole number stands in front of a number's logarithm",
        statement=r"n \log a = \log a^n",
    )
