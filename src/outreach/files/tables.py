"""Read any table, CSV of whatever encoding and separator or a spreadsheet, as a header and rows of texts."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from outreach.errors import InputError, Problem, WorldError, reason
from outreach.language import _

_SEPARATORS = ";\t,"
_CHUNK = 1 << 20
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters that a spreadsheet takes for a formula."""
_GUARD = "'"


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as it stands in its file; rows are read as they are asked for."""

    header: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]
    """Line of the file, counted from 1, and cells."""
    separator: str = ";"


def uneven_row(cells: Sequence[str], header: Sequence[str]) -> str:
    """Say that a row has more or fewer cells than its header."""
    return _("the row has {count} cells, the header {expected}", count=len(cells), expected=len(header))


def is_spreadsheet(start: bytes) -> bool:
    """Tell by its first bytes whether a file is XLSX, ODS or XLS."""
    return start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def read_table(path: Path) -> RawTable:
    """Read a table; a first line of one cell, as a report's title, is skipped.

    Raises:
        InputError: the file is neither a table in UTF-8 or cp1252 nor a spreadsheet, or it is empty.
        WorldError: it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
        rows, separator = (
            (_spreadsheet(path), ";") if is_spreadsheet(start) else _text_rows(path, _encoding(path))
        )
        header = next(rows, (0, []))
        if sum(bool(cell.strip()) for cell in header[1]) == 1:
            following = next(rows, (0, []))
            header = following if len(following[1]) > 1 else header
    except OSError as error:
        raise WorldError(Problem(path.name, 0, _("cannot be read"), reason(error))) from error
    if not header[1]:
        raise InputError(Problem(path.name, 0, _("the table is empty"), _("save it again with its header")))
    return RawTable(tuple(cell.strip() for cell in header[1]), rows, separator)


def _encoding(path: Path) -> str:
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        if stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        stream.seek(0)
        try:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _text_rows(path: Path, encoding: str) -> tuple[Iterator[tuple[int, list[str]]], str]:
    with path.open(encoding=encoding, newline="", errors="replace") as stream:
        head = [stream.readline() for _ in range(2)]
    # A report's title has no separator; else the first line decides, for cells may hold any sign.
    header = next((line for line in head if any(_width(line, sign) > 1 for sign in _SEPARATORS)), "")
    separator = separator_of(header)

    def rows() -> Iterator[tuple[int, list[str]]]:
        with path.open(encoding=encoding, newline="", errors="replace") as stream:
            reader = csv.reader(stream, delimiter=separator, strict=True)
            line = 1
            try:
                for cells in reader:
                    if any(cells):
                        yield line, cells
                    line = reader.line_num + 1
            except csv.Error as error:
                problem = Problem(
                    path.name, line, _("broken CSV: {error}", error=error), _("check the quotes")
                )
                raise InputError(problem) from error

    return rows(), separator


def separator_of(line: str) -> str:
    """Return what separates the cells of a table by its first line; nothing within quotes does."""
    header = next(iter(line.splitlines()), "")
    return max(_SEPARATORS, key=lambda sign: _width(header, sign))


def _width(line: str, separator: str) -> int:
    """Return how many cells a line has; a separator within quotes is none."""
    try:
        return len(next(csv.reader([line], delimiter=separator), []))
    except csv.Error:  # a cell that is too long for any table
        return 1


def _spreadsheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        sheet = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, IndexError) as error:
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


def write_rows(header: list[str], rows: Iterator[list[str]], separator: str = ";") -> bytes:
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
