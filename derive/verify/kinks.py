"""How near a run of torch code comes to a kink: a place where relu, abs, max, a clamp or a comparison changes its branch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NEAR = 1e-7
AT_ZERO = ("relu", "relu_", "abs", "absolute", "__abs__", "sign", "leaky_relu", "prelu", "threshold")
BETWEEN = ("maximum", "minimum", "fmax", "fmin", "l1_loss")
COMPARED = ("gt", "lt", "ge", "le", "__gt__", "__lt__", "__ge__", "__le__", "greater", "less")
LARGEST = ("max", "amax", "min", "amin")
CLAMPS = ("clamp", "clamp_min", "clamp_max", "clip", "hardtanh", "relu6")
Sides = Mapping[tuple[int, str], frozenset[bool]]


@dataclass(frozen=True, slots=True)
class Kink:
    """The function whose branch is nearest to changing, and how far its argument is from that."""

    function: str
    distance: float


@dataclass(frozen=True, slots=True)
class Course:
    """A run of code: its value, the nearest kink on the way if there is one, and which sides of each kink it was on.

    ``sides`` has an entry for each edge that the run met, by its number on the way and the function's name: whether what
    it looks at was above (True) or below.
    """

    value: Any
    kink: Kink | None
    sides: Sides


def course(torch: Any, call: Callable[[], Any], x: Any) -> Course:
    """Run code that is differentiated in ``x``, and note the kinks that it passes.

    Only functions of what is differentiated count. Two arguments of a maximum that are one and the same function of ``x``
    there are no kink. Ties inside pooling and sorting are not looked for.
    """
    met: list[tuple[str, Any, bool]] = []

    class Watch(torch.overrides.TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(
            self, function: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
        ) -> Any:
            name = getattr(function, "__name__", "")
            if any(getattr(a, "requires_grad", False) for a in args):
                two = _is_between(torch, name, args, kwargs or {})
                for gap, edge in _gaps(torch, name, args, kwargs or {}):
                    met.append((name.strip("_"), _apart(torch, gap, x) if two else gap.detach(), edge))
            return function(*args, **(kwargs or {}))

    with Watch():
        value = call()
    filled = [(name, gap, edge) for name, gap, edge in met if gap.numel()]
    kinks = (Kink(name, float(gap.abs().min())) for name, gap, _ in filled)
    sides = {(k, name): _sides(gap) for k, (name, gap, edge) in enumerate(filled) if edge}
    return Course(value, min(kinks, key=lambda k: k.distance, default=None), sides)


def _sides(gap: Any) -> frozenset[bool]:
    return frozenset(side for side, there in ((True, gap > 0), (False, gap < 0)) if bool(there.any()))


def _second(args: Sequence[Any], more: Mapping[str, Any]) -> Any:
    return args[1] if len(args) > 1 else more.get("other", more.get("target"))


def _is_between(torch: Any, name: str, args: Sequence[Any], more: Mapping[str, Any]) -> bool:
    """Whether a function takes the larger, the smaller or the distance of two arguments."""
    return name in BETWEEN or (name in LARGEST and torch.is_tensor(_second(args, more)))


def _gaps(torch: Any, name: str, args: Sequence[Any], more: Mapping[str, Any]) -> Iterator[tuple[Any, bool]]:
    """How far arguments are from each edge, and whether either side of it is another branch."""
    first, second = args[0], _second(args, more)
    if name in AT_ZERO:
        yield first, True
    elif name in COMPARED or _is_between(torch, name, args, more):
        yield first - second, True
    elif name in LARGEST:
        yield from ((lead, False) for lead in _lead(first, more.get("dim", second), name.endswith("max")))
    elif name in CLAMPS:
        yield from ((first - edge, True) for edge in _edges(name, args, more))


def _apart(torch: Any, gap: Any, x: Any) -> Any:
    """A difference without the entries that are 0 and stay so whichever way ``x`` moves."""
    tied = gap.detach().abs() <= NEAR
    if not gap.requires_grad or not bool(tied.any()):
        return gap.detach()
    weights = torch.linspace(1, 2, int(tied.sum()), dtype=gap.dtype, device=gap.device)  # so that slopes do not cancel
    (slope,) = torch.autograd.grad((gap[tied] * weights).sum(), x, retain_graph=True, allow_unused=True)
    still = slope is None or float(slope.abs().max()) < NEAR**2
    return gap.detach()[~tied] if still else gap.detach()


def _lead(values: Any, axis: Any, largest: bool) -> Iterator[Any]:
    """How far the first is ahead of the second; nothing where there is no second."""
    if axis is not None and not isinstance(axis, int):
        return
    flat = values.reshape(-1) if axis is None else values.movedim(axis, -1)
    if flat.dim() and flat.shape[-1] > 1:
        top = flat.detach().topk(2, dim=-1, largest=largest).values
        yield top[..., 0] - top[..., 1]


def _edges(name: str, args: Sequence[Any], more: Mapping[str, Any]) -> Iterator[Any]:
    standard = {"relu6": (0.0, 6.0), "hardtanh": (-1.0, 1.0)}.get(name, ())
    given = [*args[1:3], *(more[n] for n in ("min", "max", "min_val", "max_val") if n in more)]
    yield from (edge for edge in (given or standard) if edge is not None)
