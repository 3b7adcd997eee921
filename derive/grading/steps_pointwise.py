r"""Equations between functions, ``\sigma' = \sigma(1-\sigma)``: read at a letter that stands for any point."""

from __future__ import annotations

import re

from derive.grading.steps_scene import Scene

KNOWN = (r"\tanh", r"\sigma", r"\sin", r"\cos", r"\exp", r"\operatorname{ReLU}", r"\operatorname{softplus}")
LETTERS = "usvxyz"
_AFTER = r"\s*(?=$|[-=+.,:;)\]}&]|\\right|\\cdot|\\le|\\ge|\\q?quad|\\text|\\circ|\\odot)"


def pointwise(text: str, scene: Scene) -> tuple[str, Scene] | None:
    """The text with every function that stands alone at one point, and the scene with that point; None where none does."""
    given = [scene.declared.latex(n) for n in scene.symbols if scene.declared.is_function(n)]
    letter = next((x for x in LETTERS if not scene.declared.is_known(x) and x not in scene.typed.split()), None)
    new = text
    for name in dict.fromkeys((*given, *KNOWN)):
        new = _at(new, name, letter or "")
    if new == text or letter is None:
        return None
    return new, scene.with_symbol(letter, letter, ())


def _at(text: str, name: str, letter: str) -> str:
    """One function's lone occurrences; before a bracket with the function itself in it, it is a factor."""
    head = rf"{re.escape(name)}(?![A-Za-z])(?:'+|\^\{{?\\prime+\}}?)?(?:\^\{{?\d\}}?)?"
    inside = rf"(?=\s*(?:\\left)?\([^()]*{re.escape(name)}(?=[^A-Za-z(])[^()]*\))"
    if not re.search(head + _AFTER, text):
        return text
    return re.sub(rf"({head})(?:{inside}|{_AFTER})", rf"\g<1>({letter})", text)
