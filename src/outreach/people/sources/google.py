"""Read the CSV that Google contacts exports, and what any address book says as contacts write it."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from outreach.country.country import Country, is_abroad
from outreach.files.tables import RawTable, unguarded
from outreach.people.contact import ROLES
from outreach.people.export import GOOGLE_SEPARATOR, REST, rest_in
from outreach.people.names import slug
from outreach.people.sources.candidate import Candidate
from outreach.people.sources.columns import completed

_GOOGLE = {
    "First Name": "given_name",
    "Given Name": "given_name",
    "Last Name": "family_name",
    "Family Name": "family_name",
    "Organization Name": "organisation",
    "Organization 1 - Name": "organisation",
    "Organization Title": "title",
    "Organization 1 - Title": "title",
    "Organization Department": "department",
    "E-mail 1 - Value": "email",
    "Phone 1 - Value": "phone",
    "Address 1 - Street": "address",
    "Address 1 - City": "city",
    "Address 1 - Postal Code": "postal_code",
    "Address 1 - Country": "country",
    "Labels": "tags",
    "Group Membership": "tags",
}


def is_google(header: Sequence[str]) -> bool:
    """Tell whether a table is an export of Google contacts."""
    names = set(header)
    return "E-mail 1 - Value" in names and bool(names & {"First Name", "Given Name"})


def read_google(table: RawTable, role: str, home: Country) -> Iterator[Candidate]:
    """Yield a candidate a row; `role` is what an address book does not say."""
    places = {number: _GOOGLE[name] for number, name in enumerate(table.header) if name in _GOOGLE}
    for line, cells in table.rows:
        row: dict[str, Any] = {}
        for number, name in places.items():
            if number < len(cells) and cells[number].strip():
                row.setdefault(name, unguarded(cells[number].strip()))
        if "address" in row:
            row["address"] = [part for part in row["address"].splitlines() if part.strip()]
        if "tags" in row:
            labels = [label.strip().lstrip("* ") for label in row["tags"].split(GOOGLE_SEPARATOR)]
            row["tags"] = [label for label in labels if label and label != "myContacts"]
        customs = dict(pairwise(cells))  # a label, then its value
        yield Candidate(line, from_address_book(row, role, customs.get(REST, ""), home), cells)


def from_address_book(row: dict[str, Any], role: str, rest: str, home: Country) -> dict[str, Any]:
    """Return a row as contacts write it; what this program wrote itself is taken as it is."""
    own = rest_in(rest)
    if own:
        return {**{key: value for key, value in row.items() if value}, **own}
    values = {key: value for key, value in row.items() if value}
    values.setdefault("country", "")
    if not is_abroad(str(values["country"]), home):
        del values["country"]
    if values.get("role") not in ROLES:
        values.pop("role", None)
        if role:
            values["role"] = role
    if "email" in values:
        values["email"] = str(values["email"]).split(GOOGLE_SEPARATOR)[0].strip()
    named = " ".join(str(values.get(key, "")) for key in ("family_name", "given_name")).strip()
    values.setdefault("id", slug(named or str(values.get("organisation", ""))))
    return completed(values, role, home)
