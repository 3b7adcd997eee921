"""Answers graded by other processes: a worker that dies or hangs costs one answer its automatic mark, and nothing else."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, count
from multiprocessing import connection
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from pebble import ProcessExpired, ProcessPool

from derive.bank.feedback import Level
from derive.bank.grade import graded_parts
from derive.bank.problem import Variant
from derive.course.shelf import Shelf
from derive.render.stream import settle

FENCE = 120.0
ANSWERS_PER_WORKER = 1000
VARIANTS = 256
TRIES = 3
GLANCE = 1.0  # seconds after which it is looked whether a pool still works
DIED = "The process that graded this answer died."


class NoWorkers(RuntimeError):
    """No process lives long enough to grade anything; the message is a sentence."""


class Task(NamedTuple):
    """Parts of one submission that are graded together.

    Attributes:
        parts: part → the key of its result.
        answers: JSON: part → answer, for these parts and those that they follow.
    """

    problem: str
    seed: int
    level: int
    hints: int
    parts: tuple[tuple[str, str], ...]
    answers: str

    @property
    def alone(self) -> list[Task]:
        """A task for each of its parts."""
        return [self._replace(parts=(part,)) for part in self.parts]


Work = Callable[[Shelf, Task], dict[str, str]]


class Outcome(NamedTuple):
    """What became of a task: results by key, or why there are none."""

    task: Task
    found: dict[str, str]
    why: str = ""


def graded(shelf: Shelf, task: Task) -> dict[str, str]:
    """The results of a task's parts, as JSON by key."""
    names = dict(task.parts)
    variant = variant_of(shelf, task.problem, task.seed)
    parts = graded_parts(variant, names, json.loads(task.answers), Level(task.level), task.hints)
    return {names[n]: json.dumps(p, ensure_ascii=False, default=str) for n, p in parts.items()}


@lru_cache(maxsize=VARIANTS)
def variant_of(shelf: Shelf, problem: str, seed: int) -> Variant:
    """The variant, which the next answers to it need again."""
    return shelf[problem].variant(seed)


def here(tasks: Iterable[Task], shelf: Shelf, work: Work = graded) -> Iterator[Outcome]:
    """The outcomes of tasks, in this process and in their order."""
    for task in tasks:
        whole = _here(task, shelf, work)
        yield from [_here(t, shelf, work) for t in task.alone] if whole.why else [whole]


def _here(task: Task, shelf: Shelf, work: Work) -> Outcome:
    try:
        return Outcome(task, work(shelf, task))
    except Exception as error:  # a fault of the suite or of a problem costs this answer, never the run
        return Outcome(task, {}, failed(error))


def elsewhere(
    tasks: Iterable[Task], folders: Sequence[Path], jobs: int, fence: float = FENCE, work: Work = graded
) -> Iterator[Outcome]:
    """The outcomes of tasks, in other processes, as they come; what fails is tried once more, part by part and alone.

    Args:
        tasks: taken as workers become free; never many at once.
        folders: where the problems are.
        jobs: how many processes.
        fence: seconds after which a task is given up: far beyond what an answer may cost.
        work: what grades a task; a function of a module.
    """
    again: list[Task] = []
    for outcome in _pooled(tasks, folders, jobs, fence, work):
        if outcome.why:
            again += outcome.task.alone
        else:
            yield outcome
    for task in again:
        yield from _pooled([task], folders, 1, fence, work)


def _pooled(tasks: Iterable[Task], folders: Sequence[Path], jobs: int, fence: float, work: Work) -> Iterator[Outcome]:
    """The outcomes of tasks from one pool of processes, or from another one where it breaks.

    Raises:
        NoWorkers: several break before they have graded anything.
    """
    rest, barren = iter(tasks), 0
    for first in rest:
        pool = ProcessPool(
            max_workers=jobs,
            max_tasks=ANSWERS_PER_WORKER,
            initializer=_begin,
            initargs=(tuple(folders), work),
            context=_context(),
        )
        flight = _Flight(pool, fence)
        yield from flight.outcomes(chain([first], rest), 4 * jobs)
        barren = 0 if flight.worked else barren + 1
        if barren == TRIES:
            raise NoWorkers(
                "the processes that grade die before they have graded anything. What was graded is kept; see that there is"
                " memory left, and give the same command again, maybe with --jobs 1."
            )


@dataclass
class _Flight:
    """Tasks that a pool is at work on.

    Attributes:
        flying: future → task.
        landed: the futures that are done.
        worked: whether anything was graded.
    """

    pool: Any
    fence: float
    flying: dict[Any, Task] = field(default_factory=dict)
    landed: SimpleQueue[Any] = field(default_factory=SimpleQueue)
    worked: bool = False

    def outcomes(self, tasks: Iterable[Task], most: int) -> Iterator[Outcome]:
        """The outcomes as they come, for as long as the pool lasts; a broken one takes no more tasks."""
        try:
            for task in tasks:
                if not self._take(task):
                    break
                while len(self.flying) >= most or (self.flying and not self.landed.empty()):
                    yield self._land()
            while self.flying:
                yield self._land()
            self.pool.close()
        except BaseException:
            self.pool.stop()
            raise
        finally:
            self.pool.join()

    def _take(self, task: Task) -> bool:
        """Hand a task to the pool; false where that is broken."""
        try:
            future = self.pool.schedule(_at_work, args=(task,), timeout=self.fence)
        except RuntimeError:  # Pebble's word for a pool of which all workers died at once
            self.flying[object()] = task
            return False
        self.flying[future] = task
        future.add_done_callback(self.landed.put)
        return True

    def _land(self) -> Outcome:
        """The next outcome; tasks that a broken pool leaves without one are those of a process that died."""
        while self.pool.active or not self.landed.empty():
            try:
                future = self.landed.get(timeout=GLANCE)
            except Empty:
                continue
            outcome = _outcome(self.flying.pop(future), future, self.fence)
            self.worked |= not outcome.why
            return outcome
        return Outcome(self.flying.popitem()[1], {}, DIED)


def _outcome(task: Task, future: Any, fence: float) -> Outcome:
    try:
        return Outcome(task, future.result())
    except TimeoutError:
        return Outcome(task, {}, f"Grading this answer did not end within {fence:g} seconds.")
    except (ProcessExpired, BrokenProcessPool, CancelledError):
        return Outcome(task, {}, DIED)
    except Exception as error:  # raised in the worker, by a fault of the suite or of a problem
        return Outcome(task, {}, failed(error))


def failed(error: Exception) -> str:
    """A sentence about a fault."""
    return f"Grading this answer failed ({type(error).__name__}: {error})."[:500]


def _context() -> Any:
    """Processes that start clean, from a server that has the suite loaded where the platform has one."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


_shelf: Shelf
_work: Work
_turn = count()


def _begin(folders: Sequence[Path], work: Work) -> None:
    """Make ready a worker; it ends when the run that it works for does."""
    global _shelf, _work
    _shelf, _work = Shelf(folders), work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _at_work(task: Task) -> dict[str, str]:
    """One task; before the second, what the first has loaded is left to itself."""
    if next(_turn) == 1:
        settle()
    return _work(_shelf, task)
