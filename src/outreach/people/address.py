"""Turn a contact into the lines of its postal address (NF Z10-011)."""

from collections.abc import Iterable, Sequence

from outreach.language import _
from outreach.people.contact import Contact

MOST_LINES = 6
MOST_CHARACTERS = 38


def address_lines(contact: Contact, civility: str, title: str) -> tuple[str, ...]:
    """Return the address as printed: name first, postal code and city last, in capitals.

    Args:
        contact: The recipient; without a city, only the lines that name it are returned.
        civility: "Monsieur", "Madame" or empty.
        title: Office as printed under the name; may be empty.

    Returns:
        Lines without blanks at their ends and without empty lines; a foreign country is one line more.
    """
    person = " ".join(filter(None, (civility, contact.given_name, contact.family_name.upper())))
    head = [contact.organisation or title, contact.title if contact.organisation else ""]
    if contact.is_person:
        head = [person, title, contact.organisation]
    return _distinct([*head, contact.department, *_delivery(contact)])


def joint_address_lines(contacts: Sequence[Contact], names: Sequence[str]) -> tuple[str, ...]:
    """Return one address for several recipients at the same place, or nothing if that cannot be.

    Args:
        contacts: The recipients, by rank.
        names: The line that names each of them.

    Returns:
        The names, a line each, then the address they share; empty if they do not share one or if
        there would be more lines than the norm allows.
    """
    places = {_distinct(_delivery(contact)) for contact in contacts}
    if len(places) != 1:
        return ()
    lines = (*names, *places.pop())
    return lines if len(lines) <= MOST_LINES else ()


def address_faults(lines: Sequence[str]) -> list[str]:
    """Say where an address goes beyond the norm: more than 6 lines of 38 characters (a country is a 7th)."""
    faults = [
        _(
            "address line {number} has {count} characters, {most} at most",
            number=number,
            count=len(line),
            most=MOST_CHARACTERS,
        )
        for number, line in enumerate(lines, 1)
        if len(line) > MOST_CHARACTERS
    ]
    has_country = bool(lines) and not any(character.isdigit() for character in lines[-1])
    if len(lines) - has_country > MOST_LINES:
        faults.append(_("the address has {count} lines, {most} at most", count=len(lines), most=MOST_LINES))
    return faults


def delivery_lines(contact: Contact) -> tuple[str, ...]:
    """Return the lines that say where, without those that say to whom: street, town, country."""
    return _distinct(_delivery(contact))


def _delivery(contact: Contact) -> list[str]:
    town = f"{contact.postal_code} {contact.city.upper()}".strip()
    country = contact.country.upper() if contact.is_abroad else ""
    return [*contact.address, town, country]


def _distinct(lines: Iterable[str]) -> tuple[str, ...]:
    """Drop empty lines and repeated ones."""
    return tuple(dict.fromkeys(filter(None, (" ".join(line.split()) for line in lines))))
