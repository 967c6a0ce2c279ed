"""Find contacts that are, or may be, the same person or body."""

from dataclasses import dataclass

from outreach.people.addressing import town_of
from outreach.people.contact import Contact
from outreach.people.names import bare
from outreach.people.people import People

_LIKELY = 90
"""Points of likeness out of 100 from which two names may be one person's."""


@dataclass(frozen=True, slots=True)
class Twins:
    """Contacts that are, or may be, the same."""

    contacts: tuple[Contact, ...]
    is_certain: bool
    """Same name, function and place."""


def find_twins(people: People) -> list[Twins]:
    """Return contacts of the same, or nearly the same, name in the same place; the certain ones first."""
    from rapidfuzz import fuzz

    groups: dict[str, list[Contact]] = {}
    for contact in people.contacts:
        groups.setdefault(contact.insee or bare(town_of(contact, people.home)), []).append(contact)
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


def _name(contact: Contact) -> str:
    return bare(f"{contact.family_name} {contact.given_name}".strip() or contact.organisation)
