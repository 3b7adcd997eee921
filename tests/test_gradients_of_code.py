"""`derive.testing.assert_gradient`: right formulas pass, wrong ones fail with what would mend them."""

import pytest

from derive.derivations.catalogue import catalogue
from derive.testing import assert_gradient, check_gradient
from derive.testing.given import BadTest, given_of

torch = pytest.importorskip("torch")
F = torch.nn.functional

SOFTMAX = {"X": ("n", "d"), "W": ("d", "k"), "Y": "onehot(n, k)", "P": "softmax(X @ W)"}
TWO_LAYERS = {"X": ("n", "d"), "W1": ("d", "h"), "W2": ("h", "o"), "Y": ("n", "o"), "H": "tanh(X @ W1)"}


def cross_entropy(X, W, Y):  # noqa: N803
    return F.cross_entropy(X @ W, Y, reduction="sum")


def mean_cross_entropy(X, W, Y):  # noqa: N803
    return F.cross_entropy(X @ W, Y)


def two_layers(X, W1, W2, Y):  # noqa: N803
    return ((torch.tanh(X @ W1) @ W2 - Y) ** 2).sum() / 2


@pytest.mark.parametrize(
    "formula",
    [
        r"X^\top (P - Y)",
        r"\frac{\partial L}{\partial W} = X^\top (P - Y)",
        r"\frac{\partial L}{\partial W_{ij}} = \sum_{a=1}^{n} X_{ai} (P_{aj} - Y_{aj})",
        "X.T @ (P - Y)",
        "W_bar[i,j] = sum(X[a,i]*(P[a,j] - Y[a,j]), a)",
        lambda X, P, Y: X.T @ (P - Y),  # noqa: N803
    ],
)
def test_the_softmax_gradient_in_every_notation(formula):
    report = assert_gradient(formula, of=cross_entropy, wrt="W", given=SOFTMAX, device="cpu")
    assert report.ok
    assert len(report.sizes) == 4
    assert {1} in [set(s.values()) for s in report.sizes]


def test_the_one_shape_that_fits_need_not_be_said():
    without = {n: s for n, s in SOFTMAX.items() if n != "W"}
    assert assert_gradient(r"X^\top (P - Y)", of=cross_entropy, wrt="W", given=without, device="cpu").ok
    with pytest.raises(BadTest, match="does not say what W is"):
        check_gradient("2 W", of=lambda W: (W * W).sum(), wrt="W", given={"x": ("n",)}, device="cpu")  # noqa: N803


@pytest.mark.parametrize(
    ("formula", "of", "given", "wrt", "said"),
    [
        (r"X^\top (P - Y)", mean_cross_entropy, SOFTMAX, "W", "after a factor 1/n: the code takes a mean"),
        (r"\frac1n X^\top (P - Y)", cross_entropy, SOFTMAX, "W", "after a factor n: the code sums"),
        (r"X^\top (Y - P)", cross_entropy, SOFTMAX, "W", "after a change of sign"),
        (r"(P - Y)^\top X", cross_entropy, SOFTMAX, "W", "after a transpose"),
        (r"(Y - P)^\top X", cross_entropy, SOFTMAX, "W", "after a transpose and a change of sign"),
        (r"X^\top ((H W_2 - Y) W_2^\top)", two_layers, TWO_LAYERS, "W1", r"the missing factor 1 - H_{k,j}^{2}"),
        (r"2 H^\top (H W_2 - Y)", two_layers, TWO_LAYERS, "W2", "after a factor 1/2"),
        ("w", lambda w: (w * w).sum(), {"w": ("n",)}, "w", "after a factor 2"),
        ("w^2", lambda w: (w**4).sum() / 4, {"w": ("n",)}, "w", "the missing factor w"),
        (r"\sigma(a)", lambda a: torch.sigmoid(a).sum(), {"a": ("n",)}, "a", "its derivative exchanged"),
        (r"w + \lambda w", lambda w: (w * w).sum() / 2, {"w": ("n",), "lambda": "positive"}, "w", "without the term"),
    ],
)
def test_a_failure_says_what_would_mend_the_formula(formula, of, given, wrt, said):
    with pytest.raises(AssertionError) as failure:
        assert_gradient(formula, of=of, wrt=wrt, given=given, device="cpu")
    message = str(failure.value)
    assert said in message
    assert "smallest case that shows it" in message


def test_a_failure_shows_entries_and_their_ratio():
    report = check_gradient("w", of=lambda w: (w * w).sum(), wrt="w", given={"w": ("n",)}, device="cpu")
    world, ours = report.failure
    assert world.sizes == {"n": 1}
    assert ours.shape == world.torch.shape == (1,)
    assert "torch = 2 × formula" in str(report)


def test_nothing_is_said_to_mend_what_no_single_change_mends():
    given = {"w": ("n",), "v": ("n",)}
    report = check_gradient(
        r"w \odot v + 3", of=lambda w, v: torch.sin(w * v).sum(), wrt="w", given=given, device="cpu"
    )
    assert not report.ok
    assert report.explanations == ()
    assert "No single change" in str(report)


def test_a_formula_that_is_wrong_only_for_more_than_one_row_is_found_out():
    given = {"X": ("n", "d"), "w": ("d",)}
    report = check_gradient("X_{1}", of=lambda X, w: (X @ w).sum(), wrt="w", given=given, device="cpu")  # noqa: N803
    assert report.failure[0].sizes["n"] == 2


def test_a_module_with_its_parameters_by_name():
    layer = torch.nn.Linear(3, 2)
    given = {"W": ("o", "i"), "b": ("o",), "input": ("n", "i"), "X": "input", "G": ("n", "o")}
    names = {"W": "weight", "b": "bias"}
    report = assert_gradient(r"G^\top X", of=layer, wrt="W", given=given, parameters=names, cotangent="G", device="cpu")
    assert all(s["i"] == 3 and s["o"] == 2 for s in report.sizes)
    assert assert_gradient(
        r"\sum_{a=1}^n G_{a}", of=layer, wrt="b", given=given, parameters=names, cotangent="G", device="cpu"
    ).ok


def test_jacobians_and_hessians():
    given = {"z": ("n",), "p": "softmax(z)"}
    jacobian = r"\operatorname{diag}(p) - p p^\top"
    assert assert_gradient(
        jacobian, of=lambda z: torch.softmax(z, 0), wrt="z", given=given, asks="jacobian", device="cpu"
    ).ok
    loss = lambda z: torch.logsumexp(z, 0)  # noqa: E731
    assert assert_gradient(jacobian, of=loss, wrt="z", given=given, asks="hessian", device="cpu").ok
    wrong = check_gradient(r"\operatorname{diag}(p)", of=loss, wrt="z", given=given, asks="hessian", device="cpu")
    assert not wrong.ok


def test_a_derivation_of_the_catalogue_against_torch():
    d = catalogue()["softmax-cross-entropy"]
    assert assert_gradient(d, of=lambda z, y: -(y * torch.log_softmax(z, 0)).sum(), wrt="z", device="cpu").ok
    wrong = check_gradient(d, of=lambda z, y: -(y * torch.log_softmax(z, 0)).mean(), wrt="z", device="cpu")
    assert wrong.explanations == ("It matches after a factor 1/C: the code takes a mean, the formula sums.",)
    conv = catalogue()["conv1d-filter-gradient"]
    code = lambda x, w: F.conv1d(x[None, None], w[None, None])[0, 0]  # noqa: E731
    assert assert_gradient(conv, of=code, wrt="w", cotangent="y_bar", device="cpu").ok


def test_sizes_and_constraints_are_kept():
    given = {"x": ("n",), "w": ("k",), "g": ("n-k+1",)}
    formula = r"\frac{\partial L}{\partial w_{u}} = \sum_{i=1}^{n-k+1} g_i x_{i+u-1}"
    code = lambda x, w, g: (F.conv1d(x[None, None], w[None, None])[0, 0] * g).sum()  # noqa: E731
    report = assert_gradient(formula, of=code, wrt="w", given=given, device="cpu")
    assert all(s["n"] >= s["k"] for s in report.sizes)
    fixed = assert_gradient(formula, of=code, wrt="w", given=given, where=["k == 2"], device="cpu")
    assert {s["k"] for s in fixed.sizes} == {2}


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"formula": r"X^\top (P - Z)"}, "speaks of Z, which given does not declare"),
        ({"formula": r"X^\top (P - "}, "cannot be read"),
        (
            {"formula": r"\frac{\partial L}{\partial W_{i}} = \sum_{a} X_{ai}"},
            "gives W 1 index, and its shape has 2: write one letter for each axis",
        ),
        ({"of": lambda X, W, Q: X @ W + Q}, "asks for Q, which given does not declare"),  # noqa: N803
        ({"of": lambda X, W: X @ W}, "a gradient is of a scalar"),  # noqa: N803
        ({"of": lambda X, W: X.sum()}, "does not depend on W"),  # noqa: N803
        ({"asks": "slope"}, "none of gradient, vjp, jacobian, hessian"),
        ({"where": ["n > 3 >"]}, "where: "),
        ({"where": ["n > 1000"]}, "no sizes meet the constraints"),
        ({"given": {**SOFTMAX, "Y": {"shape": ["n"], "domian": "real"}}}, "does not know domian"),
        ({"given": {**SOFTMAX, "Y": {"shape": ["n"], "domain": "reel"}}}, "no values can be drawn from 'reel'"),
        ({"given": {**SOFTMAX, "P": "softmax(X @@ W)"}}, "given['P']: the formula cannot be read"),
        ({"given": {**SOFTMAX, "P": "Q", "Q": "P"}}, "given['P']"),
        ({"cotangent": "G"}, "needs its cotangent"),
        ({"draws": 0}, "draws is at least 1"),
        ({"sizes": [{"n": 2, "d": 3}, {"n": 1, "d": 1}]}, "sizes does not say k"),
        ({"parameters": {"W": "weight"}}, "of= is a function"),
    ],
)
def test_a_test_that_says_too_little_hears_what_to_write(how, said):
    asked = {"formula": r"X^\top (P - Y)", "of": cross_entropy, "wrt": "W", "given": SOFTMAX, "device": "cpu", **how}
    with pytest.raises(BadTest) as error:
        check_gradient(asked.pop("formula"), **asked)
    assert said in str(error.value)


def test_the_same_seed_gives_the_same_report():
    def once():
        return str(check_gradient(r"X^\top P", of=cross_entropy, wrt="W", given=SOFTMAX, seed=7, device="cpu"))

    assert once() == once()


def test_what_a_test_says_of_a_name():
    assert given_of("a", "n, d").shape == ("n", "d")
    assert given_of("a", "(n, d)").shape == ("n", "d")
    assert given_of("a", "positive").domain == "positive"
    assert given_of("a", [1.0, 2.0]).shape == ("2",)
    assert given_of("a", "X @ W").definition == "X @ W"
    with pytest.raises(BadTest, match="no shape, domain"):
        given_of("a", object())


def test_what_the_code_makes_itself_is_on_the_device():
    seen = []

    def code(x):
        seen.append(torch.eye(2).device.type)
        return (x * x).sum()

    with pytest.raises(NotImplementedError, match="no data"):  # that device holds no numbers
        check_gradient("2 x", of=code, wrt="x", given={"x": ("n",)}, device="meta", kinks="exact")
    assert seen == ["meta"]


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_the_same_on_a_gpu():
    assert assert_gradient(r"X^\top (P - Y)", of=cross_entropy, wrt="W", given=SOFTMAX, device="cuda").device == "cuda"


BRANCHES = {
    "relu6": ("where(x>0,1,0)", lambda x: F.relu6(x).sum()),
    "hardtanh": ("ones(n)", lambda x: F.hardtanh(x, -3, 3).sum()),
    "hardswish": ("(2*x+3)/6", lambda x: F.hardswish(x).sum()),
    "huber": ("x", lambda x: F.huber_loss(x, torch.zeros_like(x), delta=5.0, reduction="sum")),
    "clipping": ("x/sqrt(sum(x**2))", lambda x: (x * torch.clamp(10 / x.norm(), max=1.0)).norm()),
}


@pytest.mark.parametrize("name", BRANCHES)
def test_draws_enter_both_sides_of_a_branch(name):
    formula, code = BRANCHES[name]
    assert not check_gradient(formula, of=code, wrt="x", given={"x": ("n",)}, device="cpu").ok


def contrastive(x, y, s):
    apart = ((x - y) ** 2).sum()
    return 0.5 * s * apart + 0.5 * (1 - s) * F.relu(1 - apart.sqrt()) ** 2


@pytest.mark.slow
def test_a_term_that_few_draws_have_is_compared():
    given = {"x": ("d",), "y": ("d",), "s": {"shape": [], "domain": "binary"}, "D": r"\|x - y\|"}
    right = "s*(x-y) - (1-s)*max(1 - D, 0)*(x-y)/D"
    assert check_gradient(right, of=contrastive, wrt="x", given=given, device="cpu").ok
    for wrong in ("s*(x-y)", right.replace("- (1-s)", "+ (1-s)"), right.removesuffix("/D")):
        assert not check_gradient(wrong, of=contrastive, wrt="x", given=given, device="cpu").ok, wrong


@pytest.mark.parametrize("least", [torch.minimum, torch.min])
@pytest.mark.parametrize(("inside", "right"), [("A*r", True), ("5*A*r", False), ("0*r", False)])
def test_two_arguments_of_a_minimum_that_are_one_function_are_no_kink(inside, right, least):
    def clipped(l, o, A):  # noqa: N803, E741
        r = torch.exp(l - o)
        return least(r * A, torch.clamp(r, 0.8, 1.2) * A).sum()

    formula = f"where((A > 0)*(r > 1.2) + (A < 0)*(r < 0.8) > 0, 0, where((r < 1.2)*(r > 0.8) > 0, {inside}, A*r))"
    given = {"l": ("n",), "o": ("n",), "A": ("n",), "r": "exp(l - o)"}
    assert check_gradient(formula, of=clipped, wrt="l", given=given, device="cpu").ok is right


def test_a_small_derivative_is_compared_by_its_own_size():
    tiny = lambda x: 1e-9 * (x**2).sum()  # noqa: E731
    assert check_gradient("0.000000002*x", of=tiny, wrt="x", given={"x": ("n",)}, device="cpu").ok
    assert not check_gradient("0.000000003*x", of=tiny, wrt="x", given={"x": ("n",)}, device="cpu").ok


def test_a_kink_that_no_draw_crosses_is_told():
    far = check_gradient(
        "2*x", of=lambda x: torch.clamp(x, max=1e6).square().sum(), wrt="x", given={"x": ("n",)}, device="cpu"
    )
    assert far.unseen == ("no draw took the other side of clamp: nothing is said there",)
    assert far.unseen[0] in str(far)


PAPER = {
    "LaTeX": r"p_i = \frac{e^{x_i}}{\sum_{j=1}^{n} e^{x_j}}",
    "index text": "p[i] := exp(x[i])/sum(exp(x[j]), j)",
    "index text with =": "p[i] = exp(x[i])/sum(exp(x[j]), j)",
    "a function": {"shape": ("n",), "definition": lambda x: torch.softmax(x, 0)},
    "a shape that is said": {"shape": ("n",), "definition": r"p_i = \frac{e^{x_i}}{\sum_{j=1}^{n} e^{x_j}}"},
}


@pytest.mark.parametrize("way", PAPER)
def test_a_name_is_defined_entry_by_entry(way):
    given = {"x": ("n",), "g": ("n",), "p": PAPER[way]}
    softmax = lambda x: torch.softmax(x, 0)  # noqa: E731
    assert check_gradient("g*p - p*sum(g*p)", of=softmax, wrt="x", given=given, cotangent="g", device="cpu").ok


def test_a_left_side_of_ones_own_gives_the_letters():
    given = {"X": ("n", "d"), "G": ("n", "d")}
    centred = lambda X: X - X.mean(0)  # noqa: E731, N803
    for formula in (r"dX_{ij} = G_{ij} - \frac1n \sum_{k=1}^n G_{kj}", "dX[i,j] = G[i,j] - sum(G[k,j], k)/n"):
        assert check_gradient(formula, of=centred, wrt="X", given=given, cotangent="G", device="cpu").ok


MENDED = {
    "one name for another": (
        "G.T @ K", lambda Q, K: Q @ K.T, "K",  # noqa: N803
        {"Q": ("n", "d"), "K": ("n", "d"), "G": ("n", "n")}, "Q in place of K",
    ),
    "two factors": ("(p - y)*p*(1 - p)", lambda z, y: F.binary_cross_entropy_with_logits(z, y, reduction="sum"), "z",
                    {"z": ("n",), "y": "binary(n)", "p": "sigmoid(z)"}, "without the factors"),
    "a constant": ("exp(l)/2", lambda l: (torch.exp(l) - l).sum() / 2, "l", {"l": ("n",)}, "the same in every entry"),  # noqa: E741
    "the diagonal": (r"\frac1n X^\top X", lambda w, X: ((X @ w) ** 2).mean() / 2 + 0.05 * (w @ w), "w",  # noqa: N803
                     {"w": ("d",), "X": ("n", "d")}, "wrong on the diagonal only"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", MENDED)
def test_the_commonest_slips_have_a_sentence(case):
    formula, code, wrt, given, said = MENDED[case]
    more = {"cotangent": "G"} if "G" in given else {"asks": "hessian"} if case == "the diagonal" else {}
    report = check_gradient(formula, of=code, wrt=wrt, given=given, device="cpu", **more)
    assert not report.ok
    assert said in str(report)


def test_an_edit_that_has_no_value_mends_nothing():
    given = {"A": "spd(n, n)"}
    assert not check_gradient(r"A^{-\top}", of=torch_det, wrt="A", given=given, device="cpu").ok


def torch_det(A):  # noqa: N803
    return torch.linalg.det(A)


MISUSE = {
    "a size of none": ({"sizes": {"n": 0}}, "1 is the least"),
    "no such letter": ({"sizes": {"q": 3}}, "no shape has the letter q"),
    "no number": ({"of": lambda x: torch.sqrt(x).sum()}, "not finite at"),
    "always 0": ({"of": lambda x: (x - x.detach()).sum() * 0}, "is 0 at every draw"),
    "built in": ({"of": torch.sum}, "wrap it"),
    "a class": ({"of": torch.nn.Linear}, "is the class Linear"),
    "no tensor": ({"of": lambda x: 3.0}, "gives a float, not a tensor"),
    "complex": ({"of": lambda x: torch.fft.fft(x).sum()}, "complex numbers"),
    "no device": ({"device": "gpu"}, "no device 'gpu'"),
    "nothing said": ({"given": {"x": ("n",), "p": ""}}, "says nothing"),
    "a function without a shape": ({"given": {"x": ("n",), "p": torch.tanh}}, "say its shape too"),
    "an unknown function": ({"given": {"x": ("n",), "p": "logits(x)"}}, "logits is no function"),
    "another name": ({"wrt": "v", "given": {"x": ("n",), "v": ("n",)}}, "takes x, not v"),
}


@pytest.mark.parametrize("case", MISUSE)
def test_what_cannot_be_compared_is_said(case):
    how, said = MISUSE[case]
    asked = {"of": lambda x: (x * x).sum(), "wrt": "x", "given": {"x": ("n",)}, "device": "cpu", **how}
    with pytest.raises(BadTest) as error:
        check_gradient("2*x", **asked)
    assert said in str(error.value)


def test_integers_and_numbers_of_the_code_have_the_right_type():
    labels = {"z": (3,), "c": torch.tensor(1), "y": torch.tensor([0.0, 1.0, 0.0]), "at": torch.tensor([1])}
    entropy = lambda z, at: F.cross_entropy(z[None], at)  # noqa: E731
    assert check_gradient(r"\operatorname{softmax}(z) - y", of=entropy, wrt="z", given=labels, device="cpu").ok
    assert check_gradient(
        "ones(2)", of=lambda x: F.linear(x, torch.ones(1, 2)).sum(), wrt="x", given={"x": (2,)}, device="cpu"
    ).ok


def test_code_that_draws_is_told():
    report = check_gradient(
        "g", of=lambda x: F.dropout(x, 0.5), wrt="x", given={"x": ("n",), "g": ("n",)}, cotangent="g"
    )
    assert report.explanations == (
        "The code gives another value each time: call eval(), or make its random numbers an argument.",
    )


@pytest.mark.parametrize(
    ("formula", "right"),
    [
        ("z_bar[i] = sigmoid(z[i])", True),
        ("z_bar[i] = where(z[i] > 0, sigmoid(z[i]), 1 - sigmoid(-z[i]))", True),
        ("z_bar[i] = sigmoid(z[i]) + where(z[i] > 15, 1, 0)", False),
        ("z_bar[i] = where(z[i] < -30, z[i], sigmoid(z[i]))", False),
    ],
)
def test_a_condition_of_the_formula_alone_is_met_on_both_sides(formula, right):
    import torch

    softplus = lambda z: torch.nn.functional.softplus(z).sum()  # noqa: E731
    report = check_gradient(formula, of=softplus, wrt="z", given={"z": ("n",)})
    assert (report.ok, report.unseen) == (right, ())


def test_a_condition_of_the_formula_that_no_draw_meets_is_told():
    import torch

    far = "z_bar[i] = where(z[i] > 10**9, 2, sigmoid(z[i]))"
    report = check_gradient(far, of=lambda z: torch.nn.functional.softplus(z).sum(), wrt="z", given={"z": ("n",)})
    assert report.ok
    assert report.unseen == ("no draw took the other side of z[i] > 1000000000: nothing is said there",)
