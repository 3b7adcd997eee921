"""What every test shares: properties draw the same cases in every run; `cuda` tests are skipped where there is no device.

`pytest --hypothesis-profile fresh` draws new cases.
"""

import importlib.util

import pytest
from hypothesis import settings

settings.register_profile("fresh", derandomize=False)
settings.register_profile("same", derandomize=True)
settings.load_profile("same")


def _cuda_is_available() -> bool:
    if importlib.util.find_spec("torch") is None:
        return False
    import torch

    return torch.cuda.is_available()


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("cuda") and not _cuda_is_available():
        pytest.skip("no CUDA device")
