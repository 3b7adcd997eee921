"""Programs as Python scripts that build their definitions in SymPy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from textwrap import indent
from typing import Any

import sympy
from sympy.printing.str import StrPrinter

from derive.calculus.program import Program
from derive.notation.code_names import Names
from derive.notation.index_text import program_text
from derive.notation.sympy_out import definition_sympy

# Of SymPy's own one-letter names only E is ever printed: an array or a size may have the others.
_WORDS = {n for n in dir(sympy) if not n.startswith("_") and n not in set("CINOQS")}


class _Printer(StrPrinter):  # type: ignore[misc]
    """Prints what runs: exact fractions, and applications of undefined functions by their names."""

    def _print_Rational(self, value: Any) -> str:  # noqa: N802
        return f"Rational({value.p}, {value.q})"

    def _print_Half(self, value: Any) -> str:  # noqa: N802
        return "Rational(1, 2)"


def sympy_script(program: Program, outputs: Mapping[str, str], title: str = "") -> str:
    """A script that defines ``definitions``, array → ``Eq``, and ``gradient``, key → ``Eq`` of the array asked for.

    Args:
        program: definitions.
        outputs: key of the result → name of an array of the program.
        title: the first line of the script's docstring.

    Raises:
        NotExportable: SymPy has no word for something; the message says for what.

    >>> from derive.notation.index_language import program
    >>> print(sympy_script(program("L := sum(x[i]**2, i)/2"), {"L": "L"}).split("definitions = ")[1].strip())
    {
        "L": Eq(L, Sum(x[i]**2, (i, 0, I - 1))/2),
    }
    gradient = {"L": definitions["L"]}
    <BLANKLINE>
    if __name__ == "__main__":
        for name, equation in gradient.items():
            print(f"{name}: {equation}")
    """
    called = _Called(Names(frozenset(_WORDS | {"definitions", "gradient", "name", "equation"})))
    equations = {d.name: definition_sympy(d, program.shapes, called) for d in program.definitions}
    rows = "".join(f'    "{name}": {_Printer().doprint(e)},\n' for name, e in equations.items())
    lines = [*_declared(equations.values()), f"definitions = {{\n{rows}}}"]
    keys = ", ".join(f'"{key}": definitions["{name}"]' for key, name in outputs.items())
    lines += [f"gradient = {{{keys}}}", "", 'if __name__ == "__main__":', "    for name, equation in gradient.items():"]
    lines.append('        print(f"{name}: {equation}")')
    about = (title or "Definitions in SymPy; indices count from 0.").replace("\\", "\\\\").replace('"""', "'''")
    code = "\n".join(lines) + "\n"
    imports = ", ".join(sorted(set(re.findall(r"[^\W\d]\w*", code)) & _WORDS))
    return f'"""{about}\n\n{indent(program_text(program), "    ")}\n"""\n\nfrom sympy import {imports}\n\n{code}'


class _Called(dict[str | tuple[str, str], str]):
    """Array, function or ``("letter", i)`` → identifier, made when it is asked for."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names

    def get(self, key: str | tuple[str, str], default: Any = None) -> Any:
        kind, name = key if isinstance(key, tuple) else ("array", key)
        return self._names.of(kind, name)


def _declared(equations: Iterable[Any]) -> list[str]:
    """The lines that make the symbols."""
    found: dict[str, set[str]] = {"integer": set(), "real": set(), "base": set(), "function": set()}
    for node in (n for e in equations for n in sympy.preorder_traversal(e)):
        if isinstance(node, sympy.IndexedBase):
            found["base"].add(str(node))
        elif isinstance(node, sympy.Symbol):
            found["integer" if node.is_integer else "real"].add(node.name)
        elif isinstance(node, sympy.core.function.AppliedUndef):
            found["function"].add(node.func.__name__)
    found["real"] -= found["base"]
    groups = [(kind, sorted(found[kind])) for kind in ("integer", "real") if found[kind]]
    lines = [f'{", ".join(names)} = symbols("{" ".join(names)}", {kind}=True)' for kind, names in groups]
    lines += [f'{name} = IndexedBase("{name}", real=True)' for name in sorted(found["base"])]
    return lines + [f'{name} = Function("{name}")' for name in sorted(found["function"])]
