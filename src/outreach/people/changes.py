"""What an update makes of a contact: what its source says anew is taken, what a hand typed stays."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from outreach.country.country import Country
from outreach.language import _, local
from outreach.people.addressing import rank_of, town_of
from outreach.people.contact import COLUMNS, Contact
from outreach.people.names import bare
from outreach.people.sources.places import tagged_place
from outreach.people.sources.rne import offices_of, writes_salutation, writes_title

_ADDRESS = ("address", "postal_code", "city", "country")
_OFFICE = ("title", "salutation", "closing", "portfolio")
"""What goes with a function that is lost."""
_TAKEN = ("civility", "organisation", "department", "insee", "email", "phone")
"""Where the source says something else, it is right; where it says nothing, what is there stays."""
_OF_TABLES = ("title", "salutation", "closing", "portfolio", "style", "checked", "term_start", "term_end")
"""As those, but for the register, which has no column of that name."""
_NEVER_NAMED = (
    "id",
    "role",
    "gender",
    "tags",
    "source",
    "checked",
    "term_start",
    "term_end",
    "insee",
    *_ADDRESS,
)
"""Fields of which nobody wonders that a file without them leaves them alone."""


class Known:
    """The address book, to be asked who somebody in a file is. Each contact is given away once."""

    def __init__(self, contacts: Iterable[Contact], home: Country) -> None:
        self._home = home
        self.met: set[str] = set()
        """Ids of those that were found."""
        self.names: set[int] = set()
        """Hashes of all names; who has none of them is nobody here, whatever else agrees."""
        self._by_id: dict[str, Contact] = {}
        self._by_key: dict[tuple[str, ...], list[Contact]] = {}
        for contact in contacts:
            self._by_id[contact.id] = contact
            self.names.add(hash(identity(contact, home)[0]))
            for key in self._keys(contact):
                self._by_key.setdefault(key, []).append(contact)

    def is_there(self, contact: Contact) -> bool:
        """Tell whether somebody of that name and place is there at that very address."""
        return any(
            street(one) == street(contact) for one in self._by_key.get(identity(contact, self._home), ())
        )

    def take(self, contact: Contact) -> Contact | None:
        """Return who that is, by name and place, else by id, town or e-mail address; None for nobody."""
        found = next(self._same(contact), None)
        if found:
            self.met.add(found.id)
        return found

    def _same(self, contact: Contact) -> Iterator[Contact]:
        surest, *others = self._keys(contact)
        namesakes = [one for one in self._by_key.get(surest, ()) if one.id not in self.met]
        yield from sorted(namesakes, key=lambda one: street(one) != street(contact))
        same_id = self._by_id.get(contact.id)
        if same_id and same_id.id not in self.met and identity(same_id, self._home)[0] == surest[0]:
            yield same_id
        for key in others:
            several = self._by_key.get(key, [])
            if len(several) == 1 and several[0].id not in self.met and _may_be(several[0], contact):
                yield several[0]

    def _keys(self, contact: Contact) -> list[tuple[str, ...]]:
        surest = identity(contact, self._home)
        name, _place, role = surest
        town = bare(town_of(contact, self._home))
        keys: list[tuple[str, ...]] = [surest]
        keys += [(name, town, role)] if town else []
        keys += [(name, "@", contact.email.casefold(), role)] if contact.email else []
        return list(dict.fromkeys(keys))


def identity(contact: Contact, home: Country) -> tuple[str, str, str]:
    """Return what makes a person of a place; a body has its organisation for a name."""
    name = f"{contact.family_name} {contact.given_name}".strip() or contact.organisation or contact.title
    place = contact.insee or tagged_place(contact) or bare(town_of(contact, home))
    district = bare(contact.organisation) if "arrondissement" in contact.organisation.casefold() else ""
    return (bare(name), place + district, "" if contact.is_person else contact.role)


def street(contact: Contact) -> tuple[str, str]:
    """Return what two addresses must share to be one."""
    return bare("".join(contact.address)), contact.postal_code


def _may_be(earlier: Contact, contact: Contact) -> bool:
    return not (earlier.insee and contact.insee) or earlier.insee == contact.insee


def updated(earlier: Contact, contact: Contact, home: Country) -> Contact:
    """Return a known contact with what its source says now.

    Args:
        earlier: As the address book has it.
        contact: As the source has it.
        home: The campaign's country.
    """
    offices = offices_of(contact.source)
    if offices and earlier.role not in offices and rank_of(contact, home) > rank_of(earlier, home):
        return earlier  # of the lesser office that somebody holds in another body
    names = _TAKEN if offices else (*_TAKEN, *_OF_TABLES)
    changes = {name: getattr(contact, name) for name in names if _says_otherwise(earlier, contact, name)}
    if contact.gender and earlier.gender not in ("x", "group"):
        changes["gender"] = contact.gender
    changes |= _address(earlier, contact, home)
    changes |= _office(earlier, contact, is_register=bool(offices))
    changes.setdefault("term_end", None)  # who is in the file is in office
    if not offices:
        changes["tags"] = tuple(dict.fromkeys((*earlier.tags, *contact.tags)))
        changes["fields"] = {**earlier.fields, **{name: one for name, one in contact.fields.items() if one}}
    return replace(earlier, **changes)


def _says_otherwise(earlier: Contact, contact: Contact, name: str) -> bool:
    old, new = getattr(earlier, name), getattr(contact, name)
    if name == "phone":
        return bool(new) and re.sub(r"\D", "", old) != re.sub(r"\D", "", new)
    if name == "email":
        return bool(new) and old.casefold() != new.casefold()
    return bool(new) and bare(str(old)) != bare(str(new))


def _address(earlier: Contact, contact: Contact, home: Country) -> dict[str, Any]:
    """Return an address that is another one; streets of one town are never put with another town."""
    if not contact.has_address:
        return {}
    is_same_town = bare(town_of(earlier, home)) == bare(town_of(contact, home))
    is_same = is_same_town and contact.postal_code == earlier.postal_code
    if is_same and (not contact.address or street(contact) == street(earlier)):
        return {}
    own = {name: getattr(contact, name) for name in _ADDRESS}
    if is_same_town:
        own["address"] = contact.address or earlier.address
        own["city"] = earlier.city if bare(earlier.city) == bare(contact.city) else contact.city
    return own


def _office(earlier: Contact, contact: Contact, *, is_register: bool) -> dict[str, Any]:
    """Return role, title and salutation; a function that was lost takes along what was said of it."""
    is_unsaid = contact.role in ("person", "organisation") and not contact.title
    is_unread = contact.role == "person" and bare(contact.title) == bare(earlier.title)
    if is_unsaid or is_unread:
        return {}
    if contact.role != earlier.role:
        return {name: getattr(contact, name) for name in ("role", *_OFFICE)}
    changes: dict[str, Any] = {}
    for name, is_written in (("title", writes_title), ("salutation", writes_salutation)):
        old, new = getattr(earlier, name), getattr(contact, name)
        if old != new and (is_written(old) or (new and not old)) and (is_register or name == "title" or new):
            changes[name] = new
    return changes


def staying(earlier: Contact, after: Contact, contact: Contact) -> list[str]:
    """Return the fields in which somebody typed what the source does not say, and which stay.

    Of a contact in which nothing changes, only those of which the source says something else.
    """
    offices = offices_of(contact.source)
    names = ("title", "salutation") if offices else [name for name in COLUMNS if name not in _NEVER_NAMED]
    return [
        name
        for name in names
        if getattr(earlier, name)
        and (after != earlier or getattr(contact, name))
        and getattr(after, name) == getattr(earlier, name)
        and bare(str(getattr(contact, name))) != bare(str(getattr(earlier, name)))
    ]


def differences(before: Contact, after: Contact) -> dict[str, tuple[str, str]]:
    """Return what is different, field by field, as people read it: before and after, empty for nothing."""
    found = {
        name: (_text(getattr(before, name)), _text(getattr(after, name)))
        for name in COLUMNS
        if getattr(before, name) != getattr(after, name)
    }
    for name in dict.fromkeys([*before.fields, *after.fields]):
        pair = (_text(before.fields.get(name)), _text(after.fields.get(name)))
        if pair[0] != pair[1]:
            found[name] = pair
    return found


def _text(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else "" if value is None else local(value)


def for_toml(before: Contact, after: Contact) -> tuple[Contact, Mapping[str, str]]:
    """Return what of a change can be written into a TOML file, and what has to be done by hand."""
    kept = replace(after, fields=before.fields, term_end=after.term_end or before.term_end)
    left = differences(kept, after)
    return kept, {name: new or _("nothing") for name, (_old, new) in left.items()}
