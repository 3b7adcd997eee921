"""Random expressions over a small set of names, for properties of printers."""

import random
from collections.abc import Callable
from fractions import Fraction

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, Cases, Compare, Condition, Indicator, Logic, MatrixFunction, Power
from derive.calculus.expr import Expr, add, apply, entry, expr, multiply, power, total
from derive.calculus.substitute import bracket, guard, reduction

SHAPES = {"x": "n", "b": "m", "W": "m n", "s": "", "sigma": "", "x_bar": "n", "z1": "m", "A": "m m"}
RANKED = {"x": "n", "b": "m", "W": "mn", "x_bar": "n", "z1": "m", "dz1/dx": "mn"}
FRAME = (("p", "n"), ("q", "m"))


def upto(name: str, size: Affine | str) -> Bound:
    return Bound(Letter(name), Affine.of(0), Affine.of(size))


class Maker:
    """Draws expressions; ``letters`` are those in scope, each with its dimension."""

    def __init__(self, seed: int, *, plain: bool = False) -> None:
        self.rng, self.plain = random.Random(seed), plain

    def expr(self, depth: int, letters: dict[str, str]) -> Expr:
        return add(self.term(depth, letters) for _ in range(self.rng.choice((1, 1, 2, 3))))

    def term(self, depth: int, letters: dict[str, str]) -> Expr:
        inner = dict(letters)
        bounds = []
        for _ in range(self.rng.choice((0, 0, 1, 1, 2))):
            bounds.append(self.bound(inner))
        size = expr(Fraction(self.rng.randint(-4, 4) or 1, self.rng.choice((1, 1, 2, 3))))
        factors = [self.factor(depth, inner) for _ in range(self.rng.randint(1, 3))]
        return multiply((size, total(multiply(factors), *bounds)))

    def bound(self, inner: dict[str, str]) -> Bound:
        name, size = self.rng.choice("ijk"), self.rng.choice("mn")
        if self.rng.random() < 0.2:
            low, high = self.rng.choice(((0, "n-1"), (1, "m"), (0, "p+1")))
            limit = {"n-1": Affine.of("n") - 1, "m": Affine.of("m"), "p+1": Affine.of("p") + 1}[high]
            made = Bound(Letter(name), Affine.of(low), limit)
        else:
            made = upto(name, size)
        inner[name] = size
        return made

    def factor(self, depth: int, letters: dict[str, str]) -> Expr:
        leaves: list[Callable[[int, dict[str, str]], Expr]] = [self.read, self.read, self.read, self.number, self.mark]
        nested = [self.call, self.positive, self.group, self.reduced]
        nested += [] if self.plain else [self.cases, self.matrix, self.indicator]
        choice = self.rng.choice(leaves if depth <= 0 else leaves + nested)
        value = choice(depth - 1, letters)
        if self.rng.random() < 0.2:
            return power(value, self.rng.choice((2, 3)))
        return value

    def index(self, letters: dict[str, str], size: str) -> Affine:
        fitting = [x for x, d in letters.items() if d == size]
        if not fitting or self.rng.random() < 0.15:
            return Affine.of(self.rng.choice(list(letters))) + self.rng.choice((-1, 1))
        return Affine.of(self.rng.choice(fitting))

    def read(self, depth: int, letters: dict[str, str]) -> Expr:
        name = self.rng.choice([*RANKED, "s", "sigma"])
        return entry(name, *(self.index(letters, d) for d in RANKED.get(name, "")))

    def number(self, depth: int, letters: dict[str, str]) -> Expr:
        return expr(Letter(self.rng.choice([*letters, "n", "m"])))

    def mark(self, depth: int, letters: dict[str, str]) -> Expr:
        a, b = (Affine.of(self.rng.choice([*letters, "n"])) for _ in range(2))
        return self.rng.choice((bracket, guard))(a - b + self.rng.randint(-1, 1))

    def call(self, depth: int, letters: dict[str, str]) -> Expr:
        name, order = self.rng.choice((("exp", 0), ("sigmoid", 0), ("sigmoid", 1), ("tanh", 0), ("max", 0), ("f", 2)))
        args = [self.expr(depth, letters) for _ in range(2 if name == "max" else 1)]
        return apply(name, *(apply("tanh", a) for a in args), order=order)

    def positive(self, depth: int, letters: dict[str, str]) -> Expr:
        base = 1 + apply("exp", apply("tanh", self.expr(depth, letters)))
        exponent = self.rng.choice((-1, -2, Fraction(1, 2), Fraction(-1, 2), Fraction(3, 2)))
        return power(base, exponent) if self.rng.random() < 0.8 else expr(Power(base, entry("s")))

    def group(self, depth: int, letters: dict[str, str]) -> Expr:
        return multiply((self.expr(depth, letters), self.read(depth, letters)))

    def reduced(self, depth: int, letters: dict[str, str]) -> Expr:
        op = self.rng.choice(("prod",) if self.plain else ("prod", "max", "min"))
        bound = upto(self.rng.choice("ijk"), self.rng.choice("mn"))
        inner = letters | {bound.letter.name: str(bound.high)}
        return reduction(op, apply("tanh", self.expr(depth, inner)) + 1, bound)

    def condition(self, depth: int, letters: dict[str, str]) -> Condition:
        sides = (self.read(depth, letters), self.expr(depth, letters))
        one = Compare(self.rng.choice(("<", "<=", ">", ">=")), *sides)
        return self.rng.choice((one, Logic("not", (one,)), Logic("or", (one, Compare("<", *reversed(sides))))))

    def indicator(self, depth: int, letters: dict[str, str]) -> Expr:
        return expr(Indicator(self.condition(depth, letters)))

    def cases(self, depth: int, letters: dict[str, str]) -> Expr:
        branch = (self.condition(depth, letters), self.expr(depth, letters))
        return expr(Cases((branch,), self.expr(depth, letters)))

    def matrix(self, depth: int, letters: dict[str, str]) -> Expr:
        from derive.calculus.affine import fresh

        row, column = fresh("i"), fresh("j")
        body = entry("A", row, column) + 3 * bracket(Affine.of(row) - column)
        if self.rng.random() < 0.5:
            return expr(MatrixFunction("det", row, column, Affine.of("m"), body))
        return expr(MatrixFunction("inv", row, column, Affine.of("m"), body, (Affine.of("q"), Affine.of("q"))))


def drawn(seed: int, *, plain: bool = False) -> Expr:
    """The expression of a seed, with the free letters p (below n) and q (below m)."""
    return Maker(seed, plain=plain).expr(2, dict(FRAME))
