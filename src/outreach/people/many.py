"""Contacts by the hundred thousand: a list of them that memory need not hold."""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any, overload

from outreach.files.spool import Spool
from outreach.people.contact import FIELD_NAMES, Contact

Values = tuple[Any, ...]
"""A contact's values in the order of its fields, which are made and read faster than a Contact."""

values_of = attrgetter(*FIELD_NAMES)
"""Return a contact's values."""


class ManyContacts(Sequence[Contact]):
    """Contacts in a temporary file, in the order in which they came."""

    def __init__(self) -> None:
        self.values: Spool[Values] = Spool()

    def append(self, contact: Contact) -> None:
        """Put a contact behind all others."""
        self.values.append(values_of(contact))

    def __setitem__(self, place: int, contact: Contact) -> None:
        self.values[place] = values_of(contact)

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, place: int) -> Contact: ...
    @overload
    def __getitem__(self, place: slice) -> list[Contact]: ...
    def __getitem__(self, place: int | slice) -> Contact | list[Contact]:
        if isinstance(place, slice):
            return [Contact(*values) for values in self.values[place]]
        return Contact(*self.values[place])

    def __iter__(self) -> Iterator[Contact]:
        return (Contact(*values) for values in self.values)
