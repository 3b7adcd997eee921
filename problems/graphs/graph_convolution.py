"""The propagation matrix of a graph convolution: its entries, and what one step does to a signal."""

from derive import Answer, Choice, Integers, Mistake, Part, Problem, Symbol, Values
from derive.derivations import robustness

GRAPH = (
    "B[i,j] := A[i,j] + [i = j]; d[i] := sum(B[i,j], j); Q[i,j] := B[i,j]/sqrt(d[i]*d[j]); y[i] := sum(Q[i,j]*x[j], j)"
)
PATH = [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
STAR = [[0, 1, 1], [1, 0, 0], [1, 0, 0]]


def graph(p):
    return {"A": STAR if p["star"] else PATH, "x": [p["a"], p["b"], p["c"]]}


def wrong(p, rule):
    return Values(f"{GRAPH}; {rule}", graph(p), "m", digits=4).typed()


problem = Problem(
    title="One step of a graph convolution",
    topics=("graph neural networks", "adjacency matrix"),
    difficulty=2,
    params={"star": Integers(0, 1), "a": Integers(1, 5), "b": Integers(-5, -1), "c": Integers(6, 9)},
    statement=r"""
A graph with $n$ nodes has the adjacency matrix $a$: $a_{i,j} = 1$ where nodes $i$ and $j$ are joined by an edge and else 0, and $a_{i,i} = 0$. A graph convolution adds a loop to each node and
weighs by degrees: with $\tilde d_i = 1 + \sum_{j=1}^{n} a_{i,j}$ and the diagonal matrix $\tilde D$ of these,

$$q = \tilde D^{-1/2} (a + I)\, \tilde D^{-1/2}.$$

`[i = j]` is 1 where $i = j$ and else 0; you may write $\delta_{i,j}$ for it.
""",
    working=(robustness.propagation,),
    parts={
        "a": Part(
            ask=r"Give the entry $q_{i,j}$ in terms of $a$ and $\tilde d$ (in Python `a[i,j]` and `d[i]`).",
            answer=Answer(
                robustness.propagation,
                symbols={
                    "d": Symbol(("n",), "positive", r"\tilde{d}"),
                    "delta": Symbol(("n", "n"), "kronecker", r"\delta"),
                },
            ),
            marks=2,
            mistakes=(
                Mistake(
                    r"\frac{a_{i,j}}{\sqrt{\tilde{d}_i} \sqrt{\tilde{d}_j}}",
                    "Every node also hears itself.",
                    keeps=1,
                    id="dropped-path",
                ),
                Mistake(
                    r"\frac{a_{i,j} + [i = j]}{\tilde{d}_i \tilde{d}_j}",
                    "The exponent of the diagonal matrices is not $-1$.",
                    keeps=1,
                    id="missing-root",
                ),
                Mistake(
                    r"\frac{a_{i,j} + [i = j]}{\tilde{d}_i}",
                    "That divides rows alone; here both ends of an edge count.",
                    keeps=1,
                    id="wrong-normaliser",
                ),
            ),
            hints=(
                "A diagonal matrix on the left multiplies rows, on the right columns.",
                "Row $i$ is multiplied by $\\tilde d_i^{-1/2}$, column $j$ by $\\tilde d_j^{-1/2}$.",
            ),
        ),
        "b": Part(
            ask="Three nodes are joined: node << 1 if star else 2 >> with each of the other two, which are not joined with each other. Give the matrix $q$, to four decimals.",
            answer=lambda p: Values(
                GRAPH, graph(p), "Q", digits=4, latex={"A": "a", "d": r"\tilde d", "Q": "q"}, shown=("d", "Q")
            ),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m[i,j] := B[i,j]/d[i] + 0*y[i]"),
                    "Each row adds up to 1 now; but both ends of an edge shall count, and $q$ be symmetric.",
                    keeps=1,
                    id="wrong-normaliser",
                ),
                Mistake(
                    wrong(p, "m[i,j] := A[i,j]/sqrt((d[i] - 1)*(d[j] - 1)) + 0*y[i]"),
                    "The loops are missing, in the matrix and in the degrees.",
                    id="dropped-path",
                ),
            ),
            hints=(
                "Find the degrees first, loops included.",
                "An entry is 0 or one over the root of a product of two degrees.",
            ),
        ),
        "c": Part(
            ask="The nodes carry the signal $x = (<< a >>, << b >>, << c >>)$. Give $y = q x$, to four decimals.",
            answer=lambda p: Values(
                GRAPH, graph(p), "y", digits=4, latex={"A": "a", "d": r"\tilde d", "Q": "q"}, shown=("d", "Q", "y")
            ),
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m[i] := sum(B[i,j]*x[j], j)/d[i] + 0*y[i]"),
                    "That is the mean over each node and its neighbours.",
                    id="wrong-normaliser",
                ),
                Mistake(wrong(p, "m[i] := sum(B[i,j]*x[j], j) + 0*y[i]"), "Weigh by the degrees.", id="unnormalised"),
            ),
            hints=(
                "Each node adds up what it hears from itself and its neighbours.",
                r"Node $i$ gets $x_j/\sqrt{\tilde d_i \tilde d_j}$ from each node $j$ that it is joined to, and from itself with $j = i$.",
            ),
        ),
        "d": Part(
            ask="After two such steps, which nodes can have changed $y_i$?",
            answer=Choice(
                "those at most two edges away",
                "all nodes of any graph",
                "direct neighbours only",
                why="In each step a node reads itself and its direct neighbours; two steps reach the neighbours of the neighbours.",
            ),
            mistakes=(
                Mistake(
                    "direct neighbours only",
                    "In the second step neighbours pass on what they have heard.",
                    id="layer-early",
                ),
                Mistake("all nodes of any graph", "Take a long chain of nodes.", id="own-whole-graph"),
            ),
            hints=(
                "How far does one step reach?",
                "After the first step a node's neighbours hold what it said; what do they do with it in the second one?",
            ),
        ),
    },
)
