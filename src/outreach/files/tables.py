"""Read any table, CSV of whatever encoding and separator or a spreadsheet, as rows of texts; write CSV."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from outreach.errors import InputError, Problem, WorldError, reason
from outreach.files.encoding import find_encoding
from outreach.files.package import refuse_vast_sheet
from outreach.files.reading import refuse_other_than_file
from outreach.language import _

_SEPARATORS = ";\t,|"
_HEAD = 30
"""Lines or rows in which the separator and the header are looked for."""
_KNOWN = 2
"""Columns that make a row a header; a single one that looks known is an accident."""
_FORMULA = re.compile("'*[=+@\t\r\n-]")
"""How a text begins that a spreadsheet takes for a formula, or that is guarded already."""
_FORMULA_SIGNS = tuple("'=+@\t\r\n-")
"""What such a text begins with; few do, and this is faster to see."""
GUARD = "'"
"""What is put before it."""
_ZIP = b"PK\x03\x04"

_MARKED: Mapping[str, Sequence[tuple[bytes, str]]] = {
    "utf-16": ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")),
    "utf-8-sig": ((codecs.BOM_UTF8, "utf-8"),),
    "cp1252": (),
}
"""Encoding as it is read to the marks that it may begin with, each with the encoding of what follows."""

Row = tuple[int, list[str]]
"""Line of the file, counted from 1, and cells."""

Cell = tuple[int, int]
"""Row and column in a sheet, from 0."""

Knows = Callable[[Sequence[str]], int]
"""Counts the cells of a row that are known names of columns."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as it stands in its file; rows are read as they are asked for."""

    header: tuple[str, ...]
    rows: Iterator[Row]
    separator: str = ";"
    header_line: int = 1
    above: tuple[str, ...] = ()
    """Texts above the header, as a report's title."""
    left_sheets: tuple[str, ...] = ()
    """Sheets of a spreadsheet that hold something and were not read."""


def uneven_row(cells: Sequence[str], header: Sequence[str]) -> str:
    """Say that a row has more or fewer cells than its header."""
    return _("the row has {count} cells, the header {expected}", count=len(cells), expected=len(header))


def is_spreadsheet(start: bytes) -> bool:
    """Tell by its first bytes whether a file is XLSX, ODS or XLS."""
    return start.startswith((_ZIP, b"\xd0\xcf\x11\xe0"))


def read_table(path: Path, shown: str = "", sheet: str = "", knows: Knows | None = None) -> RawTable:
    """Read a table.

    Args:
        path: The file.
        shown: The file as messages name it; its name by default.
        sheet: Of a spreadsheet; by default the first that is not hidden and has a header that is known.
        knows: Tells the header from what stands above it. Without it, or where nothing is known, it is the
            first line, or the second if the first has a single cell, as a report's title.

    Raises:
        InputError: the file is neither a table in an encoding that is known nor a spreadsheet, it is empty,
            or it has no such sheet.
        WorldError: it cannot be read.
    """
    shown = shown or path.name
    refuse_other_than_file(path, shown)
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError as error:
        raise WorldError(Problem(shown, 0, _("cannot be read"), reason(error), code="unreadable")) from error
    left_sheets: tuple[str, ...] = ()
    separator = ";"
    if start.startswith(_ZIP):
        refuse_vast_sheet(path, shown)
    if is_spreadsheet(start):
        rows, left_sheets = _spreadsheet(path, shown, sheet, knows)
    elif sheet:
        raise InputError(Problem(shown, 0, _("has no sheets"), _("leave --sheet out"), code="empty-table"))
    else:
        rows, separator = read_rows(path, shown)
    line, header, above, rows = _header(rows, knows)
    if not header:
        raise InputError(
            Problem(shown, 0, _("the table is empty"), _("save it again with its header"), code="empty-table")
        )
    names = tuple(cell.strip() for cell in header)
    return RawTable(names, rows, separator, line, above, left_sheets)


def read_rows(path: Path, shown: str) -> tuple[Iterator[Row], str]:
    """Return a CSV file's rows, without empty ones, and its separator; rows are read as they are asked for.

    The encoding is found by `find_encoding`. The separator is the one that parts most of the first lines, so
    that a report's title has no say in it, or the one that a first line `sep=;` names.

    Args:
        path: The file.
        shown: The file as messages name it.

    Raises:
        InputError: it has none of these encodings; while rows are read, its quotes are broken.
        WorldError: it cannot be read.
    """
    try:
        encoding = find_encoding(path, shown)
        with path.open(encoding=encoding, newline="") as stream:
            head = list(islice(stream, _HEAD))
    except OSError as error:
        raise WorldError(Problem(shown, 0, _("cannot be read"), reason(error), code="unreadable")) from error
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
            problem = Problem(
                shown, line, _("broken CSV: {error}", error=error), _("check the quotes"), code="broken-csv"
            )
            raise InputError(problem) from error
        except OSError as error:
            raise WorldError(
                Problem(shown, 0, _("cannot be read"), reason(error), code="unreadable")
            ) from error

    return rows(), separator


def without_rows(path: Path, shown: str, is_doomed: Callable[[list[str]], bool]) -> bytes | None:
    """Return a CSV file without some of its rows, every other byte as it was; None if none of them is doomed.

    The header and what stands above it are no rows.

    Raises:
        InputError: it cannot be understood.
        WorldError: it cannot be read.
    """
    return with_rows(path, shown, lambda cells, is_row: None if is_row and is_doomed(cells) else cells)


def with_rows(path: Path, shown: str, change: Callable[[list[str], bool], list[str] | None]) -> bytes | None:
    """Return a CSV file with some of its rows changed, every other byte as it was; None if none is.

    Args:
        path: The file.
        shown: The file as messages name it.
        change: Returns the cells of a line, None for one that goes; is told whether it is below the header.

    Raises:
        InputError: it cannot be understood.
        WorldError: it cannot be read.
    """
    rows, separator = read_rows(path, shown)
    header_line, _names, _above, _rows = _header(rows)
    try:
        mark, encoding = _mark_and_encoding(path, shown)
        text = path.read_bytes().removeprefix(mark).decode(encoding)
        lines = list(io.StringIO(text, newline=""))  # split as the reader splits them
        reader = csv.reader(iter(lines), delimiter=separator, strict=True)
        kept: list[str] = []
        start = 0
        for cells in reader:
            own = lines[start : reader.line_num]
            changed = change(list(cells), start >= header_line)
            kept += own if changed == cells else [_as_row(changed, separator, own[-1])] if changed else []
            start = reader.line_num
    except csv.Error as error:
        problem = Problem(
            shown, start, _("broken CSV: {error}", error=error), _("check the quotes"), code="broken-csv"
        )
        raise InputError(problem) from error
    except OSError as error:
        raise WorldError(Problem(shown, 0, _("cannot be read"), reason(error), code="unreadable")) from error
    return None if kept == lines else mark + "".join(kept).encode(encoding)


def _as_row(cells: Sequence[str], separator: str, line: str) -> str:
    """Return cells as a row that ends as a line did."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator, lineterminator=line[len(line.rstrip("\r\n")) :]).writerow(cells)
    return stream.getvalue()


def _mark_and_encoding(path: Path, shown: str) -> tuple[bytes, str]:
    """Return a file's byte order mark, which may be none, and the encoding of what follows it."""
    encoding = find_encoding(path, shown)
    with path.open("rb") as stream:
        start = stream.read(len(codecs.BOM_UTF8))
    for mark, exact in _MARKED.get(encoding, ()):
        if start.startswith(mark):
            return mark, exact
    return b"", "utf-8" if encoding == "utf-8-sig" else encoding


def _header(
    rows: Iterator[Row], knows: Knows | None = None
) -> tuple[int, list[str], tuple[str, ...], Iterator[Row]]:
    """Return the header's line and cells, the texts above it and the rows below it."""
    head = list(islice(rows, _HEAD if knows else 2))
    place = 0
    if knows and len(head) > 1:
        known = [knows(cells) for _line, cells in head]
        place = known.index(max(known)) if max(known) >= _KNOWN else 0
    if not place and len(head) > 1 and _filled(head[0][1]) == 1 and len(head[1][1]) > 1:
        place = 1
    if not head:
        return 0, [], (), rows
    above = tuple(" ".join(cell.strip() for cell in cells if cell.strip()) for _line, cells in head[:place])
    return *head[place], above, chain(head[place + 1 :], rows)


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _separator(head: Sequence[str]) -> str:
    """Return the separator of the first lines: said by `sep=`, else the one that parts most of them."""
    if head and head[0].strip().casefold().startswith("sep=") and head[0].strip()[4:] in tuple(_SEPARATORS):
        return head[0].strip()[4:]

    def points(sign: str) -> tuple[float, int]:
        widths = _widths(head, sign)
        parted = [width for width in widths if width > 1]
        return len(parted) / len(widths) if widths else 0, max(
            Counter(parted).most_common(1), default=(0, 0)
        )[0]

    return max(_SEPARATORS, key=points)


def _widths(head: Sequence[str], separator: str) -> list[int]:
    """Return how many cells each row has; a separator, or a line end, within quotes is none."""
    widths = []
    with suppress(csv.Error):  # a cell that is too long for any table
        widths += [
            len(cells) for cells in csv.reader(head, delimiter=separator) if any(map(str.strip, cells))
        ]
    return widths


def _spreadsheet(
    path: Path, shown: str, wanted: str, knows: Knows | None
) -> tuple[Iterator[Row], tuple[str, ...]]:
    """Return the rows of one sheet, and the names of the others that hold something."""

    def has_header(name: str) -> bool:
        return knows is not None and any(knows(cells) >= _KNOWN for _line, cells in sheets[name][:_HEAD])

    sheets, visible = _sheets(path, shown, knows)
    if wanted:
        chosen = next((name for name in sheets if name.strip().casefold() == wanted.strip().casefold()), None)
    else:
        chosen = next(filter(has_header, visible), next(iter(visible), None))
    if chosen is None:
        message = _("has no sheet '{sheet}'", sheet=wanted) if wanted else _("has only hidden sheets")
        names = _("its sheets are {sheets}; use --sheet NAME", sheets=", ".join(sheets))
        raise InputError(Problem(shown, 0, message, names, code="unknown-sheet"))
    return iter(sheets[chosen]), tuple(name for name in sheets if sheets[name] and name != chosen)


def _sheets(path: Path, shown: str, knows: Knows | None) -> tuple[dict[str, list[Row]], list[str]]:
    """Return the rows of every sheet by its name, and the names of those that are not hidden."""
    import python_calamine

    found: dict[str, list[Row]] = {}
    visible = []
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        for about in book.sheets_metadata:
            if about.typ is not python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(about.name)
            rows = [list(map(_cell, row)) for row in sheet.to_python(skip_empty_area=False)]
            _fill_merged(rows, sheet.merged_cell_ranges or (), knows)
            found[about.name] = [(number, cells) for number, cells in enumerate(rows, 1) if any(cells)]
            if about.visible is python_calamine.SheetVisibleEnum.Visible:
                visible.append(about.name)
    except BaseException as error:  # what the reader raises when it panics is no Exception
        is_known = isinstance(error, (python_calamine.CalamineError, OSError))
        if not is_known and type(error).__name__ != "PanicException":
            raise
        hint = _("save it again as XLSX, ODS or CSV")
        raise InputError(
            Problem(shown, 0, _("is not a spreadsheet that can be read"), hint, code="damaged-file")
        ) from error
    return found, visible


def _fill_merged(rows: list[list[str]], ranges: Iterable[tuple[Cell, Cell]], knows: Knows | None) -> None:
    """Give each row what is merged over several in a column; a header's cells are its own."""
    for (top, left), (bottom, right) in ranges:
        if left != right or (knows and knows(rows[top]) >= _KNOWN):
            continue
        for row in rows[top + 1 : bottom + 1]:
            row[left] = rows[top][left]


def _cell(value: object) -> str:
    """Return a cell's text; a whole number loses its decimals, as a postal code must."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def write_rows(header: Sequence[str], rows: Iterable[Sequence[str]], separator: str = ";") -> bytes:
    """Return a CSV in UTF-8 with a byte order mark, as spreadsheets open it; the header is guarded."""
    text = io.StringIO(newline="")
    _write(text, header, rows, separator)
    return text.getvalue().encode("utf-8-sig")


def save_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], separator: str = ";") -> None:
    """Write the same to a file, row by row as they come; OSError where that fails."""
    with path.open("w", encoding="utf-8-sig", newline="") as text:
        _write(text, header, rows, separator)


def _write(text: TextIO, header: Sequence[str], rows: Iterable[Sequence[str]], separator: str) -> None:
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(map(guarded, header))
    writer.writerows(rows)


def guarded(cell: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula."""
    return f"{GUARD}{cell}" if cell.startswith(_FORMULA_SIGNS) and _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Take that apostrophe off again."""
    return cell[1:] if cell.startswith(GUARD) and _FORMULA.match(cell) else cell
