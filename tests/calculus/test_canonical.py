"""Canonical forms: the same for the same, different for what differs, and proofs of the field's identities."""

import pytest
from calculus_random import SIZES  # noqa
