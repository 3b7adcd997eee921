r"""Answers that say only again what is asked for: ``\sigma'(x)`` for “differentiate σ”, ``dL/dw`` for the gradient."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.bank.asked import DERIVATIVES, INDICES, plain, question, said, spellings
from derive.bank.defined import formulas, sides
from derive.bank.form import bare, declarations_of, formula_of
from derive.bank.kind import Kind
from derive.bank.kinds import Answer
from derive.bank.typed import Typed, text_of
from derive.calculus.atoms import Apply
from derive.grading.reading import Formula, read_tree
from derive.notation import tree
from derive.notation.arrays import Clash
from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable

LONGEST = 1000  # characters: nobody repeats a question at such length


def names_it(kind: Answer, answer: Typed, given: Sequence[str] = ()) -> bool:
    r"""Whether an answer is only what the question calls it, or the derivative that is asked for, in whatever spelling.

    ``given`` are the `definitions` that the page gives: one of them is the question again, too.

    >>> from derive.derivations.catalogue import catalogue
    >>> kind = Answer(catalogue()["gan-generator-saturates"])
    >>> [names_it(kind, text) for text in (r"\frac{\partial L}{\partial a}", "dL/da", "∂L/∂a = dL/da", "dL/dD", "-D")]
    [True, True, True, False, False]
    """
    text, _ = text_of(answer)
    if len(text) > LONGEST:
        return False
    asked = {*_asked(kind), *map(plain, given)}
    if plain(kind.typed()) in asked:  # the answer may be what the question calls it
        return False
    return all(said(side) & asked for side in sides(text))


def restated(kind: Kind, answer: Typed) -> bool:
    r"""Whether an answer that is equal, or that cannot be read, is a derivative that is not carried out.

    >>> from derive.derivations.catalogue import catalogue
    >>> kind = Answer(catalogue()["gan-generator-saturates"])
    >>> [restated(kind, text) for text in (r"\frac{\partial L}{\partial a}", r"\sigma'(a)", "-D")]
    [True, True, False]
    """
    if not isinstance(kind, Answer):
        return False
    text, syntax = text_of(answer)
    formula = formula_of(kind, text, syntax)
    declarations, asked = declarations_of(kind)
    if formula is not None:
        again = asked is not None and formula.node == _tree(asked, "latex", declarations)
        return again or (_is_slope(formula) and not _is_slope(formula_of(kind, kind.typed(), "latex")))
    node = _tree(text, "latex" if syntax == "auto" else syntax, declarations)
    if node is None:
        return False
    sides = node.operands if isinstance(node, tree.Relation) else (node,)
    return all(isinstance(bare(side), tree.Derivative) for side in sides)


def posed_again(kind: Kind, answer: Typed, given: Sequence[str]) -> bool:
    r"""Whether a right answer is what the page defines the thing asked for as, with the names on its way left as they are.

    >>> from derive.derivations.spectra import shifts
    >>> [posed_again(Answer(shifts), text, ["H A x"]) for text in (r"(HAx)_i", r"\sum_{j,k} H_{ij} A_{jk} x_k", "A H x")]
    [True, True, False]
    """
    if not isinstance(kind, Answer) or not given:
        return False
    loose = {
        n: replace(s, domain="real") for n, s in {**kind.of.symbols, **kind.symbols}.items() if s.domain == "derived"
    }
    free = replace(kind, symbols={**kind.symbols, **loose}, equations=(), means={})
    again = any(free.like(text).judge(answer).verdict == "equal" for text in given)
    return again and free.like(kind.typed()).judge(answer).verdict == "different"


def definitions(kind: Answer, page: str) -> tuple[str, ...]:
    r"""What the formulas of a page say that the thing asked for is: typed as the answer, it would only be the question again.

    >>> from derive.derivations.catalogue import catalogue
    >>> definitions(Answer(catalogue()["geometric-sum"]), r"Their sum is $s = \sum_{k=0}^{n} a r^k$, with $r = 2$.")
    ('\\sum_{k=0}^{n} a r^k',)
    """
    asked = {*_asked(kind), plain(re.sub(INDICES + "$", "", str(kind.request()["asked"])))}  # y of y_i
    found: list[str] = []
    for equation in formulas(page):
        first, *others = sides(equation)
        if {plain(first), plain(first.partition("(")[0])} & asked:
            found += [side for side in others if plain(side) not in asked]
    return tuple(dict.fromkeys(found))


def restatements(kind: Answer) -> Iterator[str]:
    r"""What is asked for, as a student may type it for an answer: in LaTeX, in a line, and as an equation with itself.

    >>> from derive.derivations.catalogue import catalogue
    >>> list(restatements(Answer(catalogue()["gan-generator-saturates"])))[2:]
    ['dL/da', '∂L/∂a', '\\nabla_{a} L']
    """
    asked = question(kind)
    yield from (asked, f"{asked} = {asked}")
    if m := DERIVATIVES[0].fullmatch(asked):
        of, by = m["of"], m["by"]
        yield from (f"d{of}/d{by}", f"∂{of}/∂{by}", rf"\nabla_{{{by}}} {of}")


def _asked(kind: Answer) -> frozenset[str]:
    return spellings(question(kind), str(kind.request()["asked"]))


def _tree(text: str, syntax: str, declarations: Declarations) -> tree.Node | None:
    try:
        return read_tree(text, syntax, declarations)
    except (Unreadable, Refused, Clash):
        return None


def _is_slope(formula: Formula | None) -> bool:
    """Whether it is the derivative of a function at some place, and nothing else."""
    match formula.body.terms if formula else ():
        case (term,) if term.coefficient == 1 and not term.bounds and len(term.factors) == 1:
            atom, exponent = term.factors[0]
            return exponent == 1 and isinstance(atom, Apply) and atom.order > 0
    return False
