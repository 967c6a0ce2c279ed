"""Read address books: vCard 3 and 4, and the CSV that Google contacts exports."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from outreach.files.tables import RawTable, unguarded
from outreach.people.contact import ROLES
from outreach.people.names import bare, slug
from outreach.people.sources.candidate import Draft
from outreach.people.sources.columns import completed
from outreach.people.writing import REST, rest_in

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
_LABELS = " ::: "
_UNESCAPED = {"\\n": "\n", "\\N": "\n", "\\,": ",", "\\;": ";", "\\\\": "\\"}


def is_google(header: Sequence[str]) -> bool:
    """Tell whether a table is an export of Google contacts."""
    names = set(header)
    return "E-mail 1 - Value" in names and bool(names & {"First Name", "Given Name"})


def read_google(table: RawTable, role: str) -> Iterator[Draft]:
    """Yield a draft a row; `role` is what an address book does not say."""
    places = {number: _GOOGLE[name] for number, name in enumerate(table.header) if name in _GOOGLE}
    for line, cells in table.rows:
        row: dict[str, Any] = {}
        for number, name in places.items():
            if number < len(cells) and cells[number].strip():
                row.setdefault(name, unguarded(cells[number].strip()))
        if "address" in row:
            row["address"] = [part for part in row["address"].splitlines() if part.strip()]
        if "tags" in row:
            labels = [label.strip().lstrip("* ") for label in row["tags"].split(_LABELS)]
            row["tags"] = [label for label in labels if label and label != "myContacts"]
        customs = dict(pairwise(cells))  # a label, then its value
        yield Draft(line, _completed(row, role, customs.get(REST, "")), cells)


def read_vcards(text: str, role: str) -> Iterator[Draft]:
    """Yield a draft a card (RFC 2426, RFC 6350); photographs, birthdays and the like are not taken over."""
    card: dict[str, Any] = {}
    start = 0
    for line, name, value in _properties(text):
        if name == "BEGIN":
            card, start = {}, line
        elif name == "END":
            rest = "".join(_parts(card.get(REST, [""])[0], "\n"))
            yield Draft(start, _completed(_from_card(card), role, rest))
        else:
            card.setdefault(name, []).append(value)


def _properties(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, name without group and value of each property; folded lines are joined."""
    line = 0
    held: tuple[int, str] | None = None
    for line, raw in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if raw.startswith((" ", "\t")) and held:
            held = (held[0], held[1] + raw[1:])
            continue
        if held:
            yield from _property(*held)
        held = (line, raw)
    if held:
        yield from _property(*held)


def _property(line: int, text: str) -> Iterator[tuple[int, str, str]]:
    found = re.match(r'(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":])*)?):(.*)$', text)
    if found:
        yield line, found[1].upper(), found[3]


def _parts(value: str, sign: str) -> list[str]:
    """Split a structured value at signs that are not escaped, and unescape its parts."""
    parts = re.split(rf"(?<!\\){sign}", value)
    return [
        re.sub(r"\\.", lambda found: _UNESCAPED.get(found[0], found[0][1:]), part).strip() for part in parts
    ]


def _from_card(card: Mapping[str, list[str]]) -> dict[str, Any]:
    def first(name: str) -> str:
        return card.get(name, [""])[0]

    name = [*_parts(first("N"), ";"), "", "", "", ""]
    address = [*_parts(first("ADR"), ";"), *[""] * 7]
    organisation = [*_parts(first("ORG"), ";"), ""]
    street = [line for part in (address[0], address[1], address[2]) for line in part.splitlines()]
    email = re.sub(r"(?i)^mailto:", "", first("EMAIL")).strip()
    phone = re.sub(r"(?i)^tel:", "", first("TEL")).strip()
    gender = {"M": "m", "F": "f", "O": "x"}.get(first("GENDER")[:1].upper(), "")
    values: dict[str, Any] = {
        "family_name": name[0],
        "given_name": name[1],
        "organisation": organisation[0],
        "department": organisation[1],
        "title": "".join(_parts(first("TITLE"), "\n")),
        "gender": gender,
        "address": [line.strip() for line in street if line.strip()],
        "city": address[3],
        "postal_code": address[5],
        "country": address[6],
        "email": email,
        "phone": phone,
        "tags": [tag for tag in _parts(first("CATEGORIES"), ",") if tag],
        "role": "".join(_parts(first("ROLE"), "\n")),
    }
    if not (values["family_name"] or values["given_name"] or values["organisation"]):
        values["organisation"] = "".join(_parts(first("FN"), "\n"))
    return values


def _completed(row: dict[str, Any], role: str, rest: str) -> dict[str, Any]:
    """Return a row as contacts write it; what this program wrote itself is taken as it is."""
    own = rest_in(rest)
    if own:
        return {**{key: value for key, value in row.items() if value}, **own}
    values = {key: value for key, value in row.items() if value}
    values.setdefault("country", "")
    if bare(str(values["country"])) == "france" or not values["country"]:
        del values["country"]
    if values.get("role") not in ROLES:
        values.pop("role", None)
        if role:
            values["role"] = role
    if "email" in values:
        values["email"] = str(values["email"]).split(_LABELS)[0].strip()
    named = " ".join(str(values.get(key, "")) for key in ("family_name", "given_name")).strip()
    values.setdefault("id", slug(named or str(values.get("organisation", ""))))
    return completed(values, role)
