"""Add a contact, find the same person twice, give contacts to other programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outreach.errors import InputError, Problem, RefusedError
from outreach.files.atomic import write_whole
from outreach.files.toml import Table
from outreach.language import _
from outreach.letters.folder import Folder
from outreach.people.bring_in import check_target
from outreach.people.contact import Contact, read_contact
from outreach.people.names import bare, slug
from outreach.people.reading import FOLDER, decode
from outreach.people.writing import appended, csv_bytes, google_bytes, vcard_bytes, xlsx_bytes

ADDED = f"{FOLDER}/added.toml"
_LIKELY = 90
"""Points of likeness out of 100 from which two names may be one person's."""


@dataclass(frozen=True, slots=True)
class Twins:
    """Contacts that are, or may be, the same."""

    contacts: tuple[Contact, ...]
    is_certain: bool
    """Same name, function and place."""


def add_contact(folder: Folder, values: dict[str, Any], into: str = "") -> Contact:
    """Add a contact to the end of a TOML file, whose comments and order stay, and return it.

    Args:
        folder: The campaign.
        values: By field; without an id it is made from the name.
        into: File relative to the campaign; contacts/added.toml by default.

    Raises:
        InputError: faults of the contact, all of them.
        RefusedError: the id is taken.
        WorldError: the file cannot be written.
    """
    name = into or ADDED
    if not name.lower().endswith(".toml"):
        raise InputError(
            Problem(name, 0, _("contacts are added to TOML files"), _("use `contacts import` for CSV"))
        )
    check_target(folder.campaign.root, Path(name), (".toml",))
    named = f"{values.get('family_name', '')} {values.get('given_name', '')}".strip()
    kept = {key: value for key, value in values.items() if value}
    kept.setdefault("id", slug(named or str(values.get("organisation") or values.get("title") or "")))
    problems: list[Problem] = []
    entry = read_contact(Table(kept, "", {}, problems))
    if entry.faults:
        raise InputError(*entry.faults)
    if any(entry.contact.id.casefold() == other.id.casefold() for other in folder.contacts):
        raise RefusedError(
            Problem("", 0, _("the id '{id}' is taken", id=entry.contact.id), _("give another with --id"))
        )
    path = folder.campaign.root / name
    text = decode(path, name) if path.exists() else ""
    write_whole(path, appended(text, [kept], name))
    return entry.contact


def find_twins(contacts: Sequence[Contact]) -> list[Twins]:
    """Return contacts of the same, or nearly the same, name in the same place; the certain ones first."""
    from rapidfuzz import fuzz

    groups: dict[str, list[Contact]] = {}
    for contact in contacts:
        groups.setdefault(contact.insee or bare(contact.town), []).append(contact)
    certain: list[Twins] = []
    likely: list[Twins] = []
    for group in groups.values():
        for number, first in enumerate(group):
            for second in group[number + 1 :]:
                one, other = _name(first), _name(second)
                if not one or first.is_person != second.is_person:
                    continue
                if one == other and first.role == second.role:
                    certain.append(Twins((first, second), is_certain=True))
                elif fuzz.ratio(one, other) >= _LIKELY and (first.is_person or first.role == second.role):
                    likely.append(Twins((first, second), is_certain=False))
    return certain + likely


def export_contacts(contacts: Sequence[Contact], kind: str, target: Path) -> None:
    """Write contacts as `csv`, `xlsx`, `vcard` or `google`.

    Raises:
        RefusedError: the file is there already.
        WorldError: it cannot be written.
    """
    if target.exists():
        raise RefusedError(Problem(str(target), 0, _("is there already"), _("choose another name")))
    made = {"csv": csv_bytes, "xlsx": xlsx_bytes, "vcard": vcard_bytes, "google": google_bytes}
    write_whole(target, made[kind](contacts))


def _name(contact: Contact) -> str:
    return bare(f"{contact.family_name} {contact.given_name}".strip() or contact.organisation)
