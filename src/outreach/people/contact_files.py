"""Change the files under contacts/: contacts are added, filled in or taken out, the rest stays as it is."""

import codecs
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import tomli
import tomlkit

from outreach.campaign.paths import CONTACTS
from outreach.errors import InputError, Problem, RefusedError
from outreach.files.atomic import copy_ending
from outreach.files.reading import read_start, read_text
from outreach.files.tables import guarded, read_rows, unguarded, with_rows, without_rows
from outreach.files.toml_edits import with_values, without_entries
from outreach.language import _
from outreach.people.contact import COLUMNS, LIST_SEPARATOR, column_field

Values = Mapping[str, Any]
"""A contact's values by field."""

_BLANK = " \t\r\n"
"""What is blank in TOML; other spaces may stand in a comment."""


def check_target(root: Path, into: Path, endings: Sequence[str] = (".csv", ".toml")) -> None:
    """Refuse to write where the campaign would not read contacts.

    Raises:
        RefusedError: the file is not in contacts/ itself, or has another ending.
    """
    path = root / into
    if path.parent.resolve() != (root / CONTACTS).resolve() or path.suffix.lower() not in endings:
        hint = _("give --into {folder}/NAME{ending}", folder=CONTACTS, ending=endings[0])
        raise RefusedError(
            Problem(into.as_posix(), 0, _("contacts are not read from there"), hint, code="outside-contacts")
        )


def with_added(path: Path, contacts: Iterable[Values], shown: str) -> bytes:
    """Return a TOML file, which may be missing, with contacts at its end.

    Raises:
        InputError: nothing can be added to it: its contacts are written as `contact = [...]`.
        WorldError: it cannot be read.
    """
    text, mark = _text_and_mark(path, shown) if path.exists() else ("", b"")
    line_end = "\r\n" if "\r\n" in text else "\n"
    before = f"{text.rstrip(_BLANK)}{line_end * 2}" if text.strip(_BLANK) else ""
    whole = before + "\n".join(map(_table, contacts)).replace("\n", line_end)
    try:
        tomli.loads(whole)
    except (tomli.TOMLDecodeError, RecursionError) as error:
        hint = _("write each contact under [[contact]], or add to another file")
        raise InputError(
            Problem(shown, 0, _("nothing can be added to this file"), hint, code="cannot-edit")
        ) from error
    return mark + whole.encode()


def with_filled_in(path: Path, values: Mapping[str, Values], shown: str) -> bytes:
    """Return a TOML file with the values of contacts, by their ids; every other byte stays.

    Raises:
        InputError: it cannot be parsed, or a contact cannot be told from the rest.
        WorldError: it cannot be read.
    """
    text, mark = _text_and_mark(path, shown)

    def changes(contact: Values) -> Values:
        found = values.get(str(contact.get("id", "")).strip(), {})
        return {key: list(value) if isinstance(value, tuple) else value for key, value in found.items()}

    filled = with_values(text, shown, "contact", changes, lambda value: tomlkit.item(value).as_string())
    return mark + filled.encode()


def with_cells(path: Path, values: Mapping[str, Values], shown: str) -> bytes:
    """Return a CSV file with the values of contacts, by their ids, in their cells; every other row stays.

    A field that has no column gets one behind the others.

    Raises:
        InputError: its quotes are broken.
        WorldError: it cannot be read.
    """
    rows, _separator = read_rows(path, shown)
    header = next(rows, (0, []))[1]
    fields = [column_field(cell) for cell in header]
    added = [
        name for name in dict.fromkeys(key for one in values.values() for key in one) if name not in fields
    ]

    def changed(cells: list[str], is_row: bool) -> list[str]:  # noqa: FBT001  (as with_rows calls it)
        if not is_row:
            return [*cells, *added] if added and cells == header else cells
        found = values.get(_id_in(cells, fields), {})
        places = {name: number for number, name in enumerate([*fields, *added]) if name}
        wide = [*cells, *[""] * (len(fields) + len(added) - len(cells))] if added or found else cells
        for name, value in found.items():
            wide[places[name]] = guarded(_cell_of(value))
        return wide

    return with_rows(path, shown, changed) or path.read_bytes()


def _cell_of(value: object) -> str:
    return (
        LIST_SEPARATOR.join(value)
        if isinstance(value, (tuple, list))
        else ""
        if value is None
        else str(value)
    )


def _id_in(cells: Sequence[str], fields: Sequence[str]) -> str:
    """Return the id in a row, known as reading knows it: of two columns named id, the last counts."""
    found = [unguarded(cell.strip()) for cell, name in zip(cells, fields, strict=False) if name == "id"]
    return next(filter(None, reversed(found)), "")


def without(path: Path, identifier: str, shown: str) -> bytes | None:
    """Return a contact file without a contact that was read from it, or a copy without one that may be in it.

    Args:
        path: TOML or CSV by its ending; that of a copy stands before its own, or its content tells.
        identifier: The contact's id, compared as a whole.
        shown: The file as messages name it.

    Returns:
        The content; None for a copy that does not hold the contact.

    Raises:
        InputError: the file cannot be parsed, or it is no copy and the contact is not found in it.
        WorldError: it cannot be read.
    """
    is_copy = bool(copy_ending(path.name))
    ending = _ending(path)
    is_toml = ending == ".toml" or (ending != ".csv" and _is_toml(path, shown))
    content = (_without_table if is_toml else _without_rows)(path, identifier, shown)
    if content is None and not is_copy:
        message = _("contact '{id}' was not found here and is not erased", id=identifier)
        raise InputError(Problem(shown, 0, message, _("take it out by hand"), code="cannot-edit"))
    return content


def without_exported(path: Path, identifier: str, shown: str) -> bytes | None:
    """Return a table that was made of contacts, or a copy of one, without a contact.

    Returns:
        The content; None if the file is none of ours, or does not hold the contact.

    Raises:
        InputError: its quotes are broken.
        WorldError: it cannot be read.
    """
    if _ending(path) != ".csv" or not read_start(path).startswith(codecs.BOM_UTF8):
        return None
    rows, _separator = read_rows(path, shown)
    header = next(rows, (0, []))[1]
    fields = [name for name in COLUMNS if name in header]
    is_ours = {"id", "role"} <= set(fields) and header[: len(fields)] == fields
    return _without_rows(path, identifier, shown) if is_ours else None


def _ending(path: Path) -> str:
    """Return a file's ending in small letters, without that of a copy."""
    return Path(path.name.removesuffix(copy_ending(path.name))).suffix.lower()


def _is_toml(path: Path, shown: str) -> bool:
    try:
        return "contact" in tomli.loads(read_text(path, shown))
    except (tomli.TOMLDecodeError, RecursionError):
        return False


def _without_table(path: Path, identifier: str, shown: str) -> bytes | None:
    """Leave out the contact's tables; comments right above a table belong to it."""
    text, mark = _text_and_mark(path, shown)
    kept = without_entries(text, shown, "contact", lambda values: _is_of(values, identifier))
    return None if kept is None else mark + kept.encode()


def _without_rows(path: Path, identifier: str, shown: str) -> bytes | None:
    """Leave out the contact's rows, known as reading knows them: of two columns named id, the last counts."""
    rows, _separator = read_rows(path, shown)
    fields = [column_field(cell) for cell in next(rows, (0, []))[1]]

    def is_doomed(cells: list[str]) -> bool:
        return _id_in(cells, fields) == identifier

    return without_rows(path, shown, is_doomed)


def _text_and_mark(path: Path, shown: str) -> tuple[str, bytes]:
    """Return a file's text with its own line ends, and its byte order mark; empty if it has none."""
    text = read_text(path, shown, exact=True)
    return text, codecs.BOM_UTF8 if read_start(path).startswith(codecs.BOM_UTF8) else b""


def _is_of(values: Values, identifier: str) -> bool:
    name = values.get("id")
    return isinstance(name, str) and name.strip() == identifier


def _table(values: Values) -> str:
    """Return a `[[contact]]` table, as it is added to the end of a file."""
    table = tomlkit.table()
    for name in COLUMNS:
        value = values.get(name)
        if value:
            table.add(name, value if isinstance(value, (str, date, bool)) else list(value))
    if values.get("fields"):
        table.add("fields", dict(values["fields"]))
    tables = tomlkit.aot()
    tables.append(table)
    document = tomlkit.document()
    document.add("contact", tables)
    return tomlkit.dumps(document).strip("\n") + "\n"
