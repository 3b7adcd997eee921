"""The gradient through a reparameterised sample, derived in place, and the score-function estimate beside it."""

from derive import Answer, Derivation, Integers, Mistake, Part, Problem, Symbol, Values
from derive.notation.index_language import program

SAMPLE = program(
    "z[i] := mu[i] + exp(s[i]/2)*e[i]; L := sum((z[i] - y[i])**2, i)/2",
    shapes=dict.fromkeys(("mu", "s", "e", "y"), "d"),
)
SYMBOLS = {
    "d": Symbol(domain="dimension", latex="d", meaning="the number of latent entries"),
    "mu": Symbol(("d",), latex=r"\mu", meaning="the means"),
    "s": Symbol(("d",), latex="s", meaning="the log-variances"),
    "e": Symbol(("d",), latex=r"\epsilon", meaning="standard normal noise, drawn once"),
    "y": Symbol(("d",), latex="y", meaning="the target"),
    "z": Symbol(("d",), "derived", "z", "the sample"),
    "L": Symbol((), "derived", "L", "the loss"),
}
through_sample = Derivation(
    "reparameterised-log-variance",
    "The gradient in a log-variance, through a sample",
    statement="A sample that is a function of its parameters and of fixed noise lets the gradient through.",
    subject="generative",
    of=SAMPLE,
    wrt="s",
    letters=("i",),
    ideas={"s_bar": ("z_bar",)},
    symbols=SYMBOLS,
    truth={
        "z": lambda torch, mu, s, e: torch.addcmul(mu, s.mul(0.5).exp(), e),
        "L": lambda torch, z, y: torch.nn.functional.mse_loss(z, y, reduction="sum") / 2,
    },
    settings=({"d": 2}, {"d": 3}, {"d": 4}),
)
ESTIMATE = "z := m + sigma*x; g := 2*z; h := z**2*x/sigma"


def numbers(p):
    return {"m": p["m"], "sigma": p["s"], "x": p["e"] / 2}


problem = Problem(
    title="Through a random sample",
    topics=("variational autoencoder", "reparameterisation", "chain rule"),
    difficulty=2,
    params={"m": Integers(1, 4), "s": Integers(2, 4), "e": Integers(3, 5)},
    statement=r"""
An encoder gives means $\mu_i$ and log-variances $s_i$, for $i = 1, \dots, d$. With noise $\epsilon_i$ drawn once from the standard normal distribution and then
held fixed, and a target $y$,

$$z_i = \mu_i + e^{s_i/2}\, \epsilon_i, \qquad L = \tfrac12 \sum_{i=1}^{d} (z_i - y_i)^2.$$
""",
    working=(through_sample,),
    parts={
        "a": Part(
            ask=r"Give $\partial L/\partial s_i$ in terms of $z$, $y$, $s$ and $\epsilon$ (in Python `epsilon[i]`).",
            answer=Answer(through_sample, means={"z": r"\mu + e^{s/2} \odot \epsilon"}),
            marks=3,
            mistakes=(
                Mistake(
                    r"(z_i - y_i) e^{s_i/2} \epsilon_i",
                    r"The inner derivative of $e^{s/2}$ is missing a factor.",
                    keeps=2,
                    id="lost-half",
                ),
                Mistake(
                    r"(z_i - y_i) \epsilon_i",
                    "That is the derivative in the standard deviation; the encoder gives the log-variance.",
                    keeps=1,
                    id="slope-of-wrong-variable",
                ),
                Mistake(
                    r"\frac{1}{2} (z_i - y_i) e^{s_i/2}",
                    "The noise multiplies the deviation and stays as a factor.",
                    keeps=1,
                    id="missing-chain-factor",
                ),
                Mistake(
                    r"\sum_{i=1}^{d} \frac{1}{2} (z_i - y_i) e^{s_i/2} \epsilon_i",
                    "Each log-variance only moves its own entry of the sample.",
                    keeps=1,
                    id="extra-sum",
                ),
            ),
            hints=(
                r"$\partial L/\partial z_i = z_i - y_i$.",
                r"Only $z_i$ depends on $s_i$: multiply by $\partial z_i/\partial s_i$.",
            ),
        ),
        "b": Part(
            ask=r"For $f(z) = z^2$ and $z = \mu + \sigma\epsilon$ with $\mu = << m >>$, $\sigma = << s >>$, one draw gave $\epsilon = << '%g' % (e/2) >>$. What is this draw's estimate of "
            r"$\partial\, \mathbb{E}[f(z)]/\partial\mu$ by reparameterisation?",
            answer=lambda p: Values(
                ESTIMATE, numbers(p), "g", latex={"m": r"\mu", "x": r"\epsilon", "sigma": r"\sigma"}, shown=("z", "g")
            ),
            mistakes=(
                Mistake(
                    "<< 2*m >>",
                    "That is the mean over all draws; one draw's estimate depends on its noise.",
                    id="own-mean-for-draw",
                ),
                Mistake("<< (m + s*e/2)**2 >>", "That is $f$ at the draw, and not its slope.", id="value-for-slope"),
                Mistake(
                    "<< (m + s*e/2)*e >>",
                    r"That is the estimate in $\sigma$: there the noise is a factor.",
                    id="slope-of-wrong-variable",
                ),
            ),
            hints=(
                "Differentiate $f(\\mu + \\sigma\\epsilon)$ in $\\mu$ with the noise held fixed.",
                r"By the chain rule that is $f'(z)$ times $\partial z/\partial\mu = 1$, at the $z$ that the draw gives.",
            ),
        ),
        "c": Part(
            ask=r"What is the same draw's estimate by the score function, $f(z)\, \partial \log p(z)/\partial\mu$, where $p$ is the density of $z$?",
            answer=lambda p: Values(
                ESTIMATE, numbers(p), "h", latex={"m": r"\mu", "x": r"\epsilon", "sigma": r"\sigma"}, shown=("z", "h")
            ),
            marks=2,
            mistakes=(
                Mistake(
                    "<< (m + s*e/2)**2*e/2 >>",
                    r"Divide by the scale: $\log p$ holds $(z - \mu)^2/(2\sigma^2)$.",
                    keeps=1,
                    id="missing-chain-factor",
                ),
                Mistake(
                    "-<< (m + s*e/2)**2*e >>/<< 2*s >>",
                    r"The sign: the density rises with $\mu$ where $z$ is above the mean.",
                    keeps=1,
                    id="sign",
                ),
                Mistake(
                    "<< e >>/<< 2*s >>",
                    "That is the score alone; it is weighted by $f(z)$.",
                    keeps=1,
                    id="missing-chain-factor",
                ),
            ),
            hints=(
                r"$\log p(z) = -\frac{(z - \mu)^2}{2\sigma^2} + \text{const}$.",
                r"Put $z - \mu = \sigma\epsilon$ in.",
            ),
        ),
    },
)
