"""Take contacts over from a foreign file: read, check, compare with what is there, write."""

import shutil
from array import array
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import chain, compress, count
from pathlib import Path
from typing import Any

from outreach.campaign.paths import CONTACTS, shown_path
from outreach.errors import InputError, Problem
from outreach.files.atomic import keep_copy, write_with
from outreach.files.digest import file_digest
from outreach.files.spool import Spool
from outreach.files.tables import guarded, save_rows, unguarded
from outreach.files.toml import Table
from outreach.language import _
from outreach.people.addressing import rank_of
from outreach.people.changes import Known, for_toml, identity, staying, street, updated
from outreach.people.contact import (
    COLUMNS,
    FIELD_NAMES,
    HELD_BY_ONE,
    LIST_SEPARATOR,
    Contact,
    Entry,
    office_of,
    read_contact,
)
from outreach.people.contact_files import check_target, with_added, with_filled_in
from outreach.people.export import csv_bytes, save_csv
from outreach.people.many import ManyContacts, Values, values_of
from outreach.people.names import bare
from outreach.people.people import People
from outreach.people.sources.candidate import Candidate
from outreach.people.sources.columns import REASONS
from outreach.people.sources.detect import Choice, Source, open_source
from outreach.people.sources.places import place_of
from outreach.people.sources.source_format import SourceFormat
from outreach.progress import Progress, no_progress

_STEP = 1000
"""Rows between two reports of progress."""


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import, as the command line says it."""

    path: Path
    choice: Choice
    format: SourceFormat | None = None
    """None to find out."""
    into: Path | None = None
    """Contact file to write, .csv or .toml; None for contacts/<kind>.csv."""
    mapping: tuple[tuple[str, str], ...] = ()
    """Contact field and column, for a table."""
    update: bool = False
    """Compare with an earlier import: who is new, who left, who moved."""
    sheet: str = ""
    """Of a spreadsheet; empty for the first with a header that is known."""


@dataclass(slots=True)
class ImportPlan:
    """An import, worked out and not yet written."""

    source: Source
    target: Path
    shown: str
    """The target as messages name it."""
    added: ManyContacts = field(default_factory=ManyContacts)
    changed: list[tuple[Contact, Contact]] = field(default_factory=list)
    """Before and after."""
    left: list[Contact] = field(default_factory=list)
    """Not in the file any more; they get the end of their term."""
    same: int = 0
    joined: int = 0
    """Rows that became one contact with an earlier one."""
    filtered: int = 0
    """Contacts of other roles than those asked for."""
    notes: list[Problem] = field(default_factory=list)
    """Warnings: what was mended, joined, passed over or not understood."""
    kept: list[Contact] = field(default_factory=list)
    """What the target holds already, in its order."""
    others: dict[str, list[Contact]] = field(default_factory=dict)
    """The same of other files that hold contacts which change or leave, by path as messages name it."""
    rejected: Spool[tuple[Candidate, str]] = field(default_factory=Spool)
    problems: Spool[Problem] = field(default_factory=Spool)
    """One for each rejected row, with its line."""
    unknown_functions: dict[str, int] = field(default_factory=dict)
    """Labels of offices that no table knows, which became titles as they stand, and how many bear each."""

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to write."""
        return not (self.added or self.changed or self.left or self.rejected)

    @property
    def is_guess(self) -> bool:
        """Tell whether somebody should have a look before it is written."""
        return bool(self.source.mapping or self.changed or self.left)


def plan_import(
    people: People,
    wanted: ImportRequest,
    today: date,
    progress: Progress = no_progress,
) -> ImportPlan:
    """Read a file and compare it with the campaign's contacts; nothing is written.

    Args:
        people: The campaign's contacts.
        wanted: The file and what is wanted of it.
        today: Whose day before is the last day in office of whoever is gone.
        progress: Called now and then with the rows read.

    Raises:
        InputError: the file is not known or lacks a column, or the target has faults that writing would lose.
        WorldError: a file cannot be read.
    """
    if wanted.update and wanted.into and wanted.into.suffix.lower() == ".toml":
        raise InputError(
            Problem(
                str(wanted.into),
                0,
                _("--update writes CSV files only"),
                _("give --into x.csv"),
                code="wrong-file-kind",
            )
        )
    if wanted.into:
        check_target(people.root, wanted.into)
    source = open_source(wanted.path, wanted.format, wanted.choice, dict(wanted.mapping), wanted.sheet)
    target = people.root / (wanted.into or f"{CONTACTS}/{source.name}.csv")
    shown = shown_path(target, people.root)
    plan = ImportPlan(source, target, shown, kept=people.contacts_in(shown), notes=[*source.notes])
    found = _Found()
    for number, candidate in enumerate(source.candidates, 1):
        if number % _STEP == 0:
            progress(number, 0)
        plan.notes += [
            Problem(wanted.path.name, candidate.line, note, "", "warning", code="row-note")
            for note in candidate.notes
        ]
        entry = read_candidate(people, candidate, wanted.path.name)
        if entry.faults or candidate.faults:
            faults = entry.faults if candidate.values else ()  # nothing at all could be read
            reasons = [*candidate.faults, *map(_reason, faults)]
            plan.rejected.append((candidate, "; ".join(reasons)))
            plan.problems.append(
                Problem(
                    wanted.path.name,
                    candidate.line,
                    "; ".join(reasons),
                    _("mend the row"),
                    code="row-rejected",
                )
            )
            continue
        contact = entry.contact
        if wanted.update and candidate.since:
            contact = replace(contact, term_start=candidate.since)
        if candidate.unknown_function:
            label = candidate.unknown_function
            plan.unknown_functions[label] = plan.unknown_functions.get(label, 0) + 1
        is_register = source.format is SourceFormat.RNE
        who = identity(contact, people.home)
        person = _person(who, contact, candidate, is_register=is_register)
        place = found.places.setdefault(hash(person), len(found.lines))
        if place == len(found.lines):
            found.add(contact, who[0], candidate.line)
            continue
        joined = _joined(people, found.contacts[place], contact)
        found.contacts[place] = joined
        if not is_register:
            plan.joined += 1
            first = found.lines[place]
            plan.notes.append(_said_joined(wanted.path.name, candidate.line, first, joined, contact))
    found.places.clear()
    # By role only now: somebody's lesser function is no other person.
    found.choose(wanted.choice.roles)
    plan.filtered = len(found.lines) - len(found.chosen)
    _compare(people, plan, found, wanted, today)
    return plan


class _Found:
    """Whom a file names, each once, in the order of the file; of each, memory holds some numbers."""

    def __init__(self) -> None:
        self.contacts = ManyContacts()
        self.places: dict[int, int] = {}
        """Hash of what makes a person to its place; two of a file share one in fewer than 1 of 10^7 files."""
        self.lines = array("Q")
        """The first of each."""
        self.names = array("q")
        """Hashes, to know at once who is nobody's namesake."""
        self.chosen: Sequence[int] = ()
        """Places of those that are wanted."""

    def add(self, contact: Contact, name: str, line: int) -> None:
        self.contacts.append(contact)
        self.lines.append(line)
        self.names.append(hash(name))

    def choose(self, roles: Container[str]) -> None:
        """Choose those that have one of these roles, everybody if there are none."""
        role = FIELD_NAMES.index("role")
        every = range(len(self.lines))
        held = (values[role] in roles for values in self.contacts.values)
        self.chosen = array("Q", compress(every, held)) if roles else every


def write_import(plan: ImportPlan, root: Path) -> list[Path]:
    """Write the target and other files that change, the former ones beside them, and the rejected rows.

    Returns:
        The paths written, the target's first.

    Raises:
        WorldError: a file cannot be written.
    """
    after = {before.id: contact for before, contact in plan.changed} | {one.id: one for one in plan.left}
    contents = {root / path: _changed(root / path, path, kept, after) for path, kept in plan.others.items()}
    saves = {plan.target: _target(plan, after)} if plan.added or _are_in(after, plan.kept) else {}
    saves |= {path: _whole(content) for path, content in contents.items()}
    written = []
    for path, save in saves.items():
        backup = [_keep_beside(path)] if path.exists() else []
        written += [write_with(path, save), *backup]
    if plan.rejected:
        rejected = root / f"{plan.target.stem}.rejected.csv"

        def save_rejected(temporary: Path) -> None:
            _save_rejected(plan, temporary)
            if file_digest(rejected) not in (None, file_digest(temporary)):
                written.append(keep_copy(rejected))  # somebody may be mending it

        written.append(write_with(rejected, save_rejected))
    return written


def _save_rejected(plan: ImportPlan, path: Path) -> None:
    header = [*(plan.source.header or COLUMNS), REASONS]
    rows = ([*(candidate.cells or _cells(candidate)), reason] for candidate, reason in plan.rejected)
    table = ([guarded(unguarded(cell)) for cell in row] for row in rows)
    save_rows(path, list(map(unguarded, header)), table, plan.source.separator)


def _cells(candidate: Candidate) -> list[str]:
    """Return what a card or record says, as a row of the program's own table."""
    values = (candidate.values.get(name, "") for name in COLUMNS)
    return [LIST_SEPARATOR.join(value) if isinstance(value, list) else str(value) for value in values]


def _are_in(changed: Container[str], kept: Iterable[Contact]) -> bool:
    return any(one.id in changed for one in kept)


def _keep_beside(path: Path) -> Path:
    backup = path.with_name(f"{path.name}.bak")
    return write_with(backup, lambda temporary: shutil.copyfile(path, temporary))


def _target(plan: ImportPlan, after: Mapping[str, Contact]) -> Callable[[Path], object]:
    """Return what writes the target with what is new and what changes in it."""
    if plan.target.suffix.lower() == ".toml":
        added = [{name: getattr(one, name) for name in Contact.__slots__} for one in plan.added]
        return _whole(with_added(plan.target, added, plan.shown))
    kept = [values_of(after.get(one.id, one)) for one in plan.kept]
    return lambda path: save_csv(path, lambda: chain(kept, plan.added.values))


def _whole(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def _changed(path: Path, shown: str, kept: Sequence[Contact], after: Mapping[str, Contact]) -> bytes:
    """Return another file with what changes in it; in TOML nothing else does."""
    if path.suffix.lower() != ".toml":
        return csv_bytes([after.get(one.id, one) for one in kept])
    values = {
        one.id: {
            name: getattr(after[one.id], name)
            for name in COLUMNS
            if getattr(after[one.id], name) != getattr(one, name)
        }
        for one in kept
        if one.id in after
    }
    return with_filled_in(path, values, shown)


def read_candidate(people: People, candidate: Candidate, name: str) -> Entry:
    """Return the contact that a row of a file of that name would be; its faults name the row."""
    problems: list[Problem] = []
    lines = {("", 0): {"": candidate.line}}
    table = Table(candidate.values, name, lines, problems, has_readers=False)
    return read_contact(table, people.home)


def _reason(problem: Problem) -> str:
    return f"{problem.message} ({problem.hint})" if problem.hint else problem.message


def _person(
    who: tuple[str, str, str], contact: Contact, candidate: Candidate, *, is_register: bool
) -> tuple[str, ...]:
    """Return what two rows of one file must share to be one contact.

    A register tells namesakes apart by their birthdays, which are not kept, and gives somebody a row for each
    function. Elsewhere name and id must agree, or name, function and address.
    """
    if is_register:
        return (*who, candidate.born)
    if candidate.has_id:
        return (contact.id, who[0])
    return (*who, contact.role, bare(contact.title), *street(contact))


def _said_joined(name: str, line: int, first: int, joined: Contact, contact: Contact) -> Problem:
    """Say that a row became one contact with an earlier one, and what it said otherwise."""
    message = _("the same as line {line}: {name} is joined with it", line=first, name=contact.name)
    differing = [
        field
        for field in Contact.__slots__
        if field not in ("id", "tags")
        and getattr(contact, field)
        and bare(str(getattr(joined, field))) != bare(str(getattr(contact, field)))
    ]
    hint = _("its {fields} is left out", fields=", ".join(differing)) if differing else ""
    return Problem(name, line, message, hint, "warning", code="row-joined")


def _joined(people: People, first: Contact, second: Contact) -> Contact:
    """Make one contact of two functions of the same person: the higher one, with what only the other has."""
    higher, lower = sorted((first, second), key=lambda one: rank_of(one, people.home))
    lacking: dict[str, Any] = {
        name: getattr(lower, name) for name in ("email", "phone", "gender") if not getattr(higher, name)
    }
    return replace(higher, tags=tuple(dict.fromkeys((*higher.tags, *lower.tags))), **lacking)


def _compare(people: People, plan: ImportPlan, found: _Found, wanted: ImportRequest, today: date) -> None:
    known = Known(people.contacts, people.home)
    used = {hash(contact.id.casefold()) for contact in people.contacts}
    for place in _there_first(found, known):
        values = found.contacts.values[place]
        contact = Contact(*values) if found.names[place] in known.names else None
        earlier = known.take(contact) if contact else None
        if contact is None or earlier is None:
            plan.added.values.append(_with_free_id(values, used))
            continue
        after = updated(earlier, contact, people.home) if wanted.update else earlier
        if after == earlier:
            plan.same += 1
        else:
            _change(people, plan, earlier, after)
        plan.notes += (
            _said_staying(wanted.path.name, earlier, after, contact)
            if wanted.update
            else _said_elsewhere(wanted.path.name, earlier, contact)
        )
    if wanted.update:
        source = next(filter(None, (found.contacts[place].source for place in found.chosen)), "")
        starts = _starts(plan.added)
        kept = {contact.id for contact in plan.kept}
        # Another file may hold those of a department that this source does not speak of.
        divisions = (
            {place_of(found.contacts[place], people.home)[0] for place in found.chosen} if source else set()
        )
        for contact in people.contacts:
            if (
                contact.id not in known.met
                and contact.source == source
                and not contact.term_end
                and _is_within(contact, wanted.choice)
                and (contact.id in kept or place_of(contact, people.home)[0] in divisions)
            ):
                end = starts.get(office_of(contact), today) - timedelta(days=1)
                plan.left.append(replace(contact, term_end=end))
                _will_write(people, plan, contact)
        plan.notes += _still_there(people, plan, {*known.met, *(contact.id for contact in plan.left)})


def _change(people: People, plan: ImportPlan, earlier: Contact, after: Contact) -> None:
    """Plan a change in the file that holds the contact; say what cannot be written there."""
    path = _will_write(people, plan, earlier)
    if path.lower().endswith(".toml"):
        after, by_hand = for_toml(earlier, after)
        for name, value in by_hand.items():
            message = _("'{id}': {field} is {value} in the file", id=earlier.id, field=name, value=value)
            hint = _("change it by hand")
            line = people.by_id[earlier.id].line
            plan.notes.append(Problem(path, line, message, hint, "warning", code="change-by-hand"))
    if after != earlier:
        plan.changed.append((earlier, after))
    else:
        plan.same += 1


def _will_write(people: People, plan: ImportPlan, contact: Contact) -> str:
    """Return the file that holds a contact, as messages name it; one besides the target is written too."""
    path = people.by_id[contact.id].path
    if path != plan.shown and path not in plan.others:
        plan.others[path] = people.contacts_in(path)
    return path


def _there_first(found: _Found, known: Known) -> Iterator[int]:
    """Yield the places of those who are known at the very address, so that no namesake takes that of one."""
    there = {
        place
        for place in found.chosen
        if found.names[place] in known.names and known.is_there(found.contacts[place])
    }
    yield from (place for place in found.chosen if place in there)
    yield from (place for place in found.chosen if place not in there)


def _starts(added: Iterable[Contact]) -> dict[tuple[str, str], date]:
    """Return the first day in office of whoever is new, by office; of several the first."""
    starts: dict[tuple[str, str], date] = {}
    for contact in added:
        if contact.term_start:
            office = office_of(contact)
            starts[office] = min(contact.term_start, starts.get(office, contact.term_start))
    return starts


def _still_there(people: People, plan: ImportPlan, known: Container[str]) -> Iterator[Problem]:
    """Name whoever in another file holds an office that somebody new has, and that one alone can hold."""
    starts = {office_of(one): one for one in plan.added if one.role in HELD_BY_ONE}
    for entry in people.entries:
        contact = entry.contact
        successor = starts.get(office_of(contact))
        if not successor or contact.id in known or contact.term_end or contact.id == successor.id:
            continue
        day = (successor.term_start or date.max) - timedelta(days=1)
        message = _("'{id}' holds the office that '{other}' has now", id=contact.id, other=successor.id)
        hint = _("give it term_end = {day}", day=day.isoformat() if successor.term_start else "...")
        yield Problem(entry.path, entry.line, message, hint, "warning", code="two-holders")


def _said_staying(name: str, earlier: Contact, after: Contact, contact: Contact) -> list[Problem]:
    """Name what somebody typed into a contact that is changed, and what stays of it."""
    fields = staying(earlier, after, contact)
    if not fields:
        return []
    message = _("{id}: {fields} stays as it was typed", id=earlier.id, fields=", ".join(fields))
    hint = _("look whether it is right still")
    return [Problem(name, 0, message, hint, "warning", code="field-kept")]


def _said_elsewhere(name: str, earlier: Contact, contact: Contact) -> list[Problem]:
    """Say that somebody is known at another address than the file has, which is not taken over."""
    if not contact.has_address or street(earlier) == street(contact):
        return []
    message = _("{id} is there already with another address, which stays", id=earlier.id)
    hint = _("take the file's with --update")
    return [Problem(name, 0, message, hint, "warning", code="address-kept")]


def _is_within(contact: Contact, choice: Choice) -> bool:
    is_there = choice.has_place(contact.insee, *place_of(contact, choice.home))
    return is_there and (not choice.roles or contact.role in choice.roles)


def _with_free_id(values: Values, used: set[int]) -> Values:
    """Return a contact's values with an id that is not used yet, and use it."""
    identifier = str(values[0])
    name = next(
        name
        for name in chain([identifier], (f"{identifier}-{number}" for number in count(2)))
        if hash(name.casefold()) not in used
    )
    used.add(hash(name.casefold()))
    return values if name == identifier else (name, *values[1:])
