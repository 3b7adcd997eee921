"""Whether everybody is asked the same: the kinds of answer, the derivations behind them, marks and difficulty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from derive.bank.problem import Variant
from derive.course.sheet import Posed, Sheet


class Profile(NamedTuple):
    """What must be alike in all variants of a problem."""

    difficulty: int
    marks: int
    kinds: tuple[tuple[str, str], ...]
    derivations: tuple[tuple[str, str], ...]


def profile(posed: Posed) -> Profile:
    """The profile of a problem on a sheet."""
    kinds = tuple((a.part.name, type(a.part.answer).__name__) for a in posed.parts)
    behind = tuple((a.part.name, d.name) for a in posed.parts if (d := a.part.answer.derivation) is not None)
    return Profile(posed.variant.problem.difficulty, posed.marks, kinds, behind)


def unfair(sheets: Sequence[Sheet]) -> Iterator[str]:
    """A sentence for each variant that asks for something else than most of the variants do."""
    for problems in zip(*(s.problems for s in sheets), strict=True):
        profiles = [profile(p) for p in problems]
        usual = Counter(profiles).most_common(1)[0][0]
        for sheet, posed, found in zip(sheets, problems, profiles, strict=True):
            if found != usual and sheet.student is not None:
                what = "; ".join(_differences(found, usual))
                yield f"{sheet.student.id}: {posed.variant.problem.name} (seed {posed.variant.seed}) {what}."


def _differences(found: Profile, usual: Profile) -> Iterator[str]:
    if found.difficulty != usual.difficulty:
        yield f"has difficulty {found.difficulty}, others {usual.difficulty}"
    if found.marks != usual.marks:
        yield f"gives {found.marks} marks, others {usual.marks}"
    for what, mine, theirs in (
        ("asks for", found.kinds, usual.kinds),
        ("is about", found.derivations, usual.derivations),
    ):
        for part, name in sorted(set(mine) - set(theirs)):
            yield f"in ({part}) {what} {name}, others {dict(theirs).get(part, 'nothing')}"


def variants(sheets: Sequence[Sheet]) -> dict[str, int]:
    """Problem → how many different variants the class gets."""
    found: dict[str, set[str]] = {}
    for posed in (p for s in sheets for p in s.problems):
        found.setdefault(posed.variant.problem.name, set()).add(_shown(posed.variant))
    return {name: len(texts) for name, texts in found.items()}


def _shown(variant: Variant) -> str:
    return "\n".join((variant.statement, *(p.ask for p in variant.parts.values())))
