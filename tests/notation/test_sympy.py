"""SymPy's side: what goes out is worth what the evaluator says, comes back equal, and scripts run."""

import math

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from index_random import FRAME, SHAPES, drawn, upto
from test_index_printers import assert_same, values

from derive.calculus.algebra import Unexpressible
from derive.calculus.atoms import Reduce
from derive.calculus.expr import Expr
from derive.calculus.gradient import gradients
from derive.calculus.substitute import atoms
from derive.notation.code_values import NotExportable
from derive.notation.index_language import expression, program, relation, shapes_of
from derive.notation.index_text import to_text
from derive.notation.sympy_in import from_sympy
from derive.notation.sympy_out import program_sympy, relation_sympy, to_sympy
from derive.notation.sympy_script import sympy_script

SIZED = shapes_of({**SHAPES, "dz1/dx": "m n"})
BOUNDS = tuple(upto(*b) for b in FRAME)


def exported(seed: int, *, plain: bool) -> tuple[Expr, object]:
    """A drawn expression and its SymPy form; None where it says that SymPy has none."""
    value = drawn(seed, plain=plain)
    if any(isinstance(a, Reduce) and a.op != "prod" for a in atoms(value)):
        with pytest.raises(NotExportable, match="over an index"):
            to_sympy(value, shapes=SIZED, frame=BOUNDS)
        return value, None
    return value, to_sympy(value, shapes=SIZED, frame=BOUNDS)


CALLS = {"exp": math.exp, "tanh": math.tanh, "Max": max, "Min": min, "f": math.sin}


def worth(node: object, at: dict[object, object]) -> float:
    """The number that a SymPy expression is; ``at`` gives symbols and arrays theirs. Only what counts is computed."""

    def each(parts: object) -> list[float]:
        return [worth(a, at) for a in parts]

    match node:
        case sympy.Symbol() | sympy.IndexedBase():
            return at[node.name]
        case sympy.Indexed():
            return at[str(node.base)][tuple(map(int, each(node.indices)))]
        case sympy.Sum() | sympy.Product():
            *inner, (symbol, low, high) = node.limits
            body = node.func(node.function, *inner) if inner else node.function
            steps = range(int(worth(low, at)), int(worth(high, at)) + 1)
            found = [worth(body, {**at, symbol.name: k}) for k in steps]
            return math.fsum(found) if isinstance(node, sympy.Sum) else math.prod(found)
        case sympy.Piecewise():
            return next((worth(v, at) for v, c in node.args if worth(c, at)), math.nan)
        case sympy.Subs():
            return -math.sin(worth(node.point[0], at))
        case sympy.matrices.expressions.matexpr.MatrixElement():
            i, j = map(int, each(node.indices))
            return np.linalg.inv(matrix(node.parent.base, at))[i, j]
        case sympy.Determinant():
            return np.linalg.det(matrix(node.arg, at))
        case sympy.Mul():
            zero = [a for a in node.args if isinstance(a.as_base_exp()[0], sympy.Heaviside | sympy.KroneckerDelta)]
            return 0 if 0 in each(zero) else math.prod(each(node.args))
        case sympy.Add():
            return math.fsum(each(node.args))
        case sympy.Pow():
            return worth(node.base, at) ** worth(node.exp, at)
        case sympy.Heaviside():
            z, zero = each(node.args)
            return zero if z == 0 else float(z > 0)
        case sympy.KroneckerDelta():
            return float(worth(node.args[0], at) == worth(node.args[1], at))
        case sympy.Not():
            return not worth(node.args[0], at)
        case sympy.logic.boolalg.BooleanAtom():
            return bool(node)
        case sympy.And() | sympy.Or():
            return (all if isinstance(node, sympy.And) else any)(each(node.args))
        case sympy.core.relational.Relational():
            return bool(node.func(*map(sympy.Float, each(node.args))))
    return CALLS[node.func.__name__](*each(node.args)) if node.args else float(node)


def matrix(value: sympy.FunctionMatrix, at: dict[object, object]) -> np.ndarray:
    size = int(worth(value.shape[0], at))
    row, column = value.lamda.variables
    cells = (worth(value.lamda.expr, {**at, row.name: i, column.name: j}) for i, j in np.ndindex(size, size))
    return np.array(list(cells)).reshape(size, size)


def numbers(value: object, n: int, m: int, seed: int) -> np.ndarray:
    rng, sizes = np.random.default_rng(seed), {"n": n, "m": m}
    arrays = {k: rng.normal(size=tuple(sizes[repr(a)] for a in shape)) for k, shape in SIZED.items()}
    found = [worth(value, {**arrays, **sizes, "p": p, "q": q}) for p, q in np.ndindex(n, m)]
    return np.array(found, dtype=float).reshape(n, m)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_sympys_values_are_the_evaluators(seed: int) -> None:
    value, out = exported(seed, plain=False)
    if out is not None:
        expected = values(value, 2, 3, seed)
        scale = max(1.0, float(np.nanmax(np.abs(expected), initial=0)))
        assert np.allclose(numbers(out, 2, 3, seed), expected, rtol=1e-9, atol=1e-9 * scale), (to_text(value), out)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_what_goes_out_comes_back(seed: int) -> None:
    value, out = exported(seed, plain=True)
    assert out is not None
    assert_same(value, from_sympy(out), seed, to_text(value))


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
    text = sympy_script(gradients(p, ["W", "I"]).program, {"W": "W_bar", "I": "I_bar"}, "One layer")
    space: dict[str, object] = {}
    exec(compile(text, "<generated>", "exec"), space)
    names = {"i": "i", "delta_bar": "δ_bar"}
    assert set(space["gradient"]) == {"W", "I"}
    body = space["gradient"]["I"].rhs
    assert body.has(sympy.Subs)
    assert {str(b) for b in body.atoms(sympy.IndexedBase)} >= {"delta_bar", "W", "x"}, names


def test_what_has_no_word_says_so() -> None:
    x = sympy.Symbol("x")
    with pytest.raises(Unexpressible, match="Integral"):
        from_sympy(sympy.Integral(x**2, (x, 0, 1)))
    with pytest.raises(Unexpressible, match="index"):
        from_sympy(sympy.IndexedBase("y")[x / 2])
