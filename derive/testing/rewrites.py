"""Other ways to type a right answer, and wrong answers beside it: what every answer kind has to tell apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.bank.boolean import Boolean
from derive.bank.checked import Example
from derive.bank.choice import Choice, Rubric
from derive.bank.condition import Condition
from derive.bank.integers import IntegerSet
from derive.bank.kind import Kind
from derive.bank.kinds import Answer
from derive.bank.names import declared
from derive.bank.network import Network
from derive.bank.numbers import Matrix, Number
from derive.bank.values import Values
from derive.grading.reading import read_tree
from derive.notation import tree
from derive.notation.declare import Declarations
from derive.notation.walk import mapped
from derive.notation.write import to_latex
from derive.testing.typed import Typist, Untypable

SYNTAXES = ("latex", "python", "text")
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
Ways = dict[str, dict[str, str]]
Edit = Callable[[tree.Node], tree.Node | None]


@dataclass(frozen=True)
class Tried:
    """What is typed for a part.

    Attributes:
        ways: syntax → the right answer in it, as a submission gives it; a syntax that cannot say it is missing.
        right: rewrites of the right answer.
        wrong: answers that are wrong whatever the numbers are.
        edited: the right answer with one edit; such a one is equal only where that is proved.
    """

    ways: Ways
    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()


def tried(kind: Kind) -> Tried:
    """What is typed for an answer kind; nothing for one that a person reads.

    >>> tried(Choice("mean pooling", "max pooling")).right
    ('MEAN POOLING', 'mean_pooling', '  mean   pooling ')
    """
    if isinstance(kind, Rubric):
        return Tried({})
    found = next((make for of, make in _TRIED if isinstance(kind, of)), None)
    return found(kind) if found is not None else Tried(_alike(kind.typed()))


def _alike(*texts: str) -> Ways:
    """The same text in every syntax, or one text for each."""
    every = texts * 3 if len(texts) == 1 else texts
    return {s: {"text": t, "syntax": "auto"} for s, t in zip(SYNTAXES, every, strict=True)}


def _declared(kind: Kind) -> Declarations:
    if isinstance(kind, Answer):
        return Declarations.of_request(kind.request())
    if isinstance(kind, Condition):
        return Declarations.of(declared(kind.of))
    return Declarations.of({})


def _formula(kind: Kind) -> Tried:
    """A formula, a number or a matrix."""
    text, names = kind.typed(), _declared(kind)
    node = read_tree(text, "latex", names)
    ways = {"latex": {"text": text, "syntax": "latex"}}
    for syntax in SYNTAXES[1:]:
        try:
            ways[syntax] = {"text": Typist(syntax, names).write(node), "syntax": syntax}
        except Untypable:
            continue
    scalar = isinstance(kind, Answer) and not isinstance(node, tree.Matrix)
    turned = to_latex(mapped(node, _turned)) if scalar else text
    whole = rf"\left({text}\right)"
    third = rf"{turned} + 2 - 2" if scalar else rf"1 \cdot {whole}"
    right = (rf"\frac{{3 {whole}}}{{3}}", rf"-\left(-{whole}\right)", third)
    return Tried(ways, right, tuple(_beside(whole, node)), tuple(_edited(node)))


def _turned(node: tree.Node) -> tree.Node | None:
    """A sum or product of scalars with its terms the other way round."""
    if isinstance(node, tree.Add):
        return tree.Add(tuple(mapped(t, _turned) for t in reversed(node.terms)))
    if isinstance(node, tree.Product) and set(node.ops) <= {"", "cdot"} and len(node.factors) == 2:
        first, second = (mapped(f, _turned) for f in node.factors)
        return tree.Product((second, first), node.ops) if _apart(first, second) else None
    return None


def _apart(*factors: tree.Node) -> bool:
    """Whether factors can change places without running into each other, as ``f (x)`` and ``Σ a b`` would."""
    return all(isinstance(f, tree.Index | tree.Name | tree.Power) for f in factors)


def _edited(node: tree.Node) -> Iterator[str]:
    """The first place of each kind, edited: an index further, a sum one short, a number larger, a sign, a lost factor."""
    for edit in (_further, _shorter, _larger, _negated, _lost):
        done = False

        def once(x: tree.Node, edit: Edit = edit) -> tree.Node | None:
            nonlocal done
            new = None if done else edit(x)
            done = done or new is not None
            return new

        changed = mapped(node, once)
        if done:
            yield to_latex(changed)


def _further(x: tree.Node) -> tree.Node | None:
    if not isinstance(x, tree.Index) or not isinstance(x.base, tree.Name):
        return None
    return tree.Index(x.base, (tree.Add((x.slots[0], tree.Number("1"))), *x.slots[1:]))


def _shorter(x: tree.Node) -> tree.Node | None:
    if not isinstance(x, tree.Big) or x.binders[0].upper is None:
        return None
    first = x.binders[0]
    upper = tree.Add((first.upper or first.letter, tree.Neg(tree.Number("1"))))
    return tree.Big(x.op, (tree.Binder(first.letter, first.lower, upper), *x.binders[1:]), x.conditions, x.body)


def _larger(x: tree.Node) -> tree.Node | None:
    return tree.Number(str(int(x.text) + 1)) if isinstance(x, tree.Number) and x.text.isdigit() else None


def _negated(x: tree.Node) -> tree.Node | None:
    if not isinstance(x, tree.Add):
        return None
    last = x.terms[-1]
    return tree.Add((*x.terms[:-1], last.arg if isinstance(last, tree.Neg) else tree.Neg(last)))


def _lost(x: tree.Node) -> tree.Node | None:
    if not isinstance(x, tree.Product) or x.ops[-1] == "/":
        return None
    return tree.Product(x.factors[:-1], x.ops[:-1]) if len(x.ops) > 1 else x.factors[0]


def _beside(whole: str, node: tree.Node) -> Iterator[str]:
    """Answers that are off by a constant, or of another shape."""
    if not isinstance(node, tree.Matrix):
        yield from (f"{whole} + 1", f"{whole} - 2", f"{whole} + 7")
        return
    longer = _page([[1]] * (len(node.rows) + 1))
    nothing = all(c == tree.Number("0") for row in node.rows for c in row.cells)
    yield from (longer, "17", rf"{longer} + 1") if nothing else (longer, f"-{whole}", f"2 {whole}")


def _condition(kind: Condition) -> Tried:
    names = _declared(kind)
    text = kind.typed()
    node = read_tree(text, "latex", names)
    ways = {"latex": {"text": text, "syntax": "latex"}}
    for syntax in SYNTAXES[1:]:
        try:
            ways[syntax] = {"text": Typist(syntax, names).write(node), "syntax": syntax}
        except Untypable:
            continue
    if not isinstance(node, tree.Relation) or not set(node.ops) <= set(FLIPPED):
        return Tried(ways)
    back = tree.Relation(node.operands[::-1], tuple(FLIPPED[op] for op in reversed(node.ops)))
    right = (to_latex(back), _sides(node, "2 ({})"), _sides(node, "{} + 1"))
    wrong = tuple(
        to_latex(tree.Relation(node.operands, (*node.ops[:k], FLIPPED[op], *node.ops[k + 1 :])))
        for k, op in enumerate(node.ops)
        if op in "<=>="
    )
    return Tried(ways, right, (*wrong, "0 < 1", "1 < 0")[:3])


def _sides(node: tree.Relation, form: str) -> str:
    sides = [form.format(rf"\left({to_latex(x)}\right)") for x in node.operands]
    signs = (to_latex(tree.Relation((tree.Number("0"), tree.Number("0")), (op,)))[1:-1].strip() for op in node.ops)
    return sides[0] + "".join(f" {sign} {side}" for sign, side in zip(signs, sides[1:], strict=True))


def _choice(kind: Choice) -> Tried:
    phrase = kind.right
    right = (phrase.upper(), phrase.replace(" ", "_"), f"  {phrase.replace(' ', '   ')} ")
    return Tried(_alike(phrase), right, kind.others)


def _whole_numbers(kind: IntegerSet) -> Tried:
    values = kind.values
    listed = ", ".join(map(str, values))
    ways = _alike(rf"\{{{listed}\}}", f"{{{listed}}}", listed)
    back = ", ".join(map(str, values[::-1]))
    right = (f"{{{back}}}", f"[{listed}]", f"{'; '.join(map(str, values))}")
    more = [*values, max(values, default=0) + 1]
    fewer = values[:-1] or [max(values, default=0) + 2]
    wrong = (more, fewer, [min(values, default=0) - 1])
    return Tried(ways, right, tuple("{" + ", ".join(map(str, w)) + "}" for w in wrong))


def _boolean(kind: Boolean) -> Tried:
    text = kind.typed()
    terms = text.split(r" \vee ")
    if any(t.count("(") != t.count(")") for t in terms):  # an OR inside of parentheses parts nothing
        terms = [text]
    literals = [re.sub(r"\\(?:bar|overline)\{([^{}]*)\}", r"~\1", t) for t in terms]
    flat = all(re.fullmatch(r"(?:~?[A-Za-z](?:_\d+)? ?)+", t) for t in literals)
    signs = [" & ".join(t.split()) for t in literals] if flat else terms
    ways = _alike(text, " | ".join(signs), " or ".join(s.replace("&", "and").replace("~", "not ") for s in signs))
    back = r" \vee ".join(terms[::-1])
    wrong = (rf"\neg ({text})", "1", "0")
    third = rf"\neg \neg ({text})" if kind.products is None else r" \vee ".join(f"({t})" for t in terms)
    return Tried(ways, (back, f"({text})", third), wrong)


def _network(kind: Network) -> Tried:
    layers = [(np.asarray(w, float), np.ravel(np.asarray(b, float))) for w, b in kind.model]
    every = [f"W{k} = {w.tolist()}; b{k} = {b.tolist()}" for k, (w, b) in enumerate(layers, 1)]
    whole = "; ".join(every)
    grown = "; ".join(f"W{k} = {(2 * w).tolist()}; b{k} = {(2 * b).tolist()}" for k, (w, b) in enumerate(layers, 1))
    pages = "; ".join(f"W_{{{k}}} = {_page(w)}; b_{{{k}}} = {_page(b[:, None])}" for k, (w, b) in enumerate(layers, 1))
    (w, b), last = layers[-1], len(layers)
    before = "; ".join([*every[:-1], ""])
    wrong = [(-w, -b), (0 * w, 0 * b + 1), (0 * w, 0 * b - 1)]
    return Tried(
        _alike(pages, whole, whole.replace("; ", "\n").replace("=", ":")),
        ("; ".join(every[::-1]), whole.replace(" ", ""), grown),
        tuple(f"{before}W{last} = {x.tolist()}; b{last} = {y.tolist()}" for x, y in wrong),
    )


def _page(rows: Any) -> str:
    body = r" \\ ".join(" & ".join(f"{x:g}" for x in row) for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"


def _example(kind: Example) -> Tried:
    text = kind.typed()
    pieces = text.split("; ")
    right = ("; ".join(pieces[::-1]), text.replace(" ", ""), "\n".join(pieces))
    return Tried(_alike(kind.show().split(r"\quad \text")[0].replace(r"\quad", ""), text, text), right)


_TRIED: tuple[tuple[type[Any] | tuple[type[Any], ...], Callable[[Any], Tried]], ...] = (
    ((Answer, Number, Values, Matrix), _formula),
    (Condition, _condition),
    (Choice, _choice),
    (IntegerSet, _whole_numbers),
    (Boolean, _boolean),
    (Network, _network),
    (Example, _example),
)
