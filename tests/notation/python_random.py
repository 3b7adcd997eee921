"""Random Python answers by shape: numbers, vectors of length n, matrices m×n and n×n, as students write them."""

# ruff: noqa: E501

from random import Random

SYMBOLS = {
    "x": {"shape": ["n"]}, "y": {"shape": ["n"]}, "u": {"shape": ["m"]}, "W": {"shape": ["m", "n"]}, "A": {"shape": ["n", "n"]}, "a": {}, "b": {"domain": "positive"}, "h": {"shape": ["0..T"]},
    "sigma": {"shape": "function", "domain": "logistic", "latex": "\\sigma"},
}  # fmt: skip
NUMBERS = [
    "{s} + {s}", "{s} - {s}", "{s}*{s}", "{s}/(1 + ({s})**2)", "-{s}", "({s})**2", "np.exp({s})", "sigma({s})", "dsigma({s})", "{v} @ {v}", "np.sum({v})", "({v}).sum()", "{v}[0]", "{v}[-1]", "{v}[n-1]",
    "sum({v}[i]*i for i in range(n))", "sum(x[j]*y[k] for j in range(n) for k in range(j) if k != j)", "sum(h[t]*t for t in range(T))", "np.trace({q})", "({q})[0, -1]", "{v} @ {q} @ {v}", "x.shape[0]", "len(u)",
    "max(x[i] for i in range(n))", "np.linalg.norm({v})", "({s} if a > 0 else {s})", "(a > 1)*{s}", "Sum(x[i], (i, 0, n-1))", "np.dot({v}, {v})", "{s} // 2", "np.where(a > b, {s}, {s})", "np.mean({v})",
]  # fmt: skip
VECTORS = [
    "({v} + {v})", "({v} - {v})", "({v}*{v})", "({s}*{v})", "({v}/(1 + np.exp({v})))", "np.tanh({v})", "sigma({v})", "(W.T @ {u})", "({u} @ W)", "({q} @ {v})", "({q}.T @ {v})", "({v} @ {q})", "({v}**2)", "{q}[0]", "{q}[:, -1]",
    "np.sum({q}, axis=0)", "({q}).sum(axis=1)", "np.diag({q})",
]  # fmt: skip
SQUARES = [
    "({q} + {q})", "({q} @ {q})", "({q}*{q})", "({q}.T)", "np.outer({v}, {v})", "np.diag({v})", "np.eye(n)", "({q}**2)", "({q}*{v})", "(np.exp({q}) + {v})", "({s}*{q})", "(W.T @ W)", "(np.exp({q})/np.exp({q}).sum(axis=1, keepdims=True))",
]  # fmt: skip
KINDS = {
    "s": (["a", "b", "2", "0.5", "x[1]"], NUMBERS),
    "v": (["x", "y"], VECTORS),
    "u": (["u", "(W @ x)"], ["({u}*{u})", "(W @ {v})", "({s}*{u})"]),
    "q": (["A", "A"], SQUARES),
}


def answer(seed: int) -> str:
    """A whole answer of any shape."""
    draw = Random(seed)
    return drawn(draw, draw.choice("ssvq"), 1 + seed % 3)


def drawn(draw: Random, kind: str, depth: int) -> str:
    leaves, forms = KINDS[kind]
    if depth <= 0:
        return draw.choice(leaves)
    form = draw.choice(forms)
    for inner in KINDS:
        while "{" + inner + "}" in form:
            form = form.replace("{" + inner + "}", drawn(draw, inner, depth - 1), 1)
    return form
