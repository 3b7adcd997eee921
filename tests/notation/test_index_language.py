"""The text language: ranges, shapes, recurrences, errors that say where."""

import numpy as np
import pytest

from derive.calculus.affine import Affine, Letter
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import entry, expr
from derive.calculus.program import Program
from derive.notation.index_language import affine_text, expression, program, relation
from derive.notation.index_syntax import ProgramError
from derive.notation.index_text import to_text


def shapes(p: Program) -> dict[str, tuple[str, ...]]:
    return {name: tuple(map(repr, shape)) for name, shape in p.shapes.items()}


def run(p: Program, arrays: dict[str, np.ndarray], **sizes: int) -> dict[str, np.ndarray]:
    """Every definition without a recurrence, in order."""
    dims = {Letter(k): v for k, v in sizes.items()}
    known = dict(arrays)
    for d in p.definitions:
        frame = [(b.letter, b.high.at(dims)) for b in d.letters]
        known[d.name] = tabulate(d.body, frame, known, dims)
    return known


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        ("y[i] := sum(w[u]*x[i+u], u)", {"x": "N", "w": "K"}, {"y": "N - K + 1"}),
        ("y[i] := sum(w[u]*x[i+u], u)", {}, {"y": "N - U + 1", "x": "N"}),
        ("y[i] := sum(w[u]*x[i+u], u) + b[i]", {}, {"y": "I", "x": "I + U - 1"}),
        ("y[i] := sum(w[u]*x[i+d*u], u)", {"x": "N", "w": "K"}, {"y": "-K*d + N + d"}),
        ("y[i] := sum(w[u]*x[s*i+u-p], u)", {"x": "N", "w": "K", "y": "T"}, {"y": "T"}),
        ("dims i = m, j = n\nz[i] := sum(W[i,j]*x[j], j)", {}, {"z": "m", "x": "n"}),
        ("z[i] := x[i]; q[k] := sum(V[k,j]*z[j], j)", {}, {"V": "K I", "x": "I"}),
        ("y[i] := x[i+1]", {"x": "n"}, {"y": "n - 1"}),
        ("y[i] := x[n-1-i]", {"x": "n"}, {"y": "n"}),
        ("s[t] := x[t]*sum(x[k], k = 0..t)", {}, {"s": "T"}),
    ],
)
def test_letters_run_as_far_as_their_slots_allow(text: str, declared: dict[str, str], expected: dict[str, str]) -> None:
    found = program(text, shapes=declared).shapes
    for name, shape in expected.items():
        sizes = [shape] if " - " in shape or "*" in shape or " + " in shape else shape.split()
        assert found[name] == tuple(map(affine_text, sizes))


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("y[i] := x[i] $", "column 14", "character"),
        ("y := x +", "column 9", "stops short"),
        ("y[i] := sum(w[u]*x[s*i+u], u)", "column 3", "steps (i*s + u)"),
        ("h[t] := a*h[t-1]", "column 3", "dims t = T"),
        ("y[i] := W[i,j]*x[j]", "column 13", "j is neither"),
        ("y := foo(x)", "column 6", "foo is no function"),
        ("z := 1\ny[i] := x[i,i] + x[i]", "line 2, column 18", "x has 2 indices, not 1"),
        ("L := L + 1", "column 1", "through itself"),
        ("h[i] := sum(W[i,j]*h[j], j)", "column 1", "through itself"),
        ("y := z[0]; z[i] := x[i]", "column 1", "before it is defined"),
        ("y := 1; y := 2", "column 9", "defined twice"),
        ("y := 1/0", "column 8", "divides by zero"),
        ("y := 9**9**9", "column 7", "too large"),
        ("y := exp(a, b)", "column 6", "takes 1 arguments"),
        ("y[i,i] := x[i]", "column 5", "twice"),
        ("y := " + "(" * 100_000, "column 106", "too deeply"),
        ("y := a < b", "column 8", "brackets"),
    ],
)
def test_errors_say_where_and_what(text: str, where: str, words: str) -> None:
    with pytest.raises(ProgramError) as error:
        program(text)
    assert where in str(error.value)
    assert words in str(error.value)


def test_a_size_that_does_not_fit_names_both() -> None:
    with pytest.raises(ProgramError, match="K and N"):
        program("y[i] := x[i]*w[i]", shapes={"x": "N", "w": "K"})


def test_a_letter_called_like_a_dimension_is_refused() -> None:
    with pytest.raises(ProgramError, match="call the index otherwise"):
        program("y[n] := x[n]", shapes={"x": "n"})


def test_letters_of_one_name_in_two_sums_have_their_own_ranges() -> None:
    p = program("L := sum(a[j], j)*sum(b[j], j)", shapes={"a": "n", "b": "m"})
    a, b = np.arange(3.0), np.arange(5.0) + 1
    assert run(p, {"a": a, "b": b}, n=3, m=5)["L"] == pytest.approx(a.sum() * b.sum())


def test_a_sum_may_reuse_the_letter_of_the_left_side() -> None:
    z = np.array([0.3, -1.0, 2.0])
    p = program("p[i] := exp(z[i])/sum(exp(z[i]), i)", shapes={"z": "n"})
    assert run(p, {"z": z}, n=3)["p"] == pytest.approx(np.exp(z) / np.exp(z).sum())


def test_a_start_before_the_array_is_added_where_it_is_read() -> None:
    p = program("h[t] := a*h[t-1] + x[t]; h[-1] := h0", shapes={"x": "T"})
    body = p.definitions[0].body
    t, arrays = (
        Letter("t"),
        {"h": np.array([5.0, 7.0]), "a": np.array(2.0), "x": np.array([0.1, 0.2]), "h0": np.array(3.0)},
    )
    assert tabulate(body, [(t, 2)], arrays, {}) == pytest.approx([2 * 3.0 + 0.1, 2 * 5.0 + 0.2])
    assert p.inputs == ("x", "a", "h0")


def test_a_start_inside_the_array_takes_its_place() -> None:
    p = program("dims t = T; h[0] := c; h[t] := a*h[t-1]")
    arrays = {"h": np.array([5.0, 7.0]), "a": np.array(2.0), "c": np.array(3.0)}
    assert tabulate(p.definitions[0].body, [(Letter("t"), 2)], arrays, {}) == pytest.approx([3.0, 10.0])


def test_recurrences_may_go_through_several_arrays() -> None:
    p = program("z[t,i] := sum(W[i,j]*h[t-1,j], j) + x[t,i]; h[t,i] := tanh(z[t,i]); L := sum(h[t,i]**2, t, i)")
    assert shapes(p)["W"] == ("I", "I")
    assert p.inputs == ("W", "x")
    assert [d.name for d in p.uses("h")] == ["z", "L"]


def test_names_alone_are_letters_numbers_or_scalar_inputs() -> None:
    p = program("dims i = n; L := sum(i*x[i], i)/n + c*pi")
    assert p.inputs == ("x", "c")
    assert run(p, {"x": np.ones(4), "c": np.array(2.0)}, n=4)["L"] == pytest.approx(6 / 4 + 2 * np.pi)


def test_brackets_compare_indices_or_values() -> None:
    z = np.array([-1.0, 2.0, 3.0])
    p = program("y[i] := sum([0 <= j < i]*z[j], j) + [z[i] > 0] + [i = 1]*10", shapes={"z": "n"})
    assert run(p, {"z": z}, n=3)["y"] == pytest.approx([0, -1 + 1 + 10, 1 + 1])


def test_functions_are_known_or_declared() -> None:
    p = program("function f; y[i] := f'(z[i])*relu(z[i]) + max(z[i], 0, 1)")
    assert p.functions == ("f",)
    with pytest.raises(ProgramError):
        program("y[i] := g(z[i])")


def test_a_cotangent_has_the_shape_of_what_is_defined() -> None:
    p = program("y[i] := x[i]**2; L := sum(y_bar[k]*y[k], k)")
    assert p.shapes["y_bar"] == p.shapes["y"]


def test_decimals_are_exact() -> None:
    assert expression("0.1*x") == expr(affine_text("1")) * expression("x/10")


def test_the_page_form_reads_like_the_text() -> None:
    s = {"X": "H W", "G": "a b", "z1": "n"}
    assert repr_of("Σ_{i,j} X[i+u, j+v] G[i,j]", s) == repr_of("sum(X[i+u,j+v]*G[i,j], i, j)", s)
    assert repr_of("σ′(z₁[k])² · ∂L/∂G[a,b] − √(2)", s) == repr_of("sigmoid'(z1[k])**2*G_bar[a,b] - sqrt(2)", s)
    assert repr_of("Σ_{0≤i<3} (k - 1) Π_{1≤j≤i} q[j]", s) == repr_of("sum((k - 1)*prod(q[j], j = 1..i), i = 0..2)", s)


def repr_of(text: str, declared: dict[str, str]) -> str:
    """The text that does not know how bound letters were called."""
    return to_text(expression(text, shapes=declared))


def test_relations_are_chains() -> None:
    r = relation("0 < a <= b[i]")
    assert r.ops == ("<", "<=")
    assert r.sides[2] == entry("b", "i")


def test_shapes_may_be_affine() -> None:
    p = program("y[i] := x[i+1]", shapes={"x": "N - K + 1"})
    assert p.shapes["y"] == (Affine.of("N") - Affine.of("K"),)
