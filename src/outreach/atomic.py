"""Write a file whole or not at all."""

from contextlib import suppress
from pathlib import Path

from outreach.errors import Problem, WorldError, reason
from outreach.language import _


def write_whole(path: Path, content: bytes, shown: str = "") -> Path:
    """Write a file under a temporary name, then put it in place; make its folder if need be; return its path.

    Args:
        path: The file; an older one is replaced.
        content: Its bytes.
        shown: The path as messages name it; `path` by default.

    Raises:
        WorldError: it cannot be written; an older file is still there.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        try:
            temporary.write_bytes(content)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        problem = Problem(shown or path.as_posix(), 0, _("cannot be written"), reason(error))
        raise WorldError(problem) from error
    return path
