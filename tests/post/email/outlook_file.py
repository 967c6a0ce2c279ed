"""Write a message as Outlook saves it, .msg: a compound file (MS-CFB) of property streams (MS-OXMSG)."""

import struct
from collections.abc import Mapping
from itertools import pairwise

_SECTOR = 512
_SMALL = 64
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_FIRST_PROPERTY = 32
"""Bytes before the properties of the message itself."""


def msg(texts: Mapping[int, str], files: Mapping[str, bytes]) -> bytes:
    """Return a .msg file.

    Args:
        texts: By the number of the property, as 0x0037 for the subject.
        files: What is attached, by name.
    """
    head = struct.pack("<8x4I8x", 0, len(files), 0, len(files))
    tree: dict[str, object] = {
        f"__substg1.0_{number:04X}001F": text.encode("utf-16-le") for number, text in texts.items()
    }
    tree["__properties_version1.0"] = head + b"".join(
        _entry(0x001F, number, len(text.encode("utf-16-le")) + 2) for number, text in texts.items()
    )
    for place, (name, content) in enumerate(files.items()):
        tree[f"__attach_version1.0_#{place:08X}"] = {
            "__substg1.0_3707001F": name.encode("utf-16-le"),
            "__substg1.0_37010102": content,
            "__properties_version1.0": bytes(8)
            + _entry(0x001F, 0x3707, len(name) * 2 + 2)
            + _entry(0x0102, 0x3701, len(content))
            + struct.pack("<HHIII", 0x0003, 0x3705, 6, 1, 0),
        }
    return _compound(tree)


def _entry(kind: int, number: int, size: int) -> bytes:
    return struct.pack("<HHIII", kind, number, 6, size, 0)


def _compound(tree: Mapping[str, object]) -> bytes:
    """Return a compound file; every stream lies in sectors of 64 bytes, which the root's stream holds."""
    small = b""
    small_fat: list[int] = []
    entries: list[list[object]] = [["Root Entry", 5, _FREE, _FREE, 0, 0]]

    def put(content: bytes) -> tuple[int, int]:
        nonlocal small
        if not content:
            return _END, 0
        first, count = len(small_fat), -(-len(content) // _SMALL)
        small_fat.extend([*range(first + 1, first + count), _END])
        small += content.ljust(count * _SMALL, b"\0")
        return first, len(content)

    def add(names: Mapping[str, object]) -> int:
        numbers = []
        for name, value in names.items():
            numbers.append(len(entries))
            if isinstance(value, bytes):
                entries.append([name, 2, _FREE, _FREE, *put(value)])
            else:
                assert isinstance(value, dict)
                entries.append([name, 1, _FREE, _FREE, 0, 0])
                entries[numbers[-1]][3] = add(value)
        ordered = sorted(numbers, key=lambda one: (len(str(entries[one][0])), str(entries[one][0]).upper()))
        for one, after in pairwise(ordered):
            entries[one][2] = after  # to the right of it: a list is a tree too
        return ordered[0] if ordered else _FREE

    entries[0][3] = add(tree)
    directory = b"".join(_directory(*entry) for entry in entries)
    mini = struct.pack(f"<{len(small_fat)}I", *small_fat)
    parts = [_sectors(one) for one in (directory, mini, small)]
    starts: list[int] = []
    fat: list[int] = []
    for part in parts:
        count = len(part) // _SECTOR
        starts.append(len(fat))
        fat += [*range(len(fat) + 1, len(fat) + count), _END]
    root = _directory("Root Entry", 5, _FREE, entries[0][3], starts[2], len(small))
    parts[0] = root + parts[0][128:]
    fat_sector = len(fat)
    fat.append(_FAT)
    assert len(fat) <= _SECTOR // 4
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(_SECTOR, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, starts[0], 0, 4096, starts[1], len(parts[1]) // _SECTOR, _END, 0)
    head += struct.pack("<I", fat_sector).ljust(109 * 4, b"\xff")
    return head + b"".join(parts) + table


def _sectors(content: bytes) -> bytes:
    return content.ljust(max(1, -(-len(content) // _SECTOR)) * _SECTOR, b"\0")


def _directory(  # noqa: PLR0913, PLR0917  (the fields of an entry)
    name: object, kind: object, right: object, child: object, start: object, size: object
) -> bytes:
    text = str(name).encode("utf-16-le")
    entry = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) + 2, kind, 1, _FREE, right, child)
    return entry + bytes(36) + struct.pack("<IQ", start, size)
