"""Random expressions in whole letters: products of entries, sums, groups, brackets, functions; most have a matrix form."""

from index_random import Maker, upto

from derive.calculus.affine import Affine
from derive.calculus.atoms import Bound, Compare, Indicator, MatrixFunction
from derive.calculus.expr import Expr, expr
from derive.calculus.substitute import bracket

SHAPES = {"x": "n", "b": "m", "W": "m n", "V": "m n", "A": "m m", "s": "", "c": "", "x_bar": "n", "B": "n n"}
FRAMES = ("", "p", "q", "pq", "qp", "pr", "qu")
SIZES = {"p": "n", "q": "m", "r": "n", "u": "m"}


class Whole(Maker):
    """Every slot is a letter that runs over the whole axis."""

    def bound(self, inner: dict[str, str]) -> Bound:
        name = next(x for x in self.rng.sample("ijkl", 4) if x not in inner) if len(inner) < 4 else "h"
        size = self.rng.choice("mn")
        inner[name] = size
        return upto(name, size)

    def read(self, depth: int, letters: dict[str, str]) -> Expr:
        from derive.calculus.expr import entry

        sizes = set(letters.values())
        fitting = [n for n, s in SHAPES.items() if set(s.split()) <= sizes]
        name = self.rng.choice(fitting)
        return entry(name, *(self.index(letters, d) for d in SHAPES[name].split()))

    def index(self, letters: dict[str, str], size: str) -> Affine:
        return Affine.of(self.rng.choice([x for x, d in letters.items() if d == size]))

    def number(self, depth: int, letters: dict[str, str]) -> Expr:
        return expr(Affine.of(self.rng.choice("mn")))

    def mark(self, depth: int, letters: dict[str, str]) -> Expr:
        pairs = [(a, b) for a in letters for b in letters if a != b and letters[a] == letters[b]]
        if not pairs:
            return self.read(depth, letters)
        a, b = self.rng.choice(pairs)
        return bracket(Affine.of(a) - Affine.of(b))

    def indicator(self, depth: int, letters: dict[str, str]) -> Expr:
        sides = (self.read(depth, letters), self.read(depth, letters))
        return expr(Indicator(Compare(self.rng.choice(("<", "<=", ">", ">=")), *sides)))

    def cases(self, depth: int, letters: dict[str, str]) -> Expr:
        return self.call(depth, letters)

    def reduced(self, depth: int, letters: dict[str, str]) -> Expr:
        return self.group(depth, letters)

    def matrix(self, depth: int, letters: dict[str, str]) -> Expr:
        from derive.calculus.affine import fresh
        from derive.calculus.expr import entry

        row, column = fresh("i"), fresh("j")
        body = entry("A", row, column) + 5 * bracket(Affine.of(row) - column)
        rows = [Affine.of(x) for x, d in letters.items() if d == "m"]
        if not rows or self.rng.random() < 0.3:
            return expr(MatrixFunction("det", row, column, Affine.of("m"), body))
        at = (self.rng.choice(rows), self.rng.choice(rows))
        return expr(MatrixFunction("inv", row, column, Affine.of("m"), body, at))


def drawn(seed: int, depth: int = 2) -> tuple[Expr, tuple[Bound, ...]]:
    """The expression of a seed and its frame."""
    letters = FRAMES[seed % len(FRAMES)]
    frame = tuple(upto(x, SIZES[x]) for x in letters)
    return Whole(seed).expr(depth, {x: SIZES[x] for x in letters}), frame
