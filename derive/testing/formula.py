"""A formula as a test gives it (LaTeX, Python, index text, a function, a derivation), ready to be evaluated."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

import numpy as np

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Apply, Atom, Bound, Entry
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import Expr
from derive.calculus.fields import Array
from derive.calculus.substitute import atoms, bracket, free_letters, replace_atoms, replace_entries, subs
from derive.calculus.substitute import names as names_of
from derive.derivations.base import Derivation
from derive.grading.reading import read_formula, reading_of
from derive.notation.arrays import Clash
from derive.notation.declare import Declarations, latex_of_name
from derive.notation.errors import Refused, Unreadable
from derive.notation.index_language import relation
from derive.notation.index_latex import to_latex
from derive.notation.index_syntax import ProgramError
from derive.notation.index_text import to_text
from derive.notation.sides import left_side
from derive.notation.style import Style
from derive.testing.given import BadTest, Given, Undeclared
from derive.testing.letters import declared_letters, own_letters
from derive.testing.transposes import would_fit
from derive.testing.units import axes_due, by_rows, with_axes
from derive.verify.device import doubles
from derive.verify.draw import dims
from derive.verify.oracle import torch_module

_PYTHON = re.compile(r"@|\*\*|[A-Za-z_)\]]\.[A-Za-z]|\[[^\]]*:|\b(?:axis|dim|keepdims?)\s*=")
_INDEX = re.compile(r"\s*\w+\[\s*\w+(?:\s*,\s*\w+)*\s*\]\s*:?=(?!=)")
_CALL = re.compile(r"(?<![\w\\.])([A-Za-z_]\w+)\s*\(")
_RANGE = re.compile(r"=\s*[\w+*\- ]+\.\.(?!\.)")
_DIMS = re.compile(r"declare it with .*\bdims (\w+) = T")
IDENTITY = "I"
Values = Callable[[Mapping[str, Array], Mapping[str, int]], Array]


@dataclass(frozen=True)
class Formula:
    """What a formula says of the names, entry by entry.

    Attributes:
        reading: how it was understood.
        show: an expression of the calculus in the formula's own notation; with the sums that it stands under.
        frame, body: its free letters with their ranges and the entry at them; None for a function.
        values: its array from the names' arrays and the sizes.
        shape: its axes; None for a function.
        row: whether it lies, as the transpose of a column does; NumPy's arrays of one axis do neither.
    """

    reading: str
    values: Values
    frame: tuple[Bound, ...] = ()
    body: Expr | None = None
    shape: tuple[Affine, ...] | None = None
    show: Callable[..., str] = lambda value, scope=(): to_text(value)
    row: bool = False


def values_of(body: Expr, frame: Sequence[Bound]) -> Values:
    """A function that gives the array of an expression's entries; no numbers where a matrix has no inverse."""

    def found(arrays: Mapping[str, Array], sizes: Mapping[str, int]) -> Array:
        letters = dims(sizes)
        letters |= {a: int(v) for a, v in ((x, arrays.get(x.name)) for x in letters) if v is not None and not v.shape}
        axes = [(b.letter, (b.high - b.low).at(letters)) for b in frame]
        try:
            return tabulate(body, axes, arrays, letters)
        except np.linalg.LinAlgError:  # a singular matrix has no inverse
            return np.full([size for _, size in axes], np.nan)

    return found


def formula_of(said: Any, syntax: str, names: Mapping[str, Given], wrt: str, index_base: int) -> Formula:
    """The formula of a test.

    Args:
        said: a text, a function of torch tensors by name, or a derivation, whose result it is.
        syntax: ``latex``, ``python``, ``text``, ``index`` or ``auto``.
        names: what the names are, shapes included.
        wrt: the name whose derivative it is; its indices on the left side are those of the formula.
        index_base: the first index in LaTeX and in text.

    Raises:
        BadTest: it cannot be read; the message says where and why.
    """
    if isinstance(said, Derivation):
        result, shape = said.result, tuple(b.high - b.low for b in said.result.frame)
        return Formula(
            to_text(result.result), values_of(result.result, result.frame), result.frame, result.result, shape
        )
    if callable(said):
        _insist_on_names(said, names)
        return Formula(_written_at(said), _called(said, {n: g.kind for n, g in names.items()}))
    if not isinstance(said, str):
        raise BadTest(f"a formula is a text, a function or a derivation, not a {type(said).__name__}")
    try:
        return _index_text(said, names, wrt) if _is_index(said, syntax) else _read(said, syntax, names, wrt, index_base)
    except (Unreadable, Refused, Clash, ProgramError) as error:
        place = getattr(error, "position", None)
        where = f"\n  {said}\n  {' ' * place}^" if isinstance(place, int) and "\n" not in said else ""
        told = _DIMS.sub(r"write it, as in sum(…, \1 = 0..n-1)", str(getattr(error, "message", error)))
        raise BadTest(f"the formula cannot be read: {told}{where}") from error


def _is_index(text: str, syntax: str) -> bool:
    spelled = any(mark in text for mark in ("Σ", "∂", ":=", "_bar[")) or _RANGE.search(text)
    marked = spelled or (_INDEX.match(text) and " for " not in text)
    return syntax == "index" or (syntax == "auto" and bool(marked))


def _read(text: str, syntax: str, names: Mapping[str, Given], wrt: str, index_base: int) -> Formula:
    free = declared_letters(text, names, wrt) if wrt in names else {}
    if (not free and (free := own_letters(text, names, names.get(wrt)))) or wrt not in names:
        text = text[len(left_side(text)) :].lstrip("= ")
    declarations = Declarations.of(
        {n: g.declared for n, g in names.items()}, free_indices=free, index_base=index_base, out_of_range="zero"
    )
    asked = left_side(text).strip() or None
    told = _syntax_of(text) if syntax == "auto" else syntax
    try:
        found = read_formula(text, told, declarations, asked if told in ("latex", "auto") and "\\" in text else None)
    except Clash as clash:
        fits = would_fit(text, "latex" if told == "auto" else told, declarations, names, wrt) if wrt in names else []
        more = f" It would fit as {' or '.join(fits[:3])}" if fits else ""
        raise BadTest(f"the formula cannot be read: {clash}{more}") from clash
    if found.unknown == {IDENTITY} and wrt in names and len(names[wrt].axes) == 1:
        return _with_identity(text, told, names, wrt, index_base)
    if found.unknown:
        raise Undeclared(_unknown(found.unknown, text, names))
    found = by_rows(found, free, _axes_of(wrt, names), wrt)
    frame, body = _renamed(found.frame, replace_atoms(found.body, _as_typed))
    _insist(body, frame, names, wrt)
    known = wrt in names and names[wrt].shape is not None
    axes = axes_due(found, names[wrt].axes if known else None)
    frame, body = with_axes(frame, body, axes)
    if found.syntax == "python":
        return Formula(to_text(body), values_of(body, frame), frame, body, axes)
    style = Style({n: g.latex or latex_of_name(n) for n, g in names.items()}, index_base)
    reading = reading_of(found.page or found.node)
    return Formula(
        reading,
        values_of(body, frame),
        frame,
        body,
        axes,
        lambda e, scope=(): to_latex(e, style, (*frame, *scope)),
        found.row and len(axes) == 1,
    )


def _as_typed(atom: Atom) -> Expr | None:
    """A long decimal as the number that was typed, where a grader takes it for an interval."""
    return atom.args[0] if isinstance(atom, Apply) and atom.function == "interval" else None


def _with_identity(text: str, syntax: str, names: Mapping[str, Given], wrt: str, index_base: int) -> Formula:
    """A formula in which ``I`` is the square matrix of the derivative, and no other matrix says its size."""
    square = Given(IDENTITY, (names[wrt].shape or ())[:1] * 2)
    found = _read(text, syntax, {**names, IDENTITY: square}, wrt, index_base)
    body = replace_entries(found.body or Expr(()), lambda a: bracket(a.at[0] - a.at[1]) if a.name == IDENTITY else None)
    return replace(found, body=body, values=values_of(body, found.frame))


def _unknown(unknown: Iterable[str], text: str, names: Mapping[str, Given]) -> str:
    """What a test should say of names that nothing declares."""
    listed = sorted(unknown)
    words = [w for w in _CALL.findall(text) if set(w) & set(listed)]
    if words and "\\" not in text:
        return f"{words[0]} is no function that is known here, and no name or domain of given"
    row = next((n for n in listed if (x := n.partition("_")[0]).islower() and len(_axes_of(x.upper(), names)) == 2), "")
    if row:
        x = row.partition("_")[0]
        more = f"; where {row} is a row of {x.upper()}, write given={{{x!r}: {x.upper()!r}, …}}"
        return f"the formula speaks of {', '.join(listed)}, which given does not declare{more}"
    page = next((n for n in listed if "\\" in n), "")
    how = f"; write given={{'name': {{'latex': r'{page}', 'shape': (…)}}}} for {page}" if page else ""
    return f"the formula speaks of {', '.join(listed)}, which given does not declare{how}"


def _axes_of(name: str, names: Mapping[str, Given]) -> tuple[Affine, ...]:
    return names[name].axes if name in names else ()


def _syntax_of(text: str) -> str:
    """Python where a text can be nothing else, so that what is wrong with it is said of Python."""
    return "python" if "\\" not in text and _PYTHON.search(text) else "auto"


def _renamed(frame: Sequence[Bound], body: Expr) -> tuple[tuple[Bound, ...], Expr]:
    """The axes of an array under letters that a message can show."""
    taken = {x.name for x in free_letters(body)} | names_of(body) | {b.letter.name for b in frame}
    fresh = (Letter(x) for x in "ijklpqrst" if x not in taken)
    new = {b.letter: next(fresh) for b in frame if b.letter.name.startswith("axis")}
    letters = {old: Affine.of(x) for old, x in new.items()}
    return tuple(Bound(new.get(b.letter, b.letter), b.low, b.high) for b in frame), subs(body, letters)


def _insist(body: Expr, frame: Sequence[Bound], names: Mapping[str, Given], wrt: str) -> None:
    sizes = {x for g in names.values() for a in g.axes for x in a.letters}
    loose = sorted(str(x) for x in free_letters(body) - sizes - {b.letter for b in frame} if x.name not in names)
    if loose:
        entry = rf"\frac{{\partial L}}{{\partial {wrt}_{{{''.join(loose)}}}}} = …"
        how = f"a left side says which entry it is of, as in {entry}"
        if frame and not any(b.letter.name.startswith("axis") for b in frame):
            how = f"its left side has {', '.join(b.letter.name for b in frame)} alone; sum over what is not there"
        raise BadTest(f"the formula has the free index {', '.join(loose)}: {how}")


def _index_text(text: str, names: Mapping[str, Given], wrt: str) -> Formula:
    shapes = {n: " ".join(f"({a})" if not a.isidentifier() else a for a in g.shape or ()) for n, g in names.items()}
    letters = sorted({x.name for g in names.values() for a in g.axes for x in a.letters})
    said = relation(text.replace(":=", "="), shapes=shapes, letters=letters)
    unknown = names_of(said.result) - names.keys() - set(letters)
    if unknown:
        raise Undeclared(_unknown(unknown, text, names))
    slots = _slots(said.sides[0]) if len(said.sides) > 1 else []
    sizes = sorted({x.name for x in slots} & set(letters))
    if sizes:
        why = "is a size; an index needs another name" if len(sizes) == 1 else "are sizes; indices need other names"
        raise BadTest(f"the left side of {text}: {', '.join(sizes)} {why}")
    axes = names[wrt].axes if wrt in names else _axes(slots, said.result, names)
    if len(slots) != len(axes):
        raise BadTest(f"the left side of {text} has {len(slots)} indices, and {wrt} has {len(axes)} axes")
    frame = tuple(Bound(x, Affine.of(0), a) for x, a in zip(slots, axes, strict=True))
    _insist(said.result, frame, names, wrt)
    return Formula(to_text(said.result), values_of(said.result, frame), frame, said.result, axes)


def _axes(slots: Sequence[Letter], body: Expr, names: Mapping[str, Given]) -> tuple[Affine, ...]:
    """How far letters run: as far as the axes that they index alone."""
    found: dict[Letter, Affine] = {}
    for atom in atoms(body):
        if isinstance(atom, Entry) and atom.name in names:
            found |= {
                x: a for p, a in zip(atom.at, names[atom.name].axes, strict=False) for x in slots if p == Affine.of(x)
            }
    missing = ", ".join(x.name for x in slots if x not in found)
    if missing:
        raise BadTest(f"nothing says how far {missing} runs; say the shape too: {{'shape': (…), 'definition': …}}")
    return tuple(found[x] for x in slots)


def _slots(side: Any) -> list[Any]:
    (term,) = side.terms
    return [next(iter(a.letters)) for atom, _ in term.factors for a in atom.at]


def _written_at(function: Callable[..., Any]) -> str:
    """A function's name and where it stands."""
    code = getattr(function, "__code__", None)
    where = f" (line {code.co_firstlineno} of {PurePath(code.co_filename).name})" if code else ""
    return f"the function {getattr(function, '__name__', type(function).__name__)}{where}"


def _insist_on_names(function: Callable[..., Any], names: Mapping[str, Given]) -> None:
    """What a function asks for is declared, or a size."""
    sizes = {x.name for g in names.values() for a in g.axes for x in a.letters}
    missing = [n for n in inspect.signature(function).parameters if n not in names and n not in sizes]
    if missing:
        raise BadTest(f"the formula's function asks for {', '.join(missing)}, which given does not declare")


def _called(function: Callable[..., Any], kinds: Mapping[str, str]) -> Values:
    """A function of tensors as one of arrays; integers reach it as integers."""
    wanted = list(inspect.signature(function).parameters)

    def values(arrays: Mapping[str, Array], sizes: Mapping[str, int]) -> Array:
        torch = torch_module()
        typed = {n: getattr(torch, kinds.get(n, "float64")) for n in arrays}
        known = {**sizes, **{n: torch.tensor(v, dtype=typed[n]) for n, v in arrays.items()}}
        with doubles(torch):
            found = function(**{n: known[n] for n in wanted})
        return np.asarray(found.detach().cpu() if hasattr(found, "detach") else found, dtype=float)

    return values
