"""Spellings of formulas: code whose indices count as on the page, functions without brackets, transposes in a script."""

import pytest

from derive.bank.banks import bank
from derive.bank.grade import grade_part

ANSWERS = [
    ("conv/gradients", "b", "sum(g[i]*x[i+u-1] for i in range(1, 7))", "equal"),
    ("conv/gradients", "b", "sum(g[i]*x[i+u] for i in range(N-K+1))", "equal"),
    ("conv/gradients", "b", "sum(g[i]*x[i+u] for i in range(1, 7))", "different"),
    ("conv/gradients", "b", "sum(g[i]*x[i+u-1] for i in range(N-K+1))", "different"),
    ("optimisation/heavy_ball", "a", "(1 + beta - rho*eta)*e[t] - beta*e[t-1]", "equal"),
    ("optimisation/first_steps", "d", "w[T-1] - eta*g[T]/(np.sqrt(sum(g[t]**2 for t in range(1,T+1)))+eps)", "equal"),
    ("optimisation/first_steps", "d", "w[T-1] - eta*g[T]/(np.sqrt(sum(g[t]**2 for t in range(1,T)))+eps)", "partly"),
    ("sequences/through_time", "a", "hbar[t,i]*f'(z[t,i])", "equal"),
    ("sequences/through_time", "a", "hbar[t,i]*f(z[t,i])", "different"),
    ("sequences/through_time", "b", "G[t-1,i] + sum(W[k,i]*f'(z[t,k])*hbar[t,k] for k in range(m))", "equal"),
    ("sequences/through_time", "b", "G[t-1,i] + sum(W[i,k]*f'(z[t,k])*hbar[t,k] for k in range(m))", "partly"),
    ("sequences/through_time", "a", r"\bar h_t \odot f'(z_t)", "equal"),
    ("sequences/through_time", "a", r"\bar h_t \odot f(z_t)", "different"),
    ("sequences/through_time", "b", r"G_{t-1} + W^\top (\bar h_t \odot f'(z_t))", "equal"),
    ("sequences/through_time", "b", r"G_{t-1} + W (\bar h_t \odot f'(z_t))", "partly"),
    ("sequences/through_time", "c", "sum(delta[t,i]*x[t,k] for t in range(1,T+1))", "equal"),
    ("sequences/through_time", "c", "sum(delta[t,i]*x[t,k] for t in range(2,T+1))", "different"),
    ("sequences/lstm_memory", "a", "f_{t,j} if j=k, 0 otherwise", "equal"),
    ("sequences/lstm_memory", "a", "0 if j=k, f_{t,j} otherwise", "different"),
    ("conv/toeplitz", "a", r"w_{a-i} \text{ if } 0 \le a-i \le K-1 \text{ else } 0", "equal"),
    ("conv/toeplitz", "a", r"w_{a-i} \text{ if } 0 \le a-i \le K-2 \text{ else } 0", "different"),
    ("conv/toeplitz", "a", r"w_{a-i} \text{ if } 0 \le a-i \le K-1,\ 0 \text{ otherwise}", "equal"),
    ("theory/worst_perturbation", "d", "q = 3/2", "equal"),
    ("theory/worst_perturbation", "d", "1.5", "equal"),
    ("theory/worst_perturbation", "d", "0.67", "unreadable"),
    ("generative/gan_game", "f", "L = -log D", "equal"),
    ("attention/rotary", "a", r"G_j\cos m\theta_j + H_j\sin m\theta_j", "equal"),
    ("attention/rotary", "a", r"G_j\cos m\theta_j - H_j\sin m\theta_j", "partly"),
    ("networks/hidden_errors", "a", r"(W^{(2)\top}\delta^{(2)})_i f'(z_i^{(1)})", "equal"),
    ("networks/hidden_errors", "a", r"(W^{(2)T}\delta^{(2)})_i f'(z_i^{(1)})", "equal"),
    ("networks/hidden_errors", "a", r"(W^{(2)}\delta^{(2)})_i f'(z_i^{(1)})", "different"),
    ("networks/two_layer_step", "b", "ŷ = 0.7104", "equal"),
    ("probability/maximum_likelihood", "a", "n/λ − Σ x_i", "equal"),
    ("probability/maximum_likelihood", "a", "n/λ + Σ x_i", "different"),
]


@pytest.mark.parametrize(("problem", "name", "text", "wanted"), ANSWERS)
def test_spellings(problem: str, name: str, text: str, wanted: str) -> None:
    part = bank()[problem].variant(7).parts[name]
    assert grade_part(part, text)["verdict"] == wanted
