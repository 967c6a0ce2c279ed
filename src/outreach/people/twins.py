"""Find contacts that are, or may be, the same person or body."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from outreach.country.country import Country
from outreach.people.addressing import town_of
from outreach.people.contact import Contact
from outreach.people.names import bare, name_words
from outreach.people.people import People

_LIKELY = 90
"""Points of likeness out of 100 from which two names may be one person's."""
_NEIGHBOURS = 8
"""Names next to each other in an order that are compared."""


@dataclass(frozen=True, slots=True)
class Twins:
    """Contacts that are, or may be, the same."""

    contacts: tuple[Contact, ...]
    is_certain: bool
    """Same name, function and place."""


@dataclass(frozen=True)
class _Seen:
    """A contact with what it is compared by, worked out once."""

    number: int
    contact: Contact
    division: str
    town: str
    words: tuple[str, ...]
    """Of its name, family name first, without accents; St is Saint."""
    written: tuple[str, str, str]
    """Name, place and street as they are written, but for accents, capitals and signs."""

    @cached_property
    def orders(self) -> tuple[str, str, str]:
        """The name as it begins, as it ends, and whatever the order of its words."""
        whole = "".join(self.words)
        return whole, whole[::-1], "".join(sorted(self.words))


def find_twins(people: People) -> list[Twins]:
    """Return contacts of the same, or nearly the same, name in the same place; the certain ones first.

    Names are compared within a place only, and there with their neighbours in three orders, so that the time
    grows with the contacts and not with their pairs.
    """
    places: dict[tuple[str, str, bool], list[_Seen]] = {}
    for number, contact in enumerate(people.contacts):
        seen = _seen(number, contact, people.home)
        if seen.words:
            for kind, place in (("insee", contact.insee), ("town", seen.town)):
                if place:
                    places.setdefault((kind, place, contact.is_person), []).append(seen)
            if not (contact.insee or seen.town):
                places.setdefault(("division", seen.division, contact.is_person), []).append(seen)
    pairs: dict[tuple[int, int], Twins] = {}
    for group in places.values():
        for first, second in _neighbours(group):
            key = (first.number, second.number)
            twins = _compared(first, second) if key not in pairs else None
            if twins:
                pairs[key] = twins
    found = [pairs[key] for key in sorted(pairs)]
    return sorted(found, key=lambda twins: not twins.is_certain)


def _seen(number: int, contact: Contact, home: Country) -> _Seen:
    name = f"{contact.family_name} {contact.given_name}".strip() or contact.organisation
    division = home.division_of(contact.insee or contact.postal_code)
    town = town_of(contact, home)
    written = (bare(name), contact.insee or bare(town), bare("".join(contact.address)))
    return _Seen(number, contact, division, "".join(name_words(town)), tuple(name_words(name)), written)


def _neighbours(group: Sequence[_Seen]) -> Iterator[tuple[_Seen, _Seen]]:
    """Yield the pairs worth comparing, in the order of the contacts: of one name, or next to each other."""
    for order in range(3):
        by_name: dict[str, list[_Seen]] = {}
        for seen in group:
            by_name.setdefault(seen.orders[order], []).append(seen)
        for same in by_name.values():
            yield from combinations(same, 2)
        names = sorted(by_name)
        for place, name in enumerate(names):
            for other in names[place + 1 : place + 1 + _NEIGHBOURS]:
                for one in by_name[name]:
                    for two in by_name[other]:
                        yield (one, two) if one.number < two.number else (two, one)


def _compared(first: _Seen, second: _Seen) -> Twins | None:
    """Return two contacts as twins if they may be; those of two divisions never are."""
    one, two = first.contact, second.contact
    if first.division and second.division and first.division != second.division:
        return None
    if not one.is_person and one.role != two.role:
        return None
    contacts = (one, two)
    if first.written == second.written and one.role == two.role:
        return Twins(contacts, is_certain=True)
    return Twins(contacts, is_certain=False) if _is_alike(first, second) else None


def _is_alike(first: _Seen, second: _Seen) -> bool:
    from rapidfuzz import fuzz

    if re.findall(r"\d+", first.orders[0]) != re.findall(r"\d+", second.orders[0]):
        return False
    return any(
        fuzz.ratio(one, two, score_cutoff=_LIKELY) >= _LIKELY
        for one, two in ((first.orders[0], second.orders[0]), (first.orders[2], second.orders[2]))
    )
