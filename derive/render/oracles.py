"""What checks a derivation, in words: which operators of torch its oracle calls, read off the oracle's own code."""

from __future__ import annotations

import dis
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any

from derive.derivations.base import Derivation

_HOUSE = "derive.derivations."
_HANDLING = {
    *("Tensor", "arange", "as_tensor", "bool", "cat", "clone", "detach", "device", "empty", "eye", "float", "float64"),
    *(
        "full",
        "full_like",
        "inf",
        "int",
        "int64",
        "long",
        "meshgrid",
        "nn",
        "no_grad",
        "ones",
        "ones_like",
        "stack",
        "tensor",
    ),
    *("zeros", "zeros_like"),
}
_CHANCE = {"bernoulli", "multinomial", "normal", "poisson", "rand", "randint", "randn", "randperm"}
_EVERY = {"cartesian_prod", "combinations", "combinations_with_replacement", "permutations", "product"}


def operators(oracle: Any) -> tuple[str, ...]:
    """The names in torch that a function calls, itself or through helpers beside it, in order and without repetition.

    >>> operators(lambda torch, x: torch.nn.functional.relu(torch.stack([x])))
    ('nn.functional.relu', 'stack')
    """
    return tuple(dict.fromkeys(".".join(path) for code in _codes(oracle, set()) for path in _paths(code)))


def checked_by(d: Derivation) -> str:
    """The oracle of a derivation in words, for the catalogue's page."""
    given = [*(d.truth.values() if isinstance(d.truth, Mapping) else (d.truth,)), d.whole, d.equality, d.elsewhere]
    oracles = [g for g in given if g is not None]
    called = list(dict.fromkeys(name for oracle in oracles for name in operators(oracle)))
    words = {n for oracle in oracles for code in _codes(oracle, set()) for n in code.co_names}
    told = [_last(n) for n in called if not n.startswith(("autograd", "func.", "optim")) and _last(n) not in _HANDLING]
    used = {".".join(n.split(".")[:2]) for n in called if n.split(".")[0] == "optim"}
    steps = [f"`torch.{n}`, step by step" for n in sorted(used)]
    slopes = d.program is not None or any(n.startswith(("autograd", "func.")) for n in called)
    found = [
        *steps,
        "every case in turn" if words & _EVERY else "",
        "simulation" if words & _CHANCE else "",
        f"torch ({_few(told)})" if told else "" if steps else "torch's arithmetic",
        "torch's autograd" if slopes else "",
        "a case of equality" if d.equality is not None else "",
    ]
    return ", ".join(x for x in found if x)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _few(told: list[str], most: int = 6) -> str:
    names = sorted(set(told))  # Python's versions order the code of comprehensions differently
    return ", ".join(f"`{n}`" for n in names[:most]) + (", …" if len(names) > most else "")


def _codes(found: Any, seen: set[int]) -> Iterator[CodeType]:
    """The code of a function and of what it calls in the modules of derivations."""
    if isinstance(found, CodeType):
        yield found
        for inner in found.co_consts:
            if isinstance(inner, CodeType):
                yield from _codes(inner, seen)
        return
    found = getattr(found, "func", found)
    if not isinstance(found, FunctionType) or id(found) in seen or _foreign(found, seen):
        return
    seen.add(id(found))
    yield from _codes(found.__code__, seen)
    cells = [c.cell_contents for c in found.__closure__ or ()]
    used = dict.fromkeys(n for code in _codes(found.__code__, set()) for n in code.co_names)
    for value in (*cells, *(found.__globals__.get(n) for n in used)):
        yield from _codes(value, seen)


def _foreign(function: FunctionType, seen: set[int]) -> bool:
    return bool(seen) and not function.__module__.startswith(_HOUSE)


def _paths(code: CodeType) -> Iterator[tuple[str, ...]]:
    """The attributes that are read from the name ``torch``: ``nn``, ``functional``, ``relu``."""
    path: list[str] | None = None
    for line in dis.get_instructions(code):
        value = line.argval
        if path is not None and line.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            path.append(str(value))
            continue
        if path:
            yield tuple(path)
        last = value[-1:] if isinstance(value, tuple) else (value,)
        path = [] if "LOAD_" in line.opname and last == ("torch",) else None
