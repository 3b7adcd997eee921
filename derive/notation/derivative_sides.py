r"""What stands left of an equals sign: the derivative that is asked for, alone or as a multiple; nothing is ignored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.notation.asked import Asked, UnfitSide, bare
from derive.notation.declare import Declarations, latex_of_name
from derive.notation.errors import Refused, Unreadable
from derive.notation.latex import read_latex
from derive.notation.sides import LAST_INDEX, sides_of, unrolled
from derive.notation.tree import Call, Derivative, Index, Name, Neg, Node, Number, Power, Product, Relation, Transpose
from derive.notation.walk import walk

_DISPLAY = re.compile(r"(?<!\\)(?:\\[\[\]()]|\$)")
_STOP = re.compile(r"(?:(?<!\\)[.,;]|\s)+$")
_WORD = re.compile(r"\\?[A-Za-z]\w*(?:\s*\{[^{}]*\})?")
TURNED = r"\right)^{\top}"  # ends what a transposed left side is taken over to
_OF_ALL = {"jacobian": ("J", "jacobian"), "hessian": ("H", "hessian")}


@dataclass(frozen=True)
class Target:
    """A side that is the derivative: with the factor that stands before it, or transposed."""

    text: str
    factor: str = ""
    transposed: bool = False
    indexed: bool = False


def equations(text: str, asked: Asked) -> list[str]:
    r"""The formulas that a text claims to be the derivative, each with its left side where that has indices.

    A multiple on the left side is taken over to the right one; every side of a chain is one formula.

    Args:
        text: a formula with or without left side, or a chain of equations.
        asked: the derivative asked for.

    Raises:
        UnfitSide: a side speaks of another derivative, of another name, or of one entry.

    >>> equations(r"-\nabla_w L = X^\top (y - X w) = X^\top y - X^\top X w", Asked("w", "gradient", {}))
    ['-(X^\\top (y - X w))', '-(X^\\top y - X^\\top X w)']
    >>> equations("y_bar = X", Asked("w", "gradient", {}))
    Traceback (most recent call last):
    derive.notation.asked.UnfitSide: the left side y_bar is not the gradient in w: write \frac{\partial L}{\partial w} = …
    """
    shown = in_one_line(text)
    sides = sides_of(shown)
    if len(sides) == 1:
        _insist_on_no_relation(shown, asked)
        return [text]
    found = [_target(side, asked) for side in sides]
    targets = [t for t in found if t is not None]
    formulas = [side for side, t in zip(sides, found, strict=True) if t is None]
    _insist(sides[0], formulas, targets, asked)
    plain = found[0] is not None and not found[0].factor and not found[0].transposed
    if plain and len(sides) == 2:
        return [f"{targets[0].text if targets[0].indexed else sides[0]} = {sides[1]}" if "\\" in text else text]
    return [_taken_over(side, targets[0]) if targets else side for side in formulas]


def in_one_line(text: str) -> str:
    """LaTeX without the marks of a display, the environment around it, and its full stop."""
    return _STOP.sub("", unrolled(_DISPLAY.sub(" ", text))) if "\\" in text else text


def is_derivative(side: str, asked: Asked) -> bool:
    """Whether a side is the derivative asked for, or a multiple of it."""
    return _target(side, asked) is not None


def _insist(first: str, formulas: list[str], targets: list[Target], asked: Asked) -> None:
    """What is left to compare are formulas, and they are the same multiple of one derivative."""
    if len(targets) > 1 and any(t.factor or t.transposed or t.indexed for t in targets):
        raise UnfitSide("the formula says twice what it is the derivative of; one left side is enough")
    if not formulas:
        raise UnfitSide("the formula has no side without a derivative: there is nothing to compare")
    for side in formulas:
        allowed = asked.adjoints and side != first
        if (side == first and _is_name(side)) or (not allowed and _speaks_of_derivatives(side, asked)):
            raise _refusal(side, asked)


def _refusal(side: str, asked: Asked) -> UnfitSide:
    wanted = {"jacobian": r"\frac{\partial y}{\partial @}", "hessian": r"\nabla_@^2 L"}
    given = asked.names.get(asked.wrt)
    shown = (given.latex if given is not None else "") or latex_of_name(asked.wrt)
    entry = wanted.get(asked.asks, r"\frac{\partial L}{\partial @}").replace("@", shown)
    kind = asked.asks if asked.asks != "vjp" else "gradient"
    return UnfitSide(f"the left side {side.strip()} is not the {kind} in {asked.wrt}: write {entry} = …")


def _taken_over(side: str, target: Target) -> str:
    """A right side, with the factor of the left one."""
    inner = side.strip()
    if target.transposed:
        inner = rf"\left({inner}{TURNED}"
    if target.factor:
        inner = f"-({inner})" if target.factor == "-" else f"({inner}) / ({target.factor})"
    return f"{target.text} = {inner}" if target.indexed else inner


def _target(side: str, asked: Asked) -> Target | None:
    """The side as the derivative asked for; None where it is something else."""
    found = _spelled(side.strip(), asked)
    if found is None and ("\\" in side):
        node = _tree(side, asked)
        found = _multiple(node, side, asked) if node is not None else None
    return found


def _spelled(side: str, asked: Asked) -> Target | None:
    r"""``dW``, ``-W_bar[i,j]``, ``\bar{w}_i``, ``grad_w``, ``∂L/∂w``: the names that code and papers give a derivative."""
    sign, text = ("-", side[1:].strip()) if side.startswith("-") else ("", side)
    if bare(text) in {bare(n) for n in asked.names}:
        return None
    if _is_spelled(text, asked.wrt, asked):
        return Target(text, sign)
    index = LAST_INDEX.search(text)
    if index is None or not _is_spelled(text[: index.start()], asked.wrt, asked):
        return None
    _insist_on_letters(next(g for g in index.groups() if g is not None), side)
    return Target(text, sign, indexed=True)


def _is_spelled(text: str, name: str, asked: Asked) -> bool:
    plain = bare(text)
    if asked.asks in _OF_ALL:
        return plain in _OF_ALL[asked.asks] and name == asked.wrt
    one = "|".join(re.escape(n) for n in asked.known_as(name))
    before = rf"(?:d_?|grad_?|g_|bar|overline|∇_?|dL_?d|[d∂][A-Za-z]/[d∂])(?:{one})|∇_?(?:{one})[A-Z]"
    spelled = re.compile(rf"{before}|(?:{one})(?:_?bar|[._]?grad)|grad|gradient")
    return any(spelled.fullmatch(x) for x in (plain, plain.replace("_", "")))


def _insist_on_letters(index: str, side: str) -> None:
    letters = re.findall(r"[A-Za-z]", index)
    if not re.fullmatch(r"[A-Za-z](?:[\s,]*[A-Za-z])*", index.strip()) or len(set(letters)) != len(letters):
        raise UnfitSide(f"the left side {side.strip()} is not of every entry: give each axis a letter of its own")


def _multiple(node: Node, side: str, asked: Asked) -> Target | None:
    """The derivative with numbers and sizes before it."""
    match node:
        case Neg():
            found = _multiple(node.arg, side, asked)
            return found and _times(found, "-" if not found.factor else f"-{found.factor}", side)
        case Product():
            *before, last = node.factors if "/" not in node.ops[-1:] else (*node.factors[1:], node.factors[0])
            found = _derivative(last, side, asked)
            if found is None or not all(_is_scalar(n, asked) for n in before):
                return None
            start, end = last.span
            return _times(found, f"{side[:start]}(1){side[end:]}".strip().removeprefix("-"), side)
    return _derivative(node, side, asked)


def _times(found: Target, factor: str, side: str) -> Target:
    if found.transposed:
        raise UnfitSide(f"the left side {side.strip()} is a multiple of a transpose: write the derivative alone")
    return Target(found.text, factor, indexed=found.indexed)


def _is_scalar(node: Node, asked: Asked) -> bool:
    """Whether a factor is made of numbers, sizes and given numbers."""
    sizes = {x.name for g in asked.names.values() for a in g.axes for x in a.letters}
    scalars = sizes | {n for n, g in asked.names.items() if g.shape == ()}
    return all(
        (isinstance(n, Number) and float(n.text) != 0)
        or (isinstance(n, Name) and n.name in scalars - {asked.wrt})
        or isinstance(n, Product | Power)
        for n in walk(node)
    )


def _derivative(node: Node, side: str, asked: Asked) -> Target | None:
    """A node that is the derivative, its entries, or its transpose."""
    text = side[slice(*node.span)]
    match node:
        case Transpose(arg=Derivative() as inner) if _is_asked(inner, side, asked) and not _slots(inner):
            return Target(text, transposed=True)
        case Index(base=Derivative() as inner) if _is_asked(inner, side, asked) and not _slots(inner):
            for slot in node.slots:
                _insist_on_letters(side[slice(*slot.span)], side)
            return Target(side.strip(), indexed=True)
        case Derivative() if _is_asked(node, side, asked):
            flat = asked.asks in ("gradient", "vjp") and any(isinstance(x, Transpose) for x in node.wrt)
            return Target(_spelled_out(text, side, node, asked), transposed=flat, indexed=bool(_slots(node)))
    return None


def _spelled_out(text: str, side: str, node: Derivative, asked: Asked) -> str:
    r"""The entry of one name under its own name, for ``(W_1)_{ij}`` too."""
    entry = next((x for x in node.wrt if isinstance(x, Index)), None)
    if asked.asks not in ("gradient", "vjp") or entry is None:
        return text
    given = asked.names.get(asked.wrt)
    name = given.latex if given is not None and given.latex else asked.wrt
    letters = "".join(side[slice(*slot.span)] for slot in entry.slots)
    return rf"\frac{{\partial L}}{{\partial {name}_{{{letters}}}}}"


def _slots(node: Derivative) -> list[Node]:
    return [x for x in (node.of, *node.wrt) if isinstance(x, Index)]


def _is_asked(node: Derivative, side: str, asked: Asked) -> bool:
    """Whether it is as often, of a name that is no input, and in the right name."""
    times = node.order if node.kind == "nabla" else len(node.wrt)
    own = (node.of is None or _may_be_differentiated(node.of, asked)) and times == 1 + (asked.asks == "hessian")
    alike = len({isinstance(x, Index) for x in node.wrt}) < 2
    return own and alike and all(_is_wrt(x, side, asked) for x in node.wrt)


def _may_be_differentiated(of: Node, asked: Asked) -> bool:
    name = of.base if isinstance(of, Index) else of.function if isinstance(of, Call) else of
    if not isinstance(name, Name) or name.name in (asked.wrt, *asked.inputs):
        return False
    return asked.asks == "jacobian" or not (name.name in asked.names and asked.names[name.name].shape)


def _is_wrt(node: Node, side: str, asked: Asked) -> bool:
    inner = node.arg if isinstance(node, Transpose) else node
    if isinstance(inner, Name) and inner.name == asked.wrt:
        return True
    if bare(side[slice(*inner.span)]).replace("_", "") in {n.replace("_", "") for n in asked.known_as(asked.wrt)}:
        return True
    if not isinstance(inner, Index) or not _is_wrt(inner.base, side, asked):
        return False
    _insist_on_letters(",".join(side[slice(*s.span)] for s in inner.slots), side)
    return True


def _speaks_of_derivatives(side: str, asked: Asked) -> bool:
    """Whether a side that is not the one asked for names a derivative."""
    node = _tree(side, asked) if "\\" in side else None
    if node is not None and any(isinstance(n, Derivative) for n in walk(node)):
        return True
    index = LAST_INDEX.search(side)
    plain = {side.strip().lstrip("-"), side[: index.start()].strip().lstrip("-") if index else ""}
    apart = {bare(x) for x in plain} - {bare(n) for n in asked.names}
    return any(_is_spelled(x, n, asked) for x in apart for n in asked.names) or bool(re.search("[∂∇]", side))


def _is_name(side: str) -> bool:
    index = LAST_INDEX.search(side)
    return any(_WORD.fullmatch(x.strip()) for x in _cut(side, index))


def _cut(side: str, index: re.Match[str] | None) -> Iterator[str]:
    yield side
    if index is not None:
        yield side[: index.start()]


def _insist_on_no_relation(text: str, asked: Asked) -> None:
    """An equation inside of something, such as an environment, would lose its left side unseen."""
    node = _tree(text, asked) if "\\" in text and "=" in text else None
    if isinstance(node, Relation) and {"=", "defines"} & set(node.ops):
        raise UnfitSide("the formula is more than one equation: write it as one line, the derivative on the left")


def _tree(text: str, asked: Asked) -> Node | None:
    """A side's tree; None where it has none, and is told so when it is read as a formula."""
    declared = {n: g.declared for n, g in asked.names.items()}
    try:
        return read_latex(text, Declarations.of(declared))
    except (Unreadable, Refused):
        return None
