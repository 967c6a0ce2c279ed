"""Read LDIF (RFC 2849), as address books export it: a block of attributes an entry."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outreach.country.country import Country
from outreach.language import _
from outreach.people.sources.books import from_address_book
from outreach.people.sources.candidate import Candidate

_FIELDS: Mapping[str, Sequence[str]] = {
    "given_name": ("givenname", "gn"),
    "family_name": ("sn", "surname"),
    "name": ("cn", "displayname", "commonname"),
    "organisation": ("o", "organizationname", "company"),
    "department": ("ou", "department", "departmentnumber", "orgunit"),
    "title": ("title",),
    "email": ("mail", "mozillasecondemail"),
    "phone": ("telephonenumber", "mobile", "homephone"),
}
_PLACES: Sequence[Mapping[str, Sequence[str]]] = (
    {
        "address": ("street", "streetaddress", "mozillaworkstreet2", "postofficebox"),
        "city": ("l", "locality", "localityname"),
        "postal_code": ("postalcode", "zip"),
        "country": ("c", "countryname", "co"),
    },
    {
        "address": ("mozillahomestreet", "mozillahomestreet2", "homestreet"),
        "city": ("mozillahomelocalityname",),
        "postal_code": ("mozillahomepostalcode",),
        "country": ("mozillahomecountryname",),
    },
)
"""Work before home."""


def is_ldif(start: bytes) -> bool:
    """Tell by its first bytes whether a file is LDIF."""
    text = start.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip().lower()
    return text.startswith((b"dn:", b"version: 1", b"version:1"))


def read_ldif(text: str, role: str, home: Country) -> Iterator[Candidate]:
    """Yield a candidate an entry; lists of people are no contacts and named as such.

    Args:
        text: With folded lines joined.
        role: Of entries that name no office.
        home: The campaign's country.
    """
    for line, entry, faults in _entries(text):
        row: dict[str, Any] = {field: _first(entry, names) for field, names in _FIELDS.items()}
        row["email"] = ";".join(text for name in _FIELDS["email"] for text in entry.get(name, ()))
        for place in _PLACES:
            if any(name in entry for name in (*place["city"], *place["postal_code"])):
                row |= {part: _first(entry, names) for part, names in place.items()}
                row["address"] = [
                    part
                    for name in place["address"]
                    for value in entry.get(name, ())
                    for part in value.splitlines()
                ]
                break
        if any(
            "group" in kind.casefold() or "list" in kind.casefold() for kind in entry.get("objectclass", ())
        ):
            faults.append(_("is a list of people, not one of them"))
        values, notes = from_address_book(row, role, "", home)
        yield Candidate(line, values, faults=faults, notes=notes)


def _first(entry: Mapping[str, Sequence[str]], names: Sequence[str]) -> str:
    return next((entry[name][0] for name in names if name in entry), "")


def _entries(text: str) -> Iterator[tuple[int, dict[str, list[str]], list[str]]]:
    """Yield first line, values by small attribute, and faults of each entry."""
    start, entry, faults = 0, dict[str, list[str]](), list[str]()
    for line, raw in enumerate([*text.split("\n"), "dn: end"], 1):
        name, colon, value = raw.partition(":")
        if name.strip().casefold() == "dn":
            if start and entry:
                yield start, entry, faults
            start, entry, faults = line, {}, []
            continue
        if not colon or raw.startswith("#") or not start:
            continue
        try:
            is_coded = value.startswith(":")
            plain = base64.b64decode(value[1:].strip(), validate=True).decode() if is_coded else value.strip()
        except ValueError:  # no base64, or no UTF-8 in it
            if "photo" not in name.casefold():
                faults.append(_("the value of {name} cannot be decoded", name=name))
            continue
        if plain.strip():
            entry.setdefault(name.split(";")[0].strip().casefold(), []).append(plain.strip())
