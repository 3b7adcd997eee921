"""Code that recomputes a derivation's lines with NumPy alone: each line against a difference quotient of the forward pass."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from derive.calculus.atoms import Entry
from derive.calculus.expr import Expr, entry
from derive.calculus.program import Definition, Program
from derive.calculus.substitute import names
from derive.calculus.trace import Line
from derive.derivations.base import Derivation
from derive.notation.code_module import module
from derive.notation.code_values import NotExportable
from derive.notation.index_names import shape_of as index_shape
from derive.render.filling import filled
from derive.render.loops import sides, steps
from derive.verify.draw import shape_of

# How NumPy draws what `derive.verify.draw` draws, for a shape put in at {s}.
DRAWS = {
    "real": "rng.normal(size={s})",
    "nonzero": "rng.choice([-1.0, 1.0], size={s}) * rng.uniform(0.3, 2, size={s})",
    "positive": "rng.uniform(0.2, 2, size={s})",
    "nonnegative": "rng.uniform(0, 2, size={s})",
    "unit": "rng.uniform(0.05, 0.95, size={s})",
    "unit_sym": "rng.uniform(-0.95, 0.95, size={s})",
    "prob": "softmax(rng.normal(size={s}))",
    "onehot": "np.eye({s}[-1])[rng.integers({s}[-1], size={s}[:-1])]",
    "symmetric": "symmetric(rng.normal(size={s}))",
    "spd": "definite(rng.normal(size={s}))",
    "pm1": "rng.choice([-1.0, 1.0], size={s})",
    "binary": "rng.integers(0, 2, size={s}).astype(float)",
}

MOST = 400_000  # steps of a loop at all settings together: some seconds


@dataclass(frozen=True, slots=True)
class Code:
    """What a notebook runs: its preparation, and a cell for each line."""

    setup: str
    cells: tuple[str, ...]


def recomputed(derivation: Derivation, folders: Sequence[Path] = ()) -> Code:
    """The code of a derivation: NumPy alone where its lines are about a program, loops over the oracle's values elsewhere.

    Where loops would take too long, or there is no code for a line, the package's own check of each line stands in.
    """
    for make in (_standalone, _looped):
        with suppress(NotExportable):
            return make(derivation, folders)
    return _checked(derivation, folders)


def _checked(derivation: Derivation, folders: Sequence[Path] = ()) -> Code:
    setup = filled("notebook/checked.py.j2", {"name": derivation.name}, folders)
    return Code(setup, tuple(f"holds({n})" for n in range(1, len(derivation.lines) + 1)))


def _looped(derivation: Derivation, folders: Sequence[Path] = ()) -> Code:
    """Each side of each line as loops, over what the oracle says its names are worth.

    Raises:
        NotExportable: a line has no code, or would take too long.
    """
    if max(steps(line.relation, derivation.settings) for line in derivation.lines) > MOST:
        raise NotExportable("the loops would take too long")
    cells = []
    for number, line in enumerate(derivation.lines, 1):
        shown = "".join(f"        {side},\n" for side in sides(line.relation))
        signs = "".join(f', "{op}"' for op in line.relation.ops)
        cells.append(f"def line_{number}(known):\n    return (\n{shown}    )\n\n\nholds(line_{number}{signs})")
    setup = filled("notebook/looped.py.j2", {"name": derivation.name, "iff": derivation.mode == "iff"}, folders)
    return Code(setup, tuple(cells))


def _standalone(derivation: Derivation, folders: Sequence[Path] = ()) -> Code:
    """Forward pass, draws and difference quotients, then each line's own right-hand side.

    Raises:
        NotExportable: a line or an input has no code in NumPy.
    """
    program = derivation.program
    if program is None:
        raise NotExportable("there is no program")
    sizes = derivation.settings[0]
    last = program.definitions[-1]
    cells: list[str] = []
    helpers: dict[str, str] = {}
    for number, line in enumerate(derivation.lines, 1):
        cell, found = _cell(derivation, program, line, number)
        cells.append(cell)
        helpers |= found
    pushed = _pushed(program)
    forward, found = _functions(pushed, {d.name: d.name for d in pushed.definitions}, "forward")
    helpers |= found
    setup = filled(
        "notebook/setup.py.j2",
        {
            "imports": "\n".join(sorted(k for k, code in helpers.items() if not code)),
            "helpers": "\n\n\n".join(code for code in helpers.values() if code),
            "forward": forward,
            "locals": _locals(program),
            "sizes": dict(sizes),
            "functions": program.functions,
            "inputs": list(_inputs(derivation, program, sizes)),
            "pushes": [(d.name, _shape(program, d.name, sizes)) for d in program.definitions],
            "last": last.name,
            "cotangent": bool(last.letters),
            "shape": _shape(program, last.name, sizes),
            "measured": list(_measured(derivation, program)),
            "given": _drawn(derivation, f"{last.name}_bar", sizes) if last.letters else "",
        },
        folders,
    )
    return Code(setup, tuple(cells))


def _inputs(derivation: Derivation, program: Program, sizes: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for name in program.inputs:
        if name not in sizes:
            yield name, _drawn(derivation, name, sizes)


def _drawn(derivation: Derivation, name: str, sizes: Mapping[str, int]) -> str:
    symbol = derivation.symbols.get(name)
    if symbol is None and name.endswith("_bar") and name[:-4] in derivation.symbols:
        symbol = replace(derivation.symbols[name[:-4]], domain="real")
    if symbol is None or symbol.domain not in DRAWS:
        raise NotExportable(f"nothing draws {name}")
    return DRAWS[symbol.domain].format(s=shape_of(symbol, sizes))


def _shape(program: Program, name: str, sizes: Mapping[str, int]) -> tuple[int, ...]:
    from derive.verify.draw import dims

    return tuple(a.at(dims(sizes)) for a in program.shapes[name])


def _pushed(program: Program) -> Program:
    """The program with ``push_v`` added to every definition v: what a small change of v alone does to the rest."""
    definitions = tuple(
        replace(d, body=d.body + entry(f"push_{d.name}", *(b.letter for b in d.letters))) for d in program.definitions
    )
    shapes = {**program.shapes, **{f"push_{d.name}": program.shapes[d.name] for d in program.definitions}}
    return Program(definitions, shapes, program.functions)


def _measured(derivation: Derivation, program: Program) -> Iterator[tuple[str, str]]:
    """Every adjoint and Jacobian that the lines name, with the difference quotient that measures it."""
    relations = [line.relation for line in derivation.lines]
    left = {n for r in relations for n in names(r.left)}
    last = program.definitions[-1]
    for name in sorted({n for r in relations for side in r.sides if isinstance(side, Expr) for n in names(side)}):
        of, slash, wrt = name.removeprefix("d").partition("/d")
        if slash:
            total = name in left and derivation.asks == "jacobian"
            yield name, _quotient(program, of, wrt, total)
        elif name.endswith("_bar") and not (last.letters and name == f"{last.name}_bar"):
            v = name.removesuffix("_bar")
            yield name, f'quotients(loss, "{v if program.definition(v) is None else f"push_{v}"}")'
        elif name not in program.shapes and not name.endswith("_bar"):
            raise NotExportable(f"nothing measures {name}")


def _quotient(program: Program, of: str, wrt: str, total: bool) -> str:
    d = program.definition(of)
    if d is None:
        raise NotExportable(f"nothing measures {of}")
    if total:
        moved = wrt if program.definition(wrt) is None else f"push_{wrt}"
        return f'quotients(lambda values: forward(values)["{of}"], "{moved}")'
    if of in names(d.body):
        raise NotExportable(f"{of} reads itself")
    return f'quotients(lambda values: local_{of}(values)["{of}"], "{wrt}")'


def _locals(program: Program) -> list[tuple[str, str]]:
    """For each definition, a function that computes it alone from what it reads."""
    found = []
    for d in program.definitions:
        if d.name not in names(d.body):
            alone = Program((d,), program.shapes, program.functions)
            found.append((d.name, _functions(alone, {d.name: d.name}, f"local_{d.name}")[0]))
    return found


def _cell(derivation: Derivation, program: Program, line: Line, number: int) -> tuple[str, dict[str, str]]:
    relation = line.relation
    left, right = relation.left, relation.right
    if set(relation.ops) != {"="} or not isinstance(right, Expr) or len(relation.sides) != 2:
        raise NotExportable("no equation of two sides")
    atoms = [a for t in left.terms for a, _ in t.factors]
    if len(left.terms) != 1 or len(atoms) != 1 or not isinstance(atoms[0], Entry) or left.terms[0].coefficient != 1:
        raise NotExportable("the left-hand side is no entry")
    letters = tuple(a.letter for a in atoms[0].at)
    frame = {b.letter: b for b in relation.frame}
    if None in letters or any(x not in frame for x in letters if x) or len(set(letters)) < len(letters):
        raise NotExportable("the left-hand side is no plain entry")
    bounds = tuple(frame[x] for x in letters if x)
    if any(b.low.constant != 0 for b in bounds):
        raise NotExportable("the line is about a part of an array")
    read = [n for side in relation.sides if isinstance(side, Expr) for n in names(side)]
    shapes = {**program.shapes, **{n: s for n in read if (s := index_shape(n, program.shapes)) is not None}}
    name = f"line_{number}"
    shapes[name] = tuple(b.high for b in bounds)
    alone = Program((Definition(name, bounds, relation.result),), shapes, program.functions)
    code, helpers = _functions(alone, {name: name}, name)
    return f"{code}\n\n\nagree({name}(known)[{name!r}], known[{atoms[0].name!r}])", helpers


def _functions(program: Program, outputs: Mapping[str, str], name: str) -> tuple[str, dict[str, str]]:
    """The function that a program becomes, by that name, and the helpers it calls."""
    text = module(program, outputs, "numpy")
    parts = re.split(r"\n\n\n(?=def )", text)
    helpers = {p.split("(")[0]: p.strip() for p in parts[1:] if not p.startswith("def gradient(")}
    helpers |= dict.fromkeys(re.findall(r"^import \w+$", text, flags=re.MULTILINE), "")
    main = next(p for p in parts if p.startswith("def gradient("))
    main = re.sub(r'\n    """.*?"""', "", main, count=1, flags=re.DOTALL)
    return main.strip().replace("def gradient(", f"def {name}("), helpers
