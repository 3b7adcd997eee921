"""Rules that derivations name: algebra on both sides, folding and unfolding of names, recurrences, equations.

Each is a function from what it needs to a `Rule`, whose ``apply`` does it; none is told the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from derive.calculus.affine import Affine, Letter
from derive.calculus.algebra import Bridge, linear_solution
from derive.calculus.atoms import Bound, Entry, Group
from derive.calculus.differentiate import derivative
from derive.calculus.expr import ONE, ZERO, Expr, Term, add, entry, expr, multiply, power, total
from derive.calculus.folding import merged
from derive.calculus.match import rewrite
from derive.calculus.substitute import names, reduction, replace_entries, subs
from derive.calculus.trace import Relation, Rule


class DoesNotApply(ValueError):
    """A rule met a line that it does not fit."""


def put(name: str, letters: Sequence[str], body: Expr, title: str, sentence: str, condition: str = "") -> Rule:
    """Put a definition in for a name: ``name[letters]`` becomes ``body`` wherever it stands.

    >>> from derive.calculus.expr import entry
    >>> rule = put("a", ("i",), 2 * entry("b", "i"), "put", "a is 2b")
    >>> rule.apply(Relation((entry("c"), entry("a", 3)))).result == 2 * entry("b", 3)
    True
    """

    def leaf(e: Entry) -> Expr | None:
        if e.name != name:
            return None
        return subs(body, {Letter(x): at for x, at in zip(letters, e.at, strict=True)})

    fact = Relation((entry(name, *map(Letter, letters)), body))
    return Rule(title, sentence, lambda r: r.map(lambda side: replace_entries(side, leaf)), condition, fact=fact)


def both_sides(change: str, amount: Expr, sentence: str, condition: str = "") -> Rule:
    """Add, subtract, multiply or divide every side by the same amount.

    A negative factor would turn an inequality round: state positivity in the condition.
    """
    verbs = {
        "add": lambda side: side + amount,
        "subtract": lambda side: side - amount,
        "multiply": lambda side: side * amount,
        "divide": lambda side: side / amount,
    }
    return Rule(f"{change} on both sides", sentence, lambda r: r.map(verbs[change]), condition)


def project(along: Expr, bound: Bound, sentence: str, frame: Sequence[Bound] = ()) -> Rule:
    """Multiply both sides by ``along`` and sum over the frame's letter: the component in a direction.

    Letters that ``along`` brings with it, the row of a matrix say, are in ``frame``.
    """

    def apply(relation: Relation) -> Relation:
        def side(value: Expr) -> Expr:
            return add(total(multiply((along, Expr((t,)))), bound) for t in _terms(value))

        kept = tuple(b for b in relation.frame if b.letter != bound.letter)
        return replace(relation.map(side), frame=(*frame, *kept))

    return Rule("take the component", sentence, apply)


def _terms(value: Expr) -> Sequence[Term]:
    return value.terms


def use(left: Expr, right: Expr, title: str, sentence: str, condition: str = "", **options: Any) -> Rule:
    """Rewrite by an identity: put ``right`` wherever ``left`` stands, one term or a sum in parentheses.

    The free letters of ``left`` match any index.
    """
    options.setdefault("fact", Relation((left, right)))
    return Rule(title, sentence, lambda r: r.map(lambda s: rewrite(s, left, right)), condition, **options)


def tidy(title: str, sentence: str, change: str = "expand", **options: Any) -> Rule:
    """Rearrange each right side: ``expand``, ``factor``, ``together``, ``cancel`` (SymPy), or ``distribute`` (under sums)."""
    todo = distribute if change == "distribute" else partial(rearranged, change)
    return Rule(title, sentence, lambda r: r.map(todo), **options)


def rearranged(change: str, value: Expr) -> Expr:
    """What SymPy's ``expand``, ``factor``, ``together`` or ``cancel`` makes of a value, signs turned to plus."""
    import sympy

    return positive_first(Bridge().through(getattr(sympy, change), value))


def positive_first(value: Expr) -> Expr:
    """A minus sign moved into a difference that it turns round: ``−x(ρη − 1)`` becomes ``x(1 − ρη)``.

    >>> x, y = entry("x"), entry("y")
    >>> positive_first(-x * (y - 1)) == x * (1 - y)
    True
    """
    return Expr(tuple(_turned(t) for t in value.terms))


def _turned(term: Term) -> Term:
    if term.coefficient >= 0:
        return term
    for k, (atom, e) in enumerate(term.factors):
        if isinstance(atom, Group) and e == 1 and any(t.coefficient < 0 for t in atom.body.terms):
            body = -atom.body
            ordered = Expr(tuple(sorted(body.terms, key=lambda t: t.coefficient < 0)))
            return replace(
                term,
                coefficient=-term.coefficient,
                factors=(*term.factors[:k], (Group(ordered), e), *term.factors[k + 1 :]),
            )
    return term


def merge_symmetric(name: str, sentence: str) -> Rule:
    """Read a symmetric array's entries in one order, and add what then is the same sum."""

    def leaf(e: Entry) -> Expr | None:
        if e.name == name and any(x.uid for x in e.at[0].letters) and not any(x.uid for x in e.at[1].letters):
            return entry(name, *reversed(e.at))
        return None

    return Rule(
        "symmetry",
        sentence,
        lambda r: r.map(lambda side: merged(replace_entries(side, leaf)), left=False),
        condition=f"{name} is symmetric.",
    )


def distribute(value: Expr) -> Expr:
    """Multiply groups and their whole powers out, under sums too.

    >>> x, y = entry("x"), entry("y")
    >>> len(distribute(x * (x + y)).terms), len(distribute((x + y) ** 2).terms)
    (2, 4)
    """
    return add(_distributed(t) for t in value.terms)


def _distributed(term: Term) -> Expr:
    for k, (atom, e) in enumerate(term.factors):
        if isinstance(atom, Group) and e >= 1 and e.denominator == 1:
            left = ((atom, e - 1),) if e > 1 else ()
            rest = Expr((Term(term.coefficient, (*term.factors[:k], *left, *term.factors[k + 1 :])),))
            parts = (multiply((rest, Expr((p,)))).terms for p in atom.body.terms)
            return add(
                _distributed(Term(t.coefficient, t.factors, (*term.bounds, *t.bounds))) for ts in parts for t in ts
            )
    return Expr((term,))


def start_value(name: str, at: int, value: Expr, sentence: str) -> Rule:
    """Put the value that a recurrence starts from."""

    def leaf(e: Entry) -> Expr | None:
        return value if e.name == name and [a.constant for a in e.at if not a.letters] == [at] else None

    fact = Relation((entry(name, at), value))
    return Rule("start", sentence, lambda r: r.map(lambda side: replace_entries(side, leaf)), fact=fact)


def solve_for(unknown: Expr, sentence: str, condition: str = "", positive: frozenset[str] = frozenset()) -> Rule:
    """Solve an equation for an unknown that occurs in one way only; DoesNotApply unless there is exactly one solution."""

    def apply(relation: Relation) -> Relation:
        import sympy

        bridge = Bridge(positive)
        symbol = bridge.symbol(unknown)
        equation = bridge.out(relation.left) - bridge.out(relation.result)
        found = linear_solution(equation, symbol) or sympy.solve(equation, symbol)
        if len(found) != 1:
            raise DoesNotApply(f"{len(found)} solutions")
        return replace(relation, sides=(unknown, bridge.back(sympy.factor(found[0]))), ops=("=",))

    return Rule("solve the equation", sentence, apply, condition)


def stationary(adjoint: Expr, sentence: str, condition: str = "") -> Rule:
    """At an interior extremum the derivative is zero."""

    def apply(relation: Relation) -> Relation:
        if relation.left != adjoint:
            raise DoesNotApply("the line before does not give that derivative")
        return replace(relation, sides=(relation.result, ZERO))

    return Rule("stationary point", sentence, apply, condition)


def differentiate_again(name: str, at: Sequence[str], second: Expr, sentence: str) -> Rule:
    """Differentiate the right side once more in the same entry and name the result."""

    def apply(relation: Relation) -> Relation:
        body = derivative(relation.result, name, tuple(Affine.of(x) for x in at))
        return replace(relation, sides=(second, body))

    return Rule("differentiate again", sentence, apply)


def unroll(name: str, steps: Affine, index: str, sentence: str, nonnegative: str = "") -> Rule:
    """Solve ``v[t] = a(t)·v[t-1] + b(t)``: the lemma for every first-order linear recurrence.

    ``v[T] = Π a · v[0] + Σ_l b(l) Π_{j>l} a(j)``, by putting each line into the next. Checked by itself in the tests:
    the closed form satisfies the recurrence and its start. From ``v[t] <= v[t-1] + b(t)`` follows the bound likewise;
    with another slope an inequality is refused (DoesNotApply), for a negative one would turn it round, unless
    ``nonnegative`` says, as the rule's condition, why the slope is not below 0.
    """

    def apply(relation: Relation) -> Relation:
        if names(relation.left) != {name}:
            raise DoesNotApply(f"the line is no recurrence for {name}")
        t = Letter(index)
        slope, rest = linear_in(relation.result, subs(relation.left, {t: Affine.of(t) - 1}))
        op = next((op for op in relation.ops if op != "="), "=")
        if (
            set(relation.ops) - {"=", op}
            or op not in ("=", "<=", ">=")
            or (op != "=" and slope != ONE and not nonnegative)
        ):
            raise DoesNotApply("an inequality is unrolled only where each step adds something")
        closed = unrolled(slope, rest, t, steps, subs(relation.left, {t: Affine.of(0)}))
        left = tuple(b for b in relation.frame if b.letter != t)
        return Relation((subs(relation.left, {t: steps}), closed), (op,), left)

    return Rule(
        "unroll the recurrence",
        sentence,
        apply,
        nonnegative,
        statement=r"v_t = a_t v_{t-1} + b_t \;\Rightarrow\; v_T = v_0\prod_{t=1}^{T} a_t"
        r" + \sum_{t=1}^{T} b_t \prod_{j=t+1}^{T} a_j",
    )


def linear(value: Expr, name: str, at: Affine) -> tuple[Expr, Expr]:
    """``(a, b)`` with ``value = a·name[at] + b``; DoesNotApply where it is not linear."""
    return linear_in(value, entry(name, at))


def linear_in(value: Expr, unknown: Expr) -> tuple[Expr, Expr]:
    """``(a, b)`` with ``value = a·unknown + b``; DoesNotApply where it is not linear."""
    import sympy

    bridge = Bridge()
    symbol = bridge.symbol(unknown)
    out = sympy.expand(bridge.out(value))
    slope, rest = sympy.diff(out, symbol), out.subs(symbol, 0)
    if slope.has(symbol):
        raise DoesNotApply("the unknown does not stand alone")
    return positive_first(bridge.back(sympy.factor(slope))), positive_first(bridge.back(sympy.factor(rest)))


def unrolled(slope: Expr, rest: Expr, t: Letter, steps: Affine, start: Expr) -> Expr:
    """The closed form of ``v[t] = slope(t) v[t-1] + rest(t)`` after ``steps`` steps."""
    whole = _product(slope, t, Affine.of(1), steps + 1)
    if not rest.terms:
        return multiply((whole, start))
    bound = Bound(t, Affine.of(1), steps + 1)
    later = _product(slope, t, Affine.of(t) + 1, steps + 1)
    tail = total(multiply((rest, later)), bound)
    return tail if not start.terms else multiply((whole, start)) + tail


def _product(body: Expr, t: Letter, low: Affine, high: Affine) -> Expr:
    from derive.calculus.substitute import letters

    if body == ONE:
        return ONE
    if t not in letters(body):
        return power(body, expr(high - low))
    return reduction("prod", body, Bound(t, low, high))


def negative(sentence: str) -> Rule:
    """Every term of the right side is minus a product of positive things: it is below zero.

    Raises:
        DoesNotApply: a term has a plus sign.
    """

    def apply(relation: Relation) -> Relation:
        if any(t.coefficient > 0 for t in relation.result.terms):
            raise DoesNotApply("a term has a plus sign")
        return replace(relation, sides=(*relation.sides, ZERO), ops=(*relation.ops, "<"))

    return Rule("sign", sentence, apply, "Every factor without its sign is positive.")
