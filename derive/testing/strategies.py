"""Hypothesis strategies: arrays of declared shapes and domains, over sizes that go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from derive.grading.relations import relation
from derive.testing.given import BadTest, given_of

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from derive.calculus.fields import Array


def arrays(
    given: Mapping[str, Any], *, where: Sequence[str] = (), largest: int = 4
) -> SearchStrategy[dict[str, Array]]:
    """A strategy of NumPy arrays by name: letters that are shared have one size, and values lie in their domains.

    Args:
        given: name → shape, or domain with a shape, as `derive.testing.given.given_of` reads them.
        where: constraints between sizes, such as ``"n >= k"``.
        largest: the largest size; a failing example shrinks towards sizes of 1.

    Raises:
        BadTest: a name has a definition in place of a shape, or no sizes meet the constraints.

    >>> from hypothesis import given, settings
    >>> @settings(max_examples=20, database=None)
    ... @given(arrays({"X": ("n", "d"), "w": ("d",), "p": "prob(n)"}))
    ... def test(drawn):
    ...     assert (drawn["X"] @ drawn["w"]).shape == drawn["p"].shape
    >>> test()
    """
    from hypothesis import strategies as st

    names = {n: given_of(n, said) for n, said in given.items()}
    defined = [n for n, g in names.items() if g.definition]
    if defined:
        raise BadTest(f"given[{defined[0]!r}]: a strategy draws arrays of a shape, and this is a definition")
    letters = sorted({x.name for g in names.values() for a in g.axes for x in a.letters})
    relations = [relation(text) for text in where]
    every = (dict(zip(letters, v, strict=True)) for v in product(range(1, largest + 1), repeat=len(letters)))
    fit = [
        s for s in every if all(r.holds(s) for r in relations) and all(n > 0 for g in names.values() for n in g.at(s))
    ]
    if not fit:
        raise BadTest(f"no sizes up to {largest} meet the constraints")
    fit.sort(key=lambda s: sum(s.values()))
    seeds = st.integers(0, 2**16)
    return st.builds(
        lambda sizes, seed: {n: g.drawn(sizes, seed) for n, g in names.items()}, st.sampled_from(fit), seeds
    )
