"""Erase a person from contacts, letters, journal and archive, and keep anonymous counts (GDPR art. 17)."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from outreach.atomic import delete, write_whole
from outreach.contacts.contact import Entry
from outreach.contacts.files import decode, separator
from outreach.journal.archive import ArchivedFile, files_of
from outreach.journal.event import Event, tombstone
from outreach.manifest import Manifest
from outreach.workflow.bundle import FOLDER as BUNDLES
from outreach.workflow.folder import Folder
from outreach.workflow.journal import Journal, Recorder
from outreach.workflow.print_run import FOLDER as PRINT


@dataclass(frozen=True, slots=True)
class Traces:
    """What there is of a person."""

    identifier: str
    entry: Entry | None
    """None for somebody who is only in the journal."""
    events: int
    files: tuple[ArchivedFile, ...]
    """Archived for this person alone."""
    shared: tuple[ArchivedFile, ...]
    """Archived for others too, as a joint letter is; they are kept."""
    letters: tuple[str, ...]
    """Generated files that name the person; a joint letter can be generated again without."""


def find_traces(folder: Folder, journal: Journal, out: Path, identifier: str) -> Traces:
    """Return what `forget` would erase.

    Raises:
        InputError: there is no such contact, in the contact files or in the journal.
    """
    events = journal.store.read()
    entry = next((one for one in folder.entries if one.contact.id == identifier), None)
    if entry is None and not any(event.contact == identifier for event in events):
        folder.entry(identifier)  # raises, and names the near misses
    own = {file for event in events if event.contact == identifier for file in files_of(event)}
    others = {file.sha256 for event in events if event.contact != identifier for file in files_of(event)}
    return Traces(
        identifier=identifier,
        entry=entry,
        events=sum(event.contact == identifier for event in events),
        files=tuple(sorted((file for file in own if file.sha256 not in others), key=_name)),
        shared=tuple(sorted((file for file in own if file.sha256 in others), key=_name)),
        letters=tuple(made.path for made in Manifest(out).entries.values() if identifier in made.contacts),
    )


def forget(folder: Folder, journal: Journal, out: Path, traces: Traces, recorder: Recorder) -> None:
    """Erase the person: contact file, generated letters, events, archived files; in that order.

    Only counts are kept, in an event that names nobody. Interrupted, it can be run again as long as the
    contact is there; it goes last from the journal.

    Raises:
        WorldError: a file cannot be changed.
    """
    identifier = traces.identifier
    kinds = [event.kind for event in journal.store.read(identifier)]
    manifest = Manifest(out)
    delete(out / BUNDLES / f"{identifier}.zip")
    for printed in sorted((out / PRINT).glob("*.*")):
        delete(printed)  # made again by `outreach print`
    for name in traces.letters:
        delete(out / name)
        del manifest.entries[name]
    if traces.letters:
        manifest.save()
    journal.archive.remove(traces.files)
    journal.store.erase(identifier)
    counts: Mapping[str, int] = {
        kind: kinds.count(kind) for kind in ("sent", "received", "answered") if kind in kinds
    }
    with journal.store.writing():
        journal.store.append([_forgotten(recorder, identifier, counts)])
    if traces.entry:
        _remove_contact(folder.campaign.root, traces.entry)


def _forgotten(recorder: Recorder, identifier: str, counts: Mapping[str, int]) -> Event:
    return recorder.event("forgotten", recorder.today, counts=counts, tombstone=tombstone(identifier))


def _remove_contact(root: Path, entry: Entry) -> None:
    path = root / entry.path
    identifier = entry.contact.id
    text = decode(path, entry.path)
    if path.suffix.lower() == ".toml":
        changed = _without_table(text, entry)
    else:
        changed = _without_row(text, identifier)
    write_whole(path, changed.encode(), entry.path)


def _without_table(text: str, entry: Entry) -> str:
    """Return a TOML text without the contact's table; comments above the next one stay with that one."""
    lines = text.splitlines(keepends=True)
    start = entry.line - 1
    if not lines[start].lstrip().startswith("[["):
        document = tomlkit.parse(text)
        document["contact"] = [  # an array of inline tables
            table for table in document["contact"] if table.get("id") != entry.contact.id
        ]
        return tomlkit.dumps(document)
    end = next(
        (number for number in range(start + 1, len(lines)) if lines[number].lstrip().startswith("[[")),
        len(lines),
    )
    while end < len(lines) and lines[end - 1].lstrip().startswith("#"):
        end -= 1
    return "".join(lines[:start] + lines[end:])


def _without_row(text: str, identifier: str) -> str:
    """Return a CSV text without the rows of that id; the others keep their values."""
    rows: Sequence[list[str]] = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator(text)))
    column = next(number for number, cell in enumerate(rows[0]) if cell.strip().casefold() == "id")
    kept = [row for row in rows if len(row) <= column or row[column].strip() != identifier]
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=separator(text)).writerows(kept)
    return target.getvalue()


def _name(file: ArchivedFile) -> str:
    return file.path
