"""Matrix expressions in LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from derive.calculus.affine import Affine
from derive.notation import matrix_tree as m
from derive.notation.declare import latex_of_name
from derive.notation.latex_entries import affine_latex
from derive.notation.latex_tables import FENCES, FUNCTIONS, SIGNS
from derive.notation.matrix_terms import apart
from derive.notation.matrix_text import ATOM, POWER, PRODUCT, SUM, Text
from derive.notation.matrix_tree import Hadamard, Matrix, Ones, rank
from derive.notation.matrix_unicode import MatrixPage
from derive.notation.style import Names, Style


def matrix_latex(node: Matrix, style: Style | None = None) -> str:
    r"""The expression as LaTeX.

    >>> from derive.notation.matrix_tree import Name, Transpose, MatMul
    >>> n = Affine.of("n")
    >>> matrix_latex(MatMul((Transpose(Name("W2", (n, n))), Name("delta2", (n,)))))
    'W_{2}^\\top \\delta_{2}'
    """
    return MatrixLatex(style or Style()).text(node)


_MARKS = {"ᵀ": r"^\top", "⁻ᵀ": r"^{-\top}"}
_PRODUCT = re.compile(r"(\\[A-Za-z]+(?![A-Za-z])|[A-Za-z])(_(\w|{[^{}]*}))?[\\A-Za-z(]|\\d?frac")


class MatrixLatex(MatrixPage):
    """Prints LaTeX."""

    dot, over, one = r" \odot ", r" \oslash ", r"\mathbf{1}"

    def __init__(self, style: Style) -> None:
        super().__init__(style.names, style.loss)
        self.style = style

    def round(self, text: str) -> str:
        """Parentheses that grow."""
        return rf"\left({text}\right)" if "\\" in text else f"({text})"

    def raise_(self, node: Matrix, mark: str) -> str:
        """Something with a mark above the line; what has one already, or is a product by its name, in braces."""
        text, mark = self.text(node, ATOM), _MARKS.get(mark, mark)
        named = isinstance(node, m.Name) and node.name in self.names
        if named and _PRODUCT.match(text):
            text = self.round(text)
        return f"{{{text}}}{mark}" if named and "^" in text else text + mark

    def super(self, e: Fraction) -> str:
        """An exponent."""
        return f"^{e}" if len(str(e)) == 1 else f"^{{{e}}}"

    def entrywise(self, exponent: str) -> str:
        """An exponent of every entry of a matrix."""
        return rf"^{{\circ {exponent}}}"

    def caret(self, exponent: Matrix) -> str:
        """An exponent that is an expression."""
        return f"^{{{self.text(exponent)}}}"

    def ratio(self, size: Fraction) -> str:
        """A rational number."""
        return rf"\frac{{{size.numerator}}}{{{size.denominator}}}"

    def least(self, low: Sequence[object]) -> int:
        """A bar holds a sum together."""
        return SUM if len(low) == 1 else POWER

    def quotient(self, front: Sequence[str], low: Sequence[str], body: Matrix | None) -> Text:
        """A fraction before what is no plain name."""
        if not low:
            return super().quotient(front, low, body)
        if isinstance(body, m.Name):
            front, body = [*front, self.text(body)], None
        shown = rf"\frac{{{' '.join(front) or '1'}}}{{{' '.join(low)}}}"
        return (shown, POWER) if body is None else super().quotient([shown], (), body)

    def hadamard(self, node: Hadamard) -> Text:
        """Products with ⊙; what is below in one fraction."""
        above, low = apart(node.parts)
        if not low:
            return super().hadamard(node)
        top = self.dot.join(self.entries(p, PRODUCT if len(above) > 1 else SUM) for p in above) or "1"
        bottom = self.dot.join(self.entries(p, PRODUCT if len(low) > 1 else SUM) for p in low)
        return rf"\frac{{{top}}}{{{bottom}}}", POWER

    def root(self, base: Matrix) -> Text:
        """A square root, entry by entry."""
        return rf"\sqrt{{{self.entries(base, SUM)}}}", POWER

    def apply(self, node: m.Apply) -> Text:
        """A function; an absolute value has bars."""
        if node.function in FENCES and not node.order:
            left, right = FENCES[node.function]
            return rf"\left{left.strip()} {self.entries(node.args[0], SUM)} \right{right.strip()}", ATOM
        return super().apply(node)

    def function_name(self, name: str, order: int) -> str:
        """A function or its derivative."""
        shown = self.names.get(name) or FUNCTIONS.get(name) or (rf"\{name}" if name == "exp" else None)
        return (shown or (name if len(name) == 1 else self.word(name.replace("_", r"\_")))) + "'" * order

    def constant(self, name: str) -> str:
        """π and e."""
        return r"\pi" if name == "pi" else name

    def truth(self, node: m.Truth) -> Text:
        """An indicator."""
        return rf"\mathbb{{1}}[{self.relation(node)}]", ATOM

    def relation(self, node: m.Truth) -> str:
        """Two sides."""
        return f"{self.entries(node.left, SUM)} {SIGNS[node.op]} {self.entries(node.right, SUM)}"

    def word(self, name: str) -> str:
        """An operator's name."""
        return r"\det" if name == "det" else rf"\operatorname{{{name}}}"

    def norm_text(self, node: m.Norm, mark: str) -> str:
        """A norm with its exponent."""
        return rf"\left\|{self.text(node.arg)}\right\|" + ("_F" if rank(node.arg) == 2 else "") + mark

    def derivative(self, of: str, wrt: str) -> str:
        """A fraction of differentials."""
        if of.endswith("_bar"):
            below = rf"\partial {self.spelled(of.removesuffix('_bar'))} \, \partial {self.spelled(wrt)}"
            return rf"\frac{{\partial^{{2}} {self.spelled(self.loss)}}}{{{below}}}"
        return rf"\frac{{\partial {self.spelled(of)}}}{{\partial {self.spelled(wrt)}}}"

    def spelled(self, name: str) -> str:
        """A name as declarations spell it."""
        return self.names.get(name) or latex_of_name(name)

    def ones(self, node: Ones) -> Text:
        """Ones with their number."""
        return rf"{self.one}_{{{self.affine(node.size)}}}", ATOM

    def eye(self, node: m.Eye) -> Text:
        """The identity with its size."""
        return rf"I_{{{self.affine(node.size)}}}", ATOM

    def affine(self, value: Affine) -> str:
        """A dimension."""
        return affine_latex(value, Names(self.style))
