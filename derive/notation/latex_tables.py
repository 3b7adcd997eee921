"""How signs and functions are written in LaTeX."""

from __future__ import annotations

SIGNS = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne", "=": "=", "<": "<", ">": ">"}


FUNCTIONS = {
    "sigmoid": r"\sigma",
    "log": r"\log",
    "sin": r"\sin",
    "cos": r"\cos",
    "tan": r"\tan",
    "tanh": r"\tanh",
    "sinh": r"\sinh",
    "cosh": r"\cosh",
    "arctan": r"\arctan",
    "arcsin": r"\arcsin",
    "arccos": r"\arccos",
    "max": r"\max",
    "min": r"\min",
    "normal_cdf": r"\Phi",
    "normal_pdf": r"\varphi",
}


FENCES = {"abs": ("|", "|"), "floor": (r"\lfloor ", r" \rfloor"), "ceil": (r"\lceil ", r" \rceil")}
