"""A coverage-guided fuzzer of ``answer_request``: ``python tests/grading/fuzz.py --minutes 60 --seed 1``.

A text that reaches a line of ``derive/`` by a way not seen before is kept and broken further. Every new kind of
failure is printed with the smallest text that shows it.
"""

# ruff: noqa: T201

import argparse
import contextlib
import io
import json
import re
import resource
import signal
import sys
import time
from pathlib import Path
from random import Random
from types import CodeType, FrameType

from mutations import SYNTAXES, faults, mutated, requests, shorter

import derive
from derive.grading.compare import answer_request

HOME = str(Path(derive.__file__).parent)
PATIENCE, RARELY = 40, 32


class TooSlow(BaseException):
    """A text took longer than the fence allows."""


class Coverage:
    """Ways from line to line in ``derive/``; code that shows nothing new is looked at ever more rarely."""

    def __init__(self) -> None:
        self.ways: set[tuple[CodeType, int, int]] = set()
        self.dull: dict[CodeType, int] = {}
        self.new = 0

    def enter(self, frame: FrameType, event: str, arg: object) -> object:
        code = frame.f_code
        if not code.co_filename.startswith(HOME):
            return None
        count = self.dull[code] = self.dull.get(code, 0) + 1
        if count > PATIENCE and count % RARELY:
            return None
        last = 0

        def step(frame: FrameType, event: str, arg: object) -> object:
            nonlocal last
            way = (code, last, frame.f_lineno)
            last = frame.f_lineno
            if way not in self.ways:
                self.ways.add(way)
                self.dull[code] = 0
                self.new += 1
            return step

        return step


def failure(request: dict, seconds: float, coverage: Coverage | None = None) -> str | None:
    """The kind of failure that a request shows, or None."""
    errors = io.StringIO()
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        with contextlib.redirect_stderr(errors):
            if coverage is not None:
                sys.settrace(coverage.enter)
            verdict = answer_request(request)
    except TooSlow:
        return "slow"
    except BaseException as error:
        return f"escaped: {error!r}"
    finally:
        sys.settrace(None)
        signal.setitimer(signal.ITIMER_PROF, 0)
    found = faults(request, verdict)
    return found[0] if found and not errors.getvalue() else _kind(errors.getvalue()) if found else None


def _kind(trace: str) -> str:
    """Where and what an exception was."""
    places = re.findall(r'File ".*?(derive/\w+/\w+\.py)", line \d+, in (\S+)', trace)
    return f"{places[-1] if places else '?'} {trace.strip().splitlines()[-1][:90]}"


def smallest(request: dict, kind: str, seconds: float) -> dict:
    """The request with as much of its answer left out as the failure allows."""
    start = time.monotonic()
    going = True
    while going and time.monotonic() < start + 20:
        going = False
        for text in shorter(request["answer"]):
            less = {**request, "answer": text}
            if len(text) < len(request["answer"]) and _place(failure(less, seconds)) == _place(kind):
                request, going = less, True
                break
    return request


def _place(kind: str | None) -> str | None:
    return kind and kind.partition(")")[0]


def fuzz(minutes: float, seed: int, fence: float) -> int:
    """Run until the time is over; the number of kinds of failures."""
    draw, coverage, found = Random(seed), Coverage(), set()
    corpus = [{**r, "syntax": s} for r in requests() for s in {r.get("syntax", "latex"), draw.choice(SYNTAXES)}]
    texts = [r["answer"] for r in corpus]
    fresh: list[dict] = []
    count, end, shown = 0, time.monotonic() + 60 * minutes, time.monotonic()
    while time.monotonic() < end:
        base = draw.choice(fresh[-200:] if fresh and draw.random() < 0.6 else corpus)
        request = {**base, "answer": mutated(draw, base["answer"], texts)}
        if draw.random() < 0.15:
            request["syntax"] = draw.choice(SYNTAXES)
        before = coverage.new
        kind = failure(request, fence, coverage)
        count += 1
        if kind is not None and _place(kind) not in found:
            found.add(_place(kind))
            least = smallest(request, kind, fence) if kind != "slow" else request
            found.discard("slow")
            print("FOUND", kind, "\n     ", json.dumps(least, ensure_ascii=True), flush=True)
        elif coverage.new > before and len(request["answer"]) < 400:
            fresh.append(request)
        if time.monotonic() > shown + 60:
            shown = time.monotonic()
            print(f"{count} texts, {len(coverage.ways)} ways, {len(fresh)} kept, {len(found)} failures", flush=True)
    print(f"{count} texts, {len(coverage.ways)} ways, {len(fresh)} kept, {len(found)} kinds of failures")
    return len(found)


def _ring(*_: object) -> None:
    raise TooSlow


def main() -> None:
    """Read the arguments and fuzz."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--fence", type=float, default=5, help="seconds of processor time after which a text counts as slow"
    )
    arguments = parser.parse_args()
    signal.signal(signal.SIGPROF, _ring)
    resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
    sys.exit(1 if fuzz(arguments.minutes, arguments.seed, arguments.fence) else 0)


if __name__ == "__main__":
    main()
