"""Infinite sums in closed form: geometric and exponential ones; the others are not read."""

import pytest

from derive import compare

S = {
    "p": {"domain": "unit"},
    "q": {"domain": "unit_sym"},
    "lam": {"latex": r"\lambda", "domain": "positive"},
    "x": {},
    "n": {"domain": "posint"},
}


@pytest.mark.parametrize(
    ("reference", "answer", "expected"),
    [
        (r"\frac1{1-p}", r"\sum_{k=0}^\infty p^k", "equal"),
        (r"\frac1{1-p}", r"\sum_{k=1}^\infty p^k", "different"),
        (r"\frac1{1-p}", r"\sum_{k=1}^\infty p^{k-1}", "equal"),
        (r"\frac1p", r"\sum_{k=1}^\infty kp(1-p)^{k-1}", "equal"),
        (r"\frac1p", r"\sum_{k=1}^\infty kp(1-p)^k", "different"),
        (r"\frac{2-p}{p^2}", r"\sum_{k=1}^\infty k^2p(1-p)^{k-1}", "equal"),
        (r"\frac1{1-q}", r"\sum_{k=0}^\infty q^k", "equal"),
        (r"\frac1{1+q}", r"\sum_{k=0}^\infty(-1)^kq^k", "equal"),
        (r"\frac1{1-p^2}", r"\sum_{k=0}^\infty p^{2k}", "equal"),
        (r"\frac{p^n}{1-p}", r"\sum_{k=0}^\infty p^{n+k}", "equal"),
        ("2", r"\sum_{k=0}^\infty 2^{-k}", "equal"),
        ("2", r"\sum_{k=1}^\infty \frac{k}{2^k}", "equal"),
        (r"e^x", r"\sum_{k=0}^\infty\frac{x^k}{k!}", "equal"),
        (r"e^x", r"\sum_{k=1}^\infty\frac{x^k}{k!}", "different"),
        (r"e^{-x}", r"\sum_{j=0}^\infty\frac{(-x)^j}{j!}", "equal"),
        (r"\lambda+\lambda^2", r"\sum_{k=0}^\infty k^2\frac{\lambda^ke^{-\lambda}}{k!}", "equal"),
        (r"\lambda", r"e^{-\lambda}\sum_{k=1}^\infty\frac{\lambda^k}{(k-1)!}", "equal"),
        (r"1-e^{-\lambda}(1+\lambda)", r"\sum_{k=2}^{\infty}\frac{\lambda^ke^{-\lambda}}{k!}", "equal"),
        (r"\frac1{1-x}", r"\sum_{k=0}^\infty x^k", "unreadable"),
        (r"\frac1{1-\lambda}", r"\sum_{k=0}^\infty\lambda^k", "unreadable"),
        (r"\frac1{1-2p}", r"\sum_{k=0}^\infty 2^kp^k", "unreadable"),
        (r"\frac1{1-2p}", r"\sum_{k=0}^\infty(2p)^k", "unreadable"),
        (r"\frac1{1-p}", r"\sum_{k=0}^\infty p^{-k}", "unreadable"),
        (r"\frac{\pi^2}{6}", r"\sum_{k=1}^\infty\frac1{k^2}", "unreadable"),
        (r"\frac1{1-p}", r"\sum_{k=0}^\infty p^k[k>3]", "unreadable"),
    ],
)
def test_series(reference: str, answer: str, expected: str) -> None:
    found = compare(reference, answer, symbols=S)
    assert found.verdict == expected
    if expected == "equal":
        assert compare(reference, found.reading or "", symbols=S).verdict == "equal"


def test_a_sum_in_python_reads_back() -> None:
    found = compare(r"\frac1{1-p}", "Sum(p**k, (k, 0, oo))", symbols=S, syntax="python")
    assert found.verdict == "equal"
    assert found.reading == r"\sum_{k=1}^{\infty} p^{k - 1}"
