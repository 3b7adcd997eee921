"""What a proof may assume: domains of arrays, shapes, ranges of letters, relations between dimensions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from derive.calculus.affine import Affine, Letter
from derive.calculus.atoms import Bound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Names = frozenset[str]
NONE: Names = frozenset()
DOMAINS: dict[str, tuple[str, ...]] = {
    "positive": ("positive",),
    "posint": ("positive",),
    "unit": ("positive",),
    "nonnegative": ("nonnegative",),
    "symmetric": ("symmetric",),
    "spd": ("symmetric",),
    "binary": ("binary",),
    "pm1": ("pm1",),
    "prob": ("positive", "unit_sum"),
    "onehot": ("onehot", "binary", "unit_sum"),
    "unitvector": ("unit_vector",),
    "orthogonal": ("orthonormal_columns", "orthonormal_rows"),
    "orthcols": ("orthonormal_columns",),
}


@dataclass(frozen=True)
class Facts:
    """Hypotheses under which two expressions are compared. Every field only ever adds proofs.

    Attributes:
        positive: arrays whose entries are above 0; ``nonnegative``: at least 0.
        symmetric: arrays with ``H[.., i, j] = H[.., j, i]``.
        binary: entries 0 or 1; ``pm1``: entries 1 or −1; ``onehot``: rows with a single 1.
        unit_sum: the last axis sums to 1 (needs the shape); ``unit_vector``: its squares do.
        orthonormal_columns: ``Σ_k Q[k, i] Q[k, j] = [i = j]``; ``orthonormal_rows``: the same for ``Q[i, k]``.
        shapes: name → sizes; an entry outside reads as zero, so it implies guards.
        frame: the ranges of free letters.
        nonneg: affine values known not to be negative, such as ``N − K``.
        equal: letters with an affine value to put for them, such as ``T = N − K + 1``.
        dims: the free letters that are dimensions (at least 1); None: those that are in no entry's index.
    """

    positive: Names = NONE
    nonnegative: Names = NONE
    symmetric: Names = NONE
    binary: Names = NONE
    pm1: Names = NONE
    onehot: Names = NONE
    unit_sum: Names = NONE
    unit_vector: Names = NONE
    orthonormal_columns: Names = NONE
    orthonormal_rows: Names = NONE
    shapes: tuple[tuple[str, tuple[Affine, ...]], ...] = ()
    frame: tuple[Bound, ...] = ()
    nonneg: tuple[Affine, ...] = ()
    equal: tuple[tuple[Letter, Affine], ...] = ()
    dims: frozenset[Letter] | None = None

    @staticmethod
    def of(
        domains: Mapping[str, str] | None = None,
        shapes: Mapping[str, Sequence[Affine | Letter | int | str]] | None = None,
        frame: Iterable[Bound] = (),
        nonneg: Iterable[Affine] = (),
        equal: Mapping[Letter, Affine] | None = None,
    ) -> Facts:
        """Facts from a domain word a name (PROTOCOLS.md) and a shape a name; unknown words say nothing.

        >>> Facts.of({"p": "prob"}, {"p": ["n"]}).unit_sum
        frozenset({'p'})
        """
        found: dict[str, set[str]] = {}
        for name, domain in (domains or {}).items():
            for field in DOMAINS.get(domain, ()):
                found.setdefault(field, set()).add(name)
        sizes = ((name, tuple(Affine.of(n) for n in shape)) for name, shape in (shapes or {}).items())
        base = Facts(
            shapes=tuple(sorted(sizes, key=lambda pair: pair[0])),
            frame=tuple(frame),
            nonneg=tuple(nonneg),
            equal=tuple((equal or {}).items()),
        )
        sets = {field: frozenset(names) for field, names in found.items()}
        return replace(base, **sets)  # type: ignore[arg-type]

    @cached_property
    def shape(self) -> dict[str, tuple[Affine, ...]]:
        """Name → sizes, with the equal letters put in."""
        return {name: tuple(self.put(n) for n in sizes) for name, sizes in self.shapes}

    def put(self, value: Affine) -> Affine:
        """The affine value with every equal letter replaced."""
        return value.subs(dict(self.equal)) if self.equal else value

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(getattr(self, name) for name in self.__dataclass_fields__))

    def __hash__(self) -> int:
        return self._hash


NOTHING = Facts()
