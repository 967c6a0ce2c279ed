"""Change fields of contacts where they stand in their files; comments, order and every other row stay."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from outreach.errors import InputError, Problem
from outreach.files.atomic import write_whole
from outreach.files.toml import Table
from outreach.language import _
from outreach.people.contact import Contact, read_contact
from outreach.people.contact_files import Values, with_cells, with_filled_in
from outreach.people.people import People
from outreach.people.sources.functions import read_function


def edit_contact(people: People, identifier: str, values: Mapping[str, Any]) -> Contact:
    """Give a contact other values in its own file, and return it.

    Args:
        people: The contacts as read.
        identifier: The contact's id.
        values: By field, as text or lists of texts; an empty one empties the field.

    Raises:
        InputError: an unknown contact, or faults of what the contact would be, all of them; or its file
            cannot be changed without touching what else is in it.
        WorldError: the file cannot be written.
    """
    entry = people.entry(identifier)
    wanted = dict(values)
    function = read_function(wanted["role"]) if wanted.get("role") else None
    if function and function.is_known:
        wanted["role"] = function.role
    problems: list[Problem] = []
    after = {**asdict(entry.contact), **wanted}
    listed = {key: list(value) if isinstance(value, tuple) else value for key, value in after.items()}
    kept = {key: value for key, value in listed.items() if value not in ("", None)}
    edited = read_contact(Table(kept, entry.path, {}, problems), people.home)
    if edited.faults:
        raise InputError(*edited.faults)
    cleared = [key for key in wanted if getattr(edited.contact, key) is None]
    if cleared and entry.path.endswith(".toml"):
        message = _("{name} cannot be emptied here", name=", ".join(cleared))
        raise InputError(
            Problem(entry.path, entry.line, message, _("take the line out of the file"), code="cannot-edit")
        )
    write_values(people, {identifier: {key: getattr(edited.contact, key) for key in wanted}})
    return edited.contact


def mark_checked(people: People, contacts: Iterable[Contact], on: date) -> list[Path]:
    """Write into contacts' files that name and address were verified on a day, and return the files."""
    return write_values(people, {contact.id: {"checked": on} for contact in contacts})


def write_values(people: People, values: Mapping[str, Values]) -> list[Path]:
    """Write fields of contacts, by id, into their own files, and return the files.

    Raises:
        InputError: a file cannot be changed without touching what else is in it.
        WorldError: a file cannot be read or written.
    """
    by_path: dict[str, dict[str, Values]] = {}
    for identifier, fields in values.items():
        by_path.setdefault(people.entry(identifier).path, {})[identifier] = fields
    contents = {
        people.root / name: (with_filled_in if name.endswith(".toml") else with_cells)(
            people.root / name, changes, name
        )
        for name, changes in by_path.items()
    }
    return [write_whole(path, content) for path, content in contents.items()]
