"""How many arguments, and which named ones, the functions take that are not taken entry by entry."""

from __future__ import annotations

from derive.notation import tree
from derive.notation.errors import Unreadable
from derive.notation.words import words

MANY = 1_000
_COUNTS = {
    **dict.fromkeys(words("sum sum_axis mean softmax log_softmax norm"), (1, 2)),
    **dict.fromkeys(words("max min where ones zeros einsum"), (1, MANY)),
    **dict.fromkeys(words("eye indicator shape size"), (1, 1)),
    **dict.fromkeys(words("kronecker matrix_power power"), (2, 2)),
    "clip": (3, 3),
}
_AXIS = frozenset({"axis", "dim"})
_NAMED = {
    **dict.fromkeys(words("sum sum_axis mean max min"), _AXIS | {"keepdims", "keepdim"}),
    **dict.fromkeys(words("softmax log_softmax"), _AXIS),
}


def check_arguments(node: tree.Call, name: str) -> None:
    """Whether a built-in function is given what it takes; an argument that nothing reads is never passed over.

    Raises:
        Unreadable: too few, too many, or a name that is not read.
    """
    least, most = _COUNTS.get(name, (0, MANY))
    if not least <= len(node.args) <= most:
        count = (
            f"{least} or {most}" if most not in (least, MANY) else str(least) if most == least else f"at least {least}"
        )
        raise Unreadable(f"'{name}' takes {count} argument{'s' if count != '1' else ''} in its brackets.", node.span[0])
    strange = next((k for k in node.keywords if k.name not in _NAMED.get(name, ())), None)
    if strange is not None:
        raise Unreadable(f"The argument '{strange.name}' of '{name}' is not read.", node.span[0])
