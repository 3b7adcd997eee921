"""Rules of scalar algebra and analysis: logarithms, roots, limits, and the matrix of a two-step recurrence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.algebra import Bridge
from derive.calculus.atoms import Bound
from derive.calculus.expr import ONE, ZERO, Expr, add, apply, entry, group, multiply, power
from derive.calculus.rules import DoesNotApply, linear_in
from derive.calculus.trace import Relation, Rule, Table


def take_logarithms(sentence: str, condition: str = "") -> Rule:
    """The logarithm of both sides, a power's exponent in front: ``aᵗ = b`` becomes ``t log a = log b``.

    >>> x, y = entry("x"), entry("y")
    >>> take_logarithms("").apply(Relation((power(x, 3), y))).left == 3 * apply("log", x)
    True
    """

    def log(side: Expr) -> Expr:
        bridge = Bridge()
        out = bridge.out(side)
        if out.is_Pow:
            return multiply((bridge.back(out.exp), apply("log", bridge.back(out.base))))
        return apply("log", side)

    return Rule("take logarithms", sentence, lambda r: r.map(log), condition)


def limit(of: Expr, to: Fraction | int, name: Expr, sentence: str, positive: frozenset[str], **options: Any) -> Rule:
    """The limit of the right side as one name tends to a number from above; ``name`` stands for the limit.

    Args:
        of: the name that moves.
        to: where it goes.
        name: what the limit is called.
        sentence: the reason.
        positive: names that are positive.
        **options: a title, a condition.
    """

    def apply_(relation: Relation) -> Relation:
        import sympy

        bridge = Bridge(positive)
        value = sympy.limit(bridge.out(relation.result), bridge.symbol(of), sympy.Rational(Fraction(to)), "+")
        return replace(relation, sides=(name, bridge.back(value)), ops=("=",))

    return Rule(options.pop("title", "limit"), sentence, apply_, **options)


def square_below(sentence: str) -> Rule:
    """``a² < b`` says ``−√b < a < √b``."""

    def apply_(relation: Relation) -> Relation:
        import sympy

        bridge = Bridge()
        out = bridge.out(relation.left)
        if relation.ops != ("<",) or not (out.is_Pow and out.exp == 2):
            raise DoesNotApply("the left side is no square below something")
        root = bridge.back(sympy.sqrt(bridge.out(relation.result)))
        return replace(relation, sides=(-root, bridge.back(out.base), root), ops=("<", "<"))

    return Rule("take the root", sentence, apply_, condition="The right side is not negative.")


def factor_roots(sentence: str) -> Rule:
    """Factor every side as a polynomial in the square roots that occur: ``1 + b + 2√b = (1 + √b)²``.

    >>> b = entry("b")
    >>> root = power(b, Fraction(1, 2))
    >>> len(factor_roots("").apply(Relation((entry("y"), 1 + b + 2 * root))).result.terms)
    1
    """

    def change(value: Any) -> Any:
        import sympy

        roots = {
            p: sympy.Dummy(str(p.base), positive=True) for p in value.atoms(sympy.Pow) if p.exp == sympy.Rational(1, 2)
        }
        inside = value.subs({p.base: r**2 for p, r in roots.items()})
        return sympy.factor(inside).subs({r: p for p, r in roots.items()})

    return Rule("complete the square", sentence, lambda r: r.map(lambda side: Bridge().through(change, side)))


def collect(unknowns: Sequence[Expr], sentence: str) -> Rule:
    """The right side by what it is linear in: ``a·x + b·y + rest``.

    >>> x, y = entry("x"), entry("y")
    >>> len(collect([x], "").apply(Relation((y, x + y * x + y))).result.terms)
    2
    """

    def apply_(relation: Relation) -> Relation:
        rest, parts = relation.result, []
        for unknown in unknowns:
            slope, rest = linear_in(rest, unknown)
            parts.append(multiply((slope, unknown)))
        return replace(relation, sides=(*relation.sides[:-1], add((*parts, rest))))

    return Rule("collect", sentence, apply_)


def companion(name: str, index: str, matrix: str, sentence: str) -> Rule:
    """The matrix that takes ``(v[t-1], v[t-2])`` to ``(v[t], v[t-1])``, read off ``v[t] = a v[t-1] + b v[t-2]``."""

    def apply_(relation: Relation) -> Relation:
        t = Affine.of(Letter(index))
        before, rest = linear_in(relation.result, entry(name, t - 1))
        earlier, nothing = linear_in(rest, entry(name, t - 2))
        if nothing != ZERO or relation.left != entry(name, t):
            raise DoesNotApply("the line is no homogeneous recurrence over two steps")
        table = Table(((before, earlier), (ONE, ZERO)))
        return Relation((entry(matrix, "a", "b"), table), frame=_square("a", "b", 2))

    return Rule("as a first-order system", sentence, apply_)


def _square(row: str, column: str, size: int) -> tuple[Bound, ...]:
    return tuple(Bound(Letter(x), Affine.of(0), Affine.of(size)) for x in (row, column))


def determinant(name: Expr, sentence: str, minus: Expr | None = None) -> Rule:
    """The determinant of the table on the right, or of ``minus`` times the identity less it: the characteristic polynomial.

    >>> table = Table(((ONE, entry("x")), (ZERO, entry("y"))))
    >>> determinant(entry("d"), "").apply(Relation((entry("M", "a", "b"), table))).result == entry("y")
    True
    """

    def apply_(relation: Relation) -> Relation:
        import sympy

        if not isinstance(relation.right, Table):
            raise DoesNotApply("the line before gives no matrix")
        bridge = Bridge()
        rows = sympy.Matrix([[bridge.out(e) for e in row] for row in relation.right.entries])
        if minus is None:
            return Relation((name, bridge.back(rows.det())))
        z = bridge.symbol(minus)
        found = sympy.Poly((z * sympy.eye(rows.rows) - rows).det(), z)
        return Relation((name, add(_signed(bridge, c) * power(minus, k) for (k,), c in found.terms())))

    title = "determinant" if minus is None else "characteristic polynomial"
    return Rule(title, sentence, apply_)


def _signed(bridge: Bridge, value: Any) -> Expr:
    """The value with a minus sign in front where SymPy would take one out."""
    return -group(bridge.back(-value)) if value.could_extract_minus_sign() else bridge.back(value)


def negative_discriminant(of: Expr, sentence: str) -> Rule:
    """``b² < 4ac`` for the quadratic ``a z² + b z + c`` in a name on the right side."""

    def apply_(relation: Relation) -> Relation:
        import sympy

        bridge = Bridge()
        z = bridge.symbol(of)
        polynomial = sympy.Poly(bridge.out(relation.result), z)
        if polynomial.degree() != 2:
            raise DoesNotApply("the right side is no quadratic")
        a, b, c = (bridge.back(-x if x.could_extract_minus_sign() else x) for x in polynomial.all_coeffs())
        return Relation((power(b, 2), 4 * a * c), ("<",))

    return Rule("discriminant", sentence, apply_)


def take_root(name: Expr, sentence: str, condition: str = "") -> Rule:
    """``name² = b`` gives ``name = √b``, for a name that is not negative."""

    def apply_(relation: Relation) -> Relation:
        if relation.left != power(name, 2):
            raise DoesNotApply("the left side is not that square")
        return replace(relation, sides=(name, power(relation.result, Fraction(1, 2))))

    return Rule("take the root", sentence, apply_, condition)
