"""What the oracle adds for Jacobians and unknown functions: each wrong oracle, domain or stand-in is found out."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from derive.calculus.rules import DoesNotApply
from derive.derivations.catalogue import catalogue
from derive.verify import stand_ins
from derive.verify.check import verify

torch = pytest.importorskip("torch")


def failures(name: str, **wrong: Any) -> list[int]:
    """The lines that fail when a derivation's oracle or the domain of a symbol is another one."""
    d = catalogue()[name]
    domains = {k: replace(d.symbols[k], domain=v) for k, v in wrong.items() if isinstance(v, str)}
    oracles = {k: v for k, v in wrong.items() if callable(v)}
    truth = oracles.pop("truth", None) or ({**d.truth, **oracles} if oracles else d.truth)
    return [f.line for f in verify(replace(d, symbols={**d.symbols, **domains}, truth=truth), "cpu", draws=1).failures]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("softmax-jacobian", {"truth": lambda torch, z: torch.softmax(2 * z, dim=0)}),
        ("residual-jacobian", {"y": lambda torch, x, V, h: V @ h}),  # noqa: N803
        ("logistic-hessian", {"g": lambda torch, X, w, y: X.T @ (torch.sigmoid(X @ w) ** 2 - y)}),  # noqa: N803
        ("gcn-features", {"Y": lambda torch, f, Z: torch.cos(Z)}),  # noqa: N803
        (
            "planar-flow-log-det-u",
            {"t": lambda torch, u, psi: -torch.linalg.det(-torch.outer(u, psi))},
        ),
        ("softmax-cross-entropy", {"y": "positive"}),
        ("hopfield-gradient", {"W": "real"}),
    ],
)
def test_a_wrong_oracle_or_domain_is_found_out(name: str, wrong: dict[str, Any]) -> None:
    assert not failures(name)
    assert failures(name, **wrong)


def test_a_jacobian_is_the_whole_one() -> None:
    """Through the block and past it: the local derivative of y in x would be the identity alone."""
    d = catalogue()["residual-jacobian"]
    assert failures("residual-jacobian") == []
    assert failures("residual-jacobian", y=lambda torch, x, V, h: x + V @ h.detach())[0] > 3  # noqa: N803
    with pytest.raises(ValueError, match="none of gradient"):
        _ = replace(d, asks="slope").lines


def test_stand_ins_differ_between_settings_and_functions() -> None:
    d = catalogue()["gcn-features"]
    both = replace(d, symbols={**d.symbols, "g": replace(d.symbols["f"], latex="g")})
    chosen = [stand_ins.stand_ins(both, k) for k in range(3)]
    assert {c["f"] for c in chosen} == set(stand_ins.STAND_INS)
    assert all(c["f"] != c["g"] for c in chosen)


@pytest.mark.parametrize("name", stand_ins.STAND_INS)
def test_a_stand_in_is_torchs_function_with_its_slopes(name: str) -> None:
    x = torch.linspace(-3, 3, 13, dtype=torch.float64, requires_grad=True)
    y = stand_ins.operators({"f": name}, torch)["f"](x)
    for mine in stand_ins.evaluators({"f": name})["f"]:
        np.testing.assert_allclose(mine(x.detach().numpy()), y.detach().numpy(), atol=1e-12)
        (y,) = torch.autograd.grad(y.sum(), x, create_graph=True)


def test_an_idea_that_changes_nothing_is_an_error() -> None:
    d = catalogue()["log-det-gradient"]
    with pytest.raises(DoesNotApply):
        _ = replace(d, ideas={**d.ideas, "t_bar": (*d.ideas["t_bar"], *d.ideas["t_bar"])}).lines
