"""Read vCards, versions 2.1, 3.0 and 4.0."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from outreach.country.country import Country
from outreach.language import _
from outreach.people.export import REST
from outreach.people.sources.books import from_address_book, kind_rank
from outreach.people.sources.candidate import Candidate

if TYPE_CHECKING:
    from vobject.base import ContentLine

    Card = Mapping[str, Sequence[ContentLine]]

_BODIES = ("org", "group", "location")
"""Kinds of cards that name no person (RFC 6350, 6.1.4)."""
_CARD = re.compile(
    r"^BEGIN:VCARD[ \t]*$(.*?)(?:^END:VCARD[ \t]*$|(?=^BEGIN:VCARD[ \t]*$)|\Z)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)


def read_vcards(text: str, role: str, home: Country) -> Iterator[Candidate]:
    """Yield a candidate a card (RFC 2426, RFC 6350); photographs and birthdays are not taken over.

    Args:
        text: With folded lines joined.
        role: Of cards that name no office.
        home: The campaign's country.
    """
    for found in _CARD.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        try:
            card = _properties(found[1])
        except ValueError as error:
            yield Candidate(line, {}, faults=[_("the card is broken: {error}", error=error)])
            continue
        is_ended = found[0].rstrip()[-9:].upper() == "END:VCARD"
        rest = _plain(_text(card, REST))
        values, notes = from_address_book(_from_card(card), role, rest, home)
        faults = [] if is_ended else [_("the card has no end")]
        yield Candidate(line, values, faults=faults, notes=notes)


def _properties(text: str) -> "Card":
    """Return the properties of a card by their names, as they are written.

    Raises:
        ValueError: a line is no property, or its encoding does not hold.
    """
    from vobject.base import ContentLine, ParseError, getLogicalLines, parseLine

    found: dict[str, list[ContentLine]] = {}
    lines = "\n".join(filter(None, map(str.rstrip, text.split("\n"))))
    for line, _number in getLogicalLines(io.StringIO(lines), allowQP=True):
        if not line.strip():
            continue
        try:
            name, params, value, group = parseLine(line)
            one = ContentLine(name, params, value, group, encoded=True, isNative=False)
        except (ParseError, LookupError) as error:
            raise ValueError(str(error)) from error
        found.setdefault(one.name.upper(), []).append(one)
    return found


def _text(card: "Card", name: str) -> str:
    """Return the preferred property of a name, as written; empty for none."""
    lines = sorted(card.get(name, ()), key=_rank)
    return next((str(line.value).strip() for line in lines if str(line.value).strip()), "")


def _rank(line: "ContentLine", label: str = "") -> int:
    """Return a property's place: work or preferred before home, by its kinds or its label."""
    kinds = [kind for values in line.params.get("TYPE", []) for kind in values.split(",")]
    preferred = ["pref"] if "PREF" in line.params else []
    return kind_rank(*kinds, *line.singletonparams, *preferred, label)


def _preference(line: "ContentLine") -> int:
    """Return the number that a card gives a property, 1 for the preferred one (RFC 6350, 5.3)."""
    number = "".join(line.params.get("PREF", ["100"]))
    is_preferred = "pref" in ",".join(line.params.get("TYPE", [])).casefold()
    return 1 if is_preferred or not number.isdigit() else int(number)


def _parts(value: str, sign: str) -> list[str]:
    """Split a value at signs that are not escaped, and unescape its parts."""
    parts = re.findall(rf"(?:^|{sign})((?:\\.|[^{sign}\\])*)", value, re.DOTALL)
    return [_plain(part) for part in parts]


def _plain(value: str) -> str:
    """Return a value that is not split, unescaped (RFC 6350, 3.4)."""
    plain = re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value, flags=re.DOTALL)
    return plain.strip()


def _from_card(card: "Card") -> dict[str, Any]:
    name = [*_parts(_text(card, "N"), ";"), *[""] * 5]
    organisation = [*_parts(_text(card, "ORG"), ";"), "", ""]
    gender = {"M": "m", "F": "f", "O": "x"}.get(_text(card, "GENDER")[:1].upper(), "")
    values: dict[str, Any] = {
        "family_name": name[0],
        "given_name": name[1],
        "civility": name[3],
        "organisation": organisation[0],
        "department": organisation[1],
        "title": _plain(_text(card, "TITLE")),
        "role": _plain(_text(card, "ROLE")),
        "gender": gender,
        "email": ";".join(_plain(str(line.value)) for line in sorted(card.get("EMAIL", ()), key=_preference)),
        "phone": re.sub(r"(?i)^tel:", "", _plain(_text(card, "TEL"))),
        "tags": [tag for tag in _parts(_text(card, "CATEGORIES"), ",") if tag],
        **_place(card),
    }
    is_nameless = not (name[0] or name[1])
    if is_nameless and (values["organisation"] or _text(card, "KIND").casefold() in _BODIES):
        values["organisation"] = values["organisation"] or _plain(_text(card, "FN"))
    elif is_nameless:
        values["name"] = _plain(_text(card, "FN"))
    return values


def _place(card: "Card") -> dict[str, Any]:
    """Return the address to write to; one that is given as a label only is taken as a whole."""
    found = []
    labels = {
        line.group: re.sub(r"[^\w]", "", str(line.value)) for line in card.get("X-ABLABEL", ()) if line.group
    }
    for line in sorted(card.get("ADR", ()), key=lambda one: _rank(one, labels.get(one.group, ""))):
        box, extended, street, city, _region, code, country = [*_parts(str(line.value), ";"), *[""] * 7][:7]
        lines = [
            part.strip() for text in (extended, street, box) for part in text.splitlines() if part.strip()
        ]
        place = {"address": lines, "postal_code": code, "city": city, "country": country}
        label = "\n".join(line.params.get("LABEL", ())).replace("\\n", "\n").replace("^n", "\n")
        found.append(place if code or city or not label else {"full_address": label})
    found += [{"full_address": _plain(str(line.value))} for line in card.get("LABEL", ())]
    useful = (place for place in found if place.get("city") or place.get("full_address"))
    return next(useful, next(iter(found), {}))
