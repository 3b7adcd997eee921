r"""Names that a page defines: ``u = \sum_i w_i x_i`` in a statement lets an answer speak of u."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from keyword import iskeyword
from typing import Any

from derive.bank.spelled import ACCENTED
from derive.bank.typed import FORMULA
from derive.calculus.substitute import free_letters
from derive.grading.reading import read_formula
from derive.notation import tree
from derive.notation.arrays import Clash
from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable
from derive.notation.latex import read_latex
from derive.notation.walk import split_slots, walk

Fields = dict[str, Any]
Equation = tuple[str, str]
LEFT = re.compile(
    r"(?P<name>\\(?:hat|bar|tilde)\s*(?:\{\s*\\?[A-Za-z]+\s*\}|\s\\?[A-Za-z]+)|\\[A-Za-z]+|[A-Za-z])"
    r"\s*(?:_\s*(?P<below>\{[\w\s,]*\}|\w))?\s*(?:(?:\\left\s*)?\(\s*(?P<of>\\?[A-Za-z]+)\s*(?:\\right\s*)?\))?"
)
OPEN = re.compile(
    r"\\partial|\\nabla|'|\\prime|\\l?dots|\\cdots|\\text|\\math(?:bb|rm)|\\approx|\\sim|\\in(?![a-z])|[<>|]\\?$"
)
DOUBTED = re.compile(
    r"\b(?:if|unless|except|otherwise|when(?! (?:we|one|you) differentiates?\b)|whenever|while|instead|claims?|says|believes?"
    r"|(?<!\bwe )writes?|wrong(?:ly)?|mistakes?|would|suppose|approximat\w*|roughly|nearly|almost|perhaps)\b"
    r"|\b(?:for|at|is|are|as|very|sufficiently) (?:small|large)\b|\b(?:small|large) enough\b"
    r"|\b(?:for|where|at|all|every|each) \$[^$]*(?:[<>≤≥≠]|\\(?:ne|neq|le|leq|ge|geq|lt|gt)(?![a-z]))",
    re.IGNORECASE,
)
END = re.compile(r"[.?!](?=\s|$)|\n\s*\n")
NUMERIC = re.compile(r"[-+\d.\s,/()]*|\\d?frac\{?\d+\}?\{?\d+\}?")
CLAUSE = re.compile(r"\s*[,;]?\s*(?:\\q?quad\b|\\text\{\s*(?:where|with)\s*\}|\b(?:where|with)\b)\s*|\s*(?<!\\);\s*")
GAP = r"(?:\\q?quad|\\[,;: ]|\s)*"
ENCLOSED = re.compile(
    rf"(?P<answer>.*\S)(?<!\\left){GAP}(?:\\left\s*)?\(\s*(?:(?:where|with)\s+|\\text\{{\s*(?:where|with)\s*\}}\s*)?"
    rf"(?P<said>{LEFT.pattern}\s*=.+?)\s*(?:\\right\s*)?\)\s*",
    re.DOTALL,
)
MOST = 40  # equations of a page that are looked at


def sides(equation: str, at: str = "=") -> list[str]:
    r"""The sides of an equation; what is equal in an index or a bound does not part it.

    >>> sides(r"s = \sum_{k=1}^n r^k = r"), sides("f(x, y), z", at=",")
    (['s', '\\sum_{k=1}^n r^k', 'r'], ['f(x, y)', 'z'])
    """
    depth, found = 0, [""]
    for before, c in pairwise(f" {equation}"):
        depth += (c in "{[(") - (c in "}])")
        if c == at and not depth and before != "\\":
            found.append("")
        else:
            found[-1] += c
    return [side.strip().strip(",.;").strip() for side in found]


def formulas(page: str) -> Iterator[str]:
    """The formulas of a page, those beside each other apart."""
    for whole in (a or b for a, b in FORMULA.findall(page)):
        yield from re.split(r"\\q?quad", whole)


def equations(page: str) -> Iterator[Equation]:
    r"""Left and right sides of the equations of a page that hold without a condition and of which nothing is doubted.

    >>> list(equations(r"Let $u = a + b$ and $h_i = z_i$. Ann writes $v = 2 a$."))
    [('u', 'a + b'), ('h_i', 'z_i')]
    >>> list(equations(r"Units give $h_i = z_i$ for $z_i > 0$ and 0 otherwise. The rule is $y = x$ for $t = 1, \dots, T$."))
    [('y', 'x'), ('t', '1')]
    """
    found = [e for sentence in _sentences(page) if not DOUBTED.search(sentence) for e in _equations(sentence)]
    said: dict[str, set[str]] = {}
    for left, right in found:
        said.setdefault(_base(left), set()).add(right)
    yield from (e for e in found if len(said[_base(e[0])]) == 1)


def _sentences(page: str) -> list[str]:
    """The sentences of a page; a point in a formula ends none."""
    whole = [m.span() for m in FORMULA.finditer(page)]
    ends = [m.end() for m in END.finditer(page) if not any(a < m.start() < b for a, b in whole)]
    return [page[a:b] for a, b in pairwise([0, *ends, len(page)])]


def _equations(sentence: str) -> Iterator[Equation]:
    for formula in formulas(sentence):
        for piece in sides(formula, at=","):
            first, *others = sides(piece)
            yield from ((first, other) for other in others[:1])


def _base(left: str) -> str:
    """A name without its indices and argument."""
    m = LEFT.fullmatch(left)
    return m["name"] if m else left


def abbreviations(
    found: Iterable[Equation], asking: Mapping[str, Any], derived: Collection[str] = ()
) -> dict[str, Fields]:
    r"""Names that equations define by what a comparison declares, as it declares names.

    What it declares already, and what is asked for, keeps its meaning; so does a name whose definition cannot be read.

    Args:
        found: equations, as LaTeX; the first that defines a name counts.
        asking: the fields of the comparison.
        derived: names of the comparison that a program defines: the page may say how.

    >>> asking = {"symbols": {"x": {"latex": "x", "shape": ["C", "n"]}}}
    >>> abbreviations([("m_c", r"\frac1n \sum_{p=1}^n x_{c,p}"), ("x", "2"), ("y", "q + 1")], asking)
    {'m': {'latex': 'm', 'shape': ['C'], 'domain': 'derived', 'definition': '\\frac1n \\sum_{p=1}^n x_{c,p}', 'letters': ['c']}}
    """
    known: dict[str, Fields] = {}
    free = set(derived)
    pending = [(m, right) for left, right in list(found)[:MOST] if (m := LEFT.fullmatch(left)) and _is_open(right)]
    while True:
        now = {**asking, "symbols": {**asking["symbols"], **known}}
        new = next((f for m, right in pending if (f := _declared(m, right, now, free))), None)
        if new is None:
            return known
        known |= new
        free -= new.keys()


def unread(found: Iterable[Equation], asking: Mapping[str, Any]) -> set[str]:
    r"""Names that equations seem to define, and that no comparison knows afterwards: they cannot be read.

    >>> asking = {"symbols": {"x": {"latex": "x", "shape": ["n"]}}}
    >>> unread([("u", "2 x"), ("v", r"\oint x"), ("x", "3 u"), ("n", "4")], asking)
    {'v'}
    """
    every = list(found)
    known = abbreviations(every, asking)
    written = {_bare(str(s.get("latex") or n)) for n, s in {**asking["symbols"], **known}.items()}
    rules = [m for left, right in every if (m := LEFT.fullmatch(left)) and _is_open(right)]
    named = {m["name"] for m in rules if not _is_builtin(m, _names(asking))}
    return {name for name in named if _bare(name) not in written}


@lru_cache(maxsize=256)
def remembered(found: tuple[Equation, ...], asking: str, derived: frozenset[str]) -> dict[str, Fields]:
    """The same, with the fields of the comparison as JSON, from memory where it was asked shortly before."""
    return abbreviations(found, json.loads(asking), derived)


def as_numbers(defined: Mapping[str, Fields]) -> dict[str, Fields]:
    """The same names where a function stands for its value at the argument that defines it: f for f(z)."""
    return {
        n: {k: v for k, v in f.items() if k != "letters"} | {"shape": [], "domain": "derived"}
        if f["shape"] == "function"
        else f
        for n, f in defined.items()
    }


def own_definitions(text: str) -> tuple[str, tuple[Equation, ...]]:
    r"""An answer without the definitions behind it, and these.

    >>> own_definitions(r"s_k (1 - s_k),\quad s_k = \sigma(z_k)"), own_definitions("2 u where u = a + b")
    (('s_k (1 - s_k)', (('s_k', '\\sigma(z_k)'),)), ('2 u', (('u', 'a + b'),)))
    >>> own_definitions("2 u, u = a + b"), own_definitions("x = 2, y = 3"), own_definitions("(2, 3)")
    (('2 u', (('u', 'a + b'),)), ('x = 2, y = 3', ()), ('(2, 3)', ()))
    >>> own_definitions(r"2 u \quad (u = a + b)"), own_definitions("x (y + 1)")
    (('2 u', (('u', 'a + b'),)), ('x (y + 1)', ()))
    """
    apart = _without_parentheses(text)
    first, *others = CLAUSE.split(apart)
    if not others:
        first, *others = _after_commas(apart)
    clauses = [sides(piece) for other in others for piece in sides(other, at=",") if piece]
    if not clauses or not all(len(c) == 2 and LEFT.fullmatch(c[0]) for c in clauses):
        return text, ()
    return first.strip().rstrip(",;"), tuple((left, right) for left, right in clauses)


def _without_parentheses(text: str) -> str:
    """The same with a comma in front of what is defined in parentheses behind an answer."""
    m = ENCLOSED.fullmatch(text)
    return f"{m['answer']}, {m['said']}" if m and text.count("(") == text.count(")") else text


def _after_commas(text: str) -> list[str]:
    """An answer and what it defines behind commas; the whole where it may be a list of equations."""
    found = [re.sub(r"^(?:\\[,;:! ]\s*)+", "", piece) for piece in sides(text, at=",")]
    left, *others = sides(found[0])
    return [text] if others and LEFT.fullmatch(left) else found


def _names(asking: Mapping[str, Any]) -> Declarations:
    return Declarations.of(**{k: v for k, v in asking.items() if k != "asked"})


def _is_open(right: str) -> bool:
    """Whether a right side may define something: a number alone, a derivative or words do not."""
    return not (OPEN.search(right) or NUMERIC.fullmatch(right))


def _declared(
    m: re.Match[str], right: str, asking: Mapping[str, Any], free: Collection[str]
) -> dict[str, Fields] | None:
    """A name with its definition, where it is new and its definition can be read."""
    declarations = _names(asking)
    try:
        node = read_latex(right, declarations)
    except (Unreadable, Refused):
        return None
    below: list[str] = re.findall(r"\w", m["below"] or "")
    shape = [_axis(x, node, declarations) for x in below]
    if any(shape) and not all(shape):
        return None
    latex = m["name"] if all(shape) else f"{m['name']}_{m['below']}"
    key = _key(latex, asking["symbols"], free)
    asked = str(asking.get("asked", "")).partition("_")[0]
    if key is None or _bare(asked) == _bare(latex) or _is_builtin(m, declarations):
        return None
    fields: Fields = {"latex": latex, "shape": shape, "domain": "derived", "definition": right}
    if all(shape) and shape:
        fields["letters"] = below
    elif m["of"]:
        fields |= {"shape": "function", "domain": "elementwise", "letters": [_argument(m["of"], declarations)]}
    return _checked(key, fields, asking)


def _checked(key: str, fields: Fields, asking: Mapping[str, Any]) -> dict[str, Fields] | None:
    """The same with its shape, where all that it speaks of is known."""
    declarations = _names({**asking, "symbols": {**asking["symbols"], key: fields}, "free_indices": {}})
    text = f"{fields['latex']}(1)" if fields["shape"] == "function" else fields["latex"]
    try:
        formula = read_formula(text, "latex", declarations)
    except (Unreadable, Refused, Clash):
        return None
    free = {x.name for x in free_letters(formula.body) - {b.letter for b in formula.frame}}
    if formula.unknown or formula.row or formula.is_condition or free - declarations.dimensions:
        return None
    shape = fields["shape"] if fields["shape"] == "function" or "letters" in fields else list(map(str, formula.shape))
    declared = asking["symbols"].get(key, {}).get("shape")
    if declared not in (None, [] if shape == "function" else shape):  # it may hold at fewer places than there are
        return None
    return {key: {**fields, "shape": shape}}


def _key(latex: str, symbols: Mapping[str, Fields], free: Collection[str]) -> str | None:
    """The name that a definition declares; None where it is declared otherwise already."""
    same = [(n, s) for n, s in symbols.items() if _bare(str(s.get("latex") or n)) == _bare(latex)]
    if same:
        (name, _), *_ = same
        return name if name in free else None
    m = ACCENTED.fullmatch(latex)
    key = f"{m[2]}_{m[1]}" if m else re.sub(r"\W", "", latex)
    key = f"{key}_" if iskeyword(key) else key
    return None if key in symbols else key


def _bare(latex: str) -> str:
    return re.sub(r"[{}\s]|\\(?:left|right)", "", latex)


def _is_builtin(m: re.Match[str], declarations: Declarations) -> bool:
    r"""Whether a name is known as a function without being declared, as ``\sigma(t)`` is."""
    try:
        node = read_latex(f"{m['name']}({m['of']})", declarations) if m["of"] else None
    except (Unreadable, Refused):
        return True
    return isinstance(node, tree.Call)


def _argument(text: str, declarations: Declarations) -> str:
    node = read_latex(text, declarations)
    return node.name if isinstance(node, tree.Name) else text


def _axis(letter: str, node: tree.Node, declarations: Declarations) -> str:
    """The axis that a letter runs along where it stands as an index; empty where it is none."""
    for part in walk(node):
        if isinstance(part, tree.Index) and isinstance(part.base, tree.Name):
            axes = getattr(declarations.symbols.get(part.base.name), "shape", None) or ()
            for slot, axis in zip(split_slots(part.slots, len(axes)), axes, strict=False):
                if isinstance(slot, tree.Name) and slot.name == letter:
                    return "" if axis.lower is not None else axis.size  # at time 0 something else may hold
    return ""
