"""Others who say whether two formulas are equal: SymPy's ``simplify`` and ``equals``, and Math-Verify where installed.

They are given what they read: SymPy its own syntax, which saves it reading LaTeX; Math-Verify the LaTeX. A time limit,
an exception and a wrong verdict all count as no right verdict.
"""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from statistics import median
from time import process_time

import sympy
from peers import TookTooLong, time_limit
from questions import Question

Judge = Callable[[Question], bool | None]


def judged(judge: Judge | str, asked: Sequence[Question], right: bool, limit: float) -> str:
    """The middle time and the number of right verdicts; or why there is neither."""
    if isinstance(judge, str):
        return judge
    if judge is not derive and judge is not math_verify and asked[0].sympy is None:
        return "no words for it"
    costs, good = [], 0
    for question in asked:
        start = process_time()
        try:
            with time_limit(limit):
                good += judge(question) is right
        except TookTooLong:
            costs.append(limit * 1000)
        except Exception:
            costs.append((process_time() - start) * 1000)
        else:
            costs.append((process_time() - start) * 1000)
    return f"{median(costs):.1f} ms, {good} of {len(asked)}"


def derive(question: Question) -> bool | None:
    """Ours."""
    from derive.grading.compare import answer_request

    return {"equal": True, "different": False}.get(answer_request(question.request("q"))["verdict"])


def _sides(question: Question) -> tuple[sympy.Basic, sympy.Basic]:
    assert question.sympy is not None
    names = {n: sympy.Symbol(n, real=True) for n in question.symbols if n != "sigma"}
    first, second = (sympy.sympify(text, locals=names) for text in question.sympy)
    return first, second


def simplify(question: Question) -> bool:
    """Whether SymPy simplifies the difference to zero."""
    first, second = _sides(question)
    gap = sympy.simplify(first - second)
    return gap == sympy.zeros(*gap.shape) if isinstance(gap, sympy.MatrixBase) else gap == 0


def equals(question: Question) -> bool | None:
    """Whether SymPy says that they are equal, by its own trials."""
    first, second = _sides(question)
    found: bool | None = first.equals(second)
    return found


def math_verify(question: Question) -> bool:
    """Whether Math-Verify lets one stand for the other."""
    from math_verify import parse, verify

    first, second = (parse(f"${text}$", parsing_timeout=None) for text in (question.reference, question.answer))
    return bool(verify(first, second, timeout_seconds=None))


JUDGES: dict[str, Judge | str] = {
    "derive": derive,
    "SymPy simplify": simplify,
    "SymPy equals": equals,
    "Math-Verify": math_verify if find_spec("math_verify") else "not installed",
}
