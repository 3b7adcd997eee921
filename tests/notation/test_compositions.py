"""Functions after functions, arrays turned round, and calls that belong to a function."""

import pytest

from derive import compare

S = {
    "f": {"shape": "function"},
    "g": {"shape": "function"},
    "x": {},
    "z": {"shape": ["n"]},
    "Z": {"shape": ["n", "m"]},
    "m": {"shape": []},
    "s": {"domain": "positive"},
}


@pytest.mark.parametrize(
    ("reference", "answer", "expected"),
    [
        (r"f(g(x))", r"(f\circ g)(x)", "equal"),
        (r"f(g(x))", r"\left(f\circ g\right)\left(x\right)", "equal"),
        (r"f(g(x))", r"f\circ g(x)", "equal"),
        (r"f(g(x))", r"(g\circ f)(x)", "different"),
        (r"f'(g(x))g'(x)", r"(f'\circ g)(x)\cdot g'(x)", "equal"),
        (r"f'(g(x))g'(x)", r"(f'\circ g)(x)\cdot f'(x)", "different"),
        (r"f'(z)\odot g'(z)", r"f'(z)\circ g'(z)", "equal"),
        (r"f(\sigma(g(x)))", r"(f\circ\sigma\circ g)(x)", "equal"),
        (r"f(g(x))", r"f\circ g", "unreadable"),
    ],
)
def test_compositions(reference: str, answer: str, expected: str) -> None:
    assert compare(reference, answer, symbols=S).verdict == expected


@pytest.mark.parametrize(
    ("reference", "answer", "expected"),
    [
        (r"z_{n+1-i}", "z[::-1]", "equal"),
        (r"z_{i}", "z[::-1]", "different"),
        (r"z_{n+1-i}", "np.flip(z)", "equal"),
        (r"z_{n+1-i}", "z[n-1::-1]", "equal"),
        (r"z_i", "z[::1]", "equal"),
        (r"z_i", "z[::2]", "unreadable"),
        (r"z_i", "np.flip(z, 1)", "unreadable"),
    ],
)
def test_arrays_turned_round(reference: str, answer: str, expected: str) -> None:
    asked = {"symbols": S, "free_indices": {"i": "n"}, "syntax": "python"}
    assert compare(reference, answer, **asked).verdict == expected


@pytest.mark.parametrize(
    ("reference", "answer", "expected"),
    [
        (r"\sum_i z_i", "np.add.reduce(z)", "equal"),
        (r"\sum_i Z_i", "np.add.reduce(Z)", "equal"),
        (r"\sum_{i,j} Z_{ij}", "np.add.reduce(Z)", "different"),
        (r"\max_i z_i", "np.maximum.reduce(z)", "equal"),
        (r"\prod_i z_i", "np.multiply.reduce(z)", "equal"),
        (r"\Phi(x)", "scipy.stats.norm.cdf(x)", "equal"),
        (r"\Phi(\frac{x-m}{s})", "norm.cdf(x, m, s)", "equal"),
        (r"\Phi(\frac{x-m}{s})", "norm.cdf(x, m, s**2)", "different"),
        (r"\frac{1}{s\sqrt{2\pi}}e^{-\frac{(x-m)^2}{2s^2}}", "norm.pdf(x, loc=m, scale=s)", "equal"),
        (r"1-\Phi(x)", "stats.norm.sf(x)", "equal"),
    ],
)
def test_calls_that_belong_to_a_function(reference: str, answer: str, expected: str) -> None:
    assert compare(reference, answer, symbols=S, syntax="python").verdict == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(r"\pm2", "equal"), (r"x=\pm\sqrt4", "equal"), (r"\{\pm2\}", "equal"), (r"\pm3", "different"), ("±2", "equal")],
)
def test_two_signs_are_two_elements_of_a_set(answer: str, expected: str) -> None:
    assert compare(r"\{-2,2\}", answer, answer_type="set").verdict == expected
    assert compare("2", answer).verdict == "unreadable"
