"""SymPy's side: what goes out is worth what the evaluator says, comes back equal, and scripts run."""

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from index_random import FRAME, SHAPES, Maker, drawn, upto
from sympy_values import world, worth
from test_code_networks import CASES, autograd, run
from test_index_printers import assert_same, values

from derive.calculus.algebra import Unexpressible
from derive.calculus.canonical import same
from derive.calculus.gradient import gradients
from derive.notation.index_language import expression, program, relation, shapes_of
from derive.notation.index_text import to_text
from derive.notation.sympy_in import from_sympy
from derive.notation.sympy_out import program_sympy, relation_sympy, to_sympy
from derive.notation.sympy_script import sympy_script

SIZED = shapes_of({**SHAPES, "dz1/dx": "m n"})
BOUNDS = tuple(upto(*b) for b in FRAME)


def numbers(value: object, n: int, m: int, seed: int) -> np.ndarray:
    rng, sizes = np.random.default_rng(seed), {"n": n, "m": m}
    arrays = {k: rng.normal(size=tuple(sizes[repr(a)] for a in shape)) for k, shape in SIZED.items()}
    found = [worth(value, {**arrays, **sizes, "p": p, "q": q}) for p, q in np.ndindex(n, m)]
    return np.array(found, dtype=float).reshape(n, m)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6))
def test_sympys_values_are_the_evaluators(seed: int) -> None:
    value = drawn(seed)
    out, expected = to_sympy(value, shapes=SIZED, frame=BOUNDS), values(value, 2, 3, seed)
    scale = max(1.0, float(np.nanmax(np.abs(expected), initial=0)))
    found = numbers(out, 2, 3, seed)
    assert np.allclose(found, expected, rtol=1e-9, atol=1e-9 * scale, equal_nan=True), (to_text(value), out)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_what_goes_out_comes_back(seed: int) -> None:
    value = drawn(seed)
    back = from_sympy(to_sympy(value, shapes=SIZED, frame=BOUNDS))
    assert_same(value, back, seed, to_text(value))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_what_comes_back_has_the_same_canonical_form(seed: int) -> None:
    value = Maker(seed, plain=True).expr(1, dict(FRAME))
    assume("sqrt" not in to_text(value))  # SymPy makes √x·√x into x, which canonical forms keep apart
    assert same(value, from_sympy(to_sympy(value, frame=BOUNDS))), to_text(value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sum(W[i,j]*x[j], j) + b[i]", "b[i] + Sum(W[i, j]*x[j], (j, 0, n - 1))"),
        ("[i = j]*exp(s)", "exp(s)*KroneckerDelta(i, j)"),
        ("sum(x[i+1], i = 0..k-1)", "Sum(x[i + 1], (i, 0, k - 1))"),
        ("prod(x[i], i)", "Product(x[i], (i, 0, n - 1))"),
        ("f'(x[i])", "Subs(Derivative(f(xi), xi), xi, x[i])"),
        ("[i >= j]", "Heaviside(i - j, 1)"),
    ],
)
def test_forms(text: str, shown: str) -> None:
    value = expression(text, shapes={"W": "m n", "x": "n", "b": "m"}, letters=("i", "j", "k"), functions=("f",))
    assert str(to_sympy(value)) == shown


def test_reading_outside_is_zero_where_shapes_are_known() -> None:
    value = expression("x[i-1]", shapes={"x": "n"}, frame=(upto("i", "n"),))
    assert str(to_sympy(value, shapes=shapes_of({"x": "n"}), frame=(upto("i", "n"),))) == (
        "Heaviside(i - 1, 1)*x[i - 1]"
    )


def test_relations_and_programs() -> None:
    chain = relation("0 < r <= 1")
    assert str(relation_sympy(chain)) == "(r <= 1) & (0 < r)"
    assert str(program_sympy(program("L := sum(x[i], i)"))["L"]) == "Eq(L, Sum(x[i], (i, 0, I - 1)))"


def test_a_script_runs_and_says_the_gradient() -> None:
    p = program("function f; δ[i] := f(sum(W[i,j]*x[j], j) + I[i]**(3/2)); L := sum(δ[i]**2, i)/2")
    space = run(sympy_script(gradients(p, ["W", "I"]).program, {"W": "W_bar", "I": "I_bar"}, "One layer"))
    assert set(space["gradient"]) == {"W", "I"}
    body = space["gradient"]["I"].rhs
    assert body.has(sympy.Subs)
    assert {str(b) for b in body.atoms(sympy.IndexedBase)} >= {"delta_bar", "W", "x"}


@pytest.mark.parametrize("name", ["mlp", "batch mlp", "cross entropy", "causal attention", "conv1d with stride",
    "layer norm", "products and minima", "inverse and determinant", "cumulative mean", "rnn 1", "lstm 2", "gru 2"])  # fmt: skip
def test_a_scripts_gradients_are_autograds(name: str) -> None:
    case = CASES[name]
    p = case.program()
    equations = run(sympy_script(gradients(p, list(case.sizes)).program, {n: f"{n}_bar" for n in case.sizes}))
    arrays, expected = autograd(case)
    sizes = {a.letter.name: k for n in arrays for a, k in zip(p.shapes[n], arrays[n].shape, strict=True) if a.letter}
    at = world(equations["definitions"].values(), {**arrays, **case.integers, **sizes})
    rng = np.random.default_rng(0)
    for n, gradient in expected.items():
        for place in rng.permutation(list(np.ndindex(gradient.shape)))[:3]:
            assert np.isclose(at[f"{n}_bar"][tuple(place)], gradient[tuple(place)], rtol=1e-8, atol=1e-10), (n, place)


def test_what_has_no_word_says_so() -> None:
    x = sympy.Symbol("x")
    with pytest.raises(Unexpressible, match="Integral"):
        from_sympy(sympy.Integral(x**2, (x, 0, 1)))
    with pytest.raises(Unexpressible, match="index"):
        from_sympy(sympy.IndexedBase("y")[x / 2])
