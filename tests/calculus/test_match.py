"""Rewriting by an identity: what is found, what must not be found, and that the value stays."""

import numpy as np
import pytest

from derive.calculus.affine import Letter
from derive.calculus.canonical import same
from derive.calculus.evaluate import tabulate
from derive.calculus.match import rewrite
from derive.calculus.substitute import free_letters
from derive.notation.index_language import expression

SHAPES = {"z": "n", "p": "n", "A": "n n", "u": "n", "y": "n", "x": "m", "v": "n", "B": "n n", "W": "m n"}
SIZES = {Letter("n"): 3, Letter("m"): 4}


def text(value):
    return expression(value, shapes=SHAPES, letters=("n", "m", "i", "j", "a"))


SOFTMAX = (text("exp(z[i])/sum(exp(z[k]), k)"), text("p[i]"))
NORM = (text("sqrt(sum(v[i]**2, i))"), text("s"))
FOUND = [
    (*SOFTMAX, "exp(z[a])/sum(exp(z[b]), b)", "p[a]"),
    (*SOFTMAX, "exp(z[a])*exp(z[b])/sum(exp(z[k]), k)**2", "p[a]*p[b]"),
    (*SOFTMAX, "exp(z[a])**2/sum(exp(z[k]), k)**2", "p[a]**2"),
    (*SOFTMAX, "log(exp(z[a])/sum(exp(z[k]), k))*u[a]", "log(p[a])*u[a]"),
    (*SOFTMAX, "sum(u[a]*exp(z[a]), a)/sum(exp(z[k]), k)", "sum(u[a]*p[a], a)"),
    (*NORM, "v[a]/sqrt(sum(v[k]**2, k))", "v[a]/s"),
    (*NORM, "v[a]*sum(v[k]**2, k)**(-3/2)", "v[a]/s**3"),
    (text("sum(y[k], k)"), text("1"), "p[a]*sum(y[j], j) - y[a]", "p[a] - y[a]"),
    (text("sum(A[i,j]*u[j], j)"), text("c*u[i]"), "sum(A[a,b]*u[b]*y[a], a, b)", "c*sum(u[a]*y[a], a)"),
    (text("inv(A[i,j], i, j)[i, j]"), text("B[i,j]"), "inv(A[k,l], k, l)[2, a]*z[a]", "B[2,a]*z[a]"),
    (text("det(A[i,j], i, j)"), text("c"), "u[a]/det(A[k,l], k, l)", "u[a]/c"),
    (text("prod(z[i]*u[k], k)"), text("c*p[i]"), "y[a]*prod(z[a]*u[j], j)", "y[a]*c*p[a]"),
    (text("exp(z[i])/c"), text("p[i]"), "c/exp(z[a])", "1/p[a]"),
    (text("z[i]**(1/2)"), text("p[i]"), "z[a]**(3/2)", "p[a]**3"),
    (text("sigmoid(z[i])"), text("p[i]"), "sigmoid(z[a])*(1 - sigmoid(z[a]))", "p[a]*(1 - p[a])"),
]
MASKED = (text("[j <= i]*exp(A[i,j])/sum(exp(A[i,k]), k = 0..i)"), text("B[i,j]"))
FOUND += [
    (*MASKED, "[b <= a]*exp(A[a,b])*u[b]/sum(exp(A[a,k]), k = 0..a)", "B[a,b]*u[b]"),
    (*MASKED, "[b <= a]*exp(A[a,b])**2/sum(exp(A[a,k]), k = 0..a)**2", "B[a,b]**2"),
    (
        *MASKED,
        "[j <= i]*exp(A[i,j])*sum([k <= i]*exp(A[i,k]), k = 0..n-1)/sum(exp(A[i,k]), k = 0..i)**2",
        "B[i,j]*sum(B[i,k], k = 0..n-1)",
    ),
    (text("i*u[i]"), text("p[i]"), "a*u[a]", "p[a]"),
]
NOT_FOUND = [
    (text("sum(A[i,j]*u[j], j)"), text("c*u[i]"), "sum(A[j,j]*u[j], j)"),
    (text("sum(u[j], j)"), text("c"), "sum(u[j]*y[j], j)"),
    (text("sum(u[j], j)"), text("c"), "sum(u[j]**2, j)"),
    (text("sum(u[j], j = 0..n-2)"), text("c"), "sum(u[j], j)"),
    (text("exp(z[i])*sum(u[i]*z[k], k)"), text("c*u[i]"), "exp(z[a])*sum(u[b]*z[k], k)"),
    (text("1/n"), text("c"), "1/m"),
    (text("det(A[i,j], i, j)"), text("c"), "det(A[l,k], k, l)"),
    (text("inv(A[i,j], i, j)[i, i]"), text("z[i]"), "inv(A[k,l], k, l)[a, b]"),
    (text("prod(z[k], k)"), text("c"), "prod(z[k], k = 1..n-1)"),
    (text("z[i]**(1/2)"), text("p[i]"), "z[a]**(1/3)"),
    (text("0*c + z[i]/u[i]"), text("0"), "u[a]/z[a]"),
    (*MASKED, "[j <= i]*exp(A[a,b])/sum(exp(A[a,k]), k = 0..a)"),
    (*MASKED, "exp(A[i,j])/sum(exp(A[i,k]), k = 0..i)"),
    (text("i*u[i]"), text("p[i]"), "i*u[j]"),
    (text("sum(z[k]*u[k], k)*exp(z[i])"), text("p[i]"), "sum(z[k]*u[k]*exp(z[k]), k)"),
]


@pytest.mark.parametrize(("left", "right", "value", "wanted"), FOUND)
def test_an_instance_is_found_up_to_names_and_powers(left, right, value, wanted):
    new = rewrite(text(value), left, right)
    assert same(new, text(wanted)), new
    assert free_letters(new) <= free_letters(text(value))


@pytest.mark.parametrize(("left", "right", "value"), NOT_FOUND)
def test_what_only_looks_alike_stays(left, right, value):
    before = text(value)
    assert same(rewrite(before, left, right), before)


def test_folding_a_definition_keeps_the_value():
    rng = np.random.default_rng(0)
    z, u = rng.normal(size=3), rng.normal(size=3)
    arrays = {"z": z, "u": u, "p": np.exp(z) / np.exp(z).sum()}
    before = text("exp(z[a])*exp(z[b])/sum(exp(z[k]), k)**2 + u[a]*exp(2*z[b])")
    after = rewrite(before, *SOFTMAX)
    frame = [(Letter("a"), 3), (Letter("b"), 3)]
    assert after != before
    np.testing.assert_allclose(
        tabulate(after, frame, arrays, SIZES), tabulate(before, frame, arrays, SIZES), atol=1e-14
    )
