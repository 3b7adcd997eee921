"""Every derivation, of the catalogue or of ``--derive-derivations``, keeps its promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from derive.derivations.base import Derivation


def test_a_derivation_keeps_its_promises(any_derivation: Derivation, derive_full: bool) -> None:
    """Its lines replay, print and hold against torch: at the smallest setting, or with ``--derive-full`` at all."""
    pytest.importorskip("torch", reason="the oracle is torch: pip install 'derive-suite[verify]'")
    from derive.testing.derivations import derivation_failures, quick_failures

    broken = derivation_failures(any_derivation) if derive_full else quick_failures(any_derivation)
    assert broken == []
