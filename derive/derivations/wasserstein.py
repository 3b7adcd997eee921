"""Optimal transport: the plan's cost, the potentials' value, and why the best of both are the same."""

from __future__ import annotations

from typing import Any

from derive.calculus.rules import put, use
from derive.calculus.rules_names import said
from derive.calculus.rules_sums import gather
from derive.calculus.rules_terms import estimate, is_value_of, multiply_out
from derive.calculus.trace import Rule
from derive.derivations.base import Derivation, Symbol
from derive.notation.index_language import expression, relation

SHAPES = {"T": "n m", "c": "n m", "s": "n m", "p": "n", "q": "m", "f": "n", "g": "m"}
SQUARE = {"T": "n n", "c": "n n", "p": "n", "q": "n", "f": "n"}


def _programme(torch: Any, p: Any, q: Any, c: Any) -> tuple[Any, Any]:
    """The best plan and the best potentials, each by trying every vertex of its own polytope."""
    n, m = c.shape
    rows = torch.cat((torch.eye(n).repeat_interleave(m, dim=1), torch.eye(m).repeat(1, n))).double()
    cells = torch.combinations(torch.arange(n * m), n + m - 1)
    square = rows[:-1][:, cells].transpose(0, 1)
    regular = torch.linalg.det(square).abs() > 0.5
    cells, square = cells[regular], square[regular]
    masses, costs = torch.cat((p, q)), c.flatten()
    carried = torch.linalg.solve(square, masses[:-1].expand(len(cells), -1))
    price = torch.where((carried >= -1e-12).all(dim=1), (carried * costs[cells]).sum(dim=1), torch.inf)
    plan = torch.zeros(n * m, dtype=torch.float64).scatter(0, cells[price.argmin()], carried[price.argmin()])
    potentials = torch.linalg.solve(square.transpose(1, 2), costs[cells])
    potentials = torch.cat((potentials, torch.zeros(len(cells), 1, dtype=torch.float64)), dim=1)
    worth = torch.where((potentials @ rows <= costs + 1e-12).all(dim=1), potentials @ masses, -torch.inf)
    return plan.reshape(n, m), potentials[worth.argmax()]


def _feasible(torch: Any, T: Any, c: Any, f: Any, b: Any) -> dict[str, Any]:  # noqa: N803
    """Any plan and any potentials that are allowed: the second one as high as the costs permit, less something."""
    g = (c - f[:, None]).amin(dim=0) - b
    p, q = T.sum(dim=1), T.sum(dim=0)
    return {"p": p, "q": q, "g": g, "P": (T * c).sum(), "D": torch.dot(f, p) + torch.dot(g, q)}


def _optimal(torch: Any, T: Any, c: Any) -> dict[str, Any]:  # noqa: N803
    """The best plan between the same masses, and the best potentials, which any constant may be moved between."""
    p, q = T.sum(dim=1), T.sum(dim=0)
    plan, potentials = _programme(torch, p, q, c)
    f, g = potentials[: len(p)] + 0.5, potentials[len(p) :] - 0.5
    found = {"T": plan, "f": f, "g": g, "p": p, "q": q, "s": c - f[:, None] - g[None, :]}
    return {**found, "P": (plan * c).sum(), "D": torch.dot(f, p) + torch.dot(g, q)}


def _critic(torch: Any, T: Any, x: Any, h: Any) -> dict[str, Any]:  # noqa: N803
    """Any plan, and any function of slope at most 1: the greatest one below h."""
    distance = (x[:, None] - x[None, :]).abs()
    f = (h[None, :] + distance).amin(dim=1)
    p, q = T.sum(dim=1), T.sum(dim=0)
    return {"c": distance, "f": f, "p": p, "q": q, "P": (T * distance).sum(), "D": torch.dot(f, p - q)}


def _best_critic(torch: Any, T: Any, x: Any) -> dict[str, Any]:  # noqa: N803
    """On a line: mass keeps its order, and the critic falls where more of p than of q lies to the left."""
    x, order = torch.sort(x)
    p, q = T.sum(dim=1)[order], T.sum(dim=0)[order]
    left, right = torch.cumsum(p, 0), torch.cumsum(q, 0)
    overlap = torch.minimum(left[:, None], right[None, :]) - torch.maximum((left - p)[:, None], (right - q)[None, :])
    steps = -torch.sign(left - right)[:-1] * torch.diff(x)
    f = torch.cat((torch.zeros(1, dtype=x.dtype), torch.cumsum(steps, 0)))
    plan = torch.relu(overlap)
    return {**_critic(torch, plan, x, f), "x": x, "T": plan}


_SYMBOLS = {
    "n": Symbol(domain="dimension", latex="n", meaning="the number of places that mass comes from"),
    "m": Symbol(domain="dimension", latex="m", meaning="the number of places that it goes to"),
    "c": Symbol(("n", "m"), "positive", "c", "what it costs to carry one unit from i to j"),
    "T": Symbol(("n", "m"), "positive", "T", "the plan: how much is carried from i to j"),
    "p": Symbol(("n",), "derived", "p", "how much there is at each place before"),
    "q": Symbol(("m",), "derived", "q", "how much there shall be at each place after"),
    "f": Symbol(("n",), "real", "f", "the potential before"),
    "b": Symbol(("m",), "nonnegative"),
    "g": Symbol(("m",), "derived", "g", "the potential after"),
    "P": Symbol((), "derived", "P", "the cost of the plan, the primal value"),
    "D": Symbol((), "derived", "D", "the dual value"),
}
_SETTINGS = ({"n": 2, "m": 3}, {"n": 3, "m": 2}, {"n": 4, "m": 2})
_SOURCE = "002_07d594d59fa09095.txt, Wasserstein GANs; 003_a2d52afd229cfba6.txt §15"
_PLAN = "The plan moves all of p to q and carries nothing back: T ≥ 0, its rows add up to p and its columns to q."


def _cost(shapes: dict[str, str]) -> Rule:
    carried = expression("sum(T[i, j]*c[i, j], i, j)", shapes=shapes)
    return use(carried, expression("P"), "cost", "What is carried times what it costs.")


lagrangian = Derivation(
    "transport-lagrangian",
    "How the dual of optimal transport arises",
    subject="generative",
    statement="The Lagrangian of the cheapest plan, sorted by what the plan multiplies: where c < f + g somewhere, more "
    "mass there lowers it without end; where c ≥ f + g everywhere, no mass is best and the dual value is left.",
    start=relation(
        "L = sum(T[i, j]*c[i, j], i, j) + sum(f[i]*(p[i] - sum(T[i, j], j)), i) + sum(g[j]*(q[j] - sum(T[i, j], i)), j)",
        shapes=SHAPES,
    ),
    opening=Rule(
        "Lagrangian", "The cost, and a price for every constraint: f for the rows, g for the columns.", lambda r: r
    ),
    then=(
        multiply_out("One sum for each."),
        gather("What the plan multiplies, and what it does not."),
    ),
    symbols={n: s for n, s in _SYMBOLS.items() if n not in ("b", "P", "D")}
    | {
        "p": Symbol(("n",), "positive", "p", "how much there is at each place before"),
        "q": Symbol(("m",), "positive", "q", "how much there shall be at each place after"),
        "g": Symbol(("m",), "real", "g", "the potential after"),
        "L": Symbol((), "derived", "L", "the Lagrangian"),
    },
    truth=lambda torch, T, c, p, q, f, g: {  # noqa: N803
        "L": (T * c).sum() + torch.dot(f, p - T.sum(dim=1)) + torch.dot(g, q - T.sum(dim=0))
    },
    settings=_SETTINGS,
    form="L = Σ_{i=1}^n Σ_{j=1}^m T_{i,j} (c_{i,j} - f_i - g_j) + Σ_{i=1}^n f_i p_i + Σ_{j=1}^m g_j q_j",
    source=_SOURCE,
)
weak = Derivation(
    "transport-weak-duality",
    "No potentials are worth more than a plan costs",
    subject="generative",
    statement="The value of any allowed potentials is at most the cost of any plan.",
    start=relation("D = sum(f[i]*p[i], i) + sum(g[j]*q[j], j)", shapes=SHAPES),
    opening=Rule("dual value", "What the mass is worth after, and before, at the potentials.", lambda r: r),
    then=(
        put(
            "p",
            ("i",),
            expression("sum(T[i, j], j)", shapes=SHAPES, letters=("i",)),
            "rows",
            "All of p is carried away.",
        ),
        put("q", ("j",), expression("sum(T[i, j], i)", shapes=SHAPES, letters=("j",)), "columns", "All of q arrives."),
        gather("Both sums run over the same pairs of places."),
        estimate(
            expression("sum(T[i, j]*(f[i] + g[j]), i, j)", shapes=SHAPES),
            expression("sum(T[i, j]*c[i, j], i, j)", shapes=SHAPES),
            "no price above cost",
            "Carried mass is not negative, and no pair of potentials is above its cost.",
            "T_ij ≥ 0 and f_i + g_j ≤ c_ij.",
        ),
        _cost(SHAPES),
    ),
    symbols=_SYMBOLS,
    truth=_feasible,
    equality=_optimal,
    settings=_SETTINGS,
    kind="claim",
    form="D = Σ_{i=1}^n Σ_{j=1}^m T_{i,j} (f_i + g_j) ≤ P",
    assumptions=(_PLAN, "The potentials are allowed: f_i + g_j ≤ c_ij for every pair."),
    source=_SOURCE,
    lemmas=(lagrangian,),
)
strong = Derivation(
    "transport-duality",
    "The least cost of a plan is the greatest value of potentials",
    subject="generative",
    statement="The cost of the best plan, through the best potentials: the primal value is the dual value.",
    start=relation("P = sum(T[i, j]*c[i, j], i, j)", shapes=SHAPES),
    opening=Rule("primal value", "What is carried times what it costs.", lambda r: r),
    then=(
        put(
            "c",
            ("i", "j"),
            expression("f[i] + g[j] + s[i, j]", shapes=SHAPES, letters=("i", "j")),
            "slack",
            "Each cost is the two potentials and what is left of it, the slack s.",
        ),
        multiply_out("One sum for each."),
        said(
            use(
                expression("T[i, j]*s[i, j]", shapes=SHAPES, letters=("i", "j")),
                expression("0"),
                "complementary slackness",
                "",
            ),
            "At the optimum mass goes only where the potentials pay all of the cost: otherwise the bound above would be "
            "strict, and one of the two could be bettered.",
            condition="Plan and potentials are the best ones.",
        ),
        use(
            expression("sum(T[i, j]*f[i], i, j)", shapes=SHAPES),
            expression("sum(f[i]*p[i], i)", shapes=SHAPES),
            "rows",
            "The rows of the plan add up to p.",
        ),
        use(
            expression("sum(T[i, j]*g[j], i, j)", shapes=SHAPES),
            expression("sum(g[j]*q[j], j)", shapes=SHAPES),
            "columns",
            "Its columns add up to q.",
        ),
        lambda: is_value_of(weak.lines[0].relation, "That is the dual value.", "dual value"),
    ),
    symbols={n: s for n, s in _SYMBOLS.items() if n != "b"}
    | {
        "f": Symbol(("n",), "derived", "f", "the potential before"),
        "s": Symbol(("n", "m"), "derived", "s", "the slack"),
    },
    truth=_optimal,
    settings=_SETTINGS,
    form="P = Σ_{i=1}^n f_i p_i + Σ_{j=1}^m g_j q_j = D",
    assumptions=(_PLAN, "Plan and potentials are the best ones."),
    source=_SOURCE,
    lemmas=(weak,),
)
critic = Derivation(
    "wasserstein-critic",
    "What a Wasserstein critic can reach",
    subject="generative",
    statement="No function of slope at most 1 tells two distributions further apart than the cost of carrying one to the "
    "other, and the best one just reaches it.",
    start=relation("D = sum(f[i]*(p[i] - q[i]), i)", shapes=SQUARE),
    opening=Rule("critic", "The mean of f over p less its mean over q.", lambda r: r),
    then=(
        multiply_out("Two means."),
        put(
            "p",
            ("i",),
            expression("sum(T[i, j], j)", shapes=SQUARE, letters=("i",)),
            "rows",
            "All of p is carried away.",
        ),
        use(
            expression("sum(f[j]*q[j], j)", shapes=SQUARE),
            expression("sum(f[j]*T[i, j], i, j)", shapes=SQUARE),
            "columns",
            "All of q arrives.",
        ),
        gather("Both sums run over the same pairs of places."),
        estimate(
            expression("sum(T[i, j]*(f[i] - f[j]), i, j)", shapes=SQUARE),
            expression("sum(T[i, j]*c[i, j], i, j)", shapes=SQUARE),
            "slope at most 1",
            "Carried mass is not negative, and f rises by no more than the distance.",
            "T_ij ≥ 0 and f_i − f_j ≤ c_ij.",
        ),
        _cost(SQUARE),
    ),
    symbols={
        "n": Symbol(domain="dimension", latex="n", meaning="the number of places"),
        "x": Symbol(("n",), "real", "x", "the places, on a line"),
        "c": Symbol(("n", "n"), "derived", "c", "the distance between two places"),
        "T": Symbol(("n", "n"), "positive", "T", "the plan: how much is carried from i to j"),
        "p": Symbol(("n",), "derived", "p", "one distribution"),
        "q": Symbol(("n",), "derived", "q", "the other"),
        "h": Symbol(("n",)),
        "f": Symbol(("n",), "derived", "f", "the critic, of slope at most 1"),
        "P": Symbol((), "derived", "W", "the cost of the plan; for the best one, the Wasserstein distance"),
        "D": Symbol((), "derived", "D", "how far apart the critic tells the two"),
    },
    truth=_critic,
    equality=_best_critic,
    settings=({"n": 2}, {"n": 3}, {"n": 4}),
    kind="claim",
    form="D = Σ_{i=1}^n Σ_{j=1}^n T_{i,j} (f_i - f_j) ≤ W",
    assumptions=(_PLAN, "The critic has slope at most 1: f_i − f_j ≤ c_ij for every pair."),
    source=_SOURCE,
    lemmas=(weak,),
)
