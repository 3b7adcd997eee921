"""After how many steps gradient descent has shrunk a component as weight decay would."""

from derive import Answer, Integers, Mistake, Number, Part, Problem
from derive.derivations import early_stopping


def numbers(p):
    return {"alpha": p["alpha"] / 100, "eta": p["eta"] / 10, "rho": p["rho"] / 10}


problem = Problem(
    title="Early stopping as weight decay",
    topics=("regularisation", "early stopping", "weight decay"),
    difficulty=2,
    params={"alpha": Integers(1, 9), "eta": Integers(2, 9), "rho": Integers(1, 5)},
    statement=r"""
Gradient descent with the learning rate $\rho > 0$ starts at 0 on a quadratic loss. Along a direction with the curvature $\eta > 0$ (and
$\rho\eta < 1$) it has reached, after $\tau$ steps,

$$c_\tau = c^* \left(1 - (1 - \rho\eta)^\tau\right),$$

where $c^* \ne 0$ is the minimum. Weight decay of the strength $\alpha > 0$, trained to the end, stops at $c = c^*\, \eta/(\eta + \alpha)$ instead.
Logarithms are natural.
""",
    working=(early_stopping.stopping_time, early_stopping.stopping_limit),
    parts={
        "a": Part(
            ask=r"After how many steps $\tau$ are the two the same? Give $\tau$ in terms of $\alpha$, $\eta$ and $\rho$ (it need not be a whole number).",
            answer=Answer(early_stopping.stopping_time),
            marks=3,
            mistakes=(
                Mistake(
                    r"\frac{\log\frac{\eta}{\alpha + \eta}}{\log(1 - \eta\rho)}",
                    "The power is what is still *missing*: set it equal to the missing share of weight decay.",
                    keeps=1,
                    id="complement",
                ),
                Mistake(
                    r"\frac{\log(1 - \eta\rho)}{\log\frac{\alpha}{\alpha + \eta}}",
                    "Solve again: the exponent is the logarithm of the result over the logarithm of the base.",
                    keeps=1,
                    id="reciprocal",
                ),
                Mistake(
                    r"\frac{\alpha}{\eta\rho(\alpha + \eta)}",
                    "A power is not a product: take logarithms to bring the exponent down.",
                    id="own-power-as-product",
                ),
            ),
            hints=(
                "Set the two expressions equal and divide by $c^*$.",
                r"$1 - \eta/(\eta + \alpha)$ is one fraction.",
                "Take the logarithm of both sides and divide.",
            ),
        ),
        "b": Part(
            ask=r"In a flat direction, where $\eta \to 0$ at fixed $\alpha$ and $\rho$, the number of steps tends to a limit. Give it.",
            answer=Answer(early_stopping.stopping_limit),
            marks=2,
            mistakes=(
                Mistake(r"\alpha\rho", "A stronger penalty means stopping earlier.", id="reciprocal"),
                Mistake(
                    r"\frac{1}{\alpha}",
                    "With a smaller learning rate it takes more steps.",
                    keeps=1,
                    id="rate-forgotten",
                ),
                Mistake(
                    r"\frac{\rho}{\alpha}",
                    "With a smaller learning rate it takes more steps, not fewer.",
                    keeps=1,
                    id="reciprocal",
                ),
            ),
            hints=(
                r"For small $z$, $\log(1 + z) \approx z$.",
                r"Numerator: $\log\frac{\alpha}{\alpha + \eta} = -\log(1 + \eta/\alpha)$.",
            ),
        ),
        "c": Part(
            ask=r"With $\alpha = << alpha/100 >>$, $\eta = << eta/10 >>$ and $\rho = << rho/10 >>$, what is $\tau$? Give three decimals.",
            answer=lambda p: Number.from_derivation(early_stopping.stopping_time, digits=3, **numbers(p)),
            mistakes=(
                Mistake(
                    "1/(<< alpha/100 >>*<< rho/10 >>)",
                    "That is the limit for flat directions; this one has a curvature.",
                    id="own-limit-for-value",
                ),
                Mistake(
                    r"\log_{10}(<< alpha/100 >>/<< (10*eta + alpha)/100 >>)/\log(1 - << rho*eta/100 >>)",
                    "Both logarithms must have the same base.",
                    id="own-mixed-bases",
                ),
            ),
            hints=("Put the numbers into (a); the result is positive, as both logarithms are negative.",),
        ),
    },
)
