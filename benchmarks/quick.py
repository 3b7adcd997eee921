"""A minute's figures: gradients, canonical form, answers compared. Run: python benchmarks/quick.py."""

import platform
from time import perf_counter

from derive import compare
from derive.calculus.canonical import canonical
from derive.calculus.gradient import gradient
from derive.derivations.conv import filter_gradient_2d
from derive.derivations.networks import two_layers

SYMBOLS = {"x": {}, "s": {"shape": "function", "domain": "logistic", "latex": r"\sigma"}}
ANSWERS = 200


def milliseconds(call, times=5):
    """The fastest of several runs."""
    best = float("inf")
    for _ in range(times):
        start = perf_counter()
        call()
        best = min(best, perf_counter() - start)
    return best * 1000


def answers_per_second(shift):
    """New text every time: a right answer for shift 0, a wrong one otherwise."""
    start = perf_counter()
    for k in range(2, ANSWERS + 2):
        answer = rf"\frac{{{k + shift}e^{{-x}}}}{{{k}(1+e^{{-x}})^2}}"
        verdict = compare(r"\sigma(x)(1-\sigma(x))", answer, symbols=SYMBOLS).verdict
        if verdict != ("different" if shift else "equal"):
            raise AssertionError(f"{answer} is {verdict}")
    return ANSWERS / (perf_counter() - start)


def main():
    """Print the figures with the machine's."""
    print(f"{platform.machine()}, Python {platform.python_version()}")
    print(f"all gradients of a two-layer MLP, with trace: {milliseconds(all_gradients):.1f} ms")
    print(f"canonical form of conv2d dF: {milliseconds(lambda: canonical(filter_gradient_2d.result.result)):.2f} ms")
    print(f"right answers: {answers_per_second(0):.0f}/s")
    print(f"wrong answers: {answers_per_second(1):.0f}/s")


def all_gradients():
    """Reverse mode for each of the four parameters."""
    for name in ("V", "b", "W", "c"):
        gradient(two_layers, name)


if __name__ == "__main__":
    main()
