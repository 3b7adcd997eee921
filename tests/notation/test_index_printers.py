"""What printers write reads back to the same values, for generated expressions; and the forms that people read."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_random import FRAME, SHAPES, drawn, upto

from derive.calculus.affine import Letter
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import Expr
from derive.notation.declare import Declarations
from derive.notation.index_language import expression, program, shapes_of
from derive.notation.index_latex import to_latex
from derive.notation.index_text import program_text, to_text
from derive.notation.index_unicode import to_unicode
from derive.notation.latex import read_latex
from derive.notation.meaning import lowered
from derive.notation.style import Style

SIZED = shapes_of(SHAPES)
LATEX = {"sigma": "t", "x_bar": "c", "z1": "d", "dz1/dx": "J"}
SETTINGS = ((3, 4), (5, 2))


def logistic(z):
    return 1 / (1 + np.exp(-z))


def values(value: Expr, n: int, m: int, seed: int) -> np.ndarray:
    rng, sizes = np.random.default_rng(seed), {"n": n, "m": m}
    arrays = {k: rng.normal(size=tuple(sizes[repr(a)] for a in shape)) for k, shape in SIZED.items()}
    arrays["dz1/dx"] = rng.normal(size=(m, n))
    arrays |= {shown: arrays[name] for name, shown in LATEX.items()}
    functions = {
        "f": [np.sin, np.cos, lambda z: -np.sin(z)],
        "g": [logistic, lambda z: logistic(z) * (1 - logistic(z))],
    }
    frame = [(Letter(letter), sizes[size]) for letter, size in FRAME]
    return tabulate(value, frame, arrays, {Letter(k): v for k, v in sizes.items()}, functions=functions)


def assert_same(first: Expr, second: Expr, seed: int, text: str) -> None:
    for n, m in SETTINGS:
        a, b = values(first, n, m, seed), values(second, n, m, seed)
        scale = max(1.0, float(np.nanmax(np.abs(a), initial=0)))
        assert np.allclose(a, b, rtol=1e-9, atol=1e-9 * scale, equal_nan=True), text


@pytest.mark.parametrize("printer", [to_text, to_unicode])
@pytest.mark.parametrize("shapes", [None, SIZED])
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_text_reads_back(printer, shapes, seed: int) -> None:
    value = drawn(seed)
    text = printer(value, shapes=shapes)
    back = expression(text, shapes=SHAPES, letters=("p", "q", "n", "m"), functions=("f",))
    assert_same(value, back, seed, text)


def declarations(base: int) -> Declarations:
    symbols: dict[str, object] = {
        LATEX.get(k, k): {"shape": [repr(a) for a in shape], "latex": LATEX.get(k, k)} for k, shape in SIZED.items()
    }
    symbols |= {"J": {"shape": ["m", "n"]}, "f": {"shape": "function"}}
    symbols["g"] = {"shape": "function", "domain": "logistic", "latex": r"\sigma"}
    return Declarations.of(symbols, free_indices=dict(FRAME), index_base=base, out_of_range="zero")


@pytest.mark.parametrize("base", [0, 1])
@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6))
def test_latex_reads_back(base: int, seed: int) -> None:
    value, declared = drawn(seed, plain=True), declarations(base)
    text = to_latex(value, Style(names=LATEX, index_base=base), [upto(*b) for b in FRAME])
    assert_same(value, lowered(read_latex(text, declared), declared).body, seed, text)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("(a+b)*sum(x[i], i)", r"\left(a + b\right) \sum_{i=1}^{n} x_{i}"),
        ("p*sum(x[i], i)", r"\left(p-1\right) \sum_{i=1}^{n} x_{i}"),
        ("(a+b)/2", r"\frac{1}{2} \left(a + b\right)"),
        ("c*2 - p", r"2 c - \left(p-1\right)"),
        ("prod(x[i], i)*sum(x[j], j)", r"\left(\prod_{i=1}^{n} x_{i}\right) \sum_{j=1}^{n} x_{j}"),
        ("sum((x[i] - sum(x[j], j)/n)**2, i)/n",
         r"\frac{1}{n} \sum_{i=1}^{n} \left(x_{i} - \frac{1}{n} \sum_{j=1}^{n} x_{j}\right)^{2}"),
        ("det(A[i,j], i, j)", r"\det A"),
        ("2**n", "2^{n}"),
        ("2*2**n - x[0]*3**n", r"2 \cdot 2^{n} - 3^{n} x_{1}"),
        ("(1/2)**n*(-2)**n", r"\left(\frac{1}{2}\right)^{n} \left(-2\right)^{n}"),
    ],
)  # fmt: skip
def test_latex_keeps_what_belongs_together(text: str, latex: str) -> None:
    frame = (upto("p", "n"),)
    value = expression(text, shapes={"x": "n", "A": "n n"}, frame=frame, letters=("n",))
    assert to_latex(value, Style(), frame) == latex


PAGE = {
    "sum(X[i+u,j+v]*G[i,j], i, j)": "Σ_{i,j} X[i+u, j+v] G[i,j]",
    "sum(W[i,j]*d1_bar[i], i)*sigmoid'(z1[j])": "σ′(z₁[j]) Σ_i W[i,j] ∂L/∂d₁[i]",
    "(y[k] - 1)**2/(2*n)": "(y[k] - 1)² / (2 n)",
    "a*sum(prod(y[i], i = 1..j-1)*y[j], j = 1..n)": "a Σ_{1≤j≤n} y[j] Π_{1≤i<j} y[i]",
    "(1 - eta)**T": "(1 - η)^T",
}


@pytest.mark.parametrize("text", PAGE)
def test_the_page_form(text: str) -> None:
    shapes = {"X": "H V", "G": "h v", "W": "m n", "d1": "m", "z1": "n", "y": "n"}
    value = expression(text, shapes=shapes, letters=("T", "n"))
    assert to_unicode(value, shapes=shapes_of(shapes)) == PAGE[text]


def test_scalars_and_letters_of_one_name_stay_apart() -> None:
    value = expression("n[]*x[i]/n", shapes={"x": "n"}, letters=("n",))
    assert to_text(value) == "n[]*x[i]/n"
    assert expression(to_text(value), shapes={"x": "n"}, letters=("n",)) == value


def test_programs_read_back() -> None:
    text = "function f\nz[t,i] := sum(W[i,j]*h[t-1,j], j) + x[t,i]\nh[t,i] := f(z[t,i])"
    p = program(text)
    again = program(program_text(p), shapes=dict(p.shapes))
    assert program_text(again) == program_text(p) == text
    assert dict(again.shapes) == dict(p.shapes)


@pytest.mark.parametrize("declared", ["h_{t-1}", "h_t"])
@pytest.mark.parametrize("rank", [1, 2])
def test_an_index_joins_the_subscript_of_the_name(declared: str, rank: int) -> None:
    value = expression(["h[i]", "h[i,j]"][rank - 1])
    style = Style(names={"h": declared}, index_base=0)
    shown = to_latex(value, style)
    assert shown.count("_") == 1
    request = {
        "symbols": {"h": {"latex": declared, "shape": ["n", "m"][:rank]}, "q": {"latex": "h", "shape": []}},
        "free_indices": {"i": "n", "j": "m"},
        "index_base": 0,
    }
    known = Declarations.of_request(request)
    assert lowered(read_latex(shown, known), known).body == value


def test_a_number_in_a_subscript_is_an_index_where_the_counts_say_so() -> None:
    shapes = {"W": {"latex": "W", "shape": ["n", "m"]}, "V": {"latex": "W_1", "shape": ["n"]}}
    request = {"symbols": shapes, "free_indices": {"j": "m"}, "index_base": 0}
    known = Declarations.of_request(request)
    assert lowered(read_latex("W_{1,j}", known), known).body == expression("W[1,j]")
