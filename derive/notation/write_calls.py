"""How calls and constants are written in LaTeX."""

from __future__ import annotations

from derive.notation.tree import Builtin, Call, Constant, Neg, Node, Number, Power
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


def _special(name: str, args: tuple[Node, ...]) -> str | None:
    from derive.notation.write import atom, write

    inner = [write(a, 0) for a in args]
    if name in _SETS and len(args) == 2:
        return f"{write(args[0], 35)} {_SETS[name]} {write(args[1], 36)}"
    if len(args) == 1:
        one = {"abs": r"\left|{}\right|", "norm": r"\left\|{}\right\|",
        "floor": r"\left\lfloor {}\right\rfloor",
               "ceil": r"\left\lceil {}\right\rceil", "sqrt": r"\sqrt{{{}}}"}.get(name)  # fmt: skip
        if one is not None:
            return one.format(inner[0]) if name == "sqrt" else one.replace("{}", inner[0])
        if name == "inverse":
            return write(Power(args[0], Neg(Number("1"))), 0)
        return f"{atom(args[0])}!" if name == "factorial" else None
    if len(args) != 2:
        return None
    two = {"norm": rf"\left\|{inner[0]}\right\|_{{{inner[1]}}}", "root": rf"\sqrt[{inner[1]}]{{{inner[0]}}}",
           "binomial": rf"\binom{{{inner[0]}}}{{{inner[1]}}}",
           "log": rf"\log_{{{inner[1]}}}\left({inner[0]}\right)"}  # fmt: skip
    if name == "hadamard_power":
        return rf"{atom(args[0])}^{{\odot {write(args[1], 50)}}}"
    return two.get(name)
