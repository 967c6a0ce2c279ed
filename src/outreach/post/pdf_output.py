"""Write a PDF object by object: what is no stream goes compressed into object streams (ISO 32000-1, 7.5.7).

A thousand letters of three pages have 14 MB of them, nearly all tags. Packed, for 0.1 ms a letter, they are
3 MB in a file of 18 MB. PDF/A-2 allows it.
"""

import zlib
from collections.abc import Sequence
from hashlib import sha256
from itertools import accumulate
from struct import pack
from typing import BinaryIO, Final

_HEADER = b"%PDF-1.7\n%\x80\x80\x80\x80\n"
_COMPRESSION: Final = 3
"""Of zlib's nine levels: less than half the time of the usual six, a file larger by 2 %."""
_OBJECTS = 400
"""So many wait for an object stream: those of two or three letters, which a reader unpacks at once."""
_MOST_OBJECTS = 2000
"""In one object stream."""
_ROW = 8
"""Bytes in a row of the table: kind of entry, place, index; as `_WIDTHS` says."""
_WIDTHS = b"[1 5 2]"
_FREE_ROW = b"\0" * 6 + b"\xff\xff"


class PdfOutput:
    """One PDF, in the writing; what was put is written and no longer held."""

    def __init__(self, stream: BinaryIO) -> None:
        """Begin a file."""
        self._stream = stream
        self._digest = sha256()
        self._place = 0
        self._rows = bytearray(_FREE_ROW)
        self._pending: list[tuple[int, bytes]] = []
        self._write(_HEADER)

    def reserve(self, count: int = 1) -> int:
        """Return the first of so many new numbers; each is to be put."""
        first = len(self._rows) // _ROW
        self._rows += _FREE_ROW * count
        return first

    def put(self, number: int, text: bytes) -> None:
        """Write an object that is no stream."""
        self.put_all(number, [text])

    def put_all(self, first: int, texts: Sequence[bytes]) -> None:
        """Write objects that are no streams, their numbers following one another."""
        self._pending += enumerate(texts, first)
        if len(self._pending) >= _OBJECTS:
            self._flush()

    def put_stream(self, number: int, dictionary: bytes, data: bytes) -> None:
        """Write a stream; its dictionary tells the length."""
        self._row(number, 1, self._place, 0)
        self._write(b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (number, dictionary, data))

    def finish(self, root: int) -> None:
        """Write the table of objects and the end, `root` being the catalog's number."""
        self._flush()
        number = self.reserve()
        place = self._place
        self._row(number, 1, place, 0)
        name = self._digest.hexdigest()[:32].encode()
        self._put_compressed(
            number,
            b"/Type/XRef/Size %d/W%b/Root %d 0 R/ID[<%b><%b>]" % (number + 1, _WIDTHS, root, name, name),
            bytes(self._rows),
        )
        self._write(b"startxref\n%d\n%%%%EOF\n" % place)

    def _flush(self) -> None:
        for first in range(0, len(self._pending), _MOST_OBJECTS):
            self._pack(self._pending[first : first + _MOST_OBJECTS])
        self._pending.clear()

    def _pack(self, objects: Sequence[tuple[int, bytes]]) -> None:
        number = self.reserve()
        texts = [text for _number, text in objects]
        places = accumulate((len(text) + 1 for text in texts), initial=0)
        heads = [b"%d %d" % (of, place) for (of, _text), place in zip(objects, places, strict=False)]
        for index, (of, _text) in enumerate(objects):
            self._row(of, 2, number, index)
        head = b" ".join(heads) + b"\n"
        values = b"/Type/ObjStm/N %d/First %d" % (len(texts), len(head))
        self._put_compressed(number, values, head + b"\n".join(texts))

    def _put_compressed(self, number: int, entries: bytes, data: bytes) -> None:
        packed = zlib.compress(data, _COMPRESSION)
        self.put_stream(number, b"<<%b/Filter/FlateDecode/Length %d>>" % (entries, len(packed)), packed)

    def _row(self, number: int, kind: int, place: int, index: int) -> None:
        at = number * _ROW
        self._rows[at : at + _ROW] = pack(">BBIH", kind, place >> 32, place & 0xFFFFFFFF, index)

    def _write(self, data: bytes) -> None:
        self._stream.write(data)
        self._digest.update(data)
        self._place += len(data)
