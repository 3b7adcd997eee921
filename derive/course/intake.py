"""Files, folders and zips of them as a list of pieces; nothing is unpacked onto the disk, and nothing is run."""

from __future__ import annotations

import lzma
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from derive.course.handed import Remark

KINDS = {
    "md": "md", "markdown": "md", "txt": "md", "tex": "tex", "latex": "tex", "ipynb": "ipynb", "html": "html", "htm": "html",
    "csv": "table", "tsv": "table", "json": "records", "jsonl": "records", "ndjson": "records", "zip": "zip",
    **dict.fromkeys(("pdf", "png", "jpg", "jpeg", "heic", "heif", "gif", "webp", "tif", "tiff", "bmp", "svg"), "seen"),
    **dict.fromkeys(("doc", "docx", "odt", "rtf", "pages", "ps", "eps", "xopp", "xlsx", "ods"), "seen"),
    **dict.fromkeys(("aux", "log", "out", "toc", "fls", "fdb_latexmk", "bbl", "blg", "sty", "cls", "bib"), "beside"),
}  # fmt: skip
SYSTEM = re.compile(
    r"(^|/)(__MACOSX|\._[^/]*|\.DS_Store|\.ipynb_checkpoints|\.git|Thumbs\.db|desktop\.ini|[^/]*\.synctex\.gz)(/|$)",
    re.IGNORECASE,
)
FORM = re.compile(rb"derive:(form|answer)\b")
LARGE = ("table", "records", "zip")
UNREADABLE = (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, RuntimeError, zlib.error, lzma.LZMAError)
MEMBERS = 50_000
LARGEST = 10_000_000
LARGEST_TABLE = 200_000_000
IN_ALL = 1_000_000_000
DEPTH = 3


class Piece(NamedTuple):
    """A file to read, under the path that staff know it by; what only a person looks at has a sum in place of its data.

    ``why`` says why it was not read, where it should have been.
    """

    name: str
    kind: str
    data: bytes
    sum: str = ""
    why: str = ""


@dataclass
class Intake:
    """Goes through paths; what it passes over becomes a remark.

    Attributes:
        remarks: those so far.
        left: how many bytes may still be read out of zips.
        refused: what was not read, each with the reason.
        output: what this run writes; it is nobody's hand-in.
    """

    remarks: list[Remark]
    left: int = IN_ALL
    refused: list[Piece] = field(default_factory=list)
    output: Path | None = None

    def pieces(self, path: Path) -> Iterator[Piece]:
        """The pieces of a path, in the order of their names.

        Raises:
            OSError: the path cannot be read.
        """
        path.stat()
        if not path.is_dir():
            yield from self._file(path, _shown(path))
            return
        found: list[Path] = []
        for folder, folders, names in os.walk(path, onerror=lambda e: self._unreadable(path, e)):
            links = [Path(folder, n) for n in folders if Path(folder, n).is_symlink()]
            found += [*links, *(Path(folder, n) for n in names)]
        for inner in sorted(found, key=lambda p: p.relative_to(path).as_posix()):
            name = utf8(inner.relative_to(path).as_posix())
            shown = f"{utf8(path.resolve().name)}/{name}"
            if self._is_systems(name, shown):
                continue
            if inner.is_symlink():
                self._refuse(shown, "it is a link; links are not followed.")
            elif inner.is_file():
                yield from self._file(inner, shown)

    def _unreadable(self, path: Path, error: OSError) -> None:
        inner = Path(str(error.filename)).relative_to(path).as_posix()
        self._refuse(utf8(f"{path.resolve().name}/{inner}"), f"the folder cannot be read: {error.strerror}.")

    def _is_systems(self, name: str, shown: str) -> bool:
        """Whether an operating system put a file there, which is said."""
        if SYSTEM.search(name):
            self.remarks.append(Remark("ignored", shown, 0, "a system put it there; it holds no answer."))
            return True
        return False

    def _file(self, path: Path, name: str) -> Iterator[Piece]:
        if self.output is not None and path.resolve() in (self.output, _partial(self.output)):
            self.remarks.append(Remark("ignored", name, 0, "it is what this command writes."))
            return
        try:
            yield from self._opened(path, name)
        except OSError as error:
            self._refuse(name, f"it cannot be read: {error.strerror}.")

    def _opened(self, path: Path, name: str) -> Iterator[Piece]:
        kind = self._kind(name, path.open("rb"))
        if kind == "seen":
            yield Piece(name, kind, b"", _sum(path))
        elif kind == "zip":
            yield from self._zip(path, name, 1)
        elif kind and self._small(name, kind, path.stat().st_size):
            yield Piece(name, kind, path.read_bytes())

    def _kind(self, name: str, source: IO[bytes]) -> str:
        """What a file is by its suffix, or without one by what it holds; empty for what is passed over, which is named."""
        suffix = PurePosixPath(name).suffix.lower().lstrip(".")
        with source:
            kind = KINDS.get(suffix, "") or ("md" if not suffix and FORM.search(source.read(LARGEST)) else "")
        if kind == "beside":
            self.remarks.append(Remark("ignored", name, 0, "LaTeX wrote it; it holds no answer."))
            return ""
        if not kind:
            self._refuse(name, "files of this kind are not read.")
        return kind

    def _small(self, name: str, kind: str, size: int) -> bool:
        most = LARGEST_TABLE if kind in LARGE else LARGEST
        if size > most:
            self._refuse(name, f"it is larger than {most // 10**6} MB.")
        return size <= most

    def _refuse(self, name: str, why: str) -> None:
        self.refused.append(Piece(name, "refused", b"", why=why))

    def _zip(self, source: Path | BytesIO, name: str, depth: int) -> Iterator[Piece]:
        try:
            with zipfile.ZipFile(source) as archive:
                yield from self._members(archive, name, depth)
        except UNREADABLE as error:
            self._refuse(name, f"the zip cannot be read: {error}.")

    def _members(self, archive: zipfile.ZipFile, name: str, depth: int) -> Iterator[Piece]:
        inside = sorted((i for i in archive.infolist() if not i.is_dir()), key=lambda i: i.filename)
        if len(inside) > MEMBERS:
            self._refuse(name, f"it holds more than {MEMBERS} files.")
            return
        for info in inside:
            if not self._is_systems(info.filename, f"{name}/{info.filename}"):
                yield from self._member(archive, info, name, depth)

    def _member(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, outer: str, depth: int) -> Iterator[Piece]:
        name = f"{outer}/{info.filename}"
        why = _unsafe(info)
        if why:
            self._refuse(name, why)
            return
        try:
            kind = self._kind(name, archive.open(info))
        except UNREADABLE as error:
            self._refuse(name, f"it cannot be unpacked: {error}.")
            return
        if kind == "seen":
            yield Piece(name, kind, b"", _sum_text(info.CRC, info.file_size))
        elif kind == "zip" and depth >= DEPTH:
            self._refuse(name, f"zips in zips are read {DEPTH} deep only.")
        elif kind and (data := self._unpacked(archive, info, name, kind)) is not None:
            yield from self._zip(BytesIO(data), name, depth + 1) if kind == "zip" else [Piece(name, kind, data)]

    def _unpacked(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, kind: str) -> bytes | None:
        """A member's bytes; None where there are too many of them, whatever its header says."""
        if not self._small(name, kind, info.file_size):
            return None
        most = min(self.left, LARGEST_TABLE if kind in LARGE else LARGEST)
        try:
            with archive.open(info) as source:
                data = source.read(most + 1)
        except (*UNREADABLE, OSError) as error:
            self._refuse(name, f"it cannot be unpacked: {error}.")
            return None
        self.left -= len(data)
        if len(data) > most:
            self.left = 0
            self._refuse(name, f"the zips hold more than {IN_ALL // 10**6} MB to read, unpacked.")
            return None
        return data


def _partial(path: Path) -> Path:
    return path.with_name(path.name + ".partial")


def _shown(path: Path) -> str:
    """What a file is called; one student's with its folder, which may say whose it is."""
    of_many = KINDS.get(path.suffix.lower().lstrip("."), "zip") in LARGE
    return utf8(path.name if of_many else str(PurePosixPath(path.parent.name, path.name)))


def utf8(name: str) -> str:
    """A name of a file as it stands on the disk in UTF-8, whatever the locale takes it for."""
    return os.fsencode(name).decode("utf-8", "surrogateescape")


def _sum(path: Path) -> str:
    """A file's checksum and size, the same in a zip: another picture of the same name is another answer."""
    found = size = 0
    with path.open("rb") as source:
        while piece := source.read(2**20):
            found, size = zlib.crc32(piece, found), size + len(piece)
    return _sum_text(found, size)


def sum_of(data: bytes) -> str:
    """The sum of a file that was read."""
    return _sum_text(zlib.crc32(data), len(data))


def _sum_text(checksum: int, size: int) -> str:
    return f"{checksum:08x}-{size}"


def _unsafe(info: zipfile.ZipInfo) -> str:
    """Why a member is not read; empty where it may be."""
    name = info.filename
    if ".." in PurePosixPath(name.replace("\\", "/")).parts or re.match(r"[/\\]|[A-Za-z]:", name):
        return "its path leads out of the zip."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link; links are not followed."
    if info.flag_bits & 1:
        return "it is encrypted."
    return ""
