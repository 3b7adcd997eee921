"""Numbers that show why a foreseen mistake is wrong: the values of both at one point, from the comparison itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derive.bank.defined import abbreviations
from derive.bank.feedback import page_names
from derive.bank.kind import Kind
from derive.bank.kinds import Answer
from derive.bank.names import typed_name
from derive.calculus.atoms import Apply
from derive.calculus.expr import Expr
from derive.calculus.substitute import atoms
from derive.calculus.trace import Side, Table
from derive.derivations.base import Derivation
from derive.notation.index_latex import scope
from derive.notation.latex_entries import letter_latex
from derive.notation.latex_names import latex_name

_SQUASHED = {"sigmoid", "tanh", "exp"}
MANY = 12  # an array with more numbers would bury the sentence
DIGITS = 5
VISIBLE = 1e-3
LONGEST = 3  # digits of a denominator; a decimal says more than a longer one
_SIGN = re.compile(
    r"\\(?:hat|bar|tilde|vec|mathbf|mathrm|text|widehat|overline|boldsymbol)\s*(?:\{\s*\\?[A-Za-z]+\s*\}|\\[A-Za-z]+|[A-Za-z])"
    r"|\\[A-Za-z]+|\\?[^\s{}$]"
)
_SLOPE = re.compile(r"\\partial|\\nabla")  # a slope that is given is not computed from the place where it is taken
_DECIMAL = re.compile(r"-?\d+(\.\d+)?(e[-+]?\d+)?(/\d+)?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(/\d+(\.\d+)?)?|-?\\frac\{\d+\}\{\d+\}")


def numbers_that_show(kind: Kind, answer: str) -> str:
    """A sentence in Markdown, such as "At $x = 2$ it gives $4$, where $8$ is right."; empty where numbers add nothing."""
    kind, found = _agreeing(kind, answer)
    values = {**found.get("sizes", {}), **found.get("values", {})}
    if "answer_value" not in found or _is_number(answer) or ("entry" in found and not values):
        return ""
    if kind.derivation is not None and _strange(kind.derivation, values):
        return ""
    if not values:
        theirs, right = (_asked(found[k], kind) for k in ("answer_value", "reference_value"))
        return f"It gives ${theirs}$, where ${right}$ is right."
    if any(_count(v) > MANY for v in values.values()) or _beyond(kind, found):
        return ""  # nobody can check what is not all there
    at = [*_point(kind, answer, found), *_entry_letters(kind, found)]
    where = "At " + ", ".join(f"${name} = {value}$" for name, value in at)
    if "answer_holds" in found:
        says = ("does not hold", "holds")
        return f"{where} this {says[found['answer_holds']]}, and the right condition {says[found['reference_holds']]}."
    place = found.get("entry") or ()
    named = not place or _entry_letters(kind, found)
    subject = "it gives" if named else f"entry ${','.join(map(str, place))}$ is"
    return f"{where} {subject} ${_value(found['answer_value'])}$, where ${_value(found['reference_value'])}$ is right."


def _beyond(kind: Kind, found: Mapping[str, Any]) -> bool:
    """Whether a free index that the question has not may stand beyond what it counts: a reader would find no entry there."""
    known, sizes = page_names(kind), found.get("sizes", {})
    ends = [n for name, n in sizes.items() if name in known]
    return bool(known) and any(name not in known and n > min(ends, default=0) for name, n in sizes.items())


def _agreeing(kind: Kind, answer: str) -> tuple[Kind, Mapping[str, Any]]:
    """The evidence at a point that agrees with the page: what the page computes is computed; none where it cannot be."""
    found = kind.judge(answer).evidence
    given = found.get("values", {})
    if not _contradicted(kind, given):
        return kind, found
    if not isinstance(kind, Answer):
        return kind, {}
    asking = kind.request()
    programmed = {n: {**asking["symbols"][n], **d} for n, d in kind.programmed.items() if n in given}
    computing = replace(kind, defined={**kind.defined, **programmed, **abbreviations(kind.equations, asking, given)})
    found = computing.judge(answer).evidence
    values = found.get("values", {})
    known = given.keys() | _spoken_of(computing, values)
    agrees = values.keys() <= known and not _contradicted(computing, values) and _told_apart(found)
    return computing, found if agrees else {}


def _spoken_of(kind: Answer, names: Iterable[str]) -> set[str]:
    """The names that the page's equations hold."""
    shown, page = page_names(kind), [_signs(right) for _, right in kind.equations]
    return {n for n in names if any(_speaks(right, _signs(shown.get(n, n))) for right in page)}


def _told_apart(found: Mapping[str, Any]) -> bool:
    """Whether a reader sees at once that the values differ; where functions are all but flat both are 0, or the same."""
    pair = [str(found.get(k)) for k in ("answer_value", "reference_value")]
    if not all(map(_DECIMAL.fullmatch, pair)):
        return False
    theirs, right = (float(Fraction(x)) for x in pair)
    size = max(abs(theirs), abs(right))
    return size > VISIBLE and abs(theirs - right) > VISIBLE * size


def _point(kind: Kind, answer: str, found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the names are worth, as the page writes them; a size only where a formula speaks of it or nothing else is said."""
    shown = {n: text.strip("$") for n, text in page_names(kind).items()}
    said = set(re.findall(r"[A-Za-z]+", f"{answer} {kind.show()}"))
    values, sizes = found.get("values", {}), found.get("sizes", {})
    for name, value in sizes.items():
        if not values or said & {name, *re.findall("[A-Za-z]+", shown.get(name, name))}:
            yield shown.get(name) or _name(name), _value(value)
    zero = _counted_from_zero(kind)
    for name, value in values.items():
        called = shown.get(name) or _name(name)
        first_and_last = rf"({called}_{{0}}, \dots, {called}_{{{_count(value) - 1}}})"
        yield first_and_last if name in zero else called, _value(value)


def _counted_from_zero(kind: Kind) -> set[str]:
    """The lists whose first entry has the number 0: a reader would take it for number 1."""
    of = {**kind.of.symbols, **kind.symbols} if isinstance(kind, Answer) and kind.of.index_base == 1 else {}
    return {typed_name(n, s) for n, s in of.items() if len(s.shape) == 1 and str(s.shape[0]).startswith("0..")}


def _contradicted(kind: Kind, values: Mapping[str, Any]) -> bool:
    """Whether the page computes a name from others that are given here, too: the point would contradict the page."""
    shown = page_names(kind)
    latex = [_signs(shown[n]) for n in values if n in shown]
    return any(
        left[: len(name)] == name and any(_speaks(right, x) for x in latex if x != name)
        for left, right in (map(_signs, pair) for pair in getattr(kind, "equations", ()) if not _SLOPE.search(pair[1]))
        for name in latex
    )


def _signs(text: str) -> list[str]:
    r"""The signs of a formula, without spaces and braces; a letter and its accent are one.

    >>> _signs(r"\hat{x}_i \theta = x y_{ref}") == _signs(r"\hat x_{i}\theta=xy_ref")
    True
    >>> _signs(r"\hat{x}_i \theta")
    ['\\hatx', '_', 'i', '\\theta']
    """
    return [re.sub(r"[\s{}]", "", sign) for sign in _SIGN.findall(text)]


def _speaks(text: list[str], name: list[str]) -> bool:
    """Whether a formula holds a name."""
    return any(text[k : k + len(name)] == name for k in range(len(text)))


def _entry_letters(kind: Kind, found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The index letters of the result and where they stand; none where the answer is a table."""
    place = found.get("entry") or ()
    if not isinstance(kind, Answer) or isinstance(kind.relation.right, Table) or len(kind.relation.frame) != len(place):
        return []
    names = scope(kind.relation.right, kind.derivation.page, kind.relation.frame)
    letters = [next(x for m, _ in names.letters[b.letter].terms for x in m) for b in kind.relation.frame]
    return [(letter_latex(x, names), str(at)) for x, at in zip(letters, place, strict=True)]


def _asked(value: Any, kind: Kind) -> str:
    """A number as the question asks for it: with its decimals, where it says how many."""
    digits = getattr(kind, "digits", None)
    asked = digits is not None and _NUMBER.fullmatch(str(value))
    return f"{float(Fraction(str(value))):.{digits}f}" if asked else _value(value)


def _strange(d: Derivation, values: Mapping[str, Any]) -> bool:
    """Whether no reader could come to these numbers: a function stands for any, or a name can never be worth this much."""
    if d.program is None:
        return False
    unknown = {n for n, s in d.symbols.items() if s.domain == "function"}
    bounded = [x.name for x in d.program.definitions if _SQUASHED & _functions(x.body)]
    return bool(unknown & _functions(d.result.right)) or any(
        not 0 < float(Fraction(str(v))) < 1 for n in bounded for v in _flat(values.get(n, ()))
    )


def _functions(side: Side) -> set[str]:
    return {a.function for a in atoms(side) if isinstance(a, Apply)} if isinstance(side, Expr) else set()


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for x in value:
            yield from _flat(x)
    else:
        yield value


def _is_number(answer: str) -> bool:
    """Whether an answer is its own value already."""
    return _NUMBER.fullmatch(answer.strip()) is not None


def _name(name: str) -> str:
    return name if "\\" in name or "^" in name else latex_name(name)


def _count(value: object) -> int:
    return sum(map(_count, value)) if isinstance(value, list) else 1


def _value(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], list) and not isinstance(value[0][0], list):
        rows = r" \\ ".join(" & ".join(map(_value, row)) for row in value)
        return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"
    if isinstance(value, list):
        return f"({', '.join(map(_value, value))})"
    text = str(value)
    top, stroke, bottom = text.partition("/")
    if len(bottom) > LONGEST and bottom.isdecimal():
        return _rounded(str(float(Fraction(text))))
    if stroke:
        return rf"{'-' * top.startswith('-')}\tfrac{{{top.lstrip('-')}}}{{{bottom}}}"
    return _rounded(text) if "." in text or "e-" in text else text


def _rounded(text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        return rf"\text{{{text}}}"
    digits, e, power = f"{number:.{DIGITS}g}".partition("e")
    return rf"{digits} \cdot 10^{{{int(power)}}}" if e else digits
