"""The rules of the house, read off the source of derive/ without importing it: imports run one way only.

`violations(tree)` takes any source tree, so that each rule is also shown to fail on a tree that breaks it.
"""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]

# A room may import itself and the rooms before it; nothing imports the last one.
ROOMS = ("calculus", "notation", "derivations", "verify", "grading", "bank", "render", "course", "testing", "cli")

# The first room that may import each foreign package; one that is not listed is undeclared.
FIRST_ROOM = {
    "numpy": "calculus",
    "sympy": "calculus",
    "torch": "verify",
    "flint": "grading",
    "pydantic": "grading",
    "jinja2": "bank",
    "pebble": "course",
    "markupsafe": "render",
    "quickjs": "render",
    "matplotlib": "render",
    "nbformat": "render",
    "tylax": "render",
    "typst": "render",
    "hypothesis": "testing",
    "pytest": "testing",
    "rich": "cli",
    "typer": "cli",
}
RUNS_CODE = {"eval", "exec", "compile", "__import__", "sympify", "parse_expr", "parse_latex", "lambdify"}
BUILTINS = {
    "eval",
    "exec",
    "compile",
    "__import__",
}  # as methods these are somebody else's: re.compile, model.eval
NAMES_IN_SYMPY = {"Symbol", "Dummy", "Wild", "Function", "IndexedBase", "Idx"}
# What a student's text passes through may import nothing that can run, load or fetch anything.
RUNNERS = {
    "importlib",
    "runpy",
    "code",
    "codeop",
    "pickle",
    "marshal",
    "shelve",
    "subprocess",
    "ctypes",
    "socket",
    "urllib",
    "http",
    "multiprocessing",
}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
MAX_LINES = 299


class Import(NamedTuple):
    """A module that a source file imports, and whether that waits until a function is called."""

    module: str
    line: int
    lazy: bool


class Source(NamedTuple):
    """A parsed file of the package."""

    path: str
    room: str
    tree: ast.Module
    lines: int


def read(package: Path, path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    relative = path.relative_to(package)
    return Source(relative.as_posix(), relative.parts[0].removesuffix(".py"), ast.parse(text), len(text.splitlines()))


def absolute(source: Source, node: ast.ImportFrom) -> str:
    """The module that a `from ... import` names, with its leading dots resolved."""
    if not node.level:
        return node.module or ""
    folder = ["derive", *source.path.split("/")[:-1]]
    return ".".join(folder[: len(folder) - node.level + 1] + ([node.module] if node.module else []))


def modules(source: Source, node: ast.AST) -> list[str]:
    """The modules that one node imports, `import_module("literal")` included."""
    match node:
        case ast.Import(names=names):
            return [name.name for name in names]
        case ast.ImportFrom():
            module = absolute(source, node)
            return [f"derive.{name.name}" for name in node.names] if module == "derive" else [module]
        case ast.Call(
            func=ast.Name("import_module") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(str(name)), *_],
        ):
            return [name]
    return []


def is_for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def imports(source: Source, node: ast.AST | None = None, lazy: bool = False) -> Iterator[Import]:
    """Every import of a file."""
    node = node or source.tree
    yield from (Import(module, node.lineno, lazy) for module in modules(source, node))
    lazy = lazy or is_for_types_only(node) or isinstance(node, FUNCTIONS)
    for child in ast.iter_child_nodes(node):
        yield from imports(source, child, lazy)


def backward_arrows(source: Source) -> Iterator[str]:
    """Imports of a room further right, of the package's front, or of the command line."""
    if source.room == "__init__":
        return
    for module, line, _ in imports(source):
        head, _, rest = module.partition(".")
        target = rest.split(".")[0]
        if head != "derive" or (target == "__version__" and source.room == "cli"):
            continue
        if target not in ROOMS:
            yield f"{source.path}:{line}: imports the package's front ({module})"
        elif ROOMS.index(target) > ROOMS.index(source.room):
            yield f"{source.path}:{line}: {source.room} imports {target}, which is not to its left"


def foreign_packages(source: Source) -> Iterator[str]:
    """Packages that are undeclared, or imported before the first room that may have them."""
    for module, line, _ in imports(source):
        package = module.split(".")[0]
        if package == "derive" or package in sys.stdlib_module_names:
            continue
        first = FIRST_ROOM.get(package)
        if first is None:
            yield f"{source.path}:{line}: {package} is not a declared dependency"
        elif source.room == "__init__" or ROOMS.index(source.room) < ROOMS.index(first):
            yield f"{source.path}:{line}: {package} starts at {first}, not in {source.room}"


def torch_imports(source: Source) -> Iterator[str]:
    """Torch outside verify, or torch imported before a function asks for it."""
    for module, line, lazy in imports(source):
        if module.split(".")[0] == "torch" and not (lazy and source.room == "verify"):
            yield f"{source.path}:{line}: torch is imported outside a function of verify"


def executed_text(source: Source) -> Iterator[str]:
    """Whatever turns text into running code."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Name(id=name) if name in RUNS_CODE:
                yield f"{source.path}:{node.lineno}: {name} runs text as code"
            case ast.Attribute(value=value, attr=name) if (
                name in RUNS_CODE - BUILTINS or ast.unparse(value) == "builtins"
            ):
                yield f"{source.path}:{node.lineno}: {name} runs text as code"
            case ast.Call(func=ast.Name("S") | ast.Attribute(attr="S")):
                yield f"{source.path}:{node.lineno}: S(...) runs text as code"
            case ast.Import(names=names) | ast.ImportFrom(names=names) if RUNS_CODE & {name.name for name in names}:
                yield f"{source.path}:{node.lineno}: imports something that runs text as code"


def text_for_sympy(source: Source) -> Iterator[str]:
    """Text handed to SymPy, which would read it as code, where it is not a name."""
    imported = {
        name.asname or name.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sympy"
        for name in node.names
    }
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call) or not _is_sympy(node.func, imported):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        texts = [a for a in node.args if isinstance(a, ast.JoinedStr) or isinstance(getattr(a, "value", None), str)]
        if any(ast.unparse(a) not in ("'+'", "'-'") for a in texts) and called not in NAMES_IN_SYMPY:
            yield f"{source.path}:{node.lineno}: {called} gets text, which SymPy runs as code"


def _is_sympy(function: ast.expr, imported: set[str]) -> bool:
    if isinstance(function, ast.Attribute):
        return isinstance(function.value, ast.Name) and function.value.id in ("sympy", "sp")
    return isinstance(function, ast.Name) and function.id in imported


def long_files(source: Source) -> Iterator[str]:
    if source.lines > MAX_LINES:
        yield f"{source.path}: {source.lines} lines, at most {MAX_LINES}"


RULES: tuple[Callable[[Source], Iterator[str]], ...] = (
    backward_arrows,
    foreign_packages,
    torch_imports,
    executed_text,
    text_for_sympy,
    long_files,
)


def violations(package: Path) -> list[str]:
    """What a source tree of the package does against the rules, one sentence each."""
    sources = [read(package, path) for path in sorted(package.rglob("*.py"))]
    strangers = [f"{source.path}: no such room" for source in sources if source.room not in (*ROOMS, "__init__")]
    known = [source for source in sources if source.room in (*ROOMS, "__init__")]
    return strangers + [message for source in known for rule in RULES for message in rule(source)]


def test_the_house_keeps_its_rules():
    assert violations(ROOT / "derive") == []


def plant(package: Path, path: str, text: str) -> Path:
    file = package / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return package


GOOD = [
    ("__init__.py", "def __getattr__(name):\n    from derive.bank import Problem\n    return Problem"),
    (
        "calculus/a.py",
        "import math\nimport numpy as np\nfrom . import b\nfrom .b import c\nfrom derive.calculus import d",
    ),
    ("calculus/deep/a.py", "from .. import b\nfrom ..b import c"),
    ("calculus/a.py", "import re\nre.compile('x')\nfrom sympy import S\nhalf = S.Half"),
    ("verify/a.py", "def f():\n    import torch.nn.functional as F\n    return F"),
    ("verify/a.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch"),
    ("verify/a.py", "def f(model):\n    return model.eval()"),
    ("verify/a.py", "from importlib import import_module\nimport_module('derive.derivations.x')"),
    ("grading/a.py", "import flint\nfrom pydantic import BaseModel\nfrom derive.verify import x"),
    ("testing.py", "import pytest\nfrom derive.render import x"),
    ("cli.py", "import typer\nfrom derive import __version__\nfrom derive.testing import x"),
    ("bank/a.py", "x = 1\n" * MAX_LINES),
]

BAD = [
    ("calculus/a.py", "from derive.notation import x", "not to its left"),
    ("calculus/a.py", "from ..notation import x", "not to its left"),
    ("calculus/deep/a.py", "from ...notation import x", "not to its left"),
    ("calculus/a.py", "def f():\n    import derive.verify.b", "not to its left"),
    (
        "derivations/a.py",
        "from importlib import import_module\nimport_module('derive.verify')",
        "not to its left",
    ),
    ("notation.py", "from derive.derivations import x", "not to its left"),
    ("render/a.py", "from derive.testing import x", "not to its left"),
    ("testing.py", "from derive.cli import x", "not to its left"),
    ("bank/a.py", "from derive import Problem", "front"),
    ("bank/a.py", "from .. import Problem", "front"),
    ("bank/a.py", "import derive", "front"),
    ("cli.py", "from derive import Problem", "front"),
    ("notation/a.py", "import pydantic", "starts at grading"),
    ("verify/a.py", "from flint import arb", "starts at grading"),
    ("render/a.py", "from rich.table import Table", "starts at cli"),
    ("__init__.py", "import numpy", "starts at calculus"),
    ("render/a.py", "import requests", "not a declared dependency"),
    ("verify/a.py", "import torch", "torch"),
    ("verify/a.py", "class A:\n    import torch", "torch"),
    ("grading/a.py", "def f():\n    from torch.nn import functional", "torch"),
    ("derivations/a.py", "def f():\n    import torch", "torch"),
    ("notation/a.py", "eval('1')", "runs text"),
    ("notation/a.py", "list(map(exec, []))", "runs text"),
    ("notation/a.py", "import builtins\nbuiltins.eval('1')", "runs text"),
    ("notation/a.py", "__import__('os')", "runs text"),
    ("notation/a.py", "import sympy\nsympy.sympify('1')", "runs text"),
    ("notation/a.py", "from sympy.parsing.sympy_parser import parse_expr as read", "runs text"),
    ("notation/a.py", "from sympy import S\nS('1')", "runs text"),
    ("notation/a.py", "import sympy\nsympy.S('1')", "runs text"),
    ("notation/a.py", "import sympy\nsympy.lambdify([], 1)", "runs text"),
    ("notation/a.py", "import sympy\nsympy.Integer('1')", "gets text"),
    ("notation/a.py", "import sympy as sp\nsp.expand(f'{x}')", "gets text"),
    ("notation/a.py", "from sympy import Rational as R\nR('1/2')", "gets text"),
    ("bank/a.py", "x = 1\n" * (MAX_LINES + 1), "lines"),
    ("helpers/a.py", "", "no such room"),
]


@pytest.mark.parametrize(("path", "text"), GOOD)
def test_what_is_allowed_passes(path, text, tmp_path):
    assert violations(plant(tmp_path, path, text)) == []


@pytest.mark.parametrize(("path", "text", "complaint"), BAD)
def test_what_is_forbidden_fails(path, text, complaint, tmp_path):
    assert any(complaint in message for message in violations(plant(tmp_path, path, text)))


def reachable(package: Path, start: str) -> dict[str, set[str]]:
    """The modules of the package that an import of ``start`` can lead to, each with what it imports."""
    found: dict[str, set[str]] = {}
    waiting = [start]
    while waiting:
        module = waiting.pop()
        place = package.joinpath(*module.split(".")[1:])
        file = place.with_suffix(".py") if place.with_suffix(".py").exists() else place / "__init__.py"
        if module in found or not file.exists():
            continue
        source = read(package, file)
        named = {
            f"{m.module}.{n.name}" for m in ast.walk(source.tree) if isinstance(m, ast.ImportFrom) for n in m.names
        }
        found[module] = {i.module for i in imports(source)}
        waiting += [m for m in found[module] | named if m.startswith("derive.")]
    return found


def runners(package: Path, start: str) -> list[str]:
    """Imports that can run, load or fetch something, within reach of a module."""
    graph = reachable(package, start)
    return sorted(
        f"{m} imports {i}" for m, names in graph.items() for i in names if i.split(".")[0] in RUNNERS or "parsing" in i
    )


@pytest.mark.parametrize("start", ["derive.grading.compare", "derive.notation.reader", "derive.notation.meaning"])
def test_what_a_student_types_reaches_nothing_that_runs(start):
    assert len(reachable(ROOT / "derive", start)) > 20
    assert runners(ROOT / "derive", start) == []


def test_a_runner_two_imports_away_is_seen(tmp_path):
    package = plant(
        plant(tmp_path, "grading/a.py", "from derive.notation import b"), "notation/b.py", "def f():\n    import pickle"
    )
    assert runners(package, "derive.grading.a") == ["derive.notation.b imports pickle"]


def loaded_after(code: str) -> set[str]:
    """The packages that a fresh interpreter has loaded once it has run the code."""
    report = "import sys; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{report}"], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_importing_derive_loads_no_other_package():
    assert "derive" in (loaded := loaded_after("import derive"))
    assert not loaded & FIRST_ROOM.keys()


@pytest.mark.parametrize(
    "command", [["--help"], ["gradient", "y[i] := tanh(x[i]); L := sum(y[i], i)"], ["list"], ["compare", "/dev/null"]]
)
def test_what_needs_neither_torch_nor_sympy_loads_neither(command):
    run = f"""
import contextlib, sys
from derive.cli import main
sys.argv = ["derive", *{command}]
with contextlib.suppress(SystemExit):
    main()
"""
    assert "derive" in (loaded := loaded_after(run))
    assert not loaded & {"torch", "sympy"}
