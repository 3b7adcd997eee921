"""Pictures."""

from __future__ import annotations


def figures(subject):
    return ()
