"""Read a campaign's recipients, contacts/*.toml and contacts/*.csv, into People."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from outreach.campaign.paths import CONTACTS
from outreach.country.country import Country, country_of
from outreach.errors import InputError, Problem, did_you_mean, errors_in
from outreach.files.atomic import copy_ending
from outreach.files.reading import files_in
from outreach.files.slug import is_slug
from outreach.files.tables import GUARD, read_rows, uneven_row, unguarded
from outreach.files.toml import Table, load
from outreach.language import _
from outreach.people.contact import (
    COLUMNS,
    LIST_FIELDS,
    LIST_SEPARATOR,
    Contact,
    Entry,
    column_field,
    ids_named,
    read_contact,
)

SPREADSHEETS = (".xlsx", ".ods")
"""Endings of what is imported, not read."""


@dataclass(frozen=True)
class People:
    """The contacts of a campaign folder, each as read and where."""

    root: Path
    """The campaign folder."""
    home: Country
    """The campaign's country."""
    entries: tuple[Entry, ...]
    """In the order of their files, files by name; the faulty ones too."""
    problems: tuple[Problem, ...] = ()
    own_fields: tuple[str, ...] = ()
    """Names of the fields of the campaign's own that any contact has."""

    @cached_property
    def contacts(self) -> list[Contact]:
        """Every contact, the faulty ones too, in the order of the files."""
        return [entry.contact for entry in self.entries]

    @cached_property
    def by_id(self) -> Mapping[str, Entry]:
        """Id to entry, in the order of the files; of an id that is used twice the first."""
        found: dict[str, Entry] = {}
        for entry in self.entries:
            found.setdefault(entry.contact.id, entry)
        return found

    @cached_property
    def are_yet_to_come(self) -> bool:
        """Tell whether there are contacts, but for referrals only."""
        return bool(self.entries) and all(contact.referral_only for contact in self.contacts)

    def entry(self, identifier: str) -> Entry:
        """Return the contact of that id.

        Raises:
            InputError: there is none; the near misses are named.
        """
        if identifier not in self.by_id:
            is_name = not is_slug(identifier)
            known = [contact.name if is_name else contact.id for contact in self.contacts]
            hint = did_you_mean(identifier, known)
            message = _("no contact '{identifier}'", identifier=identifier)
            raise InputError(Problem("", 0, message, hint, code="unknown-contact"))
        return self.by_id[identifier]

    def meant(self, text: str) -> str:
        """Return the id that a text means: an id, a whole name in either order, or a family name.

        Accents and capitals do not count. What means nobody is returned as it is: a journal may know an id
        that no contact file has.

        Raises:
            InputError: several contacts have that name.
        """
        if text in self.by_id:
            return text
        found = ids_named(self.contacts, text)
        if len(found) > 1:
            message = _("several contacts are called '{name}'", name=text)
            raise InputError(
                Problem(
                    "",
                    0,
                    message,
                    _("write its id: {names}", names=_(" or ").join(found)),
                    code="ambiguous-name",
                )
            )
        return found[0] if found else text

    @cached_property
    def countries(self) -> set[Country]:
        """The countries that its contacts live in."""
        return {country_of(name, self.home) for name in {entry.contact.country for entry in self.entries}}

    def country_of(self, identifier: str) -> Country:
        """Return a contact's country; the campaign's own for one that is in no file."""
        entry = self.by_id.get(identifier)
        return country_of(entry.contact.country, self.home) if entry else self.home

    def contacts_in(self, path: str) -> list[Contact]:
        """Return the contacts of one file that is to be written again.

        Args:
            path: As messages name it.

        Raises:
            InputError: the file has errors, and what is faulty in it would be lost; all of them.
        """
        faults = [problem for problem in errors_in(self.problems) if problem.path == path]
        if faults:
            raise InputError(*faults)
        return [entry.contact for entry in self.entries if entry.path == path]


def load_people(root: Path, home: Country) -> People:
    """Read every contact of the campaign folder.

    Faulty contacts are kept and marked, so that the letters meant for them can be named.

    Raises:
        InputError: files that cannot be parsed at all, all of them in one error.
        WorldError: a file cannot be read.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    broken: list[Problem] = []
    for path in files_in(root / CONTACTS, f"{CONTACTS}/"):
        shown = path.relative_to(root).as_posix()
        try:
            if path.suffix.lower() == ".toml":
                entries += _read_toml(path, shown, home, problems)
            elif path.suffix.lower() == ".csv":
                entries += [read_contact(row, home) for row in _read_csv(path, shown, problems)]
            elif not copy_ending(path.name) and path.suffix.lower() not in SPREADSHEETS:
                hint = _("contacts are read from .toml and .csv files; save the table as CSV")
                problems.append(
                    Problem(shown, 0, _("the file is not read"), hint, "warning", code="file-not-read")
                )
        except InputError as error:
            broken += error.problems
    if broken:
        raise InputError(*problems, *broken)
    kept = _without_doubles(entries, problems)
    own = dict.fromkeys(name for entry in kept for name in entry.contact.fields)
    return People(root, home, tuple(kept), tuple(problems), tuple(own))


def _read_toml(path: Path, shown: str, home: Country, problems: list[Problem]) -> list[Entry]:
    file = load(path, shown, problems)
    file.top().close(("contact",))
    return [read_contact(table, home) for table in file.each("contact")]


def _read_csv(path: Path, shown: str, problems: list[Problem]) -> Iterator[Table]:
    rows, _separator = read_rows(path, shown)
    _line, header = next(rows, (1, []))
    columns = _columns(header, shown, problems)
    kinds = [(name, name in COLUMNS, name in LIST_FIELDS) for name in columns]
    nameless = 0
    blank = [number for number, name in enumerate(columns) if not name]
    for line, row in rows:
        if not nameless and any(row[number].strip() for number in blank if number < len(row)):
            nameless = line
        if len(row) != len(header):
            hint = _("quote cells that contain the separator")
            problems.append(Problem(shown, line, uneven_row(row, header), hint, code="uneven-row"))
        yield Table(_values(kinds, row), shown, {("", 0): {"": line}}, problems)
    if nameless:
        message = _("cells stand in a column without a name and are not read")
        problems.append(
            Problem(
                shown,
                nameless,
                message,
                _("name the column in line 1"),
                "warning",
                code="column-without-name",
            )
        )


def _columns(header: list[str], shown: str, problems: list[Problem]) -> list[str]:
    """Return each column's field name, or its own name where it is none of ours."""
    columns = [column_field(cell) or _field_name(cell, shown, problems) for cell in header]
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    problems += [
        Problem(
            shown,
            1,
            _("two columns are named '{name}'", name=name),
            _("rename or delete one"),
            code="duplicate-column",
        )
        for name in twice
    ]
    for name in ("id", "role"):
        if name not in columns:
            found = ", ".join(filter(None, columns[:6])) or _("an empty line")
            raise InputError(
                Problem(
                    shown,
                    1,
                    _("there is no column '{name}'", name=name),
                    _("the header is {found}", found=found),
                    code="missing-column",
                )
            )
    return columns


def _field_name(cell: str, shown: str, problems: list[Problem]) -> str:
    """Return a column's name in templates, with a warning where that is another one."""
    name = field_name(cell)
    if name != "_".join(cell.split()):
        message = _(
            "templates know the column '{cell}' as recipient.fields.{name}", cell=cell.strip(), name=name
        )
        problems.append(
            Problem(
                shown,
                1,
                message,
                _("rename it if another name suits you better"),
                "warning",
                code="column-renamed",
            )
        )
    return name


def field_name(cell: str) -> str:
    """Return what templates call a column of the campaign's own: "N_SIREN" for "N° SIREN"."""
    name = "_".join(cell.split())
    if not name or name.isidentifier():
        return name
    plain = unicodedata.normalize("NFKD", name).replace("\N{DEGREE SIGN}", "_")
    usable = re.sub(r"[\W_]+", "_", plain.encode("ascii", "replace").decode()).strip("_")
    return f"_{usable}" if usable[:1].isdigit() else usable


def _values(columns: list[tuple[str, bool, bool]], row: list[str]) -> Mapping[str, object]:
    """Return the row's values; empty cells of our own fields count as not given.

    Args:
        columns: Of each its name, whether that is a field of ours, and whether that holds several texts.
        row: The cells.
    """
    values: dict[str, object] = {}
    own: dict[str, str] = {}
    for (name, is_field, is_list), cell in zip(columns, row, strict=False):
        text = cell.strip()
        if text.startswith(GUARD):
            text = unguarded(text)
        if is_field:
            if text:
                values[name] = text.split(LIST_SEPARATOR) if is_list else text
        elif name:
            own[name] = text
    return {**values, "fields": own} if own else values


def _without_doubles(entries: list[Entry], problems: list[Problem]) -> list[Entry]:
    first: dict[str, Entry] = {}
    kept = []
    for entry in entries:
        name = entry.contact.id.casefold()
        if name and name in first:
            earlier = first[name]
            message = _("id '{id}' is used twice", id=entry.contact.id)
            hint = _("the first is at {place}", place=f"{earlier.path}:{earlier.line}")
            problem = Problem(entry.path, entry.line, message, hint, code="duplicate-id")
            problems.append(problem)
            kept.append(replace(entry, faults=(*entry.faults, problem)))
        else:
            first[name] = entry
            kept.append(entry)
    return kept
