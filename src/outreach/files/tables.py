"""Read any table, CSV of whatever encoding and separator or a spreadsheet, as rows of texts; write CSV."""

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from outreach.errors import InputError, Problem, WorldError, reason
from outreach.files.package import refuse_vast_sheet
from outreach.files.reading import refuse_other_than_file
from outreach.language import _

_SEPARATORS = ";\t,"
_CHUNK = 1 << 20
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters that a spreadsheet takes for a formula."""
_GUARD = "'"
_ZIP = b"PK\x03\x04"

_MARKED: Mapping[str, Sequence[tuple[bytes, str]]] = {
    "utf-16": ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")),
    "utf-8-sig": ((codecs.BOM_UTF8, "utf-8"),),
    "cp1252": (),
}
"""Encoding as it is read to the marks that it may begin with, each with the encoding of what follows."""

Row = tuple[int, list[str]]
"""Line of the file, counted from 1, and cells."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as it stands in its file; rows are read as they are asked for."""

    header: tuple[str, ...]
    rows: Iterator[Row]
    separator: str = ";"


def uneven_row(cells: Sequence[str], header: Sequence[str]) -> str:
    """Say that a row has more or fewer cells than its header."""
    return _("the row has {count} cells, the header {expected}", count=len(cells), expected=len(header))


def is_spreadsheet(start: bytes) -> bool:
    """Tell by its first bytes whether a file is XLSX, ODS or XLS."""
    return start.startswith((_ZIP, b"\xd0\xcf\x11\xe0"))


def read_table(path: Path, shown: str = "") -> RawTable:
    """Read a table; a first line of one cell, as a report's title, is skipped.

    Args:
        path: The file.
        shown: The file as messages name it; its name by default.

    Raises:
        InputError: the file is neither a table in UTF-8 or cp1252 nor a spreadsheet, or it is empty.
        WorldError: it cannot be read.
    """
    shown = shown or path.name
    refuse_other_than_file(path, shown)
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError as error:
        raise WorldError(Problem(shown, 0, _("cannot be read"), reason(error))) from error
    if start.startswith(_ZIP):
        refuse_vast_sheet(path, shown)
    rows, separator = (_spreadsheet(path), ";") if is_spreadsheet(start) else read_rows(path, shown)
    _line, header = _header(rows)
    if not header:
        raise InputError(Problem(shown, 0, _("the table is empty"), _("save it again with its header")))
    return RawTable(tuple(cell.strip() for cell in header), rows, separator)


def read_rows(path: Path, shown: str) -> tuple[Iterator[Row], str]:
    """Return a CSV file's rows, without empty ones, and its separator; rows are read as they are asked for.

    The encoding is UTF-8 or UTF-16 by its mark, else UTF-8, else cp1252. The separator is that of the first
    line that has one, so that a report's title has no say in it.

    Args:
        path: The file.
        shown: The file as messages name it.

    Raises:
        InputError: it has none of these encodings; while rows are read, its quotes are broken.
        WorldError: it cannot be read.
    """
    try:
        encoding = _encoding(path, shown)
        with path.open(encoding=encoding, newline="") as stream:
            head = [stream.readline() for _ in range(2)]
    except OSError as error:
        raise WorldError(Problem(shown, 0, _("cannot be read"), reason(error))) from error
    separator = _separator(head)

    def rows() -> Iterator[Row]:
        line = 1
        try:
            with path.open(encoding=encoding, newline="") as stream:
                reader = csv.reader(stream, delimiter=separator, strict=True)
                for cells in reader:
                    if any(map(str.strip, cells)):
                        yield line, cells
                    line = reader.line_num + 1
        except csv.Error as error:
            problem = Problem(shown, line, _("broken CSV: {error}", error=error), _("check the quotes"))
            raise InputError(problem) from error
        except OSError as error:
            raise WorldError(Problem(shown, 0, _("cannot be read"), reason(error))) from error

    return rows(), separator


def without_rows(path: Path, shown: str, is_doomed: Callable[[list[str]], bool]) -> bytes | None:
    """Return a CSV file without some of its rows, every other byte as it was; None if none of them is doomed.

    The header and what stands above it are no rows.

    Raises:
        InputError: it cannot be understood.
        WorldError: it cannot be read.
    """
    rows, separator = read_rows(path, shown)
    header_line, _names = _header(rows)
    try:
        mark, encoding = _mark_and_encoding(path, shown)
        text = path.read_bytes().removeprefix(mark).decode(encoding)
        lines = list(io.StringIO(text, newline=""))  # split as the reader splits them
        reader = csv.reader(iter(lines), delimiter=separator, strict=True)
        kept: list[str] = []
        start = 0
        for cells in reader:
            is_row = start >= header_line
            kept += [] if is_row and is_doomed(cells) else lines[start : reader.line_num]
            start = reader.line_num
    except csv.Error as error:
        problem = Problem(shown, start, _("broken CSV: {error}", error=error), _("check the quotes"))
        raise InputError(problem) from error
    except OSError as error:
        raise WorldError(Problem(shown, 0, _("cannot be read"), reason(error))) from error
    return None if len(kept) == len(lines) else mark + "".join(kept).encode(encoding)


def _mark_and_encoding(path: Path, shown: str) -> tuple[bytes, str]:
    """Return a file's byte order mark, which may be none, and the encoding of what follows it."""
    encoding = _encoding(path, shown)
    with path.open("rb") as stream:
        start = stream.read(len(codecs.BOM_UTF8))
    for mark, exact in _MARKED[encoding]:
        if start.startswith(mark):
            return mark, exact
    return b"", "utf-8" if encoding == "utf-8-sig" else encoding


def _header(rows: Iterator[Row]) -> Row:
    """Take the header off the rows of a table; a first line of one cell, as a report's title, is skipped."""
    line, header = next(rows, (0, []))
    if sum(bool(cell.strip()) for cell in header) == 1:
        next_line, following = next(rows, (0, []))
        if len(following) > 1:
            return next_line, following
    return line, header


def _encoding(path: Path, shown: str) -> str:
    with path.open("rb") as stream:
        mark = stream.read(2)
        if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        for encoding in ("utf-8-sig", "cp1252"):
            stream.seek(0)
            line = _undecodable_line(stream, encoding)
            if not line:
                return encoding
    raise InputError(Problem(shown, line, _("is neither UTF-8 nor cp1252"), _("save it as UTF-8 CSV")))


def _undecodable_line(stream: io.BufferedReader, encoding: str) -> int:
    """Return the first line that does not have the encoding, from 1; 0 if all have it."""
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


def _separator(head: Sequence[str]) -> str:
    header = next((line for line in head if any(_width(line, sign) > 1 for sign in _SEPARATORS)), "")
    return max(_SEPARATORS, key=lambda sign: _width(header, sign))


def _width(line: str, separator: str) -> int:
    """Return how many cells a line has; a separator within quotes is none."""
    try:
        return len(next(csv.reader([line], delimiter=separator), []))
    except csv.Error:  # a cell that is too long for any table
        return 1


def _spreadsheet(path: Path) -> Iterator[Row]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        sheet = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, IndexError) as error:
        hint = _("save it again as XLSX, ODS or CSV")
        raise InputError(Problem(path.name, 0, _("is not a spreadsheet that can be read"), hint)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of the reader, which is no Exception
            raise
        hint = _("save it again as XLSX, ODS or CSV")
        raise InputError(Problem(path.name, 0, _("is not a spreadsheet that can be read"), hint)) from error
    for number, row in enumerate(sheet, 1):
        cells = [_cell(value) for value in row]
        if any(cells):
            yield number, cells


def _cell(value: object) -> str:
    """Return a cell's text; a whole number loses its decimals, as a postal code must."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def write_rows(header: Sequence[str], rows: Iterable[Sequence[str]], separator: str = ";") -> bytes:
    """Return a CSV in UTF-8 with a byte order mark, as spreadsheets open it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def guarded(cell: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula."""
    return f"{_GUARD}{cell}" if cell.startswith(_FORMULA) else cell


def unguarded(cell: str) -> str:
    """Take that apostrophe off again."""
    return cell[1:] if cell.startswith(_GUARD) and cell[1:].startswith(_FORMULA) else cell
