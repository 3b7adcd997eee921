"""Whether a formula is the gradient of somebody's code, and if it is not, how far and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np

from derive.calculus.fields import Array
from derive.derivations.base import Derivation
from derive.testing.code import ASKS, Code, parameters_named
from derive.testing.differences import TOLERANCE, World, error, same, vanishes
from derive.testing.explanations import explanations
from derive.testing.formula import Values, fitting, formula_of, shaped, symbols_of
from derive.testing.given import BadTest, Given, given_of
from derive.testing.question import KINKS, Question, of_module, said_settings, search_of, tried_settings
from derive.verify.oracle import device_named

SHOWN = 5


@dataclass(frozen=True)
class GradientReport:
    """What a check found.

    Attributes:
        ok: whether the formula is what torch computes, at every size and draw.
        wrt, code, reading: the name, the code's name, and the formula as it was understood.
        sizes: the sizes that were tried.
        draws, seed, device: how often each was drawn, from which seed, and where torch ran.
        error: the largest relative error.
        failure: the smallest world that shows a difference, with the formula's array; None where there is none.
        explanations: changes of the formula that make it agree everywhere.
        first: the smallest world that fails, where ``failure`` is a larger one that tells more.
    """

    ok: bool
    wrt: str
    code: str
    reading: str
    sizes: tuple[Mapping[str, int], ...]
    draws: int
    seed: int
    device: str
    error: float
    failure: tuple[World, Array] | None = None
    explanations: tuple[str, ...] = ()
    first: World | None = None

    def record(self) -> dict[str, Any]:
        """The same as a JSON object."""
        shown = self.failure
        return {
            "ok": self.ok, "wrt": self.wrt, "code": self.code, "reading": self.reading, "sizes": list(self.sizes),
            "draws": self.draws, "seed": self.seed, "device": self.device, "error": self.error,
            "failure": shown and {
                "sizes": shown[0].sizes, "formula": shown[1].tolist(), "torch": shown[0].torch.tolist()
            },
            "explanations": list(self.explanations),
        }  # fmt: skip

    def __str__(self) -> str:
        if self.ok:
            at = "; ".join(_sizes(s) for s in self.sizes)
            return f"∂/∂{self.wrt} of {self.code} is right (error {self.error:.1g}) at {at}, {self.draws} draws each"
        assert self.failure is not None
        return "\n".join(_told(self, *self.failure))


def _sizes(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{n} = {v}" for n, v in sizes.items()) or "its one size"


def _told(report: GradientReport, world: World, ours: Array) -> list[str]:
    lines = [
        f"the formula for the derivative in {report.wrt} is not that of {report.code}",
        f"  read as: {report.reading}",
        f"  smallest case that shows it: {_sizes(world.sizes)} (seed {world.seed}, {report.device}, float64)",
    ]
    if report.first is not None and report.first.sizes != world.sizes:
        why = ", where torch's derivative is 0" if vanishes(report.first.torch) else ""
        lines.append(f"  it fails from {_sizes(report.first.sizes)} on{why}")
    if ours.shape != world.torch.shape:
        lines.append(f"  the formula has the shape {ours.shape}, torch's derivative {world.torch.shape}")
    else:
        lines += _entries(ours, world.torch)
    lines += [f"  {text}" for text in report.explanations[:3]]
    if not report.explanations:
        lines.append("  No single change (sign, factor, mean for sum, transpose, missing slope, index) mends it.")
    return lines


def _entries(ours: Array, right: Array) -> list[str]:
    wrong = np.argwhere(np.abs(ours - right) > 1e-8 * max(1.0, np.abs(right).max()))
    lines = [f"  {len(wrong)} of {right.size} entries differ (indices count from 0):"]
    for place in map(tuple, wrong[:SHOWN]):
        a, b = float(ours[place]), float(right[place])
        ratio = f"   torch = {b / a:.6g} × formula" if a and abs(b) > 1e-12 * abs(a) else ""
        at = f"[{', '.join(map(str, place))}]" if place else "the value"
        lines.append(f"    {at:>10}   formula {a: .8g}   torch {b: .8g}{ratio}")
    return lines + ([f"    … and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else [])


def check_gradient(
    formula: Any,
    *,
    of: Any,
    wrt: str,
    given: Mapping[str, Any] | None = None,
    where: Sequence[str] = (),
    sizes: Mapping[str, int] | Sequence[Mapping[str, int]] = (),
    asks: str = "gradient",
    kinks: str = "avoid",
    cotangent: str = "",
    parameters: Mapping[str, str] | None = None,
    syntax: str = "auto",
    index_base: int = 1,
    draws: int = 3,
    seed: int = 0,
    device: str = "auto",
) -> GradientReport:
    r"""Compare a formula with what torch's autograd makes of code.

    Args:
        formula: LaTeX, Python, plain or index text, with or without its left side; a function of tensors; or a derivation.
        of: a torch function, called by the names of its parameters, or an ``nn.Module``.
        wrt: the name in which it is differentiated.
        given: what each name is (`derive.testing.given.given_of`); for a derivation its own symbols.
        where: constraints between sizes, such as ``"n >= k"``.
        sizes: sizes that are fixed, or the settings to check at.
        asks: ``gradient`` of a scalar, ``vjp`` (with ``cotangent``), ``jacobian`` (output axes first) or ``hessian``.
        kinks: ``avoid`` (draws on a kink of relu, abs, max, a clamp or a comparison are drawn again), ``both`` (formula and
            code are compared a little to either side of every draw) or ``exact`` (where torch's choice counts).
        cotangent: the name of the cotangent that arrives at an array's value.
        parameters: for a module: name in the formula → parameter; a name that is a parameter's own (``weight``, or
            ``fc_weight`` for ``fc.weight``) need not be said.
        syntax: of a formula given as text.
        index_base: the first index in LaTeX and in text.
        draws: draws for each setting.
        seed: where the draws begin; the same seed gives the same draws.
        device: ``cpu``, ``cuda``, or ``auto``.

    Raises:
        BadTest: formula, names and code do not go together; the message says what to write.

    >>> from derive.testing import check_gradient
    >>> print(check_gradient("w", of=lambda w: (w * w).sum(), wrt="w", given={"w": ("n",)}, device="cpu"))
    the formula for the derivative in w is not that of <lambda>
      read as: w
      smallest case that shows it: n = 1 (seed 0, cpu, float64)
      1 of 1 entries differ (indices count from 0):
               [0]   formula -0.51941678   torch -1.0388336   torch = 2 × formula
      It matches after a factor 2.
    """
    if asks not in ASKS:
        raise BadTest(f"asks={asks!r} is none of {', '.join(ASKS)}")
    if kinks not in KINKS:
        raise BadTest(f"kinks={kinks!r} is none of {', '.join(KINKS)}")
    if draws < 1:
        raise BadTest("draws is at least 1: nothing would be compared")
    asked = "vjp" if cotangent and asks == "gradient" else asks
    code = Code(of, {**parameters_named(of, given or {}), **(parameters or {})})
    whole, made = _names(formula, given, wrt, syntax, index_base)
    if asked == "vjp" and cotangent not in whole:
        raise BadTest("a vector-Jacobian product needs its cotangent: cotangent='G' and its shape in given")
    read = formula_of(formula, syntax, whole, wrt, index_base)
    question = Question(read, code, wrt, whole, made, asked, cotangent, device_named(device), kinks)
    several = [dict(sizes)] if isinstance(sizes, Mapping) else [dict(s) for s in sizes]
    fixed = several[0] if len(several) == 1 else {}
    question = replace(question, search=search_of(whole, where, {**fixed, **of_module(code, whole)}))
    return _checked(
        question, said_settings(question, several) if len(several) > 1 else tried_settings(question), draws, seed
    )


def _names(
    formula: Any, given: Mapping[str, Any] | None, wrt: str, syntax: str, index_base: int
) -> tuple[dict[str, Given], dict[str, Values]]:
    """The names with their shapes, and how the defined ones are computed."""
    if isinstance(formula, Derivation) and not given:
        return symbols_of(formula)
    names = {n: _named(given_of(n, said), given or {}) for n, said in (given or {}).items()}
    return shaped(names if wrt in names else fitting(formula, syntax, names, wrt, index_base), index_base)


def _named(found: Given, given: Mapping[str, Any]) -> Given:
    """What looks like a vector's shape is a definition where it is another name: ``"X": "input"``."""
    (only, *more) = found.shape or ("",)
    another = not more and only in given and isinstance(given[found.name], str)
    return Given(found.name, None, definition=only) if another else found


def _checked(question: Question, tried: Sequence[Mapping[str, int]], draws: int, seed: int) -> GradientReport:
    worlds = [w for sizes in tried for k in range(draws) for w in question.worlds(sizes, seed + k)]
    worst = max(error(question.ours(w), w.torch) for w in worlds)
    report = GradientReport(
        worst <= TOLERANCE, question.wrt, question.code.name, question.formula.reading, tuple(tried), draws, seed,
        question.device, worst,
    )  # fmt: skip
    return report if report.ok else _explained(report, question, worlds)


def _explained(report: GradientReport, question: Question, worlds: Sequence[World]) -> GradientReport:
    axes = {n: g.axes for n, g in question.names.items()}
    why = explanations(question.formula, worlds, axes) or tuple(_of_another_name(question, worlds))
    first, shown = _shown(question, worlds, report.seed)
    return replace(report, first=first, failure=(shown, question.ours(shown)), explanations=why)


def _shown(question: Question, worlds: Sequence[World], seed: int) -> tuple[World, World]:
    """The smallest case that fails, and the smallest that tells: a wrong shape if there is one, a derivative that is not 0."""
    shapes = any(question.ours(w).shape != w.torch.shape for w in worlds)
    small = chain((w for sizes in question.small() for w in question.worlds(sizes, seed)), worlds)
    first = None
    for world in (w for w in small if not same(question.ours(w), w.torch)):
        first = first or world
        telling = question.ours(world).shape != world.torch.shape if shapes else not vanishes(world.torch)
        if telling:
            return first, world
    assert first is not None
    return first, first


def _of_another_name(question: Question, worlds: Sequence[World]) -> Iterator[str]:
    """Whether the formula is the derivative in another name of the code."""
    for name in question.others():
        if all(same(question.ours(w), question.along(w, name)) for w in worlds):
            yield f"It is the derivative in {name}, not in {question.wrt}."


def assert_gradient(formula: Any, **how: Any) -> GradientReport:
    r"""Fail, with an explanation, unless a formula is the gradient of code; the arguments are `check_gradient`'s.

    Raises:
        AssertionError: the formula is not; the message shows where, by how much, and which change would mend it.
        BadTest: formula, names and code do not go together.
    """
    __tracebackhide__ = True
    report = check_gradient(formula, **how)
    if not report.ok:
        raise AssertionError(str(report))
    return report
