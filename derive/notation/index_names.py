"""Readable names for bound letters, and what a reader could infer by itself: both text printers need them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from derive.calculus.affine import ZERO, Affine, Letter
from derive.calculus.atoms import Apply, Bound, Entry
from derive.calculus.expr import Expr
from derive.calculus.substitute import atoms, free_letters, names

Shape = tuple[Affine, ...]
_USUAL = "ijkluvpqrab"


@dataclass(frozen=True)
class Page:
    """What printing knows beside an expression.

    Attributes:
        names: array name → how it is shown.
        shapes: array name → its dimensions; a sum over one of them is written without its range.
        letters: calculus letter → shown name.
        taken: names that a bound letter must not get.
        scalars: names of letters, which an array without slots must not be confused with.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    letters: Mapping[Letter, str] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()

    def letter(self, letter: Letter) -> str:
        """The shown name of a letter."""
        return self.letters.get(letter, letter.name)

    def bind(self, letter: Letter) -> Page:
        """The page with one more letter, called as it hopes to be unless the name is taken."""
        chosen = next(c for c in _choices(letter.name.rstrip("'")) if c not in self.taken)
        return replace(self, letters={**self.letters, letter: chosen}, taken=self.taken | {chosen})

    def is_letter(self, name: str) -> bool:
        """Whether a letter is shown under this name."""
        return name in self.taken and any(shown == name for shown in self.letters.values())


def page(values: Iterable[Expr], given: Mapping[str, str], shapes: Mapping[str, Shape]) -> Page:
    """The page for some expressions: their free letters keep their names, unless two share one."""
    sides = tuple(values)
    arrays = frozenset(n for v in sides for n in names(v))
    calls = frozenset(a.function for v in sides for a in atoms(v) if isinstance(a, Apply))
    found = Page(given, shapes, taken=frozenset())
    for letter in sorted({x for v in sides for x in free_letters(v)}, key=lambda x: (x.uid != 0, x)):
        found = found.bind(letter)
    return replace(found, taken=found.taken | arrays | calls | {"e", "pi"})


def _choices(name: str) -> Iterator[str]:
    yield name
    if len(name) == 1:
        yield from (c for c in _USUAL if c != name)
    yield from (f"{name}{k}" for k in range(1, 100_000))


def shape_of(name: str, shapes: Mapping[str, Shape]) -> Shape | None:
    """The shape of an array; ``v_bar`` is as long as ``v``, and ``dy/dx`` as ``y`` and then ``x``.

    >>> shape_of("x_bar", {"x": (Affine.of("n"),)})
    (n,)
    """
    if name in shapes:
        return shapes[name]
    if name.endswith("_bar"):
        return shapes.get(name[:-4])
    of, slash, wrt = name.removeprefix("d").partition("/d")
    return (*shapes[of], *shapes[wrt]) if slash and of in shapes and wrt in shapes else None


def inferred(bound: Bound, body: Iterable[Expr], shapes: Mapping[str, Shape]) -> bool:
    """Whether a reader who knows the shapes finds the range of a letter by itself: every slot it indexes alone says so."""
    sizes: list[Affine | None] = []
    for read in (a for part in body for a in atoms(part) if isinstance(a, Entry)):
        shape = shape_of(read.name, shapes) or (None,) * len(read.at)
        sizes += [size for slot, size in zip(read.at, shape, strict=False) if slot.letter == bound.letter]
    return bool(sizes) and bound.low == ZERO and all(size == bound.high for size in sizes)


def leading(value: Expr) -> Expr:
    """The same terms with a positive one in front, where there is one."""
    first = next((k for k, t in enumerate(value.terms) if t.coefficient > 0), 0)
    terms = value.terms
    return Expr((terms[first], *terms[:first], *terms[first + 1 :])) if first else value
