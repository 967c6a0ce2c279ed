"""Refuse a ZIP package, as XLSX, ODS and DOCX are, that would unpack beyond measure."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

from outreach.errors import InputError, Problem, WorldError, reason
from outreach.language import _

_LARGE = 200_000_000
"""Bytes, unpacked; a package may be larger if it is not packed any tighter than office programs do."""
_TIGHTEST = 50
_MOST_CELLS = 20_000_000
"""Of a sheet, from its first to its last, empty ones too."""
_CHUNK = 1 << 20
_CELL = re.compile(rb"""\sr=["']([A-Z]{1,9})(\d{1,12})["']""")
_LONGEST_CELL = 32
"""Bytes of such an attribute, which may lie across two chunks."""
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def refuse_bomb(path: Path, shown: str) -> None:
    """Unpack a package once, without keeping anything, and refuse it if it is too large.

    Raises:
        InputError: it is, or it is damaged.
        WorldError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as package:
            most = max(_LARGE, path.stat().st_size * _TIGHTEST)
            if sum(info.file_size for info in package.infolist()) > most:
                raise _too_large(shown)
            for name in package.namelist():
                with package.open(name) as part:  # which gives no more than the directory says
                    while part.read(_CHUNK):
                        pass
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        # RuntimeError is raised for a password, and its NotImplementedError for an unknown way of packing.
        hint = _("save it again")
        raise InputError(
            Problem(shown, 0, _("is damaged and cannot be unpacked"), hint, code="damaged-file")
        ) from error
    except OSError as error:
        raise WorldError(Problem(shown, 0, _("cannot be read"), reason(error), code="unreadable")) from error


def refuse_vast_sheet(path: Path, shown: str) -> None:
    """Refuse a spreadsheet package whose cells lie so far apart that none could hold what is between.

    Raises:
        InputError: they do, or it is damaged, or would unpack beyond measure.
        WorldError: it cannot be read.
    """
    refuse_bomb(path, shown)
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            with package.open(name) as part:
                if name.startswith("xl/worksheets/"):
                    cells = _cells_of_xlsx(part)
                elif name == "content.xml":
                    cells = _cells_of_ods(part, shown)
                else:
                    continue
            if cells > _MOST_CELLS:
                raise _too_large(shown)


def _cells_of_xlsx(part: IO[bytes]) -> int:
    rows = columns = 0
    rest = b""
    while chunk := part.read(_CHUNK):
        text = rest + chunk
        for found in set(_CELL.findall(text)):
            rows = max(rows, int(found[1]))
            columns = max(columns, _column(found[0]))
        rest = text[-_LONGEST_CELL:]
    return rows * columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _cells_of_ods(part: IO[bytes], shown: str) -> int:
    """Return the cells up to the last that holds something; what is repeated counts as often."""
    rows = columns = filled = width = 0
    try:
        for element in _ended(part):
            if element.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                width += _repeated(element, "columns")
                columns = max(columns, width) if len(element) else columns
            elif element.tag == f"{_TABLE}table-row":
                rows += _repeated(element, "rows")
                filled = rows if any(len(cell) for cell in element) else filled
                width = 0
                element.clear()
    except (ET.ParseError, ValueError) as error:
        hint = _("save it again as XLSX, ODS or CSV")
        raise InputError(
            Problem(shown, 0, _("is not a spreadsheet that can be read"), hint, code="damaged-file")
        ) from error
    return filled * columns


def _ended(part: IO[bytes]) -> Iterator[ET.Element]:
    return (element for _event, element in ET.iterparse(part))  # noqa: S314  (expat itself limits entities)


def _repeated(element: ET.Element, what: str) -> int:
    return int(element.get(f"{_TABLE}number-{what}-repeated", "1")[:12])


def _too_large(shown: str) -> InputError:
    hint = _("take out what is not needed, and save it again as CSV")
    return InputError(Problem(shown, 0, _("is too large once it is unpacked"), hint, code="too-large"))
