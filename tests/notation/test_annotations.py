"""The LaTeX that an HTML page carries beside each formula reads back to the derivation's expression."""

import html
import re

import pytest
from test_results_read_back import declarations, from_the_base

from derive.calculus.canonical import same
from derive.derivations.catalogue import catalogue
from derive.notation.latex import read_latex
from derive.notation.meaning import lowered
from derive.notation.relation_latex import relation_latex, side_latex
from derive.render.katex import display
from derive.render.views import view


def plainly(name: str) -> bool:
    """Whether the page's own names are what a reader declares."""
    d = catalogue()[name]
    return from_the_base(d) and declarations(d)[1].names == d.page.names


NAMES = [n for n in catalogue() if from_the_base(catalogue()[n])]
QUICK = set(NAMES[::12])


@pytest.mark.parametrize("name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in NAMES])
def test_the_annotation_reads_back(name: str) -> None:
    d = catalogue()[name]
    shown = str(
        display(view(d).ideas[-1].marked if view(d).ideas else view(d).result, relation_latex(d.result, d.page))
    )
    copied = html.unescape(re.search(r"<annotation[^>]*>(.*?)</annotation>", shown, re.DOTALL)[1])
    right = side_latex(d.result.right, d.result, d.page)
    assert copied.endswith(f" {right}")
    if plainly(name):
        declared, _ = declarations(d)
        assert same(d.result.result, lowered(read_latex(copied[-len(right) :], declared), declared).body)
