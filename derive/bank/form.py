"""The form of a right answer: which symbols and functions may stand in it, closed, factored, significant figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive.bank.kind import Kind
from derive.bank.kinds import Answer
from derive.bank.names import declared, typed_name
from derive.bank.readings import read
from derive.bank.typed import Typed, text_of
from derive.grading.reading import Formula, read_formula, read_tree
from derive.notation import tree
from derive.notation.arrays import Clash
from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable
from derive.notation.functions import BIG, CALCULATED
from derive.notation.walk import walk

FIGURES = re.compile(r"[+-]?(\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+|\s*(?:\\cdot|\\times|\*)\s*10(?:\^|\*\*)\{?-?\d+\}?)?")
TOLD = {"abs": "absolute values", "cases": "cases and conditions"}
TOOLS = {*CALCULATED, *TOLD, *BIG.values(), "derivative"}  # what one may be told to do with or without
TERMS = re.compile(r"\bin terms of\b(?:[^.$(]|\$[^$]*\$)*", re.IGNORECASE)
SUMS = {"sum": "a sum", "prod": "a product over an index", "int": "an integral"}


@dataclass(frozen=True, slots=True)
class Form:
    r"""What a right answer must look like.

    Attributes:
        allowed: the only names that it may speak of, indices and the bounds of sums aside; any by default. Where functions
            are among them, such as ``"max"``, it may hold no others; ``"cases"`` are conditions.
        forbidden: names and functions that may not stand in it: ``"z"``, ``"tanh"``, ``"derivative"`` (a prime), ``"sum"``.
            Names are the page's (``"delta"``) or the program's.
        closed: no sums, products over an index or integrals.
        factored: a product or a power, not a sum of terms, nor cases.
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
        if isinstance(kind, Answer):
            _, kind, text, syntax = read(kind, answer)
        found = next(self._complaints(kind, text, syntax), "")
        return found and (self.say or f"Right in value, but {found}.")

    def _complaints(self, kind: Kind, text: str, syntax: str) -> Iterator[str]:
        m = FIGURES.fullmatch(text.strip().strip("$").strip())
        if self.figures is not None and m and _figures(m.group(1)) != self.figures:
            yield f"give it with {self.figures} significant figures"
        formula = formula_of(kind, text, syntax)
        if formula is not None:
            allowed, forbidden = (on_page(kind, names) for names in (self.allowed, self.forbidden))
            trees = list(_written_out(kind, formula.node))
            yield from self._of_tree(formula.node, trees, allowed, forbidden, frozenset(_letters(kind, trees)))

    def _of_tree(
        self,
        node: tree.Node,
        trees: Sequence[tree.Node],
        allowed: Sequence[str],
        forbidden: Sequence[str],
        letters: frozenset[str],
    ) -> Iterator[str]:
        """What is wrong with an answer, and with the definitions of the names in it that the page abbreviates."""
        said = {name for t in trees for name in _said(t)}
        for name in sorted(said & set(forbidden)):
            yield "carry out the derivative" if name == "derivative" else f"write it without {TOLD.get(name, name)}"
        names = {n.name for t in trees for n in walk(t) if isinstance(n, tree.Name)} - letters
        others = said & TOOLS if TOOLS & set(allowed) else set()
        for name in sorted((names | others) - set(allowed)) if allowed else ():
            yield f"write it without {TOLD.get(name, name)}: only {', '.join(allowed)} may stand in it"
        for name in sorted(said & SUMS.keys()) if self.closed else ():
            yield f"give it in closed form, without {SUMS[name]}"
        if self.factored and isinstance(bare(node), tree.Add | tree.Cases):
            yield "write it as a product"


def unfinished(kind: Kind, answer: Typed, ask: str) -> str:
    r"""What to say of a right answer with a derivative left in it where the question names the terms, and none of them is one.

    >>> from derive.derivations.catalogue import catalogue
    >>> kind = Answer(catalogue()["gan-generator-saturates"])
    >>> [unfinished(kind, text, "Give it in terms of $D$.")[:32] for text in (r"-\frac{\sigma'(a)}{1 - D}", "-D")]
    ['Right in value, but a derivative', '']
    """
    terms = TERMS.search(ask)
    if terms is None or "'" in terms[0] or "prime" in terms[0] or not isinstance(kind, Answer):
        return ""
    _, read_by, text, syntax = read(kind, answer)
    if not _has_slope(read_by, text, syntax) or _has_slope(kind, kind.typed(), "latex"):
        return ""
    return "Right in value, but a derivative is left in it: carry it out, and use the terms that the question names."


def _has_slope(kind: Kind, text: str, syntax: str) -> bool:
    formula = formula_of(kind, text, syntax)
    return formula is not None and any("derivative" in _said(t) for t in _written_out(kind, formula.node))


def _figures(digits: str) -> int:
    """Significant figures; of a whole number the zeros at the end count too.

    >>> _figures("0.0120"), _figures("1200"), _figures("3.")
    (3, 4, 1)
    """
    return len(digits.replace(".", "").lstrip("0")) or 1


def on_page(kind: Kind, names: Sequence[str]) -> list[str]:
    """Names as answers hold them, where they are the program's."""
    symbols = kind.derivation.symbols if kind.derivation else {}
    return [typed_name(n, symbols[n]) if n in symbols else n for n in names]


def _said(node: tree.Node) -> Iterator[str]:
    for n in walk(node):
        if isinstance(n, tree.Name | tree.Builtin | tree.Constant):
            yield n.name
        elif isinstance(n, tree.Big):
            yield n.op
        elif isinstance(n, tree.Prime | tree.Derivative):
            yield "derivative"
        elif isinstance(n, tree.Cases | tree.Indicator):
            yield "cases"


def _letters(kind: Kind, trees: Sequence[tree.Node]) -> Iterator[str]:
    """The indices of an answer, and the sizes that bound its sums and stand nowhere else."""
    if not isinstance(kind, Answer):
        return
    asking = kind.request()
    sizes = {size for s in asking["symbols"].values() if isinstance(s["shape"], list) for size in s["shape"]}
    every = [n for t in trees for n in walk(t)]
    binders = [b for n in every if isinstance(n, tree.Big) for b in n.binders]
    bounds = Counter(n.name for b in binders for n in walk(b) if isinstance(n, tree.Name))
    used = Counter(n.name for n in every if isinstance(n, tree.Name))
    yield from (*asking["free_indices"], *(b.letter.name for b in binders))
    yield from (name for name in sizes & bounds.keys() if used[name] == bounds[name])


def _written_out(kind: Kind, node: tree.Node) -> Iterator[tree.Node]:
    """A tree, and the definitions of what it abbreviates."""
    yield node
    known = kind.defined if isinstance(kind, Answer) else {}
    left = {n.name for n in walk(node) if isinstance(n, tree.Name)} & known.keys()
    met: set[str] = set()
    while left:
        met |= left
        trees = [read_tree(known[n]["definition"], "latex", declarations_of(kind)[0]) for n in sorted(left)]
        yield from trees
        left = {n.name for t in trees for n in walk(t) if isinstance(n, tree.Name)} & known.keys() - met


def bare(node: tree.Node) -> tree.Node:
    """A tree without the signs and brackets around it."""
    while isinstance(node, tree.Neg) or (isinstance(node, tree.Sequence) and len(node.items) == 1):
        node = node.arg if isinstance(node, tree.Neg) else node.items[0]
    return node


def declarations_of(kind: Kind) -> tuple[Declarations, str | None]:
    """The names that an answer may hold, and what it is called."""
    if isinstance(kind, Answer):
        asking = kind.request()
        asked = asking.pop("asked")
        return Declarations.of(**asking), asked
    d = kind.derivation
    return Declarations.of(declared(d) if d else {}), None


def formula_of(kind: Kind, text: str, syntax: str) -> Formula | None:
    """The formula that a text is for a kind, None where it is none."""
    declarations, asked = declarations_of(kind)
    try:
        return read_formula(text, syntax, declarations, asked)
    except (Unreadable, Refused, Clash):
        return None
