"""Answers that are chains of equations or lists of named values, as students type them."""

import pytest

from derive import Answer, Part, Problem, Symbol, Values, stated
from derive.bank.banks import bank
from derive.bank.grade import grade_part
from derive.bank.problem import AskedPart

MEAN = Values("m := (a + b)/2", {"a": 1, "b": 2}, "m", latex={"m": r"m_2"})
LARGE = Values("m := a*b", {"a": 5, "b": 2469}, "m")
THIRDS = Values("m := a/3", {"a": 1663}, "m")
THIRD = Values("m := a/3", {"a": 4}, "m")
PAIR = Values("h[i] := x[i]/2", {"x": [1, 3]}, "h")
TABLE = Values("H[i,j] := X[i,j]/2", {"X": [[2, 4], [6, 8]]}, "H")
DIVERGENCE = r"\ln\frac{\sigma_2}{\sigma_1}+\frac{\sigma_1^2+(\mu_1-\mu_2)^2}{2\sigma_2^2}"
ROUNDED = Values("m := exp(a)", {"a": 1}, "m", digits=4)


def verdict(kind: object, text: str) -> str:
    part = Problem("t", "s", {"a": Part("?", kind)}).named("n").variant(0).parts["a"]  # type: ignore[arg-type]
    return str(grade_part(part, text)["verdict"])


def part(problem: str, name: str, seed: int = 7) -> AskedPart:
    return bank()[problem].variant(seed).parts[name]


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        (MEAN, "(1 + 2)/2 = 1.5", "equal"),
        (MEAN, r"m = \frac{a+b}{2} = \frac{3}{2} = 1.5", "equal"),
        (MEAN, "E = 1.5", "equal"),
        (MEAN, "m_1 = 4, m_2 = 1.5", "equal"),
        (MEAN, "m_1 = 1.5, m_2 = 4", "different"),
        (MEAN, "1.5, 4", "different"),
        (MEAN, "3 = 1.5", "undecided"),
        (MEAN, "(1 + 2)/2 = 2", "different"),
        (THIRD, "4/3 = 1.33", "equal"),
        (THIRD, r"\frac43 \approx 1.333", "equal"),
        (THIRD, "4/3 = 1.43", "different"),
        (THIRD, "1.33", "different"),
        (ROUNDED, r"e^1 \approx 2.7183", "equal"),
        (ROUNDED, "e = 2.7182 = 2.6182", "different"),
        (LARGE, "m = 5*2,469 = 12,345", "equal"),
        (LARGE, "m = 12,345", "equal"),
        (LARGE, "12,345 = 12345.0", "equal"),
        (LARGE, "5*2,469 = 12,346", "different"),
        (LARGE, "1,2345", "unreadable"),
        (THIRDS, "554 1/3", "equal"),
        (THIRDS, r"554\frac13", "equal"),
        (THIRDS, r"L = 1663/3 = 554\frac{1}{3} \approx 554.33", "equal"),
        (THIRDS, "554⅓", "equal"),
        (THIRDS, "-554 1/3", "different"),
        (THIRDS, "554 2/3", "different"),
        (THIRDS, "554 4/3", "unreadable"),
        (MEAN, "3 1/2", "unreadable"),
        (MEAN, r"3\frac12", "unreadable"),
        (MEAN, r"3 \cdot \frac12", "equal"),
        (MEAN, "1 1/2", "equal"),
        (PAIR, "h₁ = 1/2, h₂ ≃ 3/2", "equal"),
        (PAIR, "h₂ = 1/2, h₁ = 3/2", "different"),
        (PAIR, r"h_1 = \frac12 = 0.5,\ h_2 = \frac32", "equal"),
        (PAIR, r"h_1 = 0.5\\ h_2 = 1.5".replace(r"\\", "\n"), "equal"),
        (PAIR, r"\frac{\partial L}{\partial w_1} = 0.5,\ \frac{\partial L}{\partial w_2} = 1.5", "equal"),
        (PAIR, "1/2 and 3/2", "equal"),
        (PAIR, "h_2 = 1/2, h_1 = 3/2", "different"),
        (PAIR, "h_1 = 1/2, g_2 = 3/2", "unreadable"),
        (PAIR, "3/2 and 1/2", "different"),
        (TABLE, "w11 = 1, w12 = 2, w21 = 3, w22 = 4", "equal"),
        (TABLE, "w11 = 1, w12 = 3, w21 = 2, w22 = 4", "different"),
    ],
)
def test_numbers(kind: Values, text: str, wanted: str) -> None:
    assert verdict(kind, text) == wanted


@pytest.mark.parametrize(
    ("problem", "name", "text", "wanted"),
    [
        ("conv/gradients", "a", "$N-K+1 = 6$", "equal"),
        ("conv/gradients", "a", "N-K+1 = 5", "different"),
        ("conv/gradients", "b", r"\sum_i g_i x_{i-u+1} = \sum_i g_i x_{i+u-1}", "undecided"),
        ("conv/gradients", "b", r"\sum_i g_i \frac{\partial y_i}{\partial w_u} = \sum_i g_i x_{i+u-1}", "equal"),
        ("losses/logistic_signs", "b", r"-\log\sigma(yz) = \log(1+e^{-yz})", "equal"),
        ("losses/logistic_signs", "b", r"-\log\sigma(z) = \log(1+e^{-yz})", "undecided"),
        ("losses/deep_linear", "b", r"E C^T = (DC-\Gamma) C^T", "equal"),
        ("generative/gan_game", "d", r"-\sigma(a) = -D", "equal"),
        ("generative/gaussian_divergence", "a", r"\mathrm{KL}(p\|q) = -\frac12 + " + DIVERGENCE, "equal"),
        ("generative/gaussian_divergence", "a", r"\mathrm{KL}(p\|q) = " + DIVERGENCE, "partly"),
        ("optimisation/quadratic_descent", "b", r"0<\rho\eta<2 \iff |1-\rho\eta|<1", "equal"),
        ("optimisation/quadratic_descent", "b", r"0<\rho\eta<3 \iff |1-\rho\eta|<1", "undecided"),
        ("optimisation/quadratic_descent", "b", r"|1-\rho\eta|<1 \iff 0<\rho\eta<3", "different"),
        ("networks/exclusive_or", "a", r"T = AC\bar D + BC\bar D + \bar A \bar B \bar C + \bar A \bar B D", "equal"),
        ("networks/exclusive_or", "a", r"A = AC\bar D + BC\bar D + \bar A \bar B \bar C + \bar A \bar B D", "undecided"),
    ],
)  # fmt: skip
def test_every_side_of_a_chain_counts(problem: str, name: str, text: str, wanted: str) -> None:
    assert grade_part(part(problem, name), text)["verdict"] == wanted


def test_a_side_that_cannot_be_read_leaves_the_chain_to_a_person() -> None:
    half = stated(
        "half", "h := a/2", symbols={"a": Symbol(), "h": Symbol((), "derived")}, settings=({}, {}, {}),
        truth=lambda torch, a: torch.div(a, 2),
    )  # fmt: skip
    assert verdict(Answer(half), r"a \spadesuit = a/2") == "unreadable"


@pytest.mark.parametrize(
    ("problem", "name", "text", "marks"),
    [
        ("graphs/graph_filters", "b", "(HAx)_i", 0),
        ("graphs/graph_filters", "b", r"\sum_{j,k} H_{ij} A_{jk} x_k", 0),
        ("graphs/graph_filters", "b", "A H x", 2),
        ("losses/logistic_signs", "b", r"\frac{1+y}{2}\log(1+e^{-z})+\frac{1-y}{2}\log(1+e^z)", 1),
        ("losses/logistic_signs", "b", r"\log(1+e^{-z}) \text{ if } y = 1 \text{ else } \log(1+e^z)", 1),
        ("losses/logistic_signs", "b", r"-\log\sigma(yz)", 2),
        ("networks/hidden_errors", "c", r"\sigma'(z_i^{(1)}) \sum_k W^{(2)}_{ki} (z^{(2)}_k - y_k)", 1),
        ("networks/hidden_errors", "a", r"f'(z_i^{(1)}) \sum_k W^{(2)}_{ki} \delta^{(2)}_k", 3),
        ("networks/shared_filter", "a", r"2(\hat y-y)\sum_k v_k\sigma'(\sum_l V_{kl}z_l)\sum_i V_{ki}(1-z_i^2)x_{ij}", 2),
        ("sequences/recurrent_jacobian", "a", r"\tanh'(z_{t,i}) W_{ij}", 1),
        ("generative/gan_game", "d", r"-\frac{\sigma'(a)}{1 - \sigma(a)}", 1),
        ("classical/hopfield_energy", "a", r"-(x'_k-x_k)\left(\sum_{j\ne k} w_{k,j}x_j+b_k\right)", 3),
        ("optimisation/quadratic_descent", "a", r"u^\top w^* (1-(1-\rho\eta)^\tau)", 4),
    ],
)  # fmt: skip
def test_what_is_right_but_does_not_do_what_was_asked(problem: str, name: str, text: str, marks: int) -> None:
    assert grade_part(part(problem, name), text)["marks"] == marks


@pytest.mark.parametrize(
    ("problem", "name", "text", "wanted"),
    [
        ("conv/gradients", "a", "6 outputs", "equal"),
        ("conv/gradients", "a", "7 outputs", "different"),
        ("conv/gradients", "a", "6 lines", "unreadable"),
        ("conv/kernel_size", "b", "32940 trainable parameters.", "equal"),
        ("conv/kernel_size", "b", r"32\,940", "equal"),
        ("conv/kernel_size", "b", "32 940", "equal"),
        ("conv/kernel_size", "b", "32 94", "unreadable"),
        ("conv/kernel_size", "c", r"34^2 \cdot 49 \cdot 11 \cdot 61 = 38\,008\,124", "equal"),
        ("conv/toeplitz", "d", "50.4 times", "equal"),
        ("conv/toeplitz", "d", r"\frac{252}{5} times as many", "unreadable"),
        ("generative/gan_game", "g", "1.5 metres", "equal"),
        ("generative/gan_game", "g", "1.5 m", "unreadable"),
        ("generative/gan_game", "g", "1.5 million", "unreadable"),
        ("modern/focal_loss", "b", "16 percent", "unreadable"),
        ("conv/gradients", "a", "y", "different"),
    ],
)
def test_a_number_may_have_the_words_of_the_question_behind_it(problem: str, name: str, text: str, wanted: str) -> None:
    assert grade_part(part(problem, name), text)["verdict"] == wanted


def test_a_count_with_a_factor_too_few_was_not_divided() -> None:
    for name, text in (("b", "7*7*11+61"), ("c", "34*7*7*11*61")):
        found = grade_part(part("conv/kernel_size", name), text)
        assert found["misconception"] == "missing-factor"
        assert "divided" not in found["feedback"]
