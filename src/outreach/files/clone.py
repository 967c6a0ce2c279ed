"""Copy a file that was read, without writing its bytes where the file system lets two files share them."""

import os
import sys
from pathlib import Path
from typing import BinaryIO

if sys.platform == "linux":
    from fcntl import ioctl

_FICLONE = 0x40049409
"""Of linux/fs.h: Btrfs, XFS and others share the blocks until either file is written to."""


def write_copy(source: BinaryIO, read: os.stat_result, content: bytes, target: Path) -> None:
    """Write a copy of an open file, which a change of either does not touch.

    Args:
        source: The file, which was read whole.
        read: What the system said of it before.
        content: What was read, and what the copy holds, even if the file has changed since.
        target: The copy.

    Raises:
        OSError: it cannot be written.
    """
    with target.open("wb") as copy:
        if _is_shared(source, copy):
            now = os.fstat(source.fileno())
            if (now.st_size, now.st_mtime_ns) == (read.st_size, read.st_mtime_ns):
                return
            copy.truncate(0)
        copy.write(content)


def _is_shared(source: BinaryIO, copy: BinaryIO) -> bool:
    """Let a new file share the blocks of another; tell whether that can be done here."""
    if sys.platform != "linux":
        return False
    try:
        ioctl(copy.fileno(), _FICLONE, source.fileno())
    except OSError:  # on most file systems
        return False
    return True
