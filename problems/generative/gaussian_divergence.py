"""The divergence between two Gaussians on a line, and what training a VAE sees of it."""

from derive import Answer, Integers, Mistake, Number, Part, Problem, Symbol
from derive.derivations import flows, gaussian

DEVIATIONS = {"sigma": Symbol((), "positive", r"\sigma_1"), "tau": Symbol((), "positive", r"\sigma_2")}

problem = Problem(
    title="The divergence of two Gaussians",
    topics=("Kullback-Leibler divergence", "Gaussians", "variational autoencoder"),
    difficulty=2,
    params={"m1": Integers(-2, 2), "m2": Integers(3, 4), "s1": Integers(1, 3), "s2": Integers(2, 5)},
    where=lambda p: p["s1"] != p["s2"] and p["m1"] != 0,
    statement=r"""
$\mathrm{KL}(p \,\|\, q) = \int p(x) \log\frac{p(x)}{q(x)}\, \mathrm{d}x$, with the natural logarithm. Let $p$ be the density of the normal distribution with the mean
$\mu_1$ and the standard deviation $\sigma_1 > 0$, and $q$ that with $\mu_2$ and $\sigma_2 > 0$.
""",
    working=(gaussian.divergence, flows.kl_mean, flows.kl_variance),
    parts={
        "a": Part(
            ask=r"Give $\mathrm{KL}(p \,\|\, q)$ in terms of $\mu_1$, $\sigma_1$, $\mu_2$ and $\sigma_2$.",
            answer=Answer(gaussian.divergence, symbols=DEVIATIONS),
            marks=3,
            mistakes=(
                Mistake(
                    r"\frac{\sigma_2^2 + (\mu_1 - \mu_2)^2}{2 \sigma_1^2} + \log\frac{\sigma_1}{\sigma_2} - \frac{1}{2}",
                    r"That is the other direction, $\mathrm{KL}(q \,\|\, p)$.",
                    keeps=1,
                    id="kl-reversed",
                ),
                Mistake(
                    r"\frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{2 \sigma_2^2} + \log\frac{\sigma_2}{\sigma_1}",
                    "Test it with two equal Gaussians: it should be 0.",
                    keeps=2,
                    id="constant-dropped",
                ),
                Mistake(
                    r"\frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{\sigma_2^2} + \log\frac{\sigma_2}{\sigma_1} - 1",
                    r"The exponent of a Gaussian has a $\frac12$.",
                    keeps=2,
                    id="lost-half",
                ),
                Mistake(
                    r"\frac{(\mu_1 - \mu_2)^2}{2 \sigma_2^2} + \log\frac{\sigma_2}{\sigma_1}",
                    r"The mean of $(x - \mu_2)^2$ under $p$ also holds the variance of $p$; the mean of $(x - \mu_1)^2$ is not 0 either.",
                    keeps=1,
                    id="missing-sum",
                ),
            ),
            hints=(
                "The logarithm of a Gaussian density is a quadratic and a constant.",
                r"$\mathbb{E}_p[(x - \mu_1)^2] = \sigma_1^2$.",
                r"$\mathbb{E}_p[(x - \mu_2)^2] = \sigma_1^2 + (\mu_1 - \mu_2)^2$.",
            ),
        ),
        "b": Part(
            ask=r"What is it for $\mu_1 = << m1 >>$, $\sigma_1 = << s1 >>$, $\mu_2 = << m2 >>$, $\sigma_2 = << s2 >>$? Give four decimals.",
            answer=lambda p: Number.from_derivation(
                gaussian.divergence, digits=4, mu=p["m1"], sigma=p["s1"], nu=p["m2"], tau=p["s2"]
            ),
            mistakes=(
                Mistake(
                    r"\frac{<< s2**2 + (m1 - m2)**2 >>}{<< 2*s1**2 >>} + \log\frac{<< s1 >>}{<< s2 >>} - \frac{1}{2}",
                    "That is the other direction.",
                    id="kl-reversed",
                ),
                Mistake(
                    r"\frac{<< s1**2 + (m1 - m2)**2 >>}{<< 2*s2**2 >>} + \log_{2}\frac{<< s2 >>}{<< s1 >>} - \frac{1}{2}",
                    "The logarithm is natural.",
                    id="base-2-for-natural",
                ),
            ),
            hints=("Put the numbers into (a).",),
        ),
        "c": Part(
            ask=r"A variational autoencoder's encoder gives means $\mu_i$ and log-variances $s_i$, so that $\sigma_i^2 = e^{s_i}$. Its divergence from the "
            r"standard normal distribution is $\mathrm{KL} = \frac12 \sum_{i=1}^{d} (\mu_i^2 + \sigma_i^2 - s_i - 1)$. Give $\partial\,\mathrm{KL}/\partial s_i$ in terms of $\sigma^2$ "
            "(write $\\sigma^2_i$; in Python `v[i]`) or of $s$.",
            answer=Answer(flows.kl_variance, means={"v": "e^{s}"}),
            marks=2,
            mistakes=(
                Mistake(
                    r"\frac{1}{2}\left(1 - \frac{1}{\sigma^2_i}\right)",
                    "That is the derivative in the variance; the encoder gives its logarithm.",
                    keeps=1,
                    id="slope-of-wrong-variable",
                ),
                Mistake(r"\sigma^2_i - 1", r"The sum has a $\frac12$ in front.", keeps=1, id="lost-half"),
                Mistake(r"\frac{1}{2} \sigma^2_i", "The term $-s_i$ has a slope, too.", keeps=1, id="constant-dropped"),
            ),
            hints=(
                r"$\partial e^{s_i}/\partial s_i = e^{s_i}$.",
                "Three terms, of which one does not depend on $s_i$.",
            ),
        ),
    },
)
