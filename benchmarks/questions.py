"""Questions with answers that nobody has typed before: kinds of answers, right and wrong, as many as are wanted.

A question is a reference with declarations; ``k`` makes its text, its answer's text, or both, new.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

Declared = dict[str, dict[str, Any]]
LETTERS = "abcdfghjkmnpqrstuvwxyz"


@dataclass(frozen=True)
class Question:
    """A request, and for SymPy the same two formulas in its own syntax, where it has words for them."""

    reference: str
    answer: str
    symbols: Declared
    sympy: tuple[str, str] | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def request(self, name: str) -> dict[str, Any]:
        """The line of PROTOCOLS."""
        own = {"id": name, "reference": self.reference, "answer": self.answer, "syntax": "latex"}
        return {**own, "symbols": self.symbols, **self.more}


def scalar(asked: int, k: int, right: bool) -> Question:
    """The slope of the logistic function, written with it and written out."""
    z = LETTERS[asked % len(LETTERS)]
    below = "^2" if right else ""
    answer = rf"\frac{{{k}e^{{-{asked}{z}}}}}{{{k}(1+e^{{-{asked}{z}}}){below}}}"
    s = f"1/(1+exp(-{asked}*{z}))"
    theirs = f"{k}*exp(-{asked}*{z})/({k}*(1+exp(-{asked}*{z})){'**2' if right else ''})"
    sigma = {"latex": r"\sigma", "shape": "function", "domain": "logistic"}
    return Question(
        rf"\sigma({asked}{z})(1-\sigma({asked}{z}))", answer, {z: {}, "sigma": sigma}, (f"{s}*(1-{s})", theirs)
    )


def matrix(asked: int, k: int, right: bool) -> Question:
    """The Jacobian of a softmax of three classes, its entries multiplied out in the answer."""
    names = "pqr"
    first = [[f"{asked}{a}(1-{a})" if a == b else f"-{asked}{a}{b}" for b in names] for a in names]
    second = [[f"{asked}{a}-{asked}{a}^2" if a == b else f"-{asked}{b}{a}" for b in names] for a in names]
    second[0][0] = f"{asked + k}p-{k}p-{asked}p^2"
    second[2][2] = second[2][2] if right else f"{asked}r-{asked + 1}r^2"
    spelled = [[f"{asked}*{a}*(1-{a})" if a == b else f"-{asked}*{a}*{b}" for b in names] for a in names]
    theirs = [[f"{asked}*{a}-{asked}*{a}**2" if a == b else f"-{asked}*{b}*{a}" for b in names] for a in names]
    theirs[0][0] = f"{asked + k}*p-{k}*p-{asked}*p**2"
    theirs[2][2] = theirs[2][2] if right else f"{asked}*r-{asked + 1}*r**2"
    return Question(_rows(first), _rows(second), {n: {} for n in names}, (f"Matrix({spelled})", f"Matrix({theirs})"))


def _rows(entries: list[list[str]]) -> str:
    return r"\begin{pmatrix}" + r"\\".join(map("&".join, entries)) + r"\end{pmatrix}"


def vector(asked: int, k: int, right: bool) -> Question:
    """The gradient of least squares, as a product and multiplied out, for letter sizes."""
    shapes: Declared = {"X": {"shape": ["N", "D"]}, "w": {"shape": ["D"]}, "y": {"shape": ["N"]}}
    sign = "-" if right else "+"
    answer = rf"\frac{{{k}}}{{{asked * k}}}\left(X^\top X w {sign} X^\top y\right)"
    return Question(rf"\frac{{1}}{{{asked}}}X^\top(Xw-y)", answer, shapes)


def indexed(asked: int, k: int, right: bool) -> Question:
    """The gradient of the cross-entropy in one logit, the softmax written out."""
    shapes: Declared = {"z": {"shape": ["K"]}, "y": {"shape": ["K"]}, "p": {"shape": ["K"]}}
    over = "j" if right else "i"
    answer = rf"\frac{{{asked + k}e^{{z_i}}-{k}e^{{z_i}}}}{{\sum_{{j=1}}^{{K}} e^{{z_{over}}}}}-{asked}y_i"
    reference = rf"{asked}\left(\frac{{e^{{z_i}}}}{{\sum_j e^{{z_j}}}}-y_i\right)"
    return Question(reference, answer, shapes, None, {"free_indices": {"i": "K"}})


def piecewise(asked: int, k: int, right: bool) -> Question:
    """The slope of a leaky rectifier."""
    slope = f"{asked}x" if right else f"{asked + 1}x"
    answer = rf"\begin{{cases}} \frac{{{asked * k}x}}{{{k}}} & x > 0 \\ \frac{{{slope}}}{{10}} & x \le 0 \end{{cases}}"
    theirs = f"Piecewise(({asked * k}*x/{k}, x > 0), ({slope.replace('x', '*x')}/10, True))"
    return Question(rf"{asked}\max(x, \frac{{x}}{{10}})", answer, {"x": {}}, (f"{asked}*Max(x, x/10)", theirs))


def integer(asked: int, k: int, right: bool) -> Question:
    """How many weights a layer has."""
    total = asked * (3 * asked + 1)
    answer = f"{total + k + (not right)}-{k}"
    return Question(rf"{asked}\cdot(3\cdot {asked}+1)", answer, {}, (f"{asked}*(3*{asked}+1)", answer))


def longer(question: Question, k: int) -> Question:
    """The same answer times a quotient that is 1: no two are the same formula, whatever their constants come to."""
    one = rf"\frac{{(u+{k})^2}}{{u^2+{2 * k}u+{k * k}}}"
    return replace(question, answer=one + question.answer, symbols={**question.symbols, "u": {"domain": "positive"}})


KINDS: dict[str, Callable[[int, int, bool], Question]] = {
    "scalar": scalar,
    "matrix": matrix,
    "vector": vector,
    "indexed": indexed,
    "piecewise": piecewise,
    "integer": integer,
}
