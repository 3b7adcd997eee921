"""Problem Set 03, problem 6: a convolution, max pooling with overlaps and a mean squared error, forward and back in numbers."""

from derive import Integers, Mistake, Part, Problem, Values

SIDE = range(6)
LAYER = "O[i,j] := sum(X[i+u,j+v]*F[u,v], u=0..2, v=0..2); M[i,j] := amax(O[i+a,j+b], a=0..1, b=0..1); "
NETWORK = LAYER + "L := sum((M[i,j] - Y[i,j])**2, i, j)/9; F_new[u,v] := F[u,v] - alpha*F_bar[u,v]"
PAGE = {"alpha": r"\eta", "F_new": r"F^{\mathrm{new}}", "p": "a", "q": "b"}
SHEET = (
    (1, 7, -1, -7, 10, 11),
    (2, 8, 0, 0, 12, 13),
    (3, 9, 0, 0, 0, 0),
    (4, 10, -4, -10, 0, 0),
    (5, 11, -5, -11, 16, 17),
    (6, 12, -6, -12, 14, 15),
)


def pixels(p):
    return [[p[f"x{i}{j}"] for j in SIDE] for i in SIDE]


def given(p):
    return {
        "X": pixels(p),
        "F": [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
        "Y": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        "alpha": 0.0005,
    }


def asked(name, digits=None, shown=()):
    return lambda p: Values(NETWORK, given(p), name, digits=digits, latex=PAGE, shown=shown)


def wrong(p, rule, digits=None):
    """What a mistake gives: a rule for ``m``, put in after the right values."""
    return Values(f"{NETWORK}; {rule}", given(p), "m", digits=digits).typed()


def without_ties(p):
    """Whether each window has its maximum at one place only."""
    o = Values(LAYER, {k: v for k, v in given(p).items() if k in "XF"}, "O").every["O"]
    windows = ([o[i][j], o[i][j + 1], o[i + 1][j], o[i + 1][j + 1]] for i in range(3) for j in range(3))
    return all(window.count(max(window)) == 1 for window in windows)


problem = Problem(
    title="A convolutional network, forward and back in numbers",
    topics=("convolution", "max pooling", "backpropagation"),
    source="003_a2d52afd229cfba6.txt §6",
    difficulty=2,
    params={f"x{i}{j}": Integers(-6, 9) for i in SIDE for j in SIDE},
    where=without_ties,
    fixed={306: {f"x{i}{j}": SHEET[i][j] for i in SIDE for j in SIDE}},
    statement=r"""
An image $X$ goes through a filter $F$, then through max pooling; the result $M$ is compared with the target $Y$:

$$O_{i,j} = \sum_{u=1}^{3}\sum_{v=1}^{3} X_{i+u-1,\,j+v-1}\, F_{u,v}, \qquad
M_{i,j} = \max_{a,b \in \{1, 2\}} O_{i+a-1,\,j+b-1}, \qquad
L = \frac19 \sum_{i=1}^{3}\sum_{j=1}^{3} (M_{i,j} - Y_{i,j})^2.$$

The filter is applied without flipping it, wherever it fits. The windows of the pooling are $2 \times 2$ and one pixel apart, so they overlap;
in each of them the maximum stands at one place only. The numbers are

$$X = \begin{bmatrix}
<< x00 >> & << x01 >> & << x02 >> & << x03 >> & << x04 >> & << x05 >> \\
<< x10 >> & << x11 >> & << x12 >> & << x13 >> & << x14 >> & << x15 >> \\
<< x20 >> & << x21 >> & << x22 >> & << x23 >> & << x24 >> & << x25 >> \\
<< x30 >> & << x31 >> & << x32 >> & << x33 >> & << x34 >> & << x35 >> \\
<< x40 >> & << x41 >> & << x42 >> & << x43 >> & << x44 >> & << x45 >> \\
<< x50 >> & << x51 >> & << x52 >> & << x53 >> & << x54 >> & << x55 >>
\end{bmatrix}, \quad
F = \begin{bmatrix} 1 & 0 & -1 \\ 2 & 0 & -2 \\ 1 & 0 & -1 \end{bmatrix}, \quad
Y = \begin{bmatrix} 1 & 0 & 0 \\ 0 & 1 & 0 \\ 0 & 0 & 1 \end{bmatrix}.$$

Write a matrix by rows, `[[1, 2], [3, 4]]`; a factor in front is welcome, as in `2/9*[[1, 2], [3, 4]]`. All answers but the last are exact.
""",
    parts={
        "a": Part(
            ask="Give $O$.",
            answer=asked("O"),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m[i,j] := sum(X[i+u,j+v]*F[2-u,2-v], u=0..2, v=0..2)"),
                    "You flipped the filter; here it is applied as it stands.",
                    1,
                    id="flipped-kernel",
                ),
                Mistake(
                    wrong(p, "m[i,j] := sum(X[i+u,j+v]*F[v,u], u=0..2, v=0..2)"),
                    "You took the filter's rows for its columns.",
                    1,
                    id="missing-transpose",
                ),
            ),
            hints=(
                "Lay the filter onto the first three rows and columns of $X$, multiply and add.",
                "$O_{1,2}$ comes from the window one column further to the right; go on in this way, row by row.",
            ),
        ),
        "b": Part(
            ask="Give $M$.",
            answer=asked("M"),
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m[i,j] := sum(O[i+a,j+b], a=0..1, b=0..1)/4"),
                    "That is average pooling: take the largest.",
                    id="own-average-pooling",
                ),
                Mistake(
                    wrong(p, "dims k = 2; dims l = 2; m[k,l] := amax(O[2*k+a,2*l+b], a=0..1, b=0..1)"),
                    "The windows are one pixel apart, not two: there are nine of them.",
                    id="own-windows-apart",
                ),
            ),
            hints=(
                "Neighbouring windows share two pixels.",
                "$M_{1,1}$ is the largest of $O_{1,1}, O_{1,2}, O_{2,1}, O_{2,2}$; $M_{1,2}$ starts at $O_{1,2}$.",
            ),
        ),
        "c": Part(
            ask="Give the loss $L$.",
            answer=asked("L"),
            mistakes=lambda p: (
                Mistake(wrong(p, "m := 9*L"), "The sum is still to be divided by 9.", id="sum-for-mean"),
                Mistake(wrong(p, "m := L/2"), "There is no factor ½ in this loss.", id="lost-half"),
            ),
            hints=(
                "Take the squares of the entries of $M - Y$.",
                "Add up all nine of them, and look at the factor in front of the sum.",
            ),
        ),
        "d": Part(
            ask=r"Give $\partial L/\partial M$.",
            answer=asked("M_bar"),
            marks=2,
            mistakes=lambda p: (
                Mistake(wrong(p, "m[i,j] := M_bar[i,j]/2"), "The 2 of the square is lost.", 1, id="lost-two"),
                Mistake(wrong(p, "m[i,j] := 9*M_bar[i,j]"), "The mean's factor 1/9 is lost.", 1, id="sum-for-mean"),
                Mistake(
                    wrong(p, "m[i,j] := -M_bar[i,j]"), "The sign: it is $M - Y$ that grows with $M$.", 1, id="sign"
                ),
            ),
            hints=(
                r"Each entry of $M$ stands in one term of the sum.",
                "The square gives twice the difference $M_{i,j} - Y_{i,j}$, and the ninth in front of the sum stays.",
            ),
        ),
        "e": Part(
            ask=r"Give $\partial L/\partial O$.",
            answer=asked("O_bar"),
            marks=3,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "dims k = 4; dims l = 4; m[k,l] := sum(M_bar[k-a,l-b], a=0..1, b=0..1)"),
                    "Only the maximum of a window moves $M$; the other three pixels get nothing from it.",
                    1,
                    id="wrong-branch",
                ),
                Mistake(wrong(p, "m[i,j] := O_bar[i,j]/2"), "The 2 of the square is lost.", 2, id="lost-two"),
            ),
            hints=(
                "Each entry of $M$ is one entry of $O$: its gradient goes there.",
                "A pixel that is the maximum of several windows gets the gradients of all of them, added up.",
            ),
        ),
        "f": Part(
            ask=r"Give $\partial L/\partial F$.",
            answer=asked("F_bar"),
            marks=3,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m[u,v] := F_bar[2-u,2-v]"),
                    "The result is turned round by half a turn: $F_{u,v}$ meets $X_{i+u-1,j+v-1}$.",
                    1,
                    id="flipped-kernel",
                ),
                Mistake(
                    wrong(p, "dims k = 3; dims l = 3; m[k,l] := sum(O_bar[i,j]*X[i,j], i=0..3, j=0..3)"),
                    "The place in $X$ must move with $u$ and $v$.",
                    1,
                    id="index-shift",
                ),
            ),
            hints=(
                r"Lay $\partial L/\partial O$ onto $X$ as if it were a filter of size $4 \times 4$.",
                r"$\partial L/\partial F_{u,v} = \sum_{i,j} \partial L/\partial O_{i,j} \cdot X_{i+u-1,\,j+v-1}$; most terms are 0.",
            ),
        ),
        "g": Part(
            ask=r"Give $\partial L/\partial X$.",
            answer=asked("X_bar"),
            marks=3,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "dims k = 6; dims l = 6; m[k,l] := sum(O_bar[k-u,l-v]*F[2-u,2-v], u=0..2, v=0..2)"),
                    "The filter is turned round once too often: $F_{u,v}$ carries $\\partial L/\\partial O_{a-u+1,b-v+1}$ to $X_{a,b}$.",
                    1,
                    id="flipped-kernel",
                ),
                Mistake(
                    wrong(p, "m[p,q] := sum(O_bar[p+u,q+v]*F[u,v], u=0..2, v=0..2)"),
                    "The gradient has the size of $X$: go over the border of $\\partial L/\\partial O$, which counts as 0 there.",
                    1,
                    id="missing-padding",
                ),
            ),
            hints=(
                "Pixel $X_{a,b}$ goes into $O_{i,j}$ with the weight $F_{u,v}$ where $i + u - 1 = a$ and $j + v - 1 = b$.",
                r"Lay the filter, times $\partial L/\partial O_{i,j}$, onto an empty image with its corner at $(i, j)$, for each $(i, j)$, and add.",
            ),
        ),
        "h": Part(
            ask=r"Give the filter after one step of gradient descent with the learning rate $\eta = 0.0005$, to four decimals.",
            answer=asked("F_new", digits=4),
            marks=2,
            mistakes=lambda p: (
                Mistake(
                    wrong(p, "m[u,v] := F[u,v] + alpha*F_bar[u,v]", 4),
                    "A step goes against the gradient.",
                    1,
                    id="sign",
                ),
                Mistake(
                    wrong(p, "m[u,v] := F[u,v] - alpha*F_bar[u,v]/2", 4),
                    "The 2 of the square is lost.",
                    1,
                    id="lost-two",
                ),
            ),
            hints=(
                "Which way does gradient descent go?",
                "Take $\\eta$ times your answer to (f) off the old filter, entry by entry; round at the end.",
            ),
        ),
    },
)
