"""Every normative reading (issue 4, DESIGN section 4) as a string and the structure that it must have."""

import json
from pathlib import Path

import pytest

from derive.notation import tree as t
from derive.notation.answers import stripped
from derive.notation.declare import Declarations
from derive.notation.errors import Unreadable
from derive.notation.latex import read_latex
from derive.notation.plain import read_text
from derive.notation.python import read_python
from derive.notation.reader import read
from derive.notation.write import to_latex

STRINGS = Path(__file__).parents[1] / "data" / "notation_strings.jsonl"

D = Declarations.of(
    {
        "x": {"shape": ["n"]},
        "y": {"shape": ["n"]},
        "W": {"shape": ["m", "n"]},
        "A": {"shape": ["n", "n"]},
        "a": {},
        "b": {},
        "sigma": {"shape": "function", "domain": "logistic", "latex": "\\sigma"},
        "f": {"shape": "function", "domain": "elementwise"},
        "one": {"shape": ["n"], "domain": "ones", "latex": "\\mathbf{1}"},
        "b1": {"latex": "\\beta_1"},
        "hp": {"latex": "h_{t-1}"},
        "W1": {"shape": ["n", "n"], "latex": "W^{(1)}"},
        "ws": {"latex": "w^*"},
        "mh": {"latex": "\\hat m"},
        "T": {"domain": "posint"},
        "delta": {"shape": ["n", "n"], "domain": "kronecker", "latex": "\\delta"},
        "Mc": {"latex": "\\mathcal{M}"},
    },
    free_indices={"i": "n"},
)


def show(node: t.Node) -> str:
    """A tree as a short prefix expression."""
    match node:
        case t.Number(text=x) | t.Name(name=x) | t.Builtin(name=x) | t.Constant(name=x) | t.Text(text=x):
            return x
        case t.Neg(arg=x):
            return f"(- {show(x)})"
        case t.Add(terms=xs):
            return f"(+ {' '.join(map(show, xs))})"
        case t.Product(factors=xs, ops=ops):
            return f"({show(xs[0])}{''.join(f' {op or chr(46)} {show(x)}' for op, x in zip(ops, xs[1:], strict=True))})"
        case t.Power(base=x, exponent=n):
            return f"{show(x)}^{show(n)}"
        case t.Transpose(arg=x):
            return f"{show(x)}.T"
        case t.Prime(function=x, order=k):
            return show(x) + "'" * k
        case t.Index(base=x, slots=xs):
            return f"{show(x)}[{','.join(map(show, xs))}]"
        case t.Slice(start=None, stop=None):
            return ":"
        case t.Call(function=x, args=xs, keywords=ks):
            return f"{show(x)}({','.join([*map(show, xs), *(f'{k.name}={show(k.value)}' for k in ks)])})"
        case t.Big(op=op, binders=bs, conditions=cs, body=x):
            return f"{op}[{';'.join([*map(show, bs), *map(show, cs)])}]{show(x)}"
        case t.Binder(letter=x, lower=a, upper=b):
            return show(x) + (f"={show(a)}" if a else "") + (f"..{show(b)}" if b else "")
        case t.Indicator(condition=x):
            return f"1[{show(x)}]"
        case t.Relation(operands=xs, ops=ops):
            return f"{show(xs[0])}{''.join(f' {op} {show(x)}' for op, x in zip(ops, xs[1:], strict=True))}"
        case t.Logic(op=op, operands=xs):
            return f"({op} {' '.join(map(show, xs))})"
        case t.Cases(pieces=ps):
            return (
                f"cases({'; '.join(show(p.value) + (' if ' + show(p.condition) if p.condition else '') for p in ps)})"
            )
        case t.Matrix(rows=rows):
            return f"[{'; '.join(' '.join(map(show, r.cells)) for r in rows)}]"
        case t.Sequence(items=xs, brackets=b):
            return f"{b[:1]}{', '.join(map(show, xs))}{b[1:]}"
        case t.SetOf(items=xs):
            return f"{{{', '.join(map(show, xs))}}}"
        case t.Derivative(kind=k, of=x, wrt=ws, order=o):
            return f"{k}{o if o > 1 else ''}({show(x) if x else ''};{','.join(map(show, ws))})"
        case t.At(body=x, condition=c):
            return f"{show(x)}|{show(c)}"
    raise AssertionError(node)


LATEX = [
    # juxtaposition, odot, slash, signs
    (r"Wx\odot y", "((W . x) odot y)"),
    (r"x\odot W^\top y", "(x odot (W.T . y))"),
    (r"\sigma'(x)\circ W'y", "(sigma'(x) circ (W.T . y))"),
    (r"y\cdot Wx", "(y cdot (W . x))"),
    ("1/2a", "(1 / 2 . a)"),
    ("a/b/2", "(a / b / 2)"),
    ("-a^2", "(- a^2)"),
    ("a-b-a", "(+ a (- b) (- a))"),
    (r"a\cdot-b", "(a cdot (- b))"),
    ("ab", "(a . b)"),
    ("a(b+1)", "(a . (+ b 1))"),
    ("n(n+1)", "(n . (+ n 1))"),
    # TeX's arguments
    ("2^10", "(2^1 . 0)"),
    (r"\frac12", "(1 / 2)"),
    (r"\frac1n", "(1 / n)"),
    (r"\sqrt2a", "(sqrt(2) . a)"),
    (r"\sqrt[3]{a}", "root(a,3)"),
    (r"a^{10}", "a^10"),
    ("a^-1", "a^(- 1)"),
    # transposes and primes
    (r"x^T", "x.T"),
    (r"x^{\mathsf{T}}", "x.T"),
    (r"x^\intercal y", "(x.T . y)"),
    (r"A^{-\top}", "A^(- 1).T"),
    ("x'", "x.T"),
    ("a^T", "a^T"),
    ("(a+b)^T", "(+ a b)^T"),
    (r"\sigma^{\prime}\left(a\right)", "sigma'(a)"),
    ("f''(a)", "f''(a)"),
    (r"f^{\doubleprime}(a)", "f''(a)"),
    (r"f^{(3)}(a)", "f'''(a)"),
    # functions and their arguments
    (r"\sin a b", "(sin(a) . b)"),
    (r"\cos2a", "cos((2 . a))"),
    (r"\log\frac{a}{b}", "log((a / b))"),
    (r"\sin^2 a", "sin(a)^2"),
    (r"\sin^{-1}a", "arcsin(a)"),
    (r"\tanh\left(a\right)^2", "tanh(a)^2"),
    (r"\sin a^2", "sin(a^2)"),
    (r"\log\det A", "log(det(A))"),
    (r"\log\sum_j e^{x_j}", "log(sum[j]e^x[j])"),
    (r"\log_2(a)", "log(a,2)"),
    (r"\max(0,a)", "max(0,a)"),
    (r"\max\{0,a\}", "max(0,a)"),
    (r"\operatorname{softmax}(x)_i", "softmax(x)[i]"),
    (r"diag\left(x\right)W", "(diag(x) . W)"),
    (r"\operatorname{\mathrm{tr}}\left(A\right)", "tr(A)"),
    ("a!", "factorial(a)"),
    (r"\binom{n}{a}", "binomial(n,a)"),
    # declared spellings, fonts, decorations
    (r"\beta_1^2", "b1^2"),
    (r"\beta^2_1", "b1^2"),
    (r"\mathbf{W}\boldsymbol{x}", "(W . x)"),
    (r"\mathbf 1^\top x", "(one.T . x)"),
    (r"h_{t-1}a", "(hp . a)"),
    (r"W^{(1)}x", "(W1 . x)"),
    (r"w^*+w^{*}", "(+ ws ws)"),
    (r"\hat{m}/\hat m", "(mh / mh)"),
    (r"\mathcal{M}+M", "(+ Mc Mc)"),
    (r"W_{ij}", "W[i,j]"),
    (r"W_{i,j+1}", "W[i,(+ j 1)]"),
    (r"W_{12}", "W[1,2]"),
    (r"x_{2i}", "x[(2 . i)]"),
    (r"A_i", "A[i]"),
    (r"A_{:,j}", "A[:,j]"),
    (r"A_{i\cdot}", "A[i,:]"),
    (r"(Wx)_i", "(W . x)[i]"),
    ("e^{a}+\\pi", "(+ e^a pi)"),
    # big operators
    (r"\sum_i x_i+a", "(+ sum[i]x[i] a)"),
    (r"\sum_i -x_i", "sum[i](- x[i])"),
    (r"a + \sum_k x_k - y_k", "(+ a sum[k](+ x[k] (- y[k])))"),
    (r"|\sum_k x_k + a + y_k| + a", "(+ abs(sum[k](+ x[k] a y[k])) a)"),
    (r"\sum_k x_k + \sum_k y_k", "(+ sum[k]x[k] sum[k]y[k])"),
    (r"\sum_k x_k + \max_{k} y_k", "(+ sum[k]x[k] max[k]y[k])"),
    (r"\sum_j x_j + \sum_k A_{jk}", "sum[j](+ x[j] sum[k]A[j,k])"),
    (r"2\sum_{k=0}^{n-1}x_k y_k", "(2 . sum[k=0..(+ n (- 1))](x[k] . y[k]))"),
    (r"\sum_{j\ne i}x_j", "sum[j;j != i]x[j]"),
    (r"\sum_{k=1}^n \tanh([k = i])", "sum[k=1..n]tanh(1[k = i])"),
    (r"\sum_{k,l}A_{kl}", "sum[k;l]A[k,l]"),
    (r"\sum_{k<l}A_{kl}", "sum[k;l;k < l]A[k,l]"),
    (r"\sum_{0\le j<i}x_j", "sum[j=0..(+ i (- 1))]x[j]"),
    (r"\sum_{j,k=1}^n A_{jk}", "sum[j=1..n;k=1..n]A[j,k]"),
    (r"\sum_{j'}x_{j'}", "sum[j']x[j']"),
    (r"\prod_{j=1}^{i-1}(1-x_j)", "prod[j=1..(+ i (- 1))](+ 1 (- x[j]))"),
    (r"\max_j x_j", "max[j]x[j]"),
    (r"\sum_j x_j\sum_j y_j", "sum[j](x[j] . sum[j]y[j])"),
    # indicators, cases, matrices, sets, intervals
    (r"\mathbb{1}[a>0]", "1[a > 0]"),
    (r"\mathbf 1\{a>0\}", "1[a > 0]"),
    (r"\mathbf{1}_{a>0}", "1[a > 0]"),
    (r"[a>0]b", "(1[a > 0] . b)"),
    (r"(a>0)b", "(1[a > 0] . b)"),
    (r"\begin{cases}a & a>0\\0 & \text{otherwise}\end{cases}", "cases(a if a > 0; 0)"),
    (r"\begin{bmatrix}1&0\\0&a\end{bmatrix}", "[1 0; 0 a]"),
    (r"\left\lbrack0,1\right)", "[0, 1)"),
    (r"\{8,9,10\}", "{8, 9, 10}"),
    ("8,9,10", "8, 9, 10"),
    # bars
    (r"\|x\|_2^2", "norm(x,2)^2"),
    (r"\|x\|^2_2", "norm(x,2)^2"),
    (r"||x||", "norm(x)"),
    ("|a|b|a|", "(abs(a) . b . abs(a))"),
    ("|a-|b||", "abs((+ a (- abs(b))))"),
    (r"\left\lfloor\frac{n}{2}\right\rfloor", "floor((n / 2))"),
    # derivatives and relations
    (r"\nabla_W L = ab", "nabla(L;W) = (a . b)"),
    (r"\frac{\partial L}{\partial W_{ij}}", "partial(L;W[i,j])"),
    (r"\frac{\partial}{\partial x_i}\sqrt{a}", "partial(sqrt(a);x[i])"),
    (r"\frac{\mathrm{d}^2f}{\mathrm{d}a^2}", "d(f;a,a)"),
    (r"\frac{dL}{da}", "d(L;a)"),
    (r"\left.a^2\right|_{a=0}", "a^2|a = 0"),
    (r"0\le a<b", "0 <= a < b"),
    (r"a>0\wedge\neg(b>0)", "(and a > 0 (not b > 0))"),
    (r"= a", "above = a"),
    # unicode, layout
    ("σ(a)·(1−σ(a))", "(sigma(a) cdot (+ 1 (- sigma(a))))"),
    ("$a^{2}$.", "a^2"),
    (r"\begin{aligned}a&=b\\&=1\end{aligned}", "a = b = 1"),
    (r"\bigl(1-a\bigr)\,\Big|b\Big|", "((+ 1 (- a)) . abs(b))"),
    ("1.02e5", "1.02e5"),
    (r"101{,}770", "101770"),
]  # fmt: skip

PYTHON = [
    ("W @ x * 2", "(W @ x * 2)"),
    ("a**-b", "a^(- b)"),
    ("A.T @ x", "(A.T @ x)"),
    ("np.where(x > 0, a, b)", "cases(a if x > 0; b)"),
    ("1/2*a", "((1 / 2) * a)"),
    ("A[i, :]", "A[i,:]"),
    ("sum(x[j] for j in range(n))", "sum[j=0..(+ n (- 1))]x[j]"),
    ("Sum(x[j], (j, 0, n-1))", "sum[j=0..(+ n (- 1))]x[j]"),
    ("np.sum(A, axis=1)", "sum(A,axis=1)"),
    ("dsigma(a)", "sigma'(a)"),
    ("x.mean()", "mean(x)"),
    ("np.array([[1, 2], [3, 4]])", "[1 2; 3 4]"),
    ("{8, 9}", "{8, 9}"),
    ("k % 2 == 1", "(k % 2) = 1"),
    ("0 < a < b", "0 < a < b"),
    ("a if a > 0 else 0", "cases(a if a > 0; 0)"),
    ("Piecewise((0, a < 0), (a, True))", "cases(0 if a < 0; a)"),
    ("np.einsum('ij,jk->ik', A, A)", "einsum(ij,jk->ik,A,A)"),
    ("9**9**9", "9^9^9"),
]

TEXT = [
    ("2^10", ["2^10"]),
    ("e^(-a)", ["e^(- a)"]),
    ("1/2a", ["(1 / 2 . a)", "(1 / (2 . a))"]),
    ("1/(2a)", ["(1 / (2 . a))"]),
    ("e^-2a", ["(e^(- 2) . a)", "e^(- (2 . a))"]),
    ("a^2b", ["(a^2 . b)"]),
    ("sin a b", ["(sin(a) . b)", "sin((a . b))"]),
    ("sum_i x_i", ["sum[i]x[i]"]),
    ("sum_(j=1)^n x_j^2", ["sum[j=1..n]x[j]^2"]),
    ("sum_j x_j + y_j", ["sum[j](+ x[j] y[j])"]),
    ("Σ_j x_j y_j", ["sum[j](x[j] . y[j])"]),
    ("A_j,k x_k", ["(A[j,k] . x[k])"]),
    ("max(x_j,a)", ["max(x[j],a)"]),
    ("W^T x", ["(W.T . x)"]),
    ("sqrt(a)/2", ["(sqrt(a) / 2)"]),
    ("alpha a", ["(alpha . a)"]),
    ("||x||^2", ["norm(x)^2"]),
]


@pytest.mark.parametrize(("text", "structure"), LATEX)
def test_a_latex_reading(text, structure):
    assert show(read_latex(text, D)) == structure


@pytest.mark.parametrize(("text", "structure"), PYTHON)
def test_a_python_reading(text, structure):
    assert show(read_python(text, D)) == structure


@pytest.mark.parametrize(("text", "structures"), TEXT)
def test_every_reading_of_plain_text(text, structures):
    assert [show(node) for node in read_text(text, D)] == structures


def test_declared_symbols_shadow_constants_and_differentials():
    d = Declarations.of({"d": {}, "e": {}, "I": {"shape": ["n", "n"]}, "L": {}, "pi": {"latex": "\\pi"}})
    assert show(read_latex(r"\frac{d^L-1}{d-1}", d)) == "((+ d^L (- 1)) / (+ d (- 1)))"
    assert show(read_latex(r"\frac{d}{dL}", d)) == "(d / (d . L))"
    assert isinstance(read_latex("e", d), t.Name)
    assert isinstance(read_latex(r"\pi", d), t.Name)


def test_a_left_side_is_stripped_only_where_it_names_what_was_asked_or_something_new():
    for text in (
        r"\nabla_W L = ab",
        r"\text{ans} = ab",
        "Q = ab",
        r"\frac{dL}{dq} = ab",
        "P(y=1|q) = ab",
        r"\Delta a = ab",
    ):
        assert show(stripped(read_latex(text, D, sides=True), D, r"\nabla_W L")) == "(a . b)", text
    for text in ("a = b", "a - b Q = ab", "7 Q = ab", "aQ = ab", r"-\nabla_W L = ab", r"\text{not } Q = ab"):
        assert show(stripped(read_latex(text, D, sides=True), D, r"\nabla_W L")) != "(a . b)", text


def test_auto_is_python_where_every_name_is_known():
    assert read("a**2", "auto", D).syntax == "python"
    assert read("q**2", "auto", D).syntax == "latex"
    assert read(r"\frac{a}{b}", "auto", D).syntax == "latex"


def test_macros_are_expanded():
    d = Declarations.of({"x": {"shape": ["n"]}}, macros={"norm": r"\left\|#1\right\|"})
    assert show(read_latex(r"\norm{x}^2", d)) == "norm(x)^2"


def test_spans_are_offsets_of_the_source():
    node = read_latex(r"a+\frac{b}{2}", D)
    assert node.span == (0, 13)
    assert node.terms[1].span == (2, 13)


def _cases():
    return [json.loads(line) for line in STRINGS.read_text(encoding="utf-8").splitlines()]


def test_every_example_string_reads_and_its_latex_reads_back_to_the_same_tree():
    for case in _cases():
        declared = Declarations.of_request(case)
        if not case.get("readable", True):
            with pytest.raises(Unreadable):
                read(case["text"], case["syntax"], declared)
            continue
        node = read(case["text"], case["syntax"], declared).node
        assert read_latex(to_latex(node), declared) == node, case["text"]
