"""Matrix forms as a textbook writes them, exactly: of `derive.gradient`, of the catalogue, with errors called δ."""

import pytest
from matrix_networks import NETWORKS
from test_matrix_form import results
from typer.testing import CliRunner

import derive
from derive.cli import app
from derive.derivations.catalogue import catalogue
from derive.notation.matrix_relation import matrix_relation
from derive.notation.style import Style
from derive.render.solution import derivation_page

MLP = "z[i] := sum(W[i,j]*x[j], j) + b[i]; a[i] := tanh(z[i]); L := sum((a[i]-y[i])**2, i)"
GRADIENTS = [
    ("affine", "W", "outer(z_bar, x)", "∂L/∂W = (∂L/∂z) xᵀ"),
    ("affine", "x", "W.T @ z_bar", "∂L/∂x = Wᵀ ∂L/∂z"),
    ("affine", "b", "z_bar", "∂L/∂b = ∂L/∂z"),
    ("batch affine", "W", "X.T @ Z_bar", "∂L/∂W = Xᵀ ∂L/∂Z"),
    ("batch affine", "X", "Z_bar @ W.T", "∂L/∂X = (∂L/∂Z) Wᵀ"),
    ("batch affine", "b", "sum(Z_bar, axis=0)", "∂L/∂b = (∂L/∂Z)ᵀ 𝟏"),
    ("squared error", "A", "2 * outer(A @ x - b, x)", "∂L/∂A = 2 (A x - b) xᵀ"),
    ("squared error", "x", "2 * A.T @ (A @ x - b)", "∂L/∂x = 2 Aᵀ (A x - b)"),
    ("ridge", "w", "2 * X.T @ (X @ w - y) + 2 * mu * w", "∂L/∂w = 2 Xᵀ (X w - y) + 2 μ w"),
    ("ridge", "mu", "norm(w)**2", "∂L/∂μ = ‖w‖²"),
    ("logistic", "w", "X.T @ (p - y)", "∂L/∂w = Xᵀ (p - y)"),
    ("softmax", "W", "X.T @ (p - y) / N", "∂L/∂W = Xᵀ (p - y) / N"),
    ("two layers", "z1", "W2.T @ z2_bar * sigmoid'(z1)", "∂L/∂z₁ = W₂ᵀ ∂L/∂z₂ ⊙ σ′(z₁)"),
    ("two layers", "W1", "outer(z1_bar, x)", "∂L/∂W₁ = (∂L/∂z₁) xᵀ"),
    ("two layers", "W2", "outer(z2_bar, a1)", "∂L/∂W₂ = (∂L/∂z₂) a₁ᵀ"),
    ("any activation", "z1", "W2.T @ z2_bar * f'(z1)", "∂L/∂z₁ = W₂ᵀ ∂L/∂z₂ ⊙ f′(z₁)"),
    ("relu in a batch", "Z1", "Z2_bar @ W2.T * (Z1 > 0)", "∂L/∂Z₁ = (∂L/∂Z₂) W₂ᵀ ⊙ 𝟙[Z₁ > 0]"),
    ("relu in a batch", "W1", "X.T @ Z1_bar", "∂L/∂W₁ = Xᵀ ∂L/∂Z₁"),
    ("relu in a batch", "b1", "sum(Z1_bar, axis=0)", "∂L/∂b₁ = (∂L/∂Z₁)ᵀ 𝟏"),
    ("tied autoencoder", "W", "outer(h_bar, x) + outer(h, r_bar)", "∂L/∂W = (∂L/∂h) xᵀ + h (∂L/∂r)ᵀ"),
    ("tied autoencoder", "x", "W.T @ h_bar - r_bar", "∂L/∂x = Wᵀ ∂L/∂h - ∂L/∂r"),
    ("autoencoder", "W", "X.T @ H_bar", "∂L/∂W = Xᵀ ∂L/∂H"),
    ("autoencoder", "V", "H.T @ R_bar", "∂L/∂V = Hᵀ ∂L/∂R"),
    ("autoencoder", "X", "H_bar @ W.T - R_bar", "∂L/∂X = (∂L/∂H) Wᵀ - ∂L/∂R"),
    ("attention", "V", "P.T @ O_bar", "∂L/∂V = Pᵀ ∂L/∂O"),
    (
        "attention",
        "S",
        "P * (O_bar @ V.T - sum(O_bar * O, axis=1, keepdims=True))",
        "∂L/∂S = P ⊙ ((∂L/∂O) Vᵀ - (∂L/∂O ⊙ O) 𝟏 𝟏ᵀ)",
    ),
    ("attention", "Q", "S_bar @ K / sqrt(D)", "∂L/∂Q = (∂L/∂S) K / √D"),
    ("attention", "K", "S_bar.T @ Q / sqrt(D)", "∂L/∂K = (∂L/∂S)ᵀ Q / √D"),
    ("trace", "X", "A.T @ B.T", "∂L/∂X = Aᵀ Bᵀ"),
    ("quadratic form", "x", "(A + A.T) @ x", "∂L/∂x = (A + Aᵀ) x"),
    ("quadratic form", "A", "outer(x, x)", "∂L/∂A = x xᵀ"),
    ("graph convolution", "A", "Z_bar @ W.T @ H.T", "∂L/∂A = (∂L/∂Z) Wᵀ Hᵀ"),
    ("graph convolution", "H", "A.T @ Z_bar @ W.T", "∂L/∂H = Aᵀ (∂L/∂Z) Wᵀ"),
    ("graph convolution", "W", "H.T @ A.T @ Z_bar", "∂L/∂W = Hᵀ Aᵀ ∂L/∂Z"),
    ("weight norm", "g", "w_bar @ v / s", "∂L/∂g = (∂L/∂w)ᵀ v / s"),
    ("weight norm", "v", "g * w_bar / s - y_bar * y * v / s**2", "∂L/∂v = g (∂L/∂w) / s - (∂L/∂y) y v / s²"),
    ("residual", "x", "W.T @ z_bar + c", "∂L/∂x = Wᵀ ∂L/∂z + c"),
    (
        "layer norm",
        "m",
        "-2 * v_bar * sum(x - m) / n - y_bar @ g / s",
        "∂L/∂m = -2 (∂L/∂v) (𝟏ᵀ (x - m 𝟏)) / n - (∂L/∂y)ᵀ g / s",
    ),
    (
        "layer norm",
        "x",
        "m_bar / n + 2 * v_bar * (x - m) / n + y_bar * g / s",
        "∂L/∂x = (∂L/∂m) 𝟏 / n + 2 (∂L/∂v) (x - m 𝟏) / n + (∂L/∂y ⊙ g) / s",
    ),
    ("batch norm", "g", "sum(Y_bar * H, axis=0)", "∂L/∂g = (∂L/∂Y ⊙ H)ᵀ 𝟏"),
    ("batch norm", "H", "Y_bar @ diag(g)", "∂L/∂H = (∂L/∂Y) diag(g)"),
    ("batch norm", "s", "-sum(H_bar * H, axis=0) / s", "∂L/∂s = -(∂L/∂H ⊙ H)ᵀ 𝟏 ⊘ s"),
    (
        "batch norm",
        "X",
        "m_bar / N + H @ diag(s_bar) / N + H_bar @ diag(1 / s)",
        "∂L/∂X = 𝟏 (∂L/∂m)ᵀ / N + H diag(∂L/∂s) / N + (∂L/∂H) diag(1 ⊘ s)",
    ),
    ("norm", "x", "x / L", "∂L/∂x = x / L"),
    ("frobenius", "X", "X / L", "∂L/∂X = X / L"),
    ("log det", "X", "inv(X).T", "∂L/∂X = X⁻ᵀ"),
    ("gaussian", "s", "s - 1 / s", "∂L/∂s = s - 1 ⊘ s"),
    ("planar flow", "a", "tanh'(a) * (y_bar @ u)", "∂L/∂a = tanh′(a) ((∂L/∂y)ᵀ u)"),
    ("planar flow", "w", "a_bar * z", "∂L/∂w = (∂L/∂a) z"),
    ("planar flow", "z", "a_bar * w + y_bar", "∂L/∂z = (∂L/∂a) w + ∂L/∂y"),
    ("hopfield", "x", "b - W @ x / 2 - W.T @ x / 2", "∂L/∂x = b - ½ W x - ½ Wᵀ x"),
    ("hopfield", "W", "-outer(x, x) / 2", "∂L/∂W = -½ x xᵀ"),
    ("bilinear", "u", "s_bar * M @ v", "∂L/∂u = (∂L/∂s) M v"),
    ("bilinear", "M", "s_bar * outer(u, v)", "∂L/∂M = (∂L/∂s) u vᵀ"),
    ("kernel", "X", "(C + C.T) @ X", "∂L/∂X = (C + Cᵀ) X"),
    ("kernel", "C", "X @ X.T", "∂L/∂C = X Xᵀ"),
    ("factorisation", "U", "R_bar @ V", "∂L/∂U = (∂L/∂R) V"),
    ("factorisation", "V", "R_bar.T @ U", "∂L/∂V = (∂L/∂R)ᵀ U"),
    ("factorisation", "R", "2 * M * R", "∂L/∂R = 2 M ⊙ R"),
    ("gate", "a", "c_bar * g * sigmoid'(a)", "∂L/∂a = ∂L/∂c ⊙ g ⊙ σ′(a)"),
    ("row sums", "X", "2 * outer(r, ones(J))", "∂L/∂X = 2 r 𝟏ᵀ"),
    ("centred", "X", "G - sum(G, axis=0) / n", "∂L/∂X = G - 𝟏 𝟏ᵀ G / n"),
    ("scaled rows", "v", "(G * X) @ w", "∂L/∂v = (G ⊙ X) w"),
    ("scaled rows", "X", "diag(v) @ G @ diag(w)", "∂L/∂X = diag(v) G diag(w)"),
    ("distances", "X", "2 * diag(sum(D_bar, axis=1)) @ X - 2 * D_bar @ Y", "∂L/∂X = 2 diag((∂L/∂D) 𝟏) X - 2 (∂L/∂D) Y"),
]
CATALOGUE = {
    "mlp-hidden-error": "δ^{(1)} = W^{(2)}ᵀ δ^{(2)} ⊙ f′(z^{(1)})",
    "attention-scores": "∂L/∂S = P ⊙ (∂L/∂P - (∂L/∂P ⊙ P) 𝟏 𝟏ᵀ)",
    "softmax-jacobian": "∂p/∂z = diag(p) - p pᵀ",
    "logistic-hessian": "H = Xᵀ diag((1 - p) ⊙ p) X",
    "ridge-hessian": "H = μ I + Xᵀ X",
    "planar-flow-jacobian": "∂y/∂z = I + f′(a) u wᵀ",
    "log-det-gradient": "∂l/∂X = X⁻ᵀ",
    "inverse-form-gradient": "∂q/∂X = -Pᵀ a bᵀ Pᵀ",
    "residual-jacobian": "∂y/∂x = I + W^{(2)} diag(f′(z)) W^{(1)}",
    "lstm-memory-step": "∂c_t/∂c_{t-1} = diag(f_t)",
    "rnn-tanh-step": "∂h_t/∂h_{t-1} = diag(1 - h_t²) W",
    "batch-norm-input": "∂L/∂x = (∂L/∂y - 𝟏 𝟏ᵀ ∂L/∂y / N - x̂ diag((∂L/∂y ⊙ x̂)ᵀ 𝟏) / N) diag(γ ⊘ σ)",
    "deepfool-multiplier": "λ = f(x) / ‖w‖²",
    "gaussian-covariance-gradient": "∂L/∂Σ = ½ (Pᵀ - z zᵀ)",
    "conv1d-filter-gradient": "",
    "conv2d-input-gradient": "",
    "gan-value-derivative": "",
    "heavy-ball-radius": "",
}


@pytest.mark.parametrize(("name", "array", "text", "page"), GRADIENTS)
def test_a_gradient(name: str, array: str, text: str, page: str) -> None:
    net = NETWORKS[name]
    found = derive.gradient(net.text, net.wrt, given=net.given, shapes=net.shapes)
    assert page in found.matrix.splitlines()
    assert found.matrix_of(found.relations[f"{array}_bar"]) == f"{array}_bar = {text}"


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_result_of_the_catalogue(name: str) -> None:
    shown = [x for x in derivation_page(catalogue()[name]).splitlines() if x.startswith("    Matrix form:  ")]
    assert shown == [f"    Matrix form:  {CATALOGUE[name]}"] * bool(CATALOGUE[name])


def test_errors_called_delta() -> None:
    deltas = {"z1_bar": "δ₁", "z2_bar": "δ₂"}
    found = {a: matrix_relation(r, s, Style(names=deltas)) for a, r, s in results(NETWORKS["two layers"])}
    assert found["z2"] == "δ₂ = (a₂ - y) ⊙ σ′(z₂)"
    assert found["z1"] == "δ₁ = W₂ᵀ δ₂ ⊙ σ′(z₁)"
    assert found["W1"] == "∂L/∂W₁ = δ₁ xᵀ"


def test_latex_puts_a_name_with_a_layer_in_braces() -> None:
    latex = derive.gradient(NETWORKS["two layers"].text)
    shown = latex.matrix_of(latex.relations["z1_bar"], "latex")
    assert shown is not None
    assert r"{W^{(2)}}^\top \frac{\partial L}{\partial z^{(2)}} \odot \sigma'(z^{(1)})" in shown


def run(*args: str) -> str:
    result = CliRunner().invoke(app, ["gradient", *args])
    assert result.exit_code == 0, result.output
    return result.output


def test_on_the_command_line() -> None:
    assert run(MLP, "--wrt", "W", "--format", "matrix") == "∂L/∂z = 2 (a - y) ⊙ tanh′(z)\n∂L/∂W = (∂L/∂z) xᵀ\n"
    assert '"matrix": "W_bar = outer(z_bar, x)"' in run(MLP, "--wrt", "W", "--json")


def test_a_hessian() -> None:
    found = derive.gradient("L := sum(x[i]*A[i,j]*y[j], i, j)", ["x", "y"]).hessian
    (relation,) = found.relations.values()
    assert found.matrix == "∂²L/∂x∂y = A"
    assert found.matrix_of(relation, "latex") == r"\frac{\partial^{2} L}{\partial x \, \partial y} = A"


def test_a_number_in_every_entry() -> None:
    assert derive.gradient("L := sum(exp(s[i]) - s[i]/2, i)").matrix == "∂L/∂s = exp(s) - ½"
    assert derive.gradient("L := sum(exp(S[i,j]) - S[i,j]/2, i, j)").matrix == "∂L/∂S = exp(S) - ½ 𝟏 𝟏ᵀ"
    assert derive.gradient("L := sum(S[i,j]/2, i, j)").matrix == "∂L/∂S = ½ 𝟏 𝟏ᵀ"


def test_where_there_is_none_the_index_form_stands() -> None:
    convolution = "y[i] := sum(w[u]*x[i+u], u); L := sum((y[i] - t[i])**2, i)"
    assert run(convolution, "--wrt", "w", "--format", "matrix") == "∂L/∂w[u] = 2 Σ_i (y[i] - t[i]) x[i+u]\n"
    assert '"matrix": null' in run(convolution, "--wrt", "w", "--json")
