"""Answers that are right but for a point, or as far as a bound of their own."""

from typing import Any

import pytest

from derive import compare
from derive.bank.feedback import feedback

REAL: dict[str, Any] = {"shape": []}
POSITIVE = {"shape": [], "domain": "positive"}
SYMBOLS = {
    "z": REAL,
    "f": REAL,
    "p": {"shape": [], "domain": "unit"},
    "d": POSITIVE,
    "m": POSITIVE,
    "T": {"shape": [], "domain": "posint"},
    "k": {"shape": [], "domain": "posint"},
}
HUBER = r"\max(-d, \min(d, z))"


@pytest.mark.parametrize(
    ("right", "answer", "verdict"),
    [
        ("e^z", "where(z == 1/2, 0, exp(z))", "different"),
        ("e^z", "where(z == 0, 0, exp(z))", "different"),
        ("e^z", r"\begin{cases} 0 & z = 0.3 \\ e^z & \text{otherwise} \end{cases}", "different"),
        ("p(1-p)", "where(p == 1/2, 0, p*(1-p))", "different"),
        ("zf", "where(z*f == 1/3, 0, z*f)", "different"),
        ("zf", "where(z**2 == 2, 0, z*f)", "different"),
        (HUBER, "where(z == 1/2, 0, max(-d, min(d, z)))", "different"),
        (HUBER, "where(d == 1, 0, max(-d, min(d, z)))", "different"),
        ("z", "z*sign(z-1/2)**2", "different"),
        ("z", "z*sign(z-pi/7)**2", "different"),
        ("z", "z*sign(exp(z)-2)**2", "different"),
        ("z", "where(exp(z) == 2, 0, z)", "different"),
        ("z", "z + floor(z) + floor(-z) + 1", "different"),
        ("z", "z*(1 - floor(1/(1 + abs(z - pi/7))))", "different"),
        ("zf", "z*f*sign(z*f - 1)**2", "different"),
        ("e^z", r"e^z 1[z > 0] + e^z 1[z < 0]", "different"),
        (HUBER, "max(-d, min(d, z))*sign(z-1/2)**2", "different"),
        (r"\max(0, z)", "z*(1 + sign(z))/2", "equal"),
        (r"\max(0, z)", r"z 1[2z > 0]", "equal"),
        (r"|z - 1|", "(z - 1)*sign(z - 1)", "equal"),
        (r"1[z > 1]", r"1 - 1[z \le 1]", "equal"),
        ("z", r"\begin{cases} z & z > 0 \\ 0 & z = 0 \\ z & z < 0 \end{cases}", "equal"),
        (r"\frac{\sin z}{z}", r"\begin{cases} 1 & z = 0 \\ \sin(z)/z & z \ne 0 \end{cases}", "equal"),
        (r"\operatorname{sign}(z)", r"\begin{cases} 1 & z > 0 \\ 1 & z = 0 \\ -1 & z < 0 \end{cases}", "equal"),
    ],
)
def test_another_value_at_a_point_that_the_answer_singles_out_is_a_difference(
    right: str, answer: str, verdict: str
) -> None:
    assert compare(right, answer, symbols=SYMBOLS).verdict == verdict


def test_a_place_that_is_no_fraction_is_named_by_what_vanishes_there() -> None:
    found = compare("z", "z*sign(exp(z)-2)**2", symbols={"z": REAL})
    assert "exactly where exp(z) - 2 = 0" in feedback(found, {"z": "$z$"})
    assert "exactly" not in feedback(compare("z", "z*sign(z-1/2)**2", symbols={"z": REAL}), {"z": "$z$"})


def test_an_entry_is_singled_out_too() -> None:
    found = compare("v_i", "where(v_i == 1/2, 0, v_i)", symbols={"v": {"shape": ["n"]}}, free_indices={"i": "n"})
    assert (found.verdict, "1/2" in found.evidence["values"]["v"]) == ("different", True)


@pytest.mark.parametrize(
    ("right", "answer", "verdict"),
    [
        ("d < m", "d < m and d < 1000", "different"),
        ("d < m", "d < m and m < 10^9", "different"),
        ("d < m", "d < m or d > 1000000", "different"),
        ("z > m", "z > m and z < 10^9", "different"),
        ("T < k", "T < k and T < 5000", "different"),
        ("d m \\le 1", "(d m - 1)(d m - 1000) \\ge 0", "different"),
        ("d < m", "d^2 < m^2 and d + m > 0", "equal"),
        ("T k < 7", "T < 7/k", "equal"),
    ],
)
def test_a_bound_that_only_the_answer_has_is_looked_at_from_both_sides(right: str, answer: str, verdict: str) -> None:
    assert compare(right, answer, symbols=SYMBOLS).verdict == verdict


@pytest.mark.parametrize(("domain", "verdict"), [("pm1", "equal"), ("real", "different")])
def test_a_label_is_moved_to_no_value_between(domain: str, verdict: str) -> None:
    symbols = {"w": {"shape": ["n"]}, "x": {"shape": ["n"]}, "y": {"shape": [], "domain": domain}}
    answer = r"2 (w^\top x - y) x \mathbb{1}[y w^\top x \le 1]"
    assert compare(r"-2 y \max(0, 1 - y w^\top x) x", answer, symbols=symbols).verdict == verdict


def test_a_bit_is_moved_to_no_value_between() -> None:
    symbols = {"b": {"shape": [], "domain": "binary"}, "z": {"shape": []}}
    assert compare("z b", r"z b + [b = \frac12] z", symbols=symbols).verdict == "equal"
    symbols["b"] = {"shape": [], "domain": "unit"}
    assert compare("z b", r"z b + [b = \frac12] z", symbols=symbols).verdict == "different"
