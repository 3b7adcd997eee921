"""Sinusoidal positions: a shift is a rotation, and dot products tell how far apart two places are."""

from derive import Answer, Integers, Mistake, Part, Problem, Values
from derive.derivations import positions

problem = Problem(
    title="Sinusoidal positions",
    topics=("attention", "positional encoding"),
    difficulty=2,
    params={"s": Integers(1, 6), "t": Integers(2, 9)},
    statement=r"""
Place $t$ of a sequence is encoded by $m$ sines and $m$ cosines of the frequencies $\omega_0, \dots, \omega_{m-1} > 0$. Counting from 0,

$$a_{t,k} = \sin(\omega_k t), \qquad b_{t,k} = \cos(\omega_k t), \qquad k = 0, \dots, m - 1.$$

Let $s \ge 0$ be a whole number, the shift.
""",
    working=(positions.shifted_sine, positions.encoding_product),
    parts={
        "a": Part(
            ask=r"Write $a_{s+t,k}$ in terms of $a_{t,k}$, $b_{t,k}$, $\omega_k$ and $s$, so that it is linear in the encoding of place $t$.",
            answer=Answer(positions.shifted_sine),
            marks=2,
            mistakes=(
                Mistake(
                    r"\cos(\omega_k s) a_{t,k} - \sin(\omega_k s) b_{t,k}",
                    "With this sign it is a shift back. Check the addition theorem.",
                    keeps=1,
                    id="sign",
                ),
                Mistake(
                    r"\sin(\omega_k s) a_{t,k} + \cos(\omega_k s) b_{t,k}",
                    "Try $s = 0$: nothing should change.",
                    keeps=1,
                    id="own-sine-cosine-swapped",
                ),
                Mistake(
                    r"a_{t,k} + \sin(\omega_k s)",
                    "The sine of a sum is not the sum of the sines.",
                    id="own-sine-linear",
                ),
            ),
            hints=(
                r"$\sin(\omega_k (s + t)) = \sin(\omega_k s + \omega_k t)$.",
                "The addition theorem gives two products of a sine and a cosine.",
            ),
        ),
        "b": Part(
            ask=r"Give the dot product of the encodings of the places $t$ and $s + t$, $d_t = \sum_{k=0}^{m-1} (a_{t,k}\, a_{s+t,k} + b_{t,k}\, b_{s+t,k})$, in terms of "
            r"$\omega$, $s$ and $m$ alone.",
            answer=Answer(positions.encoding_product),
            marks=3,
            mistakes=(
                Mistake(
                    r"\sum_{k=0}^{m-1} \sin(\omega_k s)",
                    "Try $s = 0$: then every pair gives $\\sin^2 + \\cos^2$.",
                    keeps=1,
                    id="own-sine-cosine-swapped",
                ),
                Mistake(
                    r"\sum_{k=0}^{m-1} \cos(2 \omega_k s)",
                    "The two angles differ by a single shift.",
                    keeps=1,
                    id="extra-sum",
                ),
                Mistake("m", "That is the dot product of a place with itself.", id="own-no-shift"),
            ),
            hints=(
                "Put (a), and the like for the cosine, in and multiply out.",
                r"The mixed terms cancel, and $a_{t,k}^2 + b_{t,k}^2 = 1$.",
            ),
        ),
        "c": Part(
            ask=r"A pair has the frequency $\omega = 1/10$. Give the $2 \times 2$ matrix $R$ with $(a_{s+t}, b_{s+t})^\top = R\, (a_t, b_t)^\top$ for $s = << s >>$, to four decimals.",
            answer=lambda p: Values(
                "dims i = 2, j = 2; R[i,j] := cos(w*s)*[i = j] + sin(w*s)*(j - i)",
                {"w": 0.1, "s": p["s"]},
                "R",
                digits=4,
                latex={"w": r"\omega"},
            ),
            marks=2,
            mistakes=(
                Mistake(
                    "[[cos(<< s/10 >>), -sin(<< s/10 >>)], [sin(<< s/10 >>), cos(<< s/10 >>)]]",
                    "The first row gives the sine: compare with (a). The minus sign belongs to the cosine.",
                    keeps=1,
                    id="missing-transpose",
                ),
                Mistake(
                    "[[cos(<< s/10 >>), sin(<< s/10 >>)], [sin(<< s/10 >>), cos(<< s/10 >>)]]",
                    "The addition theorem of the cosine has another sign: a rotation has the determinant 1.",
                    keeps=1,
                    id="sign",
                ),
            ),
            hints=("The first row holds the two factors of (a).", r"$\cos(u + v) = \cos u \cos v - \sin u \sin v$."),
        ),
    },
)
