"""What a student typed, as numbers."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np

from derive.calculus.atoms import Apply, Atom
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import Expr
from derive.calculus.scope import OverBudget, Unknown
from derive.calculus.substitute import replace_atoms
from derive.grading.defined import undefined_part
from derive.grading.posed import space_of
from derive.grading.reading import read_formula
from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable

WIDEST = 64


def _middle(atom: Atom) -> Expr | None:
    """A long decimal stands for all numbers that round to it; here it is the one in the middle."""
    return atom.args[0] if isinstance(atom, Apply) and atom.function == "interval" else None


ENDS = re.compile(r"(?:\\q?quad|\\[,;!]|(?<!\\)\\\\|[\s,;$])+$")


def labelled(text: str, label: re.Pattern[str], syntax: str = "auto") -> dict[str, Any]:
    r"""Name → table, for each place where the pattern finds a name and what stands before its value; a single row is a vector.

    Raises:
        Unreadable, Refused, Clash: as `table_of`; or there are too many.

    >>> found = labelled("W1 = [[1, 2]]; b1 = -1/2", re.compile(r"([Wb])(\d) ="))
    >>> {name: value.tolist() for name, value in found.items()}
    {'W1': [1.0, 2.0], 'b1': -0.5}
    """
    labels = list(label.finditer(text))
    if len(labels) > WIDEST:
        raise Refused(f"There are more than {WIDEST} values.")
    ends = [*(m.start() for m in labels[1:]), len(text)][: len(labels)]
    names = ["".join(m.groups()) for m in labels]
    twice = next((m for m, name in zip(labels, names, strict=True) if names.count(name) > 1), None)
    if twice is not None:
        raise Unreadable(f"{''.join(twice.groups())} is given more than once: which one is your answer?", twice.start())
    pieces = ((m, ENDS.sub("", text[m.end() : end].strip())) for m, end in zip(labels, ends, strict=True))
    return {"".join(m.groups()): table_of(piece, syntax) for m, piece in pieces}


@lru_cache(maxsize=512)
def table_of(text: str, syntax: str = "auto") -> Any:
    """A number, or a table of numbers, as an array that stays as it is.

    Raises:
        Unreadable: it is none, or has no value, with a sentence and a position.
        Refused: it is too large.
        Clash: shapes in it do not go together.

    >>> table_of("[[1, 1/2], [0, 2]]").tolist(), table_of("[0.3333333333333333, 1]").tolist()
    ([[1.0, 0.5], [0.0, 2.0]], [0.3333333333333333, 1.0])
    """
    declarations = Declarations.of(symbols={})
    formula = read_formula(text, syntax, declarations)
    frame = [(b.letter, (b.high - b.low).at({})) for b in formula.frame]
    if any(size > WIDEST for _, size in frame):
        raise Refused(f"There are more than {WIDEST} rows or columns.")
    try:
        with np.errstate(all="ignore"):
            found = np.asarray(tabulate(replace_atoms(formula.body, _middle), frame, {}, {}))
    except Unknown as error:
        raise Unreadable(f"{error} is no number.", 0) from error
    except (OverBudget, OverflowError) as error:
        raise Refused("This is too large to be worked out.") from error
    lost = undefined_part(formula.partial, [formula.body], space_of(declarations, [], None))
    if lost is not None or np.iscomplexobj(found) or not np.isfinite(found).all():
        raise Unreadable("Something here has no value as a number.", 0)
    table = found.astype(float)
    table.setflags(write=False)
    return table
