"""Closed forms: of recurrences that are given with a start, and of those that an earlier line has shown."""

from typing import Any

import pytest

from derive.grading.steps import steps

PLAIN: dict[str, Any] = {"g": {"latex": r"\gamma"}, "r": {}}
RATES: dict[str, Any] = {"rho": {"latex": r"\rho"}, "eta": {"latex": r"\eta"}}
BOWL: dict[str, Any] = {
    **RATES,
    "H": {"shape": ["d", "d"], "domain": "symmetric"},
    "u": {"shape": ["d"]},
    "m": {"shape": ["d"], "latex": "w^*"},
    "w": {"shape": ["0..T", "d"]},
    "c": {"shape": ["0..T"]},
    "e": {"shape": ["0..T"]},
}
DESCENT = [r"w_{t+1} = w_t - \rho H (w_t - w^*)", r"Hu = \eta u", r"c_t = u^\top w_t", r"e_t = c_t - u^\top w^*"]


def verdicts(symbols: dict[str, Any], given: list[str], *lines: str, **more: Any) -> list[str]:
    found = steps({"id": "r", "symbols": symbols, "given": given, "lines": list(lines), **more})
    return [line["verdict"] for line in found["lines"]]


@pytest.mark.parametrize(
    ("shape", "base"), [(["T"], 1), (["T"], 0), (["T+1"], 1), (["0..T"], 1), (["0..T-1"], 1), (None, 1), (None, 0)]
)
def test_a_recurrence_with_a_start_whatever_the_array_is_declared_as(shape: list[str] | None, base: int) -> None:
    symbols = PLAIN | ({"V": {"shape": shape}} if shape else {})
    given = [r"V_{t+1} = r + \gamma V_t", "V_0 = 0"]
    right = (r"V_t = r\sum_{k=0}^{t-1}\gamma^k", r"V_t = r\frac{1-\gamma^t}{1-\gamma}")
    assert verdicts(symbols, given, *right, index_base=base) == ["follows", "follows"]
    assert verdicts(symbols, given, r"V_t = r\sum_{k=0}^{t}\gamma^k", index_base=base) == ["wrong"]


def test_a_formula_in_its_index_is_still_a_sequence() -> None:
    assert (
        verdicts({}, [r"S_n = \sum_{k=1}^n k"], r"S_{n+1} = S_n + n + 1", r"S_n = \frac{n(n+1)}{2}") == ["follows"] * 2
    )


def test_a_closed_form_of_what_a_line_has_shown() -> None:
    shown = r"e_{t+1} = (1-\rho\eta) e_t"
    right = (shown, r"e_t = (1-\rho\eta)^t e_0", r"c_t = u^\top w^* + (1-\rho\eta)^t (c_0 - u^\top w^*)")
    assert verdicts(BOWL, DESCENT, *right) == ["follows"] * 3
    assert verdicts(BOWL, DESCENT, shown + r" \qquad (0 \le t \le T-1)", right[1]) == ["follows"] * 2


@pytest.mark.parametrize("wrong", [r"e_t = (1+\rho\eta)^t e_0", r"e_t = (1-\rho\eta)^{t+1} e_0", r"e_t = 2 e_0"])
def test_what_holds_only_where_the_eigenvector_is_zero_does_not_follow(wrong: str) -> None:
    assert verdicts(BOWL, DESCENT, wrong) != ["follows"]
    assert verdicts(BOWL, DESCENT, r"e_{t+1} = (1-\rho\eta) e_t", wrong)[1] != "follows"


def test_a_line_that_holds_later_alone_proves_no_closed_form() -> None:
    symbols = {**PLAIN, "x": {"shape": ["0..T"]}, "y": {"shape": ["0..T"]}}
    given = ["y_t = x_t", r"x_{t+1} = \gamma x_t + r [t = 0]"]
    later = r"y_{t+1} = \gamma y_t \qquad (1 \le t \le T-1)"
    assert verdicts(symbols, given, later, r"y_t = \gamma^t y_0")[1] != "follows"


BOUNDED: dict[str, Any] = {
    "q": {"shape": ["0..T"], "domain": "positive"},
    "a": {"shape": ["0..T"], "domain": "positive"},
    "g": {"latex": r"\gamma", "domain": "positive"},
    "s": {"latex": r"\sigma", "domain": "positive"},
    "u": {"shape": ["0..T"]},
    "b": {},
}


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (r"q_t \le \gamma\sigma q_{t-1}", r"q_T \le (\gamma\sigma)^T q_0"),
        (r"q_t \ge \gamma\sigma q_{t-1}", r"q_T \ge (\gamma\sigma)^T q_0"),
        (r"q_{t+1} < \gamma q_t", r"q_t \le \gamma^t q_0"),
        (r"q_t \le a_t q_{t-1}", r"q_T \le q_0\prod_{t=1}^T a_t"),
        (r"q_t \le q_{t-1} - b", r"q_T \le q_0 - bT"),
        (r"\gamma q_t \ge q_{t+1}", r"q_T \le \gamma^T q_0"),
        (r"q_{t+1} \le \gamma q_t + \sigma", r"q_t \le \gamma^t q_0 + \sigma\sum_{k=0}^{t-1}\gamma^k"),
    ],
)
def test_inequalities_step_on(given: str, line: str) -> None:
    assert verdicts(BOUNDED, [given], line) == ["follows"]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (r"q_t \le \gamma\sigma q_{t-1}", r"q_T \ge (\gamma\sigma)^T q_0"),
        (r"q_t \le \gamma\sigma q_{t-1}", r"q_T < (\gamma\sigma)^T q_0"),
        (r"q_t \le \gamma\sigma q_{t-1}", r"q_T \le (\gamma\sigma)^{T-1} q_0"),
        (r"u_t \le b u_{t-1}", r"u_T \le b^T u_0"),
        (r"q_t \le q_{t-1} - b", r"q_T \le q_0 - b(T+1)"),
        (r"q_t \le \gamma - q_{t-1}", r"q_T \le \frac{\gamma}{2} + (-1)^T (q_0 - \frac{\gamma}{2})"),
    ],
)
def test_inequalities_step_on_in_their_own_direction_where_factors_are_not_negative(given: str, line: str) -> None:
    assert verdicts(BOUNDED, [given], line) != ["follows"]


def test_a_bound_is_refuted_where_what_is_given_is_tight_and_only_where_that_can_be() -> None:
    assert verdicts(BOUNDED, [r"u_t \le u_{t-1} - b"], r"u_T \le u_0 - b(T+1)") == ["wrong"]
    assert verdicts(BOUNDED, [r"q_t \le q_{t-1} - b"], r"q_0 \ge q_1 + b") == ["follows"]
    assert "wrong" not in verdicts(BOUNDED, [r"q_t \le q_{t-1} - b"], "q_0 > b", "q_1 > b")
    assert "wrong" not in verdicts(BOUNDED, [r"u_t \le 2 u_{t-1}", r"u_t \le u_{t-1}"], r"u_T \le u_0")


def test_vectors_declared_as_they_are_at_one_time_step_on() -> None:
    cell: dict[str, Any] = {
        "h": {"shape": ["m"]},
        "x": {"shape": ["n"]},
        "W": {"shape": ["m", "m"]},
        "U": {"shape": ["m", "n"]},
    }
    given = ["h_t = W h_{t-1} + U x_t"]
    assert verdicts(cell, given, "h_{t+1} = W^2 h_{t-1} + WUx_t + Ux_{t+1}") == ["follows"]
    assert verdicts(cell, given, "h_{t+1} = W^2 h_{t-1} + WUx_{t+1} + Ux_t") == ["wrong"]
    at_once = {n: s for n, s in BOWL.items() if n not in "ce"} | {"w": {"shape": ["d"]}}
    closed = r"w_t = w^* + (I - \rho H)^t (w_0 - w^*)"
    assert verdicts(at_once, DESCENT[:1], closed) == ["follows"]
    assert verdicts(at_once, [DESCENT[0], "w_0 = 0"], r"w_t = w^* - (I - \rho H)^t w^*") == ["follows"]
    assert verdicts(at_once, DESCENT[:1], closed.replace("w_0 -", "w_0 +")) == ["wrong"]


def test_entries_of_a_vector_are_no_times() -> None:
    symbols: dict[str, Any] = {"c": {"shape": ["n"]}, "a": {"shape": ["n"]}}
    assert verdicts(symbols, ["c_i = 2 a_i"], "c_{i+1} = 2 a_{i+1}", r"\sum_i c_i = 2\sum_i a_i") == ["follows"] * 2
