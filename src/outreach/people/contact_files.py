"""Change the files under contacts/: contacts are added, filled in or taken out, the rest stays as it is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import tomli
import tomlkit

from outreach.campaign.paths import CONTACTS
from outreach.errors import InputError, Problem, RefusedError
from outreach.files.reading import read_text
from outreach.files.tables import read_rows, unguarded, without_rows
from outreach.files.toml import parse
from outreach.language import _
from outreach.people.contact import COLUMNS, column_field

Values = Mapping[str, Any]
"""A contact's values by field."""


def check_target(root: Path, into: Path, endings: Sequence[str] = (".csv", ".toml")) -> None:
    """Refuse to write where the campaign would not read contacts.

    Raises:
        RefusedError: the file is not in contacts/ itself, or has another ending.
    """
    path = root / into
    if path.parent.resolve() != (root / CONTACTS).resolve() or path.suffix.lower() not in endings:
        hint = _("give --into {folder}/NAME{ending}", folder=CONTACTS, ending=endings[0])
        raise RefusedError(Problem(into.as_posix(), 0, _("contacts are not read from there"), hint))


def with_added(path: Path, contacts: Iterable[Values], shown: str) -> bytes:
    """Return a TOML file, which may be missing, with contacts at its end.

    Raises:
        InputError: nothing can be added to it: its contacts are written as `contact = [...]`.
        WorldError: it cannot be read.
    """
    text = read_text(path, shown, exact=True) if path.exists() else ""
    before = [f"{text.rstrip()}\n"] if text.strip() else []
    whole = "\n".join([*before, *map(_table, contacts)])
    try:
        tomli.loads(whole)
    except tomli.TOMLDecodeError as error:
        hint = _("write each contact under [[contact]], or add to another file")
        raise InputError(Problem(shown, 0, _("nothing can be added to this file"), hint)) from error
    return whole.encode()


def with_filled_in(path: Path, values: Mapping[str, Values], shown: str) -> bytes:
    """Return a TOML file with the values of contacts, by their ids; comments and order stay."""
    file = tomlkit.parse(read_text(path, shown, exact=True))
    for table in file["contact"]:
        for key, value in values.get(str(table.get("id", "")).strip(), {}).items():
            table[key] = list(value) if isinstance(value, tuple) else value
    return tomlkit.dumps(file).encode()


def without(path: Path, identifier: str, shown: str) -> bytes | None:
    """Return a contact file without a contact that was read from it, or a copy without one that may be in it.

    Args:
        path: TOML or CSV by its ending; that of a copy stands before `.bak`, or its content tells.
        identifier: The contact's id, compared as a whole.
        shown: The file as messages name it.

    Returns:
        The content; None for a copy that does not hold the contact.

    Raises:
        InputError: the file cannot be parsed, or it is no copy and the contact is not found in it.
        WorldError: it cannot be read.
    """
    is_copy = path.suffix.lower() == ".bak"
    name = path.with_suffix("") if is_copy else path
    is_toml = name.suffix.lower() == ".toml" or (name.suffix.lower() != ".csv" and _is_toml(path, shown))
    content = (_without_table if is_toml else _without_rows)(path, identifier, shown)
    if content is None and not is_copy:
        message = _("contact '{id}' was not found here and is not erased", id=identifier)
        raise InputError(Problem(shown, 0, message, _("take it out by hand")))
    return content


def _is_toml(path: Path, shown: str) -> bool:
    try:
        return "contact" in tomli.loads(read_text(path, shown))
    except tomli.TOMLDecodeError:
        return False


def _without_table(path: Path, identifier: str, shown: str) -> bytes | None:
    """Leave out the contact's table; comments right above a table belong to it."""
    text = read_text(path, shown, exact=True)
    file = parse(text, shown, [])
    doomed = [table for table in file.each("contact") if _is_of(table.values, identifier)]
    if not doomed:
        return None
    lines = text.split("\n")
    headers = sorted(keys[""] for (name, _index), keys in file.lines.items() if name and "" in keys)
    for table in reversed(doomed):  # from the end, so that lines keep their numbers
        if not lines[table.line() - 1].lstrip().startswith("["):  # an array of inline tables
            document = tomlkit.parse(text)
            document["contact"] = [one for one in document["contact"] if not _is_of(one, identifier)]
            return tomlkit.dumps(document).encode()
        own = {
            keys[""]
            for (name, index), keys in file.lines.items()
            if index == table.index and (name == "contact" or name.startswith("contact."))
        }
        start = table.line() - 1
        end = next((line - 1 for line in headers if line > table.line() and line not in own), len(lines))
        while end < len(lines) and lines[end - 1].lstrip().startswith("#"):
            end -= 1
        while start and lines[start - 1].lstrip().startswith("#"):
            start -= 1
        del lines[start:end]
    kept = "\n".join(lines)
    return (kept if kept.endswith("\n") or not kept.strip() else f"{kept}\n").encode()


def _without_rows(path: Path, identifier: str, shown: str) -> bytes | None:
    """Leave out the contact's rows, known as reading knows them: of two columns named id, the last counts."""
    rows, _separator = read_rows(path, shown)
    _line, header = next(rows, (0, []))
    columns = [number for number, cell in enumerate(header) if column_field(cell) == "id"]

    def is_doomed(cells: list[str]) -> bool:
        found = [unguarded(cells[number].strip()) for number in columns if number < len(cells)]
        return next(filter(None, reversed(found)), "") == identifier

    return without_rows(path, shown, is_doomed)


def _is_of(values: Values, identifier: str) -> bool:
    name = values.get("id")
    return isinstance(name, str) and name.strip() == identifier


def _table(values: Values) -> str:
    """Return a `[[contact]]` table, as it is added to the end of a file."""
    table = tomlkit.table()
    for name in COLUMNS:
        value = values.get(name)
        if value:
            table.add(name, value if isinstance(value, (str, date)) else list(value))
    if values.get("fields"):
        table.add("fields", dict(values["fields"]))
    tables = tomlkit.aot()
    tables.append(table)
    document = tomlkit.document()
    document.add("contact", tables)
    return tomlkit.dumps(document).strip("\n") + "\n"
