"""From derivations and variants to what a page shows of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from derive.bank.choice import Choice
from derive.bank.kind import Kind
from derive.bank.kinds import Answer
from derive.bank.problem import AskedPart, Variant
from derive.bank.put_in import as_given
from derive.calculus.atoms import Entry
from derive.calculus.expr import Expr, entry
from derive.calculus.rules_names import FOUND_ABOVE
from derive.calculus.substitute import letters, names
from derive.calculus.trace import Line, Relation, ideas
from derive.derivations.base import Derivation, Symbol, axis_size
from derive.notation.index_latex import scope, to_latex
from derive.notation.matrix_relation import matrix_relation
from derive.notation.relation_latex import range_latex, relation_latex, side_latex
from derive.notation.style import Style
from derive.render.changes import marked, vanished
from derive.render.conventions import conventions
from derive.render.mistakes import numbers_that_show
from derive.render.oracles import checked_by
from derive.render.plain import plain
from derive.render.record import agreements, evidence
from derive.render.recurrences import start_and_step
from derive.render.shown import DerivationView, IdeaView, LineView, MistakeView, PageView, PartView

LENGTHS = ("answer", "short", "full")
ABOVE = re.compile(r"\((?:both )?derived above\)")
RECOGNISED = "recognise a name"
TRIED = 5  # seeds to look at for a variant that differs


def page_view(variant: Variant, length: str = "full") -> PageView:
    """A variant with as much as a length shows: ``answer``, ``short`` or ``full``.

    Raises:
        BadProblem: the variant does not work out.
    """
    working = () if length == "answer" else tuple(_named_once(map(view, variant.working)))
    parts = tuple(_part(p, length) for p in variant.parts.values())
    problem = variant.problem
    again = _again(variant) if length == "full" else None
    return PageView(
        problem.name, variant.seed, problem.title, variant.statement, problem.source, problem.marks, working, parts, again
    )  # fmt: skip


def _named_once(found: Iterable[DerivationView]) -> Iterator[DerivationView]:
    """The derivations of one page: a name is explained, and a note made, where it comes up first."""
    known: set[object] = set()
    for d in found:
        given, named = (tuple(x for x in rows if x not in known) for rows in (d.given, d.named))
        notes = tuple(x for x in d.assumptions if x not in known)
        known |= {*d.symbols, *d.assumptions}
        yield replace(d, given=given, named=named, assumptions=notes)


def _again(variant: Variant) -> PageView | None:
    """The next variant that asks something else."""
    asked = (variant.statement, [p.ask for p in variant.parts.values()])
    for seed in range(variant.seed + 1, variant.seed + TRIED):
        other = variant.problem.variant(seed)
        if (other.statement, [p.ask for p in other.parts.values()]) != asked:
            return page_view(other, "answer")
    return None


def view(d: Derivation) -> DerivationView:
    """What a page shows of a derivation."""
    given, named = symbols(d)
    leading = next((k for k, x in enumerate(d.lines) if x.rule.name != "definition" or x.before), len(d.lines))
    oracle = checked_by(d)
    lines = list(_lines(d, agreements(d, autograd="autograd" in oracle)))
    return DerivationView(
        d.name,
        d.title,
        d.kind,
        d.statement,
        given,
        named,
        tuple(lines[:leading]),
        tuple(_ideas(d.lines[leading:], lines[leading:], d.page)),
        relation_latex(d.result, d.page),
        ", ".join(_ranges(d.lines[-1].relation, d)),
        matrix_result(d, "unicode"),
        matrix_result(d, "latex"),
        (*d.assumptions, *conventions(d, [*(x.latex for x in lines[:leading]), relation_latex(d.result, d.page)])),
        evidence(d.name),
        oracle,
        d.source,
    )


def symbols(d: Derivation) -> tuple[tuple[tuple[str, str, str], ...], tuple[tuple[str, str, str], ...]]:
    """What is given, and what is named on the way: LaTeX, shape and meaning of each name that the page needs."""
    defined, needed = _defined(d), _spoken_of(d)
    shown = {n: _symbol(n, s, d.page) for n, s in d.symbols.items() if s.meaning and n in needed}
    given = tuple(s for n, s in shown.items() if n not in defined)
    return given, tuple(s for n, s in shown.items() if n in defined)


def _defined(d: Derivation) -> set[str]:
    """The names that the derivation gives a meaning itself: those that a program defines, and those that lines open with."""
    opened = [x.relation.sides[0] for x in d.lines if x.before is None and x.relation.ops[0] == "="]
    own = {n for s in opened if isinstance(s, Expr) and len(s.terms) == 1 for n in names(s)}
    return own | {x.name for x in (d.program.definitions if d.program is not None else ())}


def _spoken_of(d: Derivation) -> set[str]:
    """The names that a page needs: those in its lines and program, their sizes, and those that a sentence says."""
    relations = [d.result, *(x.relation for x in d.lines)]
    sides = [s for r in relations for s in r.sides]
    entries = [e for s in sides for e in ([s] if isinstance(s, Expr) else [x for row in s.entries for x in row])]
    bodies = [x.body for x in d.program.definitions] if d.program is not None else []
    used = {n for e in (*entries, *bodies) for n in (*names(e), *(x.name for x in letters(e)))}
    used |= {x.name for r in relations for b in r.frame for x in (b.letter, *b.low.letters, *b.high.letters)}
    used |= {n.removesuffix("_bar") for n in used} | {n for x in used for n in re.split(r"/?d(?=[A-Za-z])|/", x)}
    said = " ".join((d.statement, *d.assumptions, *(f"{x.rule.sentence} {x.rule.condition}" for x in d.lines)))
    known = {n for n, s in d.symbols.items() if n in used or _is_said(n, s, said) or s.domain == "function"}
    meanings = " ".join(d.symbols[n].meaning for n in known)
    known |= {n for n, s in d.symbols.items() if _is_said(n, s, meanings)}
    sizes = {x for n in known for a in d.symbols[n].shape for x in re.findall(r"[A-Za-z]\w*", str(a))}
    return known | sizes


def _is_said(name: str, symbol: Symbol, text: str) -> bool:
    written = {name, plain(symbol.latex or name), plain(to_latex(entry(name)))}
    return any(re.search(rf"(?<![A-Za-z]){re.escape(w)}(?![A-Za-z])", text) for w in written)


def _lines(d: Derivation, evidence: Sequence[str]) -> Iterator[LineView]:
    """The lines; a sentence is said once, and ranges again only where they differ from those said last."""
    said: set[str] = set()
    known: dict[str, str] = {}
    for line, agrees in zip(d.lines, evidence, strict=True):
        rule, shown = line.rule, start_and_step(line.relation) if line.rule.name == "definition" else (line.relation,)
        latex = r", \qquad ".join(relation_latex(r, d.page) for r in shown)
        before = "" if line.before is None else relation_latex(line.before, d.page)
        fresh = [r for r in _ranges(shown[-1], d) if known.get(_letter(r)) != r]
        known |= {_letter(r): r for r in fresh}
        sentence = _put_in(line, d.page) if rule.sentence == FOUND_ABOVE else cited(line, d)
        if sentence in said and rule.name == RECOGNISED:
            sentence = _recognised(line, before, latex, d.page)
        repeats = sentence in said or sentence.rstrip(".").lower() == rule.name.lower()
        said.add(sentence)
        about = (rule.name, "" if repeats else sentence, rule.condition, rule.statement)
        yield LineView(*about, latex, *_changed(before, latex), ", ".join(fresh), agrees)


def cited(line: Line, d: Derivation) -> str:
    """A line's sentence with the titles of the derivations that it starts from: not every page shows those above."""
    rule = line.rule
    found = [x for x in d.lemmas if x.result == rule.fact] or [x for x in d.lemmas if x.result == line.relation]
    titles = [f"“{x.title}”" for x in found[:1] or d.lemmas]
    where = " and ".join([", ".join(titles[:-1]), titles[-1]] if len(titles) > 1 else titles)
    return ABOVE.sub(f"(see {where})", rule.sentence) if titles else rule.sentence


def _put_in(line: Line, style: Style) -> str:
    """Which name has gone from a line, because what it is equal to was put in."""
    sides = (line.before.sides[-1] if line.before else Expr(()), line.relation.sides[-1])
    before, after = (names(s) if isinstance(s, Expr) else frozenset() for s in sides)
    gone = sorted(set(before) - set(after))
    return f"Put in ${to_latex(entry(gone[0]), style)}$, found above." if len(gone) == 1 else line.rule.sentence


def _recognised(line: Line, before: str, after: str, style: Style) -> str:
    """Which name a line has written for its value, where a sentence would say only for the second time that there is one."""
    sides = [s for s in line.relation.sides if isinstance(s, Expr)]
    called = {to_latex(entry(n), style) for s in sides for n in names(s)}
    more = [n for n in sorted(called) if len(_places(n, after)) > len(_places(n, before))]
    return f"Write ${more[0]}$ for what it stands for." if len(more) == 1 else line.rule.sentence


def _places(name: str, latex: str) -> list[str]:
    return re.findall(rf"(?<![A-Za-z\\]){re.escape(name)}(?![A-Za-z])", latex)


def _changed(before: str, after: str) -> tuple[str, str]:
    """A line with what is new in it marked, and what is gone from the line before, where that is all."""
    return (marked(before, after), vanished(before, after)) if before else (after, "")


def _letter(text: str) -> str:
    return text.split(r"\le")[1].strip()


def _ideas(lines: Sequence[Line], shown: Sequence[LineView], style: Style) -> Iterator[IdeaView]:
    place = 0
    for number, run in enumerate(ideas(lines), 1):
        views = tuple(shown[place : place + len(run)])
        place += len(run)
        before = "" if run[0].before is None else relation_latex(run[0].before, style)
        last = views[-1].latex
        ranges = ", ".join(dict.fromkeys(v.ranges for v in views if v.ranges))
        yield IdeaView(number, views, *_changed(before, last), ranges)


def _ranges(relation: Relation, d: Derivation) -> list[str]:
    page = d.page
    if any(not hasattr(s, "terms") for s in relation.sides):
        return []
    bound = scope(relation.left, page, relation.frame)
    shown = [b for b in relation.frame if not any(x.name in page.continua for x in b.high.letters)]
    return [range_latex(b, bound) for b in shown]


def matrix_result(d: Derivation, form: str = "unicode") -> str:
    """The result in matrix notation; empty where it has none, or is about numbers only."""
    result, page = d.result, d.page
    shapes = {n: tuple(map(axis_size, s.shape)) for n, s in d.symbols.items() if n not in page.continuous}
    read = {n for s in result.sides if isinstance(s, Expr) for n in names(s)}
    if not any(shapes.get(n.removesuffix("_bar")) for n in read):
        return ""
    called = page.names if form == "latex" else {n: plain(x) for n, x in page.names.items()}
    return matrix_relation(result, shapes, Style(names=called, loss=page.loss), form) or ""


def _symbol(name: str, symbol: Symbol, page: Style) -> tuple[str, str, str]:
    """LaTeX, shape and meaning; the page does not show the axes over outcomes."""
    hidden = page.hidden.get(name, frozenset())
    called = [str(a) for k, a in enumerate(symbol.shape) if k not in hidden]
    axes = [_size(a, page) for a in called]
    sizes = r" \times ".join(f"({a})" if len(axes) > 1 and re.search(r"[-+]", a) else a for a in axes)
    ranged = any(".." in str(a) for a in symbol.shape)
    shape = rf"\in \mathbb{{R}}^{{{sizes}}}" if sizes and not ranged else ""
    over = [page.names.get(a, a) for a in called if a in page.continua]
    if over:  # a function: the check's grid has no size for a reader
        shape = rf": {over[0]} \to \mathbb{{R}}"
    return symbol.latex or to_latex(entry(name), page), shape, symbol.meaning


def _size(axis: str, page: Style) -> str:
    """How long an axis is, its letters called as the page calls them."""
    return re.sub(r"[A-Za-z]\w*", lambda m: page.names.get(m[0], m[0]), axis).replace("-", " - ")


def _part(part: AskedPart, length: str) -> PartView:
    kind = part.answer
    mistakes = part.mistakes if length == "full" else ()
    shown = (MistakeView(_typed(kind, m.answer), m.say, numbers_that_show(kind, m.answer)) for m in mistakes)
    source = kind.derivation.name if kind.derivation is not None else ""
    how = "" if length == "answer" else _how(kind)
    return PartView(part.name, part.ask, part.marks, kind.show(), how, tuple(shown), source, _left(kind))


def _left(kind: Kind) -> str:
    """What an answer in letters is equal to; a variant's numbers would have to go into it too."""
    if not isinstance(kind, Answer) or kind.given or kind.relation.ops != ("=",):
        return ""
    named = [a for t in kind.relation.left.terms for a, _ in t.factors]
    whole = len(named) == 1 and isinstance(named[0], Entry)
    return side_latex(kind.relation.left, kind.relation, kind.style()) if whole else ""


def _typed(kind: Kind, answer: str) -> str:
    """What a student typed, as a formula where it is one."""
    if isinstance(kind, Choice):
        return kind.like(answer).show()
    text = kind.page(answer)
    words = re.fullmatch(r"[A-Za-z][a-z]+([ -][a-z]+)+", text)
    return rf"\text{{{text}}}" if words else re.sub(r"^\{(.*)\}$", r"\\{\1\\}", text)


def _how(kind: Kind) -> str:
    """Where an answer comes from: a sentence, and the working of its own that a kind has."""
    return "\n\n".join(t for t in (_source(kind), kind.worked) if t)


def _source(kind: Kind) -> str:
    if kind.derivation is None:
        return ""
    single = {n: as_given(v) for n, v in kind.given.items() if isinstance(v, int | float | Fraction)}
    latex = {n: s.latex or n for n, s in kind.derivation.symbols.items()}
    numbers = ", ".join(f"${latex.get(n, n)} = {text}$" for n, text in single.items() if text)
    how = "This is the result of" if isinstance(kind, Answer) else "It follows from"
    text = f"{how} “{kind.derivation.title}”"
    return f"{text}, with {numbers}." if numbers else f"{text}."
