"""Code whose indices count as the page's do, from 1 mostly: ``sum(g[i]*x[i+u-1] for i in range(1, N+1))``."""

from __future__ import annotations

import re

IN_BRACKETS = r"(?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*?"
RANGE = re.compile(r"\s+for\s+([A-Za-z]\w*)\s+in\s+range\(\s*(?:([^(),]+?)\s*,\s*)?([^(),]+?)\s*\)")
SUM = re.compile(rf"\bsum\(({IN_BRACKETS})((?:\s+for\s+\w+\s+in\s+range\([^()]*\))+)\s*\)")
ENTRY = re.compile(r"(?<![\w.])([A-Za-z]\w*)\[([^\[\]:]+)\]")
SLOTS = re.compile(r"_\{([^{}]*)\}")
CALLED = re.compile(r"\b(?:np|numpy|torch|math)\.")


def counted_as_on_the_page(text: str) -> str:
    """A text of code with the indices as they stand; empty where it has no indices or there is more to it.

    >>> counted_as_on_the_page("sum(g[i]*x[i+u-1] for i in range(1, N+1))"), counted_as_on_the_page("W[i,j]**2")
    ('(sum_{i=1}^{(N+1)-1} (g_{i}*x_{i+u-1}))', 'W_{i,j}^2')
    >>> counted_as_on_the_page("x[1:3]"), counted_as_on_the_page("sum(x[i+1] for i in range(n))"), counted_as_on_the_page("x")
    ('', '', '')
    """
    if not ENTRY.search(text):
        return ""
    found = ENTRY.sub(r"\1_{\2}", CALLED.sub("", text)).replace("**", "^").replace("_prime(", "'(")
    while (new := SUM.sub(_sum, found)) != found:
        found = new
    return "" if re.search(r"\b(?:for|in|range)\b|\[|@|\.", found) else found


def _sum(m: re.Match[str]) -> str:
    """One sum; a letter that runs from 0 must stand in its slots alone, so that it does not matter where it begins."""
    ranges = RANGE.findall(m[2])
    moved = any(
        not low and re.search(rf"[-+*]\s*{letter}\b|\b{letter}\s*[-+*]", slots)
        for letter, low, _ in ranges
        for slots in SLOTS.findall(m[1])
    )
    if moved or len(ranges) < len(re.findall(r"\bfor\b", m[2])):
        return m[0]
    heads = (
        f"sum_{{{letter}={low}}}^{{({high})-1}}" if low else f"sum_{{{letter}=1}}^{{{high}}}"
        for letter, low, high in ranges
    )
    return f"({' '.join(heads)} ({m[1]}))"
