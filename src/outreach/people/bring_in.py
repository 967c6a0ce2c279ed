"""Take contacts over from a foreign file: read, check, compare with what is there, write."""

import shutil
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from outreach.campaign.campaign import shown_path
from outreach.errors import InputError, Problem, RefusedError, WorldError, reason
from outreach.files.atomic import write_whole
from outreach.files.tables import write_rows
from outreach.files.toml import Table, load_data
from outreach.language import _
from outreach.letters.folder import Folder
from outreach.people.contact import Contact, Entry, read_contact
from outreach.people.names import bare
from outreach.people.reading import FOLDER, decode
from outreach.people.sources.candidate import Draft
from outreach.people.sources.columns import REASONS
from outreach.people.sources.detect import Choice, Source, open_source
from outreach.people.writing import COLUMNS, appended, csv_bytes
from outreach.progress import Progress, untold

_STEP = 1000
"""Rows between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Import:
    """What to import, as the command line says it."""

    path: Path
    format: str = ""
    """One of `detect.Source.format`; empty to find out."""
    choice: Choice = field(default_factory=Choice)
    into: Path | None = None
    """Contact file to write, .csv or .toml; None for contacts/<kind>.csv."""
    mapping: tuple[tuple[str, str], ...] = ()
    """Contact field and column, for a table."""
    update: bool = False
    """Compare with an earlier import: who is new, who left, who moved."""


@dataclass(slots=True)
class Plan:
    """An import, worked out and not yet written."""

    source: Source
    target: Path
    shown: str
    """The target as messages name it."""
    added: list[Contact] = field(default_factory=list)
    changed: list[tuple[Contact, Contact]] = field(default_factory=list)
    """Before and after."""
    left: list[Contact] = field(default_factory=list)
    """Not in the file any more; they get the end of their term."""
    same: int = 0
    kept: list[Contact] = field(default_factory=list)
    """What the target holds already, in its order."""
    rejected: list[tuple[Draft, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """One for each rejected row, with its line."""


def plan_import(
    folder: Folder,
    wanted: Import,
    today: date,
    progress: Progress = untold,
) -> Plan:
    """Read a file and compare it with the campaign's contacts; nothing is written.

    Args:
        folder: The campaign.
        wanted: The file and what is wanted of it.
        today: Whose day before is the last day in office of whoever is gone.
        progress: Called now and then with the rows read.

    Raises:
        InputError: the file is not known or lacks a column, or the target has faults that writing would lose.
        WorldError: a file cannot be read.
    """
    if wanted.update and wanted.into and wanted.into.suffix.lower() == ".toml":
        raise InputError(
            Problem(str(wanted.into), 0, _("--update writes CSV files only"), _("give --into x.csv"))
        )
    if wanted.into:
        check_target(folder.campaign.root, wanted.into)
    source = open_source(wanted.path, wanted.format, wanted.choice, dict(wanted.mapping))
    target = wanted.into or folder.campaign.root / FOLDER / f"{source.name}.csv"
    target = target if target.is_absolute() else folder.campaign.root / target
    shown = shown_path(target, folder.campaign.root)
    plan = Plan(source, target, shown, kept=folder.contacts_in(shown))
    found: dict[tuple[str, ...], Contact] = {}
    for number, draft in enumerate(source.drafts, 1):
        if number % _STEP == 0:
            progress(number, 0)
        entry = _checked(draft, wanted.path.name)
        if entry.faults or draft.faults:
            reasons = [*draft.faults, *(_reason(problem) for problem in entry.faults)]
            plan.rejected.append((draft, "; ".join(reasons)))
            plan.problems.append(Problem(wanted.path.name, draft.line, "; ".join(reasons), _("mend the row")))
            continue
        contact = entry.contact
        person = (*_identity(contact), draft.born)  # namesakes have different birthdays, which are not kept
        earlier = found.get(person)
        found[person] = _joined(earlier, contact) if earlier else contact
    # By role only now: somebody's lesser function is no other person.
    roles = wanted.choice.roles
    kept = [contact for contact in found.values() if not roles or contact.role in roles]
    _compare(folder, plan, kept, wanted, today)
    return plan


def write_import(plan: Plan, root: Path) -> list[Path]:
    """Write the target, the former one beside it, and the rejected rows; return the paths written.

    Raises:
        WorldError: a file cannot be written.
    """
    written = []
    if plan.added or plan.changed or plan.left:
        backup = plan.target.with_name(f"{plan.target.name}.bak")
        try:
            if plan.target.exists():
                shutil.copy2(plan.target, backup)
                written.append(backup)
        except OSError as error:
            raise WorldError(Problem(plan.shown, 0, _("cannot be written"), reason(error))) from error
        written.insert(0, write_whole(plan.target, _content(plan)))
    if plan.rejected:
        header = list(plan.source.header or COLUMNS)
        rows = ([*(draft.cells or _cells(draft)), reason] for draft, reason in plan.rejected)
        content = write_rows([*header, REASONS], rows, plan.source.separator)
        written.append(write_whole(root / f"{plan.target.stem}.rejected.csv", content))
    return written


def _cells(draft: Draft) -> list[str]:
    """Return what a card or record says, as a row of the program's own table."""
    values = (draft.values.get(name, "") for name in COLUMNS)
    return ["|".join(value) if isinstance(value, list) else str(value) for value in values]


def _content(plan: Plan) -> bytes:
    if plan.target.suffix.lower() == ".toml":
        text = decode(plan.target, plan.shown) if plan.target.exists() else ""
        added = [{name: getattr(one, name) for name in Contact.__slots__} for one in plan.added]
        return appended(text, added, plan.shown)
    after = {before.id: contact for before, contact in plan.changed} | {one.id: one for one in plan.left}
    return csv_bytes([*(after.get(one.id, one) for one in plan.kept), *plan.added])


def _checked(draft: Draft, name: str) -> Entry:
    problems: list[Problem] = []
    table = Table(draft.values, name, {("", 0): {"": draft.line}}, problems)
    return read_contact(table)


def _reason(problem: Problem) -> str:
    return f"{problem.message} ({problem.hint})" if problem.hint else problem.message


def _identity(contact: Contact) -> tuple[str, str, str]:
    """Return what makes a person of a place; a body has its organisation for a name."""
    name = f"{contact.family_name} {contact.given_name}".strip() or contact.organisation or contact.title
    tags = [tag for tag in contact.tags if tag.startswith(("dep-", "reg-"))]
    place = contact.insee or next(iter(tags), "") or bare(contact.town)
    district = bare(contact.organisation) if "arrondissement" in contact.organisation.casefold() else ""
    return (bare(name), place + district, "" if contact.is_person else contact.role)


def _joined(first: Contact, second: Contact) -> Contact:
    """Make one contact of two functions of the same person: the higher one, with the tags of both."""
    ranks = load_data("civility.toml")["role"]
    higher, lower = sorted((first, second), key=lambda one: int(ranks[one.role]["rank"]))
    return replace(higher, tags=tuple(dict.fromkeys((*higher.tags, *lower.tags))))


def _compare(folder: Folder, plan: Plan, found: Sequence[Contact], wanted: Import, today: date) -> None:
    by_id = {contact.id: contact for contact in folder.contacts}
    known: dict[tuple[str, str, str], list[Contact]] = {}
    for contact in folder.contacts:
        known.setdefault(_identity(contact), []).append(contact)
    used = {name.casefold() for name in by_id}
    kept = {contact.id for contact in plan.kept}
    met: set[str] = set()
    for contact in found:
        namesakes = known.get(_identity(contact), [])
        earlier = namesakes.pop(0) if namesakes else _same_id(by_id.get(contact.id), contact)
        if earlier is None or earlier.id in met:
            fresh = replace(contact, id=_free(contact.id, used))
            used.add(fresh.id.casefold())
            plan.added.append(fresh)
            continue
        met.add(earlier.id)
        after = replace(_moved(earlier, contact), term_end=None)  # who is in the file is in office
        if wanted.update and after != earlier and earlier.id in kept:
            plan.changed.append((earlier, after))
        else:
            plan.same += 1
    if wanted.update:
        source = next((contact.source for contact in found if contact.source), "")
        plan.left = [
            replace(contact, term_end=today)
            for contact in plan.kept
            if contact.id not in met
            and contact.source == source
            and not contact.term_end
            and _is_within(contact, wanted.choice)
        ]


def _same_id(earlier: Contact | None, contact: Contact) -> Contact | None:
    """Return the contact of that id if it bears the same name; another person's id is only alike."""
    return earlier if earlier and _identity(earlier)[0] == _identity(contact)[0] else None


def _moved(earlier: Contact, contact: Contact) -> Contact:
    """Return a known contact with what the register says of its office; what was typed by hand stays."""
    changes: dict[str, Any] = {
        name: getattr(contact, name)
        for name in ("role", "title", "organisation", "salutation", "insee")
        if getattr(contact, name) != getattr(earlier, name)
        and (getattr(contact, name) or name in ("title", "salutation"))
    }
    if "role" not in changes:
        for name in ("title", "salutation", "organisation"):
            if getattr(earlier, name) and not getattr(contact, name):
                changes.pop(name, None)
    return replace(earlier, **changes)


def _is_within(contact: Contact, choice: Choice) -> bool:
    departments = [tag.removeprefix("dep-") for tag in contact.tags if tag.startswith("dep-")]
    regions = [tag.removeprefix("reg-") for tag in contact.tags if tag.startswith("reg-")]
    return choice.has_place(contact.insee, (departments or [""])[0], (regions or [""])[0]) and (
        not choice.roles or contact.role in choice.roles
    )


def _free(identifier: str, used: AbstractSet[str]) -> str:
    number = 1
    name = identifier
    while name.casefold() in used:
        number += 1
        name = f"{identifier}-{number}"
    return name


def check_target(root: Path, into: Path, endings: tuple[str, ...] = (".csv", ".toml")) -> None:
    """Refuse to write where the campaign would not read contacts.

    Raises:
        RefusedError: the file is not in contacts/ itself, or has another ending.
    """
    path = into if into.is_absolute() else root / into
    if path.parent.resolve() != (root / FOLDER).resolve() or path.suffix.lower() not in endings:
        hint = _("give --into {folder}/NAME{ending}", folder=FOLDER, ending=endings[0])
        raise RefusedError(Problem(into.as_posix(), 0, _("contacts are not read from there"), hint))
