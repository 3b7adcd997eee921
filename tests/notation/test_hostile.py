"""Whatever is typed, a reader answers or refuses; nothing else leaves it, and nothing typed is executed."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.notation.declare import Declarations
from derive.notation.errors import Refused, Unreadable
from derive.notation.reader import SYNTAXES, read
from derive.notation.write import to_latex

INSIDE = """
import re
from pathlib import Path
from tests.notation import test_hostile
def peak():
    return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
print(peak())
test_hostile.read_everything()
print(peak())
"""

D = Declarations.of({"x": {}, "W": {"shape": ["m", "n"]}, "sigma": {"shape": "function", "latex": "\\sigma"}})

HOSTILE = [
    "(" * 10**6,
    "(" * 15000,
    "{" * 15000,
    "(" * 199 + "x" + ")" * 199,
    "((" * 100 + "x" + "))" * 100,
    "-" * 19000 + "x",
    "x^" * 5000 + "x",
    "x^{" * 150 + "x" + "}" * 150,
    "!" * 100,
    "x" + "!" * 19000,
    "'" * 19000,
    "x" + "'" * 19000,
    "|" * 19000,
    r"\frac" * 3000,
    r"\sqrt" * 3000 + "x",
    r"\left(" * 3000,
    r"\sum_i" * 3000 + "x",
    "9**9**9",
    "9^{9^{9}}",
    "1" * 19999,
    "1e999999999",
    "0x" + "f" * 5000,
    "\ud800",
    "x\ud800",
    "\u202ex",
    "\u2066x\u2069",
    "\x00",
    "\x07x",
    "\u0430",
    "\u0441os(x)",
    r"\input{/etc/passwd}",
    r"\def\x{1}",
    r"\write18{ls}",
    r"\newcommand{\x}{y}",
    r"\csname x\endcsname",
    r"\catcode`\@=11",
    "I don't know",
    "the answer is x",
    "import os",
    "__import__('os').system('ls')",
    "().__class__.__bases__[0]",
    "lambda: 1",
    "x.__class__",
    "x._private",
    "[x for x in iter(int, 1)]",
    "sum(1 for x in iter(int, 1))",
    "exec('1')",
    "eval('1')",
    "open('f')",
    "'%s' % x",
    "f'{x!r}'",
    "'{0.__class__}'.format(x)",
    "x := 1",
    "print(x)",
    "",
    "   ",
    "{}",
    "()",
    "[]",
    "\\",
    "\\\\",
    "&",
    "#",
    "$",
    "$$",
    "_",
    "^",
    "x_",
    "x^",
    "'",
    '"',
    r"\begin{cases}",
    r"\end{cases}",
    r"\begin{foo}x\end{foo}",
    "x" * 20001,
    "x+" * 9999 + "x",
    "a" * 19999,
    "f(" * 190 + "x" + ")" * 190,
    r"\begin{cases}" * 500,
    r"\text{" * 5000,
    r"\mathbf" * 9000,
    r"\hat" * 6000 + "x",
    "x" + "_1" * 5000,
    "x" + "_{i}^{2}" * 2000,
    "not " * 4000 + "x",
    "~" * 19000 + "1",
    "lambda:" * 2000 + "1",
    "a.b" * 5000,
    "a" + ".b" * 9000,
    "a" + "[0]" * 6000,
    "[" * 190 + "]" * 190,
    "1 if x else " * 1500 + "1",
    "\u0301x",
    "\u4f60\u597d",
    "x=",
    "=",
    r"\sin",
    r"\sin^",
    r"\log_",
    r"\partial",
    r"\int x dx",
    r"\left.x\right|",
    r"\left|x\right.",
    "{,}",
    "]0,1[",
    "`ls`",
    "x;y",
    "1,000",
    "\\" * 19000,
    "W[" * 150 + "0" + "]" * 150,
    "**" * 9000,
    "x**" * 2000 + "x",
    "," * 19000,
    "1," * 9000 + "1",
    r"\placeholder{}",
    "if " * 5000,
    r"\frac{\partial L}{\partial}",
    r"\nabla_{",
    r"\sum_{}",
    r"\sum_{i=1}",
    "\u00bd\u00b2",
    "<script>",
    "SELECT * FROM x",
    "x\u200bx",
]


def check_sentence(message):
    assert message[0].isupper()
    assert message.endswith(".")


def check_position(position, text):
    assert position is None or 0 <= position <= len(text)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_every_hostile_text_is_answered_or_refused(syntax):
    for text in HOSTILE:
        try:
            to_latex(read(text, syntax, D).node)
        except Unreadable as answer:
            check_sentence(answer.message)
            check_position(answer.position, text)
        except Refused as answer:
            check_sentence(answer.message)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\ud800",
        "\u202ex",
        "\x00",
        "\u0430",
        r"\input{f}",
        r"\def\x{1}",
        r"\write18{ls}",
        "I don't know",
        "import os",
        "the answer is x",
        "__import__('os')",
        "lambda: 1",
        "x.__class__",
        "hello world",
    ],
)
@pytest.mark.parametrize("syntax", ["latex", "python", "auto"])
def test_what_is_no_formula_is_unreadable(text, syntax):
    with pytest.raises(Unreadable):
        read(text, syntax, D)


@pytest.mark.parametrize("text", ["(" * 10**6, "x" * 20001, "(" * 300, "1" * 5000, "1e99999", "-" * 2000 + "x"])
def test_what_is_over_the_budget_is_refused(text):
    for syntax in SYNTAXES:
        with pytest.raises((Refused, Unreadable)):
            read(text, syntax, D)
    with pytest.raises(Refused):
        read(text, "latex", D)


def test_nesting_within_the_budget_reads():
    for syntax in ("latex", "python", "text"):
        assert to_latex(read("(" * 190 + "x" + ")" * 190, syntax, D).node) == "x"


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ("a+(b", "The bracket opened here is never closed.", 2),
        (r"\frac{a", "The brace opened here is never closed.", 5),
        ("|x", "The bar opened here is never closed.", 0),
        ("x}", "This closing brace has no opening brace.", 1),
        (r"x+\foo", "The command \\foo is not one we know.", 2),
        ("x+", "Something is missing at the end.", 2),
        (
            "x_(i+1)",
            "In LaTeX only the bracket goes into the script here; please write braces in place of it: x_{…}.",
            2,
        ),
    ],
)
def test_a_refusal_says_where_and_why(text, message, position):
    with pytest.raises(Unreadable) as error:
        read(text, "latex", D)
    assert (error.value.message, error.value.position) == (message, position)


def read_everything():
    for text in HOSTILE:
        for syntax in SYNTAXES:
            with suppress(Unreadable, Refused):
                read(text, syntax, D)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process is read from Linux's /proc")
def test_memory_stays_small():
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", INSIDE], capture_output=True, text=True, check=True, cwd=root)
    before, after = map(int, done.stdout.split())
    assert 10 < before < after < before + 100


PIECES = st.sampled_from(
    [
        *"xWijn012+-*/^_=<>,.;:!|'()[]{}& $",
        r"\frac",
        r"\sum",
        r"\sigma",
        r"\left",
        r"\right",
        r"\|",
        r"\{",
        r"\}",
        r"\partial",
        r"\nabla",
        r"\mathbf",
        r"\hat",
        r"\text",
        r"\begin{cases}",
        r"\end{cases}",
        r"\\",
        r"\log",
        r"\max",
        r"\prime",
        r"\top",
        r"\sqrt",
        "sum",
        "if",
        "np.",
        "lambda",
        "**",
        "σ",
        "²",
        "Σ",
        "∂",
        "e",
        "d",
        r"\cdot",
        r"\odot",
        r"\mathbb{1}",
        r"\lfloor",
        r"\big",
        r"\not",
        r"\operatorname",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(SYNTAXES))
def test_no_pile_of_pieces_raises_anything_else(text, syntax):
    with suppress(Unreadable, Refused):
        to_latex(read(text, syntax, D).node)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40), st.sampled_from(SYNTAXES))
def test_no_text_raises_anything_else(text, syntax):
    with suppress(Unreadable, Refused):
        read(text, syntax, D)
