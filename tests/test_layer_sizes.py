"""The table of a small convolutional network, out of the derived counts and sizes."""

import pytest

from derive.calculus.affine import Letter
from derive.calculus.evaluate import tabulate
from derive.derivations.catalogue import catalogue

#  channels in, channels out, kernel, side in, side out: parameters and size as the table prints them
CONVOLUTIONS = [(3, 8, 5, 32, 28, 608), (8, 16, 5, 14, 10, 3216)]
DENSE = [(400, 120, 48120), (120, 84, 10164), (84, 10, 850)]


def worth(name, **sizes):
    known = {Letter(k): v for k, v in sizes.items()}
    arrays = {k: float(v) for k, v in sizes.items()}
    return float(tabulate(catalogue()[name].result.result, [], arrays, known))


@pytest.mark.parametrize(("c", "m", "k", "i", "o", "parameters"), CONVOLUTIONS)
def test_a_convolutional_row(c, m, k, i, o, parameters):
    assert worth("conv-parameter-count", C=c, M=m, K=k) == parameters
    assert worth("strided-output-size", I=i, P=0, K=k, r=1, S=1) == o
    assert worth("conv-multiplication-count", C=c, M=m, K=k, O=o) == m * o * o * c * k * k


@pytest.mark.parametrize(("side", "pooled"), [(28, 14), (10, 5)])
def test_a_pooling_row(side, pooled):
    assert worth("strided-output-size", I=side, P=0, K=2, r=1, S=2) == pooled


@pytest.mark.parametrize(("n", "m", "parameters"), DENSE)
def test_a_dense_row(n, m, parameters):
    assert worth("dense-parameter-count", n=n, m=m) == parameters


def test_the_sheets_layer_with_stride_three():
    assert worth("strided-output-size", I=205, P=0, K=10, r=1, S=3) == 66
    assert worth("conv-parameter-count", C=10, M=96, K=10) == 96096
    assert worth("conv-multiplication-count", C=10, M=96, K=10, O=66) == 418176000
