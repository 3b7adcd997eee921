"""What every test shares: tests marked `cuda` are skipped where there is no CUDA device."""

import importlib.util

import pytest


def _cuda_is_available() -> bool:
    if importlib.util.find_spec("torch") is None:
        return False
    import torch

    return torch.cuda.is_available()


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("cuda") and not _cuda_is_available():
        pytest.skip("no CUDA device")
