"""Whether a formula is the gradient of somebody's code, and if it is not, how far and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, cycle
from typing import Any

import numpy as np

from derive.calculus.affine import Affine
from derive.derivations.base import Derivation
from derive.notation.asked import Asked, UnfitSide
from derive.notation.derivative_sides import TURNED, equations
from derive.testing.beyond import far_sizes, far_worlds, grown, not_shown, other_sides
from derive.testing.code import ASKS, Code, parameters_named, spoken_names
from derive.testing.definitions import fitting, shaped, symbols_of
from derive.testing.differences import TOLERANCE, World, leveled, same, vanishes
from derive.testing.explanations import explanations
from derive.testing.formula import Formula, formula_of
from derive.testing.given import BadTest, Given, given_of
from derive.testing.question import (
    KINKS,
    Question,
    insist_on_device,
    insist_on_sizes,
    of_module,
    said_settings,
    search_of,
    tried_settings,
)
from derive.testing.report import GradientReport, written_sizes
from derive.testing.shapes import lying
from derive.testing.trust import doubts, mistaken
from derive.testing.value_sides import insist_on_value, named_value
from derive.verify.oracle import device_named

SCALES = (0.1, 10.0)
INSIDE = "No factor, slope or transpose mends it. What a function does inside is not tried: give a text for that."


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
        draws: draws for each setting; as many again have real inputs ten times smaller and larger, so that clamps and
            conditions are met on both sides.
        seed: where the draws begin; the same seed gives the same draws.
        device: ``cpu``, ``cuda``, or ``auto``.

    Raises:
        BadTest: formula, names and code do not go together; the message says what to write.

    >>> from derive.testing import check_gradient
    >>> print(check_gradient("w", of=lambda w: (w * w).sum(), wrt="w", given={"w": ("n",)}, device="cpu"))
    the formula for the derivative in w is not that of <lambda>
      read as: w[i]
      smallest case that shows it: n = 1 (seed 0, cpu, float64)
      1 of 1 entries differ (indices count from 0):
               [0]   formula -0.51941678   torch -1.0388336   torch = 2 × formula
      It matches after a factor 2.
    """
    __tracebackhide__ = True
    if asks not in ASKS:
        raise BadTest(f"asks={asks!r} is none of {', '.join(ASKS)}")
    if kinks not in KINKS:
        raise BadTest(f"kinks={kinks!r} is none of {', '.join(KINKS)}")
    if draws < 1:
        raise BadTest("draws is at least 1: nothing would be compared")
    insist_on_device(device)
    where = [where] if isinstance(where, str) else where
    asked = "vjp" if cotangent and asks == "gradient" else asks
    wrt = wrt.replace(".", "_")
    code = _code(of, formula, wrt, given or {}, parameters or {})
    code.insist_on(wrt)
    if code.parameters and not isinstance(formula, Derivation):
        given = {**code.declared(), **(given or {})}
    several = [dict(sizes)] if isinstance(sizes, Mapping) else [dict(s) for s in sizes]
    report: GradientReport | None = None
    side = Asked(wrt, asked, {}, {*code.parameters, *code.wanted()})
    formula, value = named_value(formula, replace(side, names=_given(given)))
    for claim in _claims(formula, given, side):
        whole, made = _names(claim, given, wrt, syntax, index_base)
        if asked == "vjp" and cotangent not in whole:
            raise BadTest("a vector-Jacobian product needs its cotangent: cotangent='G' and its shape in given")
        read = formula_of(claim, syntax, whole, wrt, index_base)
        due = isinstance(claim, str) and claim.endswith(TURNED) and not formula.rstrip().endswith(TURNED)
        question = Question(read, code, wrt, whole, made, asked, cotangent, device_named(device), kinks, row_due=due)
        for one in several:
            insist_on_sizes(whole, one)
        fixed = several[0] if len(several) == 1 else {}
        question = replace(
            question,
            search=search_of(whole, where, {**fixed, **of_module(code, whole)}),
            several=several if len(several) > 1 else (),
        )
        tried = said_settings(question) if question.several else tried_settings(question)
        insist_on_value(question, value, tried[:2], seed, index_base)
        question = question.with_literal(tried[-1], seed)
        far = far_sizes(question, [claim, code.function, *(g.definition for g in _given(given).values())])
        report = _checked(question, tried, far, draws, seed)
        if not report.ok:
            break
    assert report is not None
    return report


def _code(of: Any, formula: Any, wrt: str, given: Mapping[str, Any], parameters: Mapping[str, str]) -> Code:
    """The code, with those of a module's parameters of which formula and definitions speak."""
    named = {n.replace(".", "_"): p for n, p in parameters.items()}
    spoken = spoken_names(formula, *given.values()) if not isinstance(formula, Derivation) else set()
    return Code(of, {**parameters_named(of, {*given, *spoken, wrt} - named.keys()), **named})


def _claims(formula: Any, given: Mapping[str, Any] | None, asked: Asked) -> list[Any]:
    """What is compared: each side of an equation that is not the derivative itself."""
    if not isinstance(formula, str):
        return [formula]
    names = _given(given)
    also = {n for n, g in names.items() if g.definition == asked.wrt}
    try:
        return list[Any](equations(formula, replace(asked, names=names, also=also)))
    except UnfitSide as error:
        raise BadTest(str(error)) from None


def _names(
    formula: Any, given: Mapping[str, Any] | None, wrt: str, syntax: str, index_base: int
) -> tuple[dict[str, Given], dict[str, Formula]]:
    """The names with their shapes, and how the defined ones are computed."""
    if isinstance(formula, Derivation) and not given:
        return symbols_of(formula)
    names = _given(given)
    return shaped(names if wrt in names else fitting(formula, syntax, names, wrt, index_base), index_base)


def _given(given: Mapping[str, Any] | None) -> dict[str, Given]:
    return {n: _named(given_of(n, said), given or {}) for n, said in (given or {}).items()}


def _named(found: Given, given: Mapping[str, Any]) -> Given:
    """What looks like a vector's shape is a definition where it is another name: ``"X": "input"``."""
    (only, *more) = found.shape or ("",)
    another = not more and only in given and isinstance(given[found.name], str)
    return Given(found.name, None, definition=only) if another else found


def _checked(
    question: Question, tried: Sequence[Mapping[str, int]], far: Sequence[Mapping[str, int]], draws: int, seed: int
) -> GradientReport:
    worlds = [w for sizes in tried for k in range(draws) for w in question.worlds(sizes, seed + k)]
    worlds += [w for sizes in tried for k, scale in _scaled(draws) for w in question.worlds(sizes, seed + k, scale)]
    worlds += [one for w in worlds[: len(tried)] if w.scale == 1 for one in question.enlarged(w)]
    beyond = list(far_worlds(question, far, seed))
    worlds += (w for w in beyond if isinstance(w, World))
    worlds += other_sides(question, tried, seed, worlds)
    if all(vanishes(w.torch) for w in worlds):
        raise BadTest(
            f"torch's derivative of {question.code.name} in {question.wrt} is 0 at every draw: nothing is compared"
        )
    for world in worlds:
        if world.scale == 1 and not np.isfinite(world.torch).all():
            at = f"at {written_sizes(world.sizes)} (seed {world.seed})"
            raise BadTest(f"torch's derivative is not finite {at}: {_finite_elsewhere(world, worlds)}")
    found = [(w, question.ours(w)) for w in leveled(worlds)]
    doubted = list(mistaken(question, found))
    found = [(w, ours) for w, ours in found if not any(w is one for one in doubted)]
    worlds = [w for w, _ in found]
    worst = max(w.error(ours) for w, ours in found)
    report = GradientReport(
        worst <= TOLERANCE, question.wrt, question.code.name, question.formula.reading, tuple(tried), draws, seed,
        question.device, worst, unseen=(*not_shown(question, worlds, beyond), *doubts(doubted)),
        far=tuple(sizes for sizes in far if any(isinstance(w, World) and w.sizes == sizes for w in beyond)),
    )  # fmt: skip
    return report if report.ok else _explained(report, question, worlds)


def _finite_elsewhere(world: World, worlds: Sequence[World]) -> str:
    """What to write where a derivative is not finite: larger sizes, if these alone have none, or another domain."""
    others = [w for w in worlds if w.plain and w.sizes != world.sizes]
    low = [n for n, v in world.sizes.items() if v == 1]
    if low and others and all(np.isfinite(w.torch).all() for w in others):
        return f"leave such sizes out, as in where={[f'{n} >= 2' for n in low]}"
    return "draw from another domain, such as 'positive(n)' for ('n',)"


def _scaled(draws: int) -> Iterator[tuple[int, float]]:
    """Further seeds, each with the factor of its real inputs."""
    return zip(range(draws, 2 * draws + 1), cycle(SCALES), strict=False)


def _explained(report: GradientReport, question: Question, worlds: Sequence[World]) -> GradientReport:
    axes = {n: g.axes for n, g in question.names.items()}
    first, shown = _shown(question, worlds, report.seed)
    plain = [w for w in worlds if w.plain]  # where factors are exact
    tried = worlds if all(w.agrees(question.ours(w)) for w in plain) else plain
    with np.errstate(all="ignore"):  # what overflows mends nothing
        why = tuple(_random(question, plain)) or _mending(question, tried, axes, [w for w in worlds if not w.plain])
    why = why or tuple(_of_another_name(question, worlds)) or ((INSIDE,) if question.formula.body is None else ())
    return replace(report, first=first, failure=(shown, question.ours(shown)), explanations=why)


def _mending(
    question: Question, worlds: Sequence[World], names: Mapping[str, tuple[Affine, ...]], others: Sequence[World]
) -> tuple[str, ...]:
    """Changes that would mend the formula; a row is told so, and then compared as the column that it should be."""
    flat = question.asks in ("gradient", "vjp")
    own = question.names[question.wrt].axes if flat else question.names[question.wrt].axes * 2
    if not question.lies:
        return explanations(question.formula, worlds, names, own, others)
    ours = [question.formula.values(w.arrays, w.sizes) for w in worlds]
    if all(w.agrees(o) for o, w in zip(ours, worlds, strict=True)):
        return (lying(question.wrt, right=True, due=question.row_due),)
    return (lying(question.wrt, due=question.row_due), *explanations(question.formula, worlds, names, own, others))


def _random(question: Question, worlds: Sequence[World]) -> Iterator[str]:
    """Whether the code gives something else when it is run again."""
    if not all(same(question.along(w, question.wrt), w.torch) for w in worlds):
        yield "The code gives another value each time: call eval(), or make its random numbers an argument."


def _shown(question: Question, worlds: Sequence[World], seed: int) -> tuple[World, World]:
    """The smallest case that fails, and the smallest that tells: a wrong shape if there is one, a derivative that is not 0."""
    shapes = any(question.ours(w).shape != w.torch.shape for w in worlds)
    least = worlds[0].least
    small = chain(
        (replace(w, least=least) for s in question.small() for w in question.worlds(s, seed)),
        grown(question, worlds),
    )
    first = None
    for world in (w for w in small if not w.agrees(question.ours(w))):
        first = first or world
        telling = question.ours(world).shape != world.torch.shape if shapes else not vanishes(world.torch, least)
        if telling:
            return first, world
    assert first is not None
    return first, first


def _of_another_name(question: Question, worlds: Sequence[World]) -> Iterator[str]:
    """Whether the formula is the derivative in another name of the code."""
    for name in question.others():
        if all(same(question.ours(w), question.along(w, name)) for w in worlds if w.plain):
            yield f"It is the derivative in {name}, not in {question.wrt}."


def assert_gradient(formula: Any, **how: Any) -> GradientReport:
    r"""Fail, with an explanation, unless a formula is the gradient of code; the arguments are `check_gradient`'s.

    Raises:
        AssertionError: the formula is not; the message shows where, by how much, and which change would mend it.
        BadTest: formula, names and code do not go together.
    """
    __tracebackhide__ = True
    try:
        report = check_gradient(formula, **how)
    except BadTest as error:
        raise BadTest(str(error)) from None  # without our own lines
    if not report.ok:
        raise AssertionError(str(report))
    return report
