"""The pytest plugin: derivations by name, sizes, and where torch runs; nothing heavy is imported until a test asks.

Marks: ``derivation("softmax-cross-entropy", …)`` runs a test once for each name and gives it as the fixture
``derivation``; ``sizes(n=[1, 4], d=[3])`` runs it at every combination and gives the fixture ``sizes``.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from derive.derivations.base import Derivation

MARKS = (
    "derivation(*names): run the test with each of these derivations of the catalogue as its fixture `derivation`",
    "sizes(**letters): run the test at every combination of these sizes, given as its fixture `sizes`",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--derive-device`` and ``--derive-bank``."""
    group = parser.getgroup("derive", "derivations and problems (derive-suite)")
    group.addoption("--derive-device", default="auto", help="where torch runs: cpu, cuda, or auto (default)")
    group.addoption(
        "--derive-bank", action="append", default=[], help="a folder of problems, in place of the shipped ones"
    )


def pytest_configure(config: pytest.Config) -> None:
    """The marks."""
    for mark in MARKS:
        config.addinivalue_line("markers", mark)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each name or combination of sizes."""
    names = metafunc.definition.get_closest_marker("derivation")
    if names is not None and "derivation" in metafunc.fixturenames:
        metafunc.parametrize("derivation", names.args, indirect=True)
    sizes = metafunc.definition.get_closest_marker("sizes")
    if sizes is not None and "sizes" in metafunc.fixturenames:
        every = [dict(zip(sizes.kwargs, v, strict=True)) for v in product(*sizes.kwargs.values())]
        metafunc.parametrize("sizes", every, ids=lambda s: "-".join(f"{n}{v}" for n, v in s.items()))


@pytest.fixture
def derivation(request: pytest.FixtureRequest) -> Derivation:
    """The derivation that the test's mark names."""
    from difflib import get_close_matches

    from derive.derivations.catalogue import catalogue

    name = getattr(request, "param", None)
    if name is None:
        pytest.fail("the fixture `derivation` wants @pytest.mark.derivation('a name of `derive list --derivations`')")
    if name not in catalogue():
        close = get_close_matches(name, catalogue(), 1)
        pytest.fail(f"there is no derivation {name!r}" + (f"; did you mean {close[0]!r}?" if close else ""))
    return catalogue()[name]


@pytest.fixture(scope="session")
def derive_device(request: pytest.FixtureRequest) -> Any:
    """The device of ``--derive-device``."""
    return request.config.getoption("--derive-device")
