"""Steps of a proof that rewrite sums, roots, inverses and signs: what they prove is true, also of false neighbours."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import compare
from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Cases, Compare
from derive.calculus.expr import ONE, Expr, apply, entry, expr, power, total
from derive.grading.decide import sampler_of
from derive.grading.feasible import contradictory
from derive.grading.marks import marked
from derive.grading.posed import space_of
from derive.grading.prepare import prepared
from derive.grading.proof import proof
from derive.grading.rational import GENERATORS
from derive.grading.reading import read_formula
from derive.notation.declare import Declarations
from tests.grading.helpers import over, space, symbol

UNIT = space(symbol("b", domain="unit"), symbol("n", domain="dimension"))
REAL = space(symbol("r"), symbol("d", domain="positive"), symbol("u", domain="unit"))
POINTS = [Fraction(k, 3) for k in range(-9, 10)]


def _steps(value: Affine) -> Expr:
    return power(entry("b"), expr(value))


@settings(max_examples=25, deadline=None)
@given(st.integers(-2, 2), st.integers(-1, 2), st.integers(0, 2), st.integers(-1, 1), st.integers(-1, 1), st.booleans())
def test_a_geometric_sum_is_its_closed_form_and_nothing_else(
    slope: int, offset: int, low: int, late: int, more: int, empty: bool
) -> None:
    k = over("k", "n", low)
    k = type(k)(k.letter, k.low, Affine.of("n") + (low if not empty else 0))
    summed = total(_steps(slope * Affine.of("k") + offset), k)
    length = Affine.of("n") + more
    claim = _steps(Affine.of(slope * low + offset + late)) * length_of(slope, length)

    def truth(b: Fraction, n: int) -> bool:
        high = n + (low if not empty else 0)
        left = sum((b ** (slope * i + offset) for i in range(low, high)), Fraction(0))
        right = b ** (slope * low + offset + late) * sum((b ** (slope * i) for i in range(n + more)), Fraction(0))
        return left == right

    if proof(summed, claim, (), UNIT, ("n",)) is not None:
        assert all(truth(Fraction(1, q), n) for q in (2, 3) for n in range(1, 5))
    elif not (late or more or empty):
        assert slope == 0, "a true one is proved"


def length_of(slope: int, length: Affine) -> Expr:
    """``Σ_{i < length} b^(slope i)`` in closed form, where the length is not negative."""
    if not slope:
        return expr(length)
    return (ONE - _steps(slope * length)) / (ONE - _steps(Affine.of(slope)))


LEAVES = {
    "r": (entry("r"), lambda r, d, u: r),
    "d": (entry("d"), lambda r, d, u: d),
    "-d": (-entry("d"), lambda r, d, u: -d),
    "ur": (entry("u") * entry("r"), lambda r, d, u: u * r),
    "1-u": (1 - entry("u"), lambda r, d, u: 1 - u),
    "0": (expr(0), lambda r, d, u: Fraction(0)),
}


def _joined(a: tuple, b: tuple, how: str) -> tuple:
    (f, p), (g, q) = a, b
    match how:
        case "max" | "min":
            pick = max if how == "max" else min
            return apply(how, f, g), lambda *v: pick(p(*v), q(*v))
        case "abs":
            return apply("abs", f - g), lambda *v: abs(p(*v) - q(*v))
    return f + g, lambda *v: p(*v) + q(*v)


PIECES = st.recursive(
    st.sampled_from(sorted(LEAVES)).map(LEAVES.get),
    lambda inner: st.tuples(inner, inner, st.sampled_from(["max", "min", "abs", "+"])).map(lambda t: _joined(*t)),
    max_leaves=4,
)
GRID = [(r, d, u) for r in POINTS for d in (Fraction(1, 2), Fraction(2)) for u in (Fraction(1, 4), Fraction(3, 4))]


@settings(max_examples=100, deadline=None)
@given(PIECES, PIECES)
def test_signs_prove_only_what_holds_everywhere(a: tuple, b: tuple) -> None:
    """Bends at every sign of each factor: what is proved agrees on a grid that meets all of their regions."""
    if proof(a[0], b[0], (), REAL, ()) is not None:
        assert all(a[1](*v) == b[1](*v) for v in GRID)


CLIP = apply("max", -entry("d"), apply("min", entry("d"), entry("r")))


def test_a_clip_is_half_a_difference_of_sizes() -> None:
    r, d = entry("r"), entry("d")
    sizes = (apply("abs", r + d) - apply("abs", r - d)) / 2
    assert proof(CLIP, sizes, (), REAL, ()) is not None
    assert proof(CLIP, sizes + d * 0 + apply("max", 0, r - 3 * d), (), REAL, ()) is None
    assert proof(apply("max", r, entry("u") * r), apply("max", r, 2 * entry("u") * r), (), REAL, ()) is None


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(-2, 2), st.integers(-2, 2)), min_size=1, max_size=4))
def test_what_contradicts_itself_holds_nowhere(rows: list[tuple[int, int, int]]) -> None:
    x, y, z = GENERATORS[:3]
    polys = [a * x + b * y + c * z for a, b, c in rows if (a, b, c) != (0, 0, 0)]
    if polys and contradictory(polys, {2}):
        inside = [(p, q, s) for p in range(-4, 5) for q in range(-4, 5) for s in range(0, 5)]
        wanted = [r for r in rows if r != (0, 0, 0)]
        assert not any(all(a * p + b * q + c * s > 0 for a, b, c in wanted) for p, q, s in inside)


X = {"x": {"shape": ["n"]}, "y": {"shape": ["n"]}, "w": {"shape": ["n"], "domain": "positive"}}
S = {"S": {"shape": ["n", "n"], "domain": "spd"}, "A": {"shape": ["n", "n"], "domain": "invertible"}}
S |= {"l": {"domain": "positive"}, "x": {"shape": ["n"]}, "y": {"shape": ["n"]}, "n": {"domain": "dimension"}}
B = {"b": {"domain": "unit"}, "x": {}, "k": {"domain": "posint"}, "n": {"domain": "posint"}, "s": {"shape": ["n"]}}
PROVED = [
    (r"\|x\odot y\|^2", r"\sum_i x_i^2y_i^2", X),
    (r"\frac{y}{\|x\|}", r"\frac{\|x\|\,y}{x^\top x}", X),
    (r"x^\top(S+lI)^{-1}y", r"y^\top(lI+S)^{-1}x", S),
    (r"(S+lI)^{-1}", r"\frac1l\left(I+\frac1lS\right)^{-1}", S),
    (r"\log\det(2\pi S)", r"n\log(2\pi)-\log\det S^{-1}", S),
    (r"\frac{1-b^n}{1-b}", r"\sum_{i=1}^{n}b^{n-i}", B),
    (r"\log\left(\frac1n\sum_i e^{s_i}\right)", r"\log\sum_i e^{s_i}-\log n", B),
]
NOT_PROVED = [
    (r"\|x\odot y\|^2", r"\sum_i x_i^2y_i", X),
    (r"\sum_i\sum_j w_ix_ix_j", r"\left(\sqrt{\sum_i\sum_j w_ix_ix_j}\right)^2", X),
    (r"x^\top y", r"\left(\sqrt{x^\top y}\right)^2", X),
    (r"x^\top A^{-1}y", r"y^\top A^{-1}x", S),
    (r"(S+lI)^{-1}", r"\left(I+\frac1lS\right)^{-1}", S),
    (r"(A+lI)^{-1}", r"(A^\top+lI)^{-1}", S),
    (r"\log\det(2\pi S)", r"\log(2\pi)+\log\det S", S),
    (r"\det(-S)", r"-\det S", S),
    (r"\frac{1-b^n}{1-b}", r"\sum_{i=0}^{n}b^{n-i}", B),
    (r"\frac{1-b^{n-k}}{1-b}", r"\sum_{i=1}^{n-k}b^{i-1}", B),
    (r"\frac{1-b^{n-3}}{1-b}", r"\sum_{i=1}^{n-3}b^{i-1}", B),
    (r"\log\left(\frac1n\sum_i e^{s_i}\right)", r"\frac1n\log\sum_i e^{s_i}", B),
]


@pytest.mark.parametrize(("reference", "answer", "symbols"), PROVED)
def test_true_ones_are_proved(reference: str, answer: str, symbols: dict) -> None:
    assert dict(compare(reference, answer, symbols=symbols).evidence)["kind"] == "proved"


@pytest.mark.parametrize(("reference", "answer", "symbols"), NOT_PROVED)
def test_false_neighbours_are_not(reference: str, answer: str, symbols: dict) -> None:
    assert _proved(reference, answer, symbols) is None
    assert _proved(reference, reference, symbols) is not None


def _proved(reference: str, answer: str, symbols: dict) -> str | None:
    """What a proof finds that is not told by points first."""
    declared = Declarations.of(symbols)
    left, right = (read_formula(t, "latex", declared) for t in (reference, answer))
    where = space_of(declared, [], None)
    bodies = [prepared(f.body, where) for f in (left, right)]
    sizes = sampler_of(*bodies, (left.shape, right.shape), left.frame, where).search().sizes
    return proof(*bodies, left.frame, where, sizes)


def test_a_proof_does_not_hang_on_what_was_compared_before() -> None:
    symbols = {"P": {"shape": ["n", "n"], "domain": "spd"}, "R": {"shape": ["m", "m"], "domain": "spd"}}
    symbols["H"] = {"shape": ["m", "n"]}
    first = r"PH^\top(HPH^\top+R)^{-1}"
    for before in (r"(P^{-1}+H^\top R^{-1}H)^{-1}H^\top R^{-1}", r"PH^\top R^{-1}", first):
        compare(first, before, symbols=symbols)
        again = compare(first, r"P H^{T}\left(R+H P H^{T}\right)^{-1}", symbols=symbols)
        assert dict(again.evidence)["kind"] == "proved"


@pytest.mark.parametrize(
    ("reference", "answer", "verdict"),
    [
        (r"q_j(\delta_{ij}-p_i)", r"\begin{cases}q_i(1-p_i)&i=j\\-p_iq_j&i\ne j\end{cases}", "proved"),
        (r"q_j(\delta_{ij}-p_i)", r"\begin{cases}q_i(1-p_i)&i=j\\-p_iq_j&\text{otherwise}\end{cases}", "proved"),
        (r"\sum_{k=1}^ip_kq_j", r"\sum_kp_kq_j\mathbb{1}[k\le i]", "proved"),
        (r"\sum_{k=1}^ip_kq_j", r"\sum_kp_kq_j\mathbb{1}[k<i]", "witness"),
        (r"q_j(\delta_{ij}-p_i)", r"\begin{cases}q_i(1-p_i)&i\le j\\-p_iq_j&i>j\end{cases}", "witness"),
        (r"q_j(\delta_{ij}-p_i)", r"\begin{cases}q_i(1-p_i)&i=j\\p_iq_j&i\ne j\end{cases}", "witness"),
    ],
)
def test_choices_between_indices_are_proved(reference, answer, verdict):
    symbols = {"p": {"shape": ["n"]}, "q": {"shape": ["n"]}, "delta": {"shape": ["n", "n"], "domain": "kronecker"}}
    found = compare(reference, answer, symbols=symbols, free_indices={"i": "n", "j": "n"})
    assert found.evidence["kind"] == verdict


def test_a_choice_stays_where_a_branch_may_have_no_value():
    i, j = (expr(Letter(x)) for x in "ij")
    apart = Compare("!=", i, j)
    choice = expr(Cases(((apart, 1 / (i - j)),), ONE))
    assert marked(choice) == choice
    assert marked(expr(Cases(((apart, i),), None))) == expr(Cases(((apart, i),), None))
    assert marked(expr(Cases(((apart, i),), ONE))) != expr(Cases(((apart, i),), ONE))
