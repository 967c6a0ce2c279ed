"""Let one command at a time write: a lock of the operating system, which a process that ends cannot hold."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from outreach.errors import BusyError, Problem, WorldError, reason
from outreach.language import _

_POLL = 0.1
"""Seconds between two tries."""
_FAR = 1 << 30
"""The byte that Windows locks, beyond the text, which others read meanwhile."""


@contextmanager
def alone(
    path: Path, who: str, patience: float, tell: Callable[[str], None] = lambda _holder: None
) -> Iterator[None]:
    """Hold a lock while something is written.

    Args:
        path: The lock's file; it stays, and its text only says who held the lock last.
        who: Said to others who wait, as in "outreach generate, since 14:05".
        patience: Seconds to wait for whoever holds it; 0 for none.
        tell: Called once with that one's `who` when there is something to wait for.

    Raises:
        BusyError: another process still holds it.
        WorldError: the file cannot be written.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise WorldError(Problem(path.name, 0, _("cannot be written"), reason(error))) from error
    try:
        _wait(file, path, patience, tell)
        os.ftruncate(file, 0)
        os.write(file, who.encode())
        yield
    finally:
        os.close(file)  # which lets go of the lock


def _wait(file: int, path: Path, patience: float, tell: Callable[[str], None]) -> None:
    end = time.monotonic() + patience
    is_told = False
    while not _is_taken(file):
        with suppress(OSError, ValueError):
            holder = path.read_text(encoding="utf-8")
        if not is_told and patience:
            tell(holder)
            is_told = True
        if time.monotonic() >= end:
            message = _("another command is writing in this campaign: {holder}", holder=holder)
            raise BusyError(Problem("", 0, message, _("run this one again when that one is done")))
        time.sleep(_POLL)


if sys.platform == "win32":
    import msvcrt

    def _is_taken(file: int) -> bool:
        """Take the lock if nobody has it, and tell whether that went well."""
        os.lseek(file, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(file, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _is_taken(file: int) -> bool:
        """Take the lock if nobody has it, and tell whether that went well."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks, as of some network shares: as it was without one
            return True
        return True
