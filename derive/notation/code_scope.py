"""What generated code knows where an expression stands: letters that are axes, letters that are Python integers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.program import Program
from derive.calculus.ranges import implied
from derive.notation.code_names import Names
from derive.notation.code_target import Target
from derive.notation.code_values import ATOM, COMPARE, PRODUCT, SUM, NotExportable, Value, aligned, broken, ordered
from derive.notation.index_sizes import extreme

Box = tuple[Affine, Affine]
LONG = 60


@dataclass(frozen=True)
class Scope:
    """The letters in scope.

    Attributes:
        axes: letters that are axes of arrays, in order.
        boxes: letter → its smallest and one more than its largest value; of axes and of loops.
        python: letters that are Python integers here (loops), with their names in code.
    """

    axes: tuple[Letter, ...] = ()
    boxes: Mapping[Letter, Box] = field(default_factory=dict)
    python: Mapping[Letter, str] = field(default_factory=dict)

    def bind(self, bound: Bound) -> Scope:
        """The scope with one more axis; a range that hangs on other axes becomes its box.

        Raises:
            NotExportable: the box is no affine value.
        """
        around = {x: self.boxes[x] for x in self.axes}
        low, high = extreme(bound.low, around, -1), extreme(bound.high, around, 1)
        if low is None or high is None:
            raise NotExportable(f"how far {bound.letter.name} runs depends on an index with a factor of unknown sign")
        return replace(self, axes=(*self.axes, bound.letter), boxes={**self.boxes, bound.letter: (low, high)})

    def loop(self, bound: Bound, name: str) -> Scope:
        """The scope with one more letter that is a Python integer."""
        boxes = {**self.boxes, bound.letter: (bound.low, bound.high)}
        return replace(self, boxes=boxes, python={**self.python, bound.letter: name})


@dataclass
class Writer:
    """The module that is being written.

    Attributes:
        target: the library.
        program: what is exported.
        names: identifiers.
        dims: letters that are dimensions, each at least 1.
        top: lines that come before all definitions (index grids).
        lines: the lines so far, with their indents.
        indent: the present indent.
        used: helper functions that the module needs.
        functions: unknown functions and their derivatives that it calls.
        known: code that has been computed → the name that holds it, as long as the present block lasts.
    """

    target: Target
    program: Program
    names: Names
    dims: frozenset[Letter] = frozenset()
    top: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    indent: str = "    "
    used: set[str] = field(default_factory=set)
    functions: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    _grids: dict[tuple[str, Affine, Affine], str] = field(default_factory=dict)

    def line(self, text: str) -> None:
        """One more line at the present indent."""
        self.lines.append(self.indent + text)

    @contextmanager
    def indented(self, deeper: bool = True) -> Iterator[None]:
        """Lines that stand further right."""
        before = self.indent, dict(self.known)
        self.indent += "    " * deeper
        yield
        self.indent, self.known = before

    def helper(self, name: str) -> str:
        """The name of a helper, which the module will define."""
        if name in self.target.helpers:
            self.used.add(name)
        return name

    def array(self, name: str) -> str:
        """The identifier of an array."""
        return self.names.of("array", name)

    def function(self, name: str) -> str:
        """The identifier of an unknown function or of its derivative."""
        self.functions.setdefault(name, self.names.of("function", name))
        return self.functions[name]

    def letter(self, letter: Letter, scope: Scope) -> str:
        """The identifier of a letter that is an integer."""
        return scope.python.get(letter) or self.names.of("letter", letter.name)

    def certain(self, nonneg: Affine, scope: Scope) -> bool:
        """Whether a value is never negative in a scope."""
        return implied(nonneg, dict(scope.boxes), (), self.dims)

    def grid(self, letter: Letter, scope: Scope) -> str:
        """The name of a letter's integer grid; grids between dimensions stand on top, others before their use."""
        low, high = scope.boxes[letter]
        loop = not scope.python.keys().isdisjoint(low.letters | high.letters)
        if (letter.name, low, high) in self._grids and not loop:
            return self._grids[letter.name, low, high]
        limits = [self.index(high, scope, ())] if not low.terms else [self.index(a, scope, ()) for a in (low, high)]
        name = self.names.new(letter.name)
        text = f"{name} = {self.target.arange.format(', '.join(v.text for v in limits))}"
        if loop:
            self.line(text)
        else:
            self._grids[letter.name, low, high] = name
            self.top.append(text)
        return name

    def index(self, value: Affine, scope: Scope, axes: tuple[Letter, ...]) -> Value:
        """The code of an affine value, laid out for an array with these axes."""
        here = tuple(x for x in axes if x in value.letters)
        pieces = []
        for monomial, c in sorted(value.terms, key=lambda t: (not t[0], t[1] < 0)):
            factors = [self._letter(x, scope, axes) for x in monomial]
            factors = [str(abs(c)), *factors] if abs(c) != 1 or not factors else factors
            pieces.append((c < 0, " * ".join(factors), PRODUCT if len(factors) > 1 else ATOM))
        if not pieces:
            return Value("0", (), ATOM, "number")
        text = "".join((" - " if negative else " + ") + piece for negative, piece, _ in pieces)
        text = ("-" if pieces[0][0] else "") + text[3:]
        level = SUM if len(pieces) > 1 or pieces[0][0] else pieces[0][2]
        return Value(text, here, level, "array" if here else "number")

    def _letter(self, letter: Letter, scope: Scope, axes: tuple[Letter, ...]) -> str:
        if letter not in axes:
            return self.letter(letter, scope)
        return aligned(Value(self.grid(letter, scope), (letter,)), axes, self.target.transpose).text

    def number(self, value: Affine, scope: Scope) -> Value:
        """An affine value as a number: floats where a letter is an axis."""
        axes = tuple(x for x in scope.axes if x in value.letters)
        found = self.index(value, scope, axes)
        return Value(self.target.cast.format(found.tight(ATOM)), axes) if axes else found

    def relation(self, value: Affine, op: str, scope: Scope) -> Value:
        """``value op 0`` with what is subtracted on the other side."""
        axes = tuple(x for x in scope.axes if x in value.letters)
        left = Affine.collect((m, c) for m, c in value.terms if c > 0)
        sides = [self.index(a, scope, axes) for a in (left, left - value)]
        return Value(f"{sides[0].text} {op} {sides[1].text}", axes, COMPARE, "mask" if axes else "truth")

    def lay(self, value: Value, axes: tuple[Letter, ...]) -> Value:
        """The value laid out for an array with these axes."""
        return aligned(value, axes, self.target.transpose)

    def tensor(self, value: Value) -> Value:
        """The value as an array of floats, whatever it was."""
        if value.kind == "mask":
            return Value(self.target.cast.format(value.tight(ATOM)), value.axes)
        if value.is_python:
            return Value(self.target.tensor.format(value.text), finite=value.finite)
        return value

    def mask(self, value: Value) -> Value:
        """A truth value as an array."""
        return Value(self.target.truth.format(value.text), kind="mask") if value.kind == "truth" else value

    def hoist(self, value: Value) -> Value:
        """A long piece of code gets a name and a line of its own."""
        if len(value.text) <= LONG:
            return value
        if value.text not in self.known:
            self.known[value.text] = self.names.new("part")
            self.line(f"{self.known[value.text]} = {broken(value.text, self.indent)}")
        return self.shared(value)

    def shared(self, value: Value) -> Value:
        """The name under which a value is already known, or the value itself."""
        name = self.known.get(value.text)
        return replace(value, text=name, level=ATOM) if name else value

    def where(self, mask: Value, value: Value, otherwise: Value, axes: tuple[Letter, ...]) -> Value:
        """``value`` where the mask holds."""
        over = ordered(axes, (mask, value, otherwise))
        if value.is_python and otherwise.is_python:
            value = self.tensor(value)
        texts = [self.lay(v, over).text for v in (self.mask(mask), value, otherwise)]
        finite = value.finite and otherwise.finite
        return Value(f"{self.target.name}.where({', '.join(texts)})", over, finite=finite)

    def sizes(self, letters: tuple[Letter, ...], scope: Scope) -> str:
        """The tuple of how far some letters run."""
        spans = [scope.boxes[x][1] - scope.boxes[x][0] for x in letters]
        return self.shape(spans, scope)

    def shape(self, sizes: list[Affine] | tuple[Affine, ...], scope: Scope) -> str:
        """A tuple of sizes as code."""
        texts = [self.index(a, scope, ()).text for a in sizes]
        return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"

    def spread(self, value: Value, axes: tuple[Letter, ...], scope: Scope) -> Value:
        """The value as an array that has all of these axes."""
        value = self.lay(self.tensor(value), axes)
        if value.axes == axes:
            return value
        return replace(value, text=self.target.full.format(value.text, self.sizes(axes, scope)), axes=axes, level=ATOM)
