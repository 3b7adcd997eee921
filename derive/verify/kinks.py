"""How near a run of torch code comes to a kink: a place where relu, abs, max, a clamp or a comparison changes its branch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NEAR = 1e-7
AT_ZERO = ("relu", "relu_", "abs", "absolute", "__abs__", "sign", "leaky_relu", "prelu", "threshold")
BETWEEN = ("maximum", "minimum", "fmax", "fmin", "l1_loss")
COMPARED = ("gt", "lt", "ge", "le", "__gt__", "__lt__", "__ge__", "__le__", "greater", "less")
LARGEST = ("max", "amax", "min", "amin")
CLAMPS = ("clamp", "clamp_min", "clamp_max", "clip", "hardtanh", "relu6")


@dataclass(frozen=True, slots=True)
class Kink:
    """The function whose branch is nearest to changing, and how far its argument is from that."""

    function: str
    distance: float


def nearest_kink(torch: Any, call: Callable[[], Any]) -> tuple[Any, Kink | None]:
    """The value of a call, and the nearest kink that it passes; None where there is none on the way.

    Only functions of what is differentiated count. Ties inside pooling and sorting are not looked for.
    """
    met: list[Kink] = []

    class Watch(torch.overrides.TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(
            self, function: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
        ) -> Any:
            name = getattr(function, "__name__", "")
            if any(getattr(a, "requires_grad", False) for a in args):
                met.extend(Kink(name.strip("_"), d) for d in _distances(torch, name, args, kwargs or {}))
            return function(*args, **(kwargs or {}))

    with Watch():
        value = call()
    return value, min(met, key=lambda k: k.distance, default=None)


def _distances(torch: Any, name: str, args: Sequence[Any], more: Mapping[str, Any]) -> Iterator[float]:
    first, second = args[0], args[1] if len(args) > 1 else more.get("other", more.get("target"))
    if name in AT_ZERO:
        yield from _least([first])
    elif name in (*BETWEEN, *COMPARED) or (name in LARGEST and torch.is_tensor(second)):
        yield from _least([first - second])
    elif name in LARGEST:
        yield from _least(_lead(first, more.get("dim", second), name.endswith("max")))
    elif name in CLAMPS:
        yield from _least(first - edge for edge in _edges(name, args, more))


def _least(gaps: Iterable[Any]) -> Iterator[float]:
    yield from (float(g.detach().abs().min()) for g in gaps if g.numel())


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
