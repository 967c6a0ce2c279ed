"""Do tasks in several processes of this machine, in their order."""

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from threading import Thread
from typing import Protocol, TypeVar

from outreach import language
from outreach.errors import Problem, WorldError
from outreach.language import _

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")
_Result_co = TypeVar("_Result_co", covariant=True)

_MOST = 61
"""Of processes, on Windows."""
_AHEAD = 3
"""Tasks a process that are handed out before their turn, so that few are in memory."""


def in_processes(
    work: Callable[[_Task], _Result],
    tasks: Iterable[_Task],
    count: int,
    prepare: Callable[[], None] | None = None,
) -> Iterator[_Result]:
    """Yield the result of each task, in their order.

    Args:
        work: A function of a module, or a partial of one; an OutreachError of it is raised here.
        tasks: What it is called with; drawn as they are needed.
        count: Of processes.
        prepare: Called once in each process, before its first task.

    Raises:
        WorldError: a process was ended from outside.
    """
    pool = ProcessPoolExecutor(
        min(count, _MOST), multiprocessing.get_context("spawn"), _begin, (language.in_use(), prepare)
    )

    def submit(task: _Task) -> Future[_Result]:
        with _interrupts_held():  # the processes begin with the first task, and inherit it
            return pool.submit(work, task)

    try:
        yield from in_order(submit, iter(tasks), _AHEAD * count)
    except BrokenProcessPool as error:
        hint = _("run the command again")
        raise WorldError(
            Problem("", 0, _("a process of this program was ended from outside"), hint, code="process-ended")
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


class Pending(Protocol[_Result_co]):
    """Something whose result will be there."""

    def result(self) -> _Result_co:
        """Wait for it and return it."""


def in_order(
    submit: Callable[[_Task], Pending[_Result]], tasks: Iterator[_Task], ahead: int
) -> Iterator[_Result]:
    """Yield the result of each task in their order, with `ahead` of them on their way."""
    waiting = deque(submit(task) for task in islice(tasks, ahead))
    while waiting:
        yield waiting.popleft().result()
        waiting.extend(submit(task) for task in islice(tasks, 1))


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let Ctrl-C wait: it is for the first process, which ends the others."""
    if sys.platform == "win32":  # which has no such mask
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(code: str, prepare: Callable[[], None] | None) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    language.use(code)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if prepare:
        prepare()


def _end_with_parent() -> None:
    """End this process when the first one is gone, killed even: nobody waits for its work any more."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)
