"""What a wrong boolean function shows: the ways to misread an expression, one edit each, and their truth tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise

from derive.bank.logic import Table, table_of_tokens, tokens
from derive.bank.misconceptions import Showing
from derive.notation.errors import Unreadable

TURNED = {"|": "&", "&": "|"}
SIGNS = "|&^~()'"
JOINS = {"|": (("&", "and-for-or"),), "&": (("|", "and-for-or"),), "^": (("|", "or-for-xor"), ("&", "and-for-or"))}


def slip_of_table(rights: Sequence[str], theirs: Table, names: Sequence[str]) -> Showing | None:
    r"""The first misreading of one of these expressions that has the table; None where none has.

    >>> from derive.bank.logic import truth_table
    >>> slip_of_table([r"A \oplus B"], truth_table(r"A \vee B", "AB"), "AB")
    Showing(id='or-for-xor', words='A|B')
    """
    for right in dict.fromkeys(rights):
        found = _with_ands(tokens(right, names))
        if table_of_tokens(found, names) == tuple(not x for x in theirs):
            return Showing("parity" if _is_parity(theirs) else "complement", "the opposite")
        for identity, edited in _edited(found):
            with suppress(Unreadable):  # not every edit is an expression
                if table_of_tokens(edited, names) == theirs:
                    return Showing(identity, "".join(edited))
    return None


def _is_parity(table: Table) -> bool:
    """Whether each input turns the value or never matters, and one at least does."""
    bits = range(len(table).bit_length() - 1)
    turns = [{table[k] != table[k ^ (1 << b)] for k in range(len(table))} for b in bits]
    return all(len(t) == 1 for t in turns) and {True} in turns


def _with_ands(found: Sequence[str]) -> list[str]:
    """The same with a sign for each AND that is written by putting things side by side."""
    out: list[str] = []
    for token in found:
        starts = token in "(~" or token not in SIGNS
        if out and starts and (out[-1] in ")'" or out[-1] not in SIGNS):
            out.append("&")
        out.append(token)
    return out


def _edited(found: list[str]) -> Iterator[tuple[str, list[str]]]:
    """A misconception and what it makes of an expression."""
    yield from (("or-for-xor", ["|" if t == "^" else t for t in found]),) if "^" in found else ()
    yield from (("de-morgan", edited) for edited in _de_morgan(_written_out(found)))
    for joins in ("|", "&", "|&"):
        yield "and-for-or", [TURNED[t] if t in joins else t for t in found]
    yield from (("and-for-or", ["&" if t == "^" else t for t in found]),) if "^" in found else ()
    for k, token in enumerate(found):
        for other, identity in JOINS.get(token, ()):
            yield identity, [*found[:k], other, *found[k + 1 :]]
        if token == "~":
            yield "missing-not", [*found[:k], *found[k + 1 :]]
        elif token not in SIGNS:
            yield "missing-not", [*found[:k], "~", *found[k:]]
    yield from (("missing-term", piece) for piece in _without_a_term(found))
    yield "missing-not", [t for t in found if t not in "~'"]


def _de_morgan(found: list[str]) -> Iterator[list[str]]:
    """NOT (A ∨ B) read as ¬A ∨ ¬B: the joins of the brackets behind a NOT changed, of all of them or of one."""
    places = [k for k, token in enumerate(found) if token == "~" and found[k + 1 : k + 2] == ["("]]
    for chosen in (places, *([k] for k in places)):
        edited = list(found)
        for k in chosen:
            end = _closing(found, k + 1)
            edited[k + 1 : end] = [TURNED.get(t, t) for t in edited[k + 1 : end]]
        yield edited


def _written_out(found: list[str]) -> list[str]:
    """``(L) ^ (R)`` as ``(L) & ~(R) | ~(L) & (R)``, everything else as it is."""
    if found.count("^") == 1 and found[0] == "(" and _closing(found, 0) + 1 == found.index("^"):
        left, right = found[: found.index("^")], found[found.index("^") + 1 :]
        if right[0] == "(" and _closing(right, 0) == len(right) - 1:
            return [*left, "&", "~", *right, "|", "~", *left, "&", *right]
    return found


def _closing(found: list[str], k: int) -> int:
    """The place of the bracket that closes the one at ``k``."""
    depth = 0
    for n in range(k, len(found)):
        depth += (found[n] == "(") - (found[n] == ")")
        if not depth:
            return n
    return len(found)


def _without_a_term(found: list[str]) -> Iterator[list[str]]:
    """A sum of products with one product left out."""
    depth, cuts = 0, [-1]
    for n, token in enumerate(found):
        depth += (token == "(") - (token == ")")
        if token == "|" and not depth:
            cuts.append(n)
    cuts.append(len(found))
    for a, b in pairwise(cuts):
        left = [*found[: max(a, 0)], *found[b:]]
        if len(cuts) > 2:
            yield left[1:] if left[:1] == ["|"] else left
