"""Identities of convolutions, proved by equal canonical forms; what they are not, by different ones."""

import pytest

from derive.calculus.affine import Affine
from derive.calculus.canonical import canonical, same
from derive.calculus.expr import entry
from derive.calculus.facts import Facts
from derive.calculus.substitute import replace_entries, subs
from derive.calculus.trace import Relation
from derive.derivations.catalogue import catalogue
from derive.notation.index_language import expression


def gradient(name: str) -> Relation:
    return catalogue()[name].result


def called(value, **names):
    """The expression with arrays under other names."""
    return replace_entries(value, lambda e: entry(names[e.name], *e.at) if e.name in names else None)


def text(body: str, like: Relation, shapes: dict[str, str]):
    return expression(body, shapes=shapes, frame=like.frame, letters=("K", "M", "s", "r", "p"))


SHAPES = {"X": "H W", "F": "K M", "O_bar": "H-K+1 W-M+1"}


def test_the_filter_gradient_is_the_cross_correlation_of_input_and_gradient():
    """With G in the filter's place, the layer's own definition gives ∂L/∂F."""
    layer, slope = catalogue()["conv2d-filter-gradient"].program.definitions[0], gradient("conv2d-filter-gradient")
    correlation = called(layer.body, F="G")
    sizes = {"K": Affine.of("H") - Affine.of("K") + 1, "M": Affine.of("W") - Affine.of("M") + 1}
    put = {b.letter: Affine.of(f.letter) for b, f in zip(layer.letters, slope.frame, strict=True)}
    correlation = subs(correlation, put | {Affine.of(k).letter: v for k, v in sizes.items()})
    facts = Facts.of({}, frame=slope.frame)
    assert same(called(slope.result, O_bar="G"), correlation, facts=facts)
    flipped = text("sum(O_bar[i, j]*X[u+i, v+j+1], i, j)", slope, SHAPES)
    assert not same(slope.result, flipped, facts=facts)


def test_the_input_gradient_is_the_full_convolution_with_the_flipped_filter():
    """∂L/∂X is the cross-correlation of G, padded with K − 1 and M − 1 zeros, with the filter turned by 180°."""
    slope = gradient("conv2d-input-gradient")
    full = text("sum(O_bar[a-(K-1)+u, b-(M-1)+v]*F[K-1-u, M-1-v], u = 0..K-1, v = 0..M-1)", slope, SHAPES)
    axes = {"F": ["K", "M"], "O_bar": [Affine.of("H") - Affine.of("K") + 1, Affine.of("W") - Affine.of("M") + 1]}
    facts = Facts.of({}, axes, frame=slope.frame)
    assert same(slope.result, full, facts=facts)
    unflipped = text("sum(O_bar[a-(K-1)+u, b-(M-1)+v]*F[u, v], u = 0..K-1, v = 0..M-1)", slope, SHAPES)
    assert not same(slope.result, unflipped, facts=facts)


def test_the_adjoint_of_a_convolution_is_the_transposed_convolution():
    """For letter stride, padding and dilation: the gradient in the input is the transposed layer's definition."""
    slope = gradient("conv-adjoint")
    (layer,) = catalogue()["transposed-conv-jacobian"].program.definitions
    put = {b.letter: Affine.of(f.letter) for b, f in zip(layer.letters, slope.frame, strict=True)}
    made = called(subs(layer.body, put), Z="O_bar")
    assert same(slope.result, made, facts=Facts.of({}, frame=slope.frame))


def test_the_adjoint_of_a_transposed_convolution_is_the_convolution():
    slope = gradient("transposed-conv-input-gradient")
    (layer,) = catalogue()["conv-jacobian"].program.definitions
    put = {b.letter: Affine.of(f.letter) for b, f in zip(layer.letters, slope.frame, strict=True)}
    made = called(subs(layer.body, put), X="T_bar")
    assert same(slope.result, made, facts=Facts.of({}, frame=slope.frame))


def test_the_two_jacobians_are_each_others_transposes():
    one, other = gradient("conv-jacobian"), gradient("transposed-conv-jacobian")
    assert [b.letter.name for b in one.frame] == ["m", "i", "c", "a"]
    assert [b.letter.name for b in other.frame] == ["c", "a", "m", "i"]
    assert canonical(one.result, facts=Facts.of({}, frame=one.frame)) == canonical(
        other.result, facts=Facts.of({}, frame=other.frame)
    )


@pytest.mark.parametrize("wrong", ["s*i + u - p", "s*i + r*u + p", "i + r*u - p"])
def test_another_reading_is_no_adjoint(wrong):
    slope = gradient("transposed-conv-input-gradient")
    shapes = {"F": "M C K", "T_bar": "C H"}
    made = text(f"sum(F[m, c, u]*T_bar[c, {wrong}], c, u)", slope, shapes)
    assert not same(slope.result, made, facts=Facts.of({}, frame=slope.frame))
