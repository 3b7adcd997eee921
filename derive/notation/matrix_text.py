"""Matrix expressions as NumPy-like text: ``X.T @ (p - y)``, ``W2.T @ delta2 * sigmoid'(z1)``. The Python reader reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from derive.calculus.affine import Affine
from derive.notation import matrix_tree as m
from derive.notation.index_names import Page
from derive.notation.index_slots import IndexPrinter
from derive.notation.matrix_build import split
from derive.notation.matrix_terms import Column, apart, below, broadcast, full, leading
from derive.notation.matrix_tree import (
    Eye,
    Hadamard,
    MatMul,
    Matrix,
    Ones,
    Outer,
    Power,
    Sum,
    Transpose,
    rank,
    shape_of,
)

SUM, ENTRIES, PRODUCT, POWER, ATOM = 1, 2, 3, 4, 5
Text = tuple[str, int]
"""A piece of text and how tightly its outermost operator binds."""
HALF = Fraction(1, 2)
_CALLS = {"max": "maximum", "min": "minimum"}


def matrix_text(node: Matrix, names: Mapping[str, str] | None = None) -> str:
    """The expression as NumPy-like text.

    Args:
        node: what is printed.
        names: array name → how it is written.

    >>> from derive.notation.matrix_tree import Name
    >>> n = Affine.of("n")
    >>> matrix_text(MatMul((Transpose(Name("W", (n, n))), Name("z_bar", (n,)))))
    'W.T @ z_bar'
    """
    return MatrixPrinter(names).text(node)


class MatrixPrinter:
    """Prints NumPy-like text; the page forms override what they write otherwise."""

    def __init__(self, names: Mapping[str, str] | None = None) -> None:
        self.names = names or {}

    def text(self, node: Matrix, least: int = SUM) -> str:
        """The node, in parentheses where it binds less tightly than asked."""
        text, level = self.node(node)
        return text if level >= least else self.round(text)

    def round(self, text: str) -> str:
        """Parentheses."""
        return f"({text})"

    def node(self, node: Matrix) -> Text:
        """The node with its level."""
        return _PRINT[type(node)](self, node)

    # --- sums ---

    def sum(self, node: Sum) -> Text:
        """Terms with signs between them, a positive one first; what broadcasting adds needs no ones."""
        if not node.terms:
            return self.zero(node.shape), ATOM
        terms = leading(node.terms)
        first = next((k for k, t in enumerate(terms) if full(t)), 0)
        return self.signed([t if k == first else broadcast(t) for k, t in enumerate(terms)])

    def zero(self, shape: m.Shape) -> str:
        """Nothing."""
        return f"zeros({self.sizes(shape)})" if shape else "0"

    def signed(self, terms: Sequence[Matrix]) -> Text:
        """Terms with signs between them."""
        out, level = "", SUM
        for term in terms:
            c, factors, body = split(term)
            text, level = self.product(abs(c), factors, body if rank(body) else None)
            out += (" - " if c < 0 else " + ") + (text if level > SUM else self.round(text))
        if len(terms) == 1 and out[1] == "+":
            return out[3:], level
        return ("-" if out[1] == "-" else "") + out[3:], SUM

    # --- products ---

    def product(self, size: Fraction, factors: Sequence[Matrix], body: Matrix | None) -> Text:
        """A positive number, numbers and an array, over what stands in the denominator."""
        above, below = apart(factors)
        if size == 1 and not factors and body is not None:
            return self.node(body)
        return self.fraction(size, above, below, body)

    def fraction(self, size: Fraction, above: Sequence[Matrix], below: Sequence[Matrix], body: Matrix | None) -> Text:
        """``2 * s * x / (n * t)``."""
        array, under = apart(body.parts if isinstance(body, Hadamard) else [] if body is None else [body])
        top = [] if size.numerator == 1 else [str(size.numerator)]
        top += [self.text(f, POWER if len(above) > 1 or array else PRODUCT) for f in above]
        numbers = not all(isinstance(f, m.Truth) for f in array)
        top += [self.factor(f, POWER if k else PRODUCT, numbers) for k, f in enumerate(array)]
        low = [] if size.denominator == 1 else [str(size.denominator)]
        low += [self.text(f, POWER) for f in (*below, *under)]
        if not low and len(top) == 1 and len(above) + len(array) == 1:
            return self.node((*above, *array)[0])
        shown = " * ".join(top) or "1"
        if low:
            shown += f" / {low[0]}" if len(low) == 1 else f" / ({' * '.join(low)})"
        return shown, PRODUCT if low or len(top) > 1 else ATOM

    def factor(self, node: Matrix, least: int, numbers: bool) -> str:
        """A factor entry by entry; beside numbers a comparison need not be made one."""
        return self.compared(node) if numbers and isinstance(node, m.Truth) else self.text(node, least)

    def hadamard(self, node: Hadamard) -> Text:
        """``A @ x * s / t``."""
        return self.fraction(Fraction(1), (), (), node)

    def matmul(self, node: MatMul) -> Text:
        """``A @ x``; times ones it is a sum along an axis."""
        *parts, last = node.parts
        if not isinstance(last, Ones):
            return " @ ".join(self.text(p, POWER) for p in node.parts), PRODUCT
        inner = parts[-1]
        axis, arg = (0, inner.arg) if isinstance(inner, Transpose) else (1, inner)
        shown = [*(self.text(p, POWER) for p in parts[:-1]), f"sum({self.text(arg)}, axis={axis})"]
        return " @ ".join(shown), PRODUCT if len(shown) > 1 else ATOM

    def inner(self, node: m.Inner) -> Text:
        """``x @ A @ y``; with ones it is a sum of entries."""
        if isinstance(node.left, Ones):
            body = node.right
            if isinstance(body, MatMul) and isinstance(body.parts[-1], Ones):
                body = MatMul(body.parts[:-1]) if len(body.parts) > 2 else body.parts[0]
            return f"sum({self.text(body)})", ATOM
        return f"{self.text(node.left, POWER)} @ {self._open(node.right)}", PRODUCT

    def _open(self, node: Matrix) -> str:
        return self.text(node) if isinstance(node, MatMul) else self.text(node, POWER)

    def outer(self, node: Outer) -> Text:
        """``outer(u, v)``."""
        if isinstance(node.left, Ones) and isinstance(node.right, Ones):
            return f"ones({self.sizes(shape_of(node))})", ATOM
        return f"outer({self.text(node.left)}, {self.text(node.right)})", ATOM

    def transpose(self, node: Transpose) -> Text:
        """``X.T``."""
        return f"{self.text(node.arg, ATOM)}.T", ATOM

    # --- powers and functions ---

    def power(self, node: Power) -> Text:
        """``x**2``, ``sqrt(x)``, ``1 / x``."""
        if node.exponent < 0:
            number = rank(node) == 0
            return self.fraction(Fraction(1), (), *(([below(node)], None) if number else ([], node)))
        if node.exponent == HALF:
            return f"sqrt({self.text(node.base)})", ATOM
        return f"{self.text(node.base, ATOM)}**{_exponent(node.exponent)}", POWER

    def raised(self, node: m.Raised) -> Text:
        """``x**k``."""
        return f"{self.text(node.base, ATOM)}**{self.text(node.exponent, ATOM)}", POWER

    def apply(self, node: m.Apply) -> Text:
        """``f'(x)``; constants have no arguments."""
        if not node.args:
            return node.function, ATOM
        name = _CALLS.get(node.function, node.function)
        return f"{name}{chr(39) * node.order}({', '.join(self.text(a) for a in node.args)})", ATOM

    def truth(self, node: m.Truth) -> Text:
        """``where(z > 0, 1, 0)``: NumPy neither negates nor adds what is true."""
        return f"where{self.compared(node)[:-1]}, 1, 0)", ATOM

    def compared(self, node: m.Truth) -> str:
        """``(z > 0)``."""
        return f"({self.text(node.left)} {'==' if node.op == '=' else node.op} {self.text(node.right)})"

    def function(self, node: m.Function) -> Text:
        """``inv(X)``."""
        name = "matrix_power" if node.op == "power" else node.op
        return f"{name}({', '.join(self.text(a) for a in m.children(node))})", ATOM

    def trace(self, node: m.Trace) -> Text:
        """``trace(A @ B)``; of two matrices it is a sum of products."""
        match node.arg:
            case MatMul((Transpose(left), right)) | MatMul((left, Transpose(right))):
                return f"sum({self.text(left, POWER)} * {self.text(right, POWER)})", ATOM
        return self.called("trace", node.arg)

    def norm(self, node: m.Norm) -> Text:
        """``norm(x)``."""
        return self.called("norm", node.arg)

    def diag(self, node: m.Diag | m.Diagonal) -> Text:
        """``diag(x)``, a matrix or a diagonal."""
        return self.called("diag", node.arg)

    def called(self, name: str, arg: Matrix) -> Text:
        """A function of one argument."""
        return f"{name}({self.text(arg)})", ATOM

    # --- leaves ---

    def name(self, node: m.Name) -> Text:
        """An array."""
        plain = {"lambda": "lam"}.get(node.name, node.name)
        return self.names.get(node.name) or plain.replace("/", "_"), ATOM

    def count(self, node: m.Count) -> Text:
        """A dimension as a number."""
        return self.affine(node.value), ATOM if node.value.letter else SUM

    def ones(self, node: Ones) -> Text:
        """``ones(n)``."""
        return f"ones({self.affine(node.size)})", ATOM

    def eye(self, node: Eye) -> Text:
        """``eye(n)``."""
        return f"eye({self.affine(node.size)})", ATOM

    def affine(self, value: Affine) -> str:
        """A dimension."""
        return IndexPrinter().affine(value, Page())

    def sizes(self, shape: m.Shape) -> str:
        """A shape as an argument."""
        shown = ", ".join(map(self.affine, shape))
        return shown if len(shape) == 1 else f"({shown})"

    def column(self, node: Column) -> Text:
        """A column that broadcasting repeats."""
        text, axis = self.text(node.arg, ATOM), ", axis=1)"
        whole = isinstance(node.arg, MatMul) and text.startswith("sum(") and text.endswith(axis)
        return f"{text[:-1]}, keepdims=True)" if whole else f"{text}[:, None]", ATOM


_PRINT: dict[type, Callable[[MatrixPrinter, Any], Text]] = {
    m.Name: lambda p, n: p.name(n),
    m.Count: lambda p, n: p.count(n),
    Ones: lambda p, n: p.ones(n),
    Eye: lambda p, n: p.eye(n),
    Transpose: lambda p, n: p.transpose(n),
    Column: lambda p, n: p.column(n),
    MatMul: lambda p, n: p.matmul(n),
    m.Inner: lambda p, n: p.inner(n),
    Outer: lambda p, n: p.outer(n),
    Hadamard: lambda p, n: p.hadamard(n),
    Power: lambda p, n: p.power(n),
    m.Raised: lambda p, n: p.raised(n),
    m.Apply: lambda p, n: p.apply(n),
    m.Truth: lambda p, n: p.truth(n),
    m.Scaled: lambda p, n: p.signed((n,)),
    Sum: lambda p, n: p.sum(n),
    m.Diag: lambda p, n: p.diag(n),
    m.Diagonal: lambda p, n: p.diag(n),
    m.Trace: lambda p, n: p.trace(n),
    m.Norm: lambda p, n: p.norm(n),
    m.Function: lambda p, n: p.function(n),
}


def _exponent(e: Fraction) -> str:
    return str(e) if e.denominator == 1 else f"({e})"
