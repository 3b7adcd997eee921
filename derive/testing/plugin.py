"""The pytest plugin: derivations by name, sizes, and where torch runs; nothing heavy is imported until a test asks.

Marks: ``derivation("softmax-cross-entropy", …)`` runs a test once for each name and gives it as the fixture
``derivation``; ``sizes(n=[1, 4], d=[3])`` runs it at every combination and gives the fixture ``sizes``.

``pytest --pyargs derive.testing`` runs `derive.testing.suite` over the installed copy, or over the folders that
``--derive-bank`` and ``--derive-derivations`` name.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from derive.derivations.base import Derivation

OWN_SEEDS = 3
SUITE = Path(__file__).parent / "suite"
MARKS = (
    "derivation(*names): run the test with each of these derivations of the catalogue as its fixture `derivation`",
    "sizes(**letters): run the test at every combination of these sizes, given as its fixture `sizes`",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """What ``--derive-…`` asks for."""
    group = parser.getgroup("derive", "derivations and problems (derive-suite)")
    group.addoption("--derive-device", default="auto", help="where torch runs: cpu, cuda, or auto (default)")
    group.addoption(
        "--derive-bank", action="append", default=[], metavar="DIR",
        help="with --pyargs derive.testing: a folder of problems, in place of the shipped ones",
    )  # fmt: skip
    group.addoption(
        "--derive-derivations", action="append", default=[], metavar="PATH",
        help="with --pyargs derive.testing: a file or folder of derivations, in place of the shipped ones",
    )  # fmt: skip
    group.addoption("--derive-seeds", type=int, metavar="N", help="variants of each problem, with all promises held")
    group.addoption("--derive-full", action="store_true", help="every setting, draw and mutant of each derivation")


def pytest_configure(config: pytest.Config) -> None:
    """The marks; a folder that is not there is misuse."""
    for mark in MARKS:
        config.addinivalue_line("markers", mark)
    for path in (*config.getoption("--derive-bank"), *config.getoption("--derive-derivations")):
        if not Path(path).exists():
            raise pytest.UsageError(f"there is no folder {path}")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The shipped tests run where they are asked for by name; walking over this package is not asking."""
    return True if collection_path == SUITE and not config.option.pyargs else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each name or combination of sizes."""
    names = metafunc.definition.get_closest_marker("derivation")
    if names is not None and "derivation" in metafunc.fixturenames:
        metafunc.parametrize("derivation", names.args, indirect=True)
    sizes = metafunc.definition.get_closest_marker("sizes")
    if sizes is not None and "sizes" in metafunc.fixturenames:
        every = [dict(zip(sizes.kwargs, v, strict=True)) for v in product(*sizes.kwargs.values())]
        metafunc.parametrize("sizes", every, ids=lambda s: "-".join(f"{n}{v}" for n, v in s.items()))
    for fixture, listed in (("any_derivation", _derivations), ("any_problem", _problems)):
        if fixture in metafunc.fixturenames:
            found = listed(metafunc.config)
            metafunc.parametrize(fixture, found.values(), ids=found.keys())


def _derivations(config: pytest.Config) -> dict[str, Derivation]:
    """Those that the options name; none where they name a bank only."""
    from derive.derivations.catalogue import catalogue, derivations_of

    named = config.getoption("--derive-derivations")
    if not named:
        return {} if config.getoption("--derive-bank") else catalogue()
    return {n: d for path in named for n, d in derivations_of(Path(path)).items()}


def _problems(config: pytest.Config) -> dict[str, tuple[str, Path]]:
    """Name → name and file; none where the options name derivations only."""
    from derive.bank.banks import files

    named = config.getoption("--derive-bank")
    if not named and config.getoption("--derive-derivations"):
        return {}
    return {n: (n, path) for n, path in files([Path(f) for f in named]).items()}


@pytest.fixture
def derivation(request: pytest.FixtureRequest) -> Derivation:
    """The derivation that the test's mark names."""
    from difflib import get_close_matches

    from derive.derivations.catalogue import catalogue

    name = getattr(request, "param", None)
    if name is None:
        pytest.fail(
            "the fixture `derivation` wants @pytest.mark.derivation('a name of `derive list --derivations`')",
            pytrace=False,
        )
    if name not in catalogue():
        close = get_close_matches(name, catalogue(), 1)
        told = f"there is no derivation {name!r}" + (f"; did you mean {close[0]!r}?" if close else "")
        pytest.fail(told, pytrace=False)
    return catalogue()[name]


@pytest.fixture(scope="session")
def derive_device(request: pytest.FixtureRequest) -> Any:
    """The device of ``--derive-device``."""
    return request.config.getoption("--derive-device")


@pytest.fixture(scope="session")
def derive_full(request: pytest.FixtureRequest) -> bool:
    """Whether ``--derive-full`` is given."""
    return bool(request.config.getoption("--derive-full"))


@pytest.fixture(scope="session")
def derive_seeds(request: pytest.FixtureRequest) -> int:
    """How many variants to hold to all promises; 0 for a quick look at one of a shipped problem."""
    asked, config = request.config.getoption("--derive-seeds"), request.config
    return int(asked) if asked is not None else OWN_SEEDS if config.getoption("--derive-bank") else 0
