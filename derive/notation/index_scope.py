"""Scopes of letters: which name in a slot is which letter, and how far each letter runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from derive.calculus.affine import ZERO, Affine, Letter, fresh
from derive.notation.index_sizes import Clash, Range, Read, Sizes
from derive.notation.index_syntax import Node, ProgramError

BINDERS = {
    "sum": "sum",
    "integral": "integral",
    "expectation": "expectation",
    "prod": "prod",
    "amax": "max",
    "amin": "min",
}
MATRICES = {"inv": 2, "det": 2, "matpow": 3}
WRITTEN_OUT = {
    "softmax": "exp(z[i])/sum(exp(z[k]), k)",
    "logsumexp": "log(sum(exp(z[k]), k))",
    "norm": "sqrt(sum(x[i]**2, i))",
    "mean": "sum(x[i], i)/n",
    "dot": "sum(x[i]*y[i], i)",
    "matmul": "sum(A[i,k]*B[k,j], k)",
    "transpose": "the letters of the array in the other order: A[j,i]",
    "trace": "sum(A[i,i], i)",
}
Env = Mapping[str, Letter]


@dataclass
class Scopes:
    """All letters of one text.

    Attributes:
        text: the text, for errors.
        ranks: array name → number of slots, as it is met; sizes are in ``sizes``.
        bound: binding node (by identity) → its letter.
        ranges: letters whose range is known, outermost first.
        order: every inferred letter with the node that names it, in order of appearance.
        reads: every read of an array, slot by slot.
        defined: arrays that the text defines.
        parameters: names in slots that are no index letters, with the reads in which they stand alone.
        loose: where each of these names stands first.
        heads: letters of left sides.
        scalars: names that stand alone outside slots and are no index letters.
        taken: names that a new dimension must not have.
        functions: names that the text declares as functions.
    """

    text: str
    ranks: dict[str, int] = field(default_factory=dict)
    bound: dict[int, Letter] = field(default_factory=dict)
    ranges: dict[Letter, Range] = field(default_factory=dict)
    order: dict[Letter, Node] = field(default_factory=dict)
    reads: list[Read] = field(default_factory=list)
    sizes: Sizes = field(default_factory=Sizes)
    defined: set[str] = field(default_factory=set)
    parameters: dict[str, list[Read]] = field(default_factory=dict)
    scalars: dict[str, Node] = field(default_factory=dict)
    loose: dict[str, Node] = field(default_factory=dict)
    heads: set[Letter] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    functions: Sequence[str] = ()

    def fail(self, message: str, node: Node) -> ProgramError:
        """An error at a node."""
        return ProgramError(message, self.text, node.at)

    def head(self, node: Node) -> dict[str, Letter]:
        """The letters of a left side; a number in a slot is a start."""
        env: dict[str, Letter] = {}
        self._rank(node.value, len(node.parts), node)
        for k, part in enumerate(node.parts):
            if part.kind == "name" and part.value in env:
                raise self.fail(f"{part.value} stands twice on the left", part)
            if part.kind == "name":
                env[part.value] = self.new(part)
                self.heads.add(env[part.value])
                self._join(env[part.value], (node.value, k), part)
        self.defined.add(node.value)
        return env

    def new(self, node: Node) -> Letter:
        """A fresh letter for a name."""
        letter = fresh(node.value)
        self.order[letter] = node
        self.bound[id(node)] = letter
        return letter

    def walk(self, node: Node, env: Env) -> None:
        """Note every binder and every read of an expression."""
        if node.kind == "call" and node.value in BINDERS:
            return self._binder(node, env)
        if node.kind == "call" and node.value in WRITTEN_OUT and node.value not in self.functions:
            raise self.fail(f"{node.value} is no function here; write {WRITTEN_OUT[node.value]}", node)
        if node.kind == "pick":
            return self._matrix(node.parts[0], env, node.parts[1:])
        if node.kind == "call" and node.value in MATRICES:
            return self._matrix(node, env, ())
        if node.kind == "entry":
            return self._entry(node, env)
        if node.kind == "name" and node.value not in env:
            self.scalars.setdefault(node.value, node)
        for part in node.parts:
            self.walk(part, env)
        return None

    def _binder(self, node: Node, env: Env) -> None:
        if len(node.parts) < 2:
            raise self.fail(f"{node.value} needs an expression and at least one letter", node)
        inner = dict(env)
        for part in node.parts[1:]:
            inner[letter_node(part, self).value] = self._letter(part, inner)
        self.walk(node.parts[0], inner)

    def _letter(self, part: Node, env: Env) -> Letter:
        node = letter_node(part, self)
        letter = self.new(node)
        if part.kind == "=":
            low, high = (self.affine(p, env) for p in part.parts[1].parts)
            self.ranges[letter] = (low, high + 1)
        return letter

    def _matrix(self, node: Node, env: Env, slots: Sequence[Node]) -> None:
        if node.value not in MATRICES or len(node.parts) != 1 + MATRICES[node.value]:
            raise self.fail("write inv(A[i,j], i, j)[a, b], det(A[i,j], i, j) or matpow(A[i,j], i, j, n)[a, b]", node)
        row, column = (self._letter(p, env) for p in node.parts[1:3])
        names = (letter_node(p, self).value for p in node.parts[1:3])
        self._join(row, column, node)
        self.walk(node.parts[0], {**env, **dict(zip(names, (row, column), strict=True))})
        for part in slots:
            alone = self.affine(part, env).letter
            if alone is not None and alone.uid and alone not in self.ranges:
                self._join(alone, row, part)
        for part in node.parts[3:]:
            self.affine(part, env)

    def _entry(self, node: Node, env: Env) -> None:
        self._rank(node.value, len(node.parts), node)
        for k, part in enumerate(node.parts):
            read = Read(node.value, k, self.affine(part, env), part)
            self.reads.append(read)
            alone = read.slot.letter
            if alone is None:
                continue
            if alone.uid and alone not in self.ranges:
                self._join(alone, (node.value, k), part)
            elif not alone.uid:
                self.parameters.setdefault(alone.name, []).append(read)

    def _rank(self, name: str, rank: int, node: Node) -> None:
        if self.ranks.setdefault(name, rank) != rank:
            raise self.fail(f"{name} has {count(self.ranks[name])}, not {rank}", node)
        for k in range(rank):
            self.sizes.root((name, k))

    def scalar(self, name: str, node: Node) -> None:
        """Note an array without slots."""
        self._rank(name, 0, node)

    def _join(self, letter: Letter, other: Letter | tuple[str, int], node: Node) -> None:
        try:
            self.sizes.join(other, letter)
        except Clash as clash:
            where = f"slot {other[1] + 1} of {other[0]}" if isinstance(other, tuple) else other.name
            raise self.fail(f"the sizes of {letter.name} and of {where} differ: {clash}", node) from clash

    def affine(self, node: Node, env: Env) -> Affine:
        """The affine value of a slot or a limit."""
        match node.kind:
            case "number" if node.number.denominator == 1:
                return Affine.of(int(node.number))
            case "name":
                if node.value not in env:
                    self.parameters.setdefault(node.value, [])
                    self.loose.setdefault(node.value, node)
                return Affine.of(env.get(node.value, Letter(node.value)))
            case "neg":
                return -self.affine(node.parts[0], env)
            case "sum":
                parts = (self.affine(p, env) for p in node.parts)
                return sum((a if s == "+" else -a for s, a in zip(node.value, parts, strict=True)), ZERO)
            case "product" if "/" not in node.value:
                result = Affine.of(1)
                for part in node.parts:
                    result = result * self.affine(part, env)
                return result
        raise self.fail("an index is a sum of letters and integers", node)


def count(rank: int) -> str:
    """How many indices, in words."""
    return "no index" if rank == 0 else "1 index" if rank == 1 else f"{rank} indices"


def letter_node(part: Node, scopes: Scopes) -> Node:
    """The letter of ``i`` or of ``i = a..b``."""
    node = part
    if part.kind == "=":
        node = part.parts[0]
        if part.parts[1].kind != "..":
            raise scopes.fail("a range is written i = 0..n-1", part)
    if node.kind != "name":
        raise scopes.fail("a letter belongs here", node)
    return node
