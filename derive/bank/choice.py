"""Answers that no formula holds: one of several phrases, and sentences that a person reads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from derive.bank.kind import Kind
from derive.bank.misconceptions import Showing
from derive.bank.typed import Typed, text_of
from derive.grading.verdict import Verdict, message

OPPOSITES = (
    ("small", "large"), ("smaller", "larger"), ("grows", "falls"), ("risen", "fallen"), ("rises", "falls"),
    ("positive", "negative"), ("convex", "concave"), ("minimum", "maximum"), ("forward", "reverse"), ("similar", "unlike"),
    ("doubles", "halves"), ("tenth", "ten"), ("more", "less"), ("first", "last"), ("before", "after"), ("left", "right"),
    ("yes", "no"), ("always", "never"), ("increases", "decreases"), ("row", "column"), ("rows", "columns"), ("odd", "even"),
)  # fmt: skip
SPELLINGS = (
    (r"\\(?:text|mathrm|operatorname|mathit)\s*\{([^{}]*)\}", r"\1"),
    (r"‖|\|\||\\(?:\||Vert|parallel)", "|"),
    (r"[−–—]", "-"),
    (r"\\ln(?![a-z])|\bln\b", "log"),
    (r"[\\$`'\"“”‘’{}]", ""),
    (r"(?<=[a-z])-(?=[a-z])|_", " "),
)
WORD = re.compile(r"[a-zα-ω]+|\d+(?:\.\d+)?|[^\sa-zα-ω\d.,;:!?]")
CALLED = re.compile(r"^[\s$]*\\?[A-Za-z]\w*\s*=")
NUMERAL = re.compile(r"([-+]?\d{1,9}(?:\.\d{1,9})?)(?:/(\d{1,9}))?")
ARTICLES = ("a", "an", "the", "it", "is", "its", "are")
LINKS = ("of", "to", "at", "by", "in", "no", "as", "on", "or", "if", "not", "and")


@dataclass(frozen=True)
class Choice(Kind):
    """One of several phrases; the first is right, and ``why`` tells the reason in the worked solution.

    A phrase may be typed in any case and spacing, in LaTeX, and half of it is enough where no other one holds that piece.

    >>> Choice("the divergence KL(y ‖ p)", "the divergence KL(p ‖ y)").judge(r"KL(y || p)").verdict
    'equal'
    """

    right: str
    others: tuple[str, ...]
    why: str

    def __init__(self, right: str, *others: str, why: str = "") -> None:
        """Keep the phrases.

        Raises:
            ValueError: two of them are the same.
        """
        if alike := [c for k, c in enumerate((right, *others)) if _words(c) in map(_words, (right, *others)[:k])]:
            raise ValueError(f"the choice {alike[0]!r} is there already: nobody could choose one of the two")
        object.__setattr__(self, "why", why)
        object.__setattr__(self, "right", right)
        object.__setattr__(self, "others", others)

    def like(self, text: str) -> Choice:
        """The same choices, with another one right."""
        return Choice(text, *(c for c in (self.right, *self.others) if _words(c) != _words(text)))

    def show(self) -> str:
        """The phrase, its formulas between dollars as formulas."""
        pieces = self.right.split("$")
        if len(pieces) % 2 == 0:  # a lone dollar is one
            return _plain(self.right)
        return "".join(piece if k % 2 else _plain(piece) for k, piece in enumerate(pieces) if piece)

    def typed(self) -> str:
        """The phrase."""
        return self.right

    @property
    def worked(self) -> str:
        """Why it is this one."""
        return self.why

    def judge(self, answer: Typed) -> Verdict:
        """The same phrase, or half of it, where no other one holds that piece."""
        text, _ = text_of(answer)
        alone = CALLED.sub("", text)
        meant = self._meant(text) or self._meant(alone) or self._worth(alone)
        if meant is None:
            return message("unreadable", f"Choose one of: {'; '.join(sorted((self.right, *self.others)))}.")
        if meant == self.right:
            return Verdict("equal", {"kind": "proved", "by": "the same choice"}, meant)
        return Verdict("different", {"kind": "choice"}, meant)

    def _meant(self, text: str) -> str | None:
        """The phrase that a text stands for, None for none or several."""
        said, phrases = _words(text), {c: _words(c) for c in (self.right, *self.others)}
        for fits in (lambda w: w == said, lambda w: _bare(w) == _bare(said), lambda w: _holds(w, said)):
            found = [c for c, w in phrases.items() if said and fits(w)]
            if len(found) == 1:
                return found[0] if _is_half(said, phrases[found[0]]) else None
        found = [c for c, w in phrases.items() if said in (("yes",), ("no",)) and w[:1] == said]
        return found[0] if len(found) == 1 else None

    def _worth(self, text: str) -> str | None:
        """The one phrase that is the same number: 1.5 for 3/2."""
        worth = _number(text)
        found = [c for c in (self.right, *self.others) if worth is not None and _number(c) == worth]
        return found[0] if len(found) == 1 else None

    def slip(self, text: str, syntax: str = "auto") -> Showing | None:
        """What the phrase that was chosen has to do with the right one."""
        meant = self._meant(text)
        found = () if meant is None else _relations(_words(self.right), _words(meant))
        return next((Showing(identity, f"chose {meant!r} for {self.right!r}") for identity in found), None)


def _plain(text: str) -> str:
    escaped = re.sub(r"([&%#_$])", r"\\\1", text)
    return rf"\text{{{escaped}}}"


def _number(text: str) -> Fraction | None:
    m = NUMERAL.fullmatch(text.strip(" $."))
    return Fraction(m[1]) / Fraction(m[2] or 1) if m and int(m[2] or 1) else None


def _words(text: str) -> tuple[str, ...]:
    r"""The words, numbers and signs of a phrase.

    >>> _words(r"$-\log 4$"), _words("Cross-Correlation.")
    (('-', 'log', '4'), ('cross', 'correlation'))
    """
    text = unicodedata.normalize("NFC", text[:2000]).lower()
    for pattern, plain in SPELLINGS:
        text = re.sub(pattern, plain, text)
    return tuple(WORD.findall(text))


def _bare(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(w for w in words if w not in ARTICLES)


def _holds(phrase: tuple[str, ...], piece: tuple[str, ...]) -> bool:
    """Whether a phrase holds a piece in one go, and a word that tells something in it."""
    phrase, piece = _bare(phrase), _bare(piece)
    runs = (phrase[k : k + len(piece)] for k in range(len(phrase) - len(piece) + 1))
    return any(len(w) > 1 and w.isalpha() and w not in LINKS for w in piece) and piece in runs


def _is_half(piece: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    """Whether a piece is half of a phrase or more: less may have been meant otherwise."""
    return 2 * len(_bare(piece)) >= len(_bare(phrase))


def _relations(right: tuple[str, ...], chosen: tuple[str, ...]) -> Iterator[str]:
    """The misconceptions that turn one phrase into another."""
    pairs = [(a, b) for a, b in zip(right, chosen, strict=False) if a != b] if len(right) == len(chosen) else []
    if len(pairs) == 1:
        yield from _of_pair(*pairs[0])
    if sorted(right) == sorted(chosen):
        yield "kl-reversed" if {"kl", "|"} <= set(right) else "product-order"
    more, less = set(right) - set(chosen), set(chosen) - set(right)
    if more | less == {"-"}:
        yield "sign"
    if more | less == {"transposed"} or ("transposed" in {*right} & {*chosen} and sorted(right) == sorted(chosen)):
        yield "missing-transpose"
    if {"odd", "even"} <= more | less:
        yield "parity"
    if any({a, b} <= more | less and (a in more) != (b in more) for a, b in OPPOSITES):
        yield "opposite"
    if "root" in more and set(chosen) <= set(right):
        yield "missing-root"
    if "square" in less and set(right) <= set(chosen):
        yield "squared-for-plain"


def _of_pair(right: str, chosen: str) -> Iterator[str]:
    """The same for two words."""
    if right.isdigit() and chosen.isdigit():
        a, b = int(right), int(chosen)
        if abs(a - b) == 1:
            yield "off-by-one"


@dataclass(frozen=True)
class Rubric(Kind):
    """A short text that a person reads."""

    points: tuple[str, ...]
    pending = True

    def __post_init__(self) -> None:
        """Check that there are several points and not the letters of one.

        Raises:
            ValueError: they are a single text.
        """
        if isinstance(self.points, str):
            raise ValueError("the points of a rubric are a single str: write a tuple, Rubric((…,))")

    def like(self, text: str) -> Rubric:
        """A rubric compares nothing."""
        return self

    def show(self) -> str:
        """What the text should say."""
        return r"\text{see the points below}"

    @property
    def worked(self) -> str:
        """What the text should say, a point a line."""
        return "\n".join(f"- {point}" for point in self.points)

    def typed(self) -> str:
        """The points."""
        return "; ".join(self.points)

    def judge(self, answer: Typed) -> Verdict:
        """Always a person's."""
        return message("undecided", "A person reads this answer.")
