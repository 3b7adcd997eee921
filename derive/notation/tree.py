"""The typed syntax tree that every syntax is read into, and the LaTeX writer writes.

A tree says what was *written*, not yet what it means: products keep their signs (juxtaposition, ``·``,
    ``⊙``, ``@``),
index slots keep their text's counting base. Two trees are equal when they are equal up to spans.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a formula; ``span`` holds the offsets of its text and does not count for equality."""

    span: Span = field(default=(0, 0), compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A literal as typed: ``text`` is digits with an optional point and exponent.

    >>> Number("0.250").value, Number("0.250").significant, Number("1e5").is_decimal
    (Fraction(1, 4), 3, True)
    """

    text: str

    @property
    def value(self) -> Fraction:
        """The exact value; a literal's exponent is bounded by the readers, so this is always small work."""
        return _exact(self.text)

    @property
    def is_decimal(self) -> bool:
        """Whether it was typed with a point or an exponent."""
        return not self.text.isdigit()

    @property
    def significant(self) -> int:
        """How many significant digits were typed."""
        return len(self.text.lower().partition("e")[0].replace(".", "").lstrip("0"))


@lru_cache(maxsize=1024)
def _exact(text: str) -> Fraction:
    return Fraction(text)


@dataclass(frozen=True, slots=True)
class Name(Node):
    r"""A symbol: a declared one by its declared name, another by its plain spelling (``\hat{m}``).

    ``primes`` is not kept here: a primed bound letter is a name of its own, ``j'``.
    """

    name: str
    latex: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Builtin(Node):
    """A function everybody knows, by its canonical name: ``exp``, ``softmax``, ``tr``, ``normal_cdf``."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """``e``, ``pi``, ``infinity``, ``ones`` (a vector of ones), ``true``, ``false``, ``reals``, ..."""

    name: str


@dataclass(frozen=True, slots=True)
class Prime(Node):
    """A derivative of a scalar function: ``σ′`` (order 1), ``f″`` (order 2)."""

    function: Node
    order: int = 1


@dataclass(frozen=True, slots=True)
class Add(Node):
    """Terms added; a subtracted term is a `Neg`."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Neg(Node):
    """The opposite of ``arg``."""

    arg: Node


@dataclass(frozen=True, slots=True)
class Product(Node):
    """Factors joined from left to right by ``ops`` (one fewer).

    One node holds either tight signs (``""`` juxtaposition and ``"/"``) or loose ones (``cdot times odot circ
    otimes oslash * @ // %``). Where loose signs mix (``W·δ⊙v``), left to right is the first guess;
    shapes have the last word.
    """

    factors: tuple[Node, ...]
    ops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Power(Node):
    """``base ** exponent``; ``A^{-1}`` is a `Power` too."""

    base: Node
    exponent: Node


@dataclass(frozen=True, slots=True)
class Transpose(Node):
    """A transpose and its mark (``top``, ``T`` or ``prime``): the last two may mean otherwise."""

    arg: Node
    mark: str = field(default="top", compare=False)


@dataclass(frozen=True, slots=True)
class Slice(Node):
    """A Python slice ``start:stop:step`` in an index slot."""

    start: Node | None = None
    stop: Node | None = None
    step: Node | None = None


@dataclass(frozen=True, slots=True)
class Index(Node):
    """Entries of ``base``. Slots of a base of unknown rank are not split: see `split_slots`."""

    base: Node
    slots: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Keyword(Node):
    """A named argument such as ``axis=0``; ``value`` may be a `Text`."""

    name: str
    value: Node


@dataclass(frozen=True, slots=True)
class Text(Node):
    """Quoted words, as in an einsum's pattern; never an expression."""

    text: str


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function (`Builtin`, `Name` or `Prime`) of arguments; a base or an order is a second argument."""

    function: Node
    args: tuple[Node, ...]
    keywords: tuple[Keyword, ...] = ()


@dataclass(frozen=True, slots=True)
class Binder(Node):
    """A bound letter with its inclusive bounds, or without: then the range follows from the body."""

    letter: Name
    lower: Node | None = None
    upper: Node | None = None


@dataclass(frozen=True, slots=True)
class Big(Node):
    """``op`` (``sum prod max min mean``) of ``body`` over the binders' letters where the conditions hold."""

    op: str
    binders: tuple[Binder, ...]
    conditions: tuple[Node, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Indicator(Node):
    """1 where ``condition`` holds, else 0."""

    condition: Node


@dataclass(frozen=True, slots=True)
class Piece(Node):
    """A line of `Cases`; no condition means otherwise."""

    value: Node
    condition: Node | None = None


@dataclass(frozen=True, slots=True)
class Cases(Node):
    """The first piece whose condition holds."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Row(Node):
    """A row of a `Matrix`."""

    cells: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Matrix(Node):
    """A literal matrix; a column has rows of one cell."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    """Items between ``brackets``: ``()``, ``[]``, ``[)``, ``(]`` or none: a list or an interval."""

    items: tuple[Node, ...]
    brackets: str = "()"


@dataclass(frozen=True, slots=True)
class SetOf(Node):
    """A finite set."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Relation(Node):
    """A chain ``a = b < c``: ops of ``= != < <= > >= in notin subset approx propto sim to defines``."""

    operands: tuple[Node, ...]
    ops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """``not`` of one operand, ``and or xor`` of several, ``implies iff`` of a chain from left to right."""

    op: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Derivative(Node):
    """``∂ᵏof/∂wrt…`` (``d`` and ``partial``) or ``∇_wrt of`` (``nabla``); ``of`` is None for a bare operator.

    A variable differentiated twice is listed twice; ``∇²`` has ``order`` 2.
    """

    kind: str
    of: Node | None
    wrt: tuple[Node, ...]
    order: int = 1


@dataclass(frozen=True, slots=True)
class At(Node):
    """``body`` evaluated where the condition (a relation, or a point) holds."""

    body: Node
    condition: Node


def beta(a: Node, b: Node, span: Span) -> Node:
    """Euler's beta function in terms of the gamma function."""
    above, other, below = (Call(Builtin("gamma"), (x,), span=span) for x in (a, b, Add((a, b), span=span)))
    return Product((Product((above, other), ("cdot",), span=span), below), ("/",), span=span)
