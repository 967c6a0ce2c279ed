"""Fill in what contacts lack by commune: addresses from the Annuaire, town names from INSEE's list."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from outreach.errors import InputError, Problem
from outreach.files.atomic import write_whole
from outreach.files.reading import is_json, read_start
from outreach.files.tables import RawTable, read_table
from outreach.language import _
from outreach.people.contact import Contact
from outreach.people.contact_files import with_filled_in
from outreach.people.export import csv_bytes
from outreach.people.people import People
from outreach.people.sources.annuaire import (
    SERVICE_ROLES,
    Service,
    communes_in,
    is_annuaire,
    services_in_json,
    services_in_table,
)
from outreach.people.sources.rne import FRANCE

_ADDRESS = ("address", "postal_code", "city")
_BESIDES = ("email", "phone")
_Key = tuple[str, str]
"""Kind of office, and the code of its commune, its SIREN, or the tag of its department or region."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What one contact got, and from where."""

    contact: str
    path: str
    values: dict[str, Any]
    sources: dict[str, str] = field(default_factory=dict)
    """Field to the file that it was taken from."""


def find_completions(people: People, paths: Iterable[Path]) -> list[Filled]:
    """Return what the files say that contacts do not; a field with a value is never touched.

    Args:
        people: The campaign's; joined by INSEE code and the kind of office that a role means.
        paths: Files of the Annuaire and INSEE's list of communes, in any order, recognised by content.

    Raises:
        InputError: a file is neither.
        WorldError: a file cannot be read.
    """
    services: dict[_Key, tuple[int, Service, str]] = {}
    communes: dict[str, str] = {}
    names = ""
    for path in paths:
        table = None if is_json(read_start(path)) else read_table(path)
        found = communes_in(table) if table else None
        if found is not None:
            communes |= found
            names = path.name
            continue
        for service in _services(path, table):
            for key, distance in _keys_of(service):
                known = services.get(key)
                if known is None or distance < known[0]:
                    services[key] = (distance, service, path.name)
    filled = []
    for entry in people.entries:
        contact = entry.contact
        if entry.is_faulty:
            continue
        found_at = next((services[key] for key in _keys_for(contact) if key in services), None)
        values, sources = _missing(contact, found_at[1:] if found_at else None)
        town = communes.get(contact.insee, "") if contact.insee else ""
        city = str(values.get("city", ""))
        has_postal_part = people.home.town(city) != city  # as CEDEX, which goes with its postal code
        is_posted = bool(contact.postal_code or "postal_code" in values)
        if town and is_posted and not contact.city and not has_postal_part:
            values["city"], sources["city"] = town, names
        if values:
            filled.append(Filled(contact.id, entry.path, values, sources))
    return filled


def write_completions(people: People, filled: Iterable[Filled]) -> list[Path]:
    """Write what was found into the contacts' own files, and return their paths; comments in TOML stay.

    Raises:
        InputError: a CSV file has errors, and what is faulty in it would be lost.
        WorldError: a file cannot be written.
    """
    by_path: dict[str, list[Filled]] = {}
    for one in filled:
        by_path.setdefault(one.path, []).append(one)
    contents: dict[Path, bytes] = {}
    for name, changes in by_path.items():
        path = people.root / name
        values = {one.contact: one.values for one in changes}
        if path.suffix.lower() == ".toml":
            content = with_filled_in(path, values, name)
        else:
            contacts = (replace(one, **values.get(one.id, {})) for one in people.contacts_in(name))
            content = csv_bytes(list(contacts))
        contents[path] = content
    return [write_whole(path, content) for path, content in contents.items()]


def _services(path: Path, table: RawTable | None) -> Iterable[Service]:
    """Yield the services of a file; it is JSON where there is no table in it."""
    if table is None:
        return services_in_json(path)
    if is_annuaire(table.header):
        return services_in_table(table)
    hint = _("give the Annuaire de l'administration (JSON or CSV) or INSEE's list of communes")
    raise InputError(
        Problem(path.name, 1, _("neither addresses nor communes are in it"), hint, code="unknown-source")
    )


def _keys_of(service: Service) -> Iterator[tuple[_Key, int]]:
    """Yield what a service is looked up by, each with how far it is from what is meant: the least wins."""
    beside = 0 if service.is_main else _ANNEXE
    for kind, code in service.pivots:
        if kind not in SERVICE_ROLES:
            continue
        whole = FRANCE.whole_locality(code)
        department = FRANCE.division_of(code)
        yield (kind, code), beside
        if whole != code:
            yield (kind, whole), beside + _FOLDED
        if kind in ("cg", "prefecture"):
            yield (kind, f"dep-{department}"), beside
        if kind == "cr":
            yield (kind, f"reg-{FRANCE.region_of(department)}"), beside
        if service.siren:
            yield (kind, service.siren), beside


def _keys_for(contact: Contact) -> Iterator[_Key]:
    """Yield what a contact's office is looked up by, the surest first."""
    kind = _office(contact)
    if kind in ("cg", "cr", "prefecture"):
        prefix = "reg-" if kind == "cr" else "dep-"
        yield from ((kind, tag) for tag in contact.tags if tag.startswith(prefix))
    if kind == "epci" and contact.fields.get("siren"):
        yield kind, str(contact.fields["siren"])
    elif kind and (contact.fields.get("arrondissement") or contact.insee):
        yield kind, str(contact.fields.get("arrondissement") or contact.insee)


def _office(contact: Contact) -> str:
    """Return the kind of office that a contact is written to: councillors and deputies at the town hall."""
    kinds = {role: kind for kind, role in SERVICE_ROLES.items()} | dict.fromkeys(_TOWN_HALL, "mairie")
    kinds |= _COUNCILS
    if contact.role == "vice-president":
        return next((kind for file, kind in _VICE_PRESIDENTS.items() if contact.source.endswith(file)), "")
    return kinds.get(contact.role, "")


_FOLDED = 2
_ANNEXE = 1
_TOWN_HALL = (
    "district-mayor",
    "delegated-mayor",
    "deputy-mayor",
    "councillor",
    "councillors",
    "district-councillor",
)
_COUNCILS = {
    "departmental-councillor": "cg",
    "regional-councillor": "cr",
    "intermunicipal-councillor": "epci",
}
_VICE_PRESIDENTS = {
    "conseillers-departementaux": "cg",
    "conseillers-regionaux": "cr",
    "conseillers-communautaires": "epci",
}


def _missing(contact: Contact, found: tuple[Service, str] | None) -> tuple[dict[str, Any], dict[str, str]]:
    if not found:
        return {}, {}
    service, name = found
    wanted = [key for key in _BESIDES if not getattr(contact, key)]
    if not any(getattr(contact, key) for key in _ADDRESS):  # an address is taken whole or not at all
        wanted += _ADDRESS
    values = {key: getattr(service, key) for key in wanted if getattr(service, key)}
    return values, dict.fromkeys(values, name)
