"""Pages in every format: what they hold, in which order and length; HTML that is whole, safe and needs no network."""

import html
import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from typer.testing import CliRunner

from derive.bank.banks import files, load
from derive.bank.choice import Choice
from derive.bank.problem import Mistake, Part, Problem
from derive.cli import app
from derive.derivations.catalogue import catalogue
from derive.render import record
from derive.render.breaking import broken
from derive.render.changes import marked, vanished
from derive.render.katex import NotTypeset, display, fonts, inline
from derive.render.markdown import prose
from derive.render.plain import plain, plain_text
from derive.render.shown import DerivationView
from derive.render.solution import derivation_page, solution
from derive.render.views import page_view, view

RUN = CliRunner()
PROBLEMS = ("losses/softmax_cross_entropy", "generative/gan_game", "theory/lipschitz_layers")
DERIVATIONS = (
    "softmax-jacobian",
    "convolution-toeplitz",
    "gru-bptt-reset-input-weights",
    "elbo-bound",
    "determinant-transpose-slope",
)
VOID = {"meta", "link", "br", "input", "img", "hr", "path", "mspace"}


def variant(name: str, seed: int = 0):
    return load(files()[name], name).variant(seed)


class Read(HTMLParser):
    """Tags with their attributes, headings, ids, and whether what is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict]:
        return [a for t, a in self.tags if t == tag]


def displays(d: DerivationView) -> int:
    """How many formulas stand on their own on a derivation's page in full."""
    folded = sum(len(i.lines) for i in d.ideas if i.also)
    return len(d.definitions) + len(d.ideas) + folded + 1 + bool(d.matrix_latex)


def external(text: str) -> list[str]:
    """What a browser would fetch, or lead to, outside of the page."""
    found = re.findall(r"""(?:src|href)\s*=\s*["']?([^"'\s>]+)|url\(([^)]*)\)|@import\s+([^;]+)""", text)
    places = [next(filter(None, f)) for f in found]
    return [p for p in places if not p.startswith(("#", "data:"))] + re.findall(r"https?://(?!www\.w3\.org/)\S+", text)


@pytest.mark.parametrize("name", [*PROBLEMS, *DERIVATIONS])
def test_a_page_is_whole_and_needs_no_network(name: str) -> None:
    page = solution(variant(name), "html") if "/" in name else derivation_page(catalogue()[name], "html")
    read = Read(page)
    shown = page.count('<span class="katex">')
    assert (
        shown
        == page.count("</math>")
        == page.count("<annotation ")
        == page.count('"katex-html" aria-hidden="true"')
        > 5
    )
    assert "katex-error" not in page
    assert "cc0000" not in page
    assert not external(page)
    embedded = set(re.findall(r"font-family:KaTeX_\w+;font-weight:\d+", page.split("/*! KaTeX")[0]))
    assert len(embedded) == len(fonts(page)) > 1
    assert read.all("html")[0]["lang"] == "en"
    assert next(a for a in read.all("a") if a.get("class") == "skip")["href"] == "#" + read.all("main")[0]["id"]
    levels = [int(t[1]) for t, _ in read.tags if re.fullmatch("h[1-6]", t)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    assert len(read.all("details")) == len(read.all("summary"))


@pytest.mark.parametrize("name", DERIVATIONS)
def test_every_display_is_typeset_and_carries_its_latex(name: str) -> None:
    d = view(catalogue()[name])
    page = derivation_page(catalogue()[name], "html")
    assert page.count('<div class="display') == displays(d)
    copied = {
        html.unescape(a).strip()
        for a in re.findall(r'<annotation encoding="application/x-tex">(.*?)</annotation>', page)
    }
    beside = {x.strip() for line in d.definitions for x in line.latex.split(r"\qquad")}
    assert {d.result, *beside, *(i.last.latex for i in d.ideas)} <= copied
    assert not any("htmlClass" in a for a in copied)


def test_what_an_author_writes_stays_text() -> None:
    said = '<script>alert(1)</script> & "x" <img src=http://example.org/a.png> $a<b$ `<b>`'
    mistake = Mistake("<u>no</u>", said)
    part = Part(ask=said, answer=Choice("yes & no", "<no>"), mistakes=(mistake,))
    page = solution(Problem(title=said, statement=said, parts={"a": part}, name="own/one").variant(0), "html")
    read = Read(page)
    assert not read.all("script")
    assert not read.all("img")
    assert not read.all("u")
    assert "&lt;script&gt;" in page
    assert "a&lt;b" in page


@pytest.mark.parametrize(
    "latex", [r"\href{http://x.org}{y}", r"\htmlClass{step}{y}", r"\includegraphics{a.png}", r"\htmlId{main}{y}"]
)
def test_a_formula_brings_in_nothing(latex: str) -> None:
    read = Read(str(inline(latex)))
    for _, attributes in read.tags:
        assert not {"href", "src", "id"} & set(attributes)
        assert "step" not in (attributes.get("class") or "").split()


def test_a_formula_that_is_none_is_said() -> None:
    with pytest.raises(NotTypeset, match="Undefined control sequence"):
        display(r"\frac{a}{\nosuch}")
    with pytest.raises(NotTypeset):
        prose(r"good $x$, bad $\frac{1$")


def test_a_solution_says_which_problem_holds_no_formula(tmp_path) -> None:
    text = 'from derive import Choice, Part, Problem\nproblem = Problem(title="t", statement=r"$\\frac{1$", parts={"a": ' \
        'Part(ask="?", answer=Choice("a", "b"))})\n'  # fmt: skip
    (tmp_path / "one.py").write_text(text, encoding="utf-8")
    found = RUN.invoke(app, ["solve", "one", "--bank", str(tmp_path), "--format", "html"])
    assert found.exit_code == 2
    assert "one: this formula cannot be typeset" in found.stderr


def test_three_lengths_show_more_and_more() -> None:
    for form in ("text", "md", "latex", "html"):
        pages = [solution(variant(PROBLEMS[0]), form, length) for length in ("answer", "short", "full")]
        bodies = [p.split("</style>")[-1] for p in pages]
        assert len(bodies[0]) < len(bodies[1]) < len(bodies[2])
        rules = ["Chain rule" in b or "Chain rule" in b.title() for b in bodies]
        assert rules == [False, True, True]
        assert ["In between" in b or "Then collapse" in b for b in bodies] == [False, False, True]
        assert ["The target is missing" in b for b in bodies] == [False, False, True]


def test_a_page_is_in_the_order_of_a_textbook() -> None:
    page = solution(variant(PROBLEMS[0]), "html")
    said = ["The problem", ">Given<", ">Named on the way<", 'class="steps"', ">Result<", ">In matrix form<", "The answers",
            "Classic mistakes", "Try it"]  # fmt: skip
    places = [page.index(s) for s in said]
    assert places == sorted(places)


def test_a_mistake_is_shown_wrong_by_numbers() -> None:
    parts = {p.name: p for p in page_view(variant("conv/gradients")).parts}
    assert parts["a"].mistakes[0].numbers == "It gives $8$, where $9$ is right."
    assert parts["f"].mistakes[0].numbers == ""  # a choice has none


def test_a_variant_to_try_asks_something_else() -> None:
    page = page_view(variant("conv/gradients"))
    assert page.again is not None
    assert page.again.seed > page.seed
    assert page.again.statement != page.statement
    assert page.again.again is None


def test_evidence_opens_at_each_idea_and_is_the_lines_own(monkeypatch) -> None:
    d = catalogue()["softmax-jacobian"]
    shown = view(d)
    evidence = [line.agrees for line in (*shown.definitions, *(x for i in shown.ideas for x in i.lines))]
    for said in evidence:
        assert re.fullmatch(r"agrees with torch(\.autograd)? at \d+ sizes, error below 10⁻[⁰¹²³⁴⁵⁶⁷⁸⁹]+", said)
    assert derivation_page(d, "html").count('<details class="check">') == len(shown.ideas)
    lines = [[3 + n, -9 - n % 4] for n in range(len(d.lines))]
    monkeypatch.setattr(
        record, "record", lambda: {d.name: {"steps": len(d.lines), "settings": 3, "error_below": -9, "lines": lines}}
    )
    shown = view(d)
    evidence = [line.agrees for line in (*shown.definitions, *(x for i in shown.ideas for x in i.lines))]
    assert [re.findall(r"at (\d+) sizes", said) for said in evidence] == [[str(n)] for n, _ in lines]


def test_a_record_holds_each_line_and_no_failed_check(tmp_path) -> None:
    from derive.verify.check import verify

    good = verify(catalogue()["softmax-jacobian"], "cpu")
    record.write(tmp_path / "checks.json", {"good": good, "bad": replace(good, ok=False)})
    found = json.loads((tmp_path / "checks.json").read_text(encoding="utf-8"))
    assert list(found) == ["good"]
    assert found["good"]["lines"] == [[good.settings, -12]] * good.steps


def test_evidence_of_other_lines_is_not_shown(monkeypatch) -> None:
    d = catalogue()["softmax-jacobian"]
    monkeypatch.setattr(record, "record", lambda: {d.name: {"steps": 99, "settings": 3, "error_below": -12}})
    assert record.agreements(d) == [""] * len(d.lines)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("y = a + b", "y = a + c", r"y = a + \htmlClass{new}{c}"),
        ("y = a x", "z = b x", r"\htmlClass{new}{z} = \htmlClass{new}{b} x"),
        ("y = a", "y = b", r"y = \htmlClass{new}{b}"),
        (r"y = a b + a c", r"y = a \left(b + c\right)", r"y = a \htmlClass{new}{\left(b + c\right)}"),
        (r"y = a b", r"y = \frac{a}{c + d} b", r"y = \frac{a}{\htmlClass{new}{c + d}} b"),
        (r"y = a", r"y = \sqrt{a} \left[b\right]^{2} c", r"y = \sqrt{a} \htmlClass{new}{\left[b\right]^{2} c}"),
        ("y = a [k = 1] + b", "y = a + b", "y = a + b"),
        (r"y = \frac{a b}{c} x + d", r"y = \frac{a e}{c} x + d", r"y = \frac{a \htmlClass{new}{e}}{c} x + d"),
        (r"y = \left(a + b c\right) x", r"y = \left(a + b d\right) x", r"y = \left(a + b \htmlClass{new}{d}\right) x"),
    ],
)
def test_what_changed_is_marked(before: str, after: str, expected: str) -> None:
    assert marked(before, after) == expected
    assert re.sub(r"\\htmlClass\{new\}", "", expected).replace("{", "").replace("}", "") == re.sub(r"[{}]", "", after)
    assert display(expected, after)


def test_long_displays_break_at_signs() -> None:
    long = catalogue()["gru-bptt-reset-input-weights"]
    widest = max((line.latex for line in view(long).ideas[0].lines), key=len)
    rows = broken(widest)
    assert rows.startswith(r"\begin{aligned}")
    for row in rows.split(r"\\"):
        assert len(plain(row)) < 130
    assert re.sub(r"\\begin\{aligned\}|\\end\{aligned\}|\\quad|\\\\|[&\s]", "", rows) == re.sub(r"\s", "", widest)


def test_a_course_has_templates_of_its_own(tmp_path) -> None:
    (tmp_path / "page.css").write_text("body { color: teal; }", encoding="utf-8")
    (tmp_path / "derivation.txt.j2").write_text("our << d.title >>", encoding="utf-8")
    own = ["--templates", str(tmp_path)]
    assert RUN.invoke(app, ["show", "softmax-jacobian", *own]).stdout == "our The Jacobian of the softmax\n"
    page = RUN.invoke(app, ["show", "softmax-jacobian", "--format", "html", *own]).stdout
    assert "teal" in page
    assert "tabular" not in page
    assert RUN.invoke(app, ["show", "softmax-jacobian", "--templates", "nowhere"]).exit_code == 2


def test_templates_beside_a_bank_are_found(tmp_path) -> None:
    bank, own = tmp_path / "problems", tmp_path / "templates"
    bank.mkdir()
    own.mkdir()
    (own / "solution.txt.j2").write_text("<< p.title >>!", encoding="utf-8")
    assert RUN.invoke(app, ["new", "mine", "--bank", str(bank)]).exit_code == 0
    assert RUN.invoke(app, ["solve", "mine", "--bank", str(bank)]).stdout == "Mine!\n"


def test_pages_need_no_torch() -> None:
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from derive.derivations.catalogue import catalogue\n"
        "from derive.render.solution import derivation_page\n"
        "assert '✓' in derivation_page(catalogue()['softmax-jacobian'], 'html')\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_markdown_becomes_html() -> None:
    assert str(prose("a *b* **c** `d`\n\n- e\n- f")) == (
        "<p>a <em>b</em> <strong>c</strong> <code>d</code></p>\n<ul><li>e</li><li>f</li></ul>"
    )
    table = str(prose("| a | b |\n|---|---|\n| 1 | 2 |"))
    assert table.count("<th ") == table.count("<td>") == 2


def test_emphasis_goes_round_formulas_and_stops_stay_with_them() -> None:
    shown = str(prose("*so ($x$), $y$.*"))
    assert shown.startswith("<p><em>so ")
    assert re.search(r'<span class="together">\(.*?\),</span> <span class="together">.*?\.</span></em></p>$', shown)


def test_formulas_side_by_side_may_stand_one_under_the_other() -> None:
    shown = str(display(r"a = 1, \qquad b = \begin{bmatrix} 1 & 2 \end{bmatrix} \quad c"))
    assert shown.count('class="katex-display"') == 3
    assert shown.startswith('<div class="display apart"')
    assert str(display(r"a = b")).count("katex-display") == 1


def test_there_is_no_gap_before_a_bracket_and_the_copy_is_as_written() -> None:
    shown = str(inline(r"\sigma\left(a\right) \mathbb{1}[k]"))
    assert html.unescape(re.findall(r'x-tex">(.*?)</annotation>', shown)[0]) == r"\sigma\left(a\right) \mathbb{1}[k]"
    assert re.search(r'σ</i><b class="\w+">\(', shown)  # no space between them
    assert "Main-Bold" in fonts(shown)


def test_what_is_gone_is_said() -> None:
    assert vanished("y = a [k = 1] + b [n < 2]", "y = a + b") == r"[k = 1],\; [n < 2]"
    assert vanished("y = a", "y = b") == ""
    gone = [i.gone for i in view(catalogue()["gaussian-kl"]).ideas]
    assert any(gone)
    assert "gone:" in derivation_page(catalogue()["gaussian-kl"], "html")


def test_names_in_a_rule_keep_their_capitals() -> None:
    assert "Donsker and Varadhan" in derivation_page(catalogue()["pac-bayes-bound"], "md")


@pytest.mark.parametrize(("form", "suffix"), [("md", "md"), ("latex", "tex"), ("ipynb", "ipynb")])
def test_all_solutions_are_written_in_a_format(form: str, suffix: str, tmp_path) -> None:
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "one.py").write_text(files()["conv/gradients"].read_text(encoding="utf-8"), encoding="utf-8")
    asked = ["solve", "--all", "--bank", str(tmp_path / "bank"), "-o", str(tmp_path / "out"), "--length", "answer"]
    assert RUN.invoke(app, [*asked, "--format", form]).exit_code == 0
    assert (tmp_path / "out" / f"one.{suffix}").stat().st_size > 300
    assert (tmp_path / "out" / "README.md").is_file() == (form == "md")
    assert RUN.invoke(app, [*asked, "--format", "nope"]).exit_code == 2


def test_latex_marks_what_changed() -> None:
    page = derivation_page(catalogue()["softmax-jacobian"], "latex")
    assert r"\definecolor{new}" in page
    assert r"= p_{i} \textcolor{new}{\left([i = j] - p_{j}\right)}" in page
    assert "htmlClass" not in page


def test_an_answer_in_letters_is_an_equation_and_one_in_words_wraps() -> None:
    parts = {p.name: p for p in page_view(variant("losses/logistic_regression")).parts}
    assert parts["a"].shown.startswith(r"\frac{\partial L}{\partial w_{j}} = ")
    assert parts["c"].shown == parts["c"].answer
    assert display(parts["c"].shown) == '<p class="words">it is convex</p>'


def test_a_page_explains_a_name_once_and_only_names_that_it_uses() -> None:
    rows = [r for d in page_view(variant("sequences/through_time")).derivations for r in d.symbols]
    assert len(rows) == len(set(rows)) > 10
    knobs = [n for n, s in catalogue()["novikov-bound"].symbols.items() if n == "seed" and s.meaning]
    assert knobs
    assert not [m for _, _, m in view(catalogue()["novikov-bound"]).symbols if m == "which stream of examples is tried"]


def test_a_lemma_is_named_by_its_title() -> None:
    said = derivation_page(catalogue()["receptive-field"], "text")
    assert "(see “How far apart neighbouring units look, after several strides”)" in said
    assert "derived above" not in said


def test_no_number_beside_a_mistake_is_impossible() -> None:
    parts = {p.name: p for p in page_view(variant("losses/logistic_regression")).parts}
    shown = [m.numbers for m in (*parts["a"].mistakes, *parts["b"].mistakes)]
    assert all(shown)
    assert not any(re.search(r"p = \(\d|, \d+\)\$, \$y", numbers) for numbers in shown)  # no probability of 4
    parts = {p.name: p for p in page_view(variant("sequences/through_time")).parts}
    assert not any(m.numbers for m in parts["a"].mistakes)  # f is any function


def test_text_keeps_stars_scopes_and_limits() -> None:
    assert plain_text("*so* $c^*$ and $d^*$") == "so c* and d*"
    assert plain(r"\log\frac{a}{b + c} + \sum_{j=1}^{2} \bigl(x_{j}^{2}\bigr)") == "log(a/(b + c)) + Σ_{j=1}^2 (x_j²)"


def test_a_magnitude_is_one_piece() -> None:
    assert marked("|z|^{2} = b", "|z| = b") == r"\htmlClass{new}{|z|} = b"
