r"""Expressions as textbook LaTeX. A printer never raises and never drops a factor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from derive.calculus.affine import ZERO, Affine
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
from derive.calculus.expr import Expr, Factor, Term, entry, expr
from derive.calculus.substitute import bracket, free_letters, letters
from derive.calculus.substitute import names as entry_names
from derive.calculus.whole import whole
from derive.notation.latex_entries import affine_latex, letter_latex, name_latex
from derive.notation.latex_order import ordered_factors, ordered_terms, turned
from derive.notation.latex_tables import FENCES, FUNCTIONS, SIGNS
from derive.notation.style import Names, Style


def to_latex(value: Expr, style: Style | None = None, frame: Sequence[Bound] = ()) -> str:
    r"""The expression as LaTeX.

    Args:
        value: what is printed.
        style: names, counting base, shapes.
        frame: the free index letters with their ranges.

    >>> from derive.calculus.affine import Letter
    >>> from derive.calculus.atoms import Bound
    >>> from derive.notation.index_language import expression
    >>> i = Bound(Letter("i"), Affine.of(0), Affine.of("n"))
    >>> to_latex(expression("2*x[i]/y", frame=(i,)), frame=(i,))
    '\\frac{2 x_{i}}{y}'
    """
    return _expr(value, scope(value, style or Style(), frame))


def scope(value: Expr, style: Style, frame: Sequence[Bound]) -> Names:
    """The names at the top: letters of the frame shifted to the index base, every other free letter as it is."""
    names = Names(style)
    for bound in frame:
        names = names.bind(bound, free=True)
    loose = frozenset(x.name for x in free_letters(value) if x not in names.letters)
    return Names(style, names.letters, names.taken | loose)


def _expr(value: Expr, names: Names, *, alone: bool = True) -> str:
    """The terms; a sum kept together loses its parentheses only where it leads and nothing stands beside it."""
    if not value.terms:
        return "0"
    if len(value.terms) > 1 and (index := whole(value)) is not None and all(len(m) < 2 for m, _ in index.terms):
        return re.sub(r"(?<!^)([+-])", r" \1 ", affine_latex(names.shown(index), names))
    out = ""
    terms = [turned(t, alone=len(value.terms) == 1) for t in value.terms]
    for k, term in enumerate(ordered_terms(terms, names.style.names)):
        sign = "-" if term.coefficient < 0 else "+"
        body = _term(term, names, alone=alone and k == 0 and sign == "+")
        out += (body if sign == "+" else f"-{body}") if k == 0 else f" {sign} {body}"
    return out


def _term(term: Term, names: Names, *, alone: bool = True) -> str:
    """The absolute term: what does not hang on the bound letters, then the sums, then the rest."""
    bound = {b.letter for b in term.bounds}
    outer = [f for f in term.factors if bound.isdisjoint(letters(expr(f[0])))]
    inner = [f for f in term.factors if f not in outer]
    front = ""
    if outer or abs(term.coefficient) != 1 or not bound:
        front = _product(abs(term.coefficient), outer, names, alone=alone and not bound, followed=bool(bound))
    chance = next(k for k in range(len(term.bounds) + 1) if all(b.kind == "expectation" for b in term.bounds[k:]))
    sums, closing = "", ""
    for b in term.bounds[:chance]:
        shown = names.bind(b)
        if b.kind == "expectation":
            sums, closing = sums + r"\mathbb{E}\left[", r"\right]" + closing
        elif b.kind == "integral":
            sums, closing = (
                sums + r"\int ",
                rf" \, \mathrm{{d}}{affine_latex(shown.letters[b.letter], names)}" + closing,
            )
        else:
            sums += r"\sum_{" + _limits(b, names, shown)
        names = shown
    body = _means(term.bounds[chance:], inner, names) if bound else ""
    return " ".join(p for p in (front, sums + body + closing) if p)


def _means(bounds: Sequence[Bound], factors: Sequence[Factor], names: Names) -> str:
    """Factors under expectations: each has its own where no factor hangs on two of them; what is certain stands in front."""
    for b in bounds:
        names = names.bind(b)
    held = [[f for f in factors if b.letter in letters(expr(f[0]))] for b in bounds]
    certain = [f for f in factors if not any(f in fs for fs in held)]
    if sum(map(len, held)) + len(certain) > len(factors):
        held = [[f for f in factors if f not in certain]]
    means = [rf"\mathbb{{E}}\left[{_product(Fraction(1), fs, names)}\right]" for fs in held]
    front = [_product(Fraction(1), certain, names, alone=False, followed=bool(means))] if certain or not means else []
    return " ".join((*front, *means))


def _limits(b: Bound, names: Names, inner: Names) -> str:
    letter = next(x for m, _ in inner.letters[b.letter].terms for x in m)
    shift = Affine.of(letter) - inner.letters[b.letter]
    low, high = (affine_latex(names.shown(a) + shift, names) for a in (b.low, b.high - 1))
    return f"{letter_latex(letter, names)}={low}}}^{{{high}}} "


def _product(
    coefficient: Fraction, factors: Sequence[Factor], names: Names, *, alone: bool = True, followed: bool = False
) -> str:
    """Factors over factors; ``alone`` where nothing stands beside them, ``followed`` where sums come after."""
    above = [f for f in factors if f[1] > 0]
    below = [(a, -e) for a, e in factors if e < 0]
    if below:
        beside = (Bracket, Guard, Indicator) if any(_tall(f, names) for f in above) else ()
        tall = [f for f in above if _tall(f, names) or isinstance(f[0], beside)]
        flat = [f for f in above if f not in tall]
        ratio = (
            rf"\frac{{{_chain(coefficient.numerator, flat, names)}}}{{{_chain(coefficient.denominator, below, names)}}}"
        )
        return f"{ratio} {_chain(1, tall, names, alone=False, followed=followed)}" if tall else ratio
    if coefficient.denominator == 1:
        return _chain(coefficient.numerator, above, names, alone=alone, followed=followed)
    half = rf"\frac{{{coefficient.numerator}}}{{{coefficient.denominator}}}"
    return f"{half} {_chain(1, above, names, alone=False, followed=followed)}" if above else half


def _tall(factor: Factor, names: Names) -> bool:
    """Whether a derivative or parentheses hold fractions or sums, which stand beside a fraction bar and not above it."""
    atom, e = factor
    shown = _factor(atom, e, names, single=False) if isinstance(atom, Entry | Group) else ""
    return r"\frac" in shown or r"\sum" in shown


def _chain(number: int, factors: Sequence[Factor], names: Names, *, alone: bool = True, followed: bool = False) -> str:
    """Factors side by side; a sum, or an operator that would catch what follows, in parentheses."""
    single = alone and len(factors) == 1 and number == 1
    order = ordered_factors(factors, names.style.names)
    parts = [_factor(a, e, names, single=single and e == 1) for a, e in order]
    last = len(parts) if followed else len(parts) - 1
    parts = [_round(p) if k < last and _catches(f) else p for k, (p, f) in enumerate(zip(parts, order, strict=True))]
    if parts and not followed:
        parts[-1] = _bare(order[-1], names) or parts[-1]
    if number != 1 or not parts:
        parts.insert(0, str(number))
    return r" ".join(parts) if not _digits_meet(parts) else r" \cdot ".join(parts)


def _bare(factor: Factor, names: Names) -> str:
    r"""``\log p(x)``: a function of one name, where nothing comes after it."""
    match factor:
        case (Apply("log" | "sin" | "cos" as function, (Expr((Term(one, ((Entry(name, at), power),), ()),)),), 0), e):
            shown = name_latex(name, at, names)
            return rf"\{function} {shown}" if one == power == e == 1 and r"\frac" not in shown else ""
    return ""


def _catches(factor: Factor) -> bool:
    """Whether a factor is a product or a determinant, whose sign reaches as far as it can."""
    atom, e = factor
    return e == 1 and (isinstance(atom, Reduce) or (isinstance(atom, MatrixFunction) and not atom.at))


def _digits_meet(parts: Sequence[str]) -> bool:
    return any(a[-1:].isdigit() and b[:1].isdigit() for a, b in pairwise(parts))


def _factor(atom: Atom, e: Fraction, names: Names, *, single: bool) -> str:
    if e == 1:
        return _atom(atom, names, single=single)
    if e == Fraction(1, 2):
        return rf"\sqrt{{{_atom(atom, names, single=True)}}}"
    if isinstance(atom, Apply) and atom.function == "exp" and not atom.order:
        return _atom(Apply("exp", (atom.args[0] * e,)), names, single=True)
    shown = str(e) if e.denominator == 1 else f"{e.numerator}/{e.denominator}"
    base = _atom(atom, names, single=False)
    rounded = isinstance(atom, Group) or (isinstance(atom, Number) and base.startswith(r"\left("))
    plain = isinstance(atom, Entry | Number) and r"\frac" not in base and "^" not in base
    return f"{base}^{{{shown}}}" if rounded or plain else f"{_round(base)}^{{{shown}}}"


def _atom(atom: Atom, names: Names, *, single: bool) -> str:
    match atom:
        case Entry(name, at):
            return name_latex(name, at, names)
        case Number(value):
            text = affine_latex(names.shown(value), names)
            return text if single or (value.letter and names.shown(value).letter) else _round(text)
        case Group(body):
            return _expr(body, names) if single else _round(_expr(body, names))
        case Apply():
            return _apply(atom, names)
        case Power(base, exponent):
            return f"{_base(base, names)}^{{{_expr(exponent, names)}}}"
        case Bracket(zero):
            return _iverson(names.shown(zero), "=", names)
        case Guard(nonneg):
            return _iverson(names.shown(nonneg), r"\ge", names)
        case Reduce(op, bound, body):
            inner = names.bind(bound)
            big = r"\prod" if op == "prod" else rf"\{op}"
            text = _expr(body, inner, alone=False)
            bare = len(body.terms) == 1 and body.terms[0].coefficient > 0
            return f"{big}_{{{_limits(bound, names, inner)}{text if bare else _round(text)}"
        case Indicator(condition):
            return rf"\mathbb{{1}}[{_condition(condition, names)}]"
        case Cases(branches, otherwise):
            rows = [f"{_expr(v, names)} & {_condition(c, names)}" for c, v in branches]
            rows += [] if otherwise is None else [rf"{_expr(otherwise, names)} & \text{{otherwise}}"]
            return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"
        case MatrixFunction():
            return _matrix_function(atom, names)
    return str(atom)


def _matrix_function(atom: MatrixFunction, names: Names) -> str:
    inner = names.bind(Bound(atom.row, ZERO, atom.size)).bind(Bound(atom.column, ZERO, atom.size))
    pair = (next(x for m, _ in inner.letters[x].terms for x in m) for x in (atom.row, atom.column))
    body = rf"{_round(_expr(atom.body, inner))}_{{{','.join(letter_latex(x, names) for x in pair)}}}"
    body = _round(body) if atom.op == "det" else body
    for name in (n for n in entry_names(atom.body) if atom.body == entry(n, atom.row, atom.column)):
        body = name_latex(name, (), names)
        body = _round(body) if "^" in body else body
    if atom.body in (bracket(atom.row - Affine.of(atom.column)), bracket(atom.column - Affine.of(atom.row))):
        body = "I"
    shown = {
        "inv": body + "^{-1}",
        "det": rf"\det {body}",
    }.get(atom.op, rf"{body}^{{{_expr(atom.extra, names) if atom.extra else atom.op}}}")
    slots = ",".join(affine_latex(names.shown(a, names.style.index_base), names) for a in atom.at)
    return rf"\left[{shown}\right]_{{{slots}}}" if slots else shown


def _iverson(value: Affine, sign: str, names: Names) -> str:
    """``[a = b]``: what is subtracted goes to the right; an index stands before the size that bounds it."""
    left = Affine(tuple((m, c) for m, c in value.terms if c > 0))
    right = left - value
    inside = {x for shown in names.letters.values() for x in shown.letters}
    if right.letters & inside and not left.letters & inside:
        left, right, sign = right, left, sign.replace("ge", "le")
    return rf"[{affine_latex(left, names)} {sign} {affine_latex(right, names)}]"


def _condition(condition: Condition, names: Names) -> str:
    if isinstance(condition, Compare):
        return f"{_expr(condition.left, names)} {SIGNS[condition.op]} {_expr(condition.right, names)}"
    sign = {"and": r" \wedge ", "or": r" \vee ", "not": r"\neg "}[condition.op]
    if not condition.parts:
        return "0 = 0" if condition.op == "and" else r"0 \ne 0"
    parts = [f"({_condition(p, names)})" for p in condition.parts]
    return sign + parts[0] if condition.op == "not" else sign.join(parts)


def _round(text: str) -> str:
    return rf"\left({text}\right)"


def _base(base: Expr, names: Names) -> str:
    match base.terms:
        case (Term(c, ((Entry() | Number() as atom, e),), ()),) if c == 1 and e == 1:
            return _atom(atom, names, single=False)
        case (Term(c, (), ()),) if c > 0 and c.denominator == 1:
            return str(c)
    return _round(_expr(base, names))


def _apply(atom: Apply, names: Names) -> str:
    args = ", ".join(_expr(a, names) for a in atom.args)
    if atom.function in ("pi", "e") and not atom.args:
        return {"pi": r"\pi", "e": "e"}[atom.function]
    if atom.function == "exp" and not atom.order:
        return r"\exp" + _round(args) if names.has_e else f"e^{{{args}}}"
    if atom.function in FENCES and not atom.order:
        left, right = FENCES[atom.function]
        return rf"\left{left.strip()} {args} \right{right.strip()}"
    shown = names.style.names.get(atom.function) or FUNCTIONS.get(atom.function)
    shown = shown or (atom.function if len(atom.function) == 1 else rf"\mathrm{{{atom.function}}}".replace("_", r"\_"))
    return f"{shown}{chr(39) * atom.order}" + _round(args)
