"""Known failures of other systems, each answered rightly here, or refused with a reason; and the boundaries of sizes.

The numbers in brackets are issues of SymPy, or of tensorgrad where it is named. What is right is said by autograd on
torch's own operators, or by NumPy.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from calculus.programs import drawn, run

from derive import gradient
from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.canonical import same
from derive.calculus.collapse import collapse
from derive.calculus.differentiate import derivative
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import Expr, entry, total
from derive.calculus.facts import Facts
from derive.calculus.substitute import bracket, replace_entries, subs
from derive.notation.index_language import program
from derive.render.forms import BadQuestion

torch = pytest.importorskip("torch")
Values = Mapping[str, Any]


@dataclass
class Case:
    """A program, the same loss in torch's operators, and sizes or integer parameters by name."""

    text: str
    loss: Callable[[Values], Any]
    sizes: dict[str, int]
    shapes: dict[str, str] = field(default_factory=dict)


def positive(v: Values, name: str) -> Any:
    """A positive definite matrix of a drawn one."""
    return v[name] @ v[name].T + torch.eye(len(v[name]), dtype=torch.float64)


def windows(x: Any, size: int, stride: int = 1) -> Any:
    return x.unfold(0, size, stride)


def conv2d(v: Values) -> Any:
    return torch.nn.functional.conv2d(v["X"][None, None], v["F"][None, None])[0, 0]


def rnn(v: Values) -> Any:
    h, loss = v["h0"], 0.0
    for x in v["x"]:
        h = torch.tanh(v["W"] @ h + x)
        loss = loss + (h**2).sum()
    return loss


def kronecker_sum(v: Values) -> Any:
    eye_a, eye_b = (torch.eye(len(v[n]), dtype=torch.float64) for n in "AB")
    whole = torch.kron(v["A"], eye_b) + torch.kron(eye_a, v["B"])
    n, m = len(eye_a), len(eye_b)
    return (torch.sin(whole) * v["N"].permute(0, 2, 1, 3).reshape(n * m, n * m)).sum()


RNN = "h[t,i] := tanh(sum(W[i,j]*h[t-1,j], j) + x[t,i]); h[-1,i] := h0[i]; L := sum(h[t,i]**2, t, i)"
CONV2D = "y[i,j] := sum(F[u,v]*X[i+u,j+v], u, v); L := sum(sin(y[i,j]), i, j)"
STRIDED = "dims i = m; y[i] := sum(w[u]*x[s*i+u], u); L := sum(sin(y[i]), i)"
CASES = {
    "log det of a matrix (27406)": Case(
        "P[i,j] := sum(X[i,k]*X[j,k], k) + [i = j]; L := log(det(P[i,j], i, j))",
        lambda v: torch.logdet(positive(v, "X")),
        {"I": 4, "K": 4},
    ),
    "two traces of squares (27406)": Case(
        "L := sum(A[k,i]*A[k,i], i, k) + sum(B[k,i]*B[k,i], i, k)",
        lambda v: torch.trace(v["A"].T @ v["A"]) + torch.trace(v["B"].T @ v["B"]),
        {"n": 3, "m": 2},
        {"A": "n n", "B": "m m"},
    ),
    "the bound and the free i (21891)": Case(
        "s := sum(c[i]*x[i], i); y[i] := s*x[i]; L := sum(sin(y[i]), i)",
        lambda v: torch.sin((v["c"] * v["x"]).sum() * v["x"]).sum(),
        {"I": 4},
    ),
    "a letter power of a matrix (15650)": Case(
        "L := sum(a[i]*matpow(W[p,q], p, q, T)[i,j]*b[j], i, j)",
        lambda v: v["a"] @ torch.linalg.matrix_power(v["W"], 5) @ v["b"],
        {"I": 3, "T": 5},
    ),
    "a power of a matrix is not taken entry by entry": Case(
        "L := sum(matpow(W[p,q], p, q, T)[i,i] + W[i,i]**T, i)",
        lambda v: torch.trace(torch.linalg.matrix_power(v["W"], 3)) + (torch.diagonal(v["W"]) ** 3).sum(),
        {"I": 3, "T": 3},
        {"W": "I I"},
    ),
    "functions entry by entry (21062, 28640)": Case(
        "Z[i,k] := sum(A[i,j]*X[j,k], j); L := sum(exp(Z[i,k])*X[i,k]/(1 + Z[i,k]**2), i, k)",
        lambda v: (torch.exp(v["A"] @ v["X"]) * v["X"] / (1 + (v["A"] @ v["X"]) ** 2)).sum(),
        {"n": 3, "m": 2},
        {"A": "n n", "X": "n m"},
    ),
    "diagonals left in arrays (29966, 29967, 22057)": Case(
        "d[i] := A[i,i]*x[i]; M[i,j] := d[i]*[i = j] + A[i,j]*x[j]; L := sum(sin(M[i,j]), i, j)",
        lambda v: torch.sin(torch.diag(torch.diagonal(v["A"]) * v["x"]) + v["A"] * v["x"]).sum(),
        {"n": 4},
        {"A": "n n", "x": "n"},
    ),
    "the length of x - Θx, squared (23423)": Case(
        "r[i] := x[i] - sum(Q[i,j]*x[j], j); L := sum(r[i]**2, i)",
        lambda v: ((v["x"] - v["Q"] @ v["x"]) ** 2).sum(),
        {"n": 4},
        {"Q": "n n", "x": "n"},
    ),
    "a Kronecker sum (28950)": Case(
        "M[a,b,c,d] := A[a,c]*[b = d] + [a = c]*B[b,d]; L := sum(sin(M[a,b,c,d])*N[a,c,b,d], a, b, c, d)",
        kronecker_sum,
        {"n": 2, "m": 3},
        {"A": "n n", "B": "m m", "N": "n n m m", "M": "n m n m"},
    ),
    "a product over an indexed factor (13994)": Case(
        "L := prod(x[i]*c + b[i], i)",
        lambda v: torch.prod(v["x"] * v["c"] + v["b"]),
        {"I": 4},
    ),
    "a product over a factor that is 0": Case(
        "L := prod(x[i] - x[0], i)*c + prod(x[i], i)",
        lambda v: torch.prod(v["x"] - v["x"][0]) * v["c"] + torch.prod(v["x"]),
        {"I": 4},
    ),
    "the shape of the squared length of σ(Aw) - y": Case(
        "z[n] := sum(A[n,j]*w[j], j); L := sum((sigmoid(z[n]) - y[n])**2, n)",
        lambda v: ((torch.sigmoid(v["A"] @ v["w"]) - v["y"]) ** 2).sum(),
        {"N": 5, "J": 3},
    ),
    "a convolution of matrices": Case(CONV2D, lambda v: torch.sin(conv2d(v)).sum(), {"H": 5, "V": 6, "k": 2, "l": 3},
        {"X": "H V", "F": "k l"}),
    "v_i f(W_ij x_j), with an index that is not summed alone": Case(
        "L := sum(v[i]*tanh(sum(W[i,j]*x[j], j)), i)",
        lambda v: (v["v"] * torch.tanh(v["W"] @ v["x"])).sum(),
        {"I": 3, "J": 4},
    ),
    "an index three times": Case(
        "y[i] := a[i]*b[i]*x[i]; L := sum(a[i]*b[i]*y[i], i)",
        lambda v: (v["a"] ** 2 * v["b"] ** 2 * v["x"]).sum(),
        {"I": 4},
    ),
    "a cubic form, each slot of it": Case(
        "L := sum(S[i,j,k]*x[i]*x[j]*x[k], i, j, k)",
        lambda v: torch.einsum("ijk,i,j,k", v["S"], v["x"], v["x"], v["x"]),
        {"n": 3},
        {"S": "n n n", "x": "n"},
    ),
    "T = 1": Case(RNN, rnn, {"T": 1, "I": 3}),
    "no step at all": Case("L := sum(a[i]*matpow(W[p,q], p, q, T)[i,j]*b[j], i, j)",
        lambda v: v["a"] @ v["b"] + 0 * v["W"].sum(), {"I": 3, "T": 0}),
    "k = 1": Case(CONV2D, lambda v: torch.sin(conv2d(v)).sum(), {"H": 4, "V": 3, "k": 1, "l": 1},
        {"X": "H V", "F": "k l"}),
    "H = k": Case(CONV2D, lambda v: torch.sin(conv2d(v)).sum(), {"H": 3, "V": 4, "k": 3, "l": 4},
        {"X": "H V", "F": "k l"}),
    "a stride larger than the kernel": Case(STRIDED,
        lambda v: torch.sin(windows(v["x"], 2, 3) @ v["w"]).sum(), {"m": 3, "s": 3, "U": 2, "n": 8},
        {"x": "n", "w": "U"}),
    "an index used free and bound": Case(
        "y[i] := x[i]*sum(x[i]**2, i); L := sum(sin(y[i]), i)",
        lambda v: torch.sin(v["x"] * (v["x"] ** 2).sum()).sum(),
        {"I": 4},
        {"x": "I"},
    ),
    "a sum that is empty for its first index": Case(
        "y[i] := sum(w[j]*x[j], j = 0..i-1) + x[i]; L := sum(sin(y[i]), i)",
        lambda v: torch.sin(torch.cumsum(v["w"] * v["x"], 0) - v["w"] * v["x"] + v["x"]).sum(),
        {"n": 4},
        {"w": "n", "x": "n"},
    ),
    "a sum over nothing": Case(
        "L := sum(x[i]**2, i = 0..-1) + sum(sin(x[i]), i = 0..n-1)",
        lambda v: torch.sin(v["x"]).sum(),
        {"n": 4},
        {"x": "n"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_gradient_is_that_of_autograd(name: str) -> None:
    case = CASES[name]
    source = program(case.text, shapes=case.shapes)
    found = gradient(source)
    arrays = {n: np.asarray(a) for n, a in drawn(source, case.sizes).items() if n not in case.sizes}
    values = run(found.reverse.code, arrays, case.sizes)
    leaves = {n: torch.tensor(a, requires_grad=True) for n, a in arrays.items()}
    case.loss(leaves).backward()
    for n, leaf in leaves.items():
        assert values[f"{n}_bar"].shape == leaf.shape
        np.testing.assert_allclose(values[f"{n}_bar"], leaf.grad, rtol=1e-9, atol=1e-10, err_msg=n)


@pytest.mark.parametrize("name", CASES)
def test_the_answer_prints_in_every_form_and_reads_back(name: str) -> None:
    """Tensorgrad 17 and 24: index printers that fail on convolutions."""
    case = CASES[name]
    found = gradient(program(case.text, shapes=case.shapes))
    for form in ("text", "unicode", "latex", "torch", "numpy"):
        assert getattr(found, form)
    again = program(found.text, shapes={n: list(s) for n, s in found.shapes.items()})
    assert [d.name for d in again.definitions] == list(found.relations)
    for d in again.definitions:
        facts = Facts.of(shapes=found.shapes, frame=d.letters)
        assert same(d.body, found.relations[d.name].result, facts=facts), d.name


def test_a_readable_gradient() -> None:
    case = CASES["the length of x - Θx, squared (23423)"]
    found = gradient(program(case.text, shapes=case.shapes), wrt="x")
    assert found.text == "x_bar[i] := 2*(r[i] - sum(r[j]*Q[j,i], j))  # 2 * (r - Q.T @ r)"


PLACE, OTHER, SIZE = Affine.of("i"), Affine.of("j"), Affine.of("n")


def over(letter: str, body: Expr) -> Expr:
    return total(body, Bound(Letter(letter), Affine.of(0), SIZE))


def number(value: Expr, arrays: Mapping[str, Any], *letters: str) -> Any:
    size = len(next(iter(arrays.values())))
    return tabulate(value, [(Letter(x), size) for x in letters], arrays, {Letter("n"): size})


X, Y = np.array([2.0, 3.0, 5.0]), np.array([7.0, 11.0, 13.0])


def test_one_entry_is_put_in_inside_a_sum() -> None:
    """20127: x[1] in Σ x[i] y[i] is reached through the bound letter."""
    place, new = Affine.of(1), entry("c")
    body = over("i", entry("x", PLACE) * entry("y", PLACE))
    changed = replace_entries(
        body, lambda e: entry("x", *e.at) + bracket(e.at[0] - place) * (new - entry("x", 1)) if e.name == "x" else None
    )
    expected = X @ Y + (100 - 3) * 11
    assert number(changed, {"x": X, "y": Y, "c": np.array(100.0)}) == expected
    assert number(collapse(changed), {"x": X, "y": Y, "c": np.array(100.0)}) == expected


def test_the_derivative_in_one_entry_of_a_sum() -> None:
    slope = collapse(derivative(over("i", entry("x", PLACE) ** 3), "x", (Affine.of(1),)))
    assert number(slope, {"x": X}) == 3 * 3.0**2


def test_substitution_does_not_capture() -> None:
    """``Sum(x[i]*y[j], (j, …)).subs(i, j)`` is x[j] times the sum of all y."""
    put = subs(over("j", entry("x", PLACE) * entry("y", OTHER)), {Letter("i"): OTHER})
    np.testing.assert_array_equal(number(put, {"x": X, "y": Y}, "j"), X * Y.sum())


def test_the_derivative_keeps_bound_and_free_apart() -> None:
    """21891: ∂/∂x[i] of Σ_i c[i] x[i] is c[i], no sum of it."""
    slope = collapse(
        derivative(over("i", entry("c", PLACE) * entry("x", PLACE)), "x", (PLACE,)),
        (Bound(PLACE.letter, Affine.of(0), SIZE),),
    )
    np.testing.assert_array_equal(number(slope, {"c": Y, "x": X}, "i"), Y)


def test_a_symmetric_matrix() -> None:
    """Tensorgrad 21: entries are variables of their own, and symmetry is used only where it is said."""
    shapes = {"S": "n n", "x": "n"}
    source = program("L := sum(S[i,j]*x[i]*x[j], i, j)", shapes=shapes)
    found = gradient(source)
    text = [line.partition("#")[0].strip() for line in found.text.splitlines()]
    assert text == ["S_bar[i,j] := x[i]*x[j]", "x_bar[i] := sum(S[i,j]*x[j], j) + sum(S[j,i]*x[j], j)"]
    twice = 2 * over("j", entry("S", PLACE, OTHER) * entry("x", OTHER))
    slope = found.relations["x_bar"].result
    assert same(slope, twice, facts=Facts.of({"S": "symmetric"}))
    assert not same(slope, twice)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("y[i] := sum(x[i], i); L := sum(y[i], i)", "nothing says how far i runs"),
        ("L := sum(f(x[i]), i)", "f"),
    ],
)
def test_what_is_refused_has_a_reason(text: str, reason: str) -> None:
    with pytest.raises(BadQuestion, match=reason):
        gradient(text)
