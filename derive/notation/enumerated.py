r"""Sets and lists of numbers given by a rule, written out: ``\{2k+1 : k=0,\dots,3\}``, ``{2*k+1 for k in range(4)}``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from derive.notation.errors import Refused, Unreadable
from derive.notation.tree import (
    Add,
    Builtin,
    Call,
    Constant,
    Logic,
    Name,
    Neg,
    Node,
    Number,
    Power,
    Product,
    Relation,
    SetOf,
)
from derive.notation.tree import Sequence as Items
from derive.notation.walk import mapped

LONGEST = 200
WHOLE = ("naturals", "integers")
_COMPARED: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class NoRule(Exception):
    """What stands here is no rule on whole numbers."""


def members(body: Node, letter: str, values: Sequence[Fraction], conditions: Sequence[Node]) -> tuple[Node, ...]:
    """The numbers that a rule makes of those values that meet every condition.

    Raises:
        NoRule: a condition is not one on numbers.
        Refused: there are more than ``LONGEST`` values.
    """
    if len(values) > LONGEST:
        raise Refused(f"A set or list of {len(values)} numbers is too long for an answer.")
    kept = [v for v in values if all(holds(c, letter, v) for c in conditions)]
    return tuple(_written(body, letter, v) for v in kept)


def built_set(element: Node, conditions: Sequence[Node], span: tuple[int, int]) -> Node | None:
    """A set in curly brackets with a condition, written out; None where its letter runs over no whole numbers."""
    conditions = [p for c in conditions for p in (c.operands if isinstance(c, Logic) and c.op == "and" else (c,))]
    if isinstance(element, Relation):
        element, conditions = element.operands[0], [element, *conditions]
    letter = _letter(element) or _bound(conditions)
    if letter is None:
        return None
    try:
        values, rest = _range(letter, conditions)
        return SetOf(found, span=span) if (found := members(element, letter, values, rest)) else Constant("empty")
    except NoRule:
        return None


def written_out(items: Sequence[Node]) -> tuple[Node, ...]:
    """The elements of a set, ``1, 3, …, 7`` completed where it is made of numbers."""
    if not any(isinstance(i, Constant) and i.name == "dots" for i in items):
        return tuple(items)
    try:
        return members(Name("k"), "k", _listed(items), ())
    except NoRule:
        return tuple(items)


def _bound(conditions: Sequence[Node]) -> str | None:
    """The letter that a condition gives values to."""
    for c in conditions:
        match c:
            case Relation((Name(name=name), _), ("in" | "=",)):
                return name
    return None


def _letter(element: Node) -> str | None:
    """The one name that an element is made of."""
    names: dict[str, None] = {}

    def note(node: Node) -> None:
        if isinstance(node, Name):
            names[node.name] = None

    mapped(element, note)
    return next(iter(names)) if len(names) == 1 else None


def _range(letter: str, conditions: Sequence[Node]) -> tuple[list[Fraction], list[Node]]:
    """The whole numbers that a letter runs over, and the conditions that are left."""
    for k, c in enumerate(conditions):
        match c:
            case Relation((Name(name=name), SetOf(items) | Items(items, "")), ("in",)) if name == letter:
                return _listed(items), [*conditions[:k], *conditions[k + 1 :]]
            case Relation((Name(name=name), first), ("=",)) if name == letter:
                return _listed((first, *conditions[k + 1 :])), list(conditions[:k])
    if not any(_is_whole(c, letter) for c in conditions):
        raise NoRule
    ends = [e for c in conditions for e in _ends(c, letter)]
    lows, highs = ([v for v, side in ends if side == wanted] for wanted in (-1, 1))
    natural = any(_in(c, letter, "naturals") for c in conditions)
    if natural and all(v < 0 for v in lows) and all(holds(c, letter, Fraction(0)) for c in conditions):
        raise Unreadable("Does 0 belong to this set? Please write where the numbers start.", conditions[0].span[0])
    lows += [Fraction(0)] * natural
    if not lows or not highs:
        raise NoRule
    low, high = ceil(max(lows)), floor(min(highs))
    if high - low > LONGEST:
        raise Refused("A set of so many numbers is too long for an answer.")
    return [Fraction(v) for v in range(low, high + 1)], [c for c in conditions if not _in(c, letter, *WHOLE)]


def _is_whole(condition: Node, letter: str) -> bool:
    """Whether a condition says that a letter is a whole number."""
    return _in(condition, letter, *WHOLE) or _parity(condition, letter) is not None


def _in(condition: Node, letter: str, *sets: str) -> bool:
    match condition:
        case Relation((Name(name=name), Constant(name=where), *_), ("in", *_)):
            return name == letter and where in sets
    return False


def _ends(condition: Node, letter: str) -> Iterator[tuple[Fraction, int]]:
    """The numbers that a condition keeps a letter above (-1) or below (1)."""
    if not isinstance(condition, Relation):
        return
    for (left, right), op in zip(pairwise(condition.operands), condition.ops, strict=True):
        for side, end, sign in ((left, right, op), (right, left, _TURNED.get(op, op))):
            if isinstance(side, Name) and side.name == letter and sign in _TURNED and _letter(end) is None:
                yield value(end, letter, Fraction(0)), 1 if sign in ("<", "<=") else -1


def _listed(items: Sequence[Node]) -> list[Fraction]:
    """Numbers written out, perhaps with dots between."""
    dots = [k for k, i in enumerate(items) if isinstance(i, Constant) and i.name == "dots"]
    values = [value(i, "", Fraction(0)) for k, i in enumerate(items) if k not in dots]
    if not dots:
        return values
    if len(dots) > 1 or dots[0] != len(items) - 2 or not values:
        raise NoRule
    step = values[1] - values[0] if len(values) > 2 else Fraction(1)
    steps = {b - a for a, b in pairwise(values[:-1])} or {step}
    count = (values[-1] - values[0]) / step if step else Fraction(-1)
    if len(steps) > 1 or count.denominator > 1 or not 0 <= count <= LONGEST:
        raise NoRule
    return [values[0] + k * step for k in range(int(count) + 1)]


def _parity(condition: Node, letter: str) -> int | None:
    match condition:
        case Product((Name(name=name), Name(name="even" | "odd" | "is even" | "is odd" as word)), ("",)):
            return int(word.endswith("odd")) if name == letter else None
    return None


def holds(condition: Node, letter: str, at: Fraction) -> bool:
    """Whether a condition on one letter holds."""
    if (odd := _parity(condition, letter)) is not None:
        return at % 2 == odd
    match condition:
        case Relation(operands, ops) if all(op in _COMPARED for op in ops):
            values = [value(o, letter, at) for o in operands]
            return all(_COMPARED[op](a, b) for (a, b), op in zip(pairwise(values), ops, strict=True))
        case Relation((left, Constant(name=where)), ("in",)) if where in WHOLE:
            found = value(left, letter, at)
            return found.denominator == 1 and (where == "integers" or found >= 0)
        case Logic(op, parts) if op in ("and", "or", "not"):
            truths = [holds(p, letter, at) for p in parts]
            return all(truths) if op == "and" else any(truths) if op == "or" else not truths[0]
        case Items((only,), "()"):
            return holds(only, letter, at)
        case Relation() | Logic():
            raise NoRule
    return value(condition, letter, at) != 0


def value(node: Node, letter: str, at: Fraction) -> Fraction:
    """The number that a node is where a letter has a value.

    Raises:
        NoRule: it is none, or too large a power.
    """
    match node:
        case Number():
            return node.value
        case Name(name=name) if name == letter:
            return at
        case Neg(arg):
            return -value(arg, letter, at)
        case Add(terms):
            return sum((value(t, letter, at) for t in terms), Fraction(0))
        case Items((only,), "()"):
            return value(only, letter, at)
        case Power(base, exponent):
            below, above = value(base, letter, at), value(exponent, letter, at)
            if above.denominator == 1 and abs(above) <= 20 and abs(below) <= 1000 and (below or above >= 0):
                return Fraction(below**above)
        case Product(factors, ops):
            result, *others = [value(f, letter, at) for f in factors]
            for op, other in zip(ops, others, strict=True):
                result = _joined(op, result, other)
            return result
        case Call(Builtin(name), (arg,)) if name in ("floor", "ceil", "abs"):
            found = value(arg, letter, at)
            return abs(found) if name == "abs" else Fraction(floor(found) if name == "floor" else ceil(found))
    raise NoRule


def _joined(op: str, a: Fraction, b: Fraction) -> Fraction:
    if op in ("", "cdot", "times", "*"):
        return a * b
    if not b or op not in ("/", "//", "%"):
        raise NoRule
    return a / b if op == "/" else Fraction(a // b) if op == "//" else a % b


def _written(body: Node, letter: str, at: Fraction) -> Node:
    """A rule at one value: a whole number where it is one, else with the value put for its letter."""
    try:
        found = value(body, letter, at)
    except NoRule:
        found = None
    if found is not None:
        above = Number(str(abs(found.numerator)), span=body.span)
        whole = above if found.denominator == 1 else Product((above, Number(str(found.denominator))), ("/",))
        return Neg(whole) if found < 0 else whole
    number = Number(str(abs(at)))
    put: Node = Items((Neg(number),), "()") if at < 0 else number
    return mapped(body, lambda n: put if isinstance(n, Name) and n.name == letter else None)
