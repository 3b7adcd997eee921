"""How lines of working are cut into statements, and rows out of a LaTeX file."""

import pytest

from derive.grading.lines_text import statements
from derive.grading.paper import macros, rows

CASES = r"x = \begin{cases} 1 & \text{if } y \\ 0 \end{cases}"
PAPER = r"""
\newcommand{\loss}{L} % a comment with \begin{align} x \end{align}
\begin{align*}
  a &= b + c \label{one} \\[2pt]
    &= \begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases} \nonumber \\
  \intertext{Hence,
  as before,}
  d &= 50\% \\
\end{align*}
\begin{equation}\begin{split}
  e &= f \\ &= g
\end{split}\end{equation}
\[ h = k \] and $$ m = n $$
\begin{gather} p = q \end{gather}
"""


def test_rows_keep_the_files_line_numbers():
    found = rows(PAPER)
    assert [r.line for r in found] == [4, 5, 8, 11, 11, 13, 13, 14]
    assert found[0].text == r"a &= b + c \label{one}"
    assert r"\\ 0 & \text{otherwise} \end{cases}" in found[1].text
    assert found[2].text == r"\text{Hence, as before,} d &= 50\%"
    assert [r.text for r in found[3:]] == ["e &= f", "&= g", "h = k", "m = n", "p = q"]


def test_a_file_without_displays_has_no_rows():
    assert rows("x = y") == []
    assert rows(r"\begin{align} & \\ & \end{align}") == []


def test_macros_are_the_files_own():
    assert macros(PAPER) == {"loss": "L"}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (r"a &= b \\", [("a  = b", "line")]),
        (r"\text{Hence } a = b", [("a = b", "implies")]),
        (r"a = b, \quad \text{where } b = c", [("a = b", "line"), ("b = c", "where")]),
        (r"\text{for } x = 1: a = b", [("x = 1", "condition"), ("a = b", "line")]),
        (r"\text{Setting the gradient to zero, } a = b \nonumber", [("a = b", "set")]),
        (r"a = b \implies c = d", [("a = b", "line"), ("c = d", "implies")]),
        (CASES, [(CASES, "line")]),
        (r"\text{nothing here}", []),
        (r"\label{a} \\", []),
    ],
)  # fmt: skip
def test_statements(line, found):
    assert [(s.text.strip(), s.role) for s in statements(line)] == found


def test_positions_are_the_lines_own():
    (only,) = statements(r"\text{So } a = b")
    assert only.text.index("a") == r"\text{So } a = b".index("a")
