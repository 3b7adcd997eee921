"""Functions and their arguments: in brackets, or one factor (or a number times a factor) without."""

from __future__ import annotations

from derive.notation import functions as f
from derive.notation.brackets import group, inside
from derive.notation.errors import Unreadable
from derive.notation.pratt import FACTOR, TIGHT, Parser, plain
from derive.notation.tree import (
    Builtin,
    Call,
    Constant,
    Index,
    Indicator,
    Keyword,
    Name,
    Node,
    Number,
    Power,
    Prime,
    Product,
    Relation,
    SetOf,
)

_AXES = {"row": "-1", "rows": "-1", "col": "0", "cols": "0", "column": "0", "columns": "0"}
_KEYWORDS = frozenset(
    {"axis", "dim", "keepdims", "keepdim", "axes", "ord", "offset", "ddof", "k", "mode", "initial", "p"}
)
_LISTS = frozenset({"max", "min", "gcd", "lcm"})


class _Between:
    """What stands between a function and its argument: primes, an exponent, an index."""

    def __init__(self, p: Parser, function: Node) -> None:
        self.order = 0
        self.power: Node | None = None
        self.sub: Node | None = None
        self.keywords: tuple[Keyword, ...] = ()
        while p.token.kind in ("prime", "^", "_"):
            getattr(self, {"prime": "prime", "^": "raised", "_": "lowered"}[p.token.kind])(p, function)

    def prime(self, p: Parser, function: Node) -> None:
        self.order += int(p.take().text)

    def raised(self, p: Parser, function: Node) -> None:
        token = p.take()
        if _is_order(p) and self.power is None:
            p.at += 2
            self.order += int(p.take().text)
            p.at += 2
            return
        if self.power is not None:
            raise Unreadable("There are two exponents here; please put brackets where they belong.", token.start)
        self.power = plain(group(p))

    def lowered(self, p: Parser, function: Node) -> None:
        token = p.take()
        if p.following().kind == "word" and p.following().text in _AXES:
            axis = p.following()
            self.keywords = (_axis_keyword(axis.text, (axis.start, axis.end)),)
            p.at += 3
            return
        if self.sub is not None:
            raise Unreadable("There are two subscripts here.", token.start)
        self.sub = group(p)


def _axis_keyword(word: str, span: tuple[int, int]) -> Keyword:
    from derive.notation.tree import Neg

    number = Number(_AXES[word].lstrip("-"), span=span)
    return Keyword("axis", Neg(number, span=span) if _AXES[word][0] == "-" else number, span=span)


def _is_order(p: Parser) -> bool:
    """Whether ``^{(k)}`` with a literal k follows."""
    kinds = [p.following(i).kind for i in range(5)]
    return (
        kinds == ["{", "open", "num", "close", "}"] and p.following(2).text.isdigit() and len(p.following(2).text) < 3
    )


def applied(p: Parser, function: Node, start: int) -> Node:
    """``function`` with its argument; exponents between them go around it: ``sin² x`` is ``(sin x)²``."""
    if isinstance(function, Builtin) and function.name in ("max", "min", "sum", "prod") and p.token.kind in ("_", "^"):
        from derive.notation.big import big_after

        return big_after(p, function.name, start)
    between = _Between(p, function)
    if between.order:
        function = Prime(function, between.order, span=p.span_from(start))
    function, power = _inverted(function, between.power)
    args = _arguments(p, function)
    if args is None:
        return _alone(p, function, between, start)
    if isinstance(function, Builtin) and function.name == "log" and between.sub is not None:
        args, between.sub = (*args, between.sub), None
    args, named = _named(args)
    node: Node = Call(function, args, (*between.keywords, *named), span=p.span_from(start))
    if isinstance(function, Builtin) and function.name in ("sum", "prod"):
        from derive.notation.big import over_letters

        node = over_letters(p, function.name, args, node.span) or node
    if between.sub is not None:
        node = Index(node, (between.sub,), span=node.span)
    return node if power is None else Power(node, power, span=node.span)


def _inverted(function: Node, power: Node | None) -> tuple[Node, Node | None]:
    """``sin^{-1}`` is the inverse function, as in print."""
    from derive.notation.tree import Neg

    minus_one = isinstance(power, Neg) and power.arg == Number("1")
    if minus_one and isinstance(function, Builtin) and function.name in f.INVERSES:
        return Builtin(f.INVERSES[function.name], span=function.span), None
    return function, power


def _arguments(p: Parser, function: Node) -> tuple[Node, ...] | None:
    """The arguments, or None where nothing follows."""
    if p.token.kind == "open" and p.token.text in ("(", "["):
        return tuple(plain(node) for node in inside(p)[1])
    if p.token.kind == "open" and p.token.text == r"\{":
        return tuple(plain(node) for node in inside(p)[1])
    if not p.starts_factor() and not (p.token.kind == "op" and p.token.text in ("-", "+") and _takes_sign(function)):
        return None
    node = bare_argument(p)
    if isinstance(node, SetOf) and isinstance(function, Builtin) and function.name in _LISTS:
        return node.items
    return (plain(node),)


def _named(args: tuple[Node, ...]) -> tuple[tuple[Node, ...], tuple[Keyword, ...]]:
    """Arguments such as ``axis = 0`` apart; the first is never one, so that ``tanh([k = p])`` keeps its bracket."""
    named = []
    for arg in args[1:]:
        inner = arg.condition if isinstance(arg, Indicator) else arg
        if isinstance(inner, Relation) and inner.ops == ("=",) and isinstance(inner.operands[0], Name):
            name = inner.operands[0].name
            if name in _KEYWORDS:
                named.append((arg, Keyword(name, inner.operands[1], span=arg.span)))
    kept = tuple(a for a in args if not any(a is n for n, _ in named))
    return kept, tuple(k for _, k in named)


def _takes_sign(function: Node) -> bool:
    return isinstance(function, Builtin) and function.name in (
        "exp",
        "sin",
        "cos",
        "tan",
        "tanh",
        "sinh",
        "cosh",
    )


def bare_argument(p: Parser) -> Node:
    """One factor, or a number times a factor; the customary deeper reading takes the whole product."""
    if p.options.deep_function:
        return p.expression(TIGHT)
    start = p.token.start
    first = p.expression(FACTOR)
    if isinstance(first, Number) and p.level() == (TIGHT, "") and p.token.kind != "num":
        second = p.expression(FACTOR)
        first = Product((first, plain(second)), ("",), span=p.span_from(start))
    if p.options.one and _ends_in_pi(first):
        return _of_pi(p, first, start)
    if p.level() == (TIGHT, "") and p.token.kind in ("id", "num"):
        p.options.met.add("deep_function")
    return first


def _ends_in_pi(node: Node) -> bool:
    return node == Constant("pi") or (isinstance(node, Product) and node.factors[-1] == Constant("pi"))


def _of_pi(p: Parser, node: Node, start: int) -> Node:
    r"""All the names behind π: ``\cos 2\pi f t`` is of the whole product; whether a slash ends it nobody can tell."""
    factors = [node]
    while p.level() == (TIGHT, "") and p.token.kind == "id":
        factors.append(plain(p.expression(FACTOR)))
    if len(factors) > 1 and p.level() == (TIGHT, "/"):
        raise Unreadable("Does the function end before this slash? Put brackets round what it is of.", p.token.start)
    return node if len(factors) == 1 else Product(tuple(factors), ("",) * (len(factors) - 1), span=p.span_from(start))


def _alone(p: Parser, function: Node, between: _Between, start: int) -> Node:
    """A function that nothing follows: its name, as in ``σ′ ⊙ v``; a known function needs its argument."""
    if isinstance(function, Builtin):
        raise Unreadable(f"The function {function.name} needs something after it.", p.token.start)
    node = function
    if between.sub is not None:
        node = Index(node, (between.sub,), span=p.span_from(start))
    if between.power is not None:
        node = Power(node, between.power, span=p.span_from(start))
    return node


def is_function(p: Parser, node: Node) -> bool:
    """Whether a node names a function of a scalar."""
    return isinstance(node, Builtin | Prime) or (isinstance(node, Name) and p.declared.is_function(node.name))
