"""The index calculus: letters, sums, brackets, recurrences and rewriting, against numpy and brute force."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

from derive.calculus.affine import Affine, Letter, fresh
from derive.calculus.atoms import Bound, Entry, Guard, Number
from derive.calculus.collapse import collapse
from derive.calculus.differentiate import derivative
from derive.calculus.evaluate import OutOfRange, Unknown, tabulate
from derive.calculus.expr import ONE, Expr, add, apply, entry, expr, multiply, power, total
from derive.calculus.gradient import gradient
from derive.calculus.match import rewrite
from derive.calculus.ranges import implied
from derive.calculus.rules import unrolled
from derive.calculus.substitute import atoms, binders, bracket, free_letters, guard, renew, replace_entries, subs
from derive.derivations import conv
from derive.notation.index_language import expression, program

RNG = np.random.default_rng(7)


def A(text: str) -> Affine:  # noqa: N802
    return Affine.of(text)


def upto(name: str, size: Affine | int | str) -> Bound:
    return Bound(Letter(name), Affine.of(0), Affine.of(size))


def value(e: Expr, arrays: Mapping[str, Any] | None = None, **letters: int) -> float:
    """A number: every free letter given."""
    return float(tabulate(e, [], arrays or {}, {Letter(k): v for k, v in letters.items()}))


def guards(e: Expr) -> set[Affine]:
    return {a.nonneg for a in atoms(e) if isinstance(a, Guard)}


# --- letters and substitution ---------------------------------------------------------------------------------------


def test_affine_values_have_one_normal_form() -> None:
    assert 2 * A("i") + A("u") - 1 == A("u") - 1 + A("i") + A("i")
    assert (A("i") + 1) * (A("i") - 1) == A("i") * A("i") - 1
    assert (A("i") - A("i")).constant == 0
    assert A("s") * A("i") + 3 == (A("s") * A("i") + 3).subs({Letter("z"): A("i")})


def test_affine_values_agree_with_integers() -> None:
    a = 3 * A("i") * A("s") - 2 * A("j") + 5
    for i, s, j in product(range(-2, 3), repeat=3):
        assert a.at({Letter("i"): i, Letter("s"): s, Letter("j"): j}) == 3 * i * s - 2 * j + 5


def test_split_gives_slope_and_rest_or_nothing() -> None:
    assert (A("s") * A("i") + A("j")).split(Letter("i")) == (A("s"), A("j"))
    assert (A("i") * A("i")).split(Letter("i")) is None
    assert A("j").split(Letter("i")) == (Affine.of(0), A("j"))


def test_putting_a_letter_under_a_sum_over_it_does_not_capture() -> None:
    row_sum = total(entry("M", "i", "j"), upto("j", 3))
    put = subs(row_sum, {Letter("i"): A("j")})
    matrix = RNG.normal(size=(3, 3))
    for j in range(3):
        assert value(put, {"M": matrix}, j=j) == pytest.approx(matrix[j].sum())
    assert free_letters(put) == {Letter("j")}


def test_a_bound_letter_is_not_put_in() -> None:
    row_sum = total(entry("x", "j"), upto("j", 3))
    assert subs(row_sum, {Letter("j"): Affine.of(0)}) == row_sum


def test_a_range_that_hangs_on_a_free_letter_moves_with_it() -> None:
    prefix = total(entry("x", "j"), Bound(Letter("j"), Affine.of(0), A("i") + 1))
    x = RNG.normal(size=5)
    moved = subs(prefix, {Letter("i"): A("i") + 1})
    for i in range(4):
        assert value(moved, {"x": x}, i=i) == pytest.approx(x[: i + 2].sum())


def test_the_product_of_a_sum_with_itself_renames_its_letter() -> None:
    x = RNG.normal(size=4)
    s = total(entry("x", "j"), upto("j", 4))
    for square in (s * s, power(s, 2), multiply((s, s))):
        assert value(square, {"x": x}) == pytest.approx(x.sum() ** 2)
    assert value(s * s * s, {"x": x}) == pytest.approx(x.sum() ** 3)
    letters = binders(s * s)
    assert len(set(letters)) == len(letters)


def test_sums_that_a_user_wrote_with_the_same_letter_are_independent() -> None:
    x, y = RNG.normal(size=4), RNG.normal(size=4)
    both = expression("sum(x[i], i)*sum(y[i], i)", shapes={"x": "n", "y": "n"})
    assert value(both, {"x": x, "y": y}, n=4) == pytest.approx(x.sum() * y.sum())


def test_a_sum_times_a_free_entry_with_its_letter() -> None:
    x, y = RNG.normal(size=4), RNG.normal(size=4)
    product_ = entry("y", "j") * total(entry("x", "j"), upto("j", 4))
    for j in range(4):
        assert value(product_, {"x": x, "y": y}, j=j) == pytest.approx(y[j] * x.sum())


def test_renewing_changes_letters_and_no_value() -> None:
    e = expression("sum(x[i]*sum(x[j], j), i)", shapes={"x": "n"})
    again = renew(e)
    assert set(binders(e)).isdisjoint(binders(again))
    x = RNG.normal(size=3)
    assert value(again, {"x": x}, n=3) == pytest.approx(value(e, {"x": x}, n=3))


def test_putting_a_sum_in_twice_keeps_the_two_apart() -> None:
    mean = total(entry("x", "j"), upto("j", 3))
    squared = replace_entries(entry("m") * entry("m"), lambda e: mean if e.name == "m" else None)
    x = RNG.normal(size=3)
    assert value(squared, {"x": x}) == pytest.approx(x.sum() ** 2)


def test_equal_terms_merge_and_opposite_ones_vanish() -> None:
    x, y = entry("x"), entry("y")
    assert x + y - x == y
    assert (x - x).terms == ()
    assert (x * y) == add((x * y * Fraction(1, 2), x * y * Fraction(1, 2)))
    assert x / x == ONE
    assert len((x * (x + y)).terms) == 1, "a product stays a product"


# --- a function's argument is a scope -------------------------------------------------------------------------------


def test_a_sum_inside_a_function_stays_inside() -> None:
    x = RNG.normal(size=4)
    e = total(apply("exp", total(entry("x", "j"), upto("j", 4)) * entry("x", "i")), upto("i", 4))
    assert value(e, {"x": x}) == pytest.approx(np.exp(x.sum() * x).sum())
    (term,) = e.terms
    assert len(term.bounds) == 1, "the inner sum belongs to the argument"


def test_a_sum_outside_does_not_reach_into_an_argument_with_its_letter() -> None:
    inner = total(entry("x", "j"), upto("j", 4))
    e = total(entry("y", "j") * apply("sigmoid", inner), upto("j", 4))
    x, y = RNG.normal(size=4), RNG.normal(size=4)
    assert value(e, {"x": x, "y": y}) == pytest.approx(y.sum() / (1 + np.exp(-x.sum())))


def test_the_derivative_goes_through_an_argument() -> None:
    e = apply("exp", total(entry("x", "j") * entry("w", "j"), upto("j", 3)))
    slope = collapse(derivative(e, "x", (A("q"),)), (upto("q", 3),))
    x, w = RNG.normal(size=3), RNG.normal(size=3)
    for q in range(3):
        assert value(slope, {"x": x, "w": w}, q=q) == pytest.approx(np.exp(x @ w) * w[q])


@pytest.mark.parametrize(
    "name", ["exp", "log", "sin", "cos", "tan", "tanh", "sigmoid", "softplus", "arctan", "sinh", "cosh"]
)
def test_each_function_has_the_slope_of_a_difference(name: str) -> None:
    slope = derivative(apply(name, entry("x")), "x", ())
    for x in (0.3, 0.7, 1.2):
        h = 1e-5
        ends = [value(apply(name, entry("x")), {"x": np.array(x + d)}) for d in (h, -h)]
        assert value(slope, {"x": np.array(x)}) == pytest.approx((ends[0] - ends[1]) / (2 * h), rel=1e-7)


# --- brackets, guards, collapse -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("less", "exponent", "right"), [(0, -1, np.inf), (0, Fraction(-1, 2), np.inf), (2, Fraction(1, 2), np.nan)]
)
def test_a_power_of_a_plain_number_is_that_of_a_float(less: int, exponent: Fraction, right: float) -> None:
    """A sum of nothing is Python's 0.0, which raises where it divides and has complex roots."""
    base = total(entry("x", "i"), upto("i", 0)) - less
    assert value(power(base, exponent)) == pytest.approx(right, nan_ok=True)


def test_brackets_and_guards_decide_themselves_where_they_can() -> None:
    assert bracket(Affine.of(0)) == ONE
    assert bracket(Affine.of(3)).terms == ()
    assert guard(Affine.of(0)) == ONE
    assert guard(Affine.of(-1)).terms == ()
    assert bracket(A("i") - A("j")) == bracket(A("j") - A("i"))
    assert bracket(A("i")) * bracket(A("i")) == bracket(A("i"))


def test_collapse_drops_the_guards_that_the_frame_implies() -> None:
    e = total(entry("x", "i") * bracket(A("i") - A("q")), upto("i", "n"))
    assert collapse(e, (upto("q", "n"),)) == entry("x", "q")


def test_collapse_keeps_the_guards_that_nothing_implies() -> None:
    e = total(entry("x", "i") * bracket(A("i") - A("q") - 1), upto("i", "n"))
    done = collapse(e, (upto("q", "n"),))
    assert guards(done) == {A("n") - A("q") - 2}, "q + 1 >= 0 is plain, q + 1 < n is not"
    x = RNG.normal(size=4)
    got = tabulate(done, [(Letter("q"), 4)], {"x": x}, {Letter("n"): 4}, strict=None)
    assert got == pytest.approx([*x[1:], 0.0])


def test_collapse_without_a_frame_keeps_what_is_not_certain() -> None:
    e = total(entry("x", "i") * bracket(A("i") - A("q")), upto("i", "n"))
    assert A("n") - 1 - A("q") in guards(collapse(e))


def test_collapse_uses_a_fact() -> None:
    e = total(entry("x", "i") * bracket(A("i") - A("K") + 1), upto("i", "N"))
    fact = A("N") - A("K")
    assert fact in guards(collapse(e))
    assert fact not in guards(collapse(e, (), (fact,)))


def test_collapse_does_not_divide_by_a_stride() -> None:
    e = total(entry("x", "i") * bracket(2 * A("i") - A("q")), upto("i", 3))
    done = collapse(e, (upto("q", 6),))
    x = RNG.normal(size=3)
    got = tabulate(done, [(Letter("q"), 6)], {"x": x})
    assert got == pytest.approx([x[0], 0, x[1], 0, x[2], 0])


@pytest.mark.parametrize("text", ["x[i+u]*w[u]", "x[i+u]*x[i+u]*w[u]", "w[u]*exp(x[i+u])"])
def test_collapse_keeps_the_value_of_random_sums_of_brackets(text: str) -> None:
    body = expression(text, shapes={"x": "N", "w": "K"}, frame=(upto("i", 4), upto("u", 3)))
    raw = total(body * bracket(A("i") + A("u") - A("q")), upto("i", 4), upto("u", 3))
    arrays = {"x": RNG.normal(size=6), "w": RNG.normal(size=3)}
    frame = [(Letter("q"), 6)]
    done = collapse(raw, (upto("q", 6),))
    assert len(binders(done)) < len(binders(raw))
    assert tabulate(done, frame, arrays) == pytest.approx(tabulate(raw, frame, arrays))


def test_collapse_with_a_range_that_hangs_on_the_letter() -> None:
    inner = Bound(Letter("j"), Affine.of(0), A("i") + 1)
    raw = total(entry("g", "i") * bracket(A("j") - A("q")), upto("i", 5), inner)
    g = RNG.normal(size=5)
    done = collapse(raw, (upto("q", 5),))
    got = tabulate(done, [(Letter("q"), 5)], {"g": g})
    assert got == pytest.approx(g[::-1].cumsum()[::-1]), "g counts where i >= q, and nowhere else"


# --- what ranges imply ----------------------------------------------------------------------------------------------


def test_implied_is_sound_by_brute_force() -> None:
    """Wherever `implied` says so, the value is not negative for every i < n and j <= i, with n and k from 1 on."""
    ranges = {Letter("i"): (Affine.of(0), A("n")), Letter("j"): (Affine.of(0), A("i") + 1)}
    claimed = 0
    for a, b, c, d, e in product((-2, -1, 0, 1, 2), (-1, 0, 1), (-1, 0, 1, 2), (-1, 0, 1), (-2, -1, 0, 1)):
        nonneg = a * A("i") + b * A("j") + c * A("n") + d * A("k") + e
        if not implied(nonneg, ranges):
            continue
        claimed += 1
        for n, k in product(range(1, 5), range(1, 5)):
            places = [(i, j) for i in range(n) for j in range(i + 1)]
            assert all(a * i + b * j + c * n + d * k + e >= 0 for i, j in places), (nonneg, n, k)
    assert claimed > 50, "a rule that never says yes is sound and useless"


def test_implied_with_a_fact_is_sound_by_brute_force() -> None:
    ranges = {Letter("i"): (Affine.of(0), A("N") - A("K") + 1), Letter("u"): (Affine.of(0), A("K"))}
    fact = A("N") - A("K")
    assert implied(A("N") - 1 - A("i") - A("u"), ranges, (fact,))
    claimed = 0
    for a, b, c, d, e in product((-1, 0, 1), (-1, 0, 1), (-1, 0, 1, 2), (-2, -1, 0, 1), (-1, 0, 1)):
        nonneg = a * A("i") + b * A("u") + c * A("N") + d * A("K") + e
        if implied(nonneg, ranges, (fact,)):
            claimed += 1
            for k, extra in product(range(1, 5), range(3)):
                places = product(range(extra + 1), range(k))
                assert all(a * i + b * u + c * (k + extra) + d * k + e >= 0 for i, u in places), (nonneg, k, extra)
    assert claimed > 20


def test_implied_does_not_say_yes_where_a_place_fails() -> None:
    i_below_n = {Letter("i"): (Affine.of(0), A("n"))}
    assert implied(A("n") - 1 - A("i"), i_below_n)
    assert not implied(A("n") - 2 - A("i"), i_below_n)
    assert not implied(A("i") - 1, i_below_n)
    assert not implied(A("N") - A("K"), {})


# --- gradients at the boundaries ------------------------------------------------------------------------------------


def correlate_2d(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    rows, columns = (a - b + 1 for a, b in zip(x.shape, w.shape, strict=True))
    return np.array(
        [[(w * x[i : i + w.shape[0], j : j + w.shape[1]]).sum() for j in range(columns)] for i in range(rows)]
    )


@pytest.mark.parametrize(("n", "k"), [(1, 1), (5, 1), (5, 5), (2, 2), (6, 3), (7, 6)])
def test_conv_gradients_in_one_dimension_at_every_boundary(n: int, k: int) -> None:
    x, w, g = RNG.normal(size=n), RNG.normal(size=k), RNG.normal(size=n - k + 1)
    arrays, dims = {"x": x, "w": w, "y_bar": g}, {Letter("N"): n, Letter("K"): k}
    taps = tabulate(conv.filter_gradient_1d.result.result, [(Letter("u"), k)], arrays, dims)
    assert taps == pytest.approx(np.correlate(x, g, "valid"))
    samples = tabulate(conv.input_gradient_1d.result.result, [(Letter("n"), n)], arrays, dims)
    assert samples == pytest.approx(np.convolve(g, w, "full"))


@pytest.mark.parametrize(("h", "w", "k", "m"), [(1, 1, 1, 1), (4, 3, 4, 3), (4, 3, 1, 1), (5, 4, 2, 4), (5, 6, 3, 2)])
def test_conv_gradients_in_two_dimensions_at_every_boundary(h: int, w: int, k: int, m: int) -> None:
    X, F = RNG.normal(size=(h, w)), RNG.normal(size=(k, m))  # noqa: N806
    G = RNG.normal(size=(h - k + 1, w - m + 1))  # noqa: N806
    arrays = {"X": X, "F": F, "O_bar": G}
    dims = {Letter(x): v for x, v in zip("HWKM", (h, w, k, m), strict=True)}
    weights = tabulate(conv.filter_gradient_2d.result.result, [(Letter("u"), k), (Letter("v"), m)], arrays, dims)
    assert weights == pytest.approx(correlate_2d(X, G))
    padded = np.pad(G, ((k - 1, k - 1), (m - 1, m - 1)))
    pixels = tabulate(conv.input_gradient_2d.result.result, [(Letter("a"), h), (Letter("b"), w)], arrays, dims)
    assert pixels == pytest.approx(correlate_2d(padded, F[::-1, ::-1]))


def test_a_guard_of_an_index_is_no_fact_about_a_dimension() -> None:
    """``y_i = z_i Σ_{j=1}^{i} x_j²`` leaves x₀ out: the condition ``q >= 1`` must stay in its gradient."""
    p = program("y[i] := sum(z[i]*x[j]**2, j = 1..i)", shapes={"x": "n", "z": "n"})
    result = gradient(p, "x", ("q",))[-1].relation.result
    x, z, g = RNG.normal(size=(3, 4))
    got = tabulate(result, [(Letter("q"), 4)], {"x": x, "z": z, "y_bar": g}, {Letter("n"): 4})
    expected = 2 * x * (z * g)[::-1].cumsum()[::-1]
    assert got == pytest.approx([0, *expected[1:]])


def test_a_use_of_an_array_in_two_definitions_counts_twice() -> None:
    p = program("a[i] := x[i]*x[i]\nL := sum(a[i]*x[i], i)", shapes={"x": "n"})
    result = gradient(p, "x")[-1].relation
    x = RNG.normal(size=4)
    arrays = {"x": x, "a": x * x, "a_bar": x}
    got = tabulate(result.result, [(b.letter, 4) for b in result.frame], arrays, {Letter("n"): 4})
    assert got == pytest.approx(3 * x**2)


def test_reverse_mode_refuses_what_does_not_matter() -> None:
    p = program("a[i] := x[i]*z[i]\nL := sum(x[i], i)", shapes={"x": "n", "z": "n"})
    with pytest.raises(KeyError, match="does not depend"):
        gradient(p, "z")
    with pytest.raises(KeyError, match="no array"):
        gradient(p, "nothing")


# --- recurrences ----------------------------------------------------------------------------------------------------

RECURRENCES = {
    "varying": ("a[t]", "b[t]"),
    "constant slope": ("c", "b[t]"),
    "no rest": ("a[t]", "0"),
    "both constant": ("c", "d"),
    "a sum only": ("1", "b[t]"),
    "the index itself": ("c", "t*b[t]"),
}


def recurrence(name: str) -> tuple[Expr, Expr]:
    texts = RECURRENCES[name]
    slope, rest = (expression(text, shapes={"a": "T+1", "b": "T+1"}, frame=(upto("t", A("T") + 1),)) for text in texts)
    return slope, rest


@pytest.mark.parametrize("name", RECURRENCES)
@pytest.mark.parametrize("steps", [0, 1, 2, 5])
def test_the_unroll_lemma_satisfies_its_recurrence(name: str, steps: int) -> None:
    slope, rest = recurrence(name)
    arrays = {"a": RNG.normal(size=8), "b": RNG.normal(size=8), "c": np.array(0.7), "d": np.array(-1.3)}
    arrays["v"] = np.array([2.5])
    expected = 2.5
    for t in range(1, steps + 1):
        expected = value(slope, arrays, t=t) * expected + value(rest, arrays, t=t)
    closed = unrolled(slope, rest, Letter("t"), A("T"), entry("v", 0))
    assert value(closed, arrays, T=steps) == pytest.approx(expected)


# --- rewriting ------------------------------------------------------------------------------------------------------

EIGENVECTOR = total(entry("A", "i", "j") * entry("u", "j"), upto("j", "n")), entry("eta") * entry("u", "i")


def test_rewrite_finds_the_pattern_whatever_its_letters_are_called() -> None:
    target = total(entry("u", "k") * entry("A", "p", "k") * entry("z", "p"), upto("k", "n"))
    assert rewrite(target, *EIGENVECTOR) == multiply((entry("z", "p"), entry("eta"), entry("u", "p")))


def test_rewrite_leaves_a_sum_alone_whose_letter_occurs_elsewhere() -> None:
    target = total(entry("A", "p", "k") * entry("u", "k") * entry("z", "k"), upto("k", "n"))
    assert rewrite(target, *EIGENVECTOR) == target


def test_rewrite_leaves_another_range_alone() -> None:
    target = total(entry("A", "p", "k") * entry("u", "k"), upto("k", A("n") - 1))
    assert rewrite(target, *EIGENVECTOR) == target


def test_rewrite_leaves_a_free_letter_alone() -> None:
    target = entry("A", "p", "k") * entry("u", "k")
    assert rewrite(target, *EIGENVECTOR) == target


def test_rewrite_leaves_the_other_axis_alone() -> None:
    target = total(entry("A", "k", "p") * entry("u", "k"), upto("k", "n"))
    assert rewrite(target, *EIGENVECTOR) == target


def test_rewrite_does_not_use_the_letter_of_an_inner_range() -> None:
    """``Σ_k A[p,k] u[k] Σ_{l<k} z[l]`` is no eigenvector's sum: the inner range hangs on k."""
    inner = Bound(Letter("l"), Affine.of(0), A("k"))
    target = total(entry("A", "p", "k") * entry("u", "k") * entry("z", "l"), upto("k", "n"), inner)
    assert rewrite(target, *EIGENVECTOR) == target


# --- evaluation -----------------------------------------------------------------------------------------------------


def test_outside_an_array_reads_as_zero() -> None:
    x = np.array([1.0, 2.0, 3.0])
    got = tabulate(entry("x", A("i") - 1), [(Letter("i"), 5)], {"x": x})
    assert got == pytest.approx([0, 1, 2, 3, 0])


@pytest.mark.parametrize("strict", [frozenset({"x"}), None])
def test_outside_an_array_is_an_error_where_that_is_asked(strict: frozenset[str] | None) -> None:
    with pytest.raises(OutOfRange, match=r"x\[-1\]"):
        tabulate(entry("x", A("i") - 1), [(Letter("i"), 3)], {"x": np.ones(3)}, strict=strict)


def test_strictness_of_one_name_leaves_the_others() -> None:
    arrays = {"x": np.ones(3), "y": np.ones(3)}
    e = entry("x", "i") + entry("y", A("i") + 1)
    got = tabulate(e, [(Letter("i"), 3)], arrays, strict=frozenset({"x"}))
    assert got == pytest.approx([2, 2, 1])


def test_a_guard_makes_a_strict_read_fine() -> None:
    e = entry("x", A("i") - 1) * guard(A("i") - 1)
    got = tabulate(e, [(Letter("i"), 3)], {"x": np.array([1.0, 2.0, 3.0])}, strict=None)
    assert got == pytest.approx([0, 1, 2])


def test_an_empty_sum_is_zero_and_an_empty_product_is_one() -> None:
    nothing = Bound(Letter("i"), Affine.of(2), Affine.of(2))
    assert value(total(entry("x", "i"), nothing), {"x": np.ones(3)}) == 0
    assert value(expression("prod(x[i], i = 1..m)", shapes={"x": "n"}), {"x": np.full(3, 2.0)}, m=0, n=3) == 1


def test_a_range_that_ends_before_it_starts_is_empty_for_those_letters_only() -> None:
    triangle = total(expr(1), Bound(fresh("j"), Affine.of(0), A("i") - 1))
    got = tabulate(triangle, [(Letter("i"), 5)], {})
    assert got == pytest.approx([0, 0, 1, 2, 3])


def test_a_name_or_a_letter_without_a_value_is_told() -> None:
    with pytest.raises(Unknown, match="y"):
        value(entry("y"))
    with pytest.raises(Unknown, match="k"):
        value(entry("x", "k"), {"x": np.ones(2)})


def test_an_index_counts_as_a_number() -> None:
    e = total(expr(Number(A("i"))) * entry("x", "i"), upto("i", 4))
    x = RNG.normal(size=4)
    assert value(e, {"x": x}) == pytest.approx((np.arange(4) * x).sum())


def test_the_frame_orders_the_axes() -> None:
    m = RNG.normal(size=(2, 3))
    got = tabulate(expr(Entry("M", (A("i"), A("j")))), [(Letter("j"), 3), (Letter("i"), 2)], {"M": m})
    assert got == pytest.approx(m.T)
