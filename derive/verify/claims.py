"""What a derivation claims: lines, and the oracle that they are held against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.calculus.trace import Line
from derive.derivations.base import Derivation
from derive.verify.mutate import tightened


@dataclass(frozen=True, slots=True)
class Claim:
    """Numbered lines that hold in the worlds of a derivation; ``often`` where several draws are wanted."""

    derivation: Derivation
    lines: Sequence[tuple[int, Line]]
    mode: str
    often: bool = False


def claims(derivation: Derivation) -> Iterator[Claim]:
    """The lines; the general ones in another case; its variants' lines; the result where equality is reached."""
    numbered = list(enumerate(derivation.lines, 1))
    yield Claim(derivation, numbered, derivation.mode, often=True)
    if derivation.elsewhere is not None:
        general = [(n, line) for n, line in numbered if n in derivation.general]
        yield Claim(replace(derivation, truth=derivation.elsewhere), general, derivation.mode)
    for other in derivation.variants:
        yield Claim(other, list(enumerate(other.lines, 1)), other.mode)
    if derivation.equality is not None:
        tight = replace(derivation, truth=derivation.equality)
        yield Claim(tight, [(len(numbered), tightened(derivation))], "holds", often=True)
