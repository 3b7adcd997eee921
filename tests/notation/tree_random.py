"""Random syntax trees out of everything that the readers know, in the forms that they read."""

# ruff: noqa: E501

from random import Random

from derive.notation import tree as t
from derive.notation.declare import Declarations

SYMBOLS = {
    "x": {"shape": ["n"]}, "y": {"shape": ["n"]}, "W": {"shape": ["m", "n"]}, "A": {"shape": ["n", "n"]}, "X": {"shape": ["m", "n", "n"]}, "a": {}, "b": {}, "eta": {"latex": "\\eta"},
    "sigma": {"shape": "function", "domain": "logistic", "latex": "\\sigma"}, "f": {"shape": "function", "domain": "elementwise"}, "b1": {"latex": "\\beta_1"}, "mh": {"latex": "\\hat m"},
    "ws": {"latex": "w^*"}, "hp": {"latex": "h_{t-1}", "shape": ["n"]}, "V1": {"latex": "V^{(1)}", "shape": ["n", "n"]}, "loss": {}, "T": {"domain": "posint"}, "Mc": {"latex": "\\mathcal{M}"},
}  # fmt: skip
DECLARED = Declarations.of(SYMBOLS)
LETTERS = ("j", "k", "l", "j'")
ONE_ARGUMENT = (
    *["exp", "log", "log10", "log2", "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "coth", "arcsinh", "sqrt", "abs", "sign", "sigmoid", "softplus", "relu", "gelu", "silu", "erf", "erfc", "normal_cdf", "normal_pdf", "gamma"],
    *["floor", "ceil", "round", "softmax", "log_softmax", "logsumexp", "diag", "tr", "det", "logdet", "vec", "rank", "pinv", "norm", "sum", "mean", "max", "min", "factorial", "heaviside", "logit", "elu"],
)  # fmt: skip
TWO_ARGUMENTS = (
    "max",
    "min",
    "binomial",
    "log",
    "root",
    "norm",
    "dot",
    "outer",
    "gcd",
    "hadamard_power",
    "matmul",
    "kronecker",
    "union_",
)
UNKNOWN = [
    t.Name("q", "q"), t.Name("alpha", "\\alpha"), t.Name("\\hat{q}", "\\hat{q}"), t.Name("\\tilde{\\bar{u}}", "\\tilde{\\bar{u}}"), t.Name("q_{max}", "q_{\\mathrm{max}}"), t.Name("q^{out}", "q^{\\mathrm{out}}"),
    t.Name("q^*", "q^{*}"), t.Name("score", "\\mathrm{score}"),
]  # fmt: skip
RELATIONS = ("=", "!=", "<", "<=", ">", ">=", "in", "notin", "subset", "approx", "propto", "sim", "to")


class Trees:
    """Trees drawn from one seed; ``size`` bounds how many leaves a tree has."""

    def __init__(self, seed: int) -> None:
        self.draw = Random(seed)
        self.bound: list[str] = []

    def top(self, size: int) -> t.Node:
        """A whole answer."""
        kind = self.draw.random()
        if kind < 0.72:
            return self.value(size)
        return self.draw.choice((self.relation, self.logic, self.set_, self.sequence, self.chain))(size)

    def value(self, size: int) -> t.Node:
        if size <= 1:
            return self.leaf()
        return self.draw.choice(VALUES)(self, size)

    def name(self) -> t.Name:
        plain = [t.Name(n, DECLARED.latex(n)) for n in SYMBOLS if n not in ("sigma", "f")] + [
            t.Name("n", "n"),
            t.Name("m", "m"),
        ]
        return self.draw.choice(plain + UNKNOWN)

    def letter(self) -> t.Name:
        name = (
            self.draw.choice(self.bound) if self.bound and self.draw.random() < 0.8 else self.draw.choice(LETTERS[:3])
        )
        return t.Name(name, name)

    def leaf(self) -> t.Node:
        kind = self.draw.randrange(10)
        if kind < 4:
            return self.name()
        if kind < 6:
            return t.Number(self.draw.choice(("0", "1", "2", "17", "0.5", "2.50", "1e5", "2.5e-3", "1e-12", "100000")))
        if kind == 6:
            return t.Constant(self.draw.choice(("e", "pi", "infinity", "ones", "zeros")))
        if kind == 7 and self.bound:
            return self.letter()
        return self.entry()

    def entry(self) -> t.Index:
        base, rank = self.draw.choice(
            (("x", 1), ("hp", 1), ("W", 2), ("A", 2), ("X", 3), ("V1", 2), ("q", 1), ("q", 2))
        )
        if self.draw.random() < 0.1:
            return t.Index(t.Constant("ones"), (t.Name("n", "n"),))
        slots = [self.slot() for _ in range(self.draw.choice((1, rank, rank)))]
        return t.Index(t.Name(base, DECLARED.latex(base)), tuple(slots))

    def slot(self) -> t.Node:
        one, two = t.Number(self.draw.choice("123")), self.letter()
        return self.draw.choice((
            two, two, two, one, t.Add((two, one)), t.Add((two, t.Neg(one))), t.Add((t.Product((one, self.letter()), ("",)), two)), t.Slice(), t.Name("n", "n"),
            t.Slice(one, t.Number("4")), t.Slice(None, t.Neg(one)), t.Slice(one, None, t.Number("2")),
        ))  # fmt: skip

    def parts(self, size: int, least: int = 2, most: int = 3) -> list[t.Node]:
        count = self.draw.randint(least, most)
        return [self.value(max(1, size // count)) for _ in range(count)]

    def add(self, size: int) -> t.Node:
        return t.Add(tuple(t.Neg(p) if self.draw.random() < 0.4 else p for p in self.parts(size, 2, 4)))

    def neg(self, size: int) -> t.Node:
        return t.Neg(self.value(size - 1))

    def tight(self, size: int) -> t.Node:
        factors = self.parts(size, 2, 4)
        return t.Product(tuple(factors), tuple(self.draw.choice(("", "", "", "/")) for _ in factors[1:]))

    def fraction(self, size: int) -> t.Node:
        return t.Product(tuple(self.parts(size, 2, 2)), ("/",))

    def loose(self, size: int) -> t.Node:
        factors = self.parts(size, 2, 4)
        return t.Product(
            tuple(factors),
            tuple(self.draw.choice(("cdot", "times", "odot", "circ", "otimes", "*", "@", "%")) for _ in factors[1:]),
        )

    def power(self, size: int) -> t.Node:
        exponent = self.draw.choice((t.Number("2"), t.Neg(t.Number("1")), self.value(size // 2), self.value(size // 2)))
        return t.Power(self.value(size // 2), exponent)

    def transpose(self, size: int) -> t.Node:
        value = self.value(size - 1)
        return t.Transpose(t.Constant("ones") if value == t.Number("1") else value)  # a transposed 1 is a row of ones

    def call(self, size: int) -> t.Node:
        kind = self.draw.randrange(8)
        if kind < 4:
            return t.Call(t.Builtin(self.draw.choice(ONE_ARGUMENT)), (self.value(size - 1),))
        if kind == 4:
            name = self.draw.choice(TWO_ARGUMENTS[:-1])
            second = (
                t.Number("2")
                if name in ("log", "root")
                else t.Constant("nuclear")
                if name == "norm" and self.draw.random() < 0.3
                else self.value(size // 2)
            )
            return t.Call(t.Builtin(name), (self.value(size // 2), second))
        if kind == 5:
            axis = t.Keyword(self.draw.choice(("axis", "dim")), t.Number(self.draw.choice("01")))
            return t.Call(t.Builtin(self.draw.choice(("sum", "mean", "softmax"))), (self.value(size - 1),), (axis,))
        function = t.Name("sigma", "\\sigma") if kind == 6 else t.Name("f", "f")
        order = self.draw.choice((0, 0, 1, 2, 3, 5))
        return t.Call(t.Prime(function, order) if order else function, (self.value(size - 1),))

    def python_call(self, size: int) -> t.Node:
        if self.draw.random() < 0.5:
            return t.Call(t.Builtin("einsum"), (t.Text("ij,j->i"), self.value(size // 2), self.value(size // 2)))
        return t.Index(t.Call(t.Builtin("shape"), (self.name(),)), (t.Number("1"),))

    def computed_entry(self, size: int) -> t.Node:
        base = self.draw.choice((t.Call(t.Builtin("softmax"), (self.value(size - 1),)), self.add(size)))
        return t.Index(base, (self.letter(),))

    def big(self, size: int) -> t.Node:
        names = self.draw.sample(LETTERS, self.draw.choice((1, 1, 2)))
        both = self.draw.randrange(4)
        low, high = [(None, None), (t.Number("0"), t.Name("n", "n")), (t.Number("1"), None), (None, t.Name("m", "m"))][
            both
        ]
        binders = tuple(t.Binder(t.Name(x, x), low, high) for x in names)
        before = len(self.bound)
        self.bound += names
        conditions = (self.condition(names[0]),) if self.draw.random() < 0.3 else ()
        body = self.value(size - 1)
        del self.bound[before:]
        return t.Big(self.draw.choice(("sum", "sum", "prod", "max", "min")), binders, conditions, body)

    def condition(self, letter: str) -> t.Node:
        name, other = (
            t.Name(letter, letter),
            self.draw.choice(
                (t.Name("n", "n"), t.Number("3"), t.Name("T", "T"), t.Add((t.Name("n", "n"), t.Neg(t.Number("1")))))
            ),
        )
        return t.Relation((name, other), (self.draw.choice(("!=", "<", ">=")),))

    def indicator(self, size: int) -> t.Node:
        return t.Indicator(self.draw.choice((self.relation, self.logic))(size - 1))

    def cases(self, size: int) -> t.Node:
        pieces = [
            t.Piece(self.value(size // 3), self.draw.choice((self.relation, self.relation, self.logic))(size // 3))
            for _ in range(self.draw.randint(1, 3))
        ]
        return t.Cases((*pieces, t.Piece(self.value(size // 3))) if self.draw.random() < 0.7 else tuple(pieces))

    def matrix(self, size: int) -> t.Node:
        rows, columns = self.draw.randint(1, 3), self.draw.randint(1, 3)
        return t.Matrix(tuple(t.Row(tuple(self.value(size // 4) for _ in range(columns))) for _ in range(rows)))

    def derivative(self, size: int) -> t.Node:
        of = self.draw.choice((t.Name("loss", DECLARED.latex("loss")), t.Name("q", "q"), self.value(size - 1), None))
        variable = self.draw.choice((t.Name("x", "x"), t.Name("W", "W"), t.Name("b1", "\\beta_1"), self.entry()))
        if self.draw.random() < 0.4:
            return t.Derivative(
                "nabla",
                of,
                self.draw.choice(((variable,), (), (variable, t.Name("y", "y")))),
                self.draw.choice((1, 1, 2)),
            )
        return t.Derivative(self.draw.choice(("d", "partial")), of, (variable,) * self.draw.choice((1, 1, 2)))

    def at(self, size: int) -> t.Node:
        return t.At(self.value(size // 2), t.Relation((t.Name("a", "a"), self.value(size // 2)), ("=",)))

    def relation(self, size: int) -> t.Node:
        return t.Relation(tuple(self.parts(size, 2, 2)), (self.draw.choice(RELATIONS[:6]),))

    def chain(self, size: int) -> t.Node:
        operands = self.parts(size, 2, 4)
        return t.Relation(tuple(operands), tuple(self.draw.choice(RELATIONS) for _ in operands[1:]))

    def logic(self, size: int) -> t.Node:
        if size <= 1 or self.draw.random() < 0.3:
            return t.Logic("not", (self.relation(size),))
        op = self.draw.choice(("and", "or", "xor", "implies", "iff"))
        return t.Logic(
            op,
            tuple(self.draw.choice((self.relation, self.logic))(size // 2) for _ in range(self.draw.choice((2, 2, 3)))),
        )

    def set_(self, size: int) -> t.Node:
        kind = self.draw.randrange(6)
        if kind < 2:
            return t.SetOf(tuple(self.parts(size, 1, 3)))
        if kind == 2:
            return t.Constant(self.draw.choice(("reals", "integers", "naturals", "empty")))
        if kind == 3 or size <= 1:
            return t.Sequence(tuple(self.parts(size, 2, 2)), self.draw.choice(("()", "[]", "[)", "(]")))
        return t.Call(
            t.Builtin(self.draw.choice(("union", "intersection", "difference"))),
            (self.set_(size // 2), self.set_(size // 2)),
        )

    def sequence(self, size: int) -> t.Node:
        return t.Sequence(tuple(self.parts(size, 1, 4)), self.draw.choice(("()", "[]")))


VALUES = (
    Trees.add, Trees.add, Trees.neg, Trees.tight, Trees.tight, Trees.fraction, Trees.loose, Trees.loose, Trees.power, Trees.power, Trees.transpose, Trees.call, Trees.call, Trees.call,
    Trees.python_call, Trees.computed_entry, Trees.big, Trees.big, Trees.indicator, Trees.cases, Trees.matrix, Trees.derivative, Trees.at,
)  # fmt: skip
