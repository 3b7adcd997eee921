"""Matrix identities with inverses: what is true is proved, what is not never is, and words are what NumPy multiplies."""

from random import Random

import numpy as np
import pytest

from derive import compare
from derive.grading.noncommutative import Inverse, Matrix, Sum, turned, turned_sum, vanishes
from derive.grading.rational import GiveUp, rational

SYMBOLS = {
    "A": {"shape": ["n", "n"], "domain": "spd"}, "B": {"shape": ["n", "n"], "domain": "invertible"},
    "M": {"shape": ["n", "n"]}, "C": {"shape": ["k", "k"], "domain": "spd"}, "U": {"shape": ["n", "k"]},
    "V": {"shape": ["n", "k"]}, "u": {"shape": ["n"]}, "v": {"shape": ["n"]}, "w": {"shape": ["k"]},
    "c": {"domain": "positive"},
}  # fmt: skip
TRUE = [
    (r"(A+UCU^\top)^{-1}", r"A^{-1}-A^{-1}U(C^{-1}+U^\top A^{-1}U)^{-1}U^\top A^{-1}"),
    (r"U^\top(UU^\top+cI)^{-1}", r"(U^\top U+c I_k)^{-1}U^\top"),
    (r"U(C+U^\top A^{-1}U)^{-1}w", r"A(A+UC^{-1}U^\top)^{-1}UC^{-1}w"),
    (r"v^\top(A+vv^\top)^{-1}v", r"\frac{v^\top A^{-1}v}{1+v^\top A^{-1}v}"),
    (r"(I+uv^\top)^{-1}", r"I-\frac{uv^\top}{1+v^\top u}"),
    (r"B^{-1}-M^{-1}", r"B^{-1}(M-B)M^{-1}"),
    (r"(I-cM)^{-1}v", r"v+cM(I-cM)^{-1}v"),
    (r"(B^{-\top}A)^{-1}", r"A^{-1}B^\top"),
    (r"(A+B)^{-1}", r"A^{-1}(A^{-1}+B^{-1})^{-1}B^{-1}"),
]
FALSE = [
    (r"(A+UCU^\top)^{-1}", r"A^{-1}-A^{-1}U(C+U^\top A^{-1}U)^{-1}U^\top A^{-1}"),
    (r"U^\top(UU^\top+cI)^{-1}", r"(U^\top U+c^2 I_k)^{-1}U^\top"),
    (r"v^\top(A+vv^\top)^{-1}v", r"\frac{v^\top A^{-1}v}{2+v^\top A^{-1}v}"),
    (r"(I+uv^\top)^{-1}", r"I-\frac{uv^\top}{1+v^\top v}"),
    (r"(AB)^{-1}", r"A^{-1}B^{-1}"),
    (r"(A+B)^{-1}", r"A^{-1}+B^{-1}"),
    (r"(B^{-\top}A)^{-1}", r"A^{-1}B"),
    (r"B^{-1}v", r"B^{-\top}v"),
    (r"\sum_{i=1}^n\sum_{j=1}^n(A^{-1})_{ij}v_j", r"\sum_{j=1}^n(A^{-1})_{1j}v_j"),
    (r"\sum_{i=1}^n v^\top A^{-1}v", r"v^\top A^{-1}v"),
]


@pytest.mark.parametrize(("reference", "answer"), TRUE)
def test_true_identities_are_proved(reference, answer):
    verdict = compare(reference, answer, symbols=SYMBOLS)
    assert verdict.verdict == "equal"
    assert verdict.evidence["kind"] == "proved"
    assert verdict.evidence["by"] in ("matrix series", "canonical form")


@pytest.mark.parametrize(("reference", "answer"), FALSE)
def test_false_ones_are_different(reference, answer):
    assert compare(reference, answer, symbols=SYMBOLS).verdict == "different"


LETTERS = (
    Matrix("A", base=1, symmetric=True),
    Matrix("B", base=1),
    Matrix("B", True, 1),
    Matrix("C"),
    Matrix("C", True),
)


def random_sum(r: Random, depth: int) -> Sum:
    """A sum with the constant term 1 round the base point, so that it has an inverse."""
    words = [random_word(r, depth - 1) for _ in range(r.randint(1, 2))]
    return Sum((*((rational(r.choice((1, 2, -1))), (Matrix("C"), *w)) for w in words), (rational(1), ())))


def random_word(r: Random, depth: int):
    parts = []
    for _ in range(r.randint(1, 2)):
        kind = r.randint(0, 3) if depth else 0
        inner = random_sum(r, depth) if kind else None
        parts.append(r.choice(LETTERS) if inner is None else Inverse(inner) if kind < 3 else inner)
    return tuple(parts)


def value(part, arrays):
    match part:
        case Matrix(name, flag):
            return arrays[name].T if flag else arrays[name]
        case Inverse(body):
            return np.linalg.inv(value(body, arrays))
        case Sum(terms):
            return sum(float(str(c.num)) / float(str(c.den)) * value(w, arrays) for c, w in terms)
    return np.linalg.multi_dot([np.eye(3), np.eye(3), *(value(p, arrays) for p in part)])


def drawn(seed: int):
    r = np.random.default_rng(seed)
    a, b, c = r.normal(size=(3, 3, 3))
    return {"A": np.eye(3) + 0.1 * (a + a.T), "B": np.eye(3) + 0.2 * b, "C": 0.2 * c}


@pytest.mark.parametrize("seed", range(40))
def test_rewritten_words_are_equal_and_changed_ones_are_not(seed):
    r = Random(seed)
    first, second = random_word(r, 2), random_sum(r, 2)
    one, minus = rational(1), rational(-1)
    inverse = Inverse(second)
    expanded = ((one, (*first, second, inverse)), (minus, first))
    assert vanishes(Sum(expanded))
    left = (inverse, *first)
    right = ((one, first), *((-c, (*w, *left)) for c, w in second.terms if w))
    gap = Sum(((one, left), *((-c, w) for c, w in right)))
    assert vanishes(gap)
    assert vanishes(turned_sum(gap))
    assert np.allclose(value(gap, drawn(seed)), 0, atol=1e-9)
    k = r.randrange(len(gap.terms))
    c, w = gap.terms[k]
    changed = Sum((*gap.terms[:k], (c + one, w), *gap.terms[k + 1 :]))
    assert not vanishes(changed)
    assert np.allclose(value(turned(left), drawn(seed)), value(left, drawn(seed)).T)


@pytest.mark.parametrize("seed", range(200))
def test_what_vanishes_vanishes_at_random_matrices(seed):
    r = Random(1000 + seed)
    pair = [random_word(r, 1) for _ in range(2)]
    gap = Sum(((rational(1), pair[0]), (rational(-1), pair[1])))
    assert vanishes(gap) == np.allclose(value(gap, drawn(seed)), 0, atol=1e-9)


def test_where_no_series_is_known_nothing_is_said():
    c = Matrix("C")
    with pytest.raises(GiveUp):
        vanishes(Sum(((rational(1), (Inverse(Sum(((rational(1), (c,)),))), c)), (rational(-1), ()))))
