"""Derived relations in every form: index text, the page form, LaTeX, code; and the lines that gave them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from derive.calculus.affine import Affine
from derive.calculus.atoms import Entry
from derive.calculus.program import Definition, Program
from derive.calculus.substitute import atoms, free_letters, names
from derive.calculus.trace import Line, Relation, ideas
from derive.notation.index_text import program_text, relation_text
from derive.notation.index_unicode import relation_unicode
from derive.notation.latex_names import latex_names
from derive.notation.matrix_relation import matrix_relation, matrix_side
from derive.notation.relation_latex import relation_latex
from derive.notation.style import Style

FORMS = ("text", "unicode", "latex")
WIDTH = 60  # what is longer does not push the matrix forms further to the right


class BadQuestion(ValueError):
    """What was asked cannot be answered; the message is a sentence for whoever asked."""


@dataclass(frozen=True)
class Shown:
    """Relations that were derived, to be shown.

    Attributes:
        source: the program they are about.
        relations: name of the defined array → its relation, in order of computation.
        lines: how they came about.
        code: forward definitions and those of the relations: what code computes.
        asked: key of a result (what was asked for) → name of the array that is the answer.
        loss: what adjoints are derivatives of.
        title: what the answer is, in a few words.
    """

    source: Program
    relations: Mapping[str, Relation]
    lines: tuple[Line, ...]
    code: Program
    asked: Mapping[str, str]
    loss: str
    title: str

    @cached_property
    def shapes(self) -> dict[str, tuple[Affine, ...]]:
        """Array → dimensions."""
        return {**self.code.shapes, **self.source.shapes}

    @cached_property
    def style(self) -> Style:
        """How LaTeX writes the names."""
        plain = [n for n in self.shapes if not n.endswith("_bar") and "/" not in n]
        return Style(
            names=latex_names([*plain, *self.source.functions]),
            loss=self.loss,
            ranks={n: len(s) for n, s in self.shapes.items()},
        )

    def show(self, relation: Relation, form: str) -> str:
        """One relation in a form of `FORMS`."""
        if form == "latex":
            return relation_latex(relation, self.style)
        if form == "unicode":
            return relation_unicode(relation, shapes=self.shapes, loss=self.loss)
        return relation_text(relation, shapes=self.shapes)

    def matrix_of(self, relation: Relation, form: str = "text") -> str | None:
        """One relation in matrix notation, in a form of `FORMS`; None where it has none."""
        return matrix_relation(relation, self.shapes, self._style(form), form)

    def _style(self, form: str) -> Style:
        return self.style if form == "latex" else Style(loss=self.loss)

    def _beside(self, lines: Sequence[str], form: str) -> str:
        """Lines with the matrix form of what they define beside them, as a comment, where there is one."""
        relations = self.relations.values()
        forms = [matrix_side(r, self.shapes, self._style(form), form) if self._has_axes(r) else "" for r in relations]
        width = max((len(x) for x, f in zip(lines, forms, strict=True) if f and len(x) <= WIDTH), default=0)
        return "\n".join(f"{x:<{width}}  # {f}" if f else x for x, f in zip(lines, forms, strict=True))

    def _has_axes(self, relation: Relation) -> bool:
        """Whether it is about more than numbers, whose matrix form says nothing new."""
        return bool(relation.frame) or any(self.shapes.get(n) for n in names(relation.result))

    @property
    def notes(self) -> list[str]:
        """Where a letter runs as far as its reads fit, a number has the name of a size, or a lone letter is one integer."""
        fit = [
            f"{d.name}[{','.join(x.letter.name for x in d.letters)}]: {b.letter.name} = {b.low!r}..{b.high - 1!r}"
            for d in self.source.definitions
            for b in d.letters
            if b.high.letter is None
        ]
        used = {b.letter.name.upper(): b for d in self.source.definitions for b in d.letters}
        scalars = [n for n in self.source.inputs if n in used and not self.source.shapes[n]]
        return [
            *fit,
            *(
                f"{n} is a number of its own; for the size of {used[n].letter.name} write: dims {used[n].letter.name} = {n}"
                for n in scalars
            ),
            *(f"{x} is one integer, an input: no sum binds it and no left side has it" for x in self._lone_letters()),
        ]

    def _lone_letters(self) -> list[str]:
        """The integers that stand alone in a slot, where a reader may have meant an index."""
        program = self.source
        sizes = {a.letter for shape in program.shapes.values() for a in shape}
        sizes |= {x for d in program.definitions for b in d.letters for x in b.high.letters}
        slots = {
            (slot.letter, d)
            for d in program.definitions
            for a in atoms(d.body)
            if isinstance(a, Entry)
            for slot in a.at
        }
        return sorted(
            {x.name for x, d in slots if x and x in free_letters(d.body) - sizes - {b.letter for b in d.letters}}
        )

    @property
    def text(self) -> str:
        """The index language; the matrix forms and what else a reader should know, as comments."""
        defined = tuple(Definition(n, r.frame, r.result) for n, r in self.relations.items())
        lines = program_text(Program(defined, self.shapes)).split("\n")
        return "\n".join([*(f"# {note}" for note in self.notes), self._beside(lines, "text")])

    @property
    def unicode(self) -> str:
        """As a page shows it, counting from 0, with the matrix forms as comments."""
        return self._beside([self.show(r, "unicode") for r in self.relations.values()], "unicode")

    @property
    def matrix(self) -> str:
        """In matrix notation; entry by entry, as `unicode` has it, where there is none."""
        return "\n".join(self.matrix_of(r, "unicode") or self.show(r, "unicode") for r in self.relations.values())

    @property
    def latex(self) -> str:
        """LaTeX, counting from 1."""
        return "\n".join(self.show(r, "latex") for r in self.relations.values())

    @property
    def torch(self) -> str:
        """A module that defines ``gradient(inputs)`` with torch."""
        return self._module("torch")

    @property
    def numpy(self) -> str:
        """A module that defines ``gradient(inputs)`` with NumPy."""
        return self._module("numpy")

    @property
    def sympy(self) -> str:
        """A script that builds every definition as a SymPy equation."""
        return self._module("sympy")

    def _module(self, target: str) -> str:
        from derive.notation.code_module import module
        from derive.notation.code_values import NotExportable
        from derive.notation.sympy_script import sympy_script

        try:
            if target == "sympy":
                return sympy_script(self.code, self.asked, f"{self.title}.").rstrip("\n")
            return module(self.code, self.asked, target, f"{self.title}.").rstrip("\n")
        except NotExportable as error:
            raise BadQuestion(f"there is no {target} code for this: {error}.") from error

    def steps(self, form: str = "text") -> str:
        """The ideas, each with its rule; runs of bookkeeping are one line."""
        said: set[str] = set()
        out = []
        for number, run in enumerate(ideas(self.lines), 1):
            out.append(f"{number:>3}  {self.show(run[-1].relation, form)}")
            for line in run:
                rule = line.rule
                condition = f" {rule.condition}" if rule.condition else ""
                out.append(f"       {rule.name}" + ("" if rule.name in said else f": {rule.sentence}{condition}"))
                said.add(rule.name)
        return "\n".join(out)

    def step_records(self) -> list[dict[str, Any]]:
        """One JSON object for every line: rule, statement, condition, before, after, what changed, shape."""
        return [
            {
                "rule": line.rule.name,
                "sentence": line.rule.sentence,
                "statement": line.rule.statement or None,
                "condition": line.rule.condition or None,
                "before": None if line.before is None else self.show(line.before, "text"),
                "after": self.show(line.relation, "text"),
                "changed": [self.show(r, "text") for r in line.changed],
                "shape": [repr(b.high - b.low) for b in line.relation.frame],
                "idea": line.rule.idea,
            }
            for line in self.lines
        ]

    def records(self) -> list[dict[str, Any]]:
        """One JSON object for each array that was asked for."""
        return [
            {
                "wrt": n,
                **{form: self.show(self.relations[x], form) for form in FORMS},
                "matrix": self.matrix_of(self.relations[x]),
            }
            for n, x in self.asked.items()
        ]
