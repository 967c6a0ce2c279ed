"""Find out which encoding a text file has, and mend text that was encoded twice."""

import codecs
import io
import re
from pathlib import Path
from typing import BinaryIO

from outreach.errors import InputError, Problem, WorldError, reason
from outreach.language import _

_CHUNK = 1 << 20
_SAMPLE = 4096
_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_OLD = ("cp1252", "mac_roman", "cp850")
"""Of a byte a character, as Windows, old Macs and DOS write; the first is the usual one."""
_USUAL = set("éèàçêâôîûëïœù")
"""Small letters that French texts are full of."""
_SIGNS = set("’‘“”«»°€–—…²½§\xa0·")
GUESSED = _OLD[1:]
"""Encodings that nothing but the words of a text tells."""
_SURE = 4
"""By how much what suits words must exceed what does not, in an encoding that is not the usual one."""
_NON_ASCII = re.compile(r"[^\x00-\x7f]+")


def find_encoding(path: Path, shown: str) -> str:
    """Return the encoding of a text file, as Python names it.

    It is UTF-8 or UTF-16 by its mark, UTF-16 by its zero bytes, else UTF-8; else of cp1252 and Mac Roman the
    one in which the text reads more like words.

    Args:
        path: The file.
        shown: The file as messages name it.

    Raises:
        InputError: it has none of these encodings, holds a zero byte or ends within a character; the line is
            named.
        WorldError: it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return _encoding_of(stream, shown)
    except OSError as error:
        raise WorldError(Problem(shown, 0, _("cannot be read"), reason(error), code="unreadable")) from error


def read_unfolded(path: Path, shown: str) -> str:
    """Return the text of a vCard or LDIF file in whatever encoding, its folded lines joined, with newlines.

    Lines may be folded within a character, so that they are joined before they are decoded. What was joined
    leaves empty lines, so that the next ones keep their numbers.

    Raises:
        InputError: as `find_encoding`.
        WorldError: it cannot be read.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise WorldError(Problem(shown, 0, _("cannot be read"), reason(error), code="unreadable")) from error
    if not (_MARKS.get(raw[:2]) or _by_zero_bytes(raw[:_SAMPLE])):
        raw = re.sub(rb"\r\n?", b"\n", raw)
        raw = re.sub(rb"(?:\n[ \t][^\n]*)+", _unfolded, raw)
    text = re.sub(r"\r\n?", "\n", raw.decode(_encoding_of(io.BytesIO(raw), shown)))
    return re.sub(r"(?:\n[ \t][^\n]*)+", _unfolded_text, text)


def _unfolded(found: re.Match[bytes]) -> bytes:
    """Join folded lines and put as many empty ones behind them."""
    lines = found[0].split(b"\n")[1:]
    return b"".join(line[1:] for line in lines) + b"\n" * len(lines)


def _unfolded_text(found: re.Match[str]) -> str:
    lines = found[0].split("\n")[1:]
    return "".join(line[1:] for line in lines) + "\n" * len(lines)


def _encoding_of(stream: BinaryIO, shown: str) -> str:
    start = stream.read(_SAMPLE)
    encoding = _MARKS.get(start[:2]) or _by_zero_bytes(start)
    if encoding:
        line = _undecodable_line(stream, encoding)
        if line:
            raise InputError(
                Problem(
                    shown,
                    line,
                    _("is cut off within a character"),
                    _("save it again"),
                    code="unknown-encoding",
                )
            )
        return encoding
    line = _line_of_zero(stream)
    if line:
        hint = _("save it again as UTF-8 CSV, or take the character out")
        raise InputError(
            Problem(
                shown, line, _("holds a zero byte, which no text has"), hint, code="unprintable-character"
            )
        )
    if not _undecodable_line(stream, "utf-8-sig"):
        return "utf-8-sig"
    encoding = _likelier(stream)
    line = _undecodable_line(stream, encoding) if encoding else 1
    if line:
        message = _("is neither UTF-8 nor cp1252, Mac Roman or cp850")
        raise InputError(Problem(shown, line, message, _("save it as UTF-8 CSV"), code="unknown-encoding"))
    return encoding


def mended(text: str) -> str:
    """Return a text whose UTF-8 was read as cp1252 or Mac Roman and saved so: "Ã‰cully" becomes "Écully"."""
    return text if text.isascii() else _NON_ASCII.sub(lambda found: _decoded_again(found[0]), text)


def _decoded_again(run: str) -> str:
    for encoding in _OLD[:2]:
        try:
            return b"".join(_byte(character, encoding) for character in run).decode()
        except UnicodeError:
            continue
    return run


def _byte(character: str, encoding: str) -> bytes:
    """Return the byte that was read as this character; cp1252 leaves five bytes as they are."""
    if encoding == "cp1252" and "\x80" <= character <= "\x9f":
        return character.encode("latin-1")
    return character.encode(encoding)


def _by_zero_bytes(start: bytes) -> str:
    """Return UTF-16 by the side on which a Latin text has its zero bytes; empty for none."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) * 4 < len(start) or min(even, odd) * 8 > max(even, odd):
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _line_of_zero(stream: BinaryIO) -> int:
    """Return the first line with a zero byte, from 1; 0 for none."""
    stream.seek(0)
    lines = 1
    while chunk := stream.read(_CHUNK):
        place = chunk.find(0)
        if place >= 0:
            return lines + chunk.count(b"\n", 0, place)
        lines += chunk.count(b"\n")
    return 0


def _undecodable_line(stream: BinaryIO, encoding: str) -> int:
    """Return the first line that does not have the encoding, from 1; 0 if all have it."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    while True:
        chunk = stream.read(_CHUNK)
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            return lines + error.object.count(b"\n", 0, error.start)
        if not chunk:
            return 0
        lines += chunk.count(b"\n")


def _likelier(stream: BinaryIO) -> str:
    """Return the old encoding in which the first such characters suit words best; empty if none does."""
    stream.seek(0)
    chunk = b""
    while chunk.isascii():
        chunk = stream.read(_CHUNK)
    points = {encoding: _points(chunk.decode(encoding, "replace")) for encoding in _OLD}
    best = max(points, key=lambda encoding: sum(points[encoding]))
    good, bad = points[best]
    is_sure = good > -_SURE * bad or best == _OLD[0]
    return best if is_sure and good + bad >= 0 else ""


def _points(text: str) -> tuple[int, int]:
    """Return how much a text reads like words, and as a negative number how much it does not.

    Small accents stand within words, capital ones only where they begin.
    """
    good = bad = 0
    for found in re.finditer(r"[^\x00-\x7f]", text):
        character, place = found[0], found.start()
        before, after = text[place - 1 : place], text[place + 1 : place + 2]
        is_letter = character in _USUAL or character.lower() in "äöüÿæáíóúñãõåøìòßšž" + "".join(_USUAL)
        in_capitals = after.isupper() or (before.isupper() and text[place - 2 : place - 1].isupper())
        is_out_of_case = before.islower() if character.isupper() else in_capitals
        is_alone = character.isupper() and character != "À" and not (before.isalpha() or after.isalpha())
        is_within = before.isalpha() and after.isalpha()
        if is_letter and not is_out_of_case and not is_alone:
            good += 2 if character.lower() in _USUAL else 1
        elif character in _SIGNS and (character in "’-·" or not is_within):  # no quote stands within a word
            good += 1
        else:
            bad -= 2
    return good, bad
