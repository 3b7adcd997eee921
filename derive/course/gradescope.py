"""A bundle that Gradescope grades an assignment with: this suite, the assignment, its problems, and two scripts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from derive.bank.banks import content
from derive.course.assignment import Assignment
from derive.course.shelf import PACKAGE, Shelf

NEEDED = ("jinja2", "numpy", "pydantic", "python-flint", "sympy")
LEFT_OUT = {"__pycache__", "content", "cli", "testing"}
DATE = (1980, 1, 1, 0, 0, 0)


def bundle(assignment: Path, chosen: Assignment, shelf: Shelf) -> bytes:
    """The bundle as a zip, the same bytes whenever it is made of the same things.

    Args:
        assignment: the assignment's file.
        chosen: what it declares.
        shelf: where its problems are.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in sorted(_files(assignment, chosen, shelf)):
            entry = zipfile.ZipInfo(name, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (0o100755 if name in ("setup.sh", "run_autograder") else 0o100644) << 16
            bundle.writestr(entry, data)
    return packed.getvalue()


def _files(assignment: Path, chosen: Assignment, shelf: Shelf) -> Iterator[tuple[str, bytes]]:
    yield "setup.sh", (content("templates") / "gradescope_setup.sh").read_bytes()
    yield "run_autograder", (content("templates") / "gradescope_run.sh").read_bytes()
    yield "requirements.txt", "".join(f"{name}=={version(name)}\n" for name in NEEDED).encode()
    yield f"{chosen.name}.toml", assignment.read_bytes()
    for name, _ in chosen.entries:
        yield f"bank/{name}.py", shelf.paths[name].read_bytes()
    suite = version("derive-suite")
    metadata = f"Metadata-Version: 2.1\nName: derive-suite\nVersion: {suite}\n"
    yield f"suite/derive_suite-{suite}.dist-info/METADATA", metadata.encode()
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE)
        if path.is_file() and not LEFT_OUT & set(inside.parts):
            yield f"suite/derive/{inside.as_posix()}", path.read_bytes()
