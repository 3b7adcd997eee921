"""Hints made from a derivation's lines: after the author's own, each shows more than the one before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from unicodedata import lookup, normalize

from derive.bank.kind import Kind
from derive.bank.kinds import Answer
from derive.bank.leaks import holds
from derive.bank.lines import OPENING, Lines
from derive.calculus.canonical import same
from derive.calculus.expr import Expr
from derive.calculus.substitute import names
from derive.calculus.trace import Relation, Rule, Side, ideas
from derive.derivations.base import Derivation
from derive.notation.relation_latex import relation_latex
from derive.notation.style import Style

FEW = 2
MOST = 3
SHORTEST = 3  # characters: fewer stand in a sentence by chance
MATH = re.compile(r"\$+(.+?)\$+", re.DOTALL)
ELSEWHERE = re.compile(r" \((?:both )?derived above\)")


def hints_of(kind: Kind, known: str, others: Sequence[Kind] = (), *, lines_only: bool = False) -> Iterator[str]:
    r"""A hint for each folded idea of the derivation behind an answer, in its order; nothing where nothing is derived.

    An idea is told by its rule, and by its line where that gives nothing away: the last idea's line is the result, a line
    about the same quantity is another form of it, and so is each line of a chain of equivalences; nor is what ``others``
    ask for told. A line that holds a
    name that ``known``, the page, does not hold would say nothing to its reader. ``lines_only`` leaves the other ideas out.

    >>> from derive.derivations.catalogue import catalogue
    >>> kind = Answer(catalogue()["gan-generator-saturates"])
    >>> for hint in hints_of(kind, r"$D = \sigma(a)$ and $L = \log(1 - D)$"):
    ...     print(hint[:17], "...", hint[-25:])
    Local derivatives ... al D} = -\frac{1}{1 - D}$
    Chain rule: The l ... e quantity in this entry.
    Put in what was f ...  in what was found above.
    Slope through the ...  D(1 − D); 1 − D cancels.
    """
    d = kind.derivation
    if d is None or d.kind != "derived" or kind.pending:
        return
    page = kind.style() if isinstance(kind, Answer) else d.page
    asked = [kind.derivation.result.right for kind in others if kind.derivation is not None]
    runs = [run for run in ideas(d.lines) if run[0].rule.name not in OPENING]
    for run in runs:
        relation = run[-1].relation
        hidden = run is runs[-1] or isinstance(kind, Lines) or _asked(relation, asked)
        if not hidden and _shown(relation, d, page, known):
            yield f"{_said(run[0].rule)} ${relation_latex(relation, page)}$"
        elif not lines_only:
            yield _said(run[0].rule)


def safe(hint: str, kinds: Iterable[Kind], known: str) -> bool:
    """Whether a hint holds no right answer of a problem's parts, nor spells one out in its words.

    >>> from derive.bank.values import Values
    >>> kind = Values("t := 1/(a*b)", {"a": 2, "b": 65}, "t")
    >>> safe("It stops after 1/130 steps.", [kind], ""), safe("It stops after some steps.", [kind], "")
    (False, True)
    """
    return not any(holds(hint, kind, known) or _spelt(hint, kind) for kind in kinds)


def _spelt(hint: str, kind: Kind) -> bool:
    """Whether neighbouring words have the letters and digits of an answer, in whatever order: 1/(ρα)."""
    right = _letters(kind.show())
    words = [_letters(word) for word in MATH.sub(" ", hint).split()]
    if len(right) < SHORTEST:
        return False
    for first in range(len(words)):
        found: list[str] = []
        for word in words[first:]:
            found += word
            if len(found) >= len(right):
                break
        if sorted(found) == right:
            return True
    return False


def _letters(text: str) -> list[str]:
    plain = normalize("NFKD", re.sub(r"\\([A-Za-z]+)", lambda m: _greek(m[1]), text))
    return sorted(c for c in plain if c.isalnum())


def _greek(name: str) -> str:
    try:
        return lookup(f"GREEK {'CAPITAL' if name[0].isupper() else 'SMALL'} LETTER {name.upper()}")
    except KeyError:  # a command
        return ""


def _said(rule: Rule) -> str:
    """The rule's name and its sentence."""
    sentence = ELSEWHERE.sub("", rule.sentence)
    name = rule.name[:1].upper() + rule.name[1:]
    return sentence if sentence.lower().startswith(rule.name.lower()) else f"{name}: {sentence}"


def _shown(relation: Relation, d: Derivation, page: Style, known: str) -> bool:
    if d.mode == "iff" or any(side == d.result.sides[0] for side in relation.sides):
        return False
    sides = [side for side in relation.sides if isinstance(side, Expr)]
    return len(sides) == len(relation.sides) and all(
        on_page(name, page, known) for side in sides for name in names(side)
    )


def _asked(relation: Relation, results: Sequence[Side]) -> bool:
    """Whether a side is the answer of another part, in whatever form."""
    sides = [side for side in relation.sides if isinstance(side, Expr)]
    return any(isinstance(r, Expr) and names(r) == names(side) and same(side, r) for r in results for side in sides)


def on_page(name: str, page: Style, known: str) -> bool:
    """Whether a name, or what a derivative is of and in, stands in the formulas of a page, ``known``.

    >>> on_page("B", Style(), "Give $B_1$."), on_page("n", Style(), "Give $B_1$, n times.")
    (True, False)
    """
    formulas = " ; ".join(MATH.findall(known))
    if name in page.names:
        words = [page.names[name]]
    else:
        of = [part.removeprefix("d") for part in name.split("/")] if "/" in name else [name.removesuffix("_bar")]
        words = [page.names.get(word, word) for word in of]
    return all(re.search(rf"(?<![A-Za-z\\]){re.escape(word)}(?![A-Za-z])", formulas) for word in words)
