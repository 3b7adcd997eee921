"""Calls in Python syntax: NumPy's and SymPy's functions and methods, sums over generators, pieces."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from derive.notation import functions as f
from derive.notation.python_families import corrected, family, is_torch
from derive.notation.python_lists import enumerated
from derive.notation.tree import (
    Add,
    Big,
    Binder,
    Builtin,
    Call,
    Cases,
    Constant,
    Keyword,
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
    Row,
    Sequence,
    SetOf,
    Transpose,
    beta,
)  # fmt: skip

if TYPE_CHECKING:
    from derive.notation.python_nodes import Reader

_PRODUCTS = {"matmul": "@", "hadamard": "odot", "divide": "/", "floor_divide": "//", "remainder": "%"}
_RELATIONS = {
    "equal": "=",
    "not_equal": "!=",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
}
_REDUCTIONS = {"sum", "prod", "max", "min", "mean"}
_OVER = {"sum": "sum", "fsum": "sum", "prod": "prod", "max": "max", "min": "min", "mean": "mean", "fmean": "mean"}
_SUMS = {"Sum": "sum", "Product": "prod", "summation": "sum", "product": "prod"}
_IGNORED_METHODS = frozenset(
    {"copy", "item", "astype", "tolist", "doit", "simplify", "as_explicit", "evalf", "float", "double"}
)
_SETS = frozenset({"set", "FiniteSet", "frozenset"})


def call(r: Reader, node: ast.Call) -> Node:
    """Any call that the whitelist knows."""
    if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
        raise r.no(node, "Starred arguments are not part of an answer.")
    if isinstance(node.func, ast.Attribute) and not r.is_module(node.func.value):
        found = family(r, node, node.func)
        return _method(r, node, node.func) if found is None else found
    name = (
        node.func.id
        if isinstance(node.func, ast.Name)
        else node.func.attr
        if isinstance(node.func, ast.Attribute)
        else ""
    )
    if name in r.bound or r.declared.is_known(name):
        return _declared(r, node)
    if name in _SUMS and len(node.args) > 1:
        return _symbolic_sum(r, node, _SUMS[name])
    if name in ("sum", "prod") and len(node.args) > 1 and all(_loose(r, a) for a in node.args[1:]):
        return _symbolic_sum(r, node, name)
    if name in _OVER and node.args and isinstance(node.args[0], ast.GeneratorExp | ast.ListComp):
        return comprehension(r, node.args[0], _OVER[name])
    if name == "Piecewise":
        return _piecewise(r, node)
    if name in _SETS:
        return _set(r, node)
    if name == "range":
        return Call(Builtin("arange"), r.several(node.args), span=r.span(node))
    if name == "beta" and len(node.args) == 2:
        return beta(r.expression(node.args[0]), r.expression(node.args[1]), r.span(node))
    if name in ("Rational", "Fraction", "Integer", "Float", "S", "float", "int", "list", "tuple"):
        return _converted(r, node, name)
    return _finished(r, node, name)


def _declared(r: Reader, node: ast.Call) -> Node:
    """A declared function's value; calling a number is no product in Python."""
    function = r.expression(node.func)
    if not (isinstance(function, Name) and r.declared.is_function(function.name)):
        raise r.no(node, "This name is not a function; a product is written with *.")
    return Call(function, r.several(node.args), _keywords(r, node), span=r.span(node))


def _keywords(r: Reader, node: ast.Call) -> tuple[Keyword, ...]:
    kept = [k for k in node.keywords if k.arg not in ("dtype", "out", "evaluate", "optimize")]
    return tuple(Keyword(k.arg or "", r.expression(k.value)) for k in kept)


def _finished(r: Reader, node: ast.Call, name: str) -> Node:
    """A function by name, with the simplest tree for it."""
    function = r.expression(node.func)
    if not isinstance(function, Builtin | Prime | Name):
        raise r.no(node, "Only a function can be called.")
    if isinstance(function, Name) and name not in f.FUNCTIONS and r.declared.is_known(name):
        raise r.no(node, "This name is not a function; a product is written with *.")
    args, keywords, span = r.several(node.args), _keywords(r, node), r.span(node)
    if name in ("var", "std") and is_torch(node.func):
        keywords = corrected(keywords)
    if isinstance(function, Builtin):
        special = _special(r, node, function.name, args)
        if special is not None:
            return special
        if not args and not keywords:
            raise r.no(node, f"The function {function.name} needs something in its brackets.")
    return Call(function, args, keywords, span=span)


def _special(r: Reader, node: ast.Call, name: str, args: tuple[Node, ...]) -> Node | None:
    """Functions that are signs, or literals, in disguise."""
    span = r.span(node)
    if name in _PRODUCTS and len(args) > 1:
        return Product(args, (_PRODUCTS[name],) * (len(args) - 1), span=span)
    if name in _RELATIONS and len(args) == 2:
        return Relation(args, (_RELATIONS[name],), span=span)
    if name in ("and", "or", "not", "xor") and args:
        return Logic(name, args, span=span)
    if name == "transpose" and _turned(args) and not node.keywords:
        return Transpose(args[0], "T", span=span)
    if name == "reciprocal" and len(args) == 1:
        return Power(args[0], Neg(Number("1")), span=span)
    if name in ("power", "matrix_power") and len(args) == 2 and name == "power":
        return Power(*args, span=span)
    if name == "rsqrt" and len(args) == 1:
        return Power(Call(Builtin("sqrt"), args), Neg(Number("1")), span=span)
    if name == "square" and len(args) == 1:
        return Power(args[0], Number("2"), span=span)
    if name == "negative" and len(args) == 1:
        return Neg(args[0], span=span)
    if name == "add" and len(args) > 1:
        return Add(args, span=span)
    if name == "subtract" and len(args) == 2:
        return Add((args[0], Neg(args[1])), span=span)
    if name == "where" and len(args) == 3:
        other = args[2]
        rest = other.pieces if isinstance(other, Cases) else (Piece(other),)
        return Cases((Piece(args[1], args[0]), *rest), span=span)
    return _literal(name, args, node, r)


def _turned(args: tuple[Node, ...]) -> bool:
    """Whether a transposition names no axes, or both axes of a matrix."""
    axes = args[1].items if len(args) == 2 and isinstance(args[1], Sequence) else args[1:]
    return not axes or sorted(a.text for a in axes if isinstance(a, Number)) == ["0", "1"]


def _literal(name: str, args: tuple[Node, ...], node: ast.Call, r: Reader) -> Node | None:
    """A matrix or column written out."""
    if name != "array" or len(args) != 1 or not isinstance(args[0], Sequence):
        return None
    rows = [item.items if isinstance(item, Sequence) else (item,) for item in args[0].items]
    nested = [isinstance(item, Sequence) for item in args[0].items]
    if any(nested) != all(nested) or len({len(row) for row in rows}) != 1:
        raise r.no(node, "The rows of this array do not all have the same number of entries.")
    if any(isinstance(cell, Sequence) for row in rows for cell in row):
        return Call(Builtin("array"), args, span=r.span(node))
    return Matrix(tuple(Row(tuple(row)) for row in rows), span=r.span(node))


def _method(r: Reader, node: ast.Call, function: ast.Attribute) -> Node:
    """``x.sum()``, ``A.dot(x)``: the function with the object as its first argument."""
    base, name, span = r.expression(function.value), function.attr, r.span(node)
    if name in _IGNORED_METHODS:
        return base
    known = "transpose" if name == "t" else f.FUNCTIONS.get(name)
    if known is None or name.startswith("_"):
        raise r.no(node, f"The method '.{name}()' is not something we read here.")
    args = (base, *r.several(node.args))
    special = _special(r, node, known, args)
    if special is not None:
        return special
    return Call(Builtin(known), args, _keywords(r, node), span=span)


def _piecewise(r: Reader, node: ast.Call) -> Node:
    pieces: list[Piece] = []
    for argument in node.args:
        if not isinstance(argument, ast.Tuple) or len(argument.elts) != 2:
            raise r.no(argument, "Each piece is a pair: (value, condition).")
        value, condition = r.several(argument.elts)
        pieces.append(Piece(value, None if condition == Constant("true") else condition, span=r.span(argument)))
    if not pieces:
        raise r.no(node, "There are no pieces here.")
    return Cases(tuple(pieces), span=r.span(node))


def _set(r: Reader, node: ast.Call) -> Node:
    if len(node.args) == 1 and (found := enumerated(r, node.args[0])) is not None:
        return SetOf(found, span=r.span(node)) if found else Constant("empty", span=r.span(node))
    args = r.several(node.args)
    if len(args) == 1 and isinstance(args[0], Sequence | SetOf):
        args = args[0].items
    return SetOf(args, span=r.span(node)) if args else Constant("empty", span=r.span(node))


def _converted(r: Reader, node: ast.Call, name: str) -> Node:
    """Conversions say nothing; a rational is a fraction."""
    args = r.several(node.args)
    if len(args) == 2 and name in ("Rational", "Fraction"):
        return Product(args, ("/",), span=r.span(node))
    if len(args) != 1:
        raise r.no(node, f"The function '{name}' is read with one argument.")
    from derive.notation.tree import Text

    if isinstance(args[0], Text):
        raise r.no(node, "Text inside a formula is not read.")
    return Call(Builtin("trunc"), args, span=r.span(node)) if name == "int" else args[0]


def _symbolic_sum(r: Reader, node: ast.Call, op: str) -> Node:
    """SymPy's ``Sum(body, (j, first, last), …)``; the first letter is the innermost."""
    limits: list[tuple[Name, tuple[Node, ...]]] = []
    for limit in node.args[1:]:
        parts = limit.elts if isinstance(limit, ast.Tuple) else [limit]
        if len(parts) not in (1, 2, 3) or not isinstance(parts[0], ast.Name):
            raise r.no(limit, "A range is written (letter, first, last).")
        limits.append((Name(parts[0].id, r.declared.latex(parts[0].id), span=r.span(parts[0])), r.several(parts[1:])))
    r.bound.extend(letter.name for letter, _ in limits)
    body = r.expression(node.args[0])
    del r.bound[len(r.bound) - len(limits) :]
    for letter, bounds in limits:
        lower = bounds[0] if len(bounds) == 2 else Number("0") if bounds else None
        upper = bounds[-1] if len(bounds) == 2 else _before(bounds[0]) if bounds else None
        body = Big(op, (Binder(letter, lower, upper, span=letter.span),), (), body, span=r.span(node))
    return body


def _loose(r: Reader, node: ast.expr) -> bool:
    """A letter that nothing declares: ``sum(w[i]*x[i], i)`` runs over all of it."""
    return isinstance(node, ast.Name) and not r.declared.is_known(node.id)


def _before(node: Node) -> Node:
    """One less, for Python's ranges, which leave their end out."""
    terms = node.terms if isinstance(node, Add) else (node,)
    return Add((*terms, Neg(Number("1"))), span=node.span)


def comprehension(r: Reader, node: ast.expr, op: str = "sum") -> Node:
    """``sum(… for j in range(n) if …)``; elsewhere a comprehension has no meaning here."""
    assert isinstance(node, ast.GeneratorExp | ast.ListComp)
    binders, conditions = [], []
    for generator in node.generators:
        binders.append(_generated(r, generator))
        r.bound.append(binders[-1].letter.name)
        conditions += [r.expression(condition) for condition in generator.ifs]
    body = r.expression(node.elt)
    del r.bound[len(r.bound) - len(binders) :]
    return Big(op, tuple(binders), tuple(conditions), body, span=r.span(node))


def _generated(r: Reader, generator: ast.comprehension) -> Binder:
    source, target = generator.iter, generator.target
    if not isinstance(target, ast.Name) or generator.is_async:
        raise r.no(target, "A sum runs over one letter at a time.")
    if not (
        isinstance(source, ast.Call)
        and isinstance(source.func, ast.Name)
        and source.func.id == "range"
        and not source.keywords
    ):
        raise r.no(source, "A sum runs over a range, as in sum(... for j in range(n)).")
    bounds = r.several(source.args)
    if len(bounds) not in (1, 2):
        raise r.no(source, "A range here has a start and a stop.")
    lower = bounds[0] if len(bounds) == 2 else Number("0")
    letter = Name(target.id, r.declared.latex(target.id), span=r.span(target))
    return Binder(letter, lower, _before(bounds[-1]), span=r.span(source))
