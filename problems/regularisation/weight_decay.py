"""What weight decay does to each direction of a quadratic loss, and which directions it spares."""

from derive import Answer, Choice, Integers, Mistake, Number, Part, Problem
from derive.derivations import early_stopping
from derive.derivations.early_stopping import ridge_component

problem = Problem(
    title="What weight decay leaves",
    topics=("regularisation", "weight decay", "quadratic loss"),
    difficulty=2,
    params={"eta": Integers(2, 9), "alpha": Integers(1, 5), "c": Integers(2, 6)},
    where=lambda p: p["eta"] != p["alpha"],
    statement=r"""
Near its minimum $w^*$ a loss is quadratic, and an L2 penalty is added to it:

$$L(w) = E_0 + \tfrac12 \sum_{i=1}^{d} \sum_{j=1}^{d} (w_i - w_i^*)\, H_{i,j}\, (w_j - w_j^*) + \tfrac{\alpha}{2} \sum_{i=1}^{d} w_i^2,$$

with a symmetric, positive definite $d \times d$ matrix $H$ and $\alpha > 0$. Let $u$ be an eigenvector of $H$ of length 1 with the eigenvalue
$\eta$, and let $c^* = u^\top w^*$ be the component of the unpenalised minimum along $u$.
""",
    working=(early_stopping.penalty_gradient, ridge_component),
    parts={
        "a": Part(
            ask=r"Give the entry $\partial L/\partial w_p$ of the gradient.",
            answer=Answer(early_stopping.penalty_gradient),
            marks=2,
            mistakes=(
                Mistake(
                    r"\sum_{j=1}^{d} H_{p,j} (w_j - w_j^*) + 2 \alpha w_p",
                    "The penalty has a factor in front that meets the 2 of the square.",
                    keeps=1,
                    id="lost-half",
                ),
                Mistake(
                    r"\sum_{j=1}^{d} H_{p,j} (w_j - w_j^*)",
                    "That is the loss alone; the penalty has a slope too.",
                    id="constant-dropped",
                ),
                Mistake(
                    r"\frac{1}{2} \sum_{j=1}^{d} H_{p,j} (w_j - w_j^*) + \alpha w_p",
                    "$w_p$ is in the double sum as $w_i$ and as $w_j$: both places count.",
                    keeps=1,
                    id="lost-two",
                ),
            ),
            hints=(
                "The double sum holds $w_p$ twice, and $H$ is symmetric.",
                r"The slope of $\frac{\alpha}{2} w_p^2$ is one factor $w_p$ times $\alpha$.",
            ),
        ),
        "b": Part(
            ask=r"Let $w$ be the minimum of $L$. Give its component $c = u^\top w$ in terms of $c^*$, $\eta$ and $\alpha$.",
            answer=Answer(ridge_component),
            marks=3,
            mistakes=(
                Mistake(
                    r"\frac{\alpha}{\alpha + \eta} c^*",
                    "That is the share that is lost. What happens to it for a very small penalty?",
                    keeps=1,
                    id="complement",
                ),
                Mistake(
                    r"(1 - \alpha) c^*",
                    "That shrinks every direction alike. The answer must depend on how steep the direction is.",
                    id="own-uniform-shrinkage",
                ),
                Mistake(
                    r"\frac{\eta}{\eta - \alpha} c^*",
                    "With this sign the penalty would make the component larger.",
                    keeps=1,
                    id="sign",
                ),
            ),
            hints=(
                "At the minimum the gradient of (a) is zero. Multiply it by $u_p$ and add over $p$.",
                r"$u^\top H = \eta\, u^\top$, so only $c$ and $c^*$ are left.",
                "The equation is linear in $c$: collect its terms.",
            ),
        ),
        "c": Part(
            ask=r"With $\eta = << eta >>$, $\alpha = << alpha >>$ and $c^* = << c >>$, what is $c$, exactly?",
            answer=lambda p: Number.from_derivation(ridge_component, eta=p["eta"], alpha=p["alpha"], a=p["c"]),
            mistakes=(
                Mistake("<< c*alpha >>/<< eta + alpha >>", "That is what is lost, not what is left.", id="complement"),
                Mistake(
                    "<< c*eta >>/<< alpha >>", "Check the denominator: is it the penalty alone?", id="wrong-normaliser"
                ),
            ),
            hints=("Put the numbers into (b).",),
        ),
        "d": Part(
            ask="Which directions does weight decay shrink most?",
            answer=Choice(
                "those with small eigenvalues of H",
                "those with large eigenvalues of H",
                "all directions by the same factor",
                why=r"Along an eigenvector the weight is multiplied by $\eta/(\eta + \alpha)$, which is smallest for a small eigenvalue $\eta$.",
            ),
            mistakes=(
                Mistake(
                    "those with large eigenvalues of H",
                    "Look at the factor of (b) when the eigenvalue is much larger than the penalty.",
                    id="opposite",
                ),
                Mistake(
                    "all directions by the same factor",
                    "Then the factor of (b) would not depend on the eigenvalue.",
                    id="own-uniform-shrinkage",
                ),
            ),
            hints=(
                r"Compare the factor of (b) for $\eta \gg \alpha$ and for $\eta \ll \alpha$.",
                "In one of the two cases the factor is nearly 1, in the other nearly 0.",
            ),
        ),
    },
)
