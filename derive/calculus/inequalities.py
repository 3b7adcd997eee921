"""Rules for floors, chains of inequalities and counting."""

from __future__ import annotations

from dataclasses import replace

from derive.calculus.atoms import Apply
from derive.calculus.expr import Expr, Term, add, apply, expr, multiply
from derive.calculus.folding import merged
from derive.calculus.rules import DoesNotApply, distribute, linear_in
from derive.calculus.substitute import letters
from derive.calculus.trace import Relation, Rule

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


def floor_between() -> Rule:
    """``m = ⌊x⌋`` says ``m <= x < m + 1``."""

    def apply(relation: Relation) -> Relation:
        match relation.result.terms:
            case (Term(c, ((Apply("floor", (inside,), 0), e),), ()),) if c == 1 and e == 1:
                left = relation.left
                return replace(relation, sides=(left, inside, left + 1), ops=("<=", "<"))
        raise DoesNotApply("no floor stands alone on the right")

    return Rule(
        "floor",
        "The floor of a number is the one integer that is at most the number and more than the number less one.",
        apply,
        condition="The left side is an integer.",
        statement=r"m = \lfloor x \rfloor \iff m \le x < m + 1",
    )


def as_floor(sentence: str) -> Rule:
    """``m <= x < m + 1`` says ``m = ⌊x⌋``, and so ``m − 1 <= x < m`` says ``m = ⌊x⌋ + 1``.

    >>> from derive.calculus.expr import entry
    >>> m, x = entry("m"), entry("x")
    >>> as_floor("").apply(Relation((m - 1, x, m), ("<=", "<"))).result == apply("floor", x) + 1
    True
    """

    def rule(relation: Relation) -> Relation:
        match relation.sides:
            case (Expr() as low, Expr() as inside, Expr() as high) if relation.ops == ("<=", "<"):
                if merged(distribute(high - low - 1)).terms:
                    raise DoesNotApply("the ends are not one apart")
                name = next((t for t in high.terms if t.factors), None)
                if name is None:
                    raise DoesNotApply("no integer is named")
                shift = merged(high - 1 - Expr((name,)))
                return replace(relation, sides=(Expr((name,)), apply("floor", inside) - shift), ops=("=",))
        raise DoesNotApply("there is no chain of two inequalities")

    return Rule(
        "floor", sentence, rule, "The integer in both ends is one.", r"m \le x < m + 1 \iff m = \lfloor x \rfloor"
    )


def between(unknown: Expr, sentence: str) -> Rule:
    """Take the unknown alone to the middle of a chain of two inequalities in which it stands with a known sign."""

    def apply(relation: Relation) -> Relation:
        low, middle, high = relation.sides
        if not (isinstance(low, Expr) and isinstance(middle, Expr) and isinstance(high, Expr)):
            raise DoesNotApply("a side is a table")
        slope, rest = _slope_and_rest(middle, unknown)
        if abs(slope.constant or 0) != 1:
            raise DoesNotApply("the unknown has a factor")
        moved = [s - rest if slope.constant == 1 else rest - s for s in (low, high)]
        ops = relation.ops
        if slope.constant == -1:
            moved.reverse()
            ops = tuple(_TURNED[_TURNED[op]] for op in reversed(ops))
        return replace(relation, sides=(moved[0], unknown, moved[1]), ops=ops)

    return Rule("rearrange", sentence, apply)


def _slope_and_rest(middle: Expr, unknown: Expr) -> tuple[Expr, Expr]:
    """``middle = slope·unknown + rest`` for a name, or for a product that stands as a whole."""
    for sign in (1, -1):
        rest = merged(add((middle, -sign * unknown)))
        if len(rest.terms) < len(middle.terms) or not rest.terms:
            return expr(sign), rest
    return linear_in(middle, unknown)


def count_multiplications(sentence: str) -> Rule:
    """A sum of what does not hang on its letter is the range's length times that: ``Σ_i c = n c``, ``E[c] = c``.

    >>> from derive.calculus.affine import Affine, Letter
    >>> from derive.calculus.atoms import Bound
    >>> from derive.calculus.expr import entry, total
    >>> three = total(3 * entry("c"), Bound(Letter("i"), Affine.of(0), Affine.of("n")))
    >>> count_multiplications("").apply(Relation((entry("y"), three))).result == 3 * expr(Affine.of("n")) * entry("c")
    True
    """
    return Rule("count", sentence, lambda r: r.map(lambda side: add(_counted(t) for t in side.terms), left=False))


def _counted(term: Term) -> Expr:
    used = letters(Expr((replace(term, bounds=()),))).union(*(b.low.letters | b.high.letters for b in term.bounds))
    idle = [b for b in term.bounds if b.letter not in used and b.kind != "integral"]
    kept = tuple(b for b in term.bounds if b not in idle)
    lengths = multiply(expr(b.high - b.low) for b in idle if b.kind == "sum")
    return multiply((lengths, Expr((replace(term, bounds=kept),)))) if idle else Expr((term,))


def bounded_by(bound: Expr, title: str, sentence: str, condition: str, op: str = "<=") -> Rule:
    """A named inequality: the right side is at most ``bound``, or at least it where ``op`` is ``>=``.

    The check samples it over the declared domain.
    """

    def apply(relation: Relation) -> Relation:
        return replace(relation, sides=(*relation.sides, bound), ops=(*relation.ops, op))

    return Rule(title, sentence, apply, condition)


def ends(sentence: str) -> Rule:
    """``a <= b <= c`` says ``a <= c``: the first and the last side of a chain, strict where a part is.

    Raises:
        DoesNotApply: the chain turns round.

    >>> from derive.calculus.expr import entry
    >>> a, b, c = map(entry, "abc")
    >>> ends("").apply(Relation((a, b, c), ("<=", "="))).ops
    ('<=',)
    """

    def apply(relation: Relation) -> Relation:
        kinds = set(relation.ops) - {"="}
        if not (kinds <= {"<", "<="} or kinds <= {">", ">="}):
            raise DoesNotApply("the chain turns round")
        op = min(kinds, key=len, default="=")
        return replace(relation, sides=(relation.sides[0], relation.sides[-1]), ops=(op,))

    return Rule("first and last", sentence, apply)


def turned(sentence: str) -> Rule:
    """``a <= b`` says ``-a >= -b``.

    >>> from derive.calculus.expr import entry
    >>> turned("").apply(Relation((-entry("a"), entry("b")), ("<=",))).ops
    ('>=',)
    """

    def apply(relation: Relation) -> Relation:
        return replace(relation.map(lambda side: -side), ops=tuple(_TURNED[op] for op in relation.ops))

    return Rule("turn round", sentence, apply)
