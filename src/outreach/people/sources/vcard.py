"""Read vCards, versions 3 and 4."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from outreach.country.country import Country
from outreach.people.export import REST
from outreach.people.sources.candidate import Candidate
from outreach.people.sources.google import from_address_book

_UNESCAPED = {"\\n": "\n", "\\N": "\n", "\\,": ",", "\\;": ";", "\\\\": "\\"}


def read_vcards(text: str, role: str, home: Country) -> Iterator[Candidate]:
    """Yield a candidate a card (RFC 2426, RFC 6350); photographs and birthdays are not taken over."""
    card: dict[str, Any] = {}
    start = 0
    for line, name, value in _properties(text):
        if name == "BEGIN":
            card, start = {}, line
        elif name == "END":
            rest = "".join(_parts(card.get(REST, [""])[0], "\n"))
            yield Candidate(start, from_address_book(_from_card(card), role, rest, home))
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
