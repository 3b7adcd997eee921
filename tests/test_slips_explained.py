"""`derive.testing`: what a failure says of the slips that formulas in tests have."""

import pytest

from derive.testing import check_gradient

torch = pytest.importorskip("torch")
F = torch.nn.functional

LAYER = {"X": ("n", "d"), "W": ("d", "h"), "b": ("h",), "G": ("n", "h"), "H": "sigmoid(X @ W + b)"}
FILTER = {"x": ("n",), "w": ("k",), "G": ("n-k+1",)}
STEP = {"m": (), "v": "positive", "lr": 0.01, "eps": 1e-8, "b": 0.9, "t": 3}


def layer(X, W, b):  # noqa: N803
    return torch.sigmoid(X @ W + b)


def convolved(x, w):
    return F.conv1d(x[None, None], w[None, None])[0, 0]


def step(m, v, lr, eps, b, t):
    return -lr * (m / (1 - b**t)) / (v.sqrt() + eps)


def told(formula, of, wrt, given, **how):
    report = check_gradient(formula, of=of, wrt=wrt, given=given, device="cpu", **how)
    assert not report.ok
    return " ".join(report.explanations)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("-1/(sqrt(v) + eps)", "after a factor lr/(1 - b^t)"),
        ("-lr/(sqrt(v) + eps)", "after a factor 1/(1 - b^t)"),
        ("-lr*b/((1 - b**t)*(sqrt(v) + eps))", "after a factor 1/b"),
        ("-lr*(1-b)/((1 - b**t)*(sqrt(v) + eps))", "after a factor 1/(1 - b)"),
    ],
)
def test_given_numbers_are_called_by_their_names(formula, said):
    assert said in told(formula, step, "m", STEP)


@pytest.mark.parametrize(
    ("formula", "wrt", "said"),
    [
        ("(G * H * (1 - H)).sum(axis=1)", "b", "with a sum over n in place of h"),
        ("(G * H * (1 - H)).sum()", "b", "without the sum over h"),
        (r"G \odot H \odot (1 - H)", "b", "after a sum over its first axis"),
        (lambda G, H: G * H * (1 - H), "b", "after a sum over its first axis"),  # noqa: N803
        ("(G * (1 - H**2)).sum(axis=0)", "b", "slope of σ, h(1 - h), in place of that of tanh"),
        (r"X^\top (G \odot (1 - H^2))", "W", "slope of σ, h(1 - h), in place of that of tanh"),
        (lambda G, H: (G * H * (1 - H)).sum(0)[None], "b", "without its axis of length 1"),  # noqa: N803
    ],
)
def test_sums_over_other_axes_and_slopes_of_other_functions(formula, wrt, said):
    assert said in told(formula, layer, wrt, LAYER, cotangent="G")


def test_the_slope_of_sigmoid_for_that_of_tanh():
    given = {"x": ("n",), "G": ("n",), "h": "tanh(x)"}
    assert "slope of tanh, 1 - h²" in told("G*h*(1-h)", lambda x: torch.tanh(x), "x", given, cotangent="G")


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (r"\frac{\partial L}{\partial w_u} = \sum_{i=1}^{n-k+1} G_i x_{i+u}", "an index of x moved by one"),
        (r"\frac{\partial L}{\partial w_u} = \sum_{i=1}^{n-k} G_i x_{i+u-1}", "one term more at the end"),
        (r"\frac{\partial L}{\partial w_u} = \sum_{i=2}^{n-k+1} G_i x_{i+u-1}", "one term more at the start"),
        ("w_bar[u] = sum(G[i]*x[i+k-1-u], i)", "entries in the reverse order"),
        ("w_bar[u] = sum(G[i]*x[i+2*u], i)", "another number before u in an index of x"),
    ],
)
def test_indices_and_ranges_that_are_one_off(formula, said):
    assert said in told(formula, convolved, "w", FILTER, cotangent="G", where=["n >= k"])


def test_the_diagonal_the_number_and_the_direction():
    given = {"x": ("n",), "p": "softmax(x)", "y": "tanh(x)", "q": "prob(n)"}
    assert "on a diagonal" in told("1 - y**2", lambda x: torch.tanh(x), "x", given, asks="jacobian")
    assert "the number in every entry" in told("2", lambda x: 2 * x.sum(), "x", given)
    assert "one number for all entries" in told("exp(x)", lambda x: torch.logsumexp(x, 0), "x", given)
    cross = lambda x, q: -(q * torch.log_softmax(x, 0)).sum()  # noqa: E731
    assert "with p - q in place of p" in told("p", cross, "x", given)
    assert "wrong in some entries only" in told(lambda x: x.abs(), lambda x: (x * x).sum() / 2, "x", given)


@pytest.mark.parametrize(
    ("formula", "asks", "said"),
    [
        ("A x + b", "gradient", "the same term with A transposed added, as A is not symmetric"),
        (r"(A + A^\top) x", "gradient", "What is missing is the term b."),
        (r"(A + A^\top) x - b", "gradient", "a change of sign at the term"),
        ("A", "hessian", "the same term with A transposed added"),
    ],
)
def test_terms_that_are_missing(formula, asks, said):
    given = {"x": ("n",), "A": ("n", "n"), "b": ("n",)}
    form = lambda x, A, b: x @ A @ x + b @ x  # noqa: E731, N803
    assert said in told(formula, form, "x", given, asks=asks)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("-(x-m)**2/s**3", "What is missing is the term 1/s."),
        ("1/s - (x-m)**2/s**2", "the missing factor 1/s"),
    ],
)
def test_a_slope_that_is_missing_as_a_term(formula, said):
    given = {"x": ("n",), "m": ("n",), "s": "positive(n)"}
    normal = lambda x, m, s: (torch.log(s) + ((x - m) / s) ** 2 / 2).sum()  # noqa: E731
    assert said in told(formula, normal, "s", given)


def test_one_less_a_name_letters_exchanged_and_slopes_twice():
    given = {"x": ("n",), "h": ("n",), "G": ("n",), "z": "sigmoid(x)"}
    gate = lambda x, h: torch.sigmoid(x) * h  # noqa: E731
    assert "with 1 - z in place of z." in told("G*(1-z)", gate, "h", given, cotangent="G")
    twice = told("G*h*z**2*(1-z)**2", gate, "x", given, cotangent="G")
    assert "without the factors" in twice
    image = {"X": ("h", "w"), "W": ("k", "l"), "G": ("h-k+1", "w-l+1")}
    slid = lambda X, W: F.conv2d(X[None, None], W[None, None])[0, 0]  # noqa: E731, N803
    how = {"cotangent": "G", "where": ["h >= k", "w >= l"]}
    assert "u and v exchanged in the indices of X" in told(
        "W_bar[u,v] = sum(G[i,j]*X[i+v,j+u], i, j)", slid, "W", image, **how
    )
    soft = {"X": ("n", "d"), "W": ("d", "k"), "Y": "onehot(n, k)", "P": "softmax(X @ W)"}
    loss = lambda X, W, Y: F.cross_entropy(X @ W, Y, reduction="sum")  # noqa: E731, N803
    assert "the index j in place of i" in told("W_bar[i,j] = sum(X[a,i]*(P[a,i] - Y[a,i]), a)", loss, "W", soft)


def test_nothing_is_said_of_a_difference_at_one_entry():
    given = {"a": ("d",), "p": ("d",), "n": ("d",)}
    loss = lambda a, p, n: F.relu(((a - p) ** 2).sum() - ((a - n) ** 2).sum() + 1)  # noqa: E731
    wrong = r"2 (n - p) \mathbb{1}[\|a - p\|^2 - \|a - n\|^2 > 0]"
    assert "the same in every entry" not in told(wrong, loss, "a", given)


def test_a_factor_that_nobody_would_write_mends_nothing():
    given = {"a": (), "b": (), "beta": 0.1, "h": "beta*(a - b)"}
    loss = lambda a, b, beta: -F.logsigmoid(beta * (a - b))  # noqa: E731
    assert "in place of h" not in told("-beta*sigmoid(h)*sigmoid(-h)", loss, "a", given)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("p*(G - (p*G).sum(axis=0))", "with a sum over k in place of n: p[i,j]"),
        ("p*(G - (p*G).sum())", "p times one number for each row"),
        ("p*G", "p times one number for each row"),
        ("p*(G - (p*G).mean(axis=1, keepdims=True))", "after a factor k at the term"),
    ],
)
def test_a_sum_within_a_term(formula, said):
    given = {"z": ("n", "k"), "p": r"\operatorname{softmax}(z)", "G": ("n", "k")}
    assert said in told(formula, lambda z: torch.softmax(z, -1), "z", given, cotangent="G")


def test_what_lacks_in_every_column():
    given = {"x": ("n", "d"), "G": ("n", "d")}
    centred = lambda x: x - x.mean(0)  # noqa: E731
    assert "one number for each column" in told("G", centred, "x", given, cotangent="G")


def test_a_whole_given_number_is_called_by_its_name():
    given = {"z": ("k",), "q": "prob(k)", "T": 4.0, "p": "softmax(z/T)"}
    loss = lambda z, q, T: -T * T * (q * torch.log_softmax(z / T, 0)).sum()  # noqa: E731, N803
    assert "after a factor T." in told("p - q", loss, "z", given)
