"""A formula as a test gives it (LaTeX, Python, index text, a function, a derivation), ready to be evaluated."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import PurePath
from typing import Any

import numpy as np

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import Expr
from derive.calculus.fields import Array
from derive.calculus.program import Program
from derive.calculus.substitute import free_letters, subs
from derive.calculus.substitute import names as names_of
from derive.calculus.values import values
from derive.derivations.base import Derivation, axis_size
from derive.grading.reading import read_formula, reading_of
from derive.notation.arrays import Clash
from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable
from derive.notation.index_language import relation
from derive.notation.index_syntax import ProgramError
from derive.notation.index_text import to_text
from derive.testing.given import DRAWABLE, BadTest, Given
from derive.testing.transposes import would_fit
from derive.verify.draw import dims
from derive.verify.oracle import torch_module

MOST_RANK = 3
_PYTHON = re.compile(r"@|\*\*|\.T\b|\bnp\.|\btorch\.")
Values = Callable[[Mapping[str, Array], Mapping[str, int]], Array]


@dataclass(frozen=True)
class Formula:
    """What a formula says of the names, entry by entry.

    Attributes:
        reading: how it was understood.
        frame, body: its free letters with their ranges and the entry at them; None for a function.
        values: its array from the names' arrays and the sizes.
        shape: its axes; None for a function.
    """

    reading: str
    values: Values
    frame: tuple[Bound, ...] = ()
    body: Expr | None = None
    shape: tuple[Affine, ...] | None = None


def values_of(body: Expr, frame: Sequence[Bound]) -> Values:
    """A function that gives the array of an expression's entries; no numbers where it divides by a plain 0."""

    def found(arrays: Mapping[str, Array], sizes: Mapping[str, int]) -> Array:
        letters = dims(sizes)
        letters |= {a: int(v) for a, v in ((x, arrays.get(x.name)) for x in letters) if v is not None and not v.shape}
        axes = [(b.letter, (b.high - b.low).at(letters)) for b in frame]
        try:
            return tabulate(body, axes, arrays, letters)
        except ZeroDivisionError:  # a power of an empty sum, which is no array
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
        return Formula(_written_at(said), _called(said))
    if not isinstance(said, str):
        raise BadTest(f"a formula is a text, a function or a derivation, not a {type(said).__name__}")
    try:
        return _index_text(said, names, wrt) if _is_index(said, syntax) else _read(said, syntax, names, wrt, index_base)
    except (Unreadable, Refused, Clash, ProgramError) as error:
        place = getattr(error, "position", None)
        where = f"\n  {said}\n  {' ' * place}^" if isinstance(place, int) and "\n" not in said else ""
        raise BadTest(f"the formula cannot be read: {getattr(error, 'message', error)}{where}") from error


def _is_index(text: str, syntax: str) -> bool:
    return syntax == "index" or (syntax == "auto" and any(mark in text for mark in ("Σ", "∂", ":=", "_bar[")))


def _read(text: str, syntax: str, names: Mapping[str, Given], wrt: str, index_base: int) -> Formula:
    free = _letters_on_the_left(text, names)
    declarations = Declarations.of(
        {n: g.declared for n, g in names.items()}, free_indices=free, index_base=index_base, out_of_range="zero"
    )
    asked = _left_side(text).strip() or None
    told = _syntax_of(text) if syntax == "auto" else syntax
    try:
        found = read_formula(text, told, declarations, asked if told in ("latex", "auto") and "\\" in text else None)
    except Clash as clash:
        fits = would_fit(text, "latex" if told == "auto" else told, declarations, names, wrt) if wrt else []
        more = f" It would fit as {' or '.join(fits[:3])}" if fits else ""
        raise BadTest(f"the formula cannot be read: {clash}{more}") from clash
    if found.unknown:
        listed = ", ".join(sorted(found.unknown))
        raise BadTest(f"the formula speaks of {listed}, which given does not declare")
    frame, body = _renamed(found.frame, found.body)
    _insist(body, frame, names)
    return Formula(reading_of(found.page or found.node), values_of(body, frame), frame, body, found.shape)


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


def _left_side(text: str) -> str:
    """What stands before the last equals sign outside brackets; nothing where there is none."""
    depth, last = 0, 0
    for k, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        alone = text[k - 1 : k] not in ("<", ">", "=", "!", ":") and text[k + 1 : k + 2] != "="
        last = k if sign == "=" and not depth and alone else last
    return text[:last]


def _letters_on_the_left(text: str, names: Mapping[str, Given]) -> dict[str, str]:
    """The index letters that the left side gives to declared names, with their dimensions, in order."""
    left = _left_side(text)
    free: dict[str, str] = {}
    for at, given in sorted(_indexed(left, names), key=lambda found: found[0].start()):
        letters = re.findall(r"[A-Za-z]", next((g for g in at.groups() if g), ""))
        if letters and len(letters) != len(given.shape or ()):
            shape = len(given.shape or ())
            raise BadTest(f"the left side gives {given.name} {len(letters)} indices, and its shape has {shape}")
        free |= dict(zip(letters, given.shape or (), strict=True)) if letters else {}
    return free


def _indexed(left: str, names: Mapping[str, Given]) -> Iterator[tuple[re.Match[str], Given]]:
    for given in names.values():
        name = re.escape(given.latex or given.name)
        index = r"\s*(?:_\s*\{([^{}]*)\}|_\s*([A-Za-z])(?![A-Za-z])|\[([^\]]*)\])"
        yield from ((m, given) for m in re.finditer(rf"(?<![A-Za-z\\]){name}{index}", left) if given.name)


def _insist(body: Expr, frame: Sequence[Bound], names: Mapping[str, Given]) -> None:
    sizes = {x for g in names.values() for a in g.axes for x in a.letters}
    loose = sorted(str(x) for x in free_letters(body) - sizes - {b.letter for b in frame} if x.name not in names)
    if loose:
        raise BadTest(
            f"the formula has the free index {', '.join(loose)}: it belongs to no declared name on its left side;"
            " say in given what the indexed name there is"
        )


def _index_text(text: str, names: Mapping[str, Given], wrt: str) -> Formula:
    shapes = {n: " ".join(f"({a})" if not a.isidentifier() else a for a in g.shape or ()) for n, g in names.items()}
    letters = sorted({x.name for g in names.values() for a in g.axes for x in a.letters})
    said = relation(text.replace(":=", "="), shapes={n: s for n, s in shapes.items() if s}, letters=letters)
    slots = _slots(said.sides[0])
    sizes = sorted({x.name for x in slots} & set(letters))
    if sizes or len(slots) != len(names[wrt].axes):
        rule = f"{', '.join(sizes)} is a size; an index needs another name" if sizes else f"{wrt} has other axes"
        raise BadTest(f"the left side of {text}: {rule}")
    frame = tuple(Bound(x, Affine.of(0), a) for x, a in zip(slots, names[wrt].axes, strict=True))
    return Formula(to_text(said.result), values_of(said.result, frame), frame, said.result, names[wrt].axes)


def _slots(side: Any) -> list[Any]:
    (term,) = side.terms
    return [next(iter(a.letters)) for atom, _ in term.factors for a in atom.at]


def _written_at(function: Callable[..., Any]) -> str:
    """A function's name and where it stands."""
    code = getattr(function, "__code__", None)
    where = f" (line {code.co_firstlineno} of {PurePath(code.co_filename).name})" if code else ""
    return f"the function {getattr(function, '__name__', type(function).__name__)}{where}"


def _called(function: Callable[..., Any]) -> Values:
    wanted = list(inspect.signature(function).parameters)

    def values(arrays: Mapping[str, Array], sizes: Mapping[str, int]) -> Array:
        torch = torch_module()
        known = {**sizes, **{n: torch.tensor(v, dtype=torch.float64) for n, v in arrays.items()}}
        missing = [n for n in wanted if n not in known]
        if missing:
            raise BadTest(f"the formula's function asks for {', '.join(missing)}, which given does not declare")
        found = function(**{n: known[n] for n in wanted})
        return np.asarray(found.detach().cpu() if hasattr(found, "detach") else found, dtype=float)

    return values


def symbols_of(derivation: Derivation) -> tuple[dict[str, Given], dict[str, Values]]:
    """The names of a derivation, and how those that its program defines are computed."""
    letters = {a.name for a in derivation.dimensions}
    program = derivation.program
    defined = {d.name for d in program.definitions} if program is not None else set()
    names = {
        n: Given(n, tuple(map(str, s.shape)), s.domain, s.latex)
        for n, s in derivation.symbols.items()
        if n not in letters and (s.domain in DRAWABLE or n in defined)
    }
    return names, {n: _from_program(program, n) for n in names if n in defined and program is not None}


def _from_program(program: Program, name: str) -> Values:
    return lambda arrays, sizes: np.asarray(values(program, arrays, dims(sizes))[name])


def shaped(names: Mapping[str, Given], index_base: int) -> tuple[dict[str, Given], dict[str, Values]]:
    """The names with the shapes of the defined ones, and how each of these is computed, in order.

    Raises:
        BadTest: a definition cannot be read, or definitions go round in a circle.
    """
    known = {n: g for n, g in names.items() if not g.definition}
    made: dict[str, Values] = {}
    while len(known) < len(names):
        ready = [(n, _defined(g, known, index_base)) for n, g in names.items() if n not in known]
        done = {n: f for n, f in ready if isinstance(f, Formula)}
        if not done:
            raise BadTest(f"given[{ready[0][0]!r}]: {ready[0][1]}")
        for n, f in done.items():
            known[n] = replace(names[n], shape=tuple(str(a) for a in f.shape or ()), domain="real")
            made[n] = f.values
    return known, made


def _defined(given: Given, known: Mapping[str, Given], index_base: int) -> Formula | BadTest:
    try:
        return formula_of(given.definition, "auto", {**known, "": Given("")}, "", index_base)
    except BadTest as error:
        return error


def fitting(said: Any, syntax: str, names: Mapping[str, Given], wrt: str, index_base: int) -> dict[str, Given]:
    """The names with a shape for ``wrt``, where the test gives none and only one lets everything fit.

    Raises:
        BadTest: no shape fits, or several do.
    """
    letters = sorted({str(x) for g in names.values() for a in g.axes for x in a.letters})
    tried = (s for rank in range(MOST_RANK + 1) for s in product(letters, repeat=rank))
    fit = [shape for shape in tried if _fits(said, syntax, {**names, wrt: Given(wrt, shape)}, wrt, index_base)]
    if len(fit) == 1:
        return {**names, wrt: Given(wrt, fit[0])}
    found = f"several shapes fit it: {_shapes(fit[:4])}" if fit else "no shape of these letters fits it"
    raise BadTest(f"given does not say what {wrt} is, and {found}; write given={{{wrt!r}: (…), …}}")


def _fits(said: Any, syntax: str, names: Mapping[str, Given], wrt: str, index_base: int) -> bool:
    try:
        whole, _ = shaped(names, index_base)
        formula = formula_of(said, syntax, whole, wrt, index_base)
    except BadTest:
        return False
    return formula.shape is not None and tuple(formula.shape) == tuple(axis_size(a) for a in names[wrt].shape or ())


def _shapes(shapes: Iterable[tuple[str, ...]]) -> str:
    return ", ".join(f"({', '.join(s)})" for s in shapes)
