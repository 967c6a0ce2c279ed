"""Give contacts to other programs: as this program's own table, for spreadsheets and for address books."""

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress
from pathlib import Path
from typing import Any

from outreach.files.tables import guarded, save_rows, write_rows
from outreach.people.contact import COLUMNS, FIELD_NAMES, LIST_SEPARATOR, Contact
from outreach.people.many import Values, values_of

_GOOGLE = (
    "First Name",
    "Last Name",
    "Organization Name",
    "Organization Title",
    "Organization Department",
    "Labels",
    "E-mail 1 - Value",
    "Phone 1 - Value",
    "Address 1 - Street",
    "Address 1 - City",
    "Address 1 - Postal Code",
    "Address 1 - Country",
    "Custom Field 1 - Label",
    "Custom Field 1 - Value",
)
_OWN = FIELD_NAMES.index("fields")
REST = "X-OUTREACH"
"""Name of the field of an address book that holds, as JSON, what it has no place for."""
GOOGLE_SEPARATOR = " ::: "
"""Between several values of one field, as Google contacts has it."""
_PLACED = (
    "given_name",
    "family_name",
    "organisation",
    "department",
    "title",
    "address",
    "postal_code",
    "city",
    "country",
    "email",
    "phone",
    "tags",
)
"""Fields that every address book has a place for."""


def csv_bytes(contacts: Sequence[Contact]) -> bytes:
    """Return the program's own CSV: a column a field, those that nobody has left out, lists split at "|".

    A cell that a spreadsheet would take for a formula begins with an apostrophe, which reading takes off.
    """
    header, rows = table_of(contacts)
    return write_rows(header, rows)


def save_csv(path: Path, contacts: Callable[[], Iterable[Values]]) -> None:
    """Write the same to a file, contact by contact; `contacts` is called twice, for columns and for rows."""
    header, rows = _table(contacts)
    save_rows(path, header, rows)


def xlsx_bytes(contacts: Sequence[Contact]) -> bytes:
    """Return the same table as XLSX, every cell a text."""
    import xlsxwriter

    header, rows = table_of(contacts)
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, {**options, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("contacts")
        bold = book.add_format({"bold": True})
        for column, name in enumerate(header):
            sheet.write_string(0, column, name, bold)
        for line, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                sheet.write_string(line, column, cell)
        sheet.freeze_panes(1, 0)
    return target.getvalue()


def vcard_bytes(contacts: Iterable[Contact]) -> bytes:
    """Return vCard 4.0 (RFC 6350); what it has no place for stands in a field of this program."""
    lines: list[str] = []
    for contact in contacts:
        street = "\n".join(contact.address)
        properties = [
            ("FN", _escaped(contact.name)),
            ("N", ";".join([_escaped(contact.family_name), _escaped(contact.given_name), "", "", ""])),
            ("ORG", ";".join(filter(None, map(_escaped, (contact.organisation, contact.department))))),
            ("TITLE", _escaped(contact.title)),
            ("ROLE", _escaped(contact.role)),
            ("GENDER", {"m": "M", "f": "F", "x": "O"}.get(contact.gender, "")),
            (
                "ADR",
                ";".join(
                    map(
                        _escaped,
                        ("", "", street, contact.city, "", contact.postal_code, contact.country),
                    )
                ),
            ),
            ("EMAIL", _escaped(contact.email)),
            ("TEL", _escaped(contact.phone)),
            ("CATEGORIES", ",".join(map(_escaped, contact.tags))),
            (REST, _escaped(_rest(contact))),
        ]
        lines += ["BEGIN:VCARD", "VERSION:4.0"]
        lines += [f"{name}:{value}" for name, value in properties if value.strip(";")]
        lines.append("END:VCARD")
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def google_bytes(contacts: Iterable[Contact]) -> bytes:
    """Return the CSV that Google contacts imports; the rest stands in a custom field, as in a vCard."""
    rows = (
        [
            guarded(cell)
            for cell in (
                contact.given_name,
                contact.family_name,
                contact.organisation,
                contact.title,
                contact.department,
                GOOGLE_SEPARATOR.join(contact.tags),
                contact.email,
                contact.phone,
                "\n".join(contact.address),
                contact.city,
                contact.postal_code,
                contact.country,
                REST,
                _rest(contact),
            )
        ]
        for contact in contacts
    )
    return write_rows(list(_GOOGLE), rows, ",")


def _rest(contact: Contact) -> str:
    values = {name: getattr(contact, name) for name in FIELD_NAMES if name not in _PLACED}
    return json.dumps({key: value for key, value in values.items() if value}, ensure_ascii=False, default=str)


def rest_in(text: str) -> dict[str, Any]:
    """Return the fields that an export put into its field `REST`; nothing if it is not one of these."""
    try:
        values = json.loads(text)
    except ValueError:
        return {}
    return {key: values[key] for key in FIELD_NAMES if key in values} if isinstance(values, dict) else {}


def table_of(contacts: Sequence[Contact]) -> tuple[list[str], Iterator[list[str]]]:
    """Return header and rows of texts, without columns that nobody fills."""
    return _table(lambda: map(values_of, contacts))


def _table(contacts: Callable[[], Iterable[Values]]) -> tuple[list[str], Iterator[list[str]]]:
    used = {"id", "role"}
    own: dict[str, None] = {}
    for values in contacts():
        used.update(compress(FIELD_NAMES, values))
        own.update(dict.fromkeys(values[_OWN]))
    header = [name for name in COLUMNS if name in used]
    places = [FIELD_NAMES.index(name) for name in header]
    rows = (
        [guarded(_cell(values[place])) for place in places]
        + [guarded(_cell(values[_OWN].get(name, ""))) for name in own]
        for values in contacts()
    )
    return [*header, *own], rows


def _cell(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, (tuple, list)):
        return LIST_SEPARATOR.join(map(str, value))
    return value.isoformat() if isinstance(value, date) else str(value)


def _escaped(text: str) -> str:
    """Return a text as a value of a vCard, all of it on one line (RFC 6350, 3.4)."""
    lines = re.sub(r"\r\n?", "\n", text)
    return lines.replace("\\", "\\\\").replace("\n", "\\n").replace(",", "\\,").replace(";", "\\;")


def _folded(line: str) -> str:
    """Fold a line at 75 bytes, never within a character (RFC 6350, 3.2)."""
    parts: list[str] = [""]
    room = 75
    for character in line:
        size = len(character.encode())
        if size > room:
            parts.append(" ")
            room = 74
        parts[-1] += character
        room -= size
    return "\r\n".join(parts)


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A kind of file that contacts are given away in."""

    name: str
    ending: str
    """Of a file's name, which chooses it; several formats may share one, and the first is meant."""
    make: Callable[[Sequence[Contact]], bytes]


EXPORT_FORMATS: Mapping[str, ExportFormat] = {
    one.name: one
    for one in (
        ExportFormat("csv", ".csv", csv_bytes),
        ExportFormat("xlsx", ".xlsx", xlsx_bytes),
        ExportFormat("vcard", ".vcf", vcard_bytes),
        ExportFormat("google", ".csv", google_bytes),
    )
}
"""By name, as they are offered."""


ENDINGS = tuple(dict.fromkeys(one.ending for one in EXPORT_FORMATS.values()))
"""Of all files that contacts are given away in."""


def format_of(target: Path) -> ExportFormat:
    """Return the format that a file's name asks for by its ending; without one, its own table."""
    found = (one for one in EXPORT_FORMATS.values() if one.ending == target.suffix.lower())
    return next(found, EXPORT_FORMATS["csv"])
