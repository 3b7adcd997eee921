"""The functions and constants everybody knows, by every name that people give them."""

from __future__ import annotations

from derive.notation.words import words

_ALIASES = """
exp: exp | log: log ln natlog | log10: lg log10 | log2: log2 ld | log1p: log1p | expm1: expm1
sin: sin | cos: cos | tan: tan tg | cot: cot ctg | sec: sec | csc: csc cosec | sinc: sinc
arcsin: arcsin asin | arccos: arccos acos | arctan: arctan atan arctg | arccot: arccot acot
arctan2: arctan2 atan2
sinh: sinh sh | cosh: cosh ch | tanh: tanh th Tanh | coth: coth | sech: sech | csch: csch
arcsinh: arcsinh asinh arsinh | arccosh: arccosh acosh arcosh | arctanh: arctanh atanh artanh
sqrt: sqrt | rsqrt: rsqrt | cbrt: cbrt | root: root | abs: abs fabs Abs absolute | sign: sign sgn
sigmoid: sigmoid expit logistic sigm Sigmoid
softplus: softplus Softplus | relu: relu ReLU Relu RELU | elu: elu ELU | gelu: gelu GELU
silu: silu SiLU swish Swish | logit: logit
leaky_relu: leaky_relu LeakyReLU leakyrelu | mish: mish | logsigmoid: logsigmoid LogSigmoid log_sigmoid
hardtanh: hardtanh
erf: erf | erfc: erfc | normal_cdf: normal_cdf Phi norm_cdf ndtr | normal_pdf: normal_pdf norm_pdf
gamma: Gamma | gammaln: gammaln lgamma loggamma
digamma: digamma | heaviside: heaviside Heaviside step | floor: floor | ceil: ceil ceiling | round: round
trunc: trunc
softmax: softmax Softmax SoftMax smax | log_softmax: log_softmax logsoftmax LogSoftmax
logsumexp: logsumexp LSE lse LogSumExp
diag: diag Diag diagonal diagflat | tr: tr Tr trace Trace | det: det Det Determinant
logdet: logdet slogdet | vec: vec Vec | rank: rank Rank matrix_rank
transpose: transpose Transpose permute | swapaxes: swapaxes | inverse: inv inverse Inverse Inv | pinv: pinv | norm: norm Norm
outer: outer | dot: dot | inner: inner | vdot: vdot | cross: cross | cov: cov
eigenvalues: eigvals | symmetric_eigenvalues: eigvalsh | cholesky: cholesky
matmul: matmul mm MatMul bmm mv | kron: kron KroneckerProduct
hadamard: HadamardProduct hadamard_product multiply mul
max: max Max maximum amax fmax | min: min Min minimum amin fmin | sum: sum nansum Sum
prod: prod Product product | mean: mean average avg | logaddexp: logaddexp | hypot: hypot
median: median med | sort: sort sorted | var: var | std: std | cumsum: cumsum | cumprod: cumprod | clip: clip clamp
factorial: factorial | binomial: binomial binom comb nCr
gcd: gcd | lcm: lcm | mod: mod
ones: ones | zeros: zeros | eye: eye Identity identity | arange: arange | ones_like: ones_like | zeros_like: zeros_like
full: full | array: array Matrix asarray
matrix_power: matrix_power MatPow | power: power pow Pow | square: square | reciprocal: reciprocal
negative: negative | sum_axis: sum_axis
add: add Add | subtract: subtract | divide: divide true_divide | floor_divide: floor_divide
remainder: remainder | hadamard_power: HadamardPower
tile: tile | flip: flip | roll: roll | concatenate: concatenate hstack vstack stack | tril: tril
triu: triu | reshape: reshape | expand_dims: expand_dims
where: where Piecewise select | einsum: einsum | tensordot: tensordot | convolve: convolve
correlate: correlate | solve: solve
shape: shape | len: len | size: size numel | kronecker: KroneckerDelta | slice: slice | squeeze: squeeze
ravel: ravel flatten | copy: copy
not: logical_not Not | and: logical_and And | or: logical_or Or | xor: logical_xor Xor | equal: equal Eq
not_equal: not_equal Ne
less: less Lt | less_equal: less_equal Le | greater: greater Gt | greater_equal: greater_equal Ge
indicator: Indicator indicator
"""


def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for entry in _ALIASES.replace("\n", "|").split("|"):
        canonical, _, aliases = entry.partition(":")
        table |= dict.fromkeys(aliases.split(), canonical.strip())
    for canonical in set(table.values()) - {"not", "and", "or", "xor"}:
        table.setdefault(canonical, canonical)
    return table


FUNCTIONS = _table()
CALCULATED = frozenset(FUNCTIONS.values())
# Words that LaTeX or plain text may hold without a backslash and that mean a function even without brackets.
BARE = frozenset(
    words(
        "exp log ln lg sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth sech csch arcsinh"
        " arccosh arctanh asin acos"
        " atan sqrt sign sgn relu ReLU sigmoid softmax softplus diag tr Tr det trace erf erfc logsumexp vec"
        " floor ceil abs max min log2 log10"
        " gelu GELU silu SiLU norm logdet"
    )
)
BEGINNINGS = frozenset(word[:2] for word in (*BARE, *FUNCTIONS))
INVERSES = {"sin": "arcsin", "cos": "arccos", "tan": "arctan", "cot": "arccot", "sinh": "arcsinh",
    "cosh": "arccosh",
            "tanh": "arctanh"}  # fmt: skip
BIG = {"sum": "sum", "prod": "prod", "max": "max", "min": "min", "bigsum": "sum", "sup": "max", "inf": "min"}
UNREAD = {
    "argmin": "An argmin", "argmax": "An argmax", "arg": "An argmin or argmax", "lim": "A limit",
    "limsup": "A limit",
    "liminf": "A limit", "int": "An integral", "iint": "An integral", "oint": "An integral",
    "Pr": "A probability",
    "Var": "A variance", "Cov": "A covariance", "integrate": "An integral", "Integral": "An integral",
    "limit": "A limit",
    "Limit": "A limit", "expectation": "An expectation",
}  # fmt: skip
ADVICE = "{} is not read; please give its value, written out."
GREEK_FUNCTIONS = {
    "\\sigma": "sigmoid",
    "\\Phi": "normal_cdf",
    "\\phi": "normal_pdf",
    "\\varphi": "normal_pdf",
    "\\Gamma": "gamma",
}


def canonical(name: str) -> str | None:
    """The canonical name of a known function, or None.

    >>> canonical("ln"), canonical("ReLU"), canonical("frobnicate")
    ('log', 'relu', None)
    """
    return FUNCTIONS.get(name)
