"""Products and sums of products: elementwise where nothing is summed, else a matrix product or an einsum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from derive.calculus.affine import Letter
from derive.notation.code_scope import Scope, Writer
from derive.notation.code_values import (
    ATOM,
    COMPARE,
    MATMUL,
    POWER,
    PRODUCT,
    SUM,
    UNARY,
    Value,
    in_scope,
    ordered,
    permuted,
)

HALF = Fraction(1, 2)
Powered = tuple[Value, Fraction]


def powered(value: Value, e: Fraction, writer: Writer) -> Value:
    """``value**e`` for a positive power."""
    if e == 1:
        return value
    if e == HALF and value.kind == "number" and value.finite:
        return Value(f"math.sqrt({value.text})", kind="number")
    if e.denominator > 1:
        value = writer.tensor(value)
    if e == HALF:
        return Value(writer.target.functions["sqrt"].format(value.text), value.axes, finite=False)
    exponent = str(e.numerator) if e.denominator == 1 else repr(float(e)) if 64 % e.denominator == 0 else f"({e})"
    return replace(value, text=raised(value.tight(ATOM), exponent), level=POWER, finite=value.finite and e > 0)


def raised(base: str, exponent: str) -> str:
    """``base**exponent``, with spaces where an operand is more than a name or a number."""
    simple = base.isidentifier() and (exponent.isdigit() or exponent.isidentifier())
    return f"{base}**{exponent}" if simple else f"{base} ** {exponent}"


def product(coefficient: Fraction, factors: Sequence[Powered], axes: tuple[Letter, ...], writer: Writer) -> Value:
    """``coefficient * a**p * b**q``, elementwise."""
    if coefficient == 1 and len(factors) == 1 and factors[0][1] > 0:
        return powered(*factors[0], writer)
    over = ordered(axes, [v for v, _ in factors])
    above = [writer.lay(powered(v, e, writer), over) for v, e in factors if e > 0]
    below = [writer.lay(powered(_divisor(v, writer), -e, writer), over) for v, e in factors if e < 0]
    size = abs(coefficient)
    texts = [v.tight(PRODUCT) for v in above]
    if size.numerator != 1 or not texts:
        texts.insert(0, str(size.numerator))
    under = [v.tight(UNARY) for v in below]
    if size.denominator != 1:
        under.insert(0, str(size.denominator))
    text = " / ".join([" * ".join(texts), *under])
    kind = "number" if all(v.kind == "number" for v in (*above, *below)) else "array"
    finite = not below and all(v.finite for v in above)
    level = PRODUCT if len(texts) + len(under) > 1 else ATOM
    return Value(f"-{text}" if coefficient < 0 else text, over, SUM if coefficient < 0 else level, kind, finite)


def _divisor(value: Value, writer: Writer) -> Value:
    """A number that may be zero divides as an array does: with infinity, not with an exception."""
    return value if value.kind != "number" or value.finite else writer.tensor(value)


def joined(masks: Sequence[Value], axes: tuple[Letter, ...], writer: Writer, op: str = "and") -> Value:
    """All masks at once, or any of them."""
    if len(masks) == 1:
        return masks[0]
    if all(m.kind == "truth" for m in masks):
        return Value(f" {op} ".join(m.tight(SUM) for m in masks), (), COMPARE, "truth")
    over = ordered(axes, masks)
    parts = [writer.lay(m, over).tight(PRODUCT) for m in masks]
    return Value(f" {'&' if op == 'and' else '|'} ".join(parts), over, COMPARE, "mask")


def masked(value: Value, masks: Sequence[Value], axes: tuple[Letter, ...], writer: Writer) -> Value:
    """The value where all masks hold, else zero."""
    if not masks:
        return value
    mask = joined(masks, axes, writer)
    if value.text == "1":
        return writer.tensor(mask) if mask.kind == "mask" else Value(f"float({mask.text})", kind="number")
    if value.kind == "number" and mask.kind == "truth":
        return Value(f"{value.text} if {mask.text} else 0", (), COMPARE, "number", value.finite)
    if value.kind == "number":
        return product(Fraction(1), [(value, Fraction(1)), (writer.tensor(mask), Fraction(1))], axes, writer)
    if mask.kind == "truth" and value.finite:
        return replace(value, text=f"{value.tight(PRODUCT)} * {mask.tight(ATOM)}", level=PRODUCT)
    return writer.where(mask, value, Value("0", kind="number"), axes)


def contracted(
    operands: Sequence[Value], masks: Sequence[Value], over: Sequence[Letter], scope: Scope, writer: Writer
) -> Value:
    """The product of the operands, where all masks hold, summed over some letters."""
    axes = scope.axes
    operands = [writer.tensor(v) if v.kind == "mask" else v for v in operands]
    parts = _with_masks(operands, masks, axes, writer)
    loose = [v for v in parts if not v.axes]
    parts = _merged([v for v in parts if v.axes], axes, writer)
    missing = [x for x in over if not any(x in v.axes for v in parts)]
    summed = [x for x in over if x not in missing]
    result = _summed([writer.hoist(v) for v in parts], summed, axes, writer) if parts else None
    spans = (scope.boxes[x][1] - scope.boxes[x][0] for x in missing)
    counts = []
    for span in spans:
        count = writer.index(span, scope, ())
        sure = writer.certain(span, scope)
        counts.append(count if sure else Value(f"max({count.text}, 0)", kind="number"))
    return product(
        Fraction(1), [(v, Fraction(1)) for v in (*counts, *loose, *([result] if result else []))], axes, writer
    )


def _with_masks(operands: list[Value], masks: Sequence[Value], axes: tuple[Letter, ...], writer: Writer) -> list[Value]:
    """The operands with each mask worked into one of them, or beside them."""
    if not masks:
        return operands
    wild = [v for v in operands if not v.finite]
    if wild:
        tame = [v for v in operands if v.finite]
        whole = product(Fraction(1), [(v, Fraction(1)) for v in wild], axes, writer)
        return [masked(whole, masks, axes, writer), *tame]
    result = list(operands)
    for m in masks:
        home = next((k for k, v in enumerate(result) if v.axes and set(m.axes) <= set(v.axes)), None)
        if home is None:
            result.append(writer.tensor(writer.mask(m)))
        else:
            result[home] = masked(result[home], [m], axes, writer)
    return result


def _merged(parts: list[Value], axes: tuple[Letter, ...], writer: Writer) -> list[Value]:
    """The parts with those of the same axes multiplied; of more than two, also one whose axes another has."""
    merged = list(parts)
    while pair := _pair(merged):
        a, b = pair
        both = product(Fraction(1), [(merged[a], Fraction(1)), (merged[b], Fraction(1))], axes, writer)
        merged = [both if k == b else v for k, v in enumerate(merged) if k != a]
    return merged


def _pair(parts: Sequence[Value]) -> tuple[int, int] | None:
    found = [
        (len(b.axes), j, k)
        for j, a in enumerate(parts)
        for k, b in enumerate(parts)
        if j != k
        and set(a.axes) <= set(b.axes)
        and (len(parts) > 2 or (set(a.axes) == set(b.axes) and len(a.axes) > 1))
    ]
    return min(found)[1:] if found else None


def _summed(parts: Sequence[Value], over: Sequence[Letter], axes: tuple[Letter, ...], writer: Writer) -> Value:
    out = tuple(x for x in in_scope(axes, parts) if x not in over)
    finite = all(v.finite for v in parts)
    if len(parts) == 1:
        places = [str(k) for k, x in enumerate(parts[0].axes) if x in over]
        text = f"({', '.join(places)})" if len(places) > 1 else "".join(places)
        kept = tuple(x for x in parts[0].axes if x not in over)
        whole = "" if not kept else text
        return Value(f"{parts[0].tight(ATOM)}.sum({whole})", kept, finite=finite) if places else parts[0]
    if not over:
        return product(Fraction(1), [(v, Fraction(1)) for v in parts], axes, writer)
    plain = _matrix_product(parts, over, out, writer) if len(parts) == 2 else None
    if plain is not None:
        return replace(plain, finite=finite)
    letters = _subscripts(ordered(axes, parts))
    inputs = ",".join("".join(letters[x] for x in v.axes) for v in parts)
    equation = f"{inputs}->{''.join(letters[x] for x in out)}"
    return Value(writer.target.einsum.format(equation, ", ".join(v.text for v in parts)), out, finite=finite)


def _matrix_product(
    parts: Sequence[Value], over: Sequence[Letter], out: tuple[Letter, ...], writer: Writer
) -> Value | None:
    """``A @ B`` where the parts are vectors or matrices that share exactly the one letter summed."""
    a, b = parts
    if len(over) != 1 or max(len(a.axes), len(b.axes)) > 2 or set(a.axes) & set(b.axes) != set(over):
        return None
    if len(a.axes) < len(b.axes) or (out and a.axes != (*over,) and out[0] not in a.axes):
        a, b = b, a
    (s,) = over
    left = permuted(a, (*(x for x in a.axes if x != s), s), writer.target.transpose)
    right = permuted(b, (s, *(x for x in b.axes if x != s)), writer.target.transpose)
    return Value(f"{left.tight(UNARY)} @ {right.tight(UNARY)}", out, MATMUL)


def _subscripts(axes: Sequence[Letter]) -> dict[Letter, str]:
    """One ASCII letter each: its own name where that is one and free."""
    spare = (c for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    own = {x.name for x in axes}
    found: dict[Letter, str] = {}
    for x in axes:
        if len(x.name) == 1 and x.name.isascii() and x.name.isalpha() and x.name not in found.values():
            found[x] = x.name
        else:
            found[x] = next(c for c in spare if c not in own and c not in found.values())
    return found
