"""Join files that were compressed before into a ZIP package, whose bytes are the same on every system.

The form of the records is APPNOTE.TXT's, 4.3; the times are those of its first day, since none is kept.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5HL")
_END = struct.Struct("<4s4H2LH")
_VERSION = 20
_MADE_BY = 3 << 8 | _VERSION
"""As on Unix, whose rights stand in the attributes."""
_RIGHTS = 0o600 << 16
_UTF8 = 0x800
_STORED, _DEFLATED = 0, 8
_FIRST_DAY = 1 << 5 | 1
"""1 January 1980."""
_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a package."""

    local: bytes
    """Its header and content."""
    central: bytes
    """Its record in the directory, up to where it lies."""
    name: bytes


def packed(name: str, content: bytes, *, is_tight: bool = False) -> Member:
    """Return a file, compressed unless it is so already.

    Args:
        name: With forward slashes.
        content: Less than 4 GB.
        is_tight: It is compressed already, as a picture is.
    """
    stored, method = content, _STORED
    if not is_tight:
        compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        stored, method = compressor.compress(content) + compressor.flush(), _DEFLATED
    path = name.encode()
    about = (_VERSION, 0 if name.isascii() else _UTF8, method, 0, _FIRST_DAY, zlib.crc32(content))
    sizes = (len(stored), len(content), len(path), 0)
    return Member(
        _LOCAL.pack(b"PK\3\4", *about, *sizes) + path + stored,
        _CENTRAL.pack(b"PK\1\2", _MADE_BY, *about, *sizes, 0, 0, 0, _RIGHTS),
        path,
    )


def joined(members: Iterable[Member]) -> bytes:
    """Return the package of fewer than 65,535 files, in their order."""
    contents: list[bytes] = []
    directory: list[bytes] = []
    place = 0
    for member in members:
        contents.append(member.local)
        directory += (member.central, place.to_bytes(4, "little"), member.name)
        place += len(member.local)
    listed = b"".join(directory)
    count = len(contents)
    return b"".join((*contents, listed, _END.pack(b"PK\5\6", 0, 0, count, count, len(listed), place, 0)))
