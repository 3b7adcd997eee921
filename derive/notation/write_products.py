"""How products and fractions are written in LaTeX."""

from __future__ import annotations

from collections.abc import Sequence

from derive.notation.pratt import FACTOR, TIGHT
from derive.notation.tree import Big, Derivative, Name, Neg, Node, Number, Prime, Product
from derive.notation.walk import walk
from derive.notation.words import words

_SIGNS = {
    "cdot": r"\cdot",
    "times": r"\times",
    "odot": r"\odot",
    "circ": r"\circ",
    "otimes": r"\otimes",
    "oslash": r"\oslash",
    "%": r"\bmod",
    "//": "//",
}
_CLASH = frozenset(words("f g h F G L J u phi psi ell"))


def write_product(node: Product) -> str:
    """A product by its signs, a lone slash as a fraction."""
    from derive.notation.write import is_loose, write

    if node.ops == ("/",):
        return rf"\frac{{{write(node.factors[0], 0)}}}{{{write(node.factors[1], 0)}}}"
    return _loose(node) if is_loose(node) else _tight(node)


def is_closed(node: Derivative) -> bool:
    """Whether a derivative is written as a fraction that holds what it differentiates."""
    return node.kind != "nabla" and bool(node.wrt) and node.of is not None


def _loose(node: Product) -> str:
    out = [_sealed(node.factors[0], TIGHT)]
    for op, factor in zip(node.ops, node.factors[1:], strict=True):
        out.append(f"{_SIGNS.get(op, op)} {_sealed(factor, TIGHT)}")
    return " ".join(out)


def _sealed(node: Node, least: int) -> str:
    """In brackets also where its end would swallow what follows."""
    from derive.notation.write import write

    return write(node, least) if not _swallows(node) else rf"\left({write(node, 0)}\right)"


def _swallows(node: Node) -> bool:
    while isinstance(node, Product) and node.ops != ("/",):
        node = node.factors[-1]
    return isinstance(node, Big) or (isinstance(node, Derivative) and not is_closed(node))


def _tight(node: Product) -> str:
    from derive.notation.write import NEGATION, write

    parts = [_sealed(factor, FACTOR - 1) for factor in node.factors[:-1]]
    last = node.factors[-1]
    parts.append(write(last, NEGATION if isinstance(last, Big | Derivative) else FACTOR - 1))
    for i, op in enumerate(node.ops, 1):
        if op == "" and parts[i][0].isdigit():
            parts[i] = rf"\left({parts[i]}\right)"
    out = [_guarded(node.factors[0], parts[0], parts[1])]
    for i, op in enumerate(node.ops, 1):
        text = parts[i]
        following = parts[i + 1] if i + 1 < len(parts) else ""
        out.append(("/" if op else " ") + _guarded(node.factors[i], text, following))
    return "".join(out)


def _guarded(node: Node, text: str, following: str) -> str:
    """A name that would be called by the bracket behind it, or a function without argument, in brackets."""
    clash = isinstance(node, Name) and (node.name in _CLASH or node.latex.startswith(r"\mathrm"))
    called = clash and following.startswith(r"\left(")
    one = isinstance(node, Number) and node.text == "1" and following[:6] == r"\left("
    return rf"\left({text}\right)" if called or one or isinstance(node, Prime) else text


def reaches(term: Node, later: Sequence[Node]) -> bool:
    """Whether a term ends in a sum whose letter stands in a later term too, where it is another one."""
    ending = set()
    while isinstance(term, Big | Neg | Product):
        ending |= {b.letter.name for b in term.binders} if isinstance(term, Big) else set()
        term = term.body if isinstance(term, Big) else term.arg if isinstance(term, Neg) else term.factors[-1]
    return bool(ending) and any(isinstance(n, Name) and n.name in ending for other in later for n in walk(other))
