"""Read what address books export as tables, and give any of their entries the form of a contact."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from outreach.country.country import Country
from outreach.files.tables import RawTable, unguarded
from outreach.files.toml import load_data
from outreach.people.export import GOOGLE_SEPARATOR, REST, rest_in
from outreach.people.names import bare
from outreach.people.sources.as_written import tidied
from outreach.people.sources.candidate import Candidate
from outreach.people.sources.columns import REASONS, clean_row, row_faults

_NUMBERED = range(1, 10)
"""Addresses of one entry that are looked for, where a book numbers them."""
_BODY = ("true", "1", "company", "yes", "oui", "vrai", "société")
"""Words that say that an entry is a body's."""


@dataclass(frozen=True, slots=True)
class Book:
    """One program's table, with the places of its columns by their names."""

    name: str
    fields: Mapping[str, Sequence[str]]
    """Contact field to columns; the first that is filled counts."""
    places: Sequence[Mapping[str, Sequence[str]]]
    """Addresses, each with its parts, the preferred one first."""
    columns: Mapping[str, int]
    """Column's bare name to its place; the second of one name ends in #2."""
    used: dict[str, None] = field(default_factory=dict)
    """Columns that hold something and are read, as they are met."""
    left: dict[str, None] = field(default_factory=dict)
    """Columns that hold something and are not."""

    def cell(self, cells: Sequence[str], names: Sequence[str]) -> str:
        """Return the first filled cell of these columns; empty for none."""
        return next(iter(self.cells(cells, names)), "")

    def cells(self, cells: Sequence[str], names: Sequence[str]) -> list[str]:
        """Return the filled cells of these columns, in the order of the names."""
        places = dict.fromkeys(self.columns[name] for name in names if name in self.columns)
        return [cells[place] for place in places if place < len(cells) and cells[place]]

    @property
    def taken(self) -> set[int]:
        """Places of the columns that may be read, and of words that say what such a column is."""
        groups = [*self.fields.values(), *(names for place in self.places for names in place.values())]
        labels = {
            place
            for name, place in self.columns.items()
            if name.startswith(("email", "phone", "customfield")) and name.endswith(("type", "label"))
        }
        return labels | {self.columns[name] for names in groups for name in names if name in self.columns}


def find_book(header: Sequence[str]) -> Book | None:
    """Return the address book that a table is an export of; None for another table."""
    columns: dict[str, int] = {}
    for number, cell in enumerate(header):
        name = bare(cell)
        columns.setdefault(f"{name}#2" if name in columns else name, number)
    for data in load_data("columns.toml")["book"]:
        if any(all(bare(name) in columns for name in sign) for sign in data["signs"]):
            fields = {field: _bare(names) for field, names in data["fields"].items()}
            return Book(data["name"], fields, list(_places(data["place"])), columns)
    return None


def _bare(names: Sequence[str]) -> list[str]:
    return [bare(name.removesuffix("#2")) + "#2" * name.endswith("#2") for name in names]


def _places(data: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Sequence[str]]]:
    for place in data:
        parts = {part: names for part, names in place.items() if part != "numbered"}
        for number in _NUMBERED if place.get("numbered") else (1,):
            yield {
                part: _bare([name.replace("{n}", str(number)) for name in names])
                for part, names in parts.items()
            }


def read_book(table: RawTable, book: Book, role: str, home: Country) -> Iterator[Candidate]:
    """Yield a candidate a row; `role` is what an address book does not say."""
    taken = book.taken
    for line, raw in table.rows:
        cells, notes = clean_row(raw)
        for number, cell in enumerate(table.header):
            if cell not in ("", REASONS, REST) and any(cells[number : number + 1]):
                (book.used if number in taken else book.left)[cell] = None
        row: dict[str, Any] = {field: book.cell(cells, names) for field, names in book.fields.items()}
        row["email"] = ";".join(book.cells(cells, book.fields.get("email", ())))
        row["tags"] = _labels(row.get("tags", ""))
        row |= _place(book, cells)
        if str(row.pop("is_body", "")).casefold() in _BODY:
            row["organisation"] = row.pop("name", "") or row.get("organisation", "")
        rest = unguarded(dict(pairwise(raw)).get(REST, ""))  # a label, then its value
        values, said = from_address_book(row, role, rest, home)
        yield Candidate(line, values, raw, row_faults(cells, table.header), [*notes, *said])


def _labels(text: str) -> list[str]:
    parts = text.replace(";", GOOGLE_SEPARATOR).split(GOOGLE_SEPARATOR)
    labels = [label.strip().lstrip("* ") for label in parts]
    return [label for label in labels if label and bare(label) != "mycontacts"]


def _place(book: Book, cells: Sequence[str]) -> dict[str, Any]:
    """Return the address to write to: work or preferred before home, of those that have a town or a code."""
    found = []
    for number, place in enumerate(book.places):
        row: dict[str, Any] = {
            part: book.cell(cells, names) for part, names in place.items() if part not in ("address", "kind")
        }
        row["address"] = [
            line.strip()
            for text in book.cells(cells, place.get("address", ()))
            for line in text.splitlines()
            if line.strip()
        ]
        whole = row.pop("whole", "")
        if whole and not (row.get("city") or row.get("postal_code")):
            row["full_address"], row["address"] = whole, []
        if any(row.values()):
            found.append((kind_rank(book.cell(cells, place.get("kind", ()))), number, row))
    return min(found, key=lambda one: one[:2])[2] if found else {}


def kind_rank(*kinds: str) -> int:
    """Return the place of an address in the order of preference by the words that describe it."""
    order: Sequence[str] = load_data("columns.toml")["place_kinds"]["order"]
    words = [part for kind in kinds for part in kind.casefold().replace("*", "* ").split()]
    ranks = [order.index(word) for word in words if word in order]
    return min(ranks, default=order.index(""))


def from_address_book(
    row: Mapping[str, Any], role: str, rest: str, home: Country
) -> tuple[dict[str, Any], list[str]]:
    """Return an entry as contacts hold it, and what is to be said of it; `rest` is what an export put by."""
    own = rest_in(rest)
    values = {key: value for key, value in row.items() if value}
    if own:  # what this program wrote itself is taken as it is
        return {**{key: value for key, value in values.items() if key != "name"}, **own}, []
    if "name" in values and bare(str(values["name"])) == bare(str(values.get("organisation", ""))):
        del values["name"]  # a body's entry is filed under its own name
    return tidied(values, role, home)
