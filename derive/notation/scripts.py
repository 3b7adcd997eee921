"""What stands behind a factor: exponents, transposes, indices, primes, factorials, evaluation bars."""

from __future__ import annotations

from dataclasses import replace

from derive.notation.brackets import evaluated, group
from derive.notation.errors import NotRead, Unreadable
from derive.notation.functions import FUNCTIONS
from derive.notation.lexer import Token, behind_braces
from derive.notation.pratt import Parser, plain
from derive.notation.tree import (
    Add,
    Builtin,
    Call,
    Constant,
    Index,
    Matrix,
    Name,
    Neg,
    Node,
    Number,
    Power,
    Product,
    Slice,
    Transpose,
)  # fmt: skip
from derive.notation.walk import split_slots, walk

_MARKS = {
    "top": "top",
    "intercal": "top",
    "T": "T",
    "dagger": "dagger",
    "star": "star",
    "*": "star",
    "+": "plus",
}
_SCALARS = frozenset({"norm", "tr", "det", "logdet", "dot", "sum", "binomial", "factorial", "floor", "ceil"})


def postfix(p: Parser, node: Node) -> Node:
    """The node with everything that stands behind it."""
    raised = False
    if isinstance(node, Name) and node.name == "C" and not p.declared.is_known("C"):
        node = _combination(p, node)
    while True:
        token = p.token
        if token.kind == "^":
            if raised:
                raise Unreadable("There are two exponents here; please put brackets where they belong.", token.start)
            node, raised = _raised(p, node), True
            continue
        if token.kind == "_":
            node = _lowered(p, node)
        elif token.kind == "prime":
            node = _primed(p, node)
        elif token.kind == "op" and token.text == "!":
            p.take()
            node = Call(Builtin("factorial"), (plain(node),), span=p.span_from(node.span[0]))
        elif token.kind == "bar" and p.following().kind == "_" and not p.bars and token.side != "left":
            node = evaluated(p, node)
        else:
            return node
        raised = False


def _combination(p: Parser, node: Name) -> Node:
    """``C_n^k`` of books in French or Russian, and ``C^n_k``, where nothing else is called C."""
    first = p.token.kind
    second = behind_braces(p.tokens, p.at + 1) if first in ("_", "^") else None
    if second is None or {first, p.tokens[second].kind} != {"_", "^"}:
        return node
    if any(p.tokens[at + 2].text in _MARKS for at in (p.at, second)):
        return node
    p.take()
    one = plain(group(p))
    p.take()
    return Call(Builtin("binomial"), (one, plain(group(p))), span=p.span_from(node.span[0]))


def _primed(p: Parser, node: Node) -> Node:
    """A prime on something that is no function is a transpose; ``x_k'`` is an entry of ``x'`` where that is declared."""
    if isinstance(node, Index) and isinstance(node.base, Name):
        other = node.base.latex + "'" * int(p.token.text)
        name = next((n for n, s in p.declared.symbols.items() if s.latex == other), None)
        if name is not None:
            p.take()
            return replace(node, base=Name(name, other, span=node.base.span), span=p.span_from(node.span[0]))
    for _ in range(min(int(p.take().text), 4)):
        node = Transpose(plain(node), "prime", span=p.span_from(node.span[0]))
    return node


def _raised(p: Parser, node: Node) -> Node:
    caret = p.take()
    node = plain(node)
    content = _content(p)
    if not content:
        p.at += 2
        return node
    mark = _MARKS.get(content[-1].text) if content[-1].kind in ("id", "cmd", "op") else None
    if len(content) == 1 and mark in ("top", "T") and not _is_power_of_t(p, node, mark):
        return _marked(p, node, mark, 3)
    if len(content) == 2 and content[0].text == "-" and mark in ("top", "T") and not _is_power_of_t(p, node, mark):
        inverse = Power(node, Neg(Number("1")), span=node.span)
        return _marked(p, inverse, mark, 4)
    if len(content) == 1 and mark is not None and mark not in ("top", "T"):
        return _decorated_or_pseudo(p, node, content[0].text, mark)
    if len(content) == 1 and content[0].kind == "word" and isinstance(node, Name):
        p.at += 3
        word = content[0].text
        return Name(f"{node.name}^{{{word}}}", f"{node.latex}^{{\\mathrm{{{word}}}}}", span=p.span_from(node.span[0]))
    if content[0].text in ("odot", "circ") and content[0].kind == "op":
        return _entrywise(p, node, len(content) == 1, caret.start)
    exponent = plain(group(p))
    return Power(node, exponent, span=p.span_from(node.span[0]))


def _content(p: Parser) -> list[Token]:
    """The tokens of the braced script that starts here, without the braces; only the first few matter."""
    found = []
    for token in p.tokens[p.at + 1 : p.at + 5]:
        if token.kind in ("}", "{"):
            break
        found.append(token)
    return found if token.kind == "}" else [*found, token, token]


def _marked(p: Parser, node: Node, mark: str, size: int) -> Node:
    p.at += size
    if isinstance(node, Number) and node.text == "1":  # a number is not transposed: a row of ones
        node = Constant("ones", span=node.span)
    return Transpose(node, mark, span=p.span_from(node.span[0]))


def _is_power_of_t(p: Parser, node: Node, mark: str) -> bool:
    """``x^T`` is a power where x is a scalar and T a declared name or a dimension."""
    return mark == "T" and (p.declared.is_known("T") or "T" in p.bound) and is_scalar(p, node)


def is_scalar(p: Parser, node: Node) -> bool:
    """Whether a node certainly is a number: sums and products of declared scalars, entries, norms."""
    if isinstance(node, Number | Constant):
        return not (isinstance(node, Constant) and node.name in ("ones", "zeros"))
    if isinstance(node, Name):
        return p.declared.rank(node.name) == 0 or node.name in p.bound
    if isinstance(node, Index):
        return isinstance(node.base, Name) and p.declared.rank(node.base.name) == len(node.slots)
    if isinstance(node, Call):
        return (isinstance(node.function, Builtin) and node.function.name in _SCALARS) or all(
            is_scalar(p, a) for a in node.args
        )
    if isinstance(node, Add):
        return all(is_scalar(p, t) for t in node.terms)
    if isinstance(node, Product):
        return all(is_scalar(p, t) for t in node.factors)
    if isinstance(node, Power):
        return is_scalar(p, node.base)
    return isinstance(node, Neg) and is_scalar(p, node.arg)


def _decorated_or_pseudo(p: Parser, node: Node, text: str, mark: str) -> Node:
    bracketed = p.tokens[p.at - 2].kind == "close"
    p.at += 3
    span = p.span_from(node.span[0])
    if mark in ("plus", "dagger"):
        positive = mark == "plus" and bracketed and _has_no_matrix(p, node)  # a bare w^+ is the next w to many
        return Call(Builtin("relu" if positive else "pinv"), (node,), span=span)
    if not isinstance(node, Name):
        raise Unreadable("A star here is not read; stars belong to names, as in w^*.", span[1] - 1)
    return Name(f"{node.name}^*", f"{node.latex}^{{*}}", span=span)


def _has_no_matrix(p: Parser, node: Node) -> bool:
    """Whether all that it speaks of are declared numbers and vectors: ``(x)^+`` is then its positive part."""
    ranks = [
        2 if isinstance(n, Matrix) else p.declared.rank(n.name) for n in walk(node) if isinstance(n, Name | Matrix)
    ]
    return is_scalar(p, node) or (bool(ranks) and all(r is not None and r < 2 for r in ranks))


def _entrywise(p: Parser, node: Node, lonely: bool, at: int) -> Node:
    """``A^{⊙2}``, the power of every entry."""
    if lonely:
        raise Unreadable("Degrees are not read; angles are in radians.", at)
    opening = p.take()
    p.take()
    exponent = plain(p.expression())
    p.expect("}", opening, "brace")
    return Call(Builtin("hadamard_power"), (node, exponent), span=p.span_from(node.span[0]))


def _lowered(p: Parser, node: Node) -> Node:
    p.take()
    node = plain(node)
    if len(content := _content(p)) == 1 and content[0].kind == "op" and content[0].text in ("+", "-"):
        return _part(p, node, content[0])
    word = _label(p)
    if word is not None:
        return _labelled(p, node, word)
    slots = _slots(p)
    if not slots:
        return node
    if isinstance(node, Constant) and node.name not in ("ones", "zeros"):
        raise Unreadable("A constant has no index.", node.span[0])
    rank = p.declared.rank(node.name) if isinstance(node, Name) else None
    return Index(node, split_slots(slots, rank or 0), span=p.span_from(node.span[0]))


def _part(p: Parser, node: Node, sign: Token) -> Node:
    """``(x)_+``, the positive part."""
    if sign.text == "-":
        raise NotRead("A lower index − is not read; please write max(…, 0) for the part that is meant.", sign.start)
    p.at += 3
    return Call(Builtin("relu"), (node,), span=p.span_from(node.span[0]))


def _label(p: Parser) -> str | None:
    r"""The word that a subscript consists of (``x_{max}``, ``W_{\text{out}}``), if it is no index."""
    opening = p.at
    at, word = opening + 1, ""
    while p.tokens[at].kind in ("id", "word") and p.tokens[at].text[0] != "\\":
        word, at = word + p.tokens[at].text, at + 1
    if p.tokens[at].kind != "}":
        return None
    if p.tokens[opening + 1].kind == "word" or (len(word) > 2 and word in FUNCTIONS):
        return word
    return None


def _labelled(p: Parser, node: Node, word: str) -> Node:
    while p.take().kind != "}":
        pass
    if not isinstance(node, Name):
        raise Unreadable(f"The subscript '{word}' is not an index.", node.span[1])
    span = p.span_from(node.span[0])
    return Name(f"{node.name}_{{{word}}}", f"{node.latex}_{{\\mathrm{{{word}}}}}", span=span)


def _slots(p: Parser) -> tuple[Node, ...]:
    """Index expressions with commas between; ``:`` or ``·`` in place of one means all."""
    opening = p.expect("{", p.token)
    bars, p.bars = p.bars, 0
    found: list[Node] = []
    last = next(i for i in range(p.at, len(p.tokens)) if p.tokens[i].kind in ("}", "eof")) - 1
    if _is_all(p, last):  # in A_{i·} the dot is a slot of its own and not a product
        p.tokens[last].text = ":"
    while p.token.kind != "}":
        found.append(_slot(p))
        if (
            not p.accept("op", ",")
            and not p.accept("op", ";")
            and not _is_all(p, p.at)
            and not isinstance(found[-1], Slice)
        ):
            break
    p.bars = bars
    p.expect("}", opening, "brace")
    return tuple(found)


def _is_all(p: Parser, at: int) -> bool:
    return p.tokens[at].kind == "op" and p.tokens[at].text in (":", "cdot", "*")


def _slot(p: Parser) -> Node:
    if _is_all(p, p.at):
        token = p.take()
        return Slice(span=(token.start, token.end))
    node = p.expression()
    if isinstance(node, Call) and node.function == Builtin("slice"):
        ends = (None if end == Constant("none") else end for end in (*node.args, *[Constant("none")] * 3)[:3])
        return Slice(*ends, span=node.span)
    return node
