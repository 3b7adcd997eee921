"""Names that a page defines, or an answer itself: they count as what they stand for, in every notation, and hide nothing."""

import pytest

from derive import Answer, Derivation, Form, Part, Problem, Symbol, stated
from derive.bank.defined import equations
from derive.bank.grade import grade_part
from derive.bank.problem import AskedPart, BadProblem
from derive.notation.index_language import program

GATE = Derivation(
    "gate-weights-here",
    "Back through a gate into its weights",
    of=program("y[c,p] := x[c,p]*sigmoid(sum(W[c,d]*sum(x[d,q], q), d)/n)", shapes={"x": "C n", "W": "C C"}),
    wrt="W",
    letters=("k", "l"),
    symbols={
        "C": Symbol(domain="dimension"),
        "n": Symbol(domain="dimension"),
        "x": Symbol(("C", "n")),
        "W": Symbol(("C", "C")),
        "y": Symbol(("C", "n"), "derived"),
        "y_bar": Symbol(("C", "n"), latex="g"),
    },
    truth=lambda torch, x, W: x * torch.sigmoid(torch.mv(W, x.mean(1)))[:, None],  # noqa: N803
    settings=({"C": 2, "n": 3}, {"C": 3, "n": 2}, {"C": 4, "n": 5}),
)
SWISH = Derivation(
    "swish-slope-here",
    "The slope of swish",
    of=program("f := z/(1 + exp(-b*z))"),
    wrt="z",
    symbols={"z": Symbol(), "b": Symbol(latex=r"\beta"), "f": Symbol((), "derived")},
    truth=lambda torch, z, b: z * torch.sigmoid(b * z),
    settings=({}, {}, {}),
)
LAYER = r"""The means are $m_c = \frac1n \sum_{p=1}^n x_{c,p}$, the gates $s_c = \sigma(u_c)$ with
$u_c = \sum_{d=1}^C W_{c,d} m_d$, and $y_{c,p} = x_{c,p} s_c$. Given is $g_{c,p} = \partial L/\partial y_{c,p}$."""
CURVE = r"The activation is $f(z) = z\,\sigma(\beta z)$ with the logistic function $\sigma(t) = 1/(1 + e^{-t})$."


def asked(answer: Answer, statement: str, ask: str = "", form: Form | None = None, **more) -> AskedPart:
    problem = Problem("A page", statement, {"a": Part(ask, answer, 2, form=form)}, **more)
    return problem.variant(0).parts["a"]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"s_k (1 - s_k) m_l \sum_p g_{k,p} x_{k,p}", "equal"),
        ("s_k (1 - s_k) m_l sum_p g_kp x_kp", "equal"),
        ("s[k]*(1 - s[k])*m[l]*sum(g[k, p]*x[k, p] for p in range(n))", "equal"),
        (r"m_l \sigma'(u_k) \sum_p g_{k,p} x_{k,p}", "equal"),
        (r"v_k m_l \sum_p g_{k,p} x_{k,p}, \quad v_k = s_k (1 - s_k)", "equal"),
        (r"v_k m_l \sum_p g_{k,p} x_{k,p} where v_k = s_k (1 - s_k)", "equal"),
        (r"s_k (1 - s_k) m_k \sum_p g_{k,p} x_{k,p}", "different"),
        (r"s_k (1 + s_k) m_l \sum_p g_{k,p} x_{k,p}", "different"),
        (r"s_l (1 - s_l) m_l \sum_p g_{k,p} x_{k,p}", "different"),
        (r"v_k m_l \sum_p g_{k,p} x_{k,p}, \quad v_k = s_k", "different"),
        (r"q_k m_l \sum_p g_{k,p} x_{k,p}", "unreadable"),
        (r"s_k (1 - s_k) m_l \sum_p g_{k,p} x_{k,p} where s_k = 5", "unreadable"),
        (r"s_k (1 - s_k) m_l \sum_p g_{k,p} x_{k,p} where x = 2 W", "different"),
    ],
)
def test_names_that_the_statement_defines_stand_for_what_they_are(text: str, verdict: str) -> None:
    assert asked(Answer(GATE), LAYER).answer.judge(text).verdict == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"\beta f(z) + \sigma(\beta z) (1 - \beta f(z))", "equal"),
        (r"\beta f + \sigma(\beta z) (1 - \beta f)", "equal"),
        ("beta f(z) + sigma(beta z) (1 - beta f(z))", "equal"),
        ("b*f(z) + (1 - b*f(z))*f(z)/z", "equal"),
        ("beta f(z) + sigma(beta z) (1 + beta f(z))", "different"),
        ("f(z)", "different"),
        ("f(2z)", "different"),
    ],
)
def test_a_function_that_the_page_defines_is_applied(text: str, verdict: str) -> None:
    assert asked(Answer(SWISH), CURVE).answer.judge(text).verdict == verdict


@pytest.mark.slow
def test_a_slip_in_the_page_s_own_names_is_found() -> None:
    wrong = grade_part(asked(Answer(GATE), LAYER), r"s_k (1 - s_k) m_k \sum_p g_{k,p} x_{k,p}")
    assert wrong["misconception"] == "index-swapped"
    assert "we do not know" not in wrong["feedback"]


def test_what_is_said_in_words_is_declared_by_the_author() -> None:
    statement, text = "The gates are called $s_c$, and the means $m_c$.", r"s_k (1 - s_k) m_l \sum_p g_{k,p} x_{k,p}"
    means = {"m_c": r"\frac1n \sum_{p=1}^n x_{c,p}", "s_c": r"\sigma(\sum_{d=1}^C W_{c,d} m_d)"}
    assert asked(Answer(GATE), statement).answer.judge(text).verdict == "unreadable"
    assert asked(Answer(GATE), statement, defines=means).answer.judge(text).verdict == "equal"


def test_a_name_hides_nothing_from_the_form_that_is_asked_for() -> None:
    statement = r"A weight $W$ with $h = f(z)$ and $q = \sum_{i=1}^2 z$. " + CURVE
    part = asked(Answer(SWISH), statement, form=Form(closed=True, keeps=1))
    hidden, plain = (
        r"\sigma(\beta z) + \beta q \sigma(\beta z) (1 - \sigma(\beta z))/2",
        r"\beta f + \sigma(\beta z)(1 - \beta f)",
    )
    assert grade_part(part, hidden)["feedback"] == "Right in value, but give it in closed form, without a sum."
    assert grade_part(part, plain)["verdict"] == "equal"
    only = asked(Answer(SWISH), statement, form=Form(allowed=("f", "b", "beta"), keeps=1))
    assert grade_part(only, plain)["verdict"] == "partly"


@pytest.mark.parametrize(
    "sentence",
    [
        r"Where a step is masked, $h_t = 0 h$ unless $t = 1$.",
        r"It gives $h_i = z_i$ for $z_i > 0$.",
        r"The rule is $w_{i,j} = x_i x_j$ for $i \ne j$.",
        r"Ann writes $v = 2 a$.",
        r"For small steps, $v = 2 a$.",
        r"First $h_t = z_t$. Then $h_t = h_{t-1}$ holds.",
    ],
)
def test_what_holds_under_a_condition_or_is_doubted_defines_nothing(sentence: str) -> None:
    assert [e for e in equations(sentence) if e[0] not in ("t", "i")] == []


@pytest.mark.parametrize(
    "sentence",
    [
        r"We write $v = 2 a$ for the double.",
        r"A small network computes $v = 2 a$ from a large input.",
        r"It divides by $v = 2 a$, which is held fixed when one differentiates.",
    ],
)
def test_words_that_doubt_nothing_leave_a_definition(sentence: str) -> None:
    assert list(equations(sentence)) == [("v", "2 a")]
    for doubted in (r"Ann writes $v = 2 a$.", r"For small steps, $v = 2 a$.", r"$v = 2 a$ when the unit is on."):
        assert list(equations(doubted)) == []


@pytest.mark.parametrize("statement", ["Two rates.", r"The rates are $r$ and $q$.", r"It is $q = \sqrt{u}$."])
def test_a_symbol_of_which_nothing_says_what_it_stands_for_is_refused(statement: str) -> None:
    with pytest.raises(BadProblem, match="nothing says what q of symbols= stands for"):
        asked(Answer(SWISH, symbols={"q": Symbol()}), statement)


def test_the_page_says_what_a_symbol_of_the_answer_stands_for() -> None:
    part = asked(Answer(SWISH, symbols={"q": Symbol()}), r"Let $q = \beta z$. " + CURVE)
    assert part.answer.judge(r"\sigma(q) + q \sigma(q) (1 - \sigma(q))").verdict == "equal"
    assert part.answer.judge(r"\sigma(q) + \sigma(q) (1 - \sigma(q))").verdict == "different"


def test_means_speaks_of_symbols() -> None:
    with pytest.raises(ValueError, match=r"means speaks of lam\[i\]"):
        Answer(GATE, means={"lam[i]": "x"})


OUTER = stated(
    "outer-product-here",
    "g[i, k] := a[i]*(1 - a[i])*b[k]",
    symbols={
        "n": Symbol(domain="dimension"),
        "a": Symbol(("n",)),
        "b": Symbol(("n",)),
        "g": Symbol(("n", "n"), "derived"),
    },
    truth=lambda torch, a, b: torch.outer(a * (1 - a), b),
    settings=({"n": 2}, {"n": 3}, {"n": 5}),
)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (r"\delta_i b_k, where \delta_i = a_i (1 - a_i)", "equal"),
        (r"\delta b^\top, where \delta = a \odot (1 - a)", "equal"),
        (r"\delta_i b_k \quad (\delta_i = a_i (1 - a_i))", "equal"),
        (r"d_i b_k (d_i = a_i (1 - a_i))", "equal"),
        (r"\delta_i b_k \left(\text{with } \delta_i = a_i - a_i^2\right)", "equal"),
        (r"\sum_{j=1}^n \delta_{ij} \delta_j b_k, where \delta_j = a_j (1 - a_j)", "equal"),
        (r"\sum_{j=1}^n \delta_{ij} a_j (1 - a_j) b_k", "equal"),
        (r"\delta_i b_k, where \delta_i = a_i", "different"),
        (r"\delta_i b_k (\delta_i = a_i)", "different"),
        (r"a_i (1 - a_i) b_k (i = k)", "different"),
    ],
)
def test_an_answer_may_define_delta_and_define_in_parentheses(answer: str, verdict: str) -> None:
    part = AskedPart("a", r"Give $g_{i,k}$.", Answer(OUTER), 1, (), ())
    assert grade_part(part, answer)["verdict"] == verdict
