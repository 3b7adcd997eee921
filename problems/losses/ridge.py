"""Ridge regression: gradient, Hessian and the minimum."""

from derive import Answer, Integers, Mistake, Part, Problem, Values
from derive.derivations.linear import ridge_gradient, ridge_hessian

LEAST = "w := (a*c + b*d)/(a**2 + b**2 + m)"

problem = Problem(
    title="Ridge regression",
    topics=("linear regression", "weight decay", "Hessian"),
    difficulty=2,
    params={"a": Integers(1, 4), "b": Integers(1, 4), "c": Integers(1, 6), "d": Integers(1, 6), "m": Integers(1, 5)},
    statement=r"""
$N$ examples with $d$ features are the rows of $X \in \mathbb{R}^{N \times d}$, their targets are $y \in \mathbb{R}^N$. With the residuals $r = Xw - y$ of weights
$w \in \mathbb{R}^d$ and a strength $\mu > 0$, the objective is $J = \frac12 \sum_{s=1}^{N} r_s^2 + \frac{\mu}{2} \sum_{j=1}^{d} w_j^2$: a sum over examples, not a mean.
""",
    working=(ridge_gradient, ridge_hessian),
    parts={
        "a": Part(
            ask=r"Give $\partial J/\partial w_j$.",
            answer=Answer(ridge_gradient),
            marks=2,
            mistakes=(
                Mistake(r"\sum_{s=1}^{N} r_s X_{s,j}", "The penalty has a slope too.", 1, "dropped-path"),
                Mistake(
                    r"\sum_{s=1}^{N} r_s X_{s,j} + 2 \mu w_j",
                    "Look at the factor in front of the penalty.",
                    1,
                    "lost-half",
                ),
                Mistake(
                    r"\frac{1}{N} \sum_{s=1}^{N} r_s X_{s,j} + \mu w_j",
                    "The objective is a sum over examples.",
                    1,
                    "mean-for-sum",
                ),
                Mistake(
                    r"-\sum_{s=1}^{N} r_s X_{s,j} + \mu w_j", "The residual here is prediction less target.", 1, "sign"
                ),
            ),
            hints=(
                r"$\partial r_s/\partial w_j = X_{s,j}$.",
                r"The first sum gives $\sum_s r_s X_{s,j}$; the second one holds $w_j$ once.",
            ),
        ),
        "b": Part(
            ask=r"Give the entry $H_{j,k} = \partial^2 J/\partial w_j \partial w_k$ of the Hessian; `[j = k]` is 1 where $j = k$ and 0 elsewhere.",
            answer=Answer(ridge_hessian),
            marks=2,
            mistakes=(
                Mistake(
                    r"\sum_{s=1}^{N} X_{s,j} X_{s,k} + \mu",
                    "Does the penalty mix two different weights?",
                    1,
                    "own-not-diagonal",
                ),
                Mistake(r"\sum_{s=1}^{N} X_{s,j} X_{s,k}", "The penalty bends the objective too.", 1, "dropped-path"),
                Mistake(
                    r"\left(\sum_{s=1}^{N} X_{s,j}^2 + \mu\right) [j = k]",
                    "Different weights meet in one residual.",
                    1,
                    "diagonal-only",
                ),
            ),
            hints=(
                r"Differentiate (a) by $w_k$.",
                r"$\partial r_s/\partial w_k = X_{s,k}$, and $\partial w_j/\partial w_k = [j = k]$.",
            ),
        ),
        "c": Part(
            ask=r"There is one feature and there are two examples: $X = (<< a >>, << b >>)^\top$, $y = (<< c >>, << d >>)^\top$, $\mu = << m >>$. Give the weight $w$ that minimises $J$, exactly.",
            answer=lambda p: Values(LEAST, p, "w", latex={"a": "X_1", "b": "X_2", "c": "y_1", "d": "y_2", "m": r"\mu"}),
            marks=2,
            mistakes=(
                Mistake(
                    "<< a*c + b*d >>/<< a*a + b*b >>", "That is the minimum without the penalty.", 1, "dropped-path"
                ),
                Mistake(
                    "<< a*c + b*d >>/<< a*a + b*b + 2*m >>", "The penalty has a ½, as the squares have.", 1, "lost-half"
                ),
                Mistake(
                    "<< a*c + b*d >>/<< a*a + b*b >> - << m >>",
                    "Collect both terms with $w$ before you divide.",
                    0,
                    "order-of-steps",
                ),
            ),
            hints=("Set (a) to zero: it is linear in $w$.", r"$(X^\top X + \mu)\, w = X^\top y$."),
        ),
    },
)
