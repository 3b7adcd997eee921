"""Ways to write a right answer that students have: its left side, its cases, its own names, chains of equivalences."""

import pytest

from derive import Answer, Condition, Derivation, IntegerSet, Part, Problem, Symbol, compare, stated
from derive.bank.grade import grade_part
from derive.notation.index_language import program

TRIPLET = Derivation(
    "triplet-anchor",
    "The gradient of a triplet in its anchor",
    of=program("t := sum((a[i] - p[i])**2, i) - sum((a[i] - q[i])**2, i)", shapes={"a": "d", "p": "d", "q": "d"}),
    wrt="a",
    letters=("k",),
    symbols={
        "d": Symbol(domain="dimension"),
        "a": Symbol(("d",)),
        "p": Symbol(("d",)),
        "q": Symbol(("d",), latex="n"),
        "t": Symbol((), "derived"),
    },
    truth=lambda torch, a, p, q: torch.dist(a, p) ** 2 - torch.dist(a, q) ** 2,
    settings=({"d": 2}, {"d": 3}, {"d": 5}),
)
SCHEDULE = Derivation(
    "schedule-slope",
    "The slope of a schedule",
    of=program("r := a*cos(pi*t/T)"),
    wrt="t",
    symbols={
        "a": Symbol(domain="positive"),
        "t": Symbol(),
        "T": Symbol(domain="positive"),
        "r": Symbol((), "derived", r"\eta"),
    },
    truth=lambda torch, a, t, T: a * torch.cos(torch.pi * t / T),  # noqa: N803
    settings=({}, {}, {}),
)
QUANTILE = stated(
    "quantile",
    "s := where(y > f, -q, 1 - q)",
    symbols={
        "q": Symbol(domain="unit", latex=r"\tau"),
        "y": Symbol(),
        "f": Symbol(),
        "s": Symbol((), "derived"),
    },
    truth=lambda torch, q, y, f: torch.where(y > f, -q, 1 - q),
)
NEAR = stated(
    "near",
    "x**2 + m <= y**2",
    symbols={
        "x": Symbol(domain="nonnegative"),
        "y": Symbol(domain="nonnegative"),
        "m": Symbol(domain="positive"),
    },
    truth=lambda torch, x, y, m: torch.square(y) - torch.square(x) >= m,
)
SENDS = stated(
    "sends", "8/3 <= k <= 20/3", symbols={"k": Symbol(domain="posint")}, truth=lambda torch, k: (k - 4.5).abs() < 2
)


@pytest.mark.parametrize(
    ("derivation", "text", "verdict"),
    [
        (TRIPLET, "dt/da_k = 2 n_k - 2 p_k", "equal"),
        (TRIPLET, "dt/da[k] = 2*(q[k] - p[k])", "equal"),
        (TRIPLET, "dt/da_k = 2 p_k - 2 n_k", "different"),
        (TRIPLET, "2 v_k, v_k = n_k - p_k", "equal"),
        (TRIPLET, r"2 v_k,\; v = n - p", "equal"),
        (TRIPLET, "2 v_k, v_k = p_k - n_k", "different"),
        (SCHEDULE, r"\eta'(t) = -\frac{\pi a}{T} \sin\frac{\pi t}{T}", "equal"),
        (SCHEDULE, r"\eta'(t) = \frac{\pi a}{T} \sin\frac{\pi t}{T}", "different"),
        (SCHEDULE, r"-\frac{\pi a}{T} \sin u, u = \frac{\pi t}{T}", "equal"),
        (QUANTILE, r"-\tau \text{ if } y > f \text{ else } 1 - \tau", "equal"),
        (QUANTILE, r"-\tau \text{ for } y > f, \quad 1 - \tau \text{ otherwise}", "equal"),
        (QUANTILE, r"1 - \tau \text{ if } y > f \text{ else } -\tau", "different"),
    ],
)
def test_a_formula_is_right_however_it_is_introduced(derivation: Derivation, text: str, verdict: str) -> None:
    assert Answer(derivation).judge(text).verdict == verdict


@pytest.mark.parametrize("text", ["dt/da_k = dt/da_k", "dt/da_k", r"\frac{\partial t}{\partial a_k} = t"])
def test_a_left_side_alone_earns_nothing(text: str) -> None:
    part = Problem("Asked", "A loss.", {"a": Part("?", Answer(TRIPLET))}).named("own").variant(0).parts["a"]
    assert not grade_part(part, text)["marks"]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"L = 0 \iff x^2 + m \le y^2", "equal"),
        (r"x^2 + m - y^2 \le 0 \iff m \le y^2 - x^2", "equal"),
        ("L = 0 <=> y^2 - x^2 >= m", "equal"),
        (r"x^2 + m \le y^2 \iff x + m \le y", "different"),
        (r"x > 5 \iff x > 5", "different"),
        (r"L = 0 \iff t \le 0", "different"),
    ],
)
def test_of_a_chain_of_equivalences_every_side_about_the_asked_names_counts(text: str, verdict: str) -> None:
    assert Condition(NEAR).judge(text).verdict == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("8/3 <= k <= 20/3", "equal"),
        (r"\frac83 < k < \frac{20}{3}", "unreadable"),
        (r"\frac{8}{3} \le k < \frac{20}{3}", "equal"),
        ("2.5 < k < 6.5", "equal"),
        ("8/3 <= k <= 22/3", "different"),
        ("8/0 <= k <= 20/3", "unreadable"),
    ],
)
def test_the_ends_of_a_set_of_whole_numbers_may_be_fractions(text: str, verdict: str) -> None:
    assert IntegerSet(SENDS, {}, "k").judge(text).verdict == verdict


@pytest.mark.parametrize(
    ("right", "text", "verdict"),
    [
        (r"\delta_{ik} + g_i W_{ik}", r"I_{ik} + g_i W_{ik}", "equal"),
        (r"\delta_{ik} + g_i W_{ik}", r"I_{i,k} + g_i W_{ik}", "equal"),
        (r"\delta_{ik} + g_i W_{ik}", r"I_n + \operatorname{diag}(g) W", "equal"),
        (r"\delta_{ik} + g_i W_{ik}", r"I_{ii} + g_i W_{ik}", "different"),
        (r"g_i (x_k - \frac1n \sum_j x_j)", r"g_i (x_k - \frac{1}{n} 1^\top x)", "equal"),
        (r"g_i (x_k - \frac1n \sum_j x_j)", r"g_i (x_k - \frac{1^T x}{n})", "equal"),
        (r"g_i (x_k - \frac1n \sum_j x_j)", r"g_i (x_k - 1^\top x)", "different"),
    ],
)
def test_entries_of_the_identity_and_rows_of_ones(right: str, text: str, verdict: str) -> None:
    symbols = {"x": {"shape": ["n"]}, "g": {"shape": ["n"]}, "W": {"shape": ["n", "n"]}}
    assert compare(right, text, symbols=symbols, free_indices={"i": "n", "k": "n"}).verdict == verdict


@pytest.mark.parametrize("text", [r"2 v_k \text{ where } v_k = \frac{1", "2 v_k with v' = n - p"])
def test_a_definition_that_cannot_be_read_is_said_to_be_one(text: str) -> None:
    found = Answer(TRIPLET).judge(text)
    assert found.verdict == "unreadable"
    assert "we read what names of your answer stand for" in found.evidence["message"]


SEPARABLE = stated(
    "fewer-parameters",
    "K**2 + O < O*K**2",
    symbols={"O": Symbol(domain="posint"), "K": Symbol(domain="posint")},
    truth=lambda torch, O, K: torch.reciprocal(O) + torch.reciprocal(K).square() < 1,  # noqa: E741, N803
)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("O > K^2/(K^2 - 1)", "equal"),
        ("O > 1/(1 - 1/K^2)", "equal"),
        ("1/O + 1/K^2 < 1", "equal"),
        ("O < K^2/(K^2 - 1)", "different"),
        ("1/(K - 1) + 1/(O - 1) > 0", "equal"),
        ("1/(K - 2) + 1/(O - 1) > 0", "different"),
        ("O > K^2/(K^2 - 4)", "different"),
    ],
)
def test_a_condition_does_not_hold_where_its_quotient_has_no_value(answer: str, verdict: str) -> None:
    assert Condition(SEPARABLE).judge(answer).verdict == verdict


SOLUTION = stated(
    "solution",
    "a[i] := sum(inv(A[p,q], p, q)[i,j]*y[j], j)",
    symbols={
        "n": Symbol(domain="dimension"),
        "A": Symbol(("n", "n"), "spd"),
        "y": Symbol(("n",)),
        "a": Symbol(("n",), "derived", r"\alpha"),
    },
    truth=lambda torch, A, y: torch.linalg.solve(A, y),  # noqa: N803
    settings=({"n": 2}, {"n": 3}, {"n": 4}),
)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (r"\alpha = A^{-1} y", "equal"),
        (r"\alpha_i = (A^{-1} y)_i", "equal"),
        (r"\alpha = A y", "different"),
        (r"y = A^{-1} y", "undecided"),
    ],
)
def test_a_left_side_may_be_the_whole_array(answer: str, verdict: str) -> None:
    part = Problem("P", r"$A \alpha = y$.", {"a": Part(r"Give $\alpha_i$.", Answer(SOLUTION))}).variant(0).parts["a"]
    assert grade_part(part, answer)["verdict"] == verdict
