"""Factor analysis and probabilistic PCA: covariances and posteriors."""

from derive import Answer, Integers, Mistake, Part, Problem, Symbol, Values
from derive.derivations import factor_posteriors

COVARIANCE = "C[i,j] := W[i]*W[j] + v*[i = j]"
POSTERIOR = "z := sum(W[i]*(x[i] - 1), i)/(sum(W[i]**2, i) + v)"


def model(p):
    return {"W": [p["w1"], p["w2"]], "v": p["v"]}


problem = Problem(
    title="Factors behind the data",
    topics=("factor analysis", "probabilistic PCA", "Gaussians"),
    difficulty=3,
    params={
        "w1": Integers(1, 4),
        "w2": Integers(-4, -1),
        "v": Integers(2, 5),
        "x1": Integers(3, 7),
        "x2": Integers(-6, -2),
    },
    where=lambda p: p["w1"] + p["w2"] != 0,
    statement=r"""
Data with $n$ entries come from $m$ factors: $x = W z + \mu + \eta$, with an $n \times m$ matrix $W$ and a vector $\mu$. The factors $z$ are standard
normal, the noise $\eta$ has independent normal entries with mean 0 and the variances $\sigma^2_1, \dots, \sigma^2_n$, and $z$ and $\eta$ are independent.
`[i = j]` is 1 where $i = j$ and else 0; you may write $\delta_{i,j}$ for it.
""",
    working=(factor_posteriors.marginal, factor_posteriors.ppca_system),
    parts={
        "a": Part(
            ask=r"Give the entry $C_{i,j}$ of the covariance of $x$ in terms of $W$ and $\sigma^2$ (in Python `s[i]` is $\sigma^2_i$).",
            answer=Answer(factor_posteriors.marginal, symbols={"delta": Symbol(("n", "n"), "kronecker", r"\delta")}),
            marks=2,
            mistakes=(
                Mistake(
                    r"\sum_{k=1}^{m} W_{i,k} W_{j,k}",
                    "The noise adds to the variances.",
                    keeps=1,
                    id="constant-dropped",
                ),
                Mistake(
                    r"\sum_{k=1}^{m} W_{i,k} W_{j,k} + \sigma^2_i",
                    "The noise of different entries is independent.",
                    keeps=1,
                    id="own-bracket-forgotten",
                ),
                Mistake(
                    r"\sum_{k=1}^{m} W_{i,k} W_{j,k} + \mu_i \mu_j + \sigma^2_i [i = j]",
                    "A covariance is about deviations from the mean.",
                    keeps=1,
                    id="own-second-moment",
                ),
            ),
            hints=(
                r"$x_i - \mu_i = \sum_k W_{i,k} z_k + \eta_i$: multiply by the same for $j$.",
                r"$\mathbb{E}[z_k z_l]$ is 1 for $k = l$ and else 0.",
                "Factors and noise are independent: the mixed terms have the mean 0.",
            ),
        ),
        "b": Part(
            ask=r"Probabilistic PCA has the same variance $\sigma^2$ for every entry. For $n = 2$, $m = 1$, $W = (<< w1 >>, << w2 >>)^\top$ and $\sigma^2 = << v >>$: give $C$.",
            answer=lambda p: Values(
                COVARIANCE, model(p), "C", latex={"v": r"\sigma^2"}, comes=factor_posteriors.ppca_marginal
            ),
            mistakes=(
                Mistake(
                    "[[<< w1*w1 + v >>, << w1*w2 + v >>], [<< w1*w2 + v >>, << w2*w2 + v >>]]",
                    "The noise of different entries is independent.",
                    id="own-bracket-forgotten",
                ),
                Mistake(
                    "[[<< w1*w1 + v*v >>, << w1*w2 >>], [<< w1*w2 >>, << w2*w2 + v*v >>]]",
                    r"$\sigma^2$ is the variance already.",
                    id="squared-for-plain",
                ),
            ),
            hints=("$W W^\\top$ is a $2 \\times 2$ matrix here.", "The noise goes onto its diagonal."),
        ),
        "c": Part(
            ask=r"For this model and $\mu = (1, 1)$: what is the posterior mean of the factor for the observation $x = (<< x1 >>, << x2 >>)$? It solves "
            r"$(W^\top W + \sigma^2) z = W^\top (x - \mu)$. Give a fraction.",
            answer=lambda p: Values(
                POSTERIOR,
                {**model(p), "x": [p["x1"], p["x2"]]},
                "z",
                latex={"v": r"\sigma^2"},
                comes=factor_posteriors.ppca_system,
            ),
            marks=2,
            mistakes=(
                Mistake(
                    "<< w1*(x1 - 1) + w2*(x2 - 1) >>/<< w1*w1 + w2*w2 >>",
                    "That is least squares; the prior of the factor pulls towards 0.",
                    keeps=1,
                    id="constant-dropped",
                ),
                Mistake(
                    "<< w1*x1 + w2*x2 >>/<< w1*w1 + w2*w2 + v >>",
                    "The mean of the data is taken off first.",
                    keeps=1,
                    id="own-mean-forgotten",
                ),
            ),
            hints=(r"$W^\top W$ is a single number here.", "Divide."),
        ),
    },
)
