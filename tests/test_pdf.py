"""PDF: every symbol arrives, the file can be read aloud and selected, and nothing in it depends on the day."""

import re
import shutil
import subprocess
import sys

import pytest

from derive.bank.banks import bank
from derive.derivations.catalogue import catalogue
from derive.render.formats import derivation_as, solution_as
from derive.render.missing import NotInstalled
from derive.render.pdf import derivation_source, solution_source
from derive.render.typst_math import Untypeset, latex_symbols, typst_math, typst_symbols
from derive.render.typst_prose import typst
from derive.render.views import page_view, view

FORMULAS = [
    (r"\bigl(y \log p\bigr)", "(y log p)"),
    (r"\left| x + 1 \right|", "abs(x + 1)"),
    (r"\text{a [b] #c}", '"a [b] #c"'),
    (r"\mathrm{relu}(x)", 'upright("relu")(x)'),
    (r"\sigma''(z)", "sigma''(z)"),
    (r"\tfrac{1}{2}(x)", "inline(frac(1, 2))(x)"),
    (r"\begin{bmatrix} a & b \\[0.6em] c & d \end{bmatrix}^{\top}", 'mat(delim: "[", a, b ; c, d)^(top)'),
    (r"f(\begin{pmatrix} g(a, b) \\ c \end{pmatrix}, d)", 'f(mat(delim: "(", g(a, b); c), d)'),
    (r"\|v\|_{2}^{2}", "norm(v)_(2)^(2)"),
    (r"\lVert v\rVert \lvert a\rvert", "norm(v) abs(a)"),
    (r"|z|^{2} = r \|g\|", "abs(z)^(2) = r norm(g)"),
    (r"\htmlClass{new}{|z|} p(x|y)", "fresh(abs(z)) p(x | y)"),
    (r"|x_{i,j} - \max(a, b)|", "abs(x_(i,j) - max (a,b))"),
    (r"|\{a\}|", "| {a} |"),
    (r"p(x \| y) + |a| \le |b|", "p(x bar.v.double y) + abs(a) <= abs(b)"),
]


@pytest.mark.parametrize(("latex", "expected"), FORMULAS)
def test_what_tylax_garbles_arrives_whole(latex, expected):
    assert typst_math(latex).replace(" ", "") == expected.replace(" ", "")


@pytest.mark.parametrize(
    "latex",
    [
        r"\begin{cases} 1 & x; \\ 2 & y \end{cases}",
        r"\foo{x}",
        r"\frac{a,b}{c}",
        r"\oint x",
        r"\begin{array}{c} a \end{array}",
    ],
)
def test_a_formula_that_would_lose_a_symbol_is_refused(latex):
    with pytest.raises(Untypeset):
        typst_math(latex)


def test_a_lost_symbol_is_seen(monkeypatch):
    import tylax

    monkeypatch.setattr(tylax, "latex_to_typst", lambda text, options: "a + c")
    with pytest.raises(Untypeset, match="became"):
        typst_math(r"a + b + c + 0")


def test_symbols_of_both_sides_are_the_same_for_one_of_each():
    latex = r"\hat{x}_{i,j}^{2} \le \sqrt{a} \left[\lfloor b \rfloor\right] \vee \neg c"
    assert list(latex_symbols(latex)) == list(typst_symbols(typst_math(latex)))


@pytest.mark.slow
def test_no_formula_of_the_catalogue_or_the_bank_loses_a_symbol():
    seen = 0
    for d in catalogue().values():
        shown = view(d)
        lines = (*shown.definitions, *(line for idea in shown.ideas for line in idea.lines))
        for latex in [
            shown.result,
            shown.matrix_latex,
            *(x.latex for x in lines),
            *(x.ranges for x in lines),
        ]:
            typst_math(latex)
            seen += 1
    for problem in bank(()).values():
        page = page_view(problem.variant(0))
        typst(page.statement)
        for part in page.parts:
            typst_math(part.answer)
            typst(f"{part.ask} {part.how}")
            for mistake in part.mistakes:
                typst_math(mistake.latex)
                typst(mistake.say)
    assert seen > 3000


def test_prose_is_escaped():
    assert typst("a_b #c $x$(1) *d* 10²") == r'a\_b \#c #eq("x", $x$);(1) #emph[d]; 10#super[2];'


def test_pages_do_not_break_a_result_a_step_or_a_heading():
    source = derivation_source(catalogue()["softmax-jacobian"])
    for name in ("boxed", "step", "then"):
        assert re.search(rf"#let {name}\(.*breakable: false", source), name
    assert "sticky: true" in source
    assert source.count("#step(") == len(view(catalogue()["softmax-jacobian"]).ideas)


def text_of(pdf, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True, encoding="utf-8").stdout


def test_a_derivation_is_a_pdf_with_text_the_same_every_time(tmp_path):
    made = derivation_as(catalogue()["mlp-first-weights"], "pdf")
    assert made.startswith(b"%PDF-")
    assert made == derivation_as(catalogue()["mlp-first-weights"], "pdf")
    assert b"/StructTreeRoot" in made
    assert b"/CreationDate (D:19700101" in made or b"/CreationDate" not in made
    text = text_of(made, tmp_path)
    assert "Result." in text
    assert catalogue()["mlp-first-weights"].title.split()[0] in text


def test_papers_differ_in_size():
    sizes = {paper: derivation_source(catalogue()["adam-step"], paper=paper) for paper in ("a4", "letter")}
    assert 'paper: "a4"' in sizes["a4"]
    assert 'paper: "us-letter"' in sizes["letter"]
    with pytest.raises(KeyError):
        derivation_source(catalogue()["adam-step"], paper="a9")


def test_lengths_hold_less():
    variant = bank(())["losses/softmax_cross_entropy"].variant(0)
    full, short, answer = (solution_source(variant, length) for length in ("full", "short", "answer"))
    assert len(full) > len(short) > len(answer)
    assert "= The working" not in answer


@pytest.mark.slow
def test_solutions_with_pictures_compile(tmp_path):
    for name in ("conv/gradients", "sequences/gru_pieces", "optimisation/heavy_ball", "attention/causal_mask"):
        text = text_of(solution_as(bank(())[name].variant(0), "pdf"), tmp_path)
        assert "The answers" in text, name


def test_without_the_extra_there_is_a_sentence_that_says_what_to_install(monkeypatch):
    typst_math.cache_clear()
    monkeypatch.setitem(sys.modules, "tylax", None)
    with pytest.raises(NotInstalled, match=r"pip install 'derive-suite\[pdf\]'"):
        derivation_as(catalogue()["adam-step"], "pdf")


def test_what_changed_is_in_colour() -> None:
    assert typst_math(r"y = \htmlClass{new}{f(a, b)} c") == "y = fresh(f (a, b)) c"
    with pytest.raises(Untypeset):
        typst_math(r"\underbrace{a}")
    source = derivation_source(catalogue()["softmax-jacobian"])
    assert source.count("fresh(") > 1
    assert source.count("true, {line(") == 5 - 1
