"""Terms and factors stand in the order in which a textbook writes them."""

import pytest

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.derivations.catalogue import catalogue
from derive.notation.index_language import expression
from derive.notation.index_latex import to_latex
from derive.notation.relation_latex import relation_latex
from derive.notation.style import Style
from derive.render.plain import plain

GREEK = ("rho", "beta", "eta", "sigma", "mu")
STYLE = Style(names={n: rf"\{n}" for n in GREEK})
FRAME = (Bound(Letter("i"), Affine.of(0), Affine.of("n")),)
SHAPES = {**dict.fromkeys((*GREEK, "z", "w", "K", "N", "g_bar"), ""), "e": "n"}


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("e[i]*(beta - eta*rho + 1)", "(1 + β - ρ η) e_i"),
        ("z**2 + beta - z*(beta + 1)", "z² - z (1 + β) + β"),
        ("w**2 + 1", "w² + 1"),
        ("z + (beta - 1)*e[i]", "z - (1 - β) e_i"),
        ("(beta - 1)**2", "(1 - β)²"),
        ("z + (N - 1)*e[i]", "z + (N - 1) e_i"),
        ("N - K + 1", "N - K + 1"),
        ("sigma*(z**2 - 1)", "σ (z² - 1)"),
        ("log(sigma)*(1 - z)", "(1 - z) log σ"),
        ("g_bar*z/(N*mu)", "z/(N μ) ∂L/∂g"),
    ],
)
def test_the_order_is_a_textbooks(typed: str, printed: str) -> None:
    value = expression(typed, shapes=SHAPES, frame=FRAME)
    assert plain(to_latex(value, STYLE, FRAME)) == printed


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("heavy-ball-recurrence", "e_{t+1} = (1 + β - ρ η) e_t - β e_{t-1}"),
        ("heavy-ball-complex", "(1 - √β)² < ρ η < (1 + √β)²"),
        ("elbo-gap", "ELBO = log p(x) - KL"),
        ("momentum-velocity", "v_T = Σ_{t=1}^T β^{T - t} g_t"),
    ],
)
def test_a_result_reads_as_in_a_textbook(name: str, form: str) -> None:
    found = catalogue()[name]
    assert plain(relation_latex(found.result, found.page)) == form


def test_no_derivative_stands_inside_a_numerator() -> None:
    lines = {relation_latex(x.relation, d.page) for d in catalogue().values() for x in d.lines}
    assert not [x for x in lines if r"\frac{\frac{\partial L" in x]


def test_an_index_stands_before_the_size_that_bounds_it() -> None:
    lines = {relation_latex(x.relation, d.page) for d in catalogue().values() for x in d.lines}
    assert not [x for x in lines if r"[T \ge t]" in x]
    assert any(r"[t \le T]" in x for x in lines)


def test_no_index_is_written_as_an_array_is() -> None:
    """A sum's letter of its own, and one that a page would write as the length scale ℓ or as the array x."""
    style = Style(names={"l": r"\ell", "u": "x", "x": "y"}, ranks={"l": 0, "u": 1, "x": 1})
    shapes = {"l": "", "u": "n", "x": "n"}
    for letter in "lu":
        value = expression(f"l*sum(u[{letter}]*x[i], {letter})", shapes=shapes, frame=FRAME)
        assert plain(to_latex(value, style, FRAME)) == "ℓ y_i Σ_{j=1}^n x_j"
