"""The SHA-256 of bytes and of files, which tells what changed from what did not."""

from hashlib import sha256
from pathlib import Path

from outreach.files.reading import read_bytes


def digest(content: bytes) -> str:
    """Return the SHA-256 of the bytes, in hexadecimal."""
    return sha256(content).hexdigest()


def file_digest(path: Path) -> str | None:
    """Return the SHA-256 of a file, None if there is no such file; raises as `read_bytes`."""
    return digest(read_bytes(path, path.as_posix())) if path.exists() else None
