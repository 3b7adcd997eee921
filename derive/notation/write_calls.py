"""How calls and constants are written in LaTeX."""

from __future__ import annotations

from derive.notation.tree import Builtin, Call, Cases, Constant, Neg, Node, Number, Piece, Power, Sequence
from derive.notation.words import words

_COMMANDS = frozenset(words("exp log sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth det max min gcd"))
_CONSTANTS = {
    "e": "e", "pi": r"\pi", "infinity": r"\infty", "ones": r"\mathbf{1}", "zeros": r"\mathbf{0}",
    "true": r"\text{true}",
    "false": r"\text{false}", "reals": r"\mathbb{R}", "integers": r"\mathbb{Z}", "naturals": r"\mathbb{N}",
    "empty": r"\emptyset",
    "dots": r"\dots", "nuclear": "*", "above": "", "none": r"\text{none}",
}  # fmt: skip
_SETS = {"union": r"\cup", "intersection": r"\cap", "difference": r"\setminus"}


def constant(node: Constant) -> str:
    """A constant's sign."""
    return _CONSTANTS[node.name]


def write_call(node: Call) -> str:
    """A call; what mathematics has a notation for is written in it."""
    from derive.notation.write import write

    if not isinstance(node.function, Builtin):
        return f"{write(node.function, 0)}{_bracket(node)}"
    special = _special(node.function.name, node.args) if not node.keywords else None
    return f"{_function(node.function.name)}{_bracket(node)}" if special is None else special


def _function(name: str) -> str:
    if name in _COMMANDS:
        return f"\\{name}"
    return rf"\operatorname{{{name}}}".replace("_", r"\_")


def _bracket(node: Call) -> str:
    from derive.notation.write import write

    keywords = [rf"\mathrm{{{k.name}}}={write(k.value, 35)}".replace("_", r"\_") for k in node.keywords]
    return rf"\left({', '.join([*(write(a, 0) for a in node.args), *keywords])}\right)"


_AROUND = {
    ("abs", 1): (r"\left|", r"\right|"), ("norm", 1): (r"\left\|", r"\right\|"), ("sqrt", 1): (r"\sqrt{", "}"),
    ("floor", 1): (r"\left\lfloor ", r"\right\rfloor"), ("ceil", 1): (r"\left\lceil ", r"\right\rceil"),
    ("norm", 2): (r"\left\|", r"\right\|_{", "}"), ("binomial", 2): (r"\binom{", "}{", "}"),
}  # fmt: skip
_SECOND_FIRST = {"root": (r"\sqrt[", "]{", "}"), "log": (r"\log_{", r"}\left(", r"\right)")}


def _chosen(args: tuple[Node, ...]) -> Cases | None:
    """``where(condition, a, b)`` or pairs of a value and its condition, as cases."""
    if len(args) == 3 and not isinstance(args[0], Sequence):
        return Cases((Piece(args[1], args[0]), Piece(args[2])))
    pairs = [a.items for a in args if isinstance(a, Sequence) and len(a.items) == 2]
    return Cases(tuple(Piece(*pair) for pair in pairs)) if pairs and len(pairs) == len(args) else None


def _special(name: str, args: tuple[Node, ...]) -> str | None:
    """What mathematics has a notation for; each argument is written once, or long nests would take for ever."""
    from derive.notation.write import atom, raised, write

    if name == "where" and (chosen := _chosen(args)) is not None:
        return write(chosen, 0)
    around = _AROUND.get((name, len(args)))
    if around is not None:
        return _woven(around, args)
    if len(args) == 1:
        if name == "inverse":
            return write(Power(args[0], Neg(Number("1"))), 0)
        return f"{atom(args[0])}!" if name == "factorial" else None
    if len(args) != 2:
        return None
    if name in _SECOND_FIRST:
        return _woven(_SECOND_FIRST[name], args[::-1])
    if name in _SETS:
        return f"{write(args[0], 35)} {_SETS[name]} {write(args[1], 36)}"
    return rf"{raised(args[0])}^{{\odot {write(args[1], 50)}}}" if name == "hadamard_power" else None


def _woven(pieces: tuple[str, ...], args: tuple[Node, ...]) -> str:
    from derive.notation.write import write

    return pieces[0] + "".join(write(a, 0) + p for a, p in zip(args, pieces[1:], strict=True))
