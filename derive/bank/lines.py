"""Lines of working as an answer: each line judged from the student's own before it, and the ideas that must appear."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from derive.bank.defined import Equation, abbreviations
from derive.bank.kind import Kind
from derive.bank.names import declared
from derive.bank.typed import Typed, text_of
from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, Entry
from derive.calculus.expr import Expr, entry
from derive.calculus.substitute import atoms, names
from derive.calculus.trace import Line, Relation, Table
from derive.derivations.base import Derivation
from derive.grading.paper import parted
from derive.grading.reading import read_tree
from derive.grading.steps import answer_request
from derive.grading.steps_request import lines_request, result_text
from derive.grading.verdict import Verdict, message
from derive.notation import tree
from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable
from derive.notation.relation_latex import side_latex
from derive.notation.walk import walk

OPENING = ("definition", "given")
Idea = str | tuple[str, ...]


@dataclass(frozen=True)
class Lines(Kind):
    r"""The lines of a derivation, ``{"lines": ["…", "…"]}`` or one a line.

    The marks: the share ``result`` for a last line that is right; the rest for the ideas that stand in lines that follow, each
    worth the same, times the share of the lines that follow. So a definition followed by the result earns the result's marks
    only, and a right result does not make good for a wrong line above it.

    Attributes:
        of: the derivation.
        ideas: what must appear, in LaTeX without indices: ``\frac{\partial L}{\partial z}``, ``\sigma'``; an equation
            asks for a line that says its left side by way of its right one; a tuple lists different ways to write one idea.
            By default the quantities on the way to the derivation's result; for a slope counts what reverse mode writes, too.
        result: the share of the marks that the result alone earns.
        instead: lines to compare with, in place of the derivation's.
        equations: what the page defines, as left and right sides; a problem puts them here.

    >>> from derive.derivations.catalogue import catalogue
    >>> kind = Lines(catalogue()["gan-generator-saturates"])
    >>> kind.judge({"lines": kind.model}).verdict
    'equal'
    >>> kind.judge({"lines": [r"L = \log(1 - \sigma(a))", r"\frac{\partial L}{\partial a} = -D"]}).evidence["share"]
    '1/3'
    """

    of: Derivation
    ideas: Sequence[Idea] = ()
    result: Fraction = Fraction(1, 3)
    instead: str = ""
    equations: tuple[Equation, ...] = ()

    @property
    def derivation(self) -> Derivation:
        """Where the answer comes from."""
        return self.of

    @cached_property
    def model(self) -> list[str]:
        """The derivation's lines, after what is given."""
        return list(lines_request(self.of)["lines"])

    @property
    def _steps(self) -> list[Line]:
        return [line for line in self.of.lines if line.rule.name not in OPENING]

    def show(self) -> str:
        """The lines, one below the other."""
        rows = r" \\ ".join(f"& {line}" for line in self.model)
        return rf"\begin{{aligned}} {rows} \end{{aligned}}"

    def typed(self) -> str:
        """The lines, one a line."""
        return "\n".join(self.model)

    def like(self, text: str) -> Lines:
        """The same lines as a text's are right, whatever they are worth."""
        return replace(self, instead=text)

    @cached_property
    def request(self) -> dict[str, Any]:
        """The request of PROTOCOLS section 2, without the lines."""
        found = lines_request(self.of)
        del found["id"], found["lines"]
        frame = {b.letter.name: str(b.high - b.low) for b in self.of.result.frame}
        free = {} if self.of.page.continua & set(frame.values()) else frame
        given = [*found["given"], *self._of_page()]
        return {**found, "given": given, "result": result_text(self.of), "free_indices": free}

    def _of_page(self) -> Iterator[str]:
        """What names of the page stand for that the derivation does not have."""
        asking = {"symbols": declared(self.of), "index_base": self.of.index_base}
        for fields in abbreviations(self.equations, asking).values() if self.equations else ():
            if fields["shape"] != "function":
                below = ",".join(fields.get("letters", ()))
                yield f"{fields['latex']}{f'_{{{below}}}' if below else ''} = {fields['definition']}"

    def judge(self, answer: Typed) -> Verdict:
        """The verdict on all lines; ``share`` of the evidence is the share of the marks."""
        lines = _lines(answer)
        if self.instead:
            same = lines == _lines(self.instead)
            return Verdict("equal" if same else "different", {"kind": "lines"}, r" \\ ".join(lines))
        if not lines:
            return message("unreadable", "Give the lines of your working, one a line.", 0)
        found = answer_request({**self.request, "lines": lines})
        if len(found["lines"]) != len(lines):
            return message("undecided", str(found.get("evidence", {}).get("message", "A person reads these lines.")))
        return self._summed(lines, found)

    def _summed(self, lines: Sequence[str], found: Mapping[str, Any]) -> Verdict:
        verdicts = [line["verdict"] for line in found["lines"]]
        good = [text for text, v in zip(lines, verdicts, strict=True) if v == "follows" and self._tells(text)]
        missing = [idea for idea in self.wanted if not self._appears(idea, good)]
        wrong = verdicts.count("wrong")
        way = len(good) >= min(2, len(self.model)) and bool(found["reaches_result"])  # where no idea stands for it
        seen = Fraction(len(self.wanted) - len(missing), len(self.wanted)) if self.wanted else Fraction(way)
        share = (self.result if found["reaches_result"] else 0) + (1 - self.result) * seen * Fraction(
            len(good), max(1, len(good) + wrong)
        )
        told = {
            "kind": "lines",
            "lines": found["lines"],
            "first_wrong_line": found["first_wrong_line"],
            "reaches_result": found["reaches_result"],
            "ideas": len(self.wanted),
            "missing": [idea if isinstance(idea, str) else idea[0] for idea in missing],
            "share": str(share),
        }
        reading = r" \\ ".join(str(line["reading"] or "?") for line in found["lines"])
        if share == 1 and not wrong:
            return Verdict("equal", told, reading)
        doubtful = found["reaches_result"] is None or set(verdicts) - {"follows", "wrong"}
        if doubtful and not wrong:
            return Verdict("undecided", {**told, "message": _unread(verdicts)}, reading)
        return Verdict("different", told, reading)

    @cached_property
    def wanted(self) -> tuple[Idea, ...]:
        """The ideas that must appear."""
        return tuple(self.ideas) or tuple(self._on_the_way())

    def _on_the_way(self) -> Iterator[Idea]:
        """The quantities that lines between read and neither question nor result speaks of."""
        steps = self._steps
        known = {*self.of.symbols, *(_read(self.of.result) if steps else ())}
        read = {name: None for line in steps for name in sorted(_read(line.relation)) if name not in known}
        for name in read:
            written = self._written(name)
            yield (written, "'", "[", *self._backward(name, known)) if "/" in name else written

    def _backward(self, slope: str, known: Collection[str]) -> Iterator[str]:
        """What reverse mode writes in place of a slope ``z/h``: ``∂L/∂h``, or ``∂L/∂x`` as some ``∂L/∂h`` at the end."""
        upper, lower = (f"{name.removeprefix('d')}_bar" for name in slope.split("/"))
        last = self.of.result.sides[0]
        if isinstance(last, Expr) and lower in names(last) and upper not in known and self._rank(upper) is not None:
            yield f"{self._written(lower)} = {self._written(upper)}"
        elif lower not in known and self._rank(lower) is not None:
            yield self._written(lower)

    def _rank(self, name: str) -> int | None:
        """How many indices an array of the derivation has."""
        return next((len(e.at) for line in self.of.lines for e in _entries(line.relation, name)), None)

    def _written(self, name: str) -> str:
        frame = (Bound(Letter("i"), Affine.of(0), Affine.of("n")),)
        return side_latex(entry(name, *[Letter("i")] * (self._rank(name) or 0)), Relation((), (), frame), self.of.page)

    def _tells(self, text: str) -> bool:
        """Whether a line says more than that something is itself."""
        node = _tree(text, Declarations.of(self.request["symbols"]))
        return not isinstance(node, tree.Relation) or any(side != node.operands[0] for side in node.operands[1:])

    def _appears(self, idea: Idea, lines: Sequence[str]) -> bool:
        """Whether one way to write an idea stands in one of the lines."""
        declarations = Declarations.of(self.request["symbols"])
        trees = [node for text in lines if (node := _tree(text, declarations)) is not None]
        parts = [n for node in trees for n in walk(node)]
        return any(_stands(way, parts, declarations) for way in ((idea,) if isinstance(idea, str) else idea))


def _lines(answer: Typed) -> list[str]:
    given = answer.get("lines") if isinstance(answer, Mapping) else None
    lines = (
        given if isinstance(given, list) else [row for line in text_of(answer)[0].splitlines() for row in _rows(line)]
    )
    return [str(line).strip() for line in lines if str(line).strip()]


def _rows(line: str) -> list[str]:
    """The lines that stand in one, without the signs that align them."""
    return [row if r"\begin" in row else row.replace("&", "") for row in parted(line)]


def _unread(verdicts: Sequence[str]) -> str:
    doubtful = [str(k) for k, v in enumerate(verdicts, 1) if v not in ("follows", "wrong")]
    return f"Line {', '.join(doubtful)} could not be decided." if doubtful else "The last line could not be decided."


def _read(relation: Relation) -> frozenset[str]:
    sides = (e for s in relation.sides[1:] for e in ([s] if isinstance(s, Expr) else (x for r in s.entries for x in r)))
    return frozenset(n for e in sides for n in names(e))


def _entries(relation: Relation, name: str) -> Iterator[Any]:
    for side in relation.sides[1:]:
        if not isinstance(side, Table):
            yield from (a for a in atoms(side) if isinstance(a, Entry) and a.name == name)


def _tree(text: str, declarations: Declarations) -> tree.Node | None:
    try:
        return read_tree(text.removeprefix("="), "latex", declarations)
    except (Unreadable, Refused):
        return None


def _stands(way: str, parts: Sequence[tree.Node], declarations: Declarations) -> bool:
    if way == "'":
        return any(isinstance(n, tree.Prime) for n in parts)
    if way == "[":
        return any(isinstance(n, tree.Indicator) for n in parts)
    wanted = _tree(way, declarations)
    if isinstance(wanted, tree.Relation):
        return any(_is_by(n, *map(_bare, wanted.operands)) for n in parts if isinstance(n, tree.Relation))
    return wanted is not None and any(_bare(n) == _bare(wanted) for n in parts)


def _is_by(line: tree.Relation, left: tree.Node, right: tree.Node) -> bool:
    """Whether a line says what one quantity is by way of another."""
    first, *others = line.operands
    return _bare(first) == left and any(_bare(n) == right for side in others for n in walk(side))


def _bare(node: tree.Node) -> tree.Node:
    """A quantity without its indices; a derivative is one however it is written."""
    match node:
        case tree.Index(base=base):
            return _bare(base)
        case tree.Derivative(of=of, wrt=wrt):
            return replace(node, kind="partial", of=of and _bare(of), wrt=tuple(map(_bare, wrt)))
    return node
