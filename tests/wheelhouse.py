"""A folder of wheels made of what is installed here, so that a test may install without a network."""

import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

INNER = {"__pycache__", "..", "INSTALLER", "REQUESTED", "RECORD", "direct_url.json"}


def wheelhouse(folder: Path, names: tuple[str, ...]) -> Path:
    """Wheels of some distributions and of all that they need."""
    folder.mkdir()
    waiting, made = list(names), set()
    while waiting:
        found = distribution(waiting.pop())
        if found.name.lower() not in made:
            made.add(found.name.lower())
            packed(found, folder)
            waiting += [line.split(";")[0] for line in found.requires or () if "extra ==" not in line]
            waiting = [name.split(">")[0].split("<")[0].split("=")[0].split("!")[0].strip() for name in waiting]
    return folder


def packed(found: Distribution, folder: Path) -> None:
    """A wheel with the files of an installed distribution."""
    tag = next(line.split()[1] for line in found.read_text("WHEEL").splitlines() if line.startswith("Tag:"))
    name = found.name.replace("-", "_")
    files = [f for f in found.files or () if not INNER & set(f.parts)]
    (record,) = (f.parent / "RECORD" for f in files if f.name == "WHEEL")
    with zipfile.ZipFile(folder / f"{name}-{found.version}-{tag}.whl", "w") as wheel:
        for file in files:
            wheel.write(file.locate(), file.as_posix())
        wheel.writestr(record.as_posix(), "".join(f"{f.as_posix()},,\n" for f in [*files, record]))
