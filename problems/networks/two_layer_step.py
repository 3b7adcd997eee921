"""Problem Set 03, problem 4: one step of backpropagation through a network of two hidden units, in numbers."""

from derive import Integers, Mistake, OneOf, Part, Problem, Values

FORWARD = "z[i] := sum(W[i,j]*x[j], j) + b[i]; h[i] := sigma(z[i]); s := sum(v[i]*h[i], i) + c; p := sigma(s); "
STEP = "W_new[i,j] := W[i,j] - alpha*W_bar[i,j]; b_new[i] := b[i] - alpha*b_bar[i]; v_new[i] := v[i] - alpha*v_bar[i]; c_new := c - alpha*c_bar"
NETWORK = FORWARD + "L := (p - y)**2/2; " + STEP
PAGE = {
    "p": r"\hat y",
    "alpha": r"\alpha",
    "W_new": r"W^{\mathrm{new}}",
    "b_new": r"b^{\mathrm{new}}",
    "v_new": r"v^{\mathrm{new}}",
    "c_new": r"c^{\mathrm{new}}",
}


def tenths(p, *names):
    return [p[n] / 10 for n in names]


def given(p, **other):
    return {
        "W": [tenths(p, "w11", "w12"), tenths(p, "w21", "w22")],
        "b": tenths(p, "b1", "b2"),
        "v": tenths(p, "v1", "v2"),
        "c": p["c"] / 10,
        "x": [p["x1"], p["x2"]],
        "y": p["y"],
        "alpha": p["e"] / 10,
    } | other


def asked(name, *shown, text=NETWORK):
    return lambda p: Values(text, given(p), name, digits=4, latex=PAGE, shown=shown)


def wrong(p, rule, **other):
    """What a mistake gives: a rule for ``m``, put in after the right values, or other inputs."""
    return Values(f"{NETWORK}; {rule}", given(p, **other), "m", digits=4).typed()


problem = Problem(
    title="One step of backpropagation, in numbers",
    topics=("backpropagation", "gradient descent"),
    source="003_a2d52afd229cfba6.txt §4",
    difficulty=2,
    params={
        "w11": Integers(10, 30),
        "w12": Integers(5, 15),
        "w21": Integers(-20, -5),
        "w22": Integers(-9, -1),
        "b1": Integers(5, 15),
        "b2": Integers(10, 20),
        "v1": Integers(5, 15),
        "v2": Integers(2, 9),
        "c": Integers(-15, -5),
        "x1": Integers(0, 1),
        "x2": OneOf((1,)),
        "y": Integers(0, 1),
        "e": Integers(5, 10),
    },
    fixed={
        304: {"w11": 25, "w12": 10, "w21": -15, "w22": -3, "b1": 15, "b2": 20, "v1": 10, "v2": 5, "c": -10}
        | {"x1": 0, "x2": 1, "y": 1, "e": 1}
    },
    statement=r"""
A network has two inputs, a hidden layer of two units and one output:

$$z = W x + b, \qquad h = \sigma(z), \qquad s = v^\top h + c, \qquad \hat y = \sigma(s),$$

where $\sigma$ is the logistic function, applied to each entry. Its weights are

$$W = \begin{bmatrix} << w11/10 >> & << w12/10 >> \\ << w21/10 >> & << w22/10 >> \end{bmatrix}, \quad
b = \begin{bmatrix} << b1/10 >> \\ << b2/10 >> \end{bmatrix}, \quad
v = \begin{bmatrix} << v1/10 >> \\ << v2/10 >> \end{bmatrix}, \quad c = << c/10 >>.$$

For the input $x = (<< x1 >>, << x2 >>)$ the right output is $y = << y >>$. The loss is $L = \frac12 (\hat y - y)^2$ and the learning rate
$\alpha = << e/10 >>$. Calculate with at least six decimals and give four; the last one may be off by one. Write a vector as $(a, b)$, a matrix by
rows: `[[a, b], [c, d]]`.
""",
    parts={
        "a": Part(
            ask="Give the values $h = (h_1, h_2)$ of the hidden units.",
            answer=asked("h", "z", "h"),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m[i] := z[i]"),
                    "These are the sums $z$ that go into the units: apply $\\sigma$.",
                    1,
                    id="layer-early",
                ),
                Mistake(wrong(p, "m[i] := h[i]", b=[0, 0]), "The biases are missing.", 1, id="missing-bias"),
            ),
            hints=("First $z = Wx + b$.", "Then $\\sigma(z) = 1/(1 + e^{-z})$ of each entry."),
        ),
        "b": Part(
            ask=r"Give the output $\hat y$.",
            answer=asked("p", "s", "p"),
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m := s"),
                    "This is the sum $s$ that goes into the output unit: apply $\\sigma$.",
                    id="layer-early",
                ),
                Mistake(wrong(p, "m := p", c=0), "The bias of the output unit is missing.", id="missing-bias"),
            ),
            hints=(
                "The output unit does what a hidden unit does, with the inputs $h_1$ and $h_2$.",
                r"$s = v_1 h_1 + v_2 h_2 + c$, and then $\sigma(s)$.",
            ),
        ),
        "c": Part(
            ask=r"Give the error signal $\partial L/\partial s$ of the output unit.",
            answer=asked("s_bar", "p_bar", "s_bar"),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m := p_bar"),
                    "That is $\\partial L/\\partial \\hat y$: the slope of the output unit is still to come.",
                    1,
                    id="layer-early",
                ),
                Mistake(wrong(p, "m := 2*s_bar"), "The ½ of the loss cancels the 2 of the square.", 1, id="lost-half"),
                Mistake(
                    wrong(p, "m := -s_bar"),
                    "The sign: the loss grows with $\\hat y - y$, not with $y - \\hat y$.",
                    1,
                    id="sign",
                ),
            ),
            hints=(
                r"The chain rule: $\partial L/\partial s = \partial L/\partial\hat y \cdot \sigma'(s)$.",
                r"$\sigma'(s) = \hat y (1 - \hat y)$.",
            ),
        ),
        "d": Part(
            ask=r"Give the error signals $(\partial L/\partial z_1, \partial L/\partial z_2)$ of the hidden units.",
            answer=asked("z_bar", "h_bar", "z_bar"),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m[i] := h_bar[i]"),
                    "That is $\\partial L/\\partial h$: each hidden unit's own slope $h_i (1 - h_i)$ is still to come.",
                    1,
                    id="layer-early",
                ),
                Mistake(
                    wrong(p, "m[i] := s_bar*h[i]*(1 - h[i])"),
                    "The weights $v_i$ on the way from the hidden units to the output are missing.",
                    1,
                    id="missing-chain-factor",
                ),
            ),
            hints=(
                "Each hidden unit moves the loss through the output unit alone, with the weight $v_i$.",
                "Then comes the slope $h_i (1 - h_i)$ of the unit itself.",
            ),
        ),
        "e": Part(
            ask="Give the four weights $W$ after one step of gradient descent.",
            answer=asked("W_new", "W_bar", "W_new"),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m[i,j] := W[i,j] + alpha*W_bar[i,j]"), "A step goes against the gradient.", 1, id="sign"
                ),
                Mistake(
                    wrong(p, "m[i,j] := W[i,j] - alpha*s_bar*v[i]*x[j]"),
                    "The slope $h_i(1 - h_i)$ of the hidden units is missing.",
                    1,
                    id="missing-chain-factor",
                ),
            ),
            hints=(
                r"$\partial L/\partial W_{ij} = \partial L/\partial z_i \cdot x_j$.",
                r"Take $\alpha$ times that off each weight; where $x_j = 0$ nothing changes.",
            ),
        ),
        "f": Part(
            ask="Give the hidden biases $b$ after the step.",
            answer=asked("b_new", "b_bar", "b_new"),
            marks=2,
            mistakes=lambda p: (
                Mistake(wrong(p, "m[i] := b[i] + alpha*b_bar[i]"), "A step goes against the gradient.", 1, id="sign"),
                Mistake(
                    wrong(p, "m[i] := b[i] - alpha*h_bar[i]"),
                    "The slope $h_i(1 - h_i)$ of the hidden units is missing.",
                    1,
                    id="missing-chain-factor",
                ),
            ),
            hints=(
                "A bias is a weight whose input is always 1.",
                r"So $\partial L/\partial b_i = \partial L/\partial z_i$; take $\alpha$ times that off.",
            ),
        ),
        "g": Part(
            ask="Give the two output weights $v$ after the step: all gradients are taken before any weight changes.",
            answer=asked("v_new", "v_bar", "v_new"),
            marks=2,
            mistakes=lambda p: (
                Mistake(wrong(p, "m[i] := v[i] + alpha*v_bar[i]"), "A step goes against the gradient.", 1, id="sign"),
                Mistake(
                    wrong(p, "m[i] := v[i] - alpha*s_bar"),
                    "The input of these weights is $h$, which is not 1.",
                    1,
                    id="missing-chain-factor",
                ),
            ),
            hints=(
                r"$\partial L/\partial v_i = \partial L/\partial s \cdot h_i$.",
                r"Take $\alpha$ times that off each $v_i$, with the $h$ of the forward pass.",
            ),
        ),
        "h": Part(
            ask="Give the output's bias $c$ after the step.",
            answer=asked("c_new", "c_bar", "c_new"),
            mistakes=lambda p: (
                Mistake(wrong(p, "m := c + alpha*c_bar"), "A step goes against the gradient.", id="sign"),
                Mistake(
                    wrong(p, "m := c - alpha*p_bar"),
                    "The slope of the output unit is missing.",
                    id="missing-chain-factor",
                ),
            ),
            hints=(
                "A bias is a weight whose input is always 1.",
                r"So $\partial L/\partial c = \partial L/\partial s$; take $\alpha$ times that off.",
            ),
        ),
    },
)
