"""Formulas as students type them: a tree written as Python, which counts from 0, or as the plain text of a box."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from derive.notation.declare import Declarations
from derive.notation.tree import (
    Add,
    Big,
    Binder,
    Builtin,
    Call,
    Cases,
    Constant,
    Index,
    Indicator,
    Logic,
    Matrix,
    Name,
    Neg,
    Node,
    Number,
    Power,
    Prime,
    Product,
    Relation,
)  # fmt: skip

PYTHON_CONSTANTS = {"e": "e", "pi": "pi", "infinity": "inf", "true": "True", "false": "False"}
PLAIN_CONSTANTS = {"e": "e", "pi": "pi", "infinity": "oo", "true": "true", "false": "false"}
SIGNS = {"": "*", "/": "/", "cdot": "*", "times": "*", "odot": "*", "*": "*", "@": "@"}
SPELLED = re.compile(r"[A-Za-z]+(?:_[A-Za-z]+)?")
BIGS = ("sum", "prod", "max", "min")
FUNCTIONS = {"ceil": "ceil", "tr": "trace"}


class Untypable(ValueError):
    """There is no such text for this formula."""


@dataclass(frozen=True)
class Typist:
    r"""Writes trees in one syntax, ``python`` or ``text``.

    >>> from derive.notation.latex import read_latex
    >>> tree = read_latex(r"\sum_{i=1}^{n} x_{i}^{2}", Declarations.of({"x": {"shape": ["n"]}}))
    >>> Typist("python", Declarations.of({"x": {"shape": ["n"]}})).write(tree)
    'sum((x[(i)-1])**(2) for i in range(1, (n)+1))'
    >>> Typist("text", Declarations.of({"x": {"shape": ["n"]}})).write(tree)
    'sum_(i=1)^(n) ((x_(i))^(2))'

    Raises:
        Untypable: the syntax has no way to say it.
    """

    syntax: str
    declared: Declarations

    @property
    def python(self) -> bool:
        """Whether Python is written."""
        return self.syntax == "python"

    def write(self, node: Node) -> str:
        """The text of a tree."""
        writer = _WRITERS.get(type(node))
        if writer is None:
            raise Untypable(f"{type(node).__name__} has no {self.syntax}")
        return writer(self, node)

    def held(self, node: Node) -> str:
        """The text in parentheses, unless it is one name or number."""
        text = self.write(node)
        return text if text.isalnum() else f"({text})"

    def start(self, name: str, slot: int) -> int:
        """What LaTeX calls the first entry of an axis."""
        symbol = self.declared.symbols.get(name)
        shape = symbol.shape if symbol is not None and symbol.shape else ()
        lower = shape[slot].lower if slot < len(shape) else None
        return self.declared.index_base if lower is None else int(lower)


def _name(t: Typist, node: Name) -> str:
    name = node.name.replace("'", "_")
    if not t.python:
        if not SPELLED.fullmatch(name):
            raise Untypable(f"{name} has no plain spelling")
        return name
    if name in t.declared.free_indices:
        return f"({name} + {t.declared.index_base})"
    if not name.isidentifier():
        raise Untypable(f"{name} is no Python name")
    return "lambda_" if name == "lambda" else name


def _constant(t: Typist, node: Constant) -> str:
    known = PYTHON_CONSTANTS if t.python else PLAIN_CONSTANTS
    if node.name not in known:
        raise Untypable(f"{node.name} is not typed")
    return known[node.name]


def _add(t: Typist, node: Add) -> str:
    texts = [f"- {t.held(x.arg)}" if isinstance(x, Neg) else f"+ {t.held(x)}" for x in node.terms]
    return " ".join(texts).removeprefix("+ ")


def _product(t: Typist, node: Product) -> str:
    text = t.held(node.factors[0])
    for op, factor in zip(node.ops, node.factors[1:], strict=True):
        if op not in SIGNS:
            raise Untypable(f"{op} is not typed")
        text += SIGNS[op] + t.held(factor)
    return text


def _power(t: Typist, node: Power) -> str:
    inverse = isinstance(node.exponent, Neg) and node.exponent.arg == Number("1")
    if t.python and inverse and isinstance(node.base, Name) and t.declared.rank(node.base.name) == 2:
        return f"inv({t.write(node.base)})"  # NumPy's power is taken entry by entry
    return f"{t.held(node.base)}{'**' if t.python else '^'}({t.write(node.exponent)})"


def _index(t: Typist, node: Index) -> str:
    name = node.base.name if isinstance(node.base, Name) else ""
    slots = [t.write(s) for s in node.slots]
    if not t.python:
        return f"{t.write(node.base)}_({','.join(slots)})"
    moved = [s if not (k := t.start(name, at)) else f"({s})-{k}" for at, s in enumerate(slots)]
    return f"{t.held(node.base)}[{', '.join(moved)}]"


def _call(t: Typist, node: Call) -> str:
    if node.keywords:
        raise Untypable("named arguments are not typed")
    inside = ", ".join(map(t.write, node.args))
    name = "sqrt" if isinstance(node.function, Builtin) and node.function.name == "sqrt" else t.write(node.function)
    return f"{name}({inside})"


def _prime(t: Typist, node: Prime) -> str:
    if t.python:
        raise Untypable("Python has no prime")
    return t.write(node.function) + "'" * node.order


def _big(t: Typist, node: Big) -> str:
    if node.op not in BIGS:
        raise Untypable(f"{node.op} is not typed")
    if t.python:
        loops = " ".join(_loop(t, b) for b in node.binders)
        conditions = "".join(f" if {t.write(c)}" for c in node.conditions)
        return f"{node.op}({t.write(node.body)} {loops}{conditions})"
    if node.conditions or node.op not in ("sum", "prod"):
        raise Untypable("conditions are not typed")
    heads = (
        f"{node.op}_({b.letter.name}={_bound(t, b.lower)})^({_bound(t, b.upper)})"
        for b in node.binders
    )  # fmt: skip
    return f"{' '.join(heads)} ({t.write(node.body)})"


def _loop(t: Typist, b: Binder) -> str:
    return f"for {t.write(b.letter)} in range({_bound(t, b.lower)}, ({_bound(t, b.upper)})+1)"


def _bound(t: Typist, bound: Node | None) -> str:
    if bound is None or Constant("infinity") == bound:
        raise Untypable("a letter without bounds")
    return t.write(bound)


def _relation(t: Typist, node: Relation) -> str:
    text = t.write(node.operands[0])
    for op, side in zip(node.ops, node.operands[1:], strict=True):
        if op not in ("=", "!=", "<", "<=", ">", ">="):
            raise Untypable(f"{op} is not typed")
        text += f" {'==' if t.python and op == '=' else op} {t.write(side)}"
    return text


def _logic(t: Typist, node: Logic) -> str:
    if node.op == "not":
        return f"not {t.held(node.operands[0])}"
    if node.op not in ("and", "or"):
        raise Untypable(f"{node.op} is not typed")
    return f" {node.op} ".join(t.held(x) for x in node.operands)


def _indicator(t: Typist, node: Indicator) -> str:
    inside = t.write(node.condition)
    return f"where({inside}, 1, 0)" if t.python else f"[{inside}]"


def _cases(t: Typist, node: Cases) -> str:
    *first, last = node.pieces
    if not t.python or not first or any(p.condition is None for p in first):
        raise Untypable("cases are not typed")
    rest = "0" if last.condition is not None else t.write(last.value)
    pieces = node.pieces if last.condition is not None else first
    for piece in reversed(pieces):
        rest = f"where({t.write(piece.condition or piece.value)}, {t.write(piece.value)}, {rest})"
    return rest


def _matrix(t: Typist, node: Matrix) -> str:
    if all(len(row.cells) == 1 for row in node.rows):
        return f"[{', '.join(t.write(row.cells[0]) for row in node.rows)}]"
    return f"[{', '.join('[' + ', '.join(map(t.write, row.cells)) + ']' for row in node.rows)}]"


def _number(t: Typist, node: Number) -> str:
    return node.text


def _builtin(t: Typist, node: Builtin) -> str:
    return FUNCTIONS.get(node.name, node.name)


def _neg(t: Typist, node: Neg) -> str:
    return f"-{t.held(node.arg)}"


_WRITERS: dict[type[Node], Callable[[Typist, Any], str]] = {
    Number: _number,
    Builtin: _builtin,
    Neg: _neg,
    Name: _name,
    Constant: _constant,
    Add: _add,
    Product: _product,
    Power: _power,
    Index: _index,
    Call: _call,
    Prime: _prime,
    Big: _big,
    Relation: _relation,
    Logic: _logic,
    Indicator: _indicator,
    Cases: _cases,
    Matrix: _matrix,
}
