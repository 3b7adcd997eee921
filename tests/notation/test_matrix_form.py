"""Matrix forms against the index expressions they stand for: by value, shape for shape, and read back."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix_networks import NETWORKS, Network
from matrix_random import SHAPES, drawn
from matrix_values import FUNCTIONS, World, close

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound
from derive.calculus.canonical import same
from derive.calculus.evaluate import tabulate
from derive.calculus.expr import Expr
from derive.calculus.facts import Facts
from derive.calculus.gradient import gradients
from derive.calculus.substitute import free_letters, names, subs
from derive.calculus.textbook import textbook
from derive.calculus.trace import Relation
from derive.derivations.base import Derivation, axis_size
from derive.derivations.catalogue import catalogue
from derive.notation.declare import Declarations
from derive.notation.index_language import expression, program, relation, shapes_of
from derive.notation.index_names import shape_of
from derive.notation.latex import read_latex
from derive.notation.latex_names import latex_name
from derive.notation.matrix_form import matrix_form
from derive.notation.matrix_latex import matrix_latex
from derive.notation.matrix_relation import matrix_relation
from derive.notation.matrix_text import matrix_text
from derive.notation.meaning import Lowered, lowered
from derive.notation.python import read_python
from derive.notation.style import Style

Shapes = Mapping[str, tuple[Affine, ...]]
SIZED = shapes_of(SHAPES)


def fit(sizes: Mapping[str, int], shapes: Shapes) -> bool:
    """Whether every axis has a place: a filter is no longer than what it meets."""
    return all(a.at({Letter(k): n for k, n in sizes.items()}) > 0 for s in shapes.values() for a in s)


def agrees(value: Expr, frame: Sequence[Bound], shapes: Shapes, seed: int = 0) -> bool:
    """Whether there is a form; if so, tree and text are worth what the expression is, at two settings."""
    node = matrix_form(value, frame, shapes)
    if node is None:
        return False
    dimensions = {x.name for s in shapes.values() for a in s for x in a.letters}
    letters = sorted(dimensions | {x.name for x in free_letters(value)} - {b.letter.name for b in frame})
    for first in (2, 5):
        rng, sizes = np.random.default_rng(seed), {x: first + (k * 3 + first) % 5 for k, x in enumerate(letters)}
        while not fit(sizes, shapes):
            sizes = {x: int(rng.integers(2, 12)) for x in letters}
        dims = {Letter(k): n for k, n in sizes.items()}
        arrays = {n: rng.uniform(0.2, 0.9, [a.at(dims) for a in s]) for n, s in shapes.items() if n in names(value)}
        world = World(arrays, sizes)
        shape = [(b.letter, world.size(b.high)) for b in frame]
        with np.errstate(all="ignore"):
            truth = tabulate(value, shape, arrays, dims, functions=FUNCTIONS)
            assert close(truth, world.value(node)), node
            assert close(truth, world.text(matrix_text(node))), matrix_text(node)
    return True


@pytest.mark.parametrize("depth", [0, 1, 2])
@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6))
def test_random_expressions(depth: int, seed: int) -> None:
    agrees(*drawn(seed, depth), SIZED, seed)


def test_most_random_expressions_have_a_form() -> None:
    found = [matrix_form(*drawn(seed, depth), SIZED) is not None for seed in range(100) for depth in (0, 1, 2)]
    assert sum(found) > 220
    assert all(found[::3]), "products of entries always have one"


def results(net: Network) -> Iterator[tuple[str, Relation, Shapes]]:
    """The gradients of a network in textbook form."""
    p = program(net.text, shapes=net.shapes)
    found = textbook(gradients(p, list(net.wrt or p.inputs)), [relation(g) for g in net.given])
    shapes = {**found.program.shapes, **p.shapes}
    for name, adjoint in found.adjoints.items():
        if found.read is None or name in found.read:
            yield name, adjoint, shapes


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_of_networks(name: str) -> None:
    for array, adjoint, shapes in results(NETWORKS[name]):
        axes = [adjoint.frame[k].letter.name for k in range(len(adjoint.frame))]
        assert agrees(adjoint.result, adjoint.frame, shapes), f"no matrix form of {array}[{axes}]"


def plain_shapes(d: Derivation) -> Shapes:
    arrays = {n: s for n, s in d.symbols.items() if s.domain not in ("dimension", "continuum")}
    shapes = {n: tuple(axis_size(a) for a in s.shape) for n, s in arrays.items()}
    read = {n for side in d.result.sides if isinstance(side, Expr) for n in names(side)}
    return {n: found for n in read if (found := shape_of(n, shapes)) is not None}


def test_results_of_the_catalogue() -> None:
    found = {
        name: [agrees(s, d.result.frame, plain_shapes(d)) for s in d.result.sides if isinstance(s, Expr)]
        for name, d in catalogue().items()
    }
    with_form = {n for n, forms in found.items() if forms and all(forms)}
    assert len(with_form) >= 80
    assert not [n for n in with_form if n.startswith(("conv1d", "conv2d-f", "conv2d-i", "multi-head-att"))]


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("sum(x[k+1]*y[k], k)", ""),  # a shifted slot
        ("sum(x[i+u]*y[u], u)", "i"),  # a convolution
        ("T[i,j,k]", "ij"),  # three axes
        ("sum(W[i,k]*W[j,k]*W[l,k], k)", "ijl"),  # three free letters
        ("sum(W[i,j]*V[j,k]*U[k,l]*B[l,i]*A[i,k]*W[j,l], i, j, k, l)", ""),  # everything joined to everything
        ("sum(x[k], k = 1..n-1)", ""),  # part of a range
        ("x[2*i]", "i"),
        ("x[0]", ""),
        ("i*x[i]", "i"),  # an index as a number
        ("[j <= i]*B[i,j]", "ij"),  # a mask
        ("[i = j+1]*B[i,j]", "ij"),
        ("prod(x[k], k)", ""),
        ("amax(x[k], k)", ""),
    ],
)
def test_where_there_is_none(text: str, frame: str) -> None:
    shapes = {"x": "n", "y": "n", "W": "n n", "V": "n n", "U": "n n", "A": "n n", "B": "n n", "T": "n n n"}
    bounds = tuple(Bound(Letter(x), Affine.of(0), Affine.of("n")) for x in frame)
    value = expression(text, shapes=shapes, frame=bounds)
    assert matrix_form(value, bounds, shapes_of(shapes)) is None


def test_an_axis_of_another_length_is_no_whole_axis() -> None:
    shapes = {"x": "n", "y": "m"}
    value = expression("sum(x[k]*y[k], k = 0..n-1)", shapes=shapes)
    assert matrix_form(value, (), shapes_of(shapes)) is None


def test_a_relation_needs_a_form_of_every_side() -> None:
    shapes = shapes_of({"y": "m", "x": "n", "w": "p"})
    shifted = relation("x[i] = sum(w[u]*y[i+u], u)", shapes={"x": "n", "w": "p", "y": "m"})
    assert matrix_relation(shifted, shapes) is None
    with pytest.raises(ValueError, match="there is no form html"):
        matrix_relation(shifted, shapes, form="html")


def test_a_relation_on_a_part_of_an_axis_has_none() -> None:
    shapes = shapes_of({"y": "m", "x": "m"})
    whole = relation("y[i] = 2*x[i]", shapes={"y": "m", "x": "m"})
    i = whole.sides[0].terms[0].factors[0][0].at[0].letter
    assert matrix_relation(whole, shapes) == "y = 2 x"
    for low, high in ((1, Affine.of("m")), (0, Affine.of("m") - 1)):
        assert matrix_relation(replace(whole, frame=(Bound(i, Affine.of(low), high),)), shapes) is None


def declared(shapes: Shapes) -> tuple[Declarations, Style]:
    names = {n: rf"\bar{{{latex_name(n[:-4])}}}" if n.endswith("_bar") else latex_name(n) for n in shapes}
    symbols: dict[str, object] = {n: {"shape": [str(a) for a in s], "latex": names[n]} for n, s in shapes.items()}
    symbols.setdefault("f", {"shape": "function"})
    return Declarations.of({n: s for n, s in symbols.items() if "/" not in n}, out_of_range="zero"), Style(names=names)


def equal(back: Lowered, value: Expr, frame: Sequence[Bound]) -> bool:
    """Whether both have one canonical form; a root squared has another than what is under it."""
    assert back.dims == tuple(b.high for b in frame)
    body = subs(back.body, {a.letter: Affine.of(b.letter) for a, b in zip(back.frame, frame, strict=True)})
    return same(body, value, facts=Facts(frame=tuple(frame)))


UNREAD = re.compile(r"\w'+\(|[<>]|\[:, None\]")  # what the readers do not read: f'(x), comparisons, new axes


@pytest.mark.parametrize("name", NETWORKS)
def test_printed_forms_read_back(name: str) -> None:
    for _, adjoint, shapes in results(NETWORKS[name]):
        known, style = declared(shapes)
        node = matrix_form(adjoint.result, adjoint.frame, shapes)
        assert node is not None
        latex, text = matrix_latex(node, style), matrix_text(node)
        if "mathbb" not in latex:
            assert (
                equal(lowered(read_latex(latex, known), known), adjoint.result, adjoint.frame) or r"\right\|" in latex
            ), latex
        if not UNREAD.search(text):
            back = lowered(read_python(text, known), known, base=0, numpy=True)
            assert equal(back, adjoint.result, adjoint.frame) or "norm" in text, text


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6))
def test_random_latex_reads_back(seed: int) -> None:
    value, frame = drawn(seed, 1)
    node = matrix_form(value, frame, SIZED)
    known, style = declared(SIZED)
    latex = "" if node is None else matrix_latex(node, style)
    if node is None or "mathbb" in latex:
        return
    back = lowered(read_latex(latex, known), known)
    rng = np.random.default_rng(seed)
    dims = {Letter("n"): 3, Letter("m"): 4}
    arrays = {n: rng.uniform(0.2, 0.9, [a.at(dims) for a in s]) for n, s in SIZED.items()}
    with np.errstate(all="ignore"):
        wanted, got = (
            tabulate(v, [(b.letter, b.high.at(dims)) for b in f], arrays, dims, functions=FUNCTIONS)
            for v, f in ((value, frame), (back.body, back.frame))
        )
    assert close(wanted, got), latex
