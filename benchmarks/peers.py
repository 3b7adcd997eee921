"""The same tasks given to SymPy's matrix calculus, to SymPy's indexed sums and to tensorgrad, where it is installed.

A peer that raises, does not end or answers 0 says so in its cell: a refusal is a figure too.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import process_time
from types import FrameType
from typing import Any

import sympy
from networks import mlp, read

from derive.calculus.gradient import gradients
from derive.calculus.textbook import textbook
from derive.notation.index_text import to_text

LEAST_SQUARES = "r[i] := sum(X[i,j]*w[j], j) - y[i]\nL := sum(r[i]**2, i)"
CROSS_ENTROPY = "e[k] := exp(z[k])\ns := sum(e[k], k)\np[k] := e[k]/s\nL := -sum(y[k]*log(p[k]), k)"
DEPTHS = (1, 2, 3, 4)
Task = Callable[[], str]


class TookTooLong(Exception):
    """A peer's time is up."""


def tasks() -> dict[str, dict[str, Task | str]]:
    """Task → who does it → how; a string in place of a call says why not."""
    return {
        "least squares, in w": {
            "derive": _derive(LEAST_SQUARES, ["w"]),
            "SymPy matrices": _sympy_least_squares,
            "tensorgrad": _tensorgrad("least_squares"),
        },
        "softmax cross-entropy, in the logits": {
            "derive": _derive(CROSS_ENTROPY, ["z"]),
            "SymPy matrices": _sympy_cross_entropy,
            "tensorgrad": _tensorgrad("cross_entropy"),
        },
        **{
            f"MLP of {n} layers, in every weight and bias": {
                "derive": _derive(mlp(n), [f"{v}{k}" for k in range(1, n + 1) for v in "Wb"]),
                "SymPy matrices": lambda n=n: _sympy_matrix_mlp(n),
                "SymPy sums (W1 only)": lambda n=n: _sympy_sum_mlp(n),
                "tensorgrad": _tensorgrad("mlp", n),
            }
            for n in DEPTHS
        },
    }


def timed(task: Task | str, limit: float) -> dict[str, Any]:
    """Milliseconds of CPU time and length of the answer; or why there is none."""
    if isinstance(task, str):
        return {"reason": task}
    start = process_time()
    try:
        with time_limit(limit):
            answer = task()
    except TookTooLong:
        return {"reason": f"no answer within {limit:.0f} s"}
    except Exception as error:
        return {"reason": f"raises {type(error).__name__}: {error}"}
    if answer == "0":
        return {"reason": "answers 0, which is wrong"}
    return {"ms": (process_time() - start) * 1000, "characters": len(answer)}


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise after so many seconds of the processor, which no load shortens, where the system has such a timer."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise TookTooLong

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _derive(text: str, wrt: list[str]) -> Task:
    def task() -> str:
        found = textbook(gradients(read(text), wrt))
        return "\n".join(to_text(r.result) for n, r in found.adjoints.items() if n in (found.read or found.adjoints))

    return task


def _sympy_least_squares() -> str:
    n, d = sympy.symbols("n d", integer=True, positive=True)
    x, w, y = sympy.MatrixSymbol("X", n, d), sympy.MatrixSymbol("w", d, 1), sympy.MatrixSymbol("y", n, 1)
    residual = x * w - y
    return str((residual.T * residual).diff(w))


def _sympy_cross_entropy() -> str:
    n, u = sympy.Symbol("n", integer=True, positive=True), sympy.Symbol("u")
    z, y = sympy.MatrixSymbol("z", n, 1), sympy.MatrixSymbol("y", n, 1)
    whole = (sympy.OneMatrix(1, n) * z.applyfunc(sympy.Lambda(u, sympy.exp(u))))[0, 0]
    found = sympy.log(whole).diff(z)
    return "0" if found == sympy.ZeroMatrix(n, 1) else str(found - y)


def _sympy_matrix_mlp(depth: int) -> str:
    sizes = sympy.symbols(f"n0:{depth + 1}", integer=True, positive=True)
    u = sympy.Symbol("u")
    value, parameters = sympy.MatrixSymbol("x", sizes[0], 1), []
    for k in range(1, depth + 1):
        weights = sympy.MatrixSymbol(f"W{k}", sizes[k], sizes[k - 1])
        bias = sympy.MatrixSymbol(f"b{k}", sizes[k], 1)
        parameters += [weights, bias]
        value = (weights * value + bias).applyfunc(sympy.Lambda(u, sympy.tanh(u)))
    error = value - sympy.MatrixSymbol("y", sizes[depth], 1)
    return "\n".join(str((error.T * error).diff(p)) for p in parameters)


def _sympy_sum_mlp(depth: int) -> str:
    """One entry of the first layer's weights only, its sums done."""
    sizes = sympy.symbols(f"n0:{depth + 1}", integer=True, positive=True)

    def layer(k: int, q: sympy.Symbol) -> sympy.Expr:
        if k == 0:
            return sympy.IndexedBase("x")[q]
        j = sympy.Symbol(f"j{k}", integer=True)
        total = sympy.Sum(sympy.IndexedBase(f"W{k}")[q, j] * layer(k - 1, j), (j, 0, sizes[k - 1] - 1))
        return sympy.tanh(total + sympy.IndexedBase(f"b{k}")[q])

    q, a, b = sympy.symbols("q a b", integer=True)
    loss = sympy.Sum((layer(depth, q) - sympy.IndexedBase("y")[q]) ** 2, (q, 0, sizes[depth] - 1))
    return str(loss.diff(sympy.IndexedBase("W1")[a, b]).doit())


def _tensorgrad(task: str, *sizes: int) -> Task | str:
    try:
        import tensorgrad
        import tensorgrad.functions as functions
    except ImportError as error:
        return f"not installed ({error})"
    made = {"least_squares": _tensors_least_squares, "cross_entropy": _tensors_cross_entropy, "mlp": _tensors_mlp}

    def solve() -> str:
        loss, parameters = made[task](tensorgrad, functions, *sizes)
        return "\n".join(str(tensorgrad.Derivative(loss, p).full_simplify()) for p in parameters)

    return solve


def _tensors_least_squares(tensors: Any, functions: Any) -> tuple[Any, list[Any]]:
    n, d = sympy.symbols("n d")
    w = tensors.Variable("w", d)
    residual = tensors.Variable("X", n, d) @ w - tensors.Variable("y", n)
    return residual @ residual, [w]


def _tensors_cross_entropy(tensors: Any, functions: Any) -> tuple[Any, list[Any]]:
    k = sympy.Symbol("k")
    z = tensors.Variable("z", k)
    e = functions.exp(z)
    return -1 * (tensors.Variable("y", k) @ functions.log(e / functions.sum(e))), [z]


def _tensors_mlp(tensors: Any, functions: Any, depth: int) -> tuple[Any, list[Any]]:
    sizes = sympy.symbols(f"n0:{depth + 1}")
    value, parameters = tensors.Variable("x", sizes[0]), []
    for k in range(1, depth + 1):
        weights, bias = tensors.Variable(f"W{k}", sizes[k - 1], sizes[k]), tensors.Variable(f"b{k}", sizes[k])
        parameters += [weights, bias]
        value = functions.tanh(value @ weights + bias)
    error = value - tensors.Variable("y", sizes[depth])
    return error @ error, parameters
