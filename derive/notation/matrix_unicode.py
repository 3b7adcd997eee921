"""Matrix expressions on the page: ``∂L/∂V = Pᵀ ∂L/∂O``, ``W₂ᵀ δ₂ ⊙ σ′(z₁)``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from derive.calculus.affine import Affine
from derive.notation import matrix_tree as m
from derive.notation.index_names import Page
from derive.notation.index_unicode import PagePrinter, pretty
from derive.notation.matrix_build import split, transposed
from derive.notation.matrix_terms import apart, below, leading
from derive.notation.matrix_text import ATOM, ENTRIES, HALF, POWER, PRODUCT, SUM, MatrixPrinter, Text
from derive.notation.matrix_tree import Hadamard, MatMul, Matrix, Ones, Outer, Power, Scaled, Sum, Transpose, rank

SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠"}
_FRACTIONS = {Fraction(1, 2): "½", Fraction(1, 3): "⅓", Fraction(1, 4): "¼", Fraction(2, 3): "⅔", Fraction(3, 4): "¾"}
_ABOVE = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def matrix_unicode(node: Matrix, names: Mapping[str, str] | None = None, *, loss: str = "L") -> str:
    """The expression as a page shows it.

    Args:
        node: what is printed.
        names: array name → how it is shown.
        loss: ``w_bar`` is shown as ``∂L/∂w``.

    >>> from derive.notation.matrix_tree import Name
    >>> n = Affine.of("n")
    >>> delta, x = Name("delta1", (n,)), Name("x_bar", (n,))
    >>> matrix_unicode(Outer(delta, x)), matrix_unicode(Outer(x, delta))
    ('δ₁ (∂L/∂x)ᵀ', '(∂L/∂x) δ₁ᵀ')
    """
    return MatrixPage(names, loss).text(node)


class MatrixPage(MatrixPrinter):
    """Prints with ᵀ, ⊙, ‖·‖ and 𝟏; LaTeX overrides the signs."""

    dot, over, one, identity, nothing = " ⊙ ", " ⊘ ", "𝟏", "I", "0"

    def __init__(self, names: Mapping[str, str] | None = None, loss: str = "L") -> None:
        super().__init__(names)
        self.loss = loss

    # --- sums ---

    def sum(self, node: Sum) -> Text:
        """Terms with signs between them; a number beside a vector needs no ones."""
        return self.terms(node, plain=len(node.shape) == 1)

    def terms(self, node: Sum, *, plain: bool) -> Text:
        """The terms; ``plain`` where ``1 - p`` is understood entry by entry."""
        if not node.terms:
            return self.nothing, ATOM
        shown = leading(node.terms)
        return self.signed([Scaled(split(t)[0]) if plain and _constant(t) else t for t in shown])

    def entries(self, node: Matrix, least: int) -> str:
        """What is worked on entry by entry."""
        if not isinstance(node, Sum):
            return self.text(node, least)
        text, level = self.terms(node, plain=True)
        return text if level >= least else self.round(text)

    # --- products ---

    def fraction(self, size: Fraction, above: Sequence[Matrix], below: Sequence[Matrix], body: Matrix | None) -> Text:
        """``2 s x / n``, ``½ xᵀ A x``."""
        front = [] if size.numerator == 1 else [str(size.numerator)]
        low = [] if size.denominator == 1 else [str(size.denominator)]
        if low and not below and (above or body is not None or size in _FRACTIONS):
            front, low = [self.ratio(size)], []
        several = len(above) + (body is not None) > 1
        front += [self.text(f, POWER if several else PRODUCT) for f in above]
        least = self.least([*low, *below])
        low += [self.text(f, least) for f in below]
        return self.quotient(front, low, body)

    def least(self, low: Sequence[object]) -> int:
        """How tightly what stands below must bind."""
        return POWER

    def ratio(self, size: Fraction) -> str:
        """A rational number before something."""
        return _FRACTIONS.get(size, f"({size})")

    def quotient(self, front: Sequence[str], low: Sequence[str], body: Matrix | None) -> Text:
        """``front body / low``."""
        parts = [*front, *([] if body is None else [self.text(body, ENTRIES)])]
        entrywise = isinstance(body, Hadamard) or (body is not None and self.node(body)[1] == ENTRIES)
        shown = self.beside(parts, last=not low) or "1"
        if not low:
            return shown, ENTRIES if entrywise else PRODUCT if len(parts) > 1 else ATOM
        return f"{shown} / {low[0]}" if len(low) == 1 else f"{shown} / ({self.beside(low)})", ENTRIES

    def beside(self, parts: Sequence[str], *, last: bool = True) -> str:
        """Factors side by side; a derivative in parentheses where something follows that it could take for its own."""
        open_ = len(parts) - last
        return " ".join(self.round(p) if k < open_ and p.startswith("∂") else p for k, p in enumerate(parts))

    def hadamard(self, node: Hadamard) -> Text:
        """``A x ⊙ s ⊘ t``."""
        above, low = apart(node.parts)
        shown = self.dot.join(self.entries(p, PRODUCT) for p in above) or "1"
        return shown + "".join(self.over + self.entries(p, PRODUCT) for p in low), ENTRIES

    def matmul(self, node: MatMul) -> Text:
        """``A B x``."""
        return self.beside([self.text(p, PRODUCT if isinstance(p, Outer) else POWER) for p in node.parts]), PRODUCT

    def inner(self, node: m.Inner) -> Text:
        """``uᵀ A v``."""
        return f"{self.row(node.left)} {self.text(node.right, PRODUCT)}", PRODUCT

    def outer(self, node: Outer) -> Text:
        """``u vᵀ``."""
        return self.beside([self.text(node.left, PRODUCT), self.row(node.right)]), PRODUCT

    def row(self, node: Matrix) -> str:
        """A column turned into a row: ``xᵀ Aᵀ`` for ``A x``."""
        if isinstance(node, MatMul):
            *matrices, vector = node.parts
            turned = [self.text(transposed(p), POWER) for p in reversed(matrices)]
            return self.beside([self.row(vector), *turned])
        return self.raise_(node, "ᵀ")

    def raise_(self, node: Matrix, mark: str) -> str:
        """Something with a mark above the line."""
        return self.text(node, ATOM) + mark

    def transpose(self, node: Transpose) -> Text:
        """``Xᵀ``, ``X⁻ᵀ``."""
        if isinstance(node.arg, m.Function) and node.arg.op == "inv":
            return self.raise_(node.arg.arg, "⁻ᵀ"), POWER
        return self.raise_(node.arg, "ᵀ"), POWER

    # --- powers and functions ---

    def power(self, node: Power) -> Text:
        """``x²``, ``H ⊙ H``, ``√(v)``."""
        base, e = node.base, node.exponent
        if e < 0:
            return (
                self.fraction(Fraction(1), (), (below(node),), None)
                if not rank(node)
                else self.hadamard(Hadamard((node,)))
            )
        if isinstance(base, m.Norm):
            return self.norm_text(base, "" if e == 1 else self.super(e)), POWER
        if e == HALF:
            return self.root(base)
        if rank(node) < 2:
            return self.raise_(base, self.super(e)), POWER
        if e == 2:
            return self.hadamard(Hadamard((base, base)))
        return self.raise_(base, self.entrywise(str(e))), POWER

    def root(self, base: Matrix) -> Text:
        """A square root, entry by entry."""
        return "√" + (self.text(base) if isinstance(base, m.Name | m.Count) else f"({self.text(base)})"), POWER

    def super(self, e: Fraction) -> str:
        """An exponent."""
        return str(e).translate(_ABOVE) if e.denominator == 1 else f"^({e})"

    def entrywise(self, exponent: str) -> str:
        """An exponent of every entry of a matrix."""
        return f"^∘({exponent})" if not exponent.isalnum() else f"^∘{exponent}"

    def raised(self, node: m.Raised) -> Text:
        """``x^k``."""
        shown = self.text(node.exponent)
        mark = self.entrywise(shown) if rank(node) == 2 else self.caret(node.exponent)
        return self.raise_(node.base, mark), POWER

    def caret(self, exponent: Matrix) -> str:
        """An exponent that is an expression."""
        return "^" + self.text(exponent, ATOM)

    def apply(self, node: m.Apply) -> Text:
        """``σ′(z)``; the logarithm of a determinant is ``log det X``."""
        match node:
            case m.Apply("log", (m.Function("det") as det,), 0):
                return f"{self.function_name('log', 0)} {self.text(det)}", PRODUCT
            case m.Apply(name, (), _):
                return self.constant(name), ATOM
        args = ", ".join(self.entries(a, SUM) for a in node.args)
        return self.function_name(node.function, node.order) + self.round(args), ATOM

    def function_name(self, name: str, order: int) -> str:
        """A function or its derivative."""
        return PagePrinter(self.loss, ()).function(self.names.get(name, name), order)

    def constant(self, name: str) -> str:
        """π and e."""
        return PagePrinter(self.loss, ()).constant(name)

    def truth(self, node: m.Truth) -> Text:
        """``𝟙[z > 0]``."""
        return f"𝟙[{self.relation(node)}]", ATOM

    def relation(self, node: m.Truth) -> str:
        """``z > 0``."""
        return f"{self.entries(node.left, SUM)} {SIGNS.get(node.op, node.op)} {self.entries(node.right, SUM)}"

    def function(self, node: m.Function) -> Text:
        """``X⁻¹``, ``det X``, ``Xᵏ``."""
        if node.op == "inv":
            return self.raise_(node.arg, self.super(Fraction(-1))), POWER
        if node.op == "det":
            return f"{self.word('det')}{self.argument(node.arg)}", PRODUCT
        return self.raise_(node.arg, self.caret(node.extra or node.arg)), POWER

    def word(self, name: str) -> str:
        """An operator's name."""
        return name

    def argument(self, arg: Matrix) -> str:
        """What a named operator is applied to."""
        text, level = self.node(arg)
        return f" {text}" if level >= POWER else self.round(text)

    def trace(self, node: m.Trace) -> Text:
        """``tr(A B)``."""
        return self.called("tr", node.arg)

    def diag(self, node: m.Diag | m.Diagonal) -> Text:
        """``diag(x)``."""
        return self.called("diag", node.arg)

    def called(self, name: str, arg: Matrix) -> Text:
        """An operator with its argument in parentheses."""
        return self.word(name) + self.round(self.text(arg)), ATOM

    def norm(self, node: m.Norm) -> Text:
        """``‖x‖``, ``‖X‖_F``."""
        return self.norm_text(node, ""), POWER

    def norm_text(self, node: m.Norm, mark: str) -> str:
        """A norm with its exponent."""
        return f"‖{self.text(node.arg)}‖" + ("_F" if rank(node.arg) == 2 else "") + mark

    # --- leaves ---

    def name(self, node: m.Name) -> Text:
        """An array; an adjoint is a derivative of the loss, a Jacobian one of its array."""
        if node.name in self.names:
            return self.names[node.name], ATOM
        if node.name.endswith("_bar"):
            return self.derivative(self.loss, node.name.removesuffix("_bar")), POWER
        of, slash, wrt = node.name.removeprefix("d").partition("/d")
        return (self.derivative(of, wrt), POWER) if slash else (self.spelled(node.name), ATOM)

    def derivative(self, of: str, wrt: str) -> str:
        """``∂L/∂w``; of an adjoint it is a second derivative of the loss."""
        if of.endswith("_bar"):
            return f"∂²{self.spelled(self.loss)}/∂{self.spelled(of.removesuffix('_bar'))}∂{self.spelled(wrt)}"
        return f"∂{self.spelled(of)}/∂{self.spelled(wrt)}"

    def spelled(self, name: str) -> str:
        """Greek letters and subscripts."""
        return self.names.get(name) or pretty(name)

    def ones(self, node: Ones) -> Text:
        """``𝟏``."""
        return self.one, ATOM

    def eye(self, node: m.Eye) -> Text:
        """``I``."""
        return self.identity, ATOM

    def affine(self, value: Affine) -> str:
        """A dimension."""
        return PagePrinter(self.loss, ()).affine(value, Page())


def _constant(term: Matrix) -> bool:
    """A number in every entry."""
    _, factors, body = split(term)
    return not factors and (
        isinstance(body, Ones) or (isinstance(body, Outer) and body == Outer(*map(Ones, m.shape_of(body))))
    )
