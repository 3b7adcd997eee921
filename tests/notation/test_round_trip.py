"""Printed LaTeX reads back to the same tree, for generated trees of everything that the readers know."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_random import DECLARED, Trees

from derive.notation import tree as t
from derive.notation.declare import Declarations
from derive.notation.latex import read_latex
from derive.notation.reader import read
from derive.notation.walk import walk
from derive.notation.write import to_latex

SYMBOLS = {
    "x": {"shape": ["n"]}, "y": {"shape": ["n"]}, "W": {"shape": ["m", "n"]}, "a": {},
    "b": {}, "eta": {"latex": "\\eta"},
    "sigma": {"shape": "function", "domain": "logistic", "latex": "\\sigma"},
    "b1": {"latex": "\\beta_1"},
    "mh": {"latex": "\\hat m"}, "ws": {"latex": "w^*"},
}  # fmt: skip
D = Declarations.of(SYMBOLS)
LETTERS = ("j", "k", "l")

names = st.sampled_from([t.Name(n, D.latex(n)) for n in SYMBOLS if n != "sigma"] + [t.Name("q", "q"), t.Name("n", "n")])
numbers = st.one_of(st.integers(0, 99).map(str), st.sampled_from(["0.5", "1e5", "2.5e-3", "1e-12"])).map(t.Number)
constants = st.sampled_from(["e", "pi", "infinity", "ones"]).map(t.Constant)
entries = st.sampled_from(LETTERS).map(lambda j: t.Index(t.Name("x", "x"), (t.Name(j, j),)))
matrix_entries = st.tuples(st.sampled_from(LETTERS), st.sampled_from(LETTERS)).map(
    lambda p: t.Index(t.Name("W", "W"), (t.Name(p[0], p[0]), t.Add((t.Name(p[1], p[1]), t.Number("1")))))
)
functions = st.sampled_from(
    [
        t.Builtin(n)
        for n in (
            "exp",
            "log",
            "sin",
            "tanh",
            "sqrt",
            "abs",
            "floor",
            "relu",
            "softmax",
            "tr",
            "norm",
            "factorial",
            "normal_cdf",
        )
    ]
    + [
        t.Name("sigma", "\\sigma"),
        t.Prime(t.Name("sigma", "\\sigma"), 1),
        t.Prime(t.Name("sigma", "\\sigma"), 2),
    ]
)


def _adds(nodes):
    return st.lists(st.one_of(nodes, nodes.map(t.Neg)), min_size=2, max_size=3).map(lambda xs: t.Add(tuple(xs)))


def _products(nodes, ops):
    return st.integers(1, 3).flatmap(
        lambda k: st.builds(
            lambda xs, os: t.Product(tuple(xs), tuple(os)),
            st.lists(nodes, min_size=k + 1, max_size=k + 1),
            st.lists(st.sampled_from(ops), min_size=k, max_size=k),
        )
    )


def _bigs(nodes):
    def big(op, letter, lower, condition, body):
        name = t.Name(letter, letter)
        upper = t.Name("n", "n") if lower else None
        conditions = (t.Relation((name, t.Name("n", "n")), ("!=",)),) if condition else ()
        return t.Big(op, (t.Binder(name, t.Number("0") if lower else None, upper),), conditions, body)

    return st.builds(
        big,
        st.sampled_from(["sum", "prod", "max", "min"]),
        st.sampled_from(LETTERS),
        st.booleans(),
        st.booleans(),
        nodes,
    )


def _relations(nodes):
    return st.builds(lambda a, b, op: t.Relation((a, b), (op,)), nodes, nodes, st.sampled_from(["=", "<", ">=", "!="]))


def _extend(nodes):
    return st.one_of(
        _adds(nodes),
        nodes.map(t.Neg),
        _products(nodes, ["", "", "/"]),
        _products(nodes, ["cdot", "odot", "times", "*", "@"]),
        st.builds(t.Power, nodes, nodes),
        nodes.filter(lambda n: n != t.Number("1")).map(t.Transpose),  # a transposed 1 is a row of ones
        st.builds(lambda f, a: t.Call(f, (a,)), functions, nodes),
        st.builds(lambda a, b: t.Call(t.Builtin("max"), (a, b)), nodes, nodes),
        st.builds(lambda a, b: t.Call(t.Builtin("binomial"), (a, b)), nodes, nodes),
        _bigs(nodes),
        _relations(nodes).map(t.Indicator),
        st.builds(lambda a, c, b: t.Cases((t.Piece(a, c), t.Piece(b))), nodes, _relations(nodes), nodes),
        st.builds(lambda a, b: t.Matrix((t.Row((a, b)), t.Row((b, a)))), nodes, nodes),
    )


trees = st.recursive(st.one_of(names, numbers, constants, entries, matrix_entries), _extend, max_leaves=12)


@settings(max_examples=800, deadline=None)
@given(trees)
def test_printed_latex_reads_back_to_the_same_tree(node):
    text = to_latex(node)
    assert read_latex(text, D) == node, text


@settings(max_examples=300, deadline=None)
@given(trees)
def test_the_automatic_reading_of_printed_latex_is_the_same_expression_printed(node):
    text = to_latex(node)
    again = read(text, "auto", D).node
    assert again == node or to_latex(again) == to_latex(read_latex(to_latex(again), D))


def _round_trips(seeds):
    for seed in seeds:
        node = Trees(seed).top(1 + seed % 9)
        text = to_latex(node)
        assert read_latex(text, DECLARED) == node, text


def test_trees_of_everything_that_is_read_come_back():
    _round_trips(range(600))


@pytest.mark.slow
def test_twelve_thousand_trees_come_back():
    _round_trips(range(1000, 13000))


def test_the_drawn_trees_hold_every_kind_of_node():
    kinds = {type(n).__name__ for seed in range(600) for n in walk(Trees(seed).top(1 + seed % 9))}
    assert kinds == {kind.__name__ for kind in t.Node.__subclasses__()}


@pytest.mark.parametrize(
    "text",
    [
        r"x-\eta\nabla_x L", r"\frac{\partial L}{\partial x}y", r"\frac{\partial L}{\partial x}\cdot y", r"2\sum_j x_j\cdot 3",
        r"\sum_{\substack{j=1\\j\ne k}}^n x_j", r"\left(\sum_j x_j\right)a", r"\left.\frac{dL}{da}\right|_{a=0}b",
        r"\nabla^2 L\,x", r"\frac{d}{da}a^2", r"\{1,2\}\cup\{3\}", r"\neg(a>0)\wedge b<1", r"a>0\implies b>0", r"x_{j'}",
        r"\operatorname{foo}(a)b", r"\mathrm{foo}(a+b)", r"\operatorname{softmax}_{\text{row}}(W)", r"\left\|W\right\|_*",
        r"\left.2.5a\right|_{a=1}", r"\left.17\right|_{a=1}", r"\left\{\begin{bmatrix}1\end{bmatrix}, a\right\}", r"(q^*)^\top",
            r"0\,\mathrm{score}\,(2)",
    ],
)  # fmt: skip
def test_a_special_form_reads_back(text):
    node = read_latex(text, D)
    assert read_latex(to_latex(node), D) == node, to_latex(node)
