"""Write a file whole or not at all."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from outreach.errors import Problem, WorldError, reason
from outreach.language import _


def write_whole(path: Path, content: bytes, shown: str = "") -> Path:
    """Write a file of these bytes; as `write_with`."""
    return write_with(path, lambda temporary: temporary.write_bytes(content), shown)


def write_with(path: Path, write: Callable[[Path], object], shown: str = "") -> Path:
    """Write a file under a temporary name, then put it in place; make its folder if need be; return its path.

    Args:
        path: The file; an older one is replaced.
        write: Writes the temporary one, and may be called again once the folder is there.
        shown: The path as messages name it; `path` by default.

    Raises:
        WorldError: it cannot be written; an older file is still there.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        try:
            write(temporary)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            write(temporary)
        temporary.replace(path)
    except BaseException as error:  # whatever it is, Ctrl-C too, no half of a file may stay
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        problem = Problem(shown or path.as_posix(), 0, _("cannot be written"), reason(error))
        raise WorldError(problem) from error
    return path
