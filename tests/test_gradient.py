"""``derive gradient`` and `derive.gradient`: forms, errors, and claims judged."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from derive import gradient
from derive.cli import app
from derive.notation.index_language import program
from derive.render.forms import BadQuestion

MLP = "z[i] := sum(W[i,j]*x[j], j) + b[i]; a[i] := tanh(z[i]); L := sum((a[i]-y[i])**2, i)"
RNN = "z[t,i] := sum(W[i,j]*h[t-1,j], j) + x[t,i]; h[t,i] := tanh(z[t,i]); L := sum((h[t,i]-y[t,i])**2, t, i)"
SOFTMAX = (
    "z[n,k] := sum(X[n,j]*W[j,k], j); p[n,k] := exp(z[n,k])/sum(exp(z[n,q]), q); L := -sum(y[n,k]*log(p[n,k]), n, k)"
)


def run(*args: str, code: int = 0, stdin: str | None = None) -> str:
    result = CliRunner().invoke(app, ["gradient", *args], input=stdin)
    assert result.exit_code == code, result.output
    return result.output


def test_the_forms() -> None:
    assert run(MLP, "--wrt", "W,x") == (
        "z_bar[i] := 2*(a[i] - y[i])*tanh'(z[i])  # 2 * (a - y) * tanh'(z)\n"
        "W_bar[i,j] := z_bar[i]*x[j]              # outer(z_bar, x)\n"
        "x_bar[j] := sum(z_bar[i]*W[i,j], i)      # W.T @ z_bar\n"
    )
    assert (
        run(MLP, "--wrt", "b", "--format", "unicode")
        == "∂L/∂z[i] = 2 (a[i] - y[i]) tanh′(z[i])  # 2 (a - y) ⊙ tanh′(z)\n∂L/∂b[i] = ∂L/∂z[i]                     # ∂L/∂z\n"
    )
    assert r"\frac{\partial L}{\partial W_{i,j}} = \frac{\partial L}{\partial z_{i}} x_{j}" in run(
        MLP, "--format", "latex"
    )


def test_every_input_unless_it_is_said() -> None:
    rows = [json.loads(line) for line in run(MLP, "--json").splitlines()]
    assert [r["wrt"] for r in rows] == ["W", "x", "b", "y"]
    assert rows[0]["text"] == "W_bar[i,j] = z_bar[i]*x[j]"


def test_the_gradients_read_back() -> None:
    found = gradient(RNN)
    again = program(found.text, shapes={n: list(s) for n, s in found.shapes.items()})
    assert {d.name for d in again.definitions} == set(found.relations)


def test_from_a_file_and_from_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "net.txt"
    path.write_text(MLP.replace("; ", "\n"), encoding="utf-8")
    assert run(str(path), "--wrt", "b") == run(MLP, "--wrt", "b") == run("-", "--wrt", "b", stdin=MLP)
    assert run("--wrt", "b", stdin=MLP) == run(MLP, "--wrt", "b")


def test_a_cotangent_from_above() -> None:
    assert run(MLP, "--wrt", "b", "--of", "a") == (
        "z_bar[i] := a_bar[i]*tanh'(z[i])  # a_bar * tanh'(z)\nb_bar[i] := z_bar[i]              # z_bar\n"
    )


def test_hypotheses() -> None:
    assert "p[n,k]*sum(y[n,i], i)" in run(SOFTMAX, "--wrt", "W")
    assert (
        run(SOFTMAX, "--wrt", "W", "--given", "sum(y[n,k], k) = 1")
        == "W_bar[j,k] := sum((p[n,k] - y[n,k])*X[n,j], n)  # X.T @ (p - y)\n"
    )


def test_what_does_not_matter_has_the_gradient_zero() -> None:
    assert run("u[i] := sum(V[i,j], j); L := sum(x[i], i)", "--wrt", "V,x") == (
        "x_bar[i] := 1    # ones(n_i)\nV_bar[i,j] := 0  # zeros((I, J))\n"
    )


def test_it_says_how_far_a_letter_runs() -> None:
    out = run("y[i] := sum(w[u]*x[i+u], u)", "--wrt", "w")
    assert out.startswith("# y[i]: i = 0..I-U") or "# y[i]: i = 0.." in out


def test_a_parameter_never_becomes_an_index() -> None:
    """``p`` is the padding: the gradient in x needs another letter for its entry."""
    assert "x_bar[q] := sum(g[i]*w[p+q-i*s], i)" in run("y[i] := sum(w[u]*x[s*i+u-p], u); L := sum(y[i]*g[i], i)")


def test_the_steps_name_their_rules() -> None:
    out = run(MLP, "--wrt", "W", "--steps")
    assert [r for r in ("definition", "chain rule", "local derivatives", "collapse the brackets") if r in out] == [
        "definition", "chain rule", "local derivatives", "collapse the brackets",
    ]  # fmt: skip
    assert "W_bar[i,j] = z_bar[i]*x[j]" in out


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ((MLP, "--wrt", "q"), "the program has no array q"),
        ((MLP, "--wrt", "bb"), "Did you mean b?"),
        ((MLP, "--of", "zz"), "the program does not define zz"),
        (("z[i] := sum(W[i,j]*x[j]",), "line 1, column 24"),
        (("no such file",), "no such file: No such file or directory"),
        ((MLP, "--format", "word"), "there is no format word"),
        ((MLP, "--claim", "foo(x"), "the formula cannot be read"),
        ((MLP, "--wrt", "W", "--claim", "b_bar[i] = 1"), "the left side is not W_bar"),
        ((MLP, "--given", "sum(y[k], k"), "line 1"),
    ],
)
def test_misuse_is_a_sentence(args: tuple[str, ...], sentence: str) -> None:
    assert sentence in run(*args, code=2)


RIGHT = [
    (MLP, "W", "W_bar[p,q] = 2*(a[p] - y[p])*(1 - a[p]**2)*x[q]"),
    (MLP, "W", "2*(a[i] - y[i])*tanh'(z[i])*x[j]"),
    (MLP, "W", "np.outer(2*(a - y)*(1 - a**2), x)"),
    (MLP, "W", r"\left(2(a-y)\odot(1-a\odot a)\right) x^\top"),
    (MLP, "W", r"\frac{\partial L}{\partial W_{pq}} = 2(\tanh(\sum_k W_{pk} x_k + b_p) - y_p)(1-a_p^2) x_q"),
    (MLP, "x", r"\nabla_x L = W^\top (2(a-y)\odot(1-a\odot a))"),
    (RNN, "W", "sum(z_bar[t,i]*h[t-1,j], t)"),
    (RNN, "W", "sum((2*(h[t,i] - y[t,i]) + sum(z_bar[t+1,k]*W[k,i], k))*(1 - h[t,i]**2)*h[t-1,j], t)"),
    (SOFTMAX, "W", "sum((p[n,k] - y[n,k])*X[n,j], n)"),
]  # fmt: skip
WRONG = [
    (MLP, "W", "W_bar[p,q] = 2*(a[p] - y[p])*x[q]"),
    (MLP, "W", "W_bar[p,q] = 2*(a[q] - y[q])*(1 - a[q]**2)*x[p]"),
    (MLP, "W", r"\frac{\partial L}{\partial W_{ij}} = 2(a_i-y_i) x_j"),
    (MLP, "x", r"W (2(a-y)\odot(1-a\odot a))"),
    (RNN, "W", "sum(z_bar[t,i]*h[t,j], t)"),
    (RNN, "W", "sum(2*(h[t,i] - y[t,i])*(1 - h[t,i]**2)*h[t-1,j], t)"),
]


@pytest.mark.parametrize(("text", "wrt", "formula"), RIGHT)
def test_right_claims(text: str, wrt: str, formula: str) -> None:
    given = ["--given", "sum(y[n,k], k) = 1"] if text == SOFTMAX else []
    assert run(text, "--wrt", wrt, "--claim", formula, *given).startswith("equal\n")


@pytest.mark.parametrize(("text", "wrt", "formula"), WRONG)
def test_wrong_claims_have_a_witness(text: str, wrt: str, formula: str) -> None:
    out = run(text, "--wrt", wrt, "--claim", formula, code=1)
    assert out.startswith("different\n")
    assert "reference value" in out or "kind: shape" in out


SQUARES = "L := sum((sum(X[n,j]*w[j], j) - y[n])**2, n)/2"
LAYER = "a[i] := tanh(sum(W[i,j]*x[j], j))"


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"-\nabla_w L = X^\top (Xw - y)", "different"),
        (r"-\nabla_w L = X^\top (y - Xw)", "equal"),
        (r"\frac12\frac{\partial L}{\partial w} = X^\top (Xw - y)", "different"),
        (r"2X^\top(Xw - y) = X^\top(Xw - y)", "different"),
        (r"\nabla_w L = 2X^\top(Xw - y) = X^\top X w - X^\top y", "different"),
        (r"\nabla_w L = X^\top(Xw - y) = X^\top X w - X^\top y", "equal"),
        ("-w_bar = X.T @ (X @ w - y)", "different"),
        ("w_bar = X.T @ (X @ w - y)", "equal"),
    ],
)  # fmt: skip
def test_the_left_side_of_a_claim_counts(formula: str, verdict: str) -> None:
    assert gradient(SQUARES, "w").claim(formula).verdict == verdict


@pytest.mark.parametrize(
    "left", [r"\frac{\partial L}{\partial X}", r"\bar y", "y_bar", "g", r"\frac{\partial y}{\partial w}"]
)
def test_a_claim_about_another_derivative_is_no_claim(left: str) -> None:
    right = r"X^\top (Xw - y)" if "\\" in left else "X.T @ (X @ w - y)"
    with pytest.raises(BadQuestion, match="is not the gradient in w"):
        gradient(SQUARES, "w").claim(f"{left} = {right}")


def test_a_row_is_no_column() -> None:
    """In LaTeX vectors are columns; NumPy's arrays of one axis are neither."""
    judged = gradient(SQUARES, "w")
    row = judged.claim(r"(Xw - y)^\top X")
    assert (row.verdict, row.evidence["kind"]) == ("different", "shape")
    assert (row.evidence["reference_shape"], row.evidence["answer_shape"]) == (["J"], ["1", "J"])
    assert judged.claim(r"\frac{\partial L}{\partial w^\top} = (Xw - y)^\top X").verdict == "equal"
    assert judged.claim(r"\frac{\partial L}{\partial w^\top} = X^\top (Xw - y)").verdict == "different"
    assert judged.claim("(X @ w - y).T @ X").verdict == "equal"
    assert gradient("L := sum(w[j]**2, j)", "w").claim("2*w.T").verdict == "equal"


def test_what_does_not_fit_is_said_of_the_shapes() -> None:
    found = gradient(SQUARES, "w").claim("X(Xw - y)")
    assert found.evidence["message"] == "A N×J matrix times a column of length N does not fit."


@pytest.mark.parametrize(
    ("text", "wrt", "mode", "formula", "verdict"),
    [
        (LAYER, "x", "jacobian", r"\operatorname{diag}(1 - a \odot a) W", "equal"),
        (LAYER, "x", "jacobian", r"W^\top \operatorname{diag}(1 - a \odot a)", "different"),
        (LAYER, "x", "jacobian", r"\frac{\partial a_i}{\partial x_j} = (1 - a_i^2) W_{ij}", "equal"),
        (LAYER, "x", "jacobian", r"\frac{\partial a_i}{\partial x_j} = (1 - a_j^2) W_{ij}", "different"),
        (LAYER, "x", "jacobian", "∂a/∂x[i,k] := (1 - a[i]**2)*W[i,k]", "equal"),
        (SQUARES, "w", "hessian", "X.T @ X", "equal"),
        (SQUARES, "w", "hessian", r"\nabla_w^2 L = 2 X^\top X", "different"),
        (SQUARES, "w", "hessian", "∂w_bar/∂w[j,k] := sum(X[n,j]*X[n,k], n)", "equal"),
    ],
)  # fmt: skip
def test_claims_about_jacobians_and_hessians(text: str, wrt: str, mode: str, formula: str, verdict: str) -> None:
    assert run(text, "--wrt", wrt, "--mode", mode, "--claim", formula, code=verdict != "equal").startswith(verdict)


def test_a_claim_needs_its_hypothesis() -> None:
    formula = "sum((p[n,k] - y[n,k])*X[n,j], n)"
    assert gradient(SOFTMAX, "W").claim("W_bar[j,k] = " + formula).verdict == "different"
    assert gradient(SOFTMAX, "W", given=["sum(y[n,k], k) = 1"]).claim(formula).verdict == "equal"


def test_a_claim_about_what_was_not_asked() -> None:
    with pytest.raises(BadQuestion, match="x is none of W"):
        gradient(MLP, "W").claim("x", "x")
