"""Squeeze and excitation: a gate for every channel, its gradient and its weights."""

from derive import Answer, Derivation, Mistake, Number, OneOf, Part, Problem, Symbol, stated
from derive.notation.index_language import program

LAYER = "y[c,p] := x[c,p]*sigmoid(sum(W[c,d]*sum(x[d,q], q), d)/n)"

gate = Derivation(
    "squeeze-excitation-weights",
    "Back through squeeze and excitation into its weights",
    of=program(LAYER, shapes={"x": "C n", "W": "C C"}),
    wrt="W",
    letters=("k", "l"),
    symbols={
        "C": Symbol(domain="dimension", meaning="the number of channels"),
        "n": Symbol(domain="dimension", meaning="the number of places"),
        "x": Symbol(("C", "n"), meaning="the inputs"),
        "W": Symbol(("C", "C"), meaning="the weights of the gates"),
        "y": Symbol(("C", "n"), "derived", meaning="the outputs"),
        "y_bar": Symbol(("C", "n"), latex="g", meaning="the gradient in the outputs"),
    },
    truth=lambda torch, x, W: x * torch.sigmoid(torch.mv(W, x.mean(1)))[:, None],
    settings=({"C": 2, "n": 3}, {"C": 3, "n": 2}, {"C": 4, "n": 5}),
)


def weights(torch, C, r):
    a, b = torch.nn.Linear(C * r, C), torch.nn.Linear(C, C * r)
    return torch.tensor(float(sum(p.numel() for p in [*a.parameters(), *b.parameters()])), dtype=torch.float64)


count = stated(
    "squeeze-excitation-count",
    "w := 2*C**2*r + C*r + C",
    symbols={
        "C": Symbol(domain="dimension", meaning="the channels in between"),
        "r": Symbol(domain="dimension", meaning="how many times more channels there are outside"),
        "w": Symbol((), "derived"),
    },
    truth=weights,
    settings=({"C": 2, "r": 3}, {"C": 4, "r": 5}, {"C": 5, "r": 2}),
)

problem = Problem(
    title="Squeeze and excitation",
    topics=("convolution", "gates"),
    difficulty=3,
    params={"C": OneOf((4, 8, 16)), "r": OneOf((2, 4, 8))},
    where=lambda p: p["C"] != p["r"],
    statement=r"""
The features $x_{c,p}$ of $C$ channels at $n$ places are squeezed to means $m_c = \frac1n \sum_{p=1}^n x_{c,p}$. Each channel is then scaled by a gate:
$y_{c,p} = x_{c,p}\, \sigma\left(\sum_{d=1}^C W_{c,d} m_d\right)$ with the logistic function $\sigma$. The gradient $g_{c,p} = \partial L/\partial y_{c,p}$ is given.
""",
    working=(gate,),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial W_{k,l}$ by $g$, $x$ and $W$; write the means out.",
            answer=Answer(gate),
            marks=3,
            mistakes=(
                Mistake(
                    r"\frac{1}{n} \left(\sum_p g_{k,p} x_{k,p}\right) \sum_q x_{l,q}",
                    "The gate is curved.",
                    keeps=1,
                    id="missing-chain-factor",
                ),
                Mistake(
                    r"\sigma'\left(\frac1n \sum_d W_{k,d} \sum_q x_{d,q}\right) \left(\sum_p g_{k,p} x_{k,p}\right) \sum_q x_{l,q}",
                    "The squeeze is a mean.",
                    keeps=2,
                    id="sum-for-mean",
                ),
                Mistake(
                    r"\frac{1}{n} \sigma'\left(\frac1n \sum_d W_{k,d} \sum_q x_{d,q}\right) \sum_p g_{k,p} x_{k,p} x_{l,p}",
                    "The mean of which places belongs to the gate?",
                    keeps=1,
                    id="own-one-place",
                ),
            ),
            hints=(
                "One gate scales a whole channel: add over its places.",
                r"The gate's argument has the slope $m_l$ in $W_{k,l}$.",
            ),
        ),
        "b": Part(
            ask=r"A real block squeezes to $C$ hidden units from $r C$ channels and back, with two affine layers and biases. How many parameters has it?",
            answer=Answer(count),
            mistakes=(
                Mistake("2 r C^2", "The biases count, too.", id="missing-bias"),
                Mistake("2 r C^2 + 2 C", "Each layer has a bias for each of its outputs.", id="own-biases"),
                Mistake("r C^2 + r C + C", "There are two matrices.", id="lost-two"),
            ),
            hints=(
                "Two matrices of the same number of weights.",
                "The biases are as many as the outputs of each layer.",
            ),
        ),
        "c": Part(
            ask="How many are these for $C = << C >>$ and $r = << r >>$?",
            answer=lambda p: Number.from_derivation(count, C=p["C"], r=p["r"]),
            mistakes=lambda p: (
                Mistake(f"{2 * p['r'] * p['C'] ** 2}", "The biases count, too.", id="missing-bias"),
                Mistake(f"{p['r'] * p['C'] ** 2 + p['r'] * p['C'] + p['C']}", "There are two matrices.", id="lost-two"),
            ),
            hints=("Put the numbers into (b).", "Weights and biases."),
        ),
    },
)
