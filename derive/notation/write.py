"""Writing a syntax tree as LaTeX that reads back to the same tree."""

from __future__ import annotations

import re
from collections.abc import Callable

from derive.notation.characters import GREEK
from derive.notation.declare import latex_of_name
from derive.notation.pratt import AND, ARROW, FACTOR, LOOSE, NOT, OR, RELATION, SUM, TIGHT, UNION
from derive.notation.tree import (
    Add,
    At,
    Big,
    Binder,
    Builtin,
    Call,
    Cases,
    Constant,
    Derivative,
    Index,
    Indicator,
    Logic,
    Matrix,
    Name,
    Neg,
    Node,
    Number,
    Piece,
    Power,
    Prime,
    Product,
    Relation,
    Sequence,
    SetOf,
    Slice,
    Text,
    Transpose,
)  # fmt: skip
from derive.notation.write_calls import constant, write_call
from derive.notation.write_products import is_closed, reaches, write_product

NEGATION = 45
_PLAIN_EXPONENT = re.compile(rf"([a-z]|\\({'|'.join(GREEK)}))(_\{{\w+\}}|_\w)?")
_ROW = r" \\ "
_OTHERWISE = r"\text{otherwise}"
_RELATIONS = {
    "!=": r"\ne", "<=": r"\le", ">=": r"\ge", "in": r"\in", "notin": r"\notin", "subset": r"\subseteq",
    "approx": r"\approx",
    "propto": r"\propto", "sim": r"\sim", "to": r"\to", "defines": ":=",
}  # fmt: skip
_LOGIC = {
    "and": (AND, r"\wedge"),
    "or": (OR, r"\vee"),
    "xor": (OR, r"\oplus"),
    "implies": (ARROW, r"\implies"),
    "iff": (ARROW, r"\iff"),
}
_SETS = frozenset({"union", "intersection", "difference"})


def to_latex(node: Node) -> str:
    r"""LaTeX for a tree.

    >>> to_latex(Add((Name("a"), Neg(Product((Name("b"), Name("c")), ("/",))))))
    'a - \\frac{b}{c}'
    """
    return write(node, 0)


def write(node: Node, least: int) -> str:
    """LaTeX that binds at least as strongly as ``least``, in brackets where need be."""
    text = _WRITERS[type(node)](node)
    return text if level(node) >= least else rf"\left({text}\right)"


def level(node: Node) -> int:
    """How strongly the LaTeX of a node binds."""
    if isinstance(node, Product):
        return FACTOR - 1 if node.ops == ("/",) else LOOSE if is_loose(node) else TIGHT
    if isinstance(node, Logic):
        return NOT if node.op == "not" else _LOGIC[node.op][0]
    if isinstance(node, Call) and isinstance(node.function, Builtin) and node.function.name in _SETS:
        return UNION
    if isinstance(node, Derivative) and is_closed(node):
        return FACTOR - 1
    return _LEVELS.get(type(node), FACTOR)


_LEVELS: dict[type[Node], int] = {
    Relation: RELATION,
    Add: SUM,
    Neg: NEGATION,
    Big: NEGATION,
    Derivative: NEGATION,
    Power: FACTOR,
}


def is_loose(node: Product) -> bool:
    """Whether a product is joined by signs that bind less than juxtaposition."""
    return bool(node.ops) and node.ops[0] not in ("", "/")


def atom(node: Node) -> str:
    """LaTeX that a script or an exclamation mark can stand behind."""
    bare = isinstance(node, Name | Number | Matrix | Indicator) or (isinstance(node, Constant) and node.name != "dots")
    if bare or (
        isinstance(node, Call)
        and level(node) == FACTOR
        and not _is(node, "norm", "hadamard_power", "factorial", "inverse")
    ):
        return write(node, FACTOR)
    return rf"\left({write(node, 0)}\right)"


def _is(node: Call, *names: str) -> bool:
    return isinstance(node.function, Builtin) and node.function.name in names


def _number(node: Number) -> str:
    signed = "e-" in node.text and "." not in node.text
    return rf"\mathtt{{{node.text}}}" if signed or "e" in node.text else node.text


def _name(node: Name) -> str:
    return node.latex or latex_of_name(node.name)


def _prime(node: Prime) -> str:
    return write(node.function, FACTOR) + ("'" * node.order if node.order < 4 else f"^{{({node.order})}}")


def _add(node: Add) -> str:
    out = []
    for k, term in enumerate(node.terms):
        bare = term.arg if isinstance(term, Neg) else term
        sign = "-" if isinstance(term, Neg) else "+"
        loose = NEGATION if isinstance(bare, Big | Derivative) else LOOSE
        text = write(bare, loose) if sign == "-" else write(term, SUM + 1 if k else NEGATION)
        text = rf"\left({text}\right)" if reaches(bare, node.terms[k + 1 :]) else text
        out.append(f" {sign} {text}" if k else text if sign == "+" else f"-{text}")
    return "".join(out)


def _neg(node: Neg) -> str:
    return f"-{write(node.arg, NEGATION if isinstance(node.arg, Big | Derivative) else LOOSE)}"


def _power(node: Power) -> str:
    text = write(node.exponent, 0)
    guarded = isinstance(node.exponent, Name) or text in ("-T", "+", "*") or isinstance(node.exponent, Constant)
    return f"{_raisable(node.base)}^{{{_bracketed(text) if guarded and text != chr(92) + 'infty' else text}}}"


def raised(node: Node) -> str:
    """An atom whose place above on the right is free: a name with a script of its own stands in brackets."""
    return rf"\left({node.latex}\right)" if isinstance(node, Name) and "^" in node.latex else atom(node)


def _raisable(node: Node) -> str:
    """LaTeX that an exponent can stand behind: also entries and norms."""
    entry = isinstance(node, Index) and isinstance(node.base, Name)
    return write(node, FACTOR) if entry or (isinstance(node, Call) and _is(node, "norm")) else raised(node)


def _bracketed(text: str) -> str:
    r"""An exponent that is a name: ``T``, ``\\top`` or ``*`` alone would be a mark and not a power."""
    return text if _PLAIN_EXPONENT.fullmatch(text) else rf"\left({text}\right)"


def _transpose(node: Transpose) -> str:
    return rf"{raised(node.arg)}^{{\top}}"


def _index(node: Index) -> str:
    slots = ",".join(_slot(s) for s in node.slots)
    base = atom(node.base)
    return f"{{{base}}}_{{{slots}}}" if isinstance(node.base, Name) and "_" in base else f"{base}_{{{slots}}}"


def _slot(node: Node) -> str:
    """A slot; a word alone would be a label."""
    if isinstance(node, Slice):
        ends = (node.start, node.stop, node.step)
        written = (write(end, SUM) if end is not None else r"\text{none}" for end in ends)
        return rf"\operatorname{{slice}}\left({', '.join(written)}\right)" if any(ends) else ":"
    text = write(node, SUM)
    return rf"\left({text}\right)" if isinstance(node, Name) and text.startswith(r"\mathrm") else text


def _big(node: Big) -> str:
    if not _share_limits(node.binders):
        first, *rest = node.binders
        return _big(Big(node.op, (first,), (), Big(node.op, tuple(rest), node.conditions, node.body)))
    sign = {"sum": r"\sum", "prod": r"\prod", "max": r"\max", "min": r"\min"}.get(
        node.op, rf"\operatorname{{{node.op}}}"
    )
    uppers = [b.upper for b in node.binders]
    shared = uppers[0] if uppers else None
    below = [_binder(b.letter, b.lower) for b in node.binders]
    below += [write(c, RELATION) for c in node.conditions]
    above = f"^{{{write(shared, 0)}}}" if shared is not None else ""
    under = f"_{{{', '.join(below)}}}" if below else ""
    return f"{sign}{under}{above} {_body(node.body)}"


def _share_limits(binders: tuple[Binder, ...]) -> bool:
    """Whether letters can stand under one sign: one upper limit, and no letter that the next one's lower limit takes."""
    open_ = [b.lower is None for b in binders]
    return len({b.upper for b in binders}) < 2 and open_ == sorted(open_)


def _binder(letter: Name, lower: Node | None) -> str:
    return f"{_name(letter)}={write(lower, UNION)}" if lower is not None else _name(letter)


def _body(node: Node) -> str:
    return write(node, NEGATION if isinstance(node, Big) else LOOSE)


def _indicator(node: Indicator) -> str:
    return rf"\mathbb{{1}}\left[{write(node.condition, 0)}\right]"


def _cases(node: Cases) -> str:
    return rf"\begin{{cases}}{_ROW.join(map(_piece, node.pieces))}\end{{cases}}"


def _piece(piece: Piece) -> str:
    condition = _OTHERWISE if piece.condition is None else write(piece.condition, 0)
    return f"{write(piece.value, SUM)} & {condition}"


def _matrix(node: Matrix) -> str:
    rows = _ROW.join(" & ".join(write(cell, SUM) for cell in row.cells) for row in node.rows)
    return rf"\begin{{bmatrix}}{rows}\end{{bmatrix}}"


def _sequence(node: Sequence) -> str:
    inner = ", ".join(write(item, 0) for item in node.items) + ("," if len(node.items) == 1 else "")
    return rf"\left{node.brackets[0]}{inner}\right{node.brackets[1]}" if node.brackets else inner


def _set(node: SetOf) -> str:
    return r"\left\{" + ", ".join(write(item, 0) for item in node.items) + r"\right\}"


def _relation(node: Relation) -> str:
    out = [write(node.operands[0], UNION)]
    for op, operand in zip(node.ops, node.operands[1:], strict=True):
        out.append(f"{_RELATIONS.get(op, op)} {write(operand, UNION)}")
    return " ".join(out).strip()


def _logic(node: Logic) -> str:
    if node.op == "not":
        return rf"\neg {write(node.operands[0], NOT)}"
    mine, sign = _LOGIC[node.op]
    return f" {sign} ".join(write(operand, mine + 1) for operand in node.operands)


def _derivative(node: Derivative) -> str:
    if node.kind == "nabla":
        wrt = f"_{{{','.join(write(w, SUM) for w in node.wrt)}}}" if node.wrt else ""
        order = f"^{{{node.order}}}" if node.order > 1 else ""
        return rf"\nabla{wrt}{order}" + (f" {write(node.of, TIGHT)}" if node.of is not None else "")
    sign = r"\partial" if node.kind == "partial" else r"\mathrm{d}"
    of = "" if node.of is None else write(node.of, 0)
    times = len(node.wrt) or node.order
    above = sign + (f"^{{{times}}}" if times > 1 else "")
    if not node.wrt:
        return rf"{above} {write(node.of, FACTOR) if node.of is not None else ''}"
    below = " ".join(
        f"{sign} {write(w, FACTOR)}" if not isinstance(w, Power) else rf"{sign} \left({write(w, 0)}\right)"
        for w in node.wrt
    )
    return rf"\frac{{{above} {of}}}{{{below}}}"


def _at(node: At) -> str:
    return rf"\left.{write(node.body, 0)}\right|_{{{write(node.condition, 0)}}}"


_WRITERS: dict[type[Node], Callable[..., str]] = {
    Number: _number, Name: _name, Builtin: lambda node: rf"\operatorname{{{node.name}}}",
    Constant: constant, Prime: _prime, Add: _add,
    Neg: _neg, Product: write_product, Power: _power, Transpose: _transpose, Index: _index, Slice: _slot,
    Call: write_call, Big: _big,
    Indicator: _indicator, Cases: _cases, Matrix: _matrix, Sequence: _sequence, SetOf: _set,
    Relation: _relation, Logic: _logic,
    Derivative: _derivative, At: _at, Text: lambda node: f'"{node.text}"',
}  # fmt: skip
