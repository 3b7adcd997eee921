"""Where tensors are made: code that names no device follows the one that is asked for, its random draws too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

DRAWN = ("rand", "randn", "randint", "randperm")


@contextmanager
def on(torch: Any, device: str) -> Iterator[None]:
    """Within it, ``torch.eye(3)`` and the like are on the device; nothing is changed where they are anyway.

    Numbers of a generator that belongs to another device are drawn there and moved, so that a seed says the same anywhere.

    >>> import torch
    >>> with on(torch, "meta"):
    ...     torch.eye(3).device.type, torch.rand(2, generator=torch.Generator("cpu")).device.type
    ('meta', 'meta')
    """
    if torch.get_default_device().type == torch.device(device).type:
        yield
        return

    class Moved(torch.overrides.TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(
            self, function: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
        ) -> Any:
            given = dict(kwargs or {})
            source = given.get("generator")
            if source is None or getattr(function, "__name__", "") not in DRAWN:
                return function(*args, **given)
            return function(*args, **{**given, "device": source.device}).to(given.get("device") or device)

    with torch.device(device), Moved():
        yield


@contextmanager
def doubles(torch: Any) -> Iterator[None]:
    """Within it, floats that somebody's code makes itself have 64 bits."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)
