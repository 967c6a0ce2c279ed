"""Write a file whole or not at all, and delete one."""

import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import chain, count
from pathlib import Path
from stat import S_ISLNK, S_ISREG
from typing import BinaryIO

from outreach.errors import HeldError, Problem, WorldError, reason
from outreach.language import _

_COPY = re.compile(r"\.bak(-\d+)?$", re.IGNORECASE)
_TEMPORARY = re.compile(r"\..+\.\d+\.tmp")
_FRESH = 60
"""Seconds in which a file that is being written may be changed."""


def delete(path: Path) -> None:
    """Delete a file that may be gone already.

    Raises:
        WorldError: it cannot be deleted.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise WorldError(
            Problem(path.as_posix(), 0, _("cannot be deleted"), reason(error), code="unwritable")
        ) from error


def keep_copy(path: Path, first: str = ".bak-1") -> Path:
    """Copy a file beside it under the first ending that is free, and return the copy's path.

    Args:
        path: The file.
        first: The ending that is tried first; after it come .bak-2, .bak-3 and so on.

    Raises:
        WorldError: it cannot be read or written.
    """
    endings = chain([first], (f".bak-{number}" for number in count(2)))
    copies = (path.with_name(f"{path.name}{ending}") for ending in endings)
    copy = next(copy for copy in copies if not copy.exists())
    try:
        return write_whole(copy, path.read_bytes())
    except OSError as error:
        raise WorldError(
            Problem(path.as_posix(), 0, _("cannot be read"), reason(error), code="unreadable")
        ) from error


def half_written(root: Path) -> list[Path]:
    """Return the temporary files below a folder that no write of the last minute can be making.

    A killed process leaves them; what they were to replace is whole.
    """
    now = time.time()
    found = (path for path in root.rglob(".*.tmp") if _TEMPORARY.fullmatch(path.name) and path.is_file())
    return sorted(path for path in found if now - path.stat().st_mtime > _FRESH)


def copy_ending(name: str) -> str:
    """Return the ending of a file's name that `keep_copy` gave it, as .bak or .bak-2; empty for none."""
    found = _COPY.search(name)
    return found[0] if found else ""


def _put(temporary: Path, target: Path, shown: str) -> None:
    """Put a finished file in place.

    Raises:
        HeldError: an older one is open in another program, as Word and Excel hold theirs on Windows.
        OSError: whatever else is in the way.
    """
    try:
        temporary.replace(target)
    except PermissionError as error:
        if not target.is_file():
            raise
        hint = _("it may be open in another program, as Word or Excel; close it there")
        raise HeldError(Problem(shown, 0, _("cannot be replaced"), hint, code="held-open")) from error


def write_whole(path: Path, content: bytes, shown: str = "") -> Path:
    """Write a file of these bytes; as `write_with`."""
    return write_with(path, lambda temporary: temporary.write_bytes(content), shown)


def write_streamed(path: Path, save: Callable[[BinaryIO], object], shown: str = "") -> Path:
    """Write a file part by part, as `save` puts them into the stream that it gets; as `write_with`."""

    def write(temporary: Path) -> None:
        with temporary.open("wb") as stream:
            save(stream)

    return write_with(path, write, shown)


def _mode_of(path: Path) -> int:
    """Return what a path is, links not followed, as `stat` has it; 0 for nothing."""
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return 0


def write_with(path: Path, write: Callable[[Path], object], shown: str = "") -> Path:
    """Write a file under a temporary name, then put it in place; make its folder if need be; return its path.

    A link stays, and what it leads to is replaced; a device or a pipe is written to as it is.

    Args:
        path: The file; an older one is replaced.
        write: Writes the temporary one, and may be called again once the folder is there.
        shown: The path as messages name it; `path` by default.

    Raises:
        HeldError: another program holds an older file, which is still there.
        WorldError: it cannot be written; an older file is still there.
    """
    temporary, target = None, path
    try:
        mode = _mode_of(path)
        if S_ISLNK(mode):
            target = Path(os.path.realpath(path))
            mode = _mode_of(target)
        if mode and not S_ISREG(mode):
            write(path)
            return path
        temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")  # others may write the same file
        try:
            write(temporary)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            write(temporary)
        _put(temporary, target, shown or path.as_posix())
        temporary = None
    except OSError as error:
        problem = Problem(
            shown or path.as_posix(), 0, _("cannot be written"), reason(error), code="unwritable"
        )
        raise WorldError(problem) from error
    finally:
        if temporary:  # it could not be put in place
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    return path
