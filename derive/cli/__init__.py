"""The command line: reads arguments, calls, prints. Exit codes: 0 fine, 1 the answer is no, 2 misuse."""

from __future__ import annotations

import errno
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from derive.cli import authors as _authors  # noqa: F401
from derive.cli import course_grade as _course_grade  # noqa: F401
from derive.cli import course_gradescope as _course_gradescope  # noqa: F401
from derive.cli import course_regrade as _course_regrade  # noqa: F401
from derive.cli import course_report as _course_report  # noqa: F401
from derive.cli import course_review as _course_review  # noqa: F401
from derive.cli import course_sheets as _course_sheets  # noqa: F401
from derive.cli import digits as _digits  # noqa: F401
from derive.cli import figure as _figure  # noqa: F401
from derive.cli import gradient as _gradient  # noqa: F401
from derive.cli import listing as _listing  # noqa: F401
from derive.cli import pages as _pages  # noqa: F401
from derive.cli import practise as _practise  # noqa: F401
from derive.cli import site as _site  # noqa: F401
from derive.cli import steps as _steps  # noqa: F401
from derive.cli import verifying as _verifying  # noqa: F401
from derive.cli.common import Output, app
from derive.render.stream import lines_through

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def main() -> None:
    """Run the command line; a misuse is a sentence and exit code 2."""
    _open_streams()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever stops a run by it is told what is kept, too
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        advice = " Make room and give the same command again." if error.errno in NO_ROOM else ""
        typer.echo(f"derive: {error.filename or 'a file'}: {error.strerror}.{advice}", err=True)
        sys.exit(2)


def _open_streams() -> None:
    """Standard streams in UTF-8 that no byte is a fault of; one that the caller closed holds nothing and keeps nothing."""
    for name in ("stdin", "stdout", "stderr"):  # in this order they take the numbers 0, 1 and 2 again
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace" if name == "stdin" else "backslashreplace")


def _unread_request(text: str) -> dict[str, Any]:
    return {"id": None, "verdict": "unreadable", "evidence": {"message": text}, "reading": None, "ms": 0}


@app.command()
def compare(
    requests: Annotated[Path, typer.Argument(help="Requests, JSON Lines; - for standard input.")],
    output: Output = None,
) -> None:
    """Say for each request whether two answers are the same."""
    from derive.grading.compare import FIELDS, answer_request

    lines_through(requests, answer_request, _unread_request, output, FIELDS)
