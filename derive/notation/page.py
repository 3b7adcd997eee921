"""A Python answer as a page writes it: indices count from the index base, NumPy's signs become the mathematical ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace

from derive.calculus.affine import Affine
from derive.notation import tree
from derive.notation.declare import Declarations
from derive.notation.latex import room_for_nesting
from derive.notation.page_products import NEW, Dims, broadcast, chained, floored
from derive.notation.python import read_python
from derive.notation.walk import walk

ENDLESS = tree.Constant("infinity")
KEPT = ("keepdims", "keepdim")


def as_page(node: tree.Node, symbols: Declarations, shapes: Mapping[int, Dims], *, numpy: bool = False) -> tree.Node:
    r"""The tree whose LaTeX means what the Python text meant.

    ``shapes`` are those of the nodes that lowering met, by their ``id``; ``numpy`` says that signs went entry by entry.

    >>> from derive.notation.write import to_latex
    >>> d = Declarations.of({"x": {"shape": ["n"]}})
    >>> to_latex(as_page(read_python("sum(x[j] - j*x[0] for j in range(n))", d), d, {}))
    '\\sum_{j=1}^{n} \\left(x_{j} - \\left(j - 1\\right) * x_{1}\\right)'
    """
    with room_for_nesting():
        letters = {x for x in symbols.free_indices if x not in symbols.symbols}
        return _Page(symbols, shapes, numpy, symbols.index_base, letters).of(node)


@dataclass
class _Page:
    symbols: Declarations
    shapes: Mapping[int, Dims]
    numpy: bool
    base: int
    letters: set[str] = field(default_factory=set)

    def of(self, node: tree.Node) -> tree.Node:
        """The node as a page has it."""
        match node:
            case tree.Name(name) if name in self.letters:
                return plus(self._letter(node), -self.base)
            case tree.Product(factors, ops) if "//" in ops:
                return self.of(floored(factors, ops))
            case tree.Name(name) if not self.symbols.is_known(name) and name.isidentifier() and "_" in node.latex:
                return self._word(node)
            case tree.Index():
                return self._index(node)
            case tree.Big():
                return self._big(node)
            case tree.Relation(operands, _):
                return self._relation(replace(node, operands=tuple(map(self.of, operands))))
            case tree.Call(tree.Builtin("len" | "size" as name), (only,)) if sizes := self.shapes.get(id(only)):
                return self._count(sizes if name == "size" else sizes[:1])
        return self._arrays(node) if self.numpy else self._rebuilt(node)

    def _word(self, node: tree.Name) -> tree.Name:
        """A name of several letters that nobody declared: no index is meant."""
        return replace(node, latex=rf"\mathrm{{{node.name}}}".replace("_", r"\_"))

    def _arrays(self, node: tree.Node) -> tree.Node:
        """NumPy's readings of signs that a page reads otherwise."""
        mine = self.shapes.get(id(node))
        match node:
            case tree.Product(factors, ops):
                dims = [self.shapes.get(id(f)) for f in factors]
                return chained(node, [self.of(f) for f in factors], ops, dims, self._size)
            case tree.Add(terms) if mine is not None and len(mine) == 2:
                wide = (broadcast(self.of(t), self.shapes.get(id(t)), mine, self._size) for t in terms)
                return replace(node, terms=tuple(wide))
            case tree.Power(base, exponent) if len(mine or ()) == 2 or self.shapes.get(id(exponent)):
                return tree.Call(tree.Builtin("hadamard_power"), (self.of(base), self.of(exponent)), span=node.span)
            case tree.Transpose(arg) if mine is not None and len(mine) < 2:
                return self.of(arg)
            case tree.Call(_, _, keywords) if any(k.name in KEPT for k in keywords):
                rest = tuple(k for k in keywords if k.name not in KEPT)
                return self._rebuilt(replace(node, keywords=rest))
        return self._rebuilt(node)

    def _rebuilt(self, node: tree.Node) -> tree.Node:
        changes: dict[str, object] = {}
        for f in fields(node):
            value = getattr(node, f.name)
            if isinstance(value, tree.Node):
                changes[f.name] = self.of(value)
            elif isinstance(value, tuple) and any(isinstance(v, tree.Node) for v in value):
                changes[f.name] = tuple(self.of(v) if isinstance(v, tree.Node) else v for v in value)
        return replace(node, **changes) if changes else node  # type: ignore[arg-type]

    def _count(self, sizes: Sequence[Affine]) -> tree.Node:
        """A product of sizes."""
        factors = tuple(self._size(s) for s in sizes)
        return factors[0] if len(factors) == 1 else tree.Product(factors, ("",) * (len(factors) - 1))

    def _size(self, size: Affine) -> tree.Node:
        return read_python(str(size), self.symbols)

    def _index(self, node: tree.Index) -> tree.Node:
        dims = self.shapes.get(id(node.base), ())
        if isinstance(node.base, tree.Call) and node.base.function == tree.Builtin("shape"):
            inner = self.shapes.get(id(node.base.args[0]), ())
            at = _constant(node.slots[0])
            if at is not None and -len(inner) <= at < len(inner):
                return self._size(inner[at])
        symbol = self.symbols.symbols.get(node.base.name) if isinstance(node.base, tree.Name) else None
        own = [axis.lower is not None for axis in (symbol.shape or ())] if symbol is not None else []
        slots: list[tree.Node] = []
        for slot in node.slots:
            k = sum(s != NEW for s in slots)
            shift = 0 if k < len(own) and own[k] else self.base
            at = _constant(slot)
            if slot == NEW or isinstance(slot, tree.Slice) or isinstance(node.base, tree.Constant):
                slots.append(self._rebuilt(slot))
            elif at is not None and at < 0 and k < len(dims):
                slots.append(plus(self._size(dims[k]), at + shift))
            else:
                slots.append(plus(self.of(slot), shift))
        return replace(node, base=self.of(node.base), slots=tuple(slots))

    def _big(self, node: tree.Big) -> tree.Node:
        with self._scope():
            binders = []
            for b in node.binders:
                ends = (None if end is None else self._moved(end) for end in (b.lower, b.upper))
                binders.append(tree.Binder(self._letter(b.letter), *ends, span=b.span))
                self.letters.add(b.letter.name)
            conditions = tuple(self.of(c) for c in node.conditions)
            return replace(node, binders=tuple(binders), conditions=conditions, body=self.of(node.body))

    def _moved(self, end: tree.Node) -> tree.Node:
        """A bound counted from the page's base; infinity stays."""
        return end if ENDLESS in list(walk(end)) else plus(self.of(end), self.base)

    def _letter(self, node: tree.Name) -> tree.Name:
        return self._word(node) if "_" in node.latex else node

    @contextmanager
    def _scope(self) -> Iterator[None]:
        before = set(self.letters)
        yield
        self.letters = before

    def _relation(self, node: tree.Relation) -> tree.Relation:
        """``i - 1 = j - 1`` is ``i = j``."""
        moved = replace(node, operands=tuple(plus(x, self.base) for x in node.operands))
        return min(node, moved, key=lambda r: sum(1 for _ in walk(r)))


def plus(node: tree.Node, by: int) -> tree.Node:
    """``node + by``, with one whole number at the end.

    >>> from derive.notation.tree import Name, Number
    >>> plus(plus(Name("j"), -1), 1) == Name("j"), plus(Number("0"), 1) == Number("1")
    (True, True)
    """
    terms = node.terms if isinstance(node, tree.Add) else (node,)
    fixed = [_constant(t) for t in terms]
    total = by + sum(c for c in fixed if c is not None)
    kept = [t for t, c in zip(terms, fixed, strict=True) if c is None]
    if by == 0:
        return node
    if total or not kept:
        number = tree.Number(str(abs(total)))
        kept.append(tree.Neg(number) if total < 0 else number)
    return kept[0] if len(kept) == 1 else tree.Add(tuple(kept), span=node.span)


def _constant(node: tree.Node) -> int | None:
    match node:
        case tree.Number(text) if text.isdigit():
            return int(text)
        case tree.Neg(tree.Number(text)) if text.isdigit():
            return -int(text)
    return None
