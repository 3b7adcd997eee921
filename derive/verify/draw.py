"""Values for a derivation's inputs, drawn in 64-bit floats from their declared domains.

A domain's function takes a shape with any number of axes in front: they number draws.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

import numpy as np

from derive.calculus.affine import Letter
from derive.calculus.fields import Array
from derive.derivations.base import MESH, Derivation, Symbol, axis_size

Draw = Callable[[np.random.Generator, tuple[int, ...]], Array]


def _spd(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    a = rng.normal(size=shape)
    return np.asarray(a @ a.swapaxes(-1, -2) / shape[-1] + np.eye(shape[-1]))


def _softmax(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    e = np.exp(rng.normal(size=shape))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def _onehot(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return np.eye(shape[-1])[rng.integers(shape[-1], size=shape[:-1])]


def _symmetric(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    a = rng.normal(size=shape)
    return np.asarray(a + a.swapaxes(-1, -2))


def _coordinate(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return np.broadcast_to((np.arange(shape[-1]) - (shape[-1] - 1) / 2) * MESH, shape).copy()


DOMAINS: dict[str, Draw] = {
    "real": lambda rng, s: rng.normal(size=s),
    "nonzero": lambda rng, s: rng.choice([-1.0, 1.0], size=s) * rng.uniform(0.3, 2, size=s),
    "positive": lambda rng, s: rng.uniform(0.2, 2, size=s),
    "nonnegative": lambda rng, s: rng.uniform(0, 2, size=s),
    "unit": lambda rng, s: rng.uniform(0.05, 0.95, size=s),
    "unit_sym": lambda rng, s: rng.uniform(-0.95, 0.95, size=s),
    "int": lambda rng, s: rng.integers(-5, 6, size=s).astype(float),
    "posint": lambda rng, s: rng.integers(1, 5, size=s).astype(float),
    "binary": lambda rng, s: rng.integers(0, 2, size=s).astype(float),
    "pm1": lambda rng, s: rng.choice([-1.0, 1.0], size=s),
    "prob": _softmax,
    "onehot": _onehot,
    "symmetric": _symmetric,
    "spd": _spd,
    "coordinate": _coordinate,
}


def shape_of(symbol: Symbol, sizes: Mapping[str, int]) -> tuple[int, ...]:
    """The sizes of a symbol's axes; KeyError names a dimension letter that has none."""
    return tuple(axis_size(n).at(dims(sizes)) for n in symbol.shape)


def draw(derivation: Derivation, sizes: Mapping[str, int], seed: int) -> dict[str, Array]:
    """A value for every symbol with a drawable domain that is not given; the same for the same name, sizes and seed."""
    return _drawn(derivation, sizes, seed, ())


def draw_many(derivation: Derivation, sizes: Mapping[str, int], seed: int, draws: int) -> dict[str, Array]:
    """As many draws at once, along a first axis: other values than `draw` gives, from the same domains."""
    return _drawn(derivation, sizes, seed, (draws,))


def _drawn(derivation: Derivation, sizes: Mapping[str, int], seed: int, lead: tuple[int, ...]) -> dict[str, Array]:
    text = f"{derivation.name}|{sorted(sizes.items())}|{seed}"
    rng = np.random.default_rng(zlib.crc32(text.encode()))
    return {
        name: np.asarray(DOMAINS[symbol.domain](rng, (*lead, *shape_of(symbol, sizes))))
        for name, symbol in derivation.symbols.items()
        if symbol.domain in DOMAINS and name not in sizes
    }


def dims(sizes: Mapping[str, int]) -> dict[Letter, int]:
    """Dimension letters with their sizes."""
    return {Letter(name): n for name, n in sizes.items()}
