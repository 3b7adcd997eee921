"""Inequalities that an author states, and what a student may type for them: conditions, and sets of whole numbers."""

import pytest

from derive import Condition, IntegerSet, Symbol, stated
from derive.bank.feedback import feedback, page_names

pytest.importorskip("torch")

NAMES = {
    "a": Symbol(domain="positive", latex=r"\alpha", meaning="the load"),
    "m": Symbol(domain="positive", latex="M", meaning="the machines"),
}
IDLE = stated("idle", "a*m >= 1", symbols=NAMES, truth=lambda torch, a, m: torch.ge(m, 1 / a))
RATE = stated(
    "rate",
    "0 < r < 2/(a + b)",
    symbols={n: Symbol(domain="positive") for n in "rab"},
    truth=lambda torch, r, a, b: torch.abs(1 - r * (a + b)) < 1,
)
WINDOW = stated(
    "window",
    "n/2 < K <= n - s",
    symbols={n: Symbol(domain="posint") for n in "nKs"},
    truth=lambda torch, n, K, s: torch.stack((2 * K - n, n - s - K + 1)).min() > 0,  # noqa: N803
    where=("s < n",),
)


@pytest.mark.parametrize("derivation", [IDLE, RATE, WINDOW], ids=lambda d: d.name)
def test_the_oracle_of_a_stated_inequality_agrees_at_simple_numbers_and_on_its_boundary(derivation) -> None:
    from derive.verify.check import verify

    report = verify(derivation, "cpu")
    assert report.ok, report.message
    held = {bool(derivation.truth(__import__("torch"), **setting)["truth"]) for setting in derivation.settings}
    assert held == {True, False}


@pytest.mark.parametrize("wrong", ["a*m > 1", "a*m <= 1", "a*m >= 2", "a**2*m >= 1"])
def test_a_wrong_inequality_fails_at_its_oracle(wrong: str) -> None:
    from derive.verify.check import verify

    report = verify(stated("wrong", wrong, symbols=NAMES, truth=lambda torch, a, m: torch.ge(a * m, 1)), "cpu")
    assert not report.ok
    assert "in sixteenths" in report.message


def test_an_inequality_is_one_between_numbers() -> None:
    with pytest.raises(ValueError, match="an array is declared"):
        stated("long", "sum(w[i], i) < 1", symbols={"w": Symbol(("n",))}, truth=lambda torch, w: w.sum() < 1)
    with pytest.raises(ValueError, match=r"does not read it .e is Euler"):
        stated("euler", "e > 1", symbols={"e": Symbol()}, truth=lambda torch, e: e > 1)
    with pytest.raises(ValueError, match="no simple numbers"):
        stated("none", "a*m > 1", symbols=NAMES, truth=lambda torch, a, m: a * m > 1, where=("a > 100",))


@pytest.mark.parametrize(
    ("kind", "text", "verdict"),
    [
        (IDLE, r"M \ge \frac{1}{\alpha}", "equal"),
        (IDLE, "alpha*M >= 1", "equal"),
        (IDLE, "m >= 1/a", "equal"),
        (IDLE, r"\log\alpha + \log M \ge 0", "equal"),
        (IDLE, "M > 1/alpha", "different"),
        (IDLE, "alpha M = 1", "different"),
        (IDLE, "alpha M", "unreadable"),
        (IDLE, "q M >= 1", "different"),
        (RATE, "r(a + b) < 2", "equal"),
        (RATE, r"r \in (0, 2/(a+b))", "equal"),
        (RATE, "r <= 2/(a+b)", "different"),
        (RATE, "r < 1/a + 1/b", "different"),
        (WINDOW, "2K > n and K <= n - s", "equal"),
        (WINDOW, "2K > n and K < n - s", "different"),
        (WINDOW, "K <= n - s", "different"),
    ],
)
def test_a_condition_is_any_that_holds_for_the_same_numbers(kind, text: str, verdict: str) -> None:
    assert Condition(kind).judge(text).verdict == verdict


def test_a_wrong_condition_is_told_where_it_fails_in_the_names_of_the_page() -> None:
    condition = Condition(IDLE)
    said = feedback(condition.judge("M >= 1"), page_names(condition))
    assert said.startswith("Not equal. Try it at $M$ = 1/2, $\\alpha$ = 2: your condition does not hold there")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("{7, 8, 9, 10}", "equal"),
        ("7 <= K <= 10", "equal"),
        (r"K \in \{7, \dots, 10\}", "equal"),
        ("6 < K < 11", "equal"),
        ("range(7, 11)", "equal"),
        ("7 to 10", "equal"),
        ("{K : 7≤K≤10}", "equal"),
        ("{K | 7<=K<=10, K integer}", "equal"),
        (r"\{K \in \mathbb{Z} \mid 6 < K \le 10\}", "equal"),
        (r"\left\{7, 8, 9, 10\right\}.", "equal"),
        ("K = 7, 8, 9 or 10", "equal"),
        ("10 >= K >= 7", "equal"),
        ("K ≥ 7 and K < 11", "equal"),
        ("integers from 7 to 10", "equal"),
        ("{7 8 9 10}", "equal"),
        ("{K : 7 <= K <= 9}", "different"),
        ("7 <= K <= 10, K odd", "unreadable"),
        ("{K | 7 <= K <= 10, K even}", "unreadable"),
        ("K >= 7 or K < 11", "unreadable"),
        ("K >= 7, n < 11", "unreadable"),
        ("7 8 9 010", "unreadable"),
        ("range(7, 10)", "different"),
        ("7 < K <= 10", "different"),
        ("{7, 8, 9, 10", "unreadable"),
        ("{7, ..., 10", "unreadable"),
        ("[7, 10]", "unreadable"),
        ("7, 8, 9, 10}", "unreadable"),
    ],
)
def test_a_set_of_whole_numbers_is_listed_or_given_by_its_ends(text: str, verdict: str) -> None:
    assert IntegerSet(WINDOW, {"n": 12, "s": 2}, "K").judge(text).verdict == verdict


def test_a_set_is_bounded_in_its_unknown_alone() -> None:
    names = {"k": Symbol(domain="posint")}
    sends = stated("sends", "8 <= 3*k <= 20", symbols=names, truth=lambda torch, k: (3 * k >= 8) & (3 * k <= 20))
    with pytest.raises(ValueError, match="does not bound k alone"):
        IntegerSet(sends, {}, "k")
    with pytest.raises(ValueError, match="does not bound n alone"):
        IntegerSet(WINDOW, {"K": 12, "s": 2}, "n")


def test_a_set_needs_bounds_on_both_sides() -> None:
    with pytest.raises(ValueError, match="bounds on both sides"):
        IntegerSet(IDLE, {"a": 1}, "m")
