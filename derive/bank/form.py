r"""The form of a right answer: which symbols and functions may stand in it, closed, factored, significant figures.

An answer that says only again what is asked for (``\sigma'(x)`` for “differentiate σ”) is no answer, whatever form is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive.bank.kinds import Answer, Kind, Typed, text_of
from derive.bank.names import declared
from derive.calculus.atoms import Apply
from derive.grading.reading import Formula, read_formula, read_tree
from derive.notation import tree
from derive.notation.arrays import Clash
from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable
from derive.notation.walk import walk

FIGURES = re.compile(r"[+-]?(\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+|\s*(?:\\cdot|\\times|\*)\s*10(?:\^|\*\*)\{?-?\d+\}?)?")
SUMS = {"sum": "a sum", "prod": "a product over an index", "int": "an integral"}


@dataclass(frozen=True, slots=True)
class Form:
    r"""What a right answer must look like.

    Attributes:
        allowed: the only names that it may speak of, dimension letters aside; any by default.
        forbidden: names and functions that may not stand in it: ``"z"``, ``"tanh"``, ``"derivative"`` (a prime), ``"sum"``.
        closed: no sums, products over an index or integrals.
        factored: a product or a power, not a sum of terms.
        figures: how many significant figures a number is to be given with.
        keeps: the marks of an answer that is right in another form.
        say: what a student hears then; made from the rest by default.

    >>> from derive import Form, Part
    >>> Form(forbidden=("tanh",), factored=True, keeps=1).keeps
    1
    """

    allowed: Sequence[str] = ()
    forbidden: Sequence[str] = ()
    closed: bool = False
    factored: bool = False
    figures: int | None = None
    keeps: int = 0
    say: str = ""

    def complaint(self, kind: Kind, answer: Typed) -> str:
        """What is wrong with the form of a right answer, a sentence; empty where nothing is."""
        text, syntax = text_of(answer)
        found = next(self._complaints(kind, text, syntax), "")
        return found and (self.say or f"Right in value, but {found}.")

    def _complaints(self, kind: Kind, text: str, syntax: str) -> Iterator[str]:
        m = FIGURES.fullmatch(text.strip().strip("$").strip())
        if self.figures is not None and m and _figures(m.group(1)) != self.figures:
            yield f"give it with {self.figures} significant figures"
        formula = _formula(kind, text, syntax)
        if formula is not None:
            yield from self._of_tree(formula.node)

    def _of_tree(self, node: tree.Node) -> Iterator[str]:
        said = set(_said(node))
        for name in sorted(said & set(self.forbidden)):
            yield "carry out the derivative" if name == "derivative" else f"write it without {name}"
        names = {n.name for n in walk(node) if isinstance(n, tree.Name)}
        for name in sorted(names - set(self.allowed)) if self.allowed else ():
            yield f"write it without {name}: only {', '.join(self.allowed)} may stand in it"
        for name in sorted(said & SUMS.keys()) if self.closed else ():
            yield f"give it in closed form, without {SUMS[name]}"
        if self.factored and isinstance(_bare(node), tree.Add):
            yield "write it as a product"


def _figures(digits: str) -> int:
    """Significant figures; of a whole number the zeros at the end count too.

    >>> _figures("0.0120"), _figures("1200"), _figures("3.")
    (3, 4, 1)
    """
    return len(digits.replace(".", "").lstrip("0")) or 1


def _said(node: tree.Node) -> Iterator[str]:
    for n in walk(node):
        if isinstance(n, tree.Name | tree.Builtin | tree.Constant):
            yield n.name
        elif isinstance(n, tree.Big):
            yield n.op
        elif isinstance(n, tree.Prime | tree.Derivative):
            yield "derivative"


def _bare(node: tree.Node) -> tree.Node:
    while isinstance(node, tree.Neg) or (isinstance(node, tree.Sequence) and len(node.items) == 1):
        node = node.arg if isinstance(node, tree.Neg) else node.items[0]
    return node


def _declarations(kind: Kind) -> tuple[Declarations, str | None]:
    if isinstance(kind, Answer):
        asking = kind.request()
        asked = asking.pop("asked")
        return Declarations.of(**asking), asked
    d = kind.derivation
    return Declarations.of(declared(d) if d else {}), None


def _formula(kind: Kind, text: str, syntax: str) -> Formula | None:
    declarations, asked = _declarations(kind)
    try:
        return read_formula(text, syntax, declarations, asked)
    except (Unreadable, Refused, Clash):
        return None


def restated(kind: Kind, answer: Typed) -> bool:
    r"""Whether an answer only writes again the derivative that is asked for.

    >>> from derive.derivations.catalogue import catalogue
    >>> kind = Answer(catalogue()["gan-generator-saturates"])
    >>> [restated(kind, text) for text in (r"\frac{\partial L}{\partial a}", r"\sigma'(a)", "-D")]
    [True, True, False]
    """
    if not isinstance(kind, Answer):
        return False
    text, syntax = text_of(answer)
    formula = _formula(kind, text, syntax)
    declarations, asked = _declarations(kind)
    if formula is not None:
        right = _formula(kind, kind.typed(), "latex")
        again = asked is not None and formula.node == _tree(asked, "latex", declarations)
        return again or (_is_slope(formula) and not (right and _is_slope(right)))
    node = _tree(text, "latex" if syntax == "auto" else syntax, declarations)
    if node is None:
        return False
    sides = node.operands if isinstance(node, tree.Relation) else (node,)
    return all(isinstance(_bare(side), tree.Derivative) for side in sides)


def _tree(text: str, syntax: str, declarations: Declarations) -> tree.Node | None:
    try:
        return read_tree(text, syntax, declarations)
    except (Unreadable, Refused, Clash):
        return None


def _is_slope(formula: Formula) -> bool:
    """Whether it is the derivative of a function at some place, and nothing else."""
    match formula.body.terms:
        case (term,) if term.coefficient == 1 and not term.bounds and len(term.factors) == 1:
            atom, exponent = term.factors[0]
            return exponent == 1 and isinstance(atom, Apply) and atom.order > 0
    return False
