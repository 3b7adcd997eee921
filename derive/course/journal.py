"""What was graded, kept at once: an append-only file of keys and results, and a lock against a second run."""

from __future__ import annotations

import os
import re
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ENTRY = re.compile(rb"([0-9a-f]{32}) ([0-9a-f]{8}) (\{.*\})\n", re.DOTALL)
HEAD = 42  # signs in front of an entry's text
SECONDS_BETWEEN_SYNCS = 1.0


class Busy(Exception):
    """Another run writes to the same output; the message is a sentence."""


class Journal:
    """Key → JSON text of a result, on disk; only the places of the entries are held in memory.

    An entry is in the file before `add` returns, and on the disk a second later at most. A last line that was cut off is
    dropped when the file is opened, and one whose checksum does not fit is passed over.

    Args:
        path: the file, made where there is none.

    Raises:
        OSError: the file cannot be read or written; what stood in it is whole.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     journal = Journal(Path(folder) / "journal")
    ...     journal.add("0" * 32, '{"marks": 2}')
    ...     "0" * 32 in journal, journal.find("0" * 32), journal.find("1" * 32)
    ...     journal.close()
    (True, '{"marks": 2}', None)
    """

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b", buffering=0)
        self._places: dict[bytes, tuple[int, int]] = {}
        self._end = self._scan()
        self._file.truncate(self._end)
        self._synced = time.monotonic()

    def _scan(self) -> int:
        """Note where the entries are; return where the last whole line ends."""
        end = 0
        with os.fdopen(os.dup(self._file.fileno()), "rb") as source:
            source.seek(0)
            for line in source:
                if not line.endswith(b"\n"):
                    break
                found = ENTRY.fullmatch(line)
                if found and int(found[2], 16) == zlib.crc32(found[1] + found[3]):
                    self._note(found[1], end, len(line))
                end += len(line)
        return end

    def _note(self, key: bytes, start: int, length: int) -> None:
        self._places[bytes.fromhex(key.decode())] = (start + HEAD, length - HEAD - 1)

    def __contains__(self, key: str) -> bool:
        return bytes.fromhex(key) in self._places

    def find(self, key: str) -> str | None:
        """The text of a key, None where there is none."""
        place = self._places.get(bytes.fromhex(key))
        if place is None:
            return None
        return os.pread(self._file.fileno(), place[1], place[0]).decode("utf-8")

    def add(self, key: str, text: str) -> None:
        """Keep a result; one whose key is there already is left as it is.

        Raises:
            OSError: the disk is full; what stood in the file before is whole.
        """
        if key in self:
            return
        data = text.encode("utf-8", "replace")
        line = b"%s %08x %s\n" % (key.encode(), zlib.crc32(key.encode() + data), data)
        self._file.seek(self._end)
        try:
            written = 0
            while written < len(line):
                written += self._file.write(line[written:])
        except OSError:
            self._file.truncate(self._end)
            raise
        self._note(key.encode(), self._end, len(line))
        self._end += len(line)
        if time.monotonic() - self._synced > SECONDS_BETWEEN_SYNCS:
            self.sync()

    def sync(self) -> None:
        """Have it on the disk."""
        os.fsync(self._file.fileno())
        self._synced = time.monotonic()

    def close(self) -> None:
        """Have it on the disk, and let go of it."""
        self.sync()
        self._file.close()


@contextmanager
def only_run(output: Path) -> Iterator[bool]:
    """Be the only run that writes to an output; the lock of a run that died is none, but yields that one did.

    Raises:
        Busy: another run is at work there.
        OSError: the folder cannot be written.
    """
    path = output.with_name(output.name + ".lock")
    died = path.exists()
    held = _locked(path)
    try:
        os.ftruncate(held, 0)
        os.pwrite(held, f"{os.getpid()}\n".encode(), 0)
        yield died
    finally:
        path.unlink(missing_ok=True)
        os.close(held)


def _locked(path: Path) -> int:
    """A descriptor that holds the lock; the system lets go of it when its process ends, however it ends."""
    import fcntl

    while True:
        held = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            pid = os.pread(held, 20, 0).decode("ascii", "replace").strip()
            os.close(held)
            raise Busy(
                f"another run (process {pid or 'unknown'}) is writing {path.with_suffix('')}; wait for it, or end it and run"
                " this again: what it has graded is kept."
            ) from error
        if path.exists() and os.path.samestat(os.fstat(held), path.stat()):
            return held
        os.close(held)  # its holder removed it while this run waited for it
