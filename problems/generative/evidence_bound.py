"""The evidence bound of a latent variable: its gap, its value, and where it is tight."""

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Values
from derive.derivations import latent

BOUND = "B := sum(q[k]*log(r[k]/q[k]), k)"
POSTERIOR = "P := sum(r[k], k); u[k] := r[k]/P"


def given(p):
    return {"r": [p["a"] / 20, p["b"] / 20], "q": [p["q"] / 10, (10 - p["q"]) / 10]}


def wrong(p, rule):
    return Values(f"{BOUND}; {rule}", given(p), "m", digits=4).typed()


problem = Problem(
    title="The evidence bound",
    topics=("variational inference", "Kullback-Leibler divergence", "latent variables"),
    difficulty=2,
    params={"a": Integers(1, 9), "b": Integers(1, 9), "q": Integers(2, 8)},
    where=lambda p: p["q"] * (p["a"] + p["b"]) != 10 * p["a"] and p["a"] != p["b"],
    statement=r"""
A latent variable takes $K$ values. For an observation $x$ the joint probabilities $p_k = p(x, z = k) > 0$ are known, so that $p(x) = \sum_{k=1}^{K} p_k$. For any distribution
$q_1, \dots, q_K > 0$ with the sum 1 let

$$\mathrm{ELBO} = \sum_{k=1}^{K} q_k \log\frac{p_k}{q_k}.$$

Logarithms are natural.
""",
    working=(latent.elbo,),
    parts={
        "a": Part(
            ask=r"Let $\mathrm{KL} = \sum_{k=1}^{K} q_k \log\frac{q_k}{p(z = k | x)}$ be the divergence of $q$ from the posterior. Write the ELBO in terms of $p(x)$ and "
            r"$\mathrm{KL}$ (in Python `P` and `KL`).",
            answer=Answer(latent.elbo),
            marks=2,
            mistakes=(
                Mistake(
                    r"\log p(x) + \mathrm{KL}",
                    "Then the bound would be above what it bounds from below.",
                    keeps=1,
                    id="sign",
                ),
                Mistake(
                    r"-\mathrm{KL}",
                    "$p_k$ is the joint probability, and not the posterior: by which factor do they differ?",
                    keeps=1,
                    id="joint-for-conditional",
                ),
                Mistake(r"p(x) - \mathrm{KL}", "The ELBO is made of logarithms.", id="own-logarithm-forgotten"),
            ),
            hints=(
                r"$p_k = p(x)\, p(z = k | x)$.",
                "The logarithm of the product is a sum; one term does not depend on $k$.",
                r"$\sum_k q_k = 1$.",
            ),
        ),
        "b": Part(
            ask=r"Take $K = 2$, $p = (<< a/20 >>, << b/20 >>)$ and $q = (<< q/10 >>, << (10 - q)/10 >>)$. What is the ELBO? Give four decimals.",
            answer=lambda p: Values(BOUND, given(p), "B", digits=4, latex={"B": r"\mathrm{ELBO}", "r": "p"}),
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m := log(sum(r[k], k)) + 0*B"),
                    "That is the log-evidence, which the ELBO is below.",
                    id="own-bound-for-value",
                ),
                Mistake(
                    wrong(p, "m := -B"),
                    "The sign: small probabilities over larger ones have negative logarithms.",
                    id="sign",
                ),
                Mistake(
                    wrong(p, "m := sum(q[k]*log(r[k]), k) + 0*B"),
                    "The entropy of $q$ belongs to it.",
                    id="constant-dropped",
                ),
            ),
            hints=(
                "Two terms, each a probability $q_k$ times a logarithm.",
                r"The first one is $q_1 (\log p_1 - \log q_1)$.",
            ),
        ),
        "c": Part(
            ask="For which $q = (q_1, q_2)$ is the ELBO of (b) as large as it can be? Give fractions.",
            answer=lambda p: Values(
                POSTERIOR, {"r": given(p)["r"]}, "u", latex={"u": "q", "r": "p", "P": "p(x)"}, shown=("P", "u")
            ),
            mistakes=(
                Mistake(
                    "(<< a/20 >>, << b/20 >>)",
                    "These are joint probabilities; $q$ must add up to 1.",
                    id="unnormalised",
                ),
                Mistake("(1/2, 1/2)", "That makes the entropy of $q$ largest, but it ignores $p$.", id="own-uniform"),
            ),
            hints=(
                "The gap is a divergence: where is it zero?",
                "The posterior is the joint probability over its sum.",
            ),
        ),
        "d": Part(
            ask="The model's parameters change, and with them the $p_k$; $q$ stays fixed. The ELBO rises. What follows for the log-evidence?",
            answer=Choice(
                "nothing: the gap may have shrunk instead",
                "it has risen, too",
                "it has fallen",
                why=r"The log-evidence is the ELBO plus the gap $\mathrm{KL}$, and both change with the model: a rise of the first says nothing of the sum.",
            ),
            mistakes=(
                Mistake(
                    "it has risen, too",
                    "The bound is the log-evidence less a gap, and the gap changes as well.",
                    id="own-bound-for-value",
                ),
                Mistake("it has fallen", "Nothing forces it to fall; look at the difference in (a).", id="own-fallen"),
            ),
            hints=(
                "In (a) both terms depend on the model.",
                "A difference of two terms has risen: must the first of them have risen?",
            ),
        ),
    },
)
