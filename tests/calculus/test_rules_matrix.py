"""Derivatives through definitions, straight lines, functions of the identity: against NumPy, and where they are refused."""

import numpy as np
import pytest

from derive.calculus.affine import Letter
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import ONE, ZERO, entry
from derive.calculus.program import Definition
from derive.calculus.rules import DoesNotApply
from derive.calculus.rules_matrix import differentiate_through, identity_matrix, straight_line
from derive.calculus.trace import Relation
from derive.notation.index_language import expression, program

SHAPES = {"u": "n", "w": "n"}
MOVING = program("M[i, j] := t*u[i]*w[j] + [i = j]; D := det(M[i, j], i, j)", shapes=SHAPES)
N = {Letter("n"): 3}


def test_a_derivative_through_a_definition_is_the_slope_of_the_whole():
    rng = np.random.default_rng(0)
    arrays = {"u": rng.normal(size=3), "w": rng.normal(size=3)}
    before = Relation((entry("v"), expression("inv(M[i, j], i, j)[0, 1]", shapes={"M": "n n"})))
    after = differentiate_through({"M": MOVING.definitions[0]}, "t", entry("s"), "").apply(before)

    def inverse(t: float) -> np.ndarray:
        return np.linalg.inv(np.eye(3) + t * np.outer(arrays["u"], arrays["w"]))

    slope = (inverse(0.3 + 1e-6) - inverse(0.3 - 1e-6))[0, 1] / 2e-6
    m = np.linalg.inv(inverse(0.3))
    assert tabulate(after.result, [], {**arrays, "t": np.array(0.3), "M": m}, N) == pytest.approx(slope, rel=1e-6)


def test_a_straight_line_needs_a_second_derivative_of_zero():
    rule = straight_line(Definition("f", (), 2 + 3 * entry("t")), 3 * ONE, {}, "t", entry("c"), "")
    assert rule.apply(Relation((entry("c"), ZERO))).result == 2 + 3 * entry("t")
    for line in (Relation((entry("c"), ONE)), Relation((entry("t_bar"), ZERO))):
        with pytest.raises(DoesNotApply):
            rule.apply(line)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("det([i = j], i, j)", "1"),
        ("inv([j = i], i, j)[p, q]", "[p = q]"),
        ("matpow([i = j], i, j, 4)[p, q]", "[p = q]"),
    ],
)
def test_functions_of_the_identity(text, plain):
    frame = MOVING.definitions[0].letters
    letters = ("p", "q")
    sized = text.replace("], i, j", "], i=0..n-1, j=0..n-1")
    before = Relation((entry("y"), expression(sized, letters=(*letters, "n"))), frame=frame)
    assert identity_matrix("").apply(before).result == expression(plain, letters=letters)


@pytest.mark.parametrize(
    "text", ["det([i = j + 1], i=0..n-1, j=0..n-1)", "det(2*[i = j], i=0..n-1, j=0..n-1)", "det(M[i, j], i, j)"]
)
def test_no_other_matrix_is_taken_for_the_identity(text):
    before = Relation((entry("y"), expression(text, shapes={"M": "n n"}, letters=("n",))))
    with pytest.raises(DoesNotApply):
        identity_matrix("").apply(before)
