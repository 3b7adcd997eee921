"""From expressions to code: each becomes an array whose axes are the letters that occur in it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

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
from derive.calculus.averages import average
from derive.calculus.expr import Expr, Factor, Term
from derive.calculus.functions import CONSTANTS, DEFINITIONS, TABLE, unfolded
from derive.calculus.substitute import letters
from derive.notation.code_entry import read
from derive.notation.code_matrix import matrix
from derive.notation.code_product import contracted, joined, masked, product, raised
from derive.notation.code_scope import Scope, Writer
from derive.notation.code_values import ATOM, COMPARE, MATMUL, POWER, SUM, NotExportable, Value, ordered
from derive.notation.index_names import shape_of

ONE = Fraction(1)
TAME = ("sin", "cos", "tanh", "sigmoid", "erf", "normal_cdf", "relu", "softplus", "abs", "sign", "max", "min", "floor")
SIGNS = {"=": "==", "!=": "!="}


def summed(value: Expr, writer: Writer, scope: Scope) -> Value:
    """The code of an expression: its terms side by side."""
    pieces = [(t.coefficient < 0, term(t, writer, scope)) for t in value.terms]
    if not pieces:
        return Value("0", kind="number")
    return added(pieces, writer, scope)


def added(pieces: Sequence[tuple[bool, Value]], writer: Writer, scope: Scope) -> Value:
    """Terms, given without their signs, added up; a positive one goes first."""
    pieces = sorted(pieces, key=lambda p: p is not next((q for q in pieces if not q[0]), pieces[0]))
    over = ordered(scope.axes, [v for _, v in pieces])
    if len(pieces) == 1 and not pieces[0][0]:
        return pieces[0][1]
    laid = [(negative, writer.lay(_plain(v, writer), over)) for negative, v in pieces]
    text = "".join((" - " if negative else " + ") + v.tight(MATMUL) for negative, v in laid)
    text = ("-" if laid[0][0] else "") + text[3:]
    kind = "number" if all(v.kind == "number" for _, v in laid) else "array"
    return Value(text, over, SUM, kind, kind == "array" and all(v.finite for _, v in laid))


def _plain(value: Value, writer: Writer) -> Value:
    return writer.tensor(value) if value.kind == "mask" else value


def term(t: Term, writer: Writer, scope: Scope) -> Value:
    """A term without its sign."""
    t = average(t)
    size = abs(t.coefficient)
    if not t.bounds:
        return _unsummed(size, t.factors, writer, scope)
    inner, masks = scope, []
    for b in t.bounds:
        if b.kind != "sum":
            raise NotExportable(f"an {b.kind} over {b.letter.name} has no code; only sums over integers do")
        inner, more = _bound(b, writer, inner)
        masks += more
    bound = {b.letter for b in t.bounds}
    hanging = [f for f in t.factors if not bound.isdisjoint(letters(Expr((Term(ONE, (f,)),))))]
    outside = [f for f in t.factors if f not in hanging]
    values, marks = _factors(hanging, writer, inner)
    operands = [product(ONE, [(v, e)], inner.axes, writer) for v, e in values]
    total = contracted(operands, masks + marks, [b.letter for b in t.bounds], inner, writer)
    return _unsummed(size, outside, writer, scope, last=total)


def _bound(b: Bound, writer: Writer, scope: Scope) -> tuple[Scope, list[Value]]:
    """The scope with the letter, and the masks of a range that hangs on other axes."""
    inner = scope.bind(b)
    low, high = inner.boxes[b.letter]
    masks = []
    if low != b.low:
        masks.append(writer.relation(Affine.of(b.letter) - b.low, ">=", inner))
    if high != b.high:
        masks.append(writer.relation(b.high - b.letter, ">", inner))
    return inner, masks


def _unsummed(
    size: Fraction, factors: Sequence[Factor], writer: Writer, scope: Scope, last: Value | None = None
) -> Value:
    values, masks = _factors(factors, writer, scope)
    if last is not None:
        values.append((last, ONE))
    if not values and size == 1 and len(masks) > 0:
        return masked(Value("1", kind="number"), masks, scope.axes, writer)
    return masked(product(size, values, scope.axes, writer), masks, scope.axes, writer)


def _factors(
    factors: Sequence[Factor], writer: Writer, scope: Scope
) -> tuple[list[tuple[Value, Fraction]], list[Value]]:
    """The factors that are numbers with their powers, and the masks."""
    values, masks = [], []
    for atom, e in factors:
        match atom:
            case Bracket(zero):
                masks.append(writer.relation(zero, "==", scope))
            case Guard(nonneg):
                masks.append(writer.relation(nonneg, ">=", scope))
            case Indicator(inside):
                masks.append(condition(inside, writer, scope))
            case _:
                values.append((factor(atom, writer, scope), e))
    return values, masks


def factor(atom: Atom, writer: Writer, scope: Scope) -> Value:
    """The code of an atom that is no mask."""
    match atom:
        case Entry(name, at):
            return _entry(name, at, writer, scope)
        case Number(value):
            found = writer.number(value, scope)
            sure = writer.certain(value - 1, scope)
            return Value(found.text, found.axes, found.level, found.kind, sure or bool(found.axes))
        case Group(body):
            return summed(body, writer, scope)
        case Apply():
            return call(atom, writer, scope)
        case Power(base, exponent):
            return _power(summed(base, writer, scope), summed(exponent, writer, scope), writer, scope)
        case Reduce():
            return _reduced(atom, writer, scope)
        case Cases(branches, otherwise):
            return _cases(branches, otherwise, writer, scope)
        case MatrixFunction():
            return matrix(atom, writer, scope, summed)
    raise NotExportable(f"{atom} has no code")


def _entry(name: str, at: tuple[Affine, ...], writer: Writer, scope: Scope) -> Value:
    shape = shape_of(name, writer.program.shapes)
    if shape is None or len(shape) != len(at):
        raise NotExportable(f"the program does not say the shape of {name}")
    array = Value(writer.array(name))
    return read(array, at, shape, writer, scope) if at else array


def call(atom: Apply, writer: Writer, scope: Scope) -> Value:
    """A scalar function of arrays, or its derivative."""
    known = atom.function in TABLE or atom.function in DEFINITIONS
    if atom.function in CONSTANTS and not atom.args:
        return Value(f"math.{atom.function}", kind="number")
    template = writer.target.functions.get(atom.function)
    if known and (atom.order or template is None):
        return summed(unfolded(atom.function, atom.order, atom.args[0]), writer, scope)
    args = [writer.hoist(writer.tensor(summed(a, writer, scope))) for a in atom.args]
    over = ordered(scope.axes, args)
    texts = [writer.lay(a, over).text for a in args]
    finite = atom.function in TAME and all(a.finite for a in args)
    if known and template is not None:
        writer.helper(atom.function)
        return Value(template.format(*texts), over, finite=finite)
    name = writer.function(atom.function + "'" * atom.order)
    return Value(f"{name}({', '.join(texts)})", over, finite=False)


def _power(base: Value, exponent: Value, writer: Writer, scope: Scope) -> Value:
    over = ordered(scope.axes, (base, exponent))
    left, right = (writer.lay(_plain(v, writer), over) for v in (base, exponent))
    left = writer.tensor(left)
    return Value(raised(left.tight(ATOM), right.tight(ATOM)), over, POWER, finite=False)


def condition(c: Condition, writer: Writer, scope: Scope) -> Value:
    """A condition as a mask, or as a truth value of Python's where no array decides."""
    if isinstance(c, Compare):
        sides = [_plain(summed(s, writer, scope), writer) for s in (c.left, c.right)]
        over = ordered(scope.axes, sides)
        texts = [writer.lay(writer.hoist(s), over).tight(SUM) for s in sides]
        kind = "truth" if all(s.kind == "number" for s in sides) else "mask"
        return Value(f"{texts[0]} {SIGNS.get(c.op, c.op)} {texts[1]}", over, COMPARE, kind)
    parts = [condition(p, writer, scope) for p in c.parts]
    if c.op == "not":
        sign = "not " if parts[0].kind == "truth" else "~"
        return Value(f"{sign}{parts[0].tight(ATOM)}", parts[0].axes, COMPARE, parts[0].kind)
    if not parts:
        return Value(str(c.op == "and"), kind="truth")
    return joined(parts, scope.axes, writer, c.op)


def _reduced(atom: Reduce, writer: Writer, scope: Scope) -> Value:
    inner, masks = _bound(atom.bound, writer, scope)
    body = writer.tensor(summed(atom.body, writer, inner))
    neutral = {"prod": "1", "max": "-math.inf", "min": "math.inf"}[atom.op]
    if masks:
        mask = joined(masks, inner.axes, writer)
        body = writer.where(mask, body, Value(neutral, kind="number"), inner.axes)
    if atom.bound.letter not in body.axes:
        body = writer.spread(body, (*body.axes, atom.bound.letter), inner)
    body = writer.hoist(body)
    axes = tuple(x for x in body.axes if x != atom.bound.letter)
    low, high = inner.boxes[atom.bound.letter]
    helper = {"max": "largest", "min": "smallest"}.get(atom.op, "")
    if helper and not writer.certain(high - low - 1, inner):
        text = f"{writer.helper(helper)}({body.text}, {body.axes.index(atom.bound.letter)})"
    else:
        text = writer.target.reductions[atom.op].format(body.tight(ATOM), body.axes.index(atom.bound.letter))
    return Value(text, axes, finite=body.finite and not masks)


def _cases(branches: Sequence[tuple[Condition, Expr]], otherwise: Expr | None, writer: Writer, scope: Scope) -> Value:
    result = Value("math.nan", kind="number", finite=False)
    if otherwise is not None:
        result = _plain(summed(otherwise, writer, scope), writer)
    for c, value in reversed(branches):
        here = _plain(summed(value, writer, scope), writer)
        result = writer.where(condition(c, writer, scope), here, result, scope.axes)
    return result
