"""How an answer is read: as it is typed, in the spellings that students use, and with the names that its page defines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from derive.bank.asked import answered
from derive.bank.counted import counted_as_on_the_page
from derive.bank.defined import own_definitions
from derive.bank.letters import without_time
from derive.bank.spelled import greek, spelled, starred, stepped, strange
from derive.bank.typed import LONG, Typed, text_of
from derive.grading.verdict import Verdict, message
from derive.notation.declare import Declarations

if TYPE_CHECKING:
    from derive.bank.kinds import Answer

WHERE = re.compile(r"(?:\\text\{\s*|\b)(where|with)\b(?!\s*\()")
UNSETTLED = ("different", "unreadable")
TWOFOLD = (
    "Is '{}' a name here, or {} times what follows? Please write the name with ^*, or spaces round the product's sign."
)


class Reading(NamedTuple):
    """A verdict, and the text and the names that it was made with."""

    verdict: Verdict
    kind: Answer
    text: str
    syntax: str


def read(kind: Answer, answer: Typed) -> Reading:
    """The first reading that is right, else the first that can be read."""
    text, syntax = text_of(answer)
    first = _spelled(kind, text, syntax)
    if first.verdict.verdict not in UNSETTLED or len(text) > LONG:
        return first
    alone = answered(kind, text)
    if alone != text:
        again = read(kind, {"text": alone, "syntax": syntax})
        return first if is_shown(first.verdict) and again.verdict.verdict != "equal" else again
    found = [_spelled(other, rest, syntax) for other, rest in _with_definitions(kind, text)]
    right = next((r for r in found if r.verdict.verdict == "equal"), None)
    return right or next((r for r in found if r.verdict.verdict != "unreadable"), _unread(first))


def is_shown(verdict: Verdict) -> bool:
    """Whether a point shows that an answer is wrong: all of it was read, with the letters that its left side names."""
    return verdict.verdict == "different" and verdict.evidence.get("kind") == "witness"


def _unread(first: Reading) -> Reading:
    """The same, with what can be read behind “where” if that was the trouble."""
    behind = WHERE.search(first.text)
    if first.verdict.verdict != "unreadable" or behind is None:
        return first
    said = f"Behind “{behind[1]}” we read what names of your answer stand for, such as “{behind[1]} v = 2 u”; this we cannot."
    return first._replace(verdict=message("unreadable", said, behind.start()))


def _spelled(kind: Answer, text: str, syntax: str) -> Reading:
    """An answer as it is, or else in the declared names; a word that is none of them makes it unreadable."""
    first = Reading(kind.judged(text, syntax), kind, text, syntax)
    if first.verdict.verdict not in UNSETTLED or len(text) > LONG:
        return first
    asking = kind.request()
    again = spelled(text, kind.of, kind.symbols, asking["symbols"])
    found = _instead(first, again, syntax)
    if found.verdict.verdict == "equal" and (star := starred(text, asking["symbols"])):
        return first._replace(verdict=message("unreadable", TWOFOLD.format(star, star[0])))
    found = _instead(found, greek(again, asking["symbols"]), "latex") if found is first else found
    if found.verdict.verdict not in UNSETTLED:
        return found
    counted = "" if "\\" in text else counted_as_on_the_page(again)
    if counted and (found_so := _instead(found, counted, "text")).verdict.verdict == "equal":
        return found_so
    if (
        found_so := _instead(found, stepped(again, asking["symbols"], kind.statement), syntax)
    ).verdict.verdict == "equal":
        return found_so
    known = Declarations.of_request(asking)
    word = strange(without_time(again, asking["symbols"]), found.verdict.reading, known)
    said = f"We read formulas, and '{word}' is no name that we know here."
    return found._replace(verdict=message("unreadable", said)) if word else found


def _instead(first: Reading, other: str, syntax: str) -> Reading:
    """The reading of another text, where there is another one and it can be read."""
    if other == first.text:
        return first
    found = first._replace(verdict=first.kind.judged(other, syntax), text=other, syntax=syntax)
    return first if found.verdict.verdict == "unreadable" else found


def _with_definitions(kind: Answer, text: str) -> Iterator[tuple[Answer, str]]:
    """An answer that speaks of names which its page defines, or itself behind a comma; and the answer alone."""
    alone, own = own_definitions(text)
    if own:
        found = kind.with_definitions(own)
        meant = {f["definition"] for other in found for f in other.defined.values()}
        if all(right in meant for _, right in own):  # what the page says already is not the answer's to define
            yield from ((other, alone) for other in found)
    elif kind.equations:
        yield from (
            (other, text) for other in kind.abbreviated if any(_in(text, kind, *f) for f in other.defined.items())
        )


def _in(text: str, kind: Answer, name: str, fields: Mapping[str, Any]) -> bool:
    """Whether a text may speak of a name in a way that its program does not explain already."""
    said = [n for n in {name, re.sub(r"[\\{}\s]", "", fields["latex"])} if n in text]
    if name in kind.programmed:
        return fields["shape"] == "function" and any(
            re.search(rf"{re.escape(n)}\s*(?:\\left)?\s*\(", text) for n in said
        )
    return bool(said)
