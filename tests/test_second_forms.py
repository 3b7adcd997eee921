"""Jacobians and Hessians of typed programs, exactly as a page shows them; they read back, and are autograd's."""

import numpy as np
import pytest
import torch

import derive
from derive.calculus.canonical import same
from derive.notation.index_language import relation
from derive.render.forms import BadQuestion

SOFTMAX = "p[k] := exp(z[k])/sum(exp(z[i]), i)"
LOGISTIC = "p[n] := sigmoid(sum(X[n,j]*w[j], j)); L := -sum(y[n]*log(p[n]) + (1-y[n])*log(1-p[n]), n)"
FORMS = [
    (SOFTMAX, "z", "jacobian", (), "∂p/∂z[k,m] = p[k] ([k = m] - p[m])"),
    (
        f"{SOFTMAX}; L := -sum(y[k]*log(p[k]), k)",
        "z",
        "hessian",
        ("sum(y[k], k) = 1",),
        "∂²L/∂z∂z[k,m] = p[k] ([k = m] - p[m])",
    ),
    (LOGISTIC, "w", "hessian", (), "∂²L/∂w∂w[j,k] = Σ_n X[n,j] p[n] (1 - p[n]) X[n,k]"),
    ("L := sum(A[i,j]*x[i]*x[j], i, j)", "x", "hessian", (), "∂²L/∂x∂x[i,k] = A[i,k] + A[k,i]"),
    (
        "h[i] := sigmoid(sum(W[i,j]*x[j], j)); y[k] := sum(V[k,i]*h[i], i)",
        "x",
        "jacobian",
        (),
        "∂y/∂x[k,m] = Σ_i V[k,i] h[i] (1 - h[i]) W[i,m]",
    ),
]


@pytest.mark.parametrize(("text", "wrt", "mode", "given", "form"), FORMS)
def test_second_derivatives_and_jacobians_read_as_a_textbook_has_them(text, wrt, mode, given, form):
    shown = getattr(derive.gradient(text, wrt, given=list(given)), mode)
    (line,) = (x.partition("  #")[0] for x in shown.unicode.splitlines())
    assert line == form
    (found,) = shown.relations.values()
    back = relation(line, shapes=shown.shapes, frame=found.frame)
    assert same(back.result, found.result)
    assert back.left == found.left


def test_the_hessian_of_logistic_regression_is_that_of_autograd():
    rng = np.random.default_rng(0)
    inputs = {"X": rng.normal(size=(5, 3)), "w": rng.normal(size=3), "y": rng.integers(0, 2, 5).astype(float)}
    space: dict = {}
    exec(derive.gradient(LOGISTIC, "w").hessian.numpy, space)
    X, y = (torch.as_tensor(inputs[n]) for n in "Xy")  # noqa: N806
    expected = torch.autograd.functional.hessian(
        lambda w: torch.nn.functional.binary_cross_entropy_with_logits(X @ w, y, reduction="sum"),
        torch.as_tensor(inputs["w"]),
    )
    assert np.allclose(next(iter(space["gradient"](inputs).values())), expected, rtol=1e-9, atol=1e-12)


CAUSAL = "P[i,j] := [j<=i]*exp(S[i,j])/sum([k<=i]*exp(S[i,k]), k); O[i,d] := sum(P[i,j]*V[j,d], j)"
FIRST = [
    (f"{SOFTMAX}; L := -log(p[c])", "z", (), "z_bar[k] := p[k] - [c = k]"),
    (
        "s[a,b] := sum(u[a,d]*v[b,d], d)/tau; p[a,b] := exp(s[a,b])/sum(exp(s[a,k]), k); L := -sum(log(p[a,a]), a)",
        "s",
        (),
        "s_bar[a,b] := p[a,b] - [a = b]",
    ),
    (CAUSAL, "S", (), "S_bar[i,j] := P[i,j]*(sum(O_bar[i,d]*V[j,d], d) - sum(O_bar[i,d]*O[i,d], d))"),
    (LOGISTIC, "w", (), "w_bar[j] := sum((p[n] - y[n])*X[n,j], n)"),
    (
        "p[n,k] := exp(sum(X[n,j]*W[j,k], j))/sum(exp(sum(X[n,j]*W[j,i], j)), i); L := -sum(Y[n,k]*log(p[n,k]), n, k)",
        "X",
        ("sum(Y[n,k], k) = 1",),
        "X_bar[n,j] := sum((p[n,k] - Y[n,k])*W[j,k], k)",
    ),
]


@pytest.mark.parametrize(("text", "wrt", "given", "form"), FIRST)
def test_what_cancels_does(text, wrt, given, form):
    (line,) = (x for x in derive.gradient(text, wrt, given=list(given)).text.splitlines() if not x.startswith("#"))
    assert line.partition("  #")[0].rstrip() == form


@pytest.mark.parametrize(
    ("text", "letter", "column"),
    [
        ("z[i] := sum(W[i,j]*x[j], j) + b[j]; L := sum(z[i]**2, i)", "j", 33),
        ("z[i] := sum(W[i,j]*x[j], j); L := z[i]**2", "i", 37),
        ("y[i] := sum(x[2*i+u]*w[u], u); L := y[u]", "u", 39),
    ],
)
def test_an_index_letter_that_nothing_binds_is_no_integer(text, letter, column):
    with pytest.raises(BadQuestion, match=f"column {column}: {letter} is an index letter elsewhere"):
        derive.gradient(text, "").text  # noqa: B018


def test_a_lone_integer_is_said():
    text = derive.gradient("L := sum(y[i]*g[j], i)", "y").text
    assert text.startswith("# j is one integer, an input: no sum binds it and no left side has it")
    assert (
        "# "
        not in derive.gradient("h[t,i] := tanh(h[t-1,i] + x[t,i]); L := sum(h[T-1,i], i)", "x").text.splitlines()[0]
    )


@pytest.mark.parametrize(("text", "advice"), [("p := softmax(z); L := sum(p[i], i)", "exp"), ("L := norm(x)", "sqrt")])
def test_a_function_of_arrays_is_refused_with_how_to_write_it(text, advice):
    with pytest.raises(BadQuestion, match=rf"column 6: \w+ is no function here; write {advice}"):
        derive.gradient(text, "").text  # noqa: B018


def test_no_line_says_that_a_thing_is_itself():
    shown = derive.gradient(LOGISTIC, "w").hessian
    assert not [line for line in shown.lines if line.relation.left == line.relation.result]
    assert [line.rule.name for line in shown.lines].count("chain rule, forward") == 2


def test_a_declared_function_of_that_name_is_one_everywhere():
    text = derive.gradient("function softmax; L := softmax(z)", "z").text
    assert text == "z_bar := softmax'(z)"
    assert relation("L = softmax(z)", functions=("softmax",)).left == relation("L = z").left
