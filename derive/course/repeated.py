"""Ids that stand more than once, in a file of any length."""

from __future__ import annotations

import json
from typing import Any

from derive.course.groups import visible

SHOWN = 5


class Repeated:
    """Takes the ids of submissions one after the other, and says which of them stood there before.

    >>> seen = Repeated()
    >>> for identity in (1, "a", None, "1", "a", None, 1):
    ...     seen.take(identity)
    >>> seen.said
    'Several submissions have the id a, 1: give them ids of their own before you decide about one of them by its id.'
    >>> Repeated().said
    ''
    """

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._twice: dict[str, None] = {}

    def take(self, identity: Any) -> None:
        """Count an id in; submissions without one have none in common."""
        key = hash(json.dumps(identity, sort_keys=True))
        if identity is not None and key in self._seen:
            self._twice[str(identity)] = None
        self._seen.add(key)

    @property
    def said(self) -> str:
        """A sentence for staff; empty where no id stands twice."""
        if not self._twice:
            return ""
        more = f" and {len(self._twice) - SHOWN} more" if len(self._twice) > SHOWN else ""
        which = f"{', '.join(list(self._twice)[:SHOWN])}{more}"
        why = "give them ids of their own before you decide about one of them by its id."
        return visible(f"Several submissions have the id {which}: {why}")
