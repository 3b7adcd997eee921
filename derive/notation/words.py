"""Word lists for tables."""

from __future__ import annotations


def words(text: str) -> list[str]:
    """The words of a table's text.

    >>> words("sin cos")
    ['sin', 'cos']
    """
    return text.split()
