"""Programs as modules of torch or NumPy code that stand on their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import indent

from derive.calculus.program import Definition, Program
from derive.calculus.substitute import names
from derive.notation.code_names import Names
from derive.notation.code_schedule import Scheduler, reads_between
from derive.notation.code_scope import Scope, Writer
from derive.notation.code_sizes import Solved, global_letters, parameters, solved
from derive.notation.code_steps import write
from derive.notation.code_target import TARGETS
from derive.notation.code_values import ATOM, NotExportable, broken
from derive.notation.index_names import shape_of
from derive.notation.index_text import program_text


def module(program: Program, outputs: Mapping[str, str], target: str, title: str = "") -> str:
    """A module that defines ``gradient(inputs: dict[str, Array]) -> dict[str, Array]``.

    Args:
        program: definitions; those that the outputs do not need are left out.
        outputs: key of the result → name of an array of the program.
        target: ``torch`` or ``numpy``.
        title: the first line of the module's docstring.

    Returns:
        the text of the module. Its ``inputs`` are the arrays that no definition gives, by name; integers for letters that
        no input's shape tells; and a callable for each unknown function ``f`` and each derivative ``f'`` that is used.

    Raises:
        NotExportable: something has no code in the target; the message says what.

    >>> from derive.notation.index_language import program
    >>> text = module(program("z[i] := sum(W[i,j]*x[j], j)"), {"z": "z"}, "numpy")
    >>> print(text[-32:].strip())
    z = W @ x
        return {"z": z}
    """
    needed = _needed(program, list(outputs.values()))
    shapes = {n: s for n in program.shapes if (s := shape_of(n, program.shapes)) is not None}
    read = {n for d in needed for n in names(d.body)} | set(outputs.values())
    for name in sorted(read):
        if name not in shapes:
            raise NotExportable(f"the program does not say the shape of {name}")
    part = Program(needed, shapes, program.functions)
    inputs = [n for n in part.inputs if n in read]
    part = Program(
        needed, {n: s for n, s in shapes.items() if n in read or n in {d.name for d in needed}}, part.functions
    )
    return _Module(program, part, inputs, outputs, target, title).text()


def _needed(program: Program, wanted: Sequence[str]) -> tuple[Definition, ...]:
    """The definitions that some arrays need, in order."""
    found: set[str] = set()
    todo = list(wanted)
    while todo:
        d = program.definition(name := todo.pop())
        if d is not None and name not in found:
            found.add(name)
            todo += names(d.body)
    return tuple(d for d in program.definitions if d.name in found)


class _Module:
    def __init__(
        self, whole: Program, part: Program, inputs: list[str], outputs: Mapping[str, str], target: str, title: str
    ) -> None:
        self.program, self.outputs, self.title = part, outputs, title
        self.target = TARGETS[target]
        self.inputs = inputs
        spelled = Names(frozenset({*self.target.helpers, "functools", "gradient"}))
        self.writer = Writer(self.target, part, spelled)
        self.integers = parameters(part, inputs)
        self._more_inputs(whole)
        part = self.program
        self.sizes = list(solved({n: self.program.shapes[n] for n in self.inputs}, self.integers))
        known = {s.letter for s in self.sizes}
        unknown = [x for x in global_letters(part) if x not in known and x not in self.integers]
        self.integers += unknown
        self.writer.dims = frozenset((*known, *unknown))
        for name in [*self.inputs, *(d.name for d in part.definitions)]:
            self.writer.array(name)

    def _more_inputs(self, whole: Program) -> None:
        """Inputs that are read only for their shapes, where those that are used do not tell every dimension."""
        for name in whole.inputs:
            shapes = {n: whole.shapes[n] for n in self.inputs}
            known = {s.letter for s in solved(shapes, self.integers)}
            open_ = set(global_letters(self.program)) - known - set(self.integers)
            if name not in self.inputs and any(a.letter in open_ for a in whole.shapes[name]):
                self.inputs.append(name)
                shown = {**self.program.shapes, name: whole.shapes[name]}
                self.program = Program(self.program.definitions, shown, self.program.functions)

    def text(self) -> str:
        """The whole module."""
        writer = self.writer
        definitions = self.program.definitions
        scheduler = Scheduler(list(reads_between(definitions)), writer.dims)
        for step in scheduler.steps(definitions):
            write(step, writer)
        result = ", ".join(f'"{key}": {writer.array(name)}' for key, name in self.outputs.items())
        head = self._head()
        body = [
            *(f"    {broken(line, '    ')}" for line in (*head, *writer.top)),
            *writer.lines,
            f"    return {{{result}}}",
        ]
        helpers = [source for name, source in self.target.helpers.items() if name in writer.used]
        code = "\n\n\n".join([*(h.strip() for h in helpers), "\n".join([*self._signature(), *body])])
        imports = [f"import {m}" for m in ("functools", "math") if f"{m}." in code]
        begin = "\n".join([*imports, *([""] if imports else []), self.target.imports])
        return f'"""{self._docstring()}"""\n\n{begin}\n\n\n{code}\n'

    def _signature(self) -> list[str]:
        array = "torch.Tensor" if self.target.name == "torch" else "np.ndarray"
        decorator = [self.target.decorator] if self.target.decorator else []
        line = f"def gradient(inputs: dict[str, {array}]) -> dict[str, {array}]:"
        return [*decorator, line, '    """The arrays that the module\'s docstring defines."""']

    def _docstring(self) -> str:
        shapes = [(n, f"[{', '.join(map(repr, self.program.shapes[n]))}]") for n in self.inputs]
        rows = [f"{name}{shape if shape != '[]' else ': a number'}" for name, shape in shapes]
        rows += [f"{x.name}: an integer" for x in self.integers]
        rows += [f"{name}: a function of arrays, entry by entry" for name in self.writer.functions]
        title = (self.title or "Arrays computed from inputs.").replace("\\", "\\\\").replace('"""', "'''")
        listed = indent("\n".join(rows), "    ")
        return f"{title}\n\nInputs:\n{listed}\n\nDefinitions:\n{indent(program_text(self.program), '    ')}\n"

    def _head(self) -> list[str]:
        """The lines that take the inputs and the dimensions."""
        writer, shapes = self.writer, self.program.shapes
        lines = [f'{writer.letter(x, Scope())} = int(inputs["{x.name}"])' for x in self.integers]
        lines += [f'{called} = inputs["{name}"]' for name, called in writer.functions.items()]
        if self.inputs:
            ranks = ", ".join(f'"{n}": {len(shapes[n])}' for n in self.inputs)
            taken = ", ".join(writer.array(n) for n in self.inputs)
            call = f"{writer.helper('arrays')}(inputs, {{{ranks}}})"
            lines.append(f"{taken} = {call}" if len(self.inputs) > 1 else f"({taken},) = {call}")
        lines += self._dimensions()
        first = writer.array(self.inputs[0]) if self.inputs else ""
        body = "\n".join((*writer.top, *writer.lines))
        if "dtype" in body:
            lines.append(f"dtype = {first}.dtype" if first else f"dtype = {self.target.name}.float64")
        if "device=device" in body:
            lines.append(f"device = {first}.device" if first else 'device = "cpu"')
        return lines

    def _dimensions(self) -> list[str]:
        writer = self.writer
        lines: list[str] = []
        plain: dict[str, dict[int, Solved]] = {}
        for s in self.sizes:
            if s.slope.constant == 1 and not s.rest.terms:
                plain.setdefault(s.array, {})[s.axis] = s
            else:
                lines.append(self._solved(s))
        whole, single = [], []
        for name, found in plain.items():
            letters = [writer.letter(found[k].letter, Scope()) for k in sorted(found)]
            if len(found) == len(self.program.shapes[name]) > 1:
                whole.append(f"{', '.join(letters)} = {writer.array(name)}.shape")
            else:
                single += [
                    f"{x} = {writer.array(name)}.shape[{k}]" for x, k in zip(letters, sorted(found), strict=True)
                ]
        return [*whole, *single, *lines, *self._checks(plain)]

    def _solved(self, s: Solved) -> str:
        writer = self.writer
        size = f"{writer.array(s.array)}.shape[{s.axis}]"
        sign = s.slope.constant
        rest = writer.index(-s.rest if sign != -1 else s.rest, Scope(), ()).text
        text = f"{size} + {rest}".replace("+ -", "- ") if sign != -1 else f"{rest} - {size}"
        text = text.removesuffix(" + 0")
        if sign not in (1, -1):
            text = f"({text}) // {writer.index(s.slope, Scope(), ()).tight(ATOM)}"
        return f"{writer.letter(s.letter, Scope())} = {text}"

    def _checks(self, plain: Mapping[str, Mapping[int, Solved]]) -> list[str]:
        """The call that compares the shapes that were not taken as they are."""
        writer, shapes = self.writer, self.program.shapes
        rest = [n for n in self.inputs if shapes[n] and len(plain.get(n, {})) < len(shapes[n])]
        if not rest:
            return []
        rows = (f'"{n}": ({writer.array(n)}, {writer.shape(shapes[n], Scope())})' for n in rest)
        return [f"{writer.helper('check')}({{{', '.join(rows)}}})"]
