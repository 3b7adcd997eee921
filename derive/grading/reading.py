"""From a request's text to formulas: which syntax, left-hand side and array; and the space they live in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from derive.calculus.affine import Affine
from derive.calculus.atoms import Bound, Entry
from derive.calculus.expr import Expr, entry
from derive.calculus.functions import functions
from derive.calculus.substitute import free_letters, names, replace_atoms
from derive.notation import tree
from derive.notation.answers import stripped
from derive.notation.arrays import Clash, Value
from derive.notation.conditions import conjunction, truth
from derive.notation.declare import Declarations
from derive.notation.errors import Unreadable
from derive.notation.latex import read_latex
from derive.notation.meaning import ELEMENT, lowered, region
from derive.notation.page import as_page
from derive.notation.plain import TRUTHS, is_plain, read_instead, read_text
from derive.notation.python import is_code, is_numpy, read_python
from derive.notation.regions import could_be_region, is_region
from derive.notation.walk import numbered, walk
from derive.notation.write import to_latex

_BOTH_SIGNS = re.compile(r"\\pm(?![A-Za-z])|±|\+/-|\+-")
_UNION = re.compile(r"(?<=[)\]}] )U(?= [(\[{])|(?<=[)\]}])U(?=[(\[{])")
_IVERSON = re.compile(r"[\s$]*(?:\\left\s*)?\[[^\[\]]*\][\s$]*")
SYNTAXES = ("latex", "python", "text", "auto")


@dataclass(frozen=True)
class Formula:
    """A text as the grader sees it: its tree, its meaning entry by entry, and the tree that a page shows.

    ``whole`` are its axes as it is written: a matrix of one column is a column in ``shape``, and has two axes here.
    """

    text: str
    syntax: str
    node: tree.Node
    shape: tuple[Affine, ...]
    frame: tuple[Bound, ...]
    body: Expr
    row: bool = False
    unknown: frozenset[str] = frozenset()
    is_set: bool = False
    halves: frozenset[tuple[Affine, Affine]] = frozenset()
    page: tree.Node | None = None
    partial: tuple[Value, ...] = ()
    whole: tuple[Affine, ...] = ()

    @property
    def is_condition(self) -> bool:
        """Whether it holds or does not."""
        node = self.node
        return isinstance(node, tree.Relation | tree.Logic) or (
            isinstance(node, tree.Constant) and node.name in ("true", "false")
        )

    @property
    def body_names(self) -> bool:
        """Whether it speaks of any name or letter."""
        return bool(names(self.body) or free_letters(self.body))

    @property
    def interval(self) -> bool:
        """Whether a decimal in it stands for an interval."""
        return "interval" in functions(self.body)


def read_formula(
    text: str, syntax: str, declarations: Declarations, asked: str | None = None, sets: bool = False
) -> Formula:
    """Read an answer or a reference; as a set of numbers where ``sets`` says so and it can be one.

    Raises:
        Unreadable: with a sentence and a position.
        Refused: over the budget.
        Clash: shapes that do not go together.
    """
    if syntax == "auto":
        return _guessed(text, declarations, asked, sets)
    return meaning(text, syntax, _tree(text, syntax, declarations, asked, sets), declarations, sets)


def _tree(text: str, syntax: str, declarations: Declarations, asked: str | None, sets: bool) -> tree.Node:
    """The tree of an answer; where a set is asked for, ``1 ± √2`` are two elements, and ``x^2 = 2`` is a condition."""
    signs = list(_BOTH_SIGNS.finditer(text)) if sets and syntax != "python" else []
    if len(signs) != 1:
        return _sided(read_tree(text, syntax, declarations), declarations, asked, sets)
    (sign,) = signs
    both = (f"{text[: sign.start()]}{one:<{len(sign[0])}}{text[sign.end() :]}" for one in "+-")
    found = [stripped(read_tree(t, syntax, declarations), declarations, asked) for t in both]
    items = (i for node in found for i in (node.items if isinstance(node, tree.SetOf) else (node,)))
    return tree.SetOf(tuple(items), span=(0, len(text)))


def _sided(node: tree.Node, declarations: Declarations, asked: str | None, sets: bool) -> tree.Node:
    """The tree without a left side that is but a name."""
    solves = sets and isinstance(node, tree.Relation) and isinstance(node.operands[0], tree.Power)
    return node if solves else stripped(node, declarations, asked)


def read_formulas(
    text: str, syntax: str, declarations: Declarations, asked: str | None = None, sets: bool = False
) -> list[Formula]:
    """Every customary reading of a text: several only in the plain box.

    Raises:
        Unreadable: with a sentence and a position.
        Refused: over the budget.
        Clash: shapes that do not go together.
    """
    text = _UNION.sub("∪", text) if sets else text
    if syntax == "text" and not (sets and _BOTH_SIGNS.search(text)):
        return _meanings(text, read_text(text, declarations), declarations, asked, sets)
    try:
        formula = read_formula(text, syntax, declarations, asked, sets)
    except (Unreadable, Clash) as error:
        if syntax == "auto" and (found := read_instead(text, declarations, sets)):
            return _meanings(text, found, declarations, asked, sets)
        raise error from None
    plain = syntax == "auto" and formula.syntax == "latex" and (is_plain(text) or formula.unknown)
    if plain and (found := read_instead(text, declarations, sets)):
        return _meanings(text, found, declarations, asked, sets)
    return [formula]


def _meanings(
    text: str, nodes: Iterable[tree.Node], declarations: Declarations, asked: str | None, sets: bool
) -> list[Formula]:
    """Every reading of plain text whose shapes go together; where there is none, what clashes in the first."""
    every = [partial(meaning, text, "text", _sided(n, declarations, asked, sets), declarations, sets) for n in nodes]
    found = []
    for read in every:
        with suppress(Clash):
            found.append(read())
    return found or [every[0]()]


def as_set(formula: Formula, declarations: Declarations) -> Formula:
    """The same text, read as a set of numbers.

    Raises:
        Unreadable: it cannot be one.
    """
    if formula.is_set:
        return formula
    if formula.is_condition:
        return _of_one_letter(formula)
    return meaning(formula.text, formula.syntax, formula.node, declarations, True)


def as_truth(formula: Formula, declarations: Declarations) -> Formula | None:
    """Boolean algebra written with sums and products of names that are 0 or 1, as a condition; else None."""
    parts = list(walk(formula.node))
    allowed = all(
        isinstance(n, tree.Name | tree.Logic | tree.Indicator | tree.Add)
        or (isinstance(n, tree.Product) and not set(n.ops) - {"", "cdot", "times", "*"})
        or (isinstance(n, tree.Number) and n.text in ("0", "1"))
        for n in parts
    )
    if (
        not allowed
        or formula.shape
        or not all(declarations.is_truth(n.name) for n in parts if isinstance(n, tree.Name))
    ):
        return None
    return replace(formula, body=truth(conjunction(formula.body)))


def as_iverson(formula: Formula, declarations: Declarations) -> Formula | None:
    """A condition that stands alone in square brackets, ``[x > 0]``, as the number 1 or 0; else None."""
    if not isinstance(formula.node, tree.Relation | tree.Logic) or not _IVERSON.fullmatch(formula.text):
        return None
    return meaning(formula.text, formula.syntax, tree.Indicator(formula.node, span=formula.node.span), declarations)


def _of_one_letter(formula: Formula) -> Formula:
    """A condition on one letter as the set of the numbers that satisfy it."""
    spoken = formula.unknown or names(formula.body)
    if isinstance(formula.node, tree.Relation | tree.Logic) and len(spoken) == 1 and not formula.shape:
        (name,) = spoken
        body = replace_atoms(formula.body, lambda a: entry(ELEMENT) if a == Entry(name, ()) else None)
        return replace(formula, body=body, is_set=True)
    raise Unreadable("A set of numbers is asked for: an interval, or numbers in curly brackets.", 0)


def meaning(
    text: str, syntax: str, node: tree.Node, declarations: Declarations, sets: bool = False, rows: bool = False
) -> Formula:
    """What a text means that was read as this tree.

    Raises:
        Unreadable: it means nothing we know.
        Clash: shapes do not go together.
    """
    base = 0 if syntax == "python" else None
    if is_region(node) or (sets and could_be_region(node)):
        found = region(node, declarations, base=base)
        page = as_page(node, declarations, found.shapes) if base == 0 else node
        return Formula(text, syntax, node, (), (), found.body, False, found.unknown, True, page=page)
    numpy = syntax == "python" and is_numpy(text, node)
    found = lowered(node, declarations, base=base, numpy=numpy, rows=rows)
    page = as_page(node, declarations, found.shapes, numpy=numpy) if base == 0 else node
    row = found.row and not numpy
    return Formula(
        text,
        syntax,
        node,
        found.dims,
        found.frame,
        found.body,
        row,
        found.unknown,
        False,
        found.halves,
        page,
        found.partial,
        found.shapes.get(id(node), found.dims),
    )


def lying(formula: Formula, declarations: Declarations, even: bool = False) -> Formula | None:
    """The same text with every row ``X_i`` of a matrix lying down; None where its shape stays, but with ``even``."""
    matrices = {n for n, s in declarations.symbols.items() if s.rank == 2}
    if formula.is_set or not matrices or matrices.isdisjoint(numbered(formula.node, 1)):
        return None
    with suppress(Unreadable, Clash):
        found = meaning(formula.text, formula.syntax, formula.node, declarations, rows=True)
        return found if even or (found.shape, found.row) != (formula.shape, formula.row) else None
    return None


def _guessed(text: str, declarations: Declarations, asked: str | None, sets: bool) -> Formula:
    """Python where that reads with every name known, else LaTeX; of code, what Python says of it."""
    python: Formula | Unreadable | Clash
    try:
        python = read_formula(text, "python", declarations, asked, sets)
    except (Unreadable, Clash) as error:
        python = error
    if isinstance(python, Formula) and not python.unknown:
        return python
    try:
        return read_formula(text, "latex", declarations, asked, sets)
    except Unreadable:
        if not is_code(text):
            raise
    if isinstance(python, Formula):
        return python
    raise python


def read_tree(text: str, syntax: str, declarations: Declarations) -> tree.Node:
    """The syntax tree of a text in a named syntax."""
    if syntax == "python":
        return read_python(text, declarations)
    if syntax == "text":
        return read_text(text, declarations)[0]
    if syntax != "latex":
        raise Unreadable(f"There is no syntax {syntax!r}: it is {', '.join(SYNTAXES[:-1])} or {SYNTAXES[-1]}.")
    said = TRUTHS.get(text.strip().lower())
    if said is not None and not all(map(declarations.is_known, text.strip())):
        return tree.Constant(said, span=(0, len(text)))
    return read_latex(text, declarations, sides=True)


def reading_of(node: tree.Node) -> str:
    """What we understood, in LaTeX."""
    return to_latex(node)
