"""The wheel, made from the sdist, works in an empty environment, away from the checkout and without torch."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]  # one worker builds, once

ROOT = Path(__file__).parents[1]
CONTENT = ("problems", "solutions", "templates")


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints; its complaints too, where it fails."""
    env = {name: value for name, value in os.environ.items() if name not in ("DERIVE_BANKS", "PYTHONPATH")}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def content_files() -> set[str]:
    """The files of the content folders, as the wheel names them."""
    files = (path for folder in CONTENT for path in (ROOT / folder).rglob("*") if path.is_file())
    return {f"derive/content/{path.relative_to(ROOT).as_posix()}" for path in files if "__pycache__" not in path.parts}


def names(listing: str) -> set[str]:
    return set(listing.replace("_", "-").replace("/", " ").split())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    dist = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", dist, ROOT, cwd=dist)
    return next(dist.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The bin folder of an environment that has the wheel and nothing but its dependencies."""
    venv = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", venv, cwd=venv)
    run(venv / "bin/pip", "install", "--quiet", "-c", ROOT / "constraints.txt", wheel, cwd=venv)
    return venv / "bin"


def test_the_wheel_holds_one_package_with_all_content(wheel):
    files = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0] for name in files if ".dist-info/" not in name} == {"derive"}
    assert "derive/py.typed" in files
    assert content_files() <= files


def test_the_wheel_holds_problems_and_templates():
    for folder in ("problems", "templates"):
        assert any(name.startswith(f"derive/content/{folder}/") for name in content_files())


def test_the_installed_command_lists_every_problem(installed):
    listed = names(run(installed / "derive", "list", cwd=Path("/")))
    problems = {path.stem for path in (ROOT / "problems").rglob("*.py") if not path.stem.startswith("_")}
    assert problems
    assert {problem.replace("_", "-") for problem in problems} <= listed


def test_the_installed_command_lists_what_the_checkout_lists(installed):
    here = run(Path(sys.executable).parent / "derive", "list", cwd=Path("/"))
    assert run(installed / "derive", "list", cwd=Path("/")) == here


def test_the_installed_environment_has_no_torch(installed):
    assert "torch" not in run(installed / "pip", "list", cwd=Path("/"))
