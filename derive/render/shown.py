"""What a page shows, as plain records that every format reads: lines, ideas, derivations, parts, pages."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: SVG text, a title, what it shows in words, and a name of its own, good for a file."""

    svg: str
    title: str
    description: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of a derivation.

    Attributes:
        latex: the formula.
        marked: the formula with what is new in it marked.
        gone: what the line before had, where nothing is new.
        ranges: the ranges that were not said before.
        agrees: its evidence.
    """

    rule: str
    sentence: str
    condition: str
    statement: str
    latex: str
    marked: str
    gone: str
    ranges: str
    agrees: str


@dataclass(frozen=True, slots=True)
class IdeaView:
    """An idea with the bookkeeping that completes it.

    Attributes:
        number: its place, from 1.
        lines: the idea's own line, then those of the bookkeeping.
        marked: the last line, with what is new since the idea before.
        gone: what it started from and has not at its end, where nothing is new.
        ranges: the ranges of the last line that were not said before.
    """

    number: int
    lines: tuple[LineView, ...]
    marked: str
    gone: str
    ranges: str

    @property
    def head(self) -> LineView:
        """The idea's own line."""
        return self.lines[0]

    @property
    def last(self) -> LineView:
        """Where it arrives."""
        return self.lines[-1]

    @property
    def also(self) -> tuple[str, ...]:
        """The names of the bookkeeping's rules."""
        return tuple(dict.fromkeys(line.rule for line in self.lines[1:]))


@dataclass(frozen=True, slots=True)
class DerivationView:
    """A derivation, as a page shows it; a symbol is LaTeX, shape and meaning."""

    name: str
    title: str
    kind: str
    statement: str
    given: tuple[tuple[str, str, str], ...]
    named: tuple[tuple[str, str, str], ...]
    definitions: tuple[LineView, ...]
    ideas: tuple[IdeaView, ...]
    result: str
    ranges: str
    matrix: str
    matrix_latex: str
    assumptions: tuple[str, ...]
    evidence: str
    oracle: str
    source: str
    figures: tuple[Figure, ...] = ()

    @property
    def symbols(self) -> tuple[tuple[str, str, str], ...]:
        """Every name: what is given, then what is defined on the way."""
        return self.given + self.named


@dataclass(frozen=True, slots=True)
class MistakeView:
    """A classic mistake: the formula, why it is wrong, and numbers that show it (Markdown, may be empty)."""

    latex: str
    say: str
    numbers: str


@dataclass(frozen=True, slots=True)
class PartView:
    """A part with its answer; ``left`` is what the answer is equal to, where the result has a name for it."""

    name: str
    ask: str
    marks: int
    answer: str
    how: str
    mistakes: tuple[MistakeView, ...]
    comes_from: str = ""
    left: str = ""

    @property
    def shown(self) -> str:
        """The answer as an equation, where it has a left side."""
        return f"{self.left} = {self.answer}" if self.left else self.answer


@dataclass(frozen=True, slots=True)
class PageView:
    """A worked solution; ``again`` is a further variant to try, with its answers."""

    name: str
    seed: int
    title: str
    statement: str
    source: str
    marks: int
    derivations: tuple[DerivationView, ...]
    parts: tuple[PartView, ...]
    again: PageView | None = None
    figures: tuple[Figure, ...] = field(default=())
