"""A first file for a new problem: one to change, or one about a derivation of the catalogue."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import derive.derivations as package
from derive.bank.kinds import Answer
from derive.calculus.expr import Expr, entry
from derive.calculus.trace import Relation, Table
from derive.derivations.base import Derivation
from derive.derivations.catalogue import catalogue
from derive.notation.relation_latex import relation_latex, side_latex
from derive.render.filling import filled
from derive.render.views import view
from derive.verify.mutate import mutants

MISTAKES = 2
TRIED = 12
HINTS = 3


class NoAnswer(ValueError):
    """A derivation whose result is no formula that an answer can be compared with."""


def skeleton(name: str, bank: str) -> str:
    """A problem that runs as it is, with everything a first problem needs."""
    return filled("problem.py.j2", {"name": name, "bank": bank, "title": _title(name)})


def skeleton_from(name: str, bank: str, d: Derivation) -> str:
    """A problem whose answer is a derivation of the catalogue: its rules and names, mistakes, hints.

    Raises:
        NoAnswer: its result is a condition, or cannot be read back.
    """
    kind = Answer(d)
    if d.mode != "holds" or set(d.result.ops) != {"="} or kind.judge(kind.typed()).verdict != "equal":
        raise NoAnswer(f"the result of {d.name} is no formula to compare with; see docs/authoring.md for other answers")
    module, variable = _place(d)
    page = {
        "name": name,
        "bank": bank,
        "title": d.title.replace('"', "'"),
        "module": module,
        "variable": variable,
        "derivation": d.name,
        "givens": list(_givens(d)),
        "asked": relation_latex(d.result, d.page).split(" = ")[0].strip(),
        "mistakes": list(_mistakes(kind)),
        "hints": list(_hints(d)),
    }
    return filled("problem_from.py.j2", page)


def _title(name: str) -> str:
    return name.split("/")[-1].replace("_", " ").capitalize()


def _place(d: Derivation) -> tuple[str, str]:
    """The module and the variable that hold a derivation of the catalogue."""
    catalogue()
    for name, module in sorted(sys.modules.items()):
        if name.startswith(f"{package.__name__}."):
            for variable, value in vars(module).items():
                if value is d:
                    return name.rpartition(".")[2], variable
    raise NoAnswer(f"{d.name} is no module's own")


def _givens(d: Derivation) -> Iterator[str]:
    """The program's rules as displays, and what the names mean."""
    for rule in d.program.definitions if d.program is not None else ():
        left = entry(rule.name, *(b.letter.name for b in rule.letters))
        yield f"$${relation_latex(Relation((left, rule.body), frame=rule.letters), d.page)}$$\n"
    named = (f"${latex}{f' {shape}' if shape else ''}$ is {meaning}" for latex, shape, meaning in view(d).symbols)
    yield f"Here {'; '.join(named)}."


def _mistakes(kind: Answer) -> Iterator[tuple[str, str]]:
    """Wrong answers, an edit of the result each, of different kinds and not the same as one another."""
    d, found = kind.of, dict[str, str]()
    for mutant in list(mutants(d.lines[-1], len(d.lines)))[:TRIED]:
        side = mutant.relation.right
        if mutant.kind in found or not isinstance(side, Expr | Table) or len(found) == MISTAKES:
            continue
        text = side_latex(side, mutant.relation, d.page)
        judged = kind.judge(text).verdict == "different"
        if judged and all(kind.like(other).judge(text).verdict == "different" for other in found.values()):
            found[mutant.kind] = text
            yield text, mutant.kind


def _hints(d: Derivation) -> list[str]:
    sentences = dict.fromkeys(line.rule.sentence.replace('"', "'") for line in d.lines[1:] or d.lines)
    return list(sentences)[:HINTS]
