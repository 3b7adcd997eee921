"""Canonical forms: the same for the same, different for what differs, and proofs of the field's identities."""

from collections.abc import Iterator

import pytest
from random_terms import FRAME, Disguise, Terms, agree, edits

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound, Entry
from derive.calculus.canonical import TooLarge, canonical, same
from derive.calculus.expr import Expr, apply, entry, multiply, total
from derive.calculus.facts import Facts
from derive.calculus.forward import hessian
from derive.calculus.gradient import gradients
from derive.calculus.program import Program
from derive.calculus.substitute import guard, replace_entries, subs
from derive.notation.index_language import expression, program
from derive.notation.index_text import to_text

FACTS = Facts.of(frame=FRAME)
LIKE = {"x": "n", "y": "n", "A": "n n", "B": "n n", "z": ""}


def broken(seed: int) -> Iterator[str]:
    """What the canonical forms of one random term get wrong: the term in other words, itself, its mutants."""
    term = Terms(seed).expr(1 + (seed % 4 == 0))
    disguised = Disguise(seed)(term)
    assert agree(term, disguised), seed
    form = canonical(term, facts=FACTS)
    if canonical(disguised, facts=FACTS) != form:
        yield "differs in other words"
    if not agree(term, form):
        yield "has another value"
    for mutant in edits(term, seed):
        if not agree(term, mutant) and canonical(mutant, facts=FACTS) == form:
            yield "is shared by a term of another value"


def failures(seeds: range) -> tuple[list[str], int]:
    """Every failure with its term, and how many terms were too large to try."""
    found, large = [], 0
    for seed in seeds:
        try:
            found += [f"{seed}: the form of {to_text(Terms(seed).expr())[:200]} {what}" for what in broken(seed)]
        except TooLarge:
            large += 1
    return found, large


def test_random_terms_in_other_words_and_mutated() -> None:
    found, large = failures(range(30))
    assert not found
    assert large <= 1


@pytest.mark.slow
@pytest.mark.parametrize("start", range(30, 570, 90))
def test_five_hundred_random_terms_in_other_words_and_mutated(start: int) -> None:
    found, large = failures(range(start, start + 90))
    assert not found
    assert large <= 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("sum(A[i,j]*x[j], i, j)", "sum(x[i]*A[j,i], j, i)"),
        ("sum(x[i], i)**2", "sum(x[i]*x[j], i, j)"),
        ("sum(sum(A[i,j], j)*x[i], i)", "sum(A[i,j]*x[i], i, j)"),
        ("(x[i] + y[i])**2", "x[i]**2 + 2*x[i]*y[i] + y[i]**2"),
        ("sum(A[i,k]*[k = j]*x[j], j, k)", "sum(x[a]*A[i,a], a)"),
        ("prod(x[i], i)", "prod(x[k], k)"),
        ("exp(x[i] + y[i])", "exp(y[i])*exp(x[i])"),
        ("x[i]**(n + 1)", "x[i]*x[i]**n"),
        ("sum(1, i = 0..n-1)", "n"),
        ("sum(A[a,b]*A[b,c]*A[c,a], a, b, c)", "sum(A[c,a]*A[a,b]*A[b,c], b, c, a)"),
    ],
)
def test_written_in_two_ways(a: str, b: str) -> None:
    here, there = (expression(t, shapes=LIKE) for t in (a, b))
    assert canonical(here) == canonical(there)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("sum(A[i,j]*x[j], j)", "sum(A[j,i]*x[j], j)"),
        ("sum(x[i]**2, i)", "sum(x[i], i)**2"),
        ("sum(A[a,b]*A[b,c]*A[c,a], a, b, c)", "sum(A[a,b]*A[b,c]*A[a,c], a, b, c)"),
        ("prod(x[i], i)", "prod(y[i], i)"),
        ("tanh(z)", "sigmoid(z)"),
        ("sum(y[i]*sin(sum(x[j], j = 0..i)), i)", "sum(y[i]*[0 < i]*sin(sum(x[j], j = 0..i)), i)"),
    ],
)
def test_written_alike_but_different(a: str, b: str) -> None:
    here, there = (expression(t, shapes=LIKE) for t in (a, b))
    assert canonical(here) != canonical(there)
    assert not same(here, there)


def test_a_letter_bound_outside_an_argument_is_no_dimension() -> None:
    """A sum from 1 over what is at least j reaches n - j places, but n - 1 for j = 0."""
    i, j, n = map(Affine.of, "ijn")
    inner = total(guard(i - j), Bound(Letter("i"), Affine.of(1), n), Bound(Letter("k"), Affine.of(0), j + 1))
    value = total(apply("sin", entry("x", j) * inner), Bound(Letter("j"), Affine.of(0), n))
    assert agree(value, canonical(value, facts=FACTS))


@pytest.mark.parametrize("below", ["x[i]*sin(y[i]) - 2", "x[i] - y[i]", "2*A[i,j] - x[i] - x[j]"])
def test_the_sign_of_a_denominator_inside_is_not_chosen_by_the_names_of_outer_letters(below: str) -> None:
    text = f"sum(x[j]*sin(z/({below}))**n, i, j)"
    assert len({canonical(expression(text, shapes=LIKE)) for _ in range(30)}) == 1


def test_a_cube_too_large_is_not_tried() -> None:
    long = sum((entry("x", k) for k in range(9)), entry("y", 0))
    with pytest.raises(TooLarge):
        canonical(long**5)


def test_products_inside_functions_count_together() -> None:
    def waves(count: int) -> Expr:
        inner = (multiply(entry("x", j, k) + entry("y", j, k) for j in range(6)) for k in range(count))
        return sum((apply("sin", z) for z in inner), entry("z"))

    assert len(canonical(waves(20)).terms) == 21
    with pytest.raises(TooLarge):
        canonical(waves(60))


NETWORKS = {
    "quadratic": "L := sum(x[i]*A[i,j]*x[j], i, j)",
    "mlp": "z[i] := sum(W[i,j]*x[j], j) + b[i]; a[i] := sin(z[i]); L := sum(v[i]*a[i], i)**2",
    "logistic": "z[n] := sum(X[n,j]*w[j], j); L := sum(softplus(z[n]) - y[n]*z[n], n)",
    "two filters": "y[i] := sum(w[u]*x[i+u], u); z[i] := sum(v[u]*y[i+u], u); L := sum(z[i]*g[i], i)",
    "attention scores": "s[i,j] := sum(Q[i,k]*K[j,k], k); L := sum(exp(s[i,j])*V[j], i, j)",
}


@pytest.mark.parametrize(
    ("net", "a", "b"),
    [("quadratic", "x", "A"), ("mlp", "W", "b"), ("mlp", "W", "x"), ("mlp", "b", "v"), ("logistic", "X", "w"),
     ("two filters", "v", "w"), ("two filters", "w", "x"), ("attention scores", "Q", "K"), ("attention scores", "K", "V")],
)  # fmt: skip
def test_two_orders_of_a_second_derivative_agree(net: str, a: str, b: str) -> None:
    p = program(NETWORKS[net])
    first, second = (_second(p, *pair) for pair in ((a, b), (b, a)))
    here = [f"p{k}" for k in range(len(p.shapes[a]))]
    there = [f"q{k}" for k in range(len(p.shapes[b]))]
    facts = Facts.of(shapes=p.shapes, frame=_frame(p, a, here) + _frame(p, b, there))
    assert same(_at(first, here + there), _at(second, there + here), facts=facts)


@pytest.mark.parametrize(("net", "a"), [("mlp", "W"), ("mlp", "x"), ("attention scores", "K")])
def test_a_hessian_is_symmetric(net: str, a: str) -> None:
    p = program(NETWORKS[net])
    found = _second(p, a, a)
    here, there = ([f"{c}{k}" for k in range(len(p.shapes[a]))] for c in "pq")
    facts = Facts.of(shapes=p.shapes, frame=_frame(p, a, here) + _frame(p, a, there))
    assert same(_at(found, here + there), _at(found, there + here), facts=facts)


def test_a_wrong_second_derivative_is_not_symmetric() -> None:
    p = program("L := sum(x[i]*A[i,j]*x[j], i, j)")
    slope = gradients(p, ["x"]).lines[-1].relation.result
    assert not same(slope, 2 * expression("sum(A[i,j]*x[j], j)", shapes={"A": "n n", "x": "n"}))


Array = tuple[tuple[Bound, ...], Expr]


def _second(p: Program, a: str, b: str) -> Array:
    """∂²L/∂a∂b with every name on the way put in: the letters of a's and b's entries, and the value."""
    found = hessian(p, a, b)
    definition = next(d for d in found.program.definitions if d.name == found.result)
    return definition.letters, _expanded(found.program, definition.body)


def _expanded(p: Program, value: Expr) -> Expr:
    given = {d.name: (d.letters, d.body) for d in p.definitions}
    for d in reversed(p.definitions):
        value = replace_entries(value, lambda e, d=d: _inside(given[e.name], e) if e.name == d.name else None)  # type: ignore[misc]
    return value


def _inside(array: Array, at: Entry) -> Expr:
    """The value at a place, zero outside the array."""
    fences = [guard(x - b.low) * guard(b.high - 1 - x) for x, b in zip(at.at, array[0], strict=True)]
    return multiply((_at(array, list(at.at)), *fences))


def _at(array: Array, places: list[str] | list[Affine]) -> Expr:
    letters, body = array
    return subs(body, {b.letter: Affine.of(x) for b, x in zip(letters, places, strict=True)})


def _frame(p: Program, name: str, letters: list[str]) -> tuple[Bound, ...]:
    return tuple(Bound(Letter(x), Affine.of(0), n) for x, n in zip(letters, p.shapes[name], strict=True))
