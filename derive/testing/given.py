"""What a formula's names are: shapes, domains, definitions and fixed values, as a test declares them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.calculus.affine import Affine
from derive.calculus.fields import Array
from derive.derivations.base import axis_size
from derive.verify.draw import DOMAINS, dims

_DOMAIN = re.compile(r"(?P<domain>[a-z_]+[0-9]?)\s*(?:\((?P<shape>[^()]*)\))?")
_SHAPE = re.compile(r"\(?\s*[A-Za-z_0-9]+(\s*,\s*[A-Za-z_0-9+\-* ]*)*\s*\)?")
SCALED = ("real", "nonzero", "positive", "nonnegative")
DRAWABLE = tuple(d for d in DOMAINS if d != "coordinate")


class BadTest(ValueError):
    """A test that says too little or too much: which name, and what to write."""


class Undeclared(BadTest):
    """A formula speaks of names that nothing declares."""


@dataclass(frozen=True)
class Given:
    """One name: drawn from its domain, or fixed, or what its definition makes of the others.

    Attributes:
        shape: dimension letters or numbers; None where nothing says it, or a definition does.
        definition: a text, or a function of tensors by name.
        kind: torch's type of what the code gets: a given array of integers stays one.
    """

    name: str
    shape: tuple[str, ...] | None = None
    domain: str = "real"
    latex: str = ""
    definition: Any = ""
    value: Array | None = None
    kind: str = "float64"

    @property
    def declared(self) -> dict[str, Any]:
        """The declaration that readers of formulas want (PROTOCOLS section 1)."""
        latex = {"latex": self.latex} if self.latex else {}
        return {"shape": list(self.shape or ()), "domain": self.domain, **latex}

    @property
    def axes(self) -> tuple[Affine, ...]:
        """The sizes of its axes."""
        return tuple(axis_size(a) for a in self.shape or ())

    def at(self, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """Its shape at some sizes."""
        return tuple(a.at(dims(sizes)) for a in self.axes)

    def drawn(self, sizes: Mapping[str, int], seed: int, scale: float = 1.0) -> Array:
        """Its value: the fixed one, or one drawn from its domain; the same for the same name, sizes and seed.

        Numbers of a domain that a scale keeps are multiplied by it.
        """
        if self.value is not None:
            return self.value
        text = f"{self.name}|{sorted(sizes.items())}|{seed}"
        found = np.asarray(DOMAINS[self.domain](np.random.default_rng(zlib.crc32(text.encode())), self.at(sizes)))
        return found * scale if self.domain in SCALED else found


def given_of(name: str, said: Any) -> Given:
    """What a test says of a name.

    Args:
        name: a Python identifier, as the code and the formula know it.
        said: a shape ``("n", "d")``; a domain with a shape, ``"onehot(n, k)"`` or ``"positive"``; a definition,
            ``"softmax(X @ W)"``; a number or an array, which is kept fixed; or the declaration of PROTOCOLS section 1.

    Raises:
        BadTest: it is none of these.

    >>> given_of("Y", "onehot(n, k)").shape, given_of("P", "softmax(X @ W)").definition, given_of("lr", 0.1).value
    (('n', 'k'), 'softmax(X @ W)', array(0.1))
    """
    if isinstance(said, Mapping):
        return _declared(name, said)
    if said is None or (isinstance(said, str) and not said.strip()):
        raise BadTest(f"given[{name!r}] says nothing; a number has the shape ()")
    if callable(said) and not hasattr(said, "detach"):
        raise BadTest(f"given[{name!r}] is a function; say its shape too: {{'shape': (…), 'definition': …}}")
    if isinstance(said, str):
        return _text(name, said.strip())
    if isinstance(said, tuple | list) and all(isinstance(a, str | int) for a in said):
        return Given(name, tuple(str(a) for a in said))
    try:
        plain = np.asarray(said.detach().cpu() if hasattr(said, "detach") else said)
        value = np.asarray(plain, dtype=float)
    except (TypeError, ValueError) as error:
        raise BadTest(f"given[{name!r}] is no shape, domain, definition, number or array: {said!r}") from error
    if np.iscomplexobj(plain):
        raise BadTest(f"given[{name!r}] is complex: only real numbers are compared")
    kind = {"b": "bool", "i": "int64", "u": "int64"}.get(plain.dtype.kind, "float64") if plain.ndim else "float64"
    return Given(name, tuple(str(n) for n in value.shape), value=value, kind=kind)


def _declared(name: str, said: Mapping[str, Any]) -> Given:
    unknown = set(said) - {"shape", "domain", "latex", "definition"}
    if unknown:
        raise BadTest(
            f"given[{name!r}] does not know {', '.join(sorted(unknown))}: shape, domain, latex, definition do."
        )
    definition = said.get("definition") or ""
    shape = None if definition and "shape" not in said else tuple(str(a) for a in said.get("shape", ()))
    domain = str(said.get("domain", "real"))
    return Given(name, shape, _known(name, domain), str(said.get("latex", "")), definition)


def _text(name: str, said: str) -> Given:
    domain = _DOMAIN.fullmatch(said)
    if domain and domain["domain"] in DRAWABLE:
        return Given(name, tuple(_listed(domain["shape"] or "")), domain["domain"])
    if _SHAPE.fullmatch(said) and (said.startswith("(") or "," in said or said.isidentifier()):
        return Given(name, tuple(_listed(said.strip("()"))))
    return Given(name, None, definition=said)


def _listed(text: str) -> Iterator[str]:
    return (a.strip() for a in text.split(",") if a.strip())


def _known(name: str, domain: str) -> str:
    if domain not in (*DRAWABLE, "derived"):
        raise BadTest(f"given[{name!r}]: no values can be drawn from {domain!r}; known are {', '.join(DRAWABLE)}.")
    return domain
