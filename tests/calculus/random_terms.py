"""Random terms for properties of the canonical form, what leaves their values alone, and one-edit mutants."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from derive.calculus.affine import Affine, Letter, fresh
from derive.calculus.atoms import Apply, Atom, Bound, Entry, Group, Guard, Reduce
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import Expr, Factor, Term, add, apply, entry, expr, multiply, power, total
from derive.calculus.substitute import Rebuild, binders, bracket, guard, reduction, rename_binders, subs

RANKS = {"x": "n", "y": "n", "A": "nn", "B": "nm", "z": "m"}
FRAME = (Bound(Letter("p"), Affine.of(0), Affine.of("n")), Bound(Letter("q"), Affine.of(0), Affine.of("m")))
SIZES = ({"n": 2, "m": 3}, {"n": 3, "m": 2}, {"n": 4, "m": 3})


class Terms:
    """Draws expressions in which sums, functions, products and conditions stand inside each other."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def expr(self, depth: int = 2, scope: tuple[tuple[str, Affine], ...] = ()) -> Expr:
        scope = scope or tuple((b.high.terms[0][0][0].name, Affine.of(b.letter)) for b in FRAME)
        count = self.rng.choice((1, 1, 2) if self.nested(scope) else (1, 1, 2, 2, 3))
        return add(self.term(depth, scope) for _ in range(count))

    def nested(self, scope: tuple[tuple[str, Affine], ...]) -> bool:
        """Whether enough letters are in scope already: a deep sum over many letters is slow to tabulate."""
        return len(scope) > len(FRAME)

    def term(self, depth: int, scope: tuple[tuple[str, Affine], ...]) -> Expr:
        bounds = []
        for k in range(self.rng.choice((0, 0, 1) if self.nested(scope) else (0, 1, 1, 2, 3))):
            size = self.rng.choice("nnm")
            letter = Letter(f"i{len(scope)}{k}")
            inner = [a for n, a in scope if n == size]
            high = self.rng.choice(inner) + 1 if inner and self.rng.random() < 0.2 else Affine.of(size)
            low = Affine.of(self.rng.choice((0, 0, 0, 1)))
            bounds.append(Bound(letter, low, high))
            scope = (*scope, (size, Affine.of(letter)))
        coefficient = expr(Fraction(self.rng.choice((-3, -1, 1, 1, 2)), self.rng.choice((1, 1, 2))))
        factors = [self.factor(depth, scope) for _ in range(self.rng.randint(1, 2 if self.nested(scope) else 4))]
        return total(multiply((coefficient, *factors)), *bounds)

    def factor(self, depth: int, scope: tuple[tuple[str, Affine], ...]) -> Expr:
        kinds: list[Callable[[int, tuple[tuple[str, Affine], ...]], Expr]] = [self.read] * 5 + [self.mark, self.size]
        if depth:
            kinds += [self.call, self.call, self.group, self.ratio, self.reduced, self.letter_power]
        value = self.rng.choice(kinds)(depth - 1, scope)
        return power(value, 2) if self.rng.random() < 0.1 else value

    def read(self, depth: int, scope: tuple[tuple[str, Affine], ...]) -> Expr:
        name = self.rng.choice(list(RANKS))
        return entry(name, *(self.index(size, scope) for size in RANKS[name]))

    def index(self, size: str, scope: tuple[tuple[str, Affine], ...]) -> Affine:
        found = self.rng.choice([a for n, a in scope if n == size])
        return found + self.rng.choice((0, 0, 0, 0, 0, 1, -1))

    def mark(self, depth: int, scope: tuple[tuple[str, Affine], ...]) -> Expr:
        (_, a), (_, b) = self.rng.choice(scope), self.rng.choice(scope)
        return self.rng.choice((bracket, guard))(a - b + self.rng.choice((0, 0, 1)))

    def size(self, depth: int, scope: tuple[tuple[str, Affine], ...]) -> Expr:
        return expr(self.rng.choice((Affine.of("n"), Affine.of("m"), self.rng.choice(scope)[1])))

    def call(self, depth: int, scope: tuple[tuple[str, Affine], ...]) -> Expr:
        return apply(self.rng.choice(("exp", "sigmoid", "tanh", "sin", "f")), apply("sin", self.expr(depth, scope)))

    def group(self, depth: int, scope: tuple[tuple[str, Affine], ...]) -> Expr:
        return self.expr(depth, scope) + self.read(depth, scope)

    def ratio(self, depth: int, scope: tuple[tuple[str, Affine], ...]) -> Expr:
        return power(2 + apply("sin", self.expr(depth, scope)) * self.read(depth, scope), self.rng.choice((-1, -2)))

    def reduced(self, depth: int, scope: tuple[tuple[str, Affine], ...]) -> Expr:
        size, letter = self.rng.choice("nm"), Letter(f"r{len(scope)}")
        body = apply("sin", self.expr(depth, (*scope, (size, Affine.of(letter))))) + 2
        return reduction(self.rng.choice(("prod", "max", "min")), body, Bound(letter, Affine.of(0), Affine.of(size)))

    def letter_power(self, depth: int, scope: tuple[tuple[str, Affine], ...]) -> Expr:
        base = 2 + apply("sin", self.expr(depth, scope))
        return power(base, expr(Affine.of("n") + self.rng.choice((0, 1, -1))))


def arrays(sizes: dict[str, int], seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng([seed, *sizes.values()])
    return {n: rng.uniform(0.5, 1.5, size=[sizes[s] for s in shape]) for n, shape in RANKS.items()}


def values(value: Expr, sizes: dict[str, int], seed: int = 0) -> Any:
    """The numbers that an expression stands for, with p and q as axes; ``f`` is some smooth function."""
    dims = {Letter(k): v for k, v in sizes.items()}
    frame = [(b.letter, b.high.at(dims)) for b in FRAME]
    return tabulate(value, frame, arrays(sizes, seed), dims, functions={"f": [lambda z: np.cos(1.3 * z)]})


def agree(a: Expr, b: Expr, seed: int = 0) -> bool:
    """Whether two expressions have the same values at every size."""
    return all(np.allclose(values(a, s, seed), values(b, s, seed), rtol=1e-8, atol=1e-8) for s in SIZES)


class Disguise(Rebuild):
    """The same value in other words: letters renamed, factors and terms in another order, regrouped, ranges shifted."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def __call__(self, value: Expr) -> Expr:
        names = {b: Affine.of(fresh(self.rng.choice("abcxyz"))) for b in binders(value)}
        return self.expr(rename_binders(value, names))

    def expr(self, value: Expr) -> Expr:
        terms = [t for term in value.terms for t in self.spread(self.term(term).terms)]
        self.rng.shuffle(terms)
        if len(terms) > 2 and self.rng.random() < 0.3:
            return Expr((*terms[2:], Term(Fraction(1), ((Group(Expr(tuple(terms[:2]))), Fraction(1)),))))
        return Expr(tuple(terms))

    def term(self, term: Term) -> Expr:
        (new,) = super().term(term).terms
        new = replace(new, factors=self.shuffled(new.factors), bounds=self.reordered(new.bounds))
        return Expr((self.shifted(new),))

    def spread(self, terms: tuple[Term, ...]) -> Iterator[Term]:
        """Now and then a product with a sum multiplied out."""
        for term in terms:
            k = next((k for k, (a, e) in enumerate(term.factors) if isinstance(a, Group) and e == 1), None)
            if k is None or self.rng.random() < 0.5:
                yield term
                continue
            rest = Expr((replace(term, factors=term.factors[:k] + term.factors[k + 1 :], bounds=()),))
            for part in term.factors[k][0].body.terms:  # type: ignore[union-attr]
                for t in multiply((Expr((part,)), rest)).terms:
                    yield replace(t, bounds=(*term.bounds, *t.bounds))

    def shuffled(self, factors: tuple[Factor, ...]) -> tuple[Factor, ...]:
        return tuple(self.rng.sample(factors, len(factors)))

    def reordered(self, bounds: tuple[Bound, ...]) -> tuple[Bound, ...]:
        waiting, done = self.rng.sample(bounds, len(bounds)), []
        while waiting:
            own = {b.letter for b in waiting}
            found = next(b for b in waiting if own.isdisjoint(b.low.letters | b.high.letters))
            waiting.remove(found)
            done.append(found)
        return tuple(done)

    def shifted(self, term: Term) -> Term:
        if not term.bounds or self.rng.random() < 0.5:
            return term
        b, step = self.rng.choice(term.bounds), self.rng.choice((-2, -1, 1, 2))
        put = {b.letter: b.letter - Affine.of(step)}
        found = subs(Expr((replace(term, bounds=()),)), put).terms
        if len(found) != 1 or found[0].bounds:
            return term
        moved = tuple(
            replace(c, low=c.low + step, high=c.high + step)
            if c is b
            else replace(c, low=c.low.subs(put), high=c.high.subs(put))
            for c in term.bounds
        )
        return replace(found[0], bounds=moved)


def edits(value: Expr, seed: int) -> Iterator[Expr]:
    """One-edit mutants at random places, inside arguments too."""
    rng = random.Random(seed)
    for _ in range(3):
        yield _Edit(rng).expr(value)


class _Edit(Rebuild):
    """Changes one thing on the way down."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.done = rng, False

    def turn(self, chance: float) -> bool:
        if self.done or self.rng.random() > chance:
            return False
        self.done = True
        return True

    def term(self, term: Term) -> Expr:
        if self.turn(0.1):
            term = replace(term, coefficient=term.coefficient * self.rng.choice((-1, 2)))
        if len(term.factors) > 1 and self.turn(0.15):
            k = self.rng.randrange(len(term.factors))
            term = replace(term, factors=term.factors[:k] + term.factors[k + 1 :])
        return super().term(term)

    def leaf(self, atom: Atom) -> Expr | None:
        match atom:
            case Entry(name, at) if self.turn(0.15):
                other = self.rng.choice([n for n in RANKS if len(RANKS[n]) == len(at)])
                return entry(other, *at) if self.rng.random() < 0.4 else entry(name, *reversed(at[1:]), at[0] + 1)
            case Entry(name, (a, b)) if self.turn(0.3):
                return entry(name, b, a)
            case Apply(f, args) if self.turn(0.2):
                return args[0] if self.rng.random() < 0.5 else apply("cos" if f != "cos" else "exp", *args)
            case Guard(nonneg) if self.turn(0.3):
                return guard(nonneg - 1)
            case Reduce(op, b, body) if self.turn(0.3):
                return expr(Reduce({"prod": "max", "max": "min", "min": "prod"}[op], b, body))
        return None
