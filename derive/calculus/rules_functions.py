"""Rules for scalar functions: writing them out, naming them again, fractions of exponentials, maxima."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derive.calculus.atoms import Apply, Atom, Group, Reduce
from derive.calculus.expr import ONE, Expr, Term, add, apply, expr, group, multiply, power
from derive.calculus.folding import merged
from derive.calculus.rules import DoesNotApply, distribute
from derive.calculus.rules_names import said
from derive.calculus.substitute import letters, replace_atoms, replace_entries
from derive.calculus.trace import Rule


def _everywhere(title: str, sentence: str, leaf: Callable[[Atom], Expr | None]) -> Rule:
    """What ``leaf`` makes of every atom of the right side; DoesNotApply where it changes none."""
    return said(Rule(title, sentence, lambda r: r.map(lambda v: replace_atoms(v, leaf), left=False)), sentence)


def written_out(function: str, body: Expr, sentence: str) -> Rule:
    """Put what a function of ``z`` is in its place: ``σ(w)`` is ``1/(1 + e⁻ʷ)``.

    >>> from derive.calculus.expr import entry
    >>> from derive.calculus.trace import Relation
    >>> rule = written_out("abs", apply("max", entry("z"), -entry("z")), "")
    >>> y = entry("y")
    >>> rule.apply(Relation((y, apply("abs", 2 * y)))).result == apply("max", 2 * y, -2 * y)
    True
    """

    def leaf(atom: Atom) -> Expr | None:
        match atom:
            case Apply(f, (inside,), 0) if f == function:
                return group(replace_entries(body, lambda e: inside if e.name == "z" else None))
        return None

    return _everywhere("written out", sentence, leaf)


def multiply_through(by: Expr, sentence: str) -> Rule:
    """Multiply a fraction's numerator and denominator by the same thing, and multiply both out."""

    def change(value: Expr) -> Expr:
        import sympy

        from derive.calculus.algebra import Bridge

        bridge = Bridge()
        above, below = sympy.fraction(bridge.out(value), exact=True)
        factor = bridge.out(by)
        return bridge.back(sympy.expand(above * factor) / sympy.expand(below * factor))

    return said(Rule("same factor above and below", sentence, lambda r: r.map(change, left=False)), sentence)


def divide_out(base: Expr, sentence: str) -> Rule:
    """A fraction of two polynomials in ``base`` as its whole part and a fraction that is left: ``a/(1+a) = 1 − 1/(1+a)``.

    >>> from derive.calculus.expr import entry
    >>> from derive.calculus.trace import Relation
    >>> a = entry("a")
    >>> divide_out(a, "").apply(Relation((entry("y"), a / (1 + a)))).result == 1 - 1 / (1 + a)
    True
    """

    def change(value: Expr) -> Expr:
        import sympy

        from derive.calculus.algebra import Bridge

        bridge, gen = Bridge(), sympy.Symbol("·base")
        above, below = sympy.fraction(bridge.out(value).subs(bridge.out(base), gen), exact=True)
        try:
            whole, rest = sympy.div(above, below, gen)
        except sympy.PolynomialError as error:  # the base is inside of something else there
            raise DoesNotApply("there is no polynomial to divide") from error
        back = (part.subs(gen, bridge.out(base)) for part in (whole, rest / below))
        return add(bridge.back(part) for part in back)

    return said(Rule("divide out", sentence, lambda r: r.map(change, left=False)), sentence)


def as_sigmoid(sentence: str) -> Rule:
    """Read ``1/(1 + eʷ)`` as ``σ(−w)``, for any w."""

    def named(term: Term) -> Expr:
        for k, (atom, e) in enumerate(term.factors):
            inside = _exponent(atom)
            if inside is not None and e == -1:
                rest = term.factors[:k] + term.factors[k + 1 :]
                return multiply((Expr((Term(term.coefficient, rest, term.bounds),)), apply("sigmoid", merged(-inside))))
        return Expr((term,))

    return said(Rule("sigmoid", sentence, lambda r: r.map(lambda v: add(map(named, v.terms)), left=False)), sentence)


def _exponent(atom: Atom) -> Expr | None:
    """``w`` of a parenthesis ``(1 + eʷ)``."""
    if not isinstance(atom, Group):
        return None
    match merged(atom.body - ONE).terms:
        case (Term(c, ((Apply("exp", (inside,), 0), e),), ()),) if c == 1 and e == 1:
            return inside
    return None


def split_exponentials(sentence: str) -> Rule:
    """``eᵃ⁺ᵇ = eᵃ eᵇ``, and what then does not hang on a sum's letter stands in front of the sum."""

    def leaf(atom: Atom) -> Expr | None:
        match atom:
            case Apply("exp", (Expr(terms),), 0) if len(terms) > 1:
                return multiply(apply("exp", Expr((t,))) for t in terms)
        return None

    def change(value: Expr) -> Expr:
        return replace_atoms(replace_atoms(value, leaf), _freed)

    return said(Rule("exponent of a sum", sentence, lambda r: r.map(change, left=False)), sentence)


def _freed(atom: Atom) -> Expr | None:
    """A sum in parentheses with what does not hang on its letters in front."""
    match atom:
        case Group(Expr((Term(c, factors, bounds),))) if bounds:
            summed = {b.letter for b in bounds}
            outside = [f for f in factors if summed.isdisjoint(letters(expr(f[0])))]
            kept = tuple(f for f in factors if f not in outside)
            inside = expr(Group(Expr((Term(Fraction(1), kept, bounds),))))
            return multiply((expr(c), *(power(expr(a), e) for a, e in outside), inside)) if outside else None
    return None


def _of_two(value: Expr) -> tuple[int, Apply] | None:
    """Where a maximum of two stands with the coefficient 1 among the terms."""
    for k, term in enumerate(value.terms):
        match term:
            case Term(c, ((Apply("max", (_, _), 0) as both, e),), ()) if c == 1 and e == 1:
                return k, both
    return None


def into_maximum(sentence: str) -> Rule:
    """Take what is added to a maximum inside: ``c + max(a, b) = max(c + a, c + b)``; over a letter too.

    >>> from derive.calculus.expr import entry
    >>> from derive.calculus.trace import Relation
    >>> a, b, c = entry("a"), entry("b"), entry("c")
    >>> before = Relation((entry("y"), c + apply("max", a, b)))
    >>> into_maximum("").apply(before).result == apply("max", c + a, c + b)
    True
    """
    return said(Rule("into the maximum", sentence, lambda r: r.map(_inside, left=False)), sentence)


def _inside(value: Expr) -> Expr:
    found = _of_two(value)
    if found is not None:
        k, both = found
        rest = Expr(value.terms[:k] + value.terms[k + 1 :])
        return apply("max", *(merged(distribute(rest + a)) for a in both.args))
    if len(value.terms) > 1:
        return _into_reduction(value)
    return replace_atoms(value, lambda atom: group(_inside(atom.body)) if isinstance(atom, Group) else None)


def _into_reduction(value: Expr) -> Expr:
    for k, term in enumerate(value.terms):
        match term:
            case Term(c, ((Reduce("max", bound, body), e),), ()) if c == 1 and e == 1:
                rest = Expr(value.terms[:k] + value.terms[k + 1 :])
                return expr(Reduce("max", bound, _into_reduction(rest + body) if rest.terms else body))
    return value


def out_of_maximum(factor: Expr, sentence: str, condition: str = "") -> Rule:
    """Take a factor that is not negative out of every maximum of two: ``max(ca, cb) = c max(a, b)``."""

    def divided(value: Expr) -> Expr:
        parts = (multiply((Expr((t,)), power(factor, -1))) for t in value.terms)
        return add(parts)

    def leaf(atom: Atom) -> Expr | None:
        match atom:
            case Apply("max", (a, b), 0):
                return factor * apply("max", divided(a), divided(b))
        return None

    return said(_everywhere("out of the maximum", sentence, leaf), sentence, condition=condition)


def even(function: str, sentence: str) -> Rule:
    """Read ``f(−w)`` as ``f(w)``, for an even function."""

    def leaf(atom: Atom) -> Expr | None:
        match atom:
            case Apply(f, (Expr((Term(c, factors, bounds), *rest)),), 0) if f == function and c < 0 and not rest:
                return apply(f, Expr((Term(Fraction(-c), factors, bounds),)))
        return None

    return _everywhere("even function", sentence, leaf)


def addition_theorems(sentence: str) -> Rule:
    """``sin(a + b) = sin a cos b + cos a sin b`` and ``cos(a + b) = cos a cos b − sin a sin b``, for arguments of two terms.

    >>> from derive.calculus.canonical import same
    >>> from derive.calculus.expr import entry
    >>> from derive.calculus.trace import Relation
    >>> a, b = entry("a"), entry("b")
    >>> before = Relation((entry("y"), apply("cos", 2 * (a + b))))
    >>> after = addition_theorems("").apply(before).result
    >>> same(after, apply("cos", 2 * a) * apply("cos", 2 * b) - apply("sin", 2 * a) * apply("sin", 2 * b))
    True
    """

    def leaf(atom: Atom) -> Expr | None:
        match atom:
            case Apply("sin" | "cos" as f, (inside,), 0) if len(distribute(inside).terms) == 2:
                a, b = (Expr((t,)) for t in distribute(inside).terms)
                first, second = (
                    (apply("sin", a), apply("cos", a)) if f == "sin" else (apply("cos", a), -apply("sin", a))
                )
                return group(first * apply("cos", b) + second * apply("sin", b))
        return None

    return _everywhere("addition theorem", sentence, leaf)
