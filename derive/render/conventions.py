"""What a page must say of its notation, because a formula on it is true only so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derive.derivations.base import Derivation

ZERO = "An entry outside its array counts as zero."
BRACKET = "A bracket such as [i = j] is 1 where it holds, and 0 elsewhere."
_BRACKET = re.compile(r"(?<!\\left)\[[^][]*(?:=|\\le|\\ge)[^][]*\]")


def conventions(d: Derivation, shown: Sequence[str]) -> Iterator[str]:
    """The notes that definitions and the result need, as they are ``shown`` in LaTeX, and that no assumption makes."""
    said = " ".join(d.assumptions).lower()
    if any(x.rule.name == "zero outside" for x in d.lines) and "zero" not in said:
        yield ZERO
    if any(map(_BRACKET.search, shown)) and "bracket" not in said:
        yield BRACKET
