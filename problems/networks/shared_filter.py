"""Problem Set 03, problem 8: the gradient in a filter's weights below two fully connected layers, in indices and matrices."""

from derive import Answer, Derivation, Integers, Mistake, Part, Problem, Symbol, Values
from derive.calculus.rules_names import slope
from derive.notation.index_language import program

NETWORK = program(
    """
    u[i] := sum(w[j]*x[i,j], j)
    z[i] := tanh(u[i])
    a[k] := sum(V[k,i]*z[i], i)
    q[k] := sigmoid(a[k])
    p := sum(c[k]*q[k], k)
    L := (p - y)**2
    """,
    shapes={"x": "n m", "w": "m", "V": "o n", "c": "o"},
)
TEXT = (
    "u[i] := sum(w[j]*x[i,j], j); z[i] := tanh(u[i]); a[k] := sum(V[k,i]*z[i], i); q[k] := sigma(a[k]); "
    "p := sum(c[k]*q[k], k); L := (p - y)**2"
)
PAGE = {"p": r"\hat y", "z": "z", "q": "h", "c": "v"}
SYMBOLS = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of the image's rows, and of the filter's outputs"),
    "m": Symbol(domain="dimension", latex="m", meaning="the number of taps"),
    "o": Symbol(domain="dimension", latex="o", meaning="the number of hidden units"),
    "x": Symbol(("n", "m"), latex="x", meaning="the image"),
    "w": Symbol(("m",), latex="w", meaning="the filter"),
    "V": Symbol(("o", "n"), latex="V", meaning="the weights of the hidden layer"),
    "c": Symbol(("o",), latex="v", meaning="the weights of the output"),
    "y": Symbol((), latex="y", meaning="the target"),
    "u": Symbol(("n",), "derived", "u", "what the filter gives"),
    "z": Symbol(("n",), "derived", "z", "the outputs of the convolutional layer"),
    "a": Symbol(("o",), "derived", "a", "the pre-activations of the hidden layer"),
    "q": Symbol(("o",), "derived", "h", "the hidden units"),
    "p": Symbol((), "derived", r"\hat y", "the output"),
    "L": Symbol((), "derived", "L", "the loss"),
}
filter_gradient = Derivation(
    "shared-filter-gradient",
    "The gradient in a filter below two fully connected layers",
    statement="Each tap is used in every row: its gradient adds up over the rows what comes back to each of them.",
    subject="networks",
    of=NETWORK,
    wrt="w",
    letters=("j",),
    ideas={
        "w_bar": (
            "u_bar",
            "z_bar",
            "a_bar",
            "q_bar",
            "p_bar",
            slope(NETWORK.definitions[1], "The slope of tanh is 1 − tanh², and the tanh is z."),
            slope(NETWORK.definitions[3], "The slope of the sigmoid is σ(1 − σ), and σ(a) is h."),
        )
    },
    symbols=SYMBOLS,
    truth={
        "u": lambda torch, w, x: torch.nn.functional.conv2d(x[None, None], w[None, None, None])[0, 0, :, 0],
        "z": lambda torch, u: torch.tanh(u),
        "a": lambda torch, V, z: torch.mv(V, z),  # noqa: N803
        "q": lambda torch, a: torch.sigmoid(a),
        "p": lambda torch, c, q: torch.dot(c, q),
        "L": lambda torch, p, y: torch.nn.functional.mse_loss(p, y, reduction="sum"),
    },
    settings=({"n": 2, "m": 3, "o": 4}, {"n": 3, "m": 2, "o": 4}, {"n": 4, "m": 3, "o": 2}),
)


def given(p):
    return {
        "x": [[p["x11"], p["x12"]], [p["x21"], p["x22"]]],
        "w": [p["w1"] / 10, p["w2"] / 10],
        "V": [[p["v1"] / 10, 1], [-1, p["v2"] / 10]],
        "c": [1, p["c"]],
        "y": p["y"],
    }


def wrong(p, rule):
    return Values(f"{TEXT}; {rule}", given(p), "m", digits=4).typed()


problem = Problem(
    title="The gradient in a shared filter",
    topics=("backpropagation", "convolution", "matrix form"),
    source="003_a2d52afd229cfba6.txt §8",
    difficulty=3,
    params={f"x{i}{j}": Integers(-2, 2) for i in (1, 2) for j in (1, 2)}
    | {
        "w1": Integers(1, 9),
        "w2": Integers(-9, -1),
        "v1": Integers(2, 9),
        "v2": Integers(-9, -2),
        "c": Integers(2, 3),
        "y": Integers(-1, 1),
    },
    where=lambda p: (
        p["x11"] * p["w1"] + p["x12"] * p["w2"] != 0
        and p["x21"] * p["w1"] + p["x22"] * p["w2"] != 0
        and p["x11"] * p["x21"] != 0
        and p["x11"] != p["x21"]
        and p["x12"] * p["x22"] != 0
    ),
    statement=r"""
An image $x$ of $n$ rows and $m$ columns goes through a filter $w$ that is one row high and as wide as the image, then through two fully connected
layers with the weights $V$ and $v$:

$$u_i = \sum_{j=1}^{m} w_j\, x_{i,j}, \quad z_i = \tanh(u_i), \qquad h_k = \sigma\!\left(\sum_{i=1}^{n} V_{k,i}\, z_i\right), \qquad
\hat y = \sum_{k=1}^{o} v_k\, h_k.$$

There are $o$ hidden units $h_k$; $\sigma$ is the logistic function. The loss is $L = (\hat y - y)^2$.
""",
    working=(filter_gradient,),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial w_j$ in terms of $x$, $V$, $v$, $z$, $h$, $\hat y$ and $y$ (without $\sigma'$ or $\tanh'$); in indices, or in "
            "matrix form as a column of $m$ entries.",
            answer=Answer(filter_gradient),
            marks=5,
            mistakes=(
                Mistake(
                    r"2(\hat y - y) \sum_{i=1}^{n} \sum_{k=1}^{o} v_k V_{k,i} (1 - h_k) (1 - z_i^2) x_{i,j}",
                    r"The slope of $\sigma$ is $h (1 - h)$: one factor is missing.",
                    keeps=3,
                    id="missing-chain-factor",
                ),
                Mistake(
                    r"2(\hat y - y) \left(\sum_{i=1}^{n} x_{i,j}\right) \sum_{i=1}^{n} \sum_{k=1}^{o} v_k V_{k,i} h_k (1 - h_k) (1 - z_i^2)",
                    "Each row has its own $x_{i,j}$ with its own way to the loss: do not add up the $x$ beforehand.",
                    keeps=2,
                    id="own-summed-beforehand",
                ),
                Mistake(
                    r"(\hat y - y) \sum_{i=1}^{n} \sum_{k=1}^{o} v_k V_{k,i} h_k (1 - h_k) (1 - z_i^2) x_{i,j}",
                    "The 2 of the square is lost; this loss has no ½.",
                    keeps=4,
                    id="lost-two",
                ),
                Mistake(
                    r"2(\hat y - y) \sum_{i=1}^{n} \sum_{k=1}^{o} v_k V_{k,i} h_k (1 - h_k) x_{i,j}",
                    r"The slope of $\tanh$, $1 - z_i^2$, is missing.",
                    keeps=3,
                    id="missing-chain-factor",
                ),
            ),
            hints=(
                r"Go back layer by layer: $\hat y$, $h$, $z$, $u$, and then $w$.",
                r"$\partial L/\partial u_i = 2(\hat y - y) \sum_k v_k h_k (1 - h_k) V_{k,i} \cdot (1 - z_i^2)$.",
            ),
        ),
        "b": Part(
            ask=r"Let $x = \begin{bmatrix} << x11 >> & << x12 >> \\ << x21 >> & << x22 >> \end{bmatrix}$, $w = (<< w1/10 >>, << w2/10 >>)$, "
            r"$V = \begin{bmatrix} << v1/10 >> & 1 \\ -1 & << v2/10 >> \end{bmatrix}$, $v = (1, << c >>)$ and $y = << y >>$. Give both entries "
            r"$(\partial L/\partial w_1, \partial L/\partial w_2)$ to four decimals.",
            answer=lambda p: Values(
                TEXT, given(p), "w_bar", digits=4, latex=PAGE, shown=("z", "q", "p", "p_bar", "a_bar", "u_bar", "w_bar")
            ),
            marks=3,
            mistakes=lambda p: (
                Mistake(wrong(p, "m[j] := w_bar[j]/2"), "The 2 of the square is lost.", 2, id="lost-two"),
                Mistake(
                    wrong(p, "m[j] := sum(z_bar[i]*x[i,j], i)"),
                    r"The slope of $\tanh$ is missing.",
                    1,
                    id="missing-chain-factor",
                ),
            ),
            hints=(
                "Work out $z$, $h$ and $\\hat y$ first.",
                "Then go back: the error at each hidden unit, at each row, at each tap.",
            ),
        ),
    },
)
