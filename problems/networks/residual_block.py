"""Why a residual block lets a gradient through."""

from derive import Answer, Integers, Mistake, Part, Problem, Values
from derive.derivations.backprop import dense_jacobian, residual_jacobian

STACK = "dims t = D; r[t] := 1 + a; P := prod(r[t], t)"
PAGE = {"P": r"\frac{\partial y_D}{\partial y_0}"}

problem = Problem(
    title="A layer with and without a shortcut",
    topics=("residual networks", "Jacobian", "vanishing gradients"),
    difficulty=2,
    params={"D": Integers(2, 4), "a": Integers(1, 4)},
    statement=r"""
A plain layer computes $h = f(Wx + b)$ with $W \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$, and a smooth $f$ that is applied entry by entry; its
pre-activations are $z = Wx + b$. A residual block computes $y = x + W^{(2)} f(z)$ with $z = W^{(1)} x + b$, where
$W^{(1)} \in \mathbb{R}^{m \times n}$ and $W^{(2)} \in \mathbb{R}^{n \times m}$. Write `[j = k]` for 1 where $j = k$ and 0 elsewhere.
""",
    working=(dense_jacobian, residual_jacobian),
    parts={
        "a": Part(
            ask=r"Give $\partial h_i/\partial x_j$ for the plain layer, in terms of $W$, $z$ and $f'$.",
            answer=Answer(dense_jacobian),
            mistakes=(
                Mistake(r"f(z_i) W_{i,j}", "You multiplied by the activation's value.", 0, "value-for-slope"),
                Mistake(r"f'(z_j) W_{i,j}", "Which unit's slope is it?", 0, "index-swapped"),
                Mistake(r"W_{i,j}", "What happens after the affine part?", 0, "missing-chain-factor"),
            ),
            hints=(
                r"$h_i$ depends on $x_j$ through $z_i$ alone.",
                r"Multiply $\partial h_i/\partial z_i$ and $\partial z_i/\partial x_j$.",
            ),
        ),
        "b": Part(
            ask=r"Give $\partial y_k/\partial x_j$ for the residual block.",
            answer=Answer(residual_jacobian),
            marks=3,
            mistakes=(
                Mistake(
                    r"\sum_{i=1}^{m} W^{(2)}_{k,i} f'(z_i) W^{(1)}_{i,j}",
                    "There are two ways from $x$ to $y$.",
                    1,
                    "dropped-path",
                ),
                Mistake(
                    r"1 + \sum_{i=1}^{m} W^{(2)}_{k,i} f'(z_i) W^{(1)}_{i,j}",
                    "Does $y_1$ see $x_2$ along the shortcut?",
                    2,
                    "own-not-diagonal",
                ),
                Mistake(
                    r"[j = k] + \sum_{i=1}^{m} W^{(2)}_{k,i} W^{(1)}_{i,j}",
                    "The activation lies between the two matrices.",
                    2,
                    "missing-chain-factor",
                ),
            ),
            hints=(
                r"Add the slopes along both ways from $x_j$ to $y_k$.",
                r"Along the shortcut $y_k$ moves with $x_k$ one for one, and with no other input.",
                r"The other way goes through every hidden unit $i$: into it by $W^{(1)}_{i,j}$, out of it by $W^{(2)}_{k,i}$.",
            ),
        ),
        "c": Part(
            ask=r"Take $n = m = 1$ and $<< D >>$ blocks one above the other, each with $W^{(2)} f'(z) W^{(1)} = << a/10 >>$. Give the slope of the last output in the first input, exactly.",
            answer=lambda p: Values(STACK.replace("D", str(p["D"])), {"a": p["a"] / 10}, "P", latex=PAGE),
            mistakes=(
                Mistake("<< (a/10)**D >>", "That is the slope without shortcuts.", 0, "dropped-path"),
                Mistake("<< 1 + D*a/10 >>", "Ways through several blocks count as well.", 0, "direct-path-only"),
            ),
            hints=("One block has the slope one plus the branch's own slope.", "Blocks one after the other multiply."),
        ),
    },
)
