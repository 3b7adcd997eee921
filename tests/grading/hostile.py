r"""Texts that are meant to break a grader: towers, endless sums, giant arrays, code, look-alikes, nonsense."""

# ruff: noqa: E501

TOWERS = [
    "9^{9^9}", "9^{9^{9^9}}", "2^{2^{2^{2^{2^2}}}}", "10^{10^{10}}", "(-2)^{10^{12}}", "0^{0^0}", "x^{10^{10}}", "x^{10^{9}}-x^{10^9}",
    "(x+1)^{100000}", "(x+1)^{-100000}", r"\left(1+\frac{1}{x}\right)^{10^{30}}", "e^{e^{e^{e^{e^{e^x}}}}}", "e^{10^{10}}", "e^{-10^{10}}",
    r"\exp(\exp(\exp(\exp(100))))", "x^{x^{x^{x^{x^x}}}}", r"2^{\frac{1}{10^{40}}}", "9**9**9**9", "2**(2**(2**100))", "x**(10**100)", "(1/3)**100000",
    "1.000000001**(10**9)", "0.1^{10000}", r"\sqrt[10^9]{2}", r"\sqrt[3]{\sqrt[3]{\sqrt[3]{2}}}" * 1, "10**1000000", "7**7**7",
]  # fmt: skip
FACTORIALS = [
    "100000!", "(10!)!", "((5!)!)!", r"\frac{100000!}{99999!}", r"\binom{10^9}{10^8}", r"\binom{n}{k}^{1000}", "factorial(10**6)", "(-1)!", "(1/2)!",
    r"\binom{n}{" * 90 + "1" + "}" * 90, "C_n^{" * 90 + "1" + "}" * 90, r"\sin(" * 190 + "x" + ")" * 190, r"\log_{" * 60 + "n" + "}x" * 60,
    r"\prod_{i=1}^{10^9} i", r"\prod_{i=1}^{n} i!", r"\binom{-3}{10^{12}}", "x!!!", "170!", "binomial(10**12, 10**11)",
]  # fmt: skip
SUMS = [
    r"\sum_{i=1}^{10^9} i", r"\sum_{i=1}^{10^{100}} \frac{1}{i}", r"\sum_{i=-10^9}^{10^9} x^i", r"\sum_{i=1}^{10000}\sum_{j=1}^{10000} ij",
    r"\sum_{i=1}^{10^4}\sum_{j=1}^{10^4}\sum_{k=1}^{10^4}\sum_{l=1}^{10^4}\sum_{m=1}^{10^4} ijklm",
    r"\sum_{i=1}^{\infty} \frac{1}{i^2}", r"\prod_{i=1}^{10^6}(1+x/i)", r"\sum_{i=1}^{x} i", r"\sum_{i=1}^{1/2} i", r"\sum_{i=1}^{-5} i",
    r"\max_{i} \sum_{j=1}^{10^8} ij", r"\sum_{i=1}^{n}\sum_{j=1}^{i}\sum_{k=1}^{j}\sum_{l=1}^{k} x_l", "sum(i for i in range(10**9))",
    "sum(sum(i*j for i in range(10**5)) for j in range(10**5))", "np.sum(np.arange(10**9))", "Sum(x**i, (i, 1, 10**9))", "Product(i, (i, 1, 10**9))",
    "+".join(f"x^{{{k}}}" for k in range(2500)), "+".join(["x"] * 9000), "*".join(["x"] * 9000), "-" * 150 + "x",
    r"\sum_{i=1}^{n}" * 60 + "x", r"\sum_{i}" * 40 + "x", r"\prod_{i=1}^{3}" * 30 + "x", r"\sum_{i=1}^{10^3} \sum_{j=1}^{10^3} \cos(ij x)",
]  # fmt: skip
ARRAYS = [
    r"\mathbf{1}_{10^9}", r"\mathbf{1}_{10^9}^\top\mathbf{1}_{10^9}", "I_{1000000}", r"\operatorname{tr}(I_{10^{12}})", r"\det(I_{5000})", "np.eye(10**6)",
    "np.zeros((10**5, 10**5))", "np.ones(10**9).sum()", "np.outer(x, x)", "v @ v @ v", "W^{10^9}", "W^{1000}", "A^{-1000}", "A^{n}", "A^{10^6} v", r"\det(A)^{500}",
    r"\det(A^{-1}A^{-1}A^{-1}A^{-1})", r"(A^{-1})^{-1}", r"A^{-1}" * 50, "A" * 200, r"\|A\|^{10^6}", r"\|v\|_{10^9}", r"\|A\|_*", r"v^\top" * 40,
    r"\begin{pmatrix}" + "&".join(["1"] * 3000) + r"\end{pmatrix}", r"\begin{pmatrix}" + r"\\".join(["1"] * 3000) + r"\end{pmatrix}",
    r"\begin{pmatrix}1&2\\3\end{pmatrix}", r"\begin{pmatrix}\end{pmatrix}", r"\begin{pmatrix}" * 30, r"\operatorname{diag}(" * 60 + "v" + ")" * 60,
    r"v_{10^9}", "v_{-1}", "v_{0}", "v_{1/2}", "v_{x}", "v[10**9]", "v[-1]", "v[::2]", "v[0][0]", "A[:, None, :, None]", "A.T.T.T.T.T", "A.sum().sum().sum()",
    r"A_{i,j,k,l}", r"\operatorname{softmax}(\operatorname{softmax}(\operatorname{softmax}(v)))", r"e^{e^{e^{v}}}", r"\delta_{ij}\delta_{jk}\delta_{kl}",
    "np.einsum('ij,jk,kl,lm->im', A, A, A, A)", "np.einsum('i' * 500, v)", "np.linalg.matrix_power(A, 10**9)", "np.linalg.inv(A - A)", r"(A-A)^{-1}", r"\frac{1}{0}",
]  # fmt: skip
NUMBERS = [
    "1" * 5000, "0." + "1" * 4000, "1e999999999", "1e-999999999", "1" + "0" * 4000 + "-1" + "0" * 4000, "0x" + "f" * 3000, "1_000_000", "1e5e5", "1.2.3", ".", "..", "1.", ".5",
    "1/0", "0/0", r"\infty", r"\infty-\infty", r"-\infty", "nan", "inf", "float('nan')", "1e308*1e308", "1j", "3+4i", r"\pm 1", r"\sqrt{-1}", r"\log(-1)", r"\log 0", r"\arcsin 7",
    "٣", "½", "²", "Ⅷ", "1,000,000", "1'000", "12 345", "1e", "--1", "+-+-+1", "5%", "$5", "3 m/s", "≈ 3", "~3", "3±1", "1:2", "10^{-400}", r"\frac{1}{3}3",
]  # fmt: skip
CODE = [
    "__import__('os').system('ls')", "().__class__.__bases__[0].__subclasses__()", "lambda: 1", "(lambda f: f(f))(lambda f: f(f))", "x.__class__", "x._p",
    "[x for x in iter(int, 1)]", "exec('1')", "eval('x')", "open('/etc/passwd').read()", "f'{x!r}'", "'%1000000000d' % 1", "'{:>1000000000}'.format(1)", "'a' * 10**9", "[0] * 10**9",
    "x := 1", "print(x)", "import os", "from os import *", "del x", "assert x", "while True: pass", "yield x", "await x", "async def f(): pass", "class A: pass", "global x", "@x", "x; y", "x\ny", "`ls`",
    "$(ls)", "; rm -rf /", "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "#{7*7}", "%s%s%s", "\\x41", "\\u0041", "x if x else x", "x and x or x", "not not not x", "x is x",
    "x == x == x", "x < x < x", "...", "Ellipsis", "NotImplemented", "type(x)", "getattr(x, 'y')", "np.load('f')", "np.fromfile('f')", "np.random.rand(3)", "np.__dict__", "np.core.os", "sympy.S('x')",
    "sympify('x')", "parse_expr('x')", "S('x')", "Symbol('x')", "Function('f')(x)", "Matrix(10**5, 10**5, lambda i, j: i)", "x.subs(x, 1)", "x.diff(x)", "x.evalf(10**9)", "**x", "*x", "f(*x)", "f(**x)",
]  # fmt: skip
LATEX = [
    r"\input{/etc/passwd}", r"\def\x{\x\x}\x", r"\newcommand{\x}{\x\x}\x", r"\write18{ls}", r"\openin5=f", r"\loop\iftrue\repeat", r"\catcode`\@=11", r"\csname end\endcsname", r"\special{x}", r"\directlua{os.exit()}",
    r"\href{javascript:alert(1)}{x}", r"\url{x}", r"\includegraphics{f}", r"\begin{verbatim}x\end{verbatim}", r"\usepackage{x}", r"\documentclass{x}", r"\expandafter\x", r"\let\x=\y", r"\relax x", r"\immediate x", r"\jobname",
    r"\frac{1}", r"\frac", r"\sqrt", r"\left(x", r"x\right)", r"\left.x\right.", r"\begin{cases}1", r"\begin{align}x&=1\\y&=2\end{align}", r"\text{hello}", r"\mbox{x}", r"\color{red}x", r"\underbrace{x}_{y}", r"\overset{a}{b}",
    r"\stackrel{a}{=}", r"x\\y", r"x&y", r"x\tag{1}", r"x\label{a}", r"$x$", r"$$x$$", r"\[x\]", r"\(x\)", r"x % comment", r"x\,\;\!\quad\qquad y", r"\,", r"{}", r"{{{{x}}}}", r"x_{}", r"x^{}", r"{}_{i}x", r"{}^{2}x", r"x__y", r"x^^y", r"x^2^3", r"x_1_2",
    r"\int_0^1 x\,dx", r"\lim_{x\to0}x", r"\mathbb{E}[x]", r"\arg\min_x x", r"\Pr(x)", r"\oint x", r"\iint x", r"\nabla\cdot x", r"\partial_x x", r"\frac{d}{dx}x", r"\frac{\partial^2 x}{\partial x\partial x}", r"\ddot x", r"f'(x)", r"x'", r"x''''''",
    r"\mathcal{L}", r"\mathfrak{g}", r"\hat{\hat{\hat{x}}}", r"\overline{x+y}", r"\vec{x}", r"\bar x", r"\not=", r"x\neq y", r"x\approx y", r"x\propto y", r"x\sim y", r"x:=y", r"x\equiv y", r"x\to y", r"x\mapsto y", r"x\in\{1\}", r"\forall x", r"\exists x",
    r"\{x\mid x>0\}", r"[x>0", r"(x>0]", r"|x", r"||x|", r"\|x", r"|x|y|z|", r"\langle x|y\rangle", r"\lfloor x\rceil", r"\lceil x", r"x\pmod 3", r"x\bmod 3", r"x\mid y", r"\gcd(x,y)", r"\cdots", r"1+2+\cdots+n", r"\ldots", r"x_1,\ldots,x_n", r"\therefore x",
]  # fmt: skip
SIGNS = [
    "\ud800", "x\udfff", "\u202ex", "\u2066x\u2069", "\x00", "x\x07", "\u0430", "\u0441os(x)", "\u0301x", "x\u0301" * 3000, "\u4f60\u597d", "\ufeffx", "x\u200b", "x\u00ady", "\u2028x", "\U0001d465", "\U0001d7cf", "𝒙²", "x\u20d7", "ｘ＋１", "ﬁ", "ĸ", "Ω", "µ", "∂L/∂x", "∇x", "∑x", "√x", "∛x",
    "x⁻¹", "x₁", "xᵀ", "‖x‖", "⌊x⌋", "⟨x,y⟩", "x·y", "x×y", "x÷y", "x⊙y", "x∘y", "x≤y", "x≠y", "∞", "∅", "∈", "→", "⇒", "¬x", "∧", "∨", "🤖", "👨‍👩‍👧", "\t", "\n\n\n", "\r\n", "\x1b[31mx", "x\ty", "\x7f",
]  # fmt: skip
PROSE = [
    "", " ", "-", "?", "idk", "I don't know", "no idea sorry", "the answer is 2x", "2x because of the chain rule", "see attached", "42 (I guess)", "x or maybe y", "yes", "no", "TODO", "N/A", "null", "None", "undefined", "true", "false", "lorem ipsum dolor sit amet",
    "La réponse est x", "die Antwort ist 2x", "答えはx", "x^2 dx where x = 1", "Let x = 2. Then 2x = 4.", "dL/dW = X^T (p - y)", "gradient descent", "sigma(1-sigma)", "A" * 15000, "word " * 3000, "(" * 10**6, "{" * 10**6, "[" * 15000, "x(" * 5000, "f(" * 190 + "x" + ")" * 190, "\\" * 19000,
    "x^" * 5000 + "x", "x_" * 5000 + "x", "'" * 19000, "!" * 19000, "|" * 19000, "," * 19000, "1," * 9000 + "1", "x" * 20001, "=" * 5000, "<" * 5000, r"\frac" * 3000, r"\sqrt" * 3000 + "x", r"\left(" * 3000, r"\hat" * 6000 + "x", "&" * 5000, "~" * 19000 + "1", "not " * 4000 + "x",
]  # fmt: skip

COMPOSED = [
    r"(\exp\circ\exp)" * 1200 + "(x)", r"\sigma\circ " * 2400 + r"\sigma(x)", r"\delta_{ij}" * 1500, "C_{" * 150 + "n" + "}" * 150,
    "C_" * 9000, r"1\%," * 5000, r"\pm" * 6000, r"\sum_{k=1000000000}^\infty 2^{-k}",
    r"\sum_{k=0}^\infty 2^{-1000000000k}", r"\sum_{k=999}^\infty 10^{-999k}", r"\sum_{k=0}^\infty (k+1)^{1000}2^{-k}", "v[::-1]" * 900,
    r"x+\lfloor n/10^{18}\rfloor", r"x+\sum_{i=1}^{n}\lfloor i/10^9\rfloor", r"x\mathbb{1}[n>10^{17}]", r"\sum_{i=1}^{10^{15}} v_i",
]  # fmt: skip

EVERY = [*COMPOSED, *TOWERS, *FACTORIALS, *SUMS, *ARRAYS, *NUMBERS, *CODE, *LATEX, *SIGNS, *PROSE]
SYMBOLS = {
    "x": {}, "y": {}, "n": {"domain": "posint"}, "k": {"domain": "posint"}, "v": {"shape": ["d"]}, "W": {"shape": ["m", "d"]}, "A": {"shape": ["d", "d"], "domain": "invertible"},
    "sigma": {"shape": "function", "latex": "\\sigma", "domain": "logistic"},
}  # fmt: skip
REFERENCES = {"scalar": "x+1", "vector": "2v", "matrix": "A", "number": "3", "set": r"\{1,2\}", "condition": "x>0"}
