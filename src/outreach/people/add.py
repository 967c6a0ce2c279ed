"""Add a contact to the campaign by hand."""

from pathlib import Path
from typing import Any

from outreach.campaign.paths import CONTACTS
from outreach.errors import InputError, Problem, RefusedError
from outreach.files.atomic import write_whole
from outreach.files.toml import Table
from outreach.language import _
from outreach.people.contact import Contact, read_contact
from outreach.people.contact_files import check_target, with_added
from outreach.people.names import id_words, slug
from outreach.people.people import People
from outreach.people.sources.functions import read_function

ADDED = f"{CONTACTS}/added.toml"


def add_contact(people: People, values: dict[str, Any], into: str = "") -> Contact:
    """Add a contact to the end of a TOML file, whose comments and order stay, and return it.

    Args:
        people: Those that are there.
        values: By field; without an id it is made from the name; the role may be as people write it.
        into: File relative to the campaign; contacts/added.toml by default.

    Raises:
        InputError: faults of the contact, all of them.
        RefusedError: the id is taken.
        WorldError: the file cannot be written.
    """
    name = into or ADDED
    if not name.lower().endswith(".toml"):
        raise InputError(
            Problem(
                name,
                0,
                _("contacts are added to TOML files"),
                _("use `contacts import` for CSV"),
                code="wrong-file-kind",
            )
        )
    check_target(people.root, Path(name), (".toml",))
    kept = {key: value for key, value in values.items() if value}
    function = read_function(str(kept["role"])) if kept.get("role") else None
    if function and function.is_known:
        kept["role"] = function.role
    kept.setdefault("id", slug(id_words(values)))
    problems: list[Problem] = []
    entry = read_contact(Table(kept, "", {}, problems), people.home)
    if entry.faults:
        raise InputError(*entry.faults)
    if any(entry.contact.id.casefold() == other.id.casefold() for other in people.contacts):
        raise RefusedError(
            Problem(
                "",
                0,
                _("the id '{id}' is taken", id=entry.contact.id),
                _("give another with --id"),
                code="duplicate-id",
            )
        )
    path = people.root / name
    write_whole(path, with_added(path, [kept], name))
    return entry.contact
