"""How many arguments the functions take that are not taken entry by entry."""

from __future__ import annotations

from derive.notation import tree
from derive.notation.errors import Unreadable
from derive.notation.words import words

MANY = 1_000
_COUNTS = {
    **dict.fromkeys(words("sum sum_axis prod mean softmax log_softmax logsumexp cumsum cumprod"), (1, 2)),
    **dict.fromkeys(words("norm clip"), (1, 3)),
    **dict.fromkeys(words("var std max min where ones zeros einsum reshape"), (1, MANY)),
    **dict.fromkeys(words("triu tril flip size"), (1, 2)),
    **dict.fromkeys(words("convolve correlate tensordot"), (2, 3)),
    **dict.fromkeys(words("ravel"), (1, 2)),
    **dict.fromkeys(words("cov vec"), (1, 1)),
    **dict.fromkeys(words("eye indicator shape len"), (1, 1)),
    **dict.fromkeys(words("kronecker matrix_power power"), (2, 2)),
}


def check_count(node: tree.Call, name: str) -> None:
    """Whether a built-in function is given as many arguments as it takes.

    Raises:
        Unreadable: too few or too many.
    """
    least, most = _COUNTS.get(name, (0, MANY))
    if not least <= len(node.args) <= most:
        count = str(least) if most == least else f"at least {least}" if most == MANY else f"{least} to {most}"
        raise Unreadable(f"'{name}' takes {count} argument{'s' if count != '1' else ''} in its brackets.", node.span[0])
