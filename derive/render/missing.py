"""What is said where an optional package is not installed."""

from __future__ import annotations


class NotInstalled(ImportError):
    """A package of an extra is missing; the message says how to install it.

    >>> str(NotInstalled("pdf", "PDF needs"))
    "PDF needs the extra 'pdf': pip install 'derive-suite[pdf]'."
    """

    def __init__(self, extra: str, what: str) -> None:
        super().__init__(f"{what} the extra {extra!r}: pip install 'derive-suite[{extra}]'.")
