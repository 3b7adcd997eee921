"""Names of arrays and letters as Python identifiers, each its own."""

from __future__ import annotations

import builtins
import keyword
import unicodedata

RESERVED = frozenset({*dir(builtins), *keyword.kwlist, "torch", "np", "math", "inputs", "dtype", "device"})


def identifier(name: str) -> str:
    """An ASCII identifier that looks like the name.

    >>> identifier("dz₁/dx"), identifier("δ"), identifier("f''")
    ('dz1_dx', 'delta', 'f_prime_prime')
    """
    plain = "".join(_ascii(c) for c in unicodedata.normalize("NFKC", name.replace("'", "_prime")))
    return plain if plain[:1].isalpha() or plain[:1] == "_" else f"v{plain}"


def _ascii(c: str) -> str:
    if c.isascii():
        return c if c.isalnum() else "_"
    words = unicodedata.name(c, "").split(" ")
    if words[0] == "GREEK" and "LETTER" in words:
        spelled = words[words.index("LETTER") + 1].lower()
        return spelled.capitalize() if "CAPITAL" in words else spelled
    return "_"


class Names:
    """Hands out identifiers; the same key gets the same one, different keys never do.

    >>> names = Names({"take"})
    >>> names.of("array", "δ"), names.of("letter", "delta"), names.of("array", "δ"), names.of("array", "take")
    ('delta', 'delta_2', 'delta', 'take_2')
    """

    def __init__(self, taken: set[str] | frozenset[str] = frozenset()) -> None:
        self._taken = set(taken | RESERVED)
        self._given: dict[object, str] = {}

    def of(self, kind: object, name: str) -> str:
        """The identifier for a name of some kind."""
        if (kind, name) not in self._given:
            self._given[kind, name] = self.new(name)
        return self._given[kind, name]

    def new(self, like: str) -> str:
        """An identifier that nobody has."""
        base = identifier(like)
        k = 1
        while (chosen := base if k == 1 else f"{base}_{k}") in self._taken:
            k += 1
        self._taken.add(chosen)
        return chosen
