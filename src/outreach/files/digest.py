"""The SHA-256 of bytes and of files, which tells what changed from what did not."""

from hashlib import sha256
from pathlib import Path

from outreach.errors import Problem, WorldError, reason
from outreach.language import _


def digest(content: bytes) -> str:
    """Return the SHA-256 of the bytes, in hexadecimal."""
    return sha256(content).hexdigest()


def file_digest(path: Path) -> str | None:
    """Return the SHA-256 of a file, None if there is no such file.

    Raises:
        WorldError: the file cannot be read.
    """
    try:
        return digest(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WorldError(Problem(path.as_posix(), 0, _("cannot be read"), reason(error))) from error
