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
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
"""What a link leads to is not the lock, and would be emptied; Windows lets only few make links."""
_FAR = 1 << 30
"""The byte that Windows locks, beyond the text, which others read meanwhile."""


@contextmanager
def alone(
    path: Path, who: str, patience: float, tell: Callable[[str], None] = lambda _holder: None
) -> Iterator[None]:
    """Hold a lock while something is written.

    Args:
        path: The lock's file, which is there as long as somebody holds it; its text only says who.
        who: Said to others who wait, as in "outreach generate, since 14:05".
        patience: Seconds to wait for whoever holds it; 0 for none.
        tell: Called once with that one's `who` when there is something to wait for.

    Raises:
        BusyError: another process still holds it.
        WorldError: the file cannot be written.
    """
    file = _taken(path, patience, tell)
    try:
        os.ftruncate(file, 0)
        os.write(file, who.encode())
        yield
    finally:
        _let_go(file, path)


def _taken(path: Path, patience: float, tell: Callable[[str], None]) -> int:
    """Return the file of a lock that is held from now on."""
    end = time.monotonic() + patience
    is_told = False
    while (file := _try(path)) is None:
        holder = ""
        with suppress(OSError, ValueError):
            holder = path.read_text(encoding="utf-8")
        if not is_told and patience:
            tell(holder)
            is_told = True
        if time.monotonic() >= end:
            message = _("another command is writing in this campaign: {holder}", holder=holder)
            raise BusyError(
                Problem("", 0, message, _("run this one again when that one is done"), code="busy")
            )
        time.sleep(_POLL)
    return file


def _try(path: Path) -> int | None:
    """Return the file of a lock if nobody has it."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | _NO_LINK, 0o666)
    except OSError as error:
        raise WorldError(
            Problem(path.name, 0, _("cannot be written"), reason(error), code="unwritable")
        ) from error
    if _is_taken(file) and _is_there(file, path):
        return file
    os.close(file)
    return None


def _is_there(file: int, path: Path) -> bool:
    """Tell whether a file has not been deleted since it was opened, by whoever held it then."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except OSError:
        return False


def _let_go(file: int, path: Path) -> None:
    if sys.platform == "win32":  # which deletes no open file, and so none that somebody waits for
        os.close(file)
        with suppress(OSError):
            path.unlink()
    else:
        with suppress(OSError):
            path.unlink()
        os.close(file)


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
