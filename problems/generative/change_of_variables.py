"""The log-density behind a linear flow, and behind a triangular one in numbers."""

from dataclasses import replace

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Symbol, Values
from derive.derivations import flows_linear

NAMES = {
    "V": Symbol(("n", "n"), "derived", "B", "the inverse of A"),
    "t": Symbol((), "derived", "t", "the logarithm of the change of volume"),
}
density = replace(flows_linear.linear_flow, symbols={**flows_linear.linear_flow.symbols, **NAMES})
NUMBERS = "u := (x - 1)/a; v := (y + 1 - c*u)/d; t := log(a*d); l := -(u**2 + v**2)/2 - log(2*pi) - t"


def wrong(p, rule):
    return Values(f"{NUMBERS}; {rule}", dict(p), "m", digits=4).typed()


problem = Problem(
    title="The density behind a linear map",
    topics=("normalising flows", "change of variables", "determinants"),
    difficulty=2,
    params={"a": Integers(2, 5), "c": Integers(1, 3), "d": Integers(2, 5), "x": Integers(2, 6), "y": Integers(1, 6)},
    statement=r"""
A vector $z$ has $n$ independent standard normal entries, so that its density is $\prod_{i=1}^{n} \frac{1}{\sqrt{2\pi}}\, e^{-z_i^2/2}$. A flow maps it to
$x = A z + b$, with an invertible $n \times n$ matrix $A$ and a vector $b$. Let $B = A^{-1}$ and $t = \log|\det A|$. Logarithms are natural.
""",
    working=(density, flows_linear.triangular),
    parts={
        "a": Part(
            ask=r"Give $\log p(x)$, the log-density of the output, in terms of $B$, $x$, $b$, $n$ and $t$.",
            answer=Answer(density),
            marks=3,
            mistakes=(
                Mistake(
                    r"-\frac{1}{2} \sum_{i=1}^{n} \left(\sum_{j=1}^{n} B_{i,j} (x_j - b_j)\right)^2 - \frac{n}{2} \log(2\pi)",
                    "A map that stretches space thins the density out.",
                    keeps=1,
                    id="missing-jacobian",
                ),
                Mistake(
                    r"-\frac{1}{2} \sum_{i=1}^{n} \left(\sum_{j=1}^{n} B_{i,j} (x_j - b_j)\right)^2 - \frac{n}{2} \log(2\pi) + t",
                    "With this sign a map that stretches space would make the density larger.",
                    keeps=2,
                    id="determinant-sign",
                ),
                Mistake(
                    r"-\frac{1}{2} \sum_{i=1}^{n} (x_i - b_i)^2 - \frac{n}{2} \log(2\pi) - t",
                    "The normal density is that of $z$: go back through the map.",
                    keeps=1,
                    id="inverse-forgotten",
                ),
            ),
            hints=(
                r"$z = B (x - b)$, and the density of $z$ is known.",
                r"A small volume around $z$ becomes $|\det A|$ times as large, and holds the same probability.",
                "Take the logarithm: a sum of squares, a constant and the change of volume.",
            ),
        ),
        "b": Part(
            ask=r"Take $n = 2$, $A = \begin{bmatrix} << a >> & 0 \\ << c >> & << d >> \end{bmatrix}$, $b = (1, -1)$. Which $z$ is mapped to $x = (<< x >>, << y >>)$? Give fractions.",
            answer=lambda p: Values(
                "dims i = 2; z[i] := [i = 0]*(x - 1)/a + [i = 1]*(y + 1 - c*(x - 1)/a)/d", dict(p), "z"
            ),
            mistakes=(
                Mistake(
                    "(<< x - 1 >>/<< a >>, << y + 1 >>/<< d >>)",
                    "The first entry of $z$ also moves the second output.",
                    id="dropped-path",
                ),
                Mistake(
                    "(<< a*x + 1 >>, << c*x + d*y - 1 >>)",
                    "That maps the output once more; go the other way.",
                    id="inverse-forgotten",
                ),
            ),
            hints=("The matrix is triangular: find the first entry first.", "Put it into the second equation."),
        ),
        "c": Part(
            ask="What is $\\log p(x)$ there? Give four decimals.",
            answer=lambda p: Values(
                NUMBERS,
                dict(p),
                "l",
                digits=4,
                latex={"u": "z_1", "v": "z_2", "l": r"\log p(x)", "x": "x_1", "y": "x_2"},
                shown=("u", "v", "t", "l"),
            ),
            marks=2,
            mistakes=lambda p: (
                Mistake(wrong(p, "m := l + t"), "The change of volume is missing.", keeps=1, id="missing-jacobian"),
                Mistake(
                    wrong(p, "m := l + 2*t"),
                    "The sign of the change of volume: this map stretches space.",
                    keeps=1,
                    id="determinant-sign",
                ),
                Mistake(
                    wrong(p, "m := l + log(2*pi)/2"),
                    "There are two entries, each with its own constant.",
                    keeps=1,
                    id="constant-dropped",
                ),
            ),
            hints=(
                "The determinant of a triangular matrix is the product of its diagonal.",
                "Put your $z$ into the result of (a).",
            ),
        ),
        "d": Part(
            ask="Why are flows often built with triangular Jacobians?",
            answer=Choice(
                "the determinant costs n multiplications",
                "the determinant is always 1",
                "the inverse is not needed",
                why="The determinant of a triangular matrix is the product of its diagonal; that of a general one takes about $n^3$ operations.",
            ),
            mistakes=(
                Mistake("the determinant is always 1", "Only if the diagonal is made of ones.", id="own-unit-diagonal"),
                Mistake(
                    "the inverse is not needed",
                    "The density asks for the $z$ that belongs to a given $x$.",
                    id="inverse-forgotten",
                ),
            ),
            hints=(
                "How was the determinant of (c) worked out?",
                "A determinant takes about $n^3$ multiplications in general: how many entries does it need here?",
            ),
        ),
    },
)
