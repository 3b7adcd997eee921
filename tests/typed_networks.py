"""Networks as somebody would type them, with what their inputs must satisfy: read from ``data/networks``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from derive import gradient
from derive.calculus.affine import Letter
from derive.render.gradient import Answer

FOLDER = Path(__file__).parent / "data" / "networks"
KEYS = ("shapes", "sizes", "given", "positive", "unit", "fix")
SETTINGS = ({"step": 0, "seed": 1}, {"step": 1, "seed": 2})


@dataclass(frozen=True)
class Network:
    """A program's text, and lines ``key: value`` about its inputs.

    ``shapes`` as `gradient` takes them; ``sizes`` numbers for letters; ``given`` hypotheses; ``positive`` and ``unit``
    (between 0 and 1) inputs; ``fix`` inputs that are ``one-hot`` in their last axis or ``spd`` matrices.
    """

    name: str
    text: str
    about: dict[str, str]

    @cached_property
    def answer(self) -> Answer:
        shapes = dict(tuple(x.strip() for x in part.split("=")) for part in self.split("shapes", ";"))
        return gradient(self.text, given=self.split("given", ";"), shapes=shapes)

    def split(self, key: str, mark: str = ",") -> list[str]:
        return [x.strip() for x in self.about.get(key, "").split(mark) if x.strip()]

    def dims(self, step: int) -> dict[str, int]:
        """Numbers for every letter of the shapes and for integer parameters."""
        said = {k: int(v) for k, v in (x.split("=") for x in self.split("sizes"))}
        source = self.answer.source
        letters = {x.name for s in source.shapes.values() for a in s for x in a.letters}
        ends = {x.name for d in source.definitions for b in d.letters for x in b.high.letters if not x.uid}
        chosen = {x: 2 + (3 * k + 5 * step) % 4 for k, x in enumerate(sorted(letters | ends))}
        return {**chosen, **said}

    def arrays(self, dims: dict[str, int], seed: int) -> dict[str, Any]:
        """Inputs in their domains."""
        rng, source = np.random.default_rng(seed), self.answer.source
        sizes = {Letter(k): v for k, v in dims.items()}
        found = {n: rng.normal(size=[a.at(sizes) for a in source.shapes[n]]) for n in source.inputs}
        for n in self.split("positive"):
            found[n] = np.abs(found[n]) + 0.3
        for n in self.split("unit"):
            found[n] = rng.uniform(0.1, 0.9, size=found[n].shape)
        for kind, n in (x.split() for x in self.split("fix")):
            found[n] = FIXES[kind](found[n])
        return found


def one_hot(x: Any) -> Any:
    """One at the largest entry of the last axis."""
    return (x == x.max(-1, keepdims=True)).astype(float)


def spd(x: Any) -> Any:
    """A symmetric positive definite matrix."""
    return x @ x.T + len(x) * np.eye(len(x))


FIXES = {"one-hot": one_hot, "spd": spd}


def read(text: str) -> list[Network]:
    """Networks from a text: ``== name``, then its lines."""
    found = []
    for block in text.split("== ")[1:]:
        name, *lines = block.strip().splitlines()
        about = [x.partition(":") for x in lines if x.split(":")[0] in KEYS]
        body = "\n".join(x for x in lines if x.split(":")[0] not in KEYS)
        found.append(Network(name.strip(), body, {k: v.strip() for k, _, v in about}))
    return found


NETWORKS = {n.name: n for path in sorted(FOLDER.glob("*.txt")) for n in read(path.read_text(encoding="utf-8"))}
FUNCTIONS = {f: [np.sin, np.cos, lambda z: -np.sin(z)] for f in ("phi", "f", "g")}
