"""Momentum on a quadratic: when does it oscillate, and how fast does it settle?"""

from derive import Answer, Condition, Integers, Mistake, Part, Problem, Values
from derive.derivations.momentum import characteristic, complex_range, recurrence, spectral_radius

ERRORS = "e2 := (1 + B - k)*e1 - B*e0; e3 := (1 + B - k)*e2 - B*e1"
PAGE = {"e0": "e_0", "e1": "e_1", "e2": "e_2", "e3": "e_3", "B": r"\beta", "k": r"\rho\eta"}


def given(p):
    return {"e0": 16, "e1": 16, "B": p["B"] / 4, "k": p["k"] / 4}


def wrong(p, rule):
    return Values(f"{ERRORS}; {rule}", given(p), "q").typed()


problem = Problem(
    title="The heavy ball on a quadratic",
    topics=("optimisation", "momentum", "eigenvalues"),
    difficulty=3,
    params={"B": Integers(1, 3), "k": Integers(1, 3)},
    where=lambda p: p["B"] != p["k"],
    statement=r"""
A quadratic error is minimised by $w_{t+1} = w_t + \beta (w_t - w_{t-1}) - \rho \nabla E(w_t)$ with the learning rate $\rho > 0$ and the momentum $0 < \beta < 1$. Along an eigenvector of
the Hessian with the eigenvalue $\eta > 0$, the error that is left, $e_t$ (one number), is changed by its own past alone; two equal errors $e_0 = e_1$ are the start.
""",
    working=(recurrence, characteristic, complex_range, spectral_radius),
    parts={
        "a": Part(
            ask=r"Give $e_{t+1}$ in terms of $e_t$, $e_{t-1}$, $\rho$, $\beta$ and $\eta$, for $t \ge 1$.",
            answer=Answer(recurrence),
            marks=2,
            mistakes=(
                Mistake(r"(1 - \rho \eta) e_t", "That is gradient descent.", 0, "momentum-forgotten"),
                Mistake(
                    r"(1 + \beta - \rho \eta) e_t + \beta e_{t-1}",
                    "Momentum goes on from the last step, $w_t - w_{t-1}$.",
                    1,
                    "sign",
                ),
                Mistake(r"(1 + \beta + \rho \eta) e_t - \beta e_{t-1}", "A step goes against the gradient.", 1, "sign"),
                Mistake(
                    r"(1 - \rho \eta) e_t - \beta e_{t-1}",
                    r"The bracket $w_t - w_{t-1}$ holds $w_t$ too.",
                    1,
                    "dropped-path",
                ),
            ),
            hints=(
                r"Subtract the minimum on both sides and take the component along the eigenvector.",
                r"The gradient's component is $\eta e_t$.",
                r"So $e_{t+1} = e_t + \beta (e_t - e_{t-1}) - \rho \eta e_t$.",
            ),
        ),
        "b": Part(
            ask=r"With $\beta = << B/4 >>$, $\rho\eta = << k/4 >>$ and $e_0 = e_1 = 16$: give $e_3$, exactly.",
            answer=lambda p: Values(ERRORS, given(p), "e3", latex=PAGE, shown=("e2", "e3")),
            mistakes=lambda p: (
                Mistake(wrong(p, "q := e2"), "That is one step only.", 0, "off-by-one"),
                Mistake(wrong(p, "q := (1 - k)**2*e1"), "That is gradient descent.", 0, "momentum-forgotten"),
            ),
            hints=("Use (a) twice.", "First $e_2$ from $e_1$ and $e_0$, then $e_3$ from $e_2$ and $e_1$."),
        ),
        "c": Part(
            ask=r"The solutions go like $z^t$, where $z$ solves $z^2 - (1 + \beta - \rho\eta) z + \beta = 0$. For which $\rho\eta$ are the two roots complex, so that the error oscillates? Give a condition on $\eta\rho$ "
            r"between two bounds in $\beta$.",
            answer=Condition(complex_range, over={"rho": "positive", "eta": "positive", "beta": "unit"}),
            marks=2,
            mistakes=(
                Mistake(
                    r"0 < \eta \rho < (1 + \sqrt{\beta})^2",
                    "For a very small learning rate nothing oscillates.",
                    1,
                    "wrong-bound",
                ),
                Mistake(
                    r"(1 - \beta)^2 < \eta \rho < (1 + \beta)^2",
                    "Take the root of the discriminant's condition once more.",
                    1,
                    "missing-root",
                ),
                Mistake(
                    r"(1 - \sqrt{\beta})^2 > \eta \rho", "There both roots are real and positive.", 0, "complement"
                ),
            ),
            hints=(
                r"The discriminant is $(1 + \beta - \rho\eta)^2 - 4\beta$.",
                r"It is negative where $|1 + \beta - \rho\eta| < 2\sqrt\beta$.",
                r"$1 + \beta \mp 2\sqrt\beta$ is a square.",
            ),
        ),
        "d": Part(
            ask=r"Give the size $|z|$ of the roots where they are complex, in terms of $\beta$.",
            answer=Answer(spectral_radius),
            mistakes=(
                Mistake(r"\beta", "What is the product of the two roots?", 0, "missing-root"),
                Mistake(r"1 - \beta", "What is the product of the two roots?", 0, "complement"),
            ),
            hints=(
                "Complex roots of a real equation are conjugates: their product is $|z|^2$.",
                "The product is the equation's last coefficient.",
            ),
        ),
    },
)
