"""Take a PDF apart into its objects, as the bytes that they are: what Typst and qpdf write, and nothing else.

Numbers are kept as digits, since that is what stands in a reference, `12 0 R` (ISO 32000-1, 7.3.10).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

_END = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF\s*\Z")
_END_LENGTH = 64
_TABLE = re.compile(rb"xref\s+0 (\d{1,8})\s*\n")
_ROW = 20
_ROWS = re.compile(rb"\d{10} 65535 f[ \r]\n(?:\d{10} 00000 n[ \r]\n)*")
"""One table, every object in use and of the first generation: the file was never added to."""
_OBJECT_END = b"\nendobj\n"
_LENGTH = re.compile(rb"/Length (\d{1,10})(?=[\s/>])")
_OBJECT = b" 0 obj\n"
_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_STRING = rb"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)"
"""With parentheses inside that need no backslash, one level of them."""
_STRINGS = re.compile(b"(" + _STRING + b")", re.DOTALL)
_ODD = re.compile(rb"[()%\r\n\t\f\0]")
_ODD_IN_SEVERAL = re.compile(rb"[()%\r\t\f\0]")
_WORD = rb"[^\s()<>\[\]{}/%]"
_NAME = b"/" + _WORD + b"*(?!" + _WORD + b")"
_ATOM = rb"\d+ 0 R\b|\[[^\[\]()<>]*\]|" + _STRING + b"|<[0-9A-Fa-f]*>|" + _WORD + b"+(?!" + _WORD + b")"
"""What has no other dictionary, array or string in it, and is no name."""
_TOKEN = re.compile(rb"\s*(<<|>>|[\[\]]|" + _NAME + b"|" + _ATOM + b")", re.DOTALL)
_PAIR = rb"\s*(" + _NAME + rb")\s*(" + _NAME + rb"|<<[^<>()]*>>|" + _ATOM + b")"
_PAIRS = re.compile(_PAIR, re.DOTALL)
_SIMPLE = re.compile(rb"<<(?:" + _PAIR + rb")*\s*>>", re.DOTALL)
"""A dictionary as most are: with no more than simple ones in it."""
_OPENING = (b"<<", b"[")
_CLOSING = (b">>", b"]")


class NotPlain(Exception):  # noqa: N818  (no fault: another way is taken)
    """The file is written in a way that is not read here with certainty."""


@dataclass(frozen=True, slots=True)
class PlainPdf:
    """A file with its objects apart."""

    data: bytes
    texts: Mapping[bytes, bytes]
    """By number: what stands between `obj` and `endobj`, of a stream its dictionary."""
    streams: Mapping[bytes, slice]
    """Where the bytes of those lie that are streams."""
    trailer: Mapping[bytes, bytes]

    def entries(self, value: bytes) -> dict[bytes, bytes]:
        """Return a dictionary's entries as `entries_of`, wherever the value says that it stands."""
        return entries_of(self.direct(value))

    def stream(self, number: bytes) -> bytes | None:
        """Return the bytes of a stream; None of what is none."""
        place = self.streams.get(number)
        return self.data[place] if place else None

    def direct(self, value: bytes) -> bytes:
        """Return a value, or the object that it refers to."""
        reference = _REFERENCE.fullmatch(value)
        return self.texts.get(reference[1], b"null") if reference else value


def take_apart(data: bytes) -> PlainPdf:
    """Return a file's objects.

    Raises:
        NotPlain: it has object streams, several tables of objects, or anything else than the two write.
    """
    end = _END.search(data, max(0, len(data) - _END_LENGTH))
    table = _TABLE.match(data, int(end[1])) if end else None
    if not (end and table):
        raise NotPlain
    last = table.end() + _ROW * int(table[1])
    rows = data[table.end() : last]
    if not _ROWS.fullmatch(rows) or len(rows) != last - table.end():
        raise NotPlain
    places = [int(rows[at : at + 10]) for at in range(_ROW, len(rows), _ROW)]
    trailer = data[last : end.start()].strip()
    if not trailer.startswith(b"trailer"):
        raise NotPlain
    texts, streams = _objects(data, [*places, table.start()])
    return PlainPdf(data, texts, streams, entries_of(trailer.removeprefix(b"trailer").strip()))


def _objects(data: bytes, places: Iterable[int]) -> tuple[dict[bytes, bytes], dict[bytes, slice]]:
    """Return texts, and where streams lie; the last place is where the objects end."""
    texts: dict[bytes, bytes] = {}
    streams: dict[bytes, slice] = {}
    for index, (start, stop) in enumerate(pairwise(places), 1):
        number, _obj, text = data[start:stop].partition(_OBJECT)
        if number != b"%d" % index or not text.endswith(_OBJECT_END):
            raise NotPlain
        text = text[: -len(_OBJECT_END)]
        if text.endswith(b"endstream"):
            dictionary, _stream, rest = text.partition(b"stream\n")
            length = _LENGTH.search(dictionary)
            if not length or rest[int(length[1]) :] not in (b"\nendstream", b"endstream"):
                raise NotPlain
            first = stop - len(_OBJECT_END) - len(rest)
            streams[number] = slice(first, first + int(length[1]))
            text = dictionary.strip()
        texts[number] = text
    return texts, streams


def split_references(text: bytes, *, is_several: bool = False) -> list[bytes]:
    """Split an object's text at its references: at odd places stand their numbers, whole without ` 0 R`.

    Args:
        text: Of one object, or of several, each on a line of its own.
        is_several: That it is of several.

    Raises:
        NotPlain: it has comments, line ends outside strings, or strings that are not read here.
    """
    odd = _ODD_IN_SEVERAL if is_several else _ODD
    if not odd.search(text):
        return _REFERENCE.split(text)
    parts = [b""]
    for place, piece in enumerate(_STRINGS.split(text)):
        if place % 2:
            if is_several and b"\n" in piece:
                raise NotPlain
            parts[-1] += piece
            continue
        if odd.search(piece):
            raise NotPlain
        before, *others = _REFERENCE.split(piece)
        parts[-1] += before
        parts += others
    return parts


def with_references(parts: list[bytes], references: Mapping[bytes, bytes]) -> bytes:
    """Return the text of parts, each number in it replaced by the reference that it has elsewhere."""
    whole = parts.copy()
    whole[1::2] = map(references.__getitem__, parts[1::2])
    return b"".join(whole)


def entries_of(dictionary: bytes) -> dict[bytes, bytes]:
    """Return the entries of a dictionary's text: names with their slash, values as they stand there.

    Raises:
        NotPlain: it is no dictionary.
    """
    if _SIMPLE.fullmatch(dictionary):
        return dict(_PAIRS.findall(dictionary, 2, len(dictionary) - 2))
    entries: dict[bytes, bytes] = {}
    name, first, last, depth = b"", 0, 0, 0
    for token in _TOKEN.finditer(dictionary):
        if token.start() != last:
            raise NotPlain
        depth -= token[1] in _CLOSING
        value = dictionary[first:last].strip()
        is_name = depth == 1 and token[1].startswith(b"/") and (not name or value)
        if name and (is_name or not depth):
            entries[name] = value
        last = token.end()
        if is_name:
            name, first = token[1], last
        depth += token[1] in _OPENING
    if depth or dictionary[last:].strip() or not dictionary.startswith(b"<<"):
        raise NotPlain
    return entries
