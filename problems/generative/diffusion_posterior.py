"""One diffusion step back: the posterior's variance and mean, through the clean value and through the noise."""

from derive import Answer, Integers, Mistake, Number, Part, Problem
from derive.derivations import diffusion

MEANS = {"b": r"1 - \alpha_t", "d": r"1 - \bar{\alpha}_{t-1}", "D": r"1 - \alpha_t \bar{\alpha}_{t-1}"}


def numbers(p):
    """Shares that are squares, so that their roots are decimals."""
    a, c = (p["a"] / 10) ** 2, (p["c"] / 10) ** 2
    return {"a": a, "c": c, "b": 1 - a, "d": 1 - c, "D": 1 - a * c, "y": p["y"], "z": p["z"]}


problem = Problem(
    title="One diffusion step back",
    topics=("diffusion models", "Gaussians", "Bayes' rule"),
    difficulty=3,
    params={"a": Integers(8, 9), "c": Integers(4, 7), "y": Integers(2, 5), "z": Integers(-3, 1)},
    where=lambda p: p["z"] != 0,
    statement=r"""
A diffusion model adds noise step by step. With $0 < \alpha_t < 1$ and $\beta_t = 1 - \alpha_t$ a step is

$$x_t = \sqrt{\alpha_t}\, x_{t-1} + \sqrt{\beta_t}\, \eta_t,$$

with noise $\eta_t \sim \mathcal{N}(0, 1)$, independent from step to step (all values are single real numbers here). Let $\bar\alpha_t = \alpha_1 \cdots \alpha_t$ and $\sigma_t^2 = 1 - \bar\alpha_t$: from the clean value
$x_0$ it follows that $x_t = \sqrt{\bar\alpha_t}\, x_0 + \sqrt{\sigma_t^2}\, \epsilon$ with a standard normal $\epsilon$. Given $x_0$ and $x_t$, the value
$x_{t-1}$ is normal with a mean $\tilde\mu_t$ and a variance $\tilde\beta_t$.
""",
    working=(diffusion.precision, diffusion.noise_form),
    parts={
        "a": Part(
            ask=r"Give $1/\tilde\beta_t$ in terms of $\beta_t$, $\sigma_{t-1}^2$ and $\sigma_t^2$ (in Python `beta_t`, `d` and `D`).",
            answer=Answer(diffusion.precision, means=MEANS),
            marks=2,
            mistakes=(
                Mistake(
                    r"\frac{\beta_t \sigma_{t-1}^2}{\sigma_t^2}",
                    "That is the variance itself.",
                    keeps=1,
                    id="reciprocal",
                ),
                Mistake(
                    r"\frac{1}{\beta_t} + \frac{1}{\sigma_{t-1}^2}",
                    "The step also multiplies: $x_{t-1}$ goes into $x_t$ with a factor.",
                    keeps=1,
                    id="missing-chain-factor",
                ),
                Mistake(
                    r"\frac{1}{\beta_t + \sigma_{t-1}^2}",
                    "Two sources of knowledge about one value: their precisions add up, not their variances.",
                    id="own-variances-added",
                ),
            ),
            hints=(
                r"Minus the log-density is $\frac{(x_t - \sqrt{\alpha_t} x_{t-1})^2}{2\beta_t} + \frac{(x_{t-1} - \sqrt{\bar\alpha_{t-1}} x_0)^2}{2\sigma_{t-1}^2}$ and a constant.",
                r"The precision is its second derivative in $x_{t-1}$.",
                r"$\alpha_t \sigma_{t-1}^2 + \beta_t = \sigma_t^2$.",
            ),
        ),
        "b": Part(
            ask=r"Give $\tilde\mu_t$ in terms of $x_0$, $x_t$, $\alpha_t$, $\bar\alpha_{t-1}$, $\beta_t$, $\sigma_{t-1}^2$ and $\sigma_t^2$ (in Python `x_0`, `x_t`, `alpha_t`, `c`, `beta_t`, `d`, `D`).",
            answer=Answer(diffusion.mean, means=MEANS),
            marks=3,
            mistakes=(
                Mistake(
                    r"\frac{\sqrt{\alpha_t} \beta_t x_t + \sqrt{\bar{\alpha}_{t-1}} \sigma_{t-1}^2 x_0}{\sigma_t^2}",
                    "Each source counts the more, the less noise it has: which variance belongs to which?",
                    keeps=1,
                    id="index-swapped",
                ),
                Mistake(
                    r"\frac{\sigma_{t-1}^2 x_t + \beta_t x_0}{\sigma_t^2}",
                    "The values are scaled on their way: the roots are missing.",
                    keeps=1,
                    id="missing-root",
                ),
                Mistake(
                    r"\frac{\sqrt{\alpha_t} x_t}{\beta_t} + \frac{\sqrt{\bar{\alpha}_{t-1}} x_0}{\sigma_{t-1}^2}",
                    "That is the mean times the precision.",
                    keeps=2,
                    id="unnormalised",
                ),
            ),
            hints=(
                "A normal density is largest at its mean: set the derivative in $x_{t-1}$ to zero.",
                r"$\frac{\sqrt{\alpha_t}}{\beta_t}(x_t - \sqrt{\alpha_t} x_{t-1}) = \frac{1}{\sigma_{t-1}^2}(x_{t-1} - \sqrt{\bar\alpha_{t-1}} x_0)$.",
                "Multiply by both variances and collect.",
            ),
        ),
        "c": Part(
            ask=r"Write $\tilde\mu_t$ with $\epsilon$ in place of $x_0$: in terms of $x_t$, $\epsilon$, $\alpha_t$, $\beta_t$ and $\sigma_t^2$ (in Python `x_t`, `epsilon`, `alpha_t`, `beta_t`, `D`).",
            answer=Answer(diffusion.noise_form, means=MEANS),
            marks=2,
            mistakes=(
                Mistake(
                    r"\frac{1}{\sqrt{\alpha_t}} \left(x_t - \sqrt{\beta_t} \epsilon\right)",
                    "That takes off one step's noise as if it were all of it.",
                    keeps=1,
                    id="own-one-step-noise",
                ),
                Mistake(
                    r"x_t - \frac{\beta_t}{\sqrt{\sigma_t^2}} \epsilon",
                    "The step also shrank the value: undo that.",
                    keeps=1,
                    id="missing-chain-factor",
                ),
                Mistake(
                    r"\frac{1}{\sqrt{\alpha_t}} \left(x_t - \frac{\beta_t}{\sigma_t^2} \epsilon\right)",
                    r"The noise comes in with the root of the variance.",
                    keeps=1,
                    id="missing-root",
                ),
            ),
            hints=(
                r"Solve $x_t = \sqrt{\bar\alpha_t}\, x_0 + \sqrt{\sigma_t^2}\, \epsilon$ for $x_0$ and put it into (b).",
                r"$\sqrt{\bar\alpha_t} = \sqrt{\alpha_t}\sqrt{\bar\alpha_{t-1}}$, and $\alpha_t \sigma_{t-1}^2 + \beta_t = \sigma_t^2$.",
            ),
        ),
        "d": Part(
            ask=r"With $\sqrt{\alpha_t} = << a/10 >>$, $\sqrt{\bar\alpha_{t-1}} = << c/10 >>$, $x_t = << y >>$ and $x_0 = << z >>$: what is $\tilde\mu_t$, to three decimals?",
            answer=lambda p: Number.from_derivation(diffusion.mean, digits=3, **numbers(p)),
            mistakes=(
                Mistake(
                    "<< y >>/<< a/10 >>",
                    "That undoes the scaling, but does not use what is known of the clean value.",
                    id="dropped-path",
                ),
                Mistake("<< c*z/10 >>", "That is what the clean value alone tells.", id="dropped-path"),
            ),
            hints=("First work out the three variances: they are one minus a share.",),
        ),
    },
)
